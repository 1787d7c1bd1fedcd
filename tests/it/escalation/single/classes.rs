//! The classes of roles and grants: of all that a rule treats alike, one.

use shipgate::model::Permission;
use shipgate::{AnyRole, ClusterAccess, Grant, ProjectRole, Role, RoleDefinition, RolePermissions, Time, Visibility};

use super::world::{AnyRoleOf, BEFORE, Grants, LATER, LATEST, Member};

/// The environment variable that asks for every grant, where by default only the least and the most are.
const EVERYTHING: &str = "SHIPGATE_EVERY_GRANT";

pub(crate) const VISIBILITIES: [Visibility; 2] = Visibility::ALL;

/// A custom role: the permissions of a built-in one, but for some, and with some more.
pub(crate) fn like(rank: Role, without: &[Permission], with: &[Permission]) -> RoleDefinition {
    let kept = rank.permissions().iter().filter(|permission| !without.contains(permission));
    let permissions = RolePermissions::new(kept.chain(with.iter().copied())).expect("permissions of a custom role");
    RoleDefinition::new(rank, permissions).expect("permissions that the rank may hold")
}

/// A role of each rank; for each rank that a custom role may have, ones with a permission less and more. Of the permissions
/// only two are told apart by what a change can alter: `manage_clusters` makes an Admin's default, and `manage_projects` is
/// what somebody below an Admin needs to change anything at all.
pub(crate) fn roles() -> Vec<AnyRoleOf> {
    let custom = [
        like(Role::Admin, &[Permission::Approve], &[]),
        like(Role::Admin, &[Permission::ManageClusters], &[]),
        like(Role::Developer, &[Permission::Deploy], &[]),
        like(Role::Developer, &[], &[Permission::ManageProjects]),
        like(Role::Viewer, Permission::ALL.as_slice(), &[]),
        like(Role::Viewer, &[], &[Permission::ManageProjects]),
    ];
    Role::ALL.map(AnyRole::BuiltIn).into_iter().chain(custom.map(AnyRole::Custom)).collect()
}

/// The roles of a rank of which the default and the ceiling of a level differ, or how a project role counts.
pub(crate) fn roles_by_level() -> Vec<AnyRoleOf> {
    let lowered = like(Role::Admin, &[Permission::ManageClusters], &[]);
    Role::ALL.map(AnyRole::BuiltIn).into_iter().chain([AnyRole::Custom(lowered)]).collect()
}

/// The roles below an Admin that a project role replaces.
pub(crate) fn roles_below() -> Vec<AnyRoleOf> {
    vec![Role::Developer.into(), Role::Viewer.into()]
}

/// The roles of those who manage an organization: what lacks the permissions for it makes no change there.
pub(crate) fn roles_of_managers() -> Vec<AnyRoleOf> {
    let custom =
        [like(Role::Admin, &[Permission::Approve], &[]), like(Role::Admin, &[Permission::ManageClusters], &[])];
    [Role::Owner, Role::Admin].map(AnyRole::BuiltIn).into_iter().chain(custom.map(AnyRole::Custom)).collect()
}

/// The definitions that a role of each rank may be changed from and to.
pub(crate) fn definitions() -> Vec<Vec<RoleDefinition>> {
    let admins = vec![
        like(Role::Admin, &[], &[]),
        like(Role::Admin, &[Permission::Approve], &[]),
        like(Role::Admin, &[Permission::ManageClusters], &[]),
        like(Role::Admin, Permission::ALL.as_slice(), &[]),
    ];
    let below = |rank| {
        vec![
            like(rank, &[], &[]),
            like(rank, Permission::ALL.as_slice(), &[]),
            like(rank, &[], &[Permission::Approve]),
            like(rank, &[], &[Permission::ManageProjects]),
        ]
    };
    vec![admins, below(Role::Developer), below(Role::Viewer)]
}

/// No grant, each value for good, and each until a later time.
pub(crate) fn grants<T: Copy>(values: &[T]) -> Vec<Option<Grant<T>>> {
    let each = |end: Option<Time>| values.iter().map(move |value| Some(Grant::expiring(*value, end)));
    [None].into_iter().chain(each(None)).chain(each(Some(LATER))).collect()
}

/// What a change may grant: nothing, and each value for good, until now or before, until a later time, and until a time
/// after that.
pub(crate) fn given<T: Copy>(values: &[T]) -> Vec<Option<Grant<T>>> {
    let each = |end: Option<Time>| values.iter().map(move |value| Some(Grant::expiring(*value, end)));
    let ends = [None, Some(BEFORE), Some(LATER), Some(LATEST)];
    [None].into_iter().chain(ends.into_iter().flat_map(each)).collect()
}

/// Every level, and every project role.
pub(crate) fn all_levels() -> Vec<Option<Grant<ClusterAccess>>> {
    grants(&ClusterAccess::ALL)
}

pub(crate) fn all_roles() -> Vec<Option<Grant<ProjectRole>>> {
    grants(&ProjectRole::ALL)
}

/// The least and the most of both, for worlds in which both matter; or all of both, which takes a quarter of an hour.
pub(crate) fn both() -> Vec<Grants> {
    let (levels, roles) = if std::env::var_os(EVERYTHING).is_some() {
        (all_levels(), all_roles())
    } else {
        (grants(&[ClusterAccess::None, ClusterAccess::Manage]), grants(&[ProjectRole::Viewer, ProjectRole::Admin]))
    };
    product(&levels, &roles, |level, role| Grants { level, role })
}

pub(crate) fn levels_alone(levels: &[Option<Grant<ClusterAccess>>]) -> Vec<Grants> {
    levels.iter().map(|level| Grants { level: *level, role: None }).collect()
}

pub(crate) fn roles_alone(roles: &[Option<Grant<ProjectRole>>]) -> Vec<Grants> {
    roles.iter().map(|role| Grants { level: None, role: *role }).collect()
}

pub(crate) fn product<A: Copy, B: Copy, T>(firsts: &[A], seconds: &[B], make: impl Fn(A, B) -> T) -> Vec<T> {
    let mut all = Vec::with_capacity(firsts.len() * seconds.len());
    for first in firsts {
        all.extend(seconds.iter().map(|second| make(*first, *second)));
    }
    all
}

/// Members of these roles, ends and grants, each of their own and of a team.
pub(crate) fn members(
    roles: &[AnyRoleOf],
    ends: &[Option<Time>],
    own: &[Grants],
    alone: &[Grants],
    in_team: &[bool],
) -> Vec<Member> {
    let mut all = Vec::new();
    for role in roles {
        for until in ends {
            for own in own {
                for alone in alone {
                    all.extend(in_team.iter().map(|in_team| Member {
                        until: *until,
                        own: *own,
                        alone: *alone,
                        in_team: *in_team,
                        ..Member::with_role(*role)
                    }));
                }
            }
        }
    }
    all
}

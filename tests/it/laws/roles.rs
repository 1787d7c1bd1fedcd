//! Laws 2, 3 and 14: what roles mean.

use proptest::prelude::*;
use shipgate::model::{Permission, ResourceKind};
use shipgate::{Action, AnyRole, Decision, Exposure, Role, RoleDefinition, RolePermissions};

use super::{Entries, asked_by, config, home, takes_nothing_away, target};
use crate::kit::drawn;
use crate::oracle::{CustomRole, Id, Question, World};
use crate::strategies::{id, questions, role, world};
use crate::testing::oracle::roles::Powers;

/// Ids that no custom role of a world has.
const ROLES: [Id; 2] = [10, 11];

/// The rank and the permissions of a custom role.
fn definition() -> impl Strategy<Value = RoleDefinition> {
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method alone is not general enough in the lifetime"
    )]
    drawn(8, |draw| draw.definition()).prop_filter_map("permissions that the rank may hold", |drawn| drawn)
}

/// A role by what it is.
fn any_role() -> impl Strategy<Value = AnyRole<RoleDefinition>> {
    prop_oneof![role().prop_map(AnyRole::BuiltIn), definition().prop_map(AnyRole::Custom)]
}

fn includes(higher: AnyRole<RoleDefinition>, lower: AnyRole<RoleDefinition>) -> bool {
    let [higher, lower] = [higher, lower].map(|role| match role {
        AnyRole::BuiltIn(role) => Powers::built_in(role),
        AnyRole::Custom(definition) => Powers::custom(definition),
    });
    higher.includes(&lower)
}

proptest! {
    #![proptest_config(config())]

    /// 2. Role monotony, changes to oneself and project roles aside.
    #[test]
    fn a_role_that_includes_another_is_allowed_whatever_that_one_is(
        world in world(),
        questions in questions(),
        account in id(),
        (lower, higher) in (any_role(), any_role()).prop_filter("one includes the other", |(a, b)| includes(*b, *a)),
    ) {
        let world = without_project_roles(&world, account);
        let as_lower = Entries::of(&with_role(&world, account, lower));
        let as_higher = Entries::of(&with_role(&world, account, higher));
        for question in asked_by(account, 0, &world, &questions) {
            if target(&question.resource) != Some(account) {
                takes_nothing_away(&as_lower, &as_higher, &question)?;
            }
        }
    }

    /// 3. The Billing track.
    #[test]
    fn a_billing_member_is_allowed_nothing_that_runs(world in world(), questions in questions(), account in id()) {
        let entries = Entries::of(&with_role(&world, account, Role::Billing.into()));
        for question in asked_by(account, 0, &world, &questions) {
            if !runs(question.resource.kind()) {
                continue;
            }
            for decision in entries.find(&question) {
                prop_assert!(matches!(decision, Decision::Deny(_)), "{:?}", question);
            }
            for exposure in entries.exposure(&question) {
                prop_assert_eq!(exposure, Exposure::Hidden, "{:?}", question);
            }
        }
    }

    /// 14. Custom roles: one with the rank and permissions of a built-in role answers as that.
    #[test]
    fn a_custom_role_that_is_like_a_built_in_one_answers_as_that(
        world in world(),
        questions in questions(),
        rank in proptest::sample::select(vec![Role::Admin, Role::Developer, Role::Viewer]),
    ) {
        let [like, _] = ROLES;
        let permissions = RolePermissions::new(rank.permissions().iter()).expect("permissions of a custom role");
        let definition = RoleDefinition::new(rank, permissions).expect("permissions of the rank");
        let mut other = world.clone();
        other.roles.insert(like, CustomRole { organization: 0, definition });
        for membership in other.accounts.values_mut().filter_map(|account| account.memberships.get_mut(&0)) {
            if membership.role.what == AnyRole::BuiltIn(rank) {
                membership.role.what = AnyRole::Custom(like);
            }
        }
        let named = |role: AnyRole<Id>| if role == AnyRole::BuiltIn(rank) { AnyRole::Custom(like) } else { role };
        let (built_in, custom) = (Entries::of(&world), Entries::of(&other));
        for question in &questions {
            if home(&world, &question.resource) != Some(0) {
                continue;
            }
            let action = match question.action {
                Action::InviteMember { role, expires_at } => Action::InviteMember { role: named(role), expires_at },
                Action::ChangeRole { to } => Action::ChangeRole { to: named(to) },
                other => other,
            };
            let asked = Question { action, ..question.clone() };
            prop_assert_eq!(built_in.find(question), custom.find(&asked), "{:?}", question);
            prop_assert_eq!(built_in.exposure(question), custom.exposure(&asked), "{:?}", question);
        }
    }

    /// 14. Custom roles: taking a permission from one never adds to what its holders may, changes to the role and to who has
    /// it aside.
    #[test]
    fn a_permission_that_is_taken_from_a_role_adds_nothing(
        world in world(),
        questions in questions(),
        account in id(),
        definition in definition(),
        taken in proptest::sample::select(&Permission::ALL[..]),
    ) {
        let kept = definition.permissions().permissions().iter().filter(|permission| *permission != taken);
        // Most permissions need `view` beside them.
        let Ok(kept) = RolePermissions::new(kept) else { return Ok(()) };
        let kept = RoleDefinition::new(definition.rank(), kept).expect("fewer permissions");
        let [with, without] = [definition, kept].map(|definition| {
            Entries::of(&with_role(&world, account, AnyRole::Custom(definition)))
        });
        for question in asked_by(account, 0, &world, &questions) {
            if target(&question.resource) != Some(account) {
                takes_nothing_away(&without, &with, &question)?;
            }
        }
    }
}

fn runs(kind: ResourceKind) -> bool {
    match kind {
        ResourceKind::Organization
        | ResourceKind::Member
        | ResourceKind::Role
        | ResourceKind::Team
        | ResourceKind::TeamMember => false,
        ResourceKind::Project
        | ResourceKind::ProjectMember
        | ResourceKind::ProjectTeam
        | ResourceKind::Environment
        | ResourceKind::Placement
        | ResourceKind::Deployment
        | ResourceKind::Cluster
        | ResourceKind::ClusterMember
        | ResourceKind::ClusterTeam => true,
    }
}

/// The world in which a member of the first organization has another role; who is no member stays so.
fn with_role(world: &World, account: Id, role: AnyRole<RoleDefinition>) -> World {
    let mut world = world.clone();
    let [new, _] = ROLES;
    let role = match role {
        AnyRole::BuiltIn(role) => AnyRole::BuiltIn(role),
        AnyRole::Custom(definition) => {
            world.roles.insert(new, CustomRole { organization: 0, definition });
            AnyRole::Custom(new)
        }
    };
    let account = world.accounts.get_mut(&account);
    if let Some(membership) = account.and_then(|account| account.memberships.get_mut(&0)) {
        membership.role.what = role;
    }
    world
}

/// The world in which a member of the first organization has no project role, and its teams have none.
fn without_project_roles(world: &World, account: Id) -> World {
    let mut world = world.clone();
    let account = world.accounts.get_mut(&account);
    if let Some(membership) = account.and_then(|account| account.memberships.get_mut(&0)) {
        membership.project_roles.clear();
        for team in &membership.teams {
            world.teams.get_mut(team).into_iter().for_each(|team| team.project_roles.clear());
        }
    }
    world
}

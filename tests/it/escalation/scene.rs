//! Where coalitions act: small organizations, each with somebody who would like to have more. olivia, the Owner, looks on.

use shipgate::directory::{DirectoryBuilder, RowError};
use shipgate::model::{ApprovalFrom, ApprovalRule, Permission};
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, Directory, Grant, Holder, ProjectRole, Protection, Role, RoleDefinition,
    RolePermissions, Time, Visibility,
};

pub(crate) type Id = &'static str;

pub(crate) const ACME: Id = "acme-corp";
pub(crate) const OWNER: Id = "olivia";
/// Somebody who is no member at the start.
pub(crate) const NEWCOMER: Id = "dave";

pub(crate) const BEFORE: Time = Time::from_millis(1_000);
pub(crate) const NOW: Time = Time::from_millis(2_000);
pub(crate) const LATER: Time = Time::from_millis(3_000);
pub(crate) const LATEST: Time = Time::from_millis(4_000);
/// The times at which who holds what is judged. The last is after every expiry.
pub(crate) const TIMES: [Time; 3] = [NOW, LATER, LATEST];

pub(crate) const OWNER_APPROVED: Protection = Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner));

/// The permissions of an Admin but one.
pub(crate) fn admin_but(permission: Permission) -> RolePermissions {
    let kept = Role::Admin.permissions().iter().filter(|kept| *kept != permission);
    RolePermissions::new(kept).expect("permissions of a custom role")
}

/// An organization while it is written down.
pub(crate) struct Scene(DirectoryBuilder<Id>);

impl Scene {
    /// Who is a member, with which role and until when; and what there is: a cluster and a project that all see.
    fn of(roles: &[(Id, RoleDefinition)], members: &[(Id, AnyRole<Id>, Option<Time>)]) -> Result<Self, RowError> {
        let mut rows = Directory::builder();
        rows.organization(ACME)?;
        for (role, definition) in roles {
            rows.role(*role, ACME, *definition)?;
        }
        rows.member(ACME, OWNER, AccountKind::User, Role::Owner, None)?;
        for (account, role, until) in members {
            rows.member(ACME, *account, AccountKind::User, *role, *until)?;
        }
        rows.cluster("us-east", ACME, Visibility::Organization)?;
        rows.project("shop", ACME, Visibility::Organization)?;
        rows.team("ops", ACME)?;
        Ok(Self(rows))
    }

    fn level(mut self, holder: Holder<Id>, cluster: Id, grant: Grant<ClusterAccess>) -> Result<Self, RowError> {
        self.0.cluster_access(cluster, holder, grant)?;
        Ok(self)
    }

    fn project_role(mut self, holder: Holder<Id>, project: Id, grant: Grant<ProjectRole>) -> Result<Self, RowError> {
        self.0.project_role(project, holder, grant)?;
        Ok(self)
    }

    fn in_ops(mut self, account: Id) -> Result<Self, RowError> {
        self.0.team_member("ops", account)?;
        Ok(self)
    }

    fn build(self) -> Directory<Id> {
        self.0.build()
    }
}

const OPS: Holder<Id> = Holder::Team("ops");

fn own(account: Id) -> Holder<Id> {
    Holder::Account(account)
}

fn definition(rank: Role, permissions: RolePermissions) -> RoleDefinition {
    RoleDefinition::new(rank, permissions).expect("permissions that the rank may hold")
}

/// carol, an Admin, may only view us-east, and deploy to us-west until later; bob, a Developer, is shut out of us-east until
/// later. The team ops manages us-east, and is shut out of us-west.
pub(crate) fn lowered() -> Directory<Id> {
    let build = || {
        let members = [("carol", Role::Admin.into(), None), ("bob", Role::Developer.into(), None)];
        let mut scene = Scene::of(&[], &members)?;
        scene.0.cluster("us-west", ACME, Visibility::Members)?;
        Ok::<_, RowError>(
            scene
                .level(own("carol"), "us-east", ClusterAccess::View.into())?
                .level(own("carol"), "us-west", Grant::new(ClusterAccess::Deploy).until(LATER))?
                .level(own("bob"), "us-east", Grant::new(ClusterAccess::None).until(LATER))?
                .level(OPS, "us-east", ClusterAccess::Manage.into())?
                .level(OPS, "us-west", ClusterAccess::None.into())?
                .build(),
        )
    };
    build().expect("the rows fit each other")
}

/// Two Admins for a time, carol for longer than ivan, whose role lacks `manage_clusters`: nobody else manages anything.
pub(crate) fn temporary() -> Directory<Id> {
    let build = || {
        let lead = definition(Role::Admin, admin_but(Permission::ManageClusters));
        let members = [("carol", Role::Admin.into(), Some(LATEST)), ("ivan", AnyRole::Custom("lead"), Some(LATER))];
        Ok::<_, RowError>(Scene::of(&[("lead", lead)], &members)?.build())
    };
    build().expect("the rows fit each other")
}

/// A project that only its members see, on a cluster that only its members see. victor, a Viewer, is its admin for good, and
/// alice, a Developer who is shut out of the cluster, until later. The team ops, with bob, are its developers until later.
pub(crate) fn hidden() -> Directory<Id> {
    let build = || {
        let members = [
            ("alice", Role::Developer.into(), None),
            ("bob", Role::Developer.into(), None),
            ("victor", Role::Viewer.into(), None),
        ];
        let mut scene = Scene::of(&[], &members)?;
        scene.0.cluster("secret", ACME, Visibility::Members)?;
        scene.0.project("vault", ACME, Visibility::Members)?;
        Ok::<_, RowError>(
            scene
                .in_ops("bob")?
                .project_role(own("victor"), "vault", ProjectRole::Admin.into())?
                .project_role(own("alice"), "vault", Grant::new(ProjectRole::Admin).until(LATER))?
                .project_role(OPS, "vault", Grant::new(ProjectRole::Developer).until(LATER))?
                .level(own("alice"), "secret", ClusterAccess::None.into())?
                .level(own("bob"), "secret", Grant::new(ClusterAccess::Deploy).until(LATER))?
                .level(OPS, "secret", ClusterAccess::View.into())?
                .build(),
        )
    };
    build().expect("the rows fit each other")
}

/// Environments of each kind, which an Admin and a project's admin may want to have for themselves.
pub(crate) fn guarded() -> Directory<Id> {
    let build = || {
        let members = [("carol", Role::Admin.into(), None), ("alice", Role::Developer.into(), None)];
        let mut scene = Scene::of(&[], &members)?.project_role(own("alice"), "shop", ProjectRole::Admin.into())?;
        for (environment, protection) in [
            ("open", Protection::NONE),
            ("reviewed", Protection::REVIEWED),
            ("owner-approved", OWNER_APPROVED),
            ("locked", Protection::LOCKED),
        ] {
            scene.0.environment(environment, "shop", "us-east", environment, protection)?;
        }
        Ok::<_, RowError>(scene.build())
    };
    build().expect("the rows fit each other")
}

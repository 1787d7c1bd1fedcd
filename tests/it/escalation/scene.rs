//! Where the attacks take place: acme-corp, with an environment of each protection, and one attacker.

use shipgate::directory::{DirectoryBuilder, RowError};
use shipgate::model::{ApprovalFrom, ApprovalRule};
use shipgate::{AccountKind, ClusterAccess, Directory, Grant, ProjectRole, Protection, Role, Time, Visibility};

pub(crate) type Id = &'static str;

pub(crate) const ACME: Id = "acme-corp";

/// The time at which everything is done and judged, and times on either side of it.
pub(crate) const NOW: Time = Time::from_millis(2_000);
pub(crate) const BEFORE: Time = Time::from_millis(1_000);
pub(crate) const LATER: Time = Time::from_millis(3_000);

pub(crate) const ADMIN_APPROVED: Protection = Protection::restricted(ApprovalRule::new(ApprovalFrom::Admin));
pub(crate) const OWNER_APPROVED: Protection = Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner));
pub(crate) const PROTECTIONS: [Protection; 5] =
    [Protection::NONE, Protection::RESTRICTED, ADMIN_APPROVED, OWNER_APPROVED, Protection::LOCKED];

/// Who attacks, and what it was given.
#[derive(Clone, Debug)]
pub(crate) struct Attacker {
    pub(crate) id: Id,
    pub(crate) kind: AccountKind,
    pub(crate) role: Grant<Role>,
    pub(crate) overrides: Vec<(Id, Grant<ClusterAccess>)>,
    pub(crate) project_roles: Vec<(Id, Grant<ProjectRole>)>,
}

impl Attacker {
    pub(crate) fn user(id: Id, role: Role) -> Self {
        Self { id, kind: AccountKind::User, role: Grant::new(role), overrides: Vec::new(), project_roles: Vec::new() }
    }

    pub(crate) fn service(id: Id, role: Role) -> Self {
        Self { kind: AccountKind::Service, ..Self::user(id, role) }
    }

    pub(crate) fn until(self, expiry: Time) -> Self {
        Self { role: self.role.until(expiry), ..self }
    }

    pub(crate) fn on_clusters<const N: usize>(self, overrides: [(Id, Grant<ClusterAccess>); N]) -> Self {
        Self { overrides: overrides.into(), ..self }
    }

    pub(crate) fn in_projects<const N: usize>(self, project_roles: [(Id, Grant<ProjectRole>); N]) -> Self {
        Self { project_roles: project_roles.into(), ..self }
    }
}

/// acme-corp: olivia the Owner, bob a Developer, the attacker; two clusters; a project that all see and one for those who
/// were invited; an environment of each protection.
pub(crate) fn acme(attacker: &Attacker) -> Directory<Id> {
    rows(attacker).expect("the rows fit each other").build()
}

/// The same, where the attacker has an organization of its own besides: there it is the Owner.
pub(crate) fn acme_beside_evil_corp(attacker: &Attacker) -> Directory<Id> {
    let add = |mut rows: DirectoryBuilder<Id>| {
        rows.organization("evil-corp")?;
        rows.member("evil-corp", attacker.id, Role::Owner, None)?;
        rows.cluster("evil-cluster", "evil-corp")?;
        rows.project("evil-project", "evil-corp", Visibility::Organization)?;
        rows.environment("evil", "evil-project", "evil-cluster", Some("web"), Protection::NONE)?;
        Ok::<_, RowError>(rows)
    };
    rows(attacker).and_then(add).expect("the rows fit each other").build()
}

/// The same with a cluster to which nothing deploys, and which the attacker may only view.
pub(crate) fn acme_with_an_idle_cluster(attacker: &Attacker) -> Directory<Id> {
    let add = |mut rows: DirectoryBuilder<Id>| {
        rows.cluster("idle", ACME)?;
        rows.cluster_access("idle", attacker.id, Grant::new(ClusterAccess::View))?;
        Ok::<_, RowError>(rows)
    };
    rows(attacker).and_then(add).expect("the rows fit each other").build()
}

fn rows(attacker: &Attacker) -> Result<DirectoryBuilder<Id>, RowError> {
    let mut rows = Directory::builder();
    rows.account(attacker.id, attacker.kind)?;
    rows.organization(ACME)?;
    rows.member(ACME, "olivia", Role::Owner, None)?;
    rows.member(ACME, "bob", Role::Developer, None)?;
    rows.member(ACME, attacker.id, attacker.role.value(), attacker.role.expires_at())?;
    rows.cluster("us-east", ACME)?;
    rows.cluster("us-west", ACME)?;
    rows.project("shop", ACME, Visibility::Organization)?;
    rows.project("vault", ACME, Visibility::Members)?;
    rows.environment("open", "shop", "us-east", Some("web"), Protection::NONE)?;
    rows.environment("restricted", "shop", "us-west", Some("web"), Protection::RESTRICTED)?;
    rows.environment("locked", "shop", "us-west", Some("production"), Protection::LOCKED)?;
    rows.environment("admin-approved", "vault", "us-west", None, ADMIN_APPROVED)?;
    rows.environment("owner-approved", "vault", "us-east", None, OWNER_APPROVED)?;
    for (cluster, grant) in &attacker.overrides {
        rows.cluster_access(*cluster, attacker.id, *grant)?;
    }
    for (project, grant) in &attacker.project_roles {
        rows.project_role(*project, attacker.id, *grant)?;
    }
    Ok(rows)
}

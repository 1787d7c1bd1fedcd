//! Attacks by name: every step that an attacker would try, down to the one that stops it, and why.

mod approval;
mod change;
mod emergency;
mod identity;
mod level;
mod longer;
mod membership;
mod namespace;
mod ownership;
mod project;
mod protection;
mod role;
mod team;
#[cfg(feature = "authzen")]
mod text;
mod token;

use shipgate::change::{Batch, BatchError, Change, ChangeError};
use shipgate::directory::RowError;
use shipgate::model::{ApprovalFrom, ApprovalId, ApprovalRule, Permission};
use shipgate::policy::RoleRequirement;
use shipgate::{
    AccountKind, Action, AnyRole, ClusterAccess, Decision, Directory, Grant, ProjectRole, Protection, Reason,
    ResourceId, Role, SubjectId, Time, Visibility,
};

use crate::world::fresh::fresh;

type Id = &'static str;
type Who<'a> = SubjectId<'a, Id, str>;
type Resource<'a> = ResourceId<&'a str, &'a [ApprovalId<Id>], &'a str>;

const ACME: Id = "acme-corp";

const BEFORE: Time = Time::from_millis(1_000);
const NOW: Time = Time::from_millis(2_000);
const LATER: Time = Time::from_millis(3_000);
const AFTER: Time = Time::from_millis(4_000);

const ADMIN_APPROVED: Protection = Protection::restricted(ApprovalRule::new(ApprovalFrom::Admin));
const OWNER_APPROVED: Protection = Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner));

const FOR_OWNERS: Reason = Reason::EnvironmentProtected { have: Role::Admin, need: Role::Owner };
const OUTRANKED: Reason = outranked(Role::Admin, Role::Owner);

/// acme-corp: everyone has the role by which they are known, and its default on both clusters. The team ops is empty.
struct World(Directory<Id>);

fn acme() -> World {
    let rows = || {
        let mut rows = Directory::builder();
        rows.organization(ACME)?;
        for (member, role) in [
            ("olivia", Role::Owner),
            ("carol", Role::Admin),
            ("alice", Role::Developer),
            ("bob", Role::Developer),
            ("betty", Role::Billing),
            ("victor", Role::Viewer),
        ] {
            rows.member(ACME, member, AccountKind::User, role, None)?;
        }
        rows.member(ACME, "ci-bot", AccountKind::Service, Role::Developer, None)?;
        rows.team("ops", ACME)?;
        rows.cluster("us-east", ACME, Visibility::Organization)?;
        rows.cluster("us-west", ACME, Visibility::Organization)?;
        rows.project("shop", ACME, Visibility::Organization)?;
        rows.project("vault", ACME, Visibility::Members)?;
        rows.environment("shop-dev", "shop", "us-west", "dev", Protection::NONE)?;
        rows.environment("shop-production", "shop", "us-east", "production", Protection::LOCKED)?;
        Ok::<_, RowError>(rows.build())
    };
    World(rows().expect("the rows fit each other"))
}

impl World {
    /// The same, where olivia has made these changes.
    fn after<const N: usize>(mut self, changes: [Change<Id>; N]) -> Self {
        for change in changes {
            self.does("olivia", change);
        }
        self
    }

    /// A step that is allowed, and made.
    fn does(&mut self, who: &str, change: Change<Id>) {
        self.does_as(now(who), change);
    }

    fn does_as(&mut self, who: Who<'_>, change: Change<Id>) {
        let tried = format!("{}: {change:?}", who.id());
        if let Err(error) = self.0.change(fresh(), &who, change) {
            panic!("{tried}: {error:?}");
        }
    }

    /// A step that is denied, and changes nothing.
    fn denies(&mut self, who: &str, change: Change<Id>, why: Reason) {
        self.denies_as(now(who), change, why);
    }

    fn denies_as(&mut self, who: Who<'_>, change: Change<Id>, why: Reason) {
        let tried = format!("{}: {change:?}", who.id());
        match self.refuses_as(who, change) {
            ChangeError::Denied(denied) => assert_eq!(denied.reason(), Some(why), "{tried}"),
            other => panic!("{tried}: {other:?}"),
        }
    }

    /// A step that is allowed, but cannot be made, and changes nothing.
    fn refuses(&mut self, who: &str, change: Change<Id>) -> ChangeError {
        self.refuses_as(now(who), change)
    }

    fn refuses_as(&mut self, who: Who<'_>, change: Change<Id>) -> ChangeError {
        let (before, tried) = (self.0.clone(), format!("{}: {change:?}", who.id()));
        let error = self.0.change(fresh(), &who, change).expect_err(&tried);
        assert_eq!(self.0, before, "{tried}");
        error
    }

    /// A batch that fails at the change of this index, and changes nothing.
    fn denies_batch<const N: usize>(&mut self, changes: [(&str, Change<Id>); N], at: usize, why: Reason) {
        let (before, tried) = (self.0.clone(), format!("{changes:?}"));
        let batch = changes.into_iter().fold(Batch::new(), |batch, (who, change)| batch.with(now(who), change));
        match self.0.change_all(fresh(), batch) {
            Err(BatchError::Change { index, error: ChangeError::Denied(denied) }) => {
                assert_eq!((index, denied.reason()), (at, Some(why)), "{tried}");
            }
            other => panic!("{tried}: {other:?}"),
        }
        assert_eq!(self.0, before, "{tried}");
    }

    fn decides(&self, who: &str, action: Action<&str>, resource: Resource<'_>) -> Decision {
        self.0.decide(&now(who), action, resource)
    }

    fn deploys(&self, who: &str, environment: &str) -> Decision {
        self.decides(who, Action::Deploy, ResourceId::Environment(environment))
    }

    /// The highest level that a member has on a cluster.
    fn level(&self, who: &str, cluster: &str) -> ClusterAccess {
        let may = |action| self.decides(who, action, ResourceId::Cluster(cluster)).is_allowed();
        match [Action::Manage, Action::Deploy, Action::View].map(may) {
            [true, true, true] => ClusterAccess::Manage,
            [false, true, true] => ClusterAccess::Deploy,
            [false, false, true] => ClusterAccess::View,
            [false, false, false] => ClusterAccess::None,
            gaps => panic!("a level does not include the one below it: {gaps:?}"),
        }
    }

    /// The role of a member, and until when.
    fn role(&self, who: &str) -> Option<(AnyRole<Id>, Option<Time>)> {
        let membership = self.0.account(who)?.membership(ACME)?;
        Some((membership.role().map(|id| *id), membership.expires_at()))
    }
}

fn now(who: &str) -> Who<'_> {
    SubjectId::new(who).at(NOW)
}

fn lacks(have: Role, permission: Permission) -> Reason {
    Reason::RoleInsufficient { have, need: RoleRequirement::Permission(permission) }
}

const fn outranked(have: Role, need: Role) -> Reason {
    Reason::Outranked { have, need, permission: None }
}

const fn escalation(have: ClusterAccess, need: ClusterAccess) -> Reason {
    Reason::Escalation { have, need }
}

fn project_admin(project: Id, account: Id) -> Change<Id> {
    change::set_project_role(project, account, Grant::new(ProjectRole::Admin))
}

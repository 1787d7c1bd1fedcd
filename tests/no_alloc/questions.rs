//! What is asked, and of whom.

use std::fmt::{Debug, Display};
use std::hash::Hash;

use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, Permission, Update};
use shipgate::{
    AccountKind, Action, ActionSet, AnyRole, ClusterAccess, Grant, ProjectRole, Protection, Role, RoleDefinition,
    RolePermissions, Time, Token, Visibility,
};

pub(crate) const NOW: Time = Time::from_millis(1_000);
pub(crate) const LATER: Time = Time::from_millis(2_000);

/// A member of acme-corp: name, kind, role, expiry and teams.
pub(crate) type Member = (&'static str, AccountKind, AnyRole<&'static str>, Option<Time>, &'static [&'static str]);

/// The members of acme-corp. Mallory is no member.
pub(crate) const MEMBERS: [Member; 10] = [
    ("olivia", AccountKind::User, AnyRole::BuiltIn(Role::Owner), None, &[]),
    ("carol", AccountKind::User, AnyRole::BuiltIn(Role::Admin), None, &["on-call"]),
    ("dana", AccountKind::User, AnyRole::BuiltIn(Role::Admin), Some(LATER), &[]),
    ("alice", AccountKind::User, AnyRole::BuiltIn(Role::Developer), None, &["crew", "on-call"]),
    ("bob", AccountKind::User, AnyRole::BuiltIn(Role::Developer), None, &["on-call"]),
    ("betty", AccountKind::User, AnyRole::BuiltIn(Role::Billing), None, &["crew"]),
    ("victor", AccountKind::User, AnyRole::BuiltIn(Role::Viewer), None, &[]),
    ("rita", AccountKind::User, AnyRole::Custom("manager"), None, &["crew"]),
    ("gus", AccountKind::User, AnyRole::Custom("guest"), None, &["on-call"]),
    ("ci-bot", AccountKind::Service, AnyRole::BuiltIn(Role::Owner), None, &[]),
];
pub(crate) const ASKERS: [&str; 11] =
    ["olivia", "carol", "dana", "alice", "bob", "betty", "victor", "rita", "gus", "ci-bot", "mallory"];

/// The custom roles of acme-corp: an auditor's, which no member has, is last.
pub(crate) fn roles() -> [(&'static str, RoleDefinition); 3] {
    use Permission::{Approve, Deploy, View, ViewAuditLog, ViewLogs};
    let role = |rank, permissions: &[Permission]| {
        let permissions = RolePermissions::new(permissions.iter().copied()).expect("a custom role may have them");
        RoleDefinition::new(rank, permissions).expect("the rank suffices")
    };
    [
        ("manager", role(Role::Admin, &[View, ViewLogs, Deploy, Approve])),
        ("guest", role(Role::Developer, &[])),
        ("auditor", role(Role::Viewer, &[View, ViewAuditLog])),
    ]
}

/// What a team has: access to `us-east`, a role in the shop, and when these end.
pub(crate) type Grants = (ClusterAccess, ProjectRole, Option<Time>);

/// Teams of acme-corp. One has nobody, and nothing.
pub(crate) const TEAMS: [(&str, Option<Grants>); 3] = [
    ("crew", Some((ClusterAccess::Manage, ProjectRole::Admin, Some(LATER)))),
    ("on-call", Some((ClusterAccess::Deploy, ProjectRole::Developer, None))),
    ("nobody", None),
];

/// Overrides of their own on `us-east`. Alice has one on each of the other clusters.
pub(crate) const OVERRIDES: [(&str, ClusterAccess); 2] =
    [("carol", ClusterAccess::Deploy), ("bob", ClusterAccess::None)];
pub(crate) const OTHER_CLUSTERS: u64 = 10_000;

/// Somebody has approved everything, again and again, and so has everyone else: the same release, another, and none.
pub(crate) const APPROVALS: usize = 1_000;
pub(crate) const RELEASES: [Option<&str>; 3] = [None, Some("v1.4.2"), Some("v1.4.3")];

pub(crate) fn protections() -> [(&'static str, Protection); 5] {
    let rule = ApprovalRule::new(ApprovalFrom::Admin);
    let many = rule.with_count(255).expect("255 is the most");
    [
        ("shop-dev", Protection::NONE),
        ("shop-review", Protection::reviewed(rule.with_bypass(Bypass::Admin))),
        ("shop-staging", Protection::RESTRICTED),
        ("shop-canary", Protection::restricted(many)),
        ("shop-production", Protection::LOCKED),
    ]
}

/// Each action, with a parameter that gives as much as it can, and with one that ends.
pub(crate) fn actions() -> Vec<Action<&'static str>> {
    let [(_, manager), (_, guest), _] = roles();
    vec![
        Action::View,
        Action::UPDATE,
        Action::Update { to: Update::Visibility(Visibility::Organization) },
        Action::Update { to: Update::Permissions(manager.permissions()) },
        Action::Delete,
        Action::CreateProject,
        Action::ConnectCluster,
        Action::InviteMember { role: Role::Owner.into(), expires_at: None },
        Action::InviteMember { role: AnyRole::Custom("manager"), expires_at: Some(LATER) },
        Action::ViewInvoices,
        Action::ManageBilling,
        Action::ViewAuditLog,
        Action::ChangeRole { to: Role::Admin.into() },
        Action::ChangeRole { to: AnyRole::Custom("auditor") },
        Action::SetExpiry { to: Some(LATER) },
        Action::Remove,
        Action::TransferOwnership,
        Action::CreateRole { role: guest },
        Action::CreateTeam,
        Action::AddToTeam,
        Action::RemoveFromTeam,
        Action::ManageBuilds,
        Action::ViewLogs,
        Action::ReadVariables,
        Action::ReadSecrets,
        Action::WriteVariables,
        Action::Exec,
        Action::SetProjectRole { to: None },
        Action::SetProjectRole { to: Some(Grant::new(ProjectRole::Admin).until(LATER)) },
        Action::Create,
        Action::SetProtection { to: Protection::NONE },
        Action::Retarget,
        Action::Restart,
        Action::Deploy,
        Action::BreakGlass,
        Action::Approve,
        Action::Manage,
        Action::Cancel,
        Action::SetClusterAccess { to: None },
        Action::SetClusterAccess { to: Some(Grant::new(ClusterAccess::Manage)) },
    ]
}

/// Without a token, and with some that cover all, too little and nothing any more; and with two.
pub(crate) fn tokens<Id: Name>() -> Vec<[Option<Token<Id>>; 2]> {
    let all = || Token::new(ActionSet::all());
    let narrow = Token::new(ActionSet::VIEW | ActionSet::DEPLOY).named("ci");
    vec![
        [None, None],
        [Some(all().for_organizations([Id::of("acme-corp")]).until(LATER)), None],
        [
            Some(narrow.clone().for_environments((0..1_000).map(Id::of_cluster).chain([Id::of("shop-production")]))),
            None,
        ],
        [Some(all()), Some(narrow.for_projects([Id::of("shop")]).for_clusters([Id::of("us-east")]))],
        [None, Some(all().until(NOW))],
    ]
}

/// An id type of the library's user.
pub(crate) trait Name: Ord + Hash + Clone + Debug + Display {
    fn of(name: &str) -> Self;

    /// The id of one of the many clusters.
    fn of_cluster(number: u64) -> Self;
}

impl Name for u64 {
    fn of(name: &str) -> Self {
        number(name)
    }

    fn of_cluster(number: u64) -> Self {
        number
    }
}

/// Longer than what small strings hold inline, so that a clone would be seen.
impl Name for String {
    fn of(name: &str) -> Self {
        name.into()
    }

    fn of_cluster(number: u64) -> Self {
        format!("cluster-{number:032}")
    }
}

/// A number for each name, all beyond those of the many clusters.
pub(crate) fn number(name: &str) -> u64 {
    name.bytes().fold(OTHER_CLUSTERS, |number, byte| number.wrapping_mul(257).wrapping_add(byte.into()))
}

//! What is asked, and of whom.

use std::fmt::{Debug, Display};
use std::hash::Hash;

use shipgate::model::{ApprovalFrom, ApprovalRule};
use shipgate::{AccountKind, Action, ActionSet, ClusterAccess, Grant, ProjectRole, Protection, Role, Time, Token};

pub(crate) const NOW: Time = Time::from_millis(1_000);
pub(crate) const LATER: Time = Time::from_millis(2_000);

/// The members of acme-corp. Mallory is no member.
pub(crate) const MEMBERS: [(&str, AccountKind, Role); 7] = [
    ("olivia", AccountKind::User, Role::Owner),
    ("carol", AccountKind::User, Role::Admin),
    ("alice", AccountKind::User, Role::Developer),
    ("bob", AccountKind::User, Role::Developer),
    ("betty", AccountKind::User, Role::Billing),
    ("victor", AccountKind::User, Role::Viewer),
    ("ci-bot", AccountKind::Service, Role::Owner),
];
pub(crate) const ASKERS: [&str; 8] = ["olivia", "carol", "alice", "bob", "betty", "victor", "ci-bot", "mallory"];

/// Overrides on `us-east`. Alice has one on each of the other clusters.
pub(crate) const OVERRIDES: [(&str, ClusterAccess); 2] =
    [("carol", ClusterAccess::Deploy), ("bob", ClusterAccess::None)];
pub(crate) const OTHER_CLUSTERS: u64 = 10_000;

/// Somebody has approved everything, again and again, and so has everyone else.
pub(crate) const APPROVALS: usize = 1_000;

pub(crate) fn protections() -> [(&'static str, Protection); 4] {
    let many = ApprovalRule::new(ApprovalFrom::Admin).with_count(255).expect("255 is the most");
    [
        ("shop-dev", Protection::NONE),
        ("shop-staging", Protection::RESTRICTED),
        ("shop-canary", Protection::restricted(many)),
        ("shop-production", Protection::LOCKED),
    ]
}

pub(crate) fn actions() -> Vec<Action> {
    vec![
        Action::View,
        Action::Update,
        Action::Delete,
        Action::CreateProject,
        Action::ConnectCluster,
        Action::InviteMember { role: Role::Owner },
        Action::ViewInvoices,
        Action::ManageBilling,
        Action::ViewAuditLog,
        Action::ChangeRole { to: Role::Admin },
        Action::SetExpiry { to: Some(LATER) },
        Action::Remove,
        Action::TransferOwnership,
        Action::ManageBuilds,
        Action::ReadVariables,
        Action::ReadSecrets,
        Action::WriteVariables,
        Action::SetProjectRole { to: Some(Grant::new(ProjectRole::Admin).until(LATER)) },
        Action::Create,
        Action::SetProtection { to: Protection::NONE },
        Action::Retarget,
        Action::Restart,
        Action::Deploy,
        Action::Approve,
        Action::Manage,
        Action::SetClusterAccess { to: None },
        Action::SetClusterAccess { to: Some(Grant::new(ClusterAccess::Manage)) },
    ]
}

/// Without a token, and with some that cover all, too little and nothing any more.
pub(crate) fn tokens<Id: Name>() -> Vec<Option<Token<Id>>> {
    let narrow = Token::new(ActionSet::VIEW | ActionSet::DEPLOY);
    vec![
        None,
        Some(Token::new(ActionSet::all()).for_organizations([Id::of("acme-corp")]).until(LATER)),
        Some(narrow.clone().for_environments((0..1_000).map(Id::of_cluster).chain([Id::of("shop-production")]))),
        Some(narrow.for_projects([Id::of("shop")]).for_clusters([Id::of("us-east")])),
        Some(Token::new(ActionSet::all()).until(NOW)),
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

//! Platforms, and questions about them.

use std::collections::{HashMap, HashSet};

use shipgate::model::ResourceKind;
use shipgate::testing::{self, Mix, Size};

use crate::question::{ASKED, ORGANIZATION_ACTIONS, Question};
use crate::rows::{Id, Rows};

/// A platform of about this many users: two memberships for three users, and organizations of about 125 members.
#[must_use]
pub const fn of_users(users: u32) -> Size {
    Size::of_memberships(users as usize * 3 / 2)
}

/// The rows of a platform, whose ids are places: those of each kind count from 0.
#[must_use]
pub fn platform(size: Size, seed: u64) -> Rows {
    numbered(testing::platform(size, seed))
}

/// The rows of a platform beside those of another, whose ids are the same as without it.
#[must_use]
pub fn platform_beside(size: Size, other: Size, seed: u64) -> Rows {
    let mut rows = testing::platform(size, seed);
    let other = testing::platform(other, seed + 1);
    rows.organizations.extend(other.organizations);
    rows.roles.extend(other.roles);
    rows.members.extend(other.members);
    rows.teams.extend(other.teams);
    rows.team_members.extend(other.team_members);
    rows.clusters.extend(other.clusters);
    rows.cluster_access.extend(other.cluster_access);
    rows.projects.extend(other.projects);
    rows.project_roles.extend(other.project_roles);
    rows.environments.extend(other.environments);
    numbered(rows)
}

/// Puts places where random ids were. A platform has no two ids that are the same, of whatever kind.
fn numbered(rows: Rows) -> Rows {
    let mut places = HashMap::new();
    places.extend(accounts_in_order(&rows).into_iter().zip(0..));
    places.extend(rows.organizations.iter().map(|row| row.id).zip(0..));
    places.extend(rows.roles.iter().map(|row| row.id).zip(0..));
    places.extend(rows.teams.iter().map(|row| row.id).zip(0..));
    places.extend(rows.clusters.iter().map(|row| row.id).zip(0..));
    places.extend(rows.projects.iter().map(|row| row.id).zip(0..));
    places.extend(rows.environments.iter().map(|row| row.id).zip(0..));
    rows.map_ids(|id| -> Id { places[&id] })
}

/// The accounts in the order of their first membership, which the rows of another platform do not change.
fn accounts_in_order(rows: &Rows) -> Vec<Id> {
    let mut seen = HashSet::new();
    rows.members.iter().map(|row| row.account).filter(|account| seen.insert(*account)).collect()
}

/// Questions of one kind: members about what their organization has; one in twenty about another's. They are distinct, up to
/// four for each membership; then come as many others, some of which were there before.
#[must_use]
pub fn questions(rows: &Rows, kind: Kind, count: usize, seed: u64) -> Vec<Question> {
    let distinct = rows.members.len() * 4;
    (seed..).flat_map(|seed| testing::questions(rows, kind.mix(), seed).take(distinct)).take(count).collect()
}

/// What questions are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Deploying into an environment.
    Deploy,
    /// The actions on organizations.
    Organizations,
    /// Every action, on every kind of resource that is asked about, in equal parts.
    Everything,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Deploy, Self::Everything, Self::Organizations];

    const fn mix(self) -> Mix {
        match self {
            Self::Deploy => Mix::DEPLOY,
            Self::Organizations => Mix::of(&[(ResourceKind::Organization, ORGANIZATION_ACTIONS, 1)]),
            Self::Everything => Mix::of(&ASKED),
        }
    }
}

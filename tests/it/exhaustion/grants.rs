//! Grants: of a member's own, of a team's, and of a second team's.

use shipgate::{ClusterAccess, ProjectRole};

use super::facts::{ACME, EXPIRY, LATER, for_good, given, until, with_none};
use crate::oracle::{Given, Id, Team, World};

/// What a member has on one cluster or in one project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State<T> {
    pub(super) own: Option<Given<T>>,
    pub(super) team: Option<Given<T>>,
    pub(super) second: Option<Given<T>>,
}

impl<T> State<T> {
    pub(super) const NOTHING: Self = Self { own: None, team: None, second: None };

    pub(super) const fn own(given: Given<T>) -> Self {
        Self { own: Some(given), team: None, second: None }
    }

    pub(super) const fn team(given: Given<T>) -> Self {
        Self { own: None, team: Some(given), second: None }
    }
}

/// Every value, of one's own and of a team, each for good or until the expiry, and of a second team some.
pub(super) fn every_state<T: Copy>(values: &[T], second: &[Given<T>]) -> Vec<State<T>> {
    let every = || with_none(given(values.iter().copied()));
    let mut states = Vec::new();
    for own in every() {
        for team in every() {
            states.extend(with_none(second.to_vec()).into_iter().map(|second| State { own, team, second }));
        }
    }
    states
}

/// Every state of overrides.
pub(super) fn every_override() -> Vec<State<ClusterAccess>> {
    every_state(&ClusterAccess::ALL, &[for_good(ClusterAccess::View), until(ClusterAccess::Manage, LATER)])
}

/// Every state of project roles.
pub(super) fn every_project_role() -> Vec<State<ProjectRole>> {
    every_state(&ProjectRole::ALL, &[for_good(ProjectRole::Viewer), until(ProjectRole::Admin, LATER)])
}

/// Overrides by what they amount to: every level and none, and one that comes or goes, whose ever it is.
pub(super) fn overrides() -> Vec<State<ClusterAccess>> {
    use ClusterAccess::{Deploy, Manage, None, View};
    let mut states = vec![State::NOTHING];
    states.extend(ClusterAccess::ALL.map(|level| State::own(for_good(level))));
    states.extend([
        State::own(until(None, EXPIRY)),
        State::own(until(Manage, EXPIRY)),
        State::team(for_good(View)),
        State::team(until(Deploy, EXPIRY)),
    ]);
    states
}

/// Some of them, for one who gives.
pub(super) fn overrides_of_a_giver() -> Vec<State<ClusterAccess>> {
    use ClusterAccess::{Deploy, Manage, None, View};
    vec![
        State::NOTHING,
        State::own(for_good(View)),
        State::own(for_good(Deploy)),
        State { own: Some(until(Manage, EXPIRY)), team: Some(for_good(Deploy)), second: Option::None },
        State { own: Option::None, team: Some(until(Manage, EXPIRY)), second: Some(until(Manage, LATER)) },
        State::team(for_good(None)),
    ]
}

/// Some of them, for one who is given something.
pub(super) fn overrides_of_a_target() -> Vec<State<ClusterAccess>> {
    use ClusterAccess::{Deploy, Manage, None, View};
    vec![
        State::NOTHING,
        State::own(for_good(None)),
        State::own(for_good(Deploy)),
        State::own(for_good(Manage)),
        State::own(until(None, EXPIRY)),
        State { own: Some(until(View, EXPIRY)), team: Some(for_good(Manage)), second: Option::None },
        State { own: Option::None, team: Some(until(Manage, EXPIRY)), second: Some(for_good(Deploy)) },
    ]
}

/// Project roles by what they amount to: every role and none, and one that comes or goes, whose ever it is.
pub(super) fn project_roles() -> Vec<State<ProjectRole>> {
    let mut states = vec![State::NOTHING];
    states.extend(ProjectRole::ALL.map(|role| State::own(for_good(role))));
    states.extend([
        State::own(until(ProjectRole::Viewer, EXPIRY)),
        State::own(until(ProjectRole::Admin, EXPIRY)),
        State::team(for_good(ProjectRole::Developer)),
        State::team(until(ProjectRole::Admin, EXPIRY)),
    ]);
    states
}

/// Some of them, for one who is given something.
pub(super) fn project_roles_of_a_target() -> Vec<State<ProjectRole>> {
    vec![
        State::NOTHING,
        State::own(for_good(ProjectRole::Viewer)),
        State { own: Some(until(ProjectRole::Viewer, EXPIRY)), team: Some(for_good(ProjectRole::Admin)), second: None },
        State::team(until(ProjectRole::Admin, EXPIRY)),
    ]
}

/// The two teams of an account.
fn teams_of(account: Id) -> [Id; 2] {
    [10 + 2 * account, 11 + 2 * account]
}

/// Gives a member what it has on a cluster, if it is a member.
pub(super) fn give_access(world: &mut World, account: Id, cluster: Id, state: State<ClusterAccess>) {
    give(world, account, state, |own, given| {
        own.overrides.insert(cluster, given);
    });
    give_teams(world, account, state, |team, given| {
        team.overrides.insert(cluster, given);
    });
}

/// Gives a member what it has in a project, if it is a member.
pub(super) fn give_role(world: &mut World, account: Id, project: Id, state: State<ProjectRole>) {
    give(world, account, state, |own, given| {
        own.project_roles.insert(project, given);
    });
    give_teams(world, account, state, |team, given| {
        team.project_roles.insert(project, given);
    });
}

fn give<T: Copy>(
    world: &mut World,
    account: Id,
    state: State<T>,
    give: impl Fn(&mut crate::oracle::Membership, Given<T>),
) {
    let Some(membership) = world.accounts.get_mut(&account).and_then(|facts| facts.memberships.get_mut(&ACME)) else {
        return;
    };
    if let Some(given) = state.own {
        give(membership, given);
    }
    for (team, given) in teams_of(account).into_iter().zip([state.team, state.second]) {
        if given.is_some() {
            membership.teams.insert(team);
        }
    }
}

fn give_teams<T: Copy>(world: &mut World, account: Id, state: State<T>, give: impl Fn(&mut Team, Given<T>)) {
    for (team, given) in teams_of(account).into_iter().zip([state.team, state.second]) {
        if let Some(given) = given {
            give(world.teams.entry(team).or_insert_with(|| Team::of_organization(ACME)), given);
        }
    }
}

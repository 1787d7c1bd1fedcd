//! Laws 4 and 13: what grants mean, a member's own and a team's.

use proptest::prelude::*;
use shipgate::{Action, ClusterAccess};

use super::{Entries, asked_by, config, home, takes_nothing_away, target};
use crate::oracle::{Given, Id, Question, Resource, World, higher_or_equal};
use crate::strategies::{id, level, questions, world};

fn lower_and_higher() -> impl Strategy<Value = (ClusterAccess, ClusterAccess)> {
    (level(), level()).prop_filter("one is higher", |(low, high)| higher_or_equal(*high, *low))
}

proptest! {
    #![proptest_config(config())]

    /// 4. Grant monotony, of a member's own override, changes to oneself aside.
    #[test]
    fn raising_an_override_takes_nothing_from_its_holder(
        world in world(),
        questions in questions(),
        (account, cluster) in (id(), id()),
        (low, high) in lower_and_higher(),
    ) {
        let [lowered, raised] = [low, high].map(|level| {
            let mut world = world.clone();
            let account = world.accounts.get_mut(&account);
            if let Some(membership) = account.and_then(|account| account.memberships.get_mut(&0)) {
                set(membership.overrides.entry(cluster), level);
            }
            Entries::of(&world.only_consistent())
        });
        for question in asked_by(account, 0, &world, &questions) {
            if target(&question.resource) != Some(account) {
                takes_nothing_away(&lowered, &raised, &question)?;
            }
        }
    }

    /// 4. Grant monotony, of a team's override, changes to the team and to who is in it aside.
    #[test]
    fn raising_an_override_of_a_team_takes_nothing_from_who_is_in_it(
        world in world(),
        questions in questions(),
        (account, team, cluster) in (id(), id(), id()),
        (low, high) in lower_and_higher(),
    ) {
        let world = with_member(&world, account, team);
        let [lowered, raised] = [low, high].map(|level| {
            let mut world = world.clone();
            if let Some(team) = world.teams.get_mut(&team) {
                set(team.overrides.entry(cluster), level);
            }
            Entries::of(&world.only_consistent())
        });
        for question in asked_by(account, 0, &world, &questions) {
            if !is_about(&world, team, &question.resource) {
                takes_nothing_away(&lowered, &raised, &question)?;
            }
        }
    }

    /// 13. Teams: a grant to a team answers as the same grant to each of its members who has none of their own there and is in
    /// no other team that has one. Changes to that grant, to the team and to who is in it aside.
    #[test]
    fn a_grant_to_a_team_answers_as_the_same_grant_to_each_member(
        world in world(),
        questions in questions(),
        (account, team, of) in (id(), id(), id()),
        on_cluster in any::<bool>(),
    ) {
        let of_team = with_member(&world, account, team);
        let of_team = with_nothing_else(&of_team, team, of, on_cluster);
        let of_members = moved_to_members(&of_team, team, of, on_cluster);
        let [of_team_asked, of_members_asked] = [&of_team, &of_members].map(Entries::of);
        for question in &questions {
            let is_change = question.action != Action::View;
            if home(&of_team, &question.resource) == Some(0) && !(is_change && is_about(&of_team, team, &question.resource)) {
                for question in [question.clone(), Question { account, ..question.clone() }] {
                    prop_assert_eq!(of_team_asked.find(&question), of_members_asked.find(&question), "{:?}", question);
                    prop_assert_eq!(of_team_asked.exposure(&question), of_members_asked.exposure(&question), "{:?}", question);
                }
            }
        }
    }
}

/// Sets a level, which lasts as long as what was there.
fn set(entry: std::collections::btree_map::Entry<'_, Id, Given<ClusterAccess>>, level: ClusterAccess) {
    entry.or_insert(Given { what: level, until: None }).what = level;
}

/// The world in which an account is in a team, where both are of the first organization.
fn with_member(world: &World, account: Id, team: Id) -> World {
    let mut world = world.clone();
    let account = world.accounts.get_mut(&account);
    if let Some(membership) = account.and_then(|account| account.memberships.get_mut(&0)) {
        membership.teams.insert(team);
    }
    world.only_consistent()
}

/// Whether it is about a team, or about who is in it.
fn is_about(world: &World, team: Id, resource: &Resource) -> bool {
    let of_team = match resource {
        Resource::Team(id)
        | Resource::TeamMember { team: id, .. }
        | Resource::ProjectTeam { team: id, .. }
        | Resource::ClusterTeam { team: id, .. } => *id == team,
        _ => false,
    };
    let member = target(resource).and_then(|account| world.membership(account, 0));
    of_team || member.is_some_and(|membership| membership.teams.contains(&team))
}

/// The world in which the members of a team have no other grant on a cluster, or in a project.
fn with_nothing_else(world: &World, team: Id, of: Id, on_cluster: bool) -> World {
    let mut world = world.clone();
    for membership in world.accounts.values_mut().filter_map(|account| account.memberships.get_mut(&0)) {
        if membership.teams.contains(&team) {
            if on_cluster {
                membership.overrides.remove(&of);
            } else {
                membership.project_roles.remove(&of);
            }
        }
    }
    for (_, other) in world.teams.iter_mut().filter(|(id, _)| **id != team) {
        if on_cluster {
            other.overrides.remove(&of);
        } else {
            other.project_roles.remove(&of);
        }
    }
    world
}

/// The world in which each member of a team has the team's grant on a cluster, or in a project, and the team has it not.
fn moved_to_members(world: &World, team: Id, of: Id, on_cluster: bool) -> World {
    let mut world = world.clone();
    let Some(granted) = world.teams.get_mut(&team) else { return world };
    let level = if on_cluster { granted.overrides.remove(&of) } else { None };
    let role = if on_cluster { None } else { granted.project_roles.remove(&of) };
    for membership in world.accounts.values_mut().filter_map(|account| account.memberships.get_mut(&0)) {
        if membership.teams.contains(&team) {
            membership.overrides.extend(level.map(|level| (of, level)));
            membership.project_roles.extend(role.map(|role| (of, role)));
        }
    }
    world
}

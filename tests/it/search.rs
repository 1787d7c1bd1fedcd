//! Search finds exactly what `decide` does not deny, each with its decision: whatever the subject, its token and its time.

mod values;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use shipgate::model::ResourceKind;
use shipgate::{Action, ActionKind, ActionSet, Decision, Directory, ResourceId, SubjectId};

use crate::oracle::{Id, Question, World};
use crate::strategies::{question, questions, world};
use crate::world::held::{Held, put};
use values::{every_value, few_values};

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 256,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn who_may_finds_exactly_those_whom_decide_does_not_deny(world in world(), questions in questions()) {
        let held = Held::<u64>::of(&world);
        for question in &questions {
            let question = &Question { kind: None, token: None, service_token: None, ..question.clone() };
            let expected = not_denied(world.accounts.keys().map(|account| {
                (*account, held.decide(&Question { account: *account, ..question.clone() }))
            }));
            let found: Vec<_> = put(question, |_, action, resource| {
                held.directory().who_may(action, resource, question.time).map(owned).collect()
            });
            prop_assert_eq!(found, expected, "{:?}", question);
        }
    }

    /// Who gives is judged by all that they have: what one may give says nothing of another one with the same role.
    #[test]
    fn who_may_give_is_found_whatever_the_value(world in world(), question in question(), seed in 0..1_000_usize) {
        let held = Held::<u64>::of(&world);
        let on = question.resource.kind();
        for kind in ActionKind::ALL {
            let values = every_value(kind, on);
            let Some(action) = values.get(seed % values.len().max(1)) else { continue };
            let question = &Question { kind: None, token: None, service_token: None, action: *action, ..question.clone() };
            let expected = not_denied(world.accounts.keys().map(|account| {
                (*account, held.decide(&Question { account: *account, ..question.clone() }))
            }));
            let found: Vec<_> = put(question, |_, action, resource| {
                held.directory().who_may(action, resource, question.time).map(owned).collect()
            });
            prop_assert_eq!(found, expected, "{:?}", question);
        }
    }

    #[test]
    fn a_list_has_exactly_what_decide_does_not_deny(world in world(), question in question()) {
        let held = Held::<u64>::of(&world);
        for action in ActionKind::ALL.iter().flat_map(|name| few_values(*name)) {
            put(&question, |subject, _, _| check_lists(&world, held.directory(), subject, action.as_ref()))?;
        }
    }

    #[test]
    fn the_actions_are_those_that_decide_does_not_deny(world in world(), questions in questions()) {
        let held = Held::<u64>::of(&world);
        for question in &questions {
            let (mut allowed, mut with_approval) = (ActionSet::empty(), ActionSet::empty());
            for name in ActionKind::ALL {
                let decisions = held.decide_each(question, &every_value(name, question.resource.kind()));
                if decisions.contains(&Decision::Allow) {
                    allowed |= name.into();
                } else if decisions.iter().any(|decision| matches!(decision, Decision::RequireApproval(_))) {
                    with_approval |= name.into();
                }
            }
            let actions = put(question, |subject, _, resource| held.directory().what_may(*subject).actions(resource));
            prop_assert_eq!((actions.allowed(), actions.with_approval()), (allowed, with_approval), "{:?}", question);
        }
    }
}

/// Compares every list that there is with asking `decide` about everything of its kind.
fn check_lists(
    world: &World,
    directory: &Directory<u64>,
    subject: &SubjectId<'_, u64>,
    action: Action<&Id>,
) -> Result<(), TestCaseError> {
    let search = directory.what_may(*subject);
    let decide = |resource| directory.decide(subject, action, resource);
    let accounts_of = |organization: &u64| {
        let organization = *organization;
        world.accounts.iter().filter(move |(_, account)| account.memberships.contains_key(&organization))
    };
    let teams_of = |organization: &u64| {
        let organization = *organization;
        world.teams.iter().filter(move |(_, team)| team.organization == organization)
    };

    let expected = world.organizations.iter().map(|id| (*id, decide(ResourceId::Organization(id))));
    let found = search.organizations(action).map(owned);
    prop_assert_eq!(found.collect::<Vec<_>>(), not_denied(expected));

    for organization in &world.organizations {
        let projects = world.projects.iter().filter(|(_, facts)| facts.organization == *organization);
        let expected = projects.map(|(id, _)| (*id, decide(ResourceId::Project(id))));
        let found = search.projects(action, organization).map(owned);
        prop_assert_eq!(found.collect::<Vec<_>>(), not_denied(expected));

        let clusters = world.clusters.iter().filter(|(_, facts)| facts.organization == *organization);
        let expected = clusters.map(|(id, _)| (*id, decide(ResourceId::Cluster(id))));
        let found = search.clusters(action, organization).map(owned);
        prop_assert_eq!(found.collect::<Vec<_>>(), not_denied(expected));

        let roles = world.roles.iter().filter(|(_, facts)| facts.organization == *organization);
        let expected = roles.map(|(id, _)| (*id, decide(ResourceId::Role(id))));
        let found = search.roles(action, organization).map(owned);
        prop_assert_eq!(found.collect::<Vec<_>>(), not_denied(expected));

        let expected = teams_of(organization).map(|(id, _)| (*id, decide(ResourceId::Team(id))));
        let found = search.teams(action, organization).map(owned);
        prop_assert_eq!(found.collect::<Vec<_>>(), not_denied(expected));

        let of = |project: &u64| world.projects[project].organization;
        let environments = world.environments.iter().filter(|(_, facts)| of(&facts.project) == *organization);
        let expected = environments.map(|(id, _)| (*id, decide(ResourceId::Environment(id))));
        let mut found: Vec<_> = search.environments(action, organization).map(owned).collect();
        found.sort_unstable_by_key(|(id, _)| *id);
        prop_assert_eq!(found, not_denied(expected));

        let member = |account| ResourceId::Member { organization, account };
        let expected = accounts_of(organization).map(|(id, _)| (*id, decide(member(id))));
        let found = search.members(action, organization).map(owned);
        prop_assert_eq!(found.collect::<Vec<_>>(), not_denied(expected));
    }
    for (team, facts) in &world.teams {
        let member = |account| ResourceId::TeamMember { team, account };
        let expected = accounts_of(&facts.organization).map(|(id, _)| (*id, decide(member(id))));
        let found = search.team_members(action, team).map(owned);
        prop_assert_eq!(found.collect::<Vec<_>>(), not_denied(expected));
    }
    for (project, facts) in &world.projects {
        let member = |account| ResourceId::ProjectMember { project, account };
        let expected = accounts_of(&facts.organization).map(|(id, _)| (*id, decide(member(id))));
        let found = search.project_members(action, project).map(owned);
        prop_assert_eq!(found.collect::<Vec<_>>(), not_denied(expected));

        let team = |team| ResourceId::ProjectTeam { project, team };
        let expected = teams_of(&facts.organization).map(|(id, _)| (*id, decide(team(id))));
        let found = search.project_teams(action, project).map(owned);
        prop_assert_eq!(found.collect::<Vec<_>>(), not_denied(expected));
    }
    for (cluster, facts) in &world.clusters {
        let member = |account| ResourceId::ClusterMember { cluster, account };
        let expected = accounts_of(&facts.organization).map(|(id, _)| (*id, decide(member(id))));
        let found = search.cluster_members(action, cluster).map(owned);
        prop_assert_eq!(found.collect::<Vec<_>>(), not_denied(expected));

        let team = |team| ResourceId::ClusterTeam { cluster, team };
        let expected = teams_of(&facts.organization).map(|(id, _)| (*id, decide(team(id))));
        let found = search.cluster_teams(action, cluster).map(owned);
        prop_assert_eq!(found.collect::<Vec<_>>(), not_denied(expected));
    }
    for environment in world.environments.keys() {
        let placement = |cluster| ResourceId::Placement { environment, to: cluster };
        let expected = world.clusters.keys().map(|id| (*id, decide(placement(id))));
        let found = search.placements(action, environment).map(owned);
        prop_assert_eq!(found.collect::<Vec<_>>(), not_denied(expected));
    }
    Ok(())
}

#[test]
fn every_value_is_one_that_an_action_takes() {
    for (kind, on) in ActionKind::ALL.into_iter().flat_map(|kind| ResourceKind::ALL.map(|on| (kind, on))) {
        assert!(every_value(kind, on).iter().all(|action| action.kind() == kind), "{kind} of {on}");
        assert!(!every_value(kind, on).is_empty(), "{kind} of {on}");
    }
}

fn not_denied(decisions: impl Iterator<Item = (u64, Decision)>) -> Vec<(u64, Decision)> {
    decisions.filter(|(_, decision)| !matches!(decision, Decision::Deny(_))).collect()
}

fn owned((id, decision): (&u64, Decision)) -> (u64, Decision) {
    (*id, decision)
}

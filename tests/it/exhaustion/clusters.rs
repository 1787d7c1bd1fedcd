//! Clusters, and members and teams with regard to one.

use shipgate::model::Permission;
use shipgate::{AccountKind, ClusterAccess, Protection, Role, Visibility};

use super::each_target;
use super::facts::{
    ACME, CREW, EXPIRY, LATER, SUBJECT, TARGET, US_EAST, add, for_good, protect, see_cluster, until, world,
};
use super::grants::{State, every_override, give_access, overrides, overrides_of_a_giver};
use super::roles::{all_but, everyone, full, givers, member, nothing, of, strangers, user};
use super::survey::Survey;
use crate::oracle::{Account, Resource, Team};

const OF_CLUSTER: [Permission; 3] = [Permission::View, Permission::Deploy, Permission::ManageClusters];

/// Every state of overrides, on a cluster that is empty and one that is in use.
pub(super) fn clusters(survey: &mut Survey) {
    for subject in everyone(&OF_CLUSTER) {
        for on in overrides() {
            for visibility in Visibility::ALL {
                for environments in 0..=2 {
                    let mut world = world(subject.clone());
                    give_access(&mut world, SUBJECT, US_EAST, on);
                    see_cluster(&mut world, US_EAST, visibility);
                    world.environments.clear();
                    for id in 0..environments {
                        protect(&mut world, id, Protection::NONE);
                    }
                    survey.rows(&world, &[Resource::Cluster(US_EAST)]);
                }
            }
        }
    }
    for subject in givers(Permission::View) {
        for on in every_override() {
            for visibility in Visibility::ALL {
                let mut world = world(Some(subject.clone()));
                give_access(&mut world, SUBJECT, US_EAST, on);
                see_cluster(&mut world, US_EAST, visibility);
                survey.rows(&world, &[Resource::Cluster(US_EAST)]);
            }
        }
    }
}

/// Who sets whose override.
pub(super) fn cluster_members(survey: &mut Survey) {
    let on_us_east = |account| Resource::ClusterMember { cluster: US_EAST, account };
    for subject in everyone(&[Permission::View, Permission::ManageClusters]) {
        for mine in overrides() {
            for visibility in Visibility::ALL {
                for target in targets() {
                    let mut world = world(subject.clone());
                    give_access(&mut world, SUBJECT, US_EAST, mine);
                    see_cluster(&mut world, US_EAST, visibility);
                    add(&mut world, TARGET, target);
                    survey.rows(&world, &each_target(on_us_east));
                }
            }
        }
    }
}

fn targets() -> Vec<Option<Account>> {
    let mut targets = strangers();
    targets.extend(Role::ALL.map(|role| Some(user(role))));
    targets.extend([
        Some(member(AccountKind::User, Role::Developer, Some(EXPIRY))),
        Some(member(AccountKind::Service, Role::Owner, None)),
        Some(user(of(nothing(Role::Developer)))),
        Some(user(of(all_but(Role::Admin, Permission::ManageClusters).expect("an Admin may")))),
        Some(user(of(full(Role::Viewer)))),
    ]);
    targets
}

/// What the giver and the target have there, by every state of the target's overrides and some of the giver's.
pub(super) fn given_on_clusters(survey: &mut Survey) {
    let targets = [Role::Admin, Role::Developer, Role::Viewer].map(user);
    for subject in givers_on_clusters() {
        for mine in states_of_a_giver() {
            for target in &targets {
                for theirs in every_override() {
                    let mut world = world(Some(subject.clone()));
                    give_access(&mut world, SUBJECT, US_EAST, mine);
                    add(&mut world, TARGET, Some(target.clone()));
                    give_access(&mut world, TARGET, US_EAST, theirs);
                    survey.rows(&world, &[Resource::ClusterMember { cluster: US_EAST, account: TARGET }]);
                }
            }
        }
    }
}

fn givers_on_clusters() -> Vec<Account> {
    vec![user(Role::Admin), member(AccountKind::User, Role::Admin, Some(LATER))]
}

fn states_of_a_giver() -> Vec<State<ClusterAccess>> {
    vec![
        State::NOTHING,
        State::own(for_good(ClusterAccess::Deploy)),
        State {
            own: None,
            team: Some(until(ClusterAccess::Manage, EXPIRY)),
            second: Some(for_good(ClusterAccess::View)),
        },
        State { own: Some(until(ClusterAccess::None, EXPIRY)), team: None, second: None },
    ]
}

/// How long what the giver has lasts: every state of the giver's overrides.
pub(super) fn lasting_on_clusters(survey: &mut Survey) {
    for subject in givers(Permission::ManageClusters) {
        for mine in every_override() {
            for visibility in Visibility::ALL {
                let mut world = world(Some(subject.clone()));
                give_access(&mut world, SUBJECT, US_EAST, mine);
                see_cluster(&mut world, US_EAST, visibility);
                add(&mut world, TARGET, Some(user(Role::Developer)));
                world.teams.insert(CREW, Team::of_organization(ACME));
                survey.rows(
                    &world,
                    &[
                        Resource::ClusterMember { cluster: US_EAST, account: TARGET },
                        Resource::ClusterMember { cluster: US_EAST, account: SUBJECT },
                        Resource::ClusterTeam { cluster: US_EAST, team: CREW },
                    ],
                );
            }
        }
    }
}

/// Who gives a team access, and whether the asker is in it.
pub(super) fn cluster_teams(survey: &mut Survey) {
    for subject in everyone(&[Permission::View, Permission::ManageClusters]) {
        for mine in overrides_of_a_giver().into_iter().chain(overrides()) {
            for visibility in Visibility::ALL {
                for is_in_it in [false, true] {
                    let mut world = world(subject.clone());
                    give_access(&mut world, SUBJECT, US_EAST, mine);
                    see_cluster(&mut world, US_EAST, visibility);
                    world.teams.insert(CREW, Team::of_organization(ACME));
                    let asker = world.accounts.get_mut(&SUBJECT).and_then(|facts| facts.memberships.get_mut(&ACME));
                    if let Some(membership) = asker.filter(|_| is_in_it) {
                        membership.teams.insert(CREW);
                    }
                    survey.rows(&world, &[Resource::ClusterTeam { cluster: US_EAST, team: CREW }]);
                }
            }
        }
    }
}

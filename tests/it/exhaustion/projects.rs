//! Projects, and members and teams with regard to one.

use shipgate::model::Permission;
use shipgate::{AccountKind, Action, ProjectRole, Protection, Role, Visibility};

use super::each_target;
use super::facts::{
    CREW, EU_WEST, EXPIRY, LATER, PRODUCTION, SHOP, SUBJECT, TARGET, US_EAST, add, parameters, protect, protect_on,
    see, see_cluster, world,
};
use super::grants::{
    State, every_project_role, give_access, give_role, overrides, overrides_of_a_giver, overrides_of_a_target,
    project_roles, project_roles_of_a_target,
};
use super::protections::protections_by_safeguard;
use super::roles::{custom, everyone, member, members, nothing, of, strangers, user};
use super::survey::Survey;
use crate::oracle::{Account, Id, Resource, Team, World};

/// What the rows of a project ask for, but for its secrets.
const OF_PROJECT: [Permission; 4] =
    [Permission::View, Permission::ViewLogs, Permission::ManageBuilds, Permission::ManageProjects];

/// Who asks, by every role, and by every state of project roles for the roles that yield to one.
pub(super) fn projects(survey: &mut Survey) {
    let actions = every_action_but_secrets();
    let mut ask = |subject: Option<Account>, state, visibility, environments: u64| {
        let mut world = world(subject);
        give_role(&mut world, SUBJECT, SHOP, state);
        see(&mut world, visibility);
        world.environments.clear();
        for id in 0..environments {
            protect(&mut world, id, Protection::NONE);
        }
        survey.actions(&world, &[Resource::Project(SHOP)], &actions);
    };
    for visibility in Visibility::ALL {
        for subject in everyone(&OF_PROJECT) {
            for state in project_roles() {
                for environments in 0..=2 {
                    ask(subject.clone(), state, visibility, environments);
                }
            }
        }
        for subject in standing_classes() {
            for state in every_project_role() {
                ask(Some(subject.clone()), state, visibility, 0);
            }
        }
    }
}

fn every_action_but_secrets() -> Vec<Action<Id>> {
    let on = shipgate::model::ResourceKind::Project;
    let names = shipgate::ActionKind::ALL.into_iter().filter(|action| {
        let is_secret = matches!(action, shipgate::ActionKind::ReadSecrets | shipgate::ActionKind::WriteVariables);
        !is_secret && crate::oracle::row(*action, on).is_some()
    });
    names.flat_map(|action| parameters(action, on)).collect()
}

/// Each rank, and roles that have no permission or more than a project role.
pub(super) fn standing_classes() -> Vec<Account> {
    let built_in = Role::ALL.map(user).into_iter();
    let custom = [nothing(Role::Developer), nothing(Role::Viewer)].map(|role| user(of(role)));
    built_in.chain(custom).chain([member(AccountKind::Service, Role::Owner, None)]).collect()
}

/// What the asker who shows a project has on a cluster.
pub(super) fn shown_projects(survey: &mut Survey) {
    for subject in givers() {
        for mine in overrides() {
            for in_shop in project_roles() {
                for visibility in Visibility::ALL {
                    let mut world = world(Some(subject.clone()));
                    give_access(&mut world, SUBJECT, US_EAST, mine);
                    give_role(&mut world, SUBJECT, SHOP, in_shop);
                    see(&mut world, visibility);
                    see_cluster(&mut world, US_EAST, visibility);
                    survey.actions(&world, &[Resource::Project(SHOP)], &every_action_but_secrets());
                }
            }
        }
    }
}

/// Members who may manage a project by their own role or one in it.
fn givers() -> Vec<Account> {
    let mut givers = super::roles::givers(Permission::ManageProjects);
    let lower = [Role::Developer, Role::Viewer];
    givers.extend(lower.map(|role| member(AccountKind::User, role, Some(LATER))));
    givers.extend(custom(&[Permission::ManageProjects]).into_iter().map(|role| user(of(role))));
    givers
}

/// Secrets: every set of at most two environments, on one cluster or two. A safeguard joined over more is one joined over two of
/// them, and the first cluster on which the level does not suffice is one of them, too.
pub(super) fn secrets(survey: &mut Survey) {
    let actions = [Action::ReadSecrets, Action::WriteVariables];
    for subject in members(&[Permission::ManageSecrets, Permission::ManageProjects]) {
        for state in project_roles() {
            for visibility in Visibility::ALL {
                for environments in sets_of_environments() {
                    for (on_us_east, on_eu_west) in pairs_of_overrides() {
                        let mut world = world(Some(subject.clone()));
                        give_role(&mut world, SUBJECT, SHOP, state);
                        give_access(&mut world, SUBJECT, US_EAST, on_us_east);
                        give_access(&mut world, SUBJECT, EU_WEST, on_eu_west);
                        see(&mut world, visibility);
                        see_cluster(&mut world, EU_WEST, visibility);
                        world.environments.clear();
                        for (id, (cluster, protection)) in (PRODUCTION..).zip(environments.clone()) {
                            protect_on(&mut world, id, cluster, protection);
                        }
                        survey.actions(&world, &[Resource::Project(SHOP)], &actions);
                    }
                }
            }
        }
    }
}

fn sets_of_environments() -> Vec<Vec<(Id, Protection)>> {
    let mut sets = vec![vec![], vec![(EU_WEST, Protection::NONE)]];
    for protection in protections_by_safeguard() {
        sets.push(vec![(US_EAST, protection)]);
        sets.push(vec![(EU_WEST, Protection::REVIEWED), (US_EAST, protection)]);
    }
    sets
}

fn pairs_of_overrides() -> Vec<(State<shipgate::ClusterAccess>, State<shipgate::ClusterAccess>)> {
    use shipgate::ClusterAccess::{Deploy, View};
    let given = |level| State::own(super::facts::for_good(level));
    vec![
        (State::NOTHING, State::NOTHING),
        (State::NOTHING, given(Deploy)),
        (State::NOTHING, given(View)),
        (given(View), State::NOTHING),
        (given(View), given(Deploy)),
        (State::own(super::facts::until(Deploy, EXPIRY)), State::team(super::facts::for_good(Deploy))),
    ]
}

/// Who sets whose project role, and what both have in the project.
pub(super) fn project_members(survey: &mut Survey) {
    for subject in everyone(&[Permission::ManageProjects, Permission::View]) {
        for mine in project_roles() {
            for visibility in Visibility::ALL {
                for target in targets() {
                    let mut world = world(subject.clone());
                    give_role(&mut world, SUBJECT, SHOP, mine);
                    see(&mut world, visibility);
                    add(&mut world, TARGET, target);
                    survey.rows(&world, &each_target(|account| Resource::ProjectMember { project: SHOP, account }));
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
        Some(member(AccountKind::Service, Role::Developer, None)),
        Some(user(of(nothing(Role::Developer)))),
        Some(user(of(super::roles::full(Role::Viewer)))),
    ]);
    targets
}

/// The target's standing, by every state of its project roles.
pub(super) fn standings_of_targets(survey: &mut Survey) {
    for subject in givers() {
        for mine in [State::NOTHING, State::own(super::facts::for_good(ProjectRole::Admin))] {
            for target in [Role::Developer, Role::Viewer] {
                for theirs in every_project_role() {
                    for visibility in Visibility::ALL {
                        let mut world = world(Some(subject.clone()));
                        give_role(&mut world, SUBJECT, SHOP, mine);
                        see(&mut world, visibility);
                        add(&mut world, TARGET, Some(user(target)));
                        give_role(&mut world, TARGET, SHOP, theirs);
                        survey.rows(&world, &[Resource::ProjectMember { project: SHOP, account: TARGET }]);
                    }
                }
            }
        }
    }
}

/// What a project role gives on a cluster, and how long what gives it lasts.
pub(super) fn given_in_projects(survey: &mut Survey) {
    for subject in givers_in_projects() {
        for in_shop in project_roles() {
            for mine in overrides_of_a_giver() {
                for target in [user(Role::Developer), user(Role::Viewer), user(of(nothing(Role::Developer)))] {
                    for theirs in overrides_of_a_target() {
                        for their_role in project_roles_of_a_target() {
                            for visibility in Visibility::ALL {
                                let mut world = world(Some(subject.clone()));
                                give_role(&mut world, SUBJECT, SHOP, in_shop);
                                give_access(&mut world, SUBJECT, US_EAST, mine);
                                add(&mut world, TARGET, Some(target.clone()));
                                give_access(&mut world, TARGET, US_EAST, theirs);
                                give_role(&mut world, TARGET, SHOP, their_role);
                                see_cluster(&mut world, US_EAST, visibility);
                                survey.actions(
                                    &world,
                                    &[Resource::ProjectMember { project: SHOP, account: TARGET }],
                                    &set_project_role(),
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}

fn givers_in_projects() -> Vec<Account> {
    vec![
        user(Role::Admin),
        user(Role::Developer),
        user(of(super::roles::all_but(Role::Admin, Permission::ManageClusters).expect("an Admin may"))),
    ]
}

fn set_project_role() -> Vec<Action<Id>> {
    parameters(shipgate::ActionKind::SetProjectRole, shipgate::model::ResourceKind::ProjectMember)
}

/// Who gives a team a project role.
pub(super) fn project_teams(survey: &mut Survey) {
    let mut subjects = everyone(&[Permission::ManageProjects]);
    subjects.extend(givers().into_iter().map(Some));
    for subject in subjects {
        for in_shop in project_roles() {
            for mine in overrides_of_a_giver() {
                for visibility in Visibility::ALL {
                    for is_in_it in [false, true] {
                        let mut world = world(subject.clone());
                        give_role(&mut world, SUBJECT, SHOP, in_shop);
                        give_access(&mut world, SUBJECT, US_EAST, mine);
                        see(&mut world, visibility);
                        see_cluster(&mut world, US_EAST, visibility);
                        world.teams.insert(CREW, Team::of_organization(super::facts::ACME));
                        if is_in_it {
                            join(&mut world);
                        }
                        survey.rows(&world, &[Resource::ProjectTeam { project: SHOP, team: CREW }]);
                    }
                }
            }
        }
    }
}

fn join(world: &mut World) {
    let subject = world.accounts.get_mut(&SUBJECT).and_then(|facts| facts.memberships.get_mut(&super::facts::ACME));
    if let Some(membership) = subject {
        membership.teams.insert(CREW);
    }
}

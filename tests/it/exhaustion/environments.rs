//! Environments, existing and proposed, and placements.

use shipgate::model::Permission;
use shipgate::{AccountKind, Action, ActionKind, ClusterAccess, Protection, Role, Visibility};

use super::facts::{
    EU_WEST, EXPIRY, GLOBEX, PRODUCTION, SHOP, SUBJECT, US_EAST, for_good, protect, see, see_cluster, until, world,
};
use super::grants::{State, every_override, every_project_role, give_access, give_role, overrides, project_roles};
use super::projects::standing_classes;
use super::protections::{every_protection, few_protections, protections_by_safeguard};
use super::roles::{everyone, member, members, nothing, of, user};
use super::survey::Survey;
use crate::oracle::{Account, Cluster, Id, Resource, World};

/// What the rows of an environment ask for.
const OF_ENVIRONMENT: [Permission; 7] = [
    Permission::View,
    Permission::ViewLogs,
    Permission::Deploy,
    Permission::ManageSecrets,
    Permission::Exec,
    Permission::ManageProjects,
    Permission::ManageProtection,
];

/// Every role by classes, every level, standing, visibility and safeguard.
pub(super) fn environments(survey: &mut Survey) {
    for subject in members(&OF_ENVIRONMENT) {
        for_each_protected(&subject, &protections_by_safeguard(), |world, _| {
            survey.actions(world, &[Resource::Environment(PRODUCTION)], &every_action_but_protections());
        });
    }
}

/// `set_protection` with each parameter has a part of its own: here one stands for all.
fn every_action_but_protections() -> Vec<Action<Id>> {
    let on = shipgate::model::ResourceKind::Environment;
    let names = ActionKind::ALL.into_iter().filter(|action| crate::oracle::row(*action, on).is_some());
    names
        .map(|action| match action {
            ActionKind::SetProtection => Action::SetProtection { to: Protection::RESTRICTED },
            other => super::facts::parameters(other, on)[0],
        })
        .collect()
}

/// A world for each state of grants, each visibility and protection.
fn for_each_protected(subject: &Account, protections: &[Protection], mut ask: impl FnMut(&World, Protection)) {
    for on in overrides() {
        for in_shop in project_roles() {
            for visibility in Visibility::ALL {
                for cluster in Visibility::ALL {
                    for protection in protections {
                        let mut world = world(Some(subject.clone()));
                        give_access(&mut world, SUBJECT, US_EAST, on);
                        give_role(&mut world, SUBJECT, SHOP, in_shop);
                        see(&mut world, visibility);
                        see_cluster(&mut world, US_EAST, cluster);
                        protect(&mut world, PRODUCTION, *protection);
                        ask(&world, *protection);
                    }
                }
            }
        }
    }
}

/// Who is no live member, and whose membership ends; services as well as users.
pub(super) fn memberships(survey: &mut Survey) {
    let actions = every_action_but_protections();
    for subject in everyone(&OF_ENVIRONMENT) {
        for in_shop in project_roles() {
            for protection in few_protections() {
                let mut world = world(subject.clone());
                give_role(&mut world, SUBJECT, SHOP, in_shop);
                protect(&mut world, PRODUCTION, protection);
                survey.actions(&world, &[Resource::Environment(PRODUCTION)], &actions);
            }
        }
    }
}

/// Every state of overrides, of one's own and of two teams, with every rank that counts.
pub(super) fn levels(survey: &mut Survey) {
    let roles = [
        State::NOTHING,
        State::own(for_good(shipgate::ProjectRole::Admin)),
        State::team(until(shipgate::ProjectRole::Viewer, EXPIRY)),
    ];
    let actions = [Action::View, Action::Deploy, Action::Create];
    for subject in standing_classes() {
        for on in every_override() {
            for in_shop in roles {
                for visibility in Visibility::ALL {
                    let mut world = world(Some(subject.clone()));
                    give_access(&mut world, SUBJECT, US_EAST, on);
                    give_role(&mut world, SUBJECT, SHOP, in_shop);
                    see_cluster(&mut world, US_EAST, visibility);
                    survey.actions(&world, &[Resource::Environment(PRODUCTION), Resource::Cluster(US_EAST)], &actions);
                }
            }
        }
    }
}

/// Every state of project roles, of one's own and of two teams, on a cluster that all see or members only.
pub(super) fn standings(survey: &mut Survey) {
    let actions = [Action::View, Action::Deploy, Action::Exec, Action::UPDATE];
    for subject in standing_classes() {
        for in_shop in every_project_role() {
            for on in [
                State::NOTHING,
                State::own(for_good(ClusterAccess::Manage)),
                State::team(until(ClusterAccess::None, EXPIRY)),
            ] {
                for visibility in Visibility::ALL {
                    let mut world = world(Some(subject.clone()));
                    give_access(&mut world, SUBJECT, US_EAST, on);
                    give_role(&mut world, SUBJECT, SHOP, in_shop);
                    see(&mut world, visibility);
                    see_cluster(&mut world, US_EAST, visibility);
                    survey.actions(&world, &[Resource::Environment(PRODUCTION)], &actions);
                }
            }
        }
    }
}

/// Every protection that an environment has, with every one that it may be set to.
pub(super) fn protections(survey: &mut Survey) {
    let to = every_protection().into_iter().map(|to| Action::SetProtection { to });
    let actions: Vec<_> = to.chain([Action::BreakGlass, Action::Deploy]).collect();
    let admin_here = |role| (user(role), State::own(for_good(shipgate::ProjectRole::Admin)));
    let mut subjects: Vec<_> = standing_classes().into_iter().map(|subject| (subject, State::NOTHING)).collect();
    subjects.extend([admin_here(Role::Developer), admin_here(Role::Viewer)]);
    subjects.push((member(AccountKind::Service, Role::Admin, None), State::NOTHING));
    for (subject, in_shop) in subjects {
        for protection in every_protection() {
            let mut world = world(Some(subject.clone()));
            give_role(&mut world, SUBJECT, SHOP, in_shop);
            protect(&mut world, PRODUCTION, protection);
            survey.actions(&world, &[Resource::Environment(PRODUCTION)], &actions);
        }
    }
}

/// What may be proposed is decided by the organization role.
pub(super) fn proposals(survey: &mut Survey) {
    for subject in members(&[Permission::ManageProjects]) {
        for_each_protected(&subject, &protections_by_safeguard(), |world, protection| {
            let proposal = Resource::NewEnvironment { id: PRODUCTION + 1, project: SHOP, cluster: US_EAST, protection };
            survey.actions(world, &[proposal], &[Action::Create, Action::View, Action::Restart]);
        });
    }
    for subject in standing_classes() {
        for protection in few_protections() {
            for organization in [super::facts::ACME, GLOBEX] {
                let mut world = world(Some(subject.clone()));
                world.clusters.insert(EU_WEST, Cluster { organization, visibility: Visibility::Members });
                let proposal = Resource::NewEnvironment { id: PRODUCTION, project: SHOP, cluster: EU_WEST, protection };
                survey.rows(&world, &[proposal]);
            }
        }
    }
}

/// Of a protection, a placement's rows read the custodian.
pub(super) fn placements(survey: &mut Survey) {
    use ClusterAccess::{Deploy, Manage, None, View};
    let given = |level| State::own(for_good(level));
    let of_each =
        [State::NOTHING, given(None), given(View), given(Deploy), given(Manage), State::team(until(View, EXPIRY))];
    let in_shops = [
        State::NOTHING,
        State::own(for_good(shipgate::ProjectRole::Admin)),
        State::own(for_good(shipgate::ProjectRole::Viewer)),
        State::team(until(shipgate::ProjectRole::Admin, EXPIRY)),
    ];
    let protections = [Protection::NONE, Protection::RESTRICTED, Protection::LOCKED];
    for subject in members(&[Permission::View, Permission::ManageProjects]) {
        for present in of_each {
            for new in of_each {
                for in_shop in in_shops {
                    for visibility in Visibility::ALL {
                        for protection in protections {
                            let mut world = world(Some(subject.clone()));
                            give_access(&mut world, SUBJECT, US_EAST, present);
                            give_access(&mut world, SUBJECT, EU_WEST, new);
                            give_role(&mut world, SUBJECT, SHOP, in_shop);
                            see(&mut world, visibility);
                            see_cluster(&mut world, EU_WEST, visibility);
                            protect(&mut world, PRODUCTION, protection);
                            survey.rows(&world, &[placement(EU_WEST)]);
                        }
                    }
                }
            }
        }
    }
}

fn placement(to: Id) -> Resource {
    Resource::Placement { environment: PRODUCTION, to }
}

/// To the same cluster, and to another organization's, on which nobody of this one has an override.
pub(super) fn placements_elsewhere(survey: &mut Survey) {
    for subject in everyone(&[Permission::View, Permission::ManageProjects]) {
        for present in overrides() {
            for in_shop in project_roles() {
                for protection in [Protection::NONE, Protection::LOCKED] {
                    let mut world = world(subject.clone());
                    give_access(&mut world, SUBJECT, US_EAST, present);
                    give_role(&mut world, SUBJECT, SHOP, in_shop);
                    protect(&mut world, PRODUCTION, protection);
                    world
                        .clusters
                        .insert(EU_WEST, Cluster { organization: GLOBEX, visibility: Visibility::Organization });
                    survey.rows(&world, &[placement(US_EAST), placement(EU_WEST)]);
                }
            }
        }
    }
}

/// A role whose members may do nothing without a project role.
pub(super) fn guest() -> Account {
    user(of(nothing(Role::Developer)))
}

//! The values of each fact, and a small world to vary them in. Ids of different kinds are equal on purpose.

use std::collections::{BTreeMap, BTreeSet};

use shipgate::model::{Parameter, ParameterKind, Permission, ResourceKind};
use shipgate::{Action, ActionKind, AnyRole, ClusterAccess, Grant, ProjectRole, Protection, Role, Time, Visibility};

use super::protections::few_protections;
use super::roles::{self, FOREIGN_ROLE, custom_role};
use crate::oracle::{Account, Cluster, Environment, Given, Id, Project, World};

pub(super) const ACME: Id = 0;
pub(super) const GLOBEX: Id = 1;

pub(super) const SUBJECT: Id = 0;
pub(super) const TARGET: Id = 1;
pub(super) const WITNESS: Id = 2;
pub(super) const STRANGER: Id = 9;

pub(super) const SHOP: Id = 0;
pub(super) const US_EAST: Id = 0;
pub(super) const EU_WEST: Id = 1;
pub(super) const PRODUCTION: Id = 0;
/// The team that a question is about.
pub(super) const CREW: Id = 0;

/// When what expires does, for the most part.
pub(super) const EXPIRY: Time = Time::from_millis(100);
/// When the rest does.
pub(super) const LATER: Time = Time::from_millis(200);
/// Before every time at which is asked.
pub(super) const PAST: Time = Time::from_millis(50);

/// No time, the last moment before the expiry, and the expiry.
pub(super) const NOWS: [Option<Time>; 3] = [None, Some(Time::from_millis(99)), Some(EXPIRY)];

/// One project with one environment on one of two clusters, and who asks.
pub(super) fn world(subject: Option<Account>) -> World {
    let cluster = || Cluster { organization: ACME, visibility: Visibility::Organization };
    let mut world = World {
        organizations: BTreeSet::from([ACME, GLOBEX]),
        projects: BTreeMap::from([(SHOP, Project { organization: ACME, visibility: Visibility::Organization })]),
        clusters: BTreeMap::from([(US_EAST, cluster()), (EU_WEST, cluster())]),
        environments: BTreeMap::from([(
            PRODUCTION,
            Environment { project: SHOP, cluster: US_EAST, protection: Protection::NONE },
        )]),
        ..World::default()
    };
    add(&mut world, SUBJECT, subject);
    world
}

/// Adds an account, and the custom roles that it has.
pub(super) fn add(world: &mut World, id: Id, account: Option<Account>) {
    let Some(account) = account else {
        world.accounts.remove(&id);
        return;
    };
    for membership in account.memberships.values() {
        if let AnyRole::Custom(role) = membership.role.what {
            world.roles.insert(role, custom_role(role));
        }
    }
    world.accounts.insert(id, account);
}

/// Adds the custom roles that an invitation or a change of role names.
pub(super) fn add_named_roles(world: &mut World) {
    let named = roles::named().into_iter().map(roles::id_of).chain([FOREIGN_ROLE]);
    world.roles.extend(named.map(|id| (id, custom_role(id))));
}

pub(super) fn see(world: &mut World, visibility: Visibility) {
    world.projects.get_mut(&SHOP).expect("every world has the shop").visibility = visibility;
}

pub(super) fn see_cluster(world: &mut World, cluster: Id, visibility: Visibility) {
    world.clusters.get_mut(&cluster).expect("every world has both clusters").visibility = visibility;
}

pub(super) fn protect(world: &mut World, id: Id, protection: Protection) {
    protect_on(world, id, US_EAST, protection);
}

pub(super) fn protect_on(world: &mut World, id: Id, cluster: Id, protection: Protection) {
    world.environments.insert(id, Environment { project: SHOP, cluster, protection });
}

pub(super) const fn for_good<T>(what: T) -> Given<T> {
    Given { what, until: None }
}

pub(super) const fn until<T>(what: T, until: Time) -> Given<T> {
    Given { what, until: Some(until) }
}

/// Each value for good, and each until the expiry.
pub(super) fn given<T: Copy>(values: impl IntoIterator<Item = T>) -> Vec<Given<T>> {
    values.into_iter().flat_map(|what| [for_good(what), until(what, EXPIRY)]).collect()
}

pub(super) fn with_none<T>(values: Vec<T>) -> Vec<Option<T>> {
    std::iter::once(None).chain(values.into_iter().map(Some)).collect()
}

/// The ends that something may be given with: none, the expiry, and after that.
const ENDS: [Option<Time>; 3] = [None, Some(EXPIRY), Some(LATER)];

/// The action of a kind with what it may ask for on a kind of resource, by classes.
pub(crate) fn parameters(kind: ActionKind, on: ResourceKind) -> Vec<Action<Id>> {
    let named = || {
        let custom = roles::named().into_iter().map(roles::of).chain([AnyRole::Custom(FOREIGN_ROLE)]);
        Role::ALL.map(AnyRole::BuiltIn).into_iter().chain(custom)
    };
    let parameters: Vec<Parameter<Id>> = match kind.parameter(on) {
        ParameterKind::None => vec![Parameter::None],
        ParameterKind::Invitation => {
            let until = |role| ENDS.map(|expires_at| Parameter::Invitation { role, expires_at });
            named().flat_map(until).collect()
        }
        ParameterKind::Role => named().map(Parameter::Role).collect(),
        ParameterKind::Definition => definitions().into_iter().map(Parameter::Definition).collect(),
        ParameterKind::Permissions => {
            definitions().into_iter().map(|role| Parameter::Permissions(role.permissions())).collect()
        }
        ParameterKind::Visibility => {
            with_none(Visibility::ALL.to_vec()).into_iter().map(Parameter::Visibility).collect()
        }
        ParameterKind::Expiry => ENDS.into_iter().chain([Some(PAST)]).map(Parameter::Expiry).collect(),
        ParameterKind::ProjectRole => grants(ProjectRole::ALL).into_iter().map(Parameter::ProjectRole).collect(),
        ParameterKind::ClusterAccess => grants(ClusterAccess::ALL).into_iter().map(Parameter::ClusterAccess).collect(),
        ParameterKind::Protection => few_protections().into_iter().map(Parameter::Protection).collect(),
    };
    parameters.into_iter().map(|parameter| kind.with(on, parameter).expect("it is of the action's kind")).collect()
}

/// What roles are made and changed to.
pub(super) fn definitions() -> Vec<shipgate::RoleDefinition> {
    let mut definitions = roles::named();
    definitions.push(roles::nothing(Role::Viewer));
    let lacking = [Permission::ManageClusters, Permission::Deploy, Permission::ChangeRoles];
    definitions.extend(lacking.into_iter().filter_map(|lacked| roles::all_but(Role::Admin, lacked)));
    definitions
}

fn grants<T: Copy>(values: impl IntoIterator<Item = T>) -> Vec<Option<Grant<T>>> {
    let until = |value| ENDS.map(|end| Some(Grant::expiring(value, end)));
    std::iter::once(None).chain(values.into_iter().flat_map(until)).collect()
}

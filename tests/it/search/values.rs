//! Values of parameters: many, so that whoever may do something with any value may with one of these.

use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, Parameter, ParameterKind, Permission, ResourceKind};
use shipgate::{
    Action, ActionKind, AnyRole, ClusterAccess, Grant, ProjectRole, Protection, Role, RoleDefinition, RolePermissions,
    Time, Visibility,
};

use crate::oracle::Id;
use crate::strategies::IDS;

/// The ends that worlds have, and none.
const ENDS: [Option<i64>; 7] =
    [None, Some(-62_167_219_200_000), Some(0), Some(1), Some(2), Some(3), Some(253_402_300_799_999)];

fn ends() -> impl Iterator<Item = Option<Time>> + Clone {
    ENDS.into_iter().map(|end| end.map(Time::from_millis))
}

fn grants<T: Copy>(values: &[T]) -> Vec<Option<Grant<T>>> {
    let each = values.iter().flat_map(|value| ends().map(|end| Some(Grant::expiring(*value, end))));
    [None].into_iter().chain(each).collect()
}

fn permissions() -> impl Iterator<Item = RolePermissions> {
    let mut sets: Vec<Vec<Permission>> = Role::ALL.iter().map(|role| role.permissions().iter().collect()).collect();
    sets.push(Vec::new());
    sets.extend(Permission::ALL.map(|permission| vec![permission]));
    sets.extend(Permission::ALL.map(|permission| vec![Permission::View, permission]));
    sets.into_iter().filter_map(|set| RolePermissions::new(set).ok())
}

fn protections() -> impl Iterator<Item = Protection> {
    let rules = ApprovalFrom::ALL.into_iter().flat_map(|from| {
        let counted = [1, 2, 3, 255].map(|count| ApprovalRule::new(from).with_count(count).expect("some"));
        counted.into_iter().flat_map(|rule| Bypass::ALL.map(|bypass| rule.with_bypass(bypass)))
    });
    let protected = rules.flat_map(|rule| {
        let locked = Protection::locked(rule).ok();
        [Protection::reviewed(rule), Protection::restricted(rule)].into_iter().chain(locked)
    });
    [Protection::NONE, Protection::RESTRICTED].into_iter().chain(protected)
}

/// The actions of a kind, with every value that could make a difference in the worlds of the kit.
pub(super) fn every_value(kind: ActionKind, on: ResourceKind) -> Vec<Action<Id>> {
    let roles = || Role::ALL.into_iter().map(AnyRole::BuiltIn).chain(IDS.map(AnyRole::Custom));
    let parameters: Vec<Parameter<Id>> = match kind.parameter(on) {
        ParameterKind::None => vec![Parameter::None],
        ParameterKind::Invitation => {
            roles().flat_map(|role| ends().map(move |expires_at| Parameter::Invitation { role, expires_at })).collect()
        }
        ParameterKind::Role => roles().map(Parameter::Role).collect(),
        ParameterKind::Definition => {
            let each =
                permissions().flat_map(|permissions| Role::ALL.map(|rank| RoleDefinition::new(rank, permissions).ok()));
            each.flatten().map(Parameter::Definition).collect()
        }
        ParameterKind::Permissions => permissions().map(Parameter::Permissions).collect(),
        ParameterKind::Visibility => {
            [None].into_iter().chain(Visibility::ALL.map(Some)).map(Parameter::Visibility).collect()
        }
        ParameterKind::Expiry => ends().map(Parameter::Expiry).collect(),
        ParameterKind::ProjectRole => grants(&ProjectRole::ALL).into_iter().map(Parameter::ProjectRole).collect(),
        ParameterKind::ClusterAccess => grants(&ClusterAccess::ALL).into_iter().map(Parameter::ClusterAccess).collect(),
        ParameterKind::Protection => protections().map(Parameter::Protection).collect(),
    };
    parameters.into_iter().filter_map(|parameter| kind.with(on, parameter).ok()).collect()
}

/// The actions of a kind, with a few values: an update of each kind of resource.
pub(super) fn few_values(kind: ActionKind) -> Vec<Action<Id>> {
    let kinds = if kind == ActionKind::Update { &ResourceKind::ALL[..] } else { &[ResourceKind::Organization] };
    let mut values: Vec<Action<Id>> = Vec::new();
    for value in kinds.iter().flat_map(|on| every_value(kind, *on).into_iter().step_by(5)) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

//! Every action, with each value of its parameter that can make a difference.

use shipgate::model::{
    ApprovalFrom, ApprovalRule, Bypass, Parameter, ParameterKind, Permission, ProtectionLevel, ResourceKind,
};
use shipgate::{
    Action, ActionKind, AnyRole, ClusterAccess, Decision, Directory, Grant, ProjectRole, Protection, Reason, Role,
    RoleDefinition, RolePermissions, Visibility,
};
use shipgate::{ResourceId, SubjectId, Time};

use super::resources::Resource;

/// The first and the last millisecond that RFC 3339 can write.
const FIRST: Time = Time::from_millis(-62_167_219_200_000);
const LAST: Time = Time::from_millis(253_402_300_799_999);

/// An action, with the name of its parameter.
#[derive(Clone)]
pub(crate) struct Request<'a> {
    pub(crate) action: Action<&'a str>,
    /// Empty if the action takes none.
    pub(crate) parameter: String,
    /// Whether what is given has an end.
    pub(crate) for_a_time: bool,
}

/// What an action gives, and what that is called.
type Named<'a> = (Parameter<&'a str>, String);

/// Every request about a kind of resource, in an organization with these custom roles. What is given for a time ends as soon as
/// it can after the present.
pub(crate) fn requests<'a>(
    on: ResourceKind,
    roles: &[&'a str],
    now: Option<Time>,
) -> impl Iterator<Item = Request<'a>> + use<'a> {
    let soon = now.map_or(FIRST, |now| Time::from_millis(now.as_millis().saturating_add(1)).min(LAST));
    let roles: Vec<AnyRole<&str>> =
        Role::ALL.map(AnyRole::BuiltIn).into_iter().chain(roles.iter().copied().map(AnyRole::Custom)).collect();
    ActionKind::ALL.into_iter().flat_map(move |kind| {
        let [for_good, for_a_time] = parameters(kind.parameter(on), &roles, soon);
        let all =
            for_good.into_iter().map(|named| (named, false)).chain(for_a_time.into_iter().map(|named| (named, true)));
        let request = move |((given, parameter), for_a_time)| {
            Some(Request { action: kind.with(on, given).ok()?, parameter, for_a_time })
        };
        all.filter_map(request).collect::<Vec<_>>()
    })
}

/// Whether a request applies to a resource. A proposed resource can only be created, and an existing one cannot be created.
pub(crate) fn applies(request: &Request<'_>, resource: &Resource<'_>, directory: &Directory<String>) -> bool {
    // Which action applies to which kind of resource does not depend on who asks.
    let anyone = "";
    let resource = resource.asked_by(anyone);
    let decision = directory.decide(&SubjectId::new(anyone), request.action, resource);
    let is_proposed = matches!(resource, ResourceId::NewEnvironment { .. });
    decision != Decision::Deny(Reason::NotApplicable) && is_proposed == (request.action == Action::Create)
}

/// The parameters without an end, and those with one.
fn parameters<'a>(kind: ParameterKind, roles: &[AnyRole<&'a str>], soon: Time) -> [Vec<Named<'a>>; 2] {
    let name = |role: &AnyRole<&str>| match role {
        AnyRole::BuiltIn(role) => role.to_string(),
        AnyRole::Custom(id) => (*id).to_owned(),
    };
    let for_good = match kind {
        ParameterKind::None => vec![(Parameter::None, String::new())],
        ParameterKind::Invitation => {
            let invitation = |expires_at| {
                let each = roles.iter().map(|role| (Parameter::Invitation { role: *role, expires_at }, name(role)));
                each.collect()
            };
            return [invitation(None), invitation(Some(soon))];
        }
        ParameterKind::Role => roles.iter().map(|role| (Parameter::Role(*role), name(role))).collect(),
        ParameterKind::Definition => {
            definitions().map(|(definition, name)| (Parameter::Definition(definition), name)).collect()
        }
        ParameterKind::Permissions => {
            permissions().map(|(permissions, name)| (Parameter::Permissions(permissions), name.to_owned())).collect()
        }
        ParameterKind::Visibility => {
            let each = Visibility::ALL.into_iter().map(|to| (Parameter::Visibility(Some(to)), to.to_string()));
            std::iter::once((Parameter::Visibility(None), "settings".to_owned())).chain(each).collect()
        }
        ParameterKind::Expiry => [(Some(soon), "soon"), (Some(LAST), "late"), (None, "never")]
            .map(|(to, name)| (Parameter::Expiry(to), name.to_owned()))
            .into(),
        ParameterKind::ProjectRole => return grants(ProjectRole::ALL, "nothing", soon, Parameter::ProjectRole),
        ParameterKind::ClusterAccess => return grants(ClusterAccess::ALL, "default", soon, Parameter::ClusterAccess),
        ParameterKind::Protection => {
            protections().map(|(protection, name)| (Parameter::Protection(protection), name)).collect()
        }
    };
    [for_good, Vec::new()]
}

/// Each value without an expiry, and no value; and each with one.
fn grants<'a, T: Copy + ToString, const N: usize>(
    values: [T; N],
    none: &str,
    soon: Time,
    parameter: fn(Option<Grant<T>>) -> Parameter<&'a str>,
) -> [Vec<Named<'a>>; 2] {
    let granted = |grant: Grant<T>| (parameter(Some(grant)), grant.value().to_string());
    let for_good = values.into_iter().map(|value| granted(Grant::new(value)));
    let for_good = for_good.chain([(parameter(None), none.to_owned())]).collect();
    [for_good, values.into_iter().map(|value| granted(Grant::new(value).until(soon))).collect()]
}

/// No permissions, and those of the built-in roles that a custom one can have.
fn permissions() -> impl Iterator<Item = (RolePermissions, &'static str)> {
    let of = |role: Option<Role>| {
        let permissions: Vec<Permission> = role.iter().flat_map(|role| role.permissions().iter()).collect();
        Some((RolePermissions::new(permissions).ok()?, role.map_or("nothing", Role::as_str)))
    };
    [None, Some(Role::Viewer), Some(Role::Developer), Some(Role::Admin)].into_iter().filter_map(of)
}

/// The least role, and those that equal a built-in one.
fn definitions() -> impl Iterator<Item = (RoleDefinition, String)> {
    let ranks = [Role::Viewer, Role::Viewer, Role::Developer, Role::Admin];
    ranks
        .into_iter()
        .zip(permissions())
        .filter_map(|(rank, (permissions, name))| Some((RoleDefinition::new(rank, permissions).ok()?, name.to_owned())))
}

/// Each level of protection, an Owner's approval on those that can do without, and a rule that can be bypassed.
fn protections() -> impl Iterator<Item = (Protection, String)> {
    let levels = ProtectionLevel::ALL.into_iter().map(|level| (Protection::new(level, None), level.to_string()));
    let levels = levels.filter_map(|(protection, name)| protection.ok().map(|protection| (protection, name)));
    let (admin, owner) = (ApprovalRule::new(ApprovalFrom::Admin), ApprovalRule::new(ApprovalFrom::Owner));
    levels.chain([
        (Protection::reviewed(owner), "reviewed+owner".to_owned()),
        (Protection::restricted(owner), "restricted+owner".to_owned()),
        (Protection::restricted(admin.with_bypass(Bypass::Admin)), "restricted+bypass".to_owned()),
    ])
}

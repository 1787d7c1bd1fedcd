//! Every action, with each value of its parameter that can make a difference.

use shipgate::model::{ApprovalFrom, ApprovalRule, Parameter, ParameterKind, ProtectionLevel};
use shipgate::{Action, ActionKind, ClusterAccess, Decision, Directory, Grant, ProjectRole, Protection, Reason, Role};
use shipgate::{ResourceId, SubjectId, Time};

use super::resources::Resource;

/// The last millisecond that RFC 3339 can write.
const FAR_FUTURE: Time = Time::from_millis(253_402_300_799_999);

/// An action, with the name of its parameter.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) action: Action,
    /// Empty if the action takes none.
    pub(crate) parameter: String,
}

/// Every request there is.
pub(crate) fn requests() -> impl Iterator<Item = Request> {
    ActionKind::ALL.into_iter().flat_map(|kind| {
        let each = parameters(kind.parameter()).into_iter();
        each.filter_map(move |(parameter, name)| Some(Request { action: kind.with(parameter).ok()?, parameter: name }))
    })
}

/// Whether a request applies to a resource. A proposed resource can only be created, and an existing one cannot be created.
pub(crate) fn applies(request: &Request, resource: &Resource<'_>, directory: &Directory<String>) -> bool {
    // Which action applies to which kind of resource does not depend on who asks.
    let anyone = "";
    let resource = resource.asked_by(anyone);
    let decision = directory.decide(&SubjectId::new(anyone), request.action, resource);
    let is_proposed = matches!(resource, ResourceId::NewEnvironment { .. });
    decision != Decision::Deny(Reason::NotApplicable) && is_proposed == (request.action == Action::Create)
}

fn parameters(kind: ParameterKind) -> Vec<(Parameter, String)> {
    match kind {
        ParameterKind::None => vec![(Parameter::None, String::new())],
        ParameterKind::Role => Role::ALL.map(|role| (Parameter::Role(role), role.to_string())).into(),
        ParameterKind::Expiry => vec![
            (Parameter::Expiry(Some(FAR_FUTURE)), "a time".to_owned()),
            (Parameter::Expiry(None), "never".to_owned()),
        ],
        ParameterKind::ProjectRole => grants(ProjectRole::ALL, "nothing", Parameter::ProjectRole),
        ParameterKind::ClusterAccess => grants(ClusterAccess::ALL, "default", Parameter::ClusterAccess),
        ParameterKind::Protection => {
            protections().map(|(protection, name)| (Parameter::Protection(protection), name)).collect()
        }
    }
}

/// Each value without an expiry, and no value.
fn grants<T: Copy + ToString, const N: usize>(
    values: [T; N],
    none: &str,
    parameter: fn(Option<Grant<T>>) -> Parameter,
) -> Vec<(Parameter, String)> {
    let each = values.into_iter().map(|value| (parameter(Some(Grant::new(value))), value.to_string()));
    each.chain([(parameter(None), none.to_owned())]).collect()
}

/// Each level of protection, and an Owner's approval on the one that can do without.
fn protections() -> impl Iterator<Item = (Protection, String)> {
    let levels = ProtectionLevel::ALL.into_iter().map(|level| (Protection::new(level, None), level.to_string()));
    let approved = Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner));
    let levels = levels.filter_map(|(protection, name)| protection.ok().map(|protection| (protection, name)));
    levels.chain([(approved, "restricted+owner".to_owned())])
}

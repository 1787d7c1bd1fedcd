//! Actions with each parameter that tells something.

use shipgate::model::{ParameterKind, ResourceKind, Update};
use shipgate::{
    Action, ActionKind, AnyRole, ClusterAccess, CustomRole, Grant, ProjectRole, Role, RolePermissions, Visibility,
};

use super::asker::{Custom, LATE, SOON};
use super::protections::settable;

/// An action as the facts of the matrix take it.
pub(super) type Asked = Action<&'static CustomRole<&'static str>>;

/// An action with each parameter that tells something on a kind of resource, by the name it has in the matrix.
pub(super) fn parameters(action: ActionKind, on: ResourceKind) -> Vec<(String, Asked)> {
    let plain = |action: Asked| vec![(String::new(), action)];
    match action {
        ActionKind::View => plain(Action::View),
        ActionKind::Update => updates(on),
        ActionKind::Delete => plain(Action::Delete),
        ActionKind::CreateProject => plain(Action::CreateProject),
        ActionKind::ConnectCluster => plain(Action::ConnectCluster),
        ActionKind::InviteMember => roles(&Custom::ALL)
            .into_iter()
            .flat_map(|(name, role)| {
                let until = |expires_at| Action::InviteMember { role, expires_at };
                [(name.clone(), until(None)), (format!("{name} for a time"), until(Some(SOON)))]
            })
            .collect(),
        ActionKind::ViewInvoices => plain(Action::ViewInvoices),
        ActionKind::ManageBilling => plain(Action::ManageBilling),
        ActionKind::ViewAuditLog => plain(Action::ViewAuditLog),
        ActionKind::ChangeRole => {
            let custom = [Custom::Deputy, Custom::Manager, Custom::Auditor];
            roles(&custom).into_iter().map(|(name, to)| (name, Action::ChangeRole { to })).collect()
        }
        ActionKind::SetExpiry => [("null", None), ("a time", Some(SOON)), ("a late time", Some(LATE))]
            .map(|(name, to)| (name.into(), Action::SetExpiry { to }))
            .into(),
        ActionKind::Remove => plain(Action::Remove),
        ActionKind::TransferOwnership => plain(Action::TransferOwnership),
        ActionKind::CreateRole => {
            Custom::ALL.map(|custom| (custom.name().into(), Action::CreateRole { role: custom.definition() })).into()
        }
        ActionKind::CreateTeam => plain(Action::CreateTeam),
        ActionKind::AddToTeam => plain(Action::AddToTeam),
        ActionKind::RemoveFromTeam => plain(Action::RemoveFromTeam),
        ActionKind::ManageBuilds => plain(Action::ManageBuilds),
        ActionKind::ViewLogs => plain(Action::ViewLogs),
        ActionKind::ReadVariables => plain(Action::ReadVariables),
        ActionKind::ReadSecrets => plain(Action::ReadSecrets),
        ActionKind::WriteVariables => plain(Action::WriteVariables),
        ActionKind::Exec => plain(Action::Exec),
        ActionKind::SetProjectRole => grants(ProjectRole::ALL, |to| Action::SetProjectRole { to }),
        ActionKind::Create => plain(Action::Create),
        ActionKind::SetProtection => {
            settable().into_iter().map(|(name, to)| (name.into(), Action::SetProtection { to })).collect()
        }
        ActionKind::Retarget => plain(Action::Retarget),
        ActionKind::Restart => plain(Action::Restart),
        ActionKind::Deploy => plain(Action::Deploy),
        ActionKind::BreakGlass => plain(Action::BreakGlass),
        ActionKind::Approve => plain(Action::Approve),
        ActionKind::Manage => plain(Action::Manage),
        ActionKind::Cancel => plain(Action::Cancel),
        ActionKind::SetClusterAccess => grants(ClusterAccess::ALL, |to| Action::SetClusterAccess { to }),
    }
}

/// The updates that a kind of resource has.
fn updates(on: ResourceKind) -> Vec<(String, Asked)> {
    let update = |name: String, to| (name, Action::Update { to });
    match ActionKind::Update.parameter(on) {
        ParameterKind::Visibility => {
            let shown = |to: Visibility| update(format!("visible to {}", to.as_str()), Update::Visibility(to));
            [update("settings".into(), Update::Settings)].into_iter().chain(Visibility::ALL.map(shown)).collect()
        }
        ParameterKind::Permissions => {
            let like = |custom: Custom| update(format!("{}'s", custom.name()), of_custom(custom.permissions()));
            Custom::ALL.map(like).into()
        }
        _ => vec![update(String::new(), Update::Settings)],
    }
}

fn of_custom(permissions: RolePermissions) -> Update {
    Update::Permissions(permissions)
}

/// Every update that there is, of whatever kind of resource.
pub(super) fn every_update() -> [Update; 3] {
    [Update::Settings, Update::Visibility(Visibility::Members), Update::Permissions(Custom::Auditor.permissions())]
}

/// Built-in roles, these custom ones, and one of another organization.
fn roles(custom: &[Custom]) -> Vec<(String, AnyRole<&'static CustomRole<&'static str>>)> {
    let mut roles: Vec<_> = Role::ALL.map(|role| (role.to_string(), role.into())).into();
    roles.extend(custom.iter().map(|custom| (custom.name().into(), AnyRole::Custom(custom.of_acme()))));
    roles.push(("foreign role".into(), AnyRole::Custom(foreign_role())));
    roles
}

fn foreign_role() -> &'static CustomRole<&'static str> {
    use std::sync::LazyLock;
    static FOREIGN: LazyLock<CustomRole<&'static str>> = LazyLock::new(|| Custom::Auditor.of("initech"));
    &FOREIGN
}

/// Nothing, each value for good, and the least and the most until some time.
fn grants<T: Copy + Ord + std::fmt::Display>(
    values: impl IntoIterator<Item = T>,
    action: impl Fn(Option<Grant<T>>) -> Asked,
) -> Vec<(String, Asked)> {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_unstable();
    let mut grants = vec![("null".into(), action(None))];
    for (place, value) in values.iter().enumerate() {
        grants.push((value.to_string(), action(Some(Grant::new(*value)))));
        if place == 0 || place + 1 == values.len() {
            grants.push((format!("{value} for a time"), action(Some(Grant::new(*value).until(SOON)))));
        }
    }
    grants
}

//! What can be asked: resources, and actions with their parameters.

use shipgate::model::ApprovalId;
use shipgate::model::{ApprovalFrom, ApprovalRule, ProtectionLevel};
use shipgate::{Action, ActionKind, ClusterAccess, Grant, ProjectRole, Protection, ResourceId, Role, Time};

/// Something to ask about.
pub(crate) struct Resource<'a> {
    /// What it is a part of; resources of one scope can share their rows.
    pub(crate) scope: &'a str,
    pub(crate) name: String,
    /// The member whom it is about.
    pub(crate) about: Option<&'a str>,
    /// What it is to the member who asks.
    pub(crate) asked_by: Box<dyn Fn(&'a str) -> ResourceId<&'a str, &'a [ApprovalId<String>]> + 'a>,
}

impl<'a> Resource<'a> {
    pub(crate) fn plain(name: &str, resource: ResourceId<&'a str, &'a [ApprovalId<String>]>) -> Self {
        Self { scope: "", name: name.to_owned(), about: None, asked_by: Box::new(move |_| resource) }
    }

    pub(crate) fn proposed(project: &'a str, cluster: &'a str) -> Self {
        let proposal = ResourceId::NewEnvironment { id: "", project, cluster, protection: Protection::NONE };
        Self { scope: project, ..Self::plain(&format!("on {cluster}"), proposal) }
    }

    pub(crate) fn moved(environment: &'a str, cluster: &'a str) -> Self {
        let placement = ResourceId::Placement { environment, to: cluster };
        Self { scope: environment, ..Self::plain(&format!("to {cluster}"), placement) }
    }

    /// One's own deployment into an environment, and somebody else's.
    pub(crate) fn deployments(environment: &'a str) -> [Self; 2] {
        let approvals: &[ApprovalId<String>] = &[];
        let of = move |requested_by| ResourceId::Deployment { environment, requested_by, approvals };
        let own = Self { asked_by: Box::new(of), ..Self::plain("one's own", of("")) };
        [own, Self::plain("another's", of(""))].map(|deployment| Self { scope: environment, ..deployment })
    }
}

/// An action, with what tells its parameter from the others.
pub(crate) struct Request {
    pub(crate) action: Action,
    pub(crate) parameter: String,
}

/// Every action, with every parameter that can make a difference.
pub(crate) fn requests() -> Vec<Request> {
    let without = |action| vec![(action, String::new())];
    let requests = ActionKind::ALL.into_iter().flat_map(|name| match name {
        ActionKind::View => without(Action::View),
        ActionKind::Update => without(Action::Update),
        ActionKind::Delete => without(Action::Delete),
        ActionKind::CreateProject => without(Action::CreateProject),
        ActionKind::ConnectCluster => without(Action::ConnectCluster),
        ActionKind::InviteMember => Role::ALL.map(|role| (Action::InviteMember { role }, role.to_string())).into(),
        ActionKind::ViewInvoices => without(Action::ViewInvoices),
        ActionKind::ManageBilling => without(Action::ManageBilling),
        ActionKind::ViewAuditLog => without(Action::ViewAuditLog),
        ActionKind::ChangeRole => Role::ALL.map(|to| (Action::ChangeRole { to }, to.to_string())).into(),
        ActionKind::SetExpiry => vec![
            (Action::SetExpiry { to: Some(Time::MAX) }, "a time".to_owned()),
            (Action::SetExpiry { to: None }, "never".to_owned()),
        ],
        ActionKind::Remove => without(Action::Remove),
        ActionKind::TransferOwnership => without(Action::TransferOwnership),
        ActionKind::ManageBuilds => without(Action::ManageBuilds),
        ActionKind::ReadVariables => without(Action::ReadVariables),
        ActionKind::ReadSecrets => without(Action::ReadSecrets),
        ActionKind::WriteVariables => without(Action::WriteVariables),
        ActionKind::SetProjectRole => grants(ProjectRole::ALL, "nothing", |to| Action::SetProjectRole { to }),
        ActionKind::Create => without(Action::Create),
        ActionKind::SetProtection => protections().map(|(to, name)| (Action::SetProtection { to }, name)).collect(),
        ActionKind::Retarget => without(Action::Retarget),
        ActionKind::Restart => without(Action::Restart),
        ActionKind::Deploy => without(Action::Deploy),
        ActionKind::Approve => without(Action::Approve),
        ActionKind::Manage => without(Action::Manage),
        ActionKind::SetClusterAccess => grants(ClusterAccess::ALL, "default", |to| Action::SetClusterAccess { to }),
    });
    requests.map(|(action, parameter)| Request { action, parameter }).collect()
}

/// Each value given for good, and none.
fn grants<T: Copy + ToString, const N: usize>(
    values: [T; N],
    nothing: &str,
    action: fn(Option<Grant<T>>) -> Action,
) -> Vec<(Action, String)> {
    let given = values.into_iter().map(|value| (action(Some(Grant::new(value))), value.to_string()));
    given.chain([(action(None), nothing.to_owned())]).collect()
}

/// Each level of protection, and an Owner's approval on the one that can do without.
fn protections() -> impl Iterator<Item = (Protection, String)> {
    let levels = ProtectionLevel::ALL.into_iter().map(|level| (Protection::new(level, None), level.to_string()));
    let approved = Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner));
    let levels = levels.filter_map(|(protection, name)| protection.ok().map(|protection| (protection, name)));
    levels.chain([(approved, "restricted+owner".to_owned())])
}

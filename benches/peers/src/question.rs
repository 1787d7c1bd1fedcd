//! What is asked: an account, a time, an action and what it is on.

use shipgate::directory;
use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, Parameter, ParameterKind, ResourceKind, SelfApproval};
use shipgate::{ActionKind, AnyRole, Protection, ResourceId, Role, Time, Visibility};

use crate::rows::{Id, Rows, accounts};

pub type Question = directory::Question<Id>;
pub type Action = shipgate::Action<Id>;

/// What is asked of every engine: kinds of resource, the actions on each, and how often each kind is asked about.
pub static ASKED: [(ResourceKind, &[ActionKind], usize); 7] = [
    (ResourceKind::Organization, ORGANIZATION_ACTIONS, 1),
    (ResourceKind::Role, ROLE_ACTIONS, 1),
    (ResourceKind::Team, TEAM_ACTIONS, 1),
    (ResourceKind::Project, PROJECT_ACTIONS, 1),
    (ResourceKind::Cluster, CLUSTER_ACTIONS, 1),
    (ResourceKind::Environment, ENVIRONMENT_ACTIONS, 1),
    (ResourceKind::Deployment, DEPLOYMENT_ACTIONS, 1),
];

pub const ORGANIZATION_ACTIONS: &[ActionKind] = &[
    ActionKind::View,
    ActionKind::Update,
    ActionKind::Delete,
    ActionKind::CreateProject,
    ActionKind::CreateTeam,
    ActionKind::ConnectCluster,
    ActionKind::InviteMember,
    ActionKind::ViewInvoices,
    ActionKind::ManageBilling,
    ActionKind::ViewAuditLog,
];

pub const ROLE_ACTIONS: &[ActionKind] = &[ActionKind::View, ActionKind::Delete];

pub const TEAM_ACTIONS: &[ActionKind] = &[ActionKind::View, ActionKind::Update, ActionKind::Delete];

pub const PROJECT_ACTIONS: &[ActionKind] =
    &[ActionKind::View, ActionKind::ViewLogs, ActionKind::Update, ActionKind::Delete, ActionKind::ManageBuilds];

pub const CLUSTER_ACTIONS: &[ActionKind] =
    &[ActionKind::View, ActionKind::Deploy, ActionKind::Manage, ActionKind::Update, ActionKind::Delete];

pub const ENVIRONMENT_ACTIONS: &[ActionKind] = &[
    ActionKind::View,
    ActionKind::ViewLogs,
    ActionKind::Deploy,
    ActionKind::BreakGlass,
    ActionKind::Restart,
    ActionKind::ReadSecrets,
    ActionKind::WriteVariables,
    ActionKind::Exec,
    ActionKind::SetProtection,
    ActionKind::Update,
    ActionKind::Delete,
];

/// Those that depend on who requested the deployment, and on no approval.
pub const DEPLOYMENT_ACTIONS: &[ActionKind] = &[ActionKind::Manage, ActionKind::Cancel];

/// A question about every environment of an organization.
#[derive(Clone, Debug)]
pub struct Listing {
    pub account: Id,
    pub now: Time,
    pub action: Action,
    pub organization: Id,
    /// The environments of the organization.
    pub environments: Vec<Id>,
}

impl Listing {
    /// Its questions, one an environment.
    pub fn questions(&self) -> impl Iterator<Item = Question> {
        let about = |id: &Id| Question::new(self.account, self.action, ResourceId::Environment(*id)).at(self.now);
        self.environments.iter().map(about)
    }
}

/// Every question that can be put to an engine about these rows: every account, every action with every parameter, every
/// resource, at each of these times.
#[must_use]
pub fn every_question(rows: &Rows, times: &[Option<Time>]) -> Vec<Question> {
    let accounts = accounts(rows);
    let mut questions = Vec::new();
    for (kind, actions, _) in ASKED {
        let actions: Vec<_> = actions.iter().flat_map(|action| with_every_parameter(*action, kind, rows)).collect();
        for resource in resources(rows, kind) {
            for action in &actions {
                for account in accounts.keys() {
                    let question = Question::new(*account, *action, resource.clone());
                    questions.extend(times.iter().map(|time| Question { time: *time, ..question.clone() }));
                }
            }
        }
    }
    questions
}

fn resources(rows: &Rows, kind: ResourceKind) -> Vec<ResourceId<Id>> {
    match kind {
        ResourceKind::Organization => rows.organizations.iter().map(|row| ResourceId::Organization(row.id)).collect(),
        ResourceKind::Role => rows.roles.iter().map(|row| ResourceId::Role(row.id)).collect(),
        ResourceKind::Team => rows.teams.iter().map(|row| ResourceId::Team(row.id)).collect(),
        ResourceKind::Project => rows.projects.iter().map(|row| ResourceId::Project(row.id)).collect(),
        ResourceKind::Cluster => rows.clusters.iter().map(|row| ResourceId::Cluster(row.id)).collect(),
        ResourceKind::Environment => rows.environments.iter().map(|row| ResourceId::Environment(row.id)).collect(),
        ResourceKind::Deployment => deployments(rows),
        other => unreachable!("no engine is asked about a {other}"),
    }
}

/// To each environment a deployment by each account, and one on behalf of another.
fn deployments(rows: &Rows) -> Vec<ResourceId<Id>> {
    let accounts: Vec<_> = accounts(rows).into_keys().collect();
    let mut requests: Vec<_> = accounts.iter().map(|account| (*account, None)).collect();
    if let [first, .., last] = accounts[..] {
        requests.push((first, Some(last)));
    }
    let to = |environment: Id| {
        requests.iter().map(move |(requested_by, on_behalf_of)| ResourceId::Deployment {
            environment,
            requested_by: *requested_by,
            on_behalf_of: *on_behalf_of,
            release: None,
            approvals: Vec::new(),
        })
    };
    rows.environments.iter().flat_map(|row| to(row.id)).collect()
}

/// The actions of a kind, with each value that they could carry.
fn with_every_parameter(kind: ActionKind, on: ResourceKind, rows: &Rows) -> Vec<Action> {
    let parameters = match kind.parameter(on) {
        ParameterKind::None => vec![Parameter::None],
        ParameterKind::Invitation => invitations(rows),
        ParameterKind::Visibility => {
            let shown = Visibility::ALL.map(|visibility| Parameter::Visibility(Some(visibility)));
            shown.into_iter().chain([Parameter::Visibility(None)]).collect()
        }
        ParameterKind::Protection => protections().into_iter().map(Parameter::Protection).collect(),
        other => unreachable!("no engine is asked for an action with a parameter like {other}"),
    };
    parameters.into_iter().map(|parameter| kind.with(on, parameter).expect("the parameter is of its kind")).collect()
}

/// Invitations with every role, the custom ones of other organizations included: without an expiry, and with one before some of
/// those of the rows and after others.
fn invitations(rows: &Rows) -> Vec<Parameter<Id>> {
    let built_in = Role::ALL.into_iter().map(AnyRole::BuiltIn);
    let roles = built_in.chain(rows.roles.iter().map(|row| AnyRole::Custom(row.id)));
    let expiries = [None, Some(Time::from_millis(2))];
    roles.flat_map(|role| expiries.map(|expires_at| Parameter::Invitation { role, expires_at })).collect()
}

/// Protections of every level, from an Admin and from an Owner, with a lenient and a strict rule; restricted ones also with rules
/// that differ from the strict one in one thing: the count, the requester's own approval, the bypass.
fn protections() -> Vec<Protection> {
    let mut protections = vec![Protection::NONE, Protection::RESTRICTED];
    for from in ApprovalFrom::ALL {
        let one = ApprovalRule::new(from);
        let strict = one.with_count(2).expect("not 0");
        let lenient = one.with_self_approval(SelfApproval::Allowed).with_bypass(Bypass::Admin);
        for rule in [lenient, strict] {
            protections.extend([Protection::reviewed(rule), Protection::restricted(rule)]);
            protections.extend(Protection::locked(rule));
        }
        let others = [
            one,
            strict.with_self_approval(SelfApproval::Allowed),
            strict.with_bypass(Bypass::Owner),
            strict.with_bypass(Bypass::Admin),
        ];
        protections.extend(others.map(Protection::restricted));
    }
    protections
}

/// Stops at a resource of a kind that no engine is asked about.
///
/// # Panics
///
/// Always.
pub fn unasked(resource: &ResourceId<Id>) -> ! {
    unreachable!("no engine is asked about a {}", resource.kind())
}

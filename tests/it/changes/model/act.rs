//! Who does what, and what is asked about it.

use shipgate::change::Change;
use shipgate::model::Update;
use shipgate::{AccountKind, Action, Holder, Time, Visibility};

use crate::oracle::{Id, Question, Resource, Token, World};

/// One thing that is tried.
#[derive(Clone, Debug)]
pub(crate) enum Attempt {
    /// A new organization.
    Founding { organization: Id, owner: Id, kind: AccountKind, at: Option<Time> },
    /// A change by itself.
    Change(Box<Actor>, Change<Id>),
    /// Changes that are made together, perhaps on a revision that is over.
    Batch { changes: Vec<(Actor, Change<Id>)>, decided_on: Option<u64> },
}

/// Who makes a change, with what, when.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub(crate) account: Id,
    /// The kind that the account is said to be of, where it is said.
    pub(crate) kind: Option<AccountKind>,
    pub(crate) token: Option<Token>,
    pub(crate) service_token: Option<Token>,
    pub(crate) now: Option<Time>,
}

impl Actor {
    /// Whether this may be done: the row of the action table that the change is.
    pub(crate) fn question(&self, change: &Change<Id>) -> Question {
        let (action, resource) = row_of(change);
        self.asks(action, resource)
    }

    /// Of an invitation that makes a new membership in the place of one that is over, whether the old one may be removed:
    /// no Admin removes an Owner.
    pub(super) fn question_of_removal(&self, change: &Change<Id>, world: &World) -> Option<Question> {
        let Change::InviteMember { organization, account, .. } = *change else { return None };
        let until = world.membership(account, organization)?.role.until?;
        (self.now? >= until).then(|| self.asks(Action::Remove, Resource::Member { organization, account }))
    }

    fn asks(&self, action: Action<Id>, resource: Resource) -> Question {
        Question {
            account: self.account,
            kind: self.kind,
            token: self.token.clone(),
            service_token: self.service_token.clone(),
            time: self.now,
            action,
            resource,
        }
    }
}

fn row_of(change: &Change<Id>) -> (Action<Id>, Resource) {
    match *change {
        Change::InviteMember { organization, role, expires_at, .. } => {
            (Action::InviteMember { role, expires_at }, Resource::Organization(organization))
        }
        Change::ChangeRole { organization, account, to } => {
            (Action::ChangeRole { to }, Resource::Member { organization, account })
        }
        Change::SetExpiry { organization, account, to } => {
            (Action::SetExpiry { to }, Resource::Member { organization, account })
        }
        Change::RemoveMember { organization, account } => (Action::Remove, Resource::Member { organization, account }),
        Change::TransferOwnership { organization, account } => {
            (Action::TransferOwnership, Resource::Member { organization, account })
        }
        Change::CreateRole { organization, definition, .. } => {
            (Action::CreateRole { role: definition }, Resource::Organization(organization))
        }
        Change::UpdateRole { role, permissions } => {
            (Action::Update { to: Update::Permissions(permissions) }, Resource::Role(role))
        }
        Change::DeleteRole { role } => (Action::Delete, Resource::Role(role)),
        Change::CreateTeam { organization, .. } => (Action::CreateTeam, Resource::Organization(organization)),
        Change::UpdateTeam { team } => (Action::UPDATE, Resource::Team(team)),
        Change::DeleteTeam { team } => (Action::Delete, Resource::Team(team)),
        Change::AddToTeam { team, account } => (Action::AddToTeam, Resource::TeamMember { team, account }),
        Change::RemoveFromTeam { team, account } => (Action::RemoveFromTeam, Resource::TeamMember { team, account }),
        Change::SetClusterAccess { cluster, holder: Holder::Account(account), to } => {
            (Action::SetClusterAccess { to }, Resource::ClusterMember { cluster, account })
        }
        Change::SetClusterAccess { cluster, holder: Holder::Team(team), to } => {
            (Action::SetClusterAccess { to }, Resource::ClusterTeam { cluster, team })
        }
        Change::SetProjectRole { project, holder: Holder::Account(account), to } => {
            (Action::SetProjectRole { to }, Resource::ProjectMember { project, account })
        }
        Change::SetProjectRole { project, holder: Holder::Team(team), to } => {
            (Action::SetProjectRole { to }, Resource::ProjectTeam { project, team })
        }
        Change::UpdateOrganization { organization } => (Action::UPDATE, Resource::Organization(organization)),
        Change::DeleteOrganization { organization } => (Action::Delete, Resource::Organization(organization)),
        Change::CreateProject { organization, .. } => (Action::CreateProject, Resource::Organization(organization)),
        Change::UpdateProject { project, visibility } => (update(visibility), Resource::Project(project)),
        Change::DeleteProject { project } => (Action::Delete, Resource::Project(project)),
        Change::CreateEnvironment { environment: id, project, cluster, protection, .. } => {
            (Action::Create, Resource::NewEnvironment { id, project, cluster, protection })
        }
        Change::UpdateEnvironment { environment } => (Action::UPDATE, Resource::Environment(environment)),
        Change::Retarget { environment, cluster, .. } => {
            (Action::Retarget, Resource::Placement { environment, to: cluster })
        }
        Change::DeleteEnvironment { environment } => (Action::Delete, Resource::Environment(environment)),
        Change::SetProtection { environment, to } => (Action::SetProtection { to }, Resource::Environment(environment)),
        Change::ConnectCluster { organization, .. } => (Action::ConnectCluster, Resource::Organization(organization)),
        Change::UpdateCluster { cluster, visibility } => (update(visibility), Resource::Cluster(cluster)),
        Change::DisconnectCluster { cluster } => (Action::Delete, Resource::Cluster(cluster)),
    }
}

fn update(visibility: Option<Visibility>) -> Action<Id> {
    match visibility {
        Some(visibility) => Action::Update { to: Update::Visibility(visibility) },
        None => Action::UPDATE,
    }
}

/// The time that a change says.
pub(super) fn time_of(change: &Change<Id>) -> Option<Time> {
    match change {
        Change::InviteMember { expires_at: time, .. } | Change::SetExpiry { to: time, .. } => *time,
        Change::SetClusterAccess { to, .. } => to.and_then(|grant| grant.expires_at()),
        Change::SetProjectRole { to, .. } => to.and_then(|grant| grant.expires_at()),
        _ => None,
    }
}

//! Who does what, and what is asked about it.

use shipgate::change::Change;
use shipgate::{AccountKind, Action, Time};

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

    fn asks(&self, action: Action, resource: Resource) -> Question {
        Question { account: self.account, kind: self.kind, token: self.token.clone(), time: self.now, action, resource }
    }
}

fn row_of(change: &Change<Id>) -> (Action, Resource) {
    match *change {
        Change::InviteMember { organization, role, .. } => {
            (Action::InviteMember { role }, Resource::Organization(organization))
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
        Change::SetClusterAccess { cluster, account, to } => {
            (Action::SetClusterAccess { to }, Resource::ClusterMember { cluster, account })
        }
        Change::SetProjectRole { project, account, to } => {
            (Action::SetProjectRole { to }, Resource::ProjectMember { project, account })
        }
        Change::UpdateOrganization { organization } => (Action::Update, Resource::Organization(organization)),
        Change::DeleteOrganization { organization } => (Action::Delete, Resource::Organization(organization)),
        Change::CreateProject { organization, .. } => (Action::CreateProject, Resource::Organization(organization)),
        Change::UpdateProject { project, .. } => (Action::Update, Resource::Project(project)),
        Change::DeleteProject { project } => (Action::Delete, Resource::Project(project)),
        Change::CreateEnvironment { environment: id, project, cluster, protection, .. } => {
            (Action::Create, Resource::NewEnvironment { id, project, cluster, protection })
        }
        Change::UpdateEnvironment { environment, .. } => (Action::Update, Resource::Environment(environment)),
        Change::Retarget { environment, cluster, .. } => {
            (Action::Retarget, Resource::Placement { environment, to: cluster })
        }
        Change::DeleteEnvironment { environment } => (Action::Delete, Resource::Environment(environment)),
        Change::SetProtection { environment, to } => (Action::SetProtection { to }, Resource::Environment(environment)),
        Change::ConnectCluster { organization, .. } => (Action::ConnectCluster, Resource::Organization(organization)),
        Change::DisconnectCluster { cluster } => (Action::Delete, Resource::Cluster(cluster)),
    }
}

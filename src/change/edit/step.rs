//! Steps: edits with every clone that applying them needs.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::change::edit::prepare::Prepared;
use crate::change::edit::{Edit, EnvironmentState, MemberState, ProjectState, RoleState};
use crate::directory::index::{ClusterIndex, OrganizationIndex, ProjectIndex, RoleIndex, Stage, TeamIndex};
use crate::directory::members::AccountRecord;
use crate::directory::numbers::Number;
use crate::directory::team::TeamRecord;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::cluster::{Cluster, Orchestrator};
use crate::model::custom_role::{AnyRole, CustomRole, RoleDefinition};
use crate::model::grants::Holder;
use crate::model::organization::Organization;
use crate::model::project::{Project, Visibility};
use crate::model::role::ProjectRole;
use crate::model::time::{Grant, Time};

/// An edit with an id of its own for each place that it puts one in.
pub(crate) enum Step<Id> {
    AddOrganization(Box<(Organization<Id>, OrganizationIndex<Id>, Id)>),
    RemoveOrganization(Id),
    AddRole(Box<(CustomRole<Id>, RoleIndex<Id>, [Id; 2])>),
    UpdateRole {
        role: Id,
        definition: RoleDefinition,
    },
    RemoveRole(Id),
    SetMember(Box<SetMember<Id>>),
    RemoveMember {
        organization: Id,
        account: Id,
    },
    AddTeam(Box<(TeamRecord<Id>, TeamIndex<Id>, [Id; 2])>),
    RemoveTeam(Id),
    AddTeamMember {
        team: Id,
        account: Id,
    },
    RemoveTeamMember {
        team: Id,
        account: Id,
    },
    SetClusterAccess {
        cluster: Id,
        holder: Holder<Id>,
        to: Option<Grant<ClusterAccess>>,
    },
    SetProjectRole {
        project: Id,
        holder: Holder<Id>,
        to: Option<Grant<ProjectRole>>,
    },
    AddProject(Box<(Project<Id>, ProjectIndex<Id>, [Id; 2])>),
    UpdateProject {
        project: Id,
        visibility: Visibility,
    },
    RemoveProject(Id),
    AddCluster(Box<(Cluster<Id>, ClusterIndex<Id>, [Id; 2])>),
    UpdateCluster {
        cluster: Id,
        visibility: Visibility,
        orchestrator: Option<Orchestrator>,
    },
    RemoveCluster(Id),
    SetEnvironment {
        id: Id,
        to: Option<Box<NewEnvironment<Id>>>,
    },
    /// The rows of a removal, or those that undo it.
    Each(Vec<Prepared<Id>>),
}

/// A membership that is added, or gets another role or expiry.
pub(crate) struct SetMember<Id> {
    pub(crate) organization: Id,
    pub(crate) account: Id,
    pub(crate) role: AnyRole<Id>,
    pub(crate) expires_at: Option<Time>,
    /// For a custom role: the account, to be listed with the role.
    pub(crate) holder: Option<Id>,
    /// For a membership that is added: the account without it, and its id to be listed.
    pub(crate) new: Option<(AccountRecord<Id>, AccountKind, Id)>,
}

/// An environment that is added, or moved.
pub(crate) struct NewEnvironment<Id> {
    /// The ids of the environment, the organization, the project and the cluster.
    pub(crate) ids: [Id; 4],
    /// The id of the environment, for the index of the organization, the project and the cluster; and that of the cluster.
    pub(crate) listed: [Id; 4],
    /// The id of the cluster, for the project.
    pub(crate) cluster: Id,
    /// Without the number of the cluster, which is looked up when the environment is added.
    pub(crate) stage: Stage,
}

impl<Id: Clone> Step<Id> {
    /// The edit of a row, with its clones.
    pub(crate) fn of(edit: &Edit<Id>) -> Self {
        match edit {
            Edit::Organization { organization: id, to: Some(_), .. } => {
                let index = OrganizationIndex::new(id.clone());
                Self::AddOrganization(Box::new((Organization::new(id.clone(), 0), index, id.clone())))
            }
            Edit::Organization { organization: id, to: None, .. } => Self::RemoveOrganization(id.clone()),
            Edit::Role { role: id, from: Some(_), to: Some(RoleState { definition }), .. } => {
                Self::UpdateRole { role: id.clone(), definition: *definition }
            }
            Edit::Role { organization, role: id, from: None, to: Some(RoleState { definition }) } => {
                let role = CustomRole::new(id.clone(), organization.clone(), *definition);
                Self::AddRole(Box::new((role, RoleIndex::new(id.clone()), [id.clone(), id.clone()])))
            }
            Edit::Role { role: id, to: None, .. } => Self::RemoveRole(id.clone()),
            Edit::Member { organization, account, from, to: Some(to) } => {
                let new = from.is_none();
                Self::SetMember(Box::new(SetMember::of(organization, account, to, new)))
            }
            Edit::Member { organization, account, to: None, .. } => {
                Self::RemoveMember { organization: organization.clone(), account: account.clone() }
            }
            Edit::Team { organization, team: id, to: Some(_), .. } => {
                let team = TeamRecord::new(id.clone(), organization.clone());
                Self::AddTeam(Box::new((team, TeamIndex::new(id.clone()), [id.clone(), id.clone()])))
            }
            Edit::Team { team: id, to: None, .. } => Self::RemoveTeam(id.clone()),
            Edit::TeamMember { team, account, to: Some(_), .. } => {
                Self::AddTeamMember { team: team.clone(), account: account.clone() }
            }
            Edit::TeamMember { team, account, to: None, .. } => {
                Self::RemoveTeamMember { team: team.clone(), account: account.clone() }
            }
            Edit::ClusterAccess { cluster, holder, to, .. } => {
                Self::SetClusterAccess { cluster: cluster.clone(), holder: holder.clone(), to: *to }
            }
            Edit::ProjectRole { project, holder, to, .. } => {
                Self::SetProjectRole { project: project.clone(), holder: holder.clone(), to: *to }
            }
            Edit::Project { project: id, from: Some(_), to: Some(to), .. } => {
                Self::UpdateProject { project: id.clone(), visibility: to.visibility }
            }
            Edit::Project { organization, project: id, from: None, to: Some(ProjectState { visibility }) } => {
                let project = Project::new(id.clone(), organization.clone()).with_visibility(*visibility);
                Self::AddProject(Box::new((project, ProjectIndex::new(id.clone()), [id.clone(), id.clone()])))
            }
            Edit::Project { project: id, to: None, .. } => Self::RemoveProject(id.clone()),
            Edit::Cluster { cluster: id, from: Some(_), to: Some(to), .. } => {
                Self::UpdateCluster { cluster: id.clone(), visibility: to.visibility, orchestrator: to.orchestrator }
            }
            Edit::Cluster { organization, cluster: id, from: None, to: Some(to) } => {
                let cluster = Cluster::new(id.clone(), organization.clone()).with_visibility(to.visibility);
                let index = ClusterIndex::new(id.clone(), to.orchestrator);
                Self::AddCluster(Box::new((cluster, index, [id.clone(), id.clone()])))
            }
            Edit::Cluster { cluster: id, to: None, .. } => Self::RemoveCluster(id.clone()),
            Edit::Environment { organization, environment: id, to, .. } => {
                let to = to.as_ref().map(|to| NewEnvironment::of(id, to, organization.clone()));
                Self::SetEnvironment { id: id.clone(), to: to.map(Box::new) }
            }
            // Prepared row by row.
            Edit::Remove { .. } => Self::Each(Vec::new()),
        }
    }
}

impl<Id: Clone> SetMember<Id> {
    fn of(organization: &Id, account: &Id, to: &MemberState<Id>, is_new: bool) -> Self {
        let MemberState { kind, role, expires_at } = to;
        let new = is_new.then(|| (AccountRecord::new(account.clone()), *kind, account.clone()));
        let holder = match role {
            AnyRole::BuiltIn(_) => None,
            AnyRole::Custom(_) => Some(account.clone()),
        };
        Self {
            organization: organization.clone(),
            account: account.clone(),
            role: role.clone(),
            expires_at: *expires_at,
            holder,
            new,
        }
    }
}

impl<Id: Clone> NewEnvironment<Id> {
    fn of(id: &Id, to: &EnvironmentState<Id>, organization: Id) -> Self {
        let EnvironmentState { project, cluster, namespace, protection } = to;
        Self {
            ids: [id.clone(), organization, project.clone(), cluster.clone()],
            listed: [id.clone(), id.clone(), id.clone(), cluster.clone()],
            cluster: cluster.clone(),
            stage: Stage { cluster: Number::default(), protection: *protection, namespace: namespace.as_str().into() },
        }
    }
}

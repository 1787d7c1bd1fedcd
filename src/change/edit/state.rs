//! The present facts in the form that edits have.

use core::hash::Hash;

use crate::change::edit::{
    ClusterState, EnvironmentState, MemberState, OrganizationState, ProjectState, RoleState, TeamMemberState, TeamState,
};
use crate::directory::store::Directory;
use crate::model::access::ClusterAccess;
use crate::model::fact::MembershipFact;
use crate::model::grants::Holder;
use crate::model::role::ProjectRole;
use crate::model::time::Grant;

impl<Id: Hash + Ord> Directory<Id> {
    pub(crate) fn membership(&self, organization: &Id, account: &Id) -> Option<MembershipFact<'_, Id>> {
        self.account_fact(account)?.membership(organization)
    }

    pub(crate) fn organization_state(&self, organization: &Id) -> Option<OrganizationState> {
        self.organization_fact(organization).map(|_| OrganizationState {})
    }

    pub(crate) fn team_member_state(&self, team: &Id, account: &Id) -> Option<TeamMemberState> {
        let membership = self.membership(self.team_fact(team)?.organization(), account)?;
        membership.is_in_team(team).then_some(TeamMemberState {})
    }

    // The index has the grants of teams edit by edit: their facts follow once, at the last edit of a change.
    pub(crate) fn cluster_access_of(&self, cluster: &Id, holder: Holder<&Id>) -> Option<Grant<ClusterAccess>> {
        match holder {
            Holder::Account(account) => {
                self.membership(self.cluster_fact(cluster)?.organization(), account)?.cluster_access(cluster)
            }
            Holder::Team(team) => self.index.clusters.get(cluster)?.team_overrides.get(team).copied(),
        }
    }

    pub(crate) fn project_role_of(&self, project: &Id, holder: Holder<&Id>) -> Option<Grant<ProjectRole>> {
        match holder {
            Holder::Account(account) => {
                self.membership(self.project_fact(project)?.organization(), account)?.project_role(project)
            }
            Holder::Team(team) => self.index.projects.get(project)?.team_roles.get(team).copied(),
        }
    }

    pub(crate) fn role_state(&self, role: &Id) -> Option<RoleState> {
        self.role_fact(role).map(|role| RoleState { definition: role.definition() })
    }

    pub(crate) fn team_state(&self, team: &Id) -> Option<TeamState> {
        self.team_fact(team).map(|_| TeamState {})
    }

    pub(crate) fn project_state(&self, project: &Id) -> Option<ProjectState> {
        self.project_fact(project).map(|project| ProjectState { visibility: project.visibility() })
    }

    pub(crate) fn cluster_state(&self, id: &Id) -> Option<ClusterState> {
        let visibility = self.cluster_fact(id)?.visibility();
        Some(ClusterState { orchestrator: self.orchestrator(id), visibility })
    }
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(crate) fn member_state(&self, organization: &Id, account: &Id) -> Option<MemberState<Id>> {
        let account = self.account_fact(account)?;
        let membership = account.membership(organization)?;
        let role = membership.role().map(Id::clone);
        Some(MemberState { kind: account.kind(), role, expires_at: membership.expires_at() })
    }

    pub(crate) fn environment_state(&self, environment: &Id) -> Option<EnvironmentState<Id>> {
        let present = self.environment_fact(environment)?;
        Some(EnvironmentState {
            project: present.project().clone(),
            cluster: present.cluster().clone(),
            namespace: self.namespace(environment)?.into(),
            protection: present.protection(),
        })
    }
}

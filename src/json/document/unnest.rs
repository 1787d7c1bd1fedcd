//! From the document to rows: each row names what it is inside of.

use alloc::collections::BTreeMap;

use crate::directory::rows::{
    ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow, RoleRow,
    Rows, TeamMemberRow, TeamRow,
};
use crate::json::document::nested::{ClusterForm, Document, MemberForm, OrganizationForm, ProjectForm, TeamForm};
use crate::json::document::word::Namespace;
use crate::json::id::Text;
use crate::json::role::RoleWord;
use crate::model::account::AccountKind;

impl<Id: Ord + Clone> Document<Id> {
    /// The rows, in the order in which they are written.
    pub(super) fn into_rows(self) -> Rows<Id> {
        let mut rows = Rows::default();
        for organization in self.organizations {
            organization.add_to(&mut rows, &self.accounts.0);
        }
        rows
    }
}

impl<Id: Ord + Clone> OrganizationForm<Id> {
    fn add_to(self, rows: &mut Rows<Id>, kinds: &BTreeMap<Id, AccountKind>) {
        let Text(organization) = self.id;
        rows.members.extend(self.members.into_iter().map(|member| {
            let MemberForm { account: Text(account), role: RoleWord(role), expires_at } = member;
            let kind = kinds.get(&account).copied().unwrap_or(AccountKind::User);
            MemberRow { organization: organization.clone(), account, kind, role, expires_at }
        }));
        rows.roles.extend(self.roles.into_iter().map(|role| RoleRow {
            id: role.id,
            organization: organization.clone(),
            definition: role.definition,
        }));
        for team in self.teams {
            team.add_to(&organization, rows);
        }
        for cluster in self.clusters {
            cluster.add_to(&organization, rows);
        }
        for project in self.projects {
            project.add_to(&organization, rows);
        }
        rows.organizations.push(OrganizationRow { id: organization });
    }
}

impl<Id: Clone> TeamForm<Id> {
    fn add_to(self, organization: &Id, rows: &mut Rows<Id>) {
        let Text(team) = self.id;
        let members = self.members.into_iter().map(|Text(account)| TeamMemberRow { team: team.clone(), account });
        rows.team_members.extend(members);
        rows.teams.push(TeamRow { id: team, organization: organization.clone() });
    }
}

impl<Id: Clone> ClusterForm<Id> {
    fn add_to(self, organization: &Id, rows: &mut Rows<Id>) {
        let Text(cluster) = self.id;
        rows.cluster_access.extend(self.access.into_iter().map(|access| ClusterAccessRow {
            cluster: cluster.clone(),
            holder: access.holder,
            level: access.level,
            expires_at: access.expires_at,
        }));
        let (organization, orchestrator) = (organization.clone(), self.orchestrator);
        rows.clusters.push(ClusterRow { id: cluster, organization, orchestrator, visibility: self.visibility });
    }
}

impl<Id: Clone> ProjectForm<Id> {
    fn add_to(self, organization: &Id, rows: &mut Rows<Id>) {
        let Text(project) = self.id;
        rows.project_roles.extend(self.members.into_iter().map(|member| ProjectRoleRow {
            project: project.clone(),
            holder: member.holder,
            role: member.role,
            expires_at: member.expires_at,
        }));
        rows.environments.extend(self.environments.into_iter().map(|environment| {
            let Namespace(namespace) = environment.namespace;
            EnvironmentRow {
                id: environment.id.0,
                project: project.clone(),
                cluster: environment.cluster.0,
                namespace,
                protection: environment.protection,
            }
        }));
        let organization = organization.clone();
        rows.projects.push(ProjectRow { id: project, organization, visibility: self.visibility });
    }
}

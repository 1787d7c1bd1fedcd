//! Checks that an edit can be applied: the row is what the edit starts from, and everything that it refers to exists. Nothing
//! here clones an id, because the edits before it may have been applied.

use core::hash::Hash;

use crate::change::edit::{
    ClusterState, Edit, EnvironmentState, MemberState, ProjectState, Removed, RoleState, TeamState,
};
use crate::directory::index::{OrganizationIndex, RoleIndex};
use crate::directory::store::Directory;
use crate::model::custom_role::AnyRole;
use crate::model::fact::{AccountFact, ClusterFact, ProjectFact, RoleFact, TeamFact};
use crate::model::grants::Holder;
use crate::model::namespace::check_namespace;

impl<Id: Hash + Ord> Directory<Id> {
    pub(crate) fn check(&self, edit: &Edit<Id>) -> bool {
        match edit {
            Edit::Organization { organization, from, to } => {
                let is_empty = self.index.organizations.get(organization).is_none_or(OrganizationIndex::is_empty);
                self.organization_state(organization) == *from && (to.is_some() || is_empty)
            }
            Edit::Role { organization, role, from, to } => {
                self.check_role((organization, role), from.as_ref(), to.as_ref())
            }
            Edit::Member { organization, account, from, to } => {
                self.organization_fact(organization).is_some()
                    && self.is_member(organization, account, from.as_ref())
                    && self.check_member(organization, account, to.as_ref())
            }
            Edit::Team { organization, team, from, to } => {
                self.check_team((organization, team), from.as_ref(), to.as_ref())
            }
            Edit::TeamMember { organization, team, account, from, .. } => {
                self.team_fact(team).map(TeamFact::organization) == Some(organization)
                    && self.membership(organization, account).is_some()
                    && self.team_member_state(team, account) == *from
            }
            Edit::ClusterAccess { organization, cluster, holder, from, .. } => {
                self.cluster_fact(cluster).map(ClusterFact::organization) == Some(organization)
                    && self.has_holder(organization, holder)
                    && self.cluster_access_of(cluster, holder.as_ref()) == *from
            }
            Edit::ProjectRole { organization, project, holder, from, .. } => {
                self.project_fact(project).map(ProjectFact::organization) == Some(organization)
                    && self.has_holder(organization, holder)
                    && self.project_role_of(project, holder.as_ref()) == *from
            }
            Edit::Project { organization, project, from, to } => {
                self.check_project((organization, project), from.as_ref(), to.as_ref())
            }
            Edit::Cluster { organization, cluster, from, to } => {
                self.check_cluster((organization, cluster), from.as_ref(), to.as_ref())
            }
            Edit::Environment { organization, environment, from, to } => {
                self.is_environment((organization, environment), from.as_ref())
                    && to.as_ref().is_none_or(|to| self.check_environment((organization, environment), to))
            }
            Edit::Remove { organization, removed, .. } => self.check_removal(organization, removed),
        }
    }

    fn is_member(&self, organization: &Id, account: &Id, from: Option<&MemberState<Id>>) -> bool {
        let present = self.account_fact(account).and_then(|account| Some((account, account.membership(organization)?)));
        are_both(present, from, |(account, present), from| {
            account.kind() == from.kind
                && present.role() == from.role.as_ref()
                && present.expires_at() == from.expires_at
        })
    }

    fn is_environment(&self, (organization, id): Named<'_, Id>, from: Option<&EnvironmentState<Id>>) -> bool {
        are_both(self.environment_fact(id), from, |present, from| {
            present.organization() == organization
                && *present.project() == from.project
                && *present.cluster() == from.cluster
                && present.protection() == from.protection
                && self.namespace(id) == Some(&from.namespace)
        })
    }

    /// A role keeps its rank, and one that members have cannot be removed.
    fn check_role(
        &self,
        (organization, role): Named<'_, Id>,
        from: Option<&RoleState>,
        to: Option<&RoleState>,
    ) -> bool {
        let is_unused = |index: &RoleIndex<Id>| index.holders.is_empty();
        let is_same = |present: RoleFact<'_, Id>, from: &RoleState| {
            present.organization() == organization && present.definition() == from.definition
        };
        are_both(self.role_fact(role), from, is_same)
            && match (from, to) {
                (_, None) => self.index.roles.get(role).is_none_or(is_unused),
                (None, Some(_)) => self.organization_fact(organization).is_some(),
                (Some(from), Some(to)) => from.definition.rank() == to.definition.rank(),
            }
    }

    /// The kind of an account never changes, a custom role is one of the organization, and a removed member has nothing left.
    fn check_member(&self, organization: &Id, account: &Id, to: Option<&MemberState<Id>>) -> bool {
        let Some(MemberState { kind, role, .. }) = to else {
            return self.membership(organization, account).is_none_or(|present| !present.has_grants_or_teams());
        };
        let has_role = match role {
            AnyRole::BuiltIn(_) => true,
            AnyRole::Custom(id) => self.role_fact(id).is_some_and(|role| role.organization() == organization),
        };
        has_role && self.account_fact(account).map(AccountFact::kind).is_none_or(|present| present == *kind)
    }

    /// A team that has members or grants cannot be removed.
    fn check_team(&self, (organization, id): Named<'_, Id>, from: Option<&TeamState>, to: Option<&TeamState>) -> bool {
        let is_empty = |team: TeamFact<'_, Id>| team.members() == 0 && team.grants().is_empty();
        let is_same = |present: TeamFact<'_, Id>, _: &TeamState| present.organization() == organization;
        are_both(self.team_fact(id), from, is_same)
            && match (from, to) {
                (_, None) => self.team_fact(id).is_none_or(is_empty),
                (None, Some(_)) => self.organization_fact(organization).is_some(),
                (Some(_), Some(_)) => true,
            }
    }

    /// Whether the holder of a grant is a member or a team of this organization.
    fn has_holder(&self, organization: &Id, holder: &Holder<Id>) -> bool {
        match holder {
            Holder::Account(account) => self.membership(organization, account).is_some(),
            Holder::Team(team) => self.team_fact(team).is_some_and(|team| team.organization() == organization),
        }
    }

    fn check_project(
        &self,
        (organization, project): Named<'_, Id>,
        from: Option<&ProjectState>,
        to: Option<&ProjectState>,
    ) -> bool {
        let is_same = |present: ProjectFact<'_, Id>, from: &ProjectState| {
            present.organization() == organization && present.visibility() == from.visibility
        };
        are_both(self.project_fact(project), from, is_same)
            && match to {
                None => self.index.projects.get(project).is_none_or(|index| {
                    index.roles.is_empty() && index.team_roles.is_empty() && index.environments.is_empty()
                }),
                Some(_) => self.organization_fact(organization).is_some(),
            }
    }

    fn check_cluster(
        &self,
        (organization, cluster): Named<'_, Id>,
        from: Option<&ClusterState>,
        to: Option<&ClusterState>,
    ) -> bool {
        let is_same = |present: ClusterFact<'_, Id>, from: &ClusterState| {
            present.organization() == organization
                && present.visibility() == from.visibility
                && self.orchestrator(cluster) == from.orchestrator
        };
        are_both(self.cluster_fact(cluster), from, is_same)
            && match to {
                None => self.index.clusters.get(cluster).is_none_or(|index| {
                    index.overrides.is_empty() && index.team_overrides.is_empty() && index.namespaces.is_empty()
                }),
                Some(_) => self.organization_fact(organization).is_some(),
            }
    }

    /// An environment stays in its project, is on a cluster of the same organization, and shares its namespace with no other.
    fn check_environment(&self, (organization, environment): Named<'_, Id>, to: &EnvironmentState<Id>) -> bool {
        let (Some(project), Some(cluster)) = (self.project_fact(&to.project), self.cluster_fact(&to.cluster)) else {
            return false;
        };
        project.organization() == organization
            && cluster.organization() == organization
            && self.environment_fact(environment).is_none_or(|present| *present.project() == to.project)
            && check_namespace(&to.namespace).is_ok()
            && self.is_free(&to.cluster, &to.namespace, environment)
    }

    /// What is removed is there, and no environment, or member of a team, is left in it.
    fn check_removal(&self, organization: &Id, removed: &Removed<Id>) -> bool {
        match removed {
            Removed::Organization => self.organization_fact(organization).is_some(),
            Removed::Project(id) => self.project_fact(id).is_some_and(|project| {
                project.organization() == organization
                    && self.index.projects.get(id).is_none_or(|index| index.environments.is_empty())
            }),
            Removed::Cluster(id) => self.cluster_fact(id).is_some_and(|cluster| {
                cluster.organization() == organization
                    && self.index.clusters.get(id).is_none_or(|index| index.namespaces.is_empty())
            }),
            Removed::Team(id) => {
                self.team_fact(id).is_some_and(|team| team.organization() == organization && team.members() == 0)
            }
        }
    }

    /// Whether no environment except this one has the namespace.
    pub(crate) fn is_free(&self, cluster: &Id, namespace: &str, environment: &Id) -> bool {
        self.index.environment_in(cluster, namespace).is_none_or(|present| present == environment)
    }
}

/// The organization that an edit names, and the id of its row.
type Named<'a, Id> = (&'a Id, &'a Id);

/// Whether there is neither, or both are the same.
fn are_both<T, S>(present: Option<T>, state: Option<S>, is_same: impl FnOnce(T, S) -> bool) -> bool {
    match (present, state) {
        (None, None) => true,
        (Some(present), Some(state)) => is_same(present, state),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

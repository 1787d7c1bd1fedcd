//! Checks that an edit can be applied: the fact is what the edit starts from, and everything that it refers to exists.

use core::hash::Hash;

use crate::change::edit::{ClusterState, Edit, EnvironmentState, ProjectState};
use crate::directory::index::{ClusterIndex, OrganizationIndex, ProjectIndex};
use crate::directory::store::Directory;
use crate::model::account::{Account, AccountKind, Membership};
use crate::model::cluster::Cluster;
use crate::model::project::Project;

impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(crate) fn check(&self, edit: &Edit<Id>) -> bool {
        match edit {
            Edit::Account { account, from, to } => self.check_account(account, *from, *to),
            Edit::Organization { organization, from, to } => {
                let is_empty = self.index.organizations.get(organization).is_none_or(OrganizationIndex::is_empty);
                self.organization_state(organization) == *from && (to.is_some() || is_empty)
            }
            Edit::Membership { organization, account, from, to } => {
                self.organization(organization).is_some()
                    && self.account(account).is_some()
                    && self.membership(organization, account) == from.as_ref()
                    && to.as_ref().is_none_or(|to| self.check_membership(organization, to))
            }
            Edit::Role { organization, account, from, .. } => {
                self.membership(organization, account).is_some_and(|membership| membership.granted_role() == *from)
            }
            Edit::ClusterAccess { cluster, account, from, .. } => {
                let organization = self.cluster(cluster).map(Cluster::organization);
                organization.is_some_and(|organization| self.membership(organization, account).is_some())
                    && self.cluster_access_of(cluster, account) == *from
            }
            Edit::ProjectRole { project, account, from, .. } => {
                let organization = self.project(project).map(Project::organization);
                organization.is_some_and(|organization| self.membership(organization, account).is_some())
                    && self.project_role_of(project, account) == *from
            }
            Edit::Project { project, from, to } => self.check_project(project, from.as_ref(), to.as_ref()),
            Edit::Cluster { cluster, from, to } => self.check_cluster(cluster, from.as_ref(), to.as_ref()),
            Edit::Environment { environment, from, to } => {
                self.environment_state(environment) == *from
                    && to.as_ref().is_none_or(|to| self.check_environment(environment, to))
            }
        }
    }

    /// The kind of an account never changes, and an account with memberships cannot be removed.
    fn check_account(&self, account: &Id, from: Option<AccountKind>, to: Option<AccountKind>) -> bool {
        let present = self.account(account);
        present.map(Account::kind) == from
            && match to {
                Some(kind) => from.is_none_or(|from| from == kind),
                None => present.is_none_or(|account| account.memberships().len() == 0),
            }
    }

    fn check_membership(&self, organization: &Id, to: &Membership<Id>) -> bool {
        let owns_cluster = |id: &Id| self.cluster(id).is_some_and(|cluster| cluster.organization() == organization);
        let owns_project = |id: &Id| self.project(id).is_some_and(|project| project.organization() == organization);
        to.organization() == organization
            && to.cluster_accesses().all(|(cluster, _)| owns_cluster(cluster))
            && to.project_roles().all(|(project, _)| owns_project(project))
    }

    fn check_project(&self, project: &Id, from: Option<&ProjectState<Id>>, to: Option<&ProjectState<Id>>) -> bool {
        let is_empty = |index: &ProjectIndex<Id>| index.roles.is_empty() && index.environments.is_empty();
        self.project_state(project).as_ref() == from
            && match to {
                None => self.index.projects.get(project).is_none_or(is_empty),
                Some(to) => {
                    from.is_none_or(|from| from.organization == to.organization)
                        && self.organization(&to.organization).is_some()
                }
            }
    }

    fn check_cluster(&self, cluster: &Id, from: Option<&ClusterState<Id>>, to: Option<&ClusterState<Id>>) -> bool {
        let is_empty = |index: &ClusterIndex<Id>| index.overrides.is_empty();
        self.cluster_state(cluster).as_ref() == from
            && match to {
                None => {
                    self.cluster(cluster).is_none_or(|cluster| cluster.environments() == 0)
                        && self.index.clusters.get(cluster).is_none_or(is_empty)
                }
                Some(to) => {
                    from.is_none_or(|from| from.organization == to.organization)
                        && self.organization(&to.organization).is_some()
                }
            }
    }

    /// An environment stays in its project, is on a cluster of the same organization, and shares its namespace with no other.
    fn check_environment(&self, environment: &Id, to: &EnvironmentState<Id>) -> bool {
        let (Some(project), Some(cluster)) = (self.project(&to.project), self.cluster(&to.cluster)) else {
            return false;
        };
        project.organization() == cluster.organization()
            && self.environment(environment).is_none_or(|present| *present.project() == to.project)
            && to.namespace.as_ref().is_none_or(|namespace| self.is_free(&to.cluster, namespace, environment))
    }

    /// Whether no environment except this one has the namespace.
    pub(crate) fn is_free(&self, cluster: &Id, namespace: &str, environment: &Id) -> bool {
        let is_own = self.environment(environment).is_some_and(|environment| environment.cluster() == cluster)
            && self.namespace(environment) == Some(namespace);
        is_own || !self.index.is_taken(cluster, namespace)
    }
}

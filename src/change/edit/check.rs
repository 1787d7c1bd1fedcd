//! Whether an edit fits: what it starts from is what is held, and all that it names is there.

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
                let emptied = self.index.organizations.get(organization).is_none_or(OrganizationIndex::is_empty);
                self.organization_facts(organization) == *from && (to.is_some() || emptied)
            }
            Edit::Membership { organization, account, from, to } => {
                self.organization(organization).is_some()
                    && self.account(account).is_some()
                    && self.membership(organization, account) == from.as_ref()
                    && to.as_ref().is_none_or(|to| self.check_membership(organization, to))
            }
            Edit::Role { organization, account, from, .. } => {
                self.membership(organization, account).is_some_and(|held| held.granted_role() == *from)
            }
            Edit::ClusterAccess { cluster, account, from, .. } => {
                let organization = self.cluster(cluster).map(Cluster::organization);
                organization.is_some_and(|of| self.membership(of, account).is_some())
                    && self.cluster_access_of(cluster, account) == *from
            }
            Edit::ProjectRole { project, account, from, .. } => {
                let organization = self.project(project).map(Project::organization);
                organization.is_some_and(|of| self.membership(of, account).is_some())
                    && self.project_role_of(project, account) == *from
            }
            Edit::Project { project, from, to } => self.check_project(project, from.as_ref(), to.as_ref()),
            Edit::Cluster { cluster, from, to } => self.check_cluster(cluster, from.as_ref(), to.as_ref()),
            Edit::Environment { environment, from, to } => {
                self.environment_facts(environment) == *from
                    && to.as_ref().is_none_or(|to| self.check_environment(environment, to))
            }
        }
    }

    /// Of an account the kind never changes, and one that is still a member somewhere stays.
    fn check_account(&self, account: &Id, from: Option<AccountKind>, to: Option<AccountKind>) -> bool {
        let held = self.account(account);
        held.map(Account::kind) == from
            && match to {
                Some(kind) => from.is_none_or(|from| from == kind),
                None => held.is_none_or(|held| held.memberships().len() == 0),
            }
    }

    fn check_membership(&self, organization: &Id, to: &Membership<Id>) -> bool {
        let cluster_is_held = |id: &Id| self.cluster(id).is_some_and(|held| held.organization() == organization);
        let project_is_held = |id: &Id| self.project(id).is_some_and(|held| held.organization() == organization);
        to.organization() == organization
            && to.cluster_accesses().all(|(cluster, _)| cluster_is_held(cluster))
            && to.project_roles().all(|(project, _)| project_is_held(project))
    }

    fn check_project(&self, project: &Id, from: Option<&ProjectState<Id>>, to: Option<&ProjectState<Id>>) -> bool {
        let emptied = |of: &ProjectIndex<Id>| of.roles.is_empty() && of.environments.is_empty();
        self.project_facts(project).as_ref() == from
            && match to {
                None => self.index.projects.get(project).is_none_or(emptied),
                Some(to) => {
                    from.is_none_or(|from| from.organization == to.organization)
                        && self.organization(&to.organization).is_some()
                }
            }
    }

    fn check_cluster(&self, cluster: &Id, from: Option<&ClusterState<Id>>, to: Option<&ClusterState<Id>>) -> bool {
        let emptied = |of: &ClusterIndex<Id>| of.overrides.is_empty();
        self.cluster_facts(cluster).as_ref() == from
            && match to {
                None => {
                    self.cluster(cluster).is_none_or(|held| held.environments() == 0)
                        && self.index.clusters.get(cluster).is_none_or(emptied)
                }
                Some(to) => {
                    from.is_none_or(|from| from.organization == to.organization)
                        && self.organization(&to.organization).is_some()
                }
            }
    }

    /// Whether an environment may be this: on a cluster of its organization, in a namespace that no other has.
    fn check_environment(&self, environment: &Id, to: &EnvironmentState<Id>) -> bool {
        let (Some(project), Some(cluster)) = (self.project(&to.project), self.cluster(&to.cluster)) else {
            return false;
        };
        project.organization() == cluster.organization()
            && self.environment(environment).is_none_or(|held| *held.project() == to.project)
            && to.namespace.as_ref().is_none_or(|namespace| self.is_free(&to.cluster, namespace, environment))
    }

    /// Whether no other environment than this has the namespace.
    pub(crate) fn is_free(&self, cluster: &Id, namespace: &str, environment: &Id) -> bool {
        let owned = self.environment(environment).is_some_and(|held| held.cluster() == cluster)
            && self.namespace(environment) == Some(namespace);
        owned || !self.index.is_taken(cluster, namespace)
    }
}

//! What a change does to the facts: one fact at a time, from what it was to what it is. Done backwards, it is undone.

use alloc::string::String;
use core::hash::Hash;

use super::Directory;
use super::index::{Member, OfCluster, OfOrganization, OfProject};
use crate::account::{Account, AccountKind, Membership};
use crate::cluster::{Cluster, Level};
use crate::protection::Protection;
use crate::resource::{Environment, Organization, Project, Visibility};
use crate::role::{ProjectRole, Role};
use crate::time::Grant;
#[cfg(feature = "serde")]
use crate::wire::variant::nullable;

/// What became of one fact: what it was, and what it is. `None` is no such fact.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(
        remote = "Self",
        rename_all = "snake_case",
        deny_unknown_fields,
        bound(deserialize = "Id: Ord + serde::Deserialize<'de>")
    )
)]
#[expect(missing_docs, reason = "the fields are the ids of the fact, what it was and what it is")]
pub enum Edit<Id> {
    /// An account, and who is behind it.
    Account {
        account: Id,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        from: Option<AccountKind>,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        to: Option<AccountKind>,
    },
    /// An organization: there, or not.
    Organization {
        organization: Id,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        from: Option<OrganizationFacts>,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        to: Option<OrganizationFacts>,
    },
    /// A membership, with all that was granted with it.
    Membership {
        organization: Id,
        account: Id,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        from: Option<Membership<Id>>,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        to: Option<Membership<Id>>,
    },
    /// The role of a membership, with its expiry.
    Role { organization: Id, account: Id, from: Grant<Role>, to: Grant<Role> },
    /// A member's override on a cluster.
    ClusterAccess {
        cluster: Id,
        account: Id,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        from: Option<Grant<Level>>,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        to: Option<Grant<Level>>,
    },
    /// A member's role in a project.
    ProjectRole {
        project: Id,
        account: Id,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        from: Option<Grant<ProjectRole>>,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        to: Option<Grant<ProjectRole>>,
    },
    /// A project.
    Project {
        project: Id,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        from: Option<ProjectFacts<Id>>,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        to: Option<ProjectFacts<Id>>,
    },
    /// A cluster.
    Cluster {
        cluster: Id,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        from: Option<ClusterFacts<Id>>,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        to: Option<ClusterFacts<Id>>,
    },
    /// An environment.
    Environment {
        environment: Id,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        from: Option<EnvironmentFacts<Id>>,
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        to: Option<EnvironmentFacts<Id>>,
    },
}

macro_rules! facts {
    ($($(#[doc = $doc:literal])+ $name:ident $(<$id:ident>)? { $($(#[$attribute:meta])+ $field:ident: $type:ty,)* })+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Debug, PartialEq, Eq)]
            #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
            #[cfg_attr(feature = "serde", serde(remote = "Self", deny_unknown_fields))]
            pub struct $name $(<$id>)? {
                $($(#[$attribute])+ pub $field: $type,)*
            }
        )+
    };
}

facts! {
    /// What there is of an organization by itself: nothing but that it is there.
    OrganizationFacts {}
    /// What a project is.
    ProjectFacts<Id> {
        /// The organization that it belongs to.
        organization: Id,
        /// Who sees it.
        visibility: Visibility,
    }
    /// What a cluster is.
    ClusterFacts<Id> {
        /// The organization that it belongs to.
        organization: Id,
    }
    /// What an environment is.
    EnvironmentFacts<Id> {
        /// The project that it belongs to.
        project: Id,
        /// The cluster that it deploys to.
        cluster: Id,
        /// Where on the cluster, if it is said.
        #[cfg_attr(feature = "serde", serde(deserialize_with = "nullable"))]
        namespace: Option<String>,
        /// How it is protected.
        protection: Protection,
    }
}

impl<Id: Clone> Edit<Id> {
    /// The edit that undoes this one.
    pub(super) fn inverse(&self) -> Self {
        let mut edit = self.clone();
        match &mut edit {
            Self::Account { from, to, .. } => core::mem::swap(from, to),
            Self::Organization { from, to, .. } => core::mem::swap(from, to),
            Self::Membership { from, to, .. } => core::mem::swap(from, to),
            Self::Role { from, to, .. } => core::mem::swap(from, to),
            Self::ClusterAccess { from, to, .. } => core::mem::swap(from, to),
            Self::ProjectRole { from, to, .. } => core::mem::swap(from, to),
            Self::Project { from, to, .. } => core::mem::swap(from, to),
            Self::Cluster { from, to, .. } => core::mem::swap(from, to),
            Self::Environment { from, to, .. } => core::mem::swap(from, to),
        }
        edit
    }
}

/// The present facts, as edits have them.
impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(super) fn account_kind(&self, account: &Id) -> Option<AccountKind> {
        self.account(account).map(Account::kind)
    }

    pub(super) fn membership(&self, organization: &Id, account: &Id) -> Option<&Membership<Id>> {
        self.account(account)?.membership(organization)
    }

    pub(super) fn organization_facts(&self, organization: &Id) -> Option<OrganizationFacts> {
        self.organization(organization).map(|_| OrganizationFacts {})
    }

    pub(super) fn project_facts(&self, project: &Id) -> Option<ProjectFacts<Id>> {
        let project = self.project(project)?;
        Some(ProjectFacts { organization: project.organization().clone(), visibility: project.visibility() })
    }

    pub(super) fn cluster_facts(&self, cluster: &Id) -> Option<ClusterFacts<Id>> {
        let cluster = self.cluster(cluster)?;
        Some(ClusterFacts { organization: cluster.organization().clone() })
    }

    pub(super) fn environment_facts(&self, environment: &Id) -> Option<EnvironmentFacts<Id>> {
        let held = self.environment(environment)?;
        Some(EnvironmentFacts {
            project: held.project().clone(),
            cluster: held.cluster().clone(),
            namespace: self.namespace(environment).map(Into::into),
            protection: held.protection(),
        })
    }

    pub(super) fn override_of(&self, cluster: &Id, account: &Id) -> Option<Grant<Level>> {
        self.membership(self.cluster(cluster)?.organization(), account)?.override_on(cluster)
    }

    pub(super) fn project_role_of(&self, project: &Id, account: &Id) -> Option<Grant<ProjectRole>> {
        self.membership(self.project(project)?.organization(), account)?.project_role_in(project)
    }
}

/// Whether an edit fits what is held: what it starts from, and all that it names.
impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(super) fn fits(&self, edit: &Edit<Id>) -> bool {
        match edit {
            Edit::Account { account, from, to } => self.account_fits(account, *from, *to),
            Edit::Organization { organization, from, to } => {
                let emptied = self.index.organizations.get(organization).is_none_or(OfOrganization::is_empty);
                self.organization_facts(organization) == *from && (to.is_some() || emptied)
            }
            Edit::Membership { organization, account, from, to } => {
                self.organization(organization).is_some()
                    && self.account(account).is_some()
                    && self.membership(organization, account) == from.as_ref()
                    && to.as_ref().is_none_or(|to| self.membership_fits(organization, to))
            }
            Edit::Role { organization, account, from, .. } => {
                self.membership(organization, account).is_some_and(|held| held.granted_role() == *from)
            }
            Edit::ClusterAccess { cluster, account, from, .. } => {
                let organization = self.cluster(cluster).map(Cluster::organization);
                organization.is_some_and(|of| self.membership(of, account).is_some())
                    && self.override_of(cluster, account) == *from
            }
            Edit::ProjectRole { project, account, from, .. } => {
                let organization = self.project(project).map(Project::organization);
                organization.is_some_and(|of| self.membership(of, account).is_some())
                    && self.project_role_of(project, account) == *from
            }
            Edit::Project { project, from, to } => self.project_fits(project, from.as_ref(), to.as_ref()),
            Edit::Cluster { cluster, from, to } => self.cluster_fits(cluster, from.as_ref(), to.as_ref()),
            Edit::Environment { environment, from, to } => {
                self.environment_facts(environment) == *from
                    && to.as_ref().is_none_or(|to| self.environment_fits(environment, to))
            }
        }
    }

    /// Of an account the kind never changes, and one that is still a member somewhere stays.
    fn account_fits(&self, account: &Id, from: Option<AccountKind>, to: Option<AccountKind>) -> bool {
        let held = self.account(account);
        held.map(Account::kind) == from
            && match to {
                Some(kind) => from.is_none_or(|from| from == kind),
                None => held.is_none_or(|held| held.memberships().len() == 0),
            }
    }

    fn membership_fits(&self, organization: &Id, to: &Membership<Id>) -> bool {
        let cluster_is_held = |id: &Id| self.cluster(id).is_some_and(|held| held.organization() == organization);
        let project_is_held = |id: &Id| self.project(id).is_some_and(|held| held.organization() == organization);
        to.organization() == organization
            && to.overrides().all(|(cluster, _)| cluster_is_held(cluster))
            && to.project_roles().all(|(project, _)| project_is_held(project))
    }

    fn project_fits(&self, project: &Id, from: Option<&ProjectFacts<Id>>, to: Option<&ProjectFacts<Id>>) -> bool {
        let emptied = |of: &OfProject<Id>| of.roles.is_empty() && of.environments.is_empty();
        self.project_facts(project).as_ref() == from
            && match to {
                None => self.index.projects.get(project).is_none_or(emptied),
                Some(to) => {
                    from.is_none_or(|from| from.organization == to.organization)
                        && self.organization(&to.organization).is_some()
                }
            }
    }

    fn cluster_fits(&self, cluster: &Id, from: Option<&ClusterFacts<Id>>, to: Option<&ClusterFacts<Id>>) -> bool {
        let emptied = |of: &OfCluster<Id>| of.overrides.is_empty();
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
    fn environment_fits(&self, environment: &Id, to: &EnvironmentFacts<Id>) -> bool {
        let (Some(project), Some(cluster)) = (self.project(&to.project), self.cluster(&to.cluster)) else {
            return false;
        };
        project.organization() == cluster.organization()
            && self.environment(environment).is_none_or(|held| *held.project() == to.project)
            && to.namespace.as_ref().is_none_or(|namespace| self.is_free(&to.cluster, namespace, environment))
    }

    /// Whether no other environment than this has the namespace.
    pub(super) fn is_free(&self, cluster: &Id, namespace: &str, environment: &Id) -> bool {
        let its_own = self.environment(environment).is_some_and(|held| held.cluster() == cluster)
            && self.namespace(environment) == Some(namespace);
        its_own || !self.index.is_taken(cluster, namespace)
    }
}

/// Doing an edit that fits.
impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(super) fn put(&mut self, edit: &Edit<Id>) {
        debug_assert!(self.fits(edit), "an edit that does not fit");
        match edit {
            Edit::Account { account, to: Some(kind), .. } => {
                self.accounts.get_or_insert(Account::new(account.clone(), *kind));
            }
            Edit::Account { account, to: None, .. } => drop(self.accounts.remove(account)),
            Edit::Organization { organization, to: Some(OrganizationFacts {}), .. } => {
                self.organizations.get_or_insert(Organization::new(organization.clone(), 0));
                self.index.organizations.get_or_insert(OfOrganization::new(organization.clone()));
            }
            Edit::Organization { organization, to: None, .. } => {
                self.organizations.remove(organization);
                self.index.organizations.remove(organization);
            }
            Edit::Membership { organization, account, to, .. } => {
                self.put_membership(organization, account, to.as_ref());
            }
            Edit::Role { organization, account, to, .. } => self.put_role(organization, account, *to),
            Edit::ClusterAccess { cluster, account, to, .. } => self.put_override(cluster, account, *to),
            Edit::ProjectRole { project, account, to, .. } => self.put_project_role(project, account, *to),
            Edit::Project { project, to, .. } => self.put_project(project, to.as_ref()),
            Edit::Cluster { cluster, to, .. } => self.put_cluster(cluster, to.as_ref()),
            Edit::Environment { environment, to, .. } => self.put_environment(environment, to.as_ref()),
        }
    }

    fn put_membership(&mut self, organization: &Id, id: &Id, to: Option<&Membership<Id>>) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        let kind = account.kind();
        let from = account.leave(organization);
        if let Some(to) = to {
            account.put(to.clone());
        }
        for (cluster, _) in from.iter().flat_map(Membership::overrides) {
            if let Some(of) = self.index.clusters.get_mut(cluster) {
                of.overrides.remove(id);
            }
        }
        for (project, _) in from.iter().flat_map(Membership::project_roles) {
            if let Some(of) = self.index.projects.get_mut(project) {
                of.roles.remove(id);
            }
        }
        for (cluster, grant) in to.into_iter().flat_map(Membership::overrides) {
            if let Some(of) = self.index.clusters.get_mut(cluster) {
                of.overrides.insert(id.clone(), grant);
            }
        }
        for (project, grant) in to.into_iter().flat_map(Membership::project_roles) {
            if let Some(of) = self.index.projects.get_mut(project) {
                of.roles.insert(id.clone(), grant);
            }
        }
        let role = |membership: &Membership<Id>| membership.granted_role();
        self.put_member(organization, id, kind, from.as_ref().map(role), to.map(role));
    }

    fn put_role(&mut self, organization: &Id, id: &Id, to: Grant<Role>) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        let kind = account.kind();
        let Some(membership) = account.membership_mut(organization) else { return };
        let from = membership.granted_role();
        membership.put_role(to);
        self.put_member(organization, id, kind, Some(from), Some(to));
    }

    /// What an organization knows of a member, and how many permanent Owners it has.
    fn put_member(
        &mut self,
        organization: &Id,
        id: &Id,
        kind: AccountKind,
        from: Option<Grant<Role>>,
        to: Option<Grant<Role>>,
    ) {
        let is_permanent_owner = |role: Option<Grant<Role>>| {
            role.is_some_and(|role| kind.acting(role.value()) == Role::Owner && role.expires_at().is_none())
        };
        if let Some(organization) = self.organizations.get_mut(organization) {
            match (is_permanent_owner(from), is_permanent_owner(to)) {
                (true, false) => organization.remove_owner(),
                (false, true) => organization.add_owner(),
                (true, true) | (false, false) => {}
            }
        }
        let Some(of) = self.index.organizations.get_mut(organization) else { return };
        match to {
            Some(role) => {
                let member = Member { kind, role: role.value() };
                of.members.insert(id.clone(), Grant::lasting(member, role.expires_at()));
            }
            None => drop(of.members.remove(id)),
        }
    }

    fn put_override(&mut self, cluster: &Id, id: &Id, to: Option<Grant<Level>>) {
        let Some(held) = self.clusters.get(cluster) else { return };
        let account = self.accounts.get_mut(id);
        if let Some(membership) = account.and_then(|account| account.membership_mut(held.organization())) {
            membership.put_override(cluster.clone(), to);
        }
        let Some(of) = self.index.clusters.get_mut(cluster) else { return };
        match to {
            Some(grant) => drop(of.overrides.insert(id.clone(), grant)),
            None => drop(of.overrides.remove(id)),
        }
    }

    fn put_project_role(&mut self, project: &Id, id: &Id, to: Option<Grant<ProjectRole>>) {
        let Some(held) = self.projects.get(project) else { return };
        let account = self.accounts.get_mut(id);
        if let Some(membership) = account.and_then(|account| account.membership_mut(held.organization())) {
            membership.put_project_role(project.clone(), to);
        }
        let Some(of) = self.index.projects.get_mut(project) else { return };
        match to {
            Some(grant) => drop(of.roles.insert(id.clone(), grant)),
            None => drop(of.roles.remove(id)),
        }
    }

    fn put_project(&mut self, id: &Id, to: Option<&ProjectFacts<Id>>) {
        let Some(to) = to else {
            let project = self.projects.remove(id);
            if let Some(of) = project.and_then(|project| self.index.organizations.get_mut(project.organization())) {
                of.projects.remove(id);
            }
            self.index.projects.remove(id);
            return;
        };
        if let Some(of) = self.index.organizations.get_mut(&to.organization) {
            of.projects.insert(id.clone());
        }
        let of = self.index.projects.get_or_insert(OfProject::new(id.clone()));
        let project = self.projects.get_or_insert(Project::new(id.clone(), to.organization.clone()));
        project.set_visibility(to.visibility);
        for environment in &of.environments {
            if let Some(environment) = self.environments.get_mut(environment) {
                environment.set_visibility(to.visibility);
            }
        }
    }

    fn put_cluster(&mut self, id: &Id, to: Option<&ClusterFacts<Id>>) {
        let Some(to) = to else {
            let cluster = self.clusters.remove(id);
            if let Some(of) = cluster.and_then(|cluster| self.index.organizations.get_mut(cluster.organization())) {
                of.clusters.remove(id);
            }
            self.index.clusters.remove(id);
            return;
        };
        if let Some(of) = self.index.organizations.get_mut(&to.organization) {
            of.clusters.insert(id.clone());
        }
        self.index.clusters.get_or_insert(OfCluster::new(id.clone()));
        self.clusters.get_or_insert(Cluster::new(id.clone(), to.organization.clone()));
    }

    fn put_environment(&mut self, id: &Id, to: Option<&EnvironmentFacts<Id>>) {
        if let Some(held) = self.environments.remove(id) {
            if let Some(cluster) = self.clusters.get_mut(held.cluster()) {
                cluster.remove_environment();
            }
            if let Some(project) = self.projects.get(held.project()) {
                self.index.remove_environment(id, project, held.cluster());
            }
            self.count_environments(held.project());
        }
        let Some(to) = to else { return };
        let (Some(project), Some(cluster)) = (self.projects.get_mut(&to.project), self.clusters.get_mut(&to.cluster))
        else {
            return;
        };
        let Ok(environment) = Environment::new(id.clone(), project, cluster, to.protection) else { return };
        cluster.add_environment();
        project.add_environment(to.protection);
        self.index.put_environment(id.clone(), project, cluster.id(), to.namespace.as_deref());
        self.environments.get_or_insert(environment);
    }

    /// Counts the environments of a project anew, and joins their safeguards.
    fn count_environments(&mut self, project: &Id) {
        let Some(of) = self.index.projects.get(project) else { return };
        let environments = of.environments.iter().filter_map(|id| self.environments.get(id));
        if let Some(project) = self.projects.get_mut(project) {
            project.set_environments(environments.map(Environment::protection));
        }
    }
}

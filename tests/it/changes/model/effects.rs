//! What a change does to the facts once it is allowed and nothing stands in its way.

use std::collections::BTreeMap;

use shipgate::change::Change;
use shipgate::{AccountKind, Role};

use super::{Actor, Model};
use crate::oracle::{Account, Cluster, Environment, Given, Id, Membership, Project};

impl Model {
    pub(super) fn apply(&mut self, actor: &Actor, change: &Change<Id>) {
        match change.clone() {
            Change::InviteMember { organization, account, kind, role } => self.join(organization, account, kind, role),
            // "a changed role keeps the membership's expiry"
            Change::ChangeRole { organization, account, to } => self.member(account, organization).role.what = to,
            Change::SetExpiry { organization, account, to } => self.member(account, organization).role.until = to,
            Change::RemoveMember { organization, account } => self.leave(account, organization),
            // "a new Owner by transfer has none, and who gave it becomes Admin"
            Change::TransferOwnership { organization, account } => {
                self.member(account, organization).role = for_good(Role::Owner);
                self.member(actor.account, organization).role.what = Role::Admin;
            }
            Change::SetClusterAccess { cluster, account, to } => {
                let organization = self.world.clusters[&cluster].organization;
                let to = to.map(|grant| Given { what: grant.value(), until: grant.expires_at() });
                set(&mut self.member(account, organization).overrides, cluster, to);
            }
            Change::SetProjectRole { project, account, to } => {
                let organization = self.world.projects[&project].organization;
                let to = to.map(|grant| Given { what: grant.value(), until: grant.expires_at() });
                set(&mut self.member(account, organization).project_roles, project, to);
            }
            Change::UpdateOrganization { .. } => (),
            Change::DeleteOrganization { organization } => self.dissolve(organization),
            Change::CreateProject { organization, project, visibility } => {
                self.world.projects.insert(project, Project { organization, visibility });
            }
            Change::UpdateProject { project, visibility } => {
                let project = self.world.projects.get_mut(&project).expect("it is held");
                project.visibility = visibility.unwrap_or(project.visibility);
            }
            Change::DeleteProject { project } => self.delete_project(project),
            Change::CreateEnvironment { environment, project, cluster, namespace, protection } => {
                self.world.environments.insert(environment, Environment { project, cluster, protection });
                self.name_space(environment, namespace);
            }
            Change::UpdateEnvironment { environment, namespace } => self.name_space(environment, namespace),
            Change::Retarget { environment, cluster, namespace } => {
                self.environment(environment).cluster = cluster;
                self.name_space(environment, namespace);
            }
            Change::DeleteEnvironment { environment } => self.delete_environment(environment),
            Change::SetProtection { environment, to } => self.environment(environment).protection = to,
            Change::ConnectCluster { organization, cluster } => {
                self.world.clusters.insert(cluster, Cluster { organization });
            }
            Change::DisconnectCluster { cluster } => self.delete_cluster(cluster),
        }
    }

    /// A new organization with its first Owner.
    pub(super) fn found(&mut self, organization: Id, owner: Id, kind: AccountKind) {
        self.world.organizations.insert(organization);
        self.join(organization, owner, kind, Role::Owner);
    }

    /// A fresh membership: whatever there was with an old one is gone.
    fn join(&mut self, organization: Id, account: Id, kind: AccountKind, role: Role) {
        let account = self.world.accounts.entry(account).or_insert(Account { kind, memberships: BTreeMap::new() });
        let fresh = Membership { role: for_good(role), overrides: BTreeMap::new(), project_roles: BTreeMap::new() };
        account.memberships.insert(organization, fresh);
    }

    /// The account stays known, and of its kind.
    fn leave(&mut self, account: Id, organization: Id) {
        let account = self.world.accounts.get_mut(&account).expect("a member is known");
        account.memberships.remove(&organization);
    }

    fn dissolve(&mut self, organization: Id) {
        for account in self.world.accounts.values_mut() {
            account.memberships.remove(&organization);
        }
        for (environment, facts) in self.world.environments.clone() {
            if self.world.projects[&facts.project].organization == organization {
                self.delete_environment(environment);
            }
        }
        self.world.projects.retain(|_, project| project.organization != organization);
        self.world.clusters.retain(|_, cluster| cluster.organization != organization);
        self.world.organizations.remove(&organization);
    }

    /// Who gets the id later gets none of the roles.
    fn delete_project(&mut self, project: Id) {
        for account in self.world.accounts.values_mut() {
            for membership in account.memberships.values_mut() {
                membership.project_roles.remove(&project);
            }
        }
        self.world.projects.remove(&project);
    }

    /// Who gets the id later gets none of the overrides.
    fn delete_cluster(&mut self, cluster: Id) {
        for account in self.world.accounts.values_mut() {
            for membership in account.memberships.values_mut() {
                membership.overrides.remove(&cluster);
            }
        }
        self.world.clusters.remove(&cluster);
    }

    fn delete_environment(&mut self, environment: Id) {
        self.world.environments.remove(&environment);
        self.namespaces.remove(&environment);
    }

    /// Without a namespace an environment stays where it is.
    fn name_space(&mut self, environment: Id, namespace: Option<String>) {
        if let Some(namespace) = namespace {
            self.namespaces.insert(environment, namespace);
        }
    }

    fn member(&mut self, account: Id, organization: Id) -> &mut Membership {
        let account = self.world.accounts.get_mut(&account).expect("a member is known");
        account.memberships.get_mut(&organization).expect("who is changed is a member")
    }

    fn environment(&mut self, id: Id) -> &mut Environment {
        self.world.environments.get_mut(&id).expect("what is changed is held")
    }
}

fn for_good<T>(what: T) -> Given<T> {
    Given { what, until: None }
}

fn set<T>(given: &mut BTreeMap<Id, Given<T>>, key: Id, to: Option<Given<T>>) {
    match to {
        Some(to) => given.insert(key, to),
        None => given.remove(&key),
    };
}

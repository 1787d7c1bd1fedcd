//! What a change does to the facts once it is allowed and nothing stands in its way.

use std::collections::BTreeMap;

use shipgate::change::Change;
use shipgate::{AccountKind, AnyRole, ClusterAccess, Grant, Holder, Role, RoleDefinition, Visibility};

use super::{Actor, Model};
use crate::oracle::{Account, Cluster, CustomRole, Environment, Given, Id, Membership, Project, Team};

impl Model {
    pub(super) fn apply(&mut self, actor: &Actor, change: &Change<Id>) {
        match change.clone() {
            Change::InviteMember { organization, account, kind, role, expires_at } => {
                self.join(organization, account, kind, Given { what: role, until: expires_at });
            }
            // "a changed role keeps the membership's expiry"
            Change::ChangeRole { organization, account, to } => self.give_role(account, organization, to),
            Change::SetExpiry { organization, account, to } => self.member(account, organization).role.until = to,
            Change::RemoveMember { organization, account } => self.leave(account, organization),
            // "a new Owner by transfer has none, and who gave it becomes Admin"
            Change::TransferOwnership { organization, account } => {
                self.give_role(account, organization, Role::Owner.into());
                self.member(account, organization).role.until = None;
                self.give_role(actor.account, organization, Role::Admin.into());
            }
            Change::CreateRole { organization, role, definition } => {
                self.world.roles.insert(role, CustomRole { organization, definition });
            }
            // "of a role the permissions, and the rank stays"
            Change::UpdateRole { role, permissions } => {
                let role = self.world.roles.get_mut(&role).expect("it is held");
                let rank = role.definition.rank();
                role.definition = RoleDefinition::new(rank, permissions).expect("its rank may hold the permissions");
            }
            Change::DeleteRole { role } => drop(self.world.roles.remove(&role)),
            // "a team has no members or grants"
            Change::CreateTeam { organization, team } => {
                self.world.teams.insert(team, Team::of_organization(organization));
            }
            Change::DeleteTeam { team } => drop(self.world.teams.remove(&team)),
            Change::AddToTeam { team, account } => {
                let organization = self.world.teams[&team].organization;
                self.member(account, organization).teams.insert(team);
            }
            Change::RemoveFromTeam { team, account } => {
                let organization = self.world.teams[&team].organization;
                self.member(account, organization).teams.remove(&team);
            }
            Change::SetClusterAccess { cluster, holder, to } => {
                let organization = self.world.clusters[&cluster].organization;
                let overrides = match holder {
                    Holder::Account(account) => &mut self.member(account, organization).overrides,
                    Holder::Team(team) => &mut self.team(team).overrides,
                };
                set(overrides, cluster, to);
            }
            Change::SetProjectRole { project, holder, to } => {
                let organization = self.world.projects[&project].organization;
                let roles = match holder {
                    Holder::Account(account) => &mut self.member(account, organization).project_roles,
                    Holder::Team(team) => &mut self.team(team).project_roles,
                };
                set(roles, project, to);
            }
            // "It never changes members, grants or a namespace"
            Change::UpdateOrganization { .. } | Change::UpdateTeam { .. } | Change::UpdateEnvironment { .. } => (),
            Change::DeleteOrganization { organization } => self.dissolve(organization),
            Change::CreateProject { organization, project, visibility } => {
                self.world.projects.insert(project, Project { organization, visibility });
            }
            Change::UpdateProject { project, visibility } => {
                let project = self.world.projects.get_mut(&project).expect("it is held");
                update(&mut project.visibility, visibility);
            }
            Change::DeleteProject { project } => self.delete_project(project),
            Change::CreateEnvironment { environment, project, cluster, namespace, protection } => {
                self.world.environments.insert(environment, Environment { project, cluster, protection });
                self.namespaces.insert(environment, namespace);
            }
            Change::Retarget { environment, cluster, namespace } => {
                self.environment(environment).cluster = cluster;
                if let Some(namespace) = namespace {
                    self.namespaces.insert(environment, namespace);
                }
            }
            Change::DeleteEnvironment { environment } => self.delete_environment(environment),
            Change::SetProtection { environment, to } => self.environment(environment).protection = to,
            Change::ConnectCluster { organization, cluster, visibility } => {
                self.world.clusters.insert(cluster, Cluster { organization, visibility });
            }
            Change::UpdateCluster { cluster, visibility } => {
                let cluster = self.world.clusters.get_mut(&cluster).expect("it is held");
                update(&mut cluster.visibility, visibility);
            }
            Change::DisconnectCluster { cluster } => self.delete_cluster(cluster),
        }
    }

    /// A new organization with its first Owner.
    pub(super) fn found(&mut self, organization: Id, owner: Id, kind: AccountKind) {
        self.world.organizations.insert(organization);
        self.join(organization, owner, kind, Given::for_good(Role::Owner.into()));
    }

    /// A fresh membership: whatever there was with an old one is gone.
    fn join(&mut self, organization: Id, account: Id, kind: AccountKind, role: Given<AnyRole<Id>>) {
        let account = self.world.accounts.entry(account).or_insert(Account::of_kind(kind));
        account.memberships.insert(organization, Membership::with_role(role));
    }

    /// "An account that is a member nowhere is held nowhere"
    fn leave(&mut self, id: Id, organization: Id) {
        let account = self.world.accounts.get_mut(&id).expect("a member is known");
        account.memberships.remove(&organization);
        if account.memberships.is_empty() {
            self.world.accounts.remove(&id);
        }
    }

    /// "drops the member's own grants that can no longer count: overrides above the ceiling of the new role (of an Owner,
    /// all), and project roles unless its rank is developer or viewer"
    fn give_role(&mut self, account: Id, organization: Id, to: AnyRole<Id>) {
        let rank = match to {
            AnyRole::BuiltIn(role) => role,
            AnyRole::Custom(role) => self.world.roles[&role].definition.rank(),
        };
        let kept: &[ClusterAccess] = match rank {
            Role::Owner => &[],
            Role::Admin | Role::Developer => &ClusterAccess::ALL,
            Role::Viewer => &[ClusterAccess::None, ClusterAccess::View],
            Role::Billing => &[ClusterAccess::None],
        };
        let membership = self.member(account, organization);
        membership.role.what = to;
        membership.overrides.retain(|_, given| kept.contains(&given.what));
        if !matches!(rank, Role::Developer | Role::Viewer) {
            membership.project_roles.clear();
        }
    }

    fn dissolve(&mut self, organization: Id) {
        let members: Vec<Id> = self.world.accounts.keys().copied().collect();
        for account in members {
            self.leave(account, organization);
        }
        for (environment, facts) in self.world.environments.clone() {
            if self.world.projects[&facts.project].organization == organization {
                self.delete_environment(environment);
            }
        }
        let world = &mut self.world;
        world.projects.retain(|_, project| project.organization != organization);
        world.clusters.retain(|_, cluster| cluster.organization != organization);
        world.teams.retain(|_, team| team.organization != organization);
        world.roles.retain(|_, role| role.organization != organization);
        world.organizations.remove(&organization);
    }

    /// "What is deleted takes every grant that it has, and every grant on it, along": who gets the id later gets none.
    fn delete_project(&mut self, project: Id) {
        for membership in self.memberships() {
            membership.project_roles.remove(&project);
        }
        for team in self.world.teams.values_mut() {
            team.project_roles.remove(&project);
        }
        self.world.projects.remove(&project);
    }

    fn delete_cluster(&mut self, cluster: Id) {
        for membership in self.memberships() {
            membership.overrides.remove(&cluster);
        }
        for team in self.world.teams.values_mut() {
            team.overrides.remove(&cluster);
        }
        self.world.clusters.remove(&cluster);
    }

    fn delete_environment(&mut self, environment: Id) {
        self.world.environments.remove(&environment);
        self.namespaces.remove(&environment);
    }

    fn memberships(&mut self) -> impl Iterator<Item = &mut Membership> {
        self.world.accounts.values_mut().flat_map(|account| account.memberships.values_mut())
    }

    fn member(&mut self, account: Id, organization: Id) -> &mut Membership {
        let account = self.world.accounts.get_mut(&account).expect("a member is known");
        account.memberships.get_mut(&organization).expect("who is changed is a member")
    }

    fn team(&mut self, id: Id) -> &mut Team {
        self.world.teams.get_mut(&id).expect("what is changed is held")
    }

    fn environment(&mut self, id: Id) -> &mut Environment {
        self.world.environments.get_mut(&id).expect("what is changed is held")
    }
}

fn set<T: Copy>(given: &mut BTreeMap<Id, Given<T>>, key: Id, to: Option<Grant<T>>) {
    match to {
        Some(to) => given.insert(key, Given { what: to.value(), until: to.expires_at() }),
        None => given.remove(&key),
    };
}

fn update(present: &mut Visibility, to: Option<Visibility>) {
    *present = to.unwrap_or(*present);
}

//! The facts: plain maps by id, and what is counted over them.

use std::collections::{BTreeMap, BTreeSet};
use std::vec::Vec;

use shipgate::{AccountKind, AnyRole, ClusterAccess, ProjectRole, Protection, Role, RoleDefinition, Time, Visibility};

pub(crate) type Id = u64;

/// Every fact there is, by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) organizations: BTreeSet<Id>,
    pub(crate) roles: BTreeMap<Id, CustomRole>,
    pub(crate) accounts: BTreeMap<Id, Account>,
    pub(crate) teams: BTreeMap<Id, Team>,
    pub(crate) projects: BTreeMap<Id, Project>,
    pub(crate) clusters: BTreeMap<Id, Cluster>,
    pub(crate) environments: BTreeMap<Id, Environment>,
    /// Where it is known that the facts stay as they are.
    pub(crate) counted: Option<Counted>,
}

/// What is counted over all facts, once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted {
    owners: BTreeMap<Id, u32>,
    holders: BTreeMap<Id, u32>,
    team_members: BTreeMap<Id, u32>,
    environments_by_project: BTreeMap<Id, Vec<(Id, Protection)>>,
    environments_by_cluster: BTreeMap<Id, usize>,
    projects: BTreeMap<Id, Vec<Id>>,
    clusters: BTreeMap<Id, Vec<Id>>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct CustomRole {
    pub(crate) organization: Id,
    pub(crate) definition: RoleDefinition,
}

#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) kind: AccountKind,
    /// By organization.
    pub(crate) memberships: BTreeMap<Id, Membership>,
}

#[derive(Clone, Debug)]
pub(crate) struct Membership {
    pub(crate) role: Given<AnyRole<Id>>,
    pub(crate) teams: BTreeSet<Id>,
    /// By cluster: the member's own.
    pub(crate) overrides: BTreeMap<Id, Given<ClusterAccess>>,
    /// By project: the member's own.
    pub(crate) project_roles: BTreeMap<Id, Given<ProjectRole>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Team {
    pub(crate) organization: Id,
    /// By cluster.
    pub(crate) overrides: BTreeMap<Id, Given<ClusterAccess>>,
    /// By project.
    pub(crate) project_roles: BTreeMap<Id, Given<ProjectRole>>,
}

/// What was given, for good or until a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Given<T> {
    pub(crate) what: T,
    pub(crate) until: Option<Time>,
}

#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) organization: Id,
    pub(crate) visibility: Visibility,
}

#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    pub(crate) organization: Id,
    pub(crate) visibility: Visibility,
}

#[derive(Clone, Debug)]
pub(crate) struct Environment {
    pub(crate) project: Id,
    pub(crate) cluster: Id,
    pub(crate) protection: Protection,
}

impl Account {
    pub(crate) fn of_kind(kind: AccountKind) -> Self {
        Self { kind, memberships: BTreeMap::new() }
    }
}

impl Membership {
    /// A membership without teams and grants.
    pub(crate) fn with_role(role: Given<AnyRole<Id>>) -> Self {
        Self { role, teams: BTreeSet::new(), overrides: BTreeMap::new(), project_roles: BTreeMap::new() }
    }
}

impl Team {
    /// A team without grants.
    pub(crate) fn of_organization(organization: Id) -> Self {
        Self { organization, overrides: BTreeMap::new(), project_roles: BTreeMap::new() }
    }
}

impl World {
    /// The same facts, which no longer change: counts over them are made once.
    pub(crate) fn counted(mut self) -> Self {
        let mut counted = Counted::default();
        for (account, facts) in &self.accounts {
            for (organization, membership) in &facts.memberships {
                if self.is_permanent_owner(*account, *organization) {
                    add_one(&mut counted.owners, *organization);
                }
                if let AnyRole::Custom(role) = membership.role.what {
                    add_one(&mut counted.holders, role);
                }
                for team in &membership.teams {
                    add_one(&mut counted.team_members, *team);
                }
            }
        }
        for Environment { project, cluster, protection } in self.environments.values() {
            counted.environments_by_project.entry(*project).or_default().push((*cluster, *protection));
            let on_cluster = counted.environments_by_cluster.entry(*cluster).or_default();
            *on_cluster = on_cluster.saturating_add(1);
        }
        for (id, project) in &self.projects {
            counted.projects.entry(project.organization).or_default().push(*id);
        }
        for (id, cluster) in &self.clusters {
            counted.clusters.entry(cluster.organization).or_default().push(*id);
        }
        self.counted = Some(counted);
        self
    }

    pub(crate) fn organization_of_cluster(&self, cluster: Id) -> Option<Id> {
        Some(self.clusters.get(&cluster)?.organization)
    }

    pub(crate) fn organization_of_team(&self, team: Id) -> Option<Id> {
        Some(self.teams.get(&team)?.organization)
    }

    pub(crate) fn organization_of_role(&self, role: Id) -> Option<Id> {
        Some(self.roles.get(&role)?.organization)
    }

    pub(crate) fn kind_of(&self, account: Id) -> Option<AccountKind> {
        Some(self.accounts.get(&account)?.kind)
    }

    /// The membership of an account, live or not.
    pub(crate) fn membership(&self, account: Id, organization: Id) -> Option<&Membership> {
        self.accounts.get(&account)?.memberships.get(&organization)
    }

    fn memberships(&self) -> impl Iterator<Item = &Membership> {
        self.accounts.values().flat_map(|account| account.memberships.values())
    }

    /// How many permanent Owners an organization has.
    pub(crate) fn owners(&self, organization: Id) -> u32 {
        if let Some(counted) = &self.counted {
            return counted.owners.get(&organization).copied().unwrap_or(0);
        }
        count(self.accounts.keys().filter(|account| self.is_permanent_owner(**account, organization)))
    }

    /// A user with the role owner and no expiry.
    pub(crate) fn is_permanent_owner(&self, account: Id, organization: Id) -> bool {
        let Some(membership) = self.membership(account, organization) else { return false };
        self.kind_of(account) == Some(AccountKind::User)
            && membership.role.what == AnyRole::BuiltIn(Role::Owner)
            && membership.role.until.is_none()
    }

    /// How many members have a custom role, live or not.
    pub(crate) fn holders_of_role(&self, role: Id) -> u32 {
        if let Some(counted) = &self.counted {
            return counted.holders.get(&role).copied().unwrap_or(0);
        }
        count(self.memberships().filter(|membership| membership.role.what == AnyRole::Custom(role)))
    }

    /// How many members a team has, live or not.
    pub(crate) fn members_of_team(&self, team: Id) -> u32 {
        if let Some(counted) = &self.counted {
            return counted.team_members.get(&team).copied().unwrap_or(0);
        }
        count(self.memberships().filter(|membership| membership.teams.contains(&team)))
    }

    /// The environments of a project: the cluster and the protection of each.
    pub(crate) fn environments_of_project(&self, project: Id) -> Vec<(Id, Protection)> {
        if let Some(counted) = &self.counted {
            return counted.environments_by_project.get(&project).cloned().unwrap_or_default();
        }
        let environments = self.environments.values().filter(|environment| environment.project == project);
        environments.map(|environment| (environment.cluster, environment.protection)).collect()
    }

    /// The clusters that a project's environments deploy to, each once, in the order of their ids.
    pub(crate) fn clusters_of_project(&self, project: Id) -> BTreeSet<Id> {
        self.environments_of_project(project).into_iter().map(|(cluster, _)| cluster).collect()
    }

    /// How many environments deploy to a cluster.
    pub(crate) fn environments_on_cluster(&self, cluster: Id) -> usize {
        if let Some(counted) = &self.counted {
            return counted.environments_by_cluster.get(&cluster).copied().unwrap_or(0);
        }
        self.environments.values().filter(|environment| environment.cluster == cluster).count()
    }

    /// The projects of an organization, in the order of their ids.
    pub(crate) fn projects_of(&self, organization: Id) -> Vec<Id> {
        if let Some(counted) = &self.counted {
            return counted.projects.get(&organization).cloned().unwrap_or_default();
        }
        let of = self.projects.iter().filter(|(_, project)| project.organization == organization);
        of.map(|(id, _)| *id).collect()
    }

    /// The clusters of an organization, in the order of their ids.
    pub(crate) fn clusters_of(&self, organization: Id) -> Vec<Id> {
        if let Some(counted) = &self.counted {
            return counted.clusters.get(&organization).cloned().unwrap_or_default();
        }
        let of = self.clusters.iter().filter(|(_, cluster)| cluster.organization == organization);
        of.map(|(id, _)| *id).collect()
    }
}

fn add_one(counts: &mut BTreeMap<Id, u32>, id: Id) {
    let count = counts.entry(id).or_default();
    *count = count.saturating_add(1);
}

fn count<T>(counted: impl Iterator<Item = T>) -> u32 {
    u32::try_from(counted.count()).unwrap_or(u32::MAX)
}

//! The facts: plain maps by id, and what is counted over them.

use std::collections::{BTreeMap, BTreeSet};
use std::vec::Vec;

use shipgate::directory::{
    AccountRow, ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow,
    Rows,
};
use shipgate::model::ApprovalId;
use shipgate::{AccountKind, ClusterAccess, ProjectRole, Protection, ResourceId, Role, Time, Visibility};

pub(crate) type Id = u64;

/// Every fact there is, by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) organizations: BTreeSet<Id>,
    pub(crate) accounts: BTreeMap<Id, Account>,
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
    environments_by_project: BTreeMap<Id, Vec<Protection>>,
    environments_by_cluster: BTreeMap<Id, usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) kind: AccountKind,
    /// By organization.
    pub(crate) memberships: BTreeMap<Id, Membership>,
}

#[derive(Clone, Debug)]
pub(crate) struct Membership {
    pub(crate) role: Given<Role>,
    /// By cluster.
    pub(crate) overrides: BTreeMap<Id, Given<ClusterAccess>>,
    /// By project.
    pub(crate) project_roles: BTreeMap<Id, Given<ProjectRole>>,
}

impl Account {
    fn of_kind(kind: AccountKind) -> Self {
        Self { kind, memberships: BTreeMap::new() }
    }
}

impl Membership {
    fn with_role(role: Given<Role>) -> Self {
        Self { role, overrides: BTreeMap::new(), project_roles: BTreeMap::new() }
    }
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
}

#[derive(Clone, Debug)]
pub(crate) struct Environment {
    pub(crate) project: Id,
    pub(crate) cluster: Id,
    pub(crate) protection: Protection,
}

/// What a resource is, in facts.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) organization: Id,
    pub(crate) project: Option<Id>,
    pub(crate) environment: Option<Id>,
    pub(crate) cluster: Option<Id>,
    pub(crate) new_cluster: Option<Id>,
    pub(crate) protection: Option<Protection>,
    /// The target account of a member, project member or cluster member.
    pub(crate) target: Option<Id>,
    pub(crate) requested_by: Option<Id>,
    pub(crate) approvals: &'a [ApprovalId<Id>],
}

impl Place<'_> {
    fn of_organization(organization: Id) -> Self {
        Self {
            organization,
            project: None,
            environment: None,
            cluster: None,
            new_cluster: None,
            protection: None,
            target: None,
            requested_by: None,
            approvals: &[],
        }
    }

    pub(crate) fn clusters(&self) -> impl Iterator<Item = Id> {
        self.cluster.into_iter().chain(self.new_cluster)
    }
}

impl World {
    /// Takes in rows. A row that refers to nothing is passed over, as a directory rejects it.
    pub(crate) fn of(rows: &Rows<Id>) -> Self {
        let mut world =
            Self { organizations: rows.organizations.iter().map(|row| row.id).collect(), ..Self::default() };
        for row in &rows.accounts {
            world.accounts.insert(row.id, Account::of_kind(row.kind));
        }
        for row in &rows.members {
            // "a member that is not listed there is a user"
            let account = world.accounts.entry(row.account).or_insert_with(|| Account::of_kind(AccountKind::User));
            let role = Given { what: row.role, until: row.expires_at };
            account.memberships.insert(row.organization, Membership::with_role(role));
        }
        for row in &rows.clusters {
            world.clusters.insert(row.id, Cluster { organization: row.organization });
        }
        for row in &rows.projects {
            let project = Project { organization: row.organization, visibility: row.visibility };
            world.projects.insert(row.id, project);
        }
        for row in &rows.cluster_access {
            let given = Given { what: row.level, until: row.expires_at };
            let organization = world.clusters.get(&row.cluster).map(|cluster| cluster.organization);
            if let Some(membership) = world.membership_mut(row.account, organization) {
                membership.overrides.insert(row.cluster, given);
            }
        }
        for row in &rows.project_roles {
            let given = Given { what: row.role, until: row.expires_at };
            let organization = world.projects.get(&row.project).map(|project| project.organization);
            if let Some(membership) = world.membership_mut(row.account, organization) {
                membership.project_roles.insert(row.project, given);
            }
        }
        for row in &rows.environments {
            let environment = Environment { project: row.project, cluster: row.cluster, protection: row.protection };
            world.environments.insert(row.id, environment);
        }
        world
    }

    /// The same facts, which no longer change: counts over them are made once.
    pub(crate) fn counted(mut self) -> Self {
        let mut counted = Counted::default();
        for (account, facts) in &self.accounts {
            for organization in facts.memberships.keys() {
                if self.is_permanent_owner(*account, *organization) {
                    let owners = counted.owners.entry(*organization).or_default();
                    *owners = owners.saturating_add(1);
                }
            }
        }
        for environment in self.environments.values() {
            counted.environments_by_project.entry(environment.project).or_default().push(environment.protection);
            let on_cluster = counted.environments_by_cluster.entry(environment.cluster).or_default();
            *on_cluster = on_cluster.saturating_add(1);
        }
        self.counted = Some(counted);
        self
    }

    /// The facts as rows, but for those that a directory rejects: memberships of organizations that there are not, grants on
    /// what is not of the member's organization, and environments on another organization's cluster.
    pub(crate) fn rows(&self) -> Rows<Id> {
        let mut rows = Rows {
            organizations: self.organizations.iter().map(|id| OrganizationRow { id: *id }).collect(),
            ..Rows::default()
        };
        for (account, Account { kind, memberships }) in &self.accounts {
            rows.accounts.push(AccountRow { id: *account, kind: *kind });
            for (organization, membership) in memberships.iter().filter(|(of, _)| self.organizations.contains(of)) {
                self.add_membership(*account, *organization, membership, &mut rows);
            }
        }
        for (id, Project { organization, visibility }) in &self.projects {
            let (id, organization, visibility) = (*id, *organization, *visibility);
            rows.projects.push(ProjectRow { id, organization, visibility });
        }
        for (id, Cluster { organization }) in &self.clusters {
            rows.clusters.push(ClusterRow { id: *id, organization: *organization, orchestrator: None });
        }
        for (id, Environment { project, cluster, protection }) in &self.environments {
            let (id, project, cluster, protection) = (*id, *project, *cluster, *protection);
            let of_project = self.projects.get(&project).map(|project| project.organization);
            if of_project.is_some() && of_project == self.organization_of_cluster(cluster) {
                rows.environments.push(EnvironmentRow { id, project, cluster, namespace: None, protection });
            }
        }
        rows.sort();
        rows
    }

    fn add_membership(&self, account: Id, organization: Id, membership: &Membership, rows: &mut Rows<Id>) {
        let Given { what: role, until: expires_at } = membership.role;
        rows.members.push(MemberRow { organization, account, role, expires_at });
        for (cluster, Given { what: level, until: expires_at }) in &membership.overrides {
            if self.organization_of_cluster(*cluster) == Some(organization) {
                let (cluster, level, expires_at) = (*cluster, *level, *expires_at);
                rows.cluster_access.push(ClusterAccessRow { cluster, account, level, expires_at });
            }
        }
        for (project, Given { what: role, until: expires_at }) in &membership.project_roles {
            if self.projects.get(project).is_some_and(|project| project.organization == organization) {
                let (project, role, expires_at) = (*project, *role, *expires_at);
                rows.project_roles.push(ProjectRoleRow { project, account, role, expires_at });
            }
        }
    }

    fn membership_mut(&mut self, account: Id, organization: Option<Id>) -> Option<&mut Membership> {
        self.accounts.get_mut(&account)?.memberships.get_mut(&organization?)
    }

    /// The facts of a resource, or `None` if it or a part of it does not exist. Accounts always exist.
    pub(crate) fn place<'q>(&self, resource: &'q ResourceId<Id>) -> Option<Place<'q>> {
        match *resource {
            ResourceId::Organization(organization) => self.place_of_organization(organization),
            ResourceId::Member { organization, account } => {
                Some(Place { target: Some(account), ..self.place_of_organization(organization)? })
            }
            ResourceId::Project(project) => self.place_of_project(project),
            ResourceId::ProjectMember { project, account } => {
                Some(Place { target: Some(account), ..self.place_of_project(project)? })
            }
            ResourceId::Environment(environment) => self.place_of_environment(environment),
            ResourceId::NewEnvironment { id, project, cluster, protection } => {
                self.clusters.get(&cluster)?;
                Some(Place {
                    environment: Some(id),
                    cluster: Some(cluster),
                    protection: Some(protection),
                    ..self.place_of_project(project)?
                })
            }
            ResourceId::Placement { environment, to: cluster } => {
                self.clusters.get(&cluster)?;
                Some(Place { new_cluster: Some(cluster), ..self.place_of_environment(environment)? })
            }
            ResourceId::Deployment { environment, requested_by, ref approvals } => {
                Some(Place { requested_by: Some(requested_by), approvals, ..self.place_of_environment(environment)? })
            }
            ResourceId::Cluster(cluster) => self.place_of_cluster(cluster),
            ResourceId::ClusterMember { cluster, account } => {
                Some(Place { target: Some(account), ..self.place_of_cluster(cluster)? })
            }
        }
    }

    fn place_of_organization<'q>(&self, organization: Id) -> Option<Place<'q>> {
        self.organizations.contains(&organization).then(|| Place::of_organization(organization))
    }

    fn place_of_project<'q>(&self, project: Id) -> Option<Place<'q>> {
        let organization = self.projects.get(&project)?.organization;
        Some(Place { project: Some(project), ..self.place_of_organization(organization)? })
    }

    fn place_of_cluster<'q>(&self, cluster: Id) -> Option<Place<'q>> {
        let organization = self.clusters.get(&cluster)?.organization;
        Some(Place { cluster: Some(cluster), ..self.place_of_organization(organization)? })
    }

    fn place_of_environment<'q>(&self, environment: Id) -> Option<Place<'q>> {
        let facts = self.environments.get(&environment)?;
        self.clusters.get(&facts.cluster)?;
        Some(Place {
            environment: Some(environment),
            cluster: Some(facts.cluster),
            protection: Some(facts.protection),
            ..self.place_of_project(facts.project)?
        })
    }

    pub(crate) fn organization_of_cluster(&self, cluster: Id) -> Option<Id> {
        Some(self.clusters.get(&cluster)?.organization)
    }

    pub(crate) fn kind_of(&self, account: Id) -> Option<AccountKind> {
        Some(self.accounts.get(&account)?.kind)
    }

    /// The membership of an account, live or not.
    pub(crate) fn membership(&self, account: Id, organization: Id) -> Option<&Membership> {
        self.accounts.get(&account)?.memberships.get(&organization)
    }

    /// "how many permanent Owners it has (live, human, without expiry)"
    pub(crate) fn owners(&self, organization: Id) -> u32 {
        if let Some(counted) = &self.counted {
            return counted.owners.get(&organization).copied().unwrap_or(0);
        }
        let owners = self.accounts.keys().filter(|account| self.is_permanent_owner(**account, organization));
        u32::try_from(owners.count()).unwrap_or(u32::MAX)
    }

    /// "a user with role owner and no expiry"
    pub(crate) fn is_permanent_owner(&self, account: Id, organization: Id) -> bool {
        let Some(membership) = self.membership(account, organization) else { return false };
        self.kind_of(account) == Some(AccountKind::User)
            && membership.role.what == Role::Owner
            && membership.role.until.is_none()
    }

    /// "how many environments it has", with their protections
    pub(crate) fn environments_of_project(&self, project: Id) -> Vec<Protection> {
        if let Some(counted) = &self.counted {
            return counted.environments_by_project.get(&project).cloned().unwrap_or_default();
        }
        let environments = self.environments.values().filter(|environment| environment.project == project);
        environments.map(|environment| environment.protection).collect()
    }

    /// "how many environments deploy to it"
    pub(crate) fn environments_on_cluster(&self, cluster: Id) -> usize {
        if let Some(counted) = &self.counted {
            return counted.environments_by_cluster.get(&cluster).copied().unwrap_or(0);
        }
        self.environments.values().filter(|environment| environment.cluster == cluster).count()
    }
}

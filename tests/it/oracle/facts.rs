//! The facts: plain maps by id, and what is counted over them.

use std::collections::{BTreeMap, BTreeSet};

use shipgate::model::ResourceKind;
use shipgate::{AccountKind, Action, ActionKind, ClusterAccess, ProjectRole, Protection, Role, Time, Visibility};

pub(crate) type Id = u64;

/// Every fact there is.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) organizations: BTreeSet<Id>,
    pub(crate) accounts: BTreeMap<Id, Account>,
    pub(crate) projects: BTreeMap<Id, Project>,
    pub(crate) clusters: BTreeMap<Id, Cluster>,
    pub(crate) environments: BTreeMap<Id, Environment>,
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

/// Who asks, with what, when, to do what to what.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) account: Id,
    /// The kind that the asker says the account is of, where it says so.
    pub(crate) kind: Option<AccountKind>,
    pub(crate) token: Option<Token>,
    pub(crate) now: Option<Time>,
    pub(crate) action: Action,
    pub(crate) resource: Resource,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Token {
    pub(crate) actions: Vec<ActionKind>,
    pub(crate) organizations: Option<BTreeSet<Id>>,
    pub(crate) projects: Option<BTreeSet<Id>>,
    pub(crate) environments: Option<BTreeSet<Id>>,
    pub(crate) clusters: Option<BTreeSet<Id>>,
    pub(crate) until: Option<Time>,
}

#[derive(Clone, Debug)]
pub(crate) enum Resource {
    Organization(Id),
    Member { organization: Id, account: Id },
    Project(Id),
    ProjectMember { project: Id, account: Id },
    Environment(Id),
    NewEnvironment { id: Id, project: Id, cluster: Id, protection: Protection },
    Placement { environment: Id, to: Id },
    Deployment { environment: Id, requested_by: Id, approvals: Vec<Approval> },
    Cluster(Id),
    ClusterMember { cluster: Id, account: Id },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Approval {
    pub(crate) by: Id,
    pub(crate) until: Option<Time>,
}

impl Resource {
    pub(crate) fn kind(&self) -> ResourceKind {
        match self {
            Self::Organization(_) => ResourceKind::Organization,
            Self::Member { .. } => ResourceKind::Member,
            Self::Project(_) => ResourceKind::Project,
            Self::ProjectMember { .. } => ResourceKind::ProjectMember,
            // "environment (as proposed)"
            Self::Environment(_) | Self::NewEnvironment { .. } => ResourceKind::Environment,
            Self::Placement { .. } => ResourceKind::Placement,
            Self::Deployment { .. } => ResourceKind::Deployment,
            Self::Cluster(_) => ResourceKind::Cluster,
            Self::ClusterMember { .. } => ResourceKind::ClusterMember,
        }
    }
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
    pub(crate) approvals: &'a [Approval],
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
    /// The facts of a resource, unless it or a part of it is not held. Accounts are never unknown.
    pub(crate) fn place<'q>(&self, resource: &'q Resource) -> Option<Place<'q>> {
        match *resource {
            Resource::Organization(organization) => self.place_of_organization(organization),
            Resource::Member { organization, account } => {
                Some(Place { target: Some(account), ..self.place_of_organization(organization)? })
            }
            Resource::Project(project) => self.place_of_project(project),
            Resource::ProjectMember { project, account } => {
                Some(Place { target: Some(account), ..self.place_of_project(project)? })
            }
            Resource::Environment(environment) => self.place_of_environment(environment),
            Resource::NewEnvironment { id, project, cluster, protection } => {
                self.clusters.get(&cluster)?;
                Some(Place {
                    environment: Some(id),
                    cluster: Some(cluster),
                    protection: Some(protection),
                    ..self.place_of_project(project)?
                })
            }
            Resource::Placement { environment, to: cluster } => {
                self.clusters.get(&cluster)?;
                Some(Place { new_cluster: Some(cluster), ..self.place_of_environment(environment)? })
            }
            Resource::Deployment { environment, requested_by, ref approvals } => {
                Some(Place { requested_by: Some(requested_by), approvals, ..self.place_of_environment(environment)? })
            }
            Resource::Cluster(cluster) => self.place_of_cluster(cluster),
            Resource::ClusterMember { cluster, account } => {
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
        let mut owners = 0;
        for account in self.accounts.keys() {
            if self.is_permanent_owner(*account, organization) {
                owners += 1;
            }
        }
        owners
    }

    /// "a user with role owner and no expiry"
    pub(crate) fn is_permanent_owner(&self, account: Id, organization: Id) -> bool {
        let Some(membership) = self.membership(account, organization) else { return false };
        self.kind_of(account) == Some(AccountKind::User)
            && membership.role.what == Role::Owner
            && membership.role.until.is_none()
    }

    /// "how many environments it has"
    pub(crate) fn environments_of_project(&self, project: Id) -> usize {
        self.environments.values().filter(|environment| environment.project == project).count()
    }

    /// "how many environments deploy to it"
    pub(crate) fn environments_on_cluster(&self, cluster: Id) -> usize {
        self.environments.values().filter(|environment| environment.cluster == cluster).count()
    }
}

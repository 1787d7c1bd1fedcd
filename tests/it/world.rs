//! Puts the worlds and questions of the oracle to the library: as facts, and to a directory by ids.

pub(crate) mod doors;
#[cfg(feature = "directory")]
pub(crate) mod held;

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::hash::Hash;

use shipgate::{
    Account, Approval, Cluster, Decision, Deployment, Environment, Exposure, Grant, Membership, NewEnvironment,
    Organization, Project, Resource, Subject, Token, decide, exposure,
};

use crate::oracle::{self, Given, Id, Question, World};

/// An id type of the library's user, that stands for the oracle's numbers.
pub(crate) trait Name: Ord + Hash + Clone + Debug + Display {
    fn of(id: Id) -> Self;
}

impl Name for u64 {
    fn of(id: Id) -> Self {
        id
    }
}

/// Text as people write it: the first names differ only in case, a trailing space and their Unicode normal form.
impl Name for String {
    fn of(id: Id) -> Self {
        match id {
            0 => "caf\u{e9}".into(),
            1 => "cafe\u{301}".into(),
            2 => "Caf\u{e9}".into(),
            3 => "caf\u{e9} ".into(),
            id => format!("id-{id}"),
        }
    }
}

/// The order in which facts are put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Ascending,
    Descending,
}

impl Order {
    pub(crate) const ALL: [Self; 2] = [Self::Ascending, Self::Descending];

    fn of<T>(self, facts: impl DoubleEndedIterator<Item = T>) -> impl Iterator<Item = T> {
        let facts: Vec<T> = match self {
            Self::Ascending => facts.collect(),
            Self::Descending => facts.rev().collect(),
        };
        facts.into_iter()
    }
}

/// The world without the environments that nothing can hold: those of a project or a cluster that is not held, and those
/// on another organization's cluster, which the library must refuse.
pub(crate) fn holdable(mut world: World) -> World {
    let (projects, clusters) = (&world.projects, &world.clusters);
    world.environments.retain(|_, environment| {
        let (Some(project), Some(cluster)) = (projects.get(&environment.project), clusters.get(&environment.cluster))
        else {
            return false;
        };
        let built = Environment::new(
            0,
            &Project::new(environment.project, project.organization),
            &Cluster::new(environment.cluster, cluster.organization),
            environment.protection,
        );
        let same_organization = project.organization == cluster.organization;
        assert_eq!(built.is_ok(), same_organization, "an environment on another organization's cluster is refused");
        same_organization
    });
    world
}

/// A world as the facts of the library.
pub(crate) struct Facts<N> {
    accounts: BTreeMap<Id, Account<N>>,
    organizations: BTreeMap<Id, Organization<N>>,
    projects: BTreeMap<Id, Project<N>>,
    clusters: BTreeMap<Id, Cluster<N>>,
    environments: BTreeMap<Id, Environment<N>>,
}

impl<N: Name> Facts<N> {
    pub(crate) fn of(world: &World) -> Self {
        Self::in_order(world, Order::Ascending)
    }

    pub(crate) fn in_order(world: &World, order: Order) -> Self {
        let projects = projects(world, order);
        let clusters = clusters(world);
        let environments = environments(world, &projects, &clusters);
        Self {
            accounts: world.accounts.iter().map(|(id, facts)| (*id, account(*id, facts, order))).collect(),
            organizations: organizations(world),
            projects,
            clusters,
            environments,
        }
    }

    /// What `decide` answers; `None` where the world does not hold the resource.
    pub(crate) fn decide(&self, question: &Question) -> Option<Decision> {
        self.put(question, |subject, resource| decide(subject, question.action, resource))
    }

    /// What `exposure` answers; `None` where the world does not hold the resource.
    pub(crate) fn exposure(&self, question: &Question) -> Option<Exposure> {
        self.put(question, |subject, resource| exposure(subject, resource))
    }

    /// Puts a question to `ask`, unless the world does not hold the resource.
    pub(crate) fn put<A>(
        &self,
        question: &Question,
        ask: impl FnOnce(&Subject<'_, N>, Resource<'_, N>) -> A,
    ) -> Option<A> {
        let token = question.token.as_ref().map(token);
        let subject = self.subject(question, token.as_ref());
        let account = |id: &Id| self.accounts.get(id);
        // What the borrows below point into.
        let (id, approvals, deployment);

        let resource = match &question.resource {
            oracle::Resource::Organization(id) => Resource::Organization(self.organizations.get(id)?),
            oracle::Resource::Member { organization, account: member } => {
                Resource::Member(self.organizations.get(organization)?, account(member))
            }
            oracle::Resource::Project(id) => Resource::Project(self.projects.get(id)?),
            oracle::Resource::ProjectMember { project, account: member } => {
                Resource::ProjectMember(self.projects.get(project)?, account(member))
            }
            oracle::Resource::Environment(id) => Resource::Environment(self.environments.get(id)?),
            oracle::Resource::NewEnvironment { id: proposed, project, cluster, protection } => {
                id = N::of(*proposed);
                Resource::NewEnvironment(NewEnvironment::new(
                    Some(&id),
                    self.projects.get(project)?,
                    self.clusters.get(cluster)?,
                    *protection,
                ))
            }
            oracle::Resource::Placement { environment, to: cluster } => Resource::Placement {
                environment: self.environments.get(environment)?,
                to: self.clusters.get(cluster)?,
            },
            oracle::Resource::Deployment { environment, requested_by, approvals: given } => {
                id = N::of(*requested_by);
                approvals = self.approvals(given);
                deployment = Deployment::new(self.environments.get(environment)?, &id, &approvals);
                Resource::Deployment(&deployment)
            }
            oracle::Resource::Cluster(id) => Resource::Cluster(self.clusters.get(id)?),
            oracle::Resource::ClusterMember { cluster, account: member } => {
                Resource::ClusterMember(self.clusters.get(cluster)?, account(member))
            }
        };
        Some(ask(&subject, resource))
    }

    /// An account that is said to be of a kind that it is not of is one that nobody knows.
    fn subject<'a>(&'a self, question: &Question, token: Option<&'a Token<N>>) -> Subject<'a, N> {
        let account = self.accounts.get(&question.account);
        let known = account.filter(|account| question.kind.is_none_or(|kind| kind == account.kind()));
        let mut subject = known.map_or(Subject::unknown(), Subject::new);
        if let Some(token) = token {
            subject = subject.with_token(token);
        }
        if let Some(now) = question.time {
            subject = subject.at(now);
        }
        subject
    }

    /// An account that nobody knows has no facts to approve with.
    fn approvals(&self, given: &[oracle::Approval]) -> Vec<Approval<'_, N>> {
        let mut approvals = Vec::new();
        for approval in given {
            if let Some(by) = self.accounts.get(&approval.by) {
                approvals.push(match approval.expires_at {
                    Some(expiry) => Approval::new(by).until(expiry),
                    None => Approval::new(by),
                });
            }
        }
        approvals
    }
}

fn organizations<N: Name>(world: &World) -> BTreeMap<Id, Organization<N>> {
    world.organizations.iter().map(|id| (*id, Organization::new(N::of(*id), world.owners(*id)))).collect()
}

fn projects<N: Name>(world: &World, order: Order) -> BTreeMap<Id, Project<N>> {
    let mut projects = BTreeMap::new();
    for (id, facts) in &world.projects {
        let environments = world.environments.values().filter(|environment| environment.project == *id);
        let project = Project::new(N::of(*id), N::of(facts.organization))
            .with_visibility(facts.visibility)
            .with_environments(order.of(environments).map(|environment| environment.protection));
        projects.insert(*id, project);
    }
    projects
}

fn clusters<N: Name>(world: &World) -> BTreeMap<Id, Cluster<N>> {
    let mut clusters = BTreeMap::new();
    for (id, facts) in &world.clusters {
        let environments = u32::try_from(world.environments_on_cluster(*id)).expect("worlds are small");
        clusters.insert(*id, Cluster::new(N::of(*id), N::of(facts.organization)).with_environments(environments));
    }
    clusters
}

fn environments<N: Name>(
    world: &World,
    projects: &BTreeMap<Id, Project<N>>,
    clusters: &BTreeMap<Id, Cluster<N>>,
) -> BTreeMap<Id, Environment<N>> {
    let mut environments = BTreeMap::new();
    for (id, facts) in &world.environments {
        let (project, cluster) = (&projects[&facts.project], &clusters[&facts.cluster]);
        let environment = Environment::new(N::of(*id), project, cluster, facts.protection);
        environments.insert(*id, environment.expect("a world to ask about holds no environment on a foreign cluster"));
    }
    environments
}

fn account<N: Name>(id: Id, facts: &oracle::Account, order: Order) -> Account<N> {
    let mut account = Account::new(N::of(id), facts.kind);
    for (organization, facts) in order.of(facts.memberships.iter()) {
        account = account.with(membership(*organization, facts, order)).expect("one membership an organization");
    }
    account
}

fn membership<N: Name>(organization: Id, facts: &oracle::Membership, order: Order) -> Membership<N> {
    let mut membership = Membership::new(N::of(organization), facts.role.what);
    if let Some(expiry) = facts.role.until {
        membership = membership.until(expiry);
    }
    for (cluster, given) in order.of(facts.overrides.iter()) {
        membership = membership.with_cluster_access(N::of(*cluster), grant(*given)).expect("one override a cluster");
    }
    for (project, given) in order.of(facts.project_roles.iter()) {
        membership = membership.with_project_role(N::of(*project), grant(*given)).expect("one role a project");
    }
    membership
}

fn grant<T: Copy>(given: Given<T>) -> Grant<T> {
    Grant::expiring(given.what, given.until)
}

/// A token whose ids are named otherwise.
pub(crate) fn token<N: Name>(token: &oracle::Token) -> Token<N> {
    token.map_ids(|id| N::of(*id))
}

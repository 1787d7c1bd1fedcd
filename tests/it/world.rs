//! Puts the worlds and questions of the oracle to the library: as facts, and to a directory by ids.

pub(crate) mod doors;
#[cfg(feature = "directory")]
pub(crate) mod fresh;
#[cfg(feature = "directory")]
pub(crate) mod held;
#[cfg(feature = "directory")]
pub(crate) mod uuid;

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::hash::Hash;

use shipgate::{
    Account, Action, AnyRole, Approval, Cluster, CustomRole, Decision, Deployment, Environment, Exposure, Grant,
    Membership, NewEnvironment, Organization, Project, Resource, Subject, Team, Token, decide, exposure,
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

/// Text as people write it: the first names differ only in case, a trailing space and their Unicode normal form. They are in the
/// order of the numbers, since of several things that fail the first one is said.
impl Name for String {
    fn of(id: Id) -> Self {
        match id {
            0 => "Caf\u{e9}".into(),
            1 => "cafe\u{301}".into(),
            2 => "caf\u{e9}".into(),
            3 => "caf\u{e9} ".into(),
            id => format!("id-{id:03}"),
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

/// The world without what nothing can hold: roles, places in teams and grants of another organization, and environments on
/// another organization's cluster, which the library must refuse.
pub(crate) fn holdable(world: World) -> World {
    for environment in world.environments.values() {
        let (Some(project), Some(cluster)) =
            (world.projects.get(&environment.project), world.clusters.get(&environment.cluster))
        else {
            continue;
        };
        let built = Environment::new(
            0,
            &Project::new(environment.project, project.organization),
            &Cluster::new(environment.cluster, cluster.organization),
            environment.protection,
        );
        let same_organization = project.organization == cluster.organization;
        assert_eq!(built.is_ok(), same_organization, "an environment on another organization's cluster is refused");
    }
    world.only_consistent()
}

/// A world as the facts of the library.
pub(crate) struct Facts<N> {
    accounts: BTreeMap<Id, Account<N>>,
    organizations: BTreeMap<Id, Organization<N>>,
    roles: BTreeMap<Id, CustomRole<N>>,
    teams: BTreeMap<Id, Team<N>>,
    projects: BTreeMap<Id, Project<N>>,
    clusters: BTreeMap<Id, Cluster<N>>,
    environments: BTreeMap<Id, Environment<N>>,
}

impl<N: Name> Facts<N> {
    pub(crate) fn of(world: &World) -> Self {
        Self::in_order(world, Order::Ascending)
    }

    pub(crate) fn in_order(world: &World, order: Order) -> Self {
        let mut facts = Self {
            accounts: BTreeMap::new(),
            organizations: organizations(world),
            roles: roles(world),
            teams: BTreeMap::new(),
            projects: BTreeMap::new(),
            clusters: clusters(world),
            environments: BTreeMap::new(),
        };
        facts.add_projects(world, order);
        facts.add_environments(world);
        facts.add_teams(world, order);
        facts.add_accounts(world, order);
        facts
    }

    /// What `decide` answers; `None` where the world does not hold the resource, or the custom role that the action gives.
    pub(crate) fn decide(&self, question: &Question) -> Option<Decision> {
        self.put(question, |subject, action, resource| decide(subject, action, resource))
    }

    /// What the subject is answered whose membership was found before: in each organization, and in one that nobody knows.
    pub(crate) fn decide_as_member(&self, question: &Question) -> Option<Decision> {
        let unknown = N::of(999);
        let organizations = self.organizations.values().map(Organization::id).chain([&unknown]);
        let ask = |organization| {
            self.put(question, |subject, action, resource| {
                subject.in_organization(organization).decide(action, resource)
            })
        };
        let mut decisions = organizations.filter_map(ask);
        let decision = decisions.next()?;
        assert!(decisions.all(|other| other == decision), "in whichever organization: {question:?}");
        Some(decision)
    }

    /// What `exposure` answers; `None` where the world does not hold the resource.
    pub(crate) fn exposure(&self, question: &Question) -> Option<Exposure> {
        let question = Question { action: Action::View, ..question.clone() };
        self.put(&question, |subject, _, resource| exposure(subject, resource))
    }

    /// Puts a question to `ask`, unless the world does not hold the resource, or the custom role that the action gives.
    pub(crate) fn put<A>(
        &self,
        question: &Question,
        ask: impl FnOnce(&Subject<'_, N>, Action<&CustomRole<N>>, Resource<'_, N>) -> A,
    ) -> Option<A> {
        let tokens = [&question.token, &question.service_token].map(|held| held.as_ref().map(token));
        let subject = self.subject(question, tokens.each_ref().map(Option::as_ref));
        let action = match question.action.custom_role() {
            Some(id) => {
                let role = self.roles.get(&id)?;
                question.action.map(|_| role)
            }
            None => question.action.map(|_| unreachable!("it gives no custom role")),
        };
        let account = |id: &Id| self.accounts.get(id);
        // What the borrows below point into.
        let (ids, approvals, deployment): (Vec<N>, _, _);
        let approval_clusters: Vec<Option<N>>;

        let resource = match &question.resource {
            oracle::Resource::Organization(id) => Resource::Organization(self.organizations.get(id)?),
            oracle::Resource::Member { organization, account: member } => {
                Resource::Member(self.organizations.get(organization)?, account(member))
            }
            oracle::Resource::Role(id) => Resource::Role(self.roles.get(id)?),
            oracle::Resource::Team(id) => Resource::Team(self.teams.get(id)?),
            oracle::Resource::TeamMember { team, account: member } => {
                Resource::TeamMember(self.teams.get(team)?, account(member))
            }
            oracle::Resource::Project(id) => Resource::Project(self.projects.get(id)?),
            oracle::Resource::ProjectMember { project, account: member } => {
                Resource::ProjectMember(self.projects.get(project)?, account(member))
            }
            oracle::Resource::ProjectTeam { project, team } => {
                Resource::ProjectTeam(self.projects.get(project)?, self.teams.get(team)?)
            }
            oracle::Resource::Environment(id) => Resource::Environment(self.environments.get(id)?),
            oracle::Resource::NewEnvironment { id: proposed, project, cluster, protection } => {
                ids = vec![N::of(*proposed)];
                Resource::NewEnvironment(NewEnvironment::new(
                    ids.first(),
                    self.projects.get(project)?,
                    self.clusters.get(cluster)?,
                    *protection,
                ))
            }
            oracle::Resource::Placement { environment, to: cluster } => Resource::Placement {
                environment: self.environments.get(environment)?,
                to: self.clusters.get(cluster)?,
            },
            oracle::Resource::Deployment { environment, requested_by, on_behalf_of, release, approvals: given } => {
                ids = [*requested_by].into_iter().chain(*on_behalf_of).map(N::of).collect();
                approval_clusters = given.iter().map(|approval| approval.cluster.map(N::of)).collect();
                approvals = self.approvals(given, &approval_clusters);
                let mut requested = Deployment::new(self.environments.get(environment)?, &ids[0], &approvals);
                if let Some(account) = ids.get(1) {
                    requested = requested.on_behalf_of(account);
                }
                if let Some(release) = release {
                    requested = requested.with_release(release);
                }
                deployment = requested;
                Resource::Deployment(&deployment)
            }
            oracle::Resource::Cluster(id) => Resource::Cluster(self.clusters.get(id)?),
            oracle::Resource::ClusterMember { cluster, account: member } => {
                Resource::ClusterMember(self.clusters.get(cluster)?, account(member))
            }
            oracle::Resource::ClusterTeam { cluster, team } => {
                Resource::ClusterTeam(self.clusters.get(cluster)?, self.teams.get(team)?)
            }
        };
        Some(ask(&subject, action, resource))
    }

    /// An account that is said to be of a kind that it is not of is one that nobody knows.
    fn subject<'a>(&'a self, question: &Question, tokens: [Option<&'a Token<N>>; 2]) -> Subject<'a, N> {
        let account = self.accounts.get(&question.account);
        let known = account.filter(|account| question.kind.is_none_or(|kind| kind == account.kind()));
        let mut subject = known.map_or(Subject::unknown(), Subject::new);
        let [token, service_token] = tokens;
        if let Some(token) = token {
            subject = subject.with_token(token);
        }
        if let Some(token) = service_token {
            subject = subject.with_service_token(token);
        }
        if let Some(now) = question.time {
            subject = subject.at(now);
        }
        subject
    }

    /// An account that nobody knows has no facts to approve with.
    fn approvals<'a>(&'a self, given: &'a [oracle::Approval], clusters: &'a [Option<N>]) -> Vec<Approval<'a, N>> {
        let mut approvals = Vec::new();
        for (given, cluster) in given.iter().zip(clusters) {
            let Some(by) = self.accounts.get(&given.by) else { continue };
            let mut approval = Approval::new(by);
            if let Some(release) = &given.release {
                approval = approval.for_release(release);
            }
            if let Some(cluster) = cluster {
                approval = approval.on_cluster(cluster);
            }
            if let Some(expiry) = given.expires_at {
                approval = approval.until(expiry);
            }
            approvals.push(approval);
        }
        approvals
    }

    fn add_projects(&mut self, world: &World, order: Order) {
        for (id, facts) in &world.projects {
            let environments = world.environments.values().filter(|environment| environment.project == *id);
            let environments: Vec<_> = order.of(environments).collect();
            let project = Project::new(N::of(*id), N::of(facts.organization))
                .with_visibility(facts.visibility)
                .with_environments(environments.iter().map(|held| (&self.clusters[&held.cluster], held.protection)));
            self.projects.insert(*id, project);
        }
    }

    fn add_environments(&mut self, world: &World) {
        for (id, facts) in &world.environments {
            let (project, cluster) = (&self.projects[&facts.project], &self.clusters[&facts.cluster]);
            let environment = Environment::new(N::of(*id), project, cluster, facts.protection)
                .expect("a world to ask about holds no environment on a foreign cluster");
            self.environments.insert(*id, environment);
        }
    }

    fn add_teams(&mut self, world: &World, order: Order) {
        for (id, facts) in &world.teams {
            let mut team = Team::new(N::of(*id), N::of(facts.organization)).with_members(world.members_of_team(*id));
            for (cluster, given) in order.of(facts.overrides.iter()) {
                team =
                    team.with_cluster_access(&self.clusters[cluster], grant(*given)).expect("one override a cluster");
            }
            for (project, given) in order.of(facts.project_roles.iter()) {
                team = team.with_project_role(&self.projects[project], grant(*given)).expect("one role a project");
            }
            self.teams.insert(*id, team);
        }
    }

    fn add_accounts(&mut self, world: &World, order: Order) {
        for (id, facts) in &world.accounts {
            let mut account = Account::new(N::of(*id), facts.kind);
            for (organization, facts) in order.of(facts.memberships.iter()) {
                let membership = self.membership(*organization, facts, order);
                account = account.with(membership).expect("one membership an organization");
            }
            self.accounts.insert(*id, account);
        }
    }

    fn membership(&self, organization: Id, facts: &oracle::Membership, order: Order) -> Membership<N> {
        let mut membership = match facts.role.what {
            AnyRole::BuiltIn(role) => Membership::new(N::of(organization), role),
            AnyRole::Custom(role) => Membership::custom(&self.roles[&role]),
        };
        if let Some(expiry) = facts.role.until {
            membership = membership.until(expiry);
        }
        for team in order.of(facts.teams.iter()) {
            membership = membership.in_team(&self.teams[team]).expect("one place a team");
        }
        for (cluster, given) in order.of(facts.overrides.iter()) {
            let added = membership.with_cluster_access(&self.clusters[cluster], grant(*given));
            membership = added.expect("one override a cluster");
        }
        for (project, given) in order.of(facts.project_roles.iter()) {
            let added = membership.with_project_role(&self.projects[project], grant(*given));
            membership = added.expect("one role a project");
        }
        membership
    }
}

fn organizations<N: Name>(world: &World) -> BTreeMap<Id, Organization<N>> {
    world.organizations.iter().map(|id| (*id, Organization::new(N::of(*id), world.owners(*id)))).collect()
}

fn roles<N: Name>(world: &World) -> BTreeMap<Id, CustomRole<N>> {
    let role = |(id, facts): (&Id, &oracle::CustomRole)| {
        let role = CustomRole::new(N::of(*id), N::of(facts.organization), facts.definition);
        (*id, role.with_members(world.holders_of_role(*id)))
    };
    world.roles.iter().map(role).collect()
}

fn clusters<N: Name>(world: &World) -> BTreeMap<Id, Cluster<N>> {
    let mut clusters = BTreeMap::new();
    for (id, facts) in &world.clusters {
        let environments = u32::try_from(world.environments_on_cluster(*id)).expect("worlds are small");
        let cluster = Cluster::new(N::of(*id), N::of(facts.organization)).with_visibility(facts.visibility);
        clusters.insert(*id, cluster.with_environments(environments));
    }
    clusters
}

fn grant<T: Copy>(given: Given<T>) -> Grant<T> {
    Grant::expiring(given.what, given.until)
}

/// A token whose ids are named otherwise.
pub(crate) fn token<N: Name>(token: &oracle::Token) -> Token<N> {
    token.map_ids(|id| N::of(*id))
}

//! A world held by a directory, and asked by ids.

use std::collections::BTreeMap;

use shipgate::directory::DirectoryBuilder;
use shipgate::explain::Explanation;
use shipgate::model::ApprovalId;
use shipgate::{
    Action, ClusterAccess, Decision, Directory, Exposure, Grant, Holder, ProjectRole, ResourceId, SubjectId,
};

use super::{Name, Order, token};
use crate::oracle::{Given, Id, Question, World};

pub(crate) struct Held<N> {
    directory: Directory<N>,
}

impl<N: Name> Held<N> {
    pub(crate) fn of(world: &World) -> Self {
        Self::in_order(world, Order::Ascending)
    }

    pub(crate) fn in_order(world: &World, order: Order) -> Self {
        let mut builder = Directory::builder();
        for id in order.of(world.organizations.iter()) {
            builder.organization(N::of(*id)).expect("ids of organizations are unique");
        }
        add_roles(world, order, &mut builder);
        add_members(world, order, &mut builder);
        add_clusters(world, order, &mut builder);
        add_projects(world, order, &mut builder);
        add_grants(world, order, &mut builder);
        add_environments(world, order, &mut builder);
        Self { directory: builder.build() }
    }

    pub(crate) fn directory(&self) -> &Directory<N> {
        &self.directory
    }

    pub(crate) fn decide(&self, question: &Question) -> Decision {
        put(question, |subject, action, resource| self.directory.decide(subject, action, resource))
    }

    /// What is answered in a batch, and where the subject, the resource or both were found before.
    pub(crate) fn decide_found(&self, question: &Question) -> Vec<Decision> {
        let directory = &self.directory;
        put(question, |subject, action, resource| {
            let (by, on) = (directory.subject(subject), directory.resource(resource));
            let mut decisions =
                vec![by.decide(action, resource), on.decide(subject, action), by.decide_on(action, &on)];
            decisions.extend(directory.decide_each(&[()], |()| (*subject, action, resource)));
            decisions
        })
    }

    pub(crate) fn decide_each(&self, question: &Question, actions: &[Action<Id>]) -> Vec<Decision> {
        let each = |action: &Action<Id>| self.decide(&Question { action: *action, ..question.clone() });
        actions.iter().map(each).collect()
    }

    pub(crate) fn explain(&self, question: &Question) -> Explanation<N> {
        put(question, |subject, action, resource| self.directory.explain(subject, action, resource))
    }

    pub(crate) fn exposure(&self, question: &Question) -> Exposure {
        put(question, |subject, _, resource| self.directory.exposure(subject, resource))
    }
}

fn add_roles<N: Name>(world: &World, order: Order, builder: &mut DirectoryBuilder<N>) {
    for (id, role) in order.of(world.roles.iter()) {
        let added = builder.role(N::of(*id), &N::of(role.organization), role.definition);
        assert_eq!(added.is_ok(), world.organizations.contains(&role.organization), "{added:?}");
    }
}

/// Members, with their places in teams: a role and a team of another organization is refused.
fn add_members<N: Name>(world: &World, order: Order, builder: &mut DirectoryBuilder<N>) {
    for (id, account) in order.of(world.accounts.iter()) {
        for (organization, facts) in order.of(account.memberships.iter()) {
            for (role, _) in world.roles.iter().filter(|(_, role)| role.organization != *organization) {
                let custom = shipgate::AnyRole::Custom(N::of(*role));
                let added = builder.member(&N::of(*organization), N::of(*id), account.kind, custom, None);
                assert!(added.is_err(), "{id} is given another organization's role {role}");
            }
            let (role, until) = (facts.role.what.map(N::of), facts.role.until);
            let added = builder.member(&N::of(*organization), N::of(*id), account.kind, role, until);
            assert_eq!(added.is_ok(), world.organizations.contains(organization), "{added:?}");
        }
    }
    for (id, team) in order.of(world.teams.iter()) {
        let added = builder.team(N::of(*id), &N::of(team.organization));
        assert_eq!(added.is_ok(), world.organizations.contains(&team.organization), "{added:?}");
        for (account, facts) in order.of(world.accounts.iter()) {
            let membership = facts.memberships.get(&team.organization);
            if membership.is_none_or(|membership| membership.teams.contains(id)) {
                let added = builder.team_member(&N::of(*id), &N::of(*account));
                assert_eq!(added.is_ok(), membership.is_some(), "{added:?}");
            }
        }
    }
}

fn add_clusters<N: Name>(world: &World, order: Order, builder: &mut DirectoryBuilder<N>) {
    for (id, cluster) in order.of(world.clusters.iter()) {
        let added = builder.cluster(N::of(*id), &N::of(cluster.organization), cluster.visibility);
        assert_eq!(added.is_ok(), world.organizations.contains(&cluster.organization), "{added:?}");
    }
}

fn add_projects<N: Name>(world: &World, order: Order, builder: &mut DirectoryBuilder<N>) {
    for (id, project) in order.of(world.projects.iter()) {
        let added = builder.project(N::of(*id), &N::of(project.organization), project.visibility);
        assert_eq!(added.is_ok(), world.organizations.contains(&project.organization), "{added:?}");
    }
}

/// What members and teams are given. A grant on what another organization has, or nobody, is refused.
fn add_grants<N: Name>(world: &World, order: Order, builder: &mut DirectoryBuilder<N>) {
    for (account, facts) in order.of(world.accounts.iter()) {
        for (organization, membership) in order.of(facts.memberships.iter()) {
            let holder = Holder::Account(*account);
            let is_member = |owner: &Id| owner == organization || facts.memberships.contains_key(owner);
            let grants = (&membership.overrides, &membership.project_roles);
            add_grants_of(holder, *organization, is_member, grants, world, order, builder);
        }
    }
    for (team, facts) in order.of(world.teams.iter()) {
        let is_there = |owner: &Id| *owner == facts.organization;
        let grants = (&facts.overrides, &facts.project_roles);
        add_grants_of(Holder::Team(*team), facts.organization, is_there, grants, world, order, builder);
    }
}

type Grants<'a> = (&'a BTreeMap<Id, Given<ClusterAccess>>, &'a BTreeMap<Id, Given<ProjectRole>>);

fn add_grants_of<N: Name>(
    holder: Holder<Id>,
    organization: Id,
    is_member: impl Fn(&Id) -> bool,
    (overrides, project_roles): Grants<'_>,
    world: &World,
    order: Order,
    builder: &mut DirectoryBuilder<N>,
) {
    let named = holder.map(N::of);
    for (cluster, given) in order.of(overrides.iter()) {
        let owner = world.organization_of_cluster(*cluster);
        // What is given in another organization that the account is in is a grant there.
        if owner == Some(organization) || !owner.as_ref().is_some_and(&is_member) {
            let added = builder.cluster_access(&N::of(*cluster), named.as_ref(), grant(*given));
            assert_eq!(added.is_ok(), owner == Some(organization), "{holder:?} on {cluster}: {added:?}");
        }
    }
    for (project, given) in order.of(project_roles.iter()) {
        let owner = world.projects.get(project).map(|project| project.organization);
        if owner == Some(organization) || !owner.as_ref().is_some_and(&is_member) {
            let added = builder.project_role(&N::of(*project), named.as_ref(), grant(*given));
            assert_eq!(added.is_ok(), owner == Some(organization), "{holder:?} in {project}: {added:?}");
        }
    }
}

/// Environments: one on another organization's cluster is refused.
fn add_environments<N: Name>(world: &World, order: Order, builder: &mut DirectoryBuilder<N>) {
    for (id, environment) in order.of(world.environments.iter()) {
        let (project, cluster) = (N::of(environment.project), N::of(environment.cluster));
        let namespace = format!("environment-{id}");
        for (foreign, facts) in &world.clusters {
            if facts.organization != world.clusters[&environment.cluster].organization {
                let foreign = N::of(*foreign);
                let added = builder.environment(N::of(*id), &project, &foreign, &namespace, environment.protection);
                assert!(added.is_err(), "{id} is put on another organization's cluster {foreign}");
            }
        }
        builder
            .environment(N::of(*id), &project, &cluster, &namespace, environment.protection)
            .expect("an environment on a cluster of its organization");
    }
}

fn grant<T: Copy>(given: Given<T>) -> Grant<T> {
    Grant::expiring(given.what, given.until)
}

/// Puts a question to `ask` by ids.
pub(crate) fn put<N: Name, A>(
    question: &Question,
    ask: impl FnOnce(&SubjectId<'_, N, N>, Action<&N>, ResourceId<&N, &[ApprovalId<N>], &str>) -> A,
) -> A {
    let tokens = [&question.token, &question.service_token].map(|held| held.as_ref().map(token));
    let [token, service_token] = &tokens;
    let account = N::of(question.account);
    let mut subject = SubjectId::new(&account);
    if let Some(kind) = question.kind {
        subject = subject.of_kind(kind);
    }
    if let Some(token) = token {
        subject = subject.with_token(token);
    }
    if let Some(token) = service_token {
        subject = subject.with_service_token(token);
    }
    if let Some(now) = question.time {
        subject = subject.at(now);
    }
    let action = question.action.map(N::of);
    let resource = question.resource.map_ids(|id| N::of(*id));
    ask(&subject, action.as_ref(), resource.borrowed::<N>())
}

//! A world held by a directory, and asked by ids.

use shipgate::directory::DirectoryBuilder;
use shipgate::explain::Explanation;
use shipgate::model::ApprovalId;
use shipgate::{Action, Decision, Directory, Exposure, Grant, ResourceId, SubjectId};

use super::{Name, Order, token};
use crate::oracle::{Approval, Given, Question, Resource, World};

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
        add_accounts(world, order, &mut builder);
        add_clusters(world, order, &mut builder);
        add_projects(world, order, &mut builder);
        add_environments(world, order, &mut builder);
        Self { directory: builder.build() }
    }

    pub(crate) fn directory(&self) -> &Directory<N> {
        &self.directory
    }

    pub(crate) fn decide(&self, question: &Question) -> Decision {
        put(question, |subject, resource| self.directory.decide(subject, question.action, resource))
    }

    pub(crate) fn decide_each(&self, question: &Question, actions: &[Action]) -> Vec<Decision> {
        put(question, |subject, resource| {
            actions.iter().map(|action| self.directory.decide(subject, *action, resource)).collect()
        })
    }

    pub(crate) fn explain(&self, question: &Question) -> Explanation {
        put(question, |subject, resource| self.directory.explain(subject, question.action, resource))
    }

    pub(crate) fn exposure(&self, question: &Question) -> Exposure {
        put(question, |subject, resource| self.directory.exposure(subject, resource))
    }
}

fn add_accounts<N: Name>(world: &World, order: Order, builder: &mut DirectoryBuilder<N>) {
    for (id, account) in order.of(world.accounts.iter()) {
        builder.account(N::of(*id), account.kind).expect("ids of accounts are unique");
        for (organization, facts) in order.of(account.memberships.iter()) {
            let added = builder.member(&N::of(*organization), N::of(*id), facts.role.what, facts.role.until);
            assert_eq!(added.is_ok(), world.organizations.contains(organization), "{added:?}");
        }
    }
}

/// Clusters with who may do what on them: an override on another organization's cluster, or on none, is refused.
fn add_clusters<N: Name>(world: &World, order: Order, builder: &mut DirectoryBuilder<N>) {
    for (id, cluster) in order.of(world.clusters.iter()) {
        let added = builder.cluster(N::of(*id), &N::of(cluster.organization));
        assert_eq!(added.is_ok(), world.organizations.contains(&cluster.organization), "{added:?}");
    }
    for (account, facts) in order.of(world.accounts.iter()) {
        for (organization, membership) in order.of(facts.memberships.iter()) {
            for (cluster, given) in order.of(membership.overrides.iter()) {
                match world.organization_of_cluster(*cluster) {
                    Some(owner) if owner == *organization => builder
                        .cluster_access(&N::of(*cluster), &N::of(*account), grant(*given))
                        .expect("a member is given a level on a cluster of the same organization"),
                    Some(owner) if facts.memberships.contains_key(&owner) => (),
                    Some(_) | None => assert!(
                        builder.cluster_access(&N::of(*cluster), &N::of(*account), grant(*given)).is_err(),
                        "{account} is given a level on {cluster} without being a member there"
                    ),
                }
            }
        }
    }
}

/// Projects with their members: a role in another organization's project, or in none, is refused.
fn add_projects<N: Name>(world: &World, order: Order, builder: &mut DirectoryBuilder<N>) {
    for (id, project) in order.of(world.projects.iter()) {
        let added = builder.project(N::of(*id), &N::of(project.organization), project.visibility);
        assert_eq!(added.is_ok(), world.organizations.contains(&project.organization), "{added:?}");
    }
    for (account, facts) in order.of(world.accounts.iter()) {
        for (organization, membership) in order.of(facts.memberships.iter()) {
            for (project, given) in order.of(membership.project_roles.iter()) {
                match world.projects.get(project).map(|project| project.organization) {
                    Some(owner) if owner == *organization => builder
                        .project_role(&N::of(*project), &N::of(*account), grant(*given))
                        .expect("a member is given a role in a project of the same organization"),
                    Some(owner) if facts.memberships.contains_key(&owner) => (),
                    Some(_) | None => assert!(
                        builder.project_role(&N::of(*project), &N::of(*account), grant(*given)).is_err(),
                        "{account} is given a role in {project} without being a member there"
                    ),
                }
            }
        }
    }
}

/// Environments: one on another organization's cluster is refused.
fn add_environments<N: Name>(world: &World, order: Order, builder: &mut DirectoryBuilder<N>) {
    for (id, environment) in order.of(world.environments.iter()) {
        let (project, cluster) = (N::of(environment.project), N::of(environment.cluster));
        for (foreign, facts) in &world.clusters {
            if facts.organization != world.clusters[&environment.cluster].organization {
                let added = builder.environment(N::of(*id), &project, &N::of(*foreign), None, environment.protection);
                assert!(added.is_err(), "{id} is put on another organization's cluster {foreign}");
            }
        }
        builder
            .environment(N::of(*id), &project, &cluster, None, environment.protection)
            .expect("an environment on a cluster of its organization");
    }
}

fn grant<T: Copy>(given: Given<T>) -> Grant<T> {
    Grant::expiring(given.what, given.until)
}

/// Puts a question to `ask` by ids.
pub(crate) fn put<N: Name, A>(
    question: &Question,
    ask: impl FnOnce(&SubjectId<'_, N, N>, ResourceId<&N, &[ApprovalId<N>]>) -> A,
) -> A {
    let token = question.token.as_ref().map(token);
    let account = N::of(question.account);
    let mut subject = SubjectId::new(&account);
    if let Some(kind) = question.kind {
        subject = subject.of_kind(kind);
    }
    if let Some(token) = &token {
        subject = subject.with_token(token);
    }
    if let Some(now) = question.time {
        subject = subject.at(now);
    }

    match &question.resource {
        Resource::Organization(id) => ask(&subject, ResourceId::Organization(&N::of(*id))),
        Resource::Member { organization, account } => {
            let (organization, account) = (N::of(*organization), N::of(*account));
            ask(&subject, ResourceId::Member { organization: &organization, account: &account })
        }
        Resource::Project(id) => ask(&subject, ResourceId::Project(&N::of(*id))),
        Resource::ProjectMember { project, account } => {
            let (project, account) = (N::of(*project), N::of(*account));
            ask(&subject, ResourceId::ProjectMember { project: &project, account: &account })
        }
        Resource::Environment(id) => ask(&subject, ResourceId::Environment(&N::of(*id))),
        Resource::NewEnvironment { id, project, cluster, protection } => {
            let (id, project, cluster) = (N::of(*id), N::of(*project), N::of(*cluster));
            let proposal =
                ResourceId::NewEnvironment { id: &id, project: &project, cluster: &cluster, protection: *protection };
            ask(&subject, proposal)
        }
        Resource::Placement { environment, to: cluster } => {
            let (environment, cluster) = (N::of(*environment), N::of(*cluster));
            ask(&subject, ResourceId::Placement { environment: &environment, to: &cluster })
        }
        Resource::Deployment { environment, requested_by, approvals } => {
            let (environment, requested_by) = (N::of(*environment), N::of(*requested_by));
            let approvals: Vec<_> = approvals
                .iter()
                .map(|Approval { by, expires_at: until }| ApprovalId { by: N::of(*by), expires_at: *until })
                .collect();
            let deployment = ResourceId::Deployment {
                environment: &environment,
                requested_by: &requested_by,
                approvals: approvals.as_slice(),
            };
            ask(&subject, deployment)
        }
        Resource::Cluster(id) => ask(&subject, ResourceId::Cluster(&N::of(*id))),
        Resource::ClusterMember { cluster, account } => {
            let (cluster, account) = (N::of(*cluster), N::of(*account));
            ask(&subject, ResourceId::ClusterMember { cluster: &cluster, account: &account })
        }
    }
}

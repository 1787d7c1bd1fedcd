//! A model as the rows of a directory, and a directory's rows as a model.

use std::collections::BTreeMap;

use shipgate::{Directory, Grant};

use super::model::Model;
use crate::oracle::{Account, Cluster, Environment, Given, Id, Membership, Project, World};

/// A directory that is loaded with what the model holds, at its revision.
pub(crate) fn load(model: &Model) -> Directory<Id> {
    let world = &model.world;
    let mut rows = Directory::builder();
    for organization in &world.organizations {
        rows.organization(*organization).expect("ids of organizations are unique");
    }
    for (id, cluster) in &world.clusters {
        rows.cluster(*id, &cluster.organization).expect("a cluster is of an organization that is held");
    }
    for (id, project) in &world.projects {
        rows.project(*id, &project.organization, project.visibility)
            .expect("a project is of an organization that is held");
    }
    for (id, account) in &world.accounts {
        rows.account(*id, account.kind).expect("ids of accounts are unique");
        for (organization, Membership { role, overrides, project_roles }) in &account.memberships {
            rows.member(organization, *id, role.what, role.until).expect("one membership in one that is held");
            for (cluster, given) in overrides {
                rows.cluster_access(cluster, id, grant(*given)).expect("an override is on a cluster that is held");
            }
            for (project, given) in project_roles {
                rows.project_role(project, id, grant(*given)).expect("a role is in a project that is held");
            }
        }
    }
    for (id, Environment { project, cluster, protection }) in &world.environments {
        let namespace = model.namespaces.get(id).map(String::as_str);
        rows.environment(*id, project, cluster, namespace, *protection)
            .expect("an environment is on a cluster of its organization, in a namespace of its own");
    }
    rows.at_revision(model.revision);
    rows.build()
}

fn grant<T: Copy>(given: Given<T>) -> Grant<T> {
    Grant::expiring(given.what, given.until)
}

/// What a directory holds.
pub(crate) fn read(directory: &Directory<Id>) -> Model {
    let accounts = directory.accounts().map(|account| (*account.id(), account_of(account)));
    let projects = directory.projects().map(|project| {
        (*project.id(), Project { organization: *project.organization(), visibility: project.visibility() })
    });
    let clusters =
        directory.clusters().map(|cluster| (*cluster.id(), Cluster { organization: *cluster.organization() }));
    let environments = directory.environments().map(|held| {
        (*held.id(), Environment { project: *held.project(), cluster: *held.cluster(), protection: held.protection() })
    });
    let namespaces = directory.environments().filter_map(|held| {
        let namespace = directory.namespace(held.id())?;
        Some((*held.id(), namespace.to_owned()))
    });
    Model {
        world: World {
            organizations: directory.organizations().map(|organization| *organization.id()).collect(),
            accounts: accounts.collect(),
            projects: projects.collect(),
            clusters: clusters.collect(),
            environments: environments.collect(),
            ..World::default()
        },
        namespaces: namespaces.collect(),
        revision: directory.revision(),
    }
}

fn account_of(account: &shipgate::Account<Id>) -> Account {
    let memberships = account.memberships().map(|held| (*held.organization(), membership_of(held)));
    Account { kind: account.kind(), memberships: memberships.collect() }
}

fn membership_of(held: &shipgate::Membership<Id>) -> Membership {
    Membership {
        role: Given { what: held.role(), until: held.expires_at() },
        overrides: held.cluster_accesses().map(|(cluster, grant)| (*cluster, given(grant))).collect::<BTreeMap<_, _>>(),
        project_roles: held.project_roles().map(|(project, grant)| (*project, given(grant))).collect(),
    }
}

fn given<T: Copy>(grant: Grant<T>) -> Given<T> {
    Given { what: grant.value(), until: grant.expires_at() }
}

/// The world without what no directory takes in: memberships of organizations that nobody holds, and grants on what
/// another organization holds, or none.
pub(crate) fn taken_in(mut world: World) -> World {
    let World { organizations, accounts, projects, clusters, .. } = &mut world;
    for account in accounts.values_mut() {
        account.memberships.retain(|organization, _| organizations.contains(organization));
        for (organization, membership) in &mut account.memberships {
            let is_here = |of: Option<&Id>| of == Some(organization);
            membership.overrides.retain(|id, _| is_here(clusters.get(id).map(|held| &held.organization)));
            membership.project_roles.retain(|id, _| is_here(projects.get(id).map(|held| &held.organization)));
        }
    }
    world
}

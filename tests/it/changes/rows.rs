//! A model as the rows of a directory, and a directory's rows as a model.

use std::fmt::Display;
use std::hash::Hash;

use shipgate::Directory;
use shipgate::directory::Rows;

use super::model::Model;
use crate::oracle::{Id, World};

/// A directory that is loaded with what the model holds, each organization at its revision.
pub(crate) fn load(model: &Model) -> Directory<Id> {
    let mut rows = model.world.rows();
    assert_eq!(rows.environments.len(), model.world.environments.len(), "{model:?} holds what no directory holds");
    for environment in &mut rows.environments {
        environment.namespace.clone_from(&model.namespaces[&environment.id]);
    }
    let mut builder = Directory::builder();
    builder.rows(&rows).expect("rows that fit together");
    for (organization, (revision, last)) in &model.streams {
        builder.at_revision(organization, *revision, *last).expect("the organization is there");
    }
    let directory = builder.build();
    assert_eq!(directory.rows(), rows);
    directory
}

/// What a directory holds.
pub(crate) fn read(directory: &Directory<Id>) -> Model {
    let rows = directory.rows();
    Model {
        world: World::of(&rows),
        namespaces: rows.environments.into_iter().map(|row| (row.id, row.namespace)).collect(),
        streams: rows.organizations.iter().filter_map(|row| Some((row.id, stream(directory, row.id)?))).collect(),
    }
}

/// The rows of one organization.
pub(crate) fn rows_of<N: Ord + Hash + Clone>(directory: &Directory<N>, organization: &N) -> Rows<N> {
    let mut rows = directory.rows();
    rows.organizations.retain(|row| row.id == *organization);
    rows.roles.retain(|row| row.organization == *organization);
    rows.members.retain(|row| row.organization == *organization);
    rows.teams.retain(|row| row.organization == *organization);
    rows.clusters.retain(|row| row.organization == *organization);
    rows.projects.retain(|row| row.organization == *organization);
    let Rows { teams, team_members, clusters, cluster_access, projects, project_roles, environments, .. } = &mut rows;
    team_members.retain(|row| teams.iter().any(|team| team.id == row.team));
    cluster_access.retain(|row| clusters.iter().any(|cluster| cluster.id == row.cluster));
    project_roles.retain(|row| projects.iter().any(|project| project.id == row.project));
    environments.retain(|row| projects.iter().any(|project| project.id == row.project));
    rows
}

/// A directory with one organization of another one.
pub(crate) fn alone<N: Ord + Hash + Clone + Display>(directory: &Directory<N>, organization: &N) -> Directory<N> {
    let mut alone = Directory::new();
    let revision = directory.revision(organization).expect("the organization is there");
    let last = directory.last_record(organization).cloned();
    alone.attach(&rows_of(directory, organization), revision, last).expect("the rows are of one organization");
    alone
}

/// The revision of an organization and the id of its last record, if there is one.
fn stream(directory: &Directory<Id>, organization: Id) -> Option<(u64, Id)> {
    let revision = directory.revision(&organization).expect("the organization is there");
    let last = directory.last_record(&organization);
    assert_eq!(revision > 0, last.is_some(), "{organization} is at {revision} after {last:?}");
    Some((revision, *last?))
}

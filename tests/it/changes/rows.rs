//! A model as the rows of a directory, and a directory's rows as a model.

use shipgate::Directory;

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

/// The revision of an organization and the id of its last record, if there is one.
fn stream(directory: &Directory<Id>, organization: Id) -> Option<(u64, Id)> {
    let revision = directory.revision(&organization).expect("the organization is there");
    let last = directory.last_record(&organization);
    assert_eq!(revision > 0, last.is_some(), "{organization} is at {revision} after {last:?}");
    Some((revision, *last?))
}

//! The rows that every engine loads, and what is found in them by id.

use std::ops::{Index, IndexMut};

use shipgate::directory::{self, ClusterAccessRow, ProjectRow};

pub type Id = u64;
pub type Rows = directory::Rows<Id>;

/// An override: a member's level on a cluster.
pub type Access = ClusterAccessRow<Id>;

/// Something for each id of one kind. Ids are small, so that each is a place.
#[derive(Clone, Debug)]
pub struct ById<T>(Vec<Option<T>>);

impl<T> ById<T> {
    fn place(id: Id) -> usize {
        usize::try_from(id).expect("ids are small")
    }
}

impl<T> FromIterator<(Id, T)> for ById<T> {
    fn from_iter<I: IntoIterator<Item = (Id, T)>>(all: I) -> Self {
        let mut places = Vec::new();
        for (id, one) in all {
            let place = Self::place(id);
            if places.len() <= place {
                places.resize_with(place + 1, || None);
            }
            places[place] = Some(one);
        }
        Self(places)
    }
}

/// # Panics
///
/// For an id that there is not: engines are asked about what they have loaded.
impl<T> Index<Id> for ById<T> {
    type Output = T;

    fn index(&self, id: Id) -> &T {
        self.0[Self::place(id)].as_ref().expect("there is such an id")
    }
}

/// # Panics
///
/// For an id that there is not.
impl<T> IndexMut<Id> for ById<T> {
    fn index_mut(&mut self, id: Id) -> &mut T {
        self.0[Self::place(id)].as_mut().expect("there is such an id")
    }
}

/// The organization of each cluster.
#[must_use]
pub fn organizations_of_clusters(rows: &Rows) -> ById<Id> {
    rows.clusters.iter().map(|row| (row.id, row.organization)).collect()
}

#[must_use]
pub fn projects(rows: &Rows) -> ById<&ProjectRow<Id>> {
    rows.projects.iter().map(|row| (row.id, row)).collect()
}

/// How many environments each project has.
#[must_use]
pub fn environments_by_project(rows: &Rows) -> ById<u32> {
    let mut counts: ById<u32> = rows.projects.iter().map(|row| (row.id, 0)).collect();
    for environment in &rows.environments {
        counts[environment.project] += 1;
    }
    counts
}

//! What answers a filter: the conditions themselves, or a database of the package `tests/sql`.

use std::collections::BTreeSet;

use shipgate::directory::{ClusterRef, EnvironmentRef, ProjectRef};
use shipgate::model::{ApprovalId, ResourceKind};
use shipgate::query::Filter;
use shipgate::{Directory, ResourceId};

use crate::world::Name;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Table {
    Clusters,
    Projects,
    Environments,
}

impl Table {
    pub(crate) const ALL: [Self; 3] = [Self::Clusters, Self::Projects, Self::Environments];

    pub(crate) const fn kind(self) -> ResourceKind {
        match self {
            Self::Clusters => ResourceKind::Cluster,
            Self::Projects => ResourceKind::Project,
            Self::Environments => ResourceKind::Environment,
        }
    }

    /// The resource that a row with this id is about.
    pub(crate) const fn resource<N>(self, id: &N) -> ResourceId<&N, &[ApprovalId<N>], &str> {
        match self {
            Self::Clusters => ResourceId::Cluster(id),
            Self::Projects => ResourceId::Project(id),
            Self::Environments => ResourceId::Environment(id),
        }
    }
}

pub(crate) trait Database<N> {
    /// Replaces all rows with those of the directory.
    fn load(&mut self, directory: &Directory<N>);

    /// Returns the ids of the rows that a filter selects, whatever their organization.
    fn select(&mut self, directory: &Directory<N>, table: Table, filter: &Filter<'_, N>) -> BTreeSet<N>;
}

/// The conditions themselves.
pub(crate) struct Memory;

impl<N: Name> Database<N> for Memory {
    fn load(&mut self, _: &Directory<N>) {}

    fn select(&mut self, directory: &Directory<N>, table: Table, filter: &Filter<'_, N>) -> BTreeSet<N> {
        match table {
            Table::Clusters => {
                let condition = filter.clusters();
                let of =
                    directory.clusters().filter(|cluster| Some(cluster.organization()) == condition.organization());
                of.map(ClusterRef::id).filter(|id| condition.selection().contains(*id)).cloned().collect()
            }
            Table::Projects => {
                let condition = filter.projects();
                let of =
                    directory.projects().filter(|project| Some(project.organization()) == condition.organization());
                of.map(ProjectRef::id).filter(|id| condition.selection().contains(*id)).cloned().collect()
            }
            Table::Environments => {
                let condition = filter.environments();
                let selected =
                    directory.environments().filter(|environment| condition.selects(&environment.to_environment()));
                selected.map(EnvironmentRef::id).cloned().collect()
            }
        }
    }
}

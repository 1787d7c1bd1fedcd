//! Counts of a project's environments, so that removing one looks at none of the others.

use crate::model::protection::class::Class;
use crate::model::protection::{Protection, Safeguard};
use crate::model::sorted::Sorted;

/// How many environments of a project are on each cluster, and have a protection of each class by ranks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counts<Id> {
    on_clusters: Sorted<(Id, u32), 1>,
    of_classes: [u32; Class::ALL.len()],
}

impl<Id> Counts<Id> {
    pub(crate) fn new() -> Self {
        Self { on_clusters: Sorted::new(), of_classes: [0; Class::ALL.len()] }
    }

    /// Of these environments.
    pub(crate) fn of<'a>(environments: impl Iterator<Item = (&'a Id, Protection)>) -> Self
    where
        Id: Ord + Clone + 'a,
    {
        let mut counts = Self::new();
        for (cluster, protection) in environments {
            match counts.on_clusters.get_mut(cluster) {
                Some((_, count)) => *count = count.saturating_add(1),
                None => counts.on_clusters.replace((cluster.clone(), 1)),
            }
            counts.add_class(protection);
        }
        counts
    }

    /// The ranks that all environments require together.
    pub(crate) fn safeguard(&self) -> Safeguard {
        let classes = Class::ALL.into_iter().zip(self.of_classes).filter(|(_, count)| *count > 0);
        let safeguards = classes.filter_map(|(class, _)| class.example()).map(Protection::safeguard);
        safeguards.fold(Safeguard::NONE, Safeguard::join)
    }
}

impl<Id: Ord> Counts<Id> {
    pub(crate) fn add(&mut self, cluster: Id, protection: Protection) {
        if let Some((_, count)) = self.on_clusters.get_mut(&cluster) {
            *count = count.saturating_add(1);
        } else {
            self.on_clusters.replace((cluster, 1));
        }
        self.add_class(protection);
    }

    /// Counts an environment with another protection.
    pub(crate) fn replace(&mut self, protection: Protection, by: Protection) {
        self.remove_class(protection);
        self.add_class(by);
    }

    fn add_class(&mut self, protection: Protection) {
        if let Some(count) = self.of_classes.get_mut(protection.class_by_ranks().index()) {
            *count = count.saturating_add(1);
        }
    }

    fn remove_class(&mut self, protection: Protection) {
        if let Some(count) = self.of_classes.get_mut(protection.class_by_ranks().index()) {
            *count = count.saturating_sub(1);
        }
    }

    pub(crate) fn remove(&mut self, cluster: &Id, protection: Protection) {
        if let Some((_, count)) = self.on_clusters.get_mut(cluster) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.on_clusters.remove(cluster);
            }
        }
        self.remove_class(protection);
    }

    pub(crate) fn is_used(&self, cluster: &Id) -> bool {
        self.on_clusters.get(cluster).is_some()
    }
}

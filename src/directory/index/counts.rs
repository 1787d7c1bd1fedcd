//! Counts of a project's environments, so that removing one looks at none of the others.

use crate::model::protection::{Protection, Safeguard};
use crate::model::sorted::Sorted;

/// How many environments of a project are on each cluster, and have a protection of each class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counts<Id> {
    on_clusters: Sorted<(Id, u32), 1>,
    of_classes: [u32; Safeguard::OF_CLASSES.len()],
}

impl<Id> Counts<Id> {
    pub(crate) fn new() -> Self {
        Self { on_clusters: Sorted::new(), of_classes: [0; Safeguard::OF_CLASSES.len()] }
    }

    /// The ranks that all environments require together.
    pub(crate) fn safeguard(&self) -> Safeguard {
        let classes = Safeguard::OF_CLASSES.into_iter().zip(self.of_classes);
        classes.filter(|(_, count)| *count > 0).fold(Safeguard::NONE, |joint, (safeguard, _)| joint.join(safeguard))
    }
}

impl<Id: Ord> Counts<Id> {
    pub(crate) fn add(&mut self, cluster: Id, protection: Protection) {
        if let Some((_, count)) = self.on_clusters.get_mut(&cluster) {
            *count = count.saturating_add(1);
        } else {
            self.on_clusters.replace((cluster, 1));
        }
        if let Some(count) = self.of_classes.get_mut(protection.class()) {
            *count = count.saturating_add(1);
        }
    }

    pub(crate) fn remove(&mut self, cluster: &Id, protection: Protection) {
        if let Some((_, count)) = self.on_clusters.get_mut(cluster) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.on_clusters.remove(cluster);
            }
        }
        if let Some(count) = self.of_classes.get_mut(protection.class()) {
            *count = count.saturating_sub(1);
        }
    }

    pub(crate) fn is_used(&self, cluster: &Id) -> bool {
        self.on_clusters.get(cluster).is_some()
    }
}

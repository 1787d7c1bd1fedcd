//! Environments as a directory stores them: what an environment belongs to is found by number.

use crate::directory::entry::At;
use crate::directory::numbers::{Numbers, Place};
use crate::directory::table::Shared;
use crate::model::fact::EnvironmentFact;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::sorted::Keyed;
use crate::policy::verdict::built_in::Setting;

/// An environment: half a line of memory, if the id has 64 bits.
#[derive(Clone, Debug)]
#[repr(align(32))]
pub(crate) struct EnvironmentRecord<Id> {
    id: Id,
    at: At,
    protection: Protection,
}

impl<Id> EnvironmentRecord<Id> {
    /// An environment in these places, on a cluster with this visibility.
    pub(crate) fn new(id: Id, at: At, cluster: Visibility, protection: Protection) -> Self {
        Self { id, at: At { setting: Setting::of_environment(cluster, protection), ..at }, protection }
    }

    /// The same environment, whose places have other numbers.
    pub(crate) fn numbered(self, at: impl FnOnce(At) -> At) -> Self {
        Self { at: At { setting: self.at.setting, ..at(self.at) }, ..self }
    }

    /// The numbers of where it is, and what the tables of verdicts read of it, but for who can see the project.
    #[inline]
    pub(crate) const fn at(&self) -> At {
        self.at
    }

    /// What the policy reads of it. `None` if a number names nothing, which cannot be while the environment exists, since it goes
    /// before its places do: then it is as unknown as one that does not exist.
    #[inline]
    pub(crate) fn fact<'a>(&'a self, numbers: &'a Numbers<Id>) -> Option<EnvironmentFact<'a, Id>> {
        let At { organization, project, cluster, setting } = self.at;
        let place = |number: u32| numbers.places.get(number).map(Place::id);
        let ids = [&self.id, numbers.organization_id(organization)?, place(project)?, place(cluster)?];
        let visibilities = [numbers.visibility_of_project(project), setting.cluster()];
        Some(EnvironmentFact::from_ids(ids, visibilities, self.protection))
    }

    #[inline]
    pub(crate) const fn cluster_visibility(&self) -> Visibility {
        self.at.setting.cluster()
    }

    #[inline]
    pub(crate) const fn protection(&self) -> Protection {
        self.protection
    }

    pub(crate) fn set_cluster_visibility(&mut self, visibility: Visibility) {
        self.at.setting = Setting::of_environment(visibility, self.protection);
    }

    pub(crate) fn set_protection(&mut self, protection: Protection) {
        self.at.setting = Setting::of_environment(self.cluster_visibility(), protection);
        self.protection = protection;
    }
}

impl<Id> Keyed for EnvironmentRecord<Id> {
    type Key = Id;

    #[inline]
    fn key(&self) -> &Id {
        &self.id
    }
}

impl<Id> Shared for EnvironmentRecord<Id> {}

#[cfg(test)]
mod tests {
    use core::mem::{align_of, size_of};

    use super::*;

    #[test]
    fn an_environment_never_lies_in_two_lines_of_memory() {
        assert_eq!((size_of::<EnvironmentRecord<u64>>(), align_of::<EnvironmentRecord<u64>>()), (32, 32));
    }

    #[test]
    fn what_the_tables_read_changes_with_the_environment() {
        let mut environment = EnvironmentRecord::new(1, At::default(), Visibility::Organization, Protection::NONE);
        for protection in [Protection::LOCKED, Protection::NONE] {
            environment.set_protection(protection);
            for visibility in Visibility::ALL {
                environment.set_cluster_visibility(visibility);
                assert_eq!((environment.cluster_visibility(), environment.protection()), (visibility, protection));
                assert_eq!(environment.at().setting, Setting::of_environment(visibility, protection));
            }
        }
    }
}

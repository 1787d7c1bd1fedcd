//! Teams as a directory stores them: their grants are found by number.

use crate::directory::table::Shared;
use crate::model::sorted::Keyed;

/// A team, but for its grants.
#[derive(Clone, Debug)]
pub(crate) struct TeamRecord<Id> {
    id: Id,
    organization: Id,
    number: u32,
    members: u32,
}

impl<Id> TeamRecord<Id> {
    pub(crate) const fn new(id: Id, organization: Id) -> Self {
        Self { id, organization, number: 0, members: 0 }
    }

    pub(crate) fn numbered(self, number: u32) -> Self {
        Self { number, ..self }
    }

    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) const fn organization(&self) -> &Id {
        &self.organization
    }

    pub(crate) const fn number(&self) -> u32 {
        self.number
    }

    pub(crate) const fn members(&self) -> u32 {
        self.members
    }

    pub(crate) const fn add_member(&mut self) {
        self.members = self.members.saturating_add(1);
    }

    pub(crate) const fn remove_member(&mut self) {
        self.members = self.members.saturating_sub(1);
    }
}

impl<Id> Keyed for TeamRecord<Id> {
    type Key = Id;

    #[inline]
    fn key(&self) -> &Id {
        &self.id
    }
}

impl<Id> Shared for TeamRecord<Id> {}

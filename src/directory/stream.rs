//! Where each organization is in its stream of records.

use crate::model::sorted::Keyed;

/// The last record of an organization that was applied. An organization without one is at revision 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stream<Id> {
    organization: Id,
    pub(crate) revision: u64,
    /// The id of the last record, if there is a record and its id is known.
    pub(crate) last: Option<Id>,
}

impl<Id> Stream<Id> {
    pub(crate) const fn new(organization: Id, revision: u64, last: Option<Id>) -> Self {
        Self { organization, revision, last }
    }

    pub(crate) const fn organization(&self) -> &Id {
        &self.organization
    }
}

impl<Id> Keyed for Stream<Id> {
    type Key = Id;

    fn key(&self) -> &Id {
        &self.organization
    }
}

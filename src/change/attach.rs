//! Attaching and detaching organizations, so that a directory may have some of them only.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::edit::{Edit, MemberState, Removed};
use crate::change::plan::removal::inverse;
use crate::change::transaction::Transaction;
use crate::directory::error::{EntityKind, LoadError, name};
use crate::directory::rows::Rows;
use crate::directory::store::Directory;
use crate::directory::stream::Stream;
use crate::model::account::AccountKind;
use crate::model::fact::AccountFact;

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// Loads one organization from its rows, or replaces it if it is loaded. If it fails, nothing changes.
    ///
    /// A directory may have some organizations only: what it answers about one of them does not depend on the others. Read the
    /// rows, the revision and the id of the last record in one transaction of the database, so that they agree.
    ///
    /// # Errors
    ///
    /// [`AttachError::Rows`] if the rows contradict each other; [`AttachError::NotOne`] if they are not of exactly one
    /// organization; [`AttachError::NoRecord`] and [`AttachError::NoRevision`] if there is a revision without a record, or the
    /// other way round; [`AttachError::Taken`] and [`AttachError::OtherKind`] if the rows contradict an organization that is
    /// loaded already.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Directory};
    ///
    /// let mut leader = Directory::<u64>::new();
    /// let record = leader.create_organization(100, 1, 7, AccountKind::User, None)?;
    ///
    /// let mut other = Directory::new();
    /// other.attach(&leader.rows(), record.revision(), Some(*record.id()))?;
    /// assert_eq!(other, leader);
    /// other.detach(&1);
    /// assert_eq!(other.revision(&1), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn attach(&mut self, rows: &Rows<Id>, revision: u64, last_record: Option<Id>) -> Result<(), AttachError> {
        let (loaded, stream) = Self::load_one(rows, revision, last_record)?;
        self.whole_or_not(|directory| directory.attach_loaded(&loaded, stream))
    }

    fn attach_loaded(&mut self, loaded: &Self, stream: Stream<Id>) -> Result<(), AttachError> {
        let organization = stream.organization();
        let (removal, rows) =
            (self.removal_if_loaded(organization), loaded.rows_of_removal(organization, &Removed::Organization));
        let rows = inverse(&rows);
        let mut transaction = Transaction::of(self);
        for edits in [removal, rows] {
            if !transaction.directory().has_room_for(&edits) {
                return Err(AttachError::Full);
            }
            if let Err(place) = transaction.apply(&edits) {
                return Err(edits
                    .get(place)
                    .map_or(AttachError::NoRecord, |edit| transaction.directory().contradiction(edit)));
            }
        }
        transaction.keep(stream);
        Ok(())
    }

    /// A directory of one organization's rows, and where that is in its stream.
    pub(crate) fn load_one(
        rows: &Rows<Id>,
        revision: u64,
        last_record: Option<Id>,
    ) -> Result<(Self, Stream<Id>), AttachError> {
        let organization = match rows.organizations.as_slice() {
            [organization] => organization.id.clone(),
            several => return Err(AttachError::NotOne { organizations: several.len() }),
        };
        match (revision, &last_record) {
            (0, Some(_)) => return Err(AttachError::NoRevision),
            (1.., None) => return Err(AttachError::NoRecord),
            (0, None) | (1.., Some(_)) => {}
        }
        let mut loaded = Self::try_from(rows)?;
        let stream = Stream::new(organization, revision, last_record);
        loaded.advance(stream.clone());
        Ok((loaded, stream))
    }

    /// Removes an organization from memory. It is not deleted, and can be [attached](Self::attach) again.
    pub fn detach(&mut self, organization: &Id) {
        let Ok(()) = self.whole_or_not(|directory| {
            let edits = directory.removal_if_loaded(organization);
            directory.apply_all(&edits);
            directory.streams.remove(organization);
            Ok::<_, Infallible>(())
        });
    }

    fn removal_if_loaded(&self, organization: &Id) -> Vec<Edit<Id>> {
        match self.organization_fact(organization) {
            Some(_) => vec![self.removal(organization, Removed::Organization)],
            None => Vec::new(),
        }
    }

    /// What keeps a row of an organization from being added.
    fn contradiction(&self, edit: &Edit<Id>) -> AttachError {
        let taken = |kind, id| AttachError::Taken { kind, id: name(id) };
        match edit {
            Edit::Member { account, to: Some(MemberState { kind, .. }), .. } => {
                let present = self.account_fact(account).map_or(*kind, AccountFact::kind);
                AttachError::OtherKind { account: name(account), present, kind: *kind }
            }
            Edit::Role { role, .. } => taken(EntityKind::Role, role),
            Edit::Team { team, .. } | Edit::TeamMember { team, .. } => taken(EntityKind::Team, team),
            Edit::Project { project, .. } | Edit::ProjectRole { project, .. } => taken(EntityKind::Project, project),
            Edit::Cluster { cluster, .. } | Edit::ClusterAccess { cluster, .. } => taken(EntityKind::Cluster, cluster),
            Edit::Environment { environment, .. } => taken(EntityKind::Environment, environment),
            Edit::Organization { organization, .. }
            | Edit::Member { organization, to: None, .. }
            | Edit::Remove { organization, .. } => taken(EntityKind::Organization, organization),
        }
    }
}

/// An organization was not attached. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttachError {
    /// The rows contradict each other.
    #[error(transparent)]
    Rows(#[from] LoadError),
    /// The rows are not of one organization.
    #[error("these are rows of {organizations} organizations: attach one at a time")]
    NotOne {
        /// How many there are.
        organizations: usize,
    },
    /// There is a revision, but not the id of its record.
    #[error("the id of the last record is missing: read it with the rows")]
    NoRecord,
    /// There is a record, but its revision is 0.
    #[error("the revision of the last record is missing: read it with the rows")]
    NoRevision,
    /// The directory has as many facts of a kind as can be numbered: see [`RowError::Full`](crate::directory::RowError::Full).
    #[error("no more can be added: the facts of a kind are numbered, and their numbers end")]
    Full,
    /// Another organization that is loaded has something with an id of these rows.
    #[error("{kind} {id} belongs to another organization: ids of a kind are unique in the whole database")]
    Taken {
        /// The kind of entity.
        kind: EntityKind,
        /// The id.
        id: String,
    },
    /// An account is a member of another organization that is loaded, with the other kind.
    #[error("account {account} is of the kind {present} in another organization, and of the kind {kind} in these rows")]
    OtherKind {
        /// The account.
        account: String,
        /// Its kind in the organizations that are loaded.
        present: AccountKind,
        /// Its kind in the rows.
        kind: AccountKind,
    },
}

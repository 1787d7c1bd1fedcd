//! Applies records, and makes changes: proposes each and applies its record at once.

use alloc::string::String;
use core::borrow::Borrow;
use core::fmt::{self, Display};
use core::hash::Hash;

use crate::change::Change;
use crate::change::batch::Batch;
use crate::change::edit::Edit;
use crate::change::error::{BatchError, ChangeError};
use crate::change::record::{Cause, Entry, Record};
use crate::change::transaction::Transaction;
use crate::directory::error::name;
use crate::directory::store::Directory;
use crate::directory::stream::Stream;
use crate::directory::subject_id::SubjectId;
use crate::model::account::AccountKind;
use crate::model::time::Time;

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// Makes a change, if [`Directory::decide`] allows the subject to. If it fails, nothing changes.
    ///
    /// [Proposes](Directory::propose) the change and applies the record, which it returns: what was done, and each row before
    /// and after. Use it where the directory is all that you keep. If you store the records in a database, propose the change,
    /// store the record, and then [apply](Directory::apply) it: otherwise the change can be seen before it is stored.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Denied`] if the subject may not make the change; the other variants if it may, but the change cannot be
    /// made.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Directory, Reason, Role, SubjectId};
    /// use shipgate::change::{Change, ChangeError};
    ///
    /// let mut directory = Directory::<String>::new();
    /// directory.create_organization("record-1".into(), "acme-corp".into(), "olivia".into(), AccountKind::User, None)?;
    /// let invite = |account, role: Role| Change::invite_member("acme-corp", account, AccountKind::User, role, None);
    /// let record = directory.change("record-2".into(), &SubjectId::new("olivia"), invite("carol", Role::Admin))?;
    /// assert_eq!((record.revision(), directory.revision("acme-corp")), (2, Some(2)));
    ///
    /// let denied = directory.change("record-3".into(), &SubjectId::new("carol"), invite("mallory", Role::Owner)).unwrap_err();
    /// assert!(matches!(denied, ChangeError::Denied(denied) if matches!(denied.reason(), Some(Reason::Outranked { .. }))));
    /// let leave = Change::remove_member("acme-corp", "olivia");
    /// let denied = directory.change("record-3".into(), &SubjectId::new("olivia"), leave).unwrap_err();
    /// assert!(matches!(denied, ChangeError::Denied(denied) if denied.reason() == Some(Reason::LastOwner)));
    /// # Ok::<(), shipgate::change::ChangeError>(())
    /// ```
    pub fn change<Q>(
        &mut self,
        id: Id,
        subject: &SubjectId<'_, Id, Q>,
        change: Change<Id>,
    ) -> Result<Record<Id>, ChangeError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.whole_or_not(|directory| {
            let record = directory.propose(id, subject, change)?;
            directory.catch_up(&record);
            Ok(record)
        })
    }

    /// Makes all changes of a batch, or none. Each is authorized on the state that the changes before it left.
    ///
    /// A batch has one record, and so it is in one organization and has one time.
    ///
    /// # Errors
    ///
    /// [`BatchError::Change`] for the first change that is denied or cannot be made; [`BatchError::Stale`] if the batch requires
    /// a revision other than the present one, and its first change is allowed; [`BatchError::SeveralOrganizations`] and [`BatchError::SeveralTimes`] for the
    /// first change in another organization or at another time; [`BatchError::Empty`] if there is no change;
    /// [`BatchError::TooLarge`] if the record would be larger than [`Record::LIMIT`]; [`BatchError::Exhausted`] if there is no
    /// later revision.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Directory, Role, SubjectId};
    /// use shipgate::change::{Batch, Change};
    ///
    /// let mut directory = Directory::<String>::new();
    /// directory.create_organization("record-1".into(), "acme-corp".into(), "olivia".into(), AccountKind::User, None)?;
    /// let olivia = SubjectId::new("olivia");
    /// let oscar = SubjectId::new("oscar");
    /// let invite = Change::invite_member("acme-corp", "oscar", AccountKind::User, Role::Owner, None);
    /// let remove = |account| Change::remove_member("acme-corp", account);
    ///
    /// let each_other = Batch::new()
    ///     .with(olivia, invite)
    ///     .with(olivia, remove("oscar"))
    ///     .with(oscar, remove("olivia"))
    ///     .if_revision(1);
    /// let error = directory.change_all("record-2".into(), each_other).unwrap_err();
    /// assert_eq!(error.to_string(), "changes[2]: not found");
    /// assert!(directory.account("oscar").is_none(), "nothing was done");
    /// # Ok::<(), shipgate::change::ChangeError>(())
    /// ```
    pub fn change_all<Q>(&mut self, id: Id, batch: Batch<'_, Id, Q>) -> Result<Record<Id>, BatchError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.whole_or_not(|directory| {
            let (record, transaction) = directory.make_all(id, batch)?;
            let stream = Stream::of(&record);
            transaction.keep(stream);
            Ok(record)
        })
    }

    /// Creates an organization with its first Owner, who must be a user.
    ///
    /// No permission is checked, because no one has any yet: decide yourself who may sign up. The change is recorded, with
    /// `at` as its time.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Taken`] if there is an organization with this id; [`ChangeError::OtherKind`] if the account is a member
    /// elsewhere with the other kind; [`ChangeError::ServiceOwner`] if `kind` is a service account, which cannot be an Owner;
    /// [`ChangeError::Time`] if `at` lies outside the years 0000 to 9999.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Directory};
    ///
    /// let mut directory = Directory::<String>::new();
    /// directory.create_organization("record-1".into(), "acme-corp".into(), "olivia".into(), AccountKind::User, None)?;
    /// assert_eq!(directory.organization("acme-corp").map(|acme| acme.owners()), Some(1));
    ///
    /// let again = directory.create_organization("record-2".into(), "acme-corp".into(), "oscar".into(), AccountKind::User, None);
    /// assert_eq!(again.unwrap_err().to_string(), "this id is taken: choose another one");
    /// # Ok::<(), shipgate::change::ChangeError>(())
    /// ```
    pub fn create_organization(
        &mut self,
        id: Id,
        organization: Id,
        owner: Id,
        kind: AccountKind,
        at: Option<Time>,
    ) -> Result<Record<Id>, ChangeError> {
        self.whole_or_not(|directory| {
            let record = directory.propose_organization(id, organization, owner, kind, at)?;
            directory.catch_up(&record);
            Ok(record)
        })
    }

    /// Applies a record, after storing it, to follow other instances, or to rebuild a directory from its log. If it fails,
    /// nothing changes.
    ///
    /// The record must be the next one of its organization, or the first, which creates an organization that the directory does
    /// not have.
    /// The edits of a record that was made by [the present policy](Record::POLICY) must be those that its changes make on the
    /// present rows. A later policy may plan a change otherwise, so of other records only the edits are checked: each row must be
    /// what it was before the change. Whether the changes were allowed is not checked, so only apply records from a log that you
    /// trust.
    ///
    /// # Errors
    ///
    /// [`ApplyError::NotLoaded`] if the directory does not have the organization; [`ApplyError::Skips`] if the record is not the
    /// next one; [`ApplyError::OtherPredecessor`] if the record before it is not the last one that was applied;
    /// [`ApplyError::OtherOrganization`] if an edit is in another organization; [`ApplyError::Differs`] if a row is not what it
    /// was before the change, or the record contradicts itself; [`ApplyError::Full`] if what it adds cannot be numbered;
    /// [`ApplyError::OtherEdits`] if the edits are not those of the change.
    pub fn apply(&mut self, record: &Record<Id>) -> Result<(), ApplyError> {
        self.whole_or_not(|directory| directory.apply_here(record))
    }

    fn apply_here(&mut self, record: &Record<Id>) -> Result<(), ApplyError> {
        self.check_place(record)?;
        let stream = Stream::of(record);
        let mut transaction = Transaction::of(self);
        for (index, entry) in record.entries().iter().enumerate() {
            let place = || Place { organization: name(record.organization()), record: record.revision(), entry: index };
            let foreign = entry.edits().iter().position(|edit| edit.organization() != record.organization());
            if let Some(edit) = foreign {
                return Err(ApplyError::OtherOrganization { place: place(), edit });
            }
            if record.policy() == Record::<Id>::POLICY
                && !transaction.directory().has_edits_of_its_change(record.organization(), record.time(), entry)
            {
                return Err(ApplyError::OtherEdits { place: place() });
            }
            if !transaction.directory().has_room_for(entry.edits()) {
                return Err(ApplyError::Full { place: place() });
            }
            transaction.apply(entry.edits()).map_err(|edit| ApplyError::Differs { place: place(), edit })?;
        }
        transaction.keep(stream);
        Ok(())
    }

    /// Checks that a record is the next one of its organization.
    fn check_place(&self, record: &Record<Id>) -> Result<(), ApplyError> {
        let (organization, revision) = (|| name(record.organization()), record.revision());
        match self.revision(record.organization()) {
            None => {
                let founds = matches!(record.edits().next(), Some(Edit::Organization { to: Some(_), .. }));
                if revision != 1 || !founds {
                    return Err(ApplyError::NotLoaded { organization: organization(), record: revision });
                }
            }
            Some(present) if present.checked_add(1) != Some(revision) => {
                return Err(ApplyError::Skips { organization: organization(), record: revision, present });
            }
            Some(_) => {}
        }
        if record.previous() == self.last_record(record.organization()) {
            Ok(())
        } else {
            Err(ApplyError::OtherPredecessor { organization: organization(), record: revision })
        }
    }

    /// Whether the change is one of the organization, and the edits are those that it makes.
    fn has_edits_of_its_change(&self, organization: &Id, at: Option<Time>, entry: &Entry<Id>) -> bool {
        let (of, planned) = match entry.cause() {
            Cause::CreateOrganization { organization, owner, kind } => {
                (Ok(organization), self.plan_organization(organization, owner, *kind))
            }
            Cause::Change { by, change } => (self.organization_of(change), self.plan(Some(by), at, change)),
            Cause::Platform { change, .. } => (self.organization_of(change), self.plan(None, at, change)),
        };
        of == Ok(organization) && planned.is_ok_and(|edits| edits == entry.edits())
    }
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// Applies a record that was made on an equal directory.
    pub(crate) fn catch_up(&mut self, record: &Record<Id>) {
        let stream = Stream::of(record);
        for entry in record.entries() {
            self.apply_all(entry.edits());
        }
        self.advance(stream);
    }

    /// Applies edits that can be applied.
    pub(crate) fn apply_all(&mut self, edits: &[Edit<Id>]) {
        for edits in apart(edits) {
            let prepared = self.prepare(edits);
            for (edit, step) in edits.iter().zip(prepared) {
                debug_assert!(self.check(edit), "the edit cannot be applied");
                self.carry_out(step);
            }
        }
    }
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// Notes the last record of an organization, whose stream ends with it. There is no stream before the first record.
    pub(crate) fn advance(&mut self, stream: Stream<Id>) {
        if stream.revision > 0 && self.organization_fact(stream.organization()).is_some() {
            self.streams.set(stream);
        } else {
            self.streams.remove(stream.organization());
        }
    }
}

impl<Id: Clone> Stream<Id> {
    /// Where a record leaves its stream.
    pub(crate) fn of(record: &Record<Id>) -> Self {
        Self::new(record.organization().clone(), record.revision(), Some(record.id().clone()))
    }
}

/// The edits in groups that can be prepared together: what a removal removes depends on the edits before it.
pub(crate) fn apart<Id>(edits: &[Edit<Id>]) -> impl Iterator<Item = &[Edit<Id>]> {
    edits.chunk_by(|edit, next| !edit.is_removal() && !next.is_removal())
}

/// A record could not be applied. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// The directory does not have the organization, and the record is not its first.
    #[error(
        "record {record} of {organization}: the organization is not loaded: attach it, at the record before this one"
    )]
    NotLoaded {
        /// The organization.
        organization: String,
        /// The revision of the record.
        record: u64,
    },
    /// The record is not the next one.
    #[error("record {record} of {organization} does not follow revision {present}: {}", Next(*present))]
    Skips {
        /// The organization.
        organization: String,
        /// The revision of the record.
        record: u64,
        /// The revision of the organization.
        present: u64,
    },
    /// The record before this one is not the last one that was applied.
    #[error(
        "record {record} of {organization} follows another record than the last one here: attach the organization again"
    )]
    OtherPredecessor {
        /// The organization.
        organization: String,
        /// The revision of the record.
        record: u64,
    },
    /// An edit is in another organization than the record.
    #[error(
        "{place}.edits[{edit}]: this edit is in another organization than the record: apply only what the library wrote"
    )]
    OtherOrganization {
        /// The entry.
        place: Place,
        /// The index of the edit in the entry.
        edit: usize,
    },
    /// The record changes a row that is different in this directory.
    #[error("{place}.edits[{edit}]: this row is different in the directory: attach the organization again")]
    Differs {
        /// The entry.
        place: Place,
        /// The index of the edit in the entry.
        edit: usize,
    },
    /// The directory has as many facts of a kind as can be numbered: see [`RowError::Full`](crate::directory::RowError::Full).
    #[error("{place}: no more can be added: the facts of a kind are numbered, and their numbers end")]
    Full {
        /// The entry.
        place: Place,
    },
    /// The edits of the record are not those that its change makes in this directory.
    #[error(
        "{place}: the edits are not those of the change: attach the organization again, from a log that was not altered"
    )]
    OtherEdits {
        /// The entry.
        place: Place,
    },
}

/// The place of an entry, in an [`ApplyError`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The organization.
    pub organization: String,
    /// The revision of the record.
    pub record: u64,
    /// The index of the entry in the record.
    pub entry: usize,
}

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} of {}, steps[{}]", self.record, self.organization, self.entry)
    }
}

/// Writes which record is the next one.
struct Next(u64);

impl Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.checked_add(1) {
            Some(next) => write!(f, "the next one is {next}"),
            None => f.write_str("there is no later one"),
        }
    }
}

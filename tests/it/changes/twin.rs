//! The library and the model side by side: what one does, the other does.

use shipgate::change::{Batch, BatchError, Change, ChangeError, Record};
use shipgate::{Decision, Directory, Exposure, SubjectId};

use super::model::{Actor, Attempt, Model, Refused};
use super::rows::load;
use crate::oracle::{Id, Question, World};
use crate::world::held::put;

/// A model, the directory that has gone the same way, and that way.
#[derive(Clone, Debug)]
pub(crate) struct Twin {
    pub(crate) model: Model,
    pub(crate) directory: Directory<Id>,
    /// What was there before each record, by the same index.
    pub(crate) before: Vec<(Model, Directory<Id>)>,
    pub(crate) records: Vec<Record<Id>>,
}

impl Twin {
    pub(crate) fn of(model: Model) -> Self {
        let directory = load(&model);
        Self { model, directory, before: Vec::new(), records: Vec::new() }
    }

    /// Makes an attempt on both. They agree whether it is made, and if not why; then they hold the same, each organization
    /// that had a permanent Owner has one, and who was refused changed nothing.
    pub(crate) fn attempt(&mut self, attempt: &Attempt) -> Result<(), Refused> {
        let before = (self.model.clone(), self.directory.clone());
        let id = self.next_record();
        let expected = self.model.attempt(attempt, id);
        let found = attempted(&mut self.directory, attempt, id);
        assert!(
            self.directory == load(&self.model),
            "after {attempt:?} on {:?} the directory holds {:?}, the model {:?}",
            before.0,
            self.directory,
            self.model
        );
        match (found, &expected) {
            (Ok(record), Ok(())) => {
                follows(&record, &before.0);
                assert_eq!(*record.id(), id, "after {attempt:?}");
                keeps_owners(&before.0.world, &self.model.world, attempt);
                self.before.push(before);
                self.records.push(record);
            }
            (Err(error), Err(refused)) => {
                assert!(is_said(refused, &error), "{error:?} is said, {refused:?} expected of {attempt:?}");
                assert!(self.directory == before.1, "refused, yet something changed: {attempt:?}");
            }
            (found, expected) => panic!("{found:?}, and the model {expected:?}, of {attempt:?} on {:?}", before.0),
        }
        expected
    }

    /// A proposal changes nothing, whether it is made or refused. Its record is that of the change, and does what it does.
    pub(crate) fn proposes(&self, attempt: &Attempt) {
        let (id, mut proposing, mut changing) = (self.next_record(), self.directory.clone(), self.directory.clone());
        let proposal = proposed(&mut proposing, attempt, id);
        assert!(proposing == self.directory, "only proposed, yet something changed: {attempt:?}");
        assert_eq!(proposal, attempted(&mut changing, attempt, id), "{attempt:?}");
        if let Ok(record) = proposal {
            assert_eq!(proposing.apply(&record), Ok(()), "{attempt:?}");
        }
        assert!(proposing == changing, "{attempt:?}: {proposing:?}, not {changing:?}");
    }

    /// The id of the next record, which is not that of another one, or of the last one before the beginning.
    pub(crate) fn next_record(&self) -> Id {
        1_000 + self.records.len() as Id
    }

    /// The directory answers as the oracle does on the model's facts.
    pub(crate) fn asked(&self, question: &Question) {
        let expected = (self.model.world.decide(question), self.model.world.exposure(question));
        assert_eq!(self.answers(question), expected, "{question:?} on {:?}", self.model);
    }

    /// What the directory answers.
    pub(crate) fn answers(&self, question: &Question) -> (Decision, Exposure) {
        put(question, |subject, action, resource| {
            (self.directory.decide(subject, action, resource), self.directory.exposure(subject, resource))
        })
    }
}

/// "no sequence of allowed changes takes the last permanent Owner from an organization that had one", deleting it aside.
fn keeps_owners(before: &World, after: &World, attempt: &Attempt) {
    for organization in before.organizations.intersection(&after.organizations) {
        let kept = before.owners(*organization) == 0 || after.owners(*organization) > 0;
        assert!(kept, "{attempt:?} took the last Owner from {organization} in {before:?}");
    }
}

/// A record is the next one of its organization.
fn follows(record: &Record<Id>, before: &Model) {
    let last = before.streams.get(record.organization());
    let expected = last.map_or((1, None), |(revision, last)| (revision + 1, Some(last)));
    assert_eq!((record.revision(), record.previous()), expected, "{record:?} on {before:?}");
}

pub(crate) fn attempted(directory: &mut Directory<Id>, attempt: &Attempt, id: Id) -> Result<Record<Id>, BatchError> {
    match attempt {
        Attempt::Founding { organization, owner, kind, at } => {
            directory.create_organization(id, *organization, *owner, *kind, *at).map_err(only)
        }
        Attempt::Change(actor, change) => directory.change(id, &subject(actor), change.clone()).map_err(only),
        Attempt::Batch { changes, decided_on } => directory.change_all(id, batch(changes, *decided_on)),
    }
}

/// The same attempt, proposed.
pub(crate) fn proposed(directory: &mut Directory<Id>, attempt: &Attempt, id: Id) -> Result<Record<Id>, BatchError> {
    match attempt {
        Attempt::Founding { organization, owner, kind, at } => {
            directory.propose_organization(id, *organization, *owner, *kind, *at).map_err(only)
        }
        Attempt::Change(actor, change) => directory.propose(id, &subject(actor), change.clone()).map_err(only),
        Attempt::Batch { changes, decided_on } => directory.propose_all(id, batch(changes, *decided_on)),
    }
}

pub(crate) fn only(error: ChangeError) -> BatchError {
    BatchError::Change { index: 0, error }
}

pub(crate) fn batch(changes: &[(Actor, Change<Id>)], decided_on: Option<u64>) -> Batch<'_, Id> {
    let mut batch = Batch::new();
    for (actor, change) in changes {
        batch = batch.with(subject(actor), change.clone());
    }
    match decided_on {
        Some(revision) => batch.if_revision(revision),
        None => batch,
    }
}

pub(crate) fn subject(actor: &Actor) -> SubjectId<'_, Id> {
    let mut subject = SubjectId::new(&actor.account);
    subject = actor.kind.into_iter().fold(subject, SubjectId::of_kind);
    subject = actor.token.iter().fold(subject, SubjectId::with_token);
    subject = actor.service_token.iter().fold(subject, SubjectId::with_service_token);
    actor.now.into_iter().fold(subject, SubjectId::at)
}

/// Whether the library says what the model expects: of several obstacles, any one.
fn is_said(expected: &Refused, error: &BatchError) -> bool {
    match (expected, error) {
        (Refused::Stale, BatchError::Stale { .. }) => true,
        (Refused::SeveralOrganizations(at), BatchError::SeveralOrganizations { index })
        | (Refused::SeveralTimes(at), BatchError::SeveralTimes { index }) => at == index,
        (Refused::At(at, any_of), BatchError::Change { index, error }) => at == index && any_of.contains(error),
        (Refused::Stale | Refused::SeveralOrganizations(_) | Refused::SeveralTimes(_) | Refused::At(..), _) => false,
    }
}

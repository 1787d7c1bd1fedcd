//! Questions that the tables of verdicts answer: who asks, and what most questions are about, found by id.

use core::borrow::Borrow;
use core::hash::Hash;

use crate::directory::entry::{At, Entry};
use crate::directory::members::AccountRecord;
use crate::directory::members::word::Word;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::action::{Action, ActionKind};
use crate::model::cluster::Cluster;
use crate::model::environment::Environment;
use crate::model::fact::{
    ClusterFact, EnvironmentFact, OrganizationFact, ProjectFact, ResourceFact, RoleFact, SubjectFact,
};
use crate::model::names::copy;
use crate::model::organization::Organization;
use crate::model::project::Project;
use crate::model::resource::ResourceKind;
use crate::model::time::{Now, Time};
use crate::model::token::Token;
use crate::policy::asked::Asks;
use crate::policy::decision::Decision;
use crate::policy::reason::Reason;
use crate::policy::verdict::{self, FindMember, OnRecord, Who};

/// The decision on a fact, where the action gives no custom role; `None` if only the gates can say it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: where this is called, the kind of the resource is known")]
pub(crate) fn look_up<'a, Id: Ord, Q: ?Sized>(
    subject: impl FindSubject<'a, Id>,
    action: Action<&Q>,
    fact: Option<Fact<'a, Id>>,
) -> Option<Decision> {
    let Some(fact) = fact else { return Some(Decision::Deny(Reason::UnknownResource)) };
    let subject = subject.find();
    look_up_for(subject.who(), MemberOf { subject, at: fact.at() }, action, fact)
}

/// The same, where the membership is found by `member`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: see `look_up`")]
pub(crate) fn look_up_for<'a, Id: Ord, Q: ?Sized>(
    who: Who<'a, Id>,
    member: impl FindMember<'a, Id>,
    action: Action<&Q>,
    fact: Fact<'a, Id>,
) -> Option<Decision> {
    verdict::look_up_on(who, member, WithoutCustomRole(action), fact.resource())
}

/// What most questions are about, with the numbers of where it is.
#[derive(Debug)]
pub(crate) enum Fact<'a, Id> {
    Organization(&'a Entry<Organization<Id>, u32>),
    Project(&'a Entry<Project<Id>, At>),
    Environment(&'a Entry<Environment<Id>, At>),
    Cluster(&'a Entry<Cluster<Id>, At>),
}

impl<'a, Id> Fact<'a, Id> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    pub(crate) fn at(self) -> At {
        match self {
            Self::Organization(entry) => At { organization: entry.number, ..At::default() },
            Self::Project(entry) => entry.number,
            Self::Environment(entry) => entry.number,
            Self::Cluster(entry) => entry.number,
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    pub(crate) fn resource(self) -> ResourceFact<'a, Id> {
        match self {
            Self::Organization(entry) => ResourceFact::Organization(OrganizationFact::of(entry)),
            Self::Project(entry) => ResourceFact::Project(ProjectFact::of(entry)),
            Self::Environment(entry) => ResourceFact::Environment(EnvironmentFact::of(entry)),
            Self::Cluster(entry) => ResourceFact::Cluster(ClusterFact::of(entry)),
        }
    }
}

/// A subject whose account was looked up.
#[derive(Debug)]
pub(crate) struct KnownSubject<'a, Id> {
    pub(crate) directory: &'a Directory<Id>,
    /// `None` if it is unknown, or not of the kind that the subject must be of.
    pub(crate) account: Option<&'a AccountRecord<Id>>,
    token: Option<&'a Token<Id>>,
    service_token: Option<&'a Token<Id>>,
    now: Option<Time>,
}

impl<'a, Id> KnownSubject<'a, Id> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    pub(crate) const fn who(&self) -> Who<'a, Id> {
        Who { token: self.token, service_token: self.service_token, now: Now::new(self.now) }
    }
}

impl<'a, Id> From<KnownSubject<'a, Id>> for SubjectFact<'a, Id> {
    #[inline]
    fn from(subject: KnownSubject<'a, Id>) -> Self {
        let KnownSubject { directory, account, token, service_token, now } = subject;
        Self { account: account.map(|account| directory.stored_account(account)), token, service_token, now }
    }
}

copy!(Fact, KnownSubject);

impl<Id: Hash + Ord> Directory<Id> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: with ids of text, compilers otherwise put it into memory")]
    pub(crate) fn resolve_subject<'a, Q>(&'a self, subject: &SubjectId<'a, Id, Q>) -> KnownSubject<'a, Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.subject_of(subject, self.members.accounts.find(subject.id))
    }

    /// The subject whose account, found by its id, is this one.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: with ids of text, compilers otherwise put it into memory")]
    pub(crate) fn subject_of<'a, Q: ?Sized>(
        &'a self,
        subject: &SubjectId<'a, Id, Q>,
        account: Option<&'a AccountRecord<Id>>,
    ) -> KnownSubject<'a, Id> {
        let account = account.filter(|account| subject.kind.is_none_or(|kind| kind == self.members.kind(account)));
        let SubjectId { token, service_token, now, .. } = *subject;
        KnownSubject { directory: self, account, token, service_token, now }
    }
}

/// Finds the subject where it is needed: a question that is about nothing needs none.
// No closure, since that would not be inlined in each of the places that call it.
pub(crate) trait FindSubject<'a, Id>: Copy {
    fn find(self) -> KnownSubject<'a, Id>;
}

impl<'a, Id> FindSubject<'a, Id> for KnownSubject<'a, Id> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: a twentieth of a decision")]
    fn find(self) -> Self {
        self
    }
}

/// Looks the subject up.
pub(crate) struct ById<'a, 's, Id, Q: ?Sized> {
    pub(crate) directory: &'a Directory<Id>,
    pub(crate) subject: &'s SubjectId<'a, Id, Q>,
}

impl<Id, Q: ?Sized> Clone for ById<'_, '_, Id, Q> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id, Q: ?Sized> Copy for ById<'_, '_, Id, Q> {}

impl<'a, Id, Q> FindSubject<'a, Id> for ById<'a, '_, Id, Q>
where
    Id: Hash + Ord + Borrow<Q>,
    Q: Hash + Ord + ?Sized,
{
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: a twentieth of a decision")]
    fn find(self) -> KnownSubject<'a, Id> {
        self.directory.resolve_subject(self.subject)
    }
}

/// A subject's membership in the organization with this number.
struct MemberOf<'a, Id> {
    subject: KnownSubject<'a, Id>,
    at: At,
}

impl<'a, Id: Ord> FindMember<'a, Id> for MemberOf<'a, Id> {
    type Found = OnRecord<'a, Id>;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of nearly every decision")]
    fn find(self, _: &'a Id, now: Now) -> Option<OnRecord<'a, Id>> {
        let KnownSubject { directory, account, .. } = self.subject;
        OnRecord::of(directory, directory.members.word(account?, self.at.organization), self.at, now)
    }
}

/// A membership that was found before.
pub(crate) struct MemberByWord<'a, Id> {
    pub(crate) directory: &'a Directory<Id>,
    pub(crate) word: Word,
    pub(crate) at: At,
}

impl<'a, Id: Ord> FindMember<'a, Id> for MemberByWord<'a, Id> {
    type Found = OnRecord<'a, Id>;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of nearly every decision")]
    fn find(self, _: &'a Id, now: Now) -> Option<OnRecord<'a, Id>> {
        OnRecord::of(self.directory, self.word, self.at, now)
    }
}

/// An action that gives no custom role, so that there is none to look up.
pub(crate) struct WithoutCustomRole<'a, Q: ?Sized>(pub(crate) Action<&'a Q>);

impl<Q: ?Sized> Clone for WithoutCustomRole<'_, Q> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q: ?Sized> Copy for WithoutCustomRole<'_, Q> {}

impl<'a, Id, Q: ?Sized> Asks<'a, Id> for WithoutCustomRole<'_, Q> {
    #[inline]
    fn kind(&self) -> ActionKind {
        self.0.kind()
    }

    #[inline]
    fn suits(&self, on: ResourceKind) -> bool {
        self.0.suits(on)
    }

    #[inline]
    fn role_belongs(&self, _: &Id) -> bool {
        true
    }

    fn action(self) -> Action<RoleFact<'a, Id>> {
        self.0.try_map(|_| None).unwrap_or(Action::View)
    }
}

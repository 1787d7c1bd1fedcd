//! Questions that the tables of verdicts answer: who asks, and what most questions are about, found by id.

use core::borrow::Borrow;
use core::hash::Hash;

use crate::directory::entry::{At, Entry};
use crate::directory::environment::EnvironmentRecord;
use crate::directory::members::AccountRecord;
use crate::directory::members::given::Few;
use crate::directory::members::seated::Seated;
use crate::directory::members::teams::TeamSet;
use crate::directory::members::terms::Terms;
use crate::directory::members::word::{One, Word, if_same};
use crate::directory::numbers::Numbers;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::action::{Action, ActionKind};
use crate::model::cluster::Cluster;
use crate::model::fact::{ClusterFact, OrganizationFact, ProjectFact, ResourceFact, RoleFact, SubjectFact};
use crate::model::names::copy;
use crate::model::organization::Organization;
use crate::model::project::Project;
use crate::model::resource::ResourceKind;
use crate::model::time::{Now, Time};
use crate::model::token::Token;
use crate::policy::asked::Asks;
use crate::policy::decision::Decision;
use crate::policy::reason::Reason;
use crate::policy::requirement::Requirement;
use crate::policy::verdict::built_in::{Codes, RoleCode};
use crate::policy::verdict::{self, Member, Who};

/// The decision on a fact, where the action gives no custom role; `None` if only the gates can say it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: where this is called, the kind of the resource is known")]
pub(crate) fn look_up<'a, Id: Ord, Q: ?Sized>(
    subject: impl FindSubject<'a, Id>,
    action: Action<&Q>,
    fact: Option<Fact<'a, Id>>,
) -> Option<Decision> {
    let Some(fact) = fact else { return Some(Decision::Deny(Reason::UnknownResource)) };
    let row = row_on(action, fact.kind())?;
    subject.find().look_up(action.kind(), fact, row)
}

/// The number of the row in the action table.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: see `look_up`")]
pub(crate) fn row_on<Q: ?Sized>(action: Action<&Q>, on: ResourceKind) -> Option<u8> {
    if action.suits(on) { Requirement::number_for(action.kind(), on) } else { None }
}

/// What most questions are about, with the numbers of where it is.
#[derive(Debug)]
pub(crate) enum Fact<'a, Id> {
    Organization(&'a Entry<Organization<Id>, u32>),
    Project(&'a Entry<Project<Id>, At>),
    Environment(&'a EnvironmentRecord<Id>),
    Cluster(&'a Entry<Cluster<Id>, At>),
}

impl<'a, Id> Fact<'a, Id> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    const fn kind(self) -> ResourceKind {
        match self {
            Self::Organization(_) => ResourceKind::Organization,
            Self::Project(_) => ResourceKind::Project,
            Self::Environment(_) => ResourceKind::Environment,
            Self::Cluster(_) => ResourceKind::Cluster,
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    pub(crate) fn at(self) -> At {
        match self {
            Self::Organization(entry) => At { organization: entry.number, ..At::default() },
            Self::Project(entry) => entry.number,
            Self::Environment(environment) => environment.at(),
            Self::Cluster(entry) => entry.number,
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    pub(crate) fn resource(self, directory: &'a Directory<Id>) -> Option<ResourceFact<'a, Id>> {
        Some(match self {
            Self::Organization(entry) => ResourceFact::Organization(OrganizationFact::of(entry)),
            Self::Project(entry) => ResourceFact::Project(ProjectFact::of(entry)),
            Self::Environment(environment) => ResourceFact::Environment(environment.fact(&directory.numbers)?),
            Self::Cluster(entry) => ResourceFact::Cluster(ClusterFact::of(entry)),
        })
    }
}

/// A subject whose account was looked up.
#[derive(Debug)]
pub(crate) struct KnownSubject<'a, Id> {
    pub(crate) directory: &'a Directory<Id>,
    /// `None` if it is unknown, or not of the kind that the subject must be of.
    account: Option<&'a AccountRecord<Id>>,
    token: Option<&'a Token<Id>>,
    service_token: Option<&'a Token<Id>>,
    now: Option<Time>,
}

impl<'a, Id> KnownSubject<'a, Id> {
    const fn who(&self) -> Who<'a, Id> {
        Who { token: self.token, service_token: self.service_token, now: Now::new(self.now) }
    }
}

impl<'a, Id: Ord> KnownSubject<'a, Id> {
    /// The decision on a fact; `None` if only the gates can say it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    fn look_up(&self, action: ActionKind, fact: Fact<'a, Id>, row: u8) -> Option<Decision> {
        if self.token.is_some() || self.service_token.is_some() {
            return look_up_with_tokens((*self, action, fact, row));
        }
        let (at, directory) = (fact.at(), self.directory);
        let word = self.word(at);
        if word.is_plain() {
            look_up_plain(word, at, row, &directory.numbers)
        } else {
            look_up_rest(directory, word, at, row, Now::new(self.now))
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    fn word(&self, at: At) -> Word {
        self.account.map_or(Word::NONE, |account| self.directory.members.word(account, at.organization))
    }

    /// The denial of what the tokens of a member do not cover.
    fn refused(&self, action: ActionKind, fact: Fact<'a, Id>) -> Option<Decision> {
        match fact.resource(self.directory) {
            Some(resource) => verdict::refused(self.who(), action, &resource),
            None => Some(Decision::Deny(Reason::UnknownResource)),
        }
    }
}

/// [`KnownSubject::look_up`] of a subject who uses tokens.
// Apart, so that other questions do not pay for it. What it reads comes in a tuple so that it is put together only here.
#[inline(never)]
fn look_up_with_tokens<'a, Id: Ord>(
    (subject, action, fact, row): (KnownSubject<'a, Id>, ActionKind, Fact<'a, Id>, u8),
) -> Option<Decision> {
    let (at, directory, now) = (fact.at(), subject.directory, Now::new(subject.now));
    let word = subject.word(at);
    let is_member = !word.is_none() && now.before(directory.members.terms(word).expires_at());
    let refused = if is_member { subject.refused(action, fact) } else { None };
    refused.or_else(|| look_up_rest(directory, word, at, row, now))
}

/// The decision on a question without tokens, where the membership has neither teams nor a line; `None` if it has, or if only the
/// gates can say it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: see `look_up`")]
pub(crate) fn look_up_plain<Id>(word: Word, at: At, row: u8, numbers: &Numbers<Id>) -> Option<Decision> {
    if !word.is_plain() {
        return None;
    }
    let One { place, code } = word.one();
    let code_on = |other: u32| if_same(place, other, code);
    let codes = Codes { project: code_on(at.project), cluster: code_on(at.cluster) };
    let setting = at.setting.in_project(numbers.visibility_of_project(at.project));
    verdict::look_up_built_in(word.role(), setting, codes, row)
}

/// The decision on a question without tokens, also where the membership has teams or a line.
// Apart, so that other questions do not pay for it.
#[inline(never)]
fn look_up_rest<Id: Ord>(directory: &Directory<Id>, word: Word, at: At, row: u8, now: Now) -> Option<Decision> {
    let Directory { members, numbers, .. } = directory;
    let terms = members.terms(word);
    let setting = at.setting.in_project(numbers.visibility_of_project(at.project));
    if !now.before(terms.expires_at()) {
        return verdict::look_up_built_in(RoleCode::NONE, setting, Codes::NONE, row);
    }
    let Some(codes) = terms.short().and_then(|short| codes(short, at, numbers, now)) else {
        return look_up_seated(Seated { numbers, organization: at.organization, terms, now }, at, row);
    };
    match terms {
        Terms::Word(word) => verdict::look_up_built_in(word.role(), setting, codes, row),
        Terms::Line(line) => verdict::look_up_member(Member::granted(line.acting(), setting, codes), setting, row),
    }
}

/// What is granted on a place to a member with these teams and grants; `None` if that depends on the time, which is unknown.
#[inline]
fn codes<Id>((teams, [first, second]): (TeamSet<'_>, Few), at: At, numbers: &Numbers<Id>, now: Now) -> Option<Codes> {
    let of_teams = |place: u32| numbers.codes_of_teams(teams, (at.organization, place), now);
    let own_or = |place: u32, of_teams: u32| {
        let own = if_same(first.place, place, first.code) | if_same(second.place, place, second.code);
        own | if_same(own, 0, of_teams)
    };
    let (roles, levels) = (of_teams(at.project)?, of_teams(at.cluster)?);
    Some(Codes { project: own_or(at.project, roles.project_role()), cluster: own_or(at.cluster, levels.level()) })
}

/// The decision on a question of a member with grants that expire or are many, or of whom the time decides, which is unknown.
#[inline(never)]
fn look_up_seated<Id: Ord>(member: Seated<'_, Id>, at: At, row: u8) -> Option<Decision> {
    let setting = at.setting.in_project(member.numbers.visibility_of_project(at.project));
    let (role, level) = (member.project_role(at.project), member.level(at.cluster));
    verdict::look_up_member(Member::on(member.acting(), setting, role, level), setting, row)
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
        let account = self.members.accounts.find(subject.id);
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

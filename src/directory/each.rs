//! Many questions at once: the facts of several are looked up before the first is decided.

use core::borrow::Borrow;
use core::hash::Hash;
use core::hint;
use core::ops::Deref;

use crate::directory::entry::At;
use crate::directory::lookup::{Fact, look_up_plain, row};
use crate::directory::members::AccountRecord;
use crate::directory::members::word::Word;
use crate::directory::question::Question;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::action::Action;
use crate::model::names::copy;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::policy::decision::Decision;
use crate::policy::reason::Reason;

/// A question by ids, in parts.
pub(crate) type Parts<'q, Id, Q> = (SubjectId<'q, Id, Q>, Action<&'q Q>, ResourceRef<'q, Id, Q>);

impl<Id> Question<Id> {
    /// The subject, the action and the resource, as [`Directory::decide`] takes them, and many of them
    /// [`Directory::decide_each`].
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::directory::Question;
    /// use shipgate::{Action, Decision, Directory, Reason, ResourceId};
    ///
    /// let question = Question::new(7, Action::View, ResourceId::Project(30));
    /// let (subject, action, resource) = question.parts();
    /// let denied = Directory::<u64>::new().decide(&subject, action, resource);
    /// assert_eq!(denied, Decision::Deny(Reason::UnknownResource));
    /// ```
    #[must_use]
    pub fn parts(&self) -> Parts<'_, Id, Id> {
        (self.subject(), self.action.as_ref(), self.resource.borrowed::<Id>())
    }
}

impl<Id: Hash + Ord> Directory<Id> {
    /// Decides a question about each of some items, in their order, as [`Directory::decide`] does.
    ///
    /// It looks up the facts of 16 questions at a time before it decides the first of them, so that the processor waits for
    /// memory once and not for each fact. Use it to render lists, and to answer requests that ask much. It is lazy, and
    /// allocates nothing. `question` is called once or twice for each item; the decision is on what it returned the last time.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::directory::Question;
    /// use shipgate::{AccountKind, Action, Directory, ResourceId, Role, SubjectId, Visibility};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, None)?;
    /// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
    /// rows.cluster("us-west".into(), "acme-corp", Visibility::Members)?;
    /// let directory = rows.build();
    ///
    /// let (alice, clusters) = (SubjectId::new("alice"), ["us-east", "us-west"]);
    /// let decisions = directory.decide_each(&clusters, |cluster| (alice, Action::Deploy, ResourceId::Cluster(*cluster)));
    /// assert_eq!(decisions.map(|decision| decision.is_allowed()).collect::<Vec<_>>(), [true, false]);
    ///
    /// // Questions that own their ids.
    /// let questions = clusters.map(|cluster| Question::new("alice".into(), Action::View, ResourceId::Cluster(cluster.into())));
    /// let decisions = directory.decide_each(&questions, Question::parts);
    /// assert_eq!(decisions.filter(|decision| decision.is_allowed()).count(), 1);
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    pub fn decide_each<'q, T, Q, F>(
        &self,
        items: &'q [T],
        question: F,
    ) -> impl ExactSizeIterator<Item = Decision> + use<'_, 'q, Id, T, Q, F>
    where
        Id: Borrow<Q> + 'q,
        Q: Hash + Ord + ?Sized + 'q,
        F: Fn(&'q T) -> Parts<'q, Id, Q>,
    {
        Decisions::new(self, items, question)
    }
}

/// This many questions are looked up before the first of them is decided.
const CHUNK: usize = 16;

/// Decisions in the order of the items.
pub(crate) struct Decisions<'q, D, T, F> {
    directory: D,
    items: &'q [T],
    question: F,
    /// Those that were made and not yet returned are between `next` and `end`.
    made: [Decision; CHUNK],
    next: usize,
    end: usize,
}

impl<'q, D, T, F> Decisions<'q, D, T, F> {
    pub(crate) const fn new(directory: D, items: &'q [T], question: F) -> Self {
        let made = [Decision::Deny(Reason::UnknownResource); CHUNK];
        Self { directory, items, question, made, next: 0, end: 0 }
    }
}

impl<'q, Id, Q, D, T, F> Iterator for Decisions<'q, D, T, F>
where
    Id: Hash + Ord + Borrow<Q> + 'q,
    Q: Hash + Ord + ?Sized + 'q,
    D: Deref<Target = Directory<Id>>,
    F: Fn(&'q T) -> Parts<'q, Id, Q>,
{
    type Item = Decision;

    #[inline]
    fn next(&mut self) -> Option<Decision> {
        if self.next == self.end {
            let (chunk, rest) = self.items.split_at_checked(CHUNK).unwrap_or((self.items, &[]));
            self.directory.fill(chunk, &self.question, &mut self.made);
            (self.items, self.next, self.end) = (rest, 0, chunk.len());
        }
        let decision = self.made.get(..self.end)?.get(self.next).copied()?;
        self.next = self.next.saturating_add(1);
        Some(decision)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.end.saturating_sub(self.next).saturating_add(self.items.len());
        (left, Some(left))
    }
}

impl<'q, Id, Q, D, T, F> ExactSizeIterator for Decisions<'q, D, T, F>
where
    Id: Hash + Ord + Borrow<Q> + 'q,
    Q: Hash + Ord + ?Sized + 'q,
    D: Deref<Target = Directory<Id>>,
    F: Fn(&'q T) -> Parts<'q, Id, Q>,
{
}

/// What was found for a question.
struct Found<'a, Id> {
    account: Option<&'a AccountRecord<Id>>,
    at: At,
    state: State,
}

/// How far a question is.
#[derive(Clone, Copy)]
enum State {
    Decided,
    /// It is to be looked up in the tables, in the row with this number.
    Row(u8),
    /// It is to be decided as if it were the only one.
    Alone,
}

copy!(Found);

impl<Id: Hash + Ord> Directory<Id> {
    /// Decides the questions about a chunk of items.
    // Each loop reads what the one before it found, so that the processor fetches it for all items at once. Most questions are
    // made once, and not kept: it takes longer to write them to memory and read them.
    #[inline]
    fn fill<'q, T, Q>(
        &self,
        items: &'q [T],
        question: &impl Fn(&'q T) -> Parts<'q, Id, Q>,
        decisions: &mut [Decision; CHUNK],
    ) where
        Id: Borrow<Q> + 'q,
        Q: Hash + Ord + ?Sized + 'q,
    {
        let mut found = [Found { account: None, at: At::default(), state: State::Alone }; CHUNK];
        for ((found, decision), item) in found.iter_mut().zip(decisions.iter_mut()).zip(items) {
            let (subject, action, resource) = question(item);
            found.state = match self.find(&subject, action, resource) {
                None => State::Alone,
                Some(None) => {
                    *decision = Decision::Deny(Reason::UnknownResource);
                    State::Decided
                }
                Some(Some((at, row))) => {
                    (found.account, found.at) = (self.members.accounts.find(subject.id()), at);
                    State::Row(row)
                }
            };
        }
        for (found, decision) in found.iter_mut().zip(decisions.iter_mut()).take(items.len()) {
            let State::Row(row) = found.state else { continue };
            let word = found.account.map_or(Word::NONE, |account| self.members.word(account, found.at.organization));
            found.state = match look_up_plain(word, found.at, row, &self.numbers) {
                Some(looked_up) => {
                    *decision = looked_up;
                    State::Decided
                }
                None => State::Alone,
            };
            // Reads what is needed later, so that the wait for it begins now.
            hint::black_box(self.members.line(word).map(|line| line.expires_at));
        }
        for ((found, decision), item) in found.iter().zip(decisions).zip(items) {
            if matches!(found.state, State::Alone) {
                let (subject, action, resource) = question(item);
                *decision = self.decide_alone(&subject, action, (resource,));
            }
        }
    }

    /// Where the resource is, and the number of the row, if the tables may decide without reading more of the question; `None` in
    /// place of them if the resource does not exist.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: otherwise the question is written to memory")]
    #[expect(clippy::option_option, reason = "whether to look up, and whether there is anything")]
    fn find<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        action: Action<&Q>,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Option<Option<(At, u8)>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        if action.gives_custom_role() || !subject.is_bare() {
            return None;
        }
        // In an arm of its own, each kind is known at compile time.
        match resource {
            ResourceId::Environment(id) => find_row(action, self.environments.find(id).map(Fact::Environment)),
            ResourceId::Cluster(id) => find_row(action, self.clusters.find(id).map(Fact::Cluster)),
            ResourceId::Organization(id) => find_row(action, self.organizations.find(id).map(Fact::Organization)),
            ResourceId::Project(id) => find_row(action, self.projects.find(id).map(Fact::Project)),
            ResourceId::Member { .. }
            | ResourceId::Role(_)
            | ResourceId::Team(_)
            | ResourceId::TeamMember { .. }
            | ResourceId::ProjectMember { .. }
            | ResourceId::ProjectTeam { .. }
            | ResourceId::NewEnvironment { .. }
            | ResourceId::Placement { .. }
            | ResourceId::Deployment { .. }
            | ResourceId::ClusterMember { .. }
            | ResourceId::ClusterTeam { .. } => None,
        }
    }

    /// Decides what the tables cannot say, or what was not looked up.
    // Apart, and with the resource in a tuple, as in `decide`.
    #[inline(never)]
    fn decide_alone<Q>(
        &self,
        subject: &SubjectId<'_, Id, Q>,
        action: Action<&Q>,
        (resource,): (ResourceRef<'_, Id, Q>,),
    ) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.decide(subject, action, resource)
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: where this is called, the kind of the resource is known")]
#[expect(clippy::option_option, reason = "as `find` returns it")]
fn find_row<Id, Q: ?Sized>(action: Action<&Q>, fact: Option<Fact<'_, Id>>) -> Option<Option<(At, u8)>> {
    let Some(fact) = fact else { return Some(None) };
    Some(Some((fact.at(), row(action, fact)?)))
}

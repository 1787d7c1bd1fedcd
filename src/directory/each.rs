//! Many questions at once: the facts of several are looked up before the first is decided.

use core::borrow::Borrow;
use core::hash::Hash;
use core::hint;
use core::ops::Deref;

use crate::directory::lookup::{Fact, row};
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
    /// allocates nothing. `question` is called twice for each item, and must return the same both times: otherwise the
    /// decision is on the account and the resource of the first time, and the rest of the second.
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
    /// The account's membership in the organization of the fact, even if it has expired.
    word: Word,
    on: On<'a, Id>,
}

/// What a question is about.
enum On<'a, Id> {
    Fact(Fact<'a, Id>),
    /// It does not exist.
    Nothing,
    /// It is one of the resources about which few questions are asked. It is decided as if it were the only one.
    Other,
}

copy!(Found, On);

impl<Id: Hash + Ord> Directory<Id> {
    /// Decides the questions about a chunk of items.
    // Each loop reads what the one before it found, and touches what the next one reads, so that the processor fetches it for
    // all items at once. The questions are made twice, and not kept: it takes longer to write them to memory and read them.
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
        let mut found = [Found { account: None, word: Word::NONE, on: On::Nothing }; CHUNK];
        for (found, item) in found.iter_mut().zip(items) {
            let (subject, action, resource) = question(item);
            found.account = self.members.accounts.find(subject.id());
            // Reads what is needed later, so that the wait for it begins now.
            hint::black_box(found.account.map(AccountRecord::first_word));
            found.on = self.find(action, resource);
        }
        for found in found.iter_mut().take(items.len()) {
            let (Some(account), On::Fact(fact)) = (found.account, found.on) else { continue };
            found.word = self.members.word(account, fact.at().organization);
            hint::black_box(self.members.line(found.word).map(|line| line.expires_at));
        }
        for ((decision, found), item) in decisions.iter_mut().zip(&found).zip(items) {
            let (subject, action, resource) = question(item);
            *decision = self.decide_found(*found, &subject, action, resource);
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: otherwise the question is written to memory")]
    fn find<Q>(&self, action: Action<&Q>, resource: ResourceRef<'_, Id, Q>) -> On<'_, Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        if action.gives_custom_role() {
            return On::Other;
        }
        let found = match resource {
            ResourceId::Environment(id) => self.environments.find(id).map(Fact::Environment),
            ResourceId::Cluster(id) => self.clusters.find(id).map(Fact::Cluster),
            ResourceId::Organization(id) => self.organizations.find(id).map(Fact::Organization),
            ResourceId::Project(id) => self.projects.find(id).map(Fact::Project),
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
            | ResourceId::ClusterTeam { .. } => return On::Other,
        };
        found.map_or(On::Nothing, On::Fact)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: otherwise the question is written to memory")]
    fn decide_found<Q>(
        &self,
        found: Found<'_, Id>,
        subject: &SubjectId<'_, Id, Q>,
        action: Action<&Q>,
        resource: ResourceRef<'_, Id, Q>,
    ) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        // Of a question that was another one the first time.
        if action.gives_custom_role() {
            return self.decide_alone(subject, action, (resource,));
        }
        let by = self.subject_of(subject, found.account);
        let word = if by.account.is_some() { found.word } else { Word::NONE };
        let look_up = |fact: Fact<'_, Id>| by.look_up(word, action.kind(), fact, row(action, fact)?);
        // In an arm of its own, each kind is known at compile time.
        let looked_up = match found.on {
            On::Fact(Fact::Environment(on)) => look_up(Fact::Environment(on)),
            On::Fact(Fact::Cluster(on)) => look_up(Fact::Cluster(on)),
            On::Fact(Fact::Organization(on)) => look_up(Fact::Organization(on)),
            On::Fact(Fact::Project(on)) => look_up(Fact::Project(on)),
            On::Nothing => return Decision::Deny(Reason::UnknownResource),
            On::Other => None,
        };
        match looked_up {
            Some(decision) => decision,
            None => self.decide_alone(subject, action, (resource,)),
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

//! Many questions at once: the facts of several are looked up before the first is decided.

use core::borrow::Borrow;
use core::hash::Hash;
use core::ops::Deref;

use crate::directory::entry::{At, Entry};
use crate::directory::environment::EnvironmentRecord;
use crate::directory::lookup::{Fact, look_up_plain, row_on};
use crate::directory::question::Question;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::action::Action;
use crate::model::cluster::Cluster;
use crate::model::names::copy;
use crate::model::organization::Organization;
use crate::model::project::Project;
use crate::model::resource::{ResourceId, ResourceKind, ResourceRef};
use crate::model::sorted::Keyed;
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
    /// If there are more accounts than fit into the cache of a processor, it looks up the facts of 16 questions at a time before it
    /// decides the first of them, so that the processor waits for memory once and not for each fact. Use it to render lists, and to
    /// answer requests that ask much. It is lazy, and allocates nothing. `question` is called once or twice for each item; the
    /// decision is on what it returned the last time.
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
    /// Whether the processor hardly waits for memory, so that it takes longer to look up the facts of several questions at a time.
    one_by_one: bool,
    /// Those that were made and not yet returned are between `next` and `end`.
    made: [Decision; CHUNK],
    next: usize,
    end: usize,
}

impl<'q, D, T, F> Decisions<'q, D, T, F> {
    pub(crate) fn new<Id>(directory: D, items: &'q [T], question: F) -> Self
    where
        D: Deref<Target = Directory<Id>>,
    {
        let one_by_one = directory.members.accounts.is_small();
        let made = [Decision::Deny(Reason::UnknownResource); CHUNK];
        Self { directory, items, question, one_by_one, made, next: 0, end: 0 }
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
        if self.one_by_one {
            let (item, rest) = self.items.split_first()?;
            self.items = rest;
            let (subject, action, resource) = (self.question)(item);
            return Some(self.directory.decide(&subject, action, resource));
        }
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

/// Where the resource of a question most likely is, without reading it.
struct Guess<'a, Id, Q: ?Sized> {
    id: &'a Q,
    resource: Slot<'a, Id>,
    /// The row of the question in the tables.
    row: u8,
}

/// The place of a resource in its table. There may be another, or none.
enum Slot<'a, Id> {
    Environment(&'a Option<EnvironmentRecord<Id>>),
    Cluster(&'a Option<Entry<Cluster<Id>, At>>),
    Project(&'a Option<Entry<Project<Id>, At>>),
    Organization(&'a Option<Entry<Organization<Id>, u32>>),
}

impl<'a, Id> Slot<'a, Id> {
    /// The id of the resource that is there, and where it is.
    #[inline]
    fn read(self) -> Option<(&'a Id, At)> {
        match self {
            Self::Environment(slot) => slot.as_ref().map(|fact| (fact.key(), Fact::Environment(fact).at())),
            Self::Cluster(slot) => slot.as_ref().map(|fact| (fact.key(), Fact::Cluster(fact).at())),
            Self::Project(slot) => slot.as_ref().map(|fact| (fact.key(), Fact::Project(fact).at())),
            Self::Organization(slot) => slot.as_ref().map(|fact| (fact.key(), Fact::Organization(fact).at())),
        }
    }
}

copy!(Slot);

impl<Id, Q: ?Sized> Clone for Guess<'_, Id, Q> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id, Q: ?Sized> Copy for Guess<'_, Id, Q> {}

/// Some of a chunk: a bit for each.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Places(u16);

impl Places {
    #[inline]
    fn add(&mut self, place: u32, is_one: bool) {
        self.0 |= u16::from(is_one).wrapping_shl(place);
    }

    #[inline]
    const fn contains(self, place: u32) -> bool {
        self.0.wrapping_shr(place) & 1 != 0
    }
}

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
        let (mut guesses, mut accounts) = ([None; CHUNK], [None; CHUNK]);
        for ((guess, account), item) in guesses.iter_mut().zip(&mut accounts).zip(items) {
            let (subject, action, resource) = question(item);
            *account = self.members.accounts.guess(subject.id()).map(|account| (subject.id(), account));
            // Part by part: a whole one would be put together in memory, and copied.
            if let Some(Guess { id, resource, row }) = self.guess(&subject, action, resource) {
                *guess = Some(Guess { id, resource, row });
            }
        }

        // What is not found here is decided alone.
        let mut found = [None; CHUNK];
        for ((guess, account), found) in guesses.iter().zip(&accounts).zip(&mut found) {
            let (Some(guess), Some((account_id, Some(account)))) = (*guess, *account) else { continue };
            let Some((id, at)) = guess.resource.read() else { continue };
            if (account.id().borrow() == account_id) & (id.borrow() == guess.id) {
                *found = Some((self.members.word(account, at.organization), at, guess.row));
            }
        }

        let mut alone = Places::default();
        for ((found, decision), place) in found.iter().zip(decisions.iter_mut()).zip(0..).take(items.len()) {
            let decided = found.and_then(|(word, at, row)| look_up_plain(word, at, row, &self.numbers));
            match decided {
                Some(decided) => *decision = decided,
                None => alone.add(place, true),
            }
        }

        if alone == Places::default() {
            return;
        }
        for ((item, decision), place) in items.iter().zip(decisions).zip(0..) {
            if alone.contains(place) {
                let (subject, action, resource) = question(item);
                *decision = self.decide_alone(&subject, action, (resource,));
            }
        }
    }

    /// Where the resource may be, and the row, if the tables may decide without reading more of the question.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: otherwise the question is written to memory")]
    fn guess<'a, Q>(
        &'a self,
        subject: &SubjectId<'a, Id, Q>,
        action: Action<&Q>,
        resource: ResourceRef<'a, Id, Q>,
    ) -> Option<Guess<'a, Id, Q>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        if action.gives_custom_role() || !subject.is_bare() {
            return None;
        }
        // In an arm of its own, each kind is known at compile time.
        let guess = |id: &'a Q, resource: Slot<'a, Id>, on: ResourceKind| {
            Some(Guess { id, resource, row: row_on(action, on)? })
        };
        match resource {
            ResourceId::Environment(id) => {
                guess(id, Slot::Environment(self.environments.guess(id)?), ResourceKind::Environment)
            }
            ResourceId::Cluster(id) => guess(id, Slot::Cluster(self.clusters.guess(id)?), ResourceKind::Cluster),
            ResourceId::Project(id) => guess(id, Slot::Project(self.projects.guess(id)?), ResourceKind::Project),
            ResourceId::Organization(id) => {
                guess(id, Slot::Organization(self.organizations.guess(id)?), ResourceKind::Organization)
            }
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

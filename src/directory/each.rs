//! Many questions at once: the facts of several are looked up before the first is decided.

use core::borrow::Borrow;
use core::hash::Hash;
use core::ops::Deref;

use crate::directory::question::Question;
use crate::directory::resolve::WithoutCustomRole;
use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::account::Account;
use crate::model::action::Action;
use crate::model::cluster::Cluster;
use crate::model::environment::Environment;
use crate::model::names::copy;
use crate::model::organization::Organization;
use crate::model::project::Project;
use crate::model::resource::{Resource, ResourceId, ResourceRef};
use crate::policy::asked::Asked;
use crate::policy::decide::decide_here;
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
    /// Decides questions in their order: each as [`Directory::decide`] does.
    ///
    /// It looks up the facts of 16 questions at a time before it decides the first of them, so that the processor waits for
    /// memory once and not for each fact. Use it to render lists, and to answer requests that ask much. It is lazy, and
    /// allocates nothing.
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
    /// let questions = clusters.map(|cluster| (alice, Action::Deploy, ResourceId::Cluster(cluster)));
    /// let may_deploy: Vec<bool> = directory.decide_each(questions).map(|decision| decision.is_allowed()).collect();
    /// assert_eq!(may_deploy, [true, false]);
    ///
    /// // Questions that own their ids.
    /// let questions = clusters.map(|cluster| Question::new("alice".into(), Action::View, ResourceId::Cluster(cluster.into())));
    /// let allowed = directory.decide_each(questions.iter().map(Question::parts)).filter(|decision| decision.is_allowed());
    /// assert_eq!(allowed.count(), 1);
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    pub fn decide_each<'q, Q, I>(&self, questions: I) -> impl Iterator<Item = Decision> + use<'_, 'q, Id, Q, I>
    where
        Id: Borrow<Q> + 'q,
        Q: Hash + Ord + ?Sized + 'q,
        I: IntoIterator<Item = Parts<'q, Id, Q>>,
    {
        Decisions::new(self, questions.into_iter())
    }
}

/// This many questions are looked up before the first of them is decided.
const CHUNK: usize = 16;

/// Decisions in the order of the questions.
pub(crate) struct Decisions<D, I> {
    directory: D,
    questions: I,
    /// Those that were made and not yet returned are between `next` and `end`.
    made: [Decision; CHUNK],
    next: usize,
    end: usize,
}

impl<D, I> Decisions<D, I> {
    pub(crate) const fn new(directory: D, questions: I) -> Self {
        Self { directory, questions, made: [Decision::Deny(Reason::UnknownResource); CHUNK], next: 0, end: 0 }
    }
}

impl<'q, Id, Q, D, I> Iterator for Decisions<D, I>
where
    Id: Hash + Ord + Borrow<Q> + 'q,
    Q: Hash + Ord + ?Sized + 'q,
    D: Deref<Target = Directory<Id>>,
    I: Iterator<Item = Parts<'q, Id, Q>>,
{
    type Item = Decision;

    #[inline]
    fn next(&mut self) -> Option<Decision> {
        if self.next == self.end {
            self.end = self.directory.fill(&mut self.questions, &mut self.made);
            self.next = 0;
        }
        let decision = self.made.get(..self.end)?.get(self.next).copied();
        self.next = self.next.saturating_add(usize::from(decision.is_some()));
        decision
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (left, (least, most)) = (self.end.saturating_sub(self.next), self.questions.size_hint());
        (least.saturating_add(left), most.and_then(|most| most.checked_add(left)))
    }
}

/// What was found for a question.
struct Found<'a, Id> {
    account: Option<&'a Account<Id>>,
    fact: Fact<'a, Id>,
}

/// What most questions are about.
enum Fact<'a, Id> {
    Organization(&'a Organization<Id>),
    Project(&'a Project<Id>),
    Environment(&'a Environment<Id>),
    Cluster(&'a Cluster<Id>),
    /// It does not exist.
    Nothing,
    /// The question is one of the others. It is decided as if it were the only one.
    Other,
}

copy!(Found, Fact);

impl<Id: Hash + Ord> Directory<Id> {
    /// Decides as many questions as there is room for, and returns how many these were.
    #[inline]
    fn fill<'q, Q>(
        &self,
        questions: &mut impl Iterator<Item = Parts<'q, Id, Q>>,
        decisions: &mut [Decision; CHUNK],
    ) -> usize
    where
        Id: Borrow<Q> + 'q,
        Q: Hash + Ord + ?Sized + 'q,
    {
        let (mut asked, mut count) = ([const { None }; CHUNK], 0_usize);
        for (place, question) in asked.iter_mut().zip(questions) {
            *place = Some(question);
            count = count.saturating_add(1);
        }
        let mut found = [Found { account: None, fact: Fact::Nothing }; CHUNK];
        for (found, (subject, action, resource)) in found.iter_mut().zip(asked.iter().flatten()) {
            found.account = self.accounts.get(subject.id());
            found.fact = self.find(action, resource);
        }
        for ((decision, found), question) in decisions.iter_mut().zip(&found).zip(asked.iter().flatten()) {
            *decision = self.decide_found(*found, question);
        }
        count
    }

    #[inline]
    fn find<Q>(&self, action: &Action<&Q>, resource: &ResourceRef<'_, Id, Q>) -> Fact<'_, Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        if action.gives_custom_role() {
            return Fact::Other;
        }
        let found = match *resource {
            ResourceId::Environment(id) => self.environments.get(id).map(Fact::Environment),
            ResourceId::Cluster(id) => self.clusters.get(id).map(Fact::Cluster),
            ResourceId::Organization(id) => self.organizations.get(id).map(Fact::Organization),
            ResourceId::Project(id) => self.projects.get(id).map(Fact::Project),
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
            | ResourceId::ClusterTeam { .. } => return Fact::Other,
        };
        found.unwrap_or(Fact::Nothing)
    }

    #[inline]
    fn decide_found<Q>(&self, found: Found<'_, Id>, (subject, action, resource): &Parts<'_, Id, Q>) -> Decision
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let (subject_found, without_role) = (subject.of_account(found.account), WithoutCustomRole(*action));
        let decide = |resource| decide_here(Asked { subject: subject_found, action: without_role, resource });
        // In an arm of its own, each kind is known at compile time.
        match found.fact {
            Fact::Environment(environment) => decide(Resource::Environment(environment)),
            Fact::Cluster(cluster) => decide(Resource::Cluster(cluster)),
            Fact::Organization(organization) => decide(Resource::Organization(organization)),
            Fact::Project(project) => decide(Resource::Project(project)),
            Fact::Nothing => Decision::Deny(Reason::UnknownResource),
            Fact::Other => self.decide(subject, *action, *resource),
        }
    }
}

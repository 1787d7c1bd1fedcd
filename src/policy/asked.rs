//! A question with its facts.

use crate::model::access::{ClusterAccess, OnCluster};
use crate::model::account::AccountKind;
use crate::model::action::{Action, ActionKind};
use crate::model::fact::{AccountFact, MembershipFact, ResourceFact, RoleFact, SubjectFact};
use crate::model::resource::ResourceKind;
use crate::model::role::RankedPermissions;
use crate::model::time::GrantState;
use crate::policy::constraints::{self, Constrained, ConstraintFacts};
#[cfg(feature = "directory")]
use crate::policy::decide::evaluate;
use crate::policy::decision::Decision;
#[cfg(feature = "directory")]
use crate::policy::gates::FirstFailure;
use crate::policy::gates::{Passed, Rest, Trace};
use crate::policy::inputs::Inputs;
use crate::policy::reason::Reason;

/// A question with its facts: what is evaluated.
#[derive(Debug)]
pub(crate) struct Asked<'a, Id, A = Action<RoleFact<'a, Id>>> {
    pub(crate) subject: SubjectFact<'a, Id>,
    pub(crate) action: A,
    pub(crate) resource: ResourceFact<'a, Id>,
}

impl<Id, A: Copy> Clone for Asked<'_, Id, A> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id, A: Copy> Copy for Asked<'_, Id, A> {}

/// An action as a question names it. Few rules read more of it than its kind.
pub(crate) trait Asks<'a, Id>: Copy {
    fn kind(&self) -> ActionKind;

    /// Whether it can be asked on a kind of resource, as far as its parameter says.
    fn suits(&self, on: ResourceKind) -> bool;

    /// Whether the custom role that it gives, if it gives one, belongs to an organization.
    fn role_belongs(&self, organization: &Id) -> bool;

    /// The action, with its facts.
    fn action(self) -> Action<RoleFact<'a, Id>>;
}

/// The role that it gives is at hand, or wherever it is stored.
impl<'a, Id: Eq + 'a, R: Into<RoleFact<'a, Id>> + Copy> Asks<'a, Id> for Action<R> {
    #[inline]
    fn kind(&self) -> ActionKind {
        Action::kind(self)
    }

    #[inline]
    fn suits(&self, on: ResourceKind) -> bool {
        Action::suits(self, on)
    }

    #[inline]
    fn role_belongs(&self, organization: &Id) -> bool {
        self.custom_role().is_none_or(|role| role.into().organization() == organization)
    }

    #[inline]
    fn action(self) -> Action<RoleFact<'a, Id>> {
        self.map(Into::into)
    }
}

impl<'a, Id, A: Asks<'a, Id>> Asks<'a, Id> for &A {
    #[inline]
    fn kind(&self) -> ActionKind {
        (**self).kind()
    }

    #[inline]
    fn suits(&self, on: ResourceKind) -> bool {
        (**self).suits(on)
    }

    #[inline]
    fn role_belongs(&self, organization: &Id) -> bool {
        (**self).role_belongs(organization)
    }

    #[inline]
    fn action(self) -> Action<RoleFact<'a, Id>> {
        (*self).action()
    }
}

impl<'a, Id: Ord, A: Asks<'a, Id>> Asked<'a, Id, A> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: twice as fast")]
    pub(crate) fn inputs(&self) -> Inputs {
        Inputs::of(&self.subject, self.action, &self.resource)
    }

    /// Evaluates the gates, apart from where the question is asked.
    #[cfg(feature = "directory")]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: what is passed on stays in registers until then")]
    pub(crate) fn evaluate(&self) -> Decision {
        evaluate_apart(self.apart(()), self.action)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: what is passed on stays in registers until then")]
    fn apart<T>(&self, with: T) -> Apart<'a, Id, T> {
        Apart { asked: Asked { subject: self.subject, action: (), resource: self.resource }, with }
    }
}

impl<'a, Id: Ord, A> Asked<'a, Id, A> {
    /// The subject's membership in the resource's organization, even if it has expired.
    pub(crate) fn membership(&self) -> Option<MembershipFact<'a, Id>> {
        self.subject.account?.membership(self.resource.organization())
    }

    /// The kind of the subject's account. An unknown one counts as a user.
    pub(crate) fn kind(&self) -> AccountKind {
        self.subject.account.map_or(AccountKind::User, AccountFact::kind)
    }

    /// The account that the question is about.
    pub(crate) const fn target(&self) -> Option<AccountFact<'a, Id>> {
        match self.resource {
            ResourceFact::Member(_, target)
            | ResourceFact::TeamMember(_, target)
            | ResourceFact::ProjectMember(_, target)
            | ResourceFact::ClusterMember(_, target) => target,
            ResourceFact::Organization(_)
            | ResourceFact::Role(_)
            | ResourceFact::Team(_)
            | ResourceFact::Project(_)
            | ResourceFact::ProjectTeam(..)
            | ResourceFact::Environment(_)
            | ResourceFact::NewEnvironment(_)
            | ResourceFact::Placement { .. }
            | ResourceFact::Deployment(_)
            | ResourceFact::Cluster(_)
            | ResourceFact::ClusterTeam(..) => None,
        }
    }

    /// Whether the target is the subject.
    pub(crate) fn is_about_oneself(&self) -> bool {
        let subject = self.subject.account.map(AccountFact::id);
        subject.is_some() && subject == self.target().map(AccountFact::id)
    }
}

impl<'a, Id: Ord, A: Asks<'a, Id>> Rest for Asked<'a, Id, A> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: what is passed on stays in registers until then")]
    fn is_oneself(&self) -> bool {
        is_oneself(self.apart(()))
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: what is passed on stays in registers until then")]
    fn first_below(
        &self,
        role: RankedPermissions,
        standing: RankedPermissions,
        level: ClusterAccess,
    ) -> Option<(u16, ClusterAccess)> {
        first_below(self.apart((role, standing, level)))
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: what is passed on stays in registers until then")]
    fn judge(&self, inputs: &Inputs, passed: Passed, trace: &mut impl Trace) -> Result<Decision, Reason> {
        judge(self.apart((*inputs, passed)), self.action, trace)
    }
}

/// A question without its action, put together with more only where it is passed on: passed alone, it would have to be in
/// memory from the start.
struct Apart<'a, Id, T> {
    asked: Asked<'a, Id, ()>,
    with: T,
}

#[cfg(feature = "directory")]
#[inline(never)]
#[expect(clippy::needless_pass_by_value, reason = "see `Apart`")]
fn evaluate_apart<'a, Id: Ord>(apart: Apart<'a, Id, ()>, action: impl Asks<'a, Id>) -> Decision {
    let Apart { asked: Asked { subject, resource, .. }, .. } = apart;
    let asked = Asked { subject, action, resource };
    evaluate(&asked.inputs(), &asked, &mut FirstFailure)
}

#[inline(never)]
#[expect(clippy::needless_pass_by_value, reason = "see `Apart`")]
fn is_oneself<Id: Ord>(apart: Apart<'_, Id, ()>) -> bool {
    apart.asked.is_about_oneself()
}

#[inline(never)]
#[expect(clippy::needless_pass_by_value, reason = "see `Apart`")]
fn judge<'a, Id: Ord>(
    apart: Apart<'a, Id, (Inputs, Passed)>,
    action: impl Asks<'a, Id>,
    trace: &mut impl Trace,
) -> Result<Decision, Reason> {
    let Apart { asked: Asked { subject, resource, .. }, with: (inputs, passed) } = apart;
    let asked = &Asked { subject, action: action.action(), resource };
    constraints::judge(&Constrained { asked, inputs: &inputs, passed, facts: ConstraintFacts::of(asked) }, trace)
}

#[inline(never)]
#[expect(clippy::needless_pass_by_value, reason = "see `Apart`")]
fn first_below<Id: Ord>(
    apart: Apart<'_, Id, (RankedPermissions, RankedPermissions, ClusterAccess)>,
) -> Option<(u16, ClusterAccess)> {
    let Apart { asked, with: (role, standing, need) } = apart;
    let ResourceFact::Project(project) = asked.resource else { return None };
    let membership = asked.subject.account.and_then(|account| account.membership(project.organization()));
    let now = asked.subject.now();
    project.clusters().enumerate().find_map(|(place, (cluster, visibility))| {
        let granted = membership.map_or(GrantState::Nothing, |m| m.cluster_access_at(cluster, now));
        let have = ClusterAccess::in_project(role.rank, standing, OnCluster { visibility, granted });
        (have < need).then(|| (u16::try_from(place).unwrap_or(u16::MAX), have))
    })
}

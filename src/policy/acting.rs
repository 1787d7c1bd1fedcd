//! Subjects whose membership was found before.

use crate::model::account::Account;
use crate::model::action::Action;
use crate::model::custom_role::CustomRole;
use crate::model::membership::Membership;
use crate::model::names::copy;
use crate::model::resource::Resource;
use crate::model::role::RankedPermissions;
use crate::model::subject::Subject;
use crate::model::time::Now;
use crate::policy::decide::evaluate_at_hand;
use crate::policy::decision::Decision;
use crate::policy::verdict::{self, FindMember, Found};

/// A subject as it acts in one organization: its membership there was found once, for any number of questions.
///
/// [`Subject::in_organization`] makes one. A subject that is no member, or whose membership has expired, has one too: what it
/// asks is denied, as by [`decide`](crate::decide).
#[derive(Debug)]
pub struct ActingMember<'a, Id> {
    subject: Subject<'a, Id>,
    organization: &'a Id,
    membership: Option<ActingAs<'a, Id>>,
}

copy!(ActingMember);

impl<'a, Id: Ord> Subject<'a, Id> {
    /// Finds the subject's membership in an organization, to ask many questions about what belongs to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{Account, Action, Cluster, Decision, Membership, Reason, Role, Subject};
    ///
    /// let clusters = ["us-east", "us-west"].map(|id| Cluster::new(id, "acme-corp"));
    /// let alice = Account::user("alice").with(Membership::new("acme-corp", Role::Developer))?;
    ///
    /// let in_acme = Subject::new(&alice).in_organization(&"acme-corp");
    /// assert!(clusters.iter().all(|cluster| in_acme.decide(Action::Deploy, cluster).is_allowed()));
    ///
    /// // In another organization its membership there counts, and alice has none.
    /// let foreign = Cluster::new("eu-west", "globex");
    /// assert_eq!(in_acme.decide(Action::Deploy, &foreign), Decision::Deny(Reason::NotAMember));
    /// # Ok::<(), shipgate::model::AccountError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn in_organization(self, organization: &'a Id) -> ActingMember<'a, Id> {
        let membership = acting_in(self.account, organization, Now::new(self.now));
        // That of the membership is nearer to what is read of it.
        let organization = membership.map_or(organization, |found| found.membership.organization());
        ActingMember { subject: self, organization, membership }
    }
}

impl<'a, Id: Ord> ActingMember<'a, Id> {
    /// May the subject perform this action on this resource?
    ///
    /// Returns what [`decide`](crate::decide) returns for the subject, whatever organization the resource belongs to. In the
    /// organization for which this was made, it does not search for the membership.
    #[inline]
    pub fn decide(&self, action: Action<&'a CustomRole<Id>>, resource: impl Into<Resource<'a, Id>>) -> Decision {
        let (subject, resource) = (self.subject, resource.into());
        match verdict::look_up_with(subject, action, resource, self) {
            Some(decision) => decision,
            None => evaluate_at_hand((subject, resource), action),
        }
    }

    /// The subject.
    #[must_use]
    pub const fn subject(&self) -> Subject<'a, Id> {
        self.subject
    }

    /// The organization in which the subject acts.
    #[must_use]
    pub const fn organization(&self) -> &'a Id {
        self.organization
    }
}

impl<'a, Id: Ord> FindMember<'a, Id> for &ActingMember<'a, Id> {
    type Found = ActingAs<'a, Id>;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: part of every decision on facts at hand")]
    fn find(self, organization: &'a Id, _: Now) -> Found<ActingAs<'a, Id>> {
        if organization == self.organization { self.membership.into() } else { Found::Elsewhere }
    }
}

/// A membership that has not expired, with the role that the member acts with.
#[derive(Debug)]
pub(crate) struct ActingAs<'a, Id> {
    pub(crate) membership: &'a Membership<Id>,
    pub(crate) role: RankedPermissions,
}

copy!(ActingAs);

/// The account's membership in an organization, unless it has expired.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: part of every decision on facts at hand")]
pub(crate) fn acting_in<'a, Id: Ord>(
    account: Option<&'a Account<Id>>,
    organization: &Id,
    now: Now,
) -> Option<ActingAs<'a, Id>> {
    let account = account?;
    let membership = account.membership(organization)?;
    membership.live(now).then(|| ActingAs { membership, role: membership.acting(account.kind()) })
}

//! Subjects: an account, with a token and the present time.

use crate::model::account::Account;
use crate::model::names::copy;
use crate::model::time::Time;
use crate::model::token::Token;

/// Who asks: an account, and optionally the token it came with and the present time.
///
/// Pass the present time whenever anything can expire. Without it, every membership, token and approval that has an expiry
/// counts as expired. A cluster access or project role that has an expiry then counts only if it *lowers* what the subject
/// could do without it. The time applies to the whole question: targets and approvers are judged at it too.
///
/// # Examples
///
/// ```
/// use shipgate::{Account, Action, Decision, Membership, Organization, Reason, Resource, Role, Subject, Time, decide};
///
/// let acme = Organization::new("acme-corp", 1);
/// let expiry = Time::from_millis(1_798_761_600_000);
/// let bob = Account::user("bob").with(Membership::new("acme-corp", Role::Developer).until(expiry))?;
///
/// let before = Subject::new(&bob).at(Time::from_millis(1_798_761_599_999));
/// assert_eq!(decide(&before, Action::View, Resource::Organization(&acme)), Decision::Allow);
/// for after in [Subject::new(&bob).at(expiry), Subject::new(&bob)] {
///     assert_eq!(decide(&after, Action::View, Resource::Organization(&acme)), Decision::Deny(Reason::NotAMember));
/// }
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
#[derive(Debug)]
pub struct Subject<'a, Id> {
    pub(crate) account: Option<&'a Account<Id>>,
    pub(crate) token: Option<&'a Token<Id>>,
    pub(crate) service_token: Option<&'a Token<Id>>,
    pub(crate) now: Option<Time>,
}

copy!(Subject);

impl<'a, Id> Subject<'a, Id> {
    /// An account, without a token and without a time.
    #[must_use]
    #[inline]
    pub const fn new(account: &'a Account<Id>) -> Self {
        Self { account: Some(account), token: None, service_token: None, now: None }
    }

    /// An unknown account, without memberships.
    #[must_use]
    #[inline]
    pub const fn unknown() -> Self {
        Self { account: None, token: None, service_token: None, now: None }
    }

    /// Sets the present time.
    #[must_use]
    #[inline]
    pub const fn at(self, now: Time) -> Self {
        Self { now: Some(now), ..self }
    }

    /// Sets the token that the account came with, which narrows what it may do.
    #[must_use]
    #[inline]
    pub const fn with_token(self, token: &'a Token<Id>) -> Self {
        Self { token: Some(token), ..self }
    }

    /// Sets a second token, that your service gives beside the question. Where there are two, both must cover it.
    #[must_use]
    #[inline]
    pub const fn with_service_token(self, token: &'a Token<Id>) -> Self {
        Self { service_token: Some(token), ..self }
    }

    /// The account; `None` if it is unknown.
    #[must_use]
    pub const fn account(&self) -> Option<&'a Account<Id>> {
        self.account
    }
}

/// An account, without a token and without a time.
impl<'a, Id> From<&'a Account<Id>> for Subject<'a, Id> {
    fn from(account: &'a Account<Id>) -> Self {
        Self::new(account)
    }
}

impl<'a, Id> From<&Subject<'a, Id>> for Subject<'a, Id> {
    #[inline]
    fn from(subject: &Subject<'a, Id>) -> Self {
        *subject
    }
}

//! Who asks, as a service's authentication found out.

use core::borrow::Borrow;

use crate::directory::subject_id::SubjectId;
use crate::model::account::AccountKind;
use crate::model::time::Time;
use crate::model::token::Token;

/// Who asks, as your authentication found out: an account, optionally its kind and the tokens it came with, and the time of
/// the request.
///
/// Nothing of it may come from the request unverified, and the time comes from your own clock.
///
/// # Examples
///
/// ```
/// use std::time::SystemTime;
///
/// use shipgate::guard::Identity;
/// use shipgate::{AccountKind, ActionSet, SubjectId, Token};
///
/// let token = Token::<u64>::new(ActionSet::VIEW | ActionSet::DEPLOY).named("token-17");
/// let bot = Identity::new(9, SystemTime::now().into()).of_kind(AccountKind::Service).with_token(token);
/// let subject: SubjectId<'_, u64> = bot.subject();
/// assert_eq!(subject.id(), &9);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity<Id> {
    pub(super) account: Id,
    kind: Option<AccountKind>,
    token: Option<Token<Id>>,
    service_token: Option<Token<Id>>,
    pub(super) now: Time,
}

impl<Id> Identity<Id> {
    /// An account at this time, without a token.
    #[must_use]
    pub const fn new(account: Id, now: Time) -> Self {
        Self { account, kind: None, token: None, service_token: None, now }
    }

    /// Requires the account to be of this kind; otherwise the subject has no memberships.
    #[must_use]
    pub fn of_kind(self, kind: AccountKind) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Sets the token that the account came with, which narrows what it may do.
    #[must_use]
    pub fn with_token(self, token: Token<Id>) -> Self {
        Self { token: Some(token), ..self }
    }

    /// Sets a second token, which your service gives. Where there are two, both must cover the question.
    #[must_use]
    pub fn with_service_token(self, token: Token<Id>) -> Self {
        Self { service_token: Some(token), ..self }
    }

    /// Who asks, as a directory takes it.
    #[must_use]
    pub fn subject<Q>(&self) -> SubjectId<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: ?Sized,
    {
        SubjectId {
            id: self.account.borrow(),
            kind: self.kind,
            token: self.token.as_ref(),
            service_token: self.service_token.as_ref(),
            now: Some(self.now),
        }
    }
}

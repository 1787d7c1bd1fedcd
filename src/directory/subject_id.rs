//! Subjects by id.

use crate::directory::question::Question;
use crate::model::account::AccountKind;
use crate::model::time::Time;
use crate::model::token::Token;

/// Who asks, by id: an account, and optionally its kind, the tokens it came with and the present time.
///
/// See [`Subject`](crate::Subject) for what the time means. An unknown id is an account without memberships.
///
/// # Examples
///
/// ```
/// use shipgate::{AccountKind, ActionSet, SubjectId, Time, Token};
///
/// let token = Token::<String>::new(ActionSet::VIEW);
/// let bot = SubjectId::new("ci-bot")
///     .of_kind(AccountKind::Service)
///     .with_token(&token)
///     .at(Time::from_millis(1_795_219_200_000));
/// assert_eq!(bot.id(), "ci-bot");
/// ```
#[derive(Debug)]
pub struct SubjectId<'a, Id, Q: ?Sized = Id> {
    pub(crate) id: &'a Q,
    pub(crate) kind: Option<AccountKind>,
    pub(crate) token: Option<&'a Token<Id>>,
    pub(crate) service_token: Option<&'a Token<Id>>,
    pub(crate) now: Option<Time>,
}

impl<Id, Q: ?Sized> Clone for SubjectId<'_, Id, Q> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id, Q: ?Sized> Copy for SubjectId<'_, Id, Q> {}

impl<'a, Id, Q: ?Sized> SubjectId<'a, Id, Q> {
    /// The account with this id, without a token and without a time.
    #[must_use]
    #[inline]
    pub const fn new(id: &'a Q) -> Self {
        Self { id, kind: None, token: None, service_token: None, now: None }
    }

    /// Requires the account to be of this kind; otherwise the subject has no memberships.
    #[must_use]
    #[inline]
    pub const fn of_kind(self, kind: AccountKind) -> Self {
        Self { kind: Some(kind), ..self }
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

    /// Sets a second token, which your service gives beside the question. Where there are two, both must cover it.
    #[must_use]
    #[inline]
    pub const fn with_service_token(self, token: &'a Token<Id>) -> Self {
        Self { service_token: Some(token), ..self }
    }

    pub(crate) const fn at_if(self, now: Option<Time>) -> Self {
        Self { now, ..self }
    }

    /// Whether there are no tokens and the account may be of either kind.
    #[inline]
    pub(crate) const fn is_bare(&self) -> bool {
        self.kind.is_none() && self.token.is_none() && self.service_token.is_none()
    }

    pub(crate) const fn now(&self) -> Option<Time> {
        self.now
    }

    /// The id of the account.
    #[must_use]
    pub const fn id(&self) -> &'a Q {
        self.id
    }
}

impl<Id> Question<Id> {
    /// The subject, as [`Directory::decide`](crate::Directory::decide) takes it.
    #[must_use]
    pub const fn subject(&self) -> SubjectId<'_, Id> {
        SubjectId {
            id: &self.account,
            kind: self.kind,
            token: self.token.as_ref(),
            service_token: self.service_token.as_ref(),
            now: self.time,
        }
    }
}

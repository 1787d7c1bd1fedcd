//! Questions by id that own their ids.

use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::resource::ResourceId;
use crate::model::time::Time;
use crate::model::token::Token;

/// A question to a directory: may this account perform this action on this resource?
///
/// It owns its ids, so that it can be stored, sent and read from another service's request.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "directory")]
/// # fn main() -> Result<(), shipgate::directory::RowError> {
/// use shipgate::directory::Question;
/// use shipgate::{AccountKind, Action, Directory, ResourceId, Role};
///
/// let mut rows = Directory::<String>::builder();
/// rows.organization("acme-corp".into())?;
/// rows.member("acme-corp", "olivia".into(), AccountKind::User, Role::Owner, None)?;
/// let directory = rows.build();
///
/// let question = |account: &str| {
///     Question::new(account.to_string(), Action::View, ResourceId::Organization("acme-corp".into()))
/// };
/// assert_eq!(directory.evaluate(&question("olivia")), Ok(()));
/// assert_eq!(directory.evaluate(&question("mallory")).unwrap_err().status(), 404);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "directory"))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question<Id> {
    /// The account that asks.
    pub account: Id,
    /// The kind that the account must be of; `None` if either will do. If the account is of the other kind, the subject has no
    /// memberships.
    pub kind: Option<AccountKind>,
    /// The token that the account came with, if any.
    pub token: Option<Token<Id>>,
    /// A token that the service gives which passes the question on, if any. Where there are two tokens, both must cover.
    pub service_token: Option<Token<Id>>,
    /// The present time, if it is known.
    pub time: Option<Time>,
    /// The action.
    pub action: Action<Id>,
    /// The resource.
    pub resource: ResourceId<Id>,
}

impl<Id> Question<Id> {
    /// Asks whether this account may perform the action on the resource. The question has no token and no time, and the
    /// account may be of either kind.
    #[must_use]
    pub const fn new(account: Id, action: Action<Id>, resource: ResourceId<Id>) -> Self {
        Self { account, kind: None, token: None, service_token: None, time: None, action, resource }
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

    /// Sets a token of your service's own, beside the one that the account came with: both must cover the question. Use it if
    /// your service knows a restriction that the client does not send, for example of the API key that the request came with.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::directory::Question;
    /// use shipgate::{Action, ActionSet, ResourceId, Token};
    ///
    /// let question = Question::new(7, Action::View, ResourceId::Project(30)).with_token(Token::new(ActionSet::all()));
    /// let restricted = question.with_service_token(Token::new(ActionSet::VIEW).for_projects([30]));
    /// assert!(restricted.token.is_some() && restricted.service_token.is_some());
    /// ```
    #[must_use]
    pub fn with_service_token(self, token: Token<Id>) -> Self {
        Self { service_token: Some(token), ..self }
    }

    /// Sets the present time, replacing any that the question has. If you accept questions from clients that you do not
    /// trust, set your own time.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::directory::Question;
    /// use shipgate::{Action, ResourceId, Time};
    ///
    /// let question = Question::new(7, Action::View, ResourceId::Project(30)).at(Time::from_millis(1_000));
    /// assert_eq!(question.time, Some(Time::from_millis(1_000)));
    /// assert_eq!(question.at(Time::from_millis(2_000)).time, Some(Time::from_millis(2_000)));
    /// ```
    #[must_use]
    pub fn at(self, now: Time) -> Self {
        Self { time: Some(now), ..self }
    }
}

impl<Id: Ord> Question<Id> {
    /// Replaces each id by `id(&old)`.
    #[must_use]
    pub fn map_ids<J: Ord>(&self, id: impl Fn(&Id) -> J) -> Question<J> {
        Question {
            account: id(&self.account),
            kind: self.kind,
            token: self.token.as_ref().map(|token| token.map_ids(&id)),
            service_token: self.service_token.as_ref().map(|token| token.map_ids(&id)),
            time: self.time,
            action: self.action.as_ref().map(&id),
            resource: self.resource.map_ids(&id),
        }
    }
}

//! Questions that own their ids.

use core::hash::Hash;

use crate::directory::Directory;
use crate::directory::resolve::SubjectId;
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::time::Time;
use crate::model::token::Token;
use crate::policy::decision::Denied;

/// A question to a directory: may this account perform this action on this resource?
///
/// It owns its ids, so that it can be stored, sent and read from another service's request.
///
/// # Examples
///
/// ```
/// use shipgate::directory::Question;
/// use shipgate::{Action, Directory, ResourceId, Role};
///
/// let mut rows = Directory::<String>::builder();
/// rows.organization("acme-corp".into())?;
/// rows.member("acme-corp", "olivia".into(), Role::Owner, None)?;
/// let directory = rows.build();
///
/// let question = |account: &str| {
///     Question::new(account.to_string(), Action::View, ResourceId::Organization("acme-corp".into()))
/// };
/// assert_eq!(directory.evaluate(&question("olivia")), Ok(()));
/// assert_eq!(directory.evaluate(&question("mallory")).unwrap_err().status(), 404);
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question<Id> {
    account: Id,
    kind: Option<AccountKind>,
    token: Option<Token<Id>>,
    time: Option<Time>,
    action: Action,
    resource: ResourceId<Id>,
}

impl<Id> Question<Id> {
    /// Asks if this account may perform the action on the resource. The account may be of either kind; the question names
    /// no token and no time.
    #[must_use]
    pub const fn new(account: Id, action: Action, resource: ResourceId<Id>) -> Self {
        Self { account, kind: None, token: None, time: None, action, resource }
    }

    /// Requires the account to be of this kind; otherwise the subject has no memberships.
    #[must_use]
    pub fn of_kind(self, kind: AccountKind) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Sets the token that the account came with.
    #[must_use]
    pub fn with_token(self, token: Token<Id>) -> Self {
        Self { token: Some(token), ..self }
    }

    /// Sets the present time, in place of the one that the question names. A service that takes questions from strangers
    /// sets its own time.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::directory::Question;
    /// use shipgate::{Action, ResourceId, Time};
    ///
    /// let question = Question::new(7, Action::View, ResourceId::Project(30)).at(Time::from_millis(1_000));
    /// assert_eq!(question.time(), Some(Time::from_millis(1_000)));
    /// assert_eq!(question.at(Time::from_millis(2_000)).time(), Some(Time::from_millis(2_000)));
    /// ```
    #[must_use]
    pub fn at(self, now: Time) -> Self {
        Self { time: Some(now), ..self }
    }

    /// The account that asks.
    #[must_use]
    pub const fn account(&self) -> &Id {
        &self.account
    }

    /// The kind that the account must be of, if the question says so.
    #[must_use]
    pub const fn kind(&self) -> Option<AccountKind> {
        self.kind
    }

    /// The token that the account came with, if it came with one.
    #[must_use]
    pub const fn token(&self) -> Option<&Token<Id>> {
        self.token.as_ref()
    }

    /// The present time, if the question names one.
    #[must_use]
    pub const fn time(&self) -> Option<Time> {
        self.time
    }

    /// The action.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The resource.
    #[must_use]
    pub const fn resource(&self) -> &ResourceId<Id> {
        &self.resource
    }

    /// The subject, as a directory is asked about it.
    #[must_use]
    pub const fn subject(&self) -> SubjectId<'_, Id> {
        SubjectId::of_question(&self.account, self.kind, self.token.as_ref(), self.time)
    }

    /// Borrows the resource, as a directory is asked about it.
    pub(crate) fn borrowed_resource(&self) -> ResourceRef<'_, Id, Id> {
        self.resource.borrowed()
    }
}

impl<Id: Ord> Question<Id> {
    /// Replaces each id by what `id` makes of it.
    #[must_use]
    pub fn map_ids<J: Ord>(&self, id: impl Fn(&Id) -> J) -> Question<J> {
        Question {
            account: id(&self.account),
            kind: self.kind,
            token: self.token.as_ref().map(|token| token.map_ids(&id)),
            time: self.time,
            action: self.action,
            resource: self.resource.map_ids(&id),
        }
    }
}

impl<Id: Hash + Ord> Directory<Id> {
    /// Answers a question: [`Directory::authorize`] on its parts.
    ///
    /// # Errors
    ///
    /// [`Denied`] if the decision is anything but [`Decision::Allow`](crate::Decision::Allow).
    pub fn evaluate(&self, question: &Question<Id>) -> Result<(), Denied> {
        self.authorize(&question.subject(), question.action, question.borrowed_resource())
    }
}

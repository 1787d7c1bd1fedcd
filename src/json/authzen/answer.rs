//! The answer.

mod form;

use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

#[cfg(feature = "tracing")]
use crate::directory::event::{self, Place, Purpose};
use crate::directory::key::Key;
use crate::directory::question::Question;
use crate::directory::store::Directory;
use crate::json::authzen::answer::form::Context;
use crate::json::authzen::asked::{Asked, OfIds};
use crate::json::authzen::named::Named;
use crate::model::names::names;
use crate::policy::decision::{Exposure, MissingApprovals};
use crate::policy::reason::ReasonCode;

names! {
    /// The kinds of [`Decision`](crate::Decision), as an [`Answer`] says it.
    pub enum Outcome: "outcome" {
        /// The subject may proceed.
        Allow = "allow",
        /// All that is missing is approval.
        RequireApproval = "require_approval",
        /// The subject may not proceed.
        Deny = "deny",
    }
}

/// The answer to a [`Question`]: whether the subject may proceed, and in its `context` what made it so.
///
/// `decision` is true where the subject may proceed, and only there. `context.outcome` is `allow`; `require_approval` with
/// `from` and `missing`; or `deny` with `reason`, `hidden` and the data of the reason. A hidden denial has its reason, for the
/// service that asks on the subject's behalf, and no other data.
///
/// Another service reads it as it is written. It ignores members that it does not know.
///
/// # Examples
///
/// ```
/// use shipgate::{Directory, Exposure};
/// use shipgate::directory::Question;
/// use shipgate::json::Answer;
/// use shipgate::policy::ReasonCode;
///
/// let nothing = Directory::<String>::from_json("{}")?;
/// let question = Question::from_json(
///     r#"{ "subject": { "type": "user", "id": "alice" }, "action": { "name": "view" },
///          "resource": { "type": "project", "id": "shop" } }"#,
/// )?;
/// let answer = Answer::new(&nothing, &question);
///
/// let text = r#"{"decision":false,"context":{"outcome":"deny","reason":"unknown_resource","hidden":true}}"#;
/// assert_eq!(serde_json::to_string(&answer)?, text);
///
/// let read: Answer = serde_json::from_str(text)?;
/// assert_eq!(read, answer);
/// assert_eq!((read.is_allowed(), read.reason()), (false, Some(ReasonCode::UnknownResource)));
/// assert_eq!(read.exposure(), Exposure::Hidden);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    context: Context,
}

impl Answer {
    /// The answer of a directory to a question.
    ///
    /// With the feature `tracing`, the decision is [recorded](crate::_guide::enforcement#decision-records) as asked for only.
    #[must_use]
    pub fn new<Id: Hash + Ord + Display>(directory: &Directory<Id>, question: &Question<Id>) -> Self {
        let subject = directory.subject_fact(&question.subject());
        let resource = question.resource.borrowed::<Id>();
        Self::of(question, &Asked { directory, subject, action: question.action.as_ref(), resource })
    }

    /// The answer of a directory to a question as another service wrote it. What is only a text is not known: no account has
    /// that id, nor any resource, an approval by it or for it does not count, and a token that names it covers no more for that.
    ///
    /// With the feature `tracing`, the decision is recorded as [`Answer::new`] does.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::Directory;
    /// use shipgate::directory::Question;
    /// use shipgate::json::{Answer, Named};
    /// use shipgate::policy::ReasonCode;
    ///
    /// let text = r#"{ "organizations": [{ "id": "1", "members": [{ "account": "7", "role": "viewer" }] }] }"#;
    /// let directory = Directory::<u64>::from_json(text)?;
    ///
    /// let text = r#"{ "subject": { "type": "user", "id": "seven" }, "action": { "name": "view" },
    ///                 "resource": { "type": "organization", "id": "1" } }"#;
    /// let question = Question::<Named<u64>>::from_json(text)?;
    /// assert_eq!(Answer::of_named(&directory, &question).reason(), Some(ReasonCode::NotAMember));
    ///
    /// let question = Question::from_json(&text.replace("seven", "7"))?;
    /// assert!(Answer::of_named(&directory, &question).is_allowed());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_named<Id>(directory: &Directory<Id>, question: &Question<Named<Id>>) -> Self
    where
        Id: Hash + Ord + Clone + Display,
    {
        Self::of(question, &OfIds::new(question).ask(directory, question))
    }

    /// The answer to what a question asks of a directory.
    #[cfg_attr(not(feature = "tracing"), expect(unused_variables, reason = "the question is there to be recorded"))]
    fn of<T, Id, K>(question: &Question<T>, asked: &Asked<'_, Id, K>) -> Self
    where
        T: Ord + Display,
        Id: Hash + Ord + Borrow<K::Id> + Display,
        K: Key<Id: Hash + Ord + Display>,
    {
        let answer = asked.require();
        #[cfg(feature = "tracing")]
        {
            let place = || Place::of(asked.directory, asked.subject.tokens(), asked.resource);
            event::write(Purpose::Asked, &question.subject(), &question.action, &question.resource, answer, place);
        }
        Self { context: Context::of(answer, |cluster| asked.id_of(cluster)) }
    }

    /// The answer about what is not known.
    pub(crate) fn unknown() -> Self {
        Self { context: Context::unknown() }
    }

    /// Whether the subject may proceed.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.context.outcome == Outcome::Allow
    }

    /// What was decided.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.context.outcome
    }

    /// The approvals that are missing, where that is all.
    #[must_use]
    pub fn missing(&self) -> Option<MissingApprovals> {
        Some(MissingApprovals { from: self.context.from?, missing: self.context.missing? })
    }

    /// Why it is a denial, if it is one.
    #[must_use]
    pub const fn reason(&self) -> Option<ReasonCode> {
        self.context.reason
    }

    /// How much of a denial may be shown to the subject; visible where it is no denial.
    #[must_use]
    pub fn exposure(&self) -> Exposure {
        if self.context.hidden == Some(true) { Exposure::Hidden } else { Exposure::Visible }
    }

    /// The data of the reason, by name: `have`, `need`, `permission`, `cluster` and `ceiling`, those that there are.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::json::Answer;
    ///
    /// let answer: Answer = serde_json::from_str(
    ///     r#"{ "decision": false, "context": { "outcome": "deny", "reason": "environment_protected", "hidden": false,
    ///          "have": "admin", "need": "owner" } }"#,
    /// )?;
    /// assert_eq!(answer.details().collect::<Vec<_>>(), [("have", "admin"), ("need", "owner")]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn details(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let cluster = self.context.cluster.as_deref().map(|id| ("cluster", id));
        self.context.data.iter().chain(cluster)
    }
}

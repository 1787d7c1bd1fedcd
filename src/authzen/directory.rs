//! A directory as a policy decision point.

mod search;

use alloc::string::String;
use core::fmt::Display;
use core::hash::Hash;
use core::str::FromStr;

use serde_json::{Map, Value};

use crate::authzen::directory::search::Names;
use crate::authzen::inquiry::Inquiry;
use crate::authzen::pdp::{ActionName, Entity, Found, Pdp, Unavailable, Verdict};
use crate::directory::question::Question;
use crate::directory::store::Directory;
use crate::json::{Answer, JsonError, Named};
use crate::model::time::Time;
use crate::model::token::Token;

/// Answers inquiries from a directory: each as [`Directory::decide`] answers it.
///
/// An evaluation is a [`Question`]. An id that the directory does not know is decided as such. Searches find what is allowed,
/// and nothing where a type, an action or an id is not known; a resource whose id is free, such as a deployment or a new
/// environment, is not found. An action with a parameter is found if it is allowed with any value.
///
/// # Examples
///
/// ```
/// use shipgate::Directory;
/// use shipgate::authzen::{DirectoryPdp, Endpoint, Explain, Http, respond};
///
/// let text = r#"{ "organizations": [{ "id": "1", "members": [{ "account": "7", "role": "viewer" }] }] }"#;
/// let directory = Directory::<u64>::from_json(text)?;
/// let body = br#"{ "subject": { "type": "user", "id": "seven" }, "action": { "name": "view" },
///                  "resource": { "type": "organization", "id": "1" } }"#;
/// let request = Http { content_type: Some("application/json"), request_id: None, body };
///
/// let pdp = DirectoryPdp::new(&directory);
/// assert_eq!(respond(&pdp, Endpoint::Evaluation, &request).body(), r#"{"decision":false}"#);
///
/// let pdp = pdp.explaining(Explain::Always);
/// assert_eq!(
///     respond(&pdp, Endpoint::Evaluation, &request).body(),
///     r#"{"decision":false,"context":{"hidden":true,"outcome":"deny","reason":"not_a_member"}}"#,
/// );
/// # Ok::<(), shipgate::json::DocumentError>(())
/// ```
#[derive(Clone, Debug)]
pub struct DirectoryPdp<'a, Id> {
    directory: &'a Directory<Id>,
    explain: Explain,
    unknown_names: UnknownNames,
    page_limit: usize,
    time: Option<Time>,
    service_token: Option<Token<Named<Id>>>,
}

/// When a response has the `context` of an [`Answer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explain {
    /// Where `context.explain` of the request is `true`.
    OnRequest,
    /// Always.
    Always,
}

/// What becomes of an evaluation whose subject or resource has a type that is not known, or whose action is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownNames {
    /// It is malformed: the client that misspells one is told so.
    Malformed,
    /// It is denied, as an unknown resource is.
    Denied,
}

impl<'a, Id: Ord + Clone> DirectoryPdp<'a, Id> {
    /// It explains on request, takes unknown names for malformed, and has 1000 results on a page.
    #[must_use]
    pub const fn new(directory: &'a Directory<Id>) -> Self {
        Self {
            directory,
            explain: Explain::OnRequest,
            unknown_names: UnknownNames::Malformed,
            page_limit: 1000,
            time: None,
            service_token: None,
        }
    }

    /// Sets when responses have a `context`.
    #[must_use]
    pub fn explaining(self, explain: Explain) -> Self {
        Self { explain, ..self }
    }

    /// Sets what becomes of names that are not known.
    #[must_use]
    pub fn with_unknown_names(self, unknown_names: UnknownNames) -> Self {
        Self { unknown_names, ..self }
    }

    /// Sets the most results on a page.
    #[must_use]
    pub fn with_page_limit(self, page_limit: usize) -> Self {
        Self { page_limit, ..self }
    }

    /// Sets the present time, in place of what requests say: see [`Question::at`].
    #[must_use]
    pub fn at(self, now: Time) -> Self {
        Self { time: Some(now), ..self }
    }

    /// Sets a token that must cover each question, beside that of the request: see [`Question::with_service_token`].
    #[must_use]
    pub fn with_service_token(self, token: &Token<Id>) -> Self {
        Self { service_token: Some(token.map_ids(|id| Named::Id(id.clone()))), ..self }
    }
}

impl<Id: Hash + Ord + Clone + Display + FromStr<Err: Display>> DirectoryPdp<'_, Id> {
    /// The answer to an evaluation, with its context. A policy of your own around this one can read it, and add to the
    /// [`Verdict`] what to do about it.
    ///
    /// # Errors
    ///
    /// [`JsonError`] for what is no question to a directory.
    pub fn answer(&self, inquiry: &Inquiry) -> Result<Answer, JsonError> {
        if self.unknown_names == UnknownNames::Denied && Names::of(inquiry).any_is_unknown() {
            return Ok(Answer::unknown());
        }
        Ok(Answer::of_named(self.directory, &self.question(inquiry)?))
    }

    fn question(&self, inquiry: &Inquiry) -> Result<Question<Named<Id>>, JsonError> {
        let mut question = inquiry.question()?;
        question.time = self.time.or(question.time);
        question.service_token.clone_from(&self.service_token);
        Ok(question)
    }

    /// The context of an answer, where it is to be told.
    fn context(&self, inquiry: &Inquiry, answer: &Answer) -> Map<String, Value> {
        let is_asked = inquiry.context("explain") == Some(&Value::Bool(true));
        let written = match self.explain {
            Explain::OnRequest if !is_asked => None,
            Explain::OnRequest | Explain::Always => serde_json::to_value(answer).ok(),
        };
        match written.as_ref().and_then(|written| written.get("context")) {
            Some(Value::Object(context)) => context.clone(),
            Some(_) | None => Map::new(),
        }
    }
}

impl<Id: Hash + Ord + Clone + Display + FromStr<Err: Display>> Pdp for DirectoryPdp<'_, Id> {
    fn evaluate(&self, inquiry: &Inquiry) -> Result<Verdict, Unavailable> {
        Ok(match self.answer(inquiry) {
            Ok(answer) => Verdict::Decided { allowed: answer.is_allowed(), context: self.context(inquiry, &answer) },
            Err(error) => Verdict::Malformed(error),
        })
    }

    fn search_subjects(&self, inquiry: &Inquiry) -> Result<Found<Entity>, Unavailable> {
        Ok(self.subjects(inquiry))
    }

    fn search_resources(&self, inquiry: &Inquiry) -> Result<Found<Entity>, Unavailable> {
        Ok(self.resources(inquiry))
    }

    fn search_actions(&self, inquiry: &Inquiry) -> Result<Found<ActionName>, Unavailable> {
        Ok(self.actions(inquiry))
    }

    fn page_limit(&self) -> usize {
        self.page_limit
    }
}

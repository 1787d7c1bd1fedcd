//! What answers.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::authzen::inquiry::Inquiry;
use crate::json::JsonError;

/// A policy decision point: what answers the inquiries of the API.
///
/// [`DirectoryPdp`](crate::authzen::DirectoryPdp) is one. Implement it for another policy, or around that one to add to what it
/// says. A policy that searches nothing need not implement the searches, which find nothing; leave their endpoints out of the
/// [metadata](crate::authzen::Metadata).
///
/// # Examples
///
/// ```
/// use shipgate::authzen::{Endpoint, Http, Inquiry, Pdp, Unavailable, Verdict, respond};
///
/// /// Everyone may read, and no one may do anything else.
/// struct ReadOnly;
///
/// impl Pdp for ReadOnly {
///     fn evaluate(&self, inquiry: &Inquiry) -> Result<Verdict, Unavailable> {
///         Ok(Verdict::from(inquiry.action().id() == "read"))
///     }
/// }
///
/// let body = br#"{ "subject": { "type": "user", "id": "alice" }, "action": { "name": "read" },
///                  "resource": { "type": "record", "id": "record-1" } }"#;
/// let request = Http { content_type: Some("application/json"), request_id: None, body };
/// assert_eq!(respond(&ReadOnly, Endpoint::Evaluation, &request).body(), r#"{"decision":true}"#);
/// ```
pub trait Pdp {
    /// May this subject perform this action on this resource?
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if it cannot tell at present.
    fn evaluate(&self, inquiry: &Inquiry) -> Result<Verdict, Unavailable>;

    /// The subjects of this type that may perform the action on the resource, always in the same order. The id of the
    /// inquiry's subject is empty.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if it cannot tell at present.
    fn search_subjects(&self, inquiry: &Inquiry) -> Result<Found<Entity>, Unavailable> {
        let _ = inquiry;
        Ok(Found::Results(Vec::new()))
    }

    /// The resources of this type on which the subject may perform the action, always in the same order. The id of the
    /// inquiry's resource is empty.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if it cannot tell at present.
    fn search_resources(&self, inquiry: &Inquiry) -> Result<Found<Entity>, Unavailable> {
        let _ = inquiry;
        Ok(Found::Results(Vec::new()))
    }

    /// The actions that the subject may perform on the resource, always in the same order. The inquiry has no action.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if it cannot tell at present.
    fn search_actions(&self, inquiry: &Inquiry) -> Result<Found<ActionName>, Unavailable> {
        let _ = inquiry;
        Ok(Found::Results(Vec::new()))
    }

    /// The most results on a page. A request can ask for fewer.
    fn page_limit(&self) -> usize {
        1000
    }
}

/// The policy cannot answer at present: a 503. It is no denial, but without an answer
/// a client must not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no decision can be made at present: try again later")]
pub struct Unavailable;

/// What a [`Pdp`] says to an inquiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was decided.
    Decided {
        /// Whether the subject may proceed.
        allowed: bool,
        /// What the response says besides. If it is empty, the response has no `context`.
        context: Map<String, Value>,
    },
    /// It means nothing to this policy: 400, or, among other evaluations, false with this error in its `context`.
    Malformed(JsonError),
}

/// Without `context`.
impl From<bool> for Verdict {
    fn from(allowed: bool) -> Self {
        Self::Decided { allowed, context: Map::new() }
    }
}

/// What a [`Pdp`] finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// These, and no more.
    Results(Vec<T>),
    /// The search means nothing to this policy: 400.
    Malformed(JsonError),
}

/// A subject or a resource that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entity {
    /// Its type.
    pub r#type: String,
    /// Its id.
    pub id: String,
    /// Its properties.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub properties: Map<String, Value>,
}

impl Entity {
    /// A subject or a resource without properties.
    #[must_use]
    pub fn new(r#type: impl Into<String>, id: impl Into<String>) -> Self {
        Self { r#type: r#type.into(), id: id.into(), properties: Map::new() }
    }
}

/// An action that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActionName {
    /// Its name.
    pub name: String,
}

impl ActionName {
    /// The action of this name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

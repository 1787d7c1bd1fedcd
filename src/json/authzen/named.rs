//! Ids of questions, which may be none.

use alloc::string::{String, ToString};
use core::convert::Infallible;
use core::fmt::{self, Display};
use core::str::FromStr;

use crate::json::id;

/// An id in a question, as another service wrote it: an id of your type, or a text that is none, which it keeps.
///
/// No account and no resource has an id that is only a text, so a question about it is a question about what is not known.
///
/// # Examples
///
/// ```
/// use shipgate::directory::Question;
/// use shipgate::json::Named;
///
/// let text = r#"{ "subject": { "type": "user", "id": "alice" }, "action": { "name": "view" },
///                 "resource": { "type": "project", "id": "30" } }"#;
/// let question = Question::<Named<u64>>::from_json(text)?;
/// assert_eq!(question.account, Named::Text("alice".into()));
/// assert_eq!(question.resource, shipgate::ResourceId::Project(Named::Id(30)));
///
/// let error = Question::<u64>::from_json(text).unwrap_err();
/// assert_eq!(error.to_string(), "subject.id: `alice` is not an id: invalid digit found in string");
/// # Ok::<(), shipgate::json::JsonError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named<Id> {
    /// An id.
    Id(Id),
    /// A text that is no id, or that writes one in another way than its `Display`, such as `07` for `7`.
    Text(String),
}

impl<Id> Named<Id> {
    /// The id, unless it is only a text.
    #[must_use]
    pub const fn id(&self) -> Option<&Id> {
        match self {
            Self::Id(id) => Some(id),
            Self::Text(_) => None,
        }
    }
}

impl<Id: Display> Display for Named<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl<Id: Display + FromStr<Err: Display>> FromStr for Named<Id> {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(id::parse(text).map_or_else(|_| Self::Text(text.to_string()), Self::Id))
    }
}

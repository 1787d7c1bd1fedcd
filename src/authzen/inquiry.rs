//! What is asked: a subject, an action, a resource and a context.

use alloc::string::{String, ToString};
use core::fmt::Display;
use core::str::FromStr;

use serde_json::{Map, Value, json};

use crate::directory::question::Question;
use crate::json::authzen::question::part::Part as ReadPart;
use crate::json::id::Text;
use crate::json::{JsonError, Named};

/// What is asked: the request of an evaluation, or of a search, without what is searched for.
///
/// Only its form is checked. What it means is up to the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    /// The request, in which nothing is there twice.
    members: Map<String, Value>,
}

/// What a request leaves to be found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Nothing,
    Subject,
    Resource,
    Action,
}

impl Inquiry {
    /// Checks that the parts are there, but for what is searched for, which is left out.
    pub(super) fn new(mut members: Map<String, Value>, wanted: Wanted) -> Result<Self, JsonError> {
        match wanted {
            Wanted::Nothing => {}
            Wanted::Subject => remove_id(&mut members, "subject"),
            Wanted::Resource => remove_id(&mut members, "resource"),
            Wanted::Action => drop(members.remove("action")),
        }
        let mut request = ReadPart::whole(members.clone());
        for (name, searched) in [("subject", Wanted::Subject), ("resource", Wanted::Resource)] {
            let mut part = request.part(name)?;
            let _: String = part.required("type")?;
            if wanted != searched {
                let _: Text<String> = part.required("id")?;
            }
            part.optional_part("properties")?;
        }
        if wanted != Wanted::Action {
            let mut action = request.part("action")?;
            let _: String = action.required("name")?;
            action.optional_part("properties")?;
        }
        request.optional_part("context")?;
        Ok(Self { members })
    }

    /// Who asks. The id is empty where subjects are searched for.
    #[must_use]
    pub fn subject(&self) -> Part<'_> {
        self.part("subject", "id")
    }

    /// What is asked for: its [id](Part::id) is the name, which is empty where actions are searched for.
    #[must_use]
    pub fn action(&self) -> Part<'_> {
        self.part("action", "name")
    }

    /// What it is asked about. The id is empty where resources are searched for.
    #[must_use]
    pub fn resource(&self) -> Part<'_> {
        self.part("resource", "id")
    }

    /// A member of the context.
    #[must_use]
    pub fn context(&self, member: &str) -> Option<&Value> {
        self.members.get("context")?.get(member)
    }

    fn part(&self, name: &str, id: &'static str) -> Part<'_> {
        Part { members: self.members.get(name).and_then(Value::as_object), id }
    }

    /// The same about another subject: an evaluation of what a search for subjects may find.
    #[must_use]
    pub fn with_subject_id(&self, id: &str) -> Self {
        self.with("subject", "id", id)
    }

    /// The same about another resource: an evaluation of what a search for resources may find.
    #[must_use]
    pub fn with_resource_id(&self, id: &str) -> Self {
        self.with("resource", "id", id)
    }

    /// The same about another action, without properties: an evaluation of what a search for actions may find.
    #[must_use]
    pub fn with_action(&self, name: &str) -> Self {
        let mut inquiry = self.clone();
        inquiry.members.insert("action".to_string(), json!({ "name": name }));
        inquiry
    }

    fn with(&self, part: &str, member: &str, id: &str) -> Self {
        let mut inquiry = self.clone();
        if let Some(Value::Object(members)) = inquiry.members.get_mut(part) {
            members.insert(member.to_string(), id.into());
        }
        inquiry
    }

    /// The question to a directory whose ids are of this type: the same as [`Question::from_json`] reads.
    ///
    /// # Errors
    ///
    /// [`JsonError`], with the place, for what is no such question.
    pub fn question<Id: Ord + Display + FromStr<Err: Display>>(&self) -> Result<Question<Named<Id>>, JsonError> {
        Question::from_members(self.members.clone())
    }

    /// What a page token is bound to.
    pub(super) fn to_text(&self) -> String {
        let parts = ["subject", "action", "resource", "context"].map(|part| self.members.get(part));
        json!(parts).to_string()
    }
}

fn remove_id(members: &mut Map<String, Value>, part: &str) {
    if let Some(Value::Object(part)) = members.get_mut(part) {
        part.remove("id");
    }
}

/// A part of what is asked: the subject, the action or the resource.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    members: Option<&'a Map<String, Value>>,
    /// The member that names it.
    id: &'static str,
}

impl<'a> Part<'a> {
    /// The type of a subject or a resource.
    #[must_use]
    pub fn r#type(self) -> &'a str {
        self.text("type")
    }

    /// The id of a subject or a resource, or the name of an action. Empty where it is searched for.
    #[must_use]
    pub fn id(self) -> &'a str {
        self.text(self.id)
    }

    /// One of its properties.
    #[must_use]
    pub fn property(self, name: &str) -> Option<&'a Value> {
        self.members?.get("properties")?.get(name)
    }

    /// All of its properties.
    #[must_use]
    pub fn properties(self) -> Option<&'a Map<String, Value>> {
        self.members?.get("properties")?.as_object()
    }

    fn text(self, member: &str) -> &'a str {
        self.members.and_then(|members| members.get(member)?.as_str()).unwrap_or_default()
    }
}

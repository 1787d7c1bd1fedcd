//! Reading a question: each member with its place.

use alloc::format;
use alloc::string::{String, ToString};

use serde::de::DeserializeOwned;

use crate::json::authzen::{Asked, Asker, Question};
use crate::json::text;
use crate::json::text::{JsonError, Members, NoDuplicates};
use crate::model::action::{Action, ActionKind, Parameter, ParameterKind};
use crate::model::protection::Protection;
use crate::model::resource::ResourceKind;
use crate::model::time::Grant;

impl Question {
    /// Reads a question from JSON.
    ///
    /// Members that are not known are ignored in the request, in its four parts and in their `properties`, as `AuthZEN`
    /// asks, and only there: a token, a protection and an approval are read strictly, a misspelt restriction must not widen
    /// a token. `null` is not absence: it is read as the `to` that sets nothing, and refused elsewhere. A member that is
    /// there twice is refused everywhere.
    ///
    /// # Errors
    ///
    /// [`JsonError`], with the place, for what is not JSON, a member that is missing, of the wrong type or there twice, and
    /// a name that is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::json::Question;
    ///
    /// let text = r#"{ "subject": { "type": "user", "id": "carol" },
    ///                 "action": { "name": "change_role", "properties": { "to": "boss" } },
    ///                 "resource": { "type": "member", "id": "bob", "properties": { "organization": "acme-corp" } } }"#;
    /// assert!(Question::from_json(&text.replace("boss", "viewer")).is_ok());
    /// assert_eq!(
    ///     Question::from_json(text).unwrap_err().to_string(),
    ///     "action.properties.to: unknown role `boss`: expected owner, admin, developer, billing or viewer",
    /// );
    /// ```
    pub fn from_json(text: &str) -> Result<Self, JsonError> {
        let NoDuplicates = text::read(text)?;
        let mut request = Part { place: String::new(), members: text::read(text)? };
        let subject = subject(request.part("subject")?)?;
        let action = action(request.part("action")?)?;
        let resource = resource(request.part("resource")?, action.kind())?;
        let time = request.optional_part("context")?.optional("time")?;
        Ok(Self { subject, action, resource, time })
    }
}

fn subject(mut part: Part) -> Result<Asker, JsonError> {
    let kind = part.required("type")?;
    let id = part.required("id")?;
    let token = part.optional_part("properties")?.optional("token")?;
    Ok(Asker { id, kind, token })
}

fn action(mut part: Part) -> Result<Action, JsonError> {
    let kind: ActionKind = part.required("name")?;
    let mut properties = part.optional_part("properties")?;
    let parameter = match kind.parameter() {
        ParameterKind::None => Parameter::None,
        ParameterKind::Role => Parameter::Role(properties.required(role_property(kind))?),
        ParameterKind::Expiry => Parameter::Expiry(properties.required("to")?),
        ParameterKind::ProjectRole => Parameter::ProjectRole(properties.grant()?),
        ParameterKind::ClusterAccess => Parameter::ClusterAccess(properties.grant()?),
        ParameterKind::Protection => Parameter::Protection(properties.required("to")?),
    };
    kind.with(parameter).map_err(|error| JsonError::new(properties.place, error.to_string()))
}

/// The property that names the role: an invitation gives one, a change sets one.
const fn role_property(kind: ActionKind) -> &'static str {
    if matches!(kind, ActionKind::InviteMember) { "role" } else { "to" }
}

fn resource(mut part: Part, action: ActionKind) -> Result<Asked, JsonError> {
    let kind = part.required("type")?;
    let id = part.required("id")?;
    let mut properties = part.optional_part("properties")?;
    Ok(match kind {
        ResourceKind::Organization => Asked::Organization(id),
        ResourceKind::Member => Asked::Member { organization: properties.required("organization")?, account: id },
        ResourceKind::Project => Asked::Project(id),
        ResourceKind::ProjectMember => Asked::ProjectMember { project: properties.required("project")?, account: id },
        ResourceKind::Environment if matches!(action, ActionKind::Create) => Asked::NewEnvironment {
            id,
            project: properties.required("project")?,
            cluster: properties.required("cluster")?,
            protection: properties.optional("protection")?.unwrap_or(Protection::NONE),
        },
        ResourceKind::Environment => Asked::Environment(id),
        ResourceKind::Placement => Asked::Placement { environment: id, to: properties.required("cluster")? },
        ResourceKind::Deployment => Asked::Deployment {
            environment: properties.required("environment")?,
            requested_by: properties.required("requested_by")?,
            approvals: properties.optional("approvals")?.unwrap_or_default(),
        },
        ResourceKind::Cluster => Asked::Cluster(id),
        ResourceKind::ClusterMember => Asked::ClusterMember { cluster: properties.required("cluster")?, account: id },
    })
}

/// An object of the request, and where it stands. Members that nobody asks it for are ignored.
struct Part {
    place: String,
    members: Members,
}

impl Part {
    fn required<T: DeserializeOwned>(&mut self, member: &str) -> Result<T, JsonError> {
        match self.members.0.remove(member) {
            Some(value) => text::read_value(value, &self.place_of(member)),
            None => Err(JsonError::new(&*self.place, format!("missing field `{member}`"))),
        }
    }

    /// A member that may be left out; `null` is no way to do so.
    fn optional<T: DeserializeOwned>(&mut self, member: &str) -> Result<Option<T>, JsonError> {
        match self.members.0.remove(member) {
            Some(value) => text::read_value(value, &self.place_of(member)).map(Some),
            None => Ok(None),
        }
    }

    fn part(&mut self, member: &str) -> Result<Self, JsonError> {
        Ok(Self { members: self.required(member)?, place: self.place_of(member) })
    }

    /// An object that may be left out, where it is as good as empty.
    fn optional_part(&mut self, member: &str) -> Result<Self, JsonError> {
        Ok(Self { members: self.optional(member)?.unwrap_or_default(), place: self.place_of(member) })
    }

    /// What `to` gives, and until when; a `to` of `null` takes it back, and there is nothing to expire.
    fn grant<T: Copy + DeserializeOwned>(&mut self) -> Result<Option<Grant<T>>, JsonError> {
        let to: Option<T> = self.required("to")?;
        let expires_at = self.optional("expires_at")?;
        match (to, expires_at) {
            (Some(to), expires_at) => Ok(Some(Grant::expiring(to, expires_at))),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(JsonError::new(
                self.place_of("expires_at"),
                "nothing is given that could expire: leave it out where `to` is null",
            )),
        }
    }

    fn place_of(&self, member: &str) -> String {
        if self.place.is_empty() { member.to_string() } else { format!("{}.{member}", self.place) }
    }
}

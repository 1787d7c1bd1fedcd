//! The JSON of a question: an Access Evaluation request. Each member is read with its place.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::Display;

use serde::de::DeserializeOwned;
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::directory::question::Question;
use crate::json::strict::Strict;
use crate::json::text;
use crate::json::text::{JsonError, Members, NoDuplicates};
use crate::model::account::AccountKind;
use crate::model::action::{Action, ActionKind, Parameter, ParameterKind};
use crate::model::deployment::ApprovalId;
use crate::model::protection::Protection;
use crate::model::resource::{ResourceId, ResourceKind};
use crate::model::time::{Grant, Time};
use crate::model::token::Token;

impl Question<String> {
    /// Reads a question from JSON.
    ///
    /// Members that are not known are ignored in the request, in its four parts and in their `properties`, as `AuthZEN`
    /// asks, and only there: a token, a protection and an approval are read strictly, a misspelt restriction must not widen
    /// a token. `null` is not absence: it is read as the `to` that sets nothing, and refused elsewhere. A member that is
    /// there twice is refused everywhere.
    ///
    /// A request has these parts:
    ///
    /// | part | members |
    /// |---|---|
    /// | `subject` | `type` (`user` or `service`), `id`; `properties.token` |
    /// | `action` | `name`; in `properties`, `role` for `invite_member`, `to` for an action that sets something, and `expires_at` beside the `to` of `set_project_role` and `set_cluster_access` |
    /// | `resource` | `type`, `id`, and the `properties` of its type |
    /// | `context` | `time`: the present time |
    ///
    /// | resource | `id` | `properties` |
    /// |---|---|---|
    /// | `organization`, `project`, `cluster`, `environment` | its id | |
    /// | `member` | account id | `organization` |
    /// | `project_member` | account id | `project` |
    /// | `cluster_member` | account id | `cluster` |
    /// | `placement` | environment id | `cluster`: the new one |
    /// | `deployment` | any | `environment`, `requested_by`, optional `approvals`: `[{ "by": account id, "expires_at": … }]` |
    /// | `environment` with the action `create` | the new id | `project`, `cluster`, optional `protection` |
    ///
    /// A subject whose `type` is not its account's kind has no memberships. You vouch for the subject, the token and the time: a
    /// service that takes questions from strangers sets its own time with [`Question::at`].
    ///
    /// # Errors
    ///
    /// [`JsonError`], with the place, for what is not JSON, a member that is missing, of the wrong type or there twice, and
    /// a name that is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::directory::Question;
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

        let mut question = Self::new(subject.id, action, resource).of_kind(subject.kind);
        if let Some(token) = subject.token {
            question = question.with_token(token);
        }
        Ok(match time {
            Some(time) => question.at(time),
            None => question,
        })
    }
}

/// Who asks, as the request says it.
struct Subject {
    id: String,
    kind: AccountKind,
    token: Option<Token<String>>,
}

fn subject(mut part: Part) -> Result<Subject, JsonError> {
    let kind = part.required("type")?;
    let id = part.required("id")?;
    let token = part.optional_part("properties")?.optional("token")?;
    Ok(Subject { id, kind, token })
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

fn resource(mut part: Part, action: ActionKind) -> Result<ResourceId<String>, JsonError> {
    let kind = part.required("type")?;
    let id = part.required("id")?;
    let mut properties = part.optional_part("properties")?;
    Ok(match kind {
        ResourceKind::Organization => ResourceId::Organization(id),
        ResourceKind::Member => ResourceId::Member { organization: properties.required("organization")?, account: id },
        ResourceKind::Project => ResourceId::Project(id),
        ResourceKind::ProjectMember => {
            ResourceId::ProjectMember { project: properties.required("project")?, account: id }
        }
        ResourceKind::Environment if matches!(action, ActionKind::Create) => ResourceId::NewEnvironment {
            id,
            project: properties.required("project")?,
            cluster: properties.required("cluster")?,
            protection: properties.optional("protection")?.unwrap_or(Protection::NONE),
        },
        ResourceKind::Environment => ResourceId::Environment(id),
        ResourceKind::Placement => ResourceId::Placement { environment: id, to: properties.required("cluster")? },
        ResourceKind::Deployment => ResourceId::Deployment {
            environment: properties.required("environment")?,
            requested_by: properties.required("requested_by")?,
            approvals: properties.optional("approvals")?.unwrap_or_default(),
        },
        ResourceKind::Cluster => ResourceId::Cluster(id),
        ResourceKind::ClusterMember => {
            ResourceId::ClusterMember { cluster: properties.required("cluster")?, account: id }
        }
    })
}

/// From `{ "by": "olivia" }`, with `expires_at` optional.
impl<'de, I: Deserialize<'de>> Deserialize<'de> for ApprovalId<I> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ApprovalForm { by, expires_at } = Deserialize::deserialize(Strict(deserializer))?;
        Ok(Self { by, expires_at })
    }
}

/// `{ "by": "olivia", "expires_at": "2027-01-01T00:00:00Z" }`; without `expires_at` if it has no expiry.
impl<I: Serialize> Serialize for ApprovalId<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ApprovalForm { by: &self.by, expires_at: self.expires_at }.serialize(serializer)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an approval: an object with `by`")]
struct ApprovalForm<I> {
    by: I,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}

/// An object of the request, and its place. Members that are not read are ignored.
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

/// The request that [`Question::from_json`] reads, ids by their `Display`. A question that does not name the kind of its
/// account is an error, as the request requires it, and so is one that asks for anything but [`Action::Create`] about a new
/// environment, or for that about another. The `id` of a deployment is that of its environment.
///
/// # Examples
///
/// ```
/// use shipgate::directory::Question;
/// use shipgate::{AccountKind, Action, ResourceId};
///
/// let question = Question::new(7, Action::Deploy, ResourceId::Environment(40)).of_kind(AccountKind::User);
/// assert_eq!(
///     serde_json::to_string(&question)?,
///     r#"{"subject":{"type":"user","id":"7"},"action":{"name":"deploy"},"resource":{"type":"environment","id":"40"}}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<Id: Ord + Display> Serialize for Question<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let question = self.map_ids(ToString::to_string);
        let Some(kind) = question.kind else {
            return Err(S::Error::custom("a request names the kind of its account: set it with `of_kind`"));
        };
        let creates = question.action == Action::Create;
        if question.resource.kind() == ResourceKind::Environment
            && creates != matches!(question.resource, ResourceId::NewEnvironment { .. })
        {
            return Err(S::Error::custom("a request asks to create a new environment, and nothing else about it"));
        }
        let form = request_form(&question, kind).map_err(S::Error::custom)?;
        form.serialize(serializer)
    }
}

#[derive(Serialize)]
struct RequestForm<'a> {
    subject: PartForm<'a>,
    action: ActionForm,
    resource: PartForm<'a>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    context: Map<String, Value>,
}

#[derive(Serialize)]
struct PartForm<'a> {
    r#type: &'static str,
    id: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    properties: Map<String, Value>,
}

#[derive(Serialize)]
struct ActionForm {
    name: ActionKind,
    #[serde(skip_serializing_if = "Map::is_empty")]
    properties: Map<String, Value>,
}

fn request_form(question: &Question<String>, kind: AccountKind) -> serde_json::Result<RequestForm<'_>> {
    let mut properties = Properties::default();
    if let Some(token) = question.token.as_ref() {
        properties.set("token", token)?;
    }
    let mut context = Properties::default();
    if let Some(time) = question.time {
        context.set("time", time)?;
    }
    Ok(RequestForm {
        subject: PartForm { r#type: kind.as_str(), id: &question.account, properties: properties.0 },
        action: ActionForm { name: question.action.kind(), properties: action_properties(question.action)? },
        resource: resource_form(&question.resource)?,
        context: context.0,
    })
}

fn action_properties(action: Action) -> serde_json::Result<Map<String, Value>> {
    let mut properties = Properties::default();
    match action.parameter() {
        Parameter::None => {}
        Parameter::Role(role) => properties.set(role_property(action.kind()), role)?,
        Parameter::Expiry(to) => properties.set("to", to)?,
        Parameter::ProjectRole(to) => properties.set_grant(to)?,
        Parameter::ClusterAccess(to) => properties.set_grant(to)?,
        Parameter::Protection(to) => properties.set("to", to)?,
    }
    Ok(properties.0)
}

fn resource_form(resource: &ResourceId<String>) -> serde_json::Result<PartForm<'_>> {
    let mut properties = Properties::default();
    let id = match resource {
        ResourceId::Organization(id)
        | ResourceId::Project(id)
        | ResourceId::Environment(id)
        | ResourceId::Cluster(id) => id,
        ResourceId::Member { organization, account } => {
            properties.set("organization", organization)?;
            account
        }
        ResourceId::ProjectMember { project, account } => {
            properties.set("project", project)?;
            account
        }
        ResourceId::NewEnvironment { id, project, cluster, protection } => {
            properties.set("project", project)?;
            properties.set("cluster", cluster)?;
            properties.set("protection", protection)?;
            id
        }
        ResourceId::Placement { environment, to } => {
            properties.set("cluster", to)?;
            environment
        }
        ResourceId::Deployment { environment, requested_by, approvals } => {
            properties.set("environment", environment)?;
            properties.set("requested_by", requested_by)?;
            if !approvals.is_empty() {
                properties.set("approvals", approvals)?;
            }
            environment
        }
        ResourceId::ClusterMember { cluster, account } => {
            properties.set("cluster", cluster)?;
            account
        }
    };
    Ok(PartForm { r#type: resource.kind().as_str(), id, properties: properties.0 })
}

/// The members of an object that is written.
#[derive(Default)]
struct Properties(Map<String, Value>);

impl Properties {
    fn set(&mut self, member: &str, value: impl Serialize) -> serde_json::Result<()> {
        self.0.insert(member.to_string(), serde_json::to_value(value)?);
        Ok(())
    }

    /// What [`Part::grant`] reads.
    fn set_grant<T: Copy + Serialize>(&mut self, to: Option<Grant<T>>) -> serde_json::Result<()> {
        self.set("to", to.map(|grant| grant.value()))?;
        match to.and_then(|grant| grant.expires_at()) {
            Some(expiry) => self.set("expires_at", expiry),
            None => Ok(()),
        }
    }
}

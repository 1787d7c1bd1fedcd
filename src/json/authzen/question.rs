//! The JSON of a question: an Access Evaluation request. Each member is read with its place.

mod action;
pub(crate) mod part;
mod properties;
pub(crate) mod resource;
mod subject;

use alloc::string::String;
use core::fmt::Display;
use core::str::FromStr;

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::directory::question::Question;
use crate::json::authzen::question::part::Part;
use crate::json::authzen::question::properties::Properties;
use crate::json::id::Text;
use crate::json::text::{self, JsonError, Members, NoDuplicates};
use crate::json::time::PresentTime;
use crate::model::account::AccountKind;
use crate::model::action::ActionKind;
use crate::model::resource::{ResourceId, ResourceKind};

impl<Id: Ord + Display + FromStr<Err: Display>> Question<Id> {
    /// Reads a question from JSON, its ids by their `FromStr`. What is no id of this type is refused. Read a
    /// `Question<`[`Named<Id>`](crate::json::Named)`>` to keep it, as an id that no account and no resource has.
    ///
    /// Members that are not known are ignored in the request, in its four parts, in `subject.properties`, and in the
    /// `properties` of an action or a resource that needs none, as `AuthZEN` asks. A name there that differs from a known one
    /// only by case, spaces, `_`, `-` or a final s is refused, and so is a `token` beside `properties`: a misspelt
    /// restriction must not be lost. All else is read strictly: the `properties` that the tables name, a token, a protection
    /// and an approval. `null` is not absence: it is read as the `to` that sets nothing, and refused elsewhere. A member that
    /// is there twice is refused everywhere, and so is an id that is empty or has a control character. A byte order mark
    /// before the question is passed over.
    ///
    /// A request has these parts:
    ///
    /// | part | members |
    /// |---|---|
    /// | `subject` | `type` (`user` or `service`), `id`; `properties.token` |
    /// | `action` | `name`, and the `properties` of the action |
    /// | `resource` | `type`, `id`, and the `properties` of its type |
    /// | `context` | `time`: the present time, of which the seconds may be missing |
    ///
    /// | action | `properties` |
    /// |---|---|
    /// | `invite_member` | `role`, optional `expires_at` |
    /// | `change_role` | `to`: a built-in role, or the id of a custom one |
    /// | `create_role` | `rank`, `permissions` |
    /// | `update` of a `role` | `permissions` |
    /// | `update` of a `project` or a `cluster` | optional `visibility` |
    /// | `set_expiry` | `to`: a time, or `null` |
    /// | `set_project_role`, `set_cluster_access` | `to`: a role or a level, or `null`; optional `expires_at` |
    /// | `set_protection` | `to` |
    ///
    /// | resource | `id` | `properties` |
    /// |---|---|---|
    /// | `organization`, `role`, `team`, `project`, `cluster`, `environment` | its id | |
    /// | `member` | account id | `organization` |
    /// | `team_member` | account id | `team` |
    /// | `project_member` | account id | `project` |
    /// | `cluster_member` | account id | `cluster` |
    /// | `project_team` | team id | `project` |
    /// | `cluster_team` | team id | `cluster` |
    /// | `placement` | environment id | `cluster`: the new one |
    /// | `deployment` | any | `environment`, `requested_by`, optional `on_behalf_of`, `release` and `approvals`: `[{ "by": account id, "release": …, "cluster": …, "expires_at": … }]`, of which `by` is required |
    /// | `environment` with the action `create` | the new id | `project`, `cluster`, optional `protection` |
    ///
    /// A subject whose `type` is not its account's kind has no memberships. You vouch for the subject, the token and the time: a
    /// service that takes questions from strangers sets its own time with [`Question::at`], and a token that it knows of
    /// with [`Question::with_service_token`]. No request sets that one.
    ///
    /// # Errors
    ///
    /// [`JsonError`], with the place, for what is not JSON, a member that is missing, of the wrong type, misspelt or there
    /// twice, and a name that is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::directory::Question;
    ///
    /// let text = r#"{ "subject": { "type": "user", "id": "carol" },
    ///                 "action": { "name": "set_project_role", "properties": { "to": "boss" } },
    ///                 "resource": { "type": "project_member", "id": "bob", "properties": { "project": "shop" } } }"#;
    /// assert!(Question::<String>::from_json(&text.replace("boss", "viewer")).is_ok());
    /// assert_eq!(
    ///     Question::<String>::from_json(text).unwrap_err().to_string(),
    ///     "action.properties.to: unknown project role `boss`: expected admin, developer or viewer",
    /// );
    /// ```
    pub fn from_json(text: &str) -> Result<Self, JsonError> {
        let NoDuplicates = text::read(text)?;
        let Members(members) = text::read(text)?;
        Self::from_members(members)
    }

    /// Reads the members of a request in which none is there twice.
    pub(crate) fn from_members(members: Map<String, Value>) -> Result<Self, JsonError> {
        let mut request = Part::whole(members);
        let subject = subject::read(request.part("subject")?)?;

        let mut action = request.part("action")?;
        let name: ActionKind = action.required("name")?;
        let action_properties = action.optional_part("properties")?;
        action.ignore_rest_beside_properties()?;

        let mut resource = request.part("resource")?;
        let kind: ResourceKind = resource.required("type")?;
        let id = resource.id("id")?;
        let resource_properties = resource.optional_part("properties")?;
        resource.ignore_rest_beside_properties()?;

        let mut context = request.optional_part("context")?;
        let time: Option<PresentTime> = context.optional("time")?;
        context.ignore_rest()?;
        request.ignore_rest()?;

        let action = action::read(action_properties, name, kind)?;
        let resource = resource::read(resource_properties, kind, id, name)?;
        let mut question = Self::new(subject.id, action, resource).of_kind(subject.kind);
        if let Some(token) = subject.token {
            question = question.with_token(token);
        }
        Ok(match time {
            Some(PresentTime(time)) => question.at(time),
            None => question,
        })
    }
}

/// The request that [`Question::from_json`] reads, ids by their `Display`. The `id` of a deployment is that of its environment.
///
/// What no request says is an error: a question that does not name the kind of its account, one with a
/// [service token](Question::with_service_token), one that asks for anything but [`Action::Create`](crate::Action::Create) about
/// a new environment or for that about another, an update that does not suit its resource, an id that is empty or has a
/// control character, and a custom role that is called as a built-in one.
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
        let question = self;
        let Some(kind) = question.kind else {
            return Err(S::Error::custom("a request names the kind of its account: set it with `of_kind`"));
        };
        if question.service_token.is_some() {
            return Err(S::Error::custom(
                "a request has no service token, and would ask for more without it: leave it out and give it beside the request",
            ));
        }
        let creates = matches!(question.action.kind(), ActionKind::Create);
        if question.resource.kind() == ResourceKind::Environment
            && creates != matches!(question.resource, ResourceId::NewEnvironment { .. })
        {
            return Err(S::Error::custom("a request asks to create a new environment, and nothing else about it"));
        }
        request_form(question, kind).map_err(S::Error::custom)?.serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(bound = "Id: Display")]
struct RequestForm<'a, Id> {
    subject: PartForm<'a, Id>,
    action: ActionForm,
    resource: PartForm<'a, Id>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    context: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(bound = "Id: Display")]
struct PartForm<'a, Id> {
    r#type: &'static str,
    id: Text<&'a Id>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    properties: Map<String, Value>,
}

#[derive(Serialize)]
struct ActionForm {
    name: ActionKind,
    #[serde(skip_serializing_if = "Map::is_empty")]
    properties: Map<String, Value>,
}

fn request_form<Id: Ord + Display>(
    question: &Question<Id>,
    kind: AccountKind,
) -> serde_json::Result<RequestForm<'_, Id>> {
    let Question { account, action, resource, .. } = question;
    let properties = subject::properties_of(question)?;
    let subject = PartForm { r#type: kind.as_str(), id: Text(account), properties };
    let properties = action::properties_of(action.as_ref(), resource.kind())?;
    let action = ActionForm { name: action.kind(), properties };
    let (id, properties) = resource::parts_of(resource)?;
    let resource = PartForm { r#type: resource.kind().as_str(), id: Text(id), properties };
    let mut context = Properties::default();
    context.set_if_some("time", question.time)?;
    Ok(RequestForm { subject, action, resource, context: context.0 })
}

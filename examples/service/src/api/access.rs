//! What a change would do, and what the caller may do.

use axum::Json;
use serde::{Deserialize, Serialize};
use shipgate::change::Change;
use shipgate::{Action, ActionSet, Decision, ResourceId, SubjectId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::Failure;
use crate::api::answer::{Answer, Problems};
use crate::api::asking::{Asking, Resource};
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::database::word;
use crate::service::Service;

/// How many changed answers are told.
const MOST: usize = 1_000;

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(preview)).routes(routes!(actions))
}

/// A change to look at.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PreviewChange {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    /// The change, as records write it: `{ "change_role": { "organization": "…", "account": "…", "to": "viewer" } }`.
    #[schema(value_type = Object)]
    pub(crate) change: Change<String>,
}

/// What a change would do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preview {
    /// The answers that would be others: of what you may view.
    pub(crate) changes: Vec<ChangedAnswer>,
    /// Whether there are more of them.
    pub(crate) more: bool,
}

/// An answer that would be another one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChangedAnswer {
    pub(crate) user_id: String,
    pub(crate) action: &'static str,
    pub(crate) resource_type: &'static str,
    pub(crate) resource_id: String,
    pub(crate) before: Outcome,
    pub(crate) after: Outcome,
}

/// What is decided.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Allow,
    RequireApproval,
    Deny,
}

impl From<Decision> for Outcome {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Allow => Self::Allow,
            Decision::RequireApproval(_) => Self::RequireApproval,
            Decision::Deny(_) => Self::Deny,
        }
    }
}

/// Shows what a change would do, without making it: if you may make it.
#[utoipa::path(post, path = "/api/access.preview", tag = "access", request_body = PreviewChange,
    responses((status = 200, body = Preview), Problems))]
pub(crate) async fn preview(caller: Caller, Body(body): Body<PreviewChange>) -> Answer<Preview> {
    let asking = caller.of_named(body.organization_id.as_deref()).await?;
    let look = |subject: &SubjectId<'_, String>| -> Result<Preview, Failure> {
        let directory = asking.directory()?;
        let preview = directory.preview(subject, body.change)?;
        let mut changes: Vec<_> = preview
            .changes()
            .take(MOST.saturating_add(1))
            .map(|change| ChangedAnswer {
                user_id: change.account.clone(),
                action: change.action.kind().as_str(),
                resource_type: change.resource.kind().as_str(),
                resource_id: main_id(&change.resource).clone(),
                before: change.before.into(),
                after: change.after.into(),
            })
            .collect();
        let more = changes.len() > MOST;
        changes.truncate(MOST);
        Ok(Preview { changes, more })
    };
    Ok(Json(asking.guard().enforce(look)?))
}

/// The id of a resource, without that of what it is in.
pub(crate) fn main_id<'a, A, S>(resource: &ResourceId<&'a String, A, S>) -> &'a String {
    match resource {
        ResourceId::Organization(id)
        | ResourceId::Role(id)
        | ResourceId::Team(id)
        | ResourceId::Project(id)
        | ResourceId::Environment(id)
        | ResourceId::Cluster(id)
        | ResourceId::NewEnvironment { id, .. } => id,
        ResourceId::Member { account, .. }
        | ResourceId::TeamMember { account, .. }
        | ResourceId::ProjectMember { account, .. }
        | ResourceId::ClusterMember { account, .. } => account,
        ResourceId::ProjectTeam { team, .. } | ResourceId::ClusterTeam { team, .. } => team,
        ResourceId::Placement { environment, .. } | ResourceId::Deployment { environment, .. } => environment,
    }
}

/// Which resource.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneResource {
    /// `organization`, `member`, `role`, `team`, `project`, `cluster` or `environment`.
    pub(crate) resource_type: String,
    /// Its id; of a member, that of the account.
    pub(crate) resource_id: String,
    /// Of a member: the organization.
    pub(crate) organization_id: Option<String>,
}

/// What you may do to a resource.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AllowedActions {
    /// What you may do.
    #[schema(value_type = Vec<String>)]
    pub(crate) allowed: ActionSet,
    /// What you may do once it is approved.
    #[schema(value_type = Vec<String>)]
    pub(crate) with_approval: ActionSet,
}

/// Lists what you may do to a resource, so that a page can show it. An action with a value is allowed if it is with any.
#[utoipa::path(get, path = "/api/access.actions", tag = "access", params(OneResource),
    responses((status = 200, body = AllowedActions), Problems))]
pub(crate) async fn actions(caller: Caller, Query(one): Query<OneResource>) -> Answer<AllowedActions> {
    let id = one.resource_id.as_str();
    let asking = of_resource(caller, &one).await?;
    let resource: Resource<'_> = match one.resource_type.as_str() {
        "organization" => ResourceId::Organization(id),
        "role" => ResourceId::Role(id),
        "team" => ResourceId::Team(id),
        "project" => ResourceId::Project(id),
        "cluster" => ResourceId::Cluster(id),
        "environment" => ResourceId::Environment(id),
        _ => ResourceId::Member { organization: &asking.organization, account: id },
    };
    asking.authorize(Action::View, resource)?;
    let actions = asking.actions(resource)?;
    Ok(Json(AllowedActions { allowed: actions.allowed(), with_approval: actions.with_approval() }))
}

pub(crate) async fn of_resource(caller: Caller, one: &OneResource) -> Result<Asking, Failure> {
    match one.resource_type.as_str() {
        "organization" => caller.of(&one.resource_id).await,
        "member" => caller.of_named(one.organization_id.as_deref()).await,
        kind @ ("role" | "team" | "project" | "cluster" | "environment") => {
            caller.whose(word(kind)?, &one.resource_id).await
        }
        _ => Err(Failure::bad_request(
            "resourceType: write `organization`, `member`, `role`, `team`, `project`, `cluster` or `environment`",
        )),
    }
}

//! Deployments: requested, approved, started; in an emergency without approval.
//!
//! Each step is decided anew, on the facts of that moment. Approvals of a member who leaves are dropped with the membership.

use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shipgate::directory::EntityKind;
use shipgate::model::ApprovalId;
use shipgate::{AccountKind, Action, Decision, ResourceId, Time};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::Failure;
use crate::api::answer::{Answer, Problems};
use crate::api::asking::{Asking, Resource, require_name};
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::page::{List, Order, Page};
use crate::database::{self, Row, Step};
use crate::ids;
use crate::service::Service;

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(request))
        .routes(routes!(break_glass))
        .routes(routes!(get))
        .routes(routes!(list))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(start))
        .routes(routes!(cancel))
}

/// How far a deployment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Approvals are missing, or nobody has started it yet.
    Waiting,
    Started,
    Rejected,
    Canceled,
}

impl Status {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Started => "started",
            Self::Rejected => "rejected",
            Self::Canceled => "canceled",
        }
    }

    fn read(text: &str) -> Result<Self, database::Error> {
        let all = [Self::Waiting, Self::Started, Self::Rejected, Self::Canceled];
        let found = all.into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| database::Error::content(format!("`{text}` is not the status of a deployment")))
    }
}

/// A deployment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deployment {
    pub(crate) id: String,
    pub(crate) organization_id: String,
    pub(crate) environment_id: String,
    pub(crate) release: String,
    pub(crate) status: Status,
    pub(crate) requested_by: String,
    /// For whom a program requested it.
    pub(crate) on_behalf_of: Option<String>,
    pub(crate) started_by: Option<String>,
    /// Why it was started without approval.
    pub(crate) reason: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) requested_at: Time,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) changed_at: Time,
    /// Who has approved it so far. Whether an approval counts is decided when it is started.
    pub(crate) approvals: Vec<Approval>,
}

/// An approval.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Approval {
    pub(crate) user_id: String,
    /// The cluster that it was given for.
    pub(crate) cluster_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) given_at: Time,
}

impl Deployment {
    pub(crate) fn of(row: &Row) -> Result<Self, database::Error> {
        Ok(Self {
            id: row.text("id")?,
            organization_id: row.text("organization")?,
            environment_id: row.text("environment")?,
            release: row.text("release")?,
            status: Status::read(&row.text("status")?)?,
            requested_by: row.text("requested_by")?,
            on_behalf_of: row.optional_text("on_behalf_of")?,
            started_by: row.optional_text("started_by")?,
            reason: row.optional_text("reason")?,
            requested_at: row.time("requested_at")?,
            changed_at: row.time("changed_at")?,
            approvals: Vec::new(),
        })
    }

    pub(crate) fn approvals(&self) -> Vec<ApprovalId<String>> {
        let of = |approval: &Approval| {
            let (by, cluster) = (approval.user_id.clone(), approval.cluster_id.clone());
            ApprovalId::new(by).for_release(self.release.clone()).on_cluster(cluster)
        };
        self.approvals.iter().map(of).collect()
    }

    pub(crate) fn resource<'a>(&'a self, approvals: &'a [ApprovalId<String>]) -> Resource<'a> {
        ResourceId::Deployment {
            environment: &self.environment_id,
            requested_by: &self.requested_by,
            on_behalf_of: self.on_behalf_of.as_deref(),
            release: Some(&self.release),
            approvals,
        }
    }

    fn insert(&self) -> Step {
        let text = "INSERT INTO service_deployments (id, organization, environment, release, status, requested_by, \
            on_behalf_of, started_by, reason, requested_at, changed_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        database::Query::new(text)
            .bind(&self.id)
            .bind(&self.organization_id)
            .bind(&self.environment_id)
            .bind(&self.release)
            .bind(self.status.as_str())
            .bind(&self.requested_by)
            .bind(self.on_behalf_of.clone())
            .bind(self.started_by.clone())
            .bind(self.reason.clone())
            .bind(self.requested_at)
            .bind(self.changed_at)
            .into()
    }
}

/// A deployment to request.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RequestDeployment {
    pub(crate) environment_id: String,
    /// What is deployed: a version, or better, a digest.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) release: String,
    /// For whom a program requests it. A person requests for themselves.
    pub(crate) on_behalf_of: Option<String>,
}

/// Requests a deployment. It is started at once, or waits for approval.
#[utoipa::path(post, path = "/api/deployment.request", tag = "deployment", request_body = RequestDeployment,
    responses((status = 200, body = Deployment), Problems))]
pub(crate) async fn request(caller: Caller, Body(body): Body<RequestDeployment>) -> Answer<Deployment> {
    let release = require_name(&body.release)?.to_owned();
    if body.on_behalf_of.is_some() && caller.authenticated.kind != AccountKind::Service {
        return Err(Failure::bad_request("onBehalfOf: only a program requests for somebody else"));
    }
    let asking = caller.whose(EntityKind::Environment, &body.environment_id).await?;
    let mut deployment = new(&asking, body.environment_id, release);
    deployment.on_behalf_of = body.on_behalf_of;
    let kind = match asking.decide(Action::Deploy, deployment.resource(&[]))? {
        // To request a deployment is not to deploy.
        Decision::RequireApproval(_) => {
            asking.authorize(Action::View, deployment.resource(&[]))?;
            "deployment_requested"
        }
        Decision::Allow | Decision::Deny(_) => {
            asking.authorize(Action::Deploy, deployment.resource(&[]))?;
            deployment.status = Status::Started;
            deployment.started_by = Some(asking.account().to_owned());
            "deployment_started"
        }
    };
    let steps = vec![deployment.insert(), event(&asking, kind, &deployment)];
    Ok(Json(asking.store(steps, deployment).await?))
}

fn new(asking: &Asking, environment_id: String, release: String) -> Deployment {
    Deployment {
        id: ids::new("deployment"),
        organization_id: asking.organization.clone(),
        environment_id,
        release,
        status: Status::Waiting,
        requested_by: asking.account().to_owned(),
        on_behalf_of: None,
        started_by: None,
        reason: None,
        requested_at: asking.now(),
        changed_at: asking.now(),
        approvals: Vec::new(),
    }
}

fn event(asking: &Asking, kind: &str, deployment: &Deployment) -> Step {
    let Deployment { id, environment_id, release, reason, .. } = deployment;
    let detail = json!({ "environment": environment_id, "release": release, "reason": reason });
    asking.event(kind).about(id).with_detail(detail).insert().into()
}

/// A deployment that waits for no approval.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BreakGlass {
    pub(crate) environment_id: String,
    /// What is deployed: a version, or better, a digest.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) release: String,
    /// Why it cannot wait. It is kept in the audit log.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) reason: String,
}

/// Deploys without approval, in an emergency, if the rule of the environment allows it. The reason is recorded.
#[utoipa::path(post, path = "/api/deployment.breakGlass", tag = "deployment", request_body = BreakGlass,
    responses((status = 200, body = Deployment), Problems))]
pub(crate) async fn break_glass(caller: Caller, Body(body): Body<BreakGlass>) -> Answer<Deployment> {
    let (release, reason) = (require_name(&body.release)?.to_owned(), body.reason.trim().to_owned());
    if reason.is_empty() || reason.chars().count() > 200 {
        return Err(Failure::bad_request("reason: write 1 to 200 characters"));
    }
    let asking = caller.whose(EntityKind::Environment, &body.environment_id).await?;
    let mut deployment = new(&asking, body.environment_id, release);
    asking.authorize(Action::BreakGlass, deployment.resource(&[]))?;
    deployment.status = Status::Started;
    deployment.started_by = Some(asking.account().to_owned());
    deployment.reason = Some(reason);
    let steps = vec![deployment.insert(), event(&asking, "break_glass", &deployment)];
    Ok(Json(asking.store(steps, deployment).await?))
}

/// Which deployment.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneDeployment {
    pub(crate) deployment_id: String,
}

/// Finds a deployment, for somebody who then asks about it.
pub(crate) async fn find(caller: Caller, id: &str) -> Result<(Asking, Deployment), Failure> {
    let database = &caller.service.database;
    let query = database::Query::new("SELECT * FROM service_deployments WHERE id = $1").bind(id);
    let row = database.row(query).await?.ok_or_else(Failure::not_found)?;
    let mut deployment = Deployment::of(&row)?;
    let text = "SELECT account, cluster, given_at FROM service_approvals WHERE deployment = $1 ORDER BY account";
    for row in database.rows(database::Query::new(text).bind(id)).await? {
        let (user_id, cluster_id, given_at) = (row.text("account")?, row.text("cluster")?, row.time("given_at")?);
        deployment.approvals.push(Approval { user_id, cluster_id, given_at });
    }
    let organization = deployment.organization_id.clone();
    Ok((caller.of(&organization).await?, deployment))
}

/// Shows a deployment.
#[utoipa::path(get, path = "/api/deployment.get", tag = "deployment", params(OneDeployment),
    responses((status = 200, body = Deployment), Problems))]
pub(crate) async fn get(caller: Caller, Query(one): Query<OneDeployment>) -> Answer<Deployment> {
    let (asking, deployment) = find(caller, &one.deployment_id).await?;
    asking.authorize(Action::View, deployment.resource(&[]))?;
    Ok(Json(deployment))
}

/// Which deployments.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichDeployments {
    pub(crate) environment_id: String,
    /// Those that are so far.
    #[param(value_type = Option<Status>, inline)]
    pub(crate) status: Option<Status>,
    /// How many items, at most 200.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u16>,
    /// `next` of the page before.
    pub(crate) after: Option<String>,
}

/// A deployment in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeploymentShown {
    pub(crate) id: String,
    pub(crate) release: String,
    pub(crate) status: Status,
    pub(crate) requested_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) requested_at: Time,
}

/// Lists the deployments to an environment, from the last one.
#[utoipa::path(get, path = "/api/deployment.list", tag = "deployment", params(WhichDeployments),
    responses((status = 200, body = List<DeploymentShown>), Problems))]
pub(crate) async fn list(caller: Caller, Query(which): Query<WhichDeployments>) -> Answer<List<DeploymentShown>> {
    let asking = caller.whose(EntityKind::Environment, &which.environment_id).await?;
    asking.authorize(Action::View, ResourceId::Environment(&which.environment_id))?;
    let page = Page::new(which.limit, which.after);
    let text = "SELECT * FROM service_deployments AS d WHERE d.organization = $1 AND d.environment = $2";
    let mut query = database::Query::new(text).bind(&asking.organization).bind(&which.environment_id);
    if let Some(status) = which.status {
        query = query.and(" AND d.status = $3").bind(status.as_str());
    }
    let database = &asking.caller.service.database;
    let query = page.bound(database, query, ["CAST(d.requested_at AS TEXT)", "d.id"], Order::Falling)?;
    let mut deployments = Vec::new();
    for row in database.rows(query).await? {
        let Deployment { id, release, status, requested_by, requested_at, .. } = Deployment::of(&row)?;
        deployments.push(DeploymentShown { id, release, status, requested_by, requested_at });
    }
    Ok(Json(page.list(deployments, |shown| [shown.requested_at.as_millis().to_string(), shown.id.clone()])?))
}

/// Which deployment.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ThisDeployment {
    pub(crate) deployment_id: String,
}

/// Approves a deployment: its release, on the cluster that its environment deploys to now.
#[utoipa::path(post, path = "/api/deployment.approve", tag = "deployment", request_body = ThisDeployment,
    responses((status = 200, body = Deployment), Problems))]
pub(crate) async fn approve(caller: Caller, Body(body): Body<ThisDeployment>) -> Answer<Deployment> {
    let (asking, mut deployment) = find(caller, &body.deployment_id).await?;
    asking.authorize(Action::Approve, deployment.resource(&deployment.approvals()))?;
    let environment = asking.directory()?.environment(deployment.environment_id.as_str());
    let cluster_id = environment.ok_or_else(Failure::not_found)?.cluster().clone();
    let approval = Approval { user_id: asking.account().to_owned(), cluster_id, given_at: asking.now() };
    // A member who is removed at the same time is removed before, and then there is none, or after, and then this is dropped.
    let member = "UPDATE shipgate_members SET kind = kind WHERE organization = $1 AND account = $2";
    let member = database::Query::new(member).bind(&asking.organization).bind(asking.account());
    let text = "INSERT INTO service_approvals (organization, deployment, account, cluster, given_at) \
        SELECT organization, id, $2, $3, $4 FROM service_deployments WHERE id = $1 AND status = 'waiting'";
    let insert = database::Query::new(text).bind(&deployment.id).bind(&approval.user_id).bind(&approval.cluster_id);
    let insert = insert.bind(approval.given_at);
    deployment.approvals.push(approval);
    let event = event(&asking, "deployment_approved", &deployment);
    let steps = vec![Step::Must(member), Step::Must(insert), event];
    Ok(Json(asking.store(steps, deployment).await?))
}

/// Rejects a deployment that waits.
#[utoipa::path(post, path = "/api/deployment.reject", tag = "deployment", request_body = ThisDeployment,
    responses((status = 200, body = Deployment), Problems))]
pub(crate) async fn reject(caller: Caller, Body(body): Body<ThisDeployment>) -> Answer<Deployment> {
    let (asking, deployment) = find(caller, &body.deployment_id).await?;
    asking.authorize(Action::Approve, deployment.resource(&deployment.approvals()))?;
    advance(&asking, deployment, &[Status::Waiting], Status::Rejected, "deployment_rejected").await
}

/// Starts a deployment that waits, if nothing is missing any more. Anyone may who may deploy there.
#[utoipa::path(post, path = "/api/deployment.start", tag = "deployment", request_body = ThisDeployment,
    responses((status = 200, body = Deployment), Problems))]
pub(crate) async fn start(caller: Caller, Body(body): Body<ThisDeployment>) -> Answer<Deployment> {
    let (asking, mut deployment) = find(caller, &body.deployment_id).await?;
    asking.authorize(Action::Deploy, deployment.resource(&deployment.approvals()))?;
    deployment.started_by = Some(asking.account().to_owned());
    advance(&asking, deployment, &[Status::Waiting], Status::Started, "deployment_started").await
}

/// Withdraws a deployment that waits, or stops one that was started.
#[utoipa::path(post, path = "/api/deployment.cancel", tag = "deployment", request_body = ThisDeployment,
    responses((status = 200, body = Deployment), Problems))]
pub(crate) async fn cancel(caller: Caller, Body(body): Body<ThisDeployment>) -> Answer<Deployment> {
    let (asking, deployment) = find(caller, &body.deployment_id).await?;
    asking.authorize(Action::Cancel, deployment.resource(&deployment.approvals()))?;
    advance(&asking, deployment, &[Status::Waiting, Status::Started], Status::Canceled, "deployment_canceled").await
}

/// Moves a deployment on, unless somebody else has moved it meanwhile.
async fn advance(
    asking: &Asking,
    mut deployment: Deployment,
    from: &[Status],
    to: Status,
    kind: &str,
) -> Answer<Deployment> {
    if !from.contains(&deployment.status) {
        return Err(Failure::conflict(format!(
            "this deployment is {}: that cannot be done any more",
            deployment.status.as_str()
        )));
    }
    let text =
        "UPDATE service_deployments SET status = $3, started_by = $4, changed_at = $5 WHERE id = $1 AND status = $2";
    let update = database::Query::new(text).bind(&deployment.id).bind(deployment.status.as_str()).bind(to.as_str());
    let update = update.bind(deployment.started_by.clone()).bind(asking.now());
    deployment.status = to;
    deployment.changed_at = asking.now();
    let event = event(asking, kind, &deployment);
    Ok(Json(asking.store(vec![Step::Must(update), event], deployment).await?))
}

//! Handlers. Each asks its guard before it shows or does anything.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use shipgate::change::Change;
use shipgate::guard::Problem;
use shipgate::{Action, Decision, ResourceId};
use uuid::Uuid;

use crate::App;
use crate::deployment::{Deployment, Status};

/// The guard of a request, which the layer has put there.
type Guard = Extension<shipgate::guard::Guard<Uuid>>;

#[derive(Serialize)]
pub(crate) struct ListedEnvironment {
    id: Uuid,
    /// How many approvals a deployment needs before it can start.
    approvals_missing: u8,
}

/// Lists the environments that the caller may deploy to, at once or after approval.
pub(crate) async fn list_environments(
    guard: Guard,
    Path(organization): Path<Uuid>,
) -> Result<Json<Vec<ListedEnvironment>>, Response> {
    guard.authorize(Action::View, ResourceId::Organization(&organization))?;
    let listed = guard.directory()?.what_may(guard.subject()).environments(Action::Deploy, &organization);
    let environments = listed.filter_map(|(id, decision)| match decision {
        Decision::Allow => Some(ListedEnvironment { id: *id, approvals_missing: 0 }),
        Decision::RequireApproval(needed) => Some(ListedEnvironment { id: *id, approvals_missing: needed.missing }),
        Decision::Deny(_) => None,
    });
    Ok(Json(environments.collect()))
}

/// Removes a member. A change is decided and made in one step, so that nothing can change in between.
pub(crate) async fn remove_member(
    State(app): State<App>,
    guard: Guard,
    Path((organization, account)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode, Response> {
    let change = Change::remove_member(organization, account);
    let record = guard.enforce(|subject| app.directory.change(Uuid::new_v4(), subject, change))?;
    // With a database: `propose` the change, store the record, and then `apply` it.
    println!("revision {}: {} removed {account}", record.revision(), guard.account());
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(crate) struct NewDeployment {
    version: String,
}

#[derive(Serialize)]
pub(crate) struct ShownDeployment {
    id: Uuid,
    environment: Uuid,
    version: String,
    status: Status,
}

impl ShownDeployment {
    fn new(id: Uuid, deployment: &Deployment) -> Json<Self> {
        let Deployment { environment, version, status, .. } = deployment.clone();
        Json(Self { id, environment, version, status })
    }
}

/// Starts a deployment (201), or stores it until it is approved (202).
pub(crate) async fn request_deployment(
    State(app): State<App>,
    guard: Guard,
    Path(environment): Path<Uuid>,
    Json(new): Json<NewDeployment>,
) -> Result<(StatusCode, Json<ShownDeployment>), Response> {
    let mut deployment = Deployment::new(environment, new.version, *guard.account());
    let status = match guard.decide(Action::Deploy, deployment.resource())? {
        // To request a deployment is not to deploy.
        Decision::RequireApproval(_) => {
            guard.authorize(Action::View, deployment.resource())?;
            StatusCode::ACCEPTED
        }
        Decision::Allow | Decision::Deny(_) => {
            guard.authorize(Action::Deploy, deployment.resource())?;
            deployment.start();
            StatusCode::CREATED
        }
    };
    let id = Uuid::new_v4();
    let shown = ShownDeployment::new(id, &deployment);
    app.deployments.insert(id, deployment);
    Ok((status, shown))
}

pub(crate) async fn show_deployment(
    State(app): State<App>,
    guard: Guard,
    Path(id): Path<Uuid>,
) -> Result<Json<ShownDeployment>, Response> {
    let answer = app.deployments.with(id, |deployment| {
        guard.authorize(Action::View, deployment.resource())?;
        Ok(ShownDeployment::new(id, deployment))
    })?;
    Ok(answer)
}

/// Adds the caller's approval to a deployment. It counts for as long as the caller could give it.
pub(crate) async fn approve_deployment(
    State(app): State<App>,
    guard: Guard,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Response> {
    let answer = app.deployments.with(id, |deployment| {
        guard.authorize(Action::Approve, deployment.resource())?;
        deployment.approve(*guard.account());
        Ok(StatusCode::NO_CONTENT)
    })?;
    Ok(answer)
}

/// Starts a deployment that was stored. It is decided anew, on today's facts: 409 while an approval is missing.
pub(crate) async fn start_deployment(
    State(app): State<App>,
    guard: Guard,
    Path(id): Path<Uuid>,
) -> Result<Json<ShownDeployment>, Response> {
    let answer = app.deployments.with(id, |deployment| {
        guard.authorize(Action::Deploy, deployment.resource())?;
        match deployment.status {
            Status::Pending => deployment.start(),
            Status::Started => {
                return Err(Problem::new(StatusCode::CONFLICT, "the deployment has already been started"));
            }
        }
        Ok(ShownDeployment::new(id, deployment))
    })?;
    Ok(answer)
}

//! Handlers. Each asks shipgate before it shows or does anything.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shipgate::change::Change;
use shipgate::{Action, Decision, ResourceId};
use uuid::Uuid;

use crate::App;
use crate::authentication::Caller;
use crate::deployment::{Deployment, Status};
use crate::problem::Problem;

#[derive(Serialize)]
pub(crate) struct ListedEnvironment {
    id: Uuid,
    /// How many approvals a deployment needs before it can start.
    approvals_missing: u8,
}

/// Lists the environments that the caller may deploy to, at once or after approval.
pub(crate) async fn list_environments(
    State(app): State<App>,
    caller: Caller,
    Path(organization): Path<Uuid>,
) -> Result<Json<Vec<ListedEnvironment>>, Problem> {
    // One snapshot for the whole list: it has one revision, whatever changes meanwhile.
    let directory = app.directory.snapshot();
    directory.authorize(&caller.subject(), Action::View, ResourceId::Organization(&organization))?;
    let listed = directory.what_may(caller.subject()).environments(Action::Deploy, &organization);
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
    caller: Caller,
    Path((organization, account)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode, Problem> {
    let change = Change::remove_member(organization, account);
    let record = app.directory.change(Uuid::new_v4(), &caller.subject(), change)?;
    // With a database: `propose` the change, store the record, and then `apply` it.
    println!("revision {}: {} removed {account}", record.revision(), caller.account);
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
    caller: Caller,
    Path(environment): Path<Uuid>,
    Json(new): Json<NewDeployment>,
) -> Result<(StatusCode, Json<ShownDeployment>), Problem> {
    let mut deployment = Deployment::new(environment, new.version, caller.account);
    let status = match app.directory.authorize(&caller.subject(), Action::Deploy, deployment.resource()) {
        Ok(()) => {
            deployment.start();
            StatusCode::CREATED
        }
        Err(denied) => match denied.decision() {
            Decision::RequireApproval(_) => StatusCode::ACCEPTED,
            Decision::Allow | Decision::Deny(_) => return Err(denied.into()),
        },
    };
    let id = Uuid::new_v4();
    let shown = ShownDeployment::new(id, &deployment);
    app.deployments.insert(id, deployment);
    Ok((status, shown))
}

pub(crate) async fn show_deployment(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<ShownDeployment>, Problem> {
    app.deployments.with(id, |deployment| {
        app.directory.authorize(&caller.subject(), Action::View, deployment.resource())?;
        Ok(ShownDeployment::new(id, deployment))
    })
}

/// Adds the caller's approval to a deployment. It counts for as long as the caller could give it.
pub(crate) async fn approve_deployment(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    app.deployments.with(id, |deployment| {
        app.directory.authorize(&caller.subject(), Action::Approve, deployment.resource())?;
        deployment.approve(caller.account);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// Starts a deployment that was stored. It is decided anew, on today's facts: 409 while an approval is missing.
pub(crate) async fn start_deployment(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<ShownDeployment>, Problem> {
    app.deployments.with(id, |deployment| {
        app.directory.authorize(&caller.subject(), Action::Deploy, deployment.resource())?;
        match deployment.status {
            Status::Pending => deployment.start(),
            Status::Started => return Err(Problem::conflict("the deployment has already been started")),
        }
        Ok(ShownDeployment::new(id, deployment))
    })
}

//! Deployments that wait: those that the reader may approve or start, and the others.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use shipgate::directory::EntityKind;
use shipgate::{Action, Decision};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::deployment::{self as api, Approval, Deployment, ThisDeployment};
use crate::database::{self, Value};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::Form;
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::names::Names;
use crate::pages::table::table_or;
use crate::pages::time::time;
use crate::pages::{environment, sent_on};
use crate::service::Service;

/// How many that wait are looked at, from the last.
const MOST: usize = 100;

pub(super) fn routes() -> Router<Service> {
    let deployments = "/organizations/{organization}/deployments";
    Router::new().route(deployments, get(list)).route(&format!("{deployments}/{{deployment}}/{{step}}"), post(take))
}

/// Where the deployments of an organization are.
pub(crate) fn path(organization: &str) -> String {
    format!("/organizations/{organization}/deployments")
}

async fn list(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, &asked, None).await
}

/// A deployment that waits, with what the reader may do about it.
struct Waiting {
    deployment: Deployment,
    missing: String,
    approve: bool,
    start: bool,
    cancel: bool,
}

async fn show(asking: Asking, asked: &Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Deployments, asked).await?.again(attempt);
    let (waiting, has_more) = waiting(&asking).await?;
    let (mine, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|one| one.approve || one.start);
    let body = html! {
        h1 { "Deployments" }
        h2 { "They wait for you" }
        (table(&asking, &frame, &mine, "Nothing waits for you.", "Deployments that you may approve or start").await?)
        h2 { "They wait for others" }
        (table(&asking, &frame, &others, "Nothing waits for others.", "Deployments that others must approve or start").await?)
        @if has_more { p class="needs" { "Older ones wait too: decide on these first." } }
        p { "To ask for a deployment, choose the environment in its project. To deploy without approval in an emergency, too." }
    };
    Ok(frame.page("Deployments", &body).into_response())
}

/// The deployments that wait, of those that the reader may view, and whether there are more.
async fn waiting(asking: &Asking) -> Result<(Vec<Waiting>, bool), Failure> {
    let database = &asking.caller.service.database;
    let text = format!(
        "SELECT * FROM service_deployments WHERE organization = $1 AND status = 'waiting' \
         ORDER BY requested_at DESC, id DESC LIMIT {}",
        MOST.saturating_add(1)
    );
    let rows = database.rows(database::Query::new(text).bind(&asking.organization)).await?;
    let has_more = rows.len() > MOST;
    let mut deployments = rows.iter().take(MOST).map(Deployment::of).collect::<Result<Vec<_>, _>>()?;
    let ids = deployments.iter().map(|deployment| deployment.id.clone()).collect();
    let text =
        format!("SELECT * FROM service_approvals WHERE {} ORDER BY account", database.is_one_of("deployment", 1));
    let mut approvals: BTreeMap<String, Vec<Approval>> = BTreeMap::new();
    for row in database.rows(database::Query::new(text).bind(Value::Texts(ids))).await? {
        let (user_id, cluster_id, given_at) = (row.text("account")?, row.text("cluster")?, row.time("given_at")?);
        approvals.entry(row.text("deployment")?).or_default().push(Approval { user_id, cluster_id, given_at });
    }
    let mut shown = Vec::new();
    for deployment in &mut deployments {
        deployment.approvals = approvals.remove(&deployment.id).unwrap_or_default();
        let given = deployment.approvals();
        let resource = deployment.resource(&given);
        if !asking.decide(Action::View, resource)?.is_allowed() {
            continue;
        }
        let deploys = asking.decide(Action::Deploy, resource)?;
        let has_approved = deployment.approvals.iter().any(|approval| approval.user_id == asking.account());
        shown.push(Waiting {
            missing: missing(deploys),
            approve: !has_approved && asking.decide(Action::Approve, resource)?.is_allowed(),
            start: deploys.is_allowed(),
            cancel: asking.decide(Action::Cancel, resource)?.is_allowed(),
            deployment: deployment.clone(),
        });
    }
    Ok((shown, has_more))
}

/// What is missing before a deployment can be started.
fn missing(deploys: Decision) -> String {
    match deploys {
        Decision::Allow => "nothing: start it".to_owned(),
        Decision::RequireApproval(approvals) => approvals.to_string(),
        Decision::Deny(_) => "somebody who may deploy here starts it".to_owned(),
    }
}

async fn table(
    asking: &Asking,
    frame: &Frame,
    waiting: &[Waiting],
    empty: &str,
    caption: &str,
) -> Result<Markup, Failure> {
    let database = &asking.caller.service.database;
    let approvals = waiting.iter().flat_map(|one| &one.deployment.approvals).map(|approval| &approval.user_id);
    let people: Vec<_> = approvals.chain(waiting.iter().map(|one| &one.deployment.requested_by)).collect();
    let people = Names::of_accounts(database, people).await?;
    let environments: Vec<_> = waiting.iter().map(|one| &one.deployment.environment_id).collect();
    let environments = Names::of_things(database, EntityKind::Environment, environments).await?;
    let rows: Vec<_> = waiting.iter().map(|one| {
        let deployment = &one.deployment;
        let approved: Vec<_> = deployment.approvals.iter().map(|approval| people.of(&approval.user_id)).collect();
        vec![
            html! { span dir="auto" { (deployment.release) } },
            html! {
                a href=(environment::path(&asking.organization, &deployment.environment_id)) dir="auto" {
                    (environments.of(&deployment.environment_id))
                }
            },
            html! { span dir="auto" { (people.of(&deployment.requested_by)) } small { (time(deployment.requested_at)) } },
            html! { @if approved.is_empty() { "nobody yet" } @else { span dir="auto" { (approved.join(", ")) } } },
            html! { (one.missing) },
            buttons(asking, frame, one),
        ]
    }).collect();
    let columns = ["Release", "Environment", "Asked by", "Approved by", "Missing", "Decide"];
    Ok(table_or(empty, caption, &columns, &rows))
}

fn buttons(asking: &Asking, frame: &Frame, one: &Waiting) -> Markup {
    let Deployment { id, release, .. } = &one.deployment;
    let form =
        |step: &str| Form::new(frame, format!("{step}-{id}"), format!("{}/{id}/{step}", path(&asking.organization)));
    html! {
        div class="actions" {
            @if one.approve {
                (form("approve").inline(&html! {}, "Approve", release))
                (form("reject").removing(&html! {}, "Reject", release))
            }
            @if one.start { (form("start").inline(&html! {}, "Start", release)) }
            @if one.cancel { (form("cancel").removing(&html! {}, "Cancel", release)) }
        }
    }
}

async fn take(
    caller: Caller,
    Path((organization, deployment, step)): Path<(String, String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let body = Body(ThisDeployment { deployment_id: deployment });
    let (taken, done) = match step.as_str() {
        "approve" => (api::approve(caller.clone(), body).await, "approved"),
        "reject" => (api::reject(caller.clone(), body).await, "rejected"),
        "start" => (api::start(caller.clone(), body).await, "started"),
        "cancel" => (api::cancel(caller.clone(), body).await, "canceled"),
        _ => return Err(Failure::not_found()),
    };
    let taken = taken.map(|_| path(&organization));
    let show = async |asking, attempt| show(asking, &Fields::default(), attempt).await;
    sent_on(taken, done, caller, &organization, &fields, show).await
}

//! An environment: how it is protected, who may deploy and who may approve, and what was deployed.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use shipgate::change::Change;
use shipgate::directory::EntityKind;
use shipgate::{Action, ActionKind, Decision, Directory, Protection, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::deployment::{self as deployments, BreakGlass, RequestDeployment, Status, WhichDeployments};
use crate::api::environment::{self as api, AccessOfEnvironment, UpdateEnvironment};
use crate::pages::effect::{self, Proposal};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::{Form, Input};
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::member::segment;
use crate::pages::names::{Names, name_of_thing};
use crate::pages::needs::needs;
use crate::pages::settings::{End, Settings};
use crate::pages::table::{pages_of, table_or};
use crate::pages::time::time;
use crate::pages::{attempted, deployments as all_deployments, member, project, protection, redirect, sent_on, words};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    let environment = "/organizations/{organization}/environments/{environment}";
    Router::new()
        .route(environment, get(get_environment))
        .route(&format!("{environment}/protection"), post(set_protection))
        .route(&format!("{environment}/name"), post(rename))
        .route(&format!("{environment}/delete"), post(delete))
        .route(&format!("{environment}/deployments"), post(request))
        .route(&format!("{environment}/break-glass"), post(break_glass))
}

/// Where an environment is.
pub(crate) fn path(organization: &str, environment: &str) -> String {
    format!("/organizations/{organization}/environments/{}", segment(environment))
}

async fn get_environment(
    caller: Caller,
    Path((organization, environment)): Path<(String, String)>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, &environment, &asked, None).await
}

async fn show(asking: Asking, id: &str, asked: &Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Projects, asked).await?.again(attempt);
    asking.require_here(EntityKind::Environment, id)?;
    asking.authorize(Action::View, ResourceId::Environment(id))?;
    let database = &asking.caller.service.database;
    let name = name_of_thing(database, EntityKind::Environment, id).await?;
    let of = asking.directory()?.environment(id).ok_or_else(Failure::not_found)?;
    let (project, cluster) = (of.project().clone(), of.cluster().clone());
    let project_name = name_of_thing(database, EntityKind::Project, &project).await?;
    let sees_cluster = asking.decide(Action::View, ResourceId::Cluster(&cluster))?.is_allowed();
    let body = html! {
        p { a href=(project::path(&asking.organization, &project)) dir="auto" { (project_name) } }
        h1 dir="auto" { (name) }
        dl class="facts" {
            dt { "Protection" } dd { (protection::described(of.protection())) }
            @if sees_cluster {
                dt { "Cluster" }
                dd { a href=(crate::pages::cluster::path(&asking.organization, &cluster)) dir="auto" {
                    (name_of_thing(database, EntityKind::Cluster, &cluster).await?)
                } }
            }
        }
        (deploy(&asking, &frame, id, &name).await?)
        (deployed(&asking, id).await?)
        (deployers(&asking, id, asked).await?)
        (approvers(&asking, id, asked).await?)
        (protect(&asking, &frame, id, &name, of.protection()).await?)
        (settings(&asking, &frame, id, &name)?)
    };
    Ok(frame.page(&name, &body).into_response())
}

/// What the reader may deploy, and how.
async fn deploy(asking: &Asking, frame: &Frame, id: &str, name: &str) -> Result<Markup, Failure> {
    let path = path(&asking.organization, id);
    let form = Form::new(frame, "deploy", format!("{path}/deployments"));
    let glass = Form::new(frame, "glass", format!("{path}/break-glass"));
    let release =
        Input { hint: "What is deployed: a version, or better, a digest.", ..Input::text("release", "Release") };
    let resource = ResourceId::Environment(id);
    let deploys = asking.decide(Action::Deploy, resource)?;
    let may_break = asking.decide(Action::BreakGlass, deployment_of(asking, id))?.is_allowed();
    let reason = Input { hint: "It is kept in the audit log.", ..Input::text("reason", "Why it cannot wait") };
    Ok(html! {
        h2 { "Deploy" }
        @match deploys {
            Decision::Allow => (form.with(&form.input(release), "Deploy")),
            Decision::RequireApproval(approvals) => {
                p { "You may ask. " (approvals.missing) " of the rank " (approvals.from.as_str()) " must approve before it starts." }
                (form.with(&form.input(release), "Ask for a deployment"))
            }
            Decision::Deny(_) => (needs(asking, Action::Deploy, resource, name).await?),
        }
        @if may_break {
            details open[frame.attempt.is_some()] {
                summary { "Break glass: deploy without approval, in an emergency" }
                (glass.with(&html! { (glass.input(release)) (glass.input(reason)) }, "Deploy without approval"))
            }
        }
    })
}

/// A deployment that the reader would ask for.
fn deployment_of<'a>(asking: &'a Asking, environment: &'a str) -> crate::api::asking::Resource<'a> {
    let requested_by = asking.account();
    ResourceId::Deployment { environment, requested_by, on_behalf_of: None, release: Some("release"), approvals: &[] }
}

/// The last deployments.
async fn deployed(asking: &Asking, id: &str) -> Result<Markup, Failure> {
    let which = WhichDeployments { environment_id: id.to_owned(), status: None, limit: Some(10), after: None };
    let found = deployments::list(asking.caller.clone(), Query(which)).await?.0.items;
    let names = Names::of_accounts(&asking.caller.service.database, found.iter().map(|one| &one.requested_by)).await?;
    let rows: Vec<_> = found
        .iter()
        .map(|one| {
            vec![
                html! { span dir="auto" { (one.release) } },
                html! { (words::capital(one.status.as_str())) },
                html! { span dir="auto" { (names.of(&one.requested_by)) } },
                time(one.requested_at),
            ]
        })
        .collect();
    let columns = ["Release", "Status", "Asked by", "When"];
    Ok(html! { h2 { "Last deployments" } (table_or("Nothing was deployed yet.", "From the last", &columns, &rows)) })
}

fn of_page(id: &str, asked: &Fields, after: &str) -> AccessOfEnvironment {
    let (environment_id, after) = (id.to_owned(), asked.optional(after));
    AccessOfEnvironment { environment_id, organization_id: None, at: None, limit: None, after }
}

async fn deployers(asking: &Asking, id: &str, asked: &Fields) -> Result<Markup, Failure> {
    let found = api::list_deployers(asking.caller.clone(), Query(of_page(id, asked, "deployers"))).await?.0;
    let names = Names::of_accounts(&asking.caller.service.database, found.items.iter().map(|one| &one.user_id)).await?;
    let rows: Vec<_> = found.items.iter().map(|one| {
        vec![
            html! { a href=(member::path(&asking.organization, &one.user_id)) dir="auto" { (names.of(&one.user_id)) } },
            html! { @if one.needs_approval { "after approval" } @else { "at once" } },
        ]
    }).collect();
    Ok(html! {
        h2 { "Who may deploy" }
        (table_or("Nobody may deploy here.", "Members who may deploy", &["Name", "How"], &rows))
        (pages_of(&path(&asking.organization, id), asked, "deployers", found.next.as_deref()))
    })
}

async fn approvers(asking: &Asking, id: &str, asked: &Fields) -> Result<Markup, Failure> {
    let found = api::list_approvers(asking.caller.clone(), Query(of_page(id, asked, "approvers"))).await?.0;
    let names = Names::of_accounts(&asking.caller.service.database, found.items.iter().map(|one| &one.user_id)).await?;
    let rows: Vec<_> = found.items.iter().map(|one| {
        vec![html! { a href=(member::path(&asking.organization, &one.user_id)) dir="auto" { (names.of(&one.user_id)) } }]
    }).collect();
    Ok(html! {
        h2 { "Who may approve" }
        (table_or("No approval is needed here, or nobody can give it.", "Members who may approve what others ask for", &["Name"], &rows))
        (pages_of(&path(&asking.organization, id), asked, "approvers", found.next.as_deref()))
    })
}

async fn protect(asking: &Asking, frame: &Frame, id: &str, name: &str, present: Protection) -> Result<Markup, Failure> {
    if !asking.allowed(ResourceId::Environment(id))?.contains(ActionKind::SetProtection) {
        let set = Action::SetProtection { to: Protection::LOCKED };
        return Ok(html! { h2 { "Protection" } (needs(asking, set, ResourceId::Environment(id), name).await?) });
    }
    let form = Form::new(frame, "protection", format!("{}/protection", path(&asking.organization, id)));
    Ok(html! {
        h2 { "Protection" }
        (form.with(&html! { (protection::fields(&form, present)) (Form::hidden("seen", &protection::described(present))) }, "Set the protection"))
    })
}

async fn set_protection(
    caller: Caller,
    Path((organization, environment)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let propose = |_: &Asking| {
        let (of, seen) = (environment.clone(), fields.text("seen"));
        Ok(Proposal {
            change: Change::set_protection(environment.clone(), protection::protection_of(&fields)?),
            question: "Change how this environment is protected?".to_owned(),
            button: "Set the protection",
            action: format!("{}/protection", path(&organization, &environment)),
            back: path(&organization, &environment),
            done: "changed",
            is_as_seen: Box::new(move |directory: &Directory<String>| {
                directory.environment(of.as_str()).is_some_and(|of| protection::described(of.protection()) == seen)
            }),
        })
    };
    let show = async |asking, attempt| show(asking, &environment, &Fields::default(), attempt).await;
    effect::change(caller, &organization, Entry::Projects, &fields, propose, show).await
}

fn settings(asking: &Asking, frame: &Frame, id: &str, name: &str) -> Result<Markup, Failure> {
    let allowed = asking.allowed(ResourceId::Environment(id))?;
    let path = path(&asking.organization, id);
    let settings = Settings { frame, path: &path, name, seen_by: None, allowed, end: End::Delete };
    let may = [ActionKind::Update, ActionKind::Delete].into_iter().any(|action| allowed.contains(action));
    Ok(html! { @if may { h2 { "Settings" } (settings.forms()) } })
}

async fn rename(
    caller: Caller,
    Path((organization, environment)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let body = UpdateEnvironment { environment_id: environment.clone(), name: fields.text("name") };
    let made = api::update(caller.clone(), Body(body)).await.map(|_| path(&organization, &environment));
    let show = async |asking, attempt| show(asking, &environment, &Fields::default(), attempt).await;
    sent_on(made, "changed", caller, &organization, &fields, show).await
}

async fn delete(
    caller: Caller,
    Path((organization, environment)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let propose = |asking: &Asking| {
        let of = asking.directory()?.environment(environment.as_str()).ok_or_else(Failure::not_found)?;
        let (here, back) = (path(&organization, &environment), project::path(&organization, of.project()));
        let question = "Delete this environment? What runs in it is not touched.";
        Ok(End::Delete.proposed(question, Change::delete_environment(environment.clone()), &here, back))
    };
    let show = async |asking, attempt| show(asking, &environment, &Fields::default(), attempt).await;
    effect::change(caller, &organization, Entry::Projects, &fields, propose, show).await
}

async fn request(
    caller: Caller,
    Path((organization, environment)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let (environment_id, release) = (environment.clone(), fields.text("release"));
    let body = RequestDeployment { environment_id, release, on_behalf_of: None };
    asked(deployments::request(caller.clone(), Body(body)).await, caller, &organization, &environment, &fields).await
}

async fn break_glass(
    caller: Caller,
    Path((organization, environment)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let (environment_id, release) = (environment.clone(), fields.text("release"));
    let body = BreakGlass { environment_id, release, reason: fields.text("reason") };
    asked(deployments::break_glass(caller.clone(), Body(body)).await, caller, &organization, &environment, &fields)
        .await
}

/// Where a reader goes who asked for a deployment.
async fn asked(
    made: crate::api::answer::Answer<deployments::Deployment>,
    caller: Caller,
    organization: &str,
    environment: &str,
    fields: &Fields,
) -> Result<Response, Failure> {
    match made {
        Ok(deployment) if deployment.0.status == Status::Waiting => {
            Ok(redirect(&all_deployments::path(organization), "requested"))
        }
        Ok(_) => Ok(redirect(&path(organization, environment), "started")),
        Err(failure) => {
            let asking = caller.of(organization).await?;
            attempted(&failure, fields, async |attempt| show(asking, environment, &Fields::default(), attempt).await)
                .await
        }
    }
}

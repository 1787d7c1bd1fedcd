//! A project: its environments, and the role that counts in it for each member.

use std::ops::ControlFlow;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use shipgate::change::Change;
use shipgate::directory::EntityKind;
use shipgate::{Action, ActionKind, Directory, Grant, Holder, ProjectRole, ResourceId, SubjectId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::cluster::Source;
use crate::api::environment::{self as environments, CreateEnvironment, WhichEnvironments};
use crate::api::page::Page;
use crate::api::project::{self as api, UpdateProject};
use crate::pages::access::{self, Row};
use crate::pages::effect::{self, IsAsSeen, Proposal};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::{Form, Input};
use crate::pages::holder::{holder_fields, holder_or_page, ids};
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::member::segment;
use crate::pages::names::{Names, name_of_thing};
use crate::pages::needs::needs;
use crate::pages::people;
use crate::pages::protection::{described, levels as protections, protection_of};
use crate::pages::settings::{self, End, Settings};
use crate::pages::table::{pages_of, table_or};
use crate::pages::time::{end_of_day_or, ends};
use crate::pages::{attempted, environment, projects, redirect, sent_on, words};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    let project = "/organizations/{organization}/projects/{project}";
    Router::new()
        .route(project, get(get_project))
        .route(&format!("{project}/members"), post(set_role))
        .route(&format!("{project}/members/remove"), post(remove_role))
        .route(&format!("{project}/environments"), post(create_environment))
        .route(&format!("{project}/name"), post(rename))
        .route(&format!("{project}/visibility"), post(set_visibility))
        .route(&format!("{project}/delete"), post(delete))
}

/// Where a project is.
pub(crate) fn path(organization: &str, project: &str) -> String {
    format!("/organizations/{organization}/projects/{}", segment(project))
}

async fn get_project(
    caller: Caller,
    Path((organization, project)): Path<(String, String)>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, &project, &asked, None, &[]).await
}

async fn show(
    asking: Asking,
    project: &str,
    asked: &Fields,
    attempt: Option<Attempt>,
    meant: &[(String, String)],
) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Projects, asked).await?.again(attempt);
    asking.require_here(EntityKind::Project, project)?;
    asking.authorize(Action::View, ResourceId::Project(project))?;
    let name = name_of_thing(&asking.caller.service.database, EntityKind::Project, project).await?;
    let members = format!("{}/members", path(&asking.organization, project));
    let (rows, next) = rows(&asking, project, asked).await?;
    let own = path(&asking.organization, project);
    let shown = access::Shown {
        frame: &frame,
        list: &own,
        path: &members,
        asked,
        next: next.as_deref(),
        caption: "The role that counts in this project, by member",
        levels: &roles(),
    };
    let body = html! {
        p { a href=(projects::path(&asking.organization)) { "Projects" } }
        h1 dir="auto" { (name) }
        h2 { "Environments" }
        (environments_of(&asking, project, asked).await?)
        (create_form(&asking, &frame, project, &name).await?)
        h2 { "Members" }
        (access::table(&asking, &shown, &rows, |account| may_set(&asking, project, account)).await?)
        (granted_to_teams(&asking, &frame, project).await?)
        (add(&asking, &frame, project, meant)?)
        (settings(&asking, &frame, project, &name)?)
    };
    Ok(frame.page(&name, &body).into_response())
}

fn roles() -> Vec<(String, String)> {
    words::choices(ProjectRole::ALL.map(shipgate::ProjectRole::as_str))
}

async fn environments_of(asking: &Asking, project: &str, asked: &Fields) -> Result<Markup, Failure> {
    let which = WhichEnvironments {
        organization_id: Some(asking.organization.clone()),
        project_id: Some(project.to_owned()),
        cluster_id: None,
        limit: None,
        after: asked.optional("environments"),
    };
    let found = environments::list(asking.caller.clone(), Query(which)).await?.0;
    let clusters = found.items.iter().map(|environment| &environment.cluster_id);
    let names = Names::of_things(&asking.caller.service.database, EntityKind::Cluster, clusters).await?;
    let mut rows = Vec::new();
    for one in &found.items {
        // The name of a cluster that the reader may not view is not for them.
        let sees = asking.decide(Action::View, ResourceId::Cluster(&one.cluster_id))?.is_allowed();
        rows.push(vec![
            html! { a href=(environment::path(&asking.organization, &one.id)) dir="auto" { (one.name) } },
            html! { @if sees { span dir="auto" { (names.of(&one.cluster_id)) } } @else { span class="soft" { "not yours to view" } } },
            html! { (one.namespace) },
            html! { (described(one.protection)) },
        ]);
    }
    let columns = ["Name", "Cluster", "Namespace", "Protection"];
    Ok(html! {
        (table_or("There is no environment that you may view.", "Environments, by name", &columns, &rows))
        (pages_of(&path(&asking.organization, project), asked, "environments", found.next.as_deref()))
    })
}

async fn create_form(asking: &Asking, frame: &Frame, project: &str, name: &str) -> Result<Markup, Failure> {
    let allowed = asking.allowed(ResourceId::Project(project))?;
    if !allowed.contains(ActionKind::Update) {
        let update = Action::Update { to: shipgate::model::Update::Settings };
        return needs(asking, update, ResourceId::Project(project), name).await;
    }
    let form = Form::new(frame, "environment", format!("{}/environments", path(&asking.organization, project)));
    Ok(html! {
        details open[frame.attempt.is_some()] {
            summary { "Create an environment" }
            (form.with(&html! { div class="across" {
                (form.input(Input::text("name", "Name")))
                (form.input(Input { hint: "Its name.", ..Input::text("cluster", "Cluster") }))
                (form.input(Input { required: false, hint: "Without one, it is made of the id.", ..Input::text("namespace", "Namespace") }))
                (form.select("protection", "Protection", false, &protections(), "none"))
            } }, "Create"))
        }
    })
}

/// The members who may view the project: a page of them, or those that a text finds.
async fn rows(asking: &Asking, project: &str, asked: &Fields) -> Result<(Vec<Row>, Option<String>), Failure> {
    let found = access::found(asking, asked).await?;
    let directory = asking.directory()?;
    let all = directory.project_access(project, Some(asking.now()));
    let rows = all.filter(|(account, _)| found.as_ref().is_none_or(|found| found.contains(*account)));
    let rows = rows.map(|(account, access)| Row {
        account: account.clone(),
        level: access.value().rank().as_str().to_owned(),
        source: Source::of(&access),
        until: access.until(),
        own: own(directory, &asking.organization, project, &Holder::Account(account.clone())).map(carried),
    });
    let list = Page::new(None, asked.optional("after")).of(rows, |row| &row.account)?;
    Ok((list.items, list.next))
}

/// The role that was given in the project to a holder.
fn own(
    directory: &Directory<String>,
    organization: &str,
    project: &str,
    holder: &Holder<String>,
) -> Option<Grant<ProjectRole>> {
    match holder {
        Holder::Account(account) => {
            directory.account(account.as_str())?.membership(organization)?.project_role(project)
        }
        Holder::Team(team) => {
            let mut grants = directory.team(team.as_str())?.project_roles();
            grants.find(|(id, _, _)| *id == project).map(|(_, _, grant)| grant)
        }
    }
}

/// A grant as a form carries it: the role and the end.
fn carried(grant: Grant<ProjectRole>) -> String {
    format!("{}:{}", grant.value().as_str(), ends(grant.expires_at()))
}

fn may_set(asking: &Asking, project: &str, account: &str) -> Result<bool, Failure> {
    Ok(asking.allowed(ResourceId::ProjectMember { project, account })?.contains(ActionKind::SetProjectRole))
}

async fn granted_to_teams(asking: &Asking, frame: &Frame, project: &str) -> Result<Markup, Failure> {
    let mut grants = Vec::new();
    for team in asking.directory()?.teams_of(asking.organization.as_str()) {
        for (id, _, grant) in team.project_roles().filter(|(id, _, _)| *id == project) {
            let resource = ResourceId::ProjectTeam { project: id.as_str(), team: team.id().as_str() };
            grants.push(access::TeamGrant {
                team: team.id().clone(),
                level: grant.value().as_str().to_owned(),
                until: grant.expires_at(),
                may_remove: asking.allowed(resource)?.contains(ActionKind::SetProjectRole),
            });
        }
    }
    access::teams(asking, frame, &format!("{}/members", path(&asking.organization, project)), &grants).await
}

/// Gives a role in the project to a member or a team.
fn add(asking: &Asking, frame: &Frame, project: &str, meant: &[(String, String)]) -> Result<Markup, Failure> {
    if !may_set_any(asking, project)? {
        return Ok(html! {});
    }
    let form = Form::new(frame, "add", format!("{}/members", path(&asking.organization, project)));
    Ok(html! {
        h2 { "Add a member" }
        p class="soft" { "A role in the project takes the place of the role in the organization there." }
        (form.with(&html! { div class="across" {
            (holder_fields(&form, meant))
            (form.select("level", "Role in the project", false, &roles(), "developer"))
            (form.input(Input { hint: "The last day, in UTC. Without one, it does not end.", ..Input::date("until", "Until") }))
        } }, "Add a member"))
    })
}

/// Whether the reader may set the role of any member.
fn may_set_any(asking: &Asking, project: &str) -> Result<bool, Failure> {
    let subject: SubjectId<'_, String, str> = asking.guard().subject();
    let search = asking.directory()?.what_may(subject);
    Ok(search.project_members(Action::SetProjectRole { to: None }, project).next().is_some())
}

fn is_own(organization: &str, project: &str, holder: &Holder<String>, fields: &Fields) -> IsAsSeen {
    if !fields.has("seen") {
        return Box::new(|_| true);
    }
    let (organization, project, holder) = (organization.to_owned(), project.to_owned(), holder.clone());
    let seen = fields.text("seen");
    Box::new(move |directory| own(directory, &organization, &project, &holder).map(carried).unwrap_or_default() == seen)
}

async fn set_role(
    caller: Caller,
    Path((organization, project)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let asking = caller.clone().of(&organization).await?;
    asking.authorize(Action::View, ResourceId::Project(&project))?;
    let show_again =
        async |asking, attempt, meant: Vec<_>| show(asking, &project, &Fields::default(), attempt, &meant).await;
    let holder = match holder_or_page(asking, &fields, show_again).await? {
        ControlFlow::Continue(holder) => holder,
        ControlFlow::Break(page) => return Ok(page),
    };
    let fields = ids(&fields, &holder);
    let propose = |asking: &Asking| {
        let role = fields.text("level").parse::<ProjectRole>();
        let role = role.map_err(|error| Failure::bad_request(error.to_string()))?;
        let present = own(asking.directory()?, &organization, &project, &holder).and_then(|grant| grant.expires_at());
        let grant = Grant::expiring(role, end_of_day_or(&fields, "until", present)?);
        Ok(Proposal {
            change: Change::set_project_role(project.clone(), holder.clone(), Some(grant)),
            question: "Set this role in the project?".to_owned(),
            button: "Set the role",
            action: format!("{}/members", path(&organization, &project)),
            back: path(&organization, &project),
            done: "changed",
            is_as_seen: is_own(&organization, &project, &holder, &fields),
        })
    };
    let show = async |asking, attempt| show(asking, &project, &Fields::default(), attempt, &[]).await;
    effect::change(caller, &organization, Entry::Projects, &fields, propose, show).await
}

async fn remove_role(
    caller: Caller,
    Path((organization, project)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let propose = |_: &Asking| {
        let holder = crate::api::cluster::holder(fields.optional("account"), fields.optional("team"))?;
        Ok(Proposal {
            is_as_seen: is_own(&organization, &project, &holder, &fields),
            change: Change::set_project_role(project.clone(), holder, None),
            question: "Take away this role in the project? The role in the organization counts again.".to_owned(),
            button: "Remove",
            action: format!("{}/members/remove", path(&organization, &project)),
            back: path(&organization, &project),
            done: "removed",
        })
    };
    let show = async |asking, attempt| show(asking, &project, &Fields::default(), attempt, &[]).await;
    effect::change(caller, &organization, Entry::Projects, &fields, propose, show).await
}

async fn create_environment(
    caller: Caller,
    Path((organization, project)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let asking = caller.clone().of(&organization).await?;
    asking.authorize(Action::View, ResourceId::Project(&project))?;
    let made = async {
        let cluster = people::find_thing(&asking, EntityKind::Cluster, &fields.text("cluster")).await?;
        let cluster = cluster.ok_or_else(|| Failure::bad_request("no cluster is called so"))?;
        let body = CreateEnvironment {
            project_id: project.clone(),
            cluster_id: cluster,
            name: fields.text("name"),
            namespace: fields.optional("namespace"),
            protection: Some(protection_of(&fields)?),
        };
        environments::create(caller, Body(body)).await
    };
    match made.await {
        Ok(created) => Ok(redirect(&environment::path(&organization, &created.0.id), "created")),
        Err(failure) => {
            let show = async |attempt| show(asking, &project, &Fields::default(), attempt, &[]).await;
            attempted(&failure, &fields, show).await
        }
    }
}

fn settings(asking: &Asking, frame: &Frame, project: &str, name: &str) -> Result<Markup, Failure> {
    let present = asking.directory()?.project(project).ok_or_else(Failure::not_found)?;
    let settings = Settings {
        frame,
        path: &path(&asking.organization, project),
        name,
        seen_by: Some(present.visibility()),
        allowed: asking.allowed(ResourceId::Project(project))?,
        end: End::Delete,
    };
    Ok(html! {
        h2 { "Settings" }
        dl class="facts" { dt { "Seen by" } dd { (words::visibility(present.visibility())) } }
        (settings.forms())
    })
}

async fn rename(
    caller: Caller,
    Path((organization, project)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let body = UpdateProject { project_id: project.clone(), name: Some(fields.text("name")), visibility: None };
    let made = api::update(caller.clone(), Body(body)).await.map(|_| path(&organization, &project));
    let show = async |asking, attempt| show(asking, &project, &Fields::default(), attempt, &[]).await;
    sent_on(made, "changed", caller, &organization, &fields, show).await
}

async fn set_visibility(
    caller: Caller,
    Path((organization, project)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let propose = |_: &Asking| {
        let change = |to| Change::update_project(project.clone(), Some(to));
        let (here, of) = (path(&organization, &project), project.clone());
        let present = move |directory: &Directory<String>| Some(directory.project(of.as_str())?.visibility());
        settings::visibility(&fields, change, &here, here.clone(), present)
    };
    let show = async |asking, attempt| show(asking, &project, &Fields::default(), attempt, &[]).await;
    effect::change(caller, &organization, Entry::Projects, &fields, propose, show).await
}

async fn delete(
    caller: Caller,
    Path((organization, project)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let propose = |_: &Asking| {
        let (here, back) = (path(&organization, &project), projects::path(&organization));
        let question = "Delete this project? The roles in it go along.";
        Ok(End::Delete.proposed(question, Change::delete_project(project.clone()), &here, back))
    };
    let show = async |asking, attempt| show(asking, &project, &Fields::default(), attempt, &[]).await;
    effect::change(caller, &organization, Entry::Projects, &fields, propose, show).await
}

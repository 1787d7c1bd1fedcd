//! A team: its members, and what was granted to it.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use shipgate::change::Change;
use shipgate::directory::EntityKind;
use shipgate::{Action, ActionKind, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::team::{self as api, MembersOf, UpdateTeam};
use crate::pages::effect::{self, Proposal};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::{Form, Input};
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::member::segment;
use crate::pages::names::{Names, name_of_thing};
use crate::pages::needs::needs;
use crate::pages::people::{self, Found};
use crate::pages::settings::{End, Settings};
use crate::pages::table::{pages, table_or};
use crate::pages::time::until;
use crate::pages::{attempted, member, sent_on, teams, words};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    let team = "/organizations/{organization}/teams/{team}";
    Router::new()
        .route(team, get(get_team))
        .route(&format!("{team}/members"), post(add))
        .route(&format!("{team}/members/{{account}}/remove"), post(remove))
        .route(&format!("{team}/name"), post(rename))
        .route(&format!("{team}/delete"), post(delete))
}

/// Where a team is.
pub(crate) fn path(organization: &str, team: &str) -> String {
    format!("/organizations/{organization}/teams/{}", segment(team))
}

async fn get_team(
    caller: Caller,
    Path((organization, team)): Path<(String, String)>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, &team, &asked, None).await
}

async fn show(asking: Asking, team: &str, asked: &Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    choose(asking, team, asked, attempt, &[]).await
}

/// The page of a team, with a choice of those who were meant if somebody was named whom several are.
async fn choose(
    asking: Asking,
    team: &str,
    asked: &Fields,
    attempt: Option<Attempt>,
    meant: &[(String, String)],
) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Teams, asked).await?.again(attempt);
    asking.require_here(EntityKind::Team, team)?;
    let of = MembersOf { team_id: team.to_owned(), limit: None, after: asked.optional("after") };
    let found = api::list_members(asking.caller.clone(), Query(of)).await?.0;
    let database = &asking.caller.service.database;
    let names = Names::of_accounts(database, found.items.iter().map(|member| &member.user_id)).await?;
    let mut rows = Vec::new();
    for one in &found.items {
        let name = names.of(&one.user_id);
        let resource = ResourceId::TeamMember { team, account: one.user_id.as_str() };
        let may = asking.allowed(resource)?.contains(ActionKind::RemoveFromTeam);
        let action = format!("{}/members/{}/remove", path(&asking.organization, team), segment(&one.user_id));
        let form = Form::new(&frame, format!("remove-{}", one.user_id), action);
        rows.push(vec![
            html! { a href=(member::path(&asking.organization, &one.user_id)) dir="auto" { (name) } },
            html! { @if may { (form.removing(&html! {}, "Remove", &format!("{name} from the team"))) } },
        ]);
    }
    let title = name_of_thing(database, EntityKind::Team, team).await?;
    let body = html! {
        p { a href=(teams::path(&asking.organization)) { "Teams" } }
        h1 dir="auto" { (title) }
        h2 { "Members" }
        (table_or("Nobody is in this team.", "Members of the team", &["Name", "Actions"], &rows))
        (pages(&path(&asking.organization, team), asked, found.next.as_deref()))
        (add_form(&asking, &frame, team, meant)?)
        (grants(&asking, team).await?)
        (settings(&asking, &frame, team, &title).await?)
    };
    Ok(frame.page(&title, &body).into_response())
}

fn add_form(asking: &Asking, frame: &Frame, team: &str, meant: &[(String, String)]) -> Result<Markup, Failure> {
    if !asking.allowed(ResourceId::Team(team))?.contains(ActionKind::Update) {
        return Ok(html! {});
    }
    let form = Form::new(frame, "add", format!("{}/members", path(&asking.organization, team)));
    let input = Input { hint: "A part of a name or an address.", ..Input::text("who", "Member") };
    Ok(html! {
        h2 { "Add a member" }
        @if meant.is_empty() { (form.with(&form.input(input), "Add")) }
        @else { (form.with(&Form::radios("who", "Which of these?", meant), "Add")) }
    })
}

/// What was granted to the team, of what the reader may view.
async fn grants(asking: &Asking, team: &str) -> Result<Markup, Failure> {
    let database = &asking.caller.service.database;
    let Some(team) = asking.directory()?.team(team) else { return Err(Failure::not_found()) };
    let sees = |resource| asking.decide(Action::View, resource).map(shipgate::Decision::is_allowed);
    let mut rows = Vec::new();
    let clusters: Vec<_> = team.cluster_accesses().collect();
    let names = Names::of_things(database, EntityKind::Cluster, clusters.iter().map(|(id, _, _)| id)).await?;
    for (id, _, grant) in clusters {
        if sees(ResourceId::Cluster(id.as_str()))? {
            let level = words::readable(grant.value().as_str());
            rows.push(vec![
                html! { "Cluster " span dir="auto" { (names.of(id)) } },
                html! { (level) },
                until(grant.expires_at()),
            ]);
        }
    }
    let projects: Vec<_> = team.project_roles().collect();
    let names = Names::of_things(database, EntityKind::Project, projects.iter().map(|(id, _, _)| id)).await?;
    for (id, _, grant) in projects {
        if sees(ResourceId::Project(id.as_str()))? {
            let role = words::readable(grant.value().as_str());
            rows.push(vec![
                html! { "Project " span dir="auto" { (names.of(id)) } },
                html! { (role) },
                until(grant.expires_at()),
            ]);
        }
    }
    let table = table_or(
        "Nothing was granted to this team.",
        "What its members have by it",
        &["Where", "What", "Until"],
        &rows,
    );
    Ok(html! { h2 { "Granted to the team" } (table) })
}

async fn settings(asking: &Asking, frame: &Frame, team: &str, name: &str) -> Result<Markup, Failure> {
    let allowed = asking.allowed(ResourceId::Team(team))?;
    let path = path(&asking.organization, team);
    if !allowed.contains(ActionKind::Update) {
        let update = Action::Update { to: shipgate::model::Update::Settings };
        return needs(asking, update, ResourceId::Team(team), name).await;
    }
    let settings = Settings { frame, path: &path, name, seen_by: None, allowed, end: End::Delete };
    Ok(html! { h2 { "Settings" } (settings.forms()) })
}

async fn add(
    caller: Caller,
    Path((organization, team)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let asking = caller.clone().of(&organization).await?;
    asking.authorize(Action::View, ResourceId::Team(&team))?;
    let account = match people::find(&asking, &fields.text("who")).await {
        Ok(Found::One(account)) => account,
        Ok(Found::Several(found)) => {
            let meant: Vec<_> = found.iter().map(people::choice).collect();
            return choose(asking, &team, &Fields::default(), None, &meant).await;
        }
        Err(failure) => {
            return attempted(&failure, &fields, async |attempt| {
                show(asking, &team, &Fields::default(), attempt).await
            })
            .await;
        }
    };
    let propose = |_: &Asking| {
        let (in_team, of) = (team.clone(), account.clone());
        Ok(Proposal {
            change: Change::add_to_team(in_team, of),
            question: "Add this member to the team?".to_owned(),
            button: "Add",
            action: format!("{}/members", path(&organization, &team)),
            back: path(&organization, &team),
            done: "added",
            is_as_seen: Box::new(|_| true),
        })
    };
    let fields = fields.with("who", &account);
    let show = async |asking, attempt| show(asking, &team, &Fields::default(), attempt).await;
    effect::change(caller, &organization, Entry::Teams, &fields, propose, show).await
}

async fn remove(
    caller: Caller,
    Path((organization, team, account)): Path<(String, String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let propose = |_: &Asking| {
        Ok(Proposal {
            change: Change::remove_from_team(team.clone(), account.clone()),
            question: "Remove this member from the team?".to_owned(),
            button: "Remove",
            action: format!("{}/members/{}/remove", path(&organization, &team), segment(&account)),
            back: path(&organization, &team),
            done: "removed",
            is_as_seen: Box::new(|_| true),
        })
    };
    let show = async |asking, attempt| show(asking, &team, &Fields::default(), attempt).await;
    effect::change(caller, &organization, Entry::Teams, &fields, propose, show).await
}

async fn rename(
    caller: Caller,
    Path((organization, team)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let body = UpdateTeam { team_id: team.clone(), name: fields.text("name") };
    let made = api::update(caller.clone(), Body(body)).await.map(|_| path(&organization, &team));
    let show = async |asking, attempt| show(asking, &team, &Fields::default(), attempt).await;
    sent_on(made, "changed", caller, &organization, &fields, show).await
}

async fn delete(
    caller: Caller,
    Path((organization, team)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let propose = |_: &Asking| {
        let (path, back) = (path(&organization, &team), teams::path(&organization));
        Ok(End::Delete.proposed("Delete this team?", Change::delete_team(team.clone()), &path, back))
    };
    let show = async |asking, attempt| show(asking, &team, &Fields::default(), attempt).await;
    effect::change(caller, &organization, Entry::Teams, &fields, propose, show).await
}

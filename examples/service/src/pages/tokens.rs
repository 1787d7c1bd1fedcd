//! Tokens: the reader's own, and those of the programs of an organization.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use shipgate::{Action, ActionKind, ActionSet, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::token::{self as api, CreateToken, RevokeToken, TokenMade, TokenShown, WhichTokens};
use crate::database;
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::{Form, Input};
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::member::segment;
use crate::pages::table::{pages, table_or};
use crate::pages::time::{end_of_day, time};
use crate::pages::{attempted, redirect, words};
use crate::service::Service;

/// How many programs are shown.
const MOST_PROGRAMS: usize = 100;

pub(super) fn routes() -> Router<Service> {
    let tokens = "/organizations/{organization}/tokens";
    Router::new().route(tokens, get(list).post(create)).route(&format!("{tokens}/{{token}}/revoke"), post(revoke))
}

fn path(organization: &str) -> String {
    format!("/organizations/{organization}/tokens")
}

async fn list(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, &asked, None).await
}

async fn show(asking: Asking, asked: &Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Tokens, asked).await?.again(attempt);
    let programs = programs(&asking).await?;
    let program = asked.get("program");
    let which = WhichTokens { user_id: program.map(ToOwned::to_owned), limit: None, after: asked.optional("after") };
    let found = api::list(asking.caller.clone(), Query(which)).await?.0;
    let path = path(&asking.organization);
    let rows: Vec<_> = found.items.iter().map(|token| row(&asking, &frame, program, token)).collect();
    let whose = program.map(|id| programs.iter().find(|(other, _)| other == id).map_or(id, |(_, name)| name));
    let body = html! {
        h1 { "Tokens" }
        p { "A program sends a token in place of a session. A token never may more than its account, and ends when it is revoked." }
        @if !programs.is_empty() {
            h2 { "Whose tokens" }
            ul class="cards" {
                li { a href=(path) aria-current=[program.is_none().then_some("page")] { "Your own" } }
                @for (id, name) in &programs {
                    @let current = (program == Some(id)).then_some("page");
                    li { a href={ (path) "?program=" (segment(id)) } aria-current=[current] dir="auto" { (name) } }
                }
            }
        }
        h2 { @if let Some(whose) = whose { "Tokens of " span dir="auto" { (whose) } } @else { "Your tokens" } }
        (table_or("There is no token.", "Tokens, by name", &["Name", "May", "Made", "Until", "Actions"], &rows))
        (pages(&path, asked, found.next.as_deref()))
        (create_form(&asking, &frame, program))
    };
    Ok(frame.page("Tokens", &body).into_response())
}

/// The programs of the organization, for its Owners, who alone make their tokens.
async fn programs(asking: &Asking) -> Result<Vec<(String, String)>, Failure> {
    if !asking.decide(Action::Delete, ResourceId::Organization(&asking.organization))?.is_allowed() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT a.id, a.name FROM service_accounts AS a JOIN shipgate_members AS m ON m.account = a.id \
         WHERE m.organization = $1 AND a.organization = $1 AND a.kind = 'service' ORDER BY a.name, a.id LIMIT {MOST_PROGRAMS}"
    );
    let rows = asking.caller.service.database.rows(database::Query::new(text).bind(&asking.organization)).await?;
    Ok(rows.iter().map(|row| Ok((row.text("id")?, row.text("name")?))).collect::<Result<_, database::Error>>()?)
}

fn row(asking: &Asking, frame: &Frame, program: Option<&str>, token: &TokenShown) -> Vec<Markup> {
    let form =
        Form::new(frame, format!("revoke-{}", token.id), format!("{}/{}/revoke", path(&asking.organization), token.id));
    let fields = html! { @if let Some(program) = program { (Form::hidden("program", program)) } };
    let actions = token.scope.get("actions").map(scope).unwrap_or_default();
    vec![
        html! { span dir="auto" { (token.name) } },
        html! { (actions) },
        time(token.created_at),
        time(token.expires_at),
        form.removing(&fields, "Revoke", &format!("the token {}", token.name)),
    ]
}

/// What a token may do, in words.
fn scope(actions: &serde_json::Value) -> String {
    let Some(words) = actions.as_array() else { return actions.as_str().map(words::readable).unwrap_or_default() };
    if words.len() >= ActionKind::ALL.len() {
        return "all that its account may".to_owned();
    }
    words.iter().filter_map(|word| word.as_str()).map(words::readable).collect::<Vec<_>>().join(", ")
}

fn create_form(asking: &Asking, frame: &Frame, program: Option<&str>) -> Markup {
    let form = Form::new(frame, "create", path(&asking.organization));
    let actions = words::choices(ActionKind::ALL.map(shipgate::ActionKind::as_str));
    let date = Input { required: true, hint: "The last day, in UTC; within a year.", ..Input::date("until", "Until") };
    html! {
        h2 { "Make a token" }
        (form.with(&html! {
            div class="across" { (form.input(Input::text("name", "Name"))) (form.input(date)) }
            p class="soft" { "It is for " span dir="auto" { (frame.organization_name()) } " alone." }
            @if let Some(program) = program { (Form::hidden("program", program)) }
            (form.checkboxes("action", "What it may do", &actions, &["view".to_owned()]))
        }, "Make a token"))
    }
}

async fn create(caller: Caller, Path(organization): Path<String>, fields: Fields) -> Result<Response, Failure> {
    let asking = caller.clone().of(&organization).await?;
    asking.authorize(Action::View, ResourceId::Organization(&organization))?;
    let made = async {
        let actions = ActionSet::from_names(fields.all("action"));
        let actions = actions.map_err(|error| Failure::bad_request(error.to_string()))?;
        let until = end_of_day(fields.get("until"))?;
        let body = CreateToken {
            name: fields.text("name"),
            actions,
            organization_ids: Some(vec![organization.clone()]),
            project_ids: None,
            environment_ids: None,
            cluster_ids: None,
            expires_at: until.ok_or_else(|| Failure::bad_request("choose the last day of the token"))?,
            user_id: fields.optional("program"),
        };
        Ok(api::create(caller.clone(), Body(body)).await?.0)
    };
    match made.await {
        Ok(made) => told(&asking, &made, &fields).await,
        Err(failure) => {
            attempted(&failure, &fields, async |attempt| show(asking, &of_program(&fields), attempt).await).await
        }
    }
}

/// The list that a form was on.
fn of_program(fields: &Fields) -> Fields {
    fields.get("program").map(|program| Fields::one("program", program)).unwrap_or_default()
}

/// The secret, which is told once.
async fn told(asking: &Asking, made: &TokenMade, fields: &Fields) -> Result<Response, Failure> {
    let frame = Frame::of(asking, Entry::Tokens, &Fields::default()).await?;
    let query = of_program(fields).to_query();
    let body = html! {
        h1 { "Keep this token" }
        p { "It is shown once. Whoever has it may what it may." }
        p class="secret" { code { (made.token) } }
        p { a href={ (path(&asking.organization)) "?" (query) } { "Tokens" } }
    };
    Ok(frame.page("Keep this token", &body).into_response())
}

async fn revoke(
    caller: Caller,
    Path((organization, token)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let asking = caller.clone().of(&organization).await?;
    asking.authorize(Action::View, ResourceId::Organization(&organization))?;
    let body = RevokeToken { token_id: token, user_id: fields.optional("program") };
    match api::revoke(caller, Body(body)).await {
        Ok(_) => Ok(redirect(&format!("{}?{}", path(&organization), of_program(&fields).to_query()), "revoked")),
        Err(failure) => {
            attempted(&failure, &fields, async |attempt| show(asking, &of_program(&fields), attempt).await).await
        }
    }
}

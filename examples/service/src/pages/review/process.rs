//! The reviews of an organization, opening one, and evidence.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use shipgate::{Action, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::caller::Caller;
use crate::api::page::Page;
use crate::api::review as api;
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::Form;
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::names::Names;
use crate::pages::needs::needs;
use crate::pages::review::{lines, parts, path, typed};
use crate::pages::sent_on;
use crate::pages::table::{pages, table_or};
use crate::pages::time::time;
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/organizations/{organization}/review/reviews", get(list).post(open))
}

async fn list(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, asked, None).await
}

async fn show(asking: Asking, asked: Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Review, &asked).await?.again(attempt);
    let found = api::list_reviews(&asking, &Page::new(None, asked.optional("after"))).await?;
    let mut who = Vec::new();
    for review in &found.items {
        who.push(review.opened_by.clone());
        who.extend(review.closed_by.clone());
    }
    let names = Names::of_accounts(&asking.caller.service.database, who).await?;
    let organization = asking.organization.as_str();
    let here = format!("{}/reviews", path(organization));
    let rows: Vec<_> = found
        .items
        .iter()
        .map(|review| {
            vec![
                html! { a href=(lines::path(organization, &review.id)) { "Review of revision " (review.revision) } },
                html! { (time(review.opened_at)) " by " span dir="auto" { (names.of(&review.opened_by)) } },
                html! { (review.lines) },
                html! {
                    @match (review.closed_at, &review.closed_by) {
                        (Some(at), Some(by)) => { (time(at)) " by " span dir="auto" { (names.of(by)) } },
                        _ => { strong { "Open" } },
                    }
                },
            ]
        })
        .collect();
    let on = ResourceId::Organization(organization);
    let form = Form::new(&frame, "open", here.clone());
    let columns = ["Review", "Opened", "Lines", "Closed"];
    let body = html! {
        h1 { "Reviews and evidence" }
        (parts(organization, "/reviews"))
        (table_or("No review was opened yet.", "Reviews, from the last", &columns, &rows))
        (pages(&here, &asked, found.next.as_deref()))
        h2 { "Open a review" }
        p { "It takes down what every member and every team has now: roles, places in teams, access to clusters, roles in \
            projects, and API tokens. Then each line is decided by somebody whom it does not concern." }
        @if asking.decide(Action::CreateTeam, on)?.is_allowed() { (form.with(&html! {}, "Open a review")) }
        @else { (needs(&asking, Action::CreateTeam, on, frame.organization_name()).await?) }
        (evidence(organization, &asked))
    };
    Ok(frame.page("Reviews and evidence", &body).into_response())
}

/// The form that exports evidence. It changes nothing, so its address can be kept.
fn evidence(organization: &str, asked: &Fields) -> Markup {
    html! {
        h2 { "Evidence for an auditor" }
        p { "A ZIP archive: members, grants, environments with who can deploy and approve, changes since the last review and \
            who made them, findings, and the reviewers' decisions. Open index.html in it to read or print everything." }
        form method="get" action="/api/review.export" class="across" {
            input type="hidden" name="organization" value=(organization);
            (typed(asked, "text", "at", "As of a revision or time"))
            div class="actions" { button { "Export evidence" } }
        }
        p class="soft" { "For today, leave the field empty. A revision is a number such as 17, a time is written as \
            2026-12-31T23:59:59Z." }
    }
}

async fn open(caller: Caller, Path(organization): Path<String>, fields: Fields) -> Result<Response, Failure> {
    let asking = caller.clone().of(&organization).await?;
    let opened = api::open_review(&asking).await.map(|review| lines::path(&organization, &review.id));
    let show = |asking, attempt| show(asking, Fields::default(), attempt);
    sent_on(opened, "opened", caller, &organization, &fields, show).await
}

//! The access review: who can do what, and why; what changed; what looks wrong; and the review as a process.

mod compare;
mod findings;
mod grid;
mod lines;
mod named;
mod process;
mod reach;
mod unused;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use shipgate::query::AccessSource;
use shipgate::{Decision, Holder};

use crate::api::Failure;
use crate::pages::attempted;
use crate::pages::fields::Fields;
use crate::pages::layout::Frame;
use crate::review::role_name;
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .merge(compare::routes())
        .merge(findings::routes())
        .merge(grid::routes())
        .merge(lines::routes())
        .merge(process::routes())
        .merge(reach::routes())
        .merge(unused::routes())
}

/// Where the access review of an organization is.
pub(crate) fn path(organization: &str) -> String {
    format!("/organizations/{organization}/review")
}

/// The parts of the access review.
const PARTS: [(&str, &str); 6] = [
    ("", "Who has what"),
    ("/reach", "Who can deploy, and why"),
    ("/changes", "What changed"),
    ("/findings", "Findings"),
    ("/unused", "Unused access"),
    ("/reviews", "Reviews and evidence"),
];

/// Links to the parts of the access review.
fn parts(organization: &str, current: &str) -> Markup {
    html! {
        nav class="parts" aria-label="Access review" {
            ul {
                @for (part, name) in PARTS {
                    li { a href={ (path(organization)) (part) } aria-current=[(part == current).then_some("page")] { (name) } }
                }
            }
        }
    }
}

/// A page of what its filters find. If one of them cannot be understood, it says why, and keeps what was typed.
async fn filtered(
    frame: Frame,
    title: &str,
    filters: &Markup,
    found: Result<Markup, Failure>,
) -> Result<Response, Failure> {
    let found = match found {
        Err(failure) if failure.problem().status() == StatusCode::BAD_REQUEST => {
            let show = async |attempt| Ok(frame.again(attempt).page(title, filters).into_response());
            return attempted(&failure, &Fields::default(), show).await;
        }
        found => found?,
    };
    Ok(frame.page(title, &html! { (filters) (found) }).into_response())
}

/// A field of a filter, into which something is typed.
fn typed(asked: &Fields, kind: &str, name: &str, label: &str) -> Markup {
    html! {
        div class="field" {
            label for=(name) { (label) }
            input type=(kind) id=(name) name=(name) value=(asked.text(name)) dir="auto" autocomplete="off";
        }
    }
}

/// A field of a filter, of which one is chosen.
fn chosen(asked: &Fields, name: &str, label: &str, options: &[(String, String)]) -> Markup {
    let chosen = asked.text(name);
    html! {
        div class="field" {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                @for (value, text) in options { option value=(value) selected[*value == chosen] { (text) } }
            }
        }
    }
}

/// What somebody may do in an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    None,
    View,
    AfterApproval,
    Deploy,
}

impl Level {
    const ALL: [Self; 4] = [Self::Deploy, Self::AfterApproval, Self::View, Self::None];

    fn of(deploy: Decision, view: Decision) -> Self {
        match (deploy, view) {
            (Decision::Allow, _) => Self::Deploy,
            (Decision::RequireApproval(_), _) => Self::AfterApproval,
            (Decision::Deny(_), Decision::Allow) => Self::View,
            (Decision::Deny(_), Decision::RequireApproval(_) | Decision::Deny(_)) => Self::None,
        }
    }

    /// The word for it, its shape, and what it is called.
    const fn named(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Deploy => ("deploy", "■", "Deploys"),
            Self::AfterApproval => ("approval", "◧", "Deploys after approval"),
            Self::View => ("view", "○", "Views"),
            Self::None => ("none", "·", "Nothing"),
        }
    }

    fn shape(self) -> Markup {
        let (class, shape, name) = self.named();
        html! { span class={ "level " (class) } { span aria-hidden="true" { (shape) } span class="quiet" { (name) } } }
    }
}

/// Where access comes from, in words.
fn source(source: AccessSource<'_, String>) -> String {
    match source {
        AccessSource::Role(role) => format!("the role {}", role_name(role)),
        AccessSource::ProjectRole(Holder::Account(_)) => "an own role in the project".to_owned(),
        AccessSource::ProjectRole(Holder::Team(team)) => format!("the role of the team {team} in the project"),
        AccessSource::ClusterAccess(Holder::Account(_)) => "an own grant".to_owned(),
        AccessSource::ClusterAccess(Holder::Team(team)) => format!("the grant of the team {team}"),
    }
}

//! Pages that list things of an organization by name, with a form that makes another one.

use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use shipgate::{Action, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::page::InOrganization;
use crate::pages::fields::Fields;
use crate::pages::form::{Form, Input};
use crate::pages::layout::Frame;
use crate::pages::needs::needs;
use crate::pages::table::{pages, table_or};
use crate::pages::words;

/// The things of a page.
pub(crate) struct Things<'a> {
    pub(crate) title: &'static str,
    /// Where the page is.
    pub(crate) path: &'a str,
    /// What it says if there are none.
    pub(crate) empty: &'static str,
    pub(crate) columns: &'a [&'static str],
    pub(crate) rows: &'a [Vec<Markup>],
    pub(crate) next: Option<&'a str>,
}

/// How another one is made.
pub(crate) struct Making<'a> {
    pub(crate) action: Action<&'a str>,
    pub(crate) title: &'static str,
    pub(crate) form: Form<'a>,
    pub(crate) fields: Markup,
    pub(crate) button: &'static str,
}

/// Which things are asked for.
pub(crate) fn which(asking: &Asking, asked: &Fields) -> InOrganization {
    InOrganization { organization_id: Some(asking.organization.clone()), limit: None, after: asked.optional("after") }
}

/// The page.
pub(crate) async fn page(
    asking: &Asking,
    frame: &Frame,
    asked: &Fields,
    things: Things<'_>,
    making: Making<'_>,
) -> Result<Response, Failure> {
    let Things { title, path, empty, columns, rows, next } = things;
    let organization = ResourceId::Organization(asking.organization.as_str());
    let body = html! {
        h1 { (title) }
        (table_or(empty, &format!("{title}, by name"), columns, rows))
        (pages(path, asked, next))
        @if asking.decide(making.action, organization)?.is_allowed() {
            h2 { (making.title) }
            (making.form.with(&making.fields, making.button))
        } @else { (needs(asking, making.action, organization, frame.organization_name()).await?) }
    };
    Ok(frame.page(title, &body).into_response())
}

/// The fields of what has a name and is seen by some.
pub(crate) fn name_and_visibility(form: &Form<'_>) -> Markup {
    html! { div class="across" {
        (form.input(Input::text("name", "Name")))
        (form.select("visibility", "Seen by", false, &words::visibilities(), "organization"))
    } }
}

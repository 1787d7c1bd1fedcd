//! Who holds a grant: a member or a team, as a reader names them.

use std::ops::ControlFlow;

use axum::response::Response;
use maud::{Markup, html};
use shipgate::Holder;
use shipgate::directory::EntityKind;

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::cluster::holder;
use crate::pages::attempted;
use crate::pages::fields::Fields;
use crate::pages::form::{Form, Input};
use crate::pages::layout::Attempt;
use crate::pages::people::{self, Found};

/// Who was meant.
enum Meant {
    One(Holder<String>),
    /// Members, as a choice.
    Several(Vec<(String, String)>),
}

/// The fields that name a member or a team; or a choice of those who were meant.
pub(crate) fn holder_fields(form: &Form<'_>, meant: &[(String, String)]) -> Markup {
    let hint = "A part of a name or an address; for a team, its name after team:";
    html! {
        @if meant.is_empty() { (form.input(Input { hint, ..Input::text("who", "Member or team") })) }
        @else { (Form::radios("account", "Which of these?", meant)) }
    }
}

/// Finds the holder that a form names: by id, or as a reader wrote it.
async fn meant(asking: &Asking, fields: &Fields) -> Result<Meant, Failure> {
    let Some(who) = fields.get("who") else {
        return Ok(Meant::One(holder(fields.optional("account"), fields.optional("team"))?));
    };
    if let Some(team) = who.strip_prefix("team:").map(str::trim) {
        let found = people::find_thing(asking, EntityKind::Team, team).await?;
        let id = found.ok_or_else(|| Failure::bad_request(format!("no team is called {team}")))?;
        return Ok(Meant::One(Holder::Team(id)));
    }
    Ok(match people::find(asking, who).await? {
        Found::One(account) => Meant::One(Holder::Account(account)),
        Found::Several(found) => Meant::Several(found.iter().map(people::choice).collect()),
    })
}

/// The holder that a form names, or the page again: with a choice if several are meant, or with the reason if nobody is.
pub(crate) async fn holder_or_page<F: Future<Output = Result<Response, Failure>>>(
    asking: Asking,
    fields: &Fields,
    show: impl FnOnce(Asking, Option<Attempt>, Vec<(String, String)>) -> F,
) -> Result<ControlFlow<Response, Holder<String>>, Failure> {
    let page = match meant(&asking, fields).await {
        Ok(Meant::One(holder)) => return Ok(ControlFlow::Continue(holder)),
        Ok(Meant::Several(choices)) => {
            let message = "Several are called so: say which one.".to_owned();
            show(asking, Some(Attempt { fields: fields.clone(), message }), choices).await
        }
        Err(failure) => attempted(&failure, fields, |attempt| show(asking, attempt, Vec::new())).await,
    };
    page.map(ControlFlow::Break)
}

/// The fields of a form with the holder by id, so that the question whether to make the change is about the same one.
pub(crate) fn ids(fields: &Fields, holder: &Holder<String>) -> Fields {
    match holder {
        Holder::Account(account) => fields.with("who", "").with("account", account),
        Holder::Team(team) => fields.with("who", "").with("team", team),
    }
}

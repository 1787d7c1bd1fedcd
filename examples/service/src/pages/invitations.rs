//! Invitations of people, and accounts for programs.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use shipgate::{Action, AnyRole, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::invitation::{self, AcceptInvitation, CreateInvitation, InvitationMade, OneInvitation};
use crate::api::member::{self, AddServiceAccount};
use crate::api::page::InOrganization;
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::{Form, Input};
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::names::Names;
use crate::pages::role_choice::Roles;
use crate::pages::table::table_or;
use crate::pages::time::{end_of_day, time, until};
use crate::pages::{attempted, members, redirect, sent_on};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/organizations/{organization}/invitations", post(invite))
        .route("/organizations/{organization}/invitations/{invitation}/revoke", post(revoke))
        .route("/organizations/{organization}/programs", post(add_program))
}

/// Those of whom is not a member yet.
pub(super) fn own_routes() -> Router<Service> {
    Router::new().route("/invitation", get(ask).post(accept))
}

/// Whether the reader may invite with any role.
pub(crate) fn may_invite(asking: &Asking) -> Result<bool, Failure> {
    let organization = ResourceId::Organization(asking.organization.as_str());
    Ok(asking.decide(Action::CreateTeam, organization)?.is_allowed()
        && roles_given(asking, AnyRole::BuiltIn(shipgate::Role::Viewer))?)
}

fn roles_given(asking: &Asking, role: AnyRole<&str>) -> Result<bool, Failure> {
    let organization = ResourceId::Organization(asking.organization.as_str());
    let forever = Action::InviteMember { role, expires_at: None };
    // A member whose own membership ends may invite until then.
    let soon = shipgate::Time::from_millis(asking.now().as_millis().saturating_add(1_000));
    let shortly = Action::InviteMember { role, expires_at: Some(soon) };
    Ok(asking.decide(forever, organization)?.is_allowed() || asking.decide(shortly, organization)?.is_allowed())
}

/// What invites, and the invitations that wait.
pub(crate) async fn forms(asking: &Asking, frame: &Frame, roles: &Roles) -> Result<Markup, Failure> {
    let choices = roles.choices(|role| roles_given(asking, role))?;
    let base = format!("/organizations/{}", asking.organization);
    let person = Form::new(frame, "invite", format!("{base}/invitations"));
    let program = Form::new(frame, "program", format!("{base}/programs"));
    let email = Input {
        kind: "email",
        hint: "Only an account with this address can accept.",
        ..Input::text("email", "Address")
    };
    let date =
        Input { hint: "The last day, in UTC. Without one, it does not end.", ..Input::date("until", "Member until") };
    let name = Input::text("name", "Name");
    Ok(html! {
        h2 { "Invite a person" }
        (person.with(&html! { div class="across" {
            (person.input(email)) (person.select("role", "Role", false, &choices, "developer")) (person.input(date))
        } }, "Invite"))
        (waiting(asking, frame, roles).await?)
        h2 { "Add a program" }
        p class="soft" { "A program, such as a build server, has an account of its own. An Owner makes its tokens." }
        (program.with(&html! { div class="across" {
            (program.input(name)) (program.select("role", "Role", false, &choices, "developer")) (program.input(date))
        } }, "Add"))
    })
}

async fn waiting(asking: &Asking, frame: &Frame, roles: &Roles) -> Result<Markup, Failure> {
    let which = InOrganization { organization_id: Some(asking.organization.clone()), limit: None, after: None };
    let found = invitation::list(asking.caller.clone(), Query(which)).await?.0;
    let inviters = found.items.iter().map(|shown| &shown.invited_by);
    let names = Names::of_accounts(&asking.caller.service.database, inviters).await?;
    let rows: Vec<_> = found
        .items
        .iter()
        .map(|shown| {
            let action = format!("/organizations/{}/invitations/{}/revoke", asking.organization, shown.id);
            let form = Form::new(frame, format!("revoke-{}", shown.id), action);
            vec![
                html! { span dir="auto" { (shown.email) } },
                html! { span dir="auto" { (roles.name(&shown.role)) } },
                until(shown.member_until),
                html! { span dir="auto" { (names.of(&shown.invited_by)) } },
                time(shown.expires_at),
                form.removing(&html! {}, "Revoke", &format!("the invitation of {}", shown.email)),
            ]
        })
        .collect();
    let columns = ["Address", "Role", "Member until", "Invited by", "Can be accepted until", "Actions"];
    Ok(table_or("No invitation waits.", "Invitations that wait", &columns, &rows))
}

async fn invite(
    caller: Caller,
    Path(organization): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let asking = caller.clone().of(&organization).await?;
    let made = async {
        let body = CreateInvitation {
            organization_id: Some(organization.clone()),
            email: fields.text("email"),
            role: fields.text("role"),
            member_until: end_of_day(fields.get("until"))?,
            expires_at: None,
        };
        Ok(invitation::create(caller.clone(), Body(body)).await?.0)
    };
    match made.await {
        Ok(made) => invited(&asking, &made, &fields.text("email"), &headers).await,
        Err(failure) => attempted(&failure, &fields, |attempt| members::show(asking, Fields::default(), attempt)).await,
    }
}

/// The link to send, which is told once.
async fn invited(
    asking: &Asking,
    made: &InvitationMade,
    email: &str,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let frame = Frame::of(asking, Entry::Members, &Fields::default()).await?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let origin = asking.caller.service.public_url.clone().unwrap_or_else(|| format!("http://{host}"));
    let link = format!("{origin}/invitation?code={}", made.secret);
    let body = html! {
        h1 { "Send this link" }
        p { "Send it to " strong dir="auto" { (email) } ". It is shown once, can be used once, and until " (time(made.expires_at)) "." }
        p class="secret" { code { (link) } }
        p { a href=(members::path(&asking.organization)) { "Members" } }
    };
    Ok(frame.page("Send this link", &body).into_response())
}

async fn revoke(
    caller: Caller,
    Path((organization, invitation)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let one = OneInvitation { organization_id: Some(organization.clone()), invitation_id: invitation };
    let revoked = invitation::revoke(caller.clone(), Query(one)).await.map(|_| members::path(&organization));
    let show = |asking, attempt| members::show(asking, Fields::default(), attempt);
    sent_on(revoked, "revoked", caller, &organization, &fields, show).await
}

async fn add_program(caller: Caller, Path(organization): Path<String>, fields: Fields) -> Result<Response, Failure> {
    let made = async {
        let body = AddServiceAccount {
            organization_id: Some(organization.clone()),
            name: fields.text("name"),
            role: fields.text("role"),
            expires_at: end_of_day(fields.get("until"))?,
        };
        member::add_service_account(caller.clone(), Body(body)).await
    };
    let made = made.await.map(|_| members::path(&organization));
    let show = |asking, attempt| members::show(asking, Fields::default(), attempt);
    sent_on(made, "added", caller, &organization, &fields, show).await
}

async fn ask(caller: Caller, Asked(asked): Asked) -> Result<Response, Failure> {
    show(caller, asked.text("code"), None).await
}

async fn show(caller: Caller, code: String, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::own(&caller, &Fields::default()).await?.again(attempt);
    let form = Form::new(&frame, "accept", "/invitation");
    let input = Input {
        value: &code,
        hint: "What the link ends with after code=.",
        ..Input::text("code", "Code of the invitation")
    };
    let body = html! {
        h1 { "Accept an invitation" }
        p { "You become a member of the organization that invited you, if the invitation is for your address." }
        (form.with(&form.input(input), "Accept"))
    };
    Ok(frame.page("Accept an invitation", &body).into_response())
}

async fn accept(caller: Caller, fields: Fields) -> Result<Response, Failure> {
    let code = fields.text("code");
    match invitation::accept(caller.clone(), Body(AcceptInvitation { secret: code.clone() })).await {
        Ok(changed) => Ok(redirect(&members::path(&changed.0.organization_id), "joined")),
        Err(failure) => attempted(&failure, &fields, |attempt| show(caller, code, attempt)).await,
    }
}

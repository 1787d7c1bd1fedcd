//! The members of an organization: found, invited, and what they may do changed.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use shipgate::{AccountKind, Action, ActionKind, ActionSet, AnyRole, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::Query;
use crate::api::caller::Caller;
use crate::api::member::{self, Member, WhichMembers};
use crate::pages::fields::{Asked, Fields};
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::needs::needs;
use crate::pages::role_choice::Roles;
use crate::pages::table::{pages, table_or};
use crate::pages::time::until;
use crate::pages::{invitations, member as one, words};
use crate::service::Service;

/// With at most so many roles, the row of a member has a choice of them.
const FEW_ROLES: usize = 20;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/organizations/{organization}/members", get(list))
}

/// Where the members of an organization are.
pub(crate) fn path(organization: &str) -> String {
    format!("/organizations/{organization}/members")
}

async fn list(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, asked, None).await
}

/// What the reader may do to a member, with any value.
pub(crate) fn actions(asking: &Asking, account: &str) -> Result<ActionSet, Failure> {
    asking.allowed(ResourceId::Member { organization: asking.organization.as_str(), account })
}

/// The page of the members.
pub(crate) async fn show(asking: Asking, asked: Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Members, &asked).await?.again(attempt);
    let which = WhichMembers {
        organization_id: Some(asking.organization.clone()),
        search: asked.optional("search"),
        role: asked.optional("role"),
        at: None,
        limit: None,
        after: asked.optional("after"),
    };
    let found = member::list(asking.caller.clone(), Query(which)).await?.0;
    let roles = Roles::of(&asking).await?;
    let path = path(&asking.organization);
    let mut rows = Vec::new();
    for member in &found.items {
        rows.push(row(&asking, &frame, &roles, member)?);
    }
    let organization = ResourceId::Organization(asking.organization.as_str());
    let invite = Action::InviteMember { role: AnyRole::BuiltIn(shipgate::Role::Viewer), expires_at: None };
    let may_invite = invitations::may_invite(&asking)?;
    let body = html! {
        h1 { "Members" }
        (search(&roles, &path, &asked)?)
        (table_or("No member is found.", "Members, by name", &["Name", "Role", "Member until", "Actions"], &rows))
        (pages(&path, &asked, found.next.as_deref()))
        @if may_invite { (invitations::forms(&asking, &frame, &roles).await?) }
        @else { (needs(&asking, invite, organization, frame.organization_name()).await?) }
    };
    Ok(frame.page("Members", &body).into_response())
}

fn search(roles: &Roles, path: &str, asked: &Fields) -> Result<Markup, Failure> {
    let choices = roles.choices(|_| Ok(true))?;
    let chosen = asked.get("role").unwrap_or_default();
    Ok(html! {
        form method="get" action=(path) role="search" class="across" {
            div class="field" {
                label for="search" { "Name or address" }
                input type="search" id="search" name="search" value=(asked.text("search")) dir="auto" autocomplete="off";
            }
            div class="field" {
                label for="role" { "Role" }
                select id="role" name="role" {
                    option value="" { "Any role" }
                    @for (value, text) in &choices { option value=(value) selected[value == chosen] { (text) } }
                }
            }
            div class="actions" { button { "Find" } }
        }
    })
}

fn row(asking: &Asking, frame: &Frame, roles: &Roles, member: &Member) -> Result<Vec<Markup>, Failure> {
    let link = one::path(&asking.organization, &member.user_id);
    let allowed = actions(asking, &member.user_id)?;
    let role = if allowed.contains(ActionKind::ChangeRole) && roles.count() <= FEW_ROLES {
        one::role_form(asking, frame, roles, member, true)?
    } else {
        html! { span dir="auto" { (roles.name(&member.role)) } }
    };
    let buttons = html! {
        a href=(link) { "Details" span class="quiet" { " of " (member.name) } }
        @if allowed.contains(ActionKind::Remove) { " " (one::remove_form(frame, &asking.organization, member)) }
    };
    let name = html! {
        span dir="auto" { (member.name) }
        small { (about(member)) }
    };
    Ok(vec![name, role, until(member.expires_at), html! { div class="actions" { (buttons) } }])
}

/// What tells a member from others of the same name.
pub(crate) fn about(member: &Member) -> String {
    let about = member.email.as_ref().unwrap_or(&member.user_id);
    match member.kind {
        AccountKind::Service => format!("{about}, {}", words::PROGRAM),
        AccountKind::User => about.clone(),
    }
}

//! A member: what they have and why, and what is changed of it.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use shipgate::change::Change;
use shipgate::directory::EntityKind;
use shipgate::{Action, ActionKind, Directory, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::caller::Caller;
use crate::api::member::{Member, role, role_name};
use crate::database::Query;
use crate::pages::effect::{self, IsAsSeen, Proposal};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::{Form, Input};
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::names::Names;
use crate::pages::needs::needs;
use crate::pages::role_choice::Roles;
use crate::pages::table::table_or;
use crate::pages::time::{end_of_day_or, ends, last_day, until};
use crate::pages::{members, words};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    let member = "/organizations/{organization}/members/{account}";
    Router::new()
        .route(member, get(get_member))
        .route(&format!("{member}/role"), post(change_role))
        .route(&format!("{member}/expiry"), post(set_expiry))
        .route(&format!("{member}/remove"), post(remove))
        .route(&format!("{member}/ownership"), post(transfer_ownership))
}

/// Where a member is.
pub(crate) fn path(organization: &str, account: &str) -> String {
    format!("/organizations/{organization}/members/{}", segment(account))
}

/// An id as a part of a path.
pub(crate) fn segment(id: &str) -> String {
    form_urlencoded::byte_serialize(id.as_bytes()).collect::<String>().replace('+', "%20")
}

/// A choice of the roles that the reader may give a member, with the present one.
pub(crate) fn role_form(
    asking: &Asking,
    frame: &Frame,
    roles: &Roles,
    member: &Member,
    is_quiet: bool,
) -> Result<Markup, Failure> {
    let resource = ResourceId::Member { organization: asking.organization.as_str(), account: member.user_id.as_str() };
    let mut choices = roles.choices(|to| Ok(asking.decide(Action::ChangeRole { to }, resource)?.is_allowed()))?;
    if !choices.iter().any(|(value, _)| *value == member.role) {
        choices.insert(0, (member.role.clone(), roles.name(&member.role)));
    }
    let action = format!("{}/role", path(&asking.organization, &member.user_id));
    let form = Form::new(frame, format!("role-{}", member.user_id), action);
    let label = format!("Role of {}", member.name);
    let fields = html! {
        (form.select("role", &label, is_quiet, &choices, &member.role))
        (Form::hidden("seen", &member.role))
        @if is_quiet { (Form::hidden("from", "list")) }
    };
    Ok(form.inline(&fields, "Save", &format!("the role of {}", member.name)))
}

/// A button that removes a member.
pub(crate) fn remove_form(frame: &Frame, organization: &str, member: &Member) -> Markup {
    let action = format!("{}/remove", path(organization, &member.user_id));
    let form = Form::new(frame, format!("remove-{}", member.user_id), action);
    form.removing(&Form::hidden("seen", &member.role), "Remove", &member.name)
}

/// The role of a member, by its name on the wire.
fn role_in(directory: &Directory<String>, organization: &str, account: &str) -> Option<String> {
    let membership = directory.account(account)?.membership(organization)?;
    Some(role_name(membership.role().map(Clone::clone)))
}

async fn member(asking: &Asking, account: &str) -> Result<Member, Failure> {
    let organization = asking.organization.as_str();
    asking.authorize(Action::View, ResourceId::Member { organization, account })?;
    let text = "SELECT name, email FROM service_accounts WHERE id = $1";
    let row = asking.caller.service.database.row(Query::new(text).bind(account)).await?;
    let (name, email) = match &row {
        Some(row) => (row.text("name")?, row.optional_text("email")?),
        None => (account.to_owned(), None),
    };
    let of = asking.directory()?.account(account).ok_or_else(Failure::not_found)?;
    let membership = of.membership(organization).ok_or_else(Failure::not_found)?;
    let role = role_name(membership.role().map(Clone::clone));
    Ok(Member { user_id: account.to_owned(), name, email, kind: of.kind(), role, expires_at: membership.expires_at() })
}

async fn get_member(
    caller: Caller,
    Path((organization, account)): Path<(String, String)>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, &account, &asked, None).await
}

async fn show(asking: Asking, account: &str, asked: &Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Members, asked).await?.again(attempt);
    let member = member(&asking, account).await?;
    let roles = Roles::of(&asking).await?;
    let body = html! {
        p { a href=(members::path(&asking.organization)) { "Members" } }
        h1 dir="auto" { (member.name) }
        dl class="facts" {
            dt { "Account" } dd { (members::about(&member)) }
            dt { "Role" } dd dir="auto" { (roles.name(&member.role)) }
            dt { "Member until" } dd { (until(member.expires_at)) }
        }
        (controls(&asking, &frame, &roles, &member).await?)
        (grants(&asking, account).await?)
    };
    Ok(frame.page(&member.name, &body).into_response())
}

async fn controls(asking: &Asking, frame: &Frame, roles: &Roles, member: &Member) -> Result<Markup, Failure> {
    let allowed = members::actions(asking, &member.user_id)?;
    let resource = ResourceId::Member { organization: asking.organization.as_str(), account: member.user_id.as_str() };
    let path = path(&asking.organization, &member.user_id);
    let expiry = Form::new(frame, "expiry", format!("{path}/expiry"));
    let ownership = Form::new(frame, "ownership", format!("{path}/ownership"));
    let day = last_day(member.expires_at);
    let date = Input {
        value: &day,
        hint: "The last day, in UTC. Without one, it does not end.",
        ..Input::date("until", "Member until")
    };
    Ok(html! {
        h2 { "Change" }
        @if allowed.contains(ActionKind::ChangeRole) { (role_form(asking, frame, roles, member, false)?) }
        @else {
            (needs(asking, Action::ChangeRole { to: shipgate::AnyRole::BuiltIn(shipgate::Role::Viewer) }, resource, &member.name).await?)
        }
        @if allowed.contains(ActionKind::SetExpiry) {
            (expiry.with(&html! { (expiry.input(date)) (Form::hidden("seen", &ends(member.expires_at))) }, "Set the end"))
        }
        div class="actions" {
            @if allowed.contains(ActionKind::TransferOwnership) {
                (ownership.inline(&Form::hidden("seen", &member.role), "Transfer ownership", &format!("to {}", member.name)))
            }
            @if allowed.contains(ActionKind::Remove) { (remove_form(frame, &asking.organization, member)) }
        }
    })
}

/// What a member has beside the role: teams, access to clusters, and roles in projects, of what the reader may view.
async fn grants(asking: &Asking, account: &str) -> Result<Markup, Failure> {
    let directory = asking.directory()?;
    let database = &asking.caller.service.database;
    let Some(membership) = directory.account(account).and_then(|of| of.membership(asking.organization.as_str())) else {
        return Err(Failure::not_found());
    };
    let sees = |resource| asking.decide(Action::View, resource).map(shipgate::Decision::is_allowed);
    let mut rows = Vec::new();
    let teams: Vec<_> = membership.teams().collect();
    let names = Names::of_things(database, EntityKind::Team, &teams).await?;
    for team in teams {
        rows.push(vec![
            html! { "Team" },
            html! { span dir="auto" { (names.of(team)) } },
            html! { "member" },
            until(None),
        ]);
    }
    let clusters: Vec<_> = membership.cluster_accesses().collect();
    let names = Names::of_things(database, EntityKind::Cluster, clusters.iter().map(|(id, _, _)| id)).await?;
    for (id, _, grant) in clusters {
        if sees(ResourceId::Cluster(id.as_str()))? {
            let level = words::readable(grant.value().as_str());
            let name = html! { span dir="auto" { (names.of(id)) } };
            rows.push(vec![html! { "Cluster" }, name, html! { (level) }, until(grant.expires_at())]);
        }
    }
    let projects: Vec<_> = membership.project_roles().collect();
    let names = Names::of_things(database, EntityKind::Project, projects.iter().map(|(id, _, _)| id)).await?;
    for (id, _, grant) in projects {
        if sees(ResourceId::Project(id.as_str()))? {
            let role = words::readable(grant.value().as_str());
            let name = html! { span dir="auto" { (names.of(id)) } };
            rows.push(vec![html! { "Project" }, name, html! { (role) }, until(grant.expires_at())]);
        }
    }
    let columns = ["Where", "Name", "What", "Until"];
    let empty = "Nothing was granted beside the role.";
    Ok(html! { h2 { "Granted beside the role" } (table_or(empty, "Teams, clusters and projects", &columns, &rows)) })
}

/// Makes a change of a member, or shows the page again because it was not made.
async fn change(
    caller: Caller,
    (organization, account): (String, String),
    fields: Fields,
    propose: impl FnOnce(&Asking, &str) -> Result<Proposal, Failure>,
) -> Result<Response, Failure> {
    let name = member(&caller.clone().of(&organization).await?, &account).await?.name;
    let is_in_list = fields.get("from") == Some("list");
    let show = async |asking: Asking, attempt| {
        let of = asking.directory()?.account(account.as_str());
        let is_there = of.is_some_and(|of| of.membership(organization.as_str()).is_some());
        if is_in_list || !is_there {
            members::show(asking, Fields::default(), attempt).await
        } else {
            show(asking, &account, &Fields::default(), attempt).await
        }
    };
    effect::change(caller, &organization, Entry::Members, &fields, |asking| propose(asking, &name), show).await
}

fn role_is(organization: &str, account: &str, fields: &Fields) -> IsAsSeen {
    let (organization, account, seen) = (organization.to_owned(), account.to_owned(), fields.text("seen"));
    Box::new(move |directory| role_in(directory, &organization, &account).as_deref() == Some(&seen))
}

async fn change_role(caller: Caller, Path(place): Path<(String, String)>, fields: Fields) -> Result<Response, Failure> {
    let (organization, account) = place.clone();
    let sent = fields.clone();
    change(caller, place, fields, move |_, name| {
        let to = sent.text("role");
        let back =
            if sent.get("from") == Some("list") { members::path(&organization) } else { path(&organization, &account) };
        Ok(Proposal {
            change: Change::change_role(organization.clone(), account.clone(), role(&to)),
            question: format!("Change the role of {name}?"),
            button: "Change the role",
            action: format!("{}/role", path(&organization, &account)),
            back,
            done: "changed",
            is_as_seen: role_is(&organization, &account, &sent),
        })
    })
    .await
}

async fn set_expiry(caller: Caller, Path(place): Path<(String, String)>, fields: Fields) -> Result<Response, Failure> {
    let (organization, account) = place.clone();
    let sent = fields.clone();
    change(caller, place, fields, move |asking, name| {
        let membership = |directory: &Directory<String>, organization: &str, account: &str| {
            Some(directory.account(account)?.membership(organization)?.expires_at())
        };
        let present = membership(asking.directory()?, &organization, &account).flatten();
        let to = end_of_day_or(&sent, "until", present)?;
        let (in_organization, of, seen) = (organization.clone(), account.clone(), sent.text("seen"));
        Ok(Proposal {
            change: Change::set_expiry(organization.clone(), account.clone(), to),
            question: format!("Change until when {name} is a member?"),
            button: "Set the end",
            action: format!("{}/expiry", path(&organization, &account)),
            back: path(&organization, &account),
            done: "changed",
            is_as_seen: Box::new(move |directory| {
                membership(directory, &in_organization, &of).map(ends).as_ref() == Some(&seen)
            }),
        })
    })
    .await
}

async fn remove(caller: Caller, Path(place): Path<(String, String)>, fields: Fields) -> Result<Response, Failure> {
    let (organization, account) = place.clone();
    let sent = fields.clone();
    change(caller, place, fields, move |_, name| {
        Ok(Proposal {
            change: Change::remove_member(organization.clone(), account.clone()),
            question: format!("Remove {name}?"),
            button: "Remove",
            action: format!("{}/remove", path(&organization, &account)),
            back: members::path(&organization),
            done: "removed",
            is_as_seen: role_is(&organization, &account, &sent),
        })
    })
    .await
}

async fn transfer_ownership(
    caller: Caller,
    Path(place): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let (organization, account) = place.clone();
    let sent = fields.clone();
    change(caller, place, fields, move |_, name| {
        Ok(Proposal {
            change: Change::transfer_ownership(organization.clone(), account.clone()),
            question: format!("Make {name} an Owner, and yourself an Admin?"),
            button: "Transfer ownership",
            action: format!("{}/ownership", path(&organization, &account)),
            back: path(&organization, &account),
            done: "changed",
            is_as_seen: role_is(&organization, &account, &sent),
        })
    })
    .await
}

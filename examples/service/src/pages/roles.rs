//! Roles: the built-in ones and those of the organization, with what each brings.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use shipgate::change::Change;
use shipgate::directory::EntityKind;
use shipgate::model::Permission;
use shipgate::{Action, ActionKind, Directory, ResourceId, Role, RoleDefinition, RolePermissions};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::page::InOrganization;
use crate::api::role::{self as api, CreateRole};
use crate::pages::effect::{self, Proposal};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::{Form, Input};
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::member::segment;
use crate::pages::names::name_of_thing;
use crate::pages::needs::needs;
use crate::pages::table::{pages, table, table_or};
use crate::pages::{sent_on, words};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    let roles = "/organizations/{organization}/roles";
    Router::new()
        .route(roles, get(list).post(create))
        .route(&format!("{roles}/{{role}}"), get(get_role).post(update))
        .route(&format!("{roles}/{{role}}/delete"), post(delete))
}

fn path(organization: &str) -> String {
    format!("/organizations/{organization}/roles")
}

fn path_of(organization: &str, role: &str) -> String {
    format!("{}/{}", path(organization), segment(role))
}

/// What a role grants, in words.
fn granted(permissions: impl IntoIterator<Item = impl AsRef<str>>) -> Markup {
    let words: Vec<_> = permissions.into_iter().map(|permission| words::readable(permission.as_ref())).collect();
    html! { @if words.is_empty() { span class="soft" { "nothing" } } @else { (words.join(", ")) } }
}

async fn list(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, asked, None).await
}

async fn show(asking: Asking, asked: Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Roles, &asked).await?.again(attempt);
    let which = InOrganization {
        organization_id: Some(asking.organization.clone()),
        limit: None,
        after: asked.optional("after"),
    };
    let found = api::list(asking.caller.clone(), Query(which)).await?.0;
    let built_in: Vec<_> = Role::ALL
        .into_iter()
        .map(|role| {
            vec![
                html! { (words::capital(role.as_str())) },
                granted(role.permissions().iter().map(shipgate::model::Permission::as_str)),
            ]
        })
        .collect();
    let directory = asking.directory()?;
    let custom: Vec<_> = found
        .items
        .iter()
        .map(|role| {
            let members = directory.role(role.id.as_str()).map_or(0, shipgate::directory::CustomRoleRef::members);
            vec![
                html! { a href=(path_of(&asking.organization, &role.id)) dir="auto" { (role.name) } },
                html! { (words::capital(role.rank.as_str())) },
                html! { (members) },
                granted(&role.permissions),
            ]
        })
        .collect();
    let body = html! {
        h1 { "Roles" }
        p {
            "A rank says over whom somebody stands, and how much access to clusters they have by default. Permissions say what "
            "they may do."
        }
        h2 { "Roles of this organization" }
        (table_or("There is none.", "Custom roles, by name", &["Name", "Rank", "Members", "Permissions"], &custom))
        (pages(&path(&asking.organization), &asked, found.next.as_deref()))
        h2 { "Built-in roles" }
        (table("Roles that every organization has", &["Name and rank", "Permissions"], &built_in))
        (create_form(&asking, &frame).await?)
    };
    Ok(frame.page("Roles", &body).into_response())
}

/// The permissions that a custom role can have.
fn permissions() -> Vec<(String, String)> {
    let possible = Permission::ALL.into_iter().filter(|permission| Role::Admin.permissions().contains(*permission));
    possible.map(|permission| (permission.as_str().to_owned(), words::readable(permission.as_str()))).collect()
}

async fn create_form(asking: &Asking, frame: &Frame) -> Result<Markup, Failure> {
    let organization = ResourceId::Organization(asking.organization.as_str());
    let least = RolePermissions::new([Permission::View]).and_then(|view| RoleDefinition::new(Role::Viewer, view));
    let least = least.map_err(|error| Failure::bad_request(error.to_string()))?;
    let create = Action::CreateRole { role: least };
    if !asking.decide(create, organization)?.is_allowed() {
        return needs(asking, create, organization, frame.organization_name()).await;
    }
    let form = Form::new(frame, "create", path(&asking.organization));
    let ranks = [Role::Admin, Role::Developer, Role::Viewer]
        .map(|rank| (rank.as_str().to_owned(), words::capital(rank.as_str())));
    Ok(html! {
        h2 { "Create a role" }
        (form.with(&html! {
            div class="across" { (form.input(Input::text("name", "Name"))) (form.select("rank", "Rank", false, &ranks, "viewer")) }
            (form.checkboxes("permission", "Permissions", &permissions(), &["view".to_owned()]))
        }, "Create"))
    })
}

/// The permissions that a form asks for.
fn chosen(fields: &Fields) -> Result<RolePermissions, Failure> {
    let mut permissions = Vec::new();
    for text in fields.all("permission") {
        permissions.push(text.parse::<Permission>().map_err(|error| Failure::bad_request(error.to_string()))?);
    }
    RolePermissions::new(permissions).map_err(|error| Failure::bad_request(error.to_string()))
}

async fn create(caller: Caller, Path(organization): Path<String>, fields: Fields) -> Result<Response, Failure> {
    let made = async {
        let rank = fields
            .text("rank")
            .parse()
            .map_err(|error: shipgate::model::UnknownNameError| Failure::bad_request(error.to_string()))?;
        let permissions = chosen(&fields)?;
        let body =
            CreateRole { organization_id: Some(organization.clone()), name: fields.text("name"), rank, permissions };
        api::create(caller.clone(), Body(body)).await
    };
    let made = made.await.map(|created| path_of(&organization, &created.0.id));
    let show = |asking, attempt| show(asking, Fields::default(), attempt);
    sent_on(made, "created", caller, &organization, &fields, show).await
}

async fn get_role(
    caller: Caller,
    Path((organization, role)): Path<(String, String)>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    show_role(caller.of(&organization).await?, &role, &asked, None).await
}

async fn show_role(asking: Asking, id: &str, asked: &Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Roles, asked).await?.again(attempt);
    asking.require_here(EntityKind::Role, id)?;
    asking.authorize(Action::View, ResourceId::Role(id))?;
    let role = asking.directory()?.role(id).ok_or_else(Failure::not_found)?;
    let definition = role.definition();
    let present: Vec<_> = definition.permissions().permissions().iter().map(|one| one.as_str().to_owned()).collect();
    let name = name_of_thing(&asking.caller.service.database, EntityKind::Role, id).await?;
    let allowed = asking.allowed(ResourceId::Role(id))?;
    let form = Form::new(&frame, "update", path_of(&asking.organization, id));
    let delete = Form::new(&frame, "delete", format!("{}/delete", path_of(&asking.organization, id)));
    let body = html! {
        p { a href=(path(&asking.organization)) { "Roles" } }
        h1 dir="auto" { (name) }
        dl class="facts" {
            dt { "Rank" } dd { (words::capital(definition.rank().as_str())) }
            dt { "Members" } dd { a href={ "/organizations/" (asking.organization) "/members?role=" (segment(id)) } { (role.members()) } }
            dt { "Permissions" } dd { (granted(&present)) }
        }
        @if allowed.contains(ActionKind::Update) {
            h2 { "Change" }
            (form.with(&html! {
                (form.checkboxes("permission", "Permissions", &permissions(), &present))
                (Form::hidden("seen", &present.join(" ")))
            }, "Change the permissions"))
        } @else {
            (needs(&asking, Action::Update { to: shipgate::model::Update::Settings }, ResourceId::Role(id), &name).await?)
        }
        @if allowed.contains(ActionKind::Delete) { (delete.removing(&html! {}, "Delete", &format!("the role {name}"))) }
    };
    Ok(frame.page(&name, &body).into_response())
}

fn permissions_of(directory: &Directory<String>, role: &str) -> Option<String> {
    let permissions = directory.role(role)?.definition().permissions().permissions();
    Some(permissions.iter().map(shipgate::model::Permission::as_str).collect::<Vec<_>>().join(" "))
}

async fn update(
    caller: Caller,
    Path((organization, role)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let propose = |_: &Asking| {
        let (of, seen) = (role.clone(), fields.text("seen"));
        Ok(Proposal {
            change: Change::update_role(role.clone(), chosen(&fields)?),
            question: "Change what this role grants?".to_owned(),
            button: "Change the permissions",
            action: path_of(&organization, &role),
            back: path_of(&organization, &role),
            done: "changed",
            is_as_seen: Box::new(move |directory| permissions_of(directory, &of).as_ref() == Some(&seen)),
        })
    };
    let show = async |asking, attempt| show_role(asking, &role, &Fields::default(), attempt).await;
    effect::change(caller, &organization, Entry::Roles, &fields, propose, show).await
}

async fn delete(
    caller: Caller,
    Path((organization, role)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let propose = |_: &Asking| {
        Ok(Proposal {
            change: Change::delete_role(role.clone()),
            question: "Delete this role?".to_owned(),
            button: "Delete",
            action: format!("{}/delete", path_of(&organization, &role)),
            back: path(&organization),
            done: "removed",
            is_as_seen: Box::new(|_| true),
        })
    };
    let show = async |asking, attempt| show_role(asking, &role, &Fields::default(), attempt).await;
    effect::change(caller, &organization, Entry::Roles, &fields, propose, show).await
}

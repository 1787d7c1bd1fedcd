//! Custom roles.

use axum::Json;
use serde::{Deserialize, Serialize};
use shipgate::change::Change;
use shipgate::directory::EntityKind;
use shipgate::{Action, ResourceId, Role, RoleDefinition, RolePermissions};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::Failure;
use crate::api::answer::{Answer, Changed, Created, Problems};
use crate::api::asking::{named, require_name};
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::page::{InOrganization, List, Page, with_names};
use crate::api::schema;
use crate::service::Service;
use crate::{database, ids};

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(create)).routes(routes!(update)).routes(routes!(delete))
}

/// A custom role.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomRole {
    pub(crate) id: String,
    pub(crate) organization_id: String,
    pub(crate) name: String,
    #[schema(value_type = schema::Rank)]
    pub(crate) rank: Role,
    pub(crate) permissions: Vec<String>,
}

/// Lists the custom roles, by name.
#[utoipa::path(get, path = "/api/role.list", tag = "role", params(InOrganization),
    responses((status = 200, body = List<CustomRole>), Problems))]
pub(crate) async fn list(caller: Caller, Query(which): Query<InOrganization>) -> Answer<List<CustomRole>> {
    let asking = caller.of_named(which.organization_id.as_deref()).await?;
    asking.authorize(Action::View, ResourceId::Organization(&asking.organization))?;
    let page = Page::new(which.limit, which.after);
    let database = &asking.caller.service.database;
    let query = with_names(EntityKind::Role, "t.id, t.organization, t.rank, t.permissions", "t.organization = $1")
        .bind(&asking.organization);
    let query = page.bound_by_name(database, query)?;
    let rows = database.rows(query).await?;
    let roles = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    Ok(Json(page.list(roles, |role: &CustomRole| [role.name.clone(), role.id.clone()])?))
}

fn of_row(row: &database::Row) -> Result<CustomRole, database::Error> {
    Ok(CustomRole {
        id: row.text("id")?,
        organization_id: row.text("organization")?,
        name: row.text("name")?,
        rank: database::word(&row.text("rank")?)?,
        permissions: row.text("permissions")?.split_whitespace().map(ToOwned::to_owned).collect(),
    })
}

/// A custom role to create.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateRole {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: String,
    /// `admin`, `developer` or `viewer`. It stays.
    #[schema(value_type = schema::Rank)]
    pub(crate) rank: Role,
    #[schema(value_type = Vec<String>)]
    pub(crate) permissions: RolePermissions,
}

/// Creates a custom role.
#[utoipa::path(post, path = "/api/role.create", tag = "role", request_body = CreateRole,
    responses((status = 200, body = Created), Problems))]
pub(crate) async fn create(caller: Caller, Body(body): Body<CreateRole>) -> Answer<Created> {
    let name = require_name(&body.name)?;
    let definition = RoleDefinition::new(body.rank, body.permissions);
    let definition = definition.map_err(|error| Failure::bad_request(error.to_string()))?;
    let asking = caller.of_named(body.organization_id.as_deref()).await?;
    let id = ids::new("role");
    let change = Change::create_role(asking.organization.clone(), id.clone(), definition);
    let beside = vec![named(EntityKind::Role, &id, &asking.organization, name)];
    Ok(Json(asking.change(change, beside, |record| Created::by(&id, record)).await?))
}

/// What to change of a custom role.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateRole {
    pub(crate) role_id: String,
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: Option<String>,
    /// All permissions that it has from now on.
    #[schema(value_type = Vec<String>)]
    pub(crate) permissions: RolePermissions,
}

/// Changes the permissions of a custom role, and its name.
#[utoipa::path(patch, path = "/api/role.update", tag = "role", request_body = UpdateRole,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn update(caller: Caller, Body(body): Body<UpdateRole>) -> Answer<Changed> {
    let name = body.name.as_deref().map(require_name).transpose()?;
    let asking = caller.whose(EntityKind::Role, &body.role_id).await?;
    let beside = name.map(|name| named(EntityKind::Role, &body.role_id, &asking.organization, name));
    let change = Change::update_role(body.role_id.clone(), body.permissions);
    Ok(Json(asking.change(change, beside.into_iter().collect(), Changed::by).await?))
}

/// Which custom role.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneRole {
    pub(crate) role_id: String,
}

/// Deletes a custom role that no member has.
#[utoipa::path(delete, path = "/api/role.delete", tag = "role", params(OneRole),
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn delete(caller: Caller, Query(one): Query<OneRole>) -> Answer<Changed> {
    let asking = caller.whose(EntityKind::Role, &one.role_id).await?;
    Ok(Json(asking.change(Change::delete_role(one.role_id), vec![], Changed::by).await?))
}

//! Projects, and the roles in them.

use axum::Json;
use serde::{Deserialize, Serialize};
use shipgate::change::Change;
use shipgate::directory::EntityKind;
use shipgate::sql::Columns;
use shipgate::{Action, Grant, ProjectRole, Role, Time, Visibility};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::access_list::{Thing, Which};
use crate::api::answer::{Answer, Changed, Created, Problems};
use crate::api::asking::{named, require_name};
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::cluster::{Source, holder};
use crate::api::page::{InOrganization, List, Page, with_names};
use crate::api::schema;
use crate::service::Service;
use crate::{database, ids};

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(create))
        .routes(routes!(update))
        .routes(routes!(delete))
        .routes(routes!(grant_role))
        .routes(routes!(revoke_role))
        .routes(routes!(list_access))
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) organization_id: String,
    pub(crate) name: String,
    #[schema(value_type = schema::Visibility)]
    pub(crate) visibility: Visibility,
}

/// Lists the projects that you may view, by name.
#[utoipa::path(get, path = "/api/project.list", tag = "project", params(InOrganization),
    responses((status = 200, body = List<Project>), Problems))]
pub(crate) async fn list(caller: Caller, Query(which): Query<InOrganization>) -> Answer<List<Project>> {
    let asking = caller.of_named(which.organization_id.as_deref()).await?;
    let page = Page::new(which.limit, which.after);
    let condition = asking.filter(Action::View)?.projects();
    let database = &asking.caller.service.database;
    let clause = condition.sql(database.dialect(), &Columns::of("t").map_err(database::Error::content)?, 0);
    let query = with_names(EntityKind::Project, "t.id, t.organization, t.visibility", clause.text())
        .bind_all(clause.parameters());
    let rows = database.rows(page.bound_by_name(database, query)?).await?;
    let projects = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    Ok(Json(page.list(projects, |project: &Project| [project.name.clone(), project.id.clone()])?))
}

fn of_row(row: &database::Row) -> Result<Project, database::Error> {
    Ok(Project {
        id: row.text("id")?,
        organization_id: row.text("organization")?,
        name: row.text("name")?,
        visibility: database::word(&row.text("visibility")?)?,
    })
}

/// A project to create.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateProject {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: String,
    /// Who sees it; every member, unless it is said.
    #[schema(value_type = Option<schema::Visibility>)]
    pub(crate) visibility: Option<Visibility>,
}

/// Creates a project.
#[utoipa::path(post, path = "/api/project.create", tag = "project", request_body = CreateProject,
    responses((status = 200, body = Created), Problems))]
pub(crate) async fn create(caller: Caller, Body(body): Body<CreateProject>) -> Answer<Created> {
    let name = require_name(&body.name)?;
    let asking = caller.of_named(body.organization_id.as_deref()).await?;
    let id = ids::new("project");
    let visibility = body.visibility.unwrap_or(Visibility::Organization);
    let change = Change::create_project(asking.organization.clone(), id.clone(), visibility);
    let beside = vec![named(EntityKind::Project, &id, &asking.organization, name)];
    Ok(Json(asking.change(change, beside, |record| Created::by(&id, record)).await?))
}

/// What to change of a project.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateProject {
    pub(crate) project_id: String,
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: Option<String>,
    #[schema(value_type = Option<schema::Visibility>)]
    pub(crate) visibility: Option<Visibility>,
}

/// Changes the name or the visibility of a project.
#[utoipa::path(patch, path = "/api/project.update", tag = "project", request_body = UpdateProject,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn update(caller: Caller, Body(body): Body<UpdateProject>) -> Answer<Changed> {
    let name = body.name.as_deref().map(require_name).transpose()?;
    let asking = caller.whose(EntityKind::Project, &body.project_id).await?;
    let beside = name.map(|name| named(EntityKind::Project, &body.project_id, &asking.organization, name));
    let change = Change::update_project(body.project_id.clone(), body.visibility);
    Ok(Json(asking.change(change, beside.into_iter().collect(), Changed::by).await?))
}

/// Which project.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneProject {
    pub(crate) project_id: String,
}

/// Deletes a project without environments, with the roles in it.
#[utoipa::path(delete, path = "/api/project.delete", tag = "project", params(OneProject),
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn delete(caller: Caller, Query(one): Query<OneProject>) -> Answer<Changed> {
    let asking = caller.whose(EntityKind::Project, &one.project_id).await?;
    Ok(Json(asking.change(Change::delete_project(one.project_id), vec![], Changed::by).await?))
}

/// A role in a project to give.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GrantProjectRole {
    pub(crate) project_id: String,
    /// The member who gets it; or name a team.
    pub(crate) user_id: Option<String>,
    /// The team that gets it; or name a member.
    pub(crate) team_id: Option<String>,
    #[schema(value_type = schema::ProjectRole)]
    pub(crate) role: ProjectRole,
    /// When it ends; never, unless it is said.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) expires_at: Option<Time>,
}

/// Sets the role of a member or a team in a project. It takes the place of the role in the organization there.
#[utoipa::path(post, path = "/api/project.grantRole", tag = "project", request_body = GrantProjectRole,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn grant_role(caller: Caller, Body(body): Body<GrantProjectRole>) -> Answer<Changed> {
    let holder = holder(body.user_id, body.team_id)?;
    let asking = caller.whose(EntityKind::Project, &body.project_id).await?;
    let change = Change::set_project_role(body.project_id, holder, Some(Grant::expiring(body.role, body.expires_at)));
    Ok(Json(asking.change(change, vec![], Changed::by).await?))
}

/// Whose role in a project to take away.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "they are the names on the wire")]
pub(crate) struct RevokeProjectRole {
    pub(crate) project_id: String,
    /// The member whose role it is; or name a team.
    pub(crate) user_id: Option<String>,
    /// The team whose role it is; or name a member.
    pub(crate) team_id: Option<String>,
}

/// Takes away the role of a member or a team in a project.
#[utoipa::path(post, path = "/api/project.revokeRole", tag = "project", request_body = RevokeProjectRole,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn revoke_role(caller: Caller, Body(body): Body<RevokeProjectRole>) -> Answer<Changed> {
    let holder = holder(body.user_id, body.team_id)?;
    let asking = caller.whose(EntityKind::Project, &body.project_id).await?;
    Ok(Json(asking.change(Change::set_project_role(body.project_id, holder, None), vec![], Changed::by).await?))
}

/// Of which project.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProjectAccessOf {
    pub(crate) project_id: String,
    /// The organization: needed for what is deleted today, along with `at`.
    pub(crate) organization_id: Option<String>,
    /// As of a past revision such as `17`, or a past time: for those who may read the audit log.
    pub(crate) at: Option<String>,
    /// How many items, at most 200.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u16>,
    /// `next` of the page before.
    pub(crate) after: Option<String>,
}

/// The role of a member that counts in a project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProjectMember {
    pub(crate) user_id: String,
    #[schema(value_type = schema::Rank)]
    pub(crate) rank: Role,
    pub(crate) permissions: Vec<&'static str>,
    pub(crate) source: Source,
    /// When it becomes another one, or ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) until: Option<Time>,
}

/// Lists the members who may view a project, with the role that counts in it, why, and until when.
#[utoipa::path(get, path = "/api/project.listAccess", tag = "project", params(ProjectAccessOf),
    responses((status = 200, body = List<ProjectMember>), Problems))]
pub(crate) async fn list_access(caller: Caller, Query(of): Query<ProjectAccessOf>) -> Answer<List<ProjectMember>> {
    let thing = Thing::Project(&of.project_id);
    let which = Which { thing, organization: of.organization_id.as_deref(), at: of.at.as_deref() };
    let asking = caller.access_of(&which).await?;
    let as_of = asking.access_as_of(&which).await?;
    let page = Page::new(of.limit, of.after);
    let all = as_of.directory().project_access(of.project_id.as_str(), Some(as_of.time()));
    let members = all.map(|(user, access)| ProjectMember {
        user_id: user.clone(),
        rank: access.value().rank(),
        permissions: access.value().permissions().iter().map(shipgate::model::Permission::as_str).collect(),
        source: Source::of(&access),
        until: access.until(),
    });
    Ok(Json(page.of(members, |member| &member.user_id)?))
}

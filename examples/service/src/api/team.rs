//! Teams.

use axum::Json;
use serde::{Deserialize, Serialize};
use shipgate::change::Change;
use shipgate::directory::EntityKind;
use shipgate::{Action, ResourceId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::answer::{Answer, Changed, Created, Problems};
use crate::api::asking::{named, require_name};
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::page::{InOrganization, List, Page, with_names};
use crate::ids;
use crate::service::Service;

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(create))
        .routes(routes!(update))
        .routes(routes!(delete))
        .routes(routes!(list_members))
        .routes(routes!(add_member))
        .routes(routes!(remove_member))
}

/// A team.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Team {
    pub(crate) id: String,
    pub(crate) organization_id: String,
    pub(crate) name: String,
}

/// Lists the teams, by name.
#[utoipa::path(get, path = "/api/team.list", tag = "team", params(InOrganization),
    responses((status = 200, body = List<Team>), Problems))]
pub(crate) async fn list(caller: Caller, Query(which): Query<InOrganization>) -> Answer<List<Team>> {
    let asking = caller.of_named(which.organization_id.as_deref()).await?;
    asking.authorize(Action::View, ResourceId::Organization(&asking.organization))?;
    let page = Page::new(which.limit, which.after);
    let database = &asking.caller.service.database;
    let query = with_names(EntityKind::Team, "t.id", "t.organization = $1").bind(&asking.organization);
    let query = page.bound_by_name(database, query)?;
    let mut teams = Vec::new();
    for row in database.rows(query).await? {
        let organization_id = asking.organization.clone();
        teams.push(Team { id: row.text("id")?, organization_id, name: row.text("name")? });
    }
    Ok(Json(page.list(teams, |team| [team.name.clone(), team.id.clone()])?))
}

/// A team to create.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateTeam {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: String,
}

/// Creates a team, without members or access.
#[utoipa::path(post, path = "/api/team.create", tag = "team", request_body = CreateTeam,
    responses((status = 200, body = Created), Problems))]
pub(crate) async fn create(caller: Caller, Body(body): Body<CreateTeam>) -> Answer<Created> {
    let name = require_name(&body.name)?;
    let asking = caller.of_named(body.organization_id.as_deref()).await?;
    let id = ids::new("team");
    let change = Change::CreateTeam { organization: asking.organization.clone(), team: id.clone() };
    let beside = vec![named(EntityKind::Team, &id, &asking.organization, name)];
    Ok(Json(asking.change(change, beside, |record| Created::by(&id, record)).await?))
}

/// What to change of a team.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateTeam {
    pub(crate) team_id: String,
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: String,
}

/// Changes the name of a team.
#[utoipa::path(patch, path = "/api/team.update", tag = "team", request_body = UpdateTeam,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn update(caller: Caller, Body(body): Body<UpdateTeam>) -> Answer<Changed> {
    let name = require_name(&body.name)?;
    let asking = caller.whose(EntityKind::Team, &body.team_id).await?;
    let beside = vec![named(EntityKind::Team, &body.team_id, &asking.organization, name)];
    Ok(Json(asking.change(Change::update_team(body.team_id), beside, Changed::by).await?))
}

/// Which team.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneTeam {
    pub(crate) team_id: String,
}

/// Deletes a team without members, with the access that it has.
#[utoipa::path(delete, path = "/api/team.delete", tag = "team", params(OneTeam),
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn delete(caller: Caller, Query(one): Query<OneTeam>) -> Answer<Changed> {
    let asking = caller.whose(EntityKind::Team, &one.team_id).await?;
    Ok(Json(asking.change(Change::delete_team(one.team_id), vec![], Changed::by).await?))
}

/// Of which team.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MembersOf {
    pub(crate) team_id: String,
    /// How many items, at most 200.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u16>,
    /// `next` of the page before.
    pub(crate) after: Option<String>,
}

/// A member of a team.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TeamMember {
    pub(crate) user_id: String,
}

/// Lists the members of a team.
#[utoipa::path(get, path = "/api/team.listMembers", tag = "team", params(MembersOf),
    responses((status = 200, body = List<TeamMember>), Problems))]
pub(crate) async fn list_members(caller: Caller, Query(of): Query<MembersOf>) -> Answer<List<TeamMember>> {
    let asking = caller.whose(EntityKind::Team, &of.team_id).await?;
    asking.authorize(Action::View, ResourceId::Team(&of.team_id))?;
    let page = Page::new(of.limit, of.after);
    let members = asking.directory()?.members_of_team(of.team_id.as_str());
    let members = members.map(|account| TeamMember { user_id: account.id().clone() });
    Ok(Json(page.of(members, |member| &member.user_id)?))
}

/// A place in a team.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Place {
    pub(crate) team_id: String,
    pub(crate) user_id: String,
}

/// Puts a member into a team.
#[utoipa::path(post, path = "/api/team.addMember", tag = "team", request_body = Place,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn add_member(caller: Caller, Body(body): Body<Place>) -> Answer<Changed> {
    let asking = caller.whose(EntityKind::Team, &body.team_id).await?;
    Ok(Json(asking.change(Change::add_to_team(body.team_id, body.user_id), vec![], Changed::by).await?))
}

/// Takes a member out of a team.
#[utoipa::path(post, path = "/api/team.removeMember", tag = "team", request_body = Place,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn remove_member(caller: Caller, Body(body): Body<Place>) -> Answer<Changed> {
    let asking = caller.whose(EntityKind::Team, &body.team_id).await?;
    Ok(Json(asking.change(Change::remove_from_team(body.team_id, body.user_id), vec![], Changed::by).await?))
}

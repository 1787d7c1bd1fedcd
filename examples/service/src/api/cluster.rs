//! Clusters, and who has access to them.

use axum::Json;
use serde::{Deserialize, Serialize};
use shipgate::change::Change;
use shipgate::directory::EntityKind;
use shipgate::model::Orchestrator;
use shipgate::query::{Access, AccessSource};
use shipgate::sql::Columns;
use shipgate::{Action, AnyRole, ClusterAccess, Grant, Holder, Time, Visibility};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::Failure;
use crate::api::access_list::{Thing, Which};
use crate::api::answer::{Answer, Changed, Created, Problems};
use crate::api::asking::{named, require_name};
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::page::{InOrganization, List, Page, with_names};
use crate::api::schema;
use crate::database;
use crate::ids;
use crate::service::Service;

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(connect))
        .routes(routes!(update))
        .routes(routes!(disconnect))
        .routes(routes!(grant_access))
        .routes(routes!(revoke_access))
        .routes(routes!(list_access))
}

/// A cluster.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cluster {
    pub(crate) id: String,
    pub(crate) organization_id: String,
    pub(crate) name: String,
    #[schema(value_type = schema::Visibility)]
    pub(crate) visibility: Visibility,
    #[schema(value_type = Option<String>)]
    pub(crate) orchestrator: Option<Orchestrator>,
}

/// Lists the clusters that you may view, by name.
#[utoipa::path(get, path = "/api/cluster.list", tag = "cluster", params(InOrganization),
    responses((status = 200, body = List<Cluster>), Problems))]
pub(crate) async fn list(caller: Caller, Query(which): Query<InOrganization>) -> Answer<List<Cluster>> {
    let asking = caller.of_named(which.organization_id.as_deref()).await?;
    let page = Page::new(which.limit, which.after);
    let condition = asking.filter(Action::View)?.clusters();
    let database = &asking.caller.service.database;
    let clause = condition.sql(database.dialect(), &Columns::of("t").map_err(database::Error::content)?, 0);
    let query = with_names(EntityKind::Cluster, "t.id, t.organization, t.visibility, t.orchestrator", clause.text())
        .bind_all(clause.parameters());
    let rows = database.rows(page.bound_by_name(database, query)?).await?;
    let clusters = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    Ok(Json(page.list(clusters, |cluster: &Cluster| [cluster.name.clone(), cluster.id.clone()])?))
}

fn of_row(row: &database::Row) -> Result<Cluster, database::Error> {
    Ok(Cluster {
        id: row.text("id")?,
        organization_id: row.text("organization")?,
        name: row.text("name")?,
        visibility: database::word(&row.text("visibility")?)?,
        orchestrator: row.optional_text("orchestrator")?.as_deref().map(database::word).transpose()?,
    })
}

/// A cluster to connect.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ConnectCluster {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: String,
    /// Who sees it; every member, unless it is said.
    #[schema(value_type = Option<schema::Visibility>)]
    pub(crate) visibility: Option<Visibility>,
}

/// Connects a cluster. Nothing is granted on it: members have the default of their role.
#[utoipa::path(post, path = "/api/cluster.connect", tag = "cluster", request_body = ConnectCluster,
    responses((status = 200, body = Created), Problems))]
pub(crate) async fn connect(caller: Caller, Body(body): Body<ConnectCluster>) -> Answer<Created> {
    let name = require_name(&body.name)?;
    let asking = caller.of_named(body.organization_id.as_deref()).await?;
    let id = ids::new("cluster");
    let visibility = body.visibility.unwrap_or(Visibility::Organization);
    let change = Change::connect_cluster(asking.organization.clone(), id.clone(), visibility);
    let beside = vec![named(EntityKind::Cluster, &id, &asking.organization, name)];
    Ok(Json(asking.change(change, beside, |record| Created::by(&id, record)).await?))
}

/// What to change of a cluster.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateCluster {
    pub(crate) cluster_id: String,
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: Option<String>,
    #[schema(value_type = Option<schema::Visibility>)]
    pub(crate) visibility: Option<Visibility>,
}

/// Changes the name or the visibility of a cluster.
#[utoipa::path(patch, path = "/api/cluster.update", tag = "cluster", request_body = UpdateCluster,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn update(caller: Caller, Body(body): Body<UpdateCluster>) -> Answer<Changed> {
    let name = body.name.as_deref().map(require_name).transpose()?;
    let asking = caller.whose(EntityKind::Cluster, &body.cluster_id).await?;
    let change = Change::update_cluster(body.cluster_id.clone(), body.visibility);
    let beside = name.map(|name| named(EntityKind::Cluster, &body.cluster_id, &asking.organization, name));
    Ok(Json(asking.change(change, beside.into_iter().collect(), Changed::by).await?))
}

/// Which cluster.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct One {
    pub(crate) cluster_id: String,
}

/// Disconnects a cluster to which no environment deploys. The access to it goes along.
#[utoipa::path(delete, path = "/api/cluster.disconnect", tag = "cluster", params(One),
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn disconnect(caller: Caller, Query(one): Query<One>) -> Answer<Changed> {
    let asking = caller.whose(EntityKind::Cluster, &one.cluster_id).await?;
    Ok(Json(asking.change(Change::disconnect_cluster(one.cluster_id), vec![], Changed::by).await?))
}

/// Access to give.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GrantClusterAccess {
    pub(crate) cluster_id: String,
    /// The member who gets it; or name a team.
    pub(crate) user_id: Option<String>,
    /// The team that gets it; or name a member.
    pub(crate) team_id: Option<String>,
    #[schema(value_type = schema::Permission)]
    pub(crate) permission: ClusterAccess,
    /// When it ends; never, unless it is said.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) expires_at: Option<Time>,
}

/// Sets the access of a member or a team to a cluster. It takes effect at once.
#[utoipa::path(post, path = "/api/cluster.grantAccess", tag = "cluster", request_body = GrantClusterAccess,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn grant_access(caller: Caller, Body(body): Body<GrantClusterAccess>) -> Answer<Changed> {
    let holder = holder(body.user_id, body.team_id)?;
    let asking = caller.whose(EntityKind::Cluster, &body.cluster_id).await?;
    let grant = Grant::expiring(body.permission, body.expires_at);
    let change = Change::set_cluster_access(body.cluster_id, holder, Some(grant));
    Ok(Json(asking.change(change, vec![], Changed::by).await?))
}

/// Whose access to take away.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "they are the names on the wire")]
pub(crate) struct RevokeClusterAccess {
    pub(crate) cluster_id: String,
    /// The member whose access it is; or name a team.
    pub(crate) user_id: Option<String>,
    /// The team whose access it is; or name a member.
    pub(crate) team_id: Option<String>,
}

/// Takes away what was set for a member or a team. What their role gives remains.
#[utoipa::path(post, path = "/api/cluster.revokeAccess", tag = "cluster", request_body = RevokeClusterAccess,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn revoke_access(caller: Caller, Body(body): Body<RevokeClusterAccess>) -> Answer<Changed> {
    let holder = holder(body.user_id, body.team_id)?;
    let asking = caller.whose(EntityKind::Cluster, &body.cluster_id).await?;
    let change = Change::set_cluster_access(body.cluster_id, holder, None);
    Ok(Json(asking.change(change, vec![], Changed::by).await?))
}

/// A member or a team.
pub(crate) fn holder(user: Option<String>, team: Option<String>) -> Result<Holder<String>, Failure> {
    match (user, team) {
        (Some(user), None) => Ok(Holder::Account(user)),
        (None, Some(team)) => Ok(Holder::Team(team)),
        (None, None) | (Some(_), Some(_)) => Err(Failure::bad_request("name either `userId` or `teamId`")),
    }
}

/// Of which cluster.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccessOf {
    pub(crate) cluster_id: String,
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

/// What a member has on a cluster.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClusterMember {
    pub(crate) user_id: String,
    #[schema(value_type = schema::Permission)]
    pub(crate) permission: ClusterAccess,
    pub(crate) source: Source,
    /// When it becomes another one, or ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) until: Option<Time>,
}

/// Where access comes from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Source {
    /// The role in the organization: the name of a built-in role, or the id of a custom one.
    Role(String),
    /// A role in the project, of the member alone.
    ProjectRole,
    /// A role in the project, of this team.
    ProjectRoleOfTeam(String),
    /// Access that was granted to the member alone.
    Grant,
    /// Access that was granted to this team.
    GrantToTeam(String),
}

impl Source {
    pub(crate) fn of<T: Copy>(access: &Access<'_, String, T>) -> Self {
        match access.source() {
            AccessSource::Role(AnyRole::BuiltIn(role)) => Self::Role(role.as_str().to_owned()),
            AccessSource::Role(AnyRole::Custom(role)) => Self::Role(role.clone()),
            AccessSource::ProjectRole(Holder::Account(_)) => Self::ProjectRole,
            AccessSource::ProjectRole(Holder::Team(team)) => Self::ProjectRoleOfTeam(team.clone()),
            AccessSource::ClusterAccess(Holder::Account(_)) => Self::Grant,
            AccessSource::ClusterAccess(Holder::Team(team)) => Self::GrantToTeam(team.clone()),
        }
    }
}

/// Lists the members who may view a cluster, with what they have on it, why, and until when.
#[utoipa::path(get, path = "/api/cluster.listAccess", tag = "cluster", params(AccessOf),
    responses((status = 200, body = List<ClusterMember>), Problems))]
pub(crate) async fn list_access(caller: Caller, Query(of): Query<AccessOf>) -> Answer<List<ClusterMember>> {
    let thing = Thing::Cluster(&of.cluster_id);
    let which = Which { thing, organization: of.organization_id.as_deref(), at: of.at.as_deref() };
    let asking = caller.access_of(&which).await?;
    let as_of = asking.access_as_of(&which).await?;
    let page = Page::new(of.limit, of.after);
    let all = as_of.directory().cluster_access(of.cluster_id.as_str(), Some(as_of.time()));
    let members = all.map(|(user, access)| ClusterMember {
        user_id: user.clone(),
        permission: access.value(),
        source: Source::of(&access),
        until: access.until(),
    });
    Ok(Json(page.of(members, |member| &member.user_id)?))
}

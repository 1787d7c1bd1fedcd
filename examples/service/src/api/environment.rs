//! Environments, and how they are protected.

use axum::Json;
use serde::{Deserialize, Serialize};
use shipgate::change::Change;
use shipgate::directory::EntityKind;
use shipgate::sql::EnvironmentColumns;
use shipgate::{Action, ClusterAccess, Protection, Role, Time};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::access_list::{Thing, Which};
use crate::api::answer::{Answer, Changed, Created, Problems};
use crate::api::asking::{named, require_name};
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::page::{List, Page, with_names};
use crate::api::schema;
use crate::service::Service;
use crate::{database, ids};

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(create))
        .routes(routes!(update))
        .routes(routes!(set_protection))
        .routes(routes!(retarget))
        .routes(routes!(delete))
        .routes(routes!(list_access))
        .routes(routes!(list_deployers))
        .routes(routes!(list_approvers))
}

/// An environment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Environment {
    pub(crate) id: String,
    pub(crate) organization_id: String,
    pub(crate) project_id: String,
    pub(crate) cluster_id: String,
    pub(crate) name: String,
    pub(crate) namespace: String,
    #[schema(value_type = schema::Protection)]
    pub(crate) protection: Protection,
}

/// Which environments.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichEnvironments {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    /// Those of this project.
    pub(crate) project_id: Option<String>,
    /// Those that deploy to this cluster.
    pub(crate) cluster_id: Option<String>,
    /// How many items, at most 200.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u16>,
    /// `next` of the page before.
    pub(crate) after: Option<String>,
}

/// Lists the environments that you may view, by name.
#[utoipa::path(get, path = "/api/environment.list", tag = "environment", params(WhichEnvironments),
    responses((status = 200, body = List<Environment>), Problems))]
pub(crate) async fn list(caller: Caller, Query(which): Query<WhichEnvironments>) -> Answer<List<Environment>> {
    let asking = caller.of_named(which.organization_id.as_deref()).await?;
    let page = Page::new(which.limit, which.after);
    let condition = asking.filter(Action::View)?.environments();
    let database = &asking.caller.service.database;
    let columns = EnvironmentColumns::of("t").map_err(database::Error::content)?;
    let clause = condition.sql(database.dialect(), &columns, 0);
    let mut query = with_names(EntityKind::Environment, "t.*", clause.text()).bind_all(clause.parameters());
    for (column, id) in [("t.project", which.project_id), ("t.cluster", which.cluster_id)] {
        if let Some(id) = id {
            let number = query.bound().saturating_add(1);
            query = query.and(&format!(" AND {column} = ${number}")).bind(id);
        }
    }
    let rows = database.rows(page.bound_by_name(database, query)?).await?;
    let environments = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    Ok(Json(page.list(environments, |environment: &Environment| [environment.name.clone(), environment.id.clone()])?))
}

fn of_row(row: &database::Row) -> Result<Environment, database::Error> {
    Ok(Environment {
        id: row.text("id")?,
        organization_id: row.text("organization")?,
        project_id: row.text("project")?,
        cluster_id: row.text("cluster")?,
        name: row.text("name")?,
        namespace: row.text("namespace")?,
        protection: database::protection(row)?,
    })
}

/// An environment to create.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateEnvironment {
    pub(crate) project_id: String,
    pub(crate) cluster_id: String,
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: String,
    /// The namespace on the cluster: lower-case letters, digits and `-`. Without it, one is made of the id.
    pub(crate) namespace: Option<String>,
    #[schema(value_type = Option<schema::Protection>)]
    pub(crate) protection: Option<Protection>,
}

/// Creates an environment of a project, on a cluster.
#[utoipa::path(post, path = "/api/environment.create", tag = "environment", request_body = CreateEnvironment,
    responses((status = 200, body = Created), Problems))]
pub(crate) async fn create(caller: Caller, Body(body): Body<CreateEnvironment>) -> Answer<Created> {
    let name = require_name(&body.name)?;
    let asking = caller.whose(EntityKind::Project, &body.project_id).await?;
    let id = ids::new("environment");
    let namespace = body.namespace.unwrap_or_else(|| id.replace('_', "-"));
    let protection = body.protection.unwrap_or(Protection::NONE);
    let change = Change::create_environment(id.clone(), body.project_id, body.cluster_id, namespace, protection);
    let beside = vec![named(EntityKind::Environment, &id, &asking.organization, name)];
    Ok(Json(asking.change(change, beside, |record| Created::by(&id, record)).await?))
}

/// What to change of an environment.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateEnvironment {
    pub(crate) environment_id: String,
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: String,
}

/// Changes the name of an environment.
#[utoipa::path(patch, path = "/api/environment.update", tag = "environment", request_body = UpdateEnvironment,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn update(caller: Caller, Body(body): Body<UpdateEnvironment>) -> Answer<Changed> {
    let name = require_name(&body.name)?;
    let asking = caller.whose(EntityKind::Environment, &body.environment_id).await?;
    let beside = vec![named(EntityKind::Environment, &body.environment_id, &asking.organization, name)];
    Ok(Json(asking.change(Change::update_environment(body.environment_id), beside, Changed::by).await?))
}

/// The new protection of an environment.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SetProtection {
    pub(crate) environment_id: String,
    #[schema(value_type = schema::Protection)]
    pub(crate) protection: Protection,
}

/// Sets the protection of an environment.
#[utoipa::path(patch, path = "/api/environment.setProtection", tag = "environment", request_body = SetProtection,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn set_protection(caller: Caller, Body(body): Body<SetProtection>) -> Answer<Changed> {
    let asking = caller.whose(EntityKind::Environment, &body.environment_id).await?;
    let change = Change::set_protection(body.environment_id, body.protection);
    Ok(Json(asking.change(change, vec![], Changed::by).await?))
}

/// Where an environment moves.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Retarget {
    pub(crate) environment_id: String,
    /// The new cluster; it may be the present one.
    pub(crate) cluster_id: String,
    /// The new namespace; without it, the present one is kept.
    pub(crate) namespace: Option<String>,
}

/// Moves an environment to another cluster, another namespace, or both.
#[utoipa::path(patch, path = "/api/environment.retarget", tag = "environment", request_body = Retarget,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn retarget(caller: Caller, Body(body): Body<Retarget>) -> Answer<Changed> {
    let asking = caller.whose(EntityKind::Environment, &body.environment_id).await?;
    let change = Change::retarget(body.environment_id, body.cluster_id, body.namespace);
    Ok(Json(asking.change(change, vec![], Changed::by).await?))
}

/// Which environment.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneEnvironment {
    pub(crate) environment_id: String,
}

/// Deletes an environment.
#[utoipa::path(delete, path = "/api/environment.delete", tag = "environment", params(OneEnvironment),
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn delete(caller: Caller, Query(one): Query<OneEnvironment>) -> Answer<Changed> {
    let asking = caller.whose(EntityKind::Environment, &one.environment_id).await?;
    Ok(Json(asking.change(Change::delete_environment(one.environment_id), vec![], Changed::by).await?))
}

/// Of which environment.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccessOfEnvironment {
    pub(crate) environment_id: String,
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

impl AccessOfEnvironment {
    fn which(&self) -> Which<'_> {
        let thing = Thing::Environment(&self.environment_id);
        Which { thing, organization: self.organization_id.as_deref(), at: self.at.as_deref() }
    }
}

/// What a member has in an environment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnvironmentMember {
    pub(crate) user_id: String,
    #[schema(value_type = schema::Rank)]
    pub(crate) rank: Role,
    #[schema(value_type = schema::Permission)]
    pub(crate) permission: ClusterAccess,
    /// When one of both becomes another one, or ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) until: Option<Time>,
}

/// Lists the members who may view an environment, with the role that counts in its project and their access to its cluster.
#[utoipa::path(get, path = "/api/environment.listAccess", tag = "environment", params(AccessOfEnvironment),
    responses((status = 200, body = List<EnvironmentMember>), Problems))]
pub(crate) async fn list_access(
    caller: Caller,
    Query(of): Query<AccessOfEnvironment>,
) -> Answer<List<EnvironmentMember>> {
    let which = of.which();
    let asking = caller.access_of(&which).await?;
    let as_of = asking.access_as_of(&which).await?;
    let page = Page::new(of.limit, of.after.clone());
    let all = as_of.directory().environment_access(of.environment_id.as_str(), Some(as_of.time()));
    let members = all.map(|(user, access)| EnvironmentMember {
        user_id: user.clone(),
        rank: access.role().value().rank(),
        permission: access.level().value(),
        until: access.until(),
    });
    Ok(Json(page.of(members, |member| &member.user_id)?))
}

/// A member who may deploy.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deployer {
    pub(crate) user_id: String,
    /// Whether approvals are needed.
    pub(crate) needs_approval: bool,
}

/// Lists the members who may deploy to an environment.
#[utoipa::path(get, path = "/api/environment.listDeployers", tag = "environment", params(AccessOfEnvironment),
    responses((status = 200, body = List<Deployer>), Problems))]
pub(crate) async fn list_deployers(caller: Caller, Query(of): Query<AccessOfEnvironment>) -> Answer<List<Deployer>> {
    let which = of.which();
    let asking = caller.access_of(&which).await?;
    let as_of = asking.access_as_of(&which).await?;
    let page = Page::new(of.limit, of.after.clone());
    let all = as_of.directory().deployers(of.environment_id.as_str(), Some(as_of.time()));
    let deployers =
        all.map(|(user, decision)| Deployer { user_id: user.clone(), needs_approval: !decision.is_allowed() });
    Ok(Json(page.of(deployers, |deployer| &deployer.user_id)?))
}

/// A member who may approve.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Approver {
    pub(crate) user_id: String,
}

/// Lists the members who may approve what others deploy to an environment.
#[utoipa::path(get, path = "/api/environment.listApprovers", tag = "environment", params(AccessOfEnvironment),
    responses((status = 200, body = List<Approver>), Problems))]
pub(crate) async fn list_approvers(caller: Caller, Query(of): Query<AccessOfEnvironment>) -> Answer<List<Approver>> {
    let which = of.which();
    let asking = caller.access_of(&which).await?;
    let as_of = asking.access_as_of(&which).await?;
    let page = Page::new(of.limit, of.after.clone());
    let all = as_of.directory().approvers(of.environment_id.as_str(), Some(as_of.time()));
    Ok(Json(page.of(all.map(|user| Approver { user_id: user.clone() }), |approver| &approver.user_id)?))
}

//! Organizations.

use axum::Json;
use serde::{Deserialize, Serialize};
use shipgate::change::{Change, Follower, ProposeError};
use shipgate::directory::EntityKind;
use shipgate::{Action, ResourceId, Time};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::answer::{Answer, Changed, Created, Problems};
use crate::api::asking::{named, require_name};
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::page::{List, Order, Page};
use crate::authentication::session::remember;
use crate::organizations::Proposed;
use crate::service::Service;
use crate::{database, ids};

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(update)).routes(routes!(delete)).routes(routes!(findings))
}

/// Those for which nothing is decided.
pub(crate) fn own_routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(create))
}

/// An organization.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The revision of its last change.
    pub(crate) revision: u64,
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichOrganizations {
    /// How many items, at most 200.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u16>,
    /// `next` of the page before.
    pub(crate) after: Option<String>,
}

/// Lists the organizations that you are a member of, and that your token is for.
#[utoipa::path(get, path = "/api/organization.list", tag = "organization", params(WhichOrganizations),
    responses((status = 200, body = List<Organization>), Problems))]
pub(crate) async fn list(caller: Caller, Query(which): Query<WhichOrganizations>) -> Answer<List<Organization>> {
    caller.require_live()?;
    let page = Page::new(which.limit, which.after);
    let database = &caller.service.database;
    let name = "COALESCE(n.name, m.organization)";
    let text = format!(
        "SELECT m.organization, {name} AS name FROM shipgate_members AS m \
         LEFT JOIN service_names AS n ON n.kind = 'organization' AND n.id = m.organization WHERE m.account = $1"
    );
    let query = database::Query::new(text).bind(caller.account());
    let rows = database.rows(page.bound(database, query, [name, "m.organization"], Order::Rising)?).await?;
    let mut organizations = Vec::new();
    for row in rows {
        let (id, name) = (row.text("organization")?, row.text("name")?);
        organizations.push(Organization { id, name, revision: 0 });
    }
    let mut list = page.list(organizations, |organization| [organization.name.clone(), organization.id.clone()])?;
    let mut seen = Vec::new();
    for organization in list.items {
        let asking = caller.clone().of_own(&organization.id).await?;
        if asking.decide(Action::View, ResourceId::Organization(&organization.id))?.is_allowed() {
            let revision = asking.directory()?.revision(organization.id.as_str()).unwrap_or_default();
            seen.push(Organization { revision, ..organization });
        }
    }
    list.items = seen;
    Ok(Json(list))
}

/// An organization to create.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateOrganization {
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: String,
}

/// Creates an organization, of which you are the Owner.
#[utoipa::path(post, path = "/api/organization.create", tag = "organization", request_body = CreateOrganization,
    responses((status = 200, body = Created), Problems))]
pub(crate) async fn create(caller: Caller, Body(body): Body<CreateOrganization>) -> Answer<Created> {
    let name = require_name(&body.name)?;
    caller.require_session()?;
    let id = ids::new("organization");
    let propose = |follower: &Follower<String>, now: Time, record: String| {
        let (owner, kind) = (caller.account().to_owned(), caller.authenticated.kind);
        let record = follower.propose_organization(now, record, id.clone(), owner, kind).map_err(ProposeError::from)?;
        let mut beside = vec![named(EntityKind::Organization, &id, &id, name)];
        beside.extend(caller.authenticated.session().map(|session| remember(session, &id, record.revision()).into()));
        beside.extend(caller.repeatable(&Created::by(&id, &record)));
        Ok(Proposed { record, beside })
    };
    let record = caller.service.organizations.found(propose).await?;
    Ok(Json(Created::by(&id, &record)))
}

/// Which organization.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneOrganization {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
}

/// Shows an organization.
#[utoipa::path(get, path = "/api/organization.get", tag = "organization", params(OneOrganization),
    responses((status = 200, body = Organization), Problems))]
pub(crate) async fn get(caller: Caller, Query(one): Query<OneOrganization>) -> Answer<Organization> {
    let asking = caller.of_named(one.organization_id.as_deref()).await?;
    asking.authorize(Action::View, ResourceId::Organization(&asking.organization))?;
    let query = database::Query::new("SELECT name FROM service_names WHERE kind = 'organization' AND id = $1");
    let row = asking.caller.service.database.row(query.bind(&asking.organization)).await?;
    let id = asking.organization.clone();
    let name = row.map(|row| row.text("name")).transpose()?.unwrap_or_else(|| id.clone());
    let revision = asking.directory()?.revision(id.as_str()).unwrap_or_default();
    Ok(Json(Organization { id, name, revision }))
}

/// What to change of an organization.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateOrganization {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: String,
}

/// Changes the name of an organization.
#[utoipa::path(patch, path = "/api/organization.update", tag = "organization", request_body = UpdateOrganization,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn update(caller: Caller, Body(body): Body<UpdateOrganization>) -> Answer<Changed> {
    let name = require_name(&body.name)?;
    let asking = caller.of_named(body.organization_id.as_deref()).await?;
    let id = asking.organization.clone();
    let beside = vec![named(EntityKind::Organization, &id, &id, name)];
    Ok(Json(asking.change(Change::update_organization(id), beside, Changed::by).await?))
}

/// Deletes an organization, with everything in it. Name it, also if the token is for one only.
#[utoipa::path(delete, path = "/api/organization.delete", tag = "organization", params(OneOrganization),
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn delete(caller: Caller, Query(one): Query<OneOrganization>) -> Answer<Changed> {
    let Some(id) = one.organization_id else {
        return Err(crate::api::Failure::bad_request("organizationId is missing: name what to delete"));
    };
    let asking = caller.of(&id).await?;
    Ok(Json(asking.change(Change::delete_organization(id), vec![], Changed::by).await?))
}

/// Something to look at.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finding {
    /// What it is, in words.
    pub(crate) text: String,
}

/// Lists what looks wrong: grants that never count, organizations with one Owner, and the like. For those who may change roles.
#[utoipa::path(get, path = "/api/organization.findings", tag = "organization", params(OneOrganization),
    responses((status = 200, body = Vec<Finding>), Problems))]
pub(crate) async fn findings(caller: Caller, Query(one): Query<OneOrganization>) -> Answer<Vec<Finding>> {
    let asking = caller.of_named(one.organization_id.as_deref()).await?;
    asking.authorize(Action::ViewAuditLog, ResourceId::Organization(&asking.organization))?;
    let findings = asking.directory()?.findings(asking.organization.as_str(), asking.now());
    Ok(Json(findings.map(|finding| Finding { text: finding.to_string() }).collect()))
}

//! Members of an organization: `orgTeam`, as the documented call names them.

use axum::Json;
use serde::{Deserialize, Deserializer, Serialize};
use shipgate::change::Change;
use shipgate::{AccountKind, Action, AnyRole, ResourceId, Role, Time};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Account;
use crate::api::Failure;
use crate::api::answer::{Answer, Changed, Created, Problems};
use crate::api::asking::{Asking, require_name};
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::page::{List, Order, Page};
use crate::api::schema;
use crate::service::Service;
use crate::{database, ids};

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(update))
        .routes(routes!(set_expiry))
        .routes(routes!(remove))
        .routes(routes!(transfer_ownership))
        .routes(routes!(add_service_account))
}

/// A role by its name on the wire: that of a built-in one, or the id of a custom one.
pub(crate) fn role(text: &str) -> AnyRole<String> {
    text.parse::<Role>().map_or_else(|_| AnyRole::Custom(text.to_owned()), AnyRole::BuiltIn)
}

/// The name of a role on the wire.
pub(crate) fn role_name(role: AnyRole<String>) -> String {
    match role {
        AnyRole::BuiltIn(role) => role.as_str().to_owned(),
        AnyRole::Custom(id) => id,
    }
}

/// A member.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Member {
    pub(crate) user_id: String,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    #[schema(value_type = schema::AccountKind)]
    pub(crate) kind: AccountKind,
    /// The name of a built-in role, or the id of a custom one.
    pub(crate) role: String,
    /// When the membership ends; `null` if it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) expires_at: Option<Time>,
}

/// Which members.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichMembers {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    /// Those whose name or address contains this.
    pub(crate) search: Option<String>,
    /// Those with this role.
    pub(crate) role: Option<String>,
    /// As of a past revision such as `17`, or a past time, by id and without `search`: for those who may read the audit log.
    pub(crate) at: Option<String>,
    /// How many items, at most 200.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u16>,
    /// `next` of the page before.
    pub(crate) after: Option<String>,
}

/// Lists the members, by name or, of the past, by id. Names and addresses are those of today.
#[utoipa::path(get, path = "/api/orgTeam.list", tag = "orgTeam", params(WhichMembers),
    responses((status = 200, body = List<Member>), Problems))]
pub(crate) async fn list(caller: Caller, Query(which): Query<WhichMembers>) -> Answer<List<Member>> {
    let asking = caller.of_named(which.organization_id.as_deref()).await?;
    asking.authorize(Action::View, ResourceId::Organization(&asking.organization))?;
    let page = Page::new(which.limit, which.after.clone());
    let database = &asking.caller.service.database;
    if which.at.is_some() {
        return Ok(Json(list_past(&asking, &which, &page).await?));
    }
    let name = "COALESCE(a.name, m.account)";
    let text = format!(
        "SELECT m.account, m.kind, m.role, m.custom_role, m.expires_at, a.email, {name} AS name \
         FROM shipgate_members AS m LEFT JOIN service_accounts AS a ON a.id = m.account WHERE m.organization = $1"
    );
    let mut query = database::Query::new(text).bind(&asking.organization);
    if let Some(search) = &which.search {
        let number = query.bound().saturating_add(1);
        let like = format!(
            " AND (LOWER({name}) LIKE ${number} ESCAPE '!' OR LOWER(COALESCE(a.email, '')) LIKE ${number} ESCAPE '!')"
        );
        query = query.and(&like).bind(pattern(search));
    }
    if let Some(role) = &which.role {
        let number = query.bound().saturating_add(1);
        query = query.and(&format!(" AND COALESCE(m.role, m.custom_role) = ${number}")).bind(role);
    }
    let rows = database.rows(page.bound(database, query, [name, "m.account"], Order::Rising)?).await?;
    let members = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    Ok(Json(page.list(members, |member: &Member| [member.name.clone(), member.user_id.clone()])?))
}

/// The members of a past moment.
async fn list_past(asking: &Asking, which: &WhichMembers, page: &Page) -> Result<List<Member>, Failure> {
    if which.search.is_some() {
        return Err(Failure::bad_request(
            "search: it goes by names, which are not kept of the past: leave it out, or `at`",
        ));
    }
    let as_of = asking.as_of(which.at.as_deref()).await?;
    let mut members = as_of.directory().rows().members;
    members.retain(|row| which.role.as_ref().is_none_or(|role| *role == role_name(row.role.clone())));
    members.sort_by(|one, other| one.account.cmp(&other.account));
    let members = members.into_iter().map(|row| Member {
        name: row.account.clone(),
        user_id: row.account,
        email: None,
        kind: row.kind,
        role: role_name(row.role),
        expires_at: row.expires_at,
    });
    let mut list = page.of(members, |member| &member.user_id)?;
    name_all(&asking.caller.service.database, &mut list.items).await?;
    Ok(list)
}

/// Gives members the names and addresses that their accounts have today.
async fn name_all(database: &database::Database, members: &mut [Member]) -> Result<(), database::Error> {
    let ids: Vec<_> = members.iter().map(|member| member.user_id.clone()).collect();
    let text = format!("SELECT id, name, email FROM service_accounts WHERE {}", database.is_one_of("id", 1));
    for row in database.rows(database::Query::new(text).bind(database::Value::Texts(ids))).await? {
        let id = row.text("id")?;
        if let Some(member) = members.iter_mut().find(|member| member.user_id == id) {
            (member.name, member.email) = (row.text("name")?, row.optional_text("email")?);
        }
    }
    Ok(())
}

/// The pattern of `LIKE` for texts that contain this.
pub(crate) fn pattern(search: &str) -> String {
    let escaped = search.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

fn of_row(row: &database::Row) -> Result<Member, database::Error> {
    Ok(Member {
        user_id: row.text("account")?,
        name: row.text("name")?,
        email: row.optional_text("email")?,
        kind: database::word(&row.text("kind")?)?,
        role: role_name(database::role(row)?),
        expires_at: row.optional_time("expires_at")?,
    })
}

/// The new role of a member.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateMember {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    pub(crate) user_id: String,
    /// The name of a built-in role, or the id of a custom one.
    pub(crate) role: String,
}

/// Changes the role of a member. It takes effect at once.
#[utoipa::path(patch, path = "/api/orgTeam.update", tag = "orgTeam", request_body = UpdateMember,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn update(caller: Caller, Body(body): Body<UpdateMember>) -> Answer<Changed> {
    let asking = caller.of_named(body.organization_id.as_deref()).await?;
    let change = Change::change_role(asking.organization.clone(), body.user_id, role(&body.role));
    Ok(Json(asking.change(change, vec![], Changed::by).await?))
}

/// The new end of a membership.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SetMemberExpiry {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    pub(crate) user_id: String,
    /// When the membership ends; `null` for never.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub(crate) expires_at: Option<Time>,
}

/// A value that may be `null`, but not be left out.
pub(crate) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// Sets when a membership ends.
#[utoipa::path(patch, path = "/api/orgTeam.setExpiry", tag = "orgTeam", request_body = SetMemberExpiry,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn set_expiry(caller: Caller, Body(body): Body<SetMemberExpiry>) -> Answer<Changed> {
    let asking = caller.of_named(body.organization_id.as_deref()).await?;
    let change = Change::set_expiry(asking.organization.clone(), body.user_id, body.expires_at);
    Ok(Json(asking.change(change, vec![], Changed::by).await?))
}

/// Which member.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneMember {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    pub(crate) user_id: String,
}

/// Removes a member, with what they had. Members may remove themselves.
#[utoipa::path(delete, path = "/api/orgTeam.remove", tag = "orgTeam", params(OneMember),
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn remove(caller: Caller, Query(one): Query<OneMember>) -> Answer<Changed> {
    let asking = caller.of_named(one.organization_id.as_deref()).await?;
    let change = Change::remove_member(asking.organization.clone(), one.user_id);
    Ok(Json(asking.change(change, vec![], Changed::by).await?))
}

/// Who becomes an Owner.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TransferOwnership {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    pub(crate) user_id: String,
}

/// Makes a member an Owner, and you an Admin.
#[utoipa::path(post, path = "/api/orgTeam.transferOwnership", tag = "orgTeam", request_body = TransferOwnership,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn transfer_ownership(caller: Caller, Body(body): Body<TransferOwnership>) -> Answer<Changed> {
    let asking = caller.of_named(body.organization_id.as_deref()).await?;
    let change = Change::transfer_ownership(asking.organization.clone(), body.user_id);
    Ok(Json(asking.change(change, vec![], Changed::by).await?))
}

/// A program that becomes a member.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AddServiceAccount {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: String,
    /// The name of a built-in role, or the id of a custom one.
    pub(crate) role: String,
    /// When the membership ends; never, unless it is said.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) expires_at: Option<Time>,
}

/// Makes an account for a program, which belongs to this organization alone, and makes it a member. An Owner makes its tokens.
#[utoipa::path(post, path = "/api/orgTeam.addServiceAccount", tag = "orgTeam", request_body = AddServiceAccount,
    responses((status = 200, body = Created), Problems))]
pub(crate) async fn add_service_account(caller: Caller, Body(body): Body<AddServiceAccount>) -> Answer<Created> {
    let name = require_name(&body.name)?;
    let asking = caller.of_named(body.organization_id.as_deref()).await?;
    let account = Account::program(ids::new("service"), name, asking.organization.clone());
    let (organization, id) = (asking.organization.clone(), account.id.clone());
    let change = Change::invite_member(organization, id.clone(), account.kind, role(&body.role), body.expires_at);
    let beside = vec![account.insert(None, asking.now()).into()];
    Ok(Json(asking.change(change, beside, |record| Created::by(&id, record)).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_for_is_no_pattern() {
        assert_eq!(pattern("50%_Off!"), "%50!%!_off!!%");
    }

    #[test]
    fn an_expiry_may_be_null_and_not_be_left_out() {
        let read = |text| serde_json::from_str::<SetMemberExpiry>(text).map(|body| body.expires_at);
        assert_eq!(read(r#"{ "userId": "alice", "expiresAt": null }"#).unwrap(), None);
        assert!(read(r#"{ "userId": "alice" }"#).is_err());
    }
}

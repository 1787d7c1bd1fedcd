//! API tokens: of one's own account, and of the programs of an organization, which its Owners make.

use axum::Json;
use serde::{Deserialize, Serialize};
use shipgate::{AccountKind, Action, ActionSet, ResourceId, Time, Token};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::Failure;
use crate::api::answer::{Answer, Problems};
use crate::api::asking::require_name;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::page::{List, Order, Page};
use crate::audit;
use crate::authentication::token::NewToken;
use crate::database::{self, Step};
use crate::service::Service;
use crate::{ids, secrets};

/// The longest that a token lasts, in milliseconds: a year.
const LONGEST: i64 = 366 * 24 * 60 * 60 * 1_000;

pub(crate) fn own_routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(list)).routes(routes!(revoke))
}

/// Whose tokens a request is about.
pub(crate) struct Holder {
    pub(crate) account: String,
    /// The organization that a program belongs to.
    pub(crate) organization: Option<String>,
}

impl Holder {
    /// The caller's own account, or a program of an organization of which the caller is an Owner: an Owner alone holds whatever a
    /// program may hold.
    async fn find(caller: &Caller, user: Option<&str>) -> Result<Self, Failure> {
        let user = match user {
            Some(user) if user != caller.account() => user,
            Some(_) | None => return Ok(Self { account: caller.account().to_owned(), organization: None }),
        };
        let account = caller.service.database.account(user).await?.ok_or_else(Failure::not_found)?;
        let (AccountKind::Service, Some(organization)) = (account.kind, account.organization) else {
            return Err(Failure::not_found());
        };
        let asking = caller.clone().of_own(&organization).await?;
        asking.authorize(Action::Delete, ResourceId::Organization(&organization))?;
        Ok(Self { account: account.id, organization: Some(organization) })
    }

    /// The statement that tells of it in the audit log.
    fn event(&self, kind: &str, caller: &Caller, token: &str) -> Step {
        match &self.organization {
            Some(organization) => {
                audit::Event::new(organization, caller.now(), kind, caller.account()).about(token).insert().into()
            }
            None => audit::in_each_organization(kind, caller.account(), caller.now(), Some(token)).into(),
        }
    }
}

/// A token to make.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateToken {
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: String,
    /// What it may do, such as `view` and `deploy`. It never may more than its account.
    #[schema(value_type = Vec<String>)]
    pub(crate) actions: ActionSet,
    /// The organizations that it is for; without them, all.
    pub(crate) organization_ids: Option<Vec<String>>,
    /// The projects that it is for; without them, all.
    pub(crate) project_ids: Option<Vec<String>>,
    /// The environments that it is for; without them, all.
    pub(crate) environment_ids: Option<Vec<String>>,
    /// The clusters that it is for; without them, all.
    pub(crate) cluster_ids: Option<Vec<String>>,
    /// When it expires: in a year at the latest.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) expires_at: Time,
    /// The program whose token it is; without it, it is your own.
    pub(crate) user_id: Option<String>,
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenMade {
    pub(crate) id: String,
    /// The secret. It is told once.
    pub(crate) token: String,
}

/// Makes a token. Sign in for that: no token makes another one.
#[utoipa::path(post, path = "/api/token.create", tag = "token", request_body = CreateToken,
    responses((status = 200, body = TokenMade), Problems))]
pub(crate) async fn create(caller: Caller, Body(body): Body<CreateToken>) -> Answer<TokenMade> {
    let name = require_name(&body.name)?;
    caller.require_session()?;
    let now = caller.now();
    let lasts = body.expires_at.as_millis().saturating_sub(now.as_millis());
    if !(1..=LONGEST).contains(&lasts) {
        return Err(Failure::bad_request("expiresAt: choose a time within a year from now"));
    }
    let holder = Holder::find(&caller, body.user_id.as_deref()).await?;
    let (id, secret) = (ids::new("token"), secrets::new("token"));
    let mut scope = Token::new(body.actions).until(body.expires_at).named(&id);
    // A program belongs to one organization.
    if let Some(organizations) = holder.organization.clone().map(|only| vec![only]).or(body.organization_ids) {
        scope = scope.for_organizations(organizations);
    }
    if let Some(projects) = body.project_ids {
        scope = scope.for_projects(projects);
    }
    if let Some(environments) = body.environment_ids {
        scope = scope.for_environments(environments);
    }
    if let Some(clusters) = body.cluster_ids {
        scope = scope.for_clusters(clusters);
    }
    let new = NewToken {
        id: &id,
        secret: &secret,
        account: &holder.account,
        name,
        created_by: caller.account(),
        now,
        expires_at: body.expires_at,
    };
    let steps = vec![new.insert(&scope)?.into(), holder.event("token_created", &caller, &id)];
    Ok(Json(caller.store_secret("a token", steps, TokenMade { id, token: secret }).await?))
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenShown {
    pub(crate) id: String,
    pub(crate) name: String,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) expires_at: Time,
    /// What it may do, and where.
    #[schema(value_type = Object)]
    pub(crate) scope: serde_json::Value,
}

/// Which tokens.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichTokens {
    /// The program whose tokens they are; without it, they are your own.
    pub(crate) user_id: Option<String>,
    /// How many items, at most 200.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u16>,
    /// `next` of the page before.
    pub(crate) after: Option<String>,
}

/// Lists tokens, by name.
#[utoipa::path(get, path = "/api/token.list", tag = "token", params(WhichTokens),
    responses((status = 200, body = List<TokenShown>), Problems))]
pub(crate) async fn list(caller: Caller, Query(which): Query<WhichTokens>) -> Answer<List<TokenShown>> {
    caller.require_live()?;
    let holder = Holder::find(&caller, which.user_id.as_deref()).await?;
    let page = Page::new(which.limit, which.after);
    let text = "SELECT t.id, t.name, t.created_at, t.expires_at, t.scope FROM service_tokens AS t WHERE t.account = $1";
    let query = database::Query::new(text).bind(&holder.account);
    let query = page.bound(&caller.service.database, query, ["t.name", "t.id"], Order::Rising)?;
    let rows = caller.service.database.rows(query).await?;
    let tokens = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    Ok(Json(page.list(tokens, |token: &TokenShown| [token.name.clone(), token.id.clone()])?))
}

fn of_row(row: &database::Row) -> Result<TokenShown, database::Error> {
    Ok(TokenShown {
        id: row.text("id")?,
        name: row.text("name")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        scope: serde_json::from_str(&row.text("scope")?)?,
    })
}

/// Which token.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RevokeToken {
    pub(crate) token_id: String,
    /// The program whose token it is; without it, it is your own.
    pub(crate) user_id: Option<String>,
}

/// A token was revoked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenRevoked {
    pub(crate) id: String,
}

/// Revokes a token, at once. Any token of yours may do that, so that whoever finds one can end it.
#[utoipa::path(post, path = "/api/token.revoke", tag = "token", request_body = RevokeToken,
    responses((status = 200, body = TokenRevoked), Problems))]
pub(crate) async fn revoke(caller: Caller, Body(body): Body<RevokeToken>) -> Answer<TokenRevoked> {
    caller.require_live()?;
    let holder = Holder::find(&caller, body.user_id.as_deref()).await?;
    let find = "SELECT id FROM service_tokens WHERE id = $1 AND account = $2";
    let find = database::Query::new(find).bind(&body.token_id).bind(&holder.account);
    caller.service.database.row(find).await?.ok_or_else(Failure::not_found)?;
    let text = "DELETE FROM service_tokens WHERE id = $1 AND account = $2";
    let delete = database::Query::new(text).bind(&body.token_id).bind(&holder.account);
    let steps = vec![Step::Must(delete), holder.event("token_revoked", &caller, &body.token_id)];
    Ok(Json(caller.store(steps, TokenRevoked { id: body.token_id }).await?))
}

//! The caller's own account.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use shipgate::AccountKind;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::Failure;
use crate::api::answer::{Answer, Problems};
use crate::api::caller::Caller;
use crate::api::schema;
use crate::service::Service;

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(me)).routes(routes!(sign_out))
}

/// Who you are.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Me {
    pub(crate) user_id: String,
    #[schema(value_type = schema::AccountKind)]
    pub(crate) kind: AccountKind,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    /// What a page sends as `X-CSRF-Token` along with what it changes. A token needs none.
    pub(crate) csrf_token: Option<String>,
}

/// Shows who you are.
#[utoipa::path(get, path = "/api/account.me", tag = "account", responses((status = 200, body = Me), Problems))]
pub(crate) async fn me(caller: Caller) -> Answer<Me> {
    caller.require_live()?;
    let account = caller.service.database.account(caller.account()).await?.ok_or_else(Failure::not_found)?;
    let csrf_token = caller.authenticated.session().map(|session| session.csrf_token.clone());
    Ok(Json(Me { user_id: account.id, kind: account.kind, name: account.name, email: account.email, csrf_token }))
}

/// Ends your session.
#[utoipa::path(post, path = "/api/account.signOut", tag = "account", responses((status = 204), Problems))]
pub(crate) async fn sign_out(caller: Caller) -> Result<Response, Failure> {
    caller.require_session()?;
    if let Some(session) = caller.authenticated.session() {
        caller.service.database.end_session(&session.hash).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = caller.service.cookies.end() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

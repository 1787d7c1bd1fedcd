//! `Idempotency-Key`: a POST that is repeated with its key is done once, and answered as it was.
//!
//! The answer is stored in the transaction of what was done, so there is no moment at which one is there and the other is not.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use shipgate::Time;
use shipgate::guard::Problem;

use crate::api::Failure;
use crate::api::body::too_large;
use crate::authentication::Authenticated;
use crate::database::{Error, Query};
use crate::secrets;
use crate::service::Service;

const HEADER: &str = "idempotency-key";

/// The longest key.
const LONGEST: usize = 200;

/// For how long an answer is kept, in milliseconds: a day.
const KEPT: i64 = 24 * 60 * 60 * 1_000;

/// The key of a request.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// Who sent it: nobody else's answers are found.
    account: String,
    name: String,
    /// What it was sent with.
    fingerprint: String,
}

/// Answers a POST that is repeated.
pub(crate) async fn repeat(State(service): State<Service>, request: Request, next: Next) -> Result<Response, Failure> {
    let Some(key) = request.headers().get(HEADER).filter(|_| request.method() == Method::POST) else {
        return Ok(next.run(request).await);
    };
    let key = key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST);
    let key = key.ok_or_else(|| Failure::bad_request("Idempotency-Key: send 1 to 200 visible characters"))?.to_owned();
    let (mut parts, body) = request.into_parts();
    let body = Bytes::from_request(Request::new(body), &()).await.map_err(|error| too_large(&error))?;
    let Some(authenticated) = parts.extensions.get::<Authenticated>() else { return Err(Failure::not_found()) };
    let account = format!("{} {}", authenticated.account, authenticated.token_id().unwrap_or_default());
    let fingerprint = fingerprint(parts.uri.path(), parts.uri.query().unwrap_or_default(), &body);
    let key = Key { account, name: key, fingerprint };
    if let Some(answer) = key.answer(&service, authenticated.now).await? {
        return Ok(answer);
    }
    parts.extensions.insert(key);
    Ok(next.run(Request::from_parts(parts, Body::from(body))).await)
}

fn fingerprint(path: &str, query: &str, body: &[u8]) -> String {
    secrets::hash(&format!("{path}\n{query}\n{}", secrets::hash(&String::from_utf8_lossy(body))))
}

impl Key {
    /// The answer that was given before, if the key was sent before.
    async fn answer(&self, service: &Service, now: Time) -> Result<Option<Response>, Failure> {
        let text = "SELECT fingerprint, status, body FROM service_idempotency \
            WHERE account = $1 AND key = $2 AND created_at > $3";
        let query = Query::new(text).bind(&self.account).bind(&self.name).bind(now.as_millis().saturating_sub(KEPT));
        let Some(row) = service.database.row(query).await? else { return Ok(None) };
        if row.text("fingerprint")? != self.fingerprint {
            let detail = "this Idempotency-Key was sent with another request: use a new one for each request";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).into());
        }
        let status = u16::try_from(row.integer("status")?).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let status = status.unwrap_or(StatusCode::OK);
        let media = if status.is_success() { "application/json" } else { "application/problem+json" };
        let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media))];
        Ok(Some((status, headers, row.text("body")?).into_response()))
    }

    /// The statements that store an answer, and forget old ones.
    pub(crate) fn store(&self, answer: &impl Serialize, now: Time) -> Result<[Query; 2], Error> {
        Ok(self.store_as(StatusCode::OK, serde_json::to_string(answer)?, now))
    }

    /// The statements that store that an answer had a secret, which is not stored and not told again.
    pub(crate) fn store_secret(&self, what: &str, now: Time) -> [Query; 2] {
        let detail = format!(
            "{what} was made with this Idempotency-Key, and its secret is told once: revoke it and make another one"
        );
        let problem: Response<String> = Problem::new(StatusCode::CONFLICT, detail).into();
        self.store_as(StatusCode::CONFLICT, problem.into_body(), now)
    }

    fn store_as(&self, status: StatusCode, body: String, now: Time) -> [Query; 2] {
        let old = Query::new("DELETE FROM service_idempotency WHERE account = $1 AND created_at <= $2");
        let old = old.bind(&self.account).bind(now.as_millis().saturating_sub(KEPT));
        let text = "INSERT INTO service_idempotency (account, key, fingerprint, status, body, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6)";
        let new = Query::new(text).bind(&self.account).bind(&self.name).bind(&self.fingerprint);
        let new = new.bind(i64::from(status.as_u16())).bind(body).bind(now);
        [old, new]
    }
}

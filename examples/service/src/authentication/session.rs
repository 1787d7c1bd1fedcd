//! Sessions: of people who signed in. Each is looked up on each request, so that it can be ended at once: that costs one query by
//! a key.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use shipgate::Time;
use shipgate::guard::Problem;

use crate::api::Failure;
use crate::authentication::{Authenticated, With};
use crate::database::{Database, Error, Query, Step, word};
use crate::secrets;
use crate::service::Service;

/// How long a session lasts, in milliseconds: twelve hours.
pub const LIFETIME: i64 = 12 * 60 * 60 * 1_000;

/// A session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The hash of its secret.
    pub hash: String,
    /// What a page sends along with what it changes.
    pub csrf_token: String,
    /// The revision of each organization that it wrote last.
    pub written: BTreeMap<String, u64>,
}

/// The CSRF token of a session.
#[must_use]
pub fn csrf_token(secret: &str) -> String {
    secrets::derived(secret, "csrf")
}

pub(crate) async fn find(service: &Service, secret: &str, now: Time) -> Result<Authenticated, Failure> {
    let hash = secrets::hash(secret);
    let text = "SELECT s.account, a.kind, w.organization, w.revision FROM service_sessions AS s \
        JOIN service_accounts AS a ON a.id = s.account LEFT JOIN service_writes AS w ON w.session = s.hash \
        WHERE s.hash = $1 AND s.expires_at > $2";
    let rows = service.database.rows(Query::new(text).bind(&hash).bind(now)).await?;
    let Some(row) = rows.first() else {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "the session has ended: sign in again").into());
    };
    let mut written = BTreeMap::new();
    for row in &rows {
        if let Some(organization) = row.optional_text("organization")? {
            written.insert(organization, row.revision("revision")?);
        }
    }
    let session = Session { hash, csrf_token: csrf_token(secret), written };
    let (account, kind) = (row.text("account")?, word(&row.text("kind")?)?);
    Ok(Authenticated { account, kind, with: With::Session(session), now })
}

impl Database {
    /// Begins a session of an account, and returns its secret.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn begin_session(&self, account: &str, now: Time) -> Result<String, Error> {
        let secret = secrets::new("session");
        let expires_at = Time::from_millis(now.as_millis().saturating_add(LIFETIME));
        let text = "INSERT INTO service_sessions (hash, account, created_at, expires_at) VALUES ($1, $2, $3, $4)";
        let session = Query::new(text).bind(secrets::hash(&secret)).bind(account).bind(now).bind(expires_at);
        let over = |text| Query::new(text).bind(account).bind(now);
        let steps = vec![
            over(
                "DELETE FROM service_writes WHERE session IN \
                (SELECT hash FROM service_sessions WHERE account = $1 AND expires_at <= $2)",
            ),
            over("DELETE FROM service_sessions WHERE account = $1 AND expires_at <= $2"),
            session,
            crate::audit::in_each_organization("signed_in", account, now, None),
        ];
        self.execute_all(steps.into_iter().map(Step::from).collect()).await?;
        Ok(secret)
    }

    /// Ends a session.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn end_session(&self, hash: &str) -> Result<(), Error> {
        let texts = ["DELETE FROM service_sessions WHERE hash = $1", "DELETE FROM service_writes WHERE session = $1"];
        self.execute_all(texts.map(|text| Query::new(text).bind(hash).into()).to_vec()).await?;
        Ok(())
    }
}

/// The statement by which a session remembers what it wrote: stored with the change, so that no instance can miss it.
#[must_use]
pub fn remember(session: &Session, organization: &str, revision: u64) -> Query {
    let text = "INSERT INTO service_writes (session, organization, revision) VALUES ($1, $2, $3) \
        ON CONFLICT (session, organization) DO UPDATE SET revision = excluded.revision";
    Query::new(text).bind(&session.hash).bind(organization).bind(revision)
}

//! The audit log: what happened in an organization. It has ids only, so that names and addresses can be erased.
//!
//! Events are written in the transaction of what they tell. Denials and sign-ins change nothing, so they are written afterwards,
//! many at once, and under a flood of them the rest is counted and not written.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};
use shipgate::Time;
use shipgate::change::{Cause, Record};
use tokio::sync::mpsc;

use crate::database::{Database, Error, Query, Step};
use crate::ids;

/// Something that happened in an organization.
#[derive(Clone, Debug)]
pub struct Event {
    /// The organization.
    pub organization: String,
    /// When.
    pub at: Time,
    /// What: the name of a change, or a word such as `break_glass`.
    pub kind: String,
    /// Who: an account, or `platform:` and who acted for it.
    pub actor: String,
    /// The token that was used.
    pub token: Option<String>,
    /// The id of what it is about.
    pub target: Option<String>,
    /// What else there is to say, with ids only.
    pub detail: Value,
    /// The revision of the record, if it is of one.
    pub revision: Option<u64>,
}

impl Event {
    /// An event that is about nothing yet.
    #[must_use]
    pub fn new(organization: &str, at: Time, kind: &str, actor: &str) -> Self {
        let (organization, kind, actor) = (organization.to_owned(), kind.to_owned(), actor.to_owned());
        let detail = Value::Object(Map::new());
        Self { organization, at, kind, actor, token: None, target: None, detail, revision: None }
    }

    /// Sets the token that was used.
    #[must_use]
    pub fn with_token(self, token: Option<&str>) -> Self {
        Self { token: token.map(ToOwned::to_owned), ..self }
    }

    /// Sets the id of what it is about.
    #[must_use]
    pub fn about(self, target: &str) -> Self {
        Self { target: Some(target.to_owned()), ..self }
    }

    /// Sets what else there is to say.
    #[must_use]
    pub fn with_detail(self, detail: Value) -> Self {
        Self { detail, ..self }
    }

    /// The statement that stores it.
    #[must_use]
    pub fn insert(&self) -> Query {
        let text = "INSERT INTO service_events (organization, at, id, kind, actor, token, target, detail, revision) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        Query::new(text)
            .bind(&self.organization)
            .bind(self.at)
            .bind(ids::new("event"))
            .bind(&self.kind)
            .bind(&self.actor)
            .bind(self.token.clone())
            .bind(self.target.clone())
            .bind(self.detail.to_string())
            .bind(self.revision.map(|revision| i64::try_from(revision).unwrap_or(i64::MAX)))
    }
}

/// The events of a record: one for each change that it has.
///
/// # Errors
///
/// [`Error`] if a change cannot be written.
pub fn of_record(record: &Record<String>) -> Result<Vec<Query>, Error> {
    let at = record.time().unwrap_or(Time::from_millis(0));
    let mut events = Vec::new();
    for entry in record.entries() {
        let (actor, kind, detail) = match entry.cause() {
            Cause::CreateOrganization { owner, .. } => {
                (owner.clone(), "create_organization".to_owned(), Value::Object(Map::new()))
            }
            Cause::Change { by, change } => named(by.clone(), serde_json::to_value(change)?),
            Cause::Platform { by, change } => named(format!("platform:{by}"), serde_json::to_value(change)?),
        };
        let target = target(&detail).or_else(|| (kind == "create_organization").then(|| actor.clone()));
        let event = Event::new(record.organization(), at, &kind, &actor).with_token(entry.token()).with_detail(detail);
        events.push(Event { revision: Some(record.revision()), target, ..event }.insert());
    }
    Ok(events)
}

/// The id of what a change is about: whose access it changes, or else what it changes.
fn target(detail: &Value) -> Option<String> {
    let holder = detail.get("holder").and_then(|holder| holder.get("account").or_else(|| holder.get("team")));
    let named = ["account", "environment", "project", "cluster", "team", "role"];
    let id = holder.or_else(|| named.iter().find_map(|name| detail.get(*name)));
    id.and_then(Value::as_str).map(ToOwned::to_owned)
}

/// The name of a change, and what it says, from its JSON: an object with one member.
fn named(actor: String, change: Value) -> (String, String, Value) {
    match change {
        Value::Object(members) => match members.into_iter().next() {
            Some((name, detail)) => (actor, name, detail),
            None => (actor, "change".to_owned(), Value::Null),
        },
        other => (actor, "change".to_owned(), other),
    }
}

/// How many events may wait to be written.
const WAITING: usize = 4_096;

/// How many are written in one transaction.
const AT_ONCE: usize = 256;

/// Takes events that are written afterwards.
#[derive(Clone, Debug)]
pub struct Audit {
    sender: mpsc::Sender<Event>,
    lost: Arc<AtomicU64>,
}

/// What is left to write.
#[derive(Debug)]
pub struct Waiting(mpsc::Receiver<Event>);

impl Audit {
    /// A log that takes events, and what is left to write.
    #[must_use]
    pub fn new() -> (Self, Waiting) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self { sender, lost: Arc::default() }, Waiting(receiver))
    }

    /// Takes an event, unless too many are waiting.
    pub fn take(&self, event: Event) {
        if self.sender.try_send(event).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many events were not written because too many were waiting.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Waiting {
    /// Writes events until nobody can take more.
    pub async fn write(mut self, database: Database) {
        let mut events = Vec::with_capacity(AT_ONCE);
        while self.0.recv_many(&mut events, AT_ONCE).await > 0 {
            let steps = events.drain(..).map(|event| Step::from(event.insert())).collect();
            if let Err(error) = database.execute_all(steps).await {
                tracing::error!("denials and sign-ins could not be written to the audit log: {error}");
            }
        }
    }
}

/// The statement that tells each organization of an account what the account did.
#[must_use]
pub fn in_each_organization(kind: &str, account: &str, at: Time, target: Option<&str>) -> Query {
    let text = "INSERT INTO service_events (organization, at, id, kind, actor, target, detail) \
        SELECT organization, $2, $3, $4, $1, $5, '{}' FROM shipgate_members WHERE account = $1";
    Query::new(text).bind(account).bind(at).bind(ids::new("event")).bind(kind).bind(target)
}

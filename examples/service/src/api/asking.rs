//! What a handler asks about one organization, and how it changes it.

use std::fmt::Debug;

use serde::Serialize;
use serde_json::json;
use shipgate::change::{Change, Follower, ProposeError, Record};
use shipgate::directory::EntityKind;
use shipgate::guard::{Guard, Problem, Refused};
use shipgate::query::{AllowedActions, Filter};
use shipgate::{Action, ActionSet, Decision, Denied, Directory, ResourceId, SubjectId, Time};

use crate::api::Failure;
use crate::api::caller::Caller;
use crate::audit::Event;
use crate::authentication::session::remember;
use crate::database::{Done, Query, Step};
use crate::history::Past;
use crate::organizations::{self, Proposed};

/// A resource, by ids.
pub(crate) type Resource<'a> = ResourceId<&'a str, &'a [shipgate::model::ApprovalId<String>], &'a str>;

/// An organization as it is, or as it was.
pub(crate) enum AsOf<'a> {
    Now(&'a Directory<String>, Time),
    Then(Past),
}

impl AsOf<'_> {
    pub(crate) fn directory(&self) -> &Directory<String> {
        match self {
            Self::Now(directory, _) => directory,
            Self::Then(past) => &past.directory,
        }
    }

    pub(crate) fn time(&self) -> Time {
        match self {
            Self::Now(_, time) => *time,
            Self::Then(past) => past.time,
        }
    }
}

/// Asks about one organization on behalf of a caller.
pub(crate) struct Asking {
    pub(crate) caller: Caller,
    pub(crate) organization: String,
    guard: Guard<String>,
}

impl Asking {
    pub(super) fn new(caller: Caller, guard: Guard<String>, organization: &str) -> Self {
        Self { caller, organization: organization.to_owned(), guard }
    }

    pub(crate) fn account(&self) -> &str {
        self.caller.account()
    }

    pub(crate) fn now(&self) -> Time {
        self.caller.now()
    }

    /// Requires that the caller may do this. A denial is noted in the audit log.
    pub(crate) fn authorize(&self, action: Action<&str>, resource: Resource<'_>) -> Result<(), Failure> {
        self.guard.authorize(action, resource).map_err(|refused| {
            if let Refused::Denied(denied) = refused {
                self.note_denial(action.kind().as_str(), &resource, denied);
            }
            refused.into()
        })
    }

    /// What is decided, to choose between two answers. Authorize what is then done.
    pub(crate) fn decide(&self, action: Action<&str>, resource: Resource<'_>) -> Result<Decision, Failure> {
        Ok(self.guard.decide(action, resource)?)
    }

    /// What the caller may do to a resource; an action with a value, with any.
    pub(crate) fn allowed(&self, resource: Resource<'_>) -> Result<ActionSet, Failure> {
        Ok(self.actions(resource)?.allowed())
    }

    /// What the caller may do to a resource, at once and after approval.
    pub(crate) fn actions(&self, resource: Resource<'_>) -> Result<AllowedActions, Failure> {
        let subject: SubjectId<'_, String, str> = self.guard.subject();
        Ok(self.directory()?.what_may(subject.at(self.now())).actions(resource))
    }

    /// What the caller may do it to, as a condition for a query. To a stranger there is no such organization.
    pub(crate) fn filter(&self, action: Action<&str>) -> Result<Filter<'_, String>, Failure> {
        let kind = self.caller.authenticated.kind;
        let account = SubjectId::<String, str>::new(self.account()).of_kind(kind).at(self.now());
        let organization = ResourceId::Organization(self.organization.as_str());
        if !self.directory()?.decide(&account, Action::View, organization).is_allowed() {
            return Err(Failure::not_found());
        }
        Ok(self.guard.filter(action, self.organization.as_str())?)
    }

    /// The organization, to read what the caller may see.
    pub(crate) fn directory(&self) -> Result<&Directory<String>, Failure> {
        Ok(self.guard.directory()?)
    }

    /// Requires that a thing is of this organization, and not of another one.
    pub(crate) fn require_here(&self, kind: EntityKind, id: &str) -> Result<(), Failure> {
        let directory = self.directory()?;
        let organization = match kind {
            EntityKind::Role => directory.role(id).map(shipgate::directory::CustomRoleRef::organization),
            EntityKind::Team => directory.team(id).map(shipgate::directory::TeamRef::organization),
            EntityKind::Project => directory.project(id).map(shipgate::directory::ProjectRef::organization),
            EntityKind::Cluster => directory.cluster(id).map(shipgate::directory::ClusterRef::organization),
            EntityKind::Environment => directory.environment(id).map(shipgate::directory::EnvironmentRef::organization),
            EntityKind::Organization | EntityKind::Account => None,
        };
        if organization == Some(&self.organization) { Ok(()) } else { Err(Failure::not_found()) }
    }

    /// The organization as it is now, or as it was, with the time to decide at. The past is for those who may read the audit log.
    pub(crate) async fn as_of(&self, at: Option<&str>) -> Result<AsOf<'_>, Failure> {
        match at {
            None => Ok(AsOf::Now(self.directory()?, self.now())),
            Some(at) => Ok(AsOf::Then(self.past(at).await?)),
        }
    }

    /// The organization as it was. That is for those who may read the audit log.
    pub(crate) async fn past(&self, at: &str) -> Result<Past, Failure> {
        let moment = at.parse().map_err(|error| Failure::bad_request(format!("at: {error}")))?;
        self.authorize(Action::ViewAuditLog, ResourceId::Organization(&self.organization))?;
        let service = &self.caller.service;
        let past = service.pasts.find(&service.database, &self.organization, moment, self.now()).await?;
        past.ok_or_else(Failure::not_found)
    }

    /// The guard.
    pub(crate) fn guard(&self) -> &Guard<String> {
        &self.guard
    }

    fn note_denial(&self, action: &str, resource: &impl Debug, denied: Denied) {
        let reason = denied.reason().map(|reason| reason.code().as_str());
        let detail = json!({ "action": action, "resource": format!("{resource:?}"), "reason": reason });
        self.caller.service.audit.take(self.event("denied").with_detail(detail));
    }

    /// An event of this request.
    pub(crate) fn event(&self, kind: &str) -> Event {
        Event::new(&self.organization, self.now(), kind, self.account())
            .with_token(self.caller.authenticated.token_id())
    }

    /// Makes a change, and answers with what it makes of the record. What is stored beside it is stored in the same transaction,
    /// and so is the answer, for a request that is repeated.
    pub(crate) async fn change<T: Serialize>(
        &self,
        change: Change<String>,
        beside: Vec<Step>,
        answer: impl Fn(&Record<String>) -> T + Send + Sync,
    ) -> Result<T, Failure> {
        self.change_if(change, beside, answer, |_| true).await
    }

    /// Makes a change if the organization is as whoever asks for it has seen it. That is looked at on the state on which the change
    /// is decided, so of two who change the same at once, the second is told.
    pub(crate) async fn change_if<T: Serialize>(
        &self,
        change: Change<String>,
        beside: Vec<Step>,
        answer: impl Fn(&Record<String>) -> T + Send + Sync,
        is_as_seen: impl Fn(&Directory<String>) -> bool + Send + Sync,
    ) -> Result<T, Failure> {
        let propose = |follower: &Follower<String>, now: Time, id: String| {
            let subject: SubjectId<'_, String> = self.guard.subject();
            let record = follower.propose(&self.organization, now, id, &subject, change.clone())?;
            // Whoever may not make the change does not learn how it is.
            let present = follower.snapshot(&self.organization, now).map_err(organizations::Error::from)?;
            if !is_as_seen(&present) {
                return Err(organizations::Error::Outdated);
            }
            let beside = self.beside(&record, &beside, &answer(&record));
            Ok(Proposed { record, beside })
        };
        let made = self.caller.service.organizations.change(&self.organization, propose).await;
        if let Err(organizations::Error::Refused(ProposeError::Change(shipgate::change::ChangeError::Denied(denied)))) =
            &made
        {
            self.note_denial("change", &change, *denied);
        }
        let record = self.guard.enforce(|_| made)?;
        Ok(answer(&record))
    }

    fn beside<T: Serialize>(&self, record: &Record<String>, beside: &[Step], answer: &T) -> Vec<Step> {
        let mut steps = beside.to_vec();
        if let Some(session) = self.caller.authenticated.session() {
            steps.push(remember(session, record.organization(), record.revision()).into());
        }
        steps.extend(self.caller.repeatable(answer));
        steps
    }

    /// Stores what no record tells, and answers. Authorize it before.
    pub(crate) async fn store<T: Serialize>(&self, steps: Vec<Step>, answer: T) -> Result<T, Failure> {
        self.caller.store(steps, answer).await
    }
}

impl Caller {
    /// Stores what no record tells, and answers.
    pub(crate) async fn store<T: Serialize>(&self, mut steps: Vec<Step>, answer: T) -> Result<T, Failure> {
        steps.extend(self.repeatable(&answer));
        self.execute(steps).await?;
        Ok(answer)
    }

    /// Stores what no record tells, and answers with a secret, which is told once.
    pub(crate) async fn store_secret<T>(&self, what: &str, mut steps: Vec<Step>, answer: T) -> Result<T, Failure> {
        if let Some(key) = &self.key {
            steps.extend(key.store_secret(what, self.now()).map(Step::from));
        }
        self.execute(steps).await?;
        Ok(answer)
    }

    async fn execute(&self, steps: Vec<Step>) -> Result<(), Failure> {
        match self.service.database.execute_all(steps).await? {
            Done::Yes => Ok(()),
            Done::Taken => Err(organizations::Error::BesideTaken.into()),
            Done::Missing => Err(organizations::Error::BesideMissing.into()),
        }
    }

    /// The statements by which an answer is found when the request is repeated.
    pub(crate) fn repeatable(&self, answer: &impl Serialize) -> Vec<Step> {
        let stored = self.key.as_ref().map(|key| key.store(answer, self.now()));
        match stored {
            Some(Ok(queries)) => queries.map(Step::from).to_vec(),
            // Answers are written a moment later in the same way, and fail there.
            Some(Err(_)) | None => Vec::new(),
        }
    }
}

/// The statement that names something.
pub(crate) fn named(kind: EntityKind, id: &str, organization: &str, name: &str) -> Step {
    let text = "INSERT INTO service_names (kind, id, organization, name) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name";
    Query::new(text).bind(kind.as_str()).bind(id).bind(organization).bind(name).into()
}

/// A name for people to read, made of an id such as `shop-production`.
pub(crate) fn name_of(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    let mut begins = true;
    for c in id.chars() {
        let c = if c == '-' { ' ' } else { c };
        if begins {
            name.extend(c.to_uppercase());
        } else {
            name.push(c);
        }
        begins = c == ' ';
    }
    name
}

/// A name for people to read, as it was sent.
pub(crate) fn require_name(name: &str) -> Result<&str, Failure> {
    let name = name.trim();
    let is_one = (1..=200).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    let refused = || {
        Problem::new(axum::http::StatusCode::BAD_REQUEST, "name: write 1 to 200 characters, without control characters")
    };
    if is_one { Ok(name) } else { Err(refused().into()) }
}

//! Closing a review: what was decided is made, as changes by the person who closes it.
//!
//! Each line is made, or not, by itself: its change and what the line says of it are stored in one transaction. A change that is
//! denied leaves its line open with the reason, and so does access that is no longer the one that was decided on.

use std::time::{Duration, Instant};

use serde_json::json;
use shipgate::change::{Change, Follower, ProposeError};
use shipgate::{Action, Decision as Decided, Grant, Holder, ResourceId, SubjectId, Time};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::member::role;
use crate::authentication::session::remember;
use crate::database::{Database, Done, Error, Query, Step};
use crate::organizations;
use crate::organizations::Proposed;
use crate::review::decide::require_person;
use crate::review::line::{Decision, Kind, Line, Outcome};
use crate::review::lines::{Counts, Which, note_kept, note_outcome};
use crate::review::present::Tokens;
use crate::review::{Present, Review};

/// For how long one request makes changes. What is left is made by the next one.
const LONGEST: Duration = Duration::from_secs(12);

/// How many lines are read at once.
const AT_ONCE: u32 = 1_000;

/// How often a change is tried again, because somebody else changed the organization at that moment.
const ATTEMPTS: u32 = 3;

/// What closing a review came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Closing {
    /// Whether it is closed.
    pub(crate) closed: bool,
    /// Whether there is more to make: close it again.
    pub(crate) more: bool,
    pub(crate) counts: Counts,
}

/// Makes what was decided and, if nothing is left open, closes the review. Authorize it before.
pub(crate) async fn close(asking: &Asking, review: &Review, accept_undecided: bool) -> Result<Closing, Failure> {
    require_person(asking)?;
    if !review.is_open() {
        return Err(Failure::conflict("this review is closed already"));
    }
    let database = &asking.caller.service.database;
    let undecided = database.review_counts(&review.id).await?.undecided;
    if undecided > 0 && !accept_undecided {
        return Err(Failure::conflict(format!(
            "{undecided} lines are not decided: decide them, or say that the review is closed without"
        )));
    }
    let more = make_all(asking, review).await?;
    let counts = database.review_counts(&review.id).await?;
    let is_done = !more && counts.decided == 0 && counts.denied == 0 && counts.changed == 0;
    let closed = is_done && end(asking, review, &counts).await?;
    Ok(Closing { closed, more, counts })
}

/// Ends the review, unless somebody else has.
async fn end(asking: &Asking, review: &Review, counts: &Counts) -> Result<bool, Failure> {
    let text = "UPDATE service_reviews SET closed_by = $2, closed_at = $3 WHERE id = $1 AND closed_at IS NULL";
    let update = Query::new(text).bind(&review.id).bind(asking.account()).bind(asking.now());
    let detail =
        json!({ "kept": counts.kept, "made": counts.made, "gone": counts.gone, "undecided": counts.undecided });
    let event = asking.event("review_closed").about(&review.id).with_detail(detail).insert();
    let done = asking.caller.service.database.execute_all(vec![Step::Must(update), event.into()]).await?;
    Ok(done == Done::Yes)
}

/// Makes what was decided. Returns whether something is left to make.
async fn make_all(asking: &Asking, review: &Review) -> Result<bool, Failure> {
    let began = Instant::now();
    let database = &asking.caller.service.database;
    let mut which = Which { open: true, limit: AT_ONCE, ..Which::default() };
    loop {
        let lines = database.review_lines(&review.id, &which).await?;
        let Some(last) = lines.last() else { return Ok(false) };
        which.after = last.number;
        let tokens = tokens_of(asking, &lines).await?;
        keep(asking, review, &lines, &tokens).await?;
        for line in &lines {
            let Some(decided) = &line.decided else { continue };
            if decided.decision == Decision::Keep {
                continue;
            }
            if began.elapsed() > LONGEST {
                return Ok(true);
            }
            make(asking, review, line, &tokens).await?;
        }
    }
}

async fn tokens_of(asking: &Asking, lines: &[Line]) -> Result<Tokens, Error> {
    let ids = lines.iter().filter(|line| line.key.kind == Kind::Token).filter_map(|line| line.key.place.clone());
    asking.caller.service.database.tokens_in(&asking.organization, asking.now(), Some(ids.collect())).await
}

/// Notes of each line that is to stay whether it has.
async fn keep(asking: &Asking, review: &Review, lines: &[Line], tokens: &Tokens) -> Result<(), Failure> {
    let database = &asking.caller.service.database;
    let (mut kept, mut steps) = (Vec::new(), Vec::new());
    {
        let directory = asking.caller.service.organizations.snapshot(&asking.organization)?;
        let present = Present { directory: &directory, organization: &asking.organization, tokens };
        for line in lines {
            let Some(decided) = line.decided.as_ref().filter(|decided| decided.decision == Decision::Keep) else {
                continue;
            };
            match present.access(&line.key) {
                Some(access) if access == decided.on => kept.push(line.number),
                Some(access) => steps.push(note_outcome(&review.id, line, Outcome::Changed, Some(&access), None)),
                None => steps.push(note_outcome(&review.id, line, Outcome::Gone, None, None)),
            }
        }
    }
    if !kept.is_empty() {
        database.execute(note_kept(database, &review.id, &kept)).await?;
    }
    for step in steps {
        // If it changes nothing, somebody has decided anew: the line stays open for that.
        database.execute_all(vec![step]).await?;
    }
    Ok(())
}

/// Makes what was decided of a line, or notes why it is not made.
async fn make(asking: &Asking, review: &Review, line: &Line, tokens: &Tokens) -> Result<(), Failure> {
    for _ in 0..ATTEMPTS {
        let (outcome, detail) = {
            let directory = asking.caller.service.organizations.snapshot(&asking.organization)?;
            let present = Present { directory: &directory, organization: &asking.organization, tokens };
            match (present.access(&line.key), &line.decided) {
                (_, None) => return Ok(()),
                (None, Some(_)) => (Some(Outcome::Gone), None),
                (Some(access), Some(decided)) if access != decided.on => (Some(Outcome::Changed), Some(access)),
                (Some(_), Some(_)) => (None, None),
            }
        };
        if let Some(outcome) = outcome {
            return note(asking, review, line, outcome, detail.as_deref()).await;
        }
        match attempt(asking, review, line, tokens).await? {
            Attempt::Made => return Ok(()),
            Attempt::Denied(reason) => return note(asking, review, line, Outcome::Denied, Some(&reason)).await,
            // The organization, or the line, is no longer as it was: look again.
            Attempt::Overtaken => {}
        }
    }
    Ok(())
}

async fn note(
    asking: &Asking,
    review: &Review,
    line: &Line,
    outcome: Outcome,
    detail: Option<&str>,
) -> Result<(), Failure> {
    asking.caller.service.database.execute_all(vec![note_outcome(&review.id, line, outcome, detail, None)]).await?;
    Ok(())
}

/// What became of an attempt.
enum Attempt {
    Made,
    Denied(String),
    Overtaken,
}

async fn attempt(asking: &Asking, review: &Review, line: &Line, tokens: &Tokens) -> Result<Attempt, Failure> {
    match change_of(asking, line) {
        Some(change) => change_access(asking, review, line, change).await,
        None if line.key.kind == Kind::Token => revoke(asking, review, line, tokens).await,
        None => Ok(Attempt::Denied("this decision cannot be made as a change: decide the line again".to_owned())),
    }
}

/// Makes a change by the person who closes the review, unless the library denies it.
async fn change_access(
    asking: &Asking,
    review: &Review,
    line: &Line,
    change: Change<String>,
) -> Result<Attempt, Failure> {
    let organization = &asking.organization;
    let none = Tokens::new();
    let propose = |follower: &Follower<String>, now: Time, id: String| {
        let subject: SubjectId<'_, String> = asking.guard().subject();
        let snapshot = follower.snapshot(organization, now).map_err(organizations::Error::from)?;
        let present = Present { directory: &snapshot, organization, tokens: &none };
        if present.access(&line.key).as_ref() != line.decided.as_ref().map(|decided| &decided.on) {
            return Err(organizations::Error::Outdated);
        }
        let record = follower.propose(organization, now, id, &subject, change.clone())?;
        let revision = record.revision();
        let mut beside = vec![note_outcome(&review.id, line, Outcome::Made, None, Some(revision))];
        let session = asking.caller.authenticated.session();
        beside.extend(session.map(|session| remember(session, organization, revision).into()));
        Ok(Proposed { record, beside })
    };
    match asking.caller.service.organizations.change(organization, propose).await {
        Ok(_) => Ok(Attempt::Made),
        Err(organizations::Error::Refused(ProposeError::Change(error))) => Ok(Attempt::Denied(error.to_string())),
        Err(organizations::Error::BesideMissing | organizations::Error::Outdated) => Ok(Attempt::Overtaken),
        Err(error) => Err(error.into()),
    }
}

/// The change that makes a decision, if it is one of the library's.
fn change_of(asking: &Asking, line: &Line) -> Option<Change<String>> {
    let decided = line.decided.as_ref()?;
    let (key, place) = (&line.key, line.key.place.clone());
    let holder = if key.of_team { Holder::Team(key.holder.clone()) } else { Holder::Account(key.holder.clone()) };
    let organization = asking.organization.clone();
    match (key.kind, decided.decision) {
        (Kind::Member, Decision::Remove) => Some(Change::remove_member(organization, key.holder.clone())),
        (Kind::Member, Decision::Change) => {
            Some(Change::change_role(organization, key.holder.clone(), role(decided.to.as_deref()?)))
        }
        (Kind::TeamMember, Decision::Remove) => Some(Change::remove_from_team(place?, key.holder.clone())),
        (Kind::ClusterAccess, Decision::Remove) => Some(Change::set_cluster_access(place?, holder, None)),
        (Kind::ClusterAccess, Decision::Change) => {
            let grant = Grant::expiring(decided.to.as_ref()?.parse().ok()?, end_of(&decided.on));
            Some(Change::set_cluster_access(place?, holder, Some(grant)))
        }
        (Kind::ProjectRole, Decision::Remove) => Some(Change::set_project_role(place?, holder, None)),
        (Kind::ProjectRole, Decision::Change) => {
            let grant = Grant::expiring(decided.to.as_ref()?.parse().ok()?, end_of(&decided.on));
            Some(Change::set_project_role(place?, holder, Some(grant)))
        }
        (Kind::TeamMember | Kind::Token, _) | (_, Decision::Keep) => None,
    }
}

/// The expiry of an access, which a change keeps.
fn end_of(access: &str) -> Option<Time> {
    access.rsplit_once(" until ").and_then(|(_, time)| time.parse().ok())
}

/// Revokes a token: of a program as an Owner does, of a person as the one who might remove them.
async fn revoke(asking: &Asking, review: &Review, line: &Line, tokens: &Tokens) -> Result<Attempt, Failure> {
    let Some(id) = line.key.place.as_deref() else { return Ok(Attempt::Overtaken) };
    let Some(token) = tokens.get(id) else { return Ok(Attempt::Overtaken) };
    if !token.only_here {
        return Ok(Attempt::Denied(
            "this token also opens other organizations: ask the person whose it is to revoke it".to_owned(),
        ));
    }
    let directory = asking.caller.service.organizations.snapshot(&asking.organization)?;
    let organization = asking.organization.as_str();
    let is_program = directory
        .account(token.account.as_str())
        .is_some_and(|account| account.kind() == shipgate::AccountKind::Service);
    let subject = asking.guard().subject::<str>();
    let decision = if is_program {
        directory.decide(&subject, Action::Delete, ResourceId::Organization(organization))
    } else {
        let account = token.account.as_str();
        directory.decide(&subject, Action::Remove, ResourceId::Member { organization, account })
    };
    if decision != Decided::Allow {
        let needed = if is_program {
            "an Owner revokes the token of a service account"
        } else {
            "only who may remove the member revokes the token"
        };
        return Ok(Attempt::Denied(format!("{decision}: {needed}")));
    }
    let delete = Query::new("DELETE FROM service_tokens WHERE id = $1 AND account = $2").bind(id).bind(&token.account);
    let event = asking.event("token_revoked").about(id).insert();
    let steps = vec![Step::Must(delete), note_outcome(&review.id, line, Outcome::Made, None, None), event.into()];
    let done = database(asking).execute_all(steps).await?;
    Ok(if done == Done::Yes { Attempt::Made } else { Attempt::Overtaken })
}

fn database(asking: &Asking) -> &Database {
    &asking.caller.service.database
}

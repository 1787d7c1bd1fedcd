//! Decisions on the lines of a review.

use axum::http::StatusCode;
use serde_json::json;
use shipgate::guard::Problem;
use shipgate::{AccountKind, ClusterAccess, ProjectRole, Role};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::database::Step;
use crate::review::concern::Concerned;
use crate::review::line::{Decided, Decision, Kind, Line};
use crate::review::lines::note_decision;
use crate::review::{Present, Review};

/// What somebody decides of a line.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// The number of the line.
    pub(crate) line: u64,
    pub(crate) decision: Decision,
    /// The new role or level, of a change.
    pub(crate) to: Option<String>,
    /// The access that they have seen.
    pub(crate) access: String,
}

/// The statements that note decisions: all of them, or why one of them cannot be made. Authorize it before.
pub(crate) async fn decide(asking: &Asking, review: &Review, wishes: Vec<Wish>) -> Result<Vec<Step>, Failure> {
    require_person(asking)?;
    if !review.is_open() {
        return Err(Failure::conflict("this review is closed: open another one"));
    }
    let database = &asking.caller.service.database;
    let mut lines = Vec::with_capacity(wishes.len());
    for wish in &wishes {
        let line = database.review_line(&review.id, wish.line).await?;
        lines.push(
            line.ok_or_else(|| Failure::bad_request(format!("line {}: there is none in this review", wish.line)))?,
        );
    }
    let concerned = Concerned::of(database, &lines).await?;
    let ids = lines.iter().filter(|line| line.key.kind == Kind::Token).filter_map(|line| line.key.place.clone());
    let tokens = database.tokens_in(&asking.organization, asking.now(), Some(ids.collect())).await?;
    let directory = asking.directory()?;
    let present = Present { directory, organization: &asking.organization, tokens: &tokens };
    let mut steps = Vec::new();
    for (wish, line) in wishes.into_iter().zip(&lines) {
        if concerned.includes(directory, &asking.organization, line, asking.account()) {
            let detail = format!("line {}: this is your own access, so somebody else decides it", line.number);
            return Err(Problem::new(StatusCode::FORBIDDEN, detail).into());
        }
        require_open(line)?;
        require_same(line, &wish, &present)?;
        let to = new_value(line, &wish, &present)?;
        let decided =
            Decided { decision: wish.decision, to, on: wish.access, by: asking.account().to_owned(), at: asking.now() };
        steps.push(note_decision(&review.id, line.number, &decided));
        steps.push(event(asking, review, line, &decided));
    }
    Ok(steps)
}

/// A program has no judgement, and whoever has its token would decide by it on their own access.
pub(super) fn require_person(asking: &Asking) -> Result<(), Failure> {
    match asking.caller.authenticated.kind {
        AccountKind::User => Ok(()),
        AccountKind::Service => {
            Err(Problem::new(StatusCode::FORBIDDEN, "a service account does not review access: sign in as a person")
                .into())
        }
    }
}

fn require_open(line: &Line) -> Result<(), Failure> {
    match line.outcome.filter(|_| !line.is_open()) {
        Some(outcome) => {
            Err(Failure::conflict(format!("line {} is done ({outcome}): it is not decided again", line.number)))
        }
        None => Ok(()),
    }
}

/// Requires that the access is what was seen.
fn require_same(line: &Line, wish: &Wish, present: &Present<'_>) -> Result<(), Failure> {
    match present.access(&line.key) {
        Some(access) if access == wish.access => Ok(()),
        Some(access) => Err(Failure::conflict(format!(
            "line {}: the access is now `{access}`, and you decided on `{}`: look at it again",
            line.number, wish.access
        ))),
        None => Err(Failure::conflict(format!(
            "line {}: this access is gone since the review was opened: there is nothing to decide",
            line.number
        ))),
    }
}

/// The new role or level, if it is one.
fn new_value(line: &Line, wish: &Wish, present: &Present<'_>) -> Result<Option<String>, Failure> {
    let to = match (wish.decision, &wish.to) {
        (Decision::Change, Some(to)) => to,
        (Decision::Change, None) => return Err(refused(line, "say what it becomes, in `to`")),
        (Decision::Keep | Decision::Remove, None) => return Ok(None),
        (Decision::Keep | Decision::Remove, Some(_)) => {
            return Err(refused(line, "`to` is for a change only: leave it out"));
        }
    };
    let is_one = match line.key.kind {
        Kind::Member => {
            let custom = present.directory.role(to.as_str());
            to.parse::<Role>().is_ok() || custom.is_some_and(|role| role.organization() == present.organization)
        }
        Kind::ClusterAccess => to.parse::<ClusterAccess>().is_ok(),
        Kind::ProjectRole => to.parse::<ProjectRole>().is_ok(),
        Kind::TeamMember | Kind::Token => return Err(refused(line, "it can be kept or removed, and not changed")),
    };
    if is_one { Ok(Some(to.clone())) } else { Err(refused(line, "`to` is no role or level that it can become")) }
}

fn refused(line: &Line, why: &str) -> Failure {
    Failure::bad_request(format!("line {}: {why}", line.number))
}

fn event(asking: &Asking, review: &Review, line: &Line, decided: &Decided) -> Step {
    let detail = json!({
        "line": line.number,
        "kind": line.key.kind,
        "holder": { line.key.holder_kind(): line.key.holder },
        "place": line.key.place,
        "access": decided.on,
        "decision": decided.decision,
        "to": decided.to,
    });
    asking.event("review_decided").about(&review.id).with_detail(detail).insert().into()
}

//! Reviews of access, and evidence of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Body as ResponseBody;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shipgate::{Action, ResourceId, Time};
use tokio_util::io::ReaderStream;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::Failure;
use crate::api::answer::{Answer, Problems};
use crate::api::asking::Asking;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::page::{InOrganization, List, Page};
use crate::database;
use crate::evidence::{self, Request, Subject};
use crate::review::{self, Concerned, Counts, Decision, Key, Kind, Line, Outcome, Present, Review, Which, Wish};
use crate::service::Service;

/// The most lines that one request decides.
const MOST: usize = 200;

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(decide))
        .routes(routes!(close))
        .routes(routes!(export))
}

/// Requires that the caller may see everybody's access: its changes, and the members.
pub(crate) fn require_auditor(asking: &Asking) -> Result<(), Failure> {
    let organization = ResourceId::Organization(asking.organization.as_str());
    asking.authorize(Action::View, organization)?;
    asking.authorize(Action::ViewAuditLog, organization)
}

/// Requires that the caller may see everybody's access, and administers it. The library has no action on access as a whole, so this
/// is that by which members and teams are administered; what a review changes is decided change by change.
pub(crate) fn require_reviewer(asking: &Asking) -> Result<(), Failure> {
    require_auditor(asking)?;
    asking.authorize(Action::CreateTeam, ResourceId::Organization(asking.organization.as_str()))
}

/// Finds a review, for somebody who then asks about it.
pub(crate) async fn find(caller: Caller, id: &str) -> Result<(Asking, Review), Failure> {
    let review = caller.service.database.review(id).await?.ok_or_else(Failure::not_found)?;
    let asking = caller.of(&review.organization).await?;
    Ok((asking, review))
}

/// A review.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReviewShown {
    id: String,
    organization_id: String,
    /// The revision whose access the lines have.
    revision: u64,
    /// How many lines it has.
    lines: u64,
    opened_by: String,
    #[schema(value_type = String, format = DateTime)]
    opened_at: Time,
    closed_by: Option<String>,
    /// When it was closed; `null` while it is open.
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Time>,
}

impl From<Review> for ReviewShown {
    fn from(review: Review) -> Self {
        Self {
            id: review.id,
            organization_id: review.organization,
            revision: review.revision,
            lines: review.lines,
            opened_by: review.opened_by,
            opened_at: review.opened_at,
            closed_by: review.closed_by,
            closed_at: review.closed_at,
        }
    }
}

/// Of which organization.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OpenReview {
    /// The organization; without it, the only one that the token is for.
    organization_id: Option<String>,
}

/// Opens a review of all access in an organization, as it is now. An organization has one open review at most.
#[utoipa::path(post, path = "/api/review.open", tag = "review", request_body = OpenReview,
    responses((status = 200, body = ReviewShown), Problems))]
async fn open(caller: Caller, Body(body): Body<OpenReview>) -> Answer<ReviewShown> {
    let asking = caller.of_named(body.organization_id.as_deref()).await?;
    Ok(Json(open_review(&asking).await?.into()))
}

/// Opens a review.
pub(crate) async fn open_review(asking: &Asking) -> Result<Review, Failure> {
    require_reviewer(asking)?;
    let database = &asking.caller.service.database;
    if database.open_review(&asking.organization, asking.now()).await?.is_some() {
        return Err(Failure::conflict("a review of this organization is open: close it first"));
    }
    let tokens = database.tokens_in(&asking.organization, asking.now(), None).await?;
    let directory = asking.directory()?;
    let lines = Present { directory, organization: &asking.organization, tokens: &tokens }.lines();
    let revision = directory.revision(asking.organization.as_str()).unwrap_or_default();
    let mut review = Review::new(&asking.organization, revision, asking.account(), asking.now());
    review.lines = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    let mut steps = review.insert(database, &lines);
    let detail = json!({ "revision": revision, "lines": review.lines });
    steps.push(asking.event("review_opened").about(&review.id).with_detail(detail).insert().into());
    let shown = ReviewShown::from(review.clone());
    asking.store(steps, shown).await?;
    Ok(review)
}

/// Lists the reviews of an organization, from the last.
#[utoipa::path(get, path = "/api/review.list", tag = "review", params(InOrganization),
    responses((status = 200, body = List<ReviewShown>), Problems))]
async fn list(caller: Caller, Query(which): Query<InOrganization>) -> Answer<List<ReviewShown>> {
    let asking = caller.of_named(which.organization_id.as_deref()).await?;
    let list = list_reviews(&asking, &Page::new(which.limit, which.after)).await?;
    let items = list.items.into_iter().map(ReviewShown::from).collect();
    Ok(Json(List { items, next: list.next }))
}

/// A page of reviews, from the last.
pub(crate) async fn list_reviews(asking: &Asking, page: &Page) -> Result<List<Review>, Failure> {
    require_auditor(asking)?;
    let query = database::Query::new("SELECT * FROM service_reviews AS r WHERE r.organization = $1");
    let query = page.bound_by_time(query.bind(&asking.organization), ["r.opened_at", "r.id"])?;
    let rows = asking.caller.service.database.rows(query).await?;
    let reviews = rows.iter().map(Review::of).collect::<Result<_, _>>()?;
    page.list(reviews, |review: &Review| [review.opened_at.as_millis().to_string(), review.id.clone()])
}

/// Which lines of a review.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichLines {
    review_id: String,
    /// The lines of this member, or of this team.
    holder_id: Option<String>,
    /// Only those that somebody has still to decide, or that stayed open when the review was closed.
    open: Option<bool>,
    /// How many lines, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    after: Option<String>,
}

/// A line of a review.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineShown {
    /// Its number.
    line: u64,
    kind: Kind,
    /// `account` or `team`.
    holder_type: &'static str,
    holder_id: String,
    /// The cluster, project, team or token; `null` for a membership.
    place_id: Option<String>,
    /// The access when the review was opened.
    access: String,
    /// The access now; `null` if it is gone. Send it as `access` to decide.
    present: Option<String>,
    /// Whether you may decide: it is not your own access.
    may_decide: bool,
    decision: Option<Decision>,
    /// What it becomes, of a change.
    to: Option<String>,
    decided_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<Time>,
    /// What became of it; of `denied` and `changed`, the line is still open.
    outcome: Option<Outcome>,
    /// Why it was denied, or what it has become.
    detail: Option<String>,
    /// The revision of the change that was made.
    revision: Option<u64>,
}

impl LineShown {
    fn new(line: Line, present: Option<String>, may_decide: bool) -> Self {
        let Line { number, key, decided, outcome, detail, revision } = line;
        let holder_type = key.holder_kind();
        let Key { kind, holder, place, access, .. } = key;
        Self {
            line: number,
            kind,
            holder_type,
            holder_id: holder,
            place_id: place,
            access,
            present,
            may_decide,
            decision: decided.as_ref().map(|decided| decided.decision),
            to: decided.as_ref().and_then(|decided| decided.to.clone()),
            decided_by: decided.as_ref().map(|decided| decided.by.clone()),
            decided_at: decided.map(|decided| decided.at),
            outcome,
            detail,
            revision,
        }
    }
}

/// How far the lines are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Progress {
    undecided: u64,
    decided: u64,
    kept: u64,
    made: u64,
    gone: u64,
    denied: u64,
    changed: u64,
}

impl From<Counts> for Progress {
    fn from(counts: Counts) -> Self {
        let Counts { undecided, decided, kept, made, gone, denied, changed } = counts;
        Self { undecided, decided, kept, made, gone, denied, changed }
    }
}

/// A review with a page of its lines.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReviewWithLines {
    review: ReviewShown,
    progress: Progress,
    /// The lines.
    items: Vec<LineShown>,
    /// Send it as `after` for the next page; `null` if this is the last one.
    next: Option<String>,
}

/// Shows a review, with a page of its lines.
#[utoipa::path(get, path = "/api/review.get", tag = "review", params(WhichLines),
    responses((status = 200, body = ReviewWithLines), Problems))]
async fn get(caller: Caller, Query(of): Query<WhichLines>) -> Answer<ReviewWithLines> {
    let (asking, review) = find(caller, &of.review_id).await?;
    let page = Page::new(of.limit, of.after);
    let (open, holders) = (of.open.unwrap_or_default(), of.holder_id.map(|holder| vec![holder]));
    let list = list_lines(&asking, &review, &page, holders, open).await?;
    let progress = asking.caller.service.database.review_counts(&review.id).await?.into();
    let items = list.items.into_iter().map(|seen| LineShown::new(seen.line, seen.present, seen.may_decide)).collect();
    Ok(Json(ReviewWithLines { review: review.into(), progress, items, next: list.next }))
}

/// A line with what is there now, and whether the caller may decide it.
pub(crate) struct Seen {
    pub(crate) line: Line,
    pub(crate) present: Option<String>,
    pub(crate) may_decide: bool,
}

/// A page of lines, with what is there now.
pub(crate) async fn list_lines(
    asking: &Asking,
    review: &Review,
    page: &Page,
    holders: Option<Vec<String>>,
    open: bool,
) -> Result<List<Seen>, Failure> {
    require_auditor(asking)?;
    let database = &asking.caller.service.database;
    let after = match page.after()? {
        Some([_, number]) => {
            number.parse().map_err(|_| Failure::bad_request("after: send `next` of the page before"))?
        }
        None => 0,
    };
    let limit = u32::from(page.limit()?).saturating_add(1);
    let lines = database.review_lines(&review.id, &Which { holders, open, after, limit }).await?;
    let list = page.list(lines, |line| [String::new(), line.number.to_string()])?;
    let concerned = Concerned::of(database, &list.items).await?;
    let ids = list.items.iter().filter(|line| line.key.kind == Kind::Token).filter_map(|line| line.key.place.clone());
    let tokens = database.tokens_in(&asking.organization, asking.now(), Some(ids.collect())).await?;
    let directory = asking.directory()?;
    let present = Present { directory, organization: &asking.organization, tokens: &tokens };
    let may_review =
        asking.decide(Action::CreateTeam, ResourceId::Organization(asking.organization.as_str()))?.is_allowed();
    let see = |line: Line| {
        let concerns = concerned.includes(directory, &asking.organization, &line, asking.account());
        let may_decide = may_review && review.is_open() && line.is_open() && !concerns;
        Seen { present: present.access(&line.key), may_decide, line }
    };
    Ok(List { items: list.items.into_iter().map(see).collect(), next: list.next })
}

/// Decisions on lines.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DecideLines {
    review_id: String,
    /// One for each line, at most 200.
    #[schema(min_items = 1, max_items = 200)]
    decisions: Vec<LineDecision>,
}

/// What is decided of a line.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LineDecision {
    /// The number of the line.
    #[schema(minimum = 1)]
    line: u64,
    #[schema(inline)]
    decision: Decision,
    /// The new role or level, of a change.
    to: Option<String>,
    /// The access that you decide on, as `present` says it. If it is another one by now, nothing is decided.
    access: String,
}

/// What was decided.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Decisions {
    review_id: String,
    /// How many lines.
    decided: u64,
}

/// Decides lines of a review: all that are sent, or none. Nobody decides on their own access, that of their teams, or that of a
/// service account of which they have made a token.
#[utoipa::path(post, path = "/api/review.decide", tag = "review", request_body = DecideLines,
    responses((status = 200, body = Decisions), Problems))]
async fn decide(caller: Caller, Body(body): Body<DecideLines>) -> Answer<Decisions> {
    require_some(body.decisions.len())?;
    let (asking, review) = find(caller, &body.review_id).await?;
    let wishes = body.decisions.into_iter().map(|one| {
        let LineDecision { line, decision, to, access } = one;
        Wish { line, decision, to, access }
    });
    let decided = decide_lines(&asking, &review, wishes.collect()).await?;
    Ok(Json(Decisions { review_id: review.id, decided }))
}

fn require_some(decisions: usize) -> Result<(), Failure> {
    if (1..=MOST).contains(&decisions) {
        Ok(())
    } else {
        Err(Failure::bad_request(format!("decisions: send 1 to {MOST}")))
    }
}

/// Decides lines of a review. Of several decisions on one line, the last one counts.
pub(crate) async fn decide_lines(asking: &Asking, review: &Review, wishes: Vec<Wish>) -> Result<u64, Failure> {
    require_some(wishes.len())?;
    require_reviewer(asking)?;
    let wishes: BTreeMap<_, _> = wishes.into_iter().map(|wish| (wish.line, wish)).collect();
    let decided = u64::try_from(wishes.len()).unwrap_or(u64::MAX);
    let steps = review::decide(asking, review, wishes.into_values().collect()).await?;
    let answer = Decisions { review_id: review.id.clone(), decided };
    asking.store(steps, answer).await?;
    Ok(decided)
}

/// Which review to close.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CloseReview {
    review_id: String,
    /// Whether it is closed although lines are not decided, which the evidence then says.
    accept_undecided: Option<bool>,
}

/// What closing a review came to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReviewClosed {
    review_id: String,
    /// Whether it is closed. It stays open if a change was denied, or access has changed since it was decided on.
    closed: bool,
    /// Whether there is more to make than one request makes: close it again.
    more: bool,
    progress: Progress,
}

/// Makes what was decided, as changes by you, and closes the review if no line stays open. What you may not change stays open, with
/// the reason.
#[utoipa::path(post, path = "/api/review.close", tag = "review", request_body = CloseReview,
    responses((status = 200, body = ReviewClosed), Problems))]
async fn close(caller: Caller, Body(body): Body<CloseReview>) -> Answer<ReviewClosed> {
    let (asking, review) = find(caller, &body.review_id).await?;
    let closing = close_review(&asking, &review, body.accept_undecided.unwrap_or_default()).await?;
    let review::Closing { closed, more, counts } = closing;
    let answer = ReviewClosed { review_id: review.id, closed, more, progress: counts.into() };
    Ok(Json(asking.store(vec![], answer).await?))
}

/// Closes a review.
pub(crate) async fn close_review(asking: &Asking, review: &Review, accept: bool) -> Result<review::Closing, Failure> {
    require_reviewer(asking)?;
    review::close(asking, review, accept).await
}

/// The longest that making evidence may take. The server gives this route a little more.
const LONGEST: Duration = Duration::from_secs(115);

/// Evidence of which organization.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichEvidence {
    /// The organization.
    organization: String,
    /// As of a past revision such as `17`, or a past time; without it, or if it is empty, of now.
    at: Option<String>,
}

/// Exports evidence of who has which access, since when, and who allowed it: a ZIP archive with tables as CSV and JSON, all of them
/// as one page to print, and a manifest with the digest of each file.
#[utoipa::path(get, path = "/api/review.export", tag = "review", params(WhichEvidence),
    responses((status = 200, content_type = "application/zip", body = String), Problems))]
async fn export(caller: Caller, Query(which): Query<WhichEvidence>) -> Result<Response, Failure> {
    let asking = caller.of(&which.organization).await?;
    require_auditor(&asking)?;
    let Ok(turn) = Arc::clone(&asking.caller.service.exports).try_acquire_owned() else {
        return Err(Failure::unavailable("other archives are being made: try again in a minute"));
    };
    // A form sends a field that was left empty.
    let at = which.at.filter(|at| !at.is_empty());
    let subject = subject_of(&asking, at.as_deref()).await?;
    let request = Request {
        organization: asking.organization.clone(),
        subject,
        at: at.clone(),
        asked_by: asking.account().to_owned(),
        now: asking.now(),
        deadline: Instant::now().checked_add(LONGEST),
    };
    let file = evidence::export(&asking.caller.service.database, request, turn).await?;
    asking.caller.service.audit.take(asking.event("evidence_exported").with_detail(json!({ "at": at })));
    let body = ResponseBody::from_stream(ReaderStream::new(tokio::fs::File::from_std(file)));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"evidence.zip\"")),
    ];
    Ok((headers, body).into_response())
}

async fn subject_of(asking: &Asking, at: Option<&str>) -> Result<Subject, Failure> {
    let organizations = &asking.caller.service.organizations;
    Ok(match at {
        None => Subject::Now { directory: organizations.snapshot(&asking.organization)?, time: asking.now() },
        Some(at) => Subject::Then(asking.past(at).await?),
    })
}

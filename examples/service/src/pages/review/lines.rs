//! The lines of a review: decided one by one, and made when the review is closed.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use shipgate::directory::EntityKind;
use shipgate::{Action, ClusterAccess, ProjectRole, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::caller::Caller;
use crate::api::page::Page;
use crate::api::review::{self as api, Seen};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::Form;
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::names::Names;
use crate::pages::review::{filtered, named, parts, typed};
use crate::pages::role_choice::Roles;
use crate::pages::table::{pages, table_or};
use crate::pages::time::time;
use crate::pages::{attempted, redirect, words};
use crate::review::{Counts, Decision, Kind, Outcome, Review, Wish};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    const ONE: &str = "/organizations/{organization}/review/reviews/{review}";
    Router::new()
        .route(ONE, get(list))
        .route(&format!("{ONE}/lines/{{line}}"), post(decide))
        .route(&format!("{ONE}/keep"), post(keep))
        .route(&format!("{ONE}/close"), post(close))
}

/// Where a review is.
pub(super) fn path(organization: &str, review: &str) -> String {
    format!("/organizations/{organization}/review/reviews/{review}")
}

type Which = Path<(String, String)>;

/// Finds a review of this organization. One of another organization is not there.
async fn find(caller: Caller, organization: &str, review: &str) -> Result<(Asking, Review), Failure> {
    let asking = caller.of(organization).await?;
    api::require_auditor(&asking)?;
    let review = asking.caller.service.database.review(review).await?;
    let review = review.filter(|review| review.organization == organization).ok_or_else(Failure::not_found)?;
    Ok((asking, review))
}

async fn list(caller: Caller, Path((organization, review)): Which, Asked(asked): Asked) -> Result<Response, Failure> {
    let (asking, review) = find(caller, &organization, &review).await?;
    show(asking, review, asked, None).await
}

async fn show(asking: Asking, review: Review, asked: Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Review, &asked).await?.again(attempt);
    let counts = asking.caller.service.database.review_counts(&review.id).await?;
    let path = path(&asking.organization, &review.id);
    let title = format!("Review of revision {}", review.revision);
    let filters = html! {
        h1 { (title) }
        (parts(&asking.organization, "/reviews"))
        (progress(&review, counts))
        form method="get" action=(path) class="across" {
            (typed(&asked, "text", "holder", "Member or team"))
            label { input type="checkbox" name="open" value="yes" checked[asked.has("open")]; " Only what is open" }
            div class="actions" { button class="plain" { "Show" } }
        }
    };
    let found = found(&asking, &review, &frame, &asked, counts).await;
    filtered(frame, &title, &filters, found).await
}

/// The lines that the filters find, and what can be done with them.
async fn found(
    asking: &Asking,
    review: &Review,
    frame: &Frame,
    asked: &Fields,
    counts: Counts,
) -> Result<Markup, Failure> {
    let holders = match asked.get("holder") {
        Some(holder) => Some(named::holders(asking, review, holder).await?),
        None => None,
    };
    let page = Page::new(None, asked.optional("after"));
    let found = api::list_lines(asking, review, &page, holders, asked.has("open")).await?;
    let shown = Shown::of(asking, &found.items).await?;
    let path = path(&asking.organization, &review.id);
    let filters = filters_of(asked);
    let rows = found.items.iter().map(|seen| shown.row(frame, [&path, &filters], seen)).collect::<Vec<_>>();
    let may_close = review.is_open()
        && asking.decide(Action::CreateTeam, ResourceId::Organization(asking.organization.as_str()))?.is_allowed();
    let columns = ["Who", "Has", "When it was opened", "Now", "Decision"];
    Ok(html! {
        (table_or("There is no such line.", "Lines", &columns, &rows))
        (keeping(frame, &path, &found.items))
        (pages(&path, asked, found.next.as_deref()))
        @if may_close { (closing(frame, &path, counts)) }
    })
}

/// The end of an address with the filters of a page, by which it is found again after a decision; empty without any.
fn filters_of(asked: &Fields) -> String {
    let query = asked.only(&["holder", "open", "after"]).to_query();
    if query.is_empty() { query } else { format!("?{query}") }
}

/// Keeps what is undecided on this page with one press, since most access is as it should be.
fn keeping(frame: &Frame, path: &str, seen: &[Seen]) -> Markup {
    let undecided = seen.iter().filter(|seen| seen.may_decide && seen.line.decided.is_none());
    let lines: Vec<_> = undecided.filter_map(|seen| Some((seen.line.number, seen.present.as_ref()?))).collect();
    if lines.len() < 2 {
        return html! {};
    }
    let form = Form::new(frame, "keep", format!("{path}/keep"));
    let fields = html! {
        @for (number, access) in &lines { (Form::hidden("line", &format!("{number}:{access}"))) }
    };
    let about = format!("the {} lines of this page that you may decide and that nobody has decided", lines.len());
    html! {
        h2 { "Keep the rest of this page" }
        p { "It is decided to keep " (about) ". Look at each of them first: your name stands beside them in the evidence." }
        (form.with(&fields, &format!("Keep {} lines", lines.len())))
    }
}

/// How far the review is.
fn progress(review: &Review, counts: Counts) -> Markup {
    let Counts { undecided, decided, kept, made, gone, denied, changed } = counts;
    html! {
        p {
            @if let Some(at) = review.closed_at { "It was closed on " (time(at)) ". " } @else { strong { "It is open. " } }
            (undecided) " not decided, " (decided) " decided and not yet made, " (kept) " kept, " (made) " changed or removed, "
            (gone) " gone meanwhile."
        }
        @if denied > 0 {
            p class="failed" { (denied) " changes were denied. These lines are still open, and say why." }
        }
        @if changed > 0 {
            p class="needs" { "The access of " (changed) " lines changed after it was decided on. Decide them again." }
        }
    }
}

fn closing(frame: &Frame, path: &str, counts: Counts) -> Markup {
    let form = Form::new(frame, "close", format!("{path}/close"));
    let fields = html! {
        @if counts.undecided > 0 {
            label {
                input type="checkbox" name="accept" value="yes";
                " Close it although " (counts.undecided) " lines are not decided. The evidence will say so."
            }
        }
    };
    html! {
        h2 { "Close the review" }
        p { "Then what was decided is made, as changes by you. What you may not change stays open, with the reason." }
        (form.with(&fields, "Close the review"))
    }
}

/// What the lines of a page need to be shown.
struct Shown {
    accounts: Names,
    things: Vec<(EntityKind, Names)>,
    roles: Vec<(String, String)>,
}

impl Shown {
    async fn of(asking: &Asking, seen: &[Seen]) -> Result<Self, Failure> {
        let database = &asking.caller.service.database;
        let holders = seen.iter().filter(|seen| !seen.line.key.of_team).map(|seen| &seen.line.key.holder);
        let deciders = seen.iter().filter_map(|seen| Some(&seen.line.decided.as_ref()?.by));
        let accounts = Names::of_accounts(database, holders.chain(deciders).collect::<BTreeSet<_>>()).await?;
        let mut things = Vec::new();
        for kind in [EntityKind::Team, EntityKind::Cluster, EntityKind::Project] {
            let places = seen.iter().filter(|seen| thing(seen.line.key.kind) == Some(kind));
            let places = places.filter_map(|seen| seen.line.key.place.as_ref());
            let teams = seen.iter().filter(|seen| kind == EntityKind::Team && seen.line.key.of_team);
            let ids: BTreeSet<_> = places.chain(teams.map(|seen| &seen.line.key.holder)).collect();
            things.push((kind, Names::of_things(database, kind, ids).await?));
        }
        let roles = Roles::of(asking).await?.choices(|_| Ok(true))?;
        Ok(Self { accounts, things, roles })
    }

    fn named<'a>(&'a self, kind: EntityKind, id: &'a str) -> &'a str {
        self.things.iter().find(|(other, _)| *other == kind).map_or(id, |(_, names)| names.of(id))
    }

    fn holder<'a>(&'a self, seen: &'a Seen) -> &'a str {
        let holder = seen.line.key.holder.as_str();
        if seen.line.key.of_team { self.named(EntityKind::Team, holder) } else { self.accounts.of(holder) }
    }

    fn what(&self, seen: &Seen) -> Markup {
        let key = &seen.line.key;
        let place = key.place.as_deref().unwrap_or_default();
        let place = thing(key.kind).map_or(place, |kind| self.named(kind, place));
        html! {
            @match key.kind {
                Kind::Member => "a role in the organization",
                Kind::TeamMember => { "a place in the team " span dir="auto" { (place) } },
                Kind::ClusterAccess => { "access to the cluster " span dir="auto" { (place) } },
                Kind::ProjectRole => { "a role in the project " span dir="auto" { (place) } },
                Kind::Token => { "the token " code { (place) } },
            }
        }
    }

    fn row(&self, frame: &Frame, path: [&str; 2], seen: &Seen) -> Vec<Markup> {
        let line = &seen.line;
        vec![
            html! {
                span dir="auto" { (self.holder(seen)) }
                @if line.key.of_team { small { "team" } } @else { small { (line.key.holder) } }
            },
            self.what(seen),
            html! { (line.key.access) },
            html! {
                @match &seen.present {
                    Some(present) if *present == line.key.access => "the same",
                    Some(present) => { strong { (present) } " – changed since the review was opened" },
                    None => { strong { "gone" } },
                }
            },
            self.decision(frame, path, seen),
        ]
    }

    fn decision(&self, frame: &Frame, path: [&str; 2], seen: &Seen) -> Markup {
        let line = &seen.line;
        html! {
            @if let Some(decided) = &line.decided {
                p {
                    (words::capital(decided.decision.as_str()))
                    @if let Some(to) = &decided.to { " to " (to) }
                    ", by " span dir="auto" { (self.accounts.of(&decided.by)) } " on " (time(decided.at)) ". "
                    (outcome(line.outcome, line.detail.as_deref()))
                }
            }
            @if let (true, Some(present)) = (seen.may_decide, &seen.present) {
                (self.choice(frame, path, seen, present))
            } @else if line.is_open() && seen.present.is_some() && line.decided.is_none() {
                "Somebody else decides this."
            }
        }
    }

    fn choice(&self, frame: &Frame, [path, filters]: [&str; 2], seen: &Seen, present: &str) -> Markup {
        let number = seen.line.number;
        let form = Form::new(frame, format!("line-{number}"), format!("{path}/lines/{number}{filters}"));
        let mut options = vec![("keep".to_owned(), "Keep".to_owned()), ("remove".to_owned(), "Remove".to_owned())];
        let become_ = match seen.line.key.kind {
            Kind::Member => self.roles.clone(),
            Kind::ClusterAccess => words::choices(ClusterAccess::ALL.iter().map(|level| level.as_str())),
            Kind::ProjectRole => words::choices(ProjectRole::ALL.iter().map(|role| role.as_str())),
            Kind::TeamMember | Kind::Token => Vec::new(),
        };
        let value = present.split(" until ").next().unwrap_or_default();
        options.extend(
            become_
                .into_iter()
                .filter(|(to, _)| to != value)
                .map(|(to, name)| (format!("change:{to}"), format!("Change to {name}"))),
        );
        let about = format!("on line {number}, of {}", self.holder(seen));
        let fields = html! {
            (Form::hidden("access", present))
            (form.select("decision", &format!("Decision {about}"), true, &options, "keep"))
        };
        form.inline(&fields, "Decide", &about)
    }
}

/// What kind of thing a line is on.
const fn thing(kind: Kind) -> Option<EntityKind> {
    match kind {
        Kind::TeamMember => Some(EntityKind::Team),
        Kind::ClusterAccess => Some(EntityKind::Cluster),
        Kind::ProjectRole => Some(EntityKind::Project),
        Kind::Member | Kind::Token => None,
    }
}

/// What became of a decision.
fn outcome(outcome: Option<Outcome>, detail: Option<&str>) -> Markup {
    let detail = detail.unwrap_or_default();
    html! {
        @match outcome {
            None => "It is made when the review is closed.",
            Some(Outcome::Kept) => "It was kept.",
            Some(Outcome::Made) => "It was made.",
            Some(Outcome::Gone) => "There was nothing left to do.",
            Some(Outcome::Denied) => { strong { "It was not made: " } (detail) },
            Some(Outcome::Changed) => { strong { "It was not made: " } "the access is now " (detail) },
        }
    }
}

/// The decision that a form sends: `keep`, `remove`, or `change:` and what it becomes.
fn wish(line: u64, fields: &Fields) -> Result<Wish, Failure> {
    let (decision, to) = match fields.text("decision").split_once(':') {
        Some(("change", to)) => (Decision::Change, Some(to.to_owned())),
        _ => match fields.get("decision") {
            Some("keep") => (Decision::Keep, None),
            Some("remove") => (Decision::Remove, None),
            _ => return Err(Failure::bad_request("choose what is decided")),
        },
    };
    Ok(Wish { line, decision, to, access: fields.text("access") })
}

async fn decide(
    caller: Caller,
    Path((organization, id, line)): Path<(String, String, u64)>,
    Asked(asked): Asked,
    fields: Fields,
) -> Result<Response, Failure> {
    let wishes = wish(line, &fields).map(|wish| vec![wish]);
    let back = format!("{}{}", path(&organization, &id), filters_of(&asked));
    store(caller, [&organization, &id], asked, &fields, wishes, (&back, "decided")).await
}

/// Keeps all lines of a form, or none if one of them is not as it was seen.
async fn keep(
    caller: Caller,
    Path((organization, id)): Which,
    Asked(asked): Asked,
    fields: Fields,
) -> Result<Response, Failure> {
    let wishes = fields.all("line").map(kept).collect();
    // What is left to decide comes next.
    let next = format!("{}?open=yes", path(&organization, &id));
    store(caller, [&organization, &id], asked, &fields, wishes, (&next, "kept")).await
}

/// Stores decisions, and sends the reader on. If they cannot be, the page is shown again.
async fn store(
    caller: Caller,
    [organization, id]: [&str; 2],
    asked: Fields,
    fields: &Fields,
    wishes: Result<Vec<Wish>, Failure>,
    (next, done): (&str, &str),
) -> Result<Response, Failure> {
    let (asking, review) = find(caller.clone(), organization, id).await?;
    let stored = match wishes {
        Ok(wishes) => api::decide_lines(&asking, &review, wishes).await,
        Err(failure) => Err(failure),
    };
    match stored {
        Ok(_) => Ok(redirect(next, done)),
        Err(failure) => again(caller, organization, id, asked, &failure, fields).await,
    }
}

/// What is kept: the number of a line, and the access that was seen.
fn kept(line: &str) -> Result<Wish, Failure> {
    let parts = line.split_once(':').and_then(|(number, access)| Some((number.parse().ok()?, access)));
    let (line, access) = parts.ok_or_else(|| Failure::bad_request("line: send its number, `:` and its access"))?;
    Ok(Wish { line, decision: Decision::Keep, to: None, access: access.to_owned() })
}

async fn close(caller: Caller, Path((organization, id)): Which, fields: Fields) -> Result<Response, Failure> {
    let (asking, review) = find(caller.clone(), &organization, &id).await?;
    match api::close_review(&asking, &review, fields.has("accept")).await {
        Ok(closing) if closing.closed => Ok(redirect(&path(&organization, &id), "closed")),
        Ok(closing) => {
            let detail = if closing.more {
                "there is more to make than one request makes: close the review again"
            } else {
                "the review stays open: some lines were not made, and say why below"
            };
            let failure = Failure::conflict(detail);
            again(caller, &organization, &id, Fields::one("open", "yes"), &failure, &fields).await
        }
        Err(failure) => again(caller, &organization, &id, Fields::default(), &failure, &fields).await,
    }
}

/// Shows the review again, as it is now, with what was not done.
async fn again(
    caller: Caller,
    organization: &str,
    id: &str,
    asked: Fields,
    failure: &Failure,
    fields: &Fields,
) -> Result<Response, Failure> {
    let (asking, review) = find(caller, organization, id).await?;
    attempted(failure, fields, |attempt| show(asking, review, asked, attempt)).await
}

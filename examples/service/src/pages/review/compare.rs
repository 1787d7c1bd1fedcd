//! What changed between two moments: who gained or lost a protected environment, and the changes that were made.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use shipgate::model::ProtectionLevel;
use shipgate::{Directory, Time};

use crate::api::Failure;
use crate::api::asking::{AsOf, Asking};
use crate::api::caller::Caller;
use crate::api::review::require_auditor;
use crate::database::Query;
use crate::pages::fields::Asked;
use crate::pages::layout::{Entry, Frame};
use crate::pages::names::Names;
use crate::pages::review::{parts, path as review_path, typed};
use crate::pages::table::table_or;
use crate::pages::time::time;
use crate::pages::words;
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/organizations/{organization}/review/changes", get(show))
}

/// How many differences, and how many changes, are shown.
const MOST: usize = 100;

async fn show(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    let asking = caller.of(&organization).await?;
    let frame = Frame::of(&asking, Entry::Review, &asked).await?;
    require_auditor(&asking)?;
    let here = format!("{}/changes", review_path(&organization));
    let compared = match asked.get("from") {
        Some(from) => Some(compare(&asking, from, asked.get("to")).await?),
        None => None,
    };
    let body = html! {
        h1 { "What changed" }
        (parts(&organization, "/changes"))
        form method="get" action=(here) class="across" {
            (typed(&asked, "text", "from", "From a revision or time"))
            (typed(&asked, "text", "to", "To a revision or time"))
            div class="actions" { button { "Compare" } }
        }
        p class="soft" { "Leave the second field empty for today. A revision is a number such as 17, a time is written as \
            2026-12-31T23:59:59Z." }
        @if let Some(compared) = &compared { (compared) }
    };
    Ok(frame.page("What changed", &body).into_response())
}

/// Who gained or lost what.
struct Difference {
    environment: String,
    account: String,
    gained: bool,
}

async fn compare(asking: &Asking, from: &str, to: Option<&str>) -> Result<Markup, Failure> {
    let (before, after) = (asking.as_of(Some(from)).await?, asking.as_of(to).await?);
    let [first, last] = [&before, &after].map(|as_of| revision(asking, as_of));
    if first > last {
        return Err(Failure::bad_request("from: it is later than `to`: exchange them"));
    }
    let mut differences = differences(asking.organization.as_str(), &before, &after);
    let has_more = differences.len() > MOST;
    differences.truncate(MOST);
    let text = "SELECT at, kind, actor, target, revision FROM service_events WHERE organization = $1 AND revision > $2 \
        AND revision <= $3 ORDER BY at DESC, id DESC";
    let query = Query::new(format!("{text} LIMIT {MOST}")).bind(&asking.organization).bind(first).bind(last);
    let rows = asking.caller.service.database.rows(query).await?;
    let mut accounts: BTreeSet<String> = differences.iter().map(|difference| difference.account.clone()).collect();
    for row in &rows {
        accounts.insert(row.text("actor")?);
    }
    let names = Names::of_accounts(&asking.caller.service.database, accounts).await?;
    let mut changes = Vec::new();
    for row in &rows {
        let actor = row.text("actor")?;
        changes.push(vec![
            time(row.time("at")?),
            html! { span dir="auto" { (names.of(&actor)) } },
            html! { (words::capital(&row.text("kind")?)) },
            html! { span dir="auto" { (row.optional_text("target")?.unwrap_or_default()) } },
        ]);
    }
    let of_difference = |difference: &Difference| {
        vec![
            html! { span dir="auto" { (names.of(&difference.account)) } },
            html! { @if difference.gained { "gained" } @else { "lost" } },
            html! { span dir="auto" { (difference.environment) } },
        ]
    };
    let differences: Vec<_> = differences.iter().map(of_difference).collect();
    Ok(html! {
        h2 { "Who can deploy to protected environments, from revision " (first) " to revision " (last) }
        (table_or("Nobody gained or lost one.", "Gained and lost", &["Who", "What", "Environment"], &differences))
        @if has_more { p class="needs" { "There is more than this page shows: compare the evidence of both moments." } }
        h2 { "Changes that were made" }
        (table_or("None.", "Changes, from the last", &["When", "Who", "What", "About"], &changes))
        @if rows.len() >= MOST { p class="needs" { "These are the last " (MOST) ". The audit log has all of them." } }
    })
}

fn revision(asking: &Asking, as_of: &AsOf<'_>) -> u64 {
    match as_of {
        AsOf::Now(directory, _) => directory.revision(asking.organization.as_str()).unwrap_or_default(),
        AsOf::Then(past) => past.revision,
    }
}

/// Who could deploy to a protected environment, of those that were there at either moment.
fn differences(organization: &str, before: &AsOf<'_>, after: &AsOf<'_>) -> Vec<Difference> {
    let [then, now] = [before, after].map(|as_of| deployers(as_of.directory(), organization, as_of.time()));
    let mut found = Vec::new();
    for environment in then.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
        let none = BTreeSet::new();
        let (then, now) = (then.get(environment).unwrap_or(&none), now.get(environment).unwrap_or(&none));
        let of = |account: &&&str, gained| Difference {
            environment: (*environment).to_owned(),
            account: (**account).to_owned(),
            gained,
        };
        found.extend(now.difference(then).map(|account| of(&account, true)));
        found.extend(then.difference(now).map(|account| of(&account, false)));
    }
    found
}

fn deployers<'a>(
    directory: &'a Directory<String>,
    organization: &str,
    time: Time,
) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let all = directory.environments_of(organization);
    let protected = all.filter(|environment| environment.protection().level() != ProtectionLevel::None);
    protected
        .map(|environment| {
            let id = environment.id().as_str();
            (id, directory.deployers(id, Some(time)).map(|(account, _)| account.as_str()).collect())
        })
        .collect()
}

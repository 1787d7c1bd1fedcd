//! What changed between two moments: who gained or lost a protected environment, and the changes that were made.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::iter;

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use shipgate::Directory;
use shipgate::directory::EntityKind;
use shipgate::model::ProtectionLevel;

use crate::api::Failure;
use crate::api::asking::{AsOf, Asking};
use crate::api::caller::Caller;
use crate::api::review::require_auditor;
use crate::database::Query;
use crate::pages::fields::Asked;
use crate::pages::layout::{Entry, Frame};
use crate::pages::names::Names;
use crate::pages::review::{filtered, parts, path as review_path, typed};
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
    let filters = html! {
        h1 { "What changed" }
        (parts(&organization, "/changes"))
        form method="get" action=(here) class="across" {
            (typed(&asked, "text", "from", "From a revision or time"))
            (typed(&asked, "text", "to", "To a revision or time"))
            div class="actions" { button { "Compare" } }
        }
        p class="soft" { "Leave the second field empty for today. A revision is a number such as 17, a time is written as \
            2026-12-31T23:59:59Z." }
    };
    let compared = match asked.get("from") {
        Some(from) => compare(&asking, from, asked.get("to")).await,
        None => Ok(html! {}),
    };
    filtered(frame, "What changed", &filters, compared).await
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
    let environments = differences.iter().map(|difference| &difference.environment);
    let environments = Names::of_things(&asking.caller.service.database, EntityKind::Environment, environments).await?;
    let of_difference = |difference: &Difference| {
        vec![
            html! { span dir="auto" { (names.of(&difference.account)) } },
            html! { @if difference.gained { "gained" } @else { "lost" } },
            html! { span dir="auto" { (environments.of(&difference.environment)) } },
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

/// Who can deploy to an environment at one moment and not at the other, of those that are protected at either: the first ones, and
/// one more than a page shows.
fn differences(organization: &str, before: &AsOf<'_>, after: &AsOf<'_>) -> Vec<Difference> {
    let [then, now] = [before, after].map(|as_of| protected(as_of.directory(), organization));
    let environments: BTreeSet<_> = then.chain(now).collect();
    let differing = environments.into_iter().flat_map(|environment| {
        let [then, now] = [before, after].map(|as_of| deployers(as_of, environment));
        let of = |(account, gained): (&str, bool)| Difference {
            environment: environment.to_owned(),
            account: account.to_owned(),
            gained,
        };
        only_in_one(then, now).map(of)
    });
    differing.take(MOST.saturating_add(1)).collect()
}

fn protected<'a>(directory: &'a Directory<String>, organization: &str) -> impl Iterator<Item = &'a str> {
    let all = directory.environments_of(organization);
    let protected = all.filter(|environment| environment.protection().level() != ProtectionLevel::None);
    protected.map(|environment| environment.id().as_str())
}

fn deployers<'a>(as_of: &'a AsOf<'_>, environment: &str) -> impl Iterator<Item = &'a str> {
    let deployers = as_of.directory().deployers(environment, Some(as_of.time()));
    deployers.map(|(account, _)| account.as_str())
}

/// What only one of two sorted lists has, and whether that is the second one.
fn only_in_one<'a>(
    first: impl Iterator<Item = &'a str>,
    second: impl Iterator<Item = &'a str>,
) -> impl Iterator<Item = (&'a str, bool)> {
    let (mut first, mut second) = (first.peekable(), second.peekable());
    iter::from_fn(move || {
        loop {
            let order = match (first.peek(), second.peek()) {
                (Some(one), Some(other)) => one.cmp(other),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return None,
            };
            match order {
                Ordering::Less => return first.next().map(|id| (id, false)),
                Ordering::Greater => return second.next().map(|id| (id, true)),
                Ordering::Equal => {
                    first.next();
                    second.next();
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::only_in_one;

    #[test]
    fn what_both_lists_have_is_no_difference() {
        let found: Vec<_> = only_in_one(["a", "b", "d"].into_iter(), ["b", "c", "d", "e"].into_iter()).collect();
        assert_eq!(found, [("a", false), ("c", true), ("e", true)]);
        assert_eq!(only_in_one(["a"].into_iter(), ["a"].into_iter()).next(), None);
    }
}

//! Access that was not used, as far as the audit log knows.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::html;
use shipgate::directory::EntityKind;
use shipgate::{ClusterAccess, Directory, Time};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::caller::Caller;
use crate::api::review::require_auditor;
use crate::database::{Query, Value};
use crate::pages::fields::Asked;
use crate::pages::layout::{Entry, Frame};
use crate::pages::names::Names;
use crate::pages::review::{parts, path as review_path};
use crate::pages::table::{pages, table_or};
use crate::pages::time::time;
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/organizations/{organization}/review/unused", get(show))
}

/// How many grants a page has.
const MOST: usize = 50;

async fn show(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    let asking = caller.of(&organization).await?;
    let frame = Frame::of(&asking, Entry::Review, &asked).await?;
    require_auditor(&asking)?;
    let (grants, next) = grants(asking.directory()?, &organization, asked.get("after").unwrap_or_default());
    let used = last_uses(&asking, &grants).await?;
    let database = &asking.caller.service.database;
    let names = Names::of_accounts(database, grants.iter().map(|grant| grant.account)).await?;
    let clusters = Names::of_things(database, EntityKind::Cluster, grants.iter().map(|grant| grant.cluster)).await?;
    let rows: Vec<_> = grants
        .iter()
        .map(|grant| {
            let last = used.get(&(grant.account.to_owned(), grant.cluster.to_owned()));
            vec![
                html! { span dir="auto" { (names.of(grant.account)) } small { (grant.account) } },
                html! { (grant.level.as_str()) " on " span dir="auto" { (clusters.of(grant.cluster)) } },
                html! {
                    @match last {
                        Some(at) => (time(*at)),
                        None => strong { "never, as far as is known" },
                    }
                },
            ]
        })
        .collect();
    let here = format!("{}/unused", review_path(&organization));
    let body = html! {
        h1 { "Unused access" }
        (parts(&organization, "/unused"))
        p { "Each grant of a member's own that lets them deploy, with their last deployment on that cluster. The service knows \
            deployments that were started here. It does not know who only looked at something, nor what was done on a cluster \
            in another way." }
        (table_or("No member has such a grant.", "Grants, by id of the member", &["Who", "Grant", "Last deployment"], &rows))
        (pages(&here, &asked, next.as_deref()))
    };
    Ok(frame.page("Unused access", &body).into_response())
}

/// A grant of a member's own.
struct Granted<'a> {
    account: &'a str,
    cluster: &'a str,
    level: ClusterAccess,
}

/// The grants of the members of a page, and after whom the next one begins.
fn grants<'a>(directory: &'a Directory<String>, organization: &str, after: &str) -> (Vec<Granted<'a>>, Option<String>) {
    let mut found = Vec::new();
    for account in directory.members_of(organization).filter(|account| account.id().as_str() > after) {
        let Some(membership) = account.membership(organization) else { continue };
        let all = membership.cluster_accesses().filter(|(_, _, grant)| grant.value() >= ClusterAccess::Deploy);
        found.extend(all.map(|(cluster, _, grant)| Granted { account: account.id(), cluster, level: grant.value() }));
        if found.len() >= MOST {
            return (found, Some(account.id().clone()));
        }
    }
    (found, None)
}

/// The last deployment of each of these members on each cluster.
async fn last_uses(asking: &Asking, grants: &[Granted<'_>]) -> Result<BTreeMap<(String, String), Time>, Failure> {
    let database = &asking.caller.service.database;
    let accounts: std::collections::BTreeSet<_> = grants.iter().map(|grant| grant.account.to_owned()).collect();
    let text = format!(
        "SELECT d.started_by, e.cluster, MAX(d.changed_at) AS at FROM service_deployments AS d \
         JOIN shipgate_environments AS e ON e.organization = d.organization AND e.id = d.environment \
         WHERE d.organization = $1 AND {} GROUP BY d.started_by, e.cluster",
        database.is_one_of("d.started_by", 2)
    );
    let query = Query::new(text).bind(&asking.organization).bind(Value::Texts(accounts.into_iter().collect()));
    let mut used = BTreeMap::new();
    for row in database.rows(query).await? {
        used.insert((row.text("started_by")?, row.text("cluster")?), row.time("at")?);
    }
    Ok(used)
}

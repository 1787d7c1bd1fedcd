//! What the pages of a large organization take: each should answer within 200 ms, in less than 300 kB.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use clap::Parser;
use shipgate_service::authentication::session::csrf_token;
use shipgate_service::clock::Clock;
use shipgate_service::configuration::CommandLine;
use shipgate_service::database::{Database, Query};
use shipgate_service::server::routes;
use shipgate_service::start::start;
use tower::ServiceExt;

use crate::fill::Platform;
use crate::{Result, report};

/// The most bytes of a page.
const MOST: usize = 300_000;

/// The pages, without the organization.
const PAGES: [&str; 28] = [
    "members",
    "members?search=person+99",
    "members?role=owner",
    "members/largest_5",
    "teams",
    "roles",
    "clusters",
    "clusters/wide/access",
    "clusters/wide/access?search=person+99",
    "projects/broad",
    "environments/deep",
    "deployments",
    "tokens",
    "audit?who=person+7",
    "review",
    "review?after=largest_5",
    "review?as=person7%40large.example",
    "review?level=view&environment=environment_1_0",
    "review?level=deploy&after=largest_9",
    "review?level=deploy&team=crew",
    "review?search=person+99&form=table",
    "review/reach",
    "review/reach/deep",
    "review/reach/deep?after=largest_9",
    "review/reach/deep/largest_5",
    "review/findings",
    "review/unused",
    "review/reviews",
];

pub(crate) async fn measure(url: &str, database: &Database, platform: Platform, review: &str) -> Result<()> {
    fill(database, platform).await?;
    let flags = ["shipgate-service", "--listen", "127.0.0.1:0", "--database", url, "--stale-after", "600000"];
    let service = start(&CommandLine::try_parse_from(flags)?.serve, Arc::new(Clock::default())).await?.service;
    let session = service.database.begin_session("largest_owner", service.clock.now()).await?;
    let router = routes(service.clone());
    // The organization is loaded once, which is measured elsewhere.
    ask(&router, &session, "members", None).await?;
    let mut slowest = Duration::ZERO;
    let lines = format!("review/reviews/{review}");
    let of_review = ["", "?after=%5B%22%22,%2250000%22%5D", "?open=yes", "?holder=person7%40large.example"]
        .map(|query| format!("{lines}{query}"));
    for page in PAGES.into_iter().map(ToOwned::to_owned).chain(of_review) {
        let took = ask(&router, &session, &page, None).await?;
        slowest = slowest.max(print(&page.replace(review, "ID"), took)?);
    }
    let past = "review?at=0";
    print("the first page of the past", ask(&router, &session, past, None).await?)?;
    slowest = slowest.max(print("the next one", ask(&router, &session, past, None).await?)?);
    let csrf = csrf_token(&session);
    let forms = [
        ("members/largest_5/role", format!("csrf={csrf}&role=viewer&seen=developer")),
        ("members/largest_5/remove", format!("csrf={csrf}&seen=developer")),
        ("clusters/wide/access", format!("csrf={csrf}&who=largest_6&level=none")),
        (
            "environments/deep/protection",
            format!("csrf={csrf}&protection=locked&seen=none:%20whoever%20may%20deploy%20does"),
        ),
    ];
    for (path, form) in forms {
        slowest =
            slowest.max(print(&format!("the effect of {path}"), ask(&router, &session, path, Some(form)).await?)?);
    }
    let what = format!("the slowest page of an organization of {} members", platform.largest);
    report::time(&what, slowest, Duration::from_millis(200));
    Ok(())
}

/// Names, a team, and a cluster, a project and an environment that all members may view.
async fn fill(database: &Database, platform: Platform) -> Result<()> {
    let text = "WITH RECURSIVE numbers (n) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $1) \
        INSERT INTO service_accounts (id, kind, name, email, email_verified, created_at) \
        SELECT 'largest_' || CAST(n AS TEXT), 'user', 'Person ' || CAST(n AS TEXT), \
        'person' || CAST(n AS TEXT) || '@large.example', TRUE, 0 FROM numbers";
    database.execute(Query::new(text).bind(i64::from(platform.largest))).await?;
    let texts = [
        "INSERT INTO service_accounts (id, kind, name, email_verified, created_at) VALUES ('largest_owner', 'user', 'Owner', FALSE, 0)",
        "INSERT INTO shipgate_teams (organization, id) VALUES ('largest', 'crew')",
        "INSERT INTO shipgate_ids (kind, id, organization) VALUES ('team', 'crew', 'largest')",
        "INSERT INTO shipgate_ids (kind, id, organization) VALUES ('cluster', 'wide', 'largest')",
        "INSERT INTO shipgate_ids (kind, id, organization) VALUES ('project', 'broad', 'largest')",
        "INSERT INTO shipgate_ids (kind, id, organization) VALUES ('environment', 'deep', 'largest')",
        "INSERT INTO shipgate_clusters (organization, id, visibility) VALUES ('largest', 'wide', 'organization')",
        "INSERT INTO shipgate_projects (organization, id, visibility) VALUES ('largest', 'broad', 'organization')",
        "INSERT INTO shipgate_environments (organization, id, project, cluster, namespace, protection) \
         VALUES ('largest', 'deep', 'broad', 'wide', 'deep', 'none')",
    ];
    for text in texts {
        database.execute(Query::new(text)).await?;
    }
    let members = "INSERT INTO shipgate_team_members (organization, team, account) \
        SELECT organization, 'crew', account FROM shipgate_members WHERE organization = 'largest' AND account LIKE '%7'";
    database.execute(Query::new(members)).await?;
    Ok(())
}

/// How long a page takes, and how long it is.
async fn ask(router: &Router, session: &str, path: &str, form: Option<String>) -> Result<(Duration, usize)> {
    let method = if form.is_some() { Method::POST } else { Method::GET };
    let request = Request::builder().method(method).uri(format!("/organizations/largest/{path}"));
    let request = request.header("cookie", format!("session={session}")).body(Body::from(form.unwrap_or_default()))?;
    let began = Instant::now();
    let response = router.clone().oneshot(request).await?;
    let status = response.status();
    let html = to_bytes(response.into_body(), 10 * MOST).await?;
    let took = began.elapsed();
    if status == StatusCode::OK { Ok((took, html.len())) } else { Err(format!("{path} answered {status}").into()) }
}

fn print(page: &str, (took, length): (Duration, usize)) -> Result<Duration> {
    println!("{page}: {:.1} ms, {} kB", took.as_secs_f64() * 1e3, length / 1_000);
    if length < MOST { Ok(took) } else { Err(format!("{page} is {length} bytes long").into()) }
}

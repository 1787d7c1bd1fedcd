//! What evidence of a large organization takes: at most 60 s, in at most 200 MB.

use std::time::Instant;

use shipgate_service::clock::Clock;
use shipgate_service::database::{Database, Query};
use shipgate_service::evidence::{Request, Subject, export};
use shipgate_service::review::{Present, Review};

use crate::{Result, organizations, resident};

/// How many clusters, projects and environments; a tenth of the environments is protected.
const THINGS: i64 = 20;

pub(crate) async fn measure(database: &Database, members: i64) -> Result<()> {
    fill(database, members).await?;
    let organizations = organizations(database);
    organizations.ensure("large").await?;
    let (directory, now) = (organizations.snapshot("large")?, Clock::default().now());
    let began = Instant::now();
    let tokens = database.tokens_in("large", now, None).await?;
    let lines = Present { directory: &directory, organization: "large", tokens: &tokens }.lines();
    database.store_review(&Review::new("large", 0, "owner", now), &lines).await?;
    println!("opening a review of {} lines: {:.1} s", lines.len(), began.elapsed().as_secs_f64());
    let request = Request {
        organization: "large".to_owned(),
        subject: Subject::Now { directory, time: now },
        at: None,
        asked_by: "owner".to_owned(),
        now,
        deadline: None,
    };
    let (before, began) = (resident("VmRSS:")?, Instant::now());
    let archive = export(database, request, ()).await?;
    let (took, bytes) = (began.elapsed(), archive.metadata()?.len());
    let grown = resident("VmHWM:")?.saturating_sub(before);
    println!(
        "evidence, {members} members: {:.1} s (at most 60 s), {} MB (at most 200 MB), {} MB of memory",
        took.as_secs_f64(),
        bytes / 1_000_000,
        grown / 1_000_000,
    );
    Ok(())
}

/// Clusters, projects and environments, and grants of one member in five.
async fn fill(database: &Database, members: i64) -> Result<()> {
    let numbers =
        "WITH RECURSIVE numbers (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)";
    let texts = [
        "INSERT INTO shipgate_clusters (organization, id, visibility) SELECT 'large', 'cluster_' || CAST(n AS TEXT), 'organization' FROM numbers",
        "INSERT INTO shipgate_projects (organization, id, visibility) SELECT 'large', 'project_' || CAST(n AS TEXT), 'organization' FROM numbers",
        "INSERT INTO shipgate_environments (organization, id, project, cluster, namespace, protection) \
         SELECT 'large', 'environment_' || CAST(n AS TEXT) || '_' || p, 'project_' || CAST(n AS TEXT), 'cluster_' || CAST(n AS TEXT), \
         'n' || p, CASE p WHEN '0' THEN 'restricted' ELSE 'none' END FROM numbers, \
         (SELECT '0' AS p UNION ALL SELECT '1' UNION ALL SELECT '2' UNION ALL SELECT '3' UNION ALL SELECT '4' \
         UNION ALL SELECT '5' UNION ALL SELECT '6' UNION ALL SELECT '7' UNION ALL SELECT '8' UNION ALL SELECT '9') AS parts",
    ];
    for text in texts {
        database.execute(Query::new(format!("{numbers} {text}")).bind(THINGS)).await?;
    }
    let grants = "INSERT INTO shipgate_cluster_access (organization, cluster, holder_kind, holder, level) \
        SELECT 'large', 'cluster_' || CAST(n % 20 + 1 AS TEXT), 'account', 'user_' || CAST(n * 5 AS TEXT), 'manage' FROM numbers";
    database.execute(Query::new(format!("{numbers} {grants}")).bind(members / 5)).await?;
    Ok(())
}

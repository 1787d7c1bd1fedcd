//! What a review and the evidence of a large organization take: evidence at most 60 s, in at most 200 MB.

use std::time::{Duration, Instant};

use shipgate_service::clock::Clock;
use shipgate_service::database::{Database, Query};
use shipgate_service::evidence::{Request, Subject, export};
use shipgate_service::review::{Present, Review};

use crate::fill::{LARGEST, Platform, owner};
use crate::instance::instance;
use crate::memory::resident;
use crate::{Result, report};

/// The most bytes of an archive.
const MOST: u64 = 200_000_000;

/// How many clusters, projects and environments; a tenth of the environments is protected.
const THINGS: i64 = 20;

/// Opens a review, and returns its id.
pub(crate) async fn open_review(database: &Database) -> Result<String> {
    let organizations = instance(database, None, false);
    organizations.ensure(LARGEST).await?;
    let (directory, now) = (organizations.snapshot(LARGEST)?, Clock::default().now());
    let began = Instant::now();
    let tokens = database.tokens_in(LARGEST, now, None).await?;
    let lines = Present { directory: &directory, organization: LARGEST, tokens: &tokens }.lines();
    let review = Review::new(LARGEST, 0, &owner(LARGEST), now);
    database.store_review(&review, &lines).await?;
    println!("opening a review of {} lines: {:.1} s", lines.len(), began.elapsed().as_secs_f64());
    Ok(review.id)
}

pub(crate) async fn measure(database: &Database, platform: Platform) -> Result<()> {
    let organizations = instance(database, None, false);
    organizations.ensure(LARGEST).await?;
    let (directory, now) = (organizations.snapshot(LARGEST)?, Clock::default().now());
    let request = Request {
        organization: LARGEST.to_owned(),
        subject: Subject::Now { directory, time: now },
        at: None,
        asked_by: owner(LARGEST),
        now,
        deadline: None,
    };
    let (before, began) = (resident("VmRSS:")?, Instant::now());
    let archive = export(database, request, ()).await?;
    let (took, bytes) = (began.elapsed(), archive.metadata()?.len());
    let grown = resident("VmHWM:")?.saturating_sub(before);
    let what = format!("evidence of an organization of {} members", platform.largest);
    report::time(&what, took, Duration::from_mins(1));
    println!("it is {} kB long, and took {} MiB of memory", bytes / 1_000, grown >> 20);
    if bytes > MOST {
        return Err(format!("evidence is {bytes} bytes long").into());
    }
    Ok(())
}

/// Clusters, projects and environments, and grants of one member in five.
pub(crate) async fn fill(database: &Database, platform: Platform) -> Result<()> {
    let numbers =
        "WITH RECURSIVE numbers (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)";
    let texts = [
        "INSERT INTO shipgate_clusters (organization, id, visibility) SELECT 'largest', 'cluster_' || CAST(n AS TEXT), 'organization' FROM numbers",
        "INSERT INTO shipgate_projects (organization, id, visibility) SELECT 'largest', 'project_' || CAST(n AS TEXT), 'organization' FROM numbers",
        "INSERT INTO shipgate_environments (organization, id, project, cluster, namespace, protection) \
         SELECT 'largest', 'environment_' || CAST(n AS TEXT) || '_' || p, 'project_' || CAST(n AS TEXT), 'cluster_' || CAST(n AS TEXT), \
         'n' || p, CASE p WHEN '0' THEN 'restricted' ELSE 'none' END FROM numbers, \
         (SELECT '0' AS p UNION ALL SELECT '1' UNION ALL SELECT '2' UNION ALL SELECT '3' UNION ALL SELECT '4' \
         UNION ALL SELECT '5' UNION ALL SELECT '6' UNION ALL SELECT '7' UNION ALL SELECT '8' UNION ALL SELECT '9') AS parts",
    ];
    for text in texts {
        database.execute(Query::new(format!("{numbers} {text}")).bind(THINGS)).await?;
    }
    let grants = "INSERT INTO shipgate_cluster_access (organization, cluster, holder_kind, holder, level) \
        SELECT 'largest', 'cluster_' || CAST(n % 20 + 1 AS TEXT), 'account', 'largest_' || CAST(n * 5 AS TEXT), 'manage' FROM numbers";
    database.execute(Query::new(format!("{numbers} {grants}")).bind(i64::from((platform.largest - 1) / 5))).await?;
    Ok(())
}

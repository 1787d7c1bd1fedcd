//! What the service takes on an organization of some size: memory, the first question, pages, evidence, and a look at the
//! past.
//!
//!     cargo run --release --example measure -- DATABASE [DIVISOR]
//!
//! The database is an empty one, as `--database` names it. The divisor makes everything smaller: 100 is for a quick run.

#![forbid(unsafe_code)]

mod evidence;
mod pages;

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use shipgate::change::{Change, Follower, Platform};
use shipgate::{Action, Decision, ResourceId, Role, SubjectId, Time};
use shipgate_service::clock::Clock;
use shipgate_service::database::{Database, Query};
use shipgate_service::history::Moment;
use shipgate_service::organizations::{Following, Organizations, Proposed};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("name an empty database, as --database does")?;
    let divisor: i64 = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let database = Database::open(&url.parse()?, 4).await?;
    let (small, large) = (20_000 / divisor, 100_000 / divisor);
    for (organization, members) in [("small", small), ("large", large)] {
        fill(&database, organization, members).await?;
    }
    first_question(&database, small).await?;
    memory(&database, large).await?;
    pages::measure(&url, &database, large).await?;
    evidence::measure(&database, large).await?;
    past(&database, large, 10_000 / divisor).await
}

/// An organization of so many members, in the proportions of a platform: an Owner, and Developers.
async fn fill(database: &Database, organization: &str, members: i64) -> Result<()> {
    let texts = [
        "INSERT INTO shipgate_organizations (organization) VALUES ($1)",
        "INSERT INTO shipgate_ids (kind, id, organization) VALUES ('organization', $1, $1)",
        "INSERT INTO shipgate_members (organization, account, kind, role) VALUES ($1, 'owner', 'user', 'owner')",
    ];
    for text in texts {
        database.execute(Query::new(text).bind(organization)).await?;
    }
    let text = "WITH RECURSIVE numbers (n) AS (SELECT CAST(2 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < $2) \
        INSERT INTO shipgate_members (organization, account, kind, role) \
        SELECT $1, 'user_' || CAST(n AS TEXT), 'user', 'developer' FROM numbers";
    database.execute(Query::new(text).bind(organization).bind(members)).await?;
    Ok(())
}

fn organizations(database: &Database) -> Arc<Organizations> {
    let following =
        Following { poll: Duration::from_secs(1), stale_after: Duration::from_mins(10), memory: None, notify: false };
    Arc::new(Organizations::new(database.clone(), Arc::new(Clock::default()), following))
}

async fn first_question(database: &Database, members: i64) -> Result<()> {
    let organizations = organizations(database);
    let began = Instant::now();
    organizations.ensure("small").await?;
    let directory = organizations.snapshot("small")?;
    let subject = SubjectId::<String, str>::new("user_2").at(organizations.clock().now());
    let decision = directory.decide(&subject, Action::View, ResourceId::Organization("small"));
    print("the first question of an organization, its loading included", members, began, "150 ms");
    if decision == Decision::Allow { Ok(()) } else { Err("a member may view the organization".into()) }
}

/// What a row takes that is loaded, beside what it is estimated to take.
async fn memory(database: &Database, members: i64) -> Result<()> {
    let organizations = organizations(database);
    let before = resident("VmRSS:")?;
    organizations.ensure("large").await?;
    let (after, (_, estimated)) = (resident("VmRSS:")?, organizations.in_memory());
    let (taken, estimated) = (after.saturating_sub(before), i64::try_from(estimated)?);
    println!("memory, {members} members: {} bytes a row, estimated {}", taken / members, estimated / members);
    Ok(())
}

/// The resident memory of this process, in bytes: now, as `VmRSS:`, or at its highest, as `VmHWM:`.
fn resident(what: &str) -> Result<i64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(what)).ok_or("there is no such line")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<i64>()? * 1024)
}

async fn past(database: &Database, members: i64, records: i64) -> Result<()> {
    let organizations = organizations(database);
    organizations.ensure("large").await?;
    for number in 0..records {
        // Some roles change, and back.
        let (account, role) =
            (2 + number % 1_000 % (members - 1), if number / 1_000 % 2 == 0 { Role::Viewer } else { Role::Developer });
        let propose = |follower: &Follower<String>, now: Time, id: String| {
            let change = Change::change_role("large", format!("user_{account}"), role);
            let record = follower.propose_as_platform(
                &"large".to_owned(),
                id,
                change,
                Platform::new("measure", now),
                "measured",
            )?;
            Ok(Proposed { record, beside: vec![] })
        };
        organizations.change("large", propose).await?;
    }
    let began = Instant::now();
    let now = organizations.clock().now();
    let past = database.past("large", Moment::Revision(0), now).await?.ok_or("the organization was there")?;
    print(&format!("access as it was {records} records ago"), members, began, "2 s");
    let developers = past.directory.rows().members.into_iter().filter(|row| row.role == Role::Developer.into()).count();
    if developers == usize::try_from(members - 1)? { Ok(()) } else { Err("all but the Owner were Developers".into()) }
}

fn print(what: &str, members: i64, began: Instant, at_most: &str) {
    println!("{what}, {members} members: {:.1} ms (at most {at_most})", began.elapsed().as_secs_f64() * 1e3);
}

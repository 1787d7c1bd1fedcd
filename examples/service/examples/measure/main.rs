//! What the service takes on a platform of ten million memberships: time to start, first questions, memory, changes, pages,
//! evidence, and a look at the past.
//!
//!     cargo run --release --example measure -- DATABASE [DIVISOR]
//!     cargo run --release --example measure -- --largest DATABASE DIVISOR
//!
//! The second one fills the largest organization alone, and measures its pages, its evidence and its past.
//!
//! The database is an empty one, as `--database` names it. The divisor makes everything smaller: 100 is for a quick run. Each
//! figure is printed beside its aim; those of changes are for PostgreSQL, since SQLite has one writer. Answers are compared as well,
//! and a wrong one ends it.

#![forbid(unsafe_code)]

mod changes;
mod evidence;
mod fill;
mod instance;
mod memory;
mod pages;
mod past;
mod questions;
mod refusal;
mod report;

use std::error::Error;

use shipgate_service::database::Database;

use crate::fill::Platform;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (database, divisor) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [database] => (database, 1),
        [database, divisor] => (database, divisor.parse()?),
        ["--largest", database, divisor] => return of_the_largest(database, divisor.parse()?).await,
        ["--memory", database, divisor] => return memory::under_a_bound(database, divisor.parse()?).await,
        ["--row", database, divisor] => return memory::of_a_row(database, divisor.parse()?).await,
        _ => return Err("usage: measure DATABASE [DIVISOR], or measure --largest DATABASE DIVISOR".into()),
    };
    let platform = Platform::divided_by(divisor)?;
    let opened = Database::open(&database.parse()?, 4).await?;
    println!("{} organizations of {} members, each with a grant", platform.organizations, platform.members);
    fill::fill(&opened, platform).await?;
    questions::measure(&opened, platform).await?;
    memory::measure(database, divisor)?;
    // As many connections as there are changes at once.
    let opened = Database::open(&database.parse()?, 20).await?;
    changes::measure(&opened, platform).await?;
    what_people_see(database, &opened, platform).await?;
    refusal::measure(&opened, platform).await?;
    past::measure(&opened, platform).await
}

/// What people see of the largest organization, when there is no other.
async fn of_the_largest(database: &str, divisor: u32) -> Result<()> {
    let platform = Platform { organizations: 0, ..Platform::divided_by(divisor)? };
    let opened = Database::open(&database.parse()?, 4).await?;
    fill::fill(&opened, platform).await?;
    what_people_see(database, &opened, platform).await?;
    past::measure(&opened, platform).await
}

async fn what_people_see(url: &str, database: &Database, platform: Platform) -> Result<()> {
    evidence::fill(database, platform).await?;
    let review = evidence::open_review(database).await?;
    pages::measure(url, database, platform, &review).await?;
    evidence::measure(database, platform).await
}

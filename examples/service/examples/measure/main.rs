//! What the service takes on a platform of ten million memberships: time to start, first questions, memory, changes, pages,
//! evidence, and a look at the past.
//!
//!     cargo run --release --example measure -- DATABASE [DIVISOR]
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
        ["--memory", database, divisor] => return memory::under_a_bound(database, divisor.parse()?).await,
        ["--row", database, divisor] => return memory::of_a_row(database, divisor.parse()?).await,
        _ => return Err("usage: measure DATABASE [DIVISOR]".into()),
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
    pages::measure(database, &opened, platform).await?;
    evidence::measure(&opened, platform).await?;
    refusal::measure(&opened, platform).await?;
    past::measure(&opened, platform).await
}

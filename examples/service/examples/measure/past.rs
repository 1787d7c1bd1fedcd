//! Access as it was many records ago.

use std::time::{Duration, Instant};

use shipgate::Role;
use shipgate_service::database::Database;
use shipgate_service::history::Moment;

use crate::fill::{LARGEST, Platform, member};
use crate::instance::{change, instance, role_change};
use crate::{Result, report};

pub(crate) async fn measure(database: &Database, platform: Platform) -> Result<()> {
    let (organizations, records) = (instance(database, None, false), platform.part(10_000, 100));
    for number in 0..records {
        // Some roles change, and back.
        let account = member(LARGEST, number % 1_000 % (platform.largest / 2));
        change(&organizations, LARGEST, role_change(LARGEST, account, number / 1_000)).await?;
    }
    let began = Instant::now();
    let now = organizations.clock().now();
    let past = database.past(LARGEST, Moment::Revision(0), now).await?.ok_or("the organization was there")?;
    let what = format!("access to an organization of {} members as it was {records} records ago", platform.largest);
    report::time(&what, began.elapsed(), Duration::from_secs(2));
    let rows = past.directory.rows();
    let developers = rows.members.into_iter().filter(|row| row.role == Role::Developer.into()).count();
    if developers == usize::try_from(platform.largest)? {
        Ok(())
    } else {
        Err("all but the Owner were Developers".into())
    }
}

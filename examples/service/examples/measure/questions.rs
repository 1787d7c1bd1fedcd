//! How long an instance takes until it is ready, and until it answers about an organization that it has not loaded.

use std::time::{Duration, Instant};

use shipgate::Decision;
use shipgate_service::database::Database;

use crate::fill::{Platform, cluster, member, organization};
use crate::instance::{deploys, instance};
use crate::{Result, report};

/// How many organizations are asked about; the median counts.
const FIRST: u32 = 9;

pub(crate) async fn measure(database: &Database, platform: Platform) -> Result<()> {
    let began = Instant::now();
    let organizations = instance(database, None, false);
    organizations.read_all().await?;
    organizations.require_ready()?;
    report::time("ready", began.elapsed(), Duration::from_secs(2));
    let mut times = Vec::new();
    for number in 0..FIRST {
        let organization = organization(number);
        let began = Instant::now();
        organizations.ensure(&organization).await?;
        let directory = organizations.snapshot(&organization)?;
        // Member 0 has `view` on cluster 0, and member 1 `deploy` on cluster 1.
        for (number, allowed) in [(0, false), (1, true)] {
            let (account, cluster) = (member(&organization, number), cluster(&organization, number));
            let decision = deploys(&directory, &account, &cluster, organizations.clock().now());
            if (decision == Decision::Allow) != allowed {
                return Err(format!("{account}, {cluster}: {decision:?}").into());
            }
        }
        times.push(began.elapsed());
    }
    let what = format!("the first question of an organization of {} members, its loading included", platform.members);
    report::time(&what, report::quantile(&mut times, 0.5), Duration::from_millis(150));
    Ok(())
}

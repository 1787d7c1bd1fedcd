//! How long another instance allows what is no longer allowed, from the commit on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use shipgate::Decision;
use shipgate::change::Change;
use shipgate_service::database::Database;
use shipgate_service::organizations::Organizations;

use crate::fill::{CLUSTERS, LARGEST, Platform, cluster, member};
use crate::instance::{POLL, change, deploys, instance};
use crate::{Result, report};

pub(crate) async fn measure(database: &Database, platform: Platform) -> Result<()> {
    let announced = matches!(database, Database::Postgres(_));
    if announced {
        let mut times = refusals(database, platform.part(500, 20), platform.largest / 2, true).await?;
        report::time("refused elsewhere, p99", report::quantile(&mut times, 0.99), Duration::from_millis(50));
    }
    let mut times = refusals(database, platform.part(20, 3), platform.largest / 4 * 3, false).await?;
    // A poll's interval, and what the poll takes.
    let at_most = POLL + Duration::from_millis(50);
    report::time("refused elsewhere if nothing is announced, at most", report::quantile(&mut times, 1.0), at_most);
    Ok(())
}

/// Removes members on one instance, and waits until the other refuses them.
async fn refusals(database: &Database, count: u32, from: u32, notify: bool) -> Result<Vec<Duration>> {
    let [here, there] = [instance(database, None, notify), instance(database, None, notify)];
    let following = [&here, &there].map(|instance| tokio::spawn(Arc::clone(instance).follow()));
    for instance in [&here, &there] {
        instance.ensure(LARGEST).await?;
    }
    // Until both listen.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut times = Vec::new();
    for number in (from..).filter(|number| number % 3 != 0).take(usize::try_from(count)?) {
        let (account, cluster) = (member(LARGEST, number), cluster(LARGEST, number % CLUSTERS));
        if !may(&there, &account, &cluster)? {
            return Err(format!("{account} could not deploy before").into());
        }
        change(&here, LARGEST, Change::remove_member(LARGEST, &*account)).await?;
        let committed = Instant::now();
        while may(&there, &account, &cluster)? {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        times.push(committed.elapsed());
    }
    for task in following {
        task.abort();
    }
    Ok(times)
}

fn may(organizations: &Organizations, account: &str, cluster: &str) -> Result<bool> {
    let directory = organizations.snapshot(LARGEST)?;
    Ok(deploys(&directory, account, cluster, organizations.clock().now()) == Decision::Allow)
}

//! Changes: how many a second, and how long they take while another organization has many of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use shipgate_service::database::Database;
use shipgate_service::organizations::Organizations;
use tokio::task::JoinSet;

use crate::fill::{Platform, member, organization};
use crate::instance::{change, instance, role_change};
use crate::{Result, report};

/// Changes at once.
const WRITERS: u32 = 16;

/// How long each measurement takes.
const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_secs(1);

pub(crate) async fn measure(database: &Database, platform: Platform) -> Result<()> {
    let organizations = instance(database, None, true);
    let time = if platform.divisor == 1 { LONG } else { SHORT };
    let all = platform.organizations;
    for number in 0..all {
        organizations.ensure(&organization(number)).await?;
    }
    let one = commits(&organizations, platform, 1, time).await?;
    let many = commits(&organizations, platform, all, time).await?;
    println!("changes a second: {one:.0} of one organization, {many:.0} of {all}");
    report::at_least("changes of all organizations to those of one", many / one, 4.0);

    let mut quiet = elsewhere(&organizations, platform, &Until::Time(time)).await?;
    let synchronized = Arc::new(AtomicBool::new(false));
    let accounts = platform.part(10_000, 100);
    let synchronizing = tokio::spawn(synchronize(Arc::clone(&organizations), accounts, Arc::clone(&synchronized)));
    let mut beside = elsewhere(&organizations, platform, &Until::Done(synchronized)).await?;
    synchronizing.await??;
    let (quiet, beside) = (report::quantile(&mut quiet, 0.99), report::quantile(&mut beside, 0.99));
    println!("a change elsewhere, p99: {quiet:.1?} quiet, {beside:.1?} while {accounts} accounts are synchronized");
    report::at_most("the one to the other", beside.as_secs_f64() / quiet.as_secs_f64(), 2.0);
    Ok(())
}

/// How many changes a second are stored, of this many organizations.
async fn commits(organizations: &Arc<Organizations>, platform: Platform, of: u32, time: Duration) -> Result<f64> {
    let (began, count, mut writers) = (Instant::now(), Arc::new(AtomicU32::new(0)), JoinSet::new());
    for _ in 0..WRITERS {
        let (organizations, count) = (Arc::clone(organizations), Arc::clone(&count));
        writers.spawn(async move {
            while began.elapsed() < time {
                let turn = count.fetch_add(1, Ordering::Relaxed);
                one_change(&organizations, platform, turn % of, turn / of).await?;
            }
            Ok::<_, shipgate_service::organizations::Error>(())
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer??;
    }
    Ok(f64::from(count.load(Ordering::Relaxed)) / began.elapsed().as_secs_f64())
}

/// Changes one member's role: all members in turn, there and back.
async fn one_change(
    organizations: &Organizations,
    platform: Platform,
    number: u32,
    turn: u32,
) -> std::result::Result<(), shipgate_service::organizations::Error> {
    let organization = organization(number);
    let account = member(&organization, turn % platform.members);
    change(organizations, &organization, role_change(&organization, account, turn / platform.members)).await
}

enum Until {
    Time(Duration),
    Done(Arc<AtomicBool>),
}

/// How long changes of other organizations take, one after another.
async fn elsewhere(organizations: &Organizations, platform: Platform, until: &Until) -> Result<Vec<Duration>> {
    let (mut times, began) = (Vec::new(), Instant::now());
    let over = || match until {
        Until::Time(time) => began.elapsed() > *time,
        Until::Done(done) => done.load(Ordering::Relaxed),
    };
    for turn in 0_u32.. {
        if over() {
            break;
        }
        // A role that changes each time, whatever it was before.
        let organization = organization(1 + turn % (platform.organizations - 1));
        let account = member(&organization, platform.members - 1);
        let began = Instant::now();
        change(organizations, &organization, role_change(&organization, account, turn / (platform.organizations - 1)))
            .await?;
        times.push(began.elapsed());
    }
    Ok(times)
}

/// Changes the roles of so many accounts of one organization, one after another.
async fn synchronize(organizations: Arc<Organizations>, accounts: u32, done: Arc<AtomicBool>) -> Result<()> {
    let organization = organization(0);
    for number in 0..accounts {
        let account = format!("{organization}_{number}");
        change(&organizations, &organization, role_change(&organization, account, number)).await?;
    }
    done.store(true, Ordering::Relaxed);
    Ok(())
}

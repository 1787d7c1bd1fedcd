//! Memory under a bound, and whether what is dropped and loaded again answers as a directory of everything.

use std::process::Command;

use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use shipgate::Directory;
use shipgate::directory::Rows;
use shipgate_service::database::Database;

use crate::Result;
use crate::fill::{CLUSTERS, LARGEST, Platform, cluster, member, organization};
use crate::instance::{deploys, instance};

/// Of the whole platform; a hundredth of it is for a hundredth of the members.
const BOUND: usize = 1 << 30;

/// Questions about everything.
const SAMPLED: u32 = 100_000;

/// Measures in processes of their own, which have nothing else in memory.
pub(crate) fn measure(database: &str, divisor: u32) -> Result<()> {
    for what in ["--memory", "--row"] {
        let mut command = Command::new(std::env::current_exe()?);
        if !command.args([what, database, &divisor.to_string()]).status()?.success() {
            return Err("memory could not be measured".into());
        }
    }
    Ok(())
}

/// What organizations take that are loaded and dropped under a bound.
pub(crate) async fn under_a_bound(database: &str, divisor: u32) -> Result<()> {
    let (platform, database) = (Platform::divided_by(divisor)?, Database::open(&database.parse()?, 4).await?);
    let bound = BOUND / usize::try_from(divisor)?;
    let organizations = instance(&database, Some(bound), false);
    organizations.read_all().await?;
    let before = resident("VmRSS:")?;
    let mut numbers: Vec<_> = (0..platform.organizations).collect();
    let mut random = SmallRng::seed_from_u64(1);
    // Twice, so that most were dropped and are loaded again.
    let each = platform.part(SAMPLED, 1_000).div_ceil(2 * platform.organizations);
    let (mut answers, mut most) = (Vec::new(), 0);
    for _ in 0..2 {
        numbers.shuffle(&mut random);
        for number in &numbers {
            let name = organization(*number);
            organizations.ensure(&name).await?;
            let (directory, now) = (organizations.snapshot(&name)?, organizations.clock().now());
            for _ in 0..each {
                let account = member(&name, random.random_range(0..platform.members));
                let cluster = cluster(&name, random.random_range(0..CLUSTERS));
                let decision = deploys(&directory, &account, &cluster, now);
                answers.push((account, cluster, now, decision));
            }
            most = most.max(resident("VmRSS:")?);
        }
    }
    let (taken, (loaded, estimated)) = (most.saturating_sub(before), organizations.in_memory());
    let met = if taken <= bound { "" } else { ": MISSED" };
    println!(
        "memory under a bound of {} MiB: at most {} MiB; {loaded} organizations are loaded at the end, estimated {} MiB{met}",
        bound >> 20,
        taken >> 20,
        estimated >> 20
    );
    drop(organizations);
    compare(&database, platform, &answers).await
}

type Sample = (String, String, shipgate::Time, shipgate::Decision);

/// Compares answers with those of a directory of everything.
async fn compare(database: &Database, platform: Platform, answers: &[Sample]) -> Result<()> {
    let mut all = Rows::default();
    for number in 0..platform.organizations {
        let loaded = database.load(&organization(number)).await?.ok_or("an organization is gone")?.rows;
        all.organizations.extend(loaded.organizations);
        all.members.extend(loaded.members);
        all.clusters.extend(loaded.clusters);
        all.cluster_access.extend(loaded.cluster_access);
    }
    let whole = Directory::try_from(&all)?;
    drop(all);
    for (account, cluster, now, decision) in answers {
        let expected = deploys(&whole, account, cluster, *now);
        if expected != *decision {
            return Err(format!("{account}, {cluster}: {decision:?}, not {expected:?}").into());
        }
    }
    println!("{} sampled answers are those of a directory of everything", answers.len());
    Ok(())
}

/// What a row takes, beside what it is estimated to take.
pub(crate) async fn of_a_row(database: &str, divisor: u32) -> Result<()> {
    let (platform, database) = (Platform::divided_by(divisor)?, Database::open(&database.parse()?, 4).await?);
    let organizations = instance(&database, None, false);
    let before = resident("VmRSS:")?;
    organizations.ensure(LARGEST).await?;
    let (taken, (_, estimated)) = (resident("VmRSS:")?.saturating_sub(before), organizations.in_memory());
    let rows = usize::try_from(2 * platform.largest)?;
    println!("a row of an organization of {rows}: {} bytes, estimated {}", taken / rows, estimated / rows);
    Ok(())
}

/// The resident memory of this process, in bytes: now, as `VmRSS:`, or at its highest, as `VmHWM:`.
pub(crate) fn resident(what: &str) -> Result<usize> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(what)).ok_or("there is no such line")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<usize>()? * 1024)
}

//! What a directory holds in memory, and what each row of it costs: counted by the allocator. Beside it the maps that a
//! team would write by hand.
//!
//! `cargo bench --bench memory`.

#![expect(clippy::cast_precision_loss, reason = "bytes are counted in gigabytes at most")]

#[path = "memory/counting.rs"]
mod counting;
#[path = "../src/testing.rs"]
#[expect(unreachable_pub, unused_imports, dead_code, reason = "the library publishes it, and a bench uses part of it")]
mod testing;
#[expect(dead_code, reason = "nothing is asked here")]
mod world;

use std::mem::size_of;

use foldhash::fast;
use shipgate::directory::Rows;
use shipgate::model::ApprovalId;
use shipgate::{
    Account, AccountKind, Action, Cluster, ClusterAccess, CustomRole, Decision, Directory, Environment, Grant, Holder,
    Membership, Organization, Project, ResourceId, Role, SubjectId, Team, Visibility,
};

use testing::platform;
use world::by_hand::ByHand;
use world::table::only_a_test;
use world::{PLATFORM, SMALL_PLATFORM, name, simple_platform, size};

const MIB: f64 = 1_048_576.0;

fn main() {
    let (accounts, size) = if only_a_test() { (1_000, SMALL_PLATFORM) } else { (670_000, PLATFORM) };
    print_platform(simple_platform(accounts, 1));
    print_platform(platform(size, 1));
    print_rows(accounts / 10);
}

/// Prints what a platform takes to hold.
fn print_platform(rows: Rows<u64>) {
    println!("{}", size(&rows));
    print_loading("u64 ids", || Directory::try_from(&rows).expect("the rows load"));
    print_loading("u64 ids, by hand", || ByHand::<_, fast::RandomState>::load(&rows, |id| *id));
    let named = rows.map_ids(name);
    print_loading("String ids", || Directory::try_from(&named).expect("the rows load"));
}

/// Prints what each row costs, where so many accounts have the same.
fn print_rows(accounts: usize) {
    println!("bytes an account, u64 ids");
    let bytes = |memberships, overrides| {
        let (_, memory) = counting::of(|| accounts_with(accounts, memberships, overrides));
        memory.bytes as f64 / accounts as f64
    };
    let mut before = 0.0;
    for (memberships, overrides) in [(1, 0), (2, 0), (3, 0), (3, 1), (3, 2)] {
        let now = bytes(memberships, overrides);
        println!("  {memberships} memberships, {overrides} overrides in each: {now:.1} ({:+.1})", now - before);
        before = now;
    }
    println!(
        "bytes of facts: Account {}, Membership {}, Grant {}, Organization {}, CustomRole {}, Team {}, Project {}, Cluster {}, \
         Environment {}",
        size_of::<Account<u64>>(),
        size_of::<Membership<u64>>(),
        size_of::<Grant<ClusterAccess>>(),
        size_of::<Organization<u64>>(),
        size_of::<CustomRole<u64>>(),
        size_of::<Team<u64>>(),
        size_of::<Project<u64>>(),
        size_of::<Cluster<u64>>(),
        size_of::<Environment<u64>>(),
    );
    println!(
        "bytes of a question: Action {}, SubjectId {}, ResourceId {}, Decision {}",
        size_of::<Action<&u64>>(),
        size_of::<SubjectId<'_, u64>>(),
        size_of::<ResourceId<&u64, &[ApprovalId<u64>], &str>>(),
        size_of::<Decision>(),
    );
}

fn print_loading<T>(about: &str, load: impl Fn() -> T) {
    let (loaded, memory) = counting::of(load);
    println!(
        "  {about}: {:.1} MiB in {} blocks, at most {:.1} MiB while loading",
        memory.bytes as f64 / MIB,
        memory.blocks,
        memory.most as f64 / MIB
    );
    drop(loaded);
}

/// So many accounts, each with so many memberships, each with so many overrides.
fn accounts_with(accounts: usize, memberships: u64, overrides: u64) -> Directory<u64> {
    let mut rows = Directory::builder();
    let refers = "rows refer to those before them";
    let accounts = 0..u64::try_from(accounts).expect("a count is a number");
    for organization in 0..memberships {
        rows.organization(organization).expect(refers);
        for id in accounts.clone() {
            rows.member(&organization, id, AccountKind::User, Role::Developer, None).expect(refers);
        }
        for cluster in organization * overrides..(organization + 1) * overrides {
            rows.cluster(cluster, &organization, Visibility::Organization).expect(refers);
            for id in accounts.clone() {
                rows.cluster_access(&cluster, Holder::Account(&id), ClusterAccess::View).expect(refers);
            }
        }
    }
    rows.build()
}

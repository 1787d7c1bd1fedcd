//! What a directory holds in memory, and what each row of it costs: counted by the allocator. Beside it the maps that a
//! team would write by hand.

#![expect(clippy::cast_precision_loss, reason = "accounts are counted in millions at most")]

use std::mem::size_of;

use foldhash::fast;
use shipgate::directory::Rows;
use shipgate::model::ApprovalId;
use shipgate::{
    Account, AccountKind, Action, Cluster, ClusterAccess, CustomRole, Decision, Directory, Environment, Grant, Holder,
    Membership, Organization, Project, ResourceId, Role, SubjectId, Team, Visibility,
};

use crate::counting::{self, Memory};
use crate::sheet::{Goal, Sheet};
use crate::testing::platform;
use crate::world::by_hand::ByHand;
use crate::world::by_hand::whole::{Whole, WithTeams};
use crate::world::table::{Spread, only_a_test};
use crate::world::{PLATFORM, SMALL_PLATFORM, name, simple_platform, size, team_platform};

pub(crate) fn run(sheet: &mut Sheet) {
    let (accounts, size) = if only_a_test() { (1_000, SMALL_PLATFORM) } else { (670_000, PLATFORM) };
    let rows = simple_platform(accounts, 1);
    let [numbered, named] = print_platform(&rows);
    print_loading("u64 ids, the whole policy by hand", || Whole::<_, fast::RandomState>::load(&rows, |id| *id));
    drop(rows);
    print_platform(&platform(size, 1));
    let rows = team_platform(accounts, 1);
    let [with_teams, _] = print_platform(&rows);
    print_loading("u64 ids, the whole policy by hand", || WithTeams::<_, fast::RandomState>::load(&rows, |id| *id));
    drop(rows);
    print_rows(accounts / 10);

    let mib = |memory: Memory| Spread::once(memory.mib());
    sheet.amount("memory, 670k users, u64 ids", mib(numbered), "MiB", Goal::AtMost(95.0));
    sheet.amount("memory, 670k users, String ids", mib(named), "MiB", Goal::AtMost(270.0));
    sheet.amount("memory, 670k users with teams, u64 ids", mib(with_teams), "MiB", Goal::Open);
}

/// Prints what a platform takes to hold. Returns what it takes with numbers and with text as ids.
fn print_platform(rows: &Rows<u64>) -> [Memory; 2] {
    println!("{}", size(rows));
    let numbered = print_loading("u64 ids", || Directory::try_from(rows).expect("the rows load"));
    print_loading("u64 ids, the least by hand", || ByHand::<_, fast::RandomState>::load(rows, |id| *id));
    let rows = rows.clone().map_ids(name);
    [numbered, print_loading("String ids", || Directory::try_from(&rows).expect("the rows load"))]
}

/// Prints what each row costs, where so many accounts have the same.
fn print_rows(accounts: usize) {
    println!("bytes an account, u64 ids");
    let bytes = |memberships, overrides| {
        let (_, memory) = counting::of(|| accounts_with(accounts, memberships, overrides));
        memory.bytes() / accounts as f64
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

fn print_loading<T>(about: &str, load: impl Fn() -> T) -> Memory {
    let (loaded, memory) = counting::of(load);
    let Memory { blocks, .. } = memory;
    let (mib, most) = (memory.mib(), memory.most_mib());
    println!("  {about}: {mib:.1} MiB in {blocks} blocks, at most {most:.1} MiB while loading");
    drop(loaded);
    memory
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

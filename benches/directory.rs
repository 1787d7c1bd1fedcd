//! How long a decision takes by ids, through a directory, and what the directory holds and takes to load. Beside it, in
//! turns, what a team would write by hand: maps and a match, with std's hasher and with foldhash. Managing an environment
//! is `update`: nobody can `manage` one.
//!
//! `cargo bench --bench directory`; with ` -- table` only the tables.

#![expect(clippy::cast_precision_loss, reason = "bytes are counted in gigabytes at most")]

mod memory;
mod world;

use std::hash::{BuildHasher, Hash, RandomState};
use std::mem::size_of;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use foldhash::fast;
use shipgate::{
    Account, AccountKind, Action, Cluster, Decision, Directory, Environment, Grant, Level, Membership, Organization,
    Project, ResourceId, Role, SubjectId,
};

use world::by_hand::{Answer, ByHand};
use world::question::{Question, Questions, Resource};
use world::table::{Contestant, Pass, Rounds, STRETCH, only_a_test};
use world::truth::Truth;
use world::{NOW, World};

const MIB: f64 = 1_048_576.0;

struct Size {
    name: &'static str,
    accounts: usize,
}

const SIZES: [Size; 4] = [
    Size { name: "100", accounts: 100 },
    Size { name: "10k", accounts: 10_000 },
    Size { name: "100k", accounts: 100_000 },
    Size { name: "670k", accounts: 670_000 },
];

fn main() {
    let test = only_a_test();
    let (sizes, questions, rounds) = if test { (&SIZES[..1], 5_000, 1) } else { (&SIZES[..], 1_000_000, 11) };
    let mut criterion = Criterion::default().configure_from_args();
    let mut tables = Vec::new();
    for (seed, size) in (1..).zip(sizes) {
        let world = World::generate(size.accounts, seed);
        let questions = Questions::about(&world, seed).many(questions);
        let right: Vec<_> = {
            let truth = Truth::of(&world);
            questions.iter().map(|question| truth.decide(question)).collect()
        };
        let by_number = by_number(&mut criterion, size, &world, &questions, &right, rounds);
        let by_name = by_name(&mut criterion, size, &world, &questions, &right, rounds);
        tables.push((size, by_number, by_name));
    }
    criterion.final_summary();

    println!("by ids: median (lowest–highest) of {rounds} rounds");
    for (size, by_number, by_name) in &tables {
        print_table(&format!("{} users, u64 ids", size.name), by_number);
        print_table(&format!("{} users, String ids", size.name), by_name);
    }
    print_memory(sizes.last().expect("there is a size"), if test { 1_000 } else { 100_000 });
}

/// Asks about ids that are numbers.
fn by_number(
    criterion: &mut Criterion,
    size: &Size,
    world: &World<u64>,
    questions: &[Question<u64>],
    right: &[Decision],
    rounds: usize,
) -> Rounds {
    let directory = world.load().expect("the rows of a world refer to each other");
    let foldhash = ByHand::<_, fast::RandomState>::load(world, |id| *id);
    let std = ByHand::<_, RandomState>::load(world, |id| *id);
    let ask = |question: &Question<u64>| {
        let subject = SubjectId::new(&question.account).at(NOW);
        directory.decide(&subject, question.action, resource(&question.resource, |id| id))
    };
    compete(criterion, &format!("u64/{}", size.name), questions, right, rounds, &ask, &foldhash, &std)
}

/// Asks about ids that are text.
fn by_name(
    criterion: &mut Criterion,
    size: &Size,
    world: &World<u64>,
    questions: &[Question<u64>],
    right: &[Decision],
    rounds: usize,
) -> Rounds {
    let world = world.named(|id| name(*id));
    let directory = world.load().expect("the rows of a world refer to each other");
    let foldhash = ByHand::<_, fast::RandomState>::load(&world, String::as_str);
    let std = ByHand::<_, RandomState>::load(&world, String::as_str);
    let text = written(questions);
    let questions = named(questions, &text);
    let ask = |question: &Question<&str>| {
        let subject = SubjectId::new(question.account).at(NOW);
        directory.decide(&subject, question.action, resource(&question.resource, |id| *id))
    };
    compete(criterion, &format!("String/{}", size.name), &questions, right, rounds, &ask, &foldhash, &std)
}

#[inline]
fn resource<'q, Id, Q: ?Sized>(resource: &'q Resource<Id>, id: impl Fn(&'q Id) -> &'q Q) -> ResourceId<'q, Q> {
    match resource {
        Resource::Organization(it) => ResourceId::Organization(id(it)),
        Resource::Cluster(it) => ResourceId::Cluster(id(it)),
        Resource::Environment(it) => ResourceId::Environment(id(it)),
    }
}

/// Asserts that all answer right, then times them: by criterion one after the other, and in turns.
#[expect(clippy::too_many_arguments, reason = "three contestants, and what they are asked")]
fn compete<Id: Copy + Eq + Hash>(
    criterion: &mut Criterion,
    about: &str,
    questions: &[Question<Id>],
    right: &[Decision],
    rounds: usize,
    shipgate: &impl Fn(&Question<Id>) -> Decision,
    foldhash: &ByHand<Id, impl BuildHasher + Default>,
    std: &ByHand<Id, impl BuildHasher + Default>,
) -> Rounds {
    assert_eq!(questions.len(), right.len());
    for (place, (question, right)) in questions.iter().zip(right).enumerate() {
        assert_eq!(shipgate(question), *right, "{about}: question {place}");
        assert_eq!(foldhash.decide(question), Answer::from(*right), "{about}: question {place}, by hand, foldhash");
        assert_eq!(std.decide(question), Answer::from(*right), "{about}: question {place}, by hand, std");
    }

    let contestant = |name: &str, pass| Contestant { name: name.into(), pass, questions: questions.len() };
    let mut contestants = [
        contestant("shipgate", Box::new(|| time(questions, shipgate)) as Box<dyn FnMut() -> Duration>),
        contestant("foldhash", Box::new(|| time(questions, |question| foldhash.decide(question)))),
        contestant("std", Box::new(|| time(questions, |question| std.decide(question)))),
    ];
    let mut group = criterion.benchmark_group("directory");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(questions.len() as u64));
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for one in &mut contestants {
        group.bench_function(BenchmarkId::new(&one.name, about), |bencher| {
            bencher.iter_custom(|passes| (0..passes).map(|_| (one.pass)()).sum());
        });
    }
    group.finish();
    Rounds::run(&mut contestants, rounds)
}

fn time<Q, A>(questions: &[Q], ask: impl Fn(&Q) -> A) -> Duration {
    let mut pass = Pass::default();
    for stretch in questions.chunks(STRETCH) {
        pass.ask(stretch, &ask);
    }
    pass.undisturbed()
}

/// An id as text, as long as that of a UUID.
fn name(id: u64) -> String {
    let (time, rest) = (id >> 32, id & 0xffff_ffff);
    let node = id.rotate_left(23) >> 16;
    format!("{time:08x}-{:04x}-4{:03x}-a{:03x}-{node:012x}", rest >> 16, rest & 0xfff, rest >> 20)
}

/// The ids of the questions as text, one after the other.
fn written(questions: &[Question<u64>]) -> String {
    let mut text = String::new();
    for question in questions {
        let (Resource::Organization(id) | Resource::Cluster(id) | Resource::Environment(id)) = &question.resource;
        text.push_str(&name(question.account));
        text.push_str(&name(*id));
    }
    text
}

/// The same questions, whose ids stand in a text.
fn named<'t>(questions: &[Question<u64>], mut text: &'t str) -> Vec<Question<&'t str>> {
    let mut next = |id: &u64| {
        let (name, rest) = text.split_at(name(*id).len());
        text = rest;
        name
    };
    let mut named = Vec::with_capacity(questions.len());
    for question in questions {
        let (account, action) = (next(&question.account), question.action);
        let resource = match &question.resource {
            Resource::Organization(id) => Resource::Organization(next(id)),
            Resource::Cluster(id) => Resource::Cluster(next(id)),
            Resource::Environment(id) => Resource::Environment(next(id)),
        };
        named.push(Question { account, action, resource });
    }
    named
}

fn print_table(about: &str, rounds: &Rounds) {
    let [shipgate, foldhash, std] = ["shipgate", "foldhash", "std"].map(|name| rounds.nanos(name));
    println!("{about}");
    println!("  ns a decision        shipgate {shipgate:.1}, foldhash {foldhash:.1}, std {std:.1}");
    println!("  shipgate / foldhash  {:.2}", rounds.ratio("shipgate", "foldhash"));
    println!("  shipgate / std       {:.2}", rounds.ratio("shipgate", "std"));
}

/// Prints what a world takes to load and to hold, and what each row costs.
fn print_memory(size: &Size, accounts: usize) {
    let world = World::generate(size.accounts, 1);
    println!(
        "loading {} users, {} memberships, {} overrides, {} clusters, {} environments",
        size.name,
        world.members.len(),
        world.access.len(),
        world.clusters.len(),
        world.environments.len()
    );
    print_loading("u64 ids", || world.load().expect("the rows of a world refer to each other"));
    print_loading("u64 ids, by hand", || ByHand::<_, fast::RandomState>::load(&world, |id| *id));
    let named = world.named(|id| name(*id));
    print_loading("String ids", || named.load().expect("the rows of a world refer to each other"));

    println!("bytes an account, u64 ids");
    let bytes = |memberships, overrides| {
        let (_, memory) = memory::of(|| accounts_with(accounts, memberships, overrides));
        memory.bytes as f64 / accounts as f64
    };
    let mut before = 0.0;
    for (memberships, overrides) in [(0, 0), (1, 0), (2, 0), (3, 0), (3, 1), (3, 2)] {
        let now = bytes(memberships, overrides);
        println!("  {memberships} memberships, {overrides} overrides in each: {now:.1} ({:+.1})", now - before);
        before = now;
    }
    println!(
        "bytes of facts: Account {}, Membership {}, Grant {}, Organization {}, Project {}, Cluster {}, Environment {}",
        size_of::<Account<u64>>(),
        size_of::<Membership<u64>>(),
        size_of::<Grant<Level>>(),
        size_of::<Organization<u64>>(),
        size_of::<Project<u64>>(),
        size_of::<Cluster<u64>>(),
        size_of::<Environment<u64>>(),
    );
    println!(
        "bytes of a question: Action {}, SubjectId {}, ResourceId {}, Decision {}",
        size_of::<Action>(),
        size_of::<SubjectId<'_, u64>>(),
        size_of::<ResourceId<'_, u64>>(),
        size_of::<Decision>(),
    );
}

fn print_loading<T>(about: &str, load: impl Fn() -> T) {
    let mut times = Vec::new();
    let mut held = None;
    for _ in 0..3 {
        let start = Instant::now();
        let (loaded, memory) = memory::of(&load);
        times.push(start.elapsed());
        drop(loaded);
        held = Some(memory);
    }
    times.sort();
    let memory = held.expect("it was loaded");
    println!(
        "  {about}: {:.1} MiB in {} blocks, at most {:.1} MiB while loading, in {:.2} s",
        memory.bytes as f64 / MIB,
        memory.blocks,
        memory.most as f64 / MIB,
        times[1].as_secs_f64()
    );
}

/// So many accounts, each with so many memberships, each with so many overrides.
fn accounts_with(accounts: usize, memberships: u64, overrides: u64) -> Directory<u64> {
    let mut rows = Directory::builder();
    let refers = "rows refer to those before them";
    let accounts = 0..u64::try_from(accounts).expect("a count is a number");
    for id in accounts.clone() {
        rows.account(id, AccountKind::User).expect(refers);
    }
    for organization in 0..memberships {
        rows.organization(organization).expect(refers);
        for id in accounts.clone() {
            rows.member(&organization, id, Role::Developer, None).expect(refers);
        }
        for cluster in organization * overrides..(organization + 1) * overrides {
            rows.cluster(cluster, &organization).expect(refers);
            for id in accounts.clone() {
                rows.access(&cluster, &id, Grant::new(Level::View)).expect(refers);
            }
        }
    }
    rows.build()
}

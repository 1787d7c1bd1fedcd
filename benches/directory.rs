//! How long a decision takes by ids, through a directory. Beside it, in turns, what a team would write by hand: maps and a
//! match, with std's hasher and with foldhash. Managing an environment is `update`: nobody can `manage` one.
//!
//! `cargo bench --bench directory`; with ` -- table` only the tables.

#[path = "../src/testing.rs"]
#[expect(unreachable_pub, unused_imports, dead_code, reason = "the library publishes it, and a bench uses part of it")]
mod testing;
#[expect(dead_code, reason = "nothing is changed here, nor searched")]
mod world;

use std::hash::{BuildHasher, Hash, RandomState};
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use foldhash::fast;
use shipgate::directory::Rows;
use shipgate::{Decision, Directory, SubjectId};

use testing::{NOW, Oracle};
use world::by_hand::{Answer, ByHand};
use world::question::{Packed, many};
use world::table::{Contestant, Pass, Rounds, STRETCH, only_a_test};
use world::{name, simple_platform};

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
        let rows = simple_platform(size.accounts, seed);
        let oracle = Oracle::new(&rows);
        let (questions, right): (Vec<_>, Vec<_>) =
            many(&rows, questions, seed).map(|question| (Packed::of(&question), oracle.decide(&question))).unzip();
        drop(oracle);
        let by_number = by_number(&mut criterion, size, &rows, &questions, &right, rounds);
        let by_name = by_name(&mut criterion, size, &rows.map_ids(name), &questions, &right, rounds);
        tables.push((size, by_number, by_name));
    }
    criterion.final_summary();

    println!("by ids: median (lowest–highest) of {rounds} rounds");
    for (size, by_number, by_name) in &tables {
        print_table(&format!("{} users, u64 ids", size.name), by_number);
        print_table(&format!("{} users, String ids", size.name), by_name);
    }
}

/// Asks about ids that are numbers.
fn by_number(
    criterion: &mut Criterion,
    size: &Size,
    rows: &Rows<u64>,
    questions: &[Packed<u64>],
    right: &[Decision],
    rounds: usize,
) -> Rounds {
    let directory = Directory::try_from(rows).expect("the rows load");
    let foldhash = ByHand::<_, fast::RandomState>::load(rows, |id| *id);
    let std = ByHand::<_, RandomState>::load(rows, |id| *id);
    let ask = |question: &Packed<u64>| {
        let subject = SubjectId::new(&question.account).at(NOW);
        directory.decide(&subject, question.action, question.resource(|id| id))
    };
    compete(criterion, &format!("u64/{}", size.name), questions, right, rounds, &ask, &foldhash, &std)
}

/// Asks about ids that are text.
fn by_name(
    criterion: &mut Criterion,
    size: &Size,
    rows: &Rows<String>,
    questions: &[Packed<u64>],
    right: &[Decision],
    rounds: usize,
) -> Rounds {
    let directory = Directory::try_from(rows).expect("the rows load");
    let foldhash = ByHand::<_, fast::RandomState>::load(rows, String::as_str);
    let std = ByHand::<_, RandomState>::load(rows, String::as_str);
    let text = written(questions);
    let questions = named(questions, &text);
    let ask = |question: &Packed<&str, &'static str>| {
        let subject = SubjectId::new(question.account).at(NOW);
        directory.decide(&subject, question.action, question.resource(|id| *id))
    };
    compete(criterion, &format!("String/{}", size.name), &questions, right, rounds, &ask, &foldhash, &std)
}

/// Asserts that all answer right, then times them: by criterion one after the other, and in turns.
#[expect(clippy::too_many_arguments, reason = "three contestants, and what they are asked")]
fn compete<Id: Copy + Eq + Hash, R: Copy>(
    criterion: &mut Criterion,
    about: &str,
    questions: &[Packed<Id, R>],
    right: &[Decision],
    rounds: usize,
    shipgate: &impl Fn(&Packed<Id, R>) -> Decision,
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

/// The ids of the questions as text, one after the other.
fn written(questions: &[Packed<u64>]) -> String {
    let mut text = String::new();
    for question in questions {
        let _: Packed<(), ()> = question.map_ids(|id| text.push_str(&name(*id)));
    }
    text
}

/// The same questions, whose ids stand in a text.
fn named<'t>(questions: &[Packed<u64>], mut text: &'t str) -> Vec<Packed<&'t str, &'static str>> {
    let mut next = |id: &u64| {
        let (name, rest) = text.split_at(name(*id).len());
        text = rest;
        name
    };
    questions.iter().map(|question| question.map_ids(&mut next)).collect()
}

fn print_table(about: &str, rounds: &Rounds) {
    let [shipgate, foldhash, std] = ["shipgate", "foldhash", "std"].map(|name| rounds.nanos(name));
    println!("{about}");
    println!("  ns a decision        shipgate {shipgate:.1}, foldhash {foldhash:.1}, std {std:.1}");
    println!("  shipgate / foldhash  {:.2}", rounds.ratio("shipgate", "foldhash"));
    println!("  shipgate / std       {:.2}", rounds.ratio("shipgate", "std"));
}

//! How long a directory takes to load: from rows, and from the text of a document. Beside them the maps that a team would
//! write by hand, and `serde_json`, which only parses the same text into values.
//!
//! `cargo bench --bench loading`; with ` -- table` only the table.

#[path = "../src/testing.rs"]
#[expect(unreachable_pub, unused_imports, dead_code, reason = "the library publishes it, and a bench uses part of it")]
mod testing;
#[expect(dead_code, reason = "nothing is asked here")]
mod world;

use std::time::Duration;

use criterion::{Criterion, SamplingMode, Throughput};
use foldhash::fast;
use serde_json::Value;
use shipgate::Directory;
use shipgate::directory::Rows;

use testing::platform;
use world::by_hand::ByHand;
use world::table::{Contestant, Pass, Rounds, only_a_test};
use world::{PLATFORM, SMALL_PLATFORM, TENTH_OF_PLATFORM, count, name, size};

fn main() {
    let quick = only_a_test();
    // The values of the whole platform take a gigabyte.
    let (numbered, named, rounds) =
        if quick { (SMALL_PLATFORM, SMALL_PLATFORM, 1) } else { (PLATFORM, TENTH_OF_PLATFORM, 5) };
    let numbered = platform(numbered, 1);
    let named = platform(named, 1).map_ids(name);
    let text = serde_json::to_string(&named).expect("the rows refer to each other");
    let load = "the rows load";
    let from_rows = Directory::try_from(&named).expect(load);
    assert!(
        Directory::<String>::from_json(&text).expect("a document") == from_rows,
        "the document says what the rows say"
    );
    drop(from_rows);

    let (rows, written) = (count(&numbered), count(&named));
    let mut contestants = [
        contestant("rows, u64 ids", rows, || Directory::try_from(&numbered).expect(load)),
        contestant("rows, u64 ids, by hand", rows, || ByHand::<_, fast::RandomState>::load(&numbered, |id| *id)),
        contestant("rows, String ids", written, || Directory::try_from(&named).expect(load)),
        contestant("text to a Directory", written, || Directory::<String>::from_json(&text).expect("a document")),
        contestant("text to Rows", written, || Rows::<String>::from_json(&text).expect("a document")),
        contestant("text to serde_json's Value", written, || serde_json::from_str::<Value>(&text).expect("JSON")),
    ];
    let mut criterion = Criterion::default().configure_from_args();
    bench(&mut criterion, &mut contestants);
    criterion.final_summary();

    let times = Rounds::run(&mut contestants, rounds);
    println!("u64 ids: {}", size(&numbered));
    println!("String ids: {}, in {} bytes of text", size(&named), text.len());
    println!("{:<28}{:>10}  ns a row: median (lowest–highest)", "", "rows");
    for Contestant { name, questions, .. } in &contestants {
        println!("{name:<28}{questions:>10}{:>24.0}", times.nanos(name));
    }
    let ratio = |one, other| println!("{one} / {other}: {:.2}", times.ratio(one, other));
    ratio("rows, u64 ids", "rows, u64 ids, by hand");
    ratio("text to a Directory", "text to serde_json's Value");
    ratio("text to Rows", "text to serde_json's Value");
}

/// Loads something, and drops it when the time is taken.
fn contestant<'a, T>(name: &str, rows: usize, load: impl Fn() -> T + 'a) -> Contestant<'a> {
    let pass = move || {
        let (mut pass, mut loaded) = (Pass::default(), None);
        pass.time(rows, || loaded = Some(load()));
        drop(loaded);
        pass.undisturbed()
    };
    Contestant { name: name.into(), pass: Box::new(pass), questions: rows }
}

fn bench(criterion: &mut Criterion, contestants: &mut [Contestant<'_>]) {
    let mut group = criterion.benchmark_group("loading");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(500));
    for one in contestants {
        group.throughput(Throughput::Elements(one.questions as u64));
        group.bench_function(&one.name, |bencher| {
            bencher.iter_custom(|passes| (0..passes).map(|_| (one.pass)()).sum());
        });
    }
    group.finish();
}

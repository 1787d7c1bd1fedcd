//! How long a directory takes to load: from rows, and from the text of a document. Beside them the maps that a team would
//! write by hand, and `serde_json`, which only parses the same text into values.

use foldhash::fast;
use serde_json::Value;
use shipgate::Directory;
use shipgate::directory::Rows;

use crate::sheet::{Goal, Sheet};
use crate::testing::platform;
use crate::world::by_hand::ByHand;
use crate::world::table::{Contestant, Pass, Rounds, only_a_test};
use crate::world::{PLATFORM, SMALL_PLATFORM, TENTH_OF_PLATFORM, count, name, size};

pub(crate) fn run(sheet: &mut Sheet) {
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
    let times = Rounds::run(&mut contestants, rounds);
    println!("u64 ids: {rows} rows, {}", size(&numbered));
    println!("String ids: {written} rows, {}, in {} bytes of text", size(&named), text.len());
    println!("ns a row: median (lowest–highest)");
    for name in [
        "rows, u64 ids",
        "rows, u64 ids, by hand",
        "rows, String ids",
        "text to a Directory",
        "text to Rows",
        "text to serde_json's Value",
    ] {
        println!("  {name:<28}{:>24.0}", times.nanos(name));
    }
    sheet.amount("loading rows, a row", times.nanos("rows, u64 ids"), "ns", Goal::AtMost(300.0));
    sheet.ratio("loading rows, to maps by hand", times.ratio("rows, u64 ids", "rows, u64 ids, by hand"), Goal::Open);
    let to_value = times.ratio("text to a Directory", "text to serde_json's Value");
    sheet.ratio("loading a document, to parsing it into serde_json's Value", to_value, Goal::AtMost(1.7));
}

/// Loads something, and drops it when the time is taken.
fn contestant<'a, T>(name: &str, rows: usize, load: impl Fn() -> T + 'a) -> Contestant<'a> {
    Contestant::new(name, rows, move || {
        let (mut pass, mut loaded) = (Pass::default(), None);
        pass.time(rows, || loaded = Some(load()));
        drop(loaded);
        pass.undisturbed()
    })
}

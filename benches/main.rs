//! What the project claims about speed and memory, measured beside what a team would write by hand: in one process, in turns,
//! and over distinct random questions whose answers are asserted. Each section prints what it measured. At the end one table
//! has the figures, each beside what is to be reached.
//!
//! `cargo bench` runs all sections, `cargo bench -- directory memory` those two. With `--test` each runs once on little.

mod changes;
mod counting;
mod decide;
mod directory;
mod growth;
mod large;
mod loading;
mod memory;
mod rivals;
mod search;
mod shared;
mod sheet;
mod teams;
#[path = "../src/testing.rs"]
#[expect(
    unreachable_pub,
    unused_imports,
    dead_code,
    reason = "the library publishes it, and the benches use part of it"
)]
mod testing;
mod world;

use std::process::ExitCode;

use sheet::Sheet;

/// A section, which adds its figures to the sheet.
type Section = fn(&mut Sheet);

/// Each section by its name.
const SECTIONS: [(&str, Section); 11] = [
    ("rivals", rivals::run),
    ("decide", decide::run),
    ("directory", directory::run),
    ("teams", teams::run),
    ("search", search::run),
    ("loading", loading::run),
    ("memory", memory::run),
    ("growth", growth::run),
    ("changes", changes::run),
    ("large", large::run),
    ("shared", shared::run),
];

fn main() -> ExitCode {
    let names: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if let Some(unknown) = names.iter().find(|name| SECTIONS.iter().all(|(section, _)| section != name)) {
        eprintln!("there is no section `{unknown}`: {:?}", SECTIONS.map(|(section, _)| section));
        return ExitCode::from(2);
    }
    let mut sheet = Sheet::default();
    for (section, run) in SECTIONS {
        if names.is_empty() || names.iter().any(|name| name == section) {
            println!("\n== {section}");
            run(&mut sheet);
        }
    }
    sheet.print();
    ExitCode::SUCCESS
}

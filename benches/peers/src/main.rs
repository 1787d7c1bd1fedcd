//! The comparison: what a decision costs in each engine, and what it takes to have one.
//!
//! `cargo run --release` measures and writes `results/`; with `-- --short` it goes through all of it with little of
//! everything and writes nothing. Progress goes to standard error, the tables to standard output.

mod measure;
mod meter;
mod plot;
mod report;

use std::process::ExitCode;

use measure::{Effort, measure};

#[global_allocator]
static ALLOCATOR: meter::Counting = meter::Counting;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let effort = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Effort::FULL,
        ["--short"] => Effort::SHORT,
        _ => {
            eprintln!("usage: peers [--short]");
            return ExitCode::from(2);
        }
    };
    let results = measure(&effort);
    let table = report::markdown(&results);
    let plot = plot::ns_by_users(&results).expect("the plot can be drawn");
    println!("{table}");
    if effort == Effort::FULL {
        let place = concat!(env!("CARGO_MANIFEST_DIR"), "/results");
        let files = [("table.md", table), ("summary.md", report::summary(&results)), ("ns-by-users.svg", plot)];
        for (name, text) in files {
            std::fs::write(format!("{place}/{name}"), text).expect("results/ can be written");
        }
    }
    ExitCode::SUCCESS
}

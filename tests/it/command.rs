//! The command `shipgate`, run in-process: it reads and writes buffers. The feature `cli` builds the same files into the
//! program, so these tests need no feature.

mod arguments;
mod check;
mod decide;
mod diff;
mod escape;
mod explain;
mod findings;
mod matrix;
#[path = "../../src/bin/shipgate/command.rs"]
#[expect(dead_code, reason = "the program uses the rest")]
mod program;
mod progress;

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::time::Duration;

use program::console::{Console, Source, Styles};

const ACME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/acme-corp.json");
const ACME_TEXT: &str = include_str!("../../examples/data/acme-corp.json");

/// What a run has written, and its exit status.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    status: u8,
    output: String,
    errors: String,
}

impl Run {
    /// A run that wrote this, and did what it was told.
    fn done(output: &str) -> Self {
        Self { status: 0, output: output.to_owned(), errors: String::new() }
    }

    /// Each line of the output, read as JSON.
    fn json(&self) -> Vec<serde_json::Value> {
        let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        self.output.lines().map(read).collect()
    }
}

/// Runs the command with these arguments, and nothing to read.
fn run(arguments: &[&str]) -> Run {
    run_on(arguments, "", Styles::PLAIN)
}

/// What a run prints, without any error.
pub(crate) fn output(arguments: &[&str]) -> String {
    let run = run(arguments);
    assert_eq!((run.status, run.errors.as_str()), (0, ""));
    run.output
}

fn run_on(arguments: &[&str], input: &str, styles: Styles) -> Run {
    let mut output = Vec::new();
    let (status, errors) = run_into(&mut output, arguments, input, styles);
    Run { status, output: String::from_utf8(output).unwrap(), errors }
}

fn run_into(output: &mut dyn Write, arguments: &[&str], input: &str, styles: Styles) -> (u8, String) {
    let (mut input, mut errors) = (input.as_bytes(), Vec::new());
    let mut console = Console {
        input: &mut input,
        source: Source::Piped,
        output,
        output_styles: styles,
        errors: &mut errors,
        error_styles: styles,
        // A test that is slow today says nothing of it.
        patience: Duration::from_secs(3_600),
    };
    let arguments = ["shipgate"].iter().chain(arguments).map(OsString::from);
    let status = program::run(arguments, &mut console);
    (status.into(), String::from_utf8(errors).unwrap())
}

/// Writes a file for a run to read, and returns its path. Each test has files of its own.
fn file(name: &str, text: &str) -> String {
    let path = format!("{}/command-{name}", env!("CARGO_TARGET_TMPDIR"));
    fs::write(&path, text).unwrap();
    path
}

/// Replaces what is there exactly once.
fn edited(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

/// An output whose reader has gone.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

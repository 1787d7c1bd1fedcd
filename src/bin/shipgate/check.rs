//! `shipgate check`: fails if an answer is not the one that is expected.

mod expectation;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;
use shipgate::Directory;
use shipgate::json::Answer;

use super::console::{CommandError, Console, Painted, Status, Styles};
use super::escape::{Form, json, markdown, message, write_json};
use super::format::{Format, Output};
use super::lines::{Line, Lines};
use super::progress::{self, Counter};
use super::words;
use expectation::{Expectation, LineForm, Mismatch};

const EXAMPLES: &str = "\
Examples:
  shipgate check acme-corp.json expected.jsonl
  shipgate decide acme-corp.json --expect < questions.jsonl > expected.jsonl

A line of EXPECTED.jsonl holds a question, as `shipgate decide` reads it, and what to expect of its answer:
  {\"question\": {\"subject\": {\"type\": \"user\", \"id\": \"alice\"}, \"action\": {\"name\": \"deploy\"},
                \"resource\": {\"type\": \"environment\", \"id\": \"shop-production\"}},
   \"expect\": {\"decision\": false, \"context\": {\"reason\": \"cluster_level_insufficient\"}}}
on one line. Each member of `expect`, and of its `context`, must be in the answer with the same value; members that are
left out can be anything. Blank lines are ignored. A malformed line counts as an answer that differs.

`shipgate decide --expect` writes such lines from today's answers. Review them, keep them in your repository, and run
`shipgate check` whenever the document or this program changes.

In JSON, each difference is a line: {\"line\": ..., \"question\": ..., \"expect\": ..., \"answer\": ...}, or for a
malformed line {\"error\": {\"line\": ..., \"message\": ...}}

Exit status:
  0  every answer is as expected
  1  the arguments are wrong, or an input could not be read, or it holds no line
  2  an answer differs, or a line was malformed";

/// Fail if an answer is not the one that is expected.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// The directory document.
    #[arg(value_name = "DIRECTORY.json")]
    directory: PathBuf,
    /// The questions, with what to expect.
    #[arg(value_name = "EXPECTED.jsonl")]
    expected: PathBuf,
    #[command(flatten)]
    output: Output,
}

impl Check {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Status, CommandError> {
        let directory = console.load(&self.directory)?;
        let name = self.expected.display().to_string();
        let unreadable = |problem: String| CommandError::Input { name: name.clone(), problem };
        let expected = File::open(&self.expected).map_err(|error| unreadable(error.to_string()))?;
        let (format, styles) = (self.output.format(), console.output_styles);
        let mut report = Report { out: BufWriter::new(&mut *console.output), format, styles, checked: 0, failed: 0 };
        let text = |done| format!("{done} answers checked");
        let checked = progress::watched(console.errors, console.patience, text, |counter| {
            report.check(&directory, BufReader::new(expected), &name, counter)
        });
        match checked {
            // The reader has read enough: of what was found until then.
            Err(CommandError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => {}
            checked => checked?,
        }
        if report.checked == 0 {
            return Err(unreadable("there is no line to check".to_owned()));
        }
        Ok(Status::of_differences(report.failed))
    }
}

/// Checks answers, and writes those that differ.
struct Report<W: Write> {
    out: W,
    format: Format,
    styles: Styles,
    checked: u64,
    failed: u64,
}

/// An answer that differs.
#[derive(Serialize)]
struct Difference<'a> {
    line: u64,
    question: &'a RawValue,
    expect: &'a RawValue,
    answer: &'a Answer,
}

#[derive(Serialize)]
struct Malformed<'a> {
    error: Misread<'a>,
}

#[derive(Serialize)]
struct Misread<'a> {
    line: u64,
    message: &'a str,
}

impl<W: Write> Report<W> {
    fn check(
        &mut self,
        directory: &Directory<String>,
        expected: BufReader<impl Read>,
        name: &str,
        counter: &Counter,
    ) -> Result<(), CommandError> {
        let mut lines = Lines::new(expected);
        while let Some(Line { number, text }) = lines.next(name)? {
            self.checked = self.checked.saturating_add(1);
            match text.and_then(Expectation::read) {
                Ok(expectation) => {
                    let answer = Answer::new(directory, &expectation.question);
                    let mismatches = expectation.mismatches(&answer)?;
                    if !mismatches.is_empty() {
                        self.difference(number, &expectation, &mismatches, &answer)?;
                    }
                }
                Err(problem) => self.malformed(number, &problem)?,
            }
            counter.count();
        }
        Ok(self.end()?)
    }

    fn difference(
        &mut self,
        line: u64,
        expectation: &Expectation<'_>,
        mismatches: &[Mismatch],
        answer: &Answer,
    ) -> io::Result<()> {
        self.begin_failure()?;
        let out = &mut self.out;
        match self.format {
            Format::Text => {
                let label = Painted { style: self.styles.bad, text: format!("line {line}:") };
                writeln!(out, "{label} {}", words::question(&expectation.question, Form::Text).join(" "))?;
                mismatches.iter().try_for_each(|Mismatch { member, expected, found }| {
                    let found = found.as_ref().map_or_else(|| Ok("nothing".to_owned()), json)?;
                    writeln!(out, "  {}: expected {}, found {found}", Form::Text.id(member), json(expected)?)
                })
            }
            Format::Markdown => {
                let question = words::question(&expectation.question, Form::Markdown).join(" ");
                mismatches.iter().try_for_each(|Mismatch { member, expected, found }| {
                    let found = found.as_ref().map_or_else(|| Ok("nothing".to_owned()), json)?;
                    let [expected, found] = [json(expected)?, found].map(|value| markdown(&value));
                    writeln!(out, "| {line} | {question} | {} | {expected} | {found} |", Form::Markdown.id(member))
                })
            }
            Format::Json => {
                let Expectation { form: LineForm { question, expect }, .. } = expectation;
                write_json(&mut *out, &Difference { line, question, expect, answer })?;
                writeln!(out)
            }
        }
    }

    fn malformed(&mut self, line: u64, problem: &str) -> io::Result<()> {
        self.begin_failure()?;
        let out = &mut self.out;
        match self.format {
            Format::Text => {
                let label = Painted { style: self.styles.bad, text: format!("line {line}:") };
                writeln!(out, "{label} {}", message(problem))
            }
            Format::Markdown => {
                writeln!(out, "| {line} | malformed: {} | | | |", markdown(&message(problem).to_string()))
            }
            Format::Json => {
                write_json(&mut *out, &Malformed { error: Misread { line, message: problem } })?;
                writeln!(out)
            }
        }
    }

    fn begin_failure(&mut self) -> io::Result<()> {
        self.failed = self.failed.saturating_add(1);
        match self.format {
            Format::Markdown if self.failed == 1 => {
                writeln!(self.out, "| line | question | member | expected | found |\n|---|---|---|---|---|")
            }
            Format::Markdown | Format::Text | Format::Json => Ok(()),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        let Self { checked, failed, styles, .. } = *self;
        let text = match failed {
            0 => Painted { style: styles.good, text: format!("{checked} of {checked} answers are as expected") },
            failed => Painted { style: styles.bad, text: format!("{failed} of {checked} answers are not as expected") },
        };
        match self.format {
            Format::Text => writeln!(self.out, "{text}")?,
            Format::Markdown => writeln!(self.out, "{}{}", if failed == 0 { "" } else { "\n" }, text.text)?,
            Format::Json => {}
        }
        self.out.flush()
    }
}

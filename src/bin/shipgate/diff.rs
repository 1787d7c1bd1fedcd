//! `shipgate diff`: the answers that differ between two documents.

mod comparison;

use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use shipgate::Time;
use shipgate::directory::Question;
use shipgate::json::Answer;

use super::console::{CommandError, Console, Painted, Status, Styles};
use super::escape::{Form, write_json};
use super::format::{Format, Output, time};
use super::progress;
use super::words;
use comparison::{Comparison, What};

const EXAMPLES: &str = "\
Examples:
  shipgate diff acme-corp.json proposed.json --at now
  shipgate diff acme-corp.json proposed.json --outcomes
  shipgate diff acme-corp.json proposed.json --format json | jq -c .question

It asks, in both documents and without a token, for every account, every action with each value of its parameter that
can make a difference, and every resource of the documents: what exists in one of them, environments that could be
created, clusters that environments could move to, and deployments without approvals.

Two answers differ if the account can tell them apart. Denials that are hidden from it are one answer: not found.

In JSON, each difference is a line: {\"question\": ..., \"before\": ..., \"after\": ...}

Exit status:
  0  the answers are the same
  1  the arguments are wrong, or an input could not be read
  2  answers differ";

/// List the answers that differ between two documents.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diff {
    /// The document before.
    #[arg(value_name = "A.json")]
    before: PathBuf,
    /// The document after.
    #[arg(value_name = "B.json")]
    after: PathBuf,
    /// The present time, such as 2026-11-21T12:00:00Z or now; without it every expiry counts as passed.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Time>,
    /// Leave out denials that are still denials, for another reason.
    #[arg(long)]
    outcomes: bool,
    #[command(flatten)]
    output: Output,
}

impl Diff {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Status, CommandError> {
        let before = console.load(&self.before)?;
        let after = console.load(&self.after)?;
        let what = if self.outcomes { What::Outcomes } else { What::Answers };
        let (format, styles) = (self.output.format(), console.output_styles);
        let mut out = Report { out: BufWriter::new(&mut *console.output), format, styles, found: 0 };
        let text = |done| format!("{done} resources compared");
        let compared = progress::watched(console.errors, console.patience, text, |counter| {
            let comparison = Comparison { before: &before, after: &after, at: self.at, what, counter };
            comparison.each(&mut |question, before, after| out.difference(question, before, after))?;
            out.end()
        });
        match compared {
            // The reader has read enough: of what was found until then.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Status::of_differences(out.found)),
            compared => {
                compared?;
                Ok(Status::of_differences(out.found))
            }
        }
    }
}

/// Writes the differences.
struct Report<W: Write> {
    out: W,
    format: Format,
    styles: Styles,
    found: u64,
}

#[derive(Serialize)]
struct DifferenceLine<'a> {
    question: &'a Question<String>,
    before: &'a Answer,
    after: &'a Answer,
}

impl<W: Write> Report<W> {
    fn difference(&mut self, question: &Question<String>, before: &Answer, after: &Answer) -> io::Result<()> {
        self.found = self.found.saturating_add(1);
        let (out, styles) = (&mut self.out, self.styles);
        match self.format {
            Format::Text => {
                let [account, action, resource] = words::question(question, Form::Text);
                let [before, after] = [before, after].map(|answer| words::painted(answer, styles));
                writeln!(out, "{account} {action} {resource}: {before} -> {after}")
            }
            Format::Markdown => {
                if self.found == 1 {
                    writeln!(out, "| account | action | resource | before | after |\n|---|---|---|---|---|")?;
                }
                let [account, action, resource] = words::question(question, Form::Markdown);
                let [before, after] = [before, after].map(|answer| words::answer(answer, Form::Markdown));
                writeln!(out, "| {account} | {action} | {resource} | {before} | {after} |")
            }
            Format::Json => {
                write_json(&mut *out, &DifferenceLine { question, before, after })?;
                writeln!(out)
            }
        }
    }

    fn end(&mut self) -> io::Result<()> {
        let text = match self.found {
            0 => Painted { style: self.styles.good, text: "no answer differs".to_owned() },
            1 => Painted { style: self.styles.bad, text: "1 answer differs".to_owned() },
            found => Painted { style: self.styles.bad, text: format!("{found} answers differ") },
        };
        match self.format {
            Format::Text => writeln!(self.out, "{text}")?,
            Format::Markdown => writeln!(self.out, "{}{}", if self.found == 0 { "" } else { "\n" }, text.text)?,
            Format::Json => {}
        }
        self.out.flush()
    }
}

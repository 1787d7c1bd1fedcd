//! `shipgate decide`: answers questions from stdin, one a line.

use std::io::{BufReader, BufWriter, Read, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use shipgate::Directory;
use shipgate::directory::Question;
use shipgate::json::Answer;

use super::console::{CommandError, Console, Source, Status};
use super::escape::{json_line, write_json};
use super::lines::{Line, Lines};
use super::progress::{self, Counter};

const EXAMPLES: &str = "\
Examples:
  shipgate decide acme-corp.json < questions.jsonl > answers.jsonl
  shipgate decide acme-corp.json --expect < questions.jsonl > expected.jsonl

A question is a request of the OpenID AuthZEN Authorization API 1.0:
  {\"subject\": {\"type\": \"user\", \"id\": \"alice\"}, \"action\": {\"name\": \"deploy\"},
   \"resource\": {\"type\": \"cluster\", \"id\": \"staging-us-east\"},
   \"context\": {\"time\": \"2026-11-21T12:00:00Z\"}}
on one line. Its answer is one line:
  {\"decision\":true,\"context\":{\"outcome\":\"allow\"}}
A malformed line is answered with its number, and the next one is read:
  {\"error\":{\"line\":7,\"message\":\"missing field `subject`\"}}

Exit status:
  0  every line was answered
  1  the arguments are wrong, or an input could not be read
  2  a line was malformed";

/// Answer questions from stdin, one a line.
///
/// Blank lines are ignored. The answers have the order of the questions.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Decide {
    /// The directory document.
    #[arg(value_name = "DIRECTORY.json")]
    directory: PathBuf,
    /// Write each answer together with its question, as `shipgate check` reads it.
    #[arg(long)]
    expect: bool,
}

/// What is written for a question.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// The answer.
    Answer,
    /// The question, and the answer as what to expect.
    Expectation,
}

impl Decide {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Status, CommandError> {
        let directory = console.load(&self.directory)?;
        let written = if self.expect { Written::Expectation } else { Written::Answer };
        let questions = BufReader::with_capacity(1 << 16, &mut *console.input);
        let answers = BufWriter::with_capacity(1 << 16, &mut *console.output);
        let malformed = match console.source {
            // A person who types sees the answers.
            Source::Typed => answer(&directory, written, questions, answers, &Counter::default())?,
            Source::Piped => {
                let text = |done| format!("{done} lines read");
                progress::watched(console.errors, console.patience, text, |counter| {
                    answer(&directory, written, questions, answers, counter)
                })?
            }
        };
        Ok(Status::of_differences(malformed))
    }
}

/// Answers each line, and returns how many of them were malformed.
pub(crate) fn answer(
    directory: &Directory<String>,
    written: Written,
    questions: BufReader<impl Read>,
    mut answers: impl Write,
    counter: &Counter,
) -> Result<u64, CommandError> {
    let mut malformed = 0;
    let mut lines = Lines::new(questions);
    loop {
        // Before it waits for a question, it has given every answer.
        if lines.would_wait() {
            answers.flush()?;
        }
        let Some(Line { number, text }) = lines.next("standard input")? else { break };
        match text.and_then(|text| Ok((text, Question::from_json(text).map_err(|error| error.to_string())?))) {
            Ok((text, question)) => write_answer(&mut answers, written, text, &Answer::new(directory, &question))?,
            Err(message) => {
                malformed += 1;
                write_json(&mut answers, &Malformed { error: Misread { line: number, message } })?;
            }
        }
        answers.write_all(b"\n")?;
        counter.count();
    }
    answers.flush()?;
    Ok(malformed)
}

fn write_answer(to: &mut impl Write, written: Written, question: &str, answer: &Answer) -> Result<(), CommandError> {
    match written {
        Written::Answer => write_json(to, answer)?,
        Written::Expectation => {
            write!(to, "{{\"question\":{},\"expect\":", json_line(question))?;
            write_json(&mut *to, answer)?;
            to.write_all(b"}")?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct Malformed {
    error: Misread,
}

#[derive(Serialize)]
struct Misread {
    line: u64,
    message: String,
}

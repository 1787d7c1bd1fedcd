//! Answers questions from standard input, one a line.
//!
//! ```text
//! cargo run --release --example decide -- examples/data/acme-corp.json < examples/data/questions.jsonl
//! ```
//!
//! Each line is an `AuthZEN` request, and each answer a line in its order. Blank lines are passed over. A malformed line is
//! answered with `{"error": {"line": …, "message": …}}`, and the next one is read.
//!
//! Exit status: 0; 2 where any line was malformed; 1 where the document could not be loaded or the input not be read.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Write};
use std::process::ExitCode;

use serde::Serialize;
use shipgate::{Directory, Question};

const USAGE: &str = "usage: decide DIRECTORY.json < QUESTIONS.jsonl > ANSWERS.jsonl";
const FAILED: u8 = 1;
const MALFORMED: u8 = 2;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let (Some(path), None) = (arguments.next(), arguments.next()) else {
        return fail(USAGE);
    };
    let document = match fs::read_to_string(&path) {
        Ok(document) => document,
        Err(error) => return fail(&format!("{}: {error}", path.display())),
    };
    let directory = match Directory::from_json(&document) {
        Ok(directory) => directory,
        Err(error) => return fail(&format!("{}: {error}", path.display())),
    };
    let questions = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let answers = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match answer(&directory, questions, answers) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(MALFORMED),
        // Whoever reads the answers has read enough of them.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(message: &str) -> ExitCode {
    // Nobody is left to tell, should this fail too.
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::from(FAILED)
}

/// Answers each line; how many of them were malformed.
fn answer(
    directory: &Directory<String>,
    mut questions: BufReader<impl Read>,
    mut answers: impl Write,
) -> io::Result<usize> {
    let mut text = Vec::new();
    let mut malformed = 0;
    for line in 1.. {
        // Before it waits for a question, it has given every answer.
        if questions.buffer().is_empty() {
            answers.flush()?;
        }
        text.clear();
        if questions.read_until(b'\n', &mut text)? == 0 {
            break;
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        match read(&text) {
            Ok(question) => serde_json::to_writer(&mut answers, &question.ask(directory))?,
            Err(message) => {
                malformed += 1;
                serde_json::to_writer(&mut answers, &Malformed { error: Misread { line, message } })?;
            }
        }
        answers.write_all(b"\n")?;
    }
    answers.flush()?;
    Ok(malformed)
}

fn read(line: &[u8]) -> Result<Question, String> {
    let text = str::from_utf8(line).map_err(|error| error.to_string())?;
    Question::from_json(text).map_err(|error| error.to_string())
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

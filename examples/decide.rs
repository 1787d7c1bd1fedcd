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
use shipgate::Directory;
use shipgate::directory::Question;
use shipgate::json::Answer;

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
    let directory = match Directory::<String>::from_json(&document) {
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
            Ok(question) => serde_json::to_writer(&mut answers, &Answer::new(directory, &question))?,
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

fn read(line: &[u8]) -> Result<Question<String>, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(questions: &[u8]) -> (usize, String) {
        let directory = Directory::<String>::from_json(include_str!("data/acme-corp.json")).unwrap();
        let mut answers = Vec::new();
        let malformed = answer(&directory, BufReader::with_capacity(16, questions), &mut answers).unwrap();
        (malformed, String::from_utf8(answers).unwrap())
    }

    const MAY_ALICE_VIEW_SHOP: &str = r#"{"subject":{"type":"user","id":"alice"},"action":{"name":"view"},"resource":{"type":"project","id":"shop"}}"#;
    const ALLOW: &str = r#"{"decision":true,"context":{"outcome":"allow"}}"#;

    #[test]
    fn every_question_is_answered_in_its_place() {
        let (malformed, given) = answers(include_bytes!("data/questions.jsonl"));
        assert_eq!(malformed, 0);
        assert_eq!(given, include_str!("data/answers.jsonl"));
    }

    #[test]
    fn blank_lines_are_counted_but_not_answered() {
        let (malformed, given) = answers(format!("\n \t\r\n{MAY_ALICE_VIEW_SHOP}\r\n\n{{}}\n\n").as_bytes());
        let error = r#"{"error":{"line":5,"message":"missing field `subject`"}}"#;
        assert_eq!((malformed, given), (1, format!("{ALLOW}\n{error}\n")));
    }

    #[test]
    fn the_last_line_needs_no_end() {
        assert_eq!(answers(MAY_ALICE_VIEW_SHOP.as_bytes()), (0, format!("{ALLOW}\n")));
        assert_eq!(answers(b""), (0, String::new()));
    }

    #[test]
    fn it_goes_on_after_what_is_malformed() {
        let (malformed, given) = answers(&[b"\xff\n?\n", MAY_ALICE_VIEW_SHOP.as_bytes()].concat());
        let lines: Vec<&str> = given.lines().collect();
        assert_eq!(malformed, 2);
        assert_eq!(
            lines,
            [
                r#"{"error":{"line":1,"message":"invalid utf-8 sequence of 1 bytes from index 0"}}"#,
                r#"{"error":{"line":2,"message":"expected value at line 1 column 1"}}"#,
                ALLOW,
            ]
        );
    }

    #[test]
    fn a_closed_output_ends_it_as_a_broken_pipe() {
        struct Closed;

        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(ErrorKind::BrokenPipe.into())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        let directory = Directory::<String>::from_json("{}").unwrap();
        let ended = answer(&directory, BufReader::new(MAY_ALICE_VIEW_SHOP.as_bytes()), Closed);
        assert_eq!(ended.map_err(|error| error.kind()), Err(ErrorKind::BrokenPipe));
    }
}

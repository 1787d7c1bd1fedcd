//! `shipgate decide`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, BufReader, ErrorKind, Read, Write};

use shipgate::Directory;

use super::program::console::{CommandError, Styles};
use super::program::decide::{Written, answer};
use super::program::progress::Counter;
use super::{ACME, ACME_TEXT, Closed, Run, file, run, run_into, run_on};

const QUESTIONS: &str = include_str!("../../../examples/data/questions.jsonl");
const ANSWERS: &str = include_str!("../../../examples/data/answers.jsonl");

fn answers(questions: &[u8]) -> (u64, String) {
    let directory = Directory::<String>::from_json(ACME_TEXT).unwrap();
    let mut answers = Vec::new();
    let questions = BufReader::with_capacity(16, questions);
    let malformed = answer(&directory, Written::Answer, questions, &mut answers, &Counter::default()).unwrap();
    (malformed, String::from_utf8(answers).unwrap())
}

const MAY_ALICE_VIEW_SHOP: &str =
    r#"{"subject":{"type":"user","id":"alice"},"action":{"name":"view"},"resource":{"type":"project","id":"shop"}}"#;
const ALLOW: &str = r#"{"decision":true,"context":{"outcome":"allow"}}"#;

#[test]
fn every_question_is_answered_in_its_place() {
    let (malformed, given) = answers(QUESTIONS.as_bytes());
    assert_eq!(malformed, 0);
    assert_eq!(given, ANSWERS);
    assert_eq!(run_on(&["decide", ACME], QUESTIONS, Styles::PLAIN), Run::done(ANSWERS));
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
    let directory = Directory::<String>::from_json("{}").unwrap();
    let questions = || BufReader::new(MAY_ALICE_VIEW_SHOP.as_bytes());
    let ended = answer(&directory, Written::Answer, questions(), Closed, &Counter::default());
    let Err(CommandError::Output(error)) = ended else { panic!("{ended:?}") };
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    assert_eq!(run_into(&mut Closed, &["decide", ACME], QUESTIONS, Styles::PLAIN), (0, String::new()));
}

#[test]
fn a_malformed_line_makes_the_exit_status_2() {
    let run = run_on(&["decide", ACME], &format!("?\n{MAY_ALICE_VIEW_SHOP}\n"), Styles::PLAIN);
    let error = r#"{"error":{"line":1,"message":"expected value at line 1 column 1"}}"#;
    assert_eq!(run, Run { status: 2, output: format!("{error}\n{ALLOW}\n"), errors: String::new() });
}

#[test]
fn a_document_that_does_not_load_is_an_error_with_its_place() {
    let path = file(
        "decide-unloadable.json",
        r#"{"organizations":[{"id":"acme-corp","members":[{"account":"olivia","role":"boss"}]}]}"#,
    );
    let errors = format!(
        "error: {path}: organizations[0].members[0]: role \"boss\" does not exist: add it first, or name one that does\n"
    );
    assert_eq!(run(&["decide", &path]), Run { status: 1, output: String::new(), errors });

    let missing = run(&["decide", "no-such-document.json"]);
    assert_eq!((missing.status, missing.output.as_str()), (1, ""));
    assert!(missing.errors.starts_with("error: no-such-document.json: "), "{}", missing.errors);
}

#[test]
fn an_answer_is_given_before_the_next_question_is_waited_for() {
    struct Conversation<'a> {
        questions: VecDeque<&'a str>,
        given: &'a RefCell<String>,
        seen: &'a RefCell<Vec<String>>,
    }

    impl Read for Conversation<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.seen.borrow_mut().push(self.given.borrow().clone());
            self.questions.pop_front().unwrap_or_default().as_bytes().read(buffer)
        }
    }

    struct Given<'a>(&'a RefCell<String>);

    impl Write for Given<'_> {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().push_str(str::from_utf8(text).unwrap());
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let (given, seen) = (RefCell::default(), RefCell::default());
    let question = format!("{MAY_ALICE_VIEW_SHOP}\n");
    let questions = VecDeque::from([question.as_str(), question.as_str()]);
    let questions = BufReader::new(Conversation { questions, given: &given, seen: &seen });
    let answers = io::BufWriter::new(Given(&given));
    let directory = Directory::<String>::from_json(ACME_TEXT).unwrap();
    assert_eq!(answer(&directory, Written::Answer, questions, answers, &Counter::default()).unwrap(), 0);
    let answers = |n| format!("{ALLOW}\n").repeat(n);
    assert_eq!(*seen.borrow(), [answers(0), answers(1), answers(2)]);
}

#[test]
fn an_expectation_is_the_question_with_its_answer() {
    let run = run_on(&["decide", ACME, "--expect"], &format!("\t{MAY_ALICE_VIEW_SHOP}\t\r\n?"), Styles::PLAIN);
    let error = r#"{"error":{"line":2,"message":"expected value at line 1 column 1"}}"#;
    let output = format!("{{\"question\":{MAY_ALICE_VIEW_SHOP},\"expect\":{ALLOW}}}\n{error}\n");
    assert_eq!(run, Run { status: 2, output, errors: String::new() });
}

//! `shipgate check`.

use super::program::console::Styles;
use super::{ACME, ACME_TEXT, Closed, Run, edited, file, run, run_into, run_on};

const QUESTIONS: &str = include_str!("../../../examples/data/questions.jsonl");

/// A line that expects something of alice's question to deploy to shop-production.
fn line(expect: &str) -> String {
    let question = r#"{"subject":{"type":"user","id":"alice"},"action":{"name":"deploy"},"resource":{"type":"environment","id":"shop-production"}}"#;
    format!("{{\"question\":{question},\"expect\":{expect}}}\n")
}

fn check(name: &str, lines: &str, options: &[&str]) -> Run {
    run(&[&["check", ACME, &file(name, lines)], options].concat())
}

#[test]
fn what_decide_expects_is_as_expected() {
    let expected = run_on(&["decide", ACME, "--expect"], QUESTIONS, Styles::PLAIN);
    assert_eq!(expected.status, 0);
    let count = QUESTIONS.lines().count();
    assert!(count > 200, "only {count} questions");
    let done = Run::done(&format!("{count} of {count} answers are as expected\n"));
    assert_eq!(check("check-today.jsonl", &expected.output, &[]), done);
    assert_eq!(check("check-markdown.jsonl", &expected.output, &["--markdown"]), done);
    assert_eq!(check("check-json.jsonl", &expected.output, &["--format", "json"]), Run::done(""));
}

#[test]
fn members_that_are_not_named_can_be_anything() {
    let lines = [
        r#"{"decision": false}"#,
        r#"{"context": {"reason": "cluster_level_insufficient"}}"#,
        r#"{"decision": false, "context": {"have": "view", "need": "deploy", "hidden": false}}"#,
    ];
    let lines = lines.map(line).concat();
    assert_eq!(
        check("check-partial.jsonl", &format!("\n{lines}\n"), &[]),
        Run::done("3 of 3 answers are as expected\n")
    );
}

#[test]
fn each_member_that_differs_is_named() {
    let lines = [
        line(r#"{"decision": true}"#),
        line(r#"{"decision": false}"#),
        line(r#"{"context": {"reason": "not_a_member", "have": "view", "resaon": 1}}"#),
    ];
    let run = check("check-differs.jsonl", &lines.concat(), &[]);
    let output = "\
line 1: alice deploy environment shop-production
  decision: expected true, found false
line 3: alice deploy environment shop-production
  context.reason: expected \"not_a_member\", found \"cluster_level_insufficient\"
  context.resaon: expected 1, found nothing
2 of 3 answers are not as expected
";
    assert_eq!(run, Run { status: 2, output: output.to_owned(), errors: String::new() });

    let run = check("check-differs-markdown.jsonl", &lines.concat(), &["--format", "markdown"]);
    let output = "\
| line | question | member | expected | found |
|---|---|---|---|---|
| 1 | alice deploy environment shop-production | decision | true | false |
| 3 | alice deploy environment shop-production | context.reason | \"not_a_member\" | \"cluster_level_insufficient\" |
| 3 | alice deploy environment shop-production | context.resaon | 1 | nothing |

2 of 3 answers are not as expected
";
    assert_eq!(run, Run { status: 2, output: output.to_owned(), errors: String::new() });

    let run = check("check-differs-json.jsonl", &lines.concat(), &["--format", "json"]);
    assert_eq!(run.status, 2);
    let [first, second] = run.json().try_into().unwrap();
    assert_eq!((&first["line"], &second["line"]), (&1.into(), &3.into()));
    assert_eq!(first["expect"]["decision"], true);
    assert_eq!(first["answer"]["decision"], false);
    assert_eq!(first["question"]["subject"]["id"], "alice");
}

#[test]
fn a_malformed_line_counts_as_one_that_differs() {
    for (text, problem) in [
        ("?", "an object is expected"),
        ("{?", "key must be a string at line 1 column 2"),
        ("[]", "an object is expected"),
        ("{}", "missing field `question` at line 1 column 2"),
        (r#"{"error": 1}"#, "unknown field `error`, expected `question` or `expect` at line 1 column 8"),
        (r#"{"question": {}, "expect": {"decision": true}}"#, "question: missing field `subject`"),
        (line("{}").trim(), "expect: it names no member of the answer, so nothing would be checked"),
        (line(r#"{"context": {}}"#).trim(), "expect: it names no member of the answer, so nothing would be checked"),
        (line("[true]").trim(), "expect: an object is expected"),
        (
            line(r#"{"decison": true}"#).trim(),
            "expect: unknown field `decison`, expected `decision` or `context` at line 1 column 10",
        ),
        (
            line(r#"{"decision": true, "decision": false}"#).trim(),
            "expect: duplicate field `decision` at line 1 column 29",
        ),
        (
            line(r#"{"context": {"have": "view", "have": "none"}}"#).trim(),
            "expect: duplicate field `have` at line 1 column 44",
        ),
    ] {
        // One that is right follows, and is checked too.
        let lines = format!("\n{}\n{}", text.trim_start_matches('\n'), line(r#"{"decision": false}"#));
        let output = format!("line 2: {problem}\n1 of 2 answers are not as expected\n");
        assert_eq!(
            check("check-malformed.jsonl", &lines, &[]),
            Run { status: 2, output, errors: String::new() },
            "{text}"
        );
        let json = check("check-malformed.jsonl", &lines, &["--format", "json"]);
        assert_eq!(json.json(), [serde_json::json!({ "error": { "line": 2, "message": problem } })]);
        assert_eq!(json.status, 2);
    }
}

#[test]
fn a_file_without_lines_checks_nothing_and_fails() {
    let path = file("check-empty.jsonl", "\n \n");
    let errors = format!("error: {path}: there is no line to check\n");
    let run = run(&["check", ACME, &path]);
    assert_eq!((run.status, run.errors), (1, errors));
}

#[test]
fn what_cannot_be_read_fails() {
    let missing = run(&["check", ACME, "no-such-file.jsonl"]);
    assert_eq!(missing.status, 1);
    assert!(missing.errors.starts_with("error: no-such-file.jsonl: "), "{}", missing.errors);
    assert_eq!(run(&["check", "no-such-file.json", ACME]).status, 1);
}

#[test]
fn another_document_fails_the_check() {
    let expected = run_on(&["decide", ACME, "--expect"], QUESTIONS, Styles::PLAIN);
    let lowered =
        edited(ACME_TEXT, r#""account": "carol", "role": "admin""#, r#""account": "carol", "role": "viewer""#);
    let (document, expected) = (file("check-other.json", &lowered), file("check-other.jsonl", &expected.output));
    let run = run(&["check", &document, &expected]);
    assert_eq!(run.status, 2);
    assert!(run.output.contains("\n  decision: expected true, found false\n"), "{}", run.output);
}

#[test]
fn a_reader_that_goes_away_does_not_hide_what_was_found() {
    for (name, expect, status) in
        [("check-gone-0.jsonl", r#"{"decision": false}"#, 0), ("check-gone-2.jsonl", r#"{"decision": true}"#, 2)]
    {
        let path = file(name, &line(expect));
        assert_eq!(run_into(&mut Closed, &["check", ACME, &path], "", Styles::PLAIN), (status, String::new()));
    }
}

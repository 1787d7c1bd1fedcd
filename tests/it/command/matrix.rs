//! `shipgate matrix`.

use serde_json::{Value, json};

use super::program::console::Styles;
use super::{ACME, Closed, Run, file, run, run_into, run_on};

const AT: &str = "2026-11-21T12:00:00Z";

#[test]
fn the_text_is_as_it_was_reviewed() {
    let reviewed = include_str!("../../../examples/data/matrix.txt");
    assert_eq!(run(&["matrix", ACME, "--at", AT]), Run::done(reviewed));
    assert_eq!(run(&["matrix", "--at", AT, "--format=text", ACME]), Run::done(reviewed));
}

#[test]
fn the_markdown_is_as_it_was_reviewed() {
    let reviewed = include_str!("../../../examples/data/matrix.md");
    assert_eq!(run(&["matrix", ACME, "--markdown", "--at", AT]), Run::done(reviewed));
    assert_eq!(run(&["matrix", ACME, "--format", "markdown", "--at", AT]), Run::done(reviewed));
}

/// Reads the text back, table by table: the symbols of each row, by title, resources and label.
#[test]
fn the_json_says_what_the_markdown_says() {
    let run = run(&["matrix", ACME, "--at", AT, "--format", "json"]);
    let [matrix] = run.json().try_into().unwrap();
    assert_eq!(matrix["at"], AT);
    let symbol = |answer: &Value| match answer.as_str() {
        None => ' ',
        Some("allow") => '+',
        Some("require_approval") => '?',
        Some("deny") => '-',
        Some("hidden") => '.',
        Some(other) => panic!("{other}"),
    };
    let rows = |value: &Value| value.as_array().unwrap().clone();
    let tables = rows(&matrix["organizations"]).into_iter().flat_map(|organization| rows(&organization["tables"]));
    let mut answers: Vec<String> = tables
        .flat_map(|table| rows(&table["blocks"]))
        .flat_map(|block| rows(&block["rows"]))
        .map(|row| rows(&row["answers"]).iter().map(symbol).collect())
        .collect();
    // Markdown writes parameters that answer alike in one row.
    let markdown = include_str!("../../../examples/data/matrix.md");
    let cells = |line: &str| line.split('|').skip(3).map(|cell| cell.trim().chars().next().unwrap_or(' ')).collect();
    let rows =
        markdown.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| |") && !line.contains('`'));
    let mut reviewed: Vec<String> = rows.map(cells).map(|row: String| row[..row.len() - 1].to_owned()).collect();
    for answers in [&mut answers, &mut reviewed] {
        answers.sort_unstable();
        answers.dedup();
    }
    assert_eq!(answers, reviewed);
}

#[test]
fn the_json_names_members_tables_and_resources() {
    let path = file(
        "matrix-small.json",
        r#"{ "organizations": [{ "id": "acme-corp", "members": [
            { "account": "victor", "role": "viewer", "expires_at": "2027-01-01T00:00:00Z" },
            { "account": "olivia", "role": "owner" }] }] }"#,
    );
    let [matrix] = run(&["matrix", &path, "--format", "json"]).json().try_into().unwrap();
    let organization = &matrix["organizations"][0];
    let victor = json!({ "account": "victor", "role": "viewer", "expires_at": "2027-01-01T00:00:00Z" });
    assert_eq!(organization["members"], json!([{ "account": "olivia", "role": "owner" }, victor]));
    assert_eq!(organization["tables"][0]["title"], "organization");
    let block = &organization["tables"][0]["blocks"][0];
    assert_eq!(block["resources"], json!([{ "id": "acme-corp" }]));
    // Without a time every expiry counts as passed.
    assert_eq!(block["rows"][0], json!({ "action": "view", "answers": ["allow", "hidden"] }));
    assert_eq!(organization["tables"][1]["blocks"][0]["resources"], json!(["oneself"]));
    assert_eq!(matrix.get("at"), None);
}

#[test]
fn a_member_whose_id_is_a_word_of_the_table_is_an_id() {
    let path = file(
        "matrix-oneself.json",
        r#"{ "organizations": [{ "id": "acme-corp", "members": [
            { "account": "oneself", "role": "viewer" }, { "account": "victor", "role": "viewer" }] }] }"#,
    );
    let text = run(&["matrix", &path]).output;
    // What members may do to themselves, and what they may do to each other.
    assert!(text.contains("\noneself, victor      oneself victor\n"), "{text}");
    assert!(text.contains("\noneself              oneself victor\n"), "{text}");
}

#[test]
fn colours_change_nothing_but_the_colour() {
    let coloured = run_on(&["matrix", ACME, "--at", AT], "", Styles::COLOURED).output;
    assert!(coloured.contains("\x1b[32m+\x1b[0m"));
    let mut plain = String::new();
    for (i, part) in coloured.split('\x1b').enumerate() {
        plain.push_str(if i == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(plain, include_str!("../../../examples/data/matrix.txt"));
    let markdown = run_on(&["matrix", ACME, "--at", AT, "--markdown"], "", Styles::COLOURED).output;
    assert_eq!(markdown, include_str!("../../../examples/data/matrix.md"));
}

#[test]
fn a_reader_may_go_away() {
    for format in ["text", "markdown", "json"] {
        let ended = run_into(&mut Closed, &["matrix", ACME, "--format", format], "", Styles::PLAIN);
        assert_eq!(ended, (0, String::new()));
    }
}

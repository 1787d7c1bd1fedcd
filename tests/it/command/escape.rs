//! Nothing that came from outside garbles a terminal, a line or a table.

use std::fmt::Write as _;

use serde_json::{Value, json};
use shipgate::directory::EntityKind;
use shipgate::directory::{DirectoryBuilder, RowError};
use shipgate::query::FindingPlace;
use shipgate::{Directory, Role, Visibility};

use super::program::console::Styles;
use super::program::escape::{Form, json as to_json, json_line, message};
use super::{Run, file, run, run_on};

/// Control, bidirectional and zero-width characters.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{00ad}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' | '\u{0300}'..='\u{036f}')
}

fn every_character() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

/// What a message of the library says an id is.
fn in_a_row_error(rows: &mut DirectoryBuilder<String>, id: &str) -> String {
    let error = rows.cluster("us-east".into(), id, Visibility::Organization).unwrap_err();
    assert!(matches!(error, RowError::Unknown { .. }));
    let text = error.to_string();
    text.strip_prefix("organization ")
        .and_then(|text| text.strip_suffix(" does not exist: add it first, or name one that does"))
        .unwrap_or_else(|| panic!("{text}"))
        .to_owned()
}

#[test]
fn an_id_in_a_row_error_is_escaped_as_rust_escapes_it_and_fillers_too() {
    let mut rows = Directory::builder();
    for c in every_character() {
        let id = format!("a{c}b");
        let shown = in_a_row_error(&mut rows, &id);
        assert!(!shown.contains(is_harmful), "{shown:?}");
        match c {
            // Letters that show nothing.
            '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => {
                assert_eq!(shown, format!("\"a{}b\"", c.escape_unicode()));
            }
            _ => assert_eq!(shown, format!("{id:?}")),
        }
    }
}

#[test]
fn an_id_in_a_finding_is_one_line_between_two_backticks() {
    for c in every_character() {
        let id = format!("a{c}b");
        let shown = FindingPlace::Environment(&id).to_string();
        assert!(!shown.contains(is_harmful), "{shown:?}");
        assert_eq!(shown.matches('`').count(), 2, "{shown:?}");
        if c.is_ascii_graphic() && c != '`' && c != '\\' {
            assert_eq!(shown, format!("environment `{id}`"));
        }
    }
    let (account, organization) = ("a` of `globex".to_owned(), "acme\n\u{202e}corp".to_owned());
    let places = [
        FindingPlace::Member { organization: &organization, account: &account },
        FindingPlace::ClusterMember { cluster: &organization, account: &account },
        FindingPlace::ProjectMember { project: &organization, account: &account },
        FindingPlace::Organization(&organization),
        FindingPlace::Project(&organization),
        FindingPlace::Role(&organization),
        FindingPlace::Team(&organization),
        FindingPlace::ClusterTeam { cluster: &organization, team: &account },
        FindingPlace::ProjectTeam { project: &organization, team: &account },
        FindingPlace::Pair { kind: EntityKind::Project, id: &account, other: &organization },
    ];
    let (account, organization) = (r"`a\u{60} of \u{60}globex`", r"`acme\n\u{202e}corp`");
    assert_eq!(
        places.map(|place| place.to_string()),
        [
            format!("member {account} of {organization}"),
            format!("member {account} on cluster {organization}"),
            format!("member {account} of project {organization}"),
            format!("organization {organization}"),
            format!("project {organization}"),
            format!("role {organization}"),
            format!("team {organization}"),
            format!("team {account} on cluster {organization}"),
            format!("team {account} of project {organization}"),
            format!("project {account} and project {organization}"),
        ]
    );
}

#[test]
fn ids_that_differ_never_look_the_same() {
    for form in [Form::Text, Form::Markdown] {
        let shown = |id| form.id(id).to_string();
        assert_ne!(shown("a\u{202e}"), shown(r"a\u{202e}"));
        assert_ne!(shown("a\n"), shown(r"a\n"));
        assert_ne!(shown("a"), shown("a\u{200b}"));
    }
    assert_eq!(Form::Text.id("").to_string(), "\"\"");
}

#[test]
fn text_shows_each_visible_character_as_it_is() {
    for c in every_character() {
        let id = format!("a{c}b");
        for shown in [Form::Text.id(&id).to_string(), Form::Markdown.id(&id).to_string(), message(&id).to_string()] {
            assert!(!shown.contains(is_harmful), "{shown:?}");
        }
        if c.is_alphanumeric() && !is_harmful(c) && c.escape_debug().len() == 1 {
            assert_eq!(Form::Text.id(&id).to_string(), id);
            assert_eq!(Form::Markdown.id(&id).to_string(), id);
        }
    }
    assert_eq!(Form::Text.id(r#"a|`"'*b"#).to_string(), r#"a|`"'*b"#);
    assert_eq!(message(r"say \u{202e}").to_string(), r"say \u{202e}", "what is escaped stays so");
}

#[test]
fn markdown_is_escaped_where_it_would_be_markup() {
    for (id, shown) in [
        ("shop-production", "shop-production"),
        ("acme_corp.eu", "acme_corp.eu"),
        ("a|b", r"a\|b"),
        ("`x`", r"\`x\`"),
        ("<b>&amp;", r"\<b\>\&amp;"),
        ("[a](b)", r"\[a\](b\)"),
        ("_a_ __", r"\_a\_ \_\_"),
        ("- a", r"\- a"),
        ("1. a", r"1\. a"),
        ("# a", r"\# a"),
        ("a\n| b", r"a\\n\| b"),
        ("a\u{202e}", r"a\\u{202e}"),
        (r"a\b", r"a\\\\b"),
    ] {
        assert_eq!(Form::Markdown.id(id).to_string(), shown);
    }
}

#[test]
fn json_means_the_same_however_it_is_escaped() {
    for c in every_character() {
        let text = format!("a{c}b");
        let written = to_json(&text).unwrap();
        assert!(!written.contains(is_harmful), "{written:?}");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        let plain = serde_json::to_string(&json!({ "id": text })).unwrap();
        let line = json_line(&format!("\t{}\r\n", plain.replace(':', ":\n\t")));
        assert!(!line.contains(is_harmful), "{line:?}");
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        // The replacement is made inside of the string too if it is a colon.
        if c != ':' {
            assert_eq!(read(&line), read(&plain));
        }
    }
}

const HOSTILE: [&str; 7] = [
    "\u{202e}evil",
    "a\u{200b}b",
    "pipe|pipe",
    "tick`tick` *b*",
    "<img src=x>",
    "a\u{feff}\u{ad}\u{2066}\u{115f}\u{3164}",
    "\u{2028}\"\\",
];

/// Ids that no document and no question can name: they hold control characters.
const REFUSED: [&str; 3] = ["\u{1b}[31mred", "line\nbreak\r\t", "\u{7f}\u{85}"];

/// Ids that a document can hold today, one of each kind for each that is hostile.
fn hostile_document() -> String {
    let organizations = HOSTILE.iter().enumerate().map(|(i, id)| {
        let roles = Role::ALL.map(Role::as_str);
        let expires_at = "2001-01-01T00:00:00Z";
        json!({
            "id": id,
            "members": [
                { "account": id, "role": roles[i % roles.len()], "expires_at": expires_at },
                { "account": "olivia", "role": "owner" },
                { "account": "rita", "role": id },
            ],
            "roles": [{ "id": id, "rank": "viewer", "permissions": ["view"] }],
            "teams": [{ "id": id, "members": ["rita"] }, { "id": format!("{id} ") }],
            "clusters": [
                { "id": id, "access": [{ "account": id, "level": "view", "expires_at": expires_at }, { "team": id, "level": "deploy" }] },
                { "id": format!("{id}2") },
            ],
            "projects": [{
                "id": id,
                "visibility": "members",
                "members": [{ "account": id, "role": "admin", "expires_at": expires_at }, { "team": id, "role": "viewer" }],
                "environments": [{ "id": id, "cluster": id, "namespace": format!("n{i}"), "protection": "locked" }],
            }],
        })
    });
    json!({ "organizations": organizations.collect::<Vec<_>>() }).to_string()
}

fn assert_harmless(arguments: &[&str], run: &Run) {
    for text in [&run.output, &run.errors] {
        if let Some(c) = text.chars().find(|c| *c != '\n' && is_harmful(*c)) {
            panic!("{arguments:?} writes {c:?}:\n{text}");
        }
    }
    assert!(!run.output.is_empty() || !run.errors.is_empty(), "{arguments:?} writes nothing");
}

/// Each table has as many cells in every row.
fn assert_tables(arguments: &[&str], markdown: &str) {
    let cells = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
    for table in markdown.split("\n\n").filter(|part| part.contains("|---")) {
        let rows: Vec<&str> = table.lines().filter(|line| !line.starts_with('#')).collect();
        let widths: Vec<usize> = rows.iter().map(|row| cells(row)).collect();
        assert!(rows.iter().all(|row| row.starts_with('|') && row.ends_with('|')), "{arguments:?}\n{table}");
        assert!(widths.iter().all(|width| *width == widths[0]), "{arguments:?}\n{table}");
    }
}

#[test]
fn no_command_prints_anything_harmful_from_a_document_or_a_question() {
    let text = hostile_document();
    let document = file("escape-hostile.json", &text);
    let other = file("escape-other.json", &text.replace("locked", "none"));
    let mut questions = String::new();
    for id in HOSTILE.into_iter().chain(REFUSED) {
        for kind in ["environment", "cluster", "project", "organization"] {
            let resource = json!({ "type": kind, "id": id });
            let question =
                json!({ "subject": { "type": "user", "id": id }, "action": { "name": "view" }, "resource": resource });
            let _ = writeln!(questions, "{question}");
        }
        let unknown = json!({ "subject": { "type": "user", "id": id }, "action": { "name": id } });
        let _ = writeln!(questions, "{unknown}");
    }
    let expected = run_on(&["decide", &document, "--expect"], &questions, Styles::PLAIN);
    assert_eq!(expected.status, 2);
    assert_harmless(&["decide", "--expect"], &expected);
    assert_harmless(&["decide"], &run_on(&["decide", &document], &questions, Styles::PLAIN));
    let expected = file("escape-expected.jsonl", &expected.output);

    let mut commands = vec![
        vec!["matrix", &document],
        vec!["findings", &document],
        vec!["diff", &document, &other],
        vec!["check", &other, &expected],
    ];
    for id in HOSTILE.into_iter().chain(REFUSED) {
        commands.push(vec!["explain", &document, id, "deploy", "environment", id]);
        commands.push(vec!["explain", &document, "rita", "deploy", "environment", id]);
        commands.push(vec!["explain", &document, "rita", "deploy", "cluster", id]);
        commands.push(vec!["explain", &document, "olivia", "invite_member", "organization", id, "role=\u{202e}"]);
        commands.push(vec!["explain", &document, "mallory\u{202e}", "deploy", "cluster", id]);
        commands.push(vec!["explain", &document, "olivia", "retarget", "placement", id, "cluster=\u{200b}"]);
        commands.push(vec!["findings", &document, "--organization", id]);
        commands.push(vec!["explain", &document, id, id, id, id]);
        commands.push(vec!["explain", &document, "olivia", "view", "environment", id, id]);
        commands.push(vec!["matrix", id]);
    }
    for arguments in &commands {
        for format in ["text", "markdown", "json"] {
            let arguments = [arguments, &["--format", format][..]].concat();
            let run = run(&arguments);
            assert_harmless(&arguments, &run);
            if format == "markdown" {
                assert_tables(&arguments, &run.output);
            }
        }
    }
}

#[test]
fn no_error_of_a_document_prints_anything_harmful() {
    for id in HOSTILE.into_iter().chain(REFUSED) {
        for document in [
            json!({ "organizations": [{ "id": id }, { "id": id }] }),
            json!({ "organizations": [{ "id": "acme-corp", "members": [{ "account": "a", "role": id }] }] }),
            json!({ "organizations": [{ "id": "acme-corp", id: 1 }] }),
            json!({ "organizations": [{ "id": "acme-corp", "members": [{ "account": "a", "role": "owner", "expires_at": id }] }] }),
            json!({ "organizations": [{ "id": "acme-corp", "clusters": [{ "id": "c", "access": [{ "account": id, "level": "view" }] }] }] }),
            json!({ "organizations": id }),
        ] {
            let path = file("escape-error.json", &document.to_string());
            let run = run(&["findings", &path]);
            assert_eq!(run.status, 1);
            assert_harmless(&["findings"], &run);
            assert_eq!(run.errors.lines().count(), 1, "{}", run.errors);
        }
    }
}

#[test]
fn an_id_with_a_control_character_is_refused() {
    for id in REFUSED {
        let document = json!({ "organizations": [{ "id": id }] });
        let run = run(&["findings", &file("escape-refused.json", &document.to_string())]);
        assert_eq!((run.status, run.output.as_str()), (1, ""));
        assert!(run.errors.contains("organizations[0].id"), "{}", run.errors);
        assert_harmless(&["findings"], &run);
    }
}

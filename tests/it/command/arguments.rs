//! Arguments, help and exit statuses.

use super::program::console::Styles;
use super::{ACME, Closed, Run, run, run_into, run_on};

const COMMANDS: [&str; 6] = ["decide", "explain", "matrix", "findings", "diff", "check"];

#[test]
fn help_shows_examples_and_exit_statuses() {
    let whole = run(&["--help"]);
    assert_eq!((whole.status, whole.errors.as_str()), (0, ""));
    for command in COMMANDS {
        assert!(whole.output.contains(&format!("\n  {command} ")), "{command}");
        for help in [run(&[command, "--help"]), run(&["help", command])] {
            assert_eq!((help.status, help.errors.as_str()), (0, ""), "{command}");
            let usage = format!("\nUsage: shipgate {command} ");
            for part in [usage.as_str(), "\nExamples:\n  shipgate ", "\nExit status:\n  0  "] {
                assert!(help.output.contains(part), "{command}: {part}\n{}", help.output);
            }
        }
    }
}

#[test]
fn the_version_is_the_crates() {
    assert_eq!(run(&["--version"]), Run::done(&format!("shipgate {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn wrong_usage_has_the_exit_status_1() {
    for arguments in [
        &[][..],
        &["fly"],
        &["decide"],
        &["decide", ACME, ACME],
        &["decide", ACME, "--loud"],
        &["matrix", ACME, "--format", "html"],
        &["matrix", ACME, "--markdown", "--format", "json"],
        &["matrix", ACME, "--at", "noon"],
        &["diff", ACME],
        &["check", ACME],
    ] {
        let run = run(arguments);
        assert_eq!((run.status, run.output.as_str()), (1, ""), "{arguments:?}");
        assert!(run.errors.contains("Usage: shipgate") || run.errors.contains("--help"), "{}", run.errors);
    }
    let noon = run(&["matrix", ACME, "--at", "noon"]).errors;
    assert!(noon.contains("`noon` is not a time of RFC 3339: write it like `2026-12-31T23:59:59Z`"), "{noon}");
}

#[test]
fn arguments_are_escaped_in_messages() {
    for arguments in [
        &["fly\u{202e}\u{7}"][..],
        &["matrix", "a\u{7}\u{202e}\u{200b}.json"],
        &["findings", ACME, "--organization", "\u{7}\u{202e}"],
    ] {
        let errors = run(arguments).errors;
        assert!(errors.contains("\\u{202e}"), "{errors:?}");
        assert!(!errors.contains(['\u{7}', '\u{202e}', '\u{200b}']), "{errors:?}");
    }
}

#[test]
fn help_and_errors_are_coloured_on_a_terminal_only() {
    for arguments in [&["--help"][..], &["fly"], &[]] {
        let plain = run_on(arguments, "", Styles::PLAIN);
        assert!(!plain.output.contains('\x1b') && !plain.errors.contains('\x1b'));
        let coloured = run_on(arguments, "", Styles::COLOURED);
        assert!(coloured.output.contains('\x1b') || coloured.errors.contains('\x1b'), "{arguments:?}");
    }
}

#[test]
fn a_reader_of_the_help_may_go_away() {
    assert_eq!(run_into(&mut Closed, &["--help"], "", Styles::PLAIN), (0, String::new()));
}

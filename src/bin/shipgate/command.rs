//! The command over streams that it is given: `main` gives it those of the process, the tests give it buffers.

pub(crate) mod ask;
pub(crate) mod check;
pub(crate) mod console;
pub(crate) mod decide;
pub(crate) mod diff;
pub(crate) mod escape;
pub(crate) mod explain;
pub(crate) mod findings;
pub(crate) mod format;
pub(crate) mod lines;
pub(crate) mod matrix;
pub(crate) mod progress;
pub(crate) mod resources;
pub(crate) mod words;

use std::ffi::OsString;
use std::io::{self, ErrorKind};

use clap::{Parser, Subcommand};

use console::{CommandError, Console, Painted, Status};

const EXAMPLES: &str = "\
Examples:
  shipgate decide acme-corp.json < questions.jsonl
  shipgate explain acme-corp.json alice deploy environment shop-production
  shipgate matrix acme-corp.json --at now --format markdown > matrix.md
  shipgate findings acme-corp.json
  shipgate diff acme-corp.json proposed.json
  shipgate check acme-corp.json expected.jsonl

`shipgate COMMAND --help` shows the options of that command and its examples.

Exit status:
  0  done
  1  the arguments are wrong, or an input could not be read
  2  a line was malformed, or answers differ";

/// Answers authorization questions about a directory document: who is allowed to do what, and why not.
#[derive(Parser)]
#[command(name = "shipgate", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Decide(decide::Decide),
    Explain(explain::Explain),
    Matrix(matrix::Matrix),
    Findings(findings::Findings),
    Diff(diff::Diff),
    Check(check::Check),
}

/// Does what the arguments say.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>, console: &mut Console<'_>) -> Status {
    let done = match Arguments::try_parse_from(arguments) {
        Ok(Arguments { command }) => match command {
            Command::Decide(command) => command.run(console),
            Command::Explain(command) => command.run(console),
            Command::Matrix(command) => command.run(console),
            Command::Findings(command) => command.run(console),
            Command::Diff(command) => command.run(console),
            Command::Check(command) => command.run(console),
        },
        Err(error) => return say(&error, console),
    };
    done.unwrap_or_else(|error| match error {
        // The reader of the output has read enough of it.
        CommandError::Output(error) if error.kind() == ErrorKind::BrokenPipe => Status::Done,
        error => {
            let _ = write_error(&error.to_string(), console);
            Status::Failed
        }
    })
}

/// Shows what clap has to say: help and version, or what is wrong with the arguments.
fn say(error: &clap::Error, console: &mut Console<'_>) -> Status {
    let text = error.render();
    // If the reader has gone, there is nothing left to do.
    let _ = match (error.use_stderr(), error.kind()) {
        (false, _) => write!(console.output, "{}", console.output_styles.of_help(&text)),
        (true, clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand) => {
            write!(console.errors, "{}", console.error_styles.of_help(&text))
        }
        // It repeats arguments, which can hold anything.
        (true, _) => text.to_string().lines().try_for_each(|line| match line.strip_prefix("error: ") {
            Some(problem) => write_error(problem, console),
            None => writeln!(console.errors, "{}", escape::message(line)),
        }),
    };
    if error.use_stderr() { Status::Failed } else { Status::Done }
}

fn write_error(problem: &str, console: &mut Console<'_>) -> io::Result<()> {
    let label = Painted { style: console.error_styles.bad, text: "error:" };
    writeln!(console.errors, "{label} {}", escape::message(problem))
}

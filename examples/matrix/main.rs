//! Who may do what: every member, every action, every resource of a document.
//!
//! ```text
//! cargo run --example matrix -- examples/data/acme-corp.json --at 2026-11-21T12:00:00Z
//! ```
//!
//! There is a table for each organization and kind of resource.
//!
//! Exit status: 0; 2 for arguments that it does not know; 1 where the document could not be loaded.

mod organization;
mod question;
mod table;

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;

use shipgate::{Directory, Time};

use organization::Organization;
use table::{Answer, Form};

const USAGE: &str = "\
usage: matrix DOCUMENT [--markdown] [--at TIME]

  --markdown  tables of Markdown, for a page
  --at TIME   the present time, such as 2026-11-21T12:00:00Z: without it every expiry counts as passed";
const NOTE: &str = "\
Resources that answer alike share their rows, and so do the parameters of an action. What a member may do to itself
stands under `oneself`: where it is among the members that rows are about, its own cells speak of the others.";
const NO_DOCUMENT: u8 = 1;
const UNKNOWN_ARGUMENT: u8 = 2;

fn main() -> ExitCode {
    let words: Vec<String> = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let asked = match Arguments::read(&words) {
        Ok(asked) => asked,
        Err(problem) => return fail(UNKNOWN_ARGUMENT, &format!("{problem}\n\n{USAGE}")),
    };
    match load(asked.document) {
        Ok(directory) => say(&matrix(&directory, &asked)),
        Err(problem) => fail(NO_DOCUMENT, &format!("{}: {problem}", asked.document)),
    }
}

fn load(path: &str) -> Result<Directory<String>, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    Directory::<String>::from_json(&text).map_err(|error| error.to_string())
}

fn say(answer: &str) -> ExitCode {
    // Whoever reads the tables may have read enough of them.
    let _ = io::stdout().write_all(answer.as_bytes());
    ExitCode::SUCCESS
}

fn fail(status: u8, message: &str) -> ExitCode {
    // Nobody is left to tell, should this fail too.
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::from(status)
}

struct Arguments<'a> {
    document: &'a str,
    form: Form,
    now: Option<Time>,
}

impl<'a> Arguments<'a> {
    fn read(words: &'a [String]) -> Result<Self, String> {
        let (mut document, mut form, mut now) = (None, Form::Text, None);
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "--markdown" => form = Form::Markdown,
                "--at" => {
                    let time = words.next().ok_or("`--at` needs a time")?;
                    now = Some(time.parse().map_err(|error| format!("{error}"))?);
                }
                option if option.starts_with('-') => return Err(format!("unknown option `{option}`")),
                path if document.is_none() => document = Some(path),
                path => return Err(format!("`{path}` is one document too many")),
            }
        }
        Ok(Self { document: document.ok_or("no document was named")?, form, now })
    }
}

fn matrix(directory: &Directory<String>, asked: &Arguments<'_>) -> String {
    let mut out = legend(asked.form);
    let mut organizations: Vec<&String> = directory.organizations().map(shipgate::Organization::id).collect();
    organizations.sort_unstable();
    for id in organizations {
        Organization::of(directory, id, asked.now).write(&mut out, asked.form);
    }
    out
}

fn legend(form: Form) -> String {
    let symbols = Answer::ALL.map(|answer| match form {
        Form::Text => format!("{}  {}\n", answer.symbol(), answer.meaning()),
        Form::Markdown => format!("| `{}` | {} |\n", answer.symbol(), answer.meaning()),
    });
    let head = match form {
        Form::Text => "",
        Form::Markdown => "| | |\n|---|---|\n",
    };
    format!("{head}{}\n{NOTE}\n", symbols.concat())
}

//! `shipgate matrix`: who is allowed to do what, for every member, action and resource of a document.

mod organization;
mod table;

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use shipgate::Time;

use super::console::{CommandError, Console, Status, Styles};
use super::escape::{Form, write_json};
use super::format::{Output, time};
use super::progress;
use super::resources::organizations;
use organization::Organization;
use table::Answer;

const EXAMPLES: &str = "\
Examples:
  shipgate matrix acme-corp.json --at now
  shipgate matrix acme-corp.json --at 2026-11-21T12:00:00Z --format markdown > matrix.md
  shipgate matrix acme-corp.json --format json | jq '.organizations[0].members'

There is a table for each organization and kind of resource. Keep the output in your repository, and review its diff
when the document changes.

Exit status:
  0  done
  1  the arguments are wrong, or an input could not be read";
const NOTE: &str = "\
Resources that answer alike share their rows, and so do the parameters of an action. What a member may do to itself
stands under `oneself`: where it is among the members that rows are about, its own cells speak of the others.";

/// Show who is allowed to do what: every member, action and resource of a document.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Matrix {
    /// The directory document.
    #[arg(value_name = "DIRECTORY.json")]
    directory: PathBuf,
    /// The present time, such as 2026-11-21T12:00:00Z or now; without it every expiry counts as passed.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Time>,
    #[command(flatten)]
    output: Output,
}

impl Matrix {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Status, CommandError> {
        let directory = console.load(&self.directory)?;
        let (form, styles) = (self.output.format().form(), console.output_styles);
        let mut out = BufWriter::new(&mut *console.output);
        let text = |done| format!("{done} resources asked about");
        progress::watched(console.errors, console.patience, text, |counter| {
            let each = organizations(&[&directory]).into_iter();
            let organizations = each.map(|id| Organization::of(&directory, id, self.at, counter));
            let Some(form) = form else {
                let organizations: Vec<Organization<'_>> = organizations.collect();
                let organizations = organizations.iter().map(Organization::data).collect();
                write_json(&mut out, &Data { at: self.at, organizations })?;
                return writeln!(out);
            };
            out.write_all(legend(form, styles).as_bytes())?;
            organizations.into_iter().try_for_each(|organization| organization.write(&mut out, form, styles))
        })?;
        out.flush()?;
        Ok(Status::Done)
    }
}

#[derive(Serialize)]
struct Data<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Time>,
    organizations: Vec<organization::Data<'a>>,
}

fn legend(form: Form, styles: Styles) -> String {
    let symbols = Answer::ALL.map(|answer| match form {
        Form::Text => format!("{}  {}\n", answer.painted(styles), answer.meaning()),
        Form::Markdown => format!("| `{}` | {} |\n", answer.symbol(), answer.meaning()),
    });
    let head = match form {
        Form::Text => "",
        Form::Markdown => "| | |\n|---|---|\n",
    };
    format!("{head}{}\n{NOTE}\n", symbols.concat())
}

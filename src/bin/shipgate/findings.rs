//! `shipgate findings`: what an administrator should look at.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use clap::Args;
use serde::Serialize;
use shipgate::Time;
use shipgate::query::{Finding, FindingPlace};

use super::console::{CommandError, Console, Painted, Status, Styles};
use super::escape::{Form, write_json};
use super::format::{Format, Output, time};
use super::progress;
use super::resources::organizations;

const EXAMPLES: &str = "\
Examples:
  shipgate findings acme-corp.json
  shipgate findings acme-corp.json --organization acme-corp --at 2026-11-21T12:00:00Z
  shipgate findings acme-corp.json --format json | jq -r .code | sort | uniq -c

In JSON, each finding is a line:
  {\"organization\":\"acme-corp\",\"code\":\"one_owner\",
   \"place\":{\"type\":\"organization\",\"id\":\"acme-corp\"},\"message\":\"...\"}

Exit status:
  0  done, whatever was found
  1  the arguments are wrong, or an input could not be read";

/// List what an administrator should look at.
///
/// Among the findings are organizations without a second Owner, expired grants, grants that have no effect, rules that no one
/// can meet, teams without members, and ids that look alike.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Findings {
    /// The directory document.
    #[arg(value_name = "DIRECTORY.json")]
    directory: PathBuf,
    /// Look at this organization only.
    #[arg(long, value_name = "ID")]
    organization: Option<String>,
    /// The present time, such as 2026-11-21T12:00:00Z; the clock's time if it is left out.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Time>,
    #[command(flatten)]
    output: Output,
}

impl Findings {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Status, CommandError> {
        let directory = console.load(&self.directory)?;
        let at = self.at.unwrap_or_else(|| SystemTime::now().into());
        let organizations = match &self.organization {
            None => organizations(&[&directory]),
            Some(id) if directory.organization(id.as_str()).is_some() => vec![id.as_str()],
            Some(id) => return Err(CommandError::Usage(format!("organization `{id}` is not in the document"))),
        };
        let mut out = BufWriter::new(&mut *console.output);
        let (format, styles) = (self.output.format(), console.output_styles);
        let text = |done| format!("{done} of {} organizations examined", organizations.len());
        progress::watched(console.errors, console.patience, text, |counter| {
            organizations.iter().enumerate().try_for_each(|(i, organization)| {
                let findings = directory.findings(*organization, at).collect::<Vec<_>>();
                if i > 0 && !matches!(format, Format::Json) {
                    writeln!(out)?;
                }
                match format {
                    Format::Text => write_text(&mut out, organization, &findings, styles)?,
                    Format::Markdown => write_markdown(&mut out, organization, &findings)?,
                    Format::Json => write_lines(&mut out, organization, &findings)?,
                }
                counter.count();
                Ok::<_, CommandError>(())
            })
        })?;
        out.flush()?;
        Ok(Status::Done)
    }
}

type Found<'a> = [Finding<'a, String>];

fn write_text(
    out: &mut impl Write,
    organization: &str,
    findings: &Found<'_>,
    styles: Styles,
) -> Result<(), CommandError> {
    writeln!(out, "{}", Painted { style: styles.heading, text: Form::Text.id(organization) })?;
    if findings.is_empty() {
        writeln!(out, "  {}", Painted { style: styles.good, text: "no findings" })?;
    }
    for finding in findings {
        let code = Painted { style: styles.waiting, text: finding.code() };
        writeln!(out, "  {code}: {finding}")?;
    }
    Ok(())
}

fn write_markdown(out: &mut impl Write, organization: &str, findings: &Found<'_>) -> Result<(), CommandError> {
    writeln!(out, "## {}\n", Form::Markdown.id(organization))?;
    if findings.is_empty() {
        writeln!(out, "No findings.")?;
        return Ok(());
    }
    writeln!(out, "| finding | where | what to do |\n|---|---|---|")?;
    for finding in findings {
        writeln!(out, "| {} | {} | {} |", finding.code(), place_in_markdown(finding.place()), advice(finding))?;
    }
    Ok(())
}

fn write_lines(out: &mut impl Write, organization: &str, findings: &Found<'_>) -> Result<(), CommandError> {
    for finding in findings {
        let place = PlaceLine::of(finding.place());
        let (code, message) = (finding.code().as_str(), advice(finding));
        write_json(&mut *out, &FindingLine { organization, code, place, message })?;
        writeln!(out)?;
    }
    Ok(())
}

/// What a finding says, without its place.
fn advice(finding: &Finding<'_, String>) -> String {
    let (text, place) = (finding.to_string(), format!("{}: ", finding.place()));
    text.strip_prefix(&place).map_or(text.clone(), ToOwned::to_owned)
}

fn place_in_markdown(place: &FindingPlace<'_, String>) -> String {
    let id = |id: &'_ String| Form::Markdown.id(id).to_string();
    match *place {
        FindingPlace::Organization(organization) => format!("organization {}", id(organization)),
        FindingPlace::Member { organization, account } => format!("member {} of {}", id(account), id(organization)),
        FindingPlace::Role(role) => format!("role {}", id(role)),
        FindingPlace::Team(team) => format!("team {}", id(team)),
        FindingPlace::ClusterMember { cluster, account } => {
            format!("member {} on cluster {}", id(account), id(cluster))
        }
        FindingPlace::ClusterTeam { cluster, team } => format!("team {} on cluster {}", id(team), id(cluster)),
        FindingPlace::Project(project) => format!("project {}", id(project)),
        FindingPlace::ProjectMember { project, account } => {
            format!("member {} of project {}", id(account), id(project))
        }
        FindingPlace::ProjectTeam { project, team } => format!("team {} of project {}", id(team), id(project)),
        FindingPlace::Environment(environment) => format!("environment {}", id(environment)),
        FindingPlace::Pair { kind, id: first, other } => format!("{kind} {} and {kind} {}", id(first), id(other)),
    }
}

#[derive(Serialize)]
struct FindingLine<'a> {
    organization: &'a str,
    code: &'a str,
    place: PlaceLine<'a>,
    message: String,
}

/// A place as the resource of a question names it.
#[derive(Serialize)]
struct PlaceLine<'a> {
    r#type: &'static str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Within<'a>>,
}

/// What the account or team in a place is a part of, or what else it is about.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Within<'a> {
    Organization(&'a str),
    Cluster(&'a str),
    Project(&'a str),
    /// The id that this one looks like.
    Other(&'a str),
}

impl<'a> PlaceLine<'a> {
    fn of(place: &FindingPlace<'a, String>) -> Self {
        let (r#type, id, properties) = match *place {
            FindingPlace::Organization(id) => ("organization", id, None),
            FindingPlace::Member { organization, account } => {
                ("member", account, Some(Within::Organization(organization)))
            }
            FindingPlace::ClusterMember { cluster, account } => {
                ("cluster_member", account, Some(Within::Cluster(cluster)))
            }
            FindingPlace::Role(id) => ("role", id, None),
            FindingPlace::Team(id) => ("team", id, None),
            FindingPlace::ClusterTeam { cluster, team } => ("cluster_team", team, Some(Within::Cluster(cluster))),
            FindingPlace::ProjectTeam { project, team } => ("project_team", team, Some(Within::Project(project))),
            FindingPlace::Project(id) => ("project", id, None),
            FindingPlace::ProjectMember { project, account } => {
                ("project_member", account, Some(Within::Project(project)))
            }
            FindingPlace::Environment(id) => ("environment", id, None),
            FindingPlace::Pair { kind, id, other } => (kind.as_str(), other, Some(Within::Other(id))),
        };
        Self { r#type, id, properties }
    }
}

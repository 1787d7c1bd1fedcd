//! `shipgate explain`: answers one question in words.

mod details;
mod question;
mod report;

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use shipgate::directory::{AccountRef, Question};
use shipgate::explain::{Explanation, Names};
use shipgate::model::{ApprovalFrom, Bypass, Permission, ProtectionLevel, ResourceKind};
use shipgate::policy::ClusterOf;
use shipgate::{
    AccountKind, ActionKind, ClusterAccess, Decision, Directory, ProjectRole, ResourceId, Role, Time, Visibility,
};

use super::console::{CommandError, Console, Painted, Status, Styles};
use super::escape::Form;
use super::format::{Format, Output, time};
use super::words;
use question::Asked;

/// Explain the answer to one question.
///
/// Shows the decision, the verdict of each gate, everything that blocks the action, and what would help.
#[derive(Args)]
#[command(after_help = "Use `--help` for the actions, types and details, with examples.", after_long_help = usage())]
pub(crate) struct Explain {
    /// The directory document.
    #[arg(value_name = "DIRECTORY.json")]
    directory: PathBuf,
    /// The id of the account that asks.
    account: String,
    /// The action, such as deploy.
    action: String,
    /// The type of the resource, such as environment.
    r#type: String,
    /// The id of the resource.
    id: String,
    /// What else the action or the type needs, such as cluster=us-east.
    #[arg(value_name = "KEY=VALUE")]
    details: Vec<String>,
    /// The present time, such as 2026-11-21T12:00:00Z or now; without it every expiry counts as passed.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Time>,
    #[command(flatten)]
    output: Output,
}

impl Explain {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Status, CommandError> {
        // What cannot be asked is said before the document is read.
        let asked = Asked::read(&self.action, &self.r#type, &self.id, &self.details, self.at);
        let asked =
            asked.map_err(|problem| CommandError::Usage(format!("{problem}; see `shipgate explain --help`")))?;
        let directory = console.load(&self.directory)?;
        let question = Answered::new(&directory, &self.account, &asked);
        let text = match self.output.format() {
            Format::Text => question.text(console.output_styles),
            Format::Markdown => question.markdown(),
            Format::Json => report::json(&question)?,
        };
        writeln!(console.output, "{text}")?;
        Ok(Status::Done)
    }
}

/// A question, and all that the directory says of it.
struct Answered<'a> {
    directory: &'a Directory<String>,
    account: &'a str,
    asked: &'a Asked,
    question: Question<String>,
    explanation: Explanation<String>,
}

impl<'a> Answered<'a> {
    fn new(directory: &'a Directory<String>, account: &'a str, asked: &'a Asked) -> Self {
        let kind = directory.account(account).map_or(AccountKind::User, AccountRef::kind);
        let mut question =
            Question::new(account.to_owned(), asked.action.clone(), asked.resource.clone()).of_kind(kind);
        if let Some(now) = asked.time {
            question = question.at(now);
        }
        let explanation =
            directory.explain(&question.subject(), question.action.as_ref(), question.resource.borrowed::<String>());
        Self { directory, account, asked, question, explanation }
    }

    /// The cluster that the resource is on.
    fn cluster(&self) -> Option<&str> {
        let environment = match &self.asked.resource {
            ResourceId::Organization(_)
            | ResourceId::Member { .. }
            | ResourceId::Role(_)
            | ResourceId::Team(_)
            | ResourceId::TeamMember { .. }
            | ResourceId::Project(_)
            | ResourceId::ProjectMember { .. }
            | ResourceId::ProjectTeam { .. } => return None,
            ResourceId::Cluster(cluster)
            | ResourceId::NewEnvironment { cluster, .. }
            | ResourceId::ClusterMember { cluster, .. }
            | ResourceId::ClusterTeam { cluster, .. } => return Some(cluster),
            ResourceId::Environment(environment)
            | ResourceId::Placement { environment, .. }
            | ResourceId::Deployment { environment, .. } => environment,
        };
        self.directory.environment(environment.as_str()).map(|environment| environment.cluster().as_str())
    }

    /// The cluster that the environment is to move to.
    fn new_cluster(&self) -> Option<&str> {
        if let ResourceId::Placement { to, .. } = &self.asked.resource { Some(to) } else { None }
    }

    /// The report, and what the account is told.
    fn in_words(&self, shown: impl Fn(&str) -> String, quoted: impl Fn(&str) -> String) -> (String, String) {
        let (account, id) = (shown(self.account), shown(&self.asked.id));
        let cluster = self.cluster().map_or_else(|| "the cluster".to_owned(), &shown);
        let new_cluster = self.new_cluster().map_or_else(|| cluster.clone(), &shown);
        let names = Names::new(&account, &id).on(&cluster).moving_to(&new_cluster).about(&id).writing_ids(&quoted);
        (self.explanation.report(&names).to_string(), self.explanation.for_user(&names).to_string())
    }

    fn is_known(&self) -> bool {
        self.directory.account(self.account).is_some()
    }

    fn note(&self, form: Form) -> String {
        let account = form.id(self.account);
        if self.is_known() {
            return String::new();
        }
        format!("(no account in the document is called {account}: it is asked as a stranger)\n\n")
    }

    fn text(&self, styles: Styles) -> String {
        let (report, told) = self.in_words(|id| Form::Text.id(id).to_string(), |id| Form::Text.quoted(id));
        let style = match self.explanation.decision() {
            Decision::Allow => styles.good,
            Decision::RequireApproval(_) => styles.waiting,
            Decision::Deny(_) => styles.bad,
        };
        let (decision, rest) = report.split_once('\n').unwrap_or((&report, ""));
        let decision = Painted { style, text: decision };
        format!("{}{decision}\n{rest}\n{} is told\n  {told}", self.note(Form::Text), Form::Text.id(self.account))
    }

    fn markdown(&self) -> String {
        let (report, told) = self.in_words(|id| Form::Markdown.id(id).to_string(), |id| Form::Markdown.quoted(id));
        let (account, id) = (Form::Markdown.id(self.account), Form::Markdown.id(&self.asked.id));
        // The report has a paragraph for the decision, the obstacles and the gates, and then one for each list that is not empty.
        let mut paragraphs = report.split("\n\n").map(str::trim);
        let mut next = || paragraphs.next().unwrap_or_default();
        let (decision, obstacles, _gates) = (next(), next(), next());
        let note = self.note(Form::Markdown);
        let mut out =
            format!("## {account}: {} {id}\n\n{note}**{decision}**\n\n{obstacles}\n", self.asked.action.kind());
        out.push_str("\n| gate | verdict |\n|---|---|\n");
        for (gate, verdict) in self.explanation.verdicts() {
            let _ = writeln!(out, "| {gate} | {verdict} |");
        }
        for list in paragraphs {
            let mut lines = list.lines();
            let _ = write!(out, "\n{}:\n\n", lines.next().unwrap_or_default());
            for line in lines {
                let _ = writeln!(out, "- {}", line.trim());
            }
        }
        let _ = write!(out, "\n{account} is told: {told}");
        out
    }

    /// The id of a cluster of the resource.
    fn cluster_of(&self, which: ClusterOf) -> Option<&str> {
        match (which, &self.asked.resource) {
            (ClusterOf::Present, _) => self.cluster(),
            (ClusterOf::New, _) => self.new_cluster(),
            (ClusterOf::OfProject(place), ResourceId::Project(project)) => {
                let project = self.directory.project(project.as_str())?;
                let mut clusters = (0..).zip(project.clusters());
                clusters.find_map(|(position, (id, _))| (position == place).then_some(id.as_str()))
            }
            (ClusterOf::OfProject(_), _) => None,
        }
    }
}

fn usage() -> String {
    format!(
        "\
Examples:
  shipgate explain acme-corp.json alice deploy environment shop-production
  shipgate explain acme-corp.json carol change_role member bob organization=acme-corp to=owner
  shipgate explain acme-corp.json carol retarget placement shop-dev cluster=edge-swarm
  shipgate explain acme-corp.json olivia deploy deployment release-7 environment=shop-payments \\
      requested_by=olivia approved_by=oscar

ACTION is one of
{}
Some actions need details:
  invite_member       role=ROLE [expires_at=TIME]
  change_role         to=ROLE
  create_role         rank=RANK permissions=PERMISSION,...
  update              of a role: permissions=PERMISSION,...
                      of a project or a cluster: [visibility=VISIBILITY]
  set_expiry          to=TIME, or to=never
  set_project_role    to=PROJECT_ROLE [expires_at=TIME], or to=nothing
  set_cluster_access  to=LEVEL [expires_at=TIME], or to=default
  set_protection      to=PROTECTION [from=APPROVER [count=N] [self_approval=forbidden|allowed] [bypass=BYPASS]]

TYPE is one of
{}
Some types need details:
  member              organization=ID
  team_member         team=ID
  project_member, project_team
                      project=ID
  cluster_member, cluster_team
                      cluster=ID
  placement           cluster=ID, the new one
  deployment          environment=ID requested_by=ACCOUNT [on_behalf_of=ACCOUNT] [release=ID]
                      [approved_by=ACCOUNT ...], for this release
  environment         to create one: project=ID cluster=ID [protection=PROTECTION ...]
Instead of --at TIME you can write at=TIME.

ROLE          {}, or the id of a custom role
RANK          admin, developer, viewer
PERMISSION    one of
{}
PROJECT_ROLE  {}
LEVEL         {}
VISIBILITY    {}
PROTECTION    {}
APPROVER      {}
BYPASS        {}

Exit status:
  0  done, whatever the answer
  1  the arguments are wrong, or an input could not be read",
        paragraph(&ActionKind::ALL.map(ActionKind::as_str)),
        paragraph(&ResourceKind::ALL.map(ResourceKind::as_str)),
        Role::ALL.map(Role::as_str).join(", "),
        paragraph(&Permission::ALL.map(Permission::as_str)),
        ProjectRole::ALL.map(ProjectRole::as_str).join(", "),
        ClusterAccess::ALL.map(ClusterAccess::as_str).join(", "),
        Visibility::ALL.map(Visibility::as_str).join(", "),
        ProtectionLevel::ALL.map(ProtectionLevel::as_str).join(", "),
        ApprovalFrom::ALL.map(ApprovalFrom::as_str).join(", "),
        Bypass::ALL.map(Bypass::as_str).join(", "),
    )
}

/// Names in indented lines that fit a terminal.
fn paragraph(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    words::paragraph(&names, 98).lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

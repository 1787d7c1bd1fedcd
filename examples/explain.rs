//! Answers one question in words: what was decided, what every gate says, and what would open it.
//!
//! ```text
//! cargo run --example explain -- examples/data/acme-corp.json alice deploy environment shop-production
//! ```
//!
//! Exit status: 0 for an answer, whatever it is; 2 for a question that cannot be asked; 1 where the document could not be
//! loaded.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::SystemTime;

use shipgate::explain::{Explanation, Names};
use shipgate::model::ApprovalId;
use shipgate::model::{ApprovalFrom, ApprovalRule, ProtectionLevel, ResourceKind, SelfApproval, UnknownNameError};
use shipgate::{
    Action, ActionKind, ClusterAccess, Directory, Grant, ProjectRole, Protection, ResourceId, Role, SubjectId, Time,
};

const NO_DOCUMENT: u8 = 1;
const NO_QUESTION: u8 = 2;

fn main() -> ExitCode {
    let words: Vec<String> = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let question = match Question::read(&words) {
        Ok(question) => question,
        Err(problem) => return fail(NO_QUESTION, &format!("{problem}\n\n{}", usage())),
    };
    match load(question.document) {
        Ok(directory) => say(&question.answer(&directory)),
        Err(problem) => fail(NO_DOCUMENT, &format!("{}: {problem}", question.document)),
    }
}

fn load(path: &str) -> Result<Directory<String>, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    Directory::<String>::from_json(&text).map_err(|error| error.to_string())
}

fn say(answer: &str) -> ExitCode {
    // Whoever reads the answer may have read enough of it.
    let _ = writeln!(io::stdout(), "{answer}");
    ExitCode::SUCCESS
}

fn fail(status: u8, message: &str) -> ExitCode {
    // Nobody is left to tell, should this fail too.
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::from(status)
}

fn usage() -> String {
    format!(
        "\
usage: explain DOCUMENT ACCOUNT ACTION TYPE ID [KEY=VALUE …]

  explain acme-corp.json alice deploy environment shop-production
  explain acme-corp.json carol change_role member bob organization=acme-corp to=owner
  explain acme-corp.json carol retarget placement shop-dev cluster=edge-swarm
  explain acme-corp.json olivia deploy deployment release-7 environment=shop-payments requested_by=olivia approved_by=oscar

ACTION is one of
{}
and some need more:
  invite_member       role=ROLE
  change_role         to=ROLE
  set_expiry          to=TIME, or to=never
  set_project_role    to=PROJECT_ROLE [expires_at=TIME], or to=nothing
  set_cluster_access  to=LEVEL [expires_at=TIME], or to=default
  set_protection      to=PROTECTION [from=APPROVER [count=N] [self_approval=forbidden|allowed]]
TYPE is one of
{}
and some need more:
  member              organization=ID
  project_member      project=ID
  cluster_member      cluster=ID
  placement           cluster=ID, the new one
  deployment          environment=ID requested_by=ACCOUNT [approved_by=ACCOUNT …]
  environment         to create one: project=ID cluster=ID
Always: at=TIME, such as at=2026-11-21T12:00:00Z or at=now. Without it every expiry counts as passed.

ROLE          {}
PROJECT_ROLE  {}
LEVEL         {}
PROTECTION    {}
APPROVER      {}",
        paragraph(&ActionKind::ALL.map(ActionKind::as_str)),
        paragraph(&ResourceKind::ALL.map(ResourceKind::as_str)),
        Role::ALL.map(Role::as_str).join(", "),
        ProjectRole::ALL.map(ProjectRole::as_str).join(", "),
        ClusterAccess::ALL.map(ClusterAccess::as_str).join(", "),
        ProtectionLevel::ALL.map(ProtectionLevel::as_str).join(", "),
        ApprovalFrom::ALL.map(ApprovalFrom::as_str).join(", "),
    )
}

/// Names in lines that fit a terminal.
fn paragraph(names: &[&str]) -> String {
    let mut lines = vec![String::from("  ")];
    for (i, name) in names.iter().enumerate() {
        let word = if i + 1 == names.len() { (*name).to_owned() } else { format!("{name}, ") };
        match lines.last_mut() {
            Some(line) if line.len() + word.len() <= 100 => line.push_str(&word),
            _ => lines.push(format!("  {word}")),
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

/// A question, as it was put on the command line.
struct Question<'a> {
    document: &'a str,
    account: &'a str,
    action: Action,
    asked: Asked<'a>,
    time: Option<Time>,
}

impl<'a> Question<'a> {
    fn read(words: &'a [String]) -> Result<Self, String> {
        let [document, account, action, kind, id, rest @ ..] = words else {
            return Err("a question has at least five parts".to_owned());
        };
        let mut details = Details::read(rest)?;
        let action = details.action(named(action)?)?;
        let asked = details.asked(named(kind)?, id, action)?;
        let time = details.time("at")?;
        details.are_all_read()?;
        Ok(Self { document, account, action, asked, time })
    }

    fn answer(&self, directory: &Directory<String>) -> String {
        let mut subject = SubjectId::new(self.account);
        if let Some(now) = self.time {
            subject = subject.at(now);
        }
        let explanation = directory.explain(&subject, self.action, self.asked.resource());
        self.asked.in_words(self.account, &explanation, directory)
    }
}

/// What is asked about, with what it is called.
struct Asked<'a> {
    id: &'a str,
    of: Of<'a>,
}

/// The kind of the resource, with what belongs to it.
enum Of<'a> {
    Organization,
    Member { organization: &'a str },
    Project,
    ProjectMember { project: &'a str },
    Environment,
    NewEnvironment { project: &'a str, cluster: &'a str },
    Placement { cluster: &'a str },
    Deployment { environment: &'a str, requested_by: &'a str, approvals: Vec<ApprovalId<String>> },
    Cluster,
    ClusterMember { cluster: &'a str },
}

impl Asked<'_> {
    fn resource(&self) -> ResourceId<&str, &[ApprovalId<String>]> {
        let id = self.id;
        match &self.of {
            Of::Organization => ResourceId::Organization(id),
            Of::Member { organization } => ResourceId::Member { organization, account: id },
            Of::Project => ResourceId::Project(id),
            Of::ProjectMember { project } => ResourceId::ProjectMember { project, account: id },
            Of::Environment => ResourceId::Environment(id),
            // What protects an environment does not matter before it is there.
            Of::NewEnvironment { project, cluster } => {
                ResourceId::NewEnvironment { id, project, cluster, protection: Protection::NONE }
            }
            Of::Placement { cluster } => ResourceId::Placement { environment: id, to: cluster },
            Of::Deployment { environment, requested_by, approvals } => {
                ResourceId::Deployment { environment, requested_by, approvals }
            }
            Of::Cluster => ResourceId::Cluster(id),
            Of::ClusterMember { cluster } => ResourceId::ClusterMember { cluster, account: id },
        }
    }

    /// The cluster that the resource is on, by its id.
    fn cluster<'d>(&'d self, directory: &'d Directory<String>) -> Option<&'d str> {
        let environment = match &self.of {
            Of::Organization | Of::Member { .. } | Of::Project | Of::ProjectMember { .. } => return None,
            Of::Cluster => return Some(self.id),
            Of::NewEnvironment { cluster, .. } | Of::ClusterMember { cluster } => return Some(cluster),
            Of::Environment | Of::Placement { .. } => self.id,
            Of::Deployment { environment, .. } => environment,
        };
        directory.environment(environment).map(|environment| environment.cluster().as_str())
    }

    fn in_words(&self, account: &str, explanation: &Explanation, directory: &Directory<String>) -> String {
        let cluster = self.cluster(directory).unwrap_or("the cluster");
        // What moves names its new cluster.
        let new_cluster = if let Of::Placement { cluster } = self.of { cluster } else { cluster };
        let names = Names::new(&account, &self.id).on(&cluster).moving_to(&new_cluster).about(&self.id);
        let unknown = match directory.account(account) {
            Some(_) => String::new(),
            None => format!("(no account in the document is called {account}: it is asked as a stranger)\n\n"),
        };
        let (report, told) = (explanation.report(&names), explanation.for_user(&names));
        format!("{unknown}{report}\n{account} is told\n  {told}")
    }
}

/// The `key=value` words of a question, each to be read once.
struct Details<'a> {
    left: Vec<(&'a str, &'a str)>,
}

impl<'a> Details<'a> {
    fn read(words: &'a [String]) -> Result<Self, String> {
        let pair = |word: &'a String| word.split_once('=').ok_or_else(|| format!("`{word}` should be KEY=VALUE"));
        Ok(Self { left: words.iter().map(pair).collect::<Result<_, _>>()? })
    }

    fn are_all_read(&self) -> Result<(), String> {
        match self.left.first() {
            None => Ok(()),
            Some((key, value)) => Err(format!("`{key}={value}` is one too many: nothing asks for it here")),
        }
    }

    fn optional(&mut self, key: &str) -> Option<&'a str> {
        let place = self.left.iter().position(|(name, _)| *name == key)?;
        Some(self.left.remove(place).1)
    }

    fn required(&mut self, key: &str) -> Result<&'a str, String> {
        self.optional(key).ok_or_else(|| format!("`{key}=…` is missing"))
    }

    fn parsed<T: FromStr<Err: ToString>>(&mut self, key: &str) -> Result<Option<T>, String> {
        let value = self.optional(key).map(str::parse).transpose();
        value.map_err(|error: T::Err| format!("{key}: {}", error.to_string()))
    }

    fn time(&mut self, key: &str) -> Result<Option<Time>, String> {
        if self.left.contains(&(key, "now")) {
            self.optional(key);
            return Ok(Some(SystemTime::now().into()));
        }
        self.parsed(key)
    }

    fn needed<T: FromStr<Err: ToString>>(&mut self, key: &str) -> Result<T, String> {
        self.parsed(key)?.ok_or_else(|| format!("`{key}=…` is missing"))
    }

    /// What `to` gives and until when, or that it takes back.
    fn grant<T: Copy + FromStr<Err: ToString>>(&mut self, take_back: &str) -> Result<Option<Grant<T>>, String> {
        if self.left.contains(&("to", take_back)) {
            self.optional("to");
            return Ok(None);
        }
        Ok(Some(Grant::expiring(self.needed("to")?, self.time("expires_at")?)))
    }

    fn expiry(&mut self) -> Result<Option<Time>, String> {
        if self.left.contains(&("to", "never")) {
            self.optional("to");
            return Ok(None);
        }
        self.time("to")?.map(Some).ok_or_else(|| "`to=…` is missing".to_owned())
    }

    fn protection(&mut self) -> Result<Protection, String> {
        let level = self.needed("to")?;
        let rule = match self.parsed("from")? {
            None => None,
            Some(from) => Some(self.rule(from)?),
        };
        Protection::new(level, rule).map_err(|error| error.to_string())
    }

    fn rule(&mut self, from: ApprovalFrom) -> Result<ApprovalRule, String> {
        let count = self.parsed("count")?.unwrap_or(1);
        let self_approval = self.parsed("self_approval")?.unwrap_or(SelfApproval::Forbidden);
        Ok(ApprovalRule::new(from)
            .with_count(count)
            .map_err(|error| error.to_string())?
            .with_self_approval(self_approval))
    }

    fn action(&mut self, name: ActionKind) -> Result<Action, String> {
        Ok(match name {
            ActionKind::View => Action::View,
            ActionKind::Update => Action::Update,
            ActionKind::Delete => Action::Delete,
            ActionKind::CreateProject => Action::CreateProject,
            ActionKind::ConnectCluster => Action::ConnectCluster,
            ActionKind::InviteMember => Action::InviteMember { role: self.needed("role")? },
            ActionKind::ViewInvoices => Action::ViewInvoices,
            ActionKind::ManageBilling => Action::ManageBilling,
            ActionKind::ViewAuditLog => Action::ViewAuditLog,
            ActionKind::ChangeRole => Action::ChangeRole { to: self.needed("to")? },
            ActionKind::SetExpiry => Action::SetExpiry { to: self.expiry()? },
            ActionKind::Remove => Action::Remove,
            ActionKind::TransferOwnership => Action::TransferOwnership,
            ActionKind::ManageBuilds => Action::ManageBuilds,
            ActionKind::ReadVariables => Action::ReadVariables,
            ActionKind::ReadSecrets => Action::ReadSecrets,
            ActionKind::WriteVariables => Action::WriteVariables,
            ActionKind::SetProjectRole => Action::SetProjectRole { to: self.grant("nothing")? },
            ActionKind::Create => Action::Create,
            ActionKind::SetProtection => Action::SetProtection { to: self.protection()? },
            ActionKind::Retarget => Action::Retarget,
            ActionKind::Restart => Action::Restart,
            ActionKind::Deploy => Action::Deploy,
            ActionKind::Approve => Action::Approve,
            ActionKind::Manage => Action::Manage,
            ActionKind::SetClusterAccess => Action::SetClusterAccess { to: self.grant("default")? },
        })
    }

    fn asked(&mut self, kind: ResourceKind, id: &'a str, action: Action) -> Result<Asked<'a>, String> {
        let of = match kind {
            ResourceKind::Organization => Of::Organization,
            ResourceKind::Member => Of::Member { organization: self.required("organization")? },
            ResourceKind::Project => Of::Project,
            ResourceKind::ProjectMember => Of::ProjectMember { project: self.required("project")? },
            ResourceKind::Environment if action == Action::Create => {
                Of::NewEnvironment { project: self.required("project")?, cluster: self.required("cluster")? }
            }
            ResourceKind::Environment => Of::Environment,
            ResourceKind::Placement => Of::Placement { cluster: self.required("cluster")? },
            ResourceKind::Deployment => Of::Deployment {
                environment: self.required("environment")?,
                requested_by: self.required("requested_by")?,
                approvals: self.approvals(),
            },
            ResourceKind::Cluster => Of::Cluster,
            ResourceKind::ClusterMember => Of::ClusterMember { cluster: self.required("cluster")? },
        };
        Ok(Asked { id, of })
    }

    fn approvals(&mut self) -> Vec<ApprovalId<String>> {
        std::iter::from_fn(|| self.optional("approved_by")).map(|by| ApprovalId::new(by.to_string())).collect()
    }
}

fn named<T: FromStr<Err = UnknownNameError>>(name: &str) -> Result<T, String> {
    name.parse().map_err(|error: UnknownNameError| error.to_string())
}

//! Words: roles, levels, permissions and persons, as a sentence uses them.

use core::fmt::{self, Display};

use crate::model::access::ClusterAccess;
use crate::model::action::ActionKind;
use crate::model::protection::ApprovalFrom;
use crate::model::role::{Permission, Role};
use crate::policy::decision::MissingApprovals;

/// Whom a text speaks of: the reader, or a subject with a name.
#[derive(Clone, Copy)]
pub(super) struct Person<'a> {
    /// `None` if the subject is the reader.
    pub(super) name: Option<&'a dyn Display>,
    /// Whether the sentence begins here.
    pub(super) begins: bool,
}

impl<'a> Person<'a> {
    /// The subject with a verb, as in `You have` or `alice has`.
    pub(super) const fn does(self, you: &'static str, they: &'static str) -> Does<'a> {
        Does { person: self, verb: self.form(you, they) }
    }

    /// The form of a word that suits the subject.
    pub(super) const fn form(self, you: &'static str, they: &'static str) -> &'static str {
        match self.name {
            None => you,
            Some(_) => they,
        }
    }

    /// `your` or `alice's`.
    pub(super) const fn whose(self) -> Whose<'a> {
        Whose(self)
    }
}

pub(super) struct Does<'a> {
    person: Person<'a>,
    verb: &'static str,
}

impl Display for Does<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = self.verb;
        match self.person {
            Person { name: None, begins: true } => write!(f, "You {verb}"),
            Person { name: None, begins: false } => write!(f, "you {verb}"),
            Person { name: Some(name), .. } => write!(f, "{name} {verb}"),
        }
    }
}

pub(super) struct Whose<'a>(Person<'a>);

impl Display for Whose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Person { name: None, begins: true } => f.write_str("Your"),
            Person { name: None, begins: false } => f.write_str("your"),
            Person { name: Some(name), .. } => write!(f, "{name}'s"),
        }
    }
}

/// A role with its article, as in "carol is an Admin".
pub(super) struct A(pub(super) Role);

impl Display for A {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Role::Owner => "an Owner",
            Role::Admin => "an Admin",
            Role::Developer => "a Developer",
            Role::Billing => "a Billing member",
            Role::Viewer => "a Viewer",
        })
    }
}

/// Missing approvals.
pub(super) struct Wanted(pub(super) MissingApprovals);

impl Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MissingApprovals { from, missing } = self.0;
        let plural = if missing == 1 { "" } else { "s" };
        let from = match from {
            ApprovalFrom::Admin => "someone who may approve",
            ApprovalFrom::Owner => "an Owner",
        };
        write!(f, "{missing} approval{plural} from {from}")
    }
}

/// Items in a row, as in "projects, environments and clusters".
pub(super) struct Listed<'a, T>(pub(super) &'a [T]);

impl<T: Display> Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.len().saturating_sub(1);
        for (i, item) in self.0.iter().enumerate() {
            let separator = match i {
                0 => "",
                i if i == last => " and ",
                _ => ", ",
            };
            write!(f, "{separator}{item}")?;
        }
        Ok(())
    }
}

/// A cluster access, as in "carol has no access on us-east".
pub(super) const fn access(level: ClusterAccess) -> &'static str {
    match level {
        ClusterAccess::None => "no access",
        ClusterAccess::View | ClusterAccess::Deploy | ClusterAccess::Manage => level.as_str(),
    }
}

/// An action as a verb without a resource, as in "an Owner must deploy".
pub(super) fn bare(action: ActionKind) -> &'static str {
    let verb = action.phrase();
    verb.strip_suffix(" to").or_else(|| verb.strip_suffix(" of")).or_else(|| verb.strip_suffix(" in")).unwrap_or(verb)
}

/// A permission as a verb phrase, as in "a Viewer, who may not manage builds".
pub(super) const fn phrase(permission: Permission) -> &'static str {
    match permission {
        Permission::View => "view projects and clusters",
        Permission::ViewLogs => "view logs",
        Permission::Deploy => "deploy",
        Permission::ManageBuilds => "manage builds",
        Permission::ManageSecrets => "read secrets and write variables",
        Permission::Exec => "open a shell",
        Permission::Approve => "approve deployments",
        Permission::CreateProjects => "create projects",
        Permission::ManageProjects => "manage projects",
        Permission::ManageClusters => "manage cluster settings",
        Permission::ManageProtection => "manage environment protection",
        Permission::ManageMembers => "invite and remove members",
        Permission::ChangeRoles => "change roles",
        Permission::ManageBilling => "manage billing",
        Permission::ViewInvoices => "view invoices",
        Permission::ManageOrganization => "manage the organization",
        Permission::ViewAuditLog => "view the audit log",
        Permission::DeleteOrganization => "delete the organization",
        Permission::TransferOwnership => "transfer ownership",
    }
}

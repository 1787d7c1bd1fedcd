//! Explanations as text.

use core::fmt::{self, Display};

use super::{Explanation, Obstacle, Remedy};
use crate::model::access::ClusterAccess;
use crate::model::action::{ActionKind, ParameterKind};
use crate::model::protection::{ApprovalFrom, ProtectionLevel};
use crate::model::role::Permission;
use crate::model::role::Role;
use crate::policy::decision::{Decision, Exposure, MissingApprovals};
use crate::policy::inputs::Inputs;
use crate::policy::reason::{ClusterOf, Reason, RoleRequirement};

/// The names to use in an explanation's text.
///
/// Control characters are not escaped. Escape names that users have chosen before you pass them.
///
/// # Examples
///
/// ```
/// use shipgate::explain::{Names, explain};
/// use shipgate::{Account, Action, Cluster, Membership, Role};
///
/// let us_east = Cluster::new(20, 1);
/// let victor = Account::user(7).with(Membership::new(1, Role::Viewer))?;
///
/// let names = Names::new(&"victor", &"us-east").on(&"us-east");
/// assert_eq!(
///     explain(&victor, Action::Manage, &us_east).for_user(&names).to_string(),
///     "victor has view on us-east, and to manage us-east takes manage"
/// );
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Names<'a> {
    subject: &'a dyn Display,
    resource: &'a dyn Display,
    cluster: &'a dyn Display,
    new_cluster: &'a dyn Display,
    target: &'a dyn Display,
}

impl<'a> Names<'a> {
    /// Names the subject and the resource. The rest is called `the cluster`, `the new cluster` and `that member`.
    #[must_use]
    pub fn new(subject: &'a dyn Display, resource: &'a dyn Display) -> Self {
        Self { subject, resource, cluster: &"the cluster", new_cluster: &"the new cluster", target: &"that member" }
    }

    /// Names the cluster of the resource.
    #[must_use]
    pub fn on(self, cluster: &'a dyn Display) -> Self {
        Self { cluster, ..self }
    }

    /// Names the cluster that a placement moves the environment to.
    #[must_use]
    pub fn moving_to(self, new_cluster: &'a dyn Display) -> Self {
        Self { new_cluster, ..self }
    }

    /// Names the member that the question is about.
    #[must_use]
    pub fn about(self, target: &'a dyn Display) -> Self {
        Self { target, ..self }
    }

    fn cluster(&self, which: ClusterOf) -> &'a dyn Display {
        match which {
            ClusterOf::Present => self.cluster,
            ClusterOf::New => self.new_cluster,
        }
    }
}

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Names({} to {})", self.subject, self.resource)
    }
}

impl Explanation {
    /// A sentence for the person who asked. It names every obstacle, unless the denial is hidden: then it says that nothing
    /// was found.
    #[must_use]
    pub const fn for_user<'a>(&'a self, names: &'a Names<'a>) -> ForUser<'a> {
        ForUser { explanation: self, names }
    }

    /// The whole explanation in a few lines: the decision, the obstacles, every gate, and what would help. It hides nothing,
    /// so show it only to people who may see all the facts.
    #[must_use]
    pub const fn report<'a>(&'a self, names: &'a Names<'a>) -> Report<'a> {
        Report { explanation: self, names }
    }
}

/// A sentence for the person who asked: see [`Explanation::for_user`].
#[derive(Debug)]
pub struct ForUser<'a> {
    explanation: &'a Explanation,
    names: &'a Names<'a>,
}

impl Display for ForUser<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { explanation, names } = self;
        if matches!(explanation.decision, Decision::Deny(_)) && explanation.exposure == Exposure::Hidden {
            return f.write_str("nothing was found");
        }
        obstacles(f, explanation, names)
    }
}

/// The whole explanation in a few lines: see [`Explanation::report`].
#[derive(Debug)]
pub struct Report<'a> {
    explanation: &'a Explanation,
    names: &'a Names<'a>,
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { explanation, names } = self;
        decision(f, explanation)?;
        f.write_str("\n\n  ")?;
        obstacles(f, explanation, names)?;
        f.write_str("\n\ngates\n")?;
        for (gate, verdict) in explanation.verdicts() {
            writeln!(f, "  {gate:<11} {verdict}")?;
        }
        if explanation.decision.is_allowed() {
            return Ok(());
        }
        f.write_str("\nwhat would open it\n")?;
        if explanation.remedies.is_empty() {
            f.write_str("  no role, level or approval would\n")?;
        }
        for remedy in &explanation.remedies {
            writeln!(f, "  {}", In { remedy, names })?;
        }
        Ok(())
    }
}

fn decision(f: &mut fmt::Formatter<'_>, explanation: &Explanation) -> fmt::Result {
    match explanation.decision {
        Decision::Allow => f.write_str("allow"),
        Decision::RequireApproval(_) => f.write_str("require_approval"),
        Decision::Deny(reason) => write!(f, "deny: {} ({})", reason.code(), explanation.exposure),
    }
}

/// Every obstacle, in one line.
fn obstacles(f: &mut fmt::Formatter<'_>, explanation: &Explanation, names: &Names<'_>) -> fmt::Result {
    let Names { subject, resource, .. } = names;
    if explanation.obstacles.is_empty() {
        return write!(f, "{subject} may {} {resource}", explanation.action.kind().phrase());
    }
    for (i, obstacle) in explanation.obstacles.iter().enumerate() {
        if i > 0 {
            f.write_str("; ")?;
        }
        match obstacle {
            Obstacle::Approval(approvals) if i == 0 => write!(f, "it still takes {}", Wanted(*approvals))?,
            Obstacle::Approval(approvals) => write!(f, "{}", Wanted(*approvals))?,
            Obstacle::Reason(reason) => Because { explanation, names, reason: *reason }.fmt(f)?,
        }
    }
    Ok(())
}

/// One reason, in words.
struct Because<'a> {
    explanation: &'a Explanation,
    names: &'a Names<'a>,
    reason: Reason,
}

impl Display for Because<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { explanation, names, reason } = self;
        let Names { subject, resource, target, .. } = names;
        let action = explanation.action.kind();
        match *reason {
            Reason::NotApplicable => write!(f, "{action} means nothing for {resource}"),
            Reason::NotAMember => write!(f, "{subject} is not a member of the organization of {resource}"),
            Reason::ForeignResource => {
                write!(
                    f,
                    "what is asked for is not all of the organization of {resource}, or {target} is no member of it"
                )
            }
            Reason::CredentialExpired => write!(f, "the token has expired"),
            Reason::OutOfScope => write!(f, "the token does not cover {action} on {resource}"),
            Reason::NotInProject => write!(f, "only those invited see the project of {resource}, and {subject} is not"),
            Reason::RoleInsufficient { have, need: RoleRequirement::Permission(permission) } => {
                write!(f, "{subject} is {}, who may not {}", A(have), phrase(permission))
            }
            Reason::RoleInsufficient { have, need: RoleRequirement::Role(role) } => {
                write!(f, "{subject} is {}, and {} must {}", A(have), A(role), bare(action))
            }
            Reason::ClusterLevelInsufficient { have, need, cluster } => {
                let cluster = names.cluster(cluster);
                write!(
                    f,
                    "{subject} has {} on {cluster}, and to {} {resource} takes {need}",
                    access(have),
                    action.phrase()
                )
            }
            Reason::EnvironmentProtected { have, need } => {
                write!(f, "{subject} is {}", A(have))?;
                match explanation.inputs.as_ref().and_then(protection) {
                    Some(protection) => {
                        write!(f, "; {resource} {protection}, so {} must {}", A(need), bare(action))
                    }
                    None => write!(f, ", and it takes {} to {} {resource}", A(need), action.phrase()),
                }
            }
            Reason::Outranked { have, need } => {
                write!(f, "{subject} is {}, and it takes {} to do this", A(have), A(need))
            }
            Reason::NotAssignable => write!(f, "{}", not_assignable(action)),
            Reason::LastOwner => write!(f, "{target} is the last permanent Owner: make another one first"),
            Reason::NotRequester => write!(f, "somebody else requested {resource}, and only they may deploy it"),
            Reason::NotOwnDeployment => {
                let cluster = names.cluster;
                write!(f, "somebody else requested {resource}: it takes an Admin, or manage on {cluster}, to manage it")
            }
            Reason::ApprovalNotRequired => write!(f, "{resource} asks for no approval"),
            Reason::ServiceAccount => write!(f, "a service account cannot approve"),
            Reason::SelfApproval => write!(f, "{subject} requested {resource}, and another must approve it"),
            Reason::AboveCeiling { need, ceiling } => {
                write!(
                    f,
                    "{target} cannot have {need} on {}: the role allows {} at most",
                    names.cluster,
                    access(ceiling)
                )
            }
            Reason::Escalation { have, need } => {
                write!(f, "{subject} has {} on {}, and cannot give {need}", access(have), names.cluster)
            }
            Reason::NotEmpty => write!(f, "{resource} still has environments: delete or move them first"),
            Reason::UnknownResource => write!(f, "nothing was found"),
        }
    }
}

/// A role with its article, as in "carol is an Admin".
struct A(Role);

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
struct Wanted(MissingApprovals);

impl Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MissingApprovals { from, missing } = self.0;
        let plural = if missing == 1 { "" } else { "s" };
        let from = match from {
            ApprovalFrom::Admin => "an Admin or an Owner",
            ApprovalFrom::Owner => "an Owner",
        };
        write!(f, "{missing} approval{plural} from {from}")
    }
}

/// A remedy, with the names of its clusters.
struct In<'a> {
    remedy: &'a Remedy,
    names: &'a Names<'a>,
}

impl Display for In<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { remedy, names } = self;
        let mut separator = "";
        let mut part = |f: &mut fmt::Formatter<'_>, text: fmt::Arguments<'_>| {
            write!(f, "{separator}{text}")?;
            separator = ", and ";
            Ok(())
        };
        if let Some(role) = remedy.role() {
            part(f, format_args!("the role {role}"))?;
        }
        if let Some(role) = remedy.project_role() {
            part(f, format_args!("the project role {role}"))?;
        }
        for which in ClusterOf::ALL {
            if let Some(level) = remedy.level(which) {
                part(f, format_args!("{level} on {}", names.cluster(which)))?;
            }
        }
        if let Some(approvals) = remedy.approvals() {
            part(f, format_args!("{}", Wanted(approvals)))?;
        }
        Ok(())
    }
}

/// A cluster access, as in "carol has no access on us-east".
const fn access(level: ClusterAccess) -> &'static str {
    match level {
        ClusterAccess::None => "no access",
        ClusterAccess::View | ClusterAccess::Deploy | ClusterAccess::Manage => level.as_str(),
    }
}

/// How the resource is protected, if it is.
fn protection(inputs: &Inputs) -> Option<&'static str> {
    let is_project = inputs.clusters == [None, None];
    match (is_project, inputs.protection.level()) {
        (true, _) => Some("has a protected environment"),
        (false, ProtectionLevel::None) => None,
        (false, ProtectionLevel::Restricted) => Some("is restricted"),
        (false, ProtectionLevel::Locked) => Some("is locked"),
    }
}

const fn not_assignable(action: ActionKind) -> &'static str {
    match action.parameter() {
        ParameterKind::Role => "a service account cannot be an Owner",
        ParameterKind::Expiry => "nobody sets an expiry of their own",
        ParameterKind::ProjectRole => "a project role goes to another member, a Developer or a Viewer",
        ParameterKind::ClusterAccess => "an Owner's level cannot be changed",
        ParameterKind::None if matches!(action, ActionKind::TransferOwnership) => {
            "ownership goes to another member, a user whose membership has no expiry"
        }
        ParameterKind::None | ParameterKind::Protection => "that member cannot be given this",
    }
}

/// An action as a verb without a resource, as in "an Owner must deploy".
fn bare(action: ActionKind) -> &'static str {
    let verb = action.phrase();
    verb.strip_suffix(" to").or_else(|| verb.strip_suffix(" of")).unwrap_or(verb)
}

/// A permission as a verb phrase, as in "a Viewer, who may not manage builds".
const fn phrase(permission: Permission) -> &'static str {
    match permission {
        Permission::View => "view projects and clusters",
        Permission::Deploy => "deploy",
        Permission::ManageBuilds => "manage builds",
        Permission::CreateProjects => "create projects",
        Permission::ManageClusters => "manage cluster settings",
        Permission::ManageMembers => "invite and remove members",
        Permission::ChangeRoles => "change roles",
        Permission::ManageBilling => "manage billing",
        Permission::ViewInvoices => "view invoices",
        Permission::DeleteOrganization => "delete the organization",
        Permission::TransferOwnership => "transfer ownership",
        Permission::ManageProtection => "manage environment protection",
        Permission::ManageOrganization => "manage the organization",
        Permission::ManageProjects => "manage projects",
        Permission::ViewAuditLog => "view the audit log",
    }
}

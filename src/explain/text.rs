//! Explanations as text.

use core::fmt::{self, Display};

use super::circumstance::Circumstance;
use super::reasons::{Because, Cluster};
use super::words::{Listed, Person, Wanted, access};
use super::{Explanation, Names, Obstacle, Remedy};
use crate::policy::decision::{Decision, Exposure};
use crate::policy::reason::{ClusterOf, Reason};

impl<Id> Explanation<Id> {
    /// A sentence for the person who asked, whom it addresses. It names every obstacle, unless the denial is hidden: then it
    /// says that nothing was found.
    #[must_use]
    pub const fn for_user<'a>(&'a self, names: &'a Names<'a>) -> ForUser<'a, Id> {
        ForUser { explanation: self, names }
    }

    /// The whole explanation in a few lines: the decision, the obstacles, every gate, the circumstances, and what would help.
    /// It names the subject and hides nothing, so show it only to people who may see all the facts.
    #[must_use]
    pub const fn report<'a>(&'a self, names: &'a Names<'a>) -> Report<'a, Id> {
        Report { explanation: self, names }
    }
}

/// A sentence for the person who asked: see [`Explanation::for_user`].
#[derive(Debug)]
pub struct ForUser<'a, Id> {
    explanation: &'a Explanation<Id>,
    names: &'a Names<'a>,
}

impl<Id: Display> Display for ForUser<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { explanation, names } = self;
        if matches!(explanation.decision, Decision::Deny(_)) && explanation.exposure == Exposure::Hidden {
            return f.write_str("nothing was found");
        }
        obstacles(f, explanation, names, Person { name: None, begins: true })
    }
}

/// The whole explanation in a few lines: see [`Explanation::report`].
#[derive(Debug)]
pub struct Report<'a, Id> {
    explanation: &'a Explanation<Id>,
    names: &'a Names<'a>,
}

impl<Id: Display> Display for Report<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { explanation, names } = self;
        decision(f, explanation)?;
        f.write_str("\n\n  ")?;
        obstacles(f, explanation, names, Person { name: Some(names.subject), begins: true })?;
        f.write_str("\n\ngates\n")?;
        for (gate, verdict) in explanation.verdicts() {
            writeln!(f, "  {gate:<11} {verdict}")?;
        }
        if !explanation.circumstances.is_empty() {
            f.write_str("\nwhat lies behind it\n")?;
        }
        for circumstance in &explanation.circumstances {
            writeln!(f, "  {}", Behind { explanation, names, circumstance })?;
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

fn decision<Id>(f: &mut fmt::Formatter<'_>, explanation: &Explanation<Id>) -> fmt::Result {
    match explanation.decision {
        Decision::Allow => f.write_str("allow"),
        Decision::RequireApproval(_) => f.write_str("require_approval"),
        Decision::Deny(reason) => write!(f, "deny: {} ({})", reason.code(), explanation.exposure),
    }
}

/// Every obstacle, in one line, and then what has expired that would count against it.
fn obstacles<Id: Display>(
    f: &mut fmt::Formatter<'_>,
    explanation: &Explanation<Id>,
    names: &Names<'_>,
    person: Person<'_>,
) -> fmt::Result {
    if explanation.obstacles.is_empty() {
        return write!(f, "{} {} {}", person.does("may", "may"), explanation.action.phrase(), names.resource);
    }
    for (i, obstacle) in explanation.obstacles.iter().enumerate() {
        if i > 0 {
            f.write_str("; ")?;
        }
        match obstacle {
            Obstacle::Approval(approvals) if i == 0 => write!(f, "it still takes {}", Wanted(*approvals))?,
            Obstacle::Approval(approvals) => write!(f, "{}", Wanted(*approvals))?,
            Obstacle::Reason(reason) => {
                let person = Person { begins: i == 0, ..person };
                Because { explanation, names, person, reason: *reason }.fmt(f)?;
            }
        }
    }
    for circumstance in &explanation.circumstances {
        let is_behind = |obstacle: &Obstacle| match obstacle {
            Obstacle::Reason(reason) => would_count_against(circumstance, *reason),
            Obstacle::Approval(_) => false,
        };
        if explanation.obstacles.iter().any(is_behind) {
            let person = Person { begins: false, ..person };
            write!(f, "; {}", Expired { explanation, names, person, circumstance })?;
        }
    }
    Ok(())
}

/// Whether something is over that might have kept this reason away.
fn would_count_against<Id>(circumstance: &Circumstance<Id>, reason: Reason) -> bool {
    match (circumstance, reason) {
        (
            Circumstance::ProjectRole { is_over: true, .. },
            Reason::NotInProject
            | Reason::RoleInsufficient { .. }
            | Reason::ClusterLevelInsufficient { .. }
            | Reason::EnvironmentProtected { .. }
            | Reason::Outranked { .. }
            | Reason::BypassForbidden { .. }
            | Reason::NotOwnDeployment,
        )
        | (Circumstance::ClusterAccess { is_over: true, .. }, Reason::Escalation { .. } | Reason::NotOwnDeployment) => {
            true
        }
        (
            Circumstance::ClusterAccess { is_over: true, cluster, .. },
            Reason::ClusterLevelInsufficient { cluster: which, .. },
        ) => *cluster == which,
        _ => false,
    }
}

/// A grant that is over, as a clause.
struct Expired<'a, Id> {
    explanation: &'a Explanation<Id>,
    names: &'a Names<'a>,
    person: Person<'a>,
    circumstance: &'a Circumstance<Id>,
}

impl<Id: Display> Display for Expired<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { explanation, names, person, circumstance } = self;
        let over = explanation.over();
        match circumstance {
            Circumstance::ProjectRole { grant, team: None, .. } => {
                write!(f, "{} role {} in the project {over}", person.whose(), grant.value())
            }
            Circumstance::ProjectRole { grant, team: Some(team), .. } => {
                write!(f, "the role {} of the team {} in the project {over}", grant.value(), names.id(team))
            }
            Circumstance::ClusterAccess { cluster: which, grant, team, .. } => {
                let cluster = Cluster { explanation, names, which: *which };
                match team {
                    None => write!(f, "{} {} access on {cluster} {over}", person.whose(), grant.value()),
                    Some(team) => {
                        let team = names.id(team);
                        write!(f, "the {} access of the team {team} on {cluster} {over}", grant.value())
                    }
                }
            }
            Circumstance::MembershipOver { .. } | Circumstance::CustomRole { .. } | Circumstance::Token { .. } => {
                Ok(())
            }
        }
    }
}

/// A circumstance, as a line of a report.
struct Behind<'a, Id> {
    explanation: &'a Explanation<Id>,
    names: &'a Names<'a>,
    circumstance: &'a Circumstance<Id>,
}

impl<Id: Display> Display for Behind<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { explanation, names, circumstance } = self;
        let (team, is_over) = match circumstance {
            Circumstance::MembershipOver { .. } => {
                f.write_str("a membership")?;
                (None, true)
            }
            Circumstance::CustomRole { id, rank } => {
                return write!(f, "the role {}, of the rank {rank}", names.id(id));
            }
            Circumstance::ProjectRole { grant, team, is_over } => {
                write!(f, "the project role {}", grant.value())?;
                (team.as_ref(), *is_over)
            }
            Circumstance::ClusterAccess { cluster: which, grant, team, is_over } => {
                write!(f, "{} on {}", access(grant.value()), Cluster { explanation, names, which: *which })?;
                (team.as_ref(), *is_over)
            }
            Circumstance::Token { source, id, lacks } => {
                write!(f, "the token of the {source}")?;
                if let Some(id) = id {
                    write!(f, ", {}", names.id(id))?;
                }
                return write!(f, ": not its {}", Listed(lacks));
            }
        };
        if let Some(team) = team {
            write!(f, ", of the team {}", names.id(team))?;
        }
        if is_over { write!(f, ", which {}", explanation.over()) } else { Ok(()) }
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
        if remedy.later_expiry() {
            part(f, format_args!("a later expiry of the membership"))?;
        }
        if let Some(role) = remedy.role() {
            part(f, format_args!("the role {role}"))?;
        }
        if let Some(role) = remedy.project_role() {
            part(f, format_args!("the project role {role}"))?;
        }
        for (which, cluster) in [(ClusterOf::Present, names.cluster), (ClusterOf::New, names.new_cluster)] {
            if let Some(level) = remedy.level(which) {
                part(f, format_args!("{level} on {cluster}"))?;
            }
        }
        if let Some(level) = remedy.level(ClusterOf::OfProject(0)) {
            part(f, format_args!("{level} on each cluster of the project"))?;
        }
        if let Some(approvals) = remedy.approvals() {
            part(f, format_args!("{}", Wanted(approvals)))?;
        }
        Ok(())
    }
}

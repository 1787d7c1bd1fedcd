//! Reasons in words: what an obstacle says of the subject, the resource and the target.

use core::fmt::{self, Display};

use super::circumstance::{Circumstance, TokenPart, TokenSource};
use super::words::{A, Listed, Person, access, bare, phrase};
use super::{Explanation, Names};
use crate::model::action::ActionKind;
use crate::model::protection::ProtectionLevel;
use crate::model::resource::ResourceKind;
use crate::model::role::Role;
use crate::policy::inputs::Inputs;
use crate::policy::reason::{ClusterOf, Reason, RoleRequirement};

/// One reason, in words.
pub(super) struct Because<'a, Id> {
    pub(super) explanation: &'a Explanation<Id>,
    pub(super) names: &'a Names<'a>,
    pub(super) person: Person<'a>,
    pub(super) reason: Reason,
}

impl<Id: Display> Display for Because<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            Reason::NotApplicable
            | Reason::NotAMember
            | Reason::ForeignResource
            | Reason::CredentialExpired
            | Reason::OutOfScope
            | Reason::NotInProject
            | Reason::RoleInsufficient { .. }
            | Reason::ClusterLevelInsufficient { .. }
            | Reason::EnvironmentProtected { .. }
            | Reason::UnknownResource => self.write_gate(f),
            _ => self.write_constraint(f),
        }
    }
}

impl<Id: Display> Because<'_, Id> {
    /// The reasons of the gates up to the safeguard.
    fn write_gate(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { explanation, names, person, .. } = self;
        let Names { resource, target, .. } = names;
        let action = explanation.action;
        match self.reason {
            Reason::NotApplicable => write!(f, "{action} means nothing for {resource}"),
            Reason::NotAMember if explanation.is_membership_over() => {
                let over = explanation.over();
                write!(f, "{} membership in the organization of {resource} {over}", person.whose())
            }
            Reason::NotAMember => {
                write!(f, "{} not a member of the organization of {resource}", person.does("are", "is"))
            }
            Reason::ForeignResource => write!(
                f,
                "what is asked for is not all of the organization of {resource}, or {target} is no live member of it"
            ),
            Reason::CredentialExpired => self.write_tokens(f, |part| part == TokenPart::Expiry),
            Reason::OutOfScope => self.write_tokens(f, |part| part != TokenPart::Expiry),
            Reason::NotInProject => {
                let is = Person { begins: false, ..*person }.does("are", "is");
                write!(f, "only those invited see the project of {resource}, and {is} not")
            }
            Reason::RoleInsufficient { have, need: RoleRequirement::Permission(permission) } => {
                write!(f, "{}, who may not {}", self.rank(have), phrase(permission))
            }
            Reason::RoleInsufficient { have, need: RoleRequirement::Role(role) } => {
                write!(f, "{}, and {} must {}", self.rank(have), A(role), bare(action))
            }
            Reason::ClusterLevelInsufficient { have, need, cluster } => {
                let (has, needs) = (person.does("have", "has"), person.form("need", "needs"));
                let (have, verb) = (access(have), action.phrase());
                let origin = By { names, origin: explanation.origin_of_level(cluster) };
                let cluster = Cluster { explanation, names, which: cluster };
                write!(f, "{has} {have} on {cluster}{origin}, and {needs} {need} to {verb} {resource}")
            }
            Reason::EnvironmentProtected { have, need } => {
                let protection = explanation.known.as_ref().and_then(|known| protection(&known.inputs));
                match protection {
                    Some(protection) => {
                        write!(f, "{}; {resource} {protection}, so {} must {}", self.rank(have), A(need), bare(action))
                    }
                    None => {
                        write!(f, "{}, and it takes {} to {} {resource}", self.rank(have), A(need), action.phrase())
                    }
                }
            }
            _ => f.write_str("nothing was found"),
        }
    }

    /// The reasons of the constraints.
    fn write_constraint(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { explanation, names, person, .. } = self;
        let Names { resource, target, cluster, .. } = names;
        let action = explanation.action;
        match self.reason {
            Reason::Outranked { have: Role::Owner, need: Role::Owner, .. } => {
                write!(f, "{} membership expires, and it takes a permanent Owner to do this", person.whose())
            }
            Reason::Outranked { permission: Some(permission), .. } => {
                let yours = Person { begins: false, ..*person }.whose();
                write!(f, "the other role may {}, which {yours} role may not", phrase(permission))
            }
            Reason::Outranked { have, need, .. } => {
                write!(f, "{}, and it takes {} to do this", self.rank(have), A(need))
            }
            Reason::NotAssignable => f.write_str(not_assignable(action, explanation.kind())),
            Reason::LastOwner if explanation.known.as_ref().is_some_and(|known| known.is_about_oneself) => {
                write!(f, "{} the last permanent Owner: make another one first", person.does("are", "is"))
            }
            Reason::LastOwner => write!(f, "{target} is the last permanent Owner: make another one first"),
            Reason::NotOwnDeployment => {
                let verb = action.phrase();
                write!(f, "somebody else requested {resource}: it takes an Admin, or manage on {cluster}, to {verb} it")
            }
            Reason::ApprovalNotRequired => write!(f, "{resource} asks for no approval"),
            Reason::ServiceAccount => match action {
                ActionKind::BreakGlass => f.write_str("a service account cannot deploy without approval"),
                _ => f.write_str("a service account cannot approve"),
            },
            Reason::SelfApproval => {
                let (requested, them) = (person.does("requested", "requested"), person.form("you", "them"));
                write!(f, "{requested} {resource}, or somebody did for {them}, and another must approve it")
            }
            Reason::BypassForbidden { have, need: Some(need) } => {
                write!(f, "{}, and it takes {} to {} {resource}", self.rank(have), A(need), action.phrase())
            }
            Reason::BypassForbidden { need: None, .. } => {
                write!(f, "the approval rule of {resource} lets nobody deploy without approval")
            }
            Reason::AboveCeiling { need, ceiling } => {
                write!(f, "{target} cannot have {need} on {cluster}: the role allows {} at most", access(ceiling))
            }
            Reason::Escalation { have, need } => {
                let (has, have) = (person.does("have", "has"), access(have));
                match explanation.kind() {
                    Some(ResourceKind::ClusterMember | ResourceKind::ClusterTeam) => {
                        let origin = By { names, origin: explanation.origin_of_level(ClusterOf::Present) };
                        write!(f, "{has} {have} on {cluster}{origin}")?;
                    }
                    _ => write!(f, "{has} {have} on a cluster that this is about")?,
                }
                write!(f, ", and can neither give nor change {need} there")
            }
            Reason::Outlasts => {
                let yours = Person { begins: false, ..*person }.whose();
                write!(f, "this would last longer than {yours} own membership or grant: give it an earlier end")
            }
            Reason::NotEmpty => match explanation.kind() {
                Some(ResourceKind::Team) => write!(f, "{resource} still has members: take them out first"),
                Some(ResourceKind::Role) => write!(f, "members still have {resource}: change their roles first"),
                _ => write!(f, "{resource} still has environments: delete or move them first"),
            },
            _ => f.write_str("nothing was found"),
        }
    }

    /// The subject with a rank, and where that comes from.
    fn rank(&self, rank: Role) -> Ranked<'_, Id> {
        let origin = self.explanation.origin_of_rank(rank);
        Ranked { person: self.person, rank, by: By { names: self.names, origin } }
    }

    /// What the tokens lack, of these parts.
    fn write_tokens(&self, f: &mut fmt::Formatter<'_>, is_part: impl Fn(TokenPart) -> bool) -> fmt::Result {
        let mut separator = "";
        for circumstance in &self.explanation.circumstances {
            let Circumstance::Token { source, id, lacks } = circumstance else { continue };
            if !lacks.iter().any(|part| is_part(*part)) {
                continue;
            }
            f.write_str(separator)?;
            separator = "; ";
            f.write_str(match source {
                TokenSource::Account => "the token",
                TokenSource::Service => "the service's own token",
            })?;
            if let Some(id) = id {
                write!(f, " {}", self.names.id(id))?;
            }
            let mut and = "";
            if lacks.contains(&TokenPart::Expiry) && is_part(TokenPart::Expiry) {
                write!(f, " {}", self.explanation.over())?;
                and = ", and";
            }
            if lacks.contains(&TokenPart::Actions) && is_part(TokenPart::Actions) {
                write!(f, "{and} does not cover {}", self.explanation.action)?;
                and = ", and";
            }
            let is_restriction = |part: &TokenPart| !matches!(part, TokenPart::Expiry | TokenPart::Actions);
            let restrictions: alloc::vec::Vec<_> =
                lacks.iter().filter(|part| is_restriction(part) && is_part(**part)).collect();
            if !restrictions.is_empty() {
                write!(f, "{and} is for certain {} only", Listed(&restrictions))?;
            }
        }
        Ok(())
    }
}

/// The subject with a rank, as in `You are an Admin (by the role "release-manager")`.
struct Ranked<'a, Id> {
    person: Person<'a>,
    rank: Role,
    by: By<'a, Id>,
}

impl<Id: Display> Display for Ranked<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.person.does("are", "is"), A(self.rank), self.by)
    }
}

/// A cluster of the resource, by its name.
pub(super) struct Cluster<'a, Id> {
    pub(super) explanation: &'a Explanation<Id>,
    pub(super) names: &'a Names<'a>,
    pub(super) which: ClusterOf,
}

impl<Id: Display> Display for Cluster<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.explanation.known.as_ref().and_then(|known| known.cluster_of_project.as_ref());
        match (self.which, id) {
            (ClusterOf::Present, _) => self.names.cluster.fmt(f),
            (ClusterOf::New, _) => self.names.new_cluster.fmt(f),
            (ClusterOf::OfProject(_), Some(id)) => write!(f, "the cluster {}", self.names.id(id)),
            (ClusterOf::OfProject(_), None) => f.write_str("a cluster of the project"),
        }
    }
}

/// Where a role or an access comes from.
enum Origin<'a, Id> {
    BuiltIn,
    Role(&'a Id),
    Team(&'a Id),
    ProjectRole,
    Override,
}

/// Where something comes from, in parentheses; nothing if it is what a built-in role gives.
struct By<'a, Id> {
    names: &'a Names<'a>,
    origin: Origin<'a, Id>,
}

impl<Id: Display> Display for By<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.origin {
            Origin::BuiltIn => Ok(()),
            Origin::Role(id) => write!(f, " (by the role {})", self.names.id(id)),
            Origin::Team(id) => write!(f, " (by the team {})", self.names.id(id)),
            Origin::ProjectRole => f.write_str(" (by a role in the project)"),
            Origin::Override => f.write_str(" (by an override)"),
        }
    }
}

impl<Id> Explanation<Id> {
    fn kind(&self) -> Option<ResourceKind> {
        self.known.as_ref().map(|known| known.resource)
    }

    fn is_membership_over(&self) -> bool {
        self.circumstances.iter().any(|circumstance| matches!(circumstance, Circumstance::MembershipOver { .. }))
    }

    /// What is said of something that is over.
    pub(super) fn over(&self) -> &'static str {
        match &self.known {
            Some(known) if known.has_time => "has expired",
            _ => "has an expiry, and the question has no time",
        }
    }

    fn origin_of_rank(&self, rank: Role) -> Origin<'_, Id> {
        let in_project = self.circumstances.iter().find_map(|circumstance| match circumstance {
            Circumstance::ProjectRole { grant, team, is_over: false } if grant.value().role() == rank => {
                Some(team.as_ref().map_or(Origin::ProjectRole, Origin::Team))
            }
            _ => None,
        });
        let custom = || {
            self.circumstances.iter().find_map(|circumstance| match circumstance {
                Circumstance::CustomRole { id, rank: own } if *own == rank => Some(Origin::Role(id)),
                _ => None,
            })
        };
        in_project.or_else(custom).unwrap_or(Origin::BuiltIn)
    }

    fn origin_of_level(&self, which: ClusterOf) -> Origin<'_, Id> {
        let granted = self.circumstances.iter().find_map(|circumstance| match circumstance {
            Circumstance::ClusterAccess { cluster, team, is_over: false, .. } if *cluster == which => {
                Some(team.as_ref().map_or(Origin::Override, Origin::Team))
            }
            _ => None,
        });
        granted.unwrap_or(Origin::BuiltIn)
    }
}

/// How the resource is protected, if it is.
fn protection(inputs: &Inputs) -> Option<&'static str> {
    let is_project = inputs.clusters == [None, None];
    match (is_project, inputs.protection.level()) {
        (true, _) => Some("has a protected environment"),
        (false, ProtectionLevel::None) => None,
        (false, ProtectionLevel::Reviewed) => Some("is reviewed"),
        (false, ProtectionLevel::Restricted) => Some("is restricted"),
        (false, ProtectionLevel::Locked) => Some("is locked"),
    }
}

const fn not_assignable(action: ActionKind, on: Option<ResourceKind>) -> &'static str {
    match action {
        ActionKind::ChangeRole => "a service account cannot be an Owner",
        ActionKind::Update => "a role of this rank cannot have these permissions",
        ActionKind::SetExpiry => "nobody sets an expiry of their own",
        ActionKind::AddToTeam | ActionKind::RemoveFromTeam => "nobody changes their own place in a team",
        ActionKind::SetProjectRole if matches!(on, Some(ResourceKind::ProjectTeam)) => {
            "nobody sets the project role of a team that they are in"
        }
        ActionKind::SetProjectRole => "a project role goes to another member, a Developer or a Viewer",
        ActionKind::SetClusterAccess => "an Owner's level cannot be changed",
        ActionKind::TransferOwnership => "ownership goes to another member, a user whose membership has no expiry",
        _ => "that cannot be given here",
    }
}

//! What is given ends no later than what gives it.

use crate::model::access::{ClusterAccess, OnCluster};
use crate::model::action::Action;
use crate::model::fact::{GrantsFact, ProjectFact, ResourceFact};
use crate::model::parameter::Update;
use crate::model::project::Visibility;
use crate::model::time::{Grant, GrantState, Now, Time};
use crate::policy::constraints::Constrained;
use crate::policy::gates::pass_if;
use crate::policy::giving::holdings::Giver;
use crate::policy::giving::is_hidden;
use crate::policy::reason::Reason;

/// Whether what is given ends no later than what gives it.
pub(crate) fn outlast<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<(), Reason> {
    let Given::Until(end) = Given::by(question)? else { return Ok(()) };
    let by_membership = !is_later(end, question.facts.expires_at);
    let by_grant = match question.asked.resource {
        ResourceFact::Project(project)
        | ResourceFact::ProjectMember(project, _)
        | ResourceFact::ProjectTeam(project, _) => !project_role_ends_before(question, project, end),
        ResourceFact::Cluster(_) | ResourceFact::ClusterMember(..) | ResourceFact::ClusterTeam(..) => {
            !override_ends_before(question, end)
        }
        _ => true,
    };
    pass_if(by_membership && by_grant, Reason::Outlasts)
}

/// What a change gives.
enum Given {
    Nothing,
    /// Something, until an end; `None` is never.
    Until(Option<Time>),
}

impl Given {
    fn forever_if(gives: bool) -> Self {
        if gives { Self::Until(None) } else { Self::Nothing }
    }

    fn grant<T: Copy>(to: Option<Grant<T>>) -> Self {
        to.map_or(Self::Nothing, |grant| Self::Until(grant.expires_at()))
    }

    fn by<Id: Ord>(question: &Constrained<'_, '_, Id>) -> Result<Self, Reason> {
        Ok(match question.asked.action {
            Action::InviteMember { expires_at, .. } => Self::Until(expires_at),
            Action::SetExpiry { to } if is_later(to, question.target()?.0.expires_at()) => Self::Until(to),
            Action::SetProjectRole { to } => Self::grant(to),
            Action::SetClusterAccess { to } => Self::grant(to),
            Action::AddToTeam => Self::Until(None),
            Action::ChangeRole { to } if !question.target_role()?.includes(to.ranked()) => {
                Self::Until(question.target()?.0.expires_at())
            }
            Action::Update { to: Update::Permissions(permissions) } => {
                let ResourceFact::Role(role) = question.asked.resource else { return Ok(Self::Nothing) };
                let present = role.definition().permissions().permissions();
                Self::forever_if(!present.includes(permissions.permissions()))
            }
            Action::Update { to: Update::Visibility(Visibility::Organization) } => {
                Self::forever_if(is_hidden(question))
            }
            _ => Self::Nothing,
        })
    }
}

/// Whether an end is later than another one. `None` is never.
pub(super) fn is_later(end: Option<Time>, other: Option<Time>) -> bool {
    match (end, other) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(end), Some(other)) => end > other,
    }
}

/// Whether the project role that makes the subject's effective role ends before what it gives.
fn project_role_ends_before<Id: Ord>(
    question: &Constrained<'_, '_, Id>,
    project: ProjectFact<'_, Id>,
    end: Option<Time>,
) -> bool {
    let giver = Giver::of(question);
    let Some(membership) = giver.membership.filter(|_| giver.role.rank.yields_to_project_roles()) else { return false };
    let of = |grants: GrantsFact<'_, Id>| grants.project_role(project.id());
    let own = membership.own_grants().and_then(of);
    let of_teams = || membership.team_grants().filter_map(|(_, grants)| of(grants));
    any_maker(own, of_teams, giver.now, |maker| is_later(end, maker.end))
}

/// Whether the override that makes the subject's access to the cluster ends before what it gives, where that is more than the
/// access without it.
fn override_ends_before<Id: Ord>(question: &Constrained<'_, '_, Id>, end: Option<Time>) -> bool {
    let (ResourceFact::Cluster(cluster)
    | ResourceFact::ClusterMember(cluster, _)
    | ResourceFact::ClusterTeam(cluster, _)) = question.asked.resource
    else {
        return false;
    };
    let giver = Giver::of(question);
    let Some(membership) = giver.membership else { return false };
    let level = match question.asked.action {
        Action::SetClusterAccess { to: Some(grant) } => grant.value(),
        _ => ClusterAccess::Deploy,
    };
    let of = |grants: GrantsFact<'_, Id>| grants.cluster_access(cluster.id());
    let own = membership.own_grants().and_then(of);
    let of_teams = || membership.team_grants().filter_map(|(_, grants)| of(grants));
    any_maker(own, of_teams, giver.now, |maker| {
        let without = OnCluster { visibility: cluster.visibility(), granted: maker.without };
        is_later(end, maker.end) && level > ClusterAccess::of(giver.role, without)
    })
}

/// A grant that makes what a member has, in one of the cases that the expiries allow.
struct Maker<T> {
    /// When it ends; of several teams' highest grants, when the last of them does.
    end: Option<Time>,
    /// What counts without it.
    without: GrantState<T>,
}

/// Whether this holds for a grant that can make what a member has. With a time there is one at most; without, one for each
/// case.
fn any_maker<T: Copy + Ord, I: Iterator<Item = Grant<T>>>(
    own: Option<Grant<T>>,
    of_teams: impl Fn() -> I,
    now: Now,
    holds: impl Fn(Maker<T>) -> bool,
) -> bool {
    // What counts of the teams' grants without those of a value.
    let joint = |without: Option<T>| {
        let others = of_teams().filter(|grant| without.is_none_or(|without| grant.value() != without));
        others.fold(GrantState::Nothing, |state, grant| state.or_of_another_team(grant.at(now)))
    };
    let own = own.filter(|grant| !now.after(grant.expires_at()));
    if own.is_some_and(|own| holds(Maker { end: own.expires_at(), without: joint(None) })) {
        return true;
    }
    // The teams' grants make it where the member has none of their own, or where that one may be over.
    if own.is_some_and(|own| own.live(now)) {
        return false;
    }
    let highest = of_teams().filter(|grant| grant.live(now)).map(|grant| grant.value()).max();
    let is_maker = |grant: &Grant<T>| match highest {
        Some(highest) if now.is_known() => grant.live(now) && grant.value() == highest,
        // Together with a grant that does not end, one of the same value does not end either.
        Some(highest) => grant.value() > highest,
        None => !now.is_known(),
    };
    of_teams().filter(is_maker).any(|grant| {
        // Without a time, a case is that this grant alone has its value.
        let end = if now.is_known() { last_end(of_teams().filter(is_maker)) } else { grant.expires_at() };
        holds(Maker { end, without: joint(Some(grant.value())) })
    })
}

/// When the last of these grants ends.
fn last_end<T: Copy>(grants: impl Iterator<Item = Grant<T>>) -> Option<Time> {
    grants.map(|grant| grant.expires_at()).reduce(|a, b| if is_later(a, b) { a } else { b }).flatten()
}

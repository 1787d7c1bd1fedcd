//! The verdict: what the gates say of the facts that most questions have, looked up in tables.
//!
//! The gates themselves make the tables when the crate is compiled, from the action table and the tables of roles. The first
//! table gives a member's effective rank and level, the second what the gates say of these, the third the decision. What the
//! tables cannot say goes to the gates: constraints, rules that require several approvals, the access to each cluster of a
//! project, and kinds of resource about which few questions are asked.

mod code;
mod position;
// They go through each cell several times, which takes Miri hours; the tables are data and safe code.
#[cfg(all(test, not(miri)))]
mod tests;
mod verdicts;

use crate::model::access::OnCluster;
use crate::model::fact::{MembershipFact, ResourceFact};
use crate::model::membership::Membership;
use crate::model::names::copy;
use crate::model::protection::class::Class;
use crate::model::resource::Resource;
use crate::model::role::RankedPermissions;
use crate::model::scope::Scope;
use crate::model::subject::Subject;
use crate::model::time::{GrantState, Now};
use crate::model::token::Token;
use crate::policy::acting::acting_in;
#[cfg(feature = "directory")]
use crate::policy::asked::Asked;
use crate::policy::asked::Asks;
use crate::policy::decision::Decision;
use crate::policy::gates;
#[cfg(feature = "directory")]
use crate::policy::inputs::live_member;
use crate::policy::inputs::{Tenancy, credential, tenancy};
use crate::policy::requirement::Requirement;
use crate::policy::verdict::code::{Code, Decisions};
use crate::policy::verdict::position::{ClusterBits, Position, Positions, ProjectBits};
use crate::policy::verdict::verdicts::{Permitted, Verdicts};

static TABLES: Tables = Tables { positions: Positions::TABLES, verdicts: Verdicts::TABLE, decisions: Decisions::TABLE };

/// The decision on a question; `None` if only the gates can say it.
#[cfg(feature = "directory")]
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: what a kind of resource does not have costs nothing")]
pub(crate) fn look_up<'a, Id: Ord>(asked: &Asked<'a, Id, impl Asks<'a, Id>>) -> Option<Decision> {
    let Asked { subject, action, resource } = *asked;
    let who = Who { token: subject.token, service_token: subject.service_token, now: subject.now() };
    let member = |organization: &'a Id| {
        let (membership, kind) = live_member(subject.account, organization, who.now)?;
        Some((membership, membership.acting(kind)))
    };
    // In an arm of its own, each kind is known at compile time.
    match resource {
        ResourceFact::Organization(on) => look_up_on(who, member, action, ResourceFact::Organization(on)),
        ResourceFact::Project(on) => look_up_on(who, member, action, ResourceFact::Project(on)),
        ResourceFact::Environment(on) => look_up_on(who, member, action, ResourceFact::Environment(on)),
        ResourceFact::Cluster(on) => look_up_on(who, member, action, ResourceFact::Cluster(on)),
        ResourceFact::Member(..)
        | ResourceFact::Role(_)
        | ResourceFact::Team(_)
        | ResourceFact::TeamMember(..)
        | ResourceFact::ProjectMember(..)
        | ResourceFact::ProjectTeam(..)
        | ResourceFact::NewEnvironment(_)
        | ResourceFact::Placement { .. }
        | ResourceFact::Deployment(_)
        | ResourceFact::ClusterMember(..)
        | ResourceFact::ClusterTeam(..) => None,
    }
}

/// The decision on facts at hand; `None` if only the gates can say it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: see `look_up`")]
pub(crate) fn look_up_at_hand<'a, Id: Ord>(
    subject: Subject<'a, Id>,
    action: impl Asks<'a, Id>,
    resource: Resource<'a, Id>,
) -> Option<Decision> {
    look_up_with(subject, action, resource, |organization| acting_in(&subject, organization))
}

/// The decision on facts at hand, where `member` returns the subject's membership in an organization, unless it has expired,
/// with the role that the subject acts with.
// The membership is the fact itself: as a handle, an account that may be missing would be told apart twice.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: see `look_up`")]
pub(crate) fn look_up_with<'a, Id: Ord>(
    subject: Subject<'a, Id>,
    action: impl Asks<'a, Id>,
    resource: Resource<'a, Id>,
    member: impl FnOnce(&'a Id) -> Option<(&'a Membership<Id>, RankedPermissions)>,
) -> Option<Decision> {
    let who = Who { token: subject.token, service_token: subject.service_token, now: Now::new(subject.now) };
    let member = |organization: &'a Id| {
        let (membership, role) = member(organization)?;
        Some((MembershipFact::from(membership), role))
    };
    match resource {
        Resource::Organization(on) => look_up_on(who, member, action, ResourceFact::Organization(on.into())),
        Resource::Project(on) => look_up_on(who, member, action, ResourceFact::Project(on.into())),
        Resource::Environment(on) => look_up_on(who, member, action, ResourceFact::Environment(on.into())),
        Resource::Cluster(on) => look_up_on(who, member, action, ResourceFact::Cluster(on.into())),
        Resource::Member(..)
        | Resource::Role(_)
        | Resource::Team(_)
        | Resource::TeamMember(..)
        | Resource::ProjectMember(..)
        | Resource::ProjectTeam(..)
        | Resource::NewEnvironment(_)
        | Resource::Placement { .. }
        | Resource::Deployment(_)
        | Resource::ClusterMember(..)
        | Resource::ClusterTeam(..) => None,
    }
}

/// What is read of a subject besides the membership.
struct Who<'a, Id> {
    token: Option<&'a Token<Id>>,
    service_token: Option<&'a Token<Id>>,
    now: Now,
}

copy!(Who);

#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: see `look_up`")]
fn look_up_on<'a, Id: Ord>(
    Who { token, service_token, now }: Who<'a, Id>,
    member: impl FnOnce(&'a Id) -> Option<(MembershipFact<'a, Id>, RankedPermissions)>,
    action: impl Asks<'a, Id>,
    resource: ResourceFact<'a, Id>,
) -> Option<Decision> {
    if !action.suits(resource.kind()) {
        return None;
    }
    let requirement = Requirement::for_action(action.kind(), resource.kind())?;
    let scope = Scope::of(&resource);
    // From here on in the order of the gates.
    let class = scope.protection.class();
    let Some((membership, role)) = member(scope.organization) else {
        return TABLES.look_up(requirement, None, class);
    };
    if tenancy(action, &resource, now) == Tenancy::Foreign {
        return None;
    }
    let credential = credential([token, service_token], action.kind(), &resource, now);
    if let Err(reason) = credential.map_or(Ok(()), gates::credential) {
        return Some(Decision::Deny(reason));
    }
    TABLES.look_up(requirement, Some(Member::new(membership, role, &scope, now)), class)
}

/// What the tables read of a member.
#[derive(Clone, Copy, Debug)]
struct Member {
    role: RankedPermissions,
    project: Option<ProjectBits>,
    cluster: ClusterBits,
}

impl Member {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    fn new<Id: Ord>(
        membership: MembershipFact<'_, Id>,
        role: RankedPermissions,
        scope: &Scope<'_, Id>,
        now: Now,
    ) -> Self {
        let [cluster, _] = scope.clusters;
        if membership.has_only_a_role() {
            Self {
                role,
                project: scope.project.map(|(_, visibility)| ProjectBits::new(visibility, GrantState::Nothing)),
                cluster: cluster.map_or(ClusterBits::NONE, |(_, visibility)| {
                    ClusterBits::new(OnCluster { visibility, granted: GrantState::Nothing })
                }),
            }
        } else {
            Self {
                role,
                project: scope.project.map(|(project, visibility)| {
                    ProjectBits::new(visibility, membership.project_role_at(project, now))
                }),
                cluster: cluster.map_or(ClusterBits::NONE, |(cluster, visibility)| {
                    ClusterBits::new(OnCluster { visibility, granted: membership.cluster_access_at(cluster, now) })
                }),
            }
        }
    }
}

/// The tables, each read with what the one before it says.
#[cfg_attr(test, derive(Clone))]
struct Tables {
    positions: Positions,
    verdicts: Verdicts,
    decisions: Decisions,
}

impl Tables {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    fn look_up(&self, requirement: &Requirement, member: Option<Member>, class: Class) -> Option<Decision> {
        let (permitted, position) = self.of_member(requirement, member);
        match self.verdicts.get(requirement, permitted, position, class) {
            Code::JUDGE => None,
            code => Some(self.decisions.get(code)),
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    fn of_member(&self, requirement: &Requirement, member: Option<Member>) -> (Permitted, Position) {
        let Some(Member { role, project, cluster }) = member else { return (Permitted::No, Position::NOT_A_MEMBER) };
        let suffices = self.positions.permissions(role, project).includes(requirement.permissions);
        let permitted = if suffices { Permitted::Yes } else { Permitted::No };
        (permitted, self.positions.position(role, project, cluster))
    }
}

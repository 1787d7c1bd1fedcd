//! The verdict: what the gates say of the facts that most questions have, looked up in tables.
//!
//! The gates themselves make the tables when the crate is compiled, from the action table and the tables of roles. The first
//! table gives a member's effective rank and level, the second what the gates say of these, the third the decision. What the
//! tables cannot say goes to the gates: constraints, rules that require several approvals, the access to each cluster of a
//! project, and kinds of resource about which few questions are asked.

#[cfg(feature = "directory")]
pub(crate) mod built_in;
mod code;
#[cfg(feature = "directory")]
pub(crate) mod listed;
mod position;
// They go through each cell several times, which takes Miri hours; the tables are data and safe code.
#[cfg(all(test, not(miri)))]
mod tests;
mod verdicts;

#[cfg(feature = "directory")]
use crate::model::access::ClusterAccess;
use crate::model::access::OnCluster;
use crate::model::account::Account;
#[cfg(feature = "directory")]
use crate::model::action::ActionKind;
use crate::model::fact::ResourceFact;
#[cfg(feature = "directory")]
use crate::model::fact::{AccountFact, MembershipFact};
use crate::model::names::copy;
use crate::model::protection::class::Class;
use crate::model::resource::Resource;
#[cfg(feature = "directory")]
use crate::model::role::ProjectRole;
use crate::model::role::RankedPermissions;
use crate::model::scope::Scope;
use crate::model::subject::Subject;
use crate::model::time::{GrantState, Now};
use crate::model::token::Token;
use crate::policy::acting::{ActingAs, acting_in};
#[cfg(feature = "directory")]
use crate::policy::asked::Asked;
use crate::policy::asked::Asks;
use crate::policy::decision::Decision;
use crate::policy::gates;
#[cfg(feature = "directory")]
use crate::policy::inputs::live_member;
use crate::policy::inputs::{Tenancy, credential, tenancy};
use crate::policy::requirement::Requirement;
#[cfg(feature = "directory")]
use crate::policy::verdict::built_in::{BuiltIn, Codes, RoleCode, Setting};
use crate::policy::verdict::code::{Code, Decisions};
use crate::policy::verdict::position::{ClusterBits, Position, Positions, ProjectBits};
use crate::policy::verdict::verdicts::{Permitted, Verdicts};

#[cfg(feature = "directory")]
static BUILT_IN: BuiltIn = BuiltIn::TABLES;

static TABLES: Tables = Tables { positions: Positions::TABLES, verdicts: Verdicts::TABLE, decisions: Decisions::TABLE };

/// The decision on a question; `None` if only the gates can say it.
#[cfg(feature = "directory")]
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: what a kind of resource does not have costs nothing")]
pub(crate) fn look_up<'a, Id: Ord>(asked: &Asked<'a, Id, impl Asks<'a, Id>>) -> Option<Decision> {
    let Asked { subject, action, resource } = *asked;
    let who = Who { token: subject.token, service_token: subject.service_token, now: subject.now() };
    let member = ByFacts(subject.account);
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
    look_up_with(subject, action, resource, AtHand(subject.account))
}

/// The decision on facts at hand, where the subject's membership is found by `member`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: see `look_up`")]
pub(crate) fn look_up_with<'a, Id: Ord>(
    subject: Subject<'a, Id>,
    action: impl Asks<'a, Id>,
    resource: Resource<'a, Id>,
    member: impl FindMember<'a, Id>,
) -> Option<Decision> {
    let who = Who { token: subject.token, service_token: subject.service_token, now: Now::new(subject.now) };
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

/// Finds a subject's membership.
// No closure, since that would not be inlined in each of the places that call it.
pub(crate) trait FindMember<'a, Id> {
    type Found: Holding<Id>;

    /// The membership in an organization, unless it has expired.
    fn find(self, organization: &'a Id, now: Now) -> Found<Self::Found>;
}

/// What was found of a subject.
pub(crate) enum Found<T> {
    Member(T),
    Nobody,
    /// The membership that was found before is one in another organization.
    Elsewhere,
}

impl<T> From<Option<T>> for Found<T> {
    #[inline]
    fn from(member: Option<T>) -> Self {
        member.map_or(Self::Nobody, Self::Member)
    }
}

/// An account wherever it is stored.
#[cfg(feature = "directory")]
struct ByFacts<'a, Id>(Option<AccountFact<'a, Id>>);

#[cfg(feature = "directory")]
impl<'a, Id: Ord> FindMember<'a, Id> for ByFacts<'a, Id> {
    type Found = OnFacts<'a, Id>;

    #[inline]
    fn find(self, organization: &'a Id, now: Now) -> Found<OnFacts<'a, Id>> {
        match live_member(self.0, organization, now) {
            Some((membership, kind)) => Found::Member(OnFacts { membership, role: membership.acting(kind) }),
            None => Found::Nobody,
        }
    }
}

/// An account at hand.
// On the fact itself: as a handle, an account that may be missing would be told apart twice.
struct AtHand<'a, Id>(Option<&'a Account<Id>>);

impl<'a, Id: Ord> FindMember<'a, Id> for AtHand<'a, Id> {
    type Found = ActingAs<'a, Id>;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    fn find(self, organization: &'a Id, now: Now) -> Found<ActingAs<'a, Id>> {
        acting_in(self.0, organization, now).into()
    }
}

/// The decision on a question of a member with a built-in role, whose grants do not expire, or of a subject that is no member.
#[cfg(feature = "directory")]
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of nearly every decision")]
pub(crate) fn look_up_built_in(role: RoleCode, setting: Setting, codes: Codes, row: u8) -> Option<Decision> {
    BUILT_IN.look_up(role, setting, codes, row)
}

/// The decision on a question of any other member.
#[cfg(feature = "directory")]
pub(crate) fn look_up_member(member: Member, setting: Setting, row: u8) -> Option<Decision> {
    TABLES.look_up(Requirement::numbered(row)?, Some(member), setting.class())
}

/// The denial of what the tokens do not cover.
#[cfg(feature = "directory")]
#[inline(never)]
pub(crate) fn refused<'a, Id: Ord>(
    Who { token, service_token, now }: Who<'a, Id>,
    action: ActionKind,
    resource: &ResourceFact<'a, Id>,
) -> Option<Decision> {
    let credential = credential([token, service_token], action, resource, now)?;
    gates::credential(credential).err().map(Decision::Deny)
}

/// What is read of a subject besides the membership.
pub(crate) struct Who<'a, Id> {
    pub(crate) token: Option<&'a Token<Id>>,
    pub(crate) service_token: Option<&'a Token<Id>>,
    pub(crate) now: Now,
}

copy!(Who);

/// A membership that has not expired, as it is stored.
pub(crate) trait Holding<Id> {
    /// What the tables read of it, on a resource.
    fn on(self, scope: &Scope<'_, Id>, now: Now) -> Member;
}

/// A membership wherever it is stored, with the role that the member acts with.
#[cfg(feature = "directory")]
struct OnFacts<'a, Id> {
    membership: MembershipFact<'a, Id>,
    role: RankedPermissions,
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: see `look_up`")]
fn look_up_on<'a, Id: Ord>(
    Who { token, service_token, now }: Who<'a, Id>,
    member: impl FindMember<'a, Id>,
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
    let held = match member.find(scope.organization, now) {
        Found::Member(held) => held,
        Found::Nobody => return TABLES.look_up(requirement, None, class),
        Found::Elsewhere => return None,
    };
    if tenancy(action, &resource, now) == Tenancy::Foreign {
        return None;
    }
    let credential = credential([token, service_token], action.kind(), &resource, now);
    if let Err(reason) = credential.map_or(Ok(()), gates::credential) {
        return Some(Decision::Deny(reason));
    }
    TABLES.look_up(requirement, Some(held.on(&scope, now)), class)
}

/// What the tables read of a member.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    role: RankedPermissions,
    project: Option<ProjectBits>,
    cluster: ClusterBits,
}

#[cfg(feature = "directory")]
impl Member {
    /// A member with this role, of whose grants none expires.
    #[inline]
    pub(crate) const fn granted(role: RankedPermissions, setting: Setting, codes: Codes) -> Self {
        let (project, cluster) = setting.granted(codes);
        Self { role, project: Some(project), cluster }
    }

    /// A member with this role, and with what is granted on a resource.
    pub(crate) const fn on(
        role: RankedPermissions,
        setting: Setting,
        project_role: GrantState<ProjectRole>,
        granted: GrantState<ClusterAccess>,
    ) -> Self {
        Self {
            role,
            project: Some(ProjectBits::new(setting.project(), project_role)),
            cluster: ClusterBits::new(OnCluster { visibility: setting.cluster(), granted }),
        }
    }
}

/// What the tables read of a membership by its facts.
macro_rules! hold_by_facts {
    ($name:ident) => {
        impl<Id: Ord> Holding<Id> for $name<'_, Id> {
            #[inline(always)]
            fn on(self, scope: &Scope<'_, Id>, now: Now) -> Member {
                let (Self { membership, role }, [cluster, _]) = (self, scope.clusters);
                if membership.has_only_a_role() {
                    Member {
                        role,
                        project: scope.project.map(|(_, visibility)| ProjectBits::new(visibility, GrantState::Nothing)),
                        cluster: cluster.map_or(ClusterBits::NONE, |(_, visibility)| {
                            ClusterBits::new(OnCluster { visibility, granted: GrantState::Nothing })
                        }),
                    }
                } else {
                    Member {
                        role,
                        project: scope.project.map(|(project, visibility)| {
                            ProjectBits::new(visibility, membership.project_role_at(project, now))
                        }),
                        cluster: cluster.map_or(ClusterBits::NONE, |(cluster, visibility)| {
                            ClusterBits::new(OnCluster {
                                visibility,
                                granted: membership.cluster_access_at(cluster, now),
                            })
                        }),
                    }
                }
            }
        }
    };
}

#[cfg(feature = "directory")]
hold_by_facts!(OnFacts);
hold_by_facts!(ActingAs);

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
        self.decision(requirement, permitted, position, class)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    fn decision(
        &self,
        requirement: &Requirement,
        permitted: Permitted,
        position: Position,
        class: Class,
    ) -> Option<Decision> {
        match self.verdicts.get(requirement, permitted, position, class) {
            Code::JUDGE => None,
            code => Some(self.decisions.get(code)),
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    fn of_member(&self, requirement: &Requirement, member: Option<Member>) -> (Permitted, Position) {
        let Some(Member { role, project, cluster }) = member else { return (Permitted::No, Position::NOT_A_MEMBER) };
        (self.permitted(requirement, role, project), self.positions.position(role, project, cluster))
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: see `look_up`")]
    fn permitted(&self, requirement: &Requirement, role: RankedPermissions, project: Option<ProjectBits>) -> Permitted {
        let suffices = self.positions.permissions(role, project).includes(requirement.permissions);
        if suffices { Permitted::Yes } else { Permitted::No }
    }
}

//! Circumstances: where the subject's roles and access come from, what has expired, and what a token lacks.

use alloc::string::String;
use alloc::vec::Vec;

use crate::model::access::ClusterAccess;
use crate::model::action::ActionKind;
use crate::model::custom_role::AnyRole;
use crate::model::fact::{GrantsFact, MembershipFact, ResourceFact};
use crate::model::names::names;
use crate::model::role::{ProjectRole, RankedPermissions, Role};
use crate::model::scope::Scope;
use crate::model::time::{Grant, Now, Time};
use crate::model::token::Token;
use crate::policy::asked::Asked;
use crate::policy::inputs::Inputs;
use crate::policy::reason::ClusterOf;
use crate::policy::requirement::LevelBy;

/// Something about the subject that lies behind a decision and that the [obstacles](crate::explain::Obstacle) do not tell.
///
/// # Examples
///
/// ```
/// use shipgate::explain::{Circumstance, explain};
/// use shipgate::policy::ClusterOf;
/// use shipgate::{Account, Action, Cluster, ClusterAccess, Grant, Membership, Role, Team};
///
/// let us_east = Cluster::new("us-east", "acme-corp");
/// let on_call = Team::new("on-call", "acme-corp").with_cluster_access(&us_east, ClusterAccess::View)?;
/// let alice = Account::user("alice").with(Membership::new("acme-corp", Role::Developer).in_team(&on_call)?)?;
/// assert_eq!(
///     explain(&alice, Action::Deploy, &us_east).circumstances(),
///     [Circumstance::ClusterAccess {
///         cluster: ClusterOf::Present,
///         grant: Grant::new(ClusterAccess::View),
///         team: Some("on-call"),
///         is_over: false,
///     }]
/// );
/// # Ok::<(), shipgate::model::AccountError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Circumstance<Id> {
    /// The subject's membership has expired; or it has an expiry, and the question has no time.
    MembershipOver {
        /// When it expires.
        expires_at: Time,
    },
    /// The subject's role in the organization is a custom one.
    CustomRole {
        /// The id of the role.
        id: Id,
        /// The rank of the role.
        rank: Role,
    },
    /// The subject has a role in the resource's project that counts, or would if it were not over.
    ProjectRole {
        /// The role, with its expiry.
        grant: Grant<ProjectRole>,
        /// The team that it comes from; `None` for the subject's own.
        team: Option<Id>,
        /// Whether it has expired, or has an expiry and the question has no time.
        is_over: bool,
    },
    /// The subject has an override on a cluster of the resource that counts, or would if it were not over.
    ClusterAccess {
        /// Which cluster of the resource.
        cluster: ClusterOf,
        /// The access, with its expiry.
        grant: Grant<ClusterAccess>,
        /// The team that it comes from; `None` for the subject's own.
        team: Option<Id>,
        /// Whether it has expired, or has an expiry and the question has no time.
        is_over: bool,
    },
    /// A token does not cover the question.
    Token {
        /// Which of two tokens.
        source: TokenSource,
        /// The id of the token, if it has one.
        id: Option<String>,
        /// The parts of it that do not cover the question, in order; never empty.
        lacks: Vec<TokenPart>,
    },
}

names! {
    /// Where a token comes from.
    pub enum TokenSource: "source of a token" {
        /// The account came with it.
        Account = "account",
        /// The service gave it beside the question.
        Service = "service",
    }
}

names! {
    /// A part of a token that can keep it from covering a question.
    pub enum TokenPart: "part of a token" {
        /// The action is not in the token's set.
        Actions = "actions",
        /// The token is restricted to other organizations.
        Organizations = "organizations",
        /// The token is restricted to projects, and the resource belongs to none of them.
        Projects = "projects",
        /// The token is restricted to environments, and the resource belongs to none of them.
        Environments = "environments",
        /// The token is restricted to clusters, and the resource does not belong to them.
        Clusters = "clusters",
        /// The token has expired; or it has an expiry, and the question has no time.
        Expiry = "expiry",
    }
}

/// The circumstances of a question.
pub(super) fn of<Id: Ord + Clone>(asked: &Asked<'_, Id>, inputs: &Inputs) -> Vec<Circumstance<Id>> {
    let mut circumstances = Vec::new();
    let (scope, now) = (Scope::of(&asked.resource), asked.subject.now());
    if let Some(membership) = asked.membership() {
        let role = membership.acting(asked.kind());
        if let Some(expires_at) = membership.expires_at().filter(|_| !membership.live(now)) {
            circumstances.push(Circumstance::MembershipOver { expires_at });
        }
        if let AnyRole::Custom(id) = membership.role() {
            circumstances.push(Circumstance::CustomRole { id: id.clone(), rank: role.rank });
        }
        if let Some((project, _)) = scope.project.filter(|_| role.rank.yields_to_project_roles()) {
            let sources = sources(membership, now, |grants| grants.project_role(project));
            circumstances.extend(sources.map(|Source { grant, team, is_over }| Circumstance::ProjectRole {
                grant,
                team: team.cloned(),
                is_over,
            }));
        }
        for (which, cluster) in clusters(asked, &scope, inputs, role) {
            let sources = sources(membership, now, |grants| grants.cluster_access(cluster));
            circumstances.extend(sources.map(|Source { grant, team, is_over }| Circumstance::ClusterAccess {
                cluster: which,
                grant,
                team: team.cloned(),
                is_over,
            }));
        }
    }
    let tokens = [(TokenSource::Account, asked.subject.token), (TokenSource::Service, asked.subject.service_token)];
    for (source, token) in tokens.into_iter().filter_map(|(source, token)| Some((source, token?))) {
        let lacks: Vec<TokenPart> = lacks(token, asked.action.kind(), &scope, now).collect();
        if !lacks.is_empty() {
            circumstances.push(Circumstance::Token { source, id: token.id().map(Into::into), lacks });
        }
    }
    circumstances
}

/// The clusters on which an override of the subject matters.
fn clusters<'a, Id: Ord>(
    asked: &Asked<'a, Id>,
    scope: &Scope<'a, Id>,
    inputs: &Inputs,
    role: RankedPermissions,
) -> Vec<(ClusterOf, &'a Id)> {
    // An Owner's access is never changed, and a Billing member has none.
    if matches!(role.rank, Role::Owner | Role::Billing) {
        return Vec::new();
    }
    let [present, new] = scope.clusters;
    let own = [(ClusterOf::Present, present), (ClusterOf::New, new)];
    let own = own.into_iter().filter_map(|(which, cluster)| Some((which, cluster?.0)));
    let needs_each = inputs.requirement.is_some_and(|requirement| requirement.level_by == LevelBy::EachOfProject);
    match asked.resource {
        ResourceFact::Project(project) if needs_each => {
            (0..=u16::MAX).map(ClusterOf::OfProject).zip(project.clusters().map(|(cluster, _)| cluster)).collect()
        }
        _ => own.collect(),
    }
}

/// A grant of the subject, of their own or by a team.
struct Source<'a, Id, T> {
    grant: Grant<T>,
    team: Option<&'a Id>,
    is_over: bool,
}

/// The grants of a kind that count, and those that would if they were not over.
fn sources<'a, Id, T: Copy + Ord>(
    membership: MembershipFact<'a, Id>,
    now: Now,
    grant: impl Fn(GrantsFact<'a, Id>) -> Option<Grant<T>>,
) -> impl Iterator<Item = Source<'a, Id, T>> {
    let source = |team, grant: Grant<T>| Source { grant, team, is_over: !grant.live(now) };
    let own = membership.own_grants().and_then(&grant).map(|grant| source(None, grant));
    // The teams' grants come after the member's own.
    let asks_teams = own.as_ref().is_none_or(|own| own.is_over);
    let mut all: Vec<Source<'a, Id, T>> = own.into_iter().collect();
    if asks_teams {
        let of_teams: Vec<_> =
            membership.team_grants().filter_map(|(team, grants)| Some(source(Some(team), grant(grants)?))).collect();
        let highest = of_teams.iter().filter(|source| !source.is_over).map(|source| source.grant.value()).max();
        let mut told = false;
        all.extend(of_teams.into_iter().filter(|source| {
            let value = source.grant.value();
            // Of several teams that give the highest, the first is enough.
            let counts = !source.is_over && highest == Some(value) && !core::mem::replace(&mut told, true);
            counts || source.is_over && highest.is_none_or(|highest| value > highest)
        }));
    }
    all.into_iter()
}

/// The parts of a token that do not cover a question.
fn lacks<Id: Ord>(
    token: &Token<Id>,
    action: ActionKind,
    scope: &Scope<'_, Id>,
    now: Now,
) -> impl Iterator<Item = TokenPart> {
    let [present, new] = scope.clusters.map(|cluster| cluster.map(|(id, _)| id));
    let has = |part: TokenPart| match part {
        TokenPart::Actions => token.actions().contains(action),
        TokenPart::Organizations => contains(token.organizations(), Some(scope.organization)),
        TokenPart::Projects => contains(token.projects(), scope.project.map(|(id, _)| id)),
        TokenPart::Environments => contains(token.environments(), scope.environment),
        TokenPart::Clusters => {
            contains(token.clusters(), present) && (new.is_none() || contains(token.clusters(), new))
        }
        TokenPart::Expiry => now.before(token.expires_at()),
    };
    let lacks = TokenPart::ALL.map(|part| (part, !has(part)));
    lacks.into_iter().filter(|(_, lacks)| *lacks).map(|(part, _)| part)
}

fn contains<'a, Id: Ord + 'a>(restriction: Option<impl Iterator<Item = &'a Id>>, id: Option<&Id>) -> bool {
    restriction.is_none_or(|mut ids| id.is_some_and(|id| ids.any(|other| other == id)))
}

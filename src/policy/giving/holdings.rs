//! What the giver has, and what the target has and can have.

use crate::model::access::{ClusterAccess, OnCluster};
use crate::model::account::AccountKind;
use crate::model::fact::{GrantsFact, MembershipFact, ResourceFact, TeamFact};
use crate::model::project::Visibility;
use crate::model::role::{ProjectRole, RankedPermissions, Role};
use crate::model::time::{Grant, GrantState, Now};
use crate::policy::constraints::Constrained;
use crate::policy::gates::pass_if;
use crate::policy::inputs::{standing, without_project_role};
use crate::policy::reason::Reason;

/// The subject, who gives.
pub(super) struct Giver<'a, Id> {
    pub(super) role: RankedPermissions,
    pub(super) standing: RankedPermissions,
    /// `None` if it is over.
    pub(super) membership: Option<MembershipFact<'a, Id>>,
    pub(super) now: Now,
    /// What the subject has on the cluster that the question is about.
    pub(super) on_resource: Option<(&'a Id, OnCluster)>,
}

impl<'a, Id: Ord> Giver<'a, Id> {
    pub(super) fn of(question: &Constrained<'a, '_, Id>) -> Self {
        let [present, _] = question.inputs.clusters;
        let cluster = match question.asked.resource {
            ResourceFact::Cluster(cluster)
            | ResourceFact::ClusterMember(cluster, _)
            | ResourceFact::ClusterTeam(cluster, _) => Some(cluster.id()),
            _ => None,
        };
        let now = question.now();
        Self {
            role: question.passed.role,
            standing: question.passed.standing,
            membership: question.asked.membership().filter(|membership| membership.live(now)),
            now,
            on_resource: cluster.zip(present),
        }
    }

    pub(super) fn on(&self, cluster: &Id, visibility: Visibility) -> OnCluster {
        match self.on_resource {
            Some((resource, on)) if resource == cluster => on,
            _ => {
                let granted = self.membership.map_or(GrantState::Nothing, |m| m.cluster_access_at(cluster, self.now));
                OnCluster { visibility, granted }
            }
        }
    }

    /// The access by the role in the organization.
    pub(super) fn in_organization(&self, cluster: &Id, visibility: Visibility) -> ClusterAccess {
        ClusterAccess::of(self.role, self.on(cluster, visibility))
    }

    /// The higher of the access by the role that counts in the resource's project and by the role in the organization.
    pub(super) fn highest(&self, on: OnCluster) -> ClusterAccess {
        ClusterAccess::of(self.role, on).max(ClusterAccess::in_project(self.role.rank, self.standing, on))
    }

    /// Requires access to a cluster.
    pub(super) fn require(&self, need: ClusterAccess, on: OnCluster) -> Result<(), Reason> {
        let have = self.highest(on);
        pass_if(need <= have, Reason::Escalation { have, need })
    }

    /// Requires access to each cluster on which the subject has an override. On the others the subject has what the role gives.
    pub(super) fn require_everywhere(&self, need: ClusterAccess) -> Result<(), Reason> {
        let grants = || all_grants(self.membership, None);
        each_place(grants, GrantsFact::next_override, |cluster, visibility| {
            self.require(need, self.on(cluster, visibility))
        })
    }
}

/// The grants of a member and of the member's teams, and those of another team.
pub(super) fn all_grants<'a, Id>(
    membership: Option<MembershipFact<'a, Id>>,
    team: Option<TeamFact<'a, Id>>,
) -> impl Iterator<Item = GrantsFact<'a, Id>> {
    let own = membership.and_then(MembershipFact::own_grants);
    let of_teams = membership.into_iter().flat_map(MembershipFact::team_grants).map(|(_, grants)| grants);
    own.into_iter().chain(of_teams).chain(team.map(TeamFact::grants))
}

/// Calls `visit` with each cluster or project that grants are on, once, in the order of their ids, until it fails. `next` is the
/// first of one kind after another one.
pub(super) fn each_place<'a, Id: Ord + 'a, G: Iterator<Item = GrantsFact<'a, Id>>>(
    grants: impl Fn() -> G,
    next: impl Fn(GrantsFact<'a, Id>, Option<&Id>) -> Option<(&'a Id, Visibility)>,
    mut visit: impl FnMut(&'a Id, Visibility) -> Result<(), Reason>,
) -> Result<(), Reason> {
    let mut last: Option<&Id> = None;
    // Each list is in order, so the next place is the least of those after the last one.
    let next_after =
        |last: Option<&Id>| grants().filter_map(|grants| next(grants, last)).min_by(|(a, _), (b, _)| a.cmp(b));
    while let Some((place, visibility)) = next_after(last) {
        visit(place, visibility)?;
        last = Some(place);
    }
    Ok(())
}

/// What a member can have after a change, or at present without a time: any grant that is not over may count or not.
pub(super) struct After<'a, Id> {
    pub(super) role: RankedPermissions,
    pub(super) now: Now,
    /// The membership whose grants are kept; `None` for a new one.
    pub(super) membership: Option<MembershipFact<'a, Id>>,
    /// A team that the member joins.
    pub(super) joined: Option<TeamFact<'a, Id>>,
    /// A team that the member leaves.
    pub(super) left: Option<&'a Id>,
    /// The member's own grant that is set on a cluster.
    pub(super) access: Option<(&'a Id, Option<Grant<ClusterAccess>>)>,
    /// The member's own role that is set in a project.
    pub(super) project_role: Option<(&'a Id, Option<Grant<ProjectRole>>)>,
    /// Whether the member's own grants that cannot count with the role are dropped.
    pub(super) drops: Drops,
}

/// Whether a change of role drops the grants that cannot count with the new one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Drops {
    Nothing,
    WhatCannotCount,
}

impl<'a, Id> After<'a, Id> {
    pub(super) const fn new(role: RankedPermissions, now: Now, membership: Option<MembershipFact<'a, Id>>) -> Self {
        Self {
            role,
            now,
            membership,
            joined: None,
            left: None,
            access: None,
            project_role: None,
            drops: Drops::Nothing,
        }
    }
}

impl<'a, Id: Ord> After<'a, Id> {
    pub(super) fn grants(&self) -> impl Iterator<Item = GrantsFact<'a, Id>> {
        all_grants(self.membership, self.joined)
    }

    pub(super) fn of_teams<T: Copy>(
        &self,
        grant: impl Fn(GrantsFact<'_, Id>) -> Option<Grant<T>>,
    ) -> impl Iterator<Item = Grant<T>> {
        let (left, now) = (self.left, self.now);
        let present = self.membership.into_iter().flat_map(MembershipFact::team_grants);
        let kept = present.filter(move |(team, _)| Some(*team) != left).map(|(_, grants)| grants);
        let all = kept.chain(self.joined.map(TeamFact::grants));
        all.filter_map(grant).filter(move |grant| !now.after(grant.expires_at()))
    }

    pub(super) fn own_override(&self, cluster: &Id) -> Option<Grant<ClusterAccess>> {
        let grant = match self.access {
            Some((on, set)) if on == cluster => set,
            _ => self.membership.and_then(|membership| membership.cluster_access(cluster)),
        };
        let is_dropped = |grant: &Grant<ClusterAccess>| {
            self.drops == Drops::WhatCannotCount
                && (self.role.rank == Role::Owner || grant.value() > ClusterAccess::ceiling_of(self.role.rank))
        };
        grant.filter(|grant| !self.now.after(grant.expires_at()) && !is_dropped(grant))
    }

    pub(super) fn own_project_role(&self, project: &Id) -> Option<Grant<ProjectRole>> {
        let grant = match self.project_role {
            Some((on, set)) if on == project => set,
            _ => self.membership.and_then(|membership| membership.project_role(project)),
        };
        // Roles in projects do not count for the ranks for which they are dropped.
        grant.filter(|grant| !self.now.after(grant.expires_at()))
    }

    /// Each way in which overrides on a cluster can count.
    pub(super) fn each_override(&self, cluster: &Id, mut visit: impl FnMut(GrantState<ClusterAccess>)) {
        if let Some(own) = self.own_override(cluster) {
            visit(GrantState::InForce(own.value()));
            if own.expires_at().is_none() {
                return;
            }
        }
        let of_teams = || self.of_teams(|grants| grants.cluster_access(cluster));
        let lasting = of_teams().filter(|grant| grant.expires_at().is_none()).map(|grant| grant.value()).max();
        for grant in of_teams().filter(|grant| lasting.is_none_or(|lasting| grant.value() >= lasting)) {
            visit(GrantState::InForce(grant.value()));
        }
        if lasting.is_none() {
            visit(GrantState::Nothing);
        }
    }

    /// Each role that can count in a project: the member's own, those of the teams from the highest, and what counts without.
    pub(super) fn each_standing(&self, project: &Id, visibility: Visibility, mut visit: impl FnMut(RankedPermissions)) {
        let without = without_project_role(self.role, visibility);
        if !self.role.rank.yields_to_project_roles() {
            without.into_iter().for_each(visit);
            return;
        }
        if let Some(own) = self.own_project_role(project) {
            visit(own.value().into());
            if own.expires_at().is_none() {
                return;
            }
        }
        let of_teams = || self.of_teams(|grants| grants.project_role(project));
        let lasting = of_teams().filter(|grant| grant.expires_at().is_none()).map(|grant| grant.value()).max();
        // From the highest: `ALL` begins with it.
        for role in ProjectRole::ALL {
            if lasting.is_none_or(|lasting| role >= lasting) && of_teams().any(|grant| grant.value() == role) {
                visit(role.into());
            }
        }
        if lasting.is_none() {
            without.into_iter().for_each(visit);
        }
    }
}

/// What the target has now. Without a time, the least of the cases.
pub(super) struct Present<'a, Id> {
    /// `None` if the target is no live member, who has nothing.
    pub(super) member: Option<(MembershipFact<'a, Id>, RankedPermissions)>,
    pub(super) now: Now,
}

impl<'a, Id: Ord> Present<'a, Id> {
    pub(super) fn of(target: Option<(MembershipFact<'a, Id>, AccountKind)>, now: Now) -> Self {
        let live = target.filter(|(membership, _)| membership.live(now));
        Self { member: live.map(|(membership, kind)| (membership, membership.acting(kind))), now }
    }

    pub(super) fn role(&self) -> Option<RankedPermissions> {
        self.member.map(|(_, role)| role)
    }

    pub(super) fn standing(&self, project: &Id, visibility: Visibility) -> Option<RankedPermissions> {
        let (membership, role) = self.member?;
        standing(role, visibility, membership.project_role_at(project, self.now))
    }

    pub(super) fn on(&self, cluster: &Id, visibility: Visibility) -> OnCluster {
        let granted =
            self.member.map_or(GrantState::Nothing, |(membership, _)| membership.cluster_access_at(cluster, self.now));
        OnCluster { visibility, granted }
    }

    /// The access by the role in the organization, or, where that is higher, by the role that counts in a project.
    pub(super) fn highest(
        &self,
        standing: Option<RankedPermissions>,
        cluster: &Id,
        visibility: Visibility,
    ) -> ClusterAccess {
        let Some((_, role)) = self.member else { return ClusterAccess::None };
        let on = self.on(cluster, visibility);
        let in_project =
            standing.map_or(ClusterAccess::None, |standing| ClusterAccess::in_project(role.rank, standing, on));
        ClusterAccess::of(role, on).max(in_project)
    }
}

//! Looks for findings in overrides and project roles, of members and of teams.

use core::hash::Hash;

use super::review::Review;
use super::{Finding, FindingCode, FindingPlace};
use crate::directory::index::{ClusterIndex, Member, ProjectIndex};
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::fact::GrantsFact;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::Grant;

impl<'a, Id: Hash + Ord> Review<'a, Id> {
    pub(super) fn overrides(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let clusters = self.index.clusters.iter().filter_map(move |id| self.directory.index.clusters.get::<Id>(id));
        clusters.flat_map(move |cluster| {
            let own = cluster.overrides.iter().filter_map(move |(account, grant)| {
                let code = self.override_code(cluster, account, *grant)?;
                Some(Finding::new(code, FindingPlace::ClusterMember { cluster: cluster.id(), account }))
            });
            let expired = cluster.team_overrides.iter().filter(move |(_, grant)| !grant.live(self.now));
            own.chain(expired.map(|(team, _)| {
                Finding::new(FindingCode::ExpiredOverride, FindingPlace::ClusterTeam { cluster: cluster.id(), team })
            }))
        })
    }

    fn override_code(
        self,
        cluster: &ClusterIndex<Id>,
        account: &Id,
        grant: Grant<ClusterAccess>,
    ) -> Option<FindingCode> {
        let member = self.index.members.get(account)?.value();
        let (role, ceiling) = (member.acting(), ClusterAccess::ceiling_of(member.acting().rank));
        if !grant.live(self.now) {
            return Some(FindingCode::ExpiredOverride);
        }
        if grant.value() > ceiling {
            return Some(FindingCode::OverrideAboveCeiling);
        }
        if let Some(of_teams) = self.highest_of_teams(member, account, |grants| grants.cluster_access(cluster.id())) {
            let cancels = role.rank != Role::Owner && grant.value() < of_teams.min(ceiling);
            return cancels.then_some(FindingCode::OverrideCancelsTeam);
        }
        let visibility = self.directory.cluster_fact::<Id>(cluster.id())?.visibility();
        let default = ClusterAccess::default_for(role, visibility);
        (grant.value() == default).then_some(FindingCode::OverrideEqualsDefault)
    }

    pub(super) fn project_roles(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let projects = self.index.projects.iter().filter_map(move |id| self.directory.index.projects.get::<Id>(id));
        projects.flat_map(move |project| {
            let own = project.roles.iter().filter_map(move |(account, grant)| {
                let code = self.project_role_code(project, account, *grant)?;
                Some(Finding::new(code, FindingPlace::ProjectMember { project: project.id(), account }))
            });
            let expired = project.team_roles.iter().filter(move |(_, grant)| !grant.live(self.now));
            let expired = expired.map(|(team, _)| {
                Finding::new(FindingCode::ExpiredProjectRole, FindingPlace::ProjectTeam { project: project.id(), team })
            });
            own.chain(expired).chain(self.service_admins_by_team(project))
        })
    }

    fn project_role_code(
        self,
        project: &ProjectIndex<Id>,
        account: &Id,
        grant: Grant<ProjectRole>,
    ) -> Option<FindingCode> {
        let member = *self.index.members.get(account)?;
        if !grant.live(self.now) {
            return Some(FindingCode::ExpiredProjectRole);
        }
        if !self.project_role_counts(member) {
            return None;
        }
        if member.value().kind() == AccountKind::Service && grant.value() == ProjectRole::Admin {
            return Some(FindingCode::ServiceAccountAdmin);
        }
        let of_teams = self.highest_of_teams(member.value(), account, |grants| grants.project_role(project.id()))?;
        (grant.value() < of_teams).then_some(FindingCode::ProjectRoleCancelsTeam)
    }

    /// The service accounts that act as Admin of a project by a team, each once.
    fn service_admins_by_team(self, project: &'a ProjectIndex<Id>) -> impl Iterator<Item = Finding<'a, Id>> {
        let is_admin = move |grant: &Grant<ProjectRole>| grant.live(self.now) && grant.value() == ProjectRole::Admin;
        let teams = project.team_roles.iter().filter(move |(_, grant)| is_admin(grant));
        let has_own = move |account: &Id| project.roles.get(account).is_some_and(|grant| grant.live(self.now));
        let members = self.index.members.iter().filter(move |(account, member)| {
            member.value().kind() == AccountKind::Service && self.project_role_counts(**member) && !has_own(account)
        });
        members.filter_map(move |(account, _)| {
            let mut in_team = teams.clone().filter_map(|(team, _)| self.directory.index.teams.get::<Id>(team));
            let place = FindingPlace::ProjectMember { project: project.id(), account };
            let is_admin = in_team.any(|team| team.members.contains::<Id>(account));
            is_admin.then_some(Finding::new(FindingCode::ServiceAccountAdmin, place))
        })
    }

    /// The highest live grant of a member's teams.
    fn highest_of_teams<T: Copy + Ord>(
        self,
        member: Member,
        account: &Id,
        grant: impl Fn(GrantsFact<'_, Id>) -> Option<Grant<T>>,
    ) -> Option<T> {
        if !member.is_in_teams() {
            return None;
        }
        let membership = self.directory.account_fact::<Id>(account)?.membership::<Id>(self.index.id())?;
        let grants = membership.team_grants().filter_map(|(_, grants)| grant(grants));
        grants.filter(|grant| grant.live(self.now)).map(|grant| grant.value()).max()
    }
}

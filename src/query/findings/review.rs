//! Looks for findings in what belongs to an organization: members, roles, teams, projects and ids.

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use core::fmt::Display;
use core::hash::Hash;

use super::likeness::likeness;
use super::{Finding, FindingCode, FindingPlace};
use crate::directory::error::EntityKind;
use crate::directory::index::{Member, OrganizationIndex};
use crate::directory::store::Directory;
use crate::model::account::AccountKind;
use crate::model::project::Visibility;
use crate::model::role::{Permission, Role};
use crate::model::time::{Grant, Now, Time};

/// Looks for findings in an organization.
pub(super) struct Review<'a, Id> {
    pub(super) directory: &'a Directory<Id>,
    pub(super) index: &'a OrganizationIndex<Id>,
    pub(super) at: Time,
    pub(super) now: Now,
}

impl<Id> Clone for Review<'_, Id> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id> Copy for Review<'_, Id> {}

impl<'a, Id: Hash + Ord> Review<'a, Id> {
    pub(super) fn owners(self) -> Option<Finding<'a, Id>> {
        let organization = self.directory.organization_fact::<Id>(self.index.id())?;
        let code = match organization.owners() {
            0 => FindingCode::NoOwner,
            1 => FindingCode::OneOwner,
            2.. => return None,
        };
        Some(Finding::new(code, FindingPlace::Organization(organization.id())))
    }

    pub(super) fn members(self) -> impl Iterator<Item = Finding<'a, Id>> {
        self.index.members.iter().flat_map(move |(account, member)| {
            let place = move || FindingPlace::Member { organization: self.index.id(), account };
            let codes = if member.live(self.now) {
                let is_temporary = member.expires_at().is_some() && gives(member.value());
                [
                    is_service_admin(member.value()).then_some(FindingCode::ServiceAccountAdmin),
                    is_temporary.then_some(FindingCode::TemporaryAdmin),
                ]
            } else {
                [Some(FindingCode::ExpiredMembership), None]
            };
            codes.into_iter().flatten().map(move |code| Finding::new(code, place()))
        })
    }

    pub(super) fn roles(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let unused = self.directory.roles_of::<Id>(self.index.id()).filter(|role| role.members() == 0);
        unused.map(|role| Finding::new(FindingCode::UnusedRole, FindingPlace::Role(role.id())))
    }

    pub(super) fn teams(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let empty = self.directory.teams_of::<Id>(self.index.id()).filter(|team| team.members() == 0);
        empty.map(|team| Finding::new(FindingCode::TeamWithoutMembers, FindingPlace::Team(team.id())))
    }

    pub(super) fn projects(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let projects = self.directory.projects_of::<Id>(self.index.id());
        let private = projects.filter(|project| project.visibility() == Visibility::Members);
        private
            .filter(move |project| !self.has_members(project.id()))
            .map(|project| Finding::new(FindingCode::PrivateProjectWithoutMembers, FindingPlace::Project(project.id())))
    }

    /// Whether a member who is no Admin sees the project, by a role of their own or of a team.
    fn has_members(self, project: &Id) -> bool {
        let Some(project) = self.directory.index.projects.get::<Id>(project) else { return false };
        let counts =
            |account: &Id| self.index.members.get(account).is_some_and(|member| self.project_role_counts(*member));
        let mut own = project.roles.iter().filter(|(_, grant)| grant.live(self.now));
        let teams = project.team_roles.iter().filter(|(_, grant)| grant.live(self.now));
        let mut of_teams = teams.filter_map(|(team, _)| self.directory.index.teams.get::<Id>(team));
        own.any(|(account, _)| counts(account)) || of_teams.any(|team| team.members.iter().any(counts))
    }

    /// Whether a project role would count for a member.
    pub(super) fn project_role_counts(self, member: Grant<Member>) -> bool {
        member.live(self.now) && member.value().acting().rank.yields_to_project_roles()
    }
}

impl<'a, Id: Hash + Ord + Display> Review<'a, Id> {
    /// Ids of one kind that look alike: each with the first of those that it looks like.
    pub(super) fn pairs(self) -> impl Iterator<Item = Finding<'a, Id>> {
        let OrganizationIndex { members, roles, teams, projects, clusters, environments, .. } = self.index;
        alike(EntityKind::Account, members.keys())
            .chain(alike(EntityKind::Role, roles.iter()))
            .chain(alike(EntityKind::Team, teams.iter()))
            .chain(alike(EntityKind::Project, projects.iter()))
            .chain(alike(EntityKind::Cluster, clusters.iter()))
            .chain(alike(EntityKind::Environment, environments.iter()))
    }
}

fn alike<'a, Id: Display + 'a>(
    kind: EntityKind,
    ids: impl Iterator<Item = &'a Id>,
) -> impl Iterator<Item = Finding<'a, Id>> {
    let mut first_of = BTreeMap::new();
    ids.filter_map(move |other| {
        let id = *first_of.entry(likeness(&other.to_string())).or_insert(other);
        // The first entry is the id itself.
        let is_first = core::ptr::eq(id, other);
        (!is_first).then_some(Finding::new(FindingCode::SimilarIds, FindingPlace::Pair { kind, id, other }))
    })
}

/// Whether a service account acts as Admin.
fn is_service_admin(member: Member) -> bool {
    member.kind() == AccountKind::Service && member.acting().includes(Role::Admin.into())
}

/// Whether a member is an Admin or Owner by rank who may give others something.
fn gives(member: Member) -> bool {
    let role = member.acting();
    let giving =
        [Permission::ManageMembers, Permission::ChangeRoles, Permission::ManageClusters, Permission::ManageProjects];
    role.rank.includes(Role::Admin) && giving.into_iter().any(|permission| role.permissions.contains(permission))
}

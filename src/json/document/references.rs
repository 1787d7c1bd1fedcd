//! What rows refer to: a document that leaves one of them out, or contradicts itself, must not be written.

use alloc::collections::{BTreeMap, BTreeSet};
use core::fmt::Display;

use crate::directory::error::{EntityKind, LoadError, RowError, TableName, name};
use crate::directory::rows::{MemberRow, Rows};
use crate::model::account::AccountKind;
use crate::model::custom_role::AnyRole;
use crate::model::grants::Holder;

/// What rows can refer to.
pub(super) struct References<'a, Id> {
    organizations: BTreeSet<&'a Id>,
    /// Custom roles, teams, clusters and projects, with their organizations.
    roles: BTreeMap<&'a Id, &'a Id>,
    teams: BTreeMap<&'a Id, &'a Id>,
    clusters: BTreeMap<&'a Id, &'a Id>,
    projects: BTreeMap<&'a Id, &'a Id>,
    /// By organization and account.
    members: BTreeSet<(&'a Id, &'a Id)>,
    /// The kind of each account, as its first row has it.
    kinds: BTreeMap<&'a Id, AccountKind>,
}

impl<'a, Id: Ord + Display> References<'a, Id> {
    pub(super) fn of(rows: &'a Rows<Id>) -> Self {
        // Of two rows the later one is put in last, so they go in backwards.
        let kinds = rows.members.iter().rev().map(|row| (&row.account, row.kind)).collect();
        Self {
            organizations: rows.organizations.iter().map(|row| &row.id).collect(),
            roles: rows.roles.iter().map(|row| (&row.id, &row.organization)).collect(),
            teams: rows.teams.iter().map(|row| (&row.id, &row.organization)).collect(),
            clusters: rows.clusters.iter().map(|row| (&row.id, &row.organization)).collect(),
            projects: rows.projects.iter().map(|row| (&row.id, &row.organization)).collect(),
            members: rows.members.iter().map(|row| (&row.organization, &row.account)).collect(),
            kinds,
        }
    }

    pub(super) fn check(&self, rows: &Rows<Id>) -> Result<(), LoadError> {
        each(TableName::Roles, &rows.roles, |row| self.organization(&row.organization))?;
        each(TableName::Members, &rows.members, |row| self.member_row(row))?;
        each(TableName::Teams, &rows.teams, |row| self.organization(&row.organization))?;
        each(TableName::TeamMembers, &rows.team_members, |row| {
            self.member(owner(EntityKind::Team, &self.teams, &row.team)?, &row.account)
        })?;
        each(TableName::Clusters, &rows.clusters, |row| self.organization(&row.organization))?;
        each(TableName::ClusterAccess, &rows.cluster_access, |row| {
            self.holder(owner(EntityKind::Cluster, &self.clusters, &row.cluster)?, &row.holder)
        })?;
        each(TableName::Projects, &rows.projects, |row| self.organization(&row.organization))?;
        each(TableName::ProjectRoles, &rows.project_roles, |row| {
            self.holder(owner(EntityKind::Project, &self.projects, &row.project)?, &row.holder)
        })?;
        each(TableName::Environments, &rows.environments, |row| {
            owner(EntityKind::Project, &self.projects, &row.project)?;
            owner(EntityKind::Cluster, &self.clusters, &row.cluster).map(drop)
        })
    }

    fn organization(&self, id: &Id) -> Result<(), RowError> {
        if self.organizations.contains(id) { Ok(()) } else { Err(RowError::unknown(EntityKind::Organization, id)) }
    }

    fn member_row(&self, row: &MemberRow<Id>) -> Result<(), RowError> {
        self.organization(&row.organization)?;
        if let AnyRole::Custom(role) = &row.role
            && *owner(EntityKind::Role, &self.roles, role)? != row.organization
        {
            return Err(RowError::ForeignRole { role: name(role), organization: name(&row.organization) });
        }
        match self.kinds.get(&row.account) {
            Some(present) if *present != row.kind => {
                Err(RowError::OtherKind { account: name(&row.account), present: *present, kind: row.kind })
            }
            Some(_) | None => Ok(()),
        }
    }

    fn member(&self, organization: &Id, account: &Id) -> Result<(), RowError> {
        if self.members.contains(&(organization, account)) {
            Ok(())
        } else {
            Err(RowError::not_a_member(account, organization))
        }
    }

    fn holder(&self, organization: &Id, holder: &Holder<Id>) -> Result<(), RowError> {
        match holder {
            Holder::Account(account) => self.member(organization, account),
            Holder::Team(team) if owner(EntityKind::Team, &self.teams, team)? == organization => Ok(()),
            Holder::Team(team) => Err(RowError::ForeignTeam { team: name(team), organization: name(organization) }),
        }
    }
}

/// The organization of a custom role, a team, a cluster or a project.
fn owner<'a, Id: Ord + Display>(
    kind: EntityKind,
    owners: &BTreeMap<&'a Id, &'a Id>,
    id: &Id,
) -> Result<&'a Id, RowError> {
    owners.get(id).copied().ok_or_else(|| RowError::unknown(kind, id))
}

fn each<T>(table: TableName, rows: &[T], check: impl Fn(&T) -> Result<(), RowError>) -> Result<(), LoadError> {
    rows.iter().enumerate().try_for_each(|(row, fact)| check(fact).map_err(|error| LoadError::new(table, row, error)))
}

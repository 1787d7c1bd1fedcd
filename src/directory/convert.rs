//! Conversions between rows and directories.

use core::fmt::Display;
use core::hash::Hash;

use crate::directory::error::{LoadError, RowError, TableName};
use crate::directory::list::List;
use crate::directory::load::{DirectoryBuilder, RowCounts};
use crate::directory::rows::{
    ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow, RoleRow,
    Rows, TeamMemberRow, TeamRow,
};
use crate::directory::store::Directory;
use crate::directory::team::TeamRecord;
use crate::directory::views::EnvironmentRef;
use crate::model::cluster::Cluster;
use crate::model::custom_role::CustomRole;
use crate::model::fact::AccountFact;
use crate::model::grants::Holder;
use crate::model::organization::Organization;
use crate::model::project::Project;
use crate::model::time::Grant;

/// The directory of these rows, at revision 0.
///
/// # Errors
///
/// [`LoadError`], which names the table and the row, for the first row that repeats another, refers to nothing or contradicts
/// another.
impl<Id: Hash + Ord + Clone + Display> TryFrom<Rows<Id>> for Directory<Id> {
    type Error = LoadError;

    fn try_from(rows: Rows<Id>) -> Result<Self, LoadError> {
        Self::try_from(&rows)
    }
}

/// The directory of these rows, at revision 0. See `TryFrom<Rows<Id>>`.
impl<Id: Hash + Ord + Clone + Display> TryFrom<&Rows<Id>> for Directory<Id> {
    type Error = LoadError;

    fn try_from(rows: &Rows<Id>) -> Result<Self, LoadError> {
        let mut builder = Self::builder();
        builder.rows(rows)?;
        Ok(builder.build())
    }
}

impl<Id: Hash + Ord + Clone + Display> DirectoryBuilder<Id> {
    /// Adds rows, table by table. Use it in place of [`Directory::try_from`] to set the revision too, with
    /// [`DirectoryBuilder::at_revision`].
    ///
    /// # Errors
    ///
    /// [`LoadError`] for the first row that is rejected. The rows before it have been added.
    pub fn rows(&mut self, rows: &Rows<Id>) -> Result<(), LoadError> {
        self.reserve(&RowCounts::of(rows));
        self.add(TableName::Organizations, &rows.organizations, |it, row| it.organization(row.id.clone()))?;
        self.add(TableName::Roles, &rows.roles, |it, row| {
            it.role::<Id>(row.id.clone(), &row.organization, row.definition)
        })?;
        self.add_ahead(
            TableName::Members,
            &rows.members,
            |it, row| it.look_up_account(&row.account),
            |it, row| {
                let (account, role) = (row.account.clone(), row.role.clone());
                it.member::<Id>(&row.organization, account, row.kind, role, row.expires_at)
            },
        )?;
        self.add(TableName::Teams, &rows.teams, |it, row| it.team::<Id>(row.id.clone(), &row.organization))?;
        self.add_ahead(
            TableName::TeamMembers,
            &rows.team_members,
            |it, row| it.look_up_account(&row.account),
            |it, row| it.team_member::<Id>(&row.team, &row.account),
        )?;
        self.add(TableName::Clusters, &rows.clusters, |it, row| {
            it.cluster::<Id>(row.id.clone(), &row.organization, row.visibility)?;
            match row.orchestrator {
                Some(orchestrator) => it.orchestrator::<Id>(&row.id, orchestrator),
                None => Ok(()),
            }
        })?;
        self.add_ahead(
            TableName::ClusterAccess,
            &rows.cluster_access,
            |it, row| it.look_up_holder(&row.holder),
            |it, row| {
                let grant = Grant::expiring(row.level, row.expires_at);
                it.cluster_access::<Id>(&row.cluster, row.holder.as_ref(), grant)
            },
        )?;
        self.add(TableName::Projects, &rows.projects, |it, row| {
            it.project::<Id>(row.id.clone(), &row.organization, row.visibility)
        })?;
        self.add_ahead(
            TableName::ProjectRoles,
            &rows.project_roles,
            |it, row| it.look_up_holder(&row.holder),
            |it, row| {
                let grant = Grant::expiring(row.role, row.expires_at);
                it.project_role::<Id>(&row.project, row.holder.as_ref(), grant)
            },
        )?;
        self.add(TableName::Environments, &rows.environments, |it, row| {
            let id = row.id.clone();
            it.environment::<Id>(id, &row.project, &row.cluster, &row.namespace, row.protection)
        })
    }

    fn add<T>(
        &mut self,
        table: TableName,
        rows: &[T],
        one: impl FnMut(&mut Self, &T) -> Result<(), RowError>,
    ) -> Result<(), LoadError> {
        self.add_ahead(table, rows, |_, _| {}, one)
    }

    /// Adds rows in parts. What the rows of a part will look up is looked up `ahead`, so that the waits for memory overlap.
    fn add_ahead<T>(
        &mut self,
        table: TableName,
        rows: &[T],
        ahead: impl Fn(&Self, &T),
        mut one: impl FnMut(&mut Self, &T) -> Result<(), RowError>,
    ) -> Result<(), LoadError> {
        for (nth, part) in rows.chunks(PART).enumerate() {
            for row in part {
                ahead(self, row);
            }
            for (row, fact) in (nth.saturating_mul(PART)..).zip(part) {
                one(self, fact).map_err(|error| LoadError::new(table, row, error))?;
            }
        }
        Ok(())
    }

    fn look_up_holder(&self, holder: &Holder<Id>) {
        if let Holder::Account(account) = holder {
            self.look_up_account(account);
        }
    }
}

/// As many rows as a processor can wait for at a time.
const PART: usize = 16;

impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// The contents of the directory, with each table sorted by its ids. [`Directory::try_from`] makes an equal directory from
    /// them, except for the revision.
    #[must_use]
    pub fn rows(&self) -> Rows<Id> {
        let mut rows = Rows {
            organizations: self.organizations.iter().map(|entry| OrganizationRow::of(&entry.fact)).collect(),
            roles: self.roles.iter().map(|entry| RoleRow::of(&entry.fact)).collect(),
            members: self.accounts().flat_map(|account| MemberRow::each(account.0)).collect(),
            teams: self.teams.iter().map(TeamRow::of).collect(),
            clusters: self.clusters.iter().map(|cluster| self.cluster_row(cluster)).collect(),
            projects: self.projects.iter().map(|entry| ProjectRow::of(&entry.fact)).collect(),
            environments: self.environments().map(|environment| self.environment_row(environment)).collect(),
            ..Rows::default()
        };
        for team in self.index.teams.iter() {
            let row = |account: &Id| TeamMemberRow { team: team.id().clone(), account: account.clone() };
            rows.team_members.extend(team.members.iter().map(row));
        }
        for cluster in self.index.clusters.iter() {
            rows.cluster_access.extend(holders(&cluster.overrides, &cluster.team_overrides).map(|(holder, grant)| {
                let (level, expires_at) = (grant.value(), grant.expires_at());
                ClusterAccessRow { cluster: cluster.id().clone(), holder, level, expires_at }
            }));
        }
        for project in self.index.projects.iter() {
            rows.project_roles.extend(holders(&project.roles, &project.team_roles).map(|(holder, grant)| {
                let (role, expires_at) = (grant.value(), grant.expires_at());
                ProjectRoleRow { project: project.id().clone(), holder, role, expires_at }
            }));
        }
        rows.sort();
        rows
    }

    fn cluster_row(&self, cluster: &Cluster<Id>) -> ClusterRow<Id> {
        ClusterRow {
            id: cluster.id().clone(),
            organization: cluster.organization().clone(),
            orchestrator: self.orchestrator(cluster.id()),
            visibility: cluster.visibility(),
        }
    }

    fn environment_row(&self, environment: EnvironmentRef<'_, Id>) -> EnvironmentRow<Id> {
        EnvironmentRow {
            id: environment.id().clone(),
            project: environment.project().clone(),
            cluster: environment.cluster().clone(),
            namespace: self.namespace(environment.id()).unwrap_or_default().into(),
            protection: environment.protection(),
        }
    }
}

/// The grants of accounts, then those of teams.
fn holders<'a, Id: Clone, T: Copy>(
    accounts: &'a List<Id, Grant<T>>,
    teams: &'a List<Id, Grant<T>>,
) -> impl Iterator<Item = (Holder<Id>, Grant<T>)> {
    let accounts = accounts.iter().map(|(id, grant)| (Holder::Account(id.clone()), *grant));
    accounts.chain(teams.iter().map(|(id, grant)| (Holder::Team(id.clone()), *grant)))
}

impl<Id: Clone> OrganizationRow<Id> {
    fn of(organization: &Organization<Id>) -> Self {
        Self { id: organization.id().clone() }
    }
}

impl<Id: Clone> RoleRow<Id> {
    fn of(role: &CustomRole<Id>) -> Self {
        Self { id: role.id().clone(), organization: role.organization().clone(), definition: role.definition() }
    }
}

impl<Id: Clone> MemberRow<Id> {
    /// The memberships of an account.
    fn each(account: AccountFact<'_, Id>) -> impl Iterator<Item = Self> + use<'_, Id> {
        account.memberships().map(move |membership| Self {
            organization: membership.organization().clone(),
            account: account.id().clone(),
            kind: account.kind(),
            role: membership.role().map(Id::clone),
            expires_at: membership.expires_at(),
        })
    }
}

impl<Id: Clone> TeamRow<Id> {
    fn of(team: &TeamRecord<Id>) -> Self {
        Self { id: team.id().clone(), organization: team.organization().clone() }
    }
}

impl<Id: Clone> ProjectRow<Id> {
    fn of(project: &Project<Id>) -> Self {
        Self {
            id: project.id().clone(),
            organization: project.organization().clone(),
            visibility: project.visibility(),
        }
    }
}

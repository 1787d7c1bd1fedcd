//! Facts from rows, and rows from facts.

use std::collections::{BTreeMap, BTreeSet};
use std::format;
use std::string::String;
use std::vec::Vec;

use shipgate::directory::{
    ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow, RoleRow,
    Rows, TeamMemberRow, TeamRow,
};
use shipgate::{AnyRole, ClusterAccess, Holder, ProjectRole};

use super::facts::{Account, Cluster, CustomRole, Environment, Given, Id, Membership, Project, Team, World};

impl World {
    /// Takes in rows. A row that refers to nothing is passed over, as a directory rejects it.
    pub(crate) fn of(rows: &Rows<Id>) -> Self {
        let mut world =
            Self { organizations: rows.organizations.iter().map(|row| row.id).collect(), ..Self::default() };
        for row in &rows.roles {
            world.roles.insert(row.id, CustomRole { organization: row.organization, definition: row.definition });
        }
        for row in &rows.members {
            let account = world.accounts.entry(row.account).or_insert_with(|| Account::of_kind(row.kind));
            let role = Given { what: row.role, until: row.expires_at };
            account.memberships.insert(row.organization, Membership::with_role(role));
        }
        for row in &rows.teams {
            world.teams.insert(row.id, Team::of_organization(row.organization));
        }
        for row in &rows.team_members {
            let organization = world.organization_of_team(row.team);
            if let Some(membership) = world.membership_mut(row.account, organization) {
                membership.teams.insert(row.team);
            }
        }
        for row in &rows.clusters {
            let cluster = Cluster { organization: row.organization, visibility: row.visibility };
            world.clusters.insert(row.id, cluster);
        }
        for row in &rows.projects {
            let project = Project { organization: row.organization, visibility: row.visibility };
            world.projects.insert(row.id, project);
        }
        for row in &rows.cluster_access {
            let given = Given { what: row.level, until: row.expires_at };
            if let Some((overrides, _)) = world.grants_mut(row.holder, world.organization_of_cluster(row.cluster)) {
                overrides.insert(row.cluster, given);
            }
        }
        for row in &rows.project_roles {
            let given = Given { what: row.role, until: row.expires_at };
            let organization = world.projects.get(&row.project).map(|project| project.organization);
            if let Some((_, project_roles)) = world.grants_mut(row.holder, organization) {
                project_roles.insert(row.project, given);
            }
        }
        for row in &rows.environments {
            let environment = Environment { project: row.project, cluster: row.cluster, protection: row.protection };
            world.environments.insert(row.id, environment);
        }
        world
    }

    fn membership_mut(&mut self, account: Id, organization: Option<Id>) -> Option<&mut Membership> {
        self.accounts.get_mut(&account)?.memberships.get_mut(&organization?)
    }

    #[expect(clippy::type_complexity, reason = "the two maps of one holder")]
    fn grants_mut(
        &mut self,
        holder: Holder<Id>,
        organization: Option<Id>,
    ) -> Option<(&mut BTreeMap<Id, Given<ClusterAccess>>, &mut BTreeMap<Id, Given<ProjectRole>>)> {
        match holder {
            Holder::Account(account) => {
                let membership = self.membership_mut(account, organization)?;
                Some((&mut membership.overrides, &mut membership.project_roles))
            }
            Holder::Team(team) => {
                let team = self.teams.get_mut(&team).filter(|team| Some(team.organization) == organization)?;
                Some((&mut team.overrides, &mut team.project_roles))
            }
        }
    }

    /// Drops what a directory rejects: what is of an organization that there is not, roles, places in teams and grants of
    /// another organization, and environments on another organization's cluster.
    pub(crate) fn only_consistent(mut self) -> Self {
        let organizations = self.organizations.clone();
        self.roles.retain(|_, role| organizations.contains(&role.organization));
        self.teams.retain(|_, team| organizations.contains(&team.organization));
        self.projects.retain(|_, project| organizations.contains(&project.organization));
        self.clusters.retain(|_, cluster| organizations.contains(&cluster.organization));
        let (projects, clusters) = (&self.projects, &self.clusters);
        let is_project_of = |id: &Id, of: Id| projects.get(id).is_some_and(|project| project.organization == of);
        let is_cluster_of = |id: &Id, of: Id| clusters.get(id).is_some_and(|cluster| cluster.organization == of);
        for team in self.teams.values_mut() {
            let of = team.organization;
            team.overrides.retain(|cluster, _| is_cluster_of(cluster, of));
            team.project_roles.retain(|project, _| is_project_of(project, of));
        }
        for account in self.accounts.values_mut() {
            account.memberships.retain(|organization, _| organizations.contains(organization));
            for (of, membership) in &mut account.memberships {
                if let AnyRole::Custom(role) = membership.role.what
                    && self.roles.get(&role).is_none_or(|role| role.organization != *of)
                {
                    membership.role.what = AnyRole::BuiltIn(shipgate::Role::Developer);
                }
                membership.teams.retain(|team| self.teams.get(team).is_some_and(|team| team.organization == *of));
                membership.overrides.retain(|cluster, _| is_cluster_of(cluster, *of));
                membership.project_roles.retain(|project, _| is_project_of(project, *of));
            }
        }
        self.environments.retain(|_, environment| {
            let organization = projects.get(&environment.project).map(|project| project.organization);
            organization.is_some_and(|organization| is_cluster_of(&environment.cluster, organization))
        });
        self
    }

    /// The facts as rows, but for those that a directory rejects. Each environment gets a namespace; environments on different
    /// clusters often get the same one.
    pub(crate) fn rows(&self) -> Rows<Id> {
        let world = self.clone().only_consistent();
        let mut rows = Rows {
            organizations: world.organizations.iter().map(|id| OrganizationRow { id: *id }).collect(),
            ..Rows::default()
        };
        for (id, CustomRole { organization, definition }) in &world.roles {
            rows.roles.push(RoleRow { id: *id, organization: *organization, definition: *definition });
        }
        for (id, Team { organization, overrides, project_roles }) in &world.teams {
            rows.teams.push(TeamRow { id: *id, organization: *organization });
            add_grants(Holder::Team(*id), overrides, project_roles, &mut rows);
        }
        for (account, Account { kind, memberships }) in &world.accounts {
            for (organization, membership) in memberships {
                let Given { what: role, until: expires_at } = membership.role;
                let (organization, account, kind) = (*organization, *account, *kind);
                rows.members.push(MemberRow { organization, account, kind, role, expires_at });
                let teams = membership.teams.iter();
                rows.team_members.extend(teams.map(|team| TeamMemberRow { team: *team, account }));
                add_grants(Holder::Account(account), &membership.overrides, &membership.project_roles, &mut rows);
            }
        }
        for (id, Project { organization, visibility }) in &world.projects {
            rows.projects.push(ProjectRow { id: *id, organization: *organization, visibility: *visibility });
        }
        for (id, Cluster { organization, visibility }) in &world.clusters {
            let (organization, visibility) = (*organization, *visibility);
            rows.clusters.push(ClusterRow { id: *id, organization, orchestrator: None, visibility });
        }
        rows.environments = environment_rows(&world.environments);
        rows.sort();
        rows
    }
}

fn add_grants(
    holder: Holder<Id>,
    overrides: &BTreeMap<Id, Given<ClusterAccess>>,
    project_roles: &BTreeMap<Id, Given<ProjectRole>>,
    rows: &mut Rows<Id>,
) {
    for (cluster, Given { what: level, until: expires_at }) in overrides {
        let (cluster, level, expires_at) = (*cluster, *level, *expires_at);
        rows.cluster_access.push(ClusterAccessRow { cluster, holder, level, expires_at });
    }
    for (project, Given { what: role, until: expires_at }) in project_roles {
        let (project, role, expires_at) = (*project, *role, *expires_at);
        rows.project_roles.push(ProjectRoleRow { project, holder, role, expires_at });
    }
}

/// A namespace for each environment, one of two if it is free on the cluster.
fn environment_rows(environments: &BTreeMap<Id, Environment>) -> Vec<EnvironmentRow<Id>> {
    let mut taken: BTreeSet<(Id, String)> = BTreeSet::new();
    let mut rows = Vec::new();
    for (id, Environment { project, cluster, protection }) in environments {
        let (id, project, cluster, protection) = (*id, *project, *cluster, *protection);
        let wanted = String::from(if id % 2 == 0 { "shop" } else { "api" });
        let namespace = if taken.contains(&(cluster, wanted.clone())) { format!("shop-{id}") } else { wanted };
        taken.insert((cluster, namespace.clone()));
        rows.push(EnvironmentRow { id, project, cluster, namespace, protection });
    }
    rows
}

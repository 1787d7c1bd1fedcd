//! Platforms on which teams and custom roles are common.

use std::collections::{BTreeMap, BTreeSet};
use std::vec::Vec;

use shipgate::directory::{ClusterAccessRow, ProjectRoleRow, RoleRow, TeamMemberRow, TeamRow};
use shipgate::model::Permission;
use shipgate::{AnyRole, ClusterAccess, Holder, ProjectRole, Role, RoleDefinition, RolePermissions};

use super::{Builder, Office};
use crate::testing::draw::Source;

/// The custom roles of each organization: an auditor, an operator and a release manager.
const CUSTOM_ROLES: [(Role, &[Permission]); 3] = [
    (Role::Viewer, &[Permission::View, Permission::ViewLogs, Permission::ViewAuditLog]),
    (Role::Developer, &[Permission::View, Permission::ViewLogs, Permission::Deploy]),
    (Role::Admin, &[Permission::View, Permission::ViewLogs, Permission::Deploy, Permission::Approve]),
];

/// What a team may do on its clusters.
const TEAM_LEVELS: [ClusterAccess; 4] =
    [ClusterAccess::View, ClusterAccess::Deploy, ClusterAccess::Deploy, ClusterAccess::Manage];

impl Builder {
    /// Adds teams, grants and custom roles.
    pub(super) fn add_common_teams(&mut self, offices: &[Office]) {
        let mut members: BTreeMap<u64, usize> = BTreeMap::new();
        for row in &self.rows.members {
            let count = members.entry(row.organization).or_default();
            *count = count.saturating_add(1);
        }
        let mut staff = BTreeMap::new();
        for (place, office) in offices.iter().enumerate() {
            let organization = self.organization(place);
            let members = members.get(&organization).copied().unwrap_or(0);
            let teams = self.teams_of(organization, members, office);
            staff.insert(organization, (office, teams, self.roles_of(organization)));
        }
        for row in 0..self.rows.members.len() {
            let Some(member) = self.rows.members.get(row) else { continue };
            let (account, role) = (member.account, member.role);
            let Some((office, teams, roles)) = staff.get(&member.organization) else { continue };
            self.join(account, teams);
            self.add_own_grants(account, office);
            if let AnyRole::BuiltIn(rank @ (Role::Admin | Role::Developer | Role::Viewer)) = role {
                self.give_custom_role(row, rank, roles);
            }
        }
    }

    /// A team for every ten members, each with one to three clusters and one or two projects.
    fn teams_of(&mut self, organization: u64, members: usize, office: &Office) -> Vec<u64> {
        let count = members.checked_div(10).unwrap_or(0).max(2);
        let teams: Vec<_> = (0..count).map(|_| self.random.next()).collect();
        for id in &teams {
            self.rows.teams.push(TeamRow { id: *id, organization });
            let clusters = self.random.between(1, 3);
            for cluster in self.some(&office.clusters, clusters) {
                let level = self.random.choose(&TEAM_LEVELS).copied().unwrap_or(ClusterAccess::View);
                self.add_access(cluster, Holder::Team(*id), level);
            }
            let projects = self.random.between(1, 2);
            for project in self.some(&office.projects, projects) {
                self.add_project_role(project, Holder::Team(*id));
            }
        }
        teams
    }

    fn roles_of(&mut self, organization: u64) -> Vec<(Role, u64)> {
        let mut roles = Vec::new();
        for (rank, permissions) in CUSTOM_ROLES {
            let permissions = RolePermissions::new(permissions.iter().copied());
            let definition = permissions.and_then(|permissions| RoleDefinition::new(rank, permissions));
            if let Ok(definition) = definition {
                let id = self.random.next();
                self.rows.roles.push(RoleRow { id, organization, definition });
                roles.push((rank, id));
            }
        }
        roles
    }

    fn join(&mut self, account: u64, teams: &[u64]) {
        if self.random.once_in(3) {
            return;
        }
        let count = self.random.between(1, 3);
        for team in self.some(teams, count) {
            self.rows.team_members.push(TeamMemberRow { team, account });
        }
    }

    /// As many as the teams have: three for ten members.
    fn add_own_grants(&mut self, account: u64, office: &Office) {
        let holder = Holder::Account(account);
        let drawn = self.random.below(20);
        if drawn < 4 {
            let Some(cluster) = self.random.choose(&office.clusters).copied() else { return };
            let level = self.random.choose(&ClusterAccess::ALL).copied().unwrap_or(ClusterAccess::View);
            self.add_access(cluster, holder, level);
        } else if drawn < 6 {
            let Some(project) = self.random.choose(&office.projects).copied() else { return };
            self.add_project_role(project, holder);
        }
    }

    /// One member in nine of those whose rank a custom role can have, which is one in ten of all.
    fn give_custom_role(&mut self, row: usize, rank: Role, roles: &[(Role, u64)]) {
        if !self.random.once_in(9) {
            return;
        }
        let Some((_, role)) = roles.iter().find(|(of, _)| *of == rank) else { return };
        if let Some(member) = self.rows.members.get_mut(row) {
            member.role = AnyRole::Custom(*role);
        }
    }

    fn add_access(&mut self, cluster: u64, holder: Holder<u64>, level: ClusterAccess) {
        let expires_at = self.expiry();
        self.rows.cluster_access.push(ClusterAccessRow { cluster, holder, level, expires_at });
    }

    fn add_project_role(&mut self, project: u64, holder: Holder<u64>) {
        let role = self.random.choose(&ProjectRole::ALL).copied().unwrap_or(ProjectRole::Viewer);
        let expires_at = self.expiry();
        self.rows.project_roles.push(ProjectRoleRow { project, holder, role, expires_at });
    }

    /// Distinct ones of these ids, about as many as wanted.
    fn some(&mut self, ids: &[u64], wanted: usize) -> BTreeSet<u64> {
        (0..wanted).filter_map(|_| self.random.choose(ids).copied()).collect()
    }
}

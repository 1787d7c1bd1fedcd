//! The proportions of a real platform.

#[path = "platform/teams.rs"]
mod teams;

use std::collections::{BTreeMap, BTreeSet};
use std::format;
use std::vec::Vec;

use shipgate::directory::{
    ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow, RoleRow,
    Rows, TeamMemberRow, TeamRow,
};
use shipgate::model::{ApprovalFrom, ApprovalRule, Permission};
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, Holder, ProjectRole, Protection, Role, RoleDefinition, RolePermissions, Time,
    Visibility,
};

use super::draw::Source;
use super::questions::NOW;
use super::random::Random;

/// How large a platform is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    memberships: usize,
    large: Option<Customer>,
    teams: Teams,
}

/// How common teams and custom roles are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Teams {
    Rare,
    Common,
}

/// One large customer of a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Customer {
    /// Its members, each with ten overrides.
    pub members: usize,
    /// Its clusters.
    pub clusters: usize,
    /// Its environments, a fifth of them in one project and ten in each other project.
    pub environments: usize,
}

impl Size {
    /// A platform with about this many memberships: two thirds as many accounts, and organizations of about 125 members.
    #[must_use]
    pub const fn of_memberships(memberships: usize) -> Self {
        Self { memberships, large: None, teams: Teams::Rare }
    }

    /// Makes the first organization a large customer. Its members count as memberships of the platform.
    #[must_use]
    pub const fn with_customer(self, customer: Customer) -> Self {
        Self { large: Some(customer), ..self }
    }

    /// Makes teams and custom roles common: two members of three are in one to three teams, half of all grants are those of
    /// a team, and a tenth of the members have a custom role. Three members in ten have a grant of their own, also those of
    /// the large customer.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{Holder, testing};
    ///
    /// let size = testing::Size::of_memberships(1_000).with_teams();
    /// let rows = testing::platform(size, 1);
    /// assert!(rows.team_members.len() > rows.members.len());
    /// assert!(rows.cluster_access.iter().any(|row| matches!(row.holder, Holder::Team(_))));
    /// ```
    #[must_use]
    pub const fn with_teams(self) -> Self {
        Self { teams: Teams::Common, ..self }
    }
}

/// Rows in the proportions of a real platform, with random ids. They load.
///
/// An organization has about 125 members, 2 to 8 clusters and 2 to 6 projects of 1 to 5 environments. Most members are
/// Developers, one in twenty accounts is a service, an account has about 1.5 memberships. A membership has about one
/// override, a tenth have a role in a project, a fifth of the projects are visible to their members only, and one expiry in a
/// hundred is over at [`NOW`]. Every organization has a permanent Owner, its first member who is a user. Three members in a
/// hundred are in their organization's team, which has access to one cluster and a role in one project; one organization in
/// ten has a custom role, that of its last Viewer. [`Size::with_teams`] makes teams and custom roles common.
///
/// # Examples
///
/// ```
/// use shipgate::{Directory, testing};
///
/// let rows = testing::platform(testing::Size::of_memberships(1_000), 1);
/// assert!(rows.members.len() >= 1_000);
/// assert!(Directory::try_from(rows).is_ok());
/// ```
#[must_use]
pub fn platform(size: Size, seed: u64) -> Rows<u64> {
    let mut builder = Builder::new(size, seed);
    let mut offices = Vec::new();
    for place in 0..builder.rows.organizations.len() {
        let office = match size.large {
            Some(customer) if place == 0 => builder.large_office(customer),
            Some(_) | None => builder.office(place),
        };
        offices.push(office);
    }
    builder.add_members(size);
    builder.appoint_owners();
    match size.teams {
        Teams::Rare => {
            builder.add_grants(&offices, size.large.is_some());
            builder.add_teams(&offices);
            builder.add_custom_roles();
        }
        Teams::Common => builder.add_common_teams(&offices),
    }
    builder.rows
}

/// What an organization has.
struct Office {
    clusters: Vec<u64>,
    projects: Vec<u64>,
}

struct Builder {
    rows: Rows<u64>,
    random: Random,
}

impl Builder {
    fn new(size: Size, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let in_large = size.large.map_or(0, |customer| customer.members);
        let others = size.memberships.saturating_sub(in_large).checked_div(125).unwrap_or(0).max(3);
        let count = others.saturating_add(usize::from(size.large.is_some()));
        let organizations = (0..count).map(|_| OrganizationRow { id: random.next() }).collect();
        Self { rows: Rows { organizations, ..Rows::default() }, random }
    }

    fn organization(&self, place: usize) -> u64 {
        self.rows.organizations.get(place).map_or(0, |organization| organization.id)
    }

    fn large_office(&mut self, customer: Customer) -> Office {
        let clusters = self.connect(0, customer.clusters);
        let in_largest = customer.environments.checked_div(5).unwrap_or(0);
        let mut projects = Vec::from([self.project(0, in_largest, &clusters)]);
        for _ in 0..customer.environments.saturating_sub(in_largest).checked_div(10).unwrap_or(0) {
            projects.push(self.project(0, 10, &clusters));
        }
        Office { clusters, projects }
    }

    fn office(&mut self, place: usize) -> Office {
        let count = self.random.between(2, 8);
        let clusters = self.connect(place, count);
        let mut projects = Vec::new();
        for _ in 0..self.random.between(2, 6) {
            let environments = self.random.between(1, 5);
            projects.push(self.project(place, environments, &clusters));
        }
        Office { clusters, projects }
    }

    fn connect(&mut self, place: usize, count: usize) -> Vec<u64> {
        let organization = self.organization(place);
        let clusters: Vec<_> = (0..count).map(|_| self.random.next()).collect();
        let row =
            |id: &u64| ClusterRow { id: *id, organization, orchestrator: None, visibility: Visibility::Organization };
        self.rows.clusters.extend(clusters.iter().map(row));
        clusters
    }

    fn project(&mut self, place: usize, environments: usize, clusters: &[u64]) -> u64 {
        let (id, organization) = (self.random.next(), self.organization(place));
        let visibility = if self.random.once_in(5) { Visibility::Members } else { Visibility::Organization };
        self.rows.projects.push(ProjectRow { id, organization, visibility });
        for _ in 0..environments {
            let environment = self.random.next();
            let Some(cluster) = self.random.choose(clusters).copied() else { continue };
            let protection = self.protection();
            let namespace = format!("env-{environment}");
            let row = EnvironmentRow { id: environment, project: id, cluster, namespace, protection };
            self.rows.environments.push(row);
        }
        id
    }

    /// Fills the organizations account by account. The first accounts are members of the large customer, too.
    fn add_members(&mut self, size: Size) {
        let in_large = size.large.map_or(0, |customer| customer.members);
        let first_other = usize::from(size.large.is_some());
        let mut accounts: usize = 0;
        while self.rows.members.len() < size.memberships {
            let account = self.random.next();
            let kind = if self.random.once_in(20) { AccountKind::Service } else { AccountKind::User };
            let mut joined: BTreeSet<_> = (accounts < in_large).then_some(0).into_iter().collect();
            let memberships = self.memberships();
            while joined.len() < memberships {
                joined.insert(self.random.between(first_other, self.rows.organizations.len().saturating_sub(1)));
            }
            for place in joined {
                let organization = self.organization(place);
                let (role, expires_at) = (self.role().into(), self.expiry());
                self.rows.members.push(MemberRow { organization, account, kind, role, expires_at });
            }
            accounts = accounts.saturating_add(1);
        }
    }

    fn appoint_owners(&mut self) {
        let mut owned = BTreeSet::new();
        for member in self.rows.members.iter_mut().filter(|member| member.kind == AccountKind::User) {
            if owned.insert(member.organization) {
                (member.role, member.expires_at) = (Role::Owner.into(), None);
            }
        }
    }

    fn add_grants(&mut self, offices: &[Office], first_is_large: bool) {
        let places: BTreeMap<_, _> = self.rows.organizations.iter().map(|row| row.id).zip(0..).collect();
        for row in 0..self.rows.members.len() {
            let Some((organization, account)) = self.rows.members.get(row).map(|row| (row.organization, row.account))
            else {
                continue;
            };
            let holder = Holder::Account(account);
            let place: usize = places.get(&organization).copied().unwrap_or(0);
            let Some(office) = offices.get(place) else { continue };
            let overrides = if first_is_large && place == 0 { 10 } else { self.overrides() };
            let mut chosen = BTreeSet::new();
            for _ in 0..overrides {
                let Some(cluster) = self.random.choose(&office.clusters).copied() else { continue };
                if chosen.insert(cluster) {
                    let level = self.random.choose(&ClusterAccess::ALL).copied().unwrap_or(ClusterAccess::View);
                    let expires_at = self.expiry();
                    self.rows.cluster_access.push(ClusterAccessRow { cluster, holder, level, expires_at });
                }
            }
            if self.random.once_in(10) {
                let Some(project) = self.random.choose(&office.projects).copied() else { continue };
                let role = self.random.choose(&ProjectRole::ALL).copied().unwrap_or(ProjectRole::Viewer);
                let expires_at = self.expiry();
                self.rows.project_roles.push(ProjectRoleRow { project, holder, role, expires_at });
            }
        }
    }

    /// A team in each organization, of every thirtieth of its members.
    fn add_teams(&mut self, offices: &[Office]) {
        let mut teams: BTreeMap<u64, (u64, usize)> = BTreeMap::new();
        for (place, office) in offices.iter().enumerate() {
            let (id, organization) = (self.random.next(), self.organization(place));
            self.rows.teams.push(TeamRow { id, organization });
            teams.insert(organization, (id, 0));
            let holder = Holder::Team(id);
            if let Some(cluster) = self.random.choose(&office.clusters).copied() {
                let (level, expires_at) = (ClusterAccess::Deploy, self.expiry());
                self.rows.cluster_access.push(ClusterAccessRow { cluster, holder, level, expires_at });
            }
            if let Some(project) = self.random.choose(&office.projects).copied() {
                let (role, expires_at) = (ProjectRole::Developer, self.expiry());
                self.rows.project_roles.push(ProjectRoleRow { project, holder, role, expires_at });
            }
        }
        for member in &self.rows.members {
            let Some((team, members)) = teams.get_mut(&member.organization) else { continue };
            if members.checked_rem(30) == Some(0) {
                self.rows.team_members.push(TeamMemberRow { team: *team, account: member.account });
            }
            *members = members.saturating_add(1);
        }
    }

    /// A custom role in every tenth organization: that of an auditor, which its last Viewer has.
    fn add_custom_roles(&mut self) {
        let permissions = RolePermissions::new([Permission::View, Permission::ViewLogs, Permission::ViewAuditLog]);
        let Some(definition) = permissions.and_then(|permissions| RoleDefinition::new(Role::Viewer, permissions)).ok()
        else {
            return;
        };
        let is_viewer = |member: &&mut MemberRow<u64>| member.role == Role::Viewer.into();
        let mut last: BTreeMap<u64, &mut MemberRow<u64>> =
            self.rows.members.iter_mut().filter(is_viewer).map(|member| (member.organization, member)).collect();
        for organization in self.rows.organizations.iter().map(|row| row.id).step_by(10) {
            let id = self.random.next();
            self.rows.roles.push(RoleRow { id, organization, definition });
            if let Some(member) = last.get_mut(&organization) {
                member.role = AnyRole::Custom(id);
            }
        }
    }

    /// The number of an account's memberships: about 1.5.
    fn memberships(&mut self) -> usize {
        match self.random.below(100) {
            0..62 => 1,
            62..90 => 2,
            _ => 3,
        }
    }

    /// The number of a membership's overrides: about 0.9.
    fn overrides(&mut self) -> usize {
        match self.random.below(10) {
            0..4 => 0,
            4..7 => 1,
            _ => 2,
        }
    }

    fn role(&mut self) -> Role {
        match self.random.below(100) {
            0..3 => Role::Owner,
            3..13 => Role::Admin,
            13..68 => Role::Developer,
            68..75 => Role::Billing,
            _ => Role::Viewer,
        }
    }

    /// A few memberships and grants expire in a year, and fewer have just expired.
    fn expiry(&mut self) -> Option<Time> {
        match self.random.below(100) {
            0 => Some(Time::from_millis(NOW.as_millis().saturating_sub(1))),
            1..5 => Some(Time::from_millis(NOW.as_millis().saturating_add(31_536_000_000))),
            _ => None,
        }
    }

    fn protection(&mut self) -> Protection {
        match self.random.below(100) {
            0..50 => Protection::NONE,
            50..65 => Protection::RESTRICTED,
            65..75 => Protection::restricted(ApprovalRule::new(ApprovalFrom::Admin)),
            75..85 => Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner)),
            _ => Protection::LOCKED,
        }
    }
}

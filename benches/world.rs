//! Generated worlds, as rows: what a platform of so many users would load.

pub(crate) mod by_hand;
pub(crate) mod change;
pub(crate) mod platform;
pub(crate) mod question;
pub(crate) mod table;
pub(crate) mod truth;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::hash::Hash;

use fastrand::Rng;
use shipgate::directory::RowError;
use shipgate::model::{ApprovalFrom, ApprovalRule};
use shipgate::{AccountKind, ClusterAccess, Directory, Grant, ProjectRole, Protection, Role, Time, Visibility};

/// The time of every question.
pub(crate) const NOW: Time = Time::from_millis(1_795_219_200_000);
const BEFORE: Time = Time::from_millis(1_795_219_199_999);
const AFTER: Time = Time::from_millis(1_826_755_200_000);

/// The rows of a world, in the order in which they refer to each other.
pub(crate) struct World<Id> {
    pub(crate) organizations: Vec<Id>,
    pub(crate) services: Vec<Id>,
    pub(crate) members: Vec<Member<Id>>,
    pub(crate) clusters: Vec<Cluster<Id>>,
    pub(crate) access: Vec<Access<Id>>,
    pub(crate) projects: Vec<Project<Id>>,
    pub(crate) project_members: Vec<ProjectMember<Id>>,
    pub(crate) environments: Vec<Environment<Id>>,
}

#[derive(Clone)]
pub(crate) struct Member<Id> {
    pub(crate) organization: Id,
    pub(crate) account: Id,
    pub(crate) role: Role,
    pub(crate) expires_at: Option<Time>,
}

pub(crate) struct Cluster<Id> {
    pub(crate) id: Id,
    pub(crate) organization: Id,
}

pub(crate) struct Access<Id> {
    pub(crate) cluster: Id,
    pub(crate) account: Id,
    pub(crate) level: ClusterAccess,
    pub(crate) expires_at: Option<Time>,
}

pub(crate) struct Project<Id> {
    pub(crate) id: Id,
    pub(crate) organization: Id,
    pub(crate) visibility: Visibility,
}

pub(crate) struct ProjectMember<Id> {
    pub(crate) project: Id,
    pub(crate) account: Id,
    pub(crate) role: ProjectRole,
    pub(crate) expires_at: Option<Time>,
}

pub(crate) struct Environment<Id> {
    pub(crate) id: Id,
    pub(crate) project: Id,
    pub(crate) cluster: Id,
    pub(crate) protection: Protection,
}

impl World<u64> {
    /// So many accounts with about 1.5 memberships each, in organizations of about 50 to 200 members, each of which has
    /// a few clusters and projects; a fifth of the memberships have an override. Ids are random.
    pub(crate) fn generate(accounts: usize, seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let mut world = Self::with_organizations((accounts * 3 / 2 / 125).max(3), &mut rng);
        let clusters = world.fill_with_clusters(&mut rng);
        world.fill_with_accounts(accounts, &clusters, &mut rng);
        world
    }

    fn with_organizations(count: usize, rng: &mut Rng) -> Self {
        Self {
            organizations: ids(count, rng),
            services: Vec::new(),
            members: Vec::new(),
            clusters: Vec::new(),
            access: Vec::new(),
            projects: Vec::new(),
            project_members: Vec::new(),
            environments: Vec::new(),
        }
    }

    /// Gives each organization clusters and projects with environments. Returns the clusters by organization.
    fn fill_with_clusters(&mut self, rng: &mut Rng) -> Vec<Vec<u64>> {
        let mut by_organization = Vec::new();
        for organization in &self.organizations {
            let clusters = ids(rng.usize(2..=8), rng);
            self.clusters.extend(clusters.iter().map(|id| Cluster { id: *id, organization: *organization }));
            for project in ids(rng.usize(3..=10), rng) {
                let visibility = Visibility::Organization;
                self.projects.push(Project { id: project, organization: *organization, visibility });
                for id in ids(rng.usize(2..=4), rng) {
                    let cluster = clusters[rng.usize(..clusters.len())];
                    self.environments.push(Environment { id, project, cluster, protection: protection(rng) });
                }
            }
            by_organization.push(clusters);
        }
        by_organization
    }

    fn fill_with_accounts(&mut self, accounts: usize, clusters: &[Vec<u64>], rng: &mut Rng) {
        let seats = seats(self.organizations.len(), rng);
        for account in ids(accounts, rng) {
            if rng.u8(..20) == 0 {
                self.services.push(account);
            }
            let (mut joined, count) = (BTreeSet::new(), memberships(rng));
            while joined.len() < count {
                joined.insert(seats[rng.usize(..seats.len())]);
            }
            for organization in joined {
                let id = self.organizations[organization];
                self.members.push(Member { organization: id, account, role: role(rng), expires_at: expiry(rng) });
                if rng.u8(..5) == 0 {
                    let on = &clusters[organization];
                    let (cluster, level) =
                        (on[rng.usize(..on.len())], ClusterAccess::ALL[rng.usize(..ClusterAccess::ALL.len())]);
                    self.access.push(Access { cluster, account, level, expires_at: expiry(rng) });
                }
            }
        }
    }
}

impl<Id> World<Id> {
    /// The same rows, whose ids are named otherwise.
    pub(crate) fn named<Name>(&self, name: impl Fn(&Id) -> Name) -> World<Name> {
        let member = |row: &Member<Id>| Member {
            organization: name(&row.organization),
            account: name(&row.account),
            role: row.role,
            expires_at: row.expires_at,
        };
        let access = |row: &Access<Id>| Access {
            cluster: name(&row.cluster),
            account: name(&row.account),
            level: row.level,
            expires_at: row.expires_at,
        };
        let environment = |row: &Environment<Id>| Environment {
            id: name(&row.id),
            project: name(&row.project),
            cluster: name(&row.cluster),
            protection: row.protection,
        };
        let cluster = |row: &Cluster<Id>| Cluster { id: name(&row.id), organization: name(&row.organization) };
        let project = |row: &Project<Id>| Project {
            id: name(&row.id),
            organization: name(&row.organization),
            visibility: row.visibility,
        };
        let project_member = |row: &ProjectMember<Id>| ProjectMember {
            project: name(&row.project),
            account: name(&row.account),
            role: row.role,
            expires_at: row.expires_at,
        };
        World {
            organizations: self.organizations.iter().map(&name).collect(),
            services: self.services.iter().map(&name).collect(),
            members: self.members.iter().map(member).collect(),
            clusters: self.clusters.iter().map(cluster).collect(),
            access: self.access.iter().map(access).collect(),
            projects: self.projects.iter().map(project).collect(),
            project_members: self.project_members.iter().map(project_member).collect(),
            environments: self.environments.iter().map(environment).collect(),
        }
    }
}

impl<Id> World<Id> {
    /// How many rows it has.
    pub(crate) fn rows(&self) -> usize {
        self.organizations.len()
            + self.services.len()
            + self.members.len()
            + self.clusters.len()
            + self.access.len()
            + self.projects.len()
            + self.project_members.len()
            + self.environments.len()
    }

    /// How large it is, in words.
    pub(crate) fn size(&self) -> String {
        format!(
            "{} memberships, {} overrides, {} clusters, {} environments",
            self.members.len(),
            self.access.len(),
            self.clusters.len(),
            self.environments.len()
        )
    }
}

impl<Id: Hash + Ord + Clone + Display> World<Id> {
    /// Loads the rows into a directory.
    pub(crate) fn load(&self) -> Result<Directory<Id>, RowError> {
        let mut rows = Directory::builder();
        for id in &self.organizations {
            rows.organization(id.clone())?;
        }
        for id in &self.services {
            rows.account(id.clone(), AccountKind::Service)?;
        }
        for member in &self.members {
            rows.member(&member.organization, member.account.clone(), member.role, member.expires_at)?;
        }
        for cluster in &self.clusters {
            rows.cluster(cluster.id.clone(), &cluster.organization)?;
        }
        for access in &self.access {
            rows.cluster_access(&access.cluster, &access.account, Grant::expiring(access.level, access.expires_at))?;
        }
        for project in &self.projects {
            rows.project(project.id.clone(), &project.organization, project.visibility)?;
        }
        for member in &self.project_members {
            rows.project_role(&member.project, &member.account, Grant::expiring(member.role, member.expires_at))?;
        }
        for environment in &self.environments {
            let Environment { id, project, cluster, protection } = environment;
            rows.environment(id.clone(), project, cluster, None, *protection)?;
        }
        Ok(rows.build())
    }
}

/// An id as text, as long as that of a UUID.
pub(crate) fn name(id: u64) -> String {
    let (time, rest) = (id >> 32, id & 0xffff_ffff);
    let node = id.rotate_left(23) >> 16;
    format!("{time:08x}-{:04x}-4{:03x}-a{:03x}-{node:012x}", rest >> 16, rest & 0xfff, rest >> 20)
}

fn ids(count: usize, rng: &mut Rng) -> Vec<u64> {
    std::iter::repeat_with(|| rng.u64(..)).take(count).collect()
}

/// The organizations, each as often as it has room: from 1 to 4 times as many members as the smallest.
fn seats(organizations: usize, rng: &mut Rng) -> Vec<usize> {
    (0..organizations).flat_map(|place| std::iter::repeat_n(place, rng.usize(50..=200))).collect()
}

/// How many organizations an account is a member of: about 1.5.
fn memberships(rng: &mut Rng) -> usize {
    match rng.u8(..100) {
        0..62 => 1,
        62..90 => 2,
        _ => 3,
    }
}

fn role(rng: &mut Rng) -> Role {
    match rng.u8(..100) {
        0..3 => Role::Owner,
        3..13 => Role::Admin,
        13..68 => Role::Developer,
        68..75 => Role::Billing,
        _ => Role::Viewer,
    }
}

fn protection(rng: &mut Rng) -> Protection {
    match rng.u8(..100) {
        0..50 => Protection::NONE,
        50..65 => Protection::RESTRICTED,
        65..75 => Protection::restricted(ApprovalRule::new(ApprovalFrom::Admin)),
        75..85 => Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner)),
        _ => Protection::LOCKED,
    }
}

/// A few memberships and overrides end some day, and fewer have ended.
fn expiry(rng: &mut Rng) -> Option<Time> {
    match rng.u8(..100) {
        0 => Some(BEFORE),
        1..5 => Some(AFTER),
        _ => None,
    }
}

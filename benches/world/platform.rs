//! A platform of a million memberships, most of them in organizations of a hundred people, and one large customer.

use std::collections::{BTreeSet, HashMap, HashSet};

use fastrand::Rng;
use shipgate::{ClusterAccess, ProjectRole, Role, Visibility};

use super::{
    Access, Cluster, Environment, Member, Project, ProjectMember, World, expiry, ids, memberships, protection, role,
};

/// How large a platform is, about; its first organization has exactly what is said of it.
pub(crate) struct Platform {
    pub(crate) memberships: usize,
    pub(crate) large: Large,
}

/// The large organization.
pub(crate) struct Large {
    pub(crate) members: usize,
    pub(crate) clusters: usize,
    pub(crate) environments: usize,
}

/// A million memberships, a million overrides, a hundred thousand environments.
pub(crate) const PLATFORM: Platform =
    Platform { memberships: 1_000_000, large: Large { members: 10_000, clusters: 1_000, environments: 5_000 } };

/// As much as shows that a bench works.
pub(crate) const SMALL_PLATFORM: Platform =
    Platform { memberships: 10_000, large: Large { members: 500, clusters: 50, environments: 250 } };

/// What an organization has.
struct Rooms {
    clusters: Vec<u64>,
    projects: Vec<u64>,
}

impl World<u64> {
    /// A platform. The large organization's projects have ten environments each, but for one that has a fifth of all; its
    /// members have ten overrides each. The others have about 125 members with an override each, 5 clusters and 12
    /// environments. A fifth of the projects are hidden, a tenth of the members have a role in one. Every organization has
    /// a permanent Owner.
    pub(crate) fn platform(platform: &Platform, seed: u64) -> Self {
        let Platform { memberships, large } = platform;
        let mut rng = Rng::with_seed(seed);
        let mut world = Self::with_organizations(1 + (memberships - large.members) / 125, &mut rng);
        let mut rooms = vec![world.furnish_large(large, &mut rng)];
        for place in 1..world.organizations.len() {
            rooms.push(world.furnish(place, &mut rng));
        }
        world.fill_with_members(*memberships, large.members, &mut rng);
        world.appoint_founders();
        world.grant(&rooms, &mut rng);
        world
    }

    /// The first member of an organization who is a user: its permanent Owner, of a platform.
    pub(crate) fn founders(&self) -> HashMap<u64, u64> {
        let services: HashSet<_> = self.services.iter().collect();
        let mut founders = HashMap::new();
        for member in self.members.iter().filter(|member| !services.contains(&member.account)) {
            founders.entry(member.organization).or_insert(member.account);
        }
        founders
    }

    fn furnish_large(&mut self, large: &Large, rng: &mut Rng) -> Rooms {
        let clusters = self.connect(0, large.clusters, rng);
        let in_the_largest = large.environments / 5;
        let mut projects = vec![self.found(0, in_the_largest, &clusters, rng)];
        for _ in 0..(large.environments - in_the_largest) / 10 {
            projects.push(self.found(0, 10, &clusters, rng));
        }
        Rooms { clusters, projects }
    }

    fn furnish(&mut self, organization: usize, rng: &mut Rng) -> Rooms {
        let clusters = self.connect(organization, rng.usize(2..=8), rng);
        let mut projects = Vec::new();
        for _ in 0..rng.usize(2..=6) {
            projects.push(self.found(organization, rng.usize(1..=5), &clusters, rng));
        }
        Rooms { clusters, projects }
    }

    fn connect(&mut self, organization: usize, count: usize, rng: &mut Rng) -> Vec<u64> {
        let (organization, clusters) = (self.organizations[organization], ids(count, rng));
        self.clusters.extend(clusters.iter().map(|id| Cluster { id: *id, organization }));
        clusters
    }

    /// Founds a project with so many environments.
    fn found(&mut self, organization: usize, environments: usize, clusters: &[u64], rng: &mut Rng) -> u64 {
        let (id, organization) = (rng.u64(..), self.organizations[organization]);
        let visibility = if rng.u8(..5) == 0 { Visibility::Members } else { Visibility::Organization };
        self.projects.push(Project { id, organization, visibility });
        for environment in ids(environments, rng) {
            let cluster = clusters[rng.usize(..clusters.len())];
            self.environments.push(Environment { id: environment, project: id, cluster, protection: protection(rng) });
        }
        id
    }

    /// Fills the organizations in the order of accounts; the first accounts are members of the large one, too.
    fn fill_with_members(&mut self, count: usize, in_the_large: usize, rng: &mut Rng) {
        let mut accounts = 0;
        while self.members.len() < count {
            let account = rng.u64(..);
            if rng.u8(..20) == 0 {
                self.services.push(account);
            }
            let mut joined: BTreeSet<_> = (accounts < in_the_large).then_some(0).into_iter().collect();
            let memberships = memberships(rng);
            while joined.len() < memberships {
                joined.insert(rng.usize(1..self.organizations.len()));
            }
            for place in joined {
                let organization = self.organizations[place];
                self.members.push(Member { organization, account, role: role(rng), expires_at: expiry(rng) });
            }
            accounts += 1;
        }
    }

    fn appoint_founders(&mut self) {
        let founders = self.founders();
        for member in self.members.iter_mut().filter(|member| founders[&member.organization] == member.account) {
            (member.role, member.expires_at) = (Role::Owner, None);
        }
    }

    fn grant(&mut self, rooms: &[Rooms], rng: &mut Rng) {
        let places: HashMap<_, _> = self.organizations.iter().copied().zip(0..).collect();
        for member in &self.members {
            let (place, account): (usize, _) = (places[&member.organization], member.account);
            let overrides = if place == 0 { 10 } else { overrides(rng) };
            for cluster in rng.choose_multiple(&rooms[place].clusters, overrides) {
                let level = ClusterAccess::ALL[rng.usize(..ClusterAccess::ALL.len())];
                self.access.push(Access { cluster: *cluster, account, level, expires_at: expiry(rng) });
            }
            if rng.u8(..10) == 0 {
                let project = rooms[place].projects[rng.usize(..rooms[place].projects.len())];
                let role = ProjectRole::ALL[rng.usize(..ProjectRole::ALL.len())];
                self.project_members.push(ProjectMember { project, account, role, expires_at: expiry(rng) });
            }
        }
    }
}

/// How many overrides a membership has: about 0.9.
fn overrides(rng: &mut Rng) -> usize {
    match rng.u8(..10) {
        0..4 => 0,
        4..7 => 1,
        _ => 2,
    }
}

//! Worlds and questions, drawn by a seed.

use fastrand::Rng;
use shipgate::{AccountKind, Action, ClusterAccess, ProjectRole, Protection, Role, Visibility};

use crate::question::{
    CLUSTER_ACTIONS, On, PROJECT_ACTIONS, Question, environment_actions, organization_actions, protections,
};
use crate::world::{Access, Cluster, Environment, Id, Member, Millis, Project, ProjectMember, World};

/// The time at which most questions are asked.
pub const NOW: Millis = 1_795_219_200_000;

/// A small world in which everything is likely: two organizations that share accounts.
#[must_use]
pub fn dense(seed: u64) -> World {
    let mut draw = Draw(Rng::with_seed(seed));
    let mut world = World { organizations: 2, ..World::default() };
    world.accounts =
        (0..14).map(|_| if draw.0.u8(..4) == 0 { AccountKind::Service } else { AccountKind::User }).collect();
    for organization in 0..world.organizations {
        let first_cluster = length(&world.clusters);
        world.clusters.extend([Cluster { organization }; 3]);
        let first_project = length(&world.projects);
        for _ in 0..4 {
            world.projects.push(Project { organization, visibility: draw.one_of(&Visibility::ALL) });
        }
        // The first project stays without environments.
        for _ in 0..9 {
            world.environments.push(Environment {
                project: first_project + draw.0.u32(1..4),
                cluster: first_cluster + draw.0.u32(..3),
                protection: draw.one_of(&protections()),
            });
        }
        for account in 0..length(&world.accounts) {
            if draw.0.u8(..5) == 0 {
                continue;
            }
            world.members.push(Member {
                organization,
                account,
                role: draw.one_of(&Role::ALL),
                expires_at: draw.expiry(),
            });
            for cluster in first_cluster..first_cluster + 3 {
                if draw.0.bool() {
                    let level = draw.one_of(&ClusterAccess::ALL);
                    world.access.push(Access { cluster, account, level, expires_at: draw.expiry() });
                }
            }
            for project in first_project..first_project + 4 {
                if draw.0.bool() {
                    let role = draw.one_of(&ProjectRole::ALL);
                    world.project_members.push(ProjectMember { project, account, role, expires_at: draw.expiry() });
                }
            }
        }
    }
    world
}

/// Every action on every resource, each by some accounts: at the time, just after it, and without one.
#[must_use]
pub fn every_action(world: &World, seed: u64) -> Vec<Question> {
    let mut draw = Draw(Rng::with_seed(seed));
    let mut questions = Vec::new();
    let mut ask = |actions: &[Action], on: On| {
        for action in actions {
            // There are many protections to set.
            let times = if matches!(action, Action::SetProtection { .. }) { 1 } else { 6 };
            for _ in 0..times {
                let account = draw.0.u32(..length(&world.accounts));
                let now = draw.one_of(&[Some(NOW), Some(NOW), Some(NOW + 1), None]);
                questions.push(Question { account, now, action: *action, on });
            }
        }
    };
    (0..world.organizations).for_each(|id| ask(&organization_actions(), On::Organization(id)));
    (0..length(&world.projects)).for_each(|id| ask(&PROJECT_ACTIONS, On::Project(id)));
    (0..length(&world.environments)).for_each(|id| ask(&environment_actions(), On::Environment(id)));
    (0..length(&world.clusters)).for_each(|id| ask(&CLUSTER_ACTIONS, On::Cluster(id)));
    questions
}

/// How large a platform is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub users: Id,
    pub organizations: Id,
    /// Of each organization.
    pub projects: Id,
    /// Of each project.
    pub environments: Id,
}

impl Size {
    /// Organizations of 25 members, with 8 projects of 3 environments.
    #[must_use]
    pub const fn of_users(users: Id) -> Self {
        Self { users, organizations: users.div_ceil(25), projects: 8, environments: 3 }
    }
}

/// Clusters of each organization of a platform.
const CLUSTERS: Id = 4;

/// A platform as one might run: mostly Developers, every third with an override, every third with a project role, a few
/// grants that expire, production protected.
///
/// Accounts and resources of an organization have neighbouring ids, and one account in ten is in a second one.
#[must_use]
pub fn platform(size: Size, seed: u64) -> World {
    let mut draw = Draw(Rng::with_seed(seed));
    let mut world = World { organizations: size.organizations, ..World::default() };
    world.accounts = (0..size.users).map(|_| draw.kind()).collect();
    for organization in 0..size.organizations {
        world.clusters.extend([Cluster { organization }; CLUSTERS as usize]);
        for _ in 0..size.projects {
            let project = length(&world.projects);
            let visibility = if draw.0.u8(..10) == 0 { Visibility::Members } else { Visibility::Organization };
            world.projects.push(Project { organization, visibility });
            for stage in 0..size.environments {
                let cluster = organization * CLUSTERS + draw.0.u32(..CLUSTERS);
                let protection = if stage % 3 == 2 { draw.production() } else { Protection::NONE };
                world.environments.push(Environment { project, cluster, protection });
            }
        }
    }
    for account in 0..size.users {
        let home = account % size.organizations;
        draw.join(&mut world, size, account, home);
        let second = draw.0.u32(..size.organizations);
        if draw.0.u8(..10) == 0 && second != home {
            draw.join(&mut world, size, account, second);
        }
    }
    world
}

/// Questions of one kind: members about what their organization has; one in twenty about another's.
#[must_use]
pub fn questions(world: &World, kind: Kind, count: usize, seed: u64) -> Vec<Question> {
    let mut draw = Draw(Rng::with_seed(seed));
    let by_organization = Resources::of(world);
    let organization_actions = organization_actions();
    let environment_actions = environment_actions();
    let one = || {
        let member = draw.one_of(&world.members);
        let organization = if draw.0.u8(..20) == 0 { draw.0.u32(..world.organizations) } else { member.organization };
        let has = &by_organization.0[organization as usize];
        let (action, on) = match (kind, draw.0.u8(..4)) {
            (Kind::Deploy, _) => (Action::Deploy, On::Environment(draw.one_of(&has.environments))),
            (Kind::Organizations, _) | (Kind::Everything, 0) => {
                (draw.one_of(&organization_actions), On::Organization(organization))
            }
            (Kind::Everything, 1) => (draw.one_of(&PROJECT_ACTIONS), On::Project(draw.one_of(&has.projects))),
            (Kind::Everything, 2) => (draw.one_of(&CLUSTER_ACTIONS), On::Cluster(draw.one_of(&has.clusters))),
            (Kind::Everything, _) => {
                (draw.one_of(&environment_actions), On::Environment(draw.one_of(&has.environments)))
            }
        };
        Question { account: member.account, now: Some(NOW), action, on }
    };
    std::iter::repeat_with(one).take(count).collect()
}

/// What questions are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Deploying into an environment.
    Deploy,
    /// The actions on organizations.
    Organizations,
    /// Every action, on organizations, projects, environments and clusters in equal parts.
    Everything,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Deploy, Self::Everything, Self::Organizations];
}

struct Resources(Vec<Owned>);

#[derive(Clone, Default)]
struct Owned {
    projects: Vec<Id>,
    clusters: Vec<Id>,
    environments: Vec<Id>,
}

impl Resources {
    fn of(world: &World) -> Self {
        let mut owned = vec![Owned::default(); world.organizations as usize];
        for (id, project) in crate::world::numbered(&world.projects) {
            owned[project.organization as usize].projects.push(id);
        }
        for (id, cluster) in crate::world::numbered(&world.clusters) {
            owned[cluster.organization as usize].clusters.push(id);
        }
        for (id, _) in crate::world::numbered(&world.environments) {
            owned[world.organization_of(On::Environment(id)) as usize].environments.push(id);
        }
        Self(owned)
    }
}

fn length<T>(rows: &[T]) -> Id {
    Id::try_from(rows.len()).expect("ids are small")
}

/// What chance brings.
struct Draw(Rng);

impl Draw {
    fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.0.usize(..values.len())]
    }

    /// None, or about now: over, ending now, a little later, much later.
    fn expiry(&mut self) -> Option<Millis> {
        self.one_of(&[None, None, None, Some(NOW - 1), Some(NOW), Some(NOW + 1), Some(NOW + 1000)])
    }

    fn kind(&mut self) -> AccountKind {
        if self.0.u8(..10) == 0 { AccountKind::Service } else { AccountKind::User }
    }

    fn role(&mut self) -> Role {
        match self.0.u8(..100) {
            0..4 => Role::Owner,
            4..14 => Role::Admin,
            14..74 => Role::Developer,
            74..80 => Role::Billing,
            _ => Role::Viewer,
        }
    }

    fn production(&mut self) -> Protection {
        self.one_of(&protections())
    }

    /// Ends in a year, for one grant in ten.
    fn late_expiry(&mut self) -> Option<Millis> {
        (self.0.u8(..10) == 0).then_some(NOW + 31_536_000_000)
    }

    fn join(&mut self, world: &mut World, size: Size, account: Id, organization: Id) {
        let role = self.role();
        world.members.push(Member { organization, account, role, expires_at: self.late_expiry() });
        for cluster in organization * CLUSTERS..(organization + 1) * CLUSTERS {
            if self.0.u8(..12) == 0 {
                let level = self.one_of(&ClusterAccess::ALL);
                world.access.push(Access { cluster, account, level, expires_at: self.late_expiry() });
            }
        }
        if self.0.u8(..3) == 0 {
            let project = organization * size.projects + self.0.u32(..size.projects);
            let role = self.one_of(&ProjectRole::ALL);
            world.project_members.push(ProjectMember { project, account, role, expires_at: self.late_expiry() });
        }
    }
}

//! What a member holds, read once more from the text of the policy: the role, the role that counts in a project, and the
//! levels on a cluster, at a time.

use std::hash::Hash;

use shipgate::model::{Permission, Permissions};
use shipgate::{AccountKind, ClusterAccess, Directory, Grant, ProjectRole, Role, Time, Visibility};

/// What a role is: a rank and permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Powers {
    pub(crate) rank: Role,
    pub(crate) permissions: Permissions,
}

impl Powers {
    pub(crate) fn built_in(rank: Role) -> Self {
        Self { rank, permissions: rank.permissions() }
    }

    /// What a role is to an account of this kind: a service account never acts as Owner.
    pub(crate) fn acting(self, kind: AccountKind) -> Self {
        match (kind, self.rank) {
            (AccountKind::Service, Role::Owner) => Self::built_in(Role::Admin),
            (AccountKind::Service | AccountKind::User, _) => self,
        }
    }

    pub(crate) fn includes(self, other: Self) -> bool {
        self.rank.includes(other.rank) && self.permissions.includes(other.permissions)
    }
}

/// What was granted of one thing: a member's own grant, and those of its teams.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Granted<T, const TEAMS: usize> {
    pub(crate) own: Option<Grant<T>>,
    pub(crate) teams: [Option<Grant<T>>; TEAMS],
}

impl<T: Copy + Ord, const TEAMS: usize> Granted<T, TEAMS> {
    /// The member's own where it is live, else the highest live one of the teams.
    fn counts(&self, at: Time) -> Option<T> {
        let live =
            |grant: &Option<Grant<T>>| grant.filter(|grant| is_live(grant.expires_at(), at)).map(|grant| grant.value());
        live(&self.own).or_else(|| self.teams.iter().filter_map(live).max())
    }
}

pub(crate) fn is_live(end: Option<Time>, at: Time) -> bool {
    end.is_none_or(|end| at < end)
}

/// A member before one project and one cluster.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<const TEAMS: usize> {
    pub(crate) role: Powers,
    pub(crate) until: Option<Time>,
    pub(crate) project: Visibility,
    pub(crate) in_project: Granted<ProjectRole, TEAMS>,
    pub(crate) cluster: Visibility,
    pub(crate) on_cluster: Granted<ClusterAccess, TEAMS>,
}

/// What a member holds at a time, of one project and one cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// The role in the organization; none of one who is no member.
    pub(crate) role: Option<Powers>,
    /// The role that counts in the project.
    pub(crate) standing: Option<Powers>,
    /// The level on the cluster, by the role in the organization.
    pub(crate) level: ClusterAccess,
    /// The level on the cluster, by the role that counts in the project.
    pub(crate) level_in_project: ClusterAccess,
}

impl Held {
    pub(crate) const NOTHING: Self =
        Self { role: None, standing: None, level: ClusterAccess::None, level_in_project: ClusterAccess::None };
}

impl<const TEAMS: usize> Member<TEAMS> {
    /// A member of a directory, live or not.
    pub(crate) fn read<Id: Hash + Ord + Copy>(
        world: &Directory<Id>,
        account: Id,
        organization: Id,
        project: Id,
        cluster: Id,
    ) -> Option<Self> {
        let account = world.account(&account)?;
        let membership = account.membership(&organization)?;
        let role = Powers { rank: membership.rank(), permissions: membership.permissions() };
        assert!(membership.teams().len() <= TEAMS, "a member of more teams than there is room for");
        let mut levels = [None; TEAMS];
        let mut roles = [None; TEAMS];
        for (place, team) in membership.teams().enumerate() {
            let team = world.team(team)?;
            levels[place] = team.cluster_accesses().find(|(on, ..)| **on == cluster).map(|(_, _, grant)| grant);
            roles[place] = team.project_roles().find(|(on, ..)| **on == project).map(|(_, _, grant)| grant);
        }
        Some(Self {
            role: role.acting(account.kind()),
            until: membership.expires_at(),
            project: world.project(&project)?.visibility(),
            in_project: Granted { own: membership.project_role(&project), teams: roles },
            cluster: world.cluster(&cluster)?.visibility(),
            on_cluster: Granted { own: membership.cluster_access(&cluster), teams: levels },
        })
    }

    pub(crate) fn held(&self, at: Time) -> Held {
        if !is_live(self.until, at) {
            return Held::NOTHING;
        }
        let given = self.on_cluster.counts(at);
        let standing = self.standing(at);
        Held {
            role: Some(self.role),
            standing,
            level: level(self.role, self.cluster, given),
            level_in_project: standing.map_or(ClusterAccess::None, |standing| {
                let most = ceiling(self.role.rank).max(default(standing, Visibility::Organization));
                level(standing, self.cluster, given.map(|given| given.min(most)))
            }),
        }
    }

    fn standing(&self, at: Time) -> Option<Powers> {
        match self.role.rank {
            Role::Owner | Role::Admin | Role::Billing => Some(self.role),
            Role::Developer | Role::Viewer => match (self.in_project.counts(at), self.project) {
                (Some(role), _) => Some(Powers::built_in(role.role())),
                (None, Visibility::Organization) => Some(self.role),
                (None, Visibility::Members) => None,
            },
        }
    }
}

fn level(role: Powers, visibility: Visibility, given: Option<ClusterAccess>) -> ClusterAccess {
    match role.rank {
        Role::Owner => ClusterAccess::Manage,
        rank => given.unwrap_or_else(|| default(role, visibility)).min(ceiling(rank)),
    }
}

fn default(role: Powers, visibility: Visibility) -> ClusterAccess {
    match (role.rank, visibility) {
        (Role::Owner, _) => ClusterAccess::Manage,
        (Role::Admin, _) if role.permissions.contains(Permission::ManageClusters) => ClusterAccess::Manage,
        (Role::Admin, _) | (Role::Developer, Visibility::Organization) => ClusterAccess::Deploy,
        (Role::Viewer, Visibility::Organization) => ClusterAccess::View,
        (Role::Developer | Role::Viewer, Visibility::Members) | (Role::Billing, _) => ClusterAccess::None,
    }
}

const fn ceiling(rank: Role) -> ClusterAccess {
    match rank {
        Role::Owner | Role::Admin | Role::Developer => ClusterAccess::Manage,
        Role::Viewer => ClusterAccess::View,
        Role::Billing => ClusterAccess::None,
    }
}

/// What is held of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Role,
    Standing,
    Level,
    LevelInProject,
}

/// Whether what was held before covers what is held after.
type Covers = fn(&Held, &Held) -> bool;

/// What is held after a time that nobody held up to then. `before` is what each held at each time up to then.
pub(crate) fn gain<'a>(before: &(impl Iterator<Item = &'a Held> + Clone), after: &Held) -> Option<Kind> {
    let held = |held: Covers| before.clone().any(|before| held(before, after));
    let kinds: [(Kind, Covers); 4] = [
        (Kind::Role, |before, after| covers(before.role, after.role)),
        // There or in the organization.
        (Kind::Standing, |before, after| {
            covers(before.standing, after.standing) || covers(before.role, after.standing)
        }),
        (Kind::Level, |before, after| before.level >= after.level),
        (Kind::LevelInProject, |before, after| {
            before.level_in_project >= after.level_in_project || before.level >= after.level_in_project
        }),
    ];
    kinds.into_iter().find(|(_, is_held)| !held(*is_held)).map(|(kind, _)| kind)
}

/// Whether a role, if there is one, is included in another.
pub(crate) fn covers(before: Option<Powers>, after: Option<Powers>) -> bool {
    after.is_none_or(|after| before.is_some_and(|before| before.includes(after)))
}

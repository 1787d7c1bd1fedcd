//! The effective rank and the level, by organization role, project role, visibilities and override.

use crate::model::access::{ClusterAccess, OnCluster};
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::{Permission, Permissions, ProjectRole, RankedPermissions, Role};
use crate::model::time::GrantState;
use crate::policy::inputs::{Inputs, Tenancy};

/// The rank that counts for a resource, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The rank of the effective role.
    Rank(Role),
    NotAMember,
    /// The project is hidden from the subject.
    Hidden,
}

impl Standing {
    pub(super) const ALL: [Self; 7] = {
        let [a, b, c, d, e] = Role::ALL;
        [Self::Rank(a), Self::Rank(b), Self::Rank(c), Self::Rank(d), Self::Rank(e), Self::NotAMember, Self::Hidden]
    };

    pub(super) const fn index(self) -> usize {
        match self {
            Self::Rank(rank) => rank.index(),
            Self::NotAMember => NOT_A_MEMBER,
            Self::Hidden => HIDDEN,
        }
    }
}

const NOT_A_MEMBER: usize = Role::ALL.len();
const HIDDEN: usize = NOT_A_MEMBER.wrapping_add(1);

/// A rank and a level: three bits and two, which leave the lowest three to the class of a protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position(pub(super) u8);

impl Position {
    pub(super) const NOT_A_MEMBER: Self = Self::new(Standing::NotAMember, ClusterAccess::None);

    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "eight bits fit")]
    pub(super) const fn new(standing: Standing, level: ClusterAccess) -> Self {
        Self((standing.index() << 5 | level.index() << 3) as u8)
    }
}

/// A project as the tables read it: who can see it, and how a role in it counts. Four bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ProjectBits(pub(super) usize);

impl ProjectBits {
    pub(super) const BITS: u32 = 4;

    /// Outside projects the organization role counts, as in one that the organization can see for a member without a role in it.
    pub(super) const NONE: Self = Self::new(Visibility::Organization, GrantState::Nothing);

    #[inline]
    #[expect(clippy::arithmetic_side_effects, reason = "the positions of three roles")]
    pub(super) const fn new(visibility: Visibility, project_role: GrantState<ProjectRole>) -> Self {
        let state = match project_role {
            GrantState::Nothing => 0,
            GrantState::InForce(role) => role.index() + 1,
            GrantState::Lowering(role) => role.index() + 1 + ProjectRole::ALL.len(),
        };
        Self(visibility.index() << 3 | state)
    }

    /// Who can see the project.
    #[cfg(feature = "directory")]
    pub(super) const fn visibility(self) -> Visibility {
        visibility(self.0 >> 3)
    }
}

/// A cluster as the tables read it: who can see it, and how an override on it counts. Five bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClusterBits(pub(super) usize);

impl ClusterBits {
    pub(super) const BITS: u32 = 5;
    #[cfg(feature = "directory")]
    pub(super) const MASK: usize = (1 << Self::BITS) - 1;

    /// Where there is no cluster, no level is asked for.
    pub(super) const NONE: Self = Self(0);

    #[inline]
    #[expect(clippy::arithmetic_side_effects, reason = "the positions of four levels")]
    pub(super) const fn new(on: OnCluster) -> Self {
        let state = match on.granted {
            GrantState::Nothing => 0,
            GrantState::InForce(level) => level.index() + 1,
            GrantState::Lowering(level) => level.index() + 1 + ClusterAccess::ALL.len(),
        };
        Self(on.visibility.index() << 4 | state)
    }

    /// A cluster without overrides.
    #[cfg(feature = "directory")]
    pub(super) const fn without_grants(visibility: Visibility) -> Self {
        Self::new(OnCluster { visibility, granted: GrantState::Nothing })
    }

    /// Who can see the cluster.
    #[cfg(feature = "directory")]
    pub(super) const fn visibility(self) -> Visibility {
        visibility(self.0 >> 4)
    }
}

/// The visibility at a position among all.
#[cfg(feature = "directory")]
const fn visibility(position: usize) -> Visibility {
    let [organization, members] = Visibility::ALL;
    if position & 1 == organization.index() { organization } else { members }
}

/// What a project role does to the permissions of the organization role: it keeps some of them, and gives some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) kept: Permissions,
    pub(super) given: Permissions,
}

/// What members have in projects and on clusters.
#[cfg_attr(test, derive(Clone))]
pub(super) struct Positions {
    /// By project, rank, whether the role has the permission to manage clusters, and cluster.
    pub(super) positions: [Position; 1 << (ProjectBits::BITS + RANK + 1 + ClusterBits::BITS)],
    /// By project and rank.
    pub(super) effects: [Effect; 1 << (ProjectBits::BITS + RANK)],
}

/// The bits of a rank.
const RANK: u32 = 3;

/// How a role in a project can count.
pub(super) const PROJECT_ROLES: [GrantState<ProjectRole>; 7] = {
    use GrantState::{InForce, Lowering, Nothing};
    let [a, b, c] = ProjectRole::ALL;
    [Nothing, InForce(a), InForce(b), InForce(c), Lowering(a), Lowering(b), Lowering(c)]
};

/// How an override on a cluster can count.
pub(super) const OVERRIDES: [GrantState<ClusterAccess>; 9] = {
    use GrantState::{InForce, Lowering, Nothing};
    let [a, b, c, d] = ClusterAccess::ALL;
    [Nothing, InForce(a), InForce(b), InForce(c), InForce(d), Lowering(a), Lowering(b), Lowering(c), Lowering(d)]
};

impl Positions {
    pub(super) const TABLES: Self = {
        let nowhere = Position::new(Standing::Hidden, ClusterAccess::None);
        let nothing = Effect { kept: Permissions::NONE, given: Permissions::NONE };
        let mut tables = Self {
            positions: [nowhere; 1 << (ProjectBits::BITS + RANK + 1 + ClusterBits::BITS)],
            effects: [nothing; 1 << (ProjectBits::BITS + RANK)],
        };
        let mut ranks = Role::ALL.as_slice();
        while let [rank, others @ ..] = ranks {
            tables.set_rank(*rank);
            ranks = others;
        }
        tables
    };

    /// The effective rank and the level of a member.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: part of nearly every decision")]
    pub(super) fn position(
        &self,
        role: RankedPermissions,
        project: Option<ProjectBits>,
        cluster: ClusterBits,
    ) -> Position {
        self.at(position_index(role, project, cluster))
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: part of nearly every decision")]
    pub(super) fn at(&self, index: usize) -> Position {
        let index = index & self.positions.len().wrapping_sub(1);
        self.positions.get(index).copied().unwrap_or(Position::new(Standing::Hidden, ClusterAccess::None))
    }

    /// The permissions of the effective role; none if there is no such role.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: part of nearly every decision")]
    pub(super) fn permissions(&self, role: RankedPermissions, project: Option<ProjectBits>) -> Permissions {
        if project.is_none() {
            return role.permissions;
        }
        let index = effect_index(role.rank, project) & self.effects.len().wrapping_sub(1);
        let effect = self.effects.get(index);
        effect.map_or(Permissions::NONE, |effect| role.permissions.intersection(effect.kept).union(effect.given))
    }

    const fn set_rank(&mut self, rank: Role) {
        let mut visibilities = Visibility::ALL.as_slice();
        while let [visibility, others @ ..] = visibilities {
            let mut project_roles = PROJECT_ROLES.as_slice();
            while let [project_role, others @ ..] = project_roles {
                self.set_project(rank, *visibility, *project_role);
                project_roles = others;
            }
            visibilities = others;
        }
    }

    #[expect(clippy::indexing_slicing, reason = "evaluated at compile time: a bad index fails the build")]
    const fn set_project(&mut self, rank: Role, visibility: Visibility, project_role: GrantState<ProjectRole>) {
        let project = Some((visibility, project_role));
        let none = RankedPermissions { rank, permissions: Permissions::NONE };
        let all = RankedPermissions { rank, permissions: Permissions::ALL };
        let effect = Effect { kept: permissions(all, project), given: permissions(none, project) };
        self.effects[effect_index(rank, Some(ProjectBits::new(visibility, project_role)))] = effect;
        let mut visibilities = Visibility::ALL.as_slice();
        while let [visibility, others @ ..] = visibilities {
            let mut overrides = OVERRIDES.as_slice();
            while let [granted, others @ ..] = overrides {
                let on = OnCluster { visibility: *visibility, granted: *granted };
                self.set(none, project, on);
                self.set(all, project, on);
                overrides = others;
            }
            visibilities = others;
        }
    }

    #[expect(clippy::indexing_slicing, reason = "evaluated at compile time: a bad index fails the build")]
    const fn set(
        &mut self,
        role: RankedPermissions,
        project: Option<(Visibility, GrantState<ProjectRole>)>,
        on: OnCluster,
    ) {
        let place = match project {
            Some((visibility, project_role)) => Some(ProjectBits::new(visibility, project_role)),
            None => None,
        };
        let inputs = inputs(role, project, Some(on));
        self.positions[position_index(role, place, ClusterBits::new(on))] = match inputs.standing(role) {
            None => Position::new(Standing::Hidden, ClusterAccess::None),
            Some(standing) => Position::new(Standing::Rank(standing.rank), inputs.level(role, Some(standing), on)),
        };
    }
}

/// What the gates read of a member with this role.
const fn inputs(
    role: RankedPermissions,
    project: Option<(Visibility, GrantState<ProjectRole>)>,
    on: Option<OnCluster>,
) -> Inputs {
    Inputs {
        requirement: None,
        role: Some(role),
        project,
        clusters: [on, None],
        tenancy: Tenancy::One,
        credential: None,
        protection: Protection::NONE,
        joint: None,
    }
}

/// The permissions that count in a project.
const fn permissions(role: RankedPermissions, project: Option<(Visibility, GrantState<ProjectRole>)>) -> Permissions {
    match inputs(role, project, None).standing(role) {
        Some(standing) => standing.permissions,
        None => Permissions::NONE,
    }
}

/// The place of a rank in a project.
#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: part of nearly every decision")]
pub(super) const fn effect_index(rank: Role, project: Option<ProjectBits>) -> usize {
    let ProjectBits(project) = match project {
        Some(project) => project,
        None => ProjectBits::NONE,
    };
    project << RANK | rank.index()
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "measured: part of nearly every decision")]
#[expect(clippy::as_conversions, reason = "a bit")]
pub(super) const fn position_index(
    role: RankedPermissions,
    project: Option<ProjectBits>,
    ClusterBits(cluster): ClusterBits,
) -> usize {
    let manages_clusters = role.permissions.contains(Permission::ManageClusters) as usize;
    (effect_index(role.rank, project) << 1 | manages_clusters) << ClusterBits::BITS | cluster
}

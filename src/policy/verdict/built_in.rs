//! The tables for members with built-in roles whose grants do not expire: what most members of a directory are.
//!
//! Their permissions follow from their effective rank, so that one table less is read. Both tables are made of the others.

use crate::model::fact::ResourceFact;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::protection::class::Class;
use crate::model::role::{RankedPermissions, Role};
use crate::model::scope::Scope;
use crate::model::time::GrantState;
use crate::policy::decision::Decision;
use crate::policy::requirement::{ROWS, Row};
use crate::policy::verdict::TABLES;
use crate::policy::verdict::code::Code;
use crate::policy::verdict::position::{ClusterBits, Position, Positions, ProjectBits, Standing, position_index};
use crate::policy::verdict::verdicts::{NUMBER, Permitted, Verdicts, index};

/// A built-in role that a member acts with, or none of a subject that is no member. Three bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RoleCode(pub(crate) u32);

impl RoleCode {
    pub(crate) const NONE: Self = Self(0);
    /// What an Owner acts with who is a service account.
    pub(crate) const SERVICE_OWNER: Self = Self(6);
    const BITS: u32 = 3;

    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a position among few")]
    pub(crate) const fn of(role: Role) -> Self {
        Self((role.index() as u32).wrapping_add(1))
    }

    /// The role that the member acts with.
    pub(crate) const fn role(self) -> Option<Role> {
        let [first, second, third, fourth, last] = Role::ALL;
        match self.0 {
            1 => Some(first),
            2 => Some(second),
            3 => Some(third),
            4 => Some(fourth),
            5 => Some(last),
            6 => Some(Role::Admin),
            _ => None,
        }
    }
}

/// What the tables read of a resource itself: who can see its project and its cluster, and the class of its protection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The bits of a project and of a cluster, without grants on them.
    places: u16,
    class: Class,
}

impl Setting {
    pub(crate) fn of<Id: Eq>(resource: &ResourceFact<'_, Id>) -> Self {
        let scope = Scope::of(resource);
        let [cluster, _] = scope.clusters;
        let project = scope
            .project
            .map_or(ProjectBits::NONE, |(_, visibility)| ProjectBits::new(visibility, GrantState::Nothing));
        let cluster = cluster.map_or(ClusterBits::NONE, |(_, visibility)| ClusterBits::without_grants(visibility));
        Self::new(project, cluster, scope.protection.class())
    }

    /// That of an environment in a project that the organization can see, on a cluster with this visibility.
    pub(crate) const fn of_environment(cluster: Visibility, protection: Protection) -> Self {
        Self::new(ProjectBits::NONE, ClusterBits::without_grants(cluster), protection.class())
    }

    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "nine bits")]
    const fn new(ProjectBits(project): ProjectBits, ClusterBits(cluster): ClusterBits, class: Class) -> Self {
        Self { places: (project << ClusterBits::BITS | cluster) as u16, class }
    }

    /// The setting of a resource in a project with this visibility.
    #[inline]
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "nine bits")]
    pub(crate) const fn in_project(self, visibility: Visibility) -> Self {
        let ProjectBits(project) = ProjectBits::new(visibility, GrantState::Nothing);
        Self { places: self.places | (project << ClusterBits::BITS) as u16, ..self }
    }

    /// Who can see the project.
    #[expect(clippy::as_conversions, reason = "sixteen bits fit")]
    pub(crate) const fn project(self) -> Visibility {
        ProjectBits((self.places >> ClusterBits::BITS) as usize).visibility()
    }

    /// Who can see the cluster.
    #[expect(clippy::as_conversions, reason = "sixteen bits fit")]
    pub(crate) const fn cluster(self) -> Visibility {
        ClusterBits(self.places as usize & ClusterBits::MASK).visibility()
    }

    /// The bits of the project and the cluster, with what is granted there.
    #[inline]
    #[expect(clippy::as_conversions, reason = "nine bits")]
    const fn places(self, codes: Codes) -> usize {
        (self.places as u32 | codes.project << ClusterBits::BITS | codes.cluster) as usize
    }

    /// The same, apart.
    #[inline]
    pub(super) const fn granted(self, codes: Codes) -> (ProjectBits, ClusterBits) {
        let places = self.places(codes);
        (ProjectBits(places >> ClusterBits::BITS), ClusterBits(places & ClusterBits::MASK))
    }

    pub(crate) const fn class(self) -> Class {
        self.class
    }
}

/// What a member is granted on a resource, as positions among all from 1 on; 0 for none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Codes {
    /// The role in the project.
    pub(crate) project: u32,
    /// The level on the cluster.
    pub(crate) cluster: u32,
}

impl Codes {
    pub(crate) const NONE: Self = Self { project: 0, cluster: 0 };
}

/// The tables: the position by role, project and cluster; the verdict by row, position and class.
pub(super) struct BuiltIn {
    positions: [Position; 1 << PLACES],
    verdicts: [Code; 1 << (NUMBER + 8)],
}

const PLACES: u32 = RoleCode::BITS + ProjectBits::BITS + ClusterBits::BITS;

impl BuiltIn {
    pub(super) const TABLES: Self = {
        let mut tables =
            Self { positions: [Position::NOT_A_MEMBER; 1 << PLACES], verdicts: [Code::JUDGE; 1 << (NUMBER + 8)] };
        let mut code = 1;
        while let Some(role) = RoleCode(code).role() {
            tables.set_role(RoleCode(code), role);
            code += 1;
        }
        let mut rows = ROWS.as_slice();
        while let [row, others @ ..] = rows {
            tables.set_row(row);
            rows = others;
        }
        tables
    };

    /// The decision on a question; `None` if only the gates can say it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of nearly every decision")]
    #[expect(clippy::as_conversions, reason = "twelve bits")]
    pub(super) fn look_up(
        &self,
        RoleCode(role): RoleCode,
        setting: Setting,
        codes: Codes,
        row: u8,
    ) -> Option<Decision> {
        let place = (role << (ProjectBits::BITS + ClusterBits::BITS)) as usize | setting.places(codes);
        let position = self.positions.get(place & (self.positions.len().wrapping_sub(1))).copied();
        let Position(position) = position.unwrap_or(Position::NOT_A_MEMBER);
        let place = usize::from(row) << 8 | usize::from(position) | setting.class.index();
        match self.verdicts.get(place & (self.verdicts.len().wrapping_sub(1))).copied() {
            Some(Code::JUDGE) | None => None,
            Some(code) => Some(TABLES.decisions.get(code)),
        }
    }

    #[expect(clippy::indexing_slicing, reason = "evaluated at compile time: a bad index fails the build")]
    #[expect(clippy::arithmetic_side_effects, reason = "evaluated at compile time: an overflow fails the build")]
    #[expect(clippy::as_conversions, reason = "a code is small")]
    const fn set_role(&mut self, RoleCode(code): RoleCode, role: Role) {
        let positions = Positions::TABLES;
        let mut places = 0;
        while places < 1 << (ProjectBits::BITS + ClusterBits::BITS) {
            let (project, cluster) = (places >> ClusterBits::BITS, places & ClusterBits::MASK);
            let role = RankedPermissions::built_in(role);
            let index = position_index(role, Some(ProjectBits(project)), ClusterBits(cluster));
            self.positions[(code as usize) << (ProjectBits::BITS + ClusterBits::BITS) | places] =
                positions.positions[index];
            places += 1;
        }
    }

    #[expect(clippy::indexing_slicing, reason = "evaluated at compile time: a bad index fails the build")]
    #[expect(clippy::arithmetic_side_effects, reason = "evaluated at compile time: an overflow fails the build")]
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a position is a byte")]
    const fn set_row(&mut self, (_, _, requirement): &Row) {
        let mut standings = Standing::ALL.as_slice();
        while let [standing, others @ ..] = standings {
            let permitted = match standing {
                Standing::Rank(rank) if rank.permissions().includes(requirement.permissions) => Permitted::Yes,
                Standing::Rank(_) | Standing::NotAMember | Standing::Hidden => Permitted::No,
            };
            let mut rest = 0;
            while rest < 1 << 5 {
                let Position(position) = Position((standing.index() << 5) as u8 | rest);
                let place = (requirement.number as usize) << 8 | position as usize;
                let general = index(requirement, permitted, Position(position), Class::None);
                self.verdicts[place] = Verdicts::TABLE.0[general];
                rest += 1;
            }
            standings = others;
        }
    }
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use crate::model::access::{ClusterAccess, OnCluster};
    use crate::model::action::ActionKind;
    use crate::model::cluster::Cluster;
    use crate::model::environment::Environment;
    use crate::model::organization::Organization;
    use crate::model::project::Project;
    use crate::model::resource::ResourceKind;
    use crate::model::role::ProjectRole;
    use crate::policy::reason::Reason;
    use crate::policy::requirement::Requirement;
    use crate::policy::verdict::Member;

    const ROLES: [RoleCode; 7] =
        [RoleCode(0), RoleCode(1), RoleCode(2), RoleCode(3), RoleCode(4), RoleCode(5), RoleCode::SERVICE_OWNER];

    /// The grants that do not expire, and none, with their codes.
    fn grants<T: Copy, const N: usize>(all: [T; N]) -> impl Iterator<Item = (u32, GrantState<T>)> {
        (0..).zip(core::iter::once(GrantState::Nothing).chain(all.map(GrantState::InForce)))
    }

    /// How many answers differ from those of the other tables.
    fn differences(tables: &BuiltIn) -> usize {
        let mut differences = 0;
        for (project, class) in Visibility::ALL.into_iter().flat_map(|one| Class::ALL.map(|class| (one, class))) {
            for cluster in Visibility::ALL {
                let project = ProjectBits::new(project, GrantState::Nothing).0 << ClusterBits::BITS;
                let on = OnCluster { visibility: cluster, granted: GrantState::Nothing };
                let places = u16::try_from(project | ClusterBits::new(on).0).unwrap();
                for (_, _, requirement) in &ROWS {
                    differences += differences_in(tables, Setting { places, class }, requirement.number);
                }
            }
        }
        differences
    }

    fn differences_in(tables: &BuiltIn, setting: Setting, row: u8) -> usize {
        let mut differences = 0;
        for (code, project_role) in grants(ProjectRole::ALL) {
            for (level, granted) in grants(ClusterAccess::ALL) {
                let codes = Codes { project: code, cluster: level };
                for role in ROLES {
                    let member = role.role().map(RankedPermissions::built_in);
                    let member = member.map(|role| Member::on(role, setting, project_role, granted));
                    let requirement = Requirement::numbered(row).unwrap();
                    let granted =
                        role.role().map(|role| Member::granted(RankedPermissions::built_in(role), setting, codes));
                    let general = TABLES.look_up(requirement, member, setting.class);
                    assert_eq!(TABLES.look_up(requirement, granted, setting.class), general);
                    differences += usize::from(tables.look_up(role, setting, codes, row) != general);
                }
            }
        }
        differences
    }

    #[test]
    fn they_say_what_the_other_tables_say() {
        assert_eq!(differences(&BuiltIn::TABLES), 0);
    }

    #[test]
    fn a_fault_in_them_is_found() {
        let deny = Code::of(Some(Decision::Deny(Reason::NotAMember)));
        let developer = usize::try_from(RoleCode::of(Role::Developer).0).unwrap();
        let place = developer << (ProjectBits::BITS + ClusterBits::BITS);
        let row = Requirement::number_for(ActionKind::Deploy, ResourceKind::Cluster).unwrap();

        let mut tables = BuiltIn::TABLES;
        let Position(position) = tables.positions.get(place).copied().unwrap();
        let verdict = tables.verdicts.get_mut(usize::from(row) << 8 | usize::from(position)).unwrap();
        assert_eq!(core::mem::replace(verdict, deny), Code::of(Some(Decision::Allow)));
        assert!(differences(&tables) > 0);
        let mut tables = BuiltIn::TABLES;
        *tables.positions.get_mut(place).unwrap() = Position::NOT_A_MEMBER;
        assert!(differences(&tables) > 0);
    }

    #[test]
    fn the_setting_of_an_environment_follows_from_its_cluster_and_its_protection() {
        let shop = Project::new(1, 1);
        for protection in [Protection::NONE, Protection::LOCKED] {
            for visibility in Visibility::ALL {
                let cluster = Cluster::new(1, 1).with_visibility(visibility);
                let environment = Environment::new(1, &shop, &cluster, protection).unwrap();
                let setting = Setting::of(&ResourceFact::Environment((&environment).into()));
                assert_eq!(setting, Setting::of_environment(visibility, protection));
                assert_eq!(setting.cluster(), visibility);
            }
        }
    }

    #[test]
    fn an_organization_has_the_setting_of_nothing() {
        let organization = Organization::new(1, 1);
        let nothing = Setting { places: 0, class: Class::None };
        assert_eq!(Setting::of(&ResourceFact::Organization((&organization).into())), nothing);
        assert_eq!(Setting::default(), nothing);
    }
}

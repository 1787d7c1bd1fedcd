//! Facts with few ids.

use std::collections::{BTreeMap, BTreeSet};

use shipgate::directory::Rows;
use shipgate::model::Permission;
use shipgate::{AccountKind, ClusterAccess, ProjectRole, Role, RoleDefinition, RolePermissions, Visibility};

use super::super::oracle::Id;
use super::super::oracle::facts::{Account, Cluster, CustomRole, Environment, Given, Membership, Project, Team, World};
use super::super::oracle::roles::may_have;
use super::{Draw, Source};

/// The organizations that there are: a question may name one more.
const ORGANIZATIONS: Id = 3;
/// The ids that a fact of any other kind may have.
const IDS: Id = 4;

impl<S: Source> Draw<S> {
    /// The facts of the first few ids; one in eight is not there.
    fn facts<T>(&mut self, mut draw: impl FnMut(&mut Self) -> T) -> BTreeMap<Id, T> {
        let mut facts = BTreeMap::new();
        for id in 0..IDS {
            if self.up_to(7) < 7 {
                facts.insert(id, draw(self));
            }
        }
        facts
    }

    pub(super) fn map<T>(&mut self, most: usize, mut draw: impl FnMut(&mut Self) -> T) -> BTreeMap<Id, T> {
        (0..self.up_to(most)).map(|_| (self.id(), draw(self))).collect()
    }

    /// Rows that load, with few ids.
    pub(crate) fn rows(&mut self) -> Rows<Id> {
        self.world().rows()
    }

    /// Facts with few ids, as a directory can hold them.
    pub(crate) fn world(&mut self) -> World {
        let accounts = self.facts(Self::account);
        let projects = self.facts(|draw| Project { organization: draw.organization(), visibility: draw.visibility() });
        let clusters = self.facts(|draw| Cluster { organization: draw.organization(), visibility: draw.visibility() });
        let environments =
            self.facts(|draw| Environment { project: draw.id(), cluster: draw.id(), protection: draw.protection() });
        let teams = self.facts(|draw| Team {
            organization: draw.organization(),
            overrides: draw.overrides(),
            project_roles: draw.project_roles(),
        });
        let roles = self.facts(|draw| (draw.organization(), draw.definition()));
        let defined = roles.into_iter().filter_map(|(id, (organization, definition))| {
            Some((id, CustomRole { organization, definition: definition? }))
        });
        let (organizations, roles) = ((0..ORGANIZATIONS).collect(), defined.collect());
        World { organizations, roles, accounts, teams, projects, clusters, environments, counted: None }
            .only_consistent()
    }

    pub(crate) fn visibility(&mut self) -> Visibility {
        self.one_of(
            &[Visibility::Organization, Visibility::Organization, Visibility::Members],
            Visibility::Organization,
        )
    }

    fn account(&mut self) -> Account {
        let kind = self.one_of(&[AccountKind::User, AccountKind::User, AccountKind::Service], AccountKind::User);
        let mut memberships = BTreeMap::from([(0, self.membership())]);
        if let Some((organization, membership)) = self.once_in(4, |draw| (draw.organization(), draw.membership())) {
            memberships.insert(organization, membership);
        }
        if self.source.once_in(8) {
            memberships.remove(&0);
        }
        Account { kind, memberships }
    }

    fn membership(&mut self) -> Membership {
        Membership {
            role: Given { what: self.any_role(), until: self.expiry() },
            overrides: self.overrides(),
            project_roles: self.project_roles(),
            teams: self.map(2, |_| ()).into_keys().collect(),
        }
    }

    fn overrides(&mut self) -> BTreeMap<Id, Given<ClusterAccess>> {
        self.map(2, |draw| draw.given(&ClusterAccess::ALL, ClusterAccess::None))
    }

    fn project_roles(&mut self) -> BTreeMap<Id, Given<ProjectRole>> {
        self.map(2, |draw| draw.given(&ProjectRole::ALL, ProjectRole::Viewer))
    }

    pub(super) fn given<T: Copy>(&mut self, values: &[T], default: T) -> Given<T> {
        Given { what: self.one_of(values, default), until: self.expiry() }
    }

    /// The permissions of a built-in role, a few of them turned around, as far as a rank may have them.
    fn permissions_for(&mut self, rank: Role) -> Option<RolePermissions> {
        let like = if self.source.once_in(4) { Role::Admin } else { rank };
        let mut permissions: BTreeSet<usize> = like.permissions().iter().map(Permission::index).collect();
        for _ in 0..self.up_to(3) {
            let turned = self.one_of(&Permission::ALL, Permission::View).index();
            if !permissions.remove(&turned) {
                permissions.insert(turned);
            }
        }
        let may = |permission: &Permission| {
            permissions.contains(&permission.index())
                && may_have(rank, *permission)
                && Role::Admin.permissions().contains(*permission)
        };
        let listed = || Permission::ALL.into_iter().filter(may);
        // Most permissions need `view` beside them.
        RolePermissions::new(listed()).or_else(|_| RolePermissions::new(listed().chain([Permission::View]))).ok()
    }

    /// The rank of a custom role.
    fn rank(&mut self) -> Role {
        self.one_of(&[Role::Admin, Role::Admin, Role::Developer, Role::Viewer], Role::Viewer)
    }

    /// Permissions that a custom role may have, if it is of the right rank.
    pub(crate) fn permissions(&mut self) -> Option<RolePermissions> {
        let rank = self.rank();
        self.permissions_for(rank)
    }

    /// A rank, and permissions that it may have.
    pub(crate) fn definition(&mut self) -> Option<RoleDefinition> {
        let rank = self.rank();
        RoleDefinition::new(rank, self.permissions_for(rank)?).ok()
    }
}

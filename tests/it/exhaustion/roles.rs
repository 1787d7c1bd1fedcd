//! Roles by classes. Of a role, a decision reads the rank, whether it has the permissions that a row asks for, what it has
//! beside another role, and of an Admin's rank whether it has `manage_clusters`. So there are, of each rank that a custom role
//! may have, the one with all permissions of the rank, the one with none, and for each permission that is asked for the one
//! with all others and the one with it alone.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use shipgate::model::Permission;
use shipgate::{AccountKind, AnyRole, Role, RoleDefinition, RolePermissions};

use super::facts::{ACME, EXPIRY, GLOBEX, given};
use crate::oracle::{Account, CustomRole, Given, Id, Membership};

const RANKS: [Role; 3] = [Role::Admin, Role::Developer, Role::Viewer];

/// The id of the first custom role of the classes.
const FIRST: Id = 20;

/// An id of a role of another organization.
pub(super) const FOREIGN_ROLE: Id = 19;

/// Every custom role of the classes.
static CLASSES: LazyLock<Vec<RoleDefinition>> = LazyLock::new(|| {
    let mut every = Vec::new();
    for rank in RANKS {
        every.extend([full(rank), nothing(rank)]);
        for permission in Permission::ALL {
            every.extend(all_but(rank, permission));
            every.extend(only(rank, permission));
        }
    }
    every
});

/// The permissions that a custom role of a rank may have, by trying.
fn may_have(rank: Role) -> Vec<Permission> {
    let may = |permission: &Permission| {
        let alone = RolePermissions::new([Permission::View, *permission]);
        alone.is_ok_and(|permissions| RoleDefinition::new(rank, permissions).is_ok())
    };
    Permission::ALL.into_iter().filter(may).collect()
}

fn with(rank: Role, permissions: impl IntoIterator<Item = Permission>) -> RoleDefinition {
    let permissions = RolePermissions::new(permissions).expect("permissions of a custom role");
    RoleDefinition::new(rank, permissions).expect("permissions of the rank")
}

pub(super) fn full(rank: Role) -> RoleDefinition {
    with(rank, may_have(rank))
}

pub(super) fn nothing(rank: Role) -> RoleDefinition {
    with(rank, [])
}

/// All permissions of the rank but this one, and those that are nothing without it.
pub(super) fn all_but(rank: Role, permission: Permission) -> Option<RoleDefinition> {
    let all = may_have(rank);
    let others = all.iter().copied().filter(|other| *other != permission);
    let permissions = RolePermissions::new(others.clone()).unwrap_or_else(|_| {
        let alone = |other: &Permission| RolePermissions::new([*other]).is_ok();
        RolePermissions::new(others.filter(alone)).expect("each may be alone")
    });
    all.contains(&permission).then(|| RoleDefinition::new(rank, permissions).expect("permissions of the rank"))
}

/// This permission alone, with `view` if it is nothing without.
pub(super) fn only(rank: Role, permission: Permission) -> Option<RoleDefinition> {
    let alone = RolePermissions::new([permission]);
    let permissions = alone.or_else(|_| RolePermissions::new([Permission::View, permission])).ok()?;
    RoleDefinition::new(rank, permissions).ok()
}

/// The id of the role of this definition.
pub(super) fn id_of(definition: RoleDefinition) -> Id {
    let place = CLASSES.iter().position(|class| *class == definition).expect("it is one of the classes");
    FIRST + place as Id
}

/// The custom role of an id.
pub(super) fn custom_role(id: Id) -> CustomRole {
    if id == FOREIGN_ROLE {
        return CustomRole { organization: GLOBEX, definition: full(Role::Viewer) };
    }
    let place = usize::try_from(id - FIRST).expect("ids are small");
    CustomRole { organization: ACME, definition: CLASSES[place] }
}

/// The custom roles that an invitation or a change of role names.
pub(super) fn named() -> Vec<RoleDefinition> {
    let deployer = only(Role::Admin, Permission::Deploy).expect("an Admin may");
    vec![full(Role::Admin), deployer, full(Role::Developer), nothing(Role::Developer), full(Role::Viewer)]
}

/// The classes of custom roles for rows that ask for these permissions.
pub(super) fn custom(asked: &[Permission]) -> Vec<RoleDefinition> {
    let mut classes = Vec::new();
    for rank in RANKS {
        let mut of_rank = vec![full(rank), nothing(rank)];
        for permission in asked {
            of_rank.extend(all_but(rank, *permission));
            of_rank.extend(only(rank, *permission));
        }
        classes.extend(of_rank);
    }
    let mut once: Vec<RoleDefinition> = Vec::new();
    for class in classes {
        if !once.contains(&class) {
            once.push(class);
        }
    }
    once
}

/// A member of acme-corp and nothing else.
pub(super) fn member(kind: AccountKind, role: impl Into<AnyRole<Id>>, until: Option<shipgate::Time>) -> Account {
    let membership = Membership::with_role(Given { what: role.into(), until });
    Account { kind, memberships: BTreeMap::from([(ACME, membership)]) }
}

pub(super) fn user(role: impl Into<AnyRole<Id>>) -> Account {
    member(AccountKind::User, role, None)
}

pub(super) fn of(definition: RoleDefinition) -> AnyRole<Id> {
    AnyRole::Custom(id_of(definition))
}

/// A permanent Owner.
pub(super) fn owner() -> Account {
    user(Role::Owner)
}

/// A Viewer until the expiry.
pub(super) fn expiring_viewer() -> Account {
    member(AccountKind::User, Role::Viewer, Some(EXPIRY))
}

/// Who has nothing here: an account that nobody knows, one without memberships, and an Owner of another organization.
pub(super) fn strangers() -> Vec<Option<Account>> {
    let elsewhere = Membership::with_role(Given { what: Role::Owner.into(), until: None });
    let of_globex = BTreeMap::from([(GLOBEX, elsewhere)]);
    vec![
        None,
        Some(Account { kind: AccountKind::User, memberships: BTreeMap::new() }),
        Some(Account { kind: AccountKind::User, memberships: of_globex }),
    ]
}

/// Strangers; every built-in role, for good and until the expiry, of a user and of a service; and the classes of custom roles,
/// those of all permissions also until the expiry and of a service.
pub(super) fn everyone(asked: &[Permission]) -> Vec<Option<Account>> {
    let mut accounts = strangers();
    for role in given(Role::ALL.map(AnyRole::BuiltIn)) {
        for kind in AccountKind::ALL {
            accounts.push(Some(member(kind, role.what, role.until)));
        }
    }
    accounts.extend(custom(asked).into_iter().map(|class| Some(user(of(class)))));
    for rank in RANKS {
        accounts.push(Some(member(AccountKind::User, of(full(rank)), Some(EXPIRY))));
        accounts.push(Some(member(AccountKind::Service, of(full(rank)), None)));
    }
    accounts
}

/// Every live role by classes: what the gates after `membership` tell apart, and a service that is called an Owner.
pub(super) fn members(asked: &[Permission]) -> Vec<Account> {
    let built_in = Role::ALL.map(user).into_iter();
    let service = member(AccountKind::Service, Role::Owner, None);
    built_in.chain([service]).chain(custom(asked).into_iter().map(|class| user(of(class)))).collect()
}

/// Those who give: an Owner and Admins, for good and until some time, and Admins by rank who lack a permission.
pub(super) fn givers(asked: Permission) -> Vec<Account> {
    let until = |role, until| member(AccountKind::User, role, Some(until));
    let mut givers = vec![
        owner(),
        until(Role::Owner, super::facts::LATER),
        user(Role::Admin),
        until(Role::Admin, EXPIRY),
        until(Role::Admin, super::facts::LATER),
        user(Role::Developer),
    ];
    let lacking = [Permission::ManageClusters, Permission::Deploy, asked].map(|lacked| all_but(Role::Admin, lacked));
    givers.extend(lacking.into_iter().flatten().map(|class| user(of(class))));
    givers.extend(only(Role::Admin, asked).map(|class| user(of(class))));
    givers
}

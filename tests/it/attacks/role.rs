//! By a custom role.

use shipgate::change::{Change, ChangeError};
use shipgate::model::{Permission, RoleError};
use shipgate::{AnyRole, ClusterAccess, Grant, Reason, Role, RoleDefinition, RolePermissions};

use super::change::{change_role, create_role, invite, remove, set_access};
use super::level::carol_is_lowered;
use super::{Id, World, acme, escalation, lacks, outranked};
use crate::world::fresh::fresh;

/// The permissions of a built-in role.
pub(super) fn all_of(role: Role) -> RolePermissions {
    RolePermissions::new(role.permissions().iter()).expect("permissions of a custom role")
}

fn admin_but(permission: Permission) -> RoleDefinition {
    let kept = Role::Admin.permissions().iter().filter(|kept| *kept != permission);
    RoleDefinition::new(Role::Admin, RolePermissions::new(kept).expect("permissions of a custom role"))
        .expect("an Admin's")
}

const LEAD: AnyRole<Id> = AnyRole::Custom("lead");

/// ivan leads: he is an Admin by rank, with all permissions but to approve.
fn ivan_leads() -> World {
    acme().after([create_role("lead", admin_but(Permission::Approve)), invite("ivan", LEAD)])
}

fn without_approve(need: Role) -> Reason {
    Reason::Outranked { have: Role::Admin, need, permission: Some(Permission::Approve) }
}

#[test]
fn nobody_makes_a_role_with_an_owners_permissions() {
    for permission in [Permission::DeleteOrganization, Permission::TransferOwnership] {
        assert_eq!(RolePermissions::new([permission]), Err(RoleError::OwnerOnly { permission }));
    }
    for rank in [Role::Owner, Role::Billing] {
        assert_eq!(RoleDefinition::new(rank, all_of(Role::Viewer)), Err(RoleError::Rank { rank }));
    }
}

#[test]
fn nobody_gives_a_permission_that_their_role_lacks() {
    let mut world = ivan_leads();
    let admin = RoleDefinition::new(Role::Admin, all_of(Role::Admin)).expect("an Admin's");
    world.denies("ivan", create_role("all", admin), without_approve(Role::Admin));
    world.denies("ivan", Change::update_role("lead", all_of(Role::Admin)), without_approve(Role::Admin));
    world.denies("ivan", invite("dave", Role::Admin), without_approve(Role::Admin));
    world.denies("ivan", change_role("bob", Role::Admin), without_approve(Role::Admin));
    world.denies("ivan", change_role("ivan", Role::Admin), without_approve(Role::Admin));
    // Nor touches who has it.
    for change in [remove("carol"), change_role("carol", Role::Viewer)] {
        world.denies("ivan", change, without_approve(Role::Admin));
    }
    world.does("ivan", invite("dave", LEAD));
}

#[test]
fn an_admin_who_was_lowered_widens_no_role_that_is_more_there() {
    let lead = admin_but(Permission::ManageClusters);
    let mut world = carol_is_lowered().after([create_role("lead", lead), invite("ivan", LEAD)]);
    assert_eq!(world.level("ivan", "us-east"), ClusterAccess::Deploy);
    let widen = Change::update_role("lead", all_of(Role::Admin));
    world.denies("carol", widen, escalation(ClusterAccess::View, ClusterAccess::Manage));
}

#[test]
fn a_role_that_somebody_has_is_not_deleted_and_made_anew() {
    let mut world = ivan_leads();
    world.denies("carol", Change::delete_role("lead"), Reason::NotEmpty);
    let taken = world.refuses("carol", create_role("lead", admin_but(Permission::ViewLogs)));
    assert!(matches!(taken, ChangeError::Taken { .. }), "{taken:?}");
    // It is given to nobody by its id once it is gone.
    world.does("olivia", remove("ivan"));
    world.does("olivia", Change::delete_role("lead"));
    world.denies("carol", invite("dave", LEAD), Reason::UnknownResource);
}

#[test]
fn a_role_of_another_organization_is_not_given() {
    let mut world = acme();
    world
        .0
        .create_organization(fresh(), "evil-corp", "mallory", shipgate::AccountKind::User, None)
        .expect("the id is free");
    world.does("mallory", Change::create_role("evil-corp", "theirs", admin_but(Permission::Approve)));
    // It and one that there is not are the same.
    for role in [AnyRole::Custom("theirs"), AnyRole::Custom("no-such-role")] {
        world.denies("carol", invite("dave", role), Reason::UnknownResource);
        world.denies("carol", change_role("bob", role), Reason::UnknownResource);
    }
    world.denies("carol", Change::update_role("theirs", all_of(Role::Viewer)), Reason::NotAMember);
}

#[test]
fn a_rank_is_not_widened_past_what_it_may_hold() {
    let viewer = RoleDefinition::new(Role::Viewer, all_of(Role::Viewer)).expect("a Viewer's");
    let mut world = acme().after([create_role("guest", viewer)]);
    for role in [Role::Developer, Role::Admin] {
        world.denies("olivia", Change::update_role("guest", all_of(role)), Reason::NotAssignable);
    }
}

#[test]
fn a_release_manager_does_not_help_themselves() {
    let permissions = [Permission::View, Permission::ViewLogs, Permission::Deploy, Permission::Approve];
    let permissions = RolePermissions::new(permissions).expect("permissions of a custom role");
    let definition = RoleDefinition::new(Role::Admin, permissions).expect("an Admin's");
    let mut world = acme().after([
        create_role("release-manager", definition),
        invite("rita", AnyRole::Custom("release-manager")),
        set_access("us-east", "rita", Grant::new(ClusterAccess::View)),
    ]);
    let lacking = |permission| lacks(Role::Admin, permission);
    world.denies("rita", change_role("rita", Role::Admin), lacking(Permission::ChangeRoles));
    world.denies("rita", invite("dave", Role::Viewer), lacking(Permission::ManageMembers));
    world.denies("rita", set_access("us-east", "rita", None), lacking(Permission::ManageClusters));
    world.denies("carol", change_role("rita", Role::Owner), outranked(Role::Admin, Role::Owner));
}

//! To what one has, for longer than one has it.

use shipgate::{ClusterAccess, Grant, ProjectRole, Reason, Role, RoleDefinition, SubjectId, Visibility};

use super::change::{
    change_role, create_role, invite, invite_until, join, remove, set_access, set_access_of_ops, set_expiry,
    set_project_role, set_project_role_of_ops, show_cluster, show_project,
};
use super::role::all_of;
use super::{AFTER, LATER, World, acme, now, outranked};

/// carol is an Admin until later, as is erin; oscar an Owner.
fn for_a_time() -> World {
    acme().after([
        invite("oscar", Role::Owner),
        invite_until("erin", Role::Admin, LATER),
        set_expiry("oscar", Some(LATER)),
        set_expiry("carol", Some(LATER)),
    ])
}

#[test]
fn admins_for_a_time_do_not_prolong_each_other() {
    let mut world = for_a_time();
    for (who, other) in [("carol", "erin"), ("erin", "carol")] {
        for to in [None, Some(AFTER)] {
            world.denies(who, set_expiry(other, to), Reason::Outlasts);
        }
    }
    // Nor by another whom they make.
    world.denies("carol", invite("dave", Role::Admin), Reason::Outlasts);
    world.denies("carol", invite_until("dave", Role::Viewer, AFTER), Reason::Outlasts);
    world.does("carol", invite_until("dave", Role::Admin, LATER));
    world.denies("dave", set_expiry("carol", None), Reason::Outlasts);
    world.denies_as(SubjectId::new("carol").at(LATER), invite("carol", Role::Admin), Reason::NotAMember);
}

#[test]
fn an_owner_for_a_time_does_not_make_one_for_good_and_remove_the_first() {
    let mut world = for_a_time();
    let not_for_good = outranked(Role::Owner, Role::Owner);
    world.denies("oscar", invite("mallory", Role::Owner), Reason::Outlasts);
    world.denies("oscar", invite_until("mallory", Role::Owner, LATER), not_for_good);
    world.denies("oscar", change_role("bob", Role::Owner), Reason::Outlasts);
    world.denies("oscar", change_role("erin", Role::Owner), not_for_good);
    for change in [remove("olivia"), change_role("olivia", Role::Viewer), set_expiry("olivia", Some(LATER))] {
        world.denies("oscar", change, not_for_good);
    }
    world.denies("oscar", super::change::transfer("bob"), not_for_good);
}

#[test]
fn an_admin_for_a_time_does_not_widen_a_role_for_good() {
    let auditor = RoleDefinition::new(Role::Viewer, all_of(Role::Viewer)).expect("a Viewer's permissions");
    let mut world = for_a_time().after([create_role("auditor", auditor)]);
    let permissions = shipgate::RolePermissions::new(
        all_of(Role::Viewer).permissions().iter().chain([shipgate::model::Permission::ViewAuditLog]),
    );
    let widen = shipgate::change::Change::update_role("auditor", permissions.expect("an Admin's permissions"));
    world.denies("carol", widen.clone(), Reason::Outlasts);
    world.does("olivia", widen);
    // What is taken away is not given.
    world.does("carol", shipgate::change::Change::update_role("auditor", all_of(Role::Viewer)));
}

#[test]
fn an_admin_for_a_time_gives_nothing_for_good() {
    let mut world = for_a_time();
    for change in [
        set_access("us-east", "bob", Grant::new(ClusterAccess::Manage)),
        set_access_of_ops("us-east", Grant::new(ClusterAccess::Deploy).until(AFTER)),
        set_project_role("vault", "bob", Grant::new(ProjectRole::Viewer)),
        set_project_role_of_ops("vault", Grant::new(ProjectRole::Viewer)),
        show_project("vault", Visibility::Organization),
        change_role("bob", Role::Admin),
        join("bob"),
    ] {
        world.denies("carol", change, Reason::Outlasts);
    }
    world.does("carol", show_cluster("us-west", Visibility::Members));
    world.denies("carol", show_cluster("us-west", Visibility::Organization), Reason::Outlasts);
    world.does("carol", set_access("us-east", "bob", Grant::new(ClusterAccess::Manage).until(LATER)));
}

#[test]
fn a_level_for_a_time_is_not_given_for_longer() {
    // carol has it until later, and only views then.
    let mut world = acme().after([
        set_access_of_ops("us-east", Grant::new(ClusterAccess::View)),
        join("carol"),
        set_access("us-east", "carol", Grant::new(ClusterAccess::Manage).until(LATER)),
    ]);
    for to in [Grant::new(ClusterAccess::Manage), Grant::new(ClusterAccess::Deploy).until(AFTER)] {
        world.denies("carol", set_access("us-east", "bob", to), Reason::Outlasts);
    }
    world.does("carol", set_access("us-east", "bob", Grant::new(ClusterAccess::Manage).until(LATER)));
    // What she keeps she may give for good.
    world.does("carol", set_access("us-east", "bob", Grant::new(ClusterAccess::View)));
    assert_eq!(world.level("bob", "us-east"), ClusterAccess::View);
}

#[test]
fn a_project_role_for_a_time_is_not_given_for_longer() {
    let mut world = acme().after([set_project_role("shop", "alice", Grant::new(ProjectRole::Admin).until(LATER))]);
    for to in [Grant::new(ProjectRole::Admin), Grant::new(ProjectRole::Viewer).until(AFTER)] {
        world.denies("alice", set_project_role("shop", "bob", to), Reason::Outlasts);
        world.denies("alice", set_project_role_of_ops("shop", to), Reason::Outlasts);
    }
    world.does("alice", set_project_role("shop", "bob", Grant::new(ProjectRole::Admin).until(LATER)));
    // Together they have it no longer than each.
    let mine = set_project_role("shop", "alice", Grant::new(ProjectRole::Admin).until(AFTER));
    world.denies("bob", mine, Reason::Outlasts);
    world.denies_as(now("bob").at(LATER), project_admin_again(), super::lacks(Role::Developer, MANAGES));
}

const MANAGES: shipgate::model::Permission = shipgate::model::Permission::ManageProjects;

fn project_admin_again() -> shipgate::change::Change<&'static str> {
    super::project_admin("shop", "alice")
}

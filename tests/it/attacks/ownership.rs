//! To the ownership of an organization, or to an organization that nobody owns.

use shipgate::change::{Change, ChangeError};
use shipgate::model::Permission;
use shipgate::{AccountKind, ClusterAccess, Directory, Grant, Reason, Role};

use super::change::{
    change_role, connect, disconnect, invite, invite_service, remove, retarget, set_access, set_expiry, transfer,
};
use super::{ACME, AFTER, BEFORE, LATER, OUTRANKED, World, acme, lacks, outranked};
use crate::world::fresh::fresh;

/// An Owner for a time is none where it takes an Owner.
const NOT_FOR_GOOD: Reason = outranked(Role::Owner, Role::Owner);

fn two_owners() -> World {
    acme().after([invite("oscar", Role::Owner)])
}

fn an_owner_for_a_time() -> World {
    two_owners().after([set_expiry("oscar", Some(LATER))])
}

#[test]
fn an_admin_does_not_touch_an_owner() {
    let mut world = two_owners();
    for role in Role::ALL {
        world.denies("carol", change_role("olivia", role), OUTRANKED);
    }
    world.denies("carol", remove("olivia"), OUTRANKED);
    world.denies("carol", set_expiry("olivia", Some(BEFORE)), OUTRANKED);
    world.denies("carol", invite("mallory", Role::Owner), OUTRANKED);
    world.denies("carol", change_role("bob", Role::Owner), OUTRANKED);
    let denied = lacks(Role::Admin, Permission::TransferOwnership);
    world.denies("carol", transfer("carol"), denied);
    let shut_out = Grant::new(ClusterAccess::None);
    world.denies("carol", set_access("us-east", "olivia", shut_out), Reason::NotAssignable);
}

#[test]
fn two_owners_do_not_remove_each_other_in_one_batch() {
    let mut world = two_owners();
    world.denies_batch([("olivia", remove("oscar")), ("oscar", remove("olivia"))], 1, Reason::NotAMember);
    world.denies_batch([("olivia", remove("olivia")), ("oscar", remove("oscar"))], 1, Reason::LastOwner);
    world.denies_batch([("olivia", remove("oscar")), ("olivia", remove("olivia"))], 1, Reason::LastOwner);
    let (olivia, oscar) = (change_role("olivia", Role::Admin), change_role("oscar", Role::Admin));
    world.denies_batch([("olivia", oscar.clone()), ("oscar", olivia.clone())], 1, OUTRANKED);
    world.denies_batch([("olivia", olivia), ("oscar", oscar)], 1, Reason::LastOwner);
    let (olivia, oscar) = (set_expiry("olivia", Some(LATER)), set_expiry("oscar", Some(LATER)));
    world.denies_batch([("olivia", oscar), ("oscar", olivia)], 1, NOT_FOR_GOOD);
    // Either step by itself is allowed.
    world.does("olivia", remove("oscar"));
    world.denies("olivia", remove("olivia"), Reason::LastOwner);
}

#[test]
fn a_bot_does_not_become_the_last_owner() {
    let mut world = acme();
    let refused = world.refuses("olivia", invite_service("new-bot", Role::Owner));
    assert_eq!(refused, ChangeError::ServiceOwner);
    world.denies("olivia", change_role("ci-bot", Role::Owner), Reason::NotAssignable);
    world.denies("olivia", transfer("ci-bot"), Reason::NotAssignable);
    world.does("olivia", change_role("ci-bot", Role::Admin));
    world.denies("olivia", remove("olivia"), Reason::LastOwner);
    world.denies("ci-bot", remove("olivia"), OUTRANKED);

    // Nor by being said to be a user, nor by founding an organization.
    for kind in AccountKind::ALL {
        assert!(world.0.create_organization(fresh(), "bot-corp", "ci-bot", kind, None).is_err(), "{kind}");
    }
}

#[test]
fn a_bot_that_was_loaded_as_owner_does_not_stand_in_for_one() {
    let mut rows = Directory::builder();
    rows.organization(ACME).expect("a row");
    rows.member(ACME, "olivia", AccountKind::User, Role::Owner, None).expect("a row");
    rows.member(ACME, "ci-bot", AccountKind::Service, Role::Owner, None).expect("a row");
    let mut world = World(rows.build());
    world.denies("olivia", remove("olivia"), Reason::LastOwner);
    world.denies("olivia", change_role("olivia", Role::Admin), Reason::LastOwner);
    for change in [remove("olivia"), change_role("olivia", Role::Admin), set_expiry("olivia", Some(LATER))] {
        world.denies("ci-bot", change, OUTRANKED);
    }
    world.denies("ci-bot", invite("mallory", Role::Owner), OUTRANKED);
    world.denies("olivia", transfer("ci-bot"), Reason::NotAssignable);
}

#[test]
fn the_last_owner_does_not_come_to_expire() {
    let mut world = acme();
    for expiry in [BEFORE, LATER] {
        world.denies("olivia", set_expiry("olivia", Some(expiry)), Reason::NotAssignable);
    }
    let mut world = an_owner_for_a_time();
    for change in [set_expiry("olivia", Some(AFTER)), remove("olivia"), change_role("olivia", Role::Admin)] {
        world.denies("oscar", change, NOT_FOR_GOOD);
    }
    world.denies("olivia", transfer("oscar"), Reason::NotAssignable);
    world.denies("olivia", remove("olivia"), Reason::LastOwner);
}

#[test]
fn an_owner_for_a_time_does_not_become_one_for_good() {
    let mut world = an_owner_for_a_time();
    for to in [None, Some(AFTER)] {
        world.denies("oscar", set_expiry("oscar", to), NOT_FOR_GOOD);
    }
    world.denies("oscar", transfer("oscar"), NOT_FOR_GOOD);
    world.denies("oscar", change_role("oscar", Role::Owner), NOT_FOR_GOOD);
    world.denies_batch([("oscar", remove("oscar")), ("oscar", invite("oscar", Role::Owner))], 1, Reason::NotAMember);
}

#[test]
fn an_owner_for_a_time_does_not_delete_the_organization() {
    let mut world = an_owner_for_a_time();
    world.denies("oscar", Change::delete_organization(ACME), NOT_FOR_GOOD);
    world.does("olivia", Change::delete_organization(ACME));
}

#[test]
fn an_owner_for_a_time_gives_no_ownership_away() {
    let mut world = an_owner_for_a_time();
    for who in ["carol", "bob", "olivia"] {
        world.denies("oscar", transfer(who), NOT_FOR_GOOD);
    }
    // Who gives it away for good keeps none of it.
    world.does("olivia", transfer("carol"));
    assert_eq!(world.role("carol"), Some((Role::Owner.into(), None)));
    assert_eq!(world.role("olivia"), Some((Role::Admin.into(), None)));
    world.denies("olivia", change_role("olivia", Role::Owner), OUTRANKED);
    world.denies("olivia", change_role("carol", Role::Admin), OUTRANKED);
    world.denies("olivia", remove("oscar"), OUTRANKED);
}

#[test]
fn ownership_is_not_given_away_and_taken_back_in_one_batch() {
    let mut world = acme();
    world.denies_batch([("olivia", transfer("carol")), ("olivia", change_role("carol", Role::Admin))], 1, OUTRANKED);
    world.denies_batch([("olivia", transfer("carol")), ("olivia", change_role("olivia", Role::Owner))], 1, OUTRANKED);
    let for_a_time = [("olivia", set_expiry("carol", Some(LATER))), ("olivia", transfer("carol"))];
    world.denies_batch(for_a_time, 1, Reason::NotAssignable);
}

#[test]
fn what_a_batch_relies_on_is_not_taken_back_before_it() {
    let mut world = acme();
    let steps_down = change_role("carol", Role::Developer);
    let denied = lacks(Role::Developer, Permission::ManageMembers);
    world.denies_batch([("carol", steps_down.clone()), ("carol", invite("dave", Role::Viewer))], 1, denied);

    // Nor is anything left of a batch whose last change fails.
    let own_cluster = [
        ("carol", connect("carols-own")),
        ("carol", retarget("shop-dev", "carols-own")),
        ("carol", disconnect("carols-own")),
    ];
    world.denies_batch(own_cluster, 2, Reason::NotEmpty);
    world.does("carol", steps_down);
}

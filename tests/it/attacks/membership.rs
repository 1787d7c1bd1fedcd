//! Into an organization, or to stay there.

use shipgate::change::ChangeError;
use shipgate::{AccountKind, Grant, Reason, Role, SubjectId};

use super::change::{change_role, invite, invite_service, remove, set_expiry};
use super::{AFTER, BEFORE, LATER, acme, now};

#[test]
fn who_has_left_does_not_invite_themselves() {
    for who in ["carol", "alice", "betty", "victor"] {
        let mut world = acme();
        world.does(who, remove(who));
        for role in Role::ALL {
            world.denies(who, invite(who, role), Reason::NotAMember);
            world.denies_as(SubjectId::new(who), invite(who, role), Reason::NotAMember);
        }
    }
}

#[test]
fn nobody_invites_themselves_over_their_own_expired_membership() {
    let mut world = acme().after([set_expiry("carol", Some(BEFORE))]);
    for role in Role::ALL {
        world.denies("carol", invite("carol", role), Reason::NotAMember);
        world.denies_as(SubjectId::new("carol"), invite("carol", role), Reason::NotAMember);
    }
    world.denies("carol", set_expiry("carol", None), Reason::NotAMember);
    world.denies("carol", change_role("carol", Role::Admin), Reason::NotAMember);
}

#[test]
fn nobody_invites_themselves_over_a_membership_that_is_about_to_expire() {
    let mut world = acme().after([set_expiry("carol", Some(LATER))]);
    let refused = world.refuses("carol", invite("carol", Role::Admin));
    assert!(matches!(refused, ChangeError::AlreadyMember { .. }), "{refused}");
    // Without a time it counts as over for who would act by it, and not as over for who would replace it.
    world.denies_as(SubjectId::new("carol"), invite("carol", Role::Admin), Reason::NotAMember);
    let refused = world.refuses_as(SubjectId::new("olivia"), invite("carol", Role::Admin));
    assert!(matches!(refused, ChangeError::AlreadyMember { .. }), "{refused}");
}

#[test]
fn a_member_for_a_time_does_not_stay_for_good() {
    let mut world = acme().after([set_expiry("carol", Some(LATER))]);
    for to in [None, Some(AFTER)] {
        world.denies("carol", set_expiry("carol", to), Reason::NotAssignable);
    }
    world.does("carol", change_role("carol", Role::Admin));
    assert_eq!(world.role("carol"), Some(Grant::new(Role::Admin).until(LATER)), "another role keeps the expiry");
    let afterwards = SubjectId::new("carol").at(AFTER);
    world.denies_as(afterwards, invite("carol", Role::Viewer), Reason::NotAMember);
    world.denies_as(afterwards, set_expiry("carol", None), Reason::NotAMember);
}

#[test]
fn an_admin_neither_brings_an_expired_owner_back_nor_puts_another_role_in_place() {
    let mut world = acme().after([invite("oscar", Role::Owner), set_expiry("oscar", Some(BEFORE))]);
    let outranked = Reason::Outranked { have: Role::Admin, need: Role::Owner };
    for change in [set_expiry("oscar", None), set_expiry("oscar", Some(LATER)), remove("oscar")] {
        world.denies("carol", change, outranked);
    }
    world.denies("carol", change_role("oscar", Role::Owner), Reason::ForeignResource);
    for role in Role::ALL {
        world.denies("carol", invite("oscar", role), outranked);
    }
    world.does("olivia", invite("oscar", Role::Viewer));
}

#[test]
fn a_stranger_is_not_a_member_by_claiming_a_kind() {
    let mut world = acme().after([change_role("ci-bot", Role::Admin)]);
    let as_user = now("ci-bot").of_kind(AccountKind::User);
    world.denies_as(as_user, invite("mallory", Role::Viewer), Reason::NotAMember);
    world.does("ci-bot", invite("dave", Role::Viewer));
    world.denies("mallory", invite("mallory", Role::Owner), Reason::NotAMember);
    let other_kind = world.refuses("carol", invite_service("dave", Role::Admin));
    assert!(matches!(other_kind, ChangeError::OtherKind { .. }), "{other_kind}");
}

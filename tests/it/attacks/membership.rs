//! Into an organization, or to stay there.

use shipgate::change::ChangeError;
use shipgate::{AccountKind, ClusterAccess, Directory, Grant, Reason, Role, SubjectId};

use super::change::{change_role, invite, invite_service, invite_until, remove, set_access, set_expiry};
use super::{ACME, AFTER, BEFORE, LATER, OUTRANKED, acme, escalation, now};
use crate::world::fresh::fresh;

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
    world.denies("carol", invite("carol", Role::Admin), Reason::Outlasts);
    let refused = world.refuses("carol", invite_until("carol", Role::Admin, LATER));
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
    assert_eq!(world.role("carol"), Some((Role::Admin.into(), Some(LATER))), "another role keeps the expiry");
    let afterwards = SubjectId::new("carol").at(AFTER);
    world.denies_as(afterwards, invite("carol", Role::Viewer), Reason::NotAMember);
    world.denies_as(afterwards, set_expiry("carol", None), Reason::NotAMember);
}

#[test]
fn an_admin_neither_brings_an_expired_owner_back_nor_puts_another_role_in_place() {
    let mut world = acme().after([invite("oscar", Role::Owner), set_expiry("oscar", Some(BEFORE))]);
    for change in [set_expiry("oscar", None), set_expiry("oscar", Some(LATER)), remove("oscar")] {
        world.denies("carol", change, OUTRANKED);
    }
    world.denies("carol", change_role("oscar", Role::Owner), Reason::ForeignResource);
    for role in Role::ALL {
        world.denies("carol", invite("oscar", role), OUTRANKED);
    }
    world.does("olivia", invite("oscar", Role::Viewer));
}

#[test]
fn an_invitation_over_an_expired_membership_sheds_no_override_of_who_is_invited_by_less() {
    // bob was shut out of us-east, and his membership is over: what he gets anew is judged as if he had never been.
    let mut world = acme().after([
        set_access("us-east", "bob", Grant::new(ClusterAccess::None)),
        set_access("us-east", "carol", Grant::new(ClusterAccess::View)),
        set_expiry("bob", Some(BEFORE)),
    ]);
    let anew = invite("bob", Role::Developer);
    world.denies("carol", anew.clone(), escalation(ClusterAccess::View, ClusterAccess::Deploy));
    world.does("olivia", anew);
    assert_eq!(world.level("bob", "us-east"), ClusterAccess::Deploy);
}

#[test]
fn a_stranger_is_not_a_member_by_claiming_a_kind() {
    let mut world = acme().after([change_role("ci-bot", Role::Admin)]);
    let as_user = now("ci-bot").of_kind(AccountKind::User);
    world.denies_as(as_user, invite("mallory", Role::Viewer), Reason::NotAMember);
    world.does("ci-bot", invite("dave", Role::Viewer));
    world.denies("mallory", invite("mallory", Role::Owner), Reason::NotAMember);
}

/// The kind comes from the service's own table of accounts: an inviter has no say in it.
#[test]
fn nobody_brands_an_account_a_service_account() {
    let mut world = acme();
    world.0.create_organization(fresh(), "evil-corp", "mallory", AccountKind::User, None).expect("the id is free");
    let evil = |account, kind| shipgate::change::Change::invite_member("evil-corp", account, kind, Role::Viewer, None);

    // Of one who is a member elsewhere another kind is refused, in words that tell nothing.
    let refused = world.refuses("mallory", evil("olivia", AccountKind::Service));
    assert!(matches!(refused, ChangeError::OtherKind { .. }), "{refused:?}");
    assert_eq!(refused.to_string(), "the change cannot be made");
    let refused = world.refuses("carol", invite_service("alice", Role::Admin));
    assert!(matches!(refused, ChangeError::AlreadyMember { .. } | ChangeError::OtherKind { .. }), "{refused:?}");

    // And one who is a member nowhere is not known: what was said of it once is not kept.
    world.does("mallory", evil("dave", AccountKind::Service));
    world.does("mallory", shipgate::change::Change::remove_member("evil-corp", "dave"));
    assert!(world.0.account("dave").is_none());
    world.does("carol", invite("dave", Role::Developer));
    assert_eq!(world.0.account("dave").map(shipgate::Account::kind), Some(AccountKind::User));
}

#[test]
fn those_who_were_invited_and_removed_leave_nothing_behind() {
    let mut world = acme();
    let before = Directory::rows(&world.0);
    for account in ["m1", "m2", "m3", "m4"] {
        world.does("carol", invite(account, Role::Viewer));
        world.does("carol", remove(account));
    }
    assert_eq!(Directory::rows(&world.0), before);
    assert_eq!(world.0.members_of(ACME).count(), world.0.accounts().len());
}

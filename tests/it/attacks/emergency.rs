//! Past an approval, in an emergency that is none.

use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, SelfApproval};
use shipgate::{Action, ClusterAccess, Decision, Grant, Protection, Reason, ResourceId, Role};

use super::change::{change_role, protect, set_access};
use super::{ADMIN_APPROVED, FOR_OWNERS, acme, project_admin};

const fn bypassed_by(bypass: Bypass) -> Protection {
    Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner).with_bypass(bypass))
}

const fn forbidden(have: Role, need: Option<Role>) -> Decision {
    Decision::Deny(Reason::BypassForbidden { have, need })
}

#[test]
fn nobody_breaks_a_glass_that_the_rule_does_not_name() {
    let world = acme().after([protect("shop-dev", ADMIN_APPROVED)]);
    let breaks = |who| world.decides(who, Action::BreakGlass, ResourceId::Environment("shop-dev"));
    assert_eq!(breaks("carol"), forbidden(Role::Admin, None));
    assert_eq!(breaks("olivia"), forbidden(Role::Owner, None));

    let world = acme().after([protect("shop-dev", bypassed_by(Bypass::Owner))]);
    let breaks = |who| world.decides(who, Action::BreakGlass, ResourceId::Environment("shop-dev"));
    assert_eq!(breaks("carol"), forbidden(Role::Admin, Some(Role::Owner)));
    assert_eq!(breaks("olivia"), Decision::Allow);
}

#[test]
fn an_emergency_makes_nobody_a_deployer() {
    let world = acme().after([
        protect("shop-dev", bypassed_by(Bypass::Admin)),
        project_admin("shop", "alice"),
        change_role("ci-bot", Role::Admin),
        set_access("us-west", "alice", Grant::new(ClusterAccess::View)),
    ]);
    let breaks = |who, environment| world.decides(who, Action::BreakGlass, ResourceId::Environment(environment));
    assert_eq!(breaks("carol", "shop-dev"), Decision::Allow);
    assert_eq!(breaks("carol", "shop-production"), Decision::Deny(FOR_OWNERS));
    assert_eq!(breaks("ci-bot", "shop-dev"), Decision::Deny(Reason::ServiceAccount));
    assert!(matches!(breaks("alice", "shop-dev"), Decision::Deny(Reason::ClusterLevelInsufficient { .. })));
    assert!(matches!(breaks("bob", "shop-dev"), Decision::Deny(Reason::EnvironmentProtected { .. })));
}

#[test]
fn a_bypass_is_not_added_by_who_could_not_loosen_the_rule() {
    let mut world = acme().after([protect("shop-dev", bypassed_by(Bypass::None))]);
    for wider in [Bypass::Owner, Bypass::Admin] {
        world.denies("carol", protect("shop-dev", bypassed_by(wider)), FOR_OWNERS);
    }
    let mut world = acme().after([protect("shop-dev", bypassed_by(Bypass::Owner))]);
    world.denies("carol", protect("shop-dev", bypassed_by(Bypass::Admin)), FOR_OWNERS);
    world.does("carol", protect("shop-dev", bypassed_by(Bypass::None)));
}

#[test]
fn a_sole_owner_deploys_to_what_is_locked_only_where_the_rule_says_so() {
    let world = acme();
    assert!(matches!(world.deploys("olivia", "shop-production"), Decision::RequireApproval(_)));
    let rule = ApprovalRule::new(ApprovalFrom::Owner);
    let by_herself = Protection::locked(rule.with_self_approval(SelfApproval::Allowed)).expect("an Owner's rule");
    let in_emergency = Protection::locked(rule.with_bypass(Bypass::Owner)).expect("an Owner's rule");
    let world = acme().after([protect("shop-production", in_emergency)]);
    let breaks = |who| world.decides(who, Action::BreakGlass, ResourceId::Environment("shop-production"));
    assert_eq!(breaks("olivia"), Decision::Allow);
    assert_eq!(breaks("carol"), Decision::Deny(FOR_OWNERS));
    // Approving it herself takes an approval still.
    let world = acme().after([protect("shop-production", by_herself)]);
    assert!(matches!(world.deploys("olivia", "shop-production"), Decision::RequireApproval(_)));
}

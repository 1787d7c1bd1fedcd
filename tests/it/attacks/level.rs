//! To a higher level on a cluster, or a higher role.

use shipgate::change::ChangeError;
use shipgate::model::Permission;
use shipgate::policy::ClusterOf;
use shipgate::{ClusterAccess, Grant, ProjectRole, Reason, Role, SubjectId, Visibility};

use super::change::{
    change_role, connect, create, create_project, delete_project, disconnect, invite, remove, retarget, set_access,
    set_expiry, set_project_role, show_project,
};
use super::{AFTER, BEFORE, LATER, OUTRANKED, World, acme, escalation, lacks, outranked, project_admin};

/// carol the Admin may only view us-east, to which nothing that she may not touch deploys.
pub(super) fn carol_is_lowered() -> World {
    acme().after([
        set_access("us-east", "carol", Grant::new(ClusterAccess::View)),
        retarget("shop-production", "us-west"),
    ])
}

#[test]
fn nobody_raises_their_own_level() {
    let mut world = carol_is_lowered();
    let whole = escalation(ClusterAccess::View, ClusterAccess::Manage);
    world.denies("carol", set_access("us-east", "carol", Grant::new(ClusterAccess::Manage)), whole);
    world.denies("carol", set_access("us-east", "carol", None), whole);
    let deploy = escalation(ClusterAccess::View, ClusterAccess::Deploy);
    world.denies("carol", set_access("us-east", "carol", Grant::new(ClusterAccess::Deploy)), deploy);
    assert_eq!(world.level("carol", "us-east"), ClusterAccess::View);

    // She may lower herself, and is lower then.
    world.does("carol", set_access("us-east", "carol", Grant::new(ClusterAccess::None)));
    let back = set_access("us-east", "carol", Grant::new(ClusterAccess::View));
    world.denies("carol", back, escalation(ClusterAccess::None, ClusterAccess::View));
}

#[test]
fn nobody_raises_themselves_by_a_grant_that_lapses() {
    let mut world = carol_is_lowered();
    for expiry in [BEFORE, LATER] {
        for level in ClusterAccess::ALL {
            let lapses = set_access("us-east", "carol", Grant::new(level).until(expiry));
            world.denies("carol", lapses, escalation(ClusterAccess::View, ClusterAccess::Manage));
        }
    }
    // Nor anyone else: bob is shut out, and would be back at his default.
    world.does("olivia", set_access("us-east", "bob", Grant::new(ClusterAccess::None)));
    let lapses = set_access("us-east", "bob", Grant::new(ClusterAccess::View).until(LATER));
    world.denies("carol", lapses, escalation(ClusterAccess::View, ClusterAccess::Deploy));
}

#[test]
fn nobody_raises_another_above_themselves() {
    let mut world = carol_is_lowered();
    // bob may deploy there: that is above her, and not hers to change, neither up nor down.
    let above = escalation(ClusterAccess::View, ClusterAccess::Deploy);
    for level in [ClusterAccess::Manage, ClusterAccess::None] {
        world.denies("carol", set_access("us-east", "bob", Grant::new(level)), above);
    }
    world.does("olivia", set_access("us-east", "bob", Grant::new(ClusterAccess::None)));
    world.does("carol", set_access("us-east", "bob", Grant::new(ClusterAccess::View)));
    world.denies("carol", set_access("us-east", "bob", None), above);
}

#[test]
fn an_admin_who_was_lowered_invites_nobody_who_is_more_there() {
    let mut world = carol_is_lowered();
    // A Developer deploys wherever nobody says otherwise, and a second Admin would lift her.
    world.denies("carol", invite("dave", Role::Developer), escalation(ClusterAccess::View, ClusterAccess::Deploy));
    world.denies("carol", invite("dave", Role::Admin), escalation(ClusterAccess::View, ClusterAccess::Manage));
    world.does("carol", invite("dave", Role::Viewer));
    // Nor does she make one of those who are there.
    let whole = escalation(ClusterAccess::View, ClusterAccess::Manage);
    for member in ["dave", "victor", "bob"] {
        world.denies("carol", change_role(member, Role::Admin), whole);
    }
    world.denies("carol", change_role("dave", Role::Developer), escalation(ClusterAccess::View, ClusterAccess::Deploy));
}

#[test]
fn an_admin_who_was_lowered_brings_nobody_back_who_is_more_there() {
    let mut world = carol_is_lowered().after([set_expiry("bob", Some(BEFORE))]);
    world.denies("carol", set_expiry("bob", None), escalation(ClusterAccess::View, ClusterAccess::Deploy));
    world.does("carol", remove("bob"));
    world.does("carol", invite("bob", Role::Viewer));
}

#[test]
fn nobody_raises_their_own_role() {
    let mut world = acme().after([project_admin("shop", "victor")]);
    world.denies("carol", change_role("carol", Role::Owner), OUTRANKED);
    for (who, role) in [("alice", Role::Developer), ("betty", Role::Billing), ("victor", Role::Viewer)] {
        for to in Role::ALL {
            world.denies(who, change_role(who, to), lacks(role, Permission::ChangeRoles));
        }
    }
    // An Admin who steps down does not step up again.
    world.does("carol", change_role("carol", Role::Developer));
    let back = change_role("carol", Role::Admin);
    world.denies("carol", back, lacks(Role::Developer, Permission::ChangeRoles));
}

#[test]
fn nobody_raises_their_own_project_role() {
    let mut world = acme()
        .after([project_admin("shop", "victor"), set_project_role("shop", "alice", Grant::new(ProjectRole::Viewer))]);
    for to in [None, Some(Grant::new(ProjectRole::Developer)), Some(Grant::new(ProjectRole::Admin))] {
        let denied = lacks(Role::Viewer, Permission::ManageProjects);
        world.denies("alice", set_project_role("shop", "alice", to), denied);
        world.denies("victor", set_project_role("shop", "victor", to), Reason::NotAssignable);
    }
    world.does("victor", set_project_role("shop", "alice", None));
}

#[test]
fn a_project_admin_for_a_time_does_not_become_one_for_good() {
    let mut world = acme().after([set_project_role("shop", "alice", Grant::new(ProjectRole::Admin).until(LATER))]);
    for to in [None, Some(Grant::new(ProjectRole::Admin)), Some(Grant::new(ProjectRole::Admin).until(AFTER))] {
        world.denies("alice", set_project_role("shop", "alice", to), Reason::NotAssignable);
    }
    // What goes with a project of one's own is not in reach, nor is to show one for good.
    world.denies("alice", create_project("alices-own"), lacks(Role::Developer, Permission::CreateProjects));
    world.denies("alice", delete_project("shop"), Reason::NotEmpty);
    world.does("alice", show_project("shop", Visibility::Members));
    world.denies("alice", show_project("shop", Visibility::Organization), Reason::Outlasts);

    let alice_afterwards = SubjectId::new("alice").at(AFTER);
    for to in [Visibility::Members, Visibility::Organization] {
        world.denies_as(alice_afterwards, show_project("shop", to), Reason::NotInProject);
    }
    let extend = set_project_role("shop", "alice", Grant::new(ProjectRole::Admin));
    world.denies_as(alice_afterwards, extend, Reason::NotInProject);
}

#[test]
fn an_admin_does_not_step_down_to_get_a_default_back() {
    let mut world = carol_is_lowered();
    for (role, level) in [
        (Role::Developer, ClusterAccess::View),
        (Role::Viewer, ClusterAccess::View),
        (Role::Billing, ClusterAccess::None),
    ] {
        let mut world = World(world.0.clone());
        world.does("carol", change_role("carol", role));
        assert_eq!(world.level("carol", "us-east"), level, "{role}");
        let lift = set_access("us-east", "carol", None);
        world.denies("carol", lift, lacks(role, Permission::ManageClusters));
    }
    world.denies("carol", set_access("us-east", "carol", None), escalation(ClusterAccess::View, ClusterAccess::Manage));
}

#[test]
fn a_cluster_is_not_connected_anew_to_shed_an_override() {
    let mut world = carol_is_lowered();
    let only_views = Reason::ClusterLevelInsufficient {
        have: ClusterAccess::View,
        need: ClusterAccess::Manage,
        cluster: ClusterOf::Present,
    };
    world.denies("carol", disconnect("us-east"), only_views);
    let taken = world.refuses("carol", connect("us-east"));
    assert!(matches!(taken, ChangeError::Taken { .. }), "{taken}");
    world.denies_batch([("carol", disconnect("us-east")), ("carol", connect("us-east"))], 0, only_views);

    // Where an Owner disconnects it, the cluster that gets its id later is another one.
    world.does("olivia", disconnect("us-east"));
    world.does("carol", connect("us-east"));
    assert_eq!(world.level("carol", "us-east"), ClusterAccess::Manage);
}

#[test]
fn nobody_leaves_and_comes_back_to_shed_an_override() {
    let mut world = carol_is_lowered();
    // She is a member still, and could bring nobody in who is more there than she is.
    world.denies("carol", invite("carol", Role::Admin), escalation(ClusterAccess::View, ClusterAccess::Manage));
    let taken = world.refuses("carol", invite("carol", Role::Viewer));
    assert!(matches!(taken, ChangeError::AlreadyMember { .. }), "{taken}");
    let back = [("carol", remove("carol")), ("carol", invite("carol", Role::Admin))];
    world.denies_batch(back, 1, Reason::NotAMember);
    world.denies("carol", set_expiry("carol", Some(BEFORE)), Reason::NotAssignable);
}

#[test]
fn an_invitation_does_not_reset_what_a_member_holds() {
    let mut world = acme().after([set_access("us-east", "bob", Grant::new(ClusterAccess::None))]);
    for role in [Role::Admin, Role::Developer, Role::Viewer] {
        let refused = world.refuses("carol", invite("bob", role));
        assert!(matches!(refused, ChangeError::AlreadyMember { .. }), "{refused}");
    }
    // Another role keeps it too.
    world.does("carol", change_role("bob", Role::Admin));
    assert_eq!(world.level("bob", "us-east"), ClusterAccess::None);
}

#[test]
fn only_carol_deploys_to_production_where_the_owner_lowered_the_others() {
    let mut world = acme().after([
        set_access("us-east", "alice", Grant::new(ClusterAccess::View)),
        set_access("us-east", "bob", Grant::new(ClusterAccess::View)),
        create("shop-next", "shop", "us-east"),
    ]);
    assert!(world.deploys("carol", "shop-next").is_allowed());
    for who in ["alice", "bob"] {
        assert!(!world.deploys(who, "shop-next").is_allowed(), "{who}");
    }
    // The Owner is never lowered, and carol may not lower her.
    let lower = set_access("us-east", "olivia", Grant::new(ClusterAccess::None));
    world.denies("carol", lower, Reason::NotAssignable);
}

/// Two of them together have no more than each had: what one may not do for herself, nobody whom she makes may do for her.
#[test]
fn a_second_admin_whom_she_makes_does_not_lift_the_first() {
    let mut world = carol_is_lowered();
    world.does("carol", invite("dave", Role::Viewer));
    world.denies("dave", set_access("us-east", "carol", None), lacks(Role::Viewer, Permission::ManageClusters));
    // An Admin whom olivia made is another matter: he has the level, and may give it.
    world.does("olivia", invite("erin", Role::Admin));
    world.does("erin", set_access("us-east", "carol", None));
    assert_eq!(world.level("carol", "us-east"), ClusterAccess::Manage);
    world.denies("erin", change_role("carol", Role::Owner), outranked(Role::Admin, Role::Owner));
}

//! By a team: to what it brings, or to lower others.

use shipgate::change::Change;
use shipgate::model::Permission;
use shipgate::{ClusterAccess, Grant, ProjectRole, Reason, Role};

use super::change::{invite, join, leave, set_access, set_access_of_ops, set_expiry, set_project_role_of_ops};
use super::level::carol_is_lowered;
use super::{BEFORE, LATER, acme, escalation, lacks, outranked, project_admin};

#[test]
fn nobody_joins_a_team() {
    let mut world = acme().after([set_access_of_ops("us-east", Grant::new(ClusterAccess::Manage))]);
    world.denies("carol", join("carol"), Reason::NotAssignable);
    for (who, role) in [("alice", Role::Developer), ("victor", Role::Viewer), ("betty", Role::Billing)] {
        world.denies(who, join(who), lacks(role, Permission::ManageMembers));
    }
    // Nor leaves it, where it lowers her.
    let mut world = acme().after([set_access_of_ops("us-east", Grant::new(ClusterAccess::View)), join("carol")]);
    assert_eq!(world.level("carol", "us-east"), ClusterAccess::View);
    world.denies("carol", leave("carol"), Reason::NotAssignable);
}

#[test]
fn an_admin_who_was_lowered_puts_nobody_into_a_team_that_is_more_there() {
    let mut world = carol_is_lowered().after([
        set_access_of_ops("us-east", Grant::new(ClusterAccess::Manage)),
        set_access("us-east", "bob", Grant::new(ClusterAccess::View).until(LATER)),
    ]);
    world.denies("carol", join("bob"), escalation(ClusterAccess::View, ClusterAccess::Manage));
    // Nor takes somebody out of one that lowers them.
    let mut world =
        carol_is_lowered().after([set_access_of_ops("us-east", Grant::new(ClusterAccess::None)), join("bob")]);
    world.denies("carol", leave("bob"), escalation(ClusterAccess::View, ClusterAccess::Deploy));
}

#[test]
fn an_admin_who_was_lowered_lowers_nobody_by_a_team() {
    // erin manages us-east, carol only views it. The team is shut out of it.
    let mut world = carol_is_lowered()
        .after([invite("erin", Role::Admin), set_access_of_ops("us-east", Grant::new(ClusterAccess::None))]);
    world.denies("carol", join("erin"), escalation(ClusterAccess::View, ClusterAccess::Manage));
    // Nor does she lower the team.
    let only_views = Reason::ClusterLevelInsufficient {
        have: ClusterAccess::View,
        need: ClusterAccess::Manage,
        cluster: shipgate::policy::ClusterOf::Present,
    };
    for to in [None, Some(Grant::new(ClusterAccess::None)), Some(Grant::new(ClusterAccess::Manage))] {
        world.denies("carol", set_access_of_ops("us-east", to), only_views);
    }
}

#[test]
fn a_team_that_lowers_its_members_is_not_deleted_around_them() {
    let mut world = acme().after([set_access_of_ops("us-east", Grant::new(ClusterAccess::View)), join("carol")]);
    world.denies("carol", Change::delete_team("ops"), Reason::NotEmpty);
    // Where her membership is over she is in it still, and where she comes back she is a new member.
    world.does("olivia", set_expiry("carol", Some(BEFORE)));
    world.denies("olivia", Change::delete_team("ops"), Reason::NotEmpty);
}

#[test]
fn a_grant_of_ones_own_team_is_not_raised() {
    let mut world = acme().after([project_admin("shop", "victor"), join("victor"), join("carol")]);
    // Of a project: what one's own team has is what one has.
    for to in [None, Some(Grant::new(ProjectRole::Viewer)), Some(Grant::new(ProjectRole::Admin))] {
        world.denies("victor", set_project_role_of_ops("shop", to), Reason::NotAssignable);
        world.denies("carol", set_project_role_of_ops("shop", to), Reason::NotAssignable);
    }
}

#[test]
fn a_team_is_not_given_a_project_role_above_ones_own() {
    let mut world = acme().after([project_admin("shop", "victor")]);
    // victor is a project's admin, but only views the clusters by his role; whoever is in the team may deploy.
    world.does("victor", set_project_role_of_ops("shop", Grant::new(ProjectRole::Viewer)));
    let lowered = acme()
        .after([project_admin("shop", "victor"), set_access("us-east", "victor", Grant::new(ClusterAccess::None))]);
    let mut world = super::World(lowered.0);
    let admin = set_project_role_of_ops("shop", Grant::new(ProjectRole::Admin));
    world.denies("victor", admin, escalation(ClusterAccess::None, ClusterAccess::Manage));
    world.denies("alice", set_project_role_of_ops("shop", None), lacks(Role::Developer, Permission::ManageProjects));
    world.denies("carol", Change::delete_team("no-such-team"), Reason::UnknownResource);
}

#[test]
fn an_owner_is_not_put_into_a_team_by_an_admin() {
    let mut world = acme().after([set_access_of_ops("us-east", Grant::new(ClusterAccess::None))]);
    world.denies("carol", join("olivia"), outranked(Role::Admin, Role::Owner));
}

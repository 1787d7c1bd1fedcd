//! By a project, against those who manage the organization, or by those who manage less of it.

use shipgate::model::{ApprovalFrom, ApprovalRule, Permission};
use shipgate::{
    Action, AnyRole, ClusterAccess, Grant, ProjectRole, Protection, Reason, ResourceId, Role, RoleDefinition,
    RolePermissions, Visibility,
};

use super::change::{change_role, create, create_role, invite, protect, set_access, set_project_role, show_project};
use super::{ADMIN_APPROVED, OWNER_APPROVED, World, acme, escalation, outranked, project_admin};

const NOT_BY_A_PROJECTS_ADMIN: fn(Role) -> Reason = |have| Reason::EnvironmentProtected { have, need: Role::Admin };

#[test]
fn a_project_admin_does_not_lock_admins_out() {
    let mut world = acme().after([project_admin("shop", "alice"), project_admin("shop", "victor")]);
    let for_owners = Protection::reviewed(ApprovalRule::new(ApprovalFrom::Owner));
    for to in [Protection::LOCKED, OWNER_APPROVED, for_owners] {
        world.denies("alice", protect("shop-dev", to), NOT_BY_A_PROJECTS_ADMIN(Role::Developer));
        world.denies("victor", protect("shop-dev", to), NOT_BY_A_PROJECTS_ADMIN(Role::Viewer));
        // Nor by an environment that is locked from the start.
        let locked = shipgate::change::Change::create_environment("new", "shop", "us-west", "new", to);
        world.denies("alice", locked, NOT_BY_A_PROJECTS_ADMIN(Role::Developer));
    }
    world.does("alice", protect("shop-dev", ADMIN_APPROVED));
    world.does("carol", protect("shop-dev", OWNER_APPROVED));
}

/// A project manager below: a Viewer by rank, who may manage projects.
fn with_a_project_manager() -> World {
    let permissions =
        RolePermissions::new([Permission::View, Permission::ManageProjects]).expect("a Viewer's permissions");
    let definition = RoleDefinition::new(Role::Viewer, permissions).expect("a Viewer's permissions");
    acme().after([
        create_role("project-manager", definition),
        invite("paula", AnyRole::Custom("project-manager")),
        project_admin("shop", "alice"),
    ])
}

#[test]
fn a_project_manager_does_not_demote_a_projects_admin() {
    let mut world = with_a_project_manager();
    for to in [None, Some(Grant::new(ProjectRole::Viewer))] {
        world.denies("paula", set_project_role("shop", "alice", to), outranked(Role::Viewer, Role::Admin));
        world.denies("paula", set_project_role("shop", "bob", to), outranked(Role::Viewer, Role::Developer));
    }
    // Nor does a project's admin who comes to be less.
    world.does("olivia", set_project_role("shop", "alice", Grant::new(ProjectRole::Developer)));
    let back = project_admin("shop", "bob");
    world.denies("alice", back, super::lacks(Role::Developer, Permission::ManageProjects));
}

#[test]
fn a_project_manager_gives_no_project_role_above_their_own() {
    let mut world = with_a_project_manager();
    let paula = |need| outranked(Role::Viewer, need);
    world.denies(
        "paula",
        project_admin("shop", "victor"),
        Reason::Outranked { have: Role::Viewer, need: Role::Viewer, permission: Some(Permission::ViewLogs) },
    );
    world.denies(
        "paula",
        super::change::set_project_role_of_ops("shop", Grant::new(ProjectRole::Developer)),
        paula(Role::Developer),
    );
    // What ends leaves what comes back to chance.
    let ends = Grant::new(ProjectRole::Viewer).until(super::LATER);
    world.denies("paula", super::change::set_project_role_of_ops("shop", ends), paula(Role::Admin));
}

#[test]
fn a_project_role_is_not_given_to_who_may_do_more_by_it_on_a_cluster() {
    // victor was lowered on us-west: as the project's admin he makes nobody who may deploy there.
    let mut world = acme().after([
        project_admin("shop", "victor"),
        set_access("us-west", "victor", Grant::new(ClusterAccess::View)),
        set_access("us-west", "bob", Grant::new(ClusterAccess::None).until(super::LATER)),
        invite("dave", Role::Viewer),
    ]);
    let deploys = set_project_role("shop", "dave", Grant::new(ProjectRole::Developer));
    world.denies("victor", deploys, escalation(ClusterAccess::View, ClusterAccess::Deploy));
    world.does("victor", set_project_role("shop", "dave", Grant::new(ProjectRole::Viewer)));
}

#[test]
fn a_hidden_project_is_not_shown_by_who_has_less_than_it_may_bring() {
    let mut world = acme().after([
        project_admin("vault", "alice"),
        create("vault-dev", "vault", "us-west"),
        set_access("us-west", "alice", Grant::new(ClusterAccess::View)),
    ]);
    // Every Developer would deploy into it; she only views there.
    let show = show_project("vault", Visibility::Organization);
    world.denies("alice", show.clone(), escalation(ClusterAccess::View, ClusterAccess::Deploy));
    world.does("olivia", set_access("us-west", "alice", None));
    world.does("alice", show);
}

#[test]
fn the_secrets_of_a_project_are_not_for_who_may_only_view_one_of_its_clusters() {
    let world = acme().after([
        project_admin("shop", "alice"),
        protect("shop-production", Protection::RESTRICTED),
        set_access("us-east", "alice", Grant::new(ClusterAccess::View)),
    ]);
    let lacks_level = Reason::ClusterLevelInsufficient {
        have: ClusterAccess::View,
        need: ClusterAccess::Deploy,
        cluster: shipgate::policy::ClusterOf::OfProject(0),
    };
    for action in [Action::ReadSecrets, Action::WriteVariables] {
        let decision = world.decides("alice", action, ResourceId::Project("shop"));
        assert_eq!(decision, shipgate::Decision::Deny(lacks_level), "{action}");
        // Who deploys in one of its environments does not write what reaches all of them.
        let decision = world.decides("bob", action, ResourceId::Project("shop"));
        let manages = super::lacks(Role::Developer, Permission::ManageProjects);
        assert_eq!(decision, shipgate::Decision::Deny(manages), "{action}");
        assert!(world.decides("bob", action, ResourceId::Environment("shop-dev")).is_allowed(), "{action}");
    }
}

#[test]
fn a_project_admin_has_no_power_over_members() {
    let mut world = acme().after([project_admin("shop", "alice")]);
    let lacks = |permission| super::lacks(Role::Developer, permission);
    world.denies("alice", invite("dave", Role::Viewer), lacks(Permission::ManageMembers));
    world.denies("alice", change_role("bob", Role::Viewer), lacks(Permission::ChangeRoles));
    world.denies("alice", set_access("us-west", "bob", None), lacks(Permission::ManageClusters));
    // Nor over those who are in the project by their role in the organization.
    let demote = set_project_role("shop", "carol", Grant::new(ProjectRole::Viewer));
    world.denies("alice", demote, Reason::NotAssignable);
}

//! By an id: one that was somebody else's before, or is another organization's.

use shipgate::change::{Change, ChangeError};
use shipgate::model::Permission;
use shipgate::{AccountKind, ClusterAccess, Decision, Grant, ProjectRole, Protection, Reason, Role, Visibility};

use super::change::{
    connect, create, create_project, delete, delete_project, disconnect, invite, protect, remove, retarget, set_access,
    set_project_role,
};
use super::{ACME, Id, World, acme, lacks, now};

const EVIL: Id = "evil-corp";

/// acme-corp, and the organization of mallory, who is a Viewer in acme-corp.
fn beside_evil_corp() -> World {
    let mut world = acme().after([invite("mallory", Role::Viewer)]);
    world.0.create_organization(EVIL, "mallory", AccountKind::User, None).expect("the id is free");
    world.does("mallory", Change::ConnectCluster { organization: EVIL, cluster: "evil-cluster" });
    let visibility = Visibility::Organization;
    world.does("mallory", Change::CreateProject { organization: EVIL, project: "evil-project", visibility });
    world.does("mallory", create("evil-dev", "evil-project", "evil-cluster", None));
    world
}

#[test]
fn a_project_of_the_same_id_gives_nobody_the_roles_of_the_old_one() {
    let mut world = acme().after([set_project_role("vault", "alice", Grant::new(ProjectRole::Admin))]);
    world.does("alice", create("vault-dev", "vault", "us-west", None));
    world.denies("alice", create_project("vault"), lacks(Role::Developer, Permission::CreateProjects));
    world.does("alice", delete("vault-dev"));
    world.does("alice", delete_project("vault"));
    world.does("carol", create_project("vault"));
    world.does("carol", create("vault-dev", "vault", "us-west", None));
    assert_eq!(world.deploys("alice", "vault-dev"), Decision::Deny(Reason::NotInProject));
}

#[test]
fn a_cluster_of_the_same_id_gives_nobody_the_levels_of_the_old_one() {
    let mut world = acme().after([
        set_access("us-east", "alice", Grant::new(ClusterAccess::Manage)),
        retarget("shop-production", "us-west", None),
    ]);
    assert_eq!(world.level("alice", "us-east"), ClusterAccess::Manage);
    world.denies("alice", disconnect("us-east"), lacks(Role::Developer, Permission::ManageClusters));
    world.does("carol", disconnect("us-east"));
    world.does("carol", connect("us-east"));
    assert_eq!(world.level("alice", "us-east"), ClusterAccess::Deploy);
}

#[test]
fn an_environment_does_not_slip_into_another_project_under_its_id() {
    let mut world = acme().after([
        set_project_role("vault", "alice", Grant::new(ProjectRole::Admin)),
        set_project_role("shop", "alice", Grant::new(ProjectRole::Viewer)),
    ]);
    let taken = world.refuses("alice", create("shop-dev", "vault", "us-west", None));
    assert!(matches!(taken, ChangeError::Taken { .. }), "{taken}");
    world.denies("alice", delete("shop-dev"), lacks(Role::Viewer, Permission::ManageProjects));
}

#[test]
fn a_member_who_comes_back_holds_nothing_of_before() {
    let mut world = acme().after([
        set_project_role("vault", "victor", Grant::new(ProjectRole::Admin)),
        set_access("us-east", "alice", Grant::new(ClusterAccess::Manage)),
    ]);
    for who in ["victor", "alice"] {
        world.does(who, remove(who));
        world.does("carol", invite(who, Role::Developer));
    }
    assert_eq!(world.level("alice", "us-east"), ClusterAccess::Deploy);
    world.denies("victor", create("vault-dev", "vault", "us-west", None), Reason::NotInProject);
}

#[test]
fn an_owner_of_another_organization_reaches_nothing_in_this_one() {
    let mut world = beside_evil_corp();
    // Placed on a cluster of another organization, and on none at all, is the same.
    for cluster in ["us-east", "no-such-cluster"] {
        let unknown = Reason::UnknownResource;
        world.denies("mallory", create("evil-production", "evil-project", cluster, None), unknown);
        world.denies("mallory", retarget("evil-dev", cluster, None), unknown);
    }
    world.denies("mallory", create("decoy", "shop", "evil-cluster", None), Reason::UnknownResource);
    world.denies("mallory", retarget("shop-dev", "evil-cluster", None), Reason::UnknownResource);
    let viewer = |permission| lacks(Role::Viewer, permission);
    world.denies("mallory", protect("shop-dev", Protection::NONE), viewer(Permission::ManageProtection));
    let raise = set_access("us-east", "mallory", Grant::new(ClusterAccess::Manage));
    world.denies("mallory", raise, viewer(Permission::ManageClusters));
    world.denies("mallory", remove("olivia"), viewer(Permission::ManageMembers));

    let lower = set_access("evil-cluster", "bob", Grant::new(ClusterAccess::None));
    world.denies("mallory", lower, Reason::ForeignResource);
    let taken = world.refuses("mallory", Change::ConnectCluster { organization: EVIL, cluster: "us-east" });
    assert!(matches!(taken, ChangeError::Taken { .. }), "{taken}");
}

#[test]
fn deleting_an_organization_of_ones_own_takes_nothing_from_another() {
    let mut world = beside_evil_corp();
    let (role, level) = (world.role("mallory"), world.level("mallory", "us-east"));
    world.does("mallory", Change::DeleteOrganization { organization: EVIL });
    assert_eq!((world.role("mallory"), world.level("mallory", "us-east")), (role, level));
    let denied = lacks(Role::Viewer, Permission::DeleteOrganization);
    world.denies("mallory", Change::DeleteOrganization { organization: ACME }, denied);
    assert_eq!(world.0.environments_of(ACME).count(), 2);
}

#[test]
fn an_organization_is_not_founded_over_another() {
    let mut world = acme();
    let denied = lacks(Role::Admin, Permission::DeleteOrganization);
    world.denies("carol", Change::DeleteOrganization { organization: ACME }, denied);
    let taken = world.0.create_organization(ACME, "carol", AccountKind::User, None);
    assert!(matches!(taken, Err(ChangeError::Taken { .. })), "{taken:?}");

    // Where its Owner deletes it, nobody is anything in the one that gets its id later.
    world.does("olivia", Change::DeleteOrganization { organization: ACME });
    world.0.create_organization(ACME, "mallory", AccountKind::User, None).expect("the id is free");
    for who in ["olivia", "carol", "alice"] {
        world.denies_as(now(who), create_project("shop"), Reason::NotAMember);
    }
}

//! By an id: one that was somebody else's before, or is another organization's.

use shipgate::change::{Change, ChangeError};
use shipgate::model::Permission;
use shipgate::{
    AccountKind, Action, ClusterAccess, Decision, Grant, Holder, ProjectRole, Protection, Reason, ResourceId, Role,
    Visibility,
};

use super::change::{
    connect, create, create_in, create_project, delete, delete_project, disconnect, invite, protect, remove, retarget,
    retarget_into, set_access, set_access_of_ops, set_project_role,
};
use super::{ACME, Id, World, acme, lacks, now};
use crate::world::fresh::fresh;

const EVIL: Id = "evil-corp";

/// acme-corp, and the organization of mallory, who is a Viewer in acme-corp.
fn beside_evil_corp() -> World {
    let mut world = acme().after([invite("mallory", Role::Viewer)]);
    world.0.create_organization(fresh(), EVIL, "mallory", AccountKind::User, None).expect("the id is free");
    world.does("mallory", Change::connect_cluster(EVIL, "evil-cluster", Visibility::Organization));
    world.does("mallory", Change::create_project(EVIL, "evil-project", Visibility::Organization));
    world.does("mallory", Change::create_team(EVIL, "evil-team"));
    world.does("mallory", create("evil-dev", "evil-project", "evil-cluster"));
    world
}

#[test]
fn a_project_of_the_same_id_gives_nobody_the_roles_of_the_old_one() {
    let mut world = acme().after([set_project_role("vault", "alice", Grant::new(ProjectRole::Admin))]);
    world.does("alice", create("vault-dev", "vault", "us-west"));
    world.denies("alice", create_project("vault"), lacks(Role::Developer, Permission::CreateProjects));
    world.does("alice", delete("vault-dev"));
    world.does("alice", delete_project("vault"));
    world.does("carol", create_project("vault"));
    world.does("carol", create("vault-dev", "vault", "us-west"));
    assert_eq!(world.deploys("alice", "vault-dev"), Decision::Deny(Reason::NotInProject));
}

#[test]
fn a_cluster_of_the_same_id_gives_nobody_the_levels_of_the_old_one() {
    let mut world = acme().after([
        set_access("us-east", "alice", Grant::new(ClusterAccess::Manage)),
        retarget("shop-production", "us-west"),
    ]);
    assert_eq!(world.level("alice", "us-east"), ClusterAccess::Manage);
    world.denies("alice", disconnect("us-east"), lacks(Role::Developer, Permission::ManageClusters));
    world.does("carol", disconnect("us-east"));
    world.does("carol", connect("us-east"));
    assert_eq!(world.level("alice", "us-east"), ClusterAccess::Deploy);
}

#[test]
fn a_team_of_the_same_id_gives_nobody_the_grants_of_the_old_one() {
    let mut world = acme().after([set_access_of_ops("us-east", Grant::new(ClusterAccess::Manage))]);
    world.does("carol", Change::delete_team("ops"));
    world.does("carol", Change::create_team(ACME, "ops"));
    world.does("carol", super::change::join("alice"));
    assert_eq!(world.level("alice", "us-east"), ClusterAccess::Deploy);
}

#[test]
fn an_environment_does_not_slip_into_another_project_under_its_id() {
    let mut world = acme().after([
        set_project_role("vault", "alice", Grant::new(ProjectRole::Admin)),
        set_project_role("shop", "alice", Grant::new(ProjectRole::Viewer)),
    ]);
    let taken = world.refuses("alice", create_in("shop-dev", "vault", "us-west", "other"));
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
    world.denies("victor", create("vault-dev", "vault", "us-west"), Reason::NotInProject);
}

#[test]
fn an_owner_of_another_organization_reaches_nothing_in_this_one() {
    let mut world = beside_evil_corp();
    // Placed on a cluster of another organization, and on none at all, is the same.
    for cluster in ["us-east", "no-such-cluster"] {
        let unknown = Reason::UnknownResource;
        world.denies("mallory", create("evil-production", "evil-project", cluster), unknown);
        world.denies("mallory", retarget("evil-dev", cluster), unknown);
    }
    world.denies("mallory", create("decoy", "shop", "evil-cluster"), Reason::UnknownResource);
    world.denies("mallory", retarget("shop-dev", "evil-cluster"), Reason::UnknownResource);
    let viewer = |permission| lacks(Role::Viewer, permission);
    world.denies("mallory", protect("shop-dev", Protection::NONE), viewer(Permission::ManageProtection));
    let raise = set_access("us-east", "mallory", Grant::new(ClusterAccess::Manage));
    world.denies("mallory", raise, viewer(Permission::ManageClusters));
    world.denies("mallory", remove("olivia"), viewer(Permission::ManageMembers));

    let lower = set_access("evil-cluster", "bob", Grant::new(ClusterAccess::None));
    world.denies("mallory", lower, Reason::ForeignResource);
    let taken = world.refuses("mallory", Change::connect_cluster(EVIL, "us-east", Visibility::Organization));
    assert!(matches!(taken, ChangeError::Taken { .. }), "{taken}");
}

#[test]
fn a_team_of_another_organization_gets_nothing_here_and_takes_nobody_in() {
    let mut world = beside_evil_corp();
    // It and one that there is not are the same.
    for team in ["ops", "no-such-team"] {
        let level = Change::set_cluster_access("evil-cluster", Holder::Team(team), Some(ClusterAccess::Manage.into()));
        world.denies("mallory", level, Reason::UnknownResource);
        let role = Change::set_project_role("evil-project", Holder::Team(team), Some(ProjectRole::Admin.into()));
        world.denies("mallory", role, Reason::UnknownResource);
    }
    world.denies("mallory", super::change::join("mallory"), lacks(Role::Viewer, Permission::ManageMembers));
    world.denies("mallory", Change::add_to_team("evil-team", "bob"), Reason::ForeignResource);
    world.denies("carol", Change::add_to_team("evil-team", "bob"), Reason::NotAMember);
}

#[test]
fn deleting_an_organization_of_ones_own_takes_nothing_from_another() {
    let mut world = beside_evil_corp();
    let (role, level) = (world.role("mallory"), world.level("mallory", "us-east"));
    world.does("mallory", Change::delete_organization(EVIL));
    assert_eq!((world.role("mallory"), world.level("mallory", "us-east")), (role, level));
    let denied = lacks(Role::Viewer, Permission::DeleteOrganization);
    world.denies("mallory", Change::delete_organization(ACME), denied);
    assert_eq!(world.0.environments_of(ACME).count(), 2);
}

#[test]
fn an_organization_is_not_founded_over_another() {
    let mut world = acme();
    let denied = lacks(Role::Admin, Permission::DeleteOrganization);
    world.denies("carol", Change::delete_organization(ACME), denied);
    let taken = world.0.create_organization(fresh(), ACME, "carol", AccountKind::User, None);
    assert!(matches!(taken, Err(ChangeError::Taken { .. })), "{taken:?}");

    // Where its Owner deletes it, nobody is anything in the one that gets its id later.
    world.does("olivia", Change::delete_organization(ACME));
    world.0.create_organization(fresh(), ACME, "mallory", AccountKind::User, None).expect("the id is free");
    for who in ["olivia", "carol", "alice"] {
        world.denies_as(now(who), create_project("shop"), Reason::NotAMember);
    }
}

/// What is refused because of something hidden reads the same whoever has it, and names nothing that was not named.
#[test]
fn a_refusal_tells_nothing_of_what_is_hidden() {
    let mut world = beside_evil_corp().after([create_in("secret", "vault", "us-west", "secret-name")]);
    // The id of another tenant, of something hidden, and of something of one's own.
    for id in ["shop-dev", "secret", "evil-dev"] {
        let said = world.refuses("mallory", create_in(id, "evil-project", "evil-cluster", "free")).to_string();
        assert_eq!(said, "this id is taken: choose another one", "{id}");
    }

    // A namespace that an environment has in a project that one does not see.
    world.does("olivia", set_project_role("shop", "alice", Grant::new(ProjectRole::Admin)));
    let taken =
        [create_in("new", "shop", "us-west", "secret-name"), retarget_into("shop-dev", "us-west", "secret-name")];
    for change in taken {
        let said = world.refuses("alice", change).to_string();
        assert_eq!(said, "this namespace is taken: choose another one");
    }
    // And a hidden denial says nothing at all.
    let denied = world.0.authorize(&now("alice"), Action::Deploy, ResourceId::Environment("secret")).unwrap_err();
    assert_eq!((denied.status(), denied.to_string()), (404, "not found".into()));
    let denied = world.refuses("alice", delete("secret"));
    assert_eq!(denied.to_string(), "not found");
}

/// What a change would alter is shown to who asks as far as they may see it.
#[test]
fn a_preview_shows_nothing_of_what_is_hidden() {
    let mut world = acme().after([create("vault-dev", "vault", "us-west"), super::project_admin("shop", "alice")]);
    let shut_out = Change::set_project_role("shop", Holder::Account("bob"), Some(ProjectRole::Viewer.into()));
    let preview = world.0.preview(&now("alice"), shut_out).expect("she may");
    let shown: Vec<_> = preview.changes().map(|change| format!("{change:?}")).collect();
    assert!(!shown.is_empty() && shown.iter().all(|shown| !shown.contains("vault")), "{shown:?}");
    world.does("olivia", delete("vault-dev"));
}

//! Into a protected environment, by changing what protects it, where it is, or what is around it.

use shipgate::change::ChangeError;
use shipgate::model::{ApprovalFrom, ApprovalRule, Permission, SelfApproval};
use shipgate::policy::ClusterOf;
use shipgate::{Action, ClusterAccess, Decision, Grant, ProjectRole, Protection, Reason, ResourceId, Role, Visibility};

use super::change::{
    connect, create, create_in, delete, delete_project, disconnect, protect, retarget, retarget_into, set_access,
    set_project_role, show_cluster, show_project,
};
use super::{ADMIN_APPROVED, FOR_OWNERS, OWNER_APPROVED, acme, lacks, project_admin};

const TWO_OWNERS: ApprovalRule = match ApprovalRule::new(ApprovalFrom::Owner).with_count(2) {
    Ok(rule) => rule,
    Err(_) => panic!("two approvals are not none"),
};

fn only_views(cluster: ClusterOf) -> Reason {
    Reason::ClusterLevelInsufficient { have: ClusterAccess::View, need: ClusterAccess::Deploy, cluster }
}

#[test]
fn an_admin_does_not_unlock_deploy_and_lock_again() {
    let mut world = acme();
    assert_eq!(world.deploys("carol", "shop-production"), Decision::Deny(FOR_OWNERS));
    for weaker in [Protection::NONE, Protection::REVIEWED, Protection::RESTRICTED, ADMIN_APPROVED, OWNER_APPROVED] {
        world.denies("carol", protect("shop-production", weaker), FOR_OWNERS);
    }
    world.does("carol", protect("shop-production", Protection::LOCKED));

    // She may lock what is open; then it is not hers to open again.
    assert_eq!(world.deploys("carol", "shop-dev"), Decision::Allow);
    world.does("carol", protect("shop-dev", Protection::LOCKED));
    world.denies("carol", protect("shop-dev", Protection::NONE), FOR_OWNERS);
    assert_eq!(world.deploys("carol", "shop-dev"), Decision::Deny(FOR_OWNERS));
}

#[test]
fn a_protection_is_not_loosened_by_its_small_print() {
    let locked_for_two = Protection::locked(TWO_OWNERS).expect("an Owner's rule");
    let by_itself = TWO_OWNERS.with_self_approval(SelfApproval::Allowed);
    let mut world = acme();
    world.does("carol", protect("shop-production", locked_for_two));
    world.denies("carol", protect("shop-production", Protection::LOCKED), FOR_OWNERS);
    let locked_by_itself = Protection::locked(by_itself).expect("an Owner's rule");
    world.denies("carol", protect("shop-production", locked_by_itself), FOR_OWNERS);

    let mut world = acme().after([protect("shop-dev", Protection::restricted(TWO_OWNERS))]);
    for weaker in [Protection::restricted(by_itself), OWNER_APPROVED, ADMIN_APPROVED, Protection::RESTRICTED] {
        world.denies("carol", protect("shop-dev", weaker), FOR_OWNERS);
    }
    // Nor in two steps, of which the first is sterner in one respect.
    world.denies("carol", protect("shop-dev", Protection::LOCKED), FOR_OWNERS);
    world.denies("carol", protect("shop-dev", Protection::reviewed(TWO_OWNERS)), FOR_OWNERS);
}

#[test]
fn a_project_admin_does_not_loosen_what_asks_for_an_owner() {
    let mut world = acme().after([project_admin("shop", "alice"), protect("shop-dev", OWNER_APPROVED)]);
    world.denies("alice", protect("shop-dev", Protection::NONE), FOR_OWNERS);
    world.denies("alice", retarget_into("shop-dev", "us-west", "elsewhere"), FOR_OWNERS);
    world.denies("alice", retarget("shop-dev", "us-east"), FOR_OWNERS);
    world.denies("alice", delete("shop-dev"), FOR_OWNERS);
    // Where no Owner is asked for, a project admin is the custodian.
    world.does("olivia", protect("shop-dev", ADMIN_APPROVED));
    world.does("alice", protect("shop-dev", Protection::NONE));
}

#[test]
fn a_locked_environment_is_not_retargeted_to_ones_own_cluster() {
    let mut world = acme();
    world.does("carol", connect("carols-own"));
    assert_eq!(world.level("carol", "carols-own"), ClusterAccess::Manage);
    world.denies("carol", retarget("shop-production", "carols-own"), FOR_OWNERS);
    world.denies("carol", retarget_into("shop-production", "us-east", "carols-own"), FOR_OWNERS);
    world.does("carol", retarget("shop-dev", "carols-own"));
}

#[test]
fn nothing_is_put_onto_a_cluster_that_one_may_only_view() {
    let mut world = acme().after([set_access("us-east", "carol", Grant::new(ClusterAccess::View))]);
    world.denies("carol", create("new", "shop", "us-east"), only_views(ClusterOf::Present));
    world.does("carol", create("new", "shop", "us-west"));
    world.denies("carol", retarget("new", "us-east"), only_views(ClusterOf::New));
    world.does("olivia", retarget("new", "us-east"));
    world.denies("carol", retarget("new", "us-west"), only_views(ClusterOf::Present));
    world.denies("carol", delete("new"), only_views(ClusterOf::Present));
}

#[test]
fn a_viewer_who_is_a_project_admin_places_nothing_on_a_cluster() {
    let mut world = acme().after([project_admin("shop", "victor")]);
    assert_eq!(world.deploys("victor", "shop-dev"), Decision::Allow);
    world.denies("victor", create("new", "shop", "us-west"), only_views(ClusterOf::Present));
    world.denies("victor", retarget("shop-dev", "us-east"), only_views(ClusterOf::Present));
    world.denies("victor", connect("victors-own"), lacks(Role::Viewer, Permission::ManageClusters));
}

#[test]
fn a_cluster_that_its_members_only_see_stays_hidden_from_a_projects_admin() {
    let mut world = acme().after([
        show_cluster("us-west", Visibility::Members),
        project_admin("shop", "alice"),
        create("shop-next", "shop", "us-east"),
    ]);
    // She manages what the project has there, as its admin; the cluster itself is not hers, nor to place anything on it.
    assert_eq!(world.deploys("alice", "shop-dev"), Decision::Allow);
    assert_eq!(world.level("alice", "us-west"), ClusterAccess::None);
    let shut_out =
        |cluster| Reason::ClusterLevelInsufficient { have: ClusterAccess::None, need: ClusterAccess::Deploy, cluster };
    world.denies("alice", create("new", "shop", "us-west"), shut_out(ClusterOf::Present));
    world.denies("alice", retarget("shop-next", "us-west"), shut_out(ClusterOf::New));
    assert!(matches!(world.deploys("bob", "shop-dev"), Decision::Deny(Reason::ClusterLevelInsufficient { .. })));
}

#[test]
fn what_holds_a_locked_environment_is_not_deleted_around_it() {
    let mut world = acme();
    world.denies("carol", delete("shop-production"), FOR_OWNERS);
    world.denies("carol", delete_project("shop"), Reason::NotEmpty);
    world.denies("carol", disconnect("us-east"), Reason::NotEmpty);
    world.does("carol", delete("shop-dev"));
    world.denies("carol", delete_project("shop"), Reason::NotEmpty);
    world.does("carol", disconnect("us-west"));
    world.denies_batch([("carol", delete("shop-production")), ("carol", delete_project("shop"))], 0, FOR_OWNERS);
}

#[test]
fn a_locked_environment_is_not_deleted_and_created_anew_without_its_protection() {
    let mut world = acme();
    world.denies("carol", delete("shop-production"), FOR_OWNERS);
    for cluster in ["us-east", "us-west"] {
        let taken = world.refuses("carol", create("shop-production", "shop", cluster));
        assert!(matches!(taken, ChangeError::Taken { .. }), "{taken}");
    }
    // What is hers to delete she may create anew: it was hers to deploy to.
    assert_eq!(world.deploys("carol", "shop-dev"), Decision::Allow);
    world.does("carol", delete("shop-dev"));
    world.does("carol", create("shop-dev", "vault", "us-east"));
}

#[test]
fn the_secrets_of_what_is_protected_are_not_read_through_its_project() {
    let mut world = acme().after([project_admin("shop", "alice")]);
    let secrets = |resource| (Action::ReadSecrets, resource);
    for (action, resource) in [
        secrets(ResourceId::Environment("shop-production")),
        secrets(ResourceId::Project("shop")),
        (Action::WriteVariables, ResourceId::Project("shop")),
        (Action::Exec, ResourceId::Environment("shop-production")),
    ] {
        assert_eq!(world.decides("alice", action, resource), Decision::Deny(FOR_OWNERS), "{action:?}");
        assert_eq!(world.decides("carol", action, resource), Decision::Deny(FOR_OWNERS), "{action:?}");
    }
    // An unprotected environment beside it opens nothing.
    world.does("alice", create("decoy", "shop", "us-west"));
    let read = world.decides("alice", Action::ReadSecrets, ResourceId::Project("shop"));
    assert_eq!(read, Decision::Deny(FOR_OWNERS));
}

#[test]
fn a_restart_changes_nothing_that_runs() {
    let world = acme();
    // It asks for the level and no rank; what would change what runs asks for both.
    assert!(world.decides("alice", Action::Restart, ResourceId::Environment("shop-production")).is_allowed());
    let protected = Decision::Deny(Reason::EnvironmentProtected { have: Role::Developer, need: Role::Owner });
    for action in [Action::Deploy, Action::BreakGlass, Action::WriteVariables, Action::Exec] {
        assert_eq!(world.decides("alice", action, ResourceId::Environment("shop-production")), protected, "{action}");
    }
}

#[test]
fn a_deployment_of_another_is_not_stopped_by_a_developer() {
    let world = acme();
    let requested_by = |requested_by, on_behalf_of| {
        let (environment, release) = ("shop-dev", None);
        ResourceId::Deployment { environment, requested_by, on_behalf_of, release, approvals: &[][..] }
    };
    let not_own = Decision::Deny(Reason::NotOwnDeployment);
    for action in [Action::Manage, Action::Cancel] {
        assert_eq!(world.decides("alice", action, requested_by("bob", None)), not_own, "{action}");
        assert_eq!(world.decides("alice", action, requested_by("alice", None)), Decision::Allow, "{action}");
        assert_eq!(world.decides("alice", action, requested_by("ci-bot", Some("alice"))), Decision::Allow, "{action}");
        assert_eq!(world.decides("carol", action, requested_by("bob", None)), Decision::Allow, "{action}");
    }
}

#[test]
fn a_hidden_project_is_not_shown_by_who_was_not_invited() {
    let mut world = acme().after([create_in("vault-dev", "vault", "us-west", "vault")]);
    assert_eq!(world.deploys("alice", "vault-dev"), Decision::Deny(Reason::NotInProject));
    world.denies("alice", show_project("vault", Visibility::Organization), Reason::NotInProject);
    let invited = Grant::new(ProjectRole::Admin);
    world.denies("alice", set_project_role("vault", "alice", invited), Reason::NotInProject);
    world.denies("alice", create("decoy", "vault", "us-west"), Reason::NotInProject);
    world.denies("alice", delete_project("vault"), Reason::NotInProject);
}

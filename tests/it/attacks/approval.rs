//! To a deploy that nobody else approved.

use shipgate::change::Change;
use shipgate::model::{ApprovalFrom, ApprovalId, ApprovalRule, Permission};
use shipgate::policy::RoleRequirement;
use shipgate::{
    AccountKind, Action, ClusterAccess, Decision, Grant, MissingApprovals, ProjectRole, Protection, Reason, ResourceId,
    Role,
};

use super::change::{change_role, invite, protect, remove, retarget, set_access, set_expiry, set_project_role};
use super::{ADMIN_APPROVED, BEFORE, FOR_OWNERS, Id, OUTRANKED, OWNER_APPROVED, World, acme, lacks, project_admin};
use crate::world::fresh::fresh;

/// acme-corp with a second Admin, where shop-dev asks for an Admin's approval.
fn an_admin_approves() -> World {
    acme().after([change_role("bob", Role::Admin), protect("shop-dev", ADMIN_APPROVED)])
}

fn needs(from: ApprovalFrom) -> Decision {
    Decision::RequireApproval(MissingApprovals { from, missing: 1 })
}

impl World {
    /// Whether who requested a deployment into shop-dev may deploy it, with the approvals of these.
    fn deploys_approved(&self, requested_by: &str, approved_by: &[Id]) -> Decision {
        self.deploys_anothers(requested_by, requested_by, approved_by)
    }

    fn deploys_anothers(&self, who: &str, requested_by: &str, approved_by: &[Id]) -> Decision {
        let approvals: Vec<_> = approved_by.iter().map(|by| ApprovalId::new(*by)).collect();
        self.deploys_requested(who, requested_by, None, None, &approvals)
    }

    fn deploys_requested(
        &self,
        who: &str,
        requested_by: &str,
        on_behalf_of: Option<&str>,
        release: Option<&str>,
        approvals: &[ApprovalId<Id>],
    ) -> Decision {
        let environment = "shop-dev";
        let deployment = ResourceId::Deployment { environment, requested_by, on_behalf_of, release, approvals };
        self.decides(who, Action::Deploy, deployment)
    }

    fn approves(&self, who: &str, requested_by: &str, on_behalf_of: Option<&str>) -> Decision {
        let (environment, release) = ("shop-dev", None);
        let deployment =
            ResourceId::Deployment { environment, requested_by, on_behalf_of, release, approvals: &[][..] };
        self.decides(who, Action::Approve, deployment)
    }
}

#[test]
fn nobody_approves_their_own_deployment() {
    let world = an_admin_approves();
    assert_eq!(world.approves("carol", "carol", None), Decision::Deny(Reason::SelfApproval));
    for approvals in [&["carol"][..], &["carol", "carol"]] {
        assert_eq!(world.deploys_approved("carol", approvals), needs(ApprovalFrom::Admin));
    }
    assert_eq!(world.deploys_approved("carol", &["carol", "bob"]), Decision::Allow);
}

#[test]
fn nobody_approves_what_was_requested_on_their_behalf() {
    let world = an_admin_approves();
    // A bot asks for carol: she approves it no more than her own.
    assert_eq!(world.approves("carol", "ci-bot", Some("carol")), Decision::Deny(Reason::SelfApproval));
    let by_carol = [ApprovalId::new("carol")];
    let deploys = world.deploys_requested("bob", "ci-bot", Some("carol"), None, &by_carol);
    assert_eq!(deploys, needs(ApprovalFrom::Admin));
    assert_eq!(world.deploys_requested("bob", "ci-bot", None, None, &by_carol), Decision::Allow);
}

#[test]
fn a_second_membership_is_no_second_approver() {
    let mut world = an_admin_approves();
    for (organization, owner) in [("carol-corp", "carol"), ("mallory-corp", "mallory")] {
        let founded = world.0.create_organization(fresh(), organization, owner, AccountKind::User, None);
        assert!(founded.is_ok(), "{founded:?}");
    }
    assert_eq!(world.approves("carol", "carol", None), Decision::Deny(Reason::SelfApproval));
    assert_eq!(world.approves("mallory", "carol", None), Decision::Deny(Reason::NotAMember));
    assert_eq!(world.deploys_approved("carol", &["carol", "mallory", "nobody"]), needs(ApprovalFrom::Admin));
}

#[test]
fn who_carries_a_deployment_out_does_not_count_as_its_approver() {
    let world = an_admin_approves();
    assert_eq!(world.deploys_approved("carol", &["bob"]), Decision::Allow);
    // bob may carry out what carol requested; but then it is his, and his approval counts for nothing.
    assert_eq!(world.deploys_anothers("bob", "carol", &["bob"]), needs(ApprovalFrom::Admin));
    assert_eq!(world.deploys_anothers("bob", "carol", &["bob", "carol"]), needs(ApprovalFrom::Admin));
    assert_eq!(world.deploys_anothers("bob", "carol", &["bob", "olivia"]), Decision::Allow);
    // What is approved makes nobody a deployer.
    assert!(matches!(world.deploys_anothers("alice", "carol", &["bob"]), Decision::Deny(_)));
}

#[test]
fn an_approval_of_one_release_does_not_deploy_another() {
    let world = an_admin_approves();
    let of_v1 = [ApprovalId::new("bob").for_release("v1")];
    let deploys = |release| world.deploys_requested("carol", "carol", None, release, &of_v1);
    assert_eq!(deploys(Some("v1")), Decision::Allow);
    for other in [Some("v2"), Some("v1 "), Some("V1"), Some(""), None] {
        assert_eq!(deploys(other), needs(ApprovalFrom::Admin), "{other:?}");
    }
    // One that was given for no release is for none that has a name.
    let deploys = world.deploys_requested("carol", "carol", None, Some("v1"), &[ApprovalId::new("bob")]);
    assert_eq!(deploys, needs(ApprovalFrom::Admin));
}

#[test]
fn an_approval_for_one_cluster_does_not_follow_the_environment_to_another() {
    let mut world = an_admin_approves();
    let there = [ApprovalId::new("bob").on_cluster("us-west")];
    assert_eq!(world.deploys_requested("carol", "carol", None, None, &there), Decision::Allow);
    world.does("carol", retarget("shop-dev", "us-east"));
    assert_eq!(world.deploys_requested("carol", "carol", None, None, &there), needs(ApprovalFrom::Admin));
}

#[test]
fn an_approval_does_not_outlive_what_its_approver_was() {
    let falls: [(&str, &[Change<Id>]); 5] = [
        ("demoted", &[change_role("bob", Role::Developer)]),
        ("removed", &[remove("bob")]),
        ("expired", &[set_expiry("bob", Some(BEFORE))]),
        ("shut out", &[set_access("us-west", "bob", Grant::new(ClusterAccess::None))]),
        ("invited anew as less", &[remove("bob"), invite("bob", Role::Viewer)]),
    ];
    for (fall, changes) in falls {
        let mut world = an_admin_approves();
        assert_eq!(world.deploys_approved("carol", &["bob"]), Decision::Allow, "{fall}");
        for change in changes {
            world.does("olivia", change.clone());
        }
        assert_eq!(world.deploys_approved("carol", &["bob"]), needs(ApprovalFrom::Admin), "{fall}");
    }
}

/// Who serves approvals drops those of members who leave: shipgate knows only what its approvers are now.
#[test]
fn an_approver_who_comes_back_counts_again_where_the_approval_was_kept() {
    let mut world = an_admin_approves();
    world.does("olivia", remove("bob"));
    assert_eq!(world.deploys_approved("carol", &["bob"]), needs(ApprovalFrom::Admin));
    world.does("olivia", invite("bob", Role::Admin));
    assert_eq!(world.deploys_approved("carol", &["bob"]), Decision::Allow);
}

#[test]
fn an_admin_does_not_appoint_an_approver_in_an_owners_place() {
    let mut world = acme().after([protect("shop-dev", OWNER_APPROVED)]);
    assert_eq!(world.deploys_approved("carol", &["carol"]), needs(ApprovalFrom::Owner));
    world.does("carol", invite("dave", Role::Admin));
    world.does("carol", project_admin("shop", "alice"));
    let too_low = |have| Decision::Deny(Reason::RoleInsufficient { have, need: RoleRequirement::Role(Role::Owner) });
    for approver in ["dave", "alice"] {
        assert_eq!(world.approves(approver, "carol", None), too_low(Role::Admin), "{approver}");
        assert_eq!(world.deploys_approved("carol", &[approver]), needs(ApprovalFrom::Owner), "{approver}");
    }
    world.denies("carol", change_role("dave", Role::Owner), OUTRANKED);
    assert_eq!(world.deploys_approved("carol", &["olivia"]), Decision::Allow);
}

#[test]
fn a_bot_approves_nothing() {
    let world = an_admin_approves().after([change_role("ci-bot", Role::Admin)]);
    assert_eq!(world.approves("ci-bot", "carol", None), Decision::Deny(Reason::ServiceAccount));
    assert_eq!(world.deploys_approved("carol", &["ci-bot"]), needs(ApprovalFrom::Admin));
}

#[test]
fn who_may_not_approve_does_not_count_under_review() {
    let mut world = acme().after([protect("shop-dev", Protection::REVIEWED)]);
    assert_eq!(world.deploys_approved("alice", &["bob", "victor", "betty", "ci-bot"]), needs(ApprovalFrom::Admin));
    assert_eq!(world.approves("bob", "alice", None), Decision::Deny(lacks(Role::Developer, Permission::Approve)));
    assert_eq!(world.deploys_approved("alice", &["carol"]), Decision::Allow);
    // A project's admin may, by the role in the project.
    world.does("olivia", set_project_role("shop", "bob", Grant::new(ProjectRole::Admin)));
    assert_eq!(world.deploys_approved("alice", &["bob"]), Decision::Allow);
}

/// An Admin writes no variables of what an Owner has to approve, and opens no shell in it: that would decide what runs.
#[test]
fn what_an_owner_has_to_approve_is_not_changed_past_the_approval() {
    let for_owners = Protection::reviewed(ApprovalRule::new(ApprovalFrom::Owner));
    for protection in [OWNER_APPROVED, for_owners] {
        let world = acme().after([protect("shop-dev", protection)]);
        for action in [Action::WriteVariables, Action::ReadSecrets, Action::Exec] {
            let decision = world.decides("carol", action, ResourceId::Environment("shop-dev"));
            assert_eq!(decision, Decision::Deny(FOR_OWNERS), "{action} under {protection:?}");
            assert!(world.decides("olivia", action, ResourceId::Environment("shop-dev")).is_allowed(), "{action}");
        }
        // Nor by pausing or deleting what was deployed.
        let (environment, requested_by) = ("shop-dev", "carol");
        let (on_behalf_of, release) = (None, None);
        let own = ResourceId::Deployment { environment, requested_by, on_behalf_of, release, approvals: &[][..] };
        assert_eq!(world.decides("carol", Action::Manage, own), Decision::Deny(FOR_OWNERS));
    }
    // Under review by Admins it is not for every Developer who may deploy.
    let world = acme().after([protect("shop-dev", Protection::REVIEWED)]);
    let for_admins = Reason::EnvironmentProtected { have: Role::Developer, need: Role::Admin };
    for action in [Action::WriteVariables, Action::ReadSecrets, Action::Exec] {
        let decision = world.decides("alice", action, ResourceId::Environment("shop-dev"));
        assert_eq!(decision, Decision::Deny(for_admins), "{action}");
    }
    assert_eq!(world.deploys("alice", "shop-dev"), needs(ApprovalFrom::Admin));
}

/// A rule binds those below its custodian: where Admins approve, an Admin may drop the rule, or invite a second one. It is
/// recorded. To bind Admins, Owners have to approve.
#[test]
fn a_rule_that_admins_meet_does_not_bind_admins() {
    let mut world = acme().after([protect("shop-dev", ADMIN_APPROVED)]);
    world.does("carol", invite("dave", Role::Admin));
    assert_eq!(world.deploys_approved("carol", &["dave"]), Decision::Allow);
    world.does("carol", protect("shop-dev", Protection::NONE));
    assert_eq!(world.deploys("carol", "shop-dev"), Decision::Allow);

    let mut world = acme().after([protect("shop-dev", OWNER_APPROVED)]);
    world.denies("carol", protect("shop-dev", Protection::NONE), FOR_OWNERS);
}

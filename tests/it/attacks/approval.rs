//! To a deploy that nobody else approved.

use shipgate::change::Change;
use shipgate::model::ApprovalFrom;
use shipgate::model::ApprovalId;
use shipgate::policy::RoleRequirement;
use shipgate::{AccountKind, Action, ClusterAccess, Decision, Grant, MissingApprovals, Reason, ResourceId, Role};

use super::change::{change_role, invite, protect, remove, set_access, set_expiry};
use super::{ADMIN_APPROVED, BEFORE, Id, OWNER_APPROVED, World, acme, project_admin};

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
        let deployment: ResourceId<_, &[_]> =
            ResourceId::Deployment { environment: "shop-dev", requested_by, approvals: &approvals };
        self.decides(who, Action::Deploy, deployment)
    }

    fn approves(&self, who: &str, requested_by: &str) -> Decision {
        let deployment: ResourceId<_, &[_]> =
            ResourceId::Deployment { environment: "shop-dev", requested_by, approvals: &[] };
        self.decides(who, Action::Approve, deployment)
    }
}

#[test]
fn nobody_approves_their_own_deployment() {
    let world = an_admin_approves();
    assert_eq!(world.approves("carol", "carol"), Decision::Deny(Reason::SelfApproval));
    for approvals in [&["carol"][..], &["carol", "carol"]] {
        assert_eq!(world.deploys_approved("carol", approvals), needs(ApprovalFrom::Admin));
    }
    assert_eq!(world.deploys_approved("carol", &["carol", "bob"]), Decision::Allow);
}

#[test]
fn a_second_membership_is_no_second_approver() {
    let mut world = an_admin_approves();
    for (organization, owner) in [("carol-corp", "carol"), ("mallory-corp", "mallory")] {
        let founded = world.0.create_organization(organization, owner, AccountKind::User, None);
        assert!(founded.is_ok(), "{founded:?}");
    }
    assert_eq!(world.approves("carol", "carol"), Decision::Deny(Reason::SelfApproval));
    assert_eq!(world.approves("mallory", "carol"), Decision::Deny(Reason::NotAMember));
    assert_eq!(world.deploys_approved("carol", &["carol", "mallory", "nobody"]), needs(ApprovalFrom::Admin));
}

#[test]
fn nobody_deploys_what_was_approved_for_another() {
    let world = an_admin_approves();
    assert_eq!(world.deploys_approved("carol", &["bob"]), Decision::Allow);
    assert_eq!(world.deploys_anothers("bob", "carol", &["bob", "carol"]), Decision::Deny(Reason::NotRequester));
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

#[test]
fn an_admin_does_not_appoint_an_approver_in_an_owners_place() {
    let mut world = acme().after([protect("shop-dev", OWNER_APPROVED)]);
    assert_eq!(world.deploys_approved("carol", &["carol"]), needs(ApprovalFrom::Owner));
    world.does("carol", invite("dave", Role::Admin));
    world.does("carol", project_admin("shop", "alice"));
    let too_low = |have| Decision::Deny(Reason::RoleInsufficient { have, need: RoleRequirement::Role(Role::Owner) });
    for approver in ["dave", "alice"] {
        assert_eq!(world.approves(approver, "carol"), too_low(Role::Admin), "{approver}");
        assert_eq!(world.deploys_approved("carol", &[approver]), needs(ApprovalFrom::Owner), "{approver}");
    }
    let outranked = Reason::Outranked { have: Role::Admin, need: Role::Owner };
    world.denies("carol", change_role("dave", Role::Owner), outranked);
    assert_eq!(world.deploys_approved("carol", &["olivia"]), Decision::Allow);
}

#[test]
fn a_bot_approves_nothing() {
    let world = an_admin_approves().after([change_role("ci-bot", Role::Admin)]);
    assert_eq!(world.approves("ci-bot", "carol"), Decision::Deny(Reason::ServiceAccount));
    assert_eq!(world.deploys_approved("carol", &["ci-bot"]), needs(ApprovalFrom::Admin));
}

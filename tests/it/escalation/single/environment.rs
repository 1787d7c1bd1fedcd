//! Law 7 of environments: who loosens the protection of one, or deletes it, has its custodian's rank there. Of every
//! protection there is, whoever acts.

use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, Permission, ProtectionLevel, SelfApproval};
use shipgate::{
    Action, AnyRole, ClusterAccess, Decision, Environment, ProjectRole, Protection, Reason, Resource, Role, Subject,
    decide,
};

use super::classes::{VISIBILITIES, grants, levels_alone, like, members, product, roles};
use super::world::{Facts, Grants, LATER, Member, NOW, Things};
use crate::oracle::loosens;
use crate::testing::oracle::protection::custodian;

/// Every protection, with every rule that asks for one approval or two.
fn protections() -> Vec<Protection> {
    let mut rules = vec![None];
    for from in ApprovalFrom::ALL {
        for count in 1..=2 {
            for self_approval in SelfApproval::ALL {
                rules.extend(Bypass::ALL.map(|bypass| {
                    let rule = ApprovalRule::new(from).with_count(count).expect("an approval at least");
                    Some(rule.with_self_approval(self_approval).with_bypass(bypass))
                }));
            }
        }
    }
    let mut all: Vec<_> = product(&ProtectionLevel::ALL, &rules, Protection::new).into_iter().flatten().collect();
    all.dedup();
    all
}

fn makers() -> Vec<Member> {
    let there = grants(&[ProjectRole::Viewer, ProjectRole::Developer, ProjectRole::Admin]);
    let levels = [None, Some(ClusterAccess::View.into()), Some(ClusterAccess::Manage.into())];
    let grants = product(&levels, &there, |level, role| Grants { level, role });
    let guardian =
        AnyRole::Custom(like(Role::Viewer, &[], &[Permission::ManageProtection, Permission::ManageProjects]));
    let roles: Vec<_> = roles().into_iter().chain([guardian]).collect();
    members(&roles, &[None, Some(LATER)], &grants, &levels_alone(&[None]), &[false])
}

/// Tries to loosen every protection, and to delete what has it. Returns how much was allowed, of how much.
fn exhaust(is_allowed: impl Fn(Decision, Protection) -> bool) -> Result<(u64, u64), String> {
    let (mut tried, mut allowed) = (0, 0);
    for (project, cluster) in product(&VISIBILITIES, &VISIBILITIES, |project, cluster| (project, cluster)) {
        let facts = Facts::of(Things { project, cluster, team: Grants::default() });
        for maker in makers() {
            let account = facts.maker(&maker);
            let standing = facts.things.course(Some(&maker))[0].standing;
            for present in protections() {
                let environment =
                    Environment::new(0, &facts.project, &facts.cluster, present).expect("of one organization");
                let may = |action| decide(Subject::new(&account).at(NOW), action, Resource::Environment(&environment));
                let has_rank = standing.is_some_and(|standing| standing.rank.includes(custodian(present)));
                let takes_away = protections().into_iter().filter(|to| loosens(*to, present));
                let loosened = takes_away.map(|to| (Action::SetProtection { to }, to));
                for (action, to) in loosened.chain([(Action::Delete, Protection::NONE)]) {
                    tried += 1;
                    let decision = may(action);
                    if is_allowed(decision, to) {
                        allowed += 1;
                        if !has_rank {
                            return Err(format!("{maker:?}: {action:?} on {environment:?}"));
                        }
                    }
                }
            }
        }
    }
    Ok((allowed, tried))
}

#[test]
fn nobody_loosens_what_they_do_not_guard() {
    let (allowed, tried) = exhaust(|decision, _| decision.is_allowed()).expect("nobody does");
    println!("{tried} loosened protections and deletions tried, {allowed} allowed");
}

#[test]
fn without_the_rule_somebody_would_loosen_what_they_do_not_guard() {
    let without_loosening = |decision, to| match decision {
        Decision::Allow => true,
        // The rule *tightening* gives the same reason, for what is an Owner's then.
        Decision::Deny(Reason::EnvironmentProtected { .. }) => custodian(to) != Role::Owner,
        Decision::Deny(_) | Decision::RequireApproval(_) => false,
    };
    assert!(exhaust(without_loosening).is_err());
}

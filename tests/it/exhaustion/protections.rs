//! Protections: every level with every rule that it may have, and what tells them apart.

use shipgate::Protection;
use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, ProtectionLevel, SelfApproval};

/// Every level with every rule that it may have, with counts of one and two.
pub(super) fn every_protection() -> Vec<Protection> {
    let mut every: Vec<Protection> = Vec::new();
    for level in ProtectionLevel::ALL {
        let rules = every_rule().into_iter().map(Some);
        let with = std::iter::once(None).chain(rules).filter_map(|rule| Protection::new(level, rule).ok());
        for protection in with {
            if !every.contains(&protection) {
                every.push(protection);
            }
        }
    }
    every
}

fn every_rule() -> Vec<ApprovalRule> {
    let mut every = Vec::new();
    for from in ApprovalFrom::ALL {
        for count in [1, 2] {
            for self_approval in SelfApproval::ALL {
                for bypass in Bypass::ALL {
                    let rule = ApprovalRule::new(from).with_count(count).expect("one or two is a count");
                    every.push(rule.with_self_approval(self_approval).with_bypass(bypass));
                }
            }
        }
    }
    every
}

/// Those that the questions about deployments tell apart: who may bypass a rule, and how approvals count, are never read together.
pub(super) fn protections_of_deployments() -> Vec<Protection> {
    let mut every = every_protection();
    every.retain(|protection| {
        protection.rule().is_none_or(|rule| {
            let counts_plainly = rule.count() == 1 && rule.self_approval() == SelfApproval::Forbidden;
            rule.bypass() == Bypass::None || counts_plainly
        })
    });
    every
}

/// One for each level and each rank that its rule asks: each has a safeguard of its own, or a rule of its own.
pub(super) fn protections_by_safeguard() -> Vec<Protection> {
    let mut by_safeguard = every_protection();
    by_safeguard.retain(|protection| {
        let plain = |rule: ApprovalRule| rule == ApprovalRule::new(rule.from());
        protection.rule().is_none_or(plain)
    });
    by_safeguard
}

/// One for each level and each rank that its rule asks, and one that differs in each respect of the rule.
pub(super) fn few_protections() -> Vec<Protection> {
    let mut few = protections_by_safeguard();
    let rule = ApprovalRule::new(ApprovalFrom::Admin);
    few.extend([
        Protection::reviewed(rule.with_count(2).expect("two is a count")),
        Protection::reviewed(rule.with_self_approval(SelfApproval::Allowed)),
        Protection::reviewed(rule.with_bypass(Bypass::Owner)),
        Protection::reviewed(rule.with_bypass(Bypass::Admin)),
    ]);
    few
}

//! The protections that the matrix varies.

use shipgate::Protection;
use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, ProtectionLevel, SelfApproval};

/// Every protection that the matrix varies, by the name it has there.
pub(super) fn protections() -> Vec<(&'static str, Protection)> {
    ProtectionLevel::ALL.into_iter().flat_map(protections_of).collect()
}

fn protections_of(level: ProtectionLevel) -> Vec<(&'static str, Protection)> {
    use ApprovalFrom::{Admin, Owner};
    let rule = ApprovalRule::new;
    match level {
        ProtectionLevel::None => vec![("none", Protection::NONE)],
        ProtectionLevel::Reviewed => vec![
            ("reviewed", Protection::REVIEWED),
            ("reviewed!admin", Protection::reviewed(rule(Admin).with_bypass(Bypass::Admin))),
            ("reviewed+owner", Protection::reviewed(rule(Owner))),
        ],
        ProtectionLevel::Restricted => vec![
            ("restricted", Protection::RESTRICTED),
            ("restricted+admin", Protection::restricted(rule(Admin))),
            ("restricted+owner", Protection::restricted(rule(Owner))),
            ("restricted+owner!owner", Protection::restricted(rule(Owner).with_bypass(Bypass::Owner))),
        ],
        ProtectionLevel::Locked => vec![
            ("locked", Protection::LOCKED),
            ("locked+self", locked(rule(Owner).with_self_approval(SelfApproval::Allowed))),
            ("locked!owner", locked(rule(Owner).with_bypass(Bypass::Owner))),
        ],
    }
}

fn locked(rule: ApprovalRule) -> Protection {
    Protection::locked(rule).expect("the rule asks for an owner")
}

/// What an environment's protection can be set to: another count, too.
pub(super) fn settable() -> Vec<(&'static str, Protection)> {
    let two = ApprovalRule::new(ApprovalFrom::Admin).with_count(2).expect("a count of 2 is one");
    protections().into_iter().chain([("restricted+2 admins", Protection::restricted(two))]).collect()
}

pub(super) const LEGEND: &str = "Protections: what follows a plus is whose approval the rule asks for; reviewed is \
    reviewed+admin, and locked is locked+owner. One approval is needed, and the requester's own does not count, but for \
    locked+self. What follows an exclamation mark is the rank that may bypass the rule. A project has one environment of \
    that protection, on the cluster, unless it is empty.";

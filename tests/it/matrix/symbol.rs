//! One character for each answer.

use shipgate::model::ApprovalFrom;
use shipgate::policy::ReasonCode;
use shipgate::{Decision, MissingApprovals};

pub(super) const ALLOW: char = '+';

pub(super) fn of(decision: Decision) -> char {
    match decision {
        Decision::Allow => ALLOW,
        Decision::RequireApproval(MissingApprovals { from, missing }) => {
            assert_eq!(missing, 1, "the rules of the matrix ask for one approval");
            of_approval(from)
        }
        Decision::Deny(reason) => of_reason(reason.code()),
    }
}

fn of_approval(from: ApprovalFrom) -> char {
    match from {
        ApprovalFrom::Admin => '?',
        ApprovalFrom::Owner => '!',
    }
}

fn of_reason(reason: ReasonCode) -> char {
    match reason {
        ReasonCode::NotApplicable => 'n',
        ReasonCode::NotAMember => 'm',
        ReasonCode::ForeignResource => 'f',
        ReasonCode::CredentialExpired => 'x',
        ReasonCode::OutOfScope => 's',
        ReasonCode::NotInProject => 'h',
        ReasonCode::RoleInsufficient => 'r',
        ReasonCode::ClusterLevelInsufficient => 'c',
        ReasonCode::EnvironmentProtected => 'p',
        ReasonCode::Outranked => 'o',
        ReasonCode::NotAssignable => 'a',
        ReasonCode::LastOwner => 'l',
        ReasonCode::NotOwnDeployment => 'w',
        ReasonCode::ApprovalNotRequired => 'u',
        ReasonCode::ServiceAccount => 'b',
        ReasonCode::SelfApproval => 'i',
        ReasonCode::BypassForbidden => 'g',
        ReasonCode::AboveCeiling => 't',
        ReasonCode::Escalation => 'e',
        ReasonCode::Outlasts => 'd',
        ReasonCode::NotEmpty => 'k',
        ReasonCode::UnknownResource => 'z',
    }
}

/// Whether facts can be such that `decide` gives this reason.
fn is_of_decide(reason: ReasonCode) -> bool {
    match reason {
        ReasonCode::NotApplicable
        | ReasonCode::NotAMember
        | ReasonCode::ForeignResource
        | ReasonCode::CredentialExpired
        | ReasonCode::OutOfScope
        | ReasonCode::NotInProject
        | ReasonCode::RoleInsufficient
        | ReasonCode::ClusterLevelInsufficient
        | ReasonCode::EnvironmentProtected
        | ReasonCode::Outranked
        | ReasonCode::NotAssignable
        | ReasonCode::LastOwner
        | ReasonCode::NotOwnDeployment
        | ReasonCode::ApprovalNotRequired
        | ReasonCode::ServiceAccount
        | ReasonCode::SelfApproval
        | ReasonCode::BypassForbidden
        | ReasonCode::AboveCeiling
        | ReasonCode::Escalation
        | ReasonCode::Outlasts
        | ReasonCode::NotEmpty => true,
        // Only a directory knows what it does not hold.
        ReasonCode::UnknownResource => false,
    }
}

/// Every answer of `decide`, by the name it has in the legend.
pub(super) fn legend() -> Vec<(char, String)> {
    let mut legend = vec![(ALLOW, "allow".to_owned())];
    legend.extend(ApprovalFrom::ALL.map(|from| (of_approval(from), format!("require_approval, 1 from {from}"))));
    let reasons = ReasonCode::ALL.into_iter().filter(|reason| is_of_decide(*reason));
    legend.extend(reasons.map(|reason| (of_reason(reason), reason.to_string())));
    legend
}

//! The answer to a question.

use serde_json::{Value, json};
use shipgate::json::Outcome;
use shipgate::policy::ReasonCode;

use crate::words::{object, one_of, word};

/// Every member of a context but its outcome.
const MEMBERS: &str = "from:from missing:count reason:reason hidden:boolean have:have need:have permission:permission \
                       ceiling:cluster_access cluster";

/// The data of a reason; what ends in `?` may be missing.
const fn data_of(reason: ReasonCode) -> &'static str {
    match reason {
        ReasonCode::RoleInsufficient => "have need? permission?",
        ReasonCode::ClusterLevelInsufficient => "have need cluster",
        ReasonCode::EnvironmentProtected | ReasonCode::Escalation => "have need",
        ReasonCode::Outranked => "have need permission?",
        ReasonCode::BypassForbidden => "have need?",
        ReasonCode::AboveCeiling => "need ceiling",
        ReasonCode::NotApplicable
        | ReasonCode::NotAMember
        | ReasonCode::ForeignResource
        | ReasonCode::CredentialExpired
        | ReasonCode::OutOfScope
        | ReasonCode::NotInProject
        | ReasonCode::NotAssignable
        | ReasonCode::LastOwner
        | ReasonCode::NotOwnDeployment
        | ReasonCode::ApprovalNotRequired
        | ReasonCode::ServiceAccount
        | ReasonCode::SelfApproval
        | ReasonCode::Outlasts
        | ReasonCode::NotEmpty
        | ReasonCode::UnknownResource => "",
    }
}

pub(crate) fn schema() -> Value {
    let mut shapes = vec![
        answer(Outcome::Allow, ""),
        answer(Outcome::RequireApproval, "from missing"),
        denial(true, &ReasonCode::ALL, ""),
    ];
    // The reasons that have the same data, together.
    let mut seen = Vec::new();
    for data in ReasonCode::ALL.map(data_of) {
        if !seen.contains(&data) {
            seen.push(data);
            let reasons: Vec<_> = ReasonCode::ALL.into_iter().filter(|reason| data_of(*reason) == data).collect();
            shapes.push(denial(false, &reasons, data));
        }
    }
    crate::schema(
        "Answer",
        "What shipgate answers to a question. Members that are not named here are to be ignored.",
        one_of(shapes),
        [("have", json!({ "anyOf": [word("role"), word("cluster_access")] }))],
    )
}

/// A denial for one of these reasons, which have the same data.
fn denial(hidden: bool, reasons: &[ReasonCode], data: &str) -> Value {
    let mut denial = answer(Outcome::Deny, &format!("reason hidden {data}"));
    let context = &mut denial["properties"]["context"]["properties"];
    context["hidden"] = json!({ "const": hidden });
    if reasons.len() < ReasonCode::ALL.len() {
        context["reason"] = json!({ "enum": reasons });
    }
    denial
}

/// An answer with this outcome and, of the known members, with these alone; what ends in `?` may be missing.
fn answer(outcome: Outcome, with: &str) -> Value {
    let with: Vec<&str> = with.split_whitespace().collect();
    let mut context = object(MEMBERS);
    if let Some(members) = context["properties"].as_object_mut() {
        for (name, member) in members.iter_mut() {
            if !with.iter().any(|with| with.trim_end_matches('?') == name) {
                *member = json!(false);
            }
        }
        members.shift_insert(0, "outcome".into(), json!({ "const": outcome }));
    }
    let required = with.into_iter().filter(|name| !name.ends_with('?'));
    context["required"] = ["outcome"].into_iter().chain(required).collect();
    context["additionalProperties"] = json!(true);
    json!({
        "type": "object",
        "properties": { "decision": { "const": outcome == Outcome::Allow }, "context": context },
        "required": ["decision", "context"]
    })
}

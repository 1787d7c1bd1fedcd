//! An explanation in JSON.

use std::io;

use serde::Serialize;
use serde_json::Value;
use shipgate::directory::Question;
use shipgate::explain::{Circumstance, Obstacle, Remedy, TokenPart, TokenSource, Verdict};
use shipgate::json::Answer;
use shipgate::model::ApprovalFrom;
use shipgate::policy::{ClusterOf, Gate};
use shipgate::{ClusterAccess, Decision, Grant, MissingApprovals, ProjectRole, Reason, Role, Time};

use super::super::console::CommandError;
use super::super::escape::json as to_json;
use super::Answered;

/// The answer to a question, and all that led to it.
pub(super) fn json(answered: &Answered<'_>) -> Result<String, CommandError> {
    let explanation = &answered.explanation;
    let (_, told) = answered.in_words(ToOwned::to_owned, |id| format!("\"{id}\""));
    let report = Report {
        question: &answered.question,
        answer: Answer::new(answered.directory, &answered.question),
        known: answered.is_known(),
        obstacles: obstacles(answered)?,
        gates: explanation.verdicts().map(|(gate, verdict)| GateLine { gate, verdict }).collect(),
        circumstances: explanation.circumstances().iter().map(|it| CircumstanceLine::of(it, answered)).collect(),
        remedies: explanation.remedies().iter().map(|remedy| RemedyLine::of(*remedy, answered)).collect(),
        told,
    };
    Ok(to_json(&report)?)
}

/// The obstacles as decisions are written, with the ids of their clusters.
fn obstacles(answered: &Answered<'_>) -> Result<Vec<Value>, CommandError> {
    let obstacle = |obstacle: &Obstacle| {
        let mut value = serde_json::to_value(decision_of(*obstacle)).map_err(io::Error::from)?;
        if let Obstacle::Reason(Reason::ClusterLevelInsufficient { cluster, .. }) = obstacle
            && let Some(id) = value.get_mut("cluster")
        {
            *id = answered.cluster_of(*cluster).map_or(Value::Null, Value::from);
        }
        Ok(value)
    };
    answered.explanation.obstacles().iter().map(obstacle).collect()
}

/// The decision if this obstacle were the only one.
const fn decision_of(obstacle: Obstacle) -> Decision {
    match obstacle {
        Obstacle::Reason(reason) => Decision::Deny(reason),
        Obstacle::Approval(approvals) => Decision::RequireApproval(approvals),
    }
}

#[derive(Serialize)]
struct Report<'a> {
    question: &'a Question<String>,
    answer: Answer,
    /// Whether the document has the account.
    known: bool,
    obstacles: Vec<Value>,
    gates: Vec<GateLine>,
    circumstances: Vec<CircumstanceLine<'a>>,
    remedies: Vec<RemedyLine<'a>>,
    told: String,
}

#[derive(Serialize)]
struct GateLine {
    gate: Gate,
    verdict: Verdict,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum CircumstanceLine<'a> {
    MembershipOver { expires_at: Time },
    CustomRole { id: &'a str, rank: Role },
    ProjectRole(GrantLine<'a, ProjectRole>),
    ClusterAccess(AccessLine<'a>),
    Token(TokenLine<'a>),
}

#[derive(Serialize)]
struct AccessLine<'a> {
    cluster: Option<&'a str>,
    #[serde(flatten)]
    grant: GrantLine<'a, ClusterAccess>,
}

#[derive(Serialize)]
struct TokenLine<'a> {
    source: TokenSource,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    lacks: &'a [TokenPart],
}

#[derive(Serialize)]
struct GrantLine<'a, T> {
    value: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<&'a str>,
    is_over: bool,
}

impl<'a> CircumstanceLine<'a> {
    fn of(circumstance: &'a Circumstance<String>, answered: &'a Answered<'_>) -> Self {
        match circumstance {
            Circumstance::MembershipOver { expires_at } => Self::MembershipOver { expires_at: *expires_at },
            Circumstance::CustomRole { id, rank } => Self::CustomRole { id, rank: *rank },
            Circumstance::ProjectRole { grant, team, is_over } => {
                Self::ProjectRole(GrantLine::of(*grant, team.as_deref(), *is_over))
            }
            Circumstance::ClusterAccess { cluster, grant, team, is_over } => {
                let grant = GrantLine::of(*grant, team.as_deref(), *is_over);
                Self::ClusterAccess(AccessLine { cluster: answered.cluster_of(*cluster), grant })
            }
            Circumstance::Token { source, id, lacks } => {
                Self::Token(TokenLine { source: *source, id: id.as_deref(), lacks })
            }
        }
    }
}

impl<'a, T: Copy> GrantLine<'a, T> {
    const fn of(grant: Grant<T>, team: Option<&'a str>, is_over: bool) -> Self {
        Self { value: grant.value(), expires_at: grant.expires_at(), team, is_over }
    }
}

#[derive(Serialize)]
struct RemedyLine<'a> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    later_expiry: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_role: Option<ProjectRole>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cluster_access: Vec<Access<'a>>,
    /// On each cluster that the project's environments deploy to.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_on_each_cluster: Option<ClusterAccess>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approvals: Option<Approvals>,
}

#[derive(Serialize)]
struct Access<'a> {
    cluster: Option<&'a str>,
    level: ClusterAccess,
}

#[derive(Serialize)]
struct Approvals {
    from: ApprovalFrom,
    missing: u8,
}

impl<'a> RemedyLine<'a> {
    fn of(remedy: Remedy, answered: &'a Answered<'_>) -> Self {
        let access = |which| Some(Access { cluster: answered.cluster_of(which), level: remedy.level(which)? });
        Self {
            later_expiry: remedy.later_expiry(),
            role: remedy.role(),
            project_role: remedy.project_role(),
            cluster_access: [ClusterOf::Present, ClusterOf::New].into_iter().filter_map(access).collect(),
            access_on_each_cluster: remedy.level(ClusterOf::OfProject(0)),
            approvals: remedy.approvals().map(|MissingApprovals { from, missing }| Approvals { from, missing }),
        }
    }
}

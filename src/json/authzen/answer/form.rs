//! The form of the answer.

use alloc::string::String;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::authzen::answer::{Answer, Outcome};
use crate::json::forms::decision::Data;
use crate::model::protection::ApprovalFrom;
use crate::policy::decision::{Decision, Denied, Exposure, MissingApprovals};
use crate::policy::reason::{ClusterOf, Reason, ReasonCode};

/// The `context` of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Context {
    pub(super) outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<ApprovalFrom>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) missing: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<ReasonCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hidden: Option<bool>,
    #[serde(flatten)]
    pub(super) data: Data,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cluster: Option<String>,
}

impl Context {
    const fn new(outcome: Outcome, data: Data) -> Self {
        Self { outcome, from: None, missing: None, reason: None, hidden: None, data, cluster: None }
    }

    pub(super) fn unknown() -> Self {
        let context = Self::new(Outcome::Deny, Data::NOTHING);
        Self { reason: Some(ReasonCode::UnknownResource), hidden: Some(true), ..context }
    }

    /// What made a decision so. A hidden denial has its reason alone.
    pub(super) fn of(answer: Result<(), Denied>, id_of: impl FnOnce(ClusterOf) -> Option<String>) -> Self {
        let reason = match answer.map_or_else(|denied| denied.decision(), |()| Decision::Allow) {
            Decision::Allow => return Self::new(Outcome::Allow, Data::NOTHING),
            Decision::RequireApproval(MissingApprovals { from, missing }) => {
                let context = Self::new(Outcome::RequireApproval, Data::NOTHING);
                return Self { from: Some(from), missing: Some(missing), ..context };
            }
            Decision::Deny(reason) => reason,
        };
        let hidden = answer.is_err_and(|denied| denied.exposure() == Exposure::Hidden);
        let (data, cluster) = match (hidden, reason) {
            (true, _) => (Data::NOTHING, None),
            (false, Reason::ClusterLevelInsufficient { cluster, .. }) => (Data::of(reason), id_of(cluster)),
            (false, reason) => (Data::of(reason), None),
        };
        let context = Self::new(Outcome::Deny, data);
        Self { reason: Some(reason.code()), hidden: Some(hidden), cluster, ..context }
    }

    /// What is wrong with members that no answer has together.
    fn check(&self, is_allowed: bool) -> Result<(), &'static str> {
        let Self { outcome, from, missing, reason, hidden, data, cluster } = self;
        if is_allowed != matches!(outcome, Outcome::Allow) {
            return Err("`decision` is true for the outcome `allow` alone");
        }
        let (waits, denies) = match outcome {
            Outcome::Allow => (false, false),
            Outcome::RequireApproval => (true, false),
            Outcome::Deny => (false, true),
        };
        if (from.is_some(), missing.is_some()) != (waits, waits) {
            return Err("`from` and `missing` belong to the outcome `require_approval`, and to no other");
        }
        if (reason.is_some(), hidden.is_some()) != (denies, denies) {
            return Err("`reason` and `hidden` belong to the outcome `deny`, and to no other");
        }
        if *hidden != Some(false) && (*data != Data::NOTHING || cluster.is_some()) {
            return Err("only a denial that is not hidden has the data of its reason");
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Written<'a> {
    decision: bool,
    context: &'a Context,
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { decision: self.is_allowed(), context: &self.context }.serialize(serializer)
    }
}

#[derive(Deserialize)]
#[serde(expecting = "an answer: an object with `decision` and `context`")]
struct Read {
    decision: bool,
    context: Context,
}

/// From what it serializes to. Members that no answer has together are an error, and so is an answer without `context`, which
/// does not say what its `false` means.
impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { decision, context } = Deserialize::deserialize(deserializer)?;
        context.check(decision).map_err(D::Error::custom)?;
        Ok(Self { context })
    }
}

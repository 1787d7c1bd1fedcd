//! The form of an answer.

use alloc::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::model::protection::ApprovalFrom;
use crate::policy::decision::Decision;
use crate::policy::reason::{ClusterOf, Reason, ReasonCode, RoleRequirement};

/// `{ "outcome": "allow" }`, `{ "outcome": "require_approval", "from": "owner", "missing": 1 }`, or `{ "outcome": "deny",
/// "reason": … }` with the data of the reason, as [`Reason`] has it.
impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(tag = "outcome", rename_all = "snake_case")]
        enum Fields {
            Allow,
            RequireApproval { from: ApprovalFrom, missing: u8 },
            Deny(ReasonFields),
        }
        let fields = match self {
            Self::Allow => Fields::Allow,
            Self::RequireApproval(needed) => Fields::RequireApproval { from: needed.from, missing: needed.missing },
            Self::Deny(reason) => Fields::Deny(ReasonFields::of(*reason)),
        };
        fields.serialize(serializer)
    }
}

/// `{ "reason": "environment_protected", "have": "developer", "need": "admin" }`. Of a cluster, where the id is not at
/// hand, it says which one: `present`, `new`, or its position among the clusters of the project.
impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ReasonFields::of(*self).serialize(serializer)
    }
}

#[derive(Serialize)]
struct ReasonFields {
    reason: ReasonCode,
    #[serde(flatten)]
    data: Data,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<Which>,
}

impl ReasonFields {
    fn of(reason: Reason) -> Self {
        let cluster =
            if let Reason::ClusterLevelInsufficient { cluster, .. } = reason { Some(Which(cluster)) } else { None };
        Self { reason: reason.code(), data: Data::of(reason), cluster }
    }
}

/// Which cluster a reason tells of.
struct Which(ClusterOf);

impl Serialize for Which {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ClusterOf::Present => serializer.serialize_str("present"),
            ClusterOf::New => serializer.serialize_str("new"),
            ClusterOf::OfProject(position) => serializer.serialize_u16(position),
        }
    }
}

type Word = Cow<'static, str>;

/// The data of a reason, in words, but for the cluster that it tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "authzen", derive(serde::Deserialize))]
pub(crate) struct Data {
    #[serde(skip_serializing_if = "Option::is_none")]
    have: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    need: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permission: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ceiling: Option<Word>,
}

impl Data {
    pub(crate) const NOTHING: Self = Self { have: None, need: None, permission: None, ceiling: None };

    #[cfg(feature = "authzen")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let Self { have, need, permission, ceiling } = self;
        let members = [("have", have), ("need", need), ("permission", permission), ("ceiling", ceiling)];
        members.into_iter().filter_map(|(name, word)| Some((name, word.as_deref()?)))
    }

    pub(crate) fn of(reason: Reason) -> Self {
        let nothing = Self::NOTHING;
        match reason {
            Reason::RoleInsufficient { have, need } => {
                let (permission, need) = match need {
                    RoleRequirement::Permission(permission) => (Some(permission.as_str().into()), None),
                    RoleRequirement::Role(role) => (None, Some(role.as_str().into())),
                };
                Self { have: Some(have.as_str().into()), need, permission, ..nothing }
            }
            Reason::ClusterLevelInsufficient { have, need, .. } | Reason::Escalation { have, need } => {
                Self { have: Some(have.as_str().into()), need: Some(need.as_str().into()), ..nothing }
            }
            Reason::EnvironmentProtected { have, need } => {
                Self { have: Some(have.as_str().into()), need: Some(need.as_str().into()), ..nothing }
            }
            Reason::Outranked { have, need, permission } => {
                let permission = permission.map(|permission| permission.as_str().into());
                Self { have: Some(have.as_str().into()), need: Some(need.as_str().into()), permission, ..nothing }
            }
            Reason::BypassForbidden { have, need } => {
                Self { have: Some(have.as_str().into()), need: need.map(|need| need.as_str().into()), ..nothing }
            }
            Reason::AboveCeiling { need, ceiling } => {
                Self { need: Some(need.as_str().into()), ceiling: Some(ceiling.as_str().into()), ..nothing }
            }
            Reason::NotApplicable
            | Reason::NotAMember
            | Reason::ForeignResource
            | Reason::CredentialExpired
            | Reason::OutOfScope
            | Reason::NotInProject
            | Reason::NotAssignable
            | Reason::LastOwner
            | Reason::NotOwnDeployment
            | Reason::ApprovalNotRequired
            | Reason::ServiceAccount
            | Reason::SelfApproval
            | Reason::Outlasts
            | Reason::NotEmpty
            | Reason::UnknownResource => nothing,
        }
    }
}

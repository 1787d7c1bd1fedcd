//! The form of an answer.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::policy::decision::Decision;
use crate::policy::reason::{ClusterOf, Reason, RoleRequirement};

/// `{ "outcome": "allow" }`, `{ "outcome": "require_approval", "from": "owner", "missing": 1 }`, or `{ "outcome": "deny",
/// "reason": … }` with the data of the reason, as [`Reason`] has it.
impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Allow => map.serialize_entry("outcome", "allow")?,
            Self::RequireApproval(needed) => {
                map.serialize_entry("outcome", "require_approval")?;
                map.serialize_entry("from", &needed.from)?;
                map.serialize_entry("missing", &needed.missing)?;
            }
            Self::Deny(reason) => {
                map.serialize_entry("outcome", "deny")?;
                map.serialize_entry("reason", &reason.code())?;
                write_data(&mut map, *reason, None)?;
            }
        }
        map.end()
    }
}

/// `{ "reason": "environment_protected", "have": "developer", "need": "admin" }`. Of a cluster, where the id is not at
/// hand, it says which one: `present`, `new`, or its position among the clusters of the project.
impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("reason", &self.code())?;
        write_data(&mut map, *self, None)?;
        map.end()
    }
}

/// What made a reason so; `cluster` is the id of the cluster that it tells of, where it is at hand.
pub(crate) fn write_data<M: SerializeMap>(map: &mut M, reason: Reason, cluster: Option<&str>) -> Result<(), M::Error> {
    match reason {
        Reason::RoleInsufficient { have, need } => {
            map.serialize_entry("have", &have)?;
            match need {
                RoleRequirement::Permission(permission) => map.serialize_entry("permission", &permission),
                RoleRequirement::Role(role) => map.serialize_entry("need", &role),
            }
        }
        Reason::ClusterLevelInsufficient { have, need, cluster: which } => {
            map.serialize_entry("have", &have)?;
            map.serialize_entry("need", &need)?;
            match (cluster, which) {
                (Some(id), _) => map.serialize_entry("cluster", id),
                (None, ClusterOf::Present) => map.serialize_entry("cluster", "present"),
                (None, ClusterOf::New) => map.serialize_entry("cluster", "new"),
                (None, ClusterOf::OfProject(position)) => map.serialize_entry("cluster", &position),
            }
        }
        Reason::EnvironmentProtected { have, need } => {
            map.serialize_entry("have", &have)?;
            map.serialize_entry("need", &need)
        }
        Reason::Outranked { have, need, permission } => {
            map.serialize_entry("have", &have)?;
            map.serialize_entry("need", &need)?;
            write_if_some(map, "permission", permission)
        }
        Reason::BypassForbidden { have, need } => {
            map.serialize_entry("have", &have)?;
            write_if_some(map, "need", need)
        }
        Reason::AboveCeiling { need, ceiling } => {
            map.serialize_entry("need", &need)?;
            map.serialize_entry("ceiling", &ceiling)
        }
        Reason::Escalation { have, need } => {
            map.serialize_entry("have", &have)?;
            map.serialize_entry("need", &need)
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
        | Reason::UnknownResource => Ok(()),
    }
}

fn write_if_some<M: SerializeMap>(map: &mut M, member: &str, value: Option<impl Serialize>) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(member, &value))
}

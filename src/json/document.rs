//! The directory document: every organization with its members, clusters, projects and environments, as it is written
//! down.

mod load;
#[cfg(feature = "authzen")]
mod text;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::json::strict::object;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::field::present;
use crate::model::names::names;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::Time;

#[cfg(feature = "authzen")]
pub use text::DocumentError;

/// What a directory holds, as it is written down.
///
/// Reading it is strict: unknown fields and names, and fields that are there twice or `null`, are errors. Whether what it
/// says holds together is seen by [`Document::load`].
///
/// | field | holds |
/// |---|---|
/// | `accounts` | `id`, `kind`: a member that is not listed here is a `user` |
/// | `organizations` | `id`, `members`, `clusters`, `projects` |
/// | `members` of an organization | `account`, `role`, `expires_at` |
/// | `clusters` | `id`, `orchestrator` (`kubernetes`, `swarm` or `compose`), `access` |
/// | `access` | `account`, `level`, `expires_at` |
/// | `projects` | `id`, `visibility` (`organization` where it is left out), `members`, `environments` |
/// | `members` of a project | `account`, `role`, `expires_at` |
/// | `environments` | `id`, `cluster`, `namespace`, `protection` (`none` where it is left out) |
///
/// Lists may be left out, and so may `expires_at`, `orchestrator` and `namespace`. A protection is `none`, `restricted`,
/// `locked`, or `{ "level": "restricted", "approval": { "from": "owner", "count": 1, "self_approval": false } }`.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "authzen")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use shipgate::{Action, Decision, ResourceId, SubjectId};
/// use shipgate::json::Document;
///
/// let document: Document = serde_json::from_str(
///     r#"{ "organizations": [{
///         "id": "acme-corp",
///         "members": [{ "account": "alice", "role": "developer" }],
///         "clusters": [{ "id": "staging-us-east" }]
///     }] }"#,
/// )?;
/// let directory = document.load()?;
/// let staging = ResourceId::Cluster("staging-us-east");
/// assert_eq!(directory.decide(&SubjectId::new("alice"), Action::Deploy, staging), Decision::Allow);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "authzen"))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Document(Entries);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct Entries {
    #[serde(default)]
    accounts: Vec<AccountEntry>,
    #[serde(default)]
    organizations: Vec<OrganizationEntry>,
}
object!(read and written Entries: "a directory document: an object with `organizations`");

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct AccountEntry {
    id: String,
    kind: AccountKind,
}
object!(read and written AccountEntry: "an account: an object with `id` and `kind`");

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct OrganizationEntry {
    id: String,
    #[serde(default)]
    members: Vec<MemberEntry>,
    #[serde(default)]
    clusters: Vec<ClusterEntry>,
    #[serde(default)]
    projects: Vec<ProjectEntry>,
}
object!(read and written OrganizationEntry: "an organization: an object with `id`");

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct MemberEntry {
    account: String,
    role: Role,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}
object!(read and written MemberEntry: "a member: an object with `account` and `role`");

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct ClusterEntry {
    id: String,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    orchestrator: Option<Orchestrator>,
    #[serde(default)]
    access: Vec<AccessEntry>,
}
object!(read and written ClusterEntry: "a cluster: an object with `id`");

names! {
    /// What runs a cluster. It decides nothing.
    pub enum Orchestrator: "orchestrator" {
        /// Kubernetes.
        Kubernetes = "kubernetes",
        /// Docker Swarm.
        Swarm = "swarm",
        /// Docker Compose, on a single host.
        Compose = "compose",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct AccessEntry {
    account: String,
    level: ClusterAccess,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}
object!(read and written AccessEntry: "an access: an object with `account` and `level`");

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct ProjectEntry {
    id: String,
    #[serde(default = "seen_by_the_organization")]
    visibility: Visibility,
    #[serde(default)]
    members: Vec<ProjectMemberEntry>,
    #[serde(default)]
    environments: Vec<EnvironmentEntry>,
}
object!(read and written ProjectEntry: "a project: an object with `id`");

fn seen_by_the_organization() -> Visibility {
    Visibility::Organization
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct ProjectMemberEntry {
    account: String,
    role: ProjectRole,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}
object!(read and written ProjectMemberEntry: "a project's member: an object with `account` and `role`");

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct EnvironmentEntry {
    id: String,
    cluster: String,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    #[serde(default)]
    protection: Protection,
}
object!(read and written EnvironmentEntry: "an environment: an object with `id` and `cluster`");

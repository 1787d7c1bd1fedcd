//! The directory document: the serialized form of [`Rows`].

mod nest;
mod nested;
#[cfg(feature = "authzen")]
mod text;

use core::fmt::Display;
use core::str::FromStr;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(feature = "authzen")]
pub use text::DocumentError;

use crate::directory::rows::Rows;
use crate::json::document::nested::Document;

/// The directory document: organizations, each with its members, clusters, projects and environments. Ids are strings, by
/// their `Display`.
///
/// Rows that refer to nothing are an error: a cluster of an organization that is not there would be lost.
impl<Id: Ord + Display> Serialize for Rows<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document = Document::of(self).map_err(S::Error::custom)?;
        document.serialize(serializer)
    }
}

/// From a directory document, sorted. Reading is strict: an unknown member or name, a member that is there twice or `null`, and an
/// id that its `FromStr` rejects are errors. Whether the rows fit together is checked when a directory is made of them.
///
/// | member | holds |
/// |---|---|
/// | `accounts` | `id`, `kind`: a member that is not listed here is a `user` |
/// | `organizations` | `id`, `members`, `clusters`, `projects` |
/// | `members` of an organization | `account`, `role`, `expires_at` |
/// | `clusters` | `id`, `orchestrator` (`kubernetes`, `swarm` or `compose`), `access` |
/// | `access` | `account`, `level`, `expires_at` |
/// | `projects` | `id`, `visibility` (`organization` if it is left out), `members`, `environments` |
/// | `members` of a project | `account`, `role`, `expires_at` |
/// | `environments` | `id`, `cluster`, `namespace`, `protection` (`none` if it is left out) |
///
/// Lists may be left out, and so may `expires_at`, `orchestrator` and `namespace`. A protection is `none`, `restricted`,
/// `locked`, or `{ "level": "restricted", "approval": { "from": "owner", "count": 1, "self_approval": false } }`.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "authzen")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use shipgate::directory::Rows;
/// use shipgate::{Action, Decision, Directory, ResourceId, SubjectId};
///
/// let rows: Rows<u64> = serde_json::from_str(
///     r#"{ "organizations": [{
///         "id": "1",
///         "members": [{ "account": "7", "role": "developer" }],
///         "clusters": [{ "id": "20" }]
///     }] }"#,
/// )?;
/// let directory = Directory::try_from(rows)?;
/// assert_eq!(directory.decide(&SubjectId::new(&7), Action::Deploy, ResourceId::Cluster(&20)), Decision::Allow);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "authzen"))]
/// # fn main() {}
/// ```
impl<'de, Id: Ord + Clone + FromStr<Err: Display>> Deserialize<'de> for Rows<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut rows = Document::<Id>::read(deserializer).map_err(D::Error::custom)?.into_rows();
        rows.sort();
        Ok(rows)
    }
}

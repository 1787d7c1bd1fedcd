//! The directory document: the serialized form of [`Rows`].

#[cfg(feature = "authzen")]
mod borrowed;
mod nest;
mod nested;
mod references;
#[cfg(feature = "authzen")]
mod text;
mod unnest;
mod word;

use core::fmt::Display;
use core::str::FromStr;

use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(feature = "authzen")]
pub use text::DocumentError;

use crate::directory::rows::Rows;
use crate::json::document::nested::Document;

/// The directory document: organizations, each with its members, custom roles, teams, clusters, projects and environments.
/// Ids are strings, by their `Display`. Of the accounts, it lists those of services: a member that is not listed is a user.
///
/// Rows that the document could not say are an error: a cluster of an organization that is not there would be lost, and so
/// are an id that is empty or has a control character, a custom role that is called as a built-in one, and a namespace of
/// another form.
impl<Id: Ord + Display> Serialize for Rows<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document = Document::of(self).map_err(S::Error::custom)?;
        document.serialize(serializer)
    }
}

/// From a directory document, sorted. Reading is strict: an unknown member or name, a member that is there twice or `null`, and an
/// id that is empty, has a control character, or is rejected by its `FromStr`, are errors. Whether the rows fit together is
/// checked when a directory is made of them.
///
/// | member | holds |
/// |---|---|
/// | `accounts` | `id`, `kind`, each account once: a member that is not listed here is a `user`. One that is a member nowhere is not kept |
/// | `organizations` | `id`, `members`, `roles`, `teams`, `clusters`, `projects` |
/// | `members` of an organization | `account`, `role` (a built-in role, or the id of a custom one), `expires_at` |
/// | `roles` | `id` (not the name of a built-in role), `rank`, `permissions` |
/// | `teams` | `id`, `members` (the ids of accounts) |
/// | `clusters` | `id`, `orchestrator` (`kubernetes`, `swarm` or `compose`), `visibility`, `access` |
/// | `access` | `account` or `team`, `level`, `expires_at` |
/// | `projects` | `id`, `visibility`, `members`, `environments` |
/// | `members` of a project | `account` or `team`, `role`, `expires_at` |
/// | `environments` | `id`, `cluster`, `namespace` (the `id` if it is left out), `protection` (`none` if it is left out) |
///
/// Lists may be left out, and so may `expires_at`, `orchestrator` and `visibility`, which is then `organization`. A protection is
/// `none`, `reviewed`, `restricted`, `locked`, or `{ "level": "restricted", "approval": { "from": "owner", "count": 1,
/// "self_approval": false, "bypass": "none" } }`, where only `from` is required of an approval rule.
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
impl<'de, Id: Ord + Clone + Display + FromStr<Err: Display>> Deserialize<'de> for Rows<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut rows = Document::<Id>::read(deserializer)?.into_rows();
        rows.sort();
        Ok(rows)
    }
}

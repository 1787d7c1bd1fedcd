//! The directory, an in-memory store of facts by id, with its rows and questions. The directory itself needs the feature
//! `directory`; rows and questions do not.

#[cfg(feature = "directory")]
mod convert;
#[cfg(feature = "directory")]
mod copy;
#[cfg(feature = "directory")]
pub(crate) mod each;
#[cfg(feature = "directory")]
pub(crate) mod entry;
#[cfg(feature = "directory")]
pub(crate) mod environment;
#[cfg(feature = "directory")]
pub(crate) mod error;
#[cfg(feature = "tracing")]
pub(crate) mod event;
#[cfg(feature = "directory")]
pub(crate) mod index;
#[cfg(feature = "directory")]
pub(crate) mod key;
#[cfg(feature = "directory")]
pub(crate) mod list;
#[cfg(feature = "directory")]
pub(crate) mod load;
#[cfg(feature = "directory")]
pub(crate) mod lookup;
#[cfg(feature = "directory")]
pub(crate) mod members;
#[cfg(feature = "directory")]
pub(crate) mod numbers;
#[cfg(feature = "directory")]
mod pages;
pub(crate) mod question;
#[cfg(feature = "directory")]
pub(crate) mod resolve;
#[cfg(feature = "directory")]
pub(crate) mod resolved;
pub(crate) mod rows;
#[cfg(feature = "directory")]
pub(crate) mod set;
#[cfg(feature = "directory")]
pub(crate) mod slots;
#[cfg(feature = "directory")]
pub(crate) mod store;
#[cfg(feature = "directory")]
pub(crate) mod stream;
#[cfg(feature = "directory")]
pub(crate) mod subject_id;
#[cfg(feature = "directory")]
pub(crate) mod table;
#[cfg(feature = "directory")]
pub(crate) mod team;
#[cfg(feature = "directory")]
pub(crate) mod version;
#[cfg(feature = "directory")]
pub(crate) mod views;

#[cfg(feature = "directory")]
pub use error::{EntityKind, LoadError, RowError, TableName};
#[cfg(feature = "directory")]
pub use load::DirectoryBuilder;
pub use question::Question;
#[cfg(feature = "directory")]
pub use resolved::{ResolvedResource, ResolvedSubject};
pub use rows::{
    ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow, RoleRow,
    Rows, TeamMemberRow, TeamRow,
};
#[cfg(feature = "directory")]
pub use views::{
    AccountRef, ClusterRef, CustomRoleRef, EnvironmentRef, MembershipRef, OrganizationRef, ProjectRef, TeamRef,
};

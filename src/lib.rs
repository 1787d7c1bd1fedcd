//! Authorization for platforms that let teams ship: may this person do this to that?
//!
//! An organization has members with roles, clusters with levels, and projects with environments that are protected.
//! [`decide`] answers for one subject, action and resource: a pure function over plain facts, without a clock, I/O,
//! allocation or panic. Missing facts deny.
//!
//! ```
//! use shipgate::{
//!     Account, Action, Cluster, Decision, Environment, Membership, Project, Protection, Reason, Resource, Role, Subject,
//!     decide,
//! };
//!
//! let shop = Project::new("shop", "acme-corp");
//! let us_east = Cluster::new("production-us-east", "acme-corp");
//! let production = Environment::new("shop-production", &shop, &us_east, Protection::LOCKED)?;
//! let carol = Account::user("carol").with(Membership::new("acme-corp", Role::Admin))?;
//!
//! let answer = match decide(&Subject::new(&carol), Action::Deploy, Resource::Environment(&production)) {
//!     Decision::Allow => "deploying".to_string(),
//!     Decision::RequireApproval(approvals) => format!("waiting for {} approvals", approvals.missing),
//!     Decision::Deny(reason) => reason.code().to_string(),
//! };
//! assert_eq!(answer, "environment_protected");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The model
//!
//! | | what it says | where |
//! |---|---|---|
//! | role | what a member may do in the organization; Billing is a track of its own | [`Role`], [`Permission`] |
//! | level | what a member may do on one cluster: the role's default, or an override under its ceiling | [`ClusterAccess`] |
//! | project role | what counts in a project in place of the role, for Developers and Viewers | [`ProjectRole`], [`Visibility`] |
//! | protection | who must deploy to an environment, who must approve, who may change that | [`Protection`], [`Safeguard`] |
//! | token | what of its account's power a credential carries | [`Token`] |
//! | expiry | until when any of these count | [`Grant`], [`Time`] |
//!
//! The gates are asked in order, [`Gate::ALL`]; the first that fails is the [`Reason`]. [`exposure`] says whether a denial
//! may be shown, [`explain`] what led to it and what would lead to another.
//!
//! # Features
//!
//! All are on by default; the bare core (`default-features = false`) is `no_std` with `alloc`. None changes a decision.
//!
//! | feature | brings |
//! |---|---|
//! | `std` | [`Time`] from the system's clock |
//! | `directory` | `Directory`: facts by id, and their changes |
//! | `shared` | `SharedDirectory`: read by many threads while it changes; implies `std` and `directory` |
//! | `serde` | serde forms of words and facts, and with `directory` the `Document` |
//! | `authzen` | the question and answer of OpenID AuthZEN, JSON text with the place of every error; implies `std`, `directory` and `serde` |
//!
//! # Reading order
//!
//! `role`, `permission`, `cluster`, `protection`: the words. `need`: the table of what each action needs. `account`,
//! `resource`, `deployment`, `subject`: the facts. `case`, `decide`: the facts of a question brought together, and the
//! gates. `explain`, `directory`, `document` and `authzen` ask the same gates again.
//!
//! In `directory`: `facts` and `index`, what is held; `load` and `ask`, rows in and questions by id; `change`, `plan` and
//! `edit`, what an act is, does and does to one fact; `apply` and `record`, changes made and replayed; `preview`, `search`,
//! `filter` and `findings`, which ask about many; `shared`, for many threads.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::todo,
        clippy::unimplemented,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

extern crate alloc;
// The testing kit names the crate as its users do, so that the tests can include it by path.
#[cfg(feature = "testing")]
extern crate self as shipgate;
#[cfg(feature = "std")]
extern crate std;

#[path = "guide.rs"]
pub mod _guide;
// Beside the kit and not in it: what includes the kit by path may not implement a trait of another crate.
#[cfg(feature = "arbitrary")]
#[path = "testing/arbitrary.rs"]
mod arbitrary;
#[cfg(feature = "directory")]
pub mod change;
pub mod directory;
pub mod explain;
#[cfg(feature = "serde")]
pub mod json;
pub mod model;
pub mod policy;
#[cfg(feature = "directory")]
pub mod query;
#[cfg(feature = "directory")]
pub mod sql;
#[cfg(feature = "testing")]
pub mod testing;

#[cfg(feature = "shared")]
pub use change::shared::SharedDirectory;
#[cfg(feature = "directory")]
pub use directory::store::Directory;
#[cfg(feature = "directory")]
pub use directory::subject_id::SubjectId;
pub use model::access::ClusterAccess;
pub use model::account::{Account, AccountKind, Membership};
pub use model::action::{Action, ActionKind, ActionSet};
pub use model::cluster::Cluster;
pub use model::deployment::{Approval, Deployment};
pub use model::environment::{Environment, NewEnvironment};
pub use model::organization::Organization;
pub use model::project::{Project, Visibility};
pub use model::protection::Protection;
pub use model::resource::{Resource, ResourceId};
pub use model::role::{ProjectRole, Role};
pub use model::subject::Subject;
pub use model::time::{Grant, Time};
pub use model::token::Token;
pub use policy::decide::{authorize, decide, exposure};
pub use policy::decision::{Decision, Denied, Exposure, MissingApprovals};
pub use policy::reason::Reason;

/// The README's examples are tests too.
#[cfg(all(doctest, feature = "authzen", feature = "shared"))]
#[doc = include_str!("../README.md")]
mod readme {}

//! Authorization for deployment platforms: may this account perform this action on this resource?
//!
//! [`decide`] answers from facts that you pass in. It is a pure function: it does no I/O, reads no clock, allocates nothing
//! and does not panic. A fact that is missing never allows anything.
//!
//! ```
//! use shipgate::{Account, Action, Cluster, Decision, Environment, Membership, Project, Protection, Role, decide};
//!
//! let shop = Project::new("shop", "acme-corp");
//! let us_east = Cluster::new("us-east", "acme-corp");
//! // Only Admins and Owners may deploy to a restricted environment.
//! let production = Environment::new("production", &shop, &us_east, Protection::RESTRICTED)?;
//!
//! let carol = Account::user("carol").with(Membership::new("acme-corp", Role::Admin))?;
//! let alice = Account::user("alice").with(Membership::new("acme-corp", Role::Developer))?;
//!
//! assert_eq!(decide(&carol, Action::Deploy, &production), Decision::Allow);
//! assert_eq!(
//!     decide(&alice, Action::Deploy, &production).to_string(),
//!     "denied: this environment's protection needs the rank admin; you have developer",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! In a request handler, use [`authorize`]: its error, [`Denied`], knows the HTTP status to answer with. If you hold your
//! tenants' data in memory, load it into a [`Directory`](_guide::directory) and ask by id.
//!
//! # The guide
//!
//! | to | read | the code is in |
//! |---|---|---|
//! | learn what is allowed, and why | [policy](_guide::policy) | `model`, `policy` |
//! | answer 401, 403, 404 or 409 | [enforcement](_guide::enforcement) | the root, `explain`, `guard` |
//! | load facts, change them, keep records, share them | [directory](_guide::directory) | `directory`, `change` |
//! | store changes in a database, and follow it in every instance | [following](_guide::following) | `change`, `sql` |
//! | list who has access, and what a user may see | [lists](_guide::lists) | `query`, `sql` |
//! | read and write JSON, answer other services | [json](_guide::json) | `json`, `authzen` |
//! | test your service | [testing](_guide::testing) | `testing` |
//! | judge what it protects from, and what it costs | [security](_guide::security), [performance](_guide::performance) | |
//! | choose | [design](_guide::design), [comparison](_guide::compare) | |
//!
//! A module depends only on those before it: `model`, `policy`, `explain`, `directory`, `query`, `change`, then `guard`,
//! `sql`, `json` and `authzen`. What most programs need is also at the root.
//!
//! # Features
//!
//! Those up to `authzen` are on by default. No feature changes a decision. Without any, the crate is `no_std` with `alloc`.
//!
//! | feature | brings |
//! |---|---|
//! | `std` | conversions between [`Time`] and the system clock |
//! | `directory` | `Directory`: facts by id, their changes, lists and filters |
//! | `shared` | `SharedDirectory`: many threads read it while it changes; implies `std` and `directory` |
//! | `serde` | serialized forms of facts, records and, as a document, of everything in a directory |
//! | `authzen` | questions and answers in the JSON of OpenID AuthZEN; implies `std`, `directory` and `serde` |
//! | `tower` | `guard`: guards that handlers ask, with a layer that fails closed; implies `shared` |
//! | `tracing` | an event of each decision that is enforced or asked for; implies `directory` |
//! | `testing`, `proptest`, `arbitrary` | generated rows and questions for your tests, as strategies and for fuzzing |
//! | `cli` | the command `shipgate` |
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
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
#[cfg(feature = "authzen")]
pub mod authzen;
#[cfg(feature = "directory")]
pub mod change;
pub mod directory;
pub mod explain;
#[cfg(feature = "tower")]
pub mod guard;
#[cfg(feature = "serde")]
pub mod json;
pub mod model;
pub mod policy;
#[cfg(feature = "directory")]
pub mod query;
#[cfg(feature = "directory")]
pub mod sql;
#[cfg(feature = "testing")]
#[cfg_attr(
    not(any(feature = "arbitrary", feature = "proptest")),
    expect(dead_code, reason = "only strategies and the project's own tests draw from bytes")
)]
pub mod testing;

#[cfg(feature = "shared")]
pub use change::shared::SharedDirectory;
#[cfg(feature = "directory")]
pub use directory::store::Directory;
#[cfg(feature = "directory")]
pub use directory::subject_id::SubjectId;
pub use model::access::ClusterAccess;
pub use model::account::{Account, AccountKind};
pub use model::action::{Action, ActionKind};
pub use model::action_set::ActionSet;
pub use model::cluster::Cluster;
pub use model::custom_role::{AnyRole, CustomRole, RoleDefinition, RolePermissions};
pub use model::deployment::{Approval, Deployment};
pub use model::environment::{Environment, NewEnvironment};
pub use model::grants::Holder;
pub use model::membership::Membership;
pub use model::organization::Organization;
pub use model::project::{Project, Visibility};
pub use model::protection::Protection;
pub use model::resource::{Resource, ResourceId};
pub use model::role::{ProjectRole, Role};
pub use model::subject::Subject;
pub use model::team::Team;
pub use model::time::{Grant, Time};
pub use model::token::Token;
pub use policy::decide::{authorize, decide, exposure};
pub use policy::decision::{Decision, Denied, Exposure, MissingApprovals};
pub use policy::reason::Reason;

/// The README's examples are tests too.
#[cfg(all(doctest, feature = "authzen", feature = "shared"))]
#[doc = include_str!("../README.md")]
mod readme {}

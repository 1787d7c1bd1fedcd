//! For your tests and benchmarks: generated rows, questions about them, and an oracle to compare answers with.
//!
//! - [`dense`] makes a few rows with few ids, so that they collide: for tests that compare answers.
//! - [`platform`] makes rows in the proportions of a real platform, in any size: for benchmarks.
//! - [`questions`] asks distinct questions about rows.
//! - [`Oracle`] answers them by a second, slow reading of the policy.
//!
//! The same seed always gives the same rows and the same questions. With the feature `proptest`, `strategy` has strategies
//! that shrink; with the feature `arbitrary`, `Rows<u64>` and `Question<u64>` implement `Arbitrary`.

#[path = "testing/dense.rs"]
mod dense;
#[path = "testing/draw.rs"]
pub(crate) mod draw;
#[path = "testing/oracle.rs"]
pub(crate) mod oracle;
#[path = "testing/platform.rs"]
mod platform;
#[path = "testing/questions.rs"]
mod questions;
#[path = "testing/random.rs"]
pub(crate) mod random;
#[cfg(feature = "proptest")]
#[path = "testing/strategy.rs"]
pub mod strategy;

pub use dense::dense;
pub use oracle::Oracle;
pub use platform::{Customer, Size, platform};
pub use questions::{Mix, NOW, questions};

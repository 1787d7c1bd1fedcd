//! Few ids, many collisions.

use shipgate::directory::Rows;

use super::draw::Draw;
use super::random::Random;

/// Rows with few ids, many of them equal to those of another kind or organization: for tests that compare answers. They load.
///
/// The times are 0 to 3 milliseconds, and the first and the last that can be written, so that the questions of
/// [`questions`](super::questions) meet the expiries.
///
/// # Examples
///
/// ```
/// use shipgate::{Directory, testing};
///
/// let rows = testing::dense(1);
/// assert_eq!(rows, testing::dense(1));
/// assert!(Directory::try_from(rows).is_ok());
/// ```
#[must_use]
pub fn dense(seed: u64) -> Rows<u64> {
    Draw::new(Random::new(seed)).rows()
}

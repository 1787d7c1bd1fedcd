//! Strategies for `proptest`. They shrink to fewer and simpler facts.

use proptest::collection::vec;
use proptest::prelude::*;
use std::vec::Vec;

use shipgate::directory::{Question, Rows};

use crate::testing::draw::{Bytes, Draw};

/// The most bytes that rows are made of, and a question.
const ROWS: usize = 480;
const QUESTION: usize = 56;

/// Rows with few ids that load: those of [`dense`](crate::testing::dense), but that they shrink.
///
/// # Examples
///
/// ```
/// use proptest::prelude::*;
/// use shipgate::Directory;
/// use shipgate::testing::strategy;
///
/// proptest!(|(rows in strategy::rows())| {
///     let directory = Directory::try_from(&rows).unwrap();
///     prop_assert_eq!(directory.rows(), rows);
/// });
/// ```
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough in the lifetime")]
pub fn rows() -> impl Strategy<Value = Rows<u64>> {
    drawn(ROWS, |draw| draw.rows())
}

/// A question that names the ids of [`rows`], and now and then one that they do not have.
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough in the lifetime")]
pub fn question() -> impl Strategy<Value = Question<u64>> {
    drawn(QUESTION, |draw| draw.question())
}

/// What is drawn from this many bytes.
pub(crate) fn drawn<T: core::fmt::Debug>(
    bytes: usize,
    draw: impl Fn(&mut Draw<Bytes<'_>>) -> T + Clone,
) -> impl Strategy<Value = T> {
    vec(any::<u8>(), bytes).prop_map(move |bytes: Vec<u8>| draw(&mut Draw::new(Bytes(&bytes))))
}

//! `Arbitrary` rows and questions.

use arbitrary::{Arbitrary, Result, Unstructured};
use shipgate::directory::{Question, Rows};

use crate::testing::draw::{Bytes, Draw};

/// Rows that load, with few ids.
impl<'a> Arbitrary<'a> for Rows<u64> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        drawn(u, Draw::rows)
    }
}

/// A question that names the ids of arbitrary rows.
impl<'a> Arbitrary<'a> for Question<u64> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        drawn(u, Draw::question)
    }
}

/// Draws from the bytes that are left, and takes those that it used up.
fn drawn<'a, T>(u: &mut Unstructured<'a>, draw: impl FnOnce(&mut Draw<Bytes<'a>>) -> T) -> Result<T> {
    let left = u.len();
    let mut bytes = Draw::new(Bytes(u.peek_bytes(left).unwrap_or_default()));
    let drawn = draw(&mut bytes);
    u.bytes(left.saturating_sub(bytes.source.0.len()))?;
    Ok(drawn)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use shipgate::Directory;
    use shipgate::testing::Oracle;

    use super::*;

    /// Whatever the bytes, the rows load, and a directory answers the question as the oracle does.
    #[test]
    fn arbitrary_rows_load_and_arbitrary_questions_are_answered() {
        for length in 0..600_usize {
            let bytes: Vec<u8> =
                (0..length).map(|place| u8::try_from((place * 37 + length * 11) % 256).unwrap()).collect();
            let mut u = Unstructured::new(&bytes);
            let (rows, question) = (Rows::arbitrary(&mut u).unwrap(), Question::arbitrary(&mut u).unwrap());
            let directory = Directory::try_from(&rows).unwrap();
            let resource = question.resource.borrowed::<u64>();
            let decision = directory.decide(&question.subject(), question.action.as_ref(), resource);
            assert_eq!(decision, Oracle::new(&rows).decide(&question), "{question:?}");
        }
    }
}

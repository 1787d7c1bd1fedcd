//! `Arbitrary` rows and questions.

use arbitrary::{Arbitrary, Result, Unstructured};
use shipgate::directory::{Question, Rows};

use crate::testing::draw::{Draw, Source};

/// Unstructured bytes, one for each choice; after the last there are zeros.
struct Choices<'u, 'a>(&'u mut Unstructured<'a>);

impl Source for Choices<'_, '_> {
    fn below(&mut self, bound: usize) -> usize {
        let byte: u8 = self.0.arbitrary().unwrap_or(0);
        usize::from(byte).checked_rem(bound).unwrap_or(0)
    }
}

/// Rows that load, with few ids.
impl<'a> Arbitrary<'a> for Rows<u64> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Draw::new(Choices(u)).rows())
    }
}

/// A question that names the ids of arbitrary rows.
impl<'a> Arbitrary<'a> for Question<u64> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Draw::new(Choices(u)).question())
    }
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
        for length in 0..400_usize {
            let bytes: Vec<u8> =
                (0..length).map(|place| u8::try_from((place * 37 + length * 11) % 256).unwrap()).collect();
            let mut u = Unstructured::new(&bytes);
            let (rows, question) = (Rows::arbitrary(&mut u).unwrap(), Question::arbitrary(&mut u).unwrap());
            let directory = Directory::try_from(&rows).unwrap();
            let resource = question.resource.borrowed::<u64>();
            let decision = directory.decide(&question.subject(), question.action, resource);
            assert_eq!(decision, Oracle::new(&rows).decide(&question), "{question:?}");
        }
    }
}

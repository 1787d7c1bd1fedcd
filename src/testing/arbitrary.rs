//! `Arbitrary` rows and questions.

use arbitrary::{Arbitrary, Result, Unstructured};
use shipgate::directory::{Question, Rows};

use super::draw::{Draw, Source};

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

//! A target whose bytes are a world and what is tried on it: the library does what the model does, and its records do it
//! again. A panic is a finding.

use super::answers::Answers;
use super::attempts::HIGHEST_ID;
use crate::changes::model::Model;
use crate::changes::rows::load;
use crate::changes::twin::Twin;
use crate::oracle::World;
use crate::testing::draw::{Bytes, Draw};
use crate::world::holdable;

/// The most that is tried on one world.
const ATTEMPTS: usize = 16;
/// The questions that are asked after each.
const QUESTIONS: usize = 2;

/// The library makes and refuses what the model does, holds and answers the same, and its records lead to the same.
pub fn change_sequence(bytes: &[u8]) -> Answers {
    let mut answers = Answers::new();
    let mut draw = Draw::new(Bytes(bytes));
    let world = if draw.up_to(3) == 0 { World::default() } else { holdable(draw.world()) };
    let beginning = Model::of(world).at_revisions_from(draw.up_to(2) as u64);
    let mut twin = Twin::of(beginning.clone());
    draw.highest = HIGHEST_ID;
    for _ in 0..ATTEMPTS {
        if draw.source.0.is_empty() {
            break;
        }
        let outcome = twin.attempt(&draw.attempt(&twin.model));
        for name in outcome.map_or_else(|refused| refused.names(), |()| vec!["made"]) {
            *answers.entry(name).or_default() += 1;
        }
        for _ in 0..QUESTIONS {
            twin.asked(&draw.question());
        }
    }
    twin.leads_on(load(&beginning), 0);
    twin.refuses_records_out_of_turn();
    twin.refuses_records_of_other_facts([&beginning, &twin.model].into_iter());
    answers
}

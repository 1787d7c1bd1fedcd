//! The laws say something only of what is generated: every answer is, and every row is allowed to somebody.

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use shipgate::model::ResourceKind;
use shipgate::policy::ReasonCode;
use shipgate::{ActionKind, Decision};

use crate::oracle::row;
use crate::strategies::{questions, world};
use crate::world::doors::Doors;

#[test]
fn generated_questions_reach_every_reason_and_every_row() {
    let mut reasons: BTreeMap<&str, u32> = BTreeMap::new();
    let mut allowed: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut approvals_needed = 0;

    let mut runner = TestRunner::deterministic();
    for _ in 0..6_000 {
        let world = world().new_tree(&mut runner).expect("a world").current();
        let doors = Doors::of(&world);
        for question in questions().new_tree(&mut runner).expect("questions").current() {
            let decision = *doors.decide(&question).last().expect("somebody answers");
            let cell = (question.action.kind().as_str(), question.resource.kind().as_str());
            match decision {
                Decision::Allow => *allowed.entry(cell).or_default() += 1,
                Decision::RequireApproval(_) => approvals_needed += 1,
                Decision::Deny(reason) => *reasons.entry(reason.code().as_str()).or_default() += 1,
            }
        }
    }

    println!("{reasons:#?}\n{allowed:#?}\napproval needed: {approvals_needed}");
    for code in ReasonCode::ALL {
        assert!(reasons.get(code.as_str()).is_some_and(|count| *count >= 3), "{code} is hardly ever the answer");
    }
    for action in ActionKind::ALL {
        for kind in ResourceKind::ALL {
            let count = allowed.get(&(action.as_str(), kind.as_str())).copied().unwrap_or_default();
            let expected = if row(action, kind).is_some() { 5..=u32::MAX } else { 0..=0 };
            assert!(expected.contains(&count), "{action} on {kind} is allowed {count} times");
        }
    }
    assert!(approvals_needed >= 50, "approval is hardly ever asked for");
}

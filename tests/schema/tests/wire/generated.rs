//! What the library writes about generated worlds.

use proptest::prelude::*;
use shipgate::json::Answer;
use shipgate::testing::{Mix, dense, questions};
use shipgate::{AccountKind, Directory};

use crate::changes::reached::{beginning, tries, twin_after};
use crate::readers;

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn records_and_what_they_lead_to_are_valid((beginning, tries) in (beginning(), tries(24))) {
        let twin = twin_after(&beginning, &tries);
        for record in &twin.records {
            readers::record(&serde_json::to_string(record)?)?;
        }
        readers::document(&serde_json::to_string(&twin.directory.rows())?)?;
    }
}

#[test]
fn documents_questions_and_answers_are_valid() {
    let mut written = 0;
    for seed in 0..32 {
        let rows = dense(seed);
        readers::document(&serde_json::to_string(&rows).unwrap()).unwrap();
        let directory = Directory::try_from(&rows).unwrap();
        for mut question in questions(&rows, Mix::EVEN, seed).take(200) {
            question.service_token = None;
            let question = question.of_kind(AccountKind::ALL[usize::from(seed % 8 == 0)]);
            // No request asks to create an environment that is there.
            if let Ok(text) = serde_json::to_string(&question) {
                readers::question(&text).unwrap();
                written += 1;
            }
            readers::answer(&serde_json::to_string(&Answer::new(&directory, &question)).unwrap()).unwrap();
        }
    }
    assert!(written > 32 * 150, "{written}");
}

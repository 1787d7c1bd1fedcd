//! The testing kit, as those who link the crate use it.

use std::collections::{BTreeMap, HashSet};

use shipgate::model::ResourceKind;
use shipgate::{ActionKind, Decision, Directory, Organization, Role};

use crate::testing::oracle::row;
use crate::testing::{Customer, Mix, NOW, Oracle, Size, dense, platform, questions};

const SMALL: Size =
    Size::of_memberships(2_000).with_customer(Customer { members: 300, clusters: 40, environments: 200 });

#[test]
fn the_oracle_and_a_directory_answer_the_same() {
    for seed in 0..40 {
        let rows = dense(seed);
        let (directory, oracle) = (Directory::try_from(&rows).unwrap(), Oracle::new(&rows));
        for question in questions(&rows, Mix::EVEN, seed).take(400) {
            let (subject, resource) = (question.subject(), question.resource.borrowed::<u64>());
            assert_eq!(directory.decide(&subject, question.action, resource), oracle.decide(&question), "{question:?}");
            assert_eq!(directory.exposure(&subject, resource), oracle.exposure(&question), "{question:?}");
        }
    }
    let rows = platform(SMALL, 1);
    let (directory, oracle) = (Directory::try_from(&rows).unwrap(), Oracle::new(&rows));
    for mix in [Mix::EVEN, Mix::PLATFORM, Mix::DEPLOY] {
        for question in questions(&rows, mix, 1).take(1_000) {
            let (subject, resource) = (question.subject(), question.resource.borrowed::<u64>());
            assert_eq!(directory.decide(&subject, question.action, resource), oracle.decide(&question), "{question:?}");
        }
    }
}

#[test]
fn even_questions_are_about_every_row_of_the_action_table_and_allowed_now_and_then() {
    let mut asked: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut allowed = 0;
    for seed in 0..40 {
        let rows = dense(seed);
        let oracle = Oracle::new(&rows);
        for question in questions(&rows, Mix::EVEN, seed).take(400) {
            *asked.entry((question.action.kind().as_str(), question.resource.kind().as_str())).or_default() += 1;
            allowed += u32::from(oracle.decide(&question) == Decision::Allow);
        }
    }
    for action in ActionKind::ALL {
        for kind in ResourceKind::ALL.into_iter().filter(|kind| row(action, *kind).is_some()) {
            let count = asked.get(&(action.as_str(), kind.as_str())).copied().unwrap_or_default();
            assert!(count >= 20, "{action} on {kind} is asked {count} times");
        }
    }
    assert!(allowed >= 500, "{allowed} of 16,000 are allowed");
}

#[test]
fn questions_are_distinct_the_same_for_a_seed_and_others_for_another() {
    let rows = platform(SMALL, 1);
    let asked = |seed| questions(&rows, Mix::PLATFORM, seed).take(5_000).collect::<Vec<_>>();
    let first = asked(1);
    assert_eq!(first.iter().collect::<HashSet<_>>().len(), 5_000);
    assert_eq!(first, asked(1));
    assert_ne!(first, asked(2));
    assert!(first.iter().all(|question| question.time == Some(NOW) && question.token.is_none()));
}

/// A mix of few questions ends when all are asked.
#[test]
fn questions_end_when_none_is_left() {
    let mut rows = dense(1);
    rows.environments.truncate(1);
    let asked: Vec<_> = questions(&rows, Mix::DEPLOY, 1).take(100_000).collect();
    assert!(asked.len() < 100_000);
    assert_eq!(asked.iter().collect::<HashSet<_>>().len(), asked.len());
}

#[test]
fn a_platform_loads_in_any_size_and_every_organization_has_an_owner() {
    for memberships in [0, 1, 10, 1_000, 5_000] {
        let rows = platform(Size::of_memberships(memberships), 3);
        assert!(rows.members.len() >= memberships && rows.members.len() <= memberships + 3);
        let directory = Directory::try_from(&rows).unwrap();
        for organization in directory.organizations() {
            let users = rows.members.iter().filter(|member| member.organization == *organization.id()).any(|member| {
                directory.account(&member.account).map(shipgate::Account::kind) == Some(shipgate::AccountKind::User)
            });
            assert_eq!(users, Organization::owners(organization) > 0);
        }
    }
    let rows = platform(SMALL, 1);
    let customer = rows.organizations[0].id;
    assert_eq!(rows.members.iter().filter(|member| member.organization == customer).count(), 300);
    assert_eq!(rows.clusters.iter().filter(|cluster| cluster.organization == customer).count(), 40);
    let developers = rows.members.iter().filter(|member| member.role == Role::Developer).count();
    assert!((developers * 100 / rows.members.len()).abs_diff(55) < 5, "{developers} of {}", rows.members.len());
}

/// A service that another team wrote: it stores the directory as a document, and takes questions in JSON. This is the test that
/// it would write to see that it answers as the library does.
#[cfg(feature = "authzen")]
mod service {
    use proptest::prelude::*;
    use shipgate::directory::{Question, Rows};
    use shipgate::{AccountKind, Directory};

    use super::{Mix, dense, questions};

    struct Service {
        stored: String,
    }

    impl Service {
        fn seeded_with(rows: &Rows<u64>) -> Option<Self> {
            let stored = serde_json::to_string(&rows.clone().map_ids(|id| format!("id-{id}"))).ok()?;
            Some(Self { stored })
        }

        fn status(&self, question: &Question<u64>) -> u16 {
            let request = serde_json::to_string(&question.map_ids(|id| format!("id-{id}"))).expect("it names a kind");
            let question = Question::from_json(&request).expect("a question that was written is read");
            let directory = Directory::<String>::from_json(&self.stored).expect("what was stored loads");
            directory.evaluate(&question).map_or_else(|denied| denied.status(), |()| 200)
        }
    }

    /// Times beyond the years 0000 to 9999 have no form in text, and what is asked about a new environment is to create it.
    fn is_writable(question: &Question<u64>) -> bool {
        serde_json::to_string(question).is_ok()
    }

    proptest! {
        #[test]
        fn a_service_answers_as_shipgate_does(seed: u64) {
            let rows = dense(seed);
            let directory = Directory::try_from(&rows).unwrap();
            let Some(service) = Service::seeded_with(&rows) else { return Ok(()) };
            for question in questions(&rows, Mix::EVEN, seed).take(50) {
                let question = question.of_kind(AccountKind::User);
                if !is_writable(&question) {
                    continue;
                }
                let expected = directory.evaluate(&question).map_or_else(|denied| denied.status(), |()| 200);
                prop_assert_eq!(service.status(&question), expected, "{:?}", question);
            }
        }
    }
}

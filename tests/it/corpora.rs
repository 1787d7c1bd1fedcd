//! The bodies of the fuzz targets, over their corpora.

#[expect(unreachable_pub, reason = "the fuzz targets reach it")]
#[path = "../../fuzz/src/answers.rs"]
mod answers;
#[cfg(feature = "directory")]
#[path = "../../fuzz/src/attempts.rs"]
pub(crate) mod attempts;
#[cfg(feature = "authzen")]
#[expect(unreachable_pub, reason = "the fuzz targets reach it")]
#[path = "../../fuzz/src/bodies.rs"]
mod bodies;
#[cfg(feature = "directory")]
#[expect(unreachable_pub, reason = "the fuzz targets reach it")]
#[path = "../../fuzz/src/sequences.rs"]
mod sequences;
#[cfg(feature = "authzen")]
#[expect(unreachable_pub, reason = "the fuzz targets reach it")]
#[path = "../../fuzz/src/texts.rs"]
mod texts;

use std::path::Path;

use answers::Answers;
use shipgate::policy::ReasonCode;

/// Every seed of a target, with its name.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut seeds = Vec::new();
    for entry in std::fs::read_dir(&place).expect("the corpus is there") {
        let path = entry.expect("a corpus is a list of files").path();
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        seeds.push((name, std::fs::read(&path).expect("a seed can be read")));
    }
    assert!(!seeds.is_empty(), "{} has no seeds", place.display());
    seeds
}

fn all_answers(target: &str, body: fn(&[u8]) -> Answers) -> Answers {
    let mut answers = Answers::new();
    for (_, seed) in corpus(target) {
        for (answer, count) in body(&seed) {
            *answers.entry(answer).or_default() += count;
        }
    }
    answers
}

/// A corpus that does not reach an answer says nothing about it.
fn reaches(answers: &Answers, answer: &str) {
    assert!(answers.contains_key(answer), "no seed reaches {answer}: {answers:?}");
}

#[test]
fn every_door_answers_what_the_oracle_does() {
    let answers = all_answers("decide_matches_oracle", answers::decide_matches_oracle);
    reaches(&answers, "allow");
    reaches(&answers, "require_approval");
    for reason in ReasonCode::ALL {
        reaches(&answers, reason.as_str());
    }
}

#[test]
fn every_opening_of_an_explanation_opens() {
    let answers = all_answers("explain_agrees", answers::explain_agrees);
    reaches(&answers, "opening");
    reaches(&answers, "allow");
    reaches(&answers, "require_approval");
    // What is not held is not explained by facts.
    for reason in ReasonCode::ALL.into_iter().filter(|reason| *reason != ReasonCode::UnknownResource) {
        reaches(&answers, reason.as_str());
    }
}

#[cfg(feature = "directory")]
#[test]
fn a_directory_changes_as_the_model_does() {
    let answers = all_answers("change_sequence", sequences::change_sequence);
    reaches(&answers, "made");
    let refusals = [
        "stale",
        "several_organizations",
        "several_times",
        "taken",
        "namespace",
        "namespace_taken",
        "already_member",
        "already_in_team",
        "not_in_team",
        "other_kind",
        "service_owner",
    ];
    for refusal in refusals {
        reaches(&answers, refusal);
    }
    for reason in ReasonCode::ALL.into_iter().filter(|reason| is_of_changes(*reason)) {
        reaches(&answers, reason.as_str());
    }
}

/// Whether a change may be denied for it: every change means something, and deploying, approving and managing a
/// deployment change no facts.
#[cfg(feature = "directory")]
pub(crate) fn is_of_changes(reason: ReasonCode) -> bool {
    match reason {
        ReasonCode::UnknownResource
        | ReasonCode::NotAMember
        | ReasonCode::ForeignResource
        | ReasonCode::CredentialExpired
        | ReasonCode::OutOfScope
        | ReasonCode::NotInProject
        | ReasonCode::RoleInsufficient
        | ReasonCode::ClusterLevelInsufficient
        | ReasonCode::EnvironmentProtected
        | ReasonCode::Outranked
        | ReasonCode::NotAssignable
        | ReasonCode::LastOwner
        | ReasonCode::NotEmpty
        | ReasonCode::AboveCeiling
        | ReasonCode::Escalation
        | ReasonCode::Outlasts => true,
        ReasonCode::NotApplicable
        | ReasonCode::NotOwnDeployment
        | ReasonCode::ApprovalNotRequired
        | ReasonCode::ServiceAccount
        | ReasonCode::SelfApproval
        | ReasonCode::BypassForbidden => false,
    }
}

/// Seeds whose name begins with `not_` are refused, all others are taken.
#[cfg(feature = "authzen")]
fn every_seed_is_what_its_name_says(target: &str, body: fn(&[u8]) -> bool) {
    let seeds = corpus(target);
    assert!(seeds.iter().any(|(name, _)| name.starts_with("not_")), "{target} has no seed that is refused");
    for (name, seed) in seeds {
        assert_eq!(body(&seed), !name.starts_with("not_"), "{target}: {name}");
    }
}

#[cfg(feature = "authzen")]
#[test]
fn a_document_is_refused_or_loads_again_to_the_same_answers() {
    every_seed_is_what_its_name_says("document_strict", texts::document_strict);
}

#[cfg(feature = "authzen")]
#[test]
fn a_question_is_refused_or_the_same_however_it_is_written() {
    every_seed_is_what_its_name_says("question_strict", texts::question_strict);
}

#[cfg(feature = "authzen")]
#[test]
fn a_request_is_refused_or_answered_as_a_directory_decides() {
    every_seed_is_what_its_name_says("authzen_bodies", bodies::authzen_bodies);
}

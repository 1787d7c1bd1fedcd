//! The data of the examples: the answers were worked out by hand from the policy.

use std::collections::BTreeSet;

use serde_json::Value;
use shipgate::directory::EnvironmentRef;
use shipgate::json::Answer;
use shipgate::model::{Bypass, ProtectionLevel, ResourceKind};
use shipgate::policy::ReasonCode;
use shipgate::{ActionKind, Protection, Visibility};

use crate::wire::readers;

const DIRECTORY: &str = include_str!("../../../examples/data/acme-corp.json");
const QUESTIONS: &str = include_str!("../../../examples/data/questions.jsonl");
const ANSWERS: &str = include_str!("../../../examples/data/answers.jsonl");

#[test]
fn the_answers_are_those_worked_out_by_hand() {
    let directory = readers::document(DIRECTORY).unwrap();
    assert_eq!(QUESTIONS.lines().count(), ANSWERS.lines().count());
    for (line, (question, answer)) in (1..).zip(QUESTIONS.lines().zip(ANSWERS.lines())) {
        let given = Answer::new(&directory, &readers::question(question).unwrap());
        assert_eq!(serde_json::to_string(&given).unwrap(), answer, "line {line}: {question}");
        assert_eq!(answer.starts_with(r#"{"decision":true,"#), given.is_allowed());
    }
}

#[test]
fn the_questions_ask_for_every_action_on_every_kind_of_resource() {
    let asked = |part: &'static str, member: &'static str| -> BTreeSet<String> {
        let value = |line: &str| serde_json::from_str::<Value>(line).unwrap()[part][member].as_str().unwrap().into();
        QUESTIONS.lines().map(value).collect()
    };
    assert_eq!(asked("action", "name"), ActionKind::ALL.map(|action| action.to_string()).into());
    assert_eq!(asked("resource", "type"), ResourceKind::ALL.map(|kind| kind.to_string()).into());
}

#[test]
fn the_answers_give_every_reason() {
    let context = |member: &'static str| -> BTreeSet<String> {
        let value =
            |line: &str| serde_json::from_str::<Value>(line).unwrap()["context"][member].as_str().map(Into::into);
        ANSWERS.lines().filter_map(value).collect()
    };
    assert_eq!(context("reason"), ReasonCode::ALL.map(|reason| reason.to_string()).into());
    assert_eq!(context("outcome"), ["allow", "deny", "require_approval"].map(String::from).into());
}

#[test]
fn the_directory_has_every_protection_and_visibility() {
    let directory = readers::document(DIRECTORY).unwrap();
    let protections: Vec<Protection> = directory.environments().map(EnvironmentRef::protection).collect();
    for level in ProtectionLevel::ALL {
        assert!(protections.iter().any(|protection| protection.level() == level), "{level}");
    }
    for visibility in Visibility::ALL {
        assert!(directory.projects().any(|project| project.visibility() == visibility), "{visibility}");
        assert!(directory.clusters().any(|cluster| cluster.visibility() == visibility), "{visibility}");
    }
    for bypass in Bypass::ALL {
        let rules = protections.iter().filter_map(|protection| protection.rule());
        assert!(rules.into_iter().any(|rule| rule.bypass() == bypass), "{bypass}");
    }
    let restricted = |protection: &&Protection| protection.level() == ProtectionLevel::Restricted;
    assert!(protections.iter().filter(restricted).any(|protection| protection.rule().is_some()));
}

#[test]
fn the_directory_has_custom_roles_and_teams_with_and_without_members() {
    let directory = readers::document(DIRECTORY).unwrap();
    let (roles, teams): (Vec<_>, Vec<_>) = (directory.roles().collect(), directory.teams().collect());
    assert!(roles.iter().any(|role| role.members() == 0) && roles.iter().any(|role| role.members() > 0));
    assert!(teams.iter().any(|team| team.members() == 0) && teams.iter().any(|team| team.members() > 0));
}

//! The question: what it takes, and the member of what it refuses.

mod anything;
mod ids;
mod ignored;
mod refused;
mod strict;
mod taken;
mod written;

use shipgate::Action;
use shipgate::directory::Question;

use crate::wire::readers;

/// A question of these parts.
fn question(subject: &str, action: &str, resource: &str) -> String {
    format!(r#"{{ "subject": {subject}, "action": {action}, "resource": {resource} }}"#)
}

const ALICE: &str = r#"{ "type": "user", "id": "alice" }"#;
const VIEW: &str = r#"{ "name": "view" }"#;
const SHOP: &str = r#"{ "type": "project", "id": "shop" }"#;

fn by(subject: &str) -> String {
    question(subject, VIEW, SHOP)
}

fn to(action: &str) -> String {
    question(ALICE, action, SHOP)
}

fn about(resource: &str) -> String {
    question(ALICE, VIEW, resource)
}

fn in_context(context: &str) -> String {
    format!(r#"{{ "subject": {ALICE}, "action": {VIEW}, "resource": {SHOP}, "context": {context} }}"#)
}

fn with_token(token: &str) -> String {
    by(&format!(r#"{{ "type": "user", "id": "alice", "properties": {{ "token": {token} }} }}"#))
}

fn deployment(approvals: &str) -> String {
    about(&format!(
        r#"{{ "type": "deployment", "id": "release-42", "properties": {{ "environment": "dev", "requested_by": "bob", "approvals": {approvals} }} }}"#
    ))
}

fn creation(properties: &str) -> String {
    question(
        ALICE,
        r#"{ "name": "create" }"#,
        &format!(r#"{{ "type": "environment", "id": "dev", "properties": {properties} }}"#),
    )
}

fn read(text: &str) -> Question<String> {
    readers::question(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn action(json: &str) -> Action<String> {
    read(&to(json)).action
}

#[track_caller]
fn refused(text: &str, message: &str) {
    match readers::question(text) {
        Ok(question) => panic!("{text} was taken as {question:?}"),
        Err(error) => assert_eq!(error.to_string(), message, "{text}"),
    }
}

//! By the text of a question: a restriction that is misspelt, and so might be lost.

use shipgate::directory::Question;
use shipgate::{Decision, Directory, Reason};

use super::change::protect;
use super::{ADMIN_APPROVED, Id, acme};

const DEPLOYMENT: &str = r#"{
    "subject": { "type": "user", "id": "carol" },
    "action": { "name": "approve" },
    "resource": { "type": "deployment", "id": "release-42", "properties": {
        "environment": "shop-dev", "requested_by": "ci-bot", "on_behalf_of": "carol" } },
    "context": { "time": "1970-01-01T00:00:02Z" } }"#;

const WITH_TOKEN: &str = r#"{
    "subject": { "type": "user", "id": "olivia", "properties": { "token": { "actions": ["view"] } } },
    "action": { "name": "delete" },
    "resource": { "type": "project", "id": "vault" } }"#;

const INVITATION: &str = r#"{
    "subject": { "type": "user", "id": "carol" },
    "action": { "name": "invite_member", "properties": { "role": "admin", "expires_at": "1970-01-01T00:00:03Z" } },
    "resource": { "type": "organization", "id": "acme-corp" } }"#;

fn decide(text: &str) -> Decision {
    let world: Directory<String> = {
        let world = acme().after([protect("shop-dev", ADMIN_APPROVED)]);
        Directory::try_from(world.0.rows().map_ids(|id: Id| id.to_owned())).expect("the rows load")
    };
    let question = Question::from_json(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let (action, resource) = (question.action.borrowed::<String>(), question.resource.borrowed::<String>());
    world.decide(&question.subject(), action, resource)
}

/// Each spelling of a member of a text, in place of the right one, is refused.
fn refuses_each(text: &str, member: &str, spellings: &[&str]) {
    assert!(text.contains(member));
    for spelling in spellings {
        let text = text.replace(member, spelling);
        assert!(Question::<String>::from_json(&text).is_err(), "{text}");
    }
}

#[test]
fn on_behalf_of_is_not_lost_by_its_spelling() {
    assert_eq!(decide(DEPLOYMENT), Decision::Deny(Reason::SelfApproval));
    let spellings = ["onBehalfOf", "onBehalfof", "on_behalf_Of", "on-behalf-of", "on_behalf", "onbehalfof"];
    refuses_each(DEPLOYMENT, "on_behalf_of", &spellings);
    refuses_each(DEPLOYMENT, "requested_by", &["requestedBy", "requester", "requested_By"]);
}

#[test]
fn a_token_is_not_lost_by_its_spelling() {
    assert_eq!(decide(WITH_TOKEN), Decision::Deny(Reason::OutOfScope));
    refuses_each(WITH_TOKEN, r#""token""#, &[r#""tokens""#, r#""Token""#, r#""toKen""#]);
    refuses_each(WITH_TOKEN, r#""properties": {"#, &[r#""token": {}, "properties": {"#]);
    refuses_each(WITH_TOKEN, r#""properties""#, &[r#""Properties""#, r#""propertie""#, r#""pro_perties""#]);
    refuses_each(
        WITH_TOKEN,
        r#""actions": ["view"]"#,
        &[
            r#""actions": ["view"], "Projects": []"#,
            r#""actions": ["view"], "cluster": []"#,
            r#""actions": ["view"], "expires": "1970-01-01T00:00:03Z""#,
        ],
    );
}

#[test]
fn the_expiry_of_an_invitation_is_not_lost_by_its_spelling() {
    assert_eq!(decide(INVITATION), Decision::Allow);
    refuses_each(INVITATION, "expires_at", &["expires", "expiresAt", "expiry", "until", "Expires_at"]);
}

#[test]
fn nothing_is_said_twice() {
    refuses_each(DEPLOYMENT, r#""on_behalf_of": "carol""#, &[r#""on_behalf_of": "carol", "on_behalf_of": "bob""#]);
    refuses_each(WITH_TOKEN, r#""actions": ["view"]"#, &[r#""actions": ["view"], "actions": ["view", "delete"]"#]);
}

//! Targets whose bytes are text: it is refused, or says what it says however it is written. A panic is a finding.

use std::sync::LazyLock;

use serde_json::Value;
use shipgate::directory::{AccountRef, ClusterRef, EnvironmentRef, OrganizationRef, ProjectRef, Question, Rows};
use shipgate::json::{Answer, DocumentError};
use shipgate::{Action, Decision, Directory, Exposure, ResourceId, SubjectId, Time};

/// Any text is a document or an error with a message; a document is written as it is read, and what loads loads again to
/// the same answers. True where it loaded.
pub fn document_strict(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let rows = match Rows::from_json(text) {
        Ok(rows) => rows,
        Err(error) => return refused(&error.to_string()),
    };
    let loaded = Directory::try_from(&rows);
    match (&loaded, Directory::<String>::from_json(text)) {
        (Ok(directory), Ok(same)) => assert!(*directory == same, "{text}"),
        (Err(_), Err(error)) => assert!(matches!(error, DocumentError::Row { .. }), "{text}"),
        (first, second) => panic!("{first:?} and {second:?}: {text}"),
    }
    let again = match serde_json::to_string(&rows) {
        Ok(written) => Rows::from_json(&written).expect("what was written can be read"),
        // A row may refer to nothing; then it does not load either.
        Err(error) => {
            assert!(loaded.is_err(), "{error}: {text}");
            return refused(&error.to_string());
        }
    };
    match (loaded, Directory::try_from(&again)) {
        (Ok(directory), Ok(same)) => {
            assert_eq!(again, rows, "{text}");
            assert_eq!(answers(&directory), answers(&same), "{text}");
            assert!(Directory::try_from(directory.rows()).is_ok_and(|same| same == directory), "{text}");
            true
        }
        // Of what is there twice, either may be the one too many.
        (Err(error), Err(_)) => refused(&error.to_string()),
        (first, second) => panic!("{first:?} became {second:?}: {text}"),
    }
}

/// An error says something.
fn refused(message: &str) -> bool {
    assert!(!message.is_empty());
    false
}

/// What some of the accounts may do to some of everything.
fn answers(directory: &Directory<String>) -> Vec<(Decision, Exposure)> {
    let organizations = first(directory.organizations().map(OrganizationRef::id));
    let projects = first(directory.projects().map(ProjectRef::id));
    let clusters = first(directory.clusters().map(ClusterRef::id));
    let environments = first(directory.environments().map(EnvironmentRef::id));
    let mut resources: Vec<_> = organizations.into_iter().map(ResourceId::Organization).collect();
    resources.extend(projects.into_iter().map(ResourceId::Project));
    resources.extend(clusters.into_iter().map(ResourceId::Cluster));
    resources.extend(environments.into_iter().map(ResourceId::Environment));

    let mut answers = Vec::new();
    for account in first(directory.accounts().map(AccountRef::id)) {
        let subject = SubjectId::new(account).at(NOON);
        for resource in &resources {
            let exposure = directory.exposure(&subject, *resource);
            answers.extend(ACTIONS.map(|action| (directory.decide(&subject, action, *resource), exposure)));
        }
    }
    answers
}

/// The first few ids.
fn first<'a>(ids: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let mut ids: Vec<_> = ids.map(String::as_str).collect();
    ids.sort_unstable();
    ids.truncate(4);
    ids
}

/// 2026-06-15T12:00:00Z.
const NOON: Time = Time::from_millis(1_781_524_800_000);

const ACTIONS: [Action<&str>; 10] = [
    Action::View,
    Action::ViewLogs,
    Action::UPDATE,
    Action::Delete,
    Action::CreateProject,
    Action::ReadSecrets,
    Action::Restart,
    Action::Deploy,
    Action::BreakGlass,
    Action::Manage,
];

/// Any text is a question or an error with a message; a question is the same however it is written, and with members that
/// nobody knows; a directory answers it as its answer is written. True where it was a question.
pub fn question_strict(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let question = match Question::<String>::from_json(text) {
        Ok(question) => question,
        Err(error) => return refused(&error.to_string()),
    };
    // A value holds less than JSON can write: numbers beyond it, in a member that nobody knows.
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        for value in [value.clone(), with_unknown_members(value)] {
            assert_eq!(Question::from_json(&value.to_string()).as_ref(), Ok(&question), "{value}");
        }
    }
    let answer = Answer::new(acme(), &question);
    assert_eq!(Answer::new(acme(), &question), answer, "{text}");
    let written = serde_json::to_value(&answer).expect("an answer can be written");
    let subject = question.subject();
    let decision = acme().decide(&subject, question.action.as_ref(), question.resource.borrowed::<String>());
    assert_eq!(written["decision"], Value::Bool(decision.is_allowed()), "{text}");
    let hidden = answer.exposure() == Exposure::Hidden;
    match decision {
        Decision::Allow => assert_eq!(written["context"]["outcome"], "allow", "{text}"),
        Decision::RequireApproval(_) => assert_eq!(written["context"]["outcome"], "require_approval", "{text}"),
        Decision::Deny(reason) => {
            assert_eq!(written["context"]["reason"], reason.code().as_str(), "{text}");
            assert_eq!(written["context"]["hidden"], hidden, "{text}");
        }
    }
    assert_eq!(serde_json::from_value::<Answer>(written).expect("an answer can be read"), answer, "{text}");
    true
}

/// The request with a member more, in itself and in each of its parts.
fn with_unknown_members(mut request: Value) -> Value {
    for part in ["", "/subject", "/action", "/resource", "/context"] {
        if let Some(Value::Object(members)) = request.pointer_mut(part) {
            members.insert("x_unknown".into(), Value::Null);
        }
    }
    request
}

fn acme() -> &'static Directory<String> {
    static ACME: LazyLock<Directory<String>> = LazyLock::new(|| {
        Directory::<String>::from_json(include_str!("../../examples/data/acme-corp.json")).expect("the example loads")
    });
    &ACME
}

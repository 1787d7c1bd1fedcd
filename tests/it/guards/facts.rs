//! Where the facts come from: a directory, one that is shared, and a follower.

use std::sync::Arc;
use std::time::Duration;

use shipgate::change::{Change, ChangeError, Follower, Unusable};
use shipgate::guard::{Facts, Guard, GuardLayer, Identity, Problem, Refused};
use shipgate::{
    AccountKind, Action, Decision, Denied, Directory, ResourceId, Role, SharedDirectory, SubjectId, Time, Token,
};
use shipgate::{ActionSet, Reason};
use tracing::Level;

use crate::captured::capture;
use crate::guards::service::{done, status};
use crate::guards::{ACME, ALICE, NOW, acme, allowed};

const OLIVIA: u64 = 8;
const GLOBEX: u64 = 2;

fn after(millis: i64) -> Time {
    Time::from_millis(NOW.as_millis() + millis)
}

fn guard(account: u64, facts: Arc<impl Facts<u64>>) -> Guard<u64> {
    Guard::new(Identity::new(account, NOW), facts)
}

/// Two organizations of olivia.
fn founded() -> Directory<u64> {
    let mut directory = Directory::new();
    for organization in [ACME, GLOBEX] {
        directory.create_organization(organization, organization, OLIVIA, AccountKind::User, None).unwrap();
    }
    directory
}

fn remove(account: u64) -> Change<u64> {
    Change::remove_member(ACME, account)
}

#[test]
fn a_request_is_decided_on_one_snapshot_and_the_next_one_on_the_next() {
    let shared = Arc::new(SharedDirectory::new(founded()));
    let invite = Change::invite_member(ACME, ALICE, AccountKind::User, Role::Developer, None);
    shared.change(101, &SubjectId::new(&OLIVIA), invite).unwrap();

    let layer = GuardLayer::new(Arc::clone(&shared), |_| Ok(Identity::new(ALICE, NOW)));
    let handler = |guard: &Guard<u64>| {
        let before = allowed(guard);
        drop(shared.change(102, &SubjectId::new(&OLIVIA), remove(ALICE)));
        assert_eq!(allowed(guard), before, "it is the same request");
        assert_eq!(allowed(&guard.clone()), before, "a clone is the same guard");
        done(if before { 200 } else { 404 })
    };
    assert_eq!(status(&layer, handler), 200);
    assert_eq!(status(&layer, handler), 404);
}

#[test]
fn a_guard_looks_at_the_facts_with_the_first_question() {
    let shared = Arc::new(SharedDirectory::new(founded()));
    let guard = guard(ALICE, shared.clone());
    let invite = Change::invite_member(ACME, ALICE, AccountKind::User, Role::Developer, None);
    shared.change(101, &SubjectId::new(&OLIVIA), invite).unwrap();
    assert!(allowed(&guard));
    assert_eq!(guard.directory().unwrap().revision(&ACME), Some(2));
}

#[test]
fn the_whole_identity_counts() {
    let directory = Arc::new(acme());
    let view = |identity| {
        let guard = Guard::new(identity, directory.clone());
        let refused = guard.authorize(Action::View, ResourceId::Organization(&ACME)).unwrap_err();
        let Refused::Denied(denied) = refused else { panic!("{refused}") };
        denied.reason().unwrap()
    };
    let alice = Identity::new(ALICE, NOW);
    assert_eq!(view(alice.clone().of_kind(AccountKind::Service)), Reason::NotAMember);
    assert_eq!(view(alice.clone().with_token(Token::new(ActionSet::DEPLOY))), Reason::OutOfScope);
    assert_eq!(view(alice.clone().with_service_token(Token::new(ActionSet::DEPLOY))), Reason::OutOfScope);
    assert_eq!(view(alice.with_token(Token::new(ActionSet::all()).until(NOW))), Reason::CredentialExpired);
}

#[test]
fn a_guard_answers_what_the_directory_answers() {
    let directory = Arc::new(acme());
    let (guard, subject) = (guard(ALICE, directory.clone()), SubjectId::new(&ALICE).at(NOW));
    let acme = ResourceId::Organization(&ACME);
    for action in [Action::View, Action::CreateProject, Action::ViewAuditLog, Action::Delete] {
        assert_eq!(guard.decide(action, acme), Ok(directory.decide(&subject, action, acme)));
        let expected: Result<(), Denied> = directory.authorize(&subject, action, acme);
        assert_eq!(guard.authorize(action, acme), expected.map_err(Refused::from));
    }
    assert_eq!(guard.account(), &ALICE);
    assert_eq!(guard.subject::<u64>().id(), &ALICE);
}

/// A change decides by itself, for the subject of the guard.
#[test]
fn a_change_is_enforced_by_the_guard() {
    let shared = Arc::new(SharedDirectory::new(founded()));
    let layer = |account| GuardLayer::new(Arc::clone(&shared), move |_| Ok(Identity::new(account, NOW)));
    let leave = |guard: &Guard<u64>| {
        let made: Result<_, ChangeError> = guard.enforce(|subject| shared.change(101, subject, remove(OLIVIA)));
        match made {
            Ok(_) => done(204),
            Err(error) => Ok(error.into()),
        }
    };
    assert_eq!(status(&layer(OLIVIA), leave), 403, "the last Owner stays");
    assert_eq!(status(&layer(99), leave), 404);
    let ignores = |guard: &Guard<u64>| {
        drop(guard.enforce(|subject| shared.change(101, subject, remove(OLIVIA))));
        done(204)
    };
    assert_eq!(status(&layer(OLIVIA), ignores), 500);
    let invites = |guard: &Guard<u64>| {
        let invite = Change::invite_member(ACME, ALICE, AccountKind::User, Role::Viewer, None);
        guard.enforce(|subject| shared.change(101, subject, invite)).unwrap();
        done(204)
    };
    assert_eq!(status(&layer(OLIVIA), invites), 204);
}

fn follower() -> Arc<Follower<u64>> {
    let follower = Follower::new(Duration::from_secs(5));
    let founded = founded();
    for organization in [ACME, GLOBEX] {
        let mut alone = Directory::new();
        alone.create_organization(organization, organization, OLIVIA, AccountKind::User, None).unwrap();
        assert_eq!(alone.revision(&organization), founded.revision(&organization));
        follower.attach(&alone.rows(), 1, Some(organization), NOW).unwrap();
    }
    Arc::new(follower)
}

#[test]
fn a_follower_is_asked_about_one_organization() {
    let guard = guard(OLIVIA, follower());
    let view = |guard: &Guard<u64>, id| guard.decide(Action::View, ResourceId::Organization(id));
    assert_eq!(view(&guard.of(ACME), &ACME), Ok(Decision::Allow));
    assert_eq!(view(&guard.of(GLOBEX), &GLOBEX), Ok(Decision::Allow));
    assert_eq!(view(&guard.of(ACME), &GLOBEX), Ok(Decision::Deny(Reason::UnknownResource)));
    assert_eq!(view(&guard, &ACME), Err(Unusable::NotNamed));
    assert!(matches!(view(&guard.of(3), &ACME), Err(Unusable::NotLoaded { .. })));
}

/// A guard of one organization is the guard of the same request.
#[test]
fn the_layer_sees_what_a_guard_of_one_organization_is_asked() {
    let layer = GuardLayer::new(follower(), |_| Ok(Identity::new(OLIVIA, NOW)));
    let view = |of: u64, id: u64| {
        status(&layer, |guard| {
            drop(guard.of(of).authorize(Action::View, ResourceId::Organization(&id)));
            done(200)
        })
    };
    assert_eq!(view(ACME, ACME), 200);
    assert_eq!(view(ACME, GLOBEX), 500, "a denial that is ignored");
}

/// What cannot be decided is no decision: 503, an error in the log, and no answer in spite of it.
#[test]
fn what_is_unusable_is_refused_and_logged() {
    let follower = follower();
    let layer = GuardLayer::new(Arc::clone(&follower), |_| Ok(Identity::new(OLIVIA, after(6_000))));
    let ((answered, ignored), events) = capture(|| {
        let answered = status(&layer, |guard| {
            let refused = guard.of(ACME).authorize(Action::View, ResourceId::Organization(&ACME)).unwrap_err();
            assert!(matches!(refused, Refused::Unusable(Unusable::Stale { .. })));
            Ok(refused.into())
        });
        let ignored = status(&layer, |guard| {
            assert!(guard.of(ACME).authorize(Action::View, ResourceId::Organization(&ACME)).is_err());
            assert!(guard.of(ACME).filter(Action::View, &ACME).is_err());
            done(200)
        });
        (answered, ignored)
    });
    assert_eq!((answered, ignored), (503, 500));
    assert!(events.iter().all(|event| event.level == Level::ERROR && event.target == "shipgate::guard"), "{events:?}");
    assert!(events[0].fields["message"].as_str().unwrap().contains("last heard of"), "{events:?}");
    assert_eq!(Problem::from(Unusable::NotNamed).to_string(), "this cannot be decided now: try again later");
}

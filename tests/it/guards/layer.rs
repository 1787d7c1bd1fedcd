//! Handlers that ask, forget to ask, ask and ignore, stream, panic and are cancelled.

use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use http::{Request, Response, StatusCode};
use serde_json::json;
use shipgate::guard::{Guard, GuardLayer, Identity, Problem};
use shipgate::{Action, ResourceId};
use tower_layer::Layer;
use tower_service::Service;
use tracing::Level;

use crate::captured::{Captured, capture, events};
use crate::guards::service::{Answer, Body, Handler, done, poll, request, send, status};
use crate::guards::{ACME, ALICE, NOW, acme, allowed, denied, layer};

/// The errors in the log of the layer.
fn errors(events: Vec<Captured>) -> Vec<Captured> {
    events.into_iter().filter(|event| event.level == Level::ERROR).collect()
}

#[test]
fn an_answer_passes_after_a_decision_that_allows() {
    let (answer, events) = capture(|| {
        send(&layer(), |guard| {
            assert!(allowed(guard));
            done(201)
        })
    });
    let answer = answer.unwrap();
    assert_eq!((answer.status(), &answer.headers()["x-from"]), (StatusCode::CREATED, &"handler".parse().unwrap()));
    assert_eq!(answer.into_body().read(), "done");
    assert_eq!(errors(events), []);
}

#[test]
fn an_answer_without_a_decision_is_withheld_and_logged() {
    let (answer, events) = capture(|| send(&layer(), |_| done(200)));
    let answer = answer.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!answer.headers().contains_key("x-from"), "nothing of the handler's answer is left");
    let body = r#"{"title":"Internal Server Error","status":500,"detail":"the answer was withheld"}"#;
    assert_eq!(answer.into_body().read(), body);

    let [Captured { level: Level::ERROR, target, fields }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(target, "shipgate::guard");
    let expected = json!({
        "message": "an answer was withheld: the handler answered without a decision: ask the guard first",
        "method": "GET", "path": "/shop", "account": "7", "status": 200,
    });
    assert_eq!(fields, &expected, "the query may hold a secret");
}

#[test]
fn an_answer_in_spite_of_a_denial_is_withheld_and_logged() {
    let (found, events) = capture(|| {
        status(&layer(), |guard| {
            assert!(allowed(guard) && denied(guard) && allowed(guard));
            done(200)
        })
    });
    assert_eq!(found, 500);
    let [error] = &errors(events)[..] else { panic!("one error") };
    assert!(error.fields["message"].as_str().unwrap().contains("in spite of a refusal"));
}

#[test]
fn a_denial_that_the_handler_follows_is_the_answer() {
    let handler = |guard: &Guard<u64>| -> Answer {
        match guard.authorize(Action::CreateProject, ResourceId::Organization(&ACME)) {
            Ok(()) => done(201),
            Err(refused) => Ok(refused.into()),
        }
    };
    let (found, events) = capture(|| status(&layer(), handler));
    assert_eq!((found, errors(events)), (403, vec![]));
}

/// What a handler does with its guard, whether the layer sees a decision, and whether it sees a refusal.
type Step = (&'static str, fn(&Guard<u64>), [bool; 2]);

const STEPS: [Step; 7] = [
    ("allowed", |guard| assert!(allowed(guard)), [true, false]),
    ("denied", |guard| assert!(denied(guard)), [false, true]),
    ("filter", |guard| assert!(guard.filter(Action::View, &ACME).is_ok()), [true, false]),
    ("enforce, allowed", |guard| guard.enforce(|_| Ok::<_, ()>(())).unwrap(), [true, false]),
    ("enforce, denied", |guard| guard.enforce(|_| Err::<(), _>(())).unwrap_err(), [false, true]),
    ("decide", |guard| drop(guard.decide(Action::CreateProject, ResourceId::Organization(&ACME))), [false, false]),
    ("read", |guard| assert_eq!(guard.directory().unwrap().members_of(&ACME).count(), 1), [false, false]),
];

/// Whatever a handler asks, in whatever order, and whichever status it answers with.
#[test]
fn an_answer_passes_if_it_is_an_error_or_something_was_allowed_and_nothing_refused() {
    let layer = layer();
    let mut sequences = vec![vec![]];
    for _ in 0..3 {
        let longer = sequences.iter().flat_map(|steps: &Vec<usize>| {
            (0..STEPS.len()).map(move |step| steps.iter().copied().chain([step]).collect())
        });
        sequences = [vec![vec![]], longer.collect()].concat();
    }
    assert_eq!(sequences.len(), 1 + 7 + 49 + 343);
    for steps in &sequences {
        let asked = steps.iter().any(|step| STEPS[*step].2[0]);
        let refused = steps.iter().any(|step| STEPS[*step].2[1]);
        for answered in [100, 101, 200, 204, 206, 301, 304, 400, 401, 404, 500] {
            let found = status(&layer, |guard| {
                for step in steps {
                    STEPS[*step].1(guard);
                }
                done(answered)
            });
            let expected = if answered >= 400 || (asked && !refused) { answered } else { 500 };
            let names: Vec<_> = steps.iter().map(|step| STEPS[*step].0).collect();
            assert_eq!(found, expected, "{names:?}, then {answered}");
        }
    }
}

#[test]
fn a_request_without_an_identity_never_reaches_the_handler() {
    let layer = GuardLayer::new(Arc::new(acme()), |_| {
        Err::<Identity<u64>, _>(Problem::new(StatusCode::UNAUTHORIZED, "sign in first"))
    });
    let (answer, events) = capture(|| send(&layer, |_| panic!("the handler is called")));
    let answer = answer.unwrap();
    assert_eq!(
        (answer.status(), &answer.headers()["www-authenticate"]),
        (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap())
    );
    assert_eq!(events, []);
}

/// A guard that came with the request, by whatever way, is not the one that the handler gets.
#[test]
fn the_identity_is_that_of_this_layer() {
    let layer = GuardLayer::new(Arc::new(acme()), |parts| {
        let account = parts.headers["x-account"].to_str().unwrap().parse().unwrap();
        Ok(Identity::new(account, NOW))
    });
    let handler = |guard: Guard<u64>| std::future::ready(done(if allowed(&guard) { 200 } else { 404 }));
    let request = Request::builder()
        .header("x-account", "99")
        .extension(Guard::new(Identity::new(ALICE, NOW), Arc::new(acme())))
        .body(())
        .unwrap();
    let answer = layer.layer(Handler(handler)).call(request);
    assert_eq!(poll(pin!(answer)).unwrap().unwrap().status(), StatusCode::NOT_FOUND);
}

/// The guard of one request, stored, vouches for no other one.
#[test]
fn a_decision_is_for_its_own_request() {
    let layer = layer();
    let stored = Mutex::new(None);
    let keep = |guard: &Guard<u64>| {
        assert!(allowed(guard));
        *stored.lock().unwrap() = Some(guard.clone());
        done(200)
    };
    assert_eq!(status(&layer, keep), 200);
    let use_stored = |_: &Guard<u64>| {
        assert!(allowed(stored.lock().unwrap().as_ref().unwrap()));
        done(200)
    };
    assert_eq!(status(&layer, use_stored), 500);
}

#[test]
fn an_error_of_the_service_is_passed_on() {
    assert_eq!(send(&layer(), |_| Err("broken")).err(), Some("broken"));
}

#[expect(clippy::unnecessary_wraps, reason = "a handler returns it")]
fn streamed(part: impl FnMut() -> String + Send + 'static) -> Answer {
    Ok(Response::new(Body::Stream(Box::new(part))))
}

#[test]
fn a_stream_passes_unread_after_a_decision() {
    let read = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&read);
    let answer = send(&layer(), move |guard| {
        assert!(allowed(guard));
        let counted = Arc::clone(&counted);
        streamed(move || counted.fetch_add(1, Ordering::Relaxed).to_string())
    });
    let answer = answer.unwrap();
    assert_eq!((answer.status(), read.load(Ordering::Relaxed)), (StatusCode::OK, 0));
    assert_eq!(answer.into_body().read(), "0");
}

/// What a body asks when it is read comes too late, and a stream without a decision is never read.
#[test]
fn a_stream_that_would_ask_while_it_is_read_is_withheld() {
    let answer = send(&layer(), |guard| {
        let guard = guard.clone();
        streamed(move || panic!("the stream is read: {}", allowed(&guard)))
    });
    let answer = answer.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.into_body().read().contains("withheld"));
}

/// A handler that waits between its questions.
#[test]
fn a_handler_that_waits_is_looked_at_when_it_answers() {
    for (then, expected) in [(allowed as fn(&Guard<u64>) -> bool, 200), (denied, 500)] {
        let mut answer = request(&layer(), move |guard| async move {
            let mut waited = false;
            poll_fn(|context| {
                context.waker().wake_by_ref();
                if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            assert!(then(&guard));
            done(200)
        });
        assert!(poll(answer.as_mut()).is_none(), "it waits");
        assert_eq!(poll(answer.as_mut()).unwrap().unwrap().status().as_u16(), expected);
    }
}

#[test]
fn a_panic_is_passed_on_and_answers_nothing() {
    let mut answer = request(&layer(), |guard| async move {
        assert!(allowed(&guard));
        panic!("a bug of the handler")
    });
    let panicked = catch_unwind(AssertUnwindSafe(|| poll(answer.as_mut()).map(|answer| answer.is_ok())));
    assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"a bug of the handler"));
    assert_eq!(
        status(&layer(), |guard| done(if allowed(guard) { 200 } else { 404 })),
        200,
        "the next request is served"
    );
}

#[test]
fn a_request_that_is_cancelled_answers_nothing_and_logs_no_error() {
    let directory = Arc::new(acme());
    let layer = GuardLayer::new(Arc::clone(&directory), |_| Ok(Identity::new(ALICE, NOW)));
    let events = events(|| {
        let handler = |guard: Guard<u64>| async move {
            assert!(denied(&guard));
            pending().await
        };
        drop(request(&layer, handler));
        let mut answer = request(&layer, handler);
        assert!(poll(answer.as_mut()).is_none());
        assert_eq!(Arc::strong_count(&directory), 4, "ours, the layer's, the guard's and its snapshot");
    });
    assert_eq!(errors(events), []);
    assert_eq!(Arc::strong_count(&directory), 2, "the guard is gone with the request");
}

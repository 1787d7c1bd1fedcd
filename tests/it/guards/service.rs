//! A service of one handler, and what is needed to call it.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use http::{Request, Response};
use shipgate::guard::{Guard, GuardLayer};
use tower_layer::Layer;
use tower_service::Service;

/// A body: a text, or a stream of parts that are made when they are read.
pub(super) enum Body {
    Text(String),
    Stream(Box<dyn FnMut() -> String + Send>),
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Body {
    pub(super) fn read(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Stream(mut part) => part(),
        }
    }
}

pub(super) type Answer = Result<Response<Body>, &'static str>;

/// A handler, with the guard of its request.
#[derive(Clone)]
pub(super) struct Handler<F>(pub(super) F);

impl<F, R> Service<Request<()>> for Handler<F>
where
    F: FnMut(Guard<u64>) -> R,
    R: Future<Output = Answer>,
{
    type Response = Response<Body>;
    type Error = &'static str;
    type Future = R;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> R {
        (self.0)(request.extensions().get::<Guard<u64>>().unwrap().clone())
    }
}

/// The answer of a status, with the body `done`.
#[expect(clippy::unnecessary_wraps, reason = "a handler returns it")]
pub(super) fn done(status: u16) -> Answer {
    Ok(Response::builder().status(status).header("x-from", "handler").body(Body::Text("done".into())).unwrap())
}

/// The future of a request to this handler, through the layer.
pub(super) fn request<F, R>(layer: &GuardLayer<u64>, handler: F) -> Pin<Box<dyn Future<Output = Answer> + Send>>
where
    F: FnMut(Guard<u64>) -> R,
    R: Future<Output = Answer> + Send + 'static,
{
    layer.layer(Handler(handler)).call(Request::builder().uri("/shop?secret=1").body(()).unwrap())
}

/// Polls once. `None` if it is pending.
pub(super) fn poll<T>(future: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Option<T> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// The answer to a request, whose handler does not wait.
pub(super) fn send(layer: &GuardLayer<u64>, handler: impl Fn(&Guard<u64>) -> Answer) -> Answer {
    let answer = request(layer, |guard| std::future::ready(handler(&guard)));
    poll(pin!(answer)).expect("the handler does not wait")
}

/// The status of the answer to a request.
pub(super) fn status(layer: &GuardLayer<u64>, handler: impl Fn(&Guard<u64>) -> Answer) -> u16 {
    send(layer, handler).unwrap().status().as_u16()
}

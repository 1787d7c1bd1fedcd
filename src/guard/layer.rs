//! The layer: it puts a guard into each request, and lets no answer pass that no decision allows.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::fmt::{self, Display};
use core::future::{Future, ready};
use core::pin::Pin;
use core::task::{Context, Poll};

use http::request::Parts;
use http::{Request, Response, StatusCode};
use tower_layer::Layer;
use tower_service::Service;

use crate::guard::facts::Facts;
use crate::guard::identity::Identity;
use crate::guard::problem::Problem;
use crate::guard::watch::Watch;
use crate::guard::{Guard, TARGET};

/// A layer around the routes of a service that only members may use.
///
/// For each request, it calls your authentication. If that returns a [`Problem`], it is the answer. Otherwise a [`Guard`] for
/// the [`Identity`] is put into the extensions of the request, and the handler is called.
///
/// **It fails closed.** An answer with a status below 400 passes only if the handler has
/// [authorized](Guard::authorize), [enforced](Guard::enforce) or [filtered](Guard::filter) something, and nothing of that was
/// refused. Otherwise the caller gets a problem with the status 500, and the log an error.
///
/// It detects a mistake, and does not undo it: the handler has acted by then. It looks when the head of the response is
/// there. What is asked later, in a body that streams or in a task, is too late to let the answer pass.
///
/// Authentication is synchronous. If yours waits for a database, do that in a layer around this one, put what you find into the
/// extensions of the request, and read it from there.
///
/// # Examples
///
/// ```
/// # use std::convert::Infallible;
/// # use std::future::{Ready, ready};
/// # use std::pin::pin;
/// # use std::task::{Context, Poll, Waker};
/// use std::sync::Arc;
///
/// use http::{Request, Response, StatusCode};
/// use shipgate::guard::{Guard, GuardLayer, Identity, Problem};
/// use shipgate::{AccountKind, Action, Directory, ResourceId, Role, Time};
/// use tower_layer::Layer;
/// use tower_service::Service;
///
/// # /// A service of one handler.
/// # #[derive(Clone)]
/// # struct Handler(fn(&Guard<u64>) -> Response<String>);
/// # impl Service<Request<()>> for Handler {
/// #     type Response = Response<String>;
/// #     type Error = Infallible;
/// #     type Future = Ready<Result<Response<String>, Infallible>>;
/// #     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> { Poll::Ready(Ok(())) }
/// #     fn call(&mut self, request: Request<()>) -> Self::Future {
/// #         ready(Ok((self.0)(request.extensions().get().unwrap())))
/// #     }
/// # }
/// let mut rows = Directory::<u64>::builder();
/// rows.organization(1)?;
/// rows.member(&1, 7, AccountKind::User, Role::Viewer, None)?;
///
/// let layer = GuardLayer::new(Arc::new(rows.build()), |parts| {
///     let account = parts.headers.get("x-account").and_then(|value| value.to_str().ok()?.parse().ok());
///     let account = account.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "sign in first"))?;
///     Ok(Identity::new(account, Time::from_millis(1_795_219_200_000)))
/// });
/// let status = |handler, account: &str| {
///     let request = Request::builder().header("x-account", account).body(()).unwrap();
///     let mut answer = pin!(layer.layer(Handler(handler)).call(request));
///     let Poll::Ready(Ok(answer)) = answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) else { panic!() };
///     answer.status().as_u16()
/// };
///
/// let view: fn(&Guard<u64>) -> Response<String> = |guard| match guard.authorize(Action::View, ResourceId::Organization(&1)) {
///     Ok(()) => Response::new("acme-corp".into()),
///     Err(refused) => refused.into(),
/// };
/// assert_eq!([status(view, "7"), status(view, "8"), status(view, "")], [200, 404, 401]);
///
/// assert_eq!(status(|_| Response::new("acme-corp".into()), "7"), 500, "it forgets to ask");
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
pub struct GuardLayer<Id> {
    facts: Arc<dyn Facts<Id>>,
    authenticate: Arc<Authenticate<Id>>,
}

/// Finds out who sends a request.
type Authenticate<Id> = dyn Fn(&Parts) -> Result<Identity<Id>, Problem> + Send + Sync;

impl<Id> GuardLayer<Id> {
    /// A layer whose guards decide on these facts, for the identity that `authenticate` finds in a request.
    #[must_use]
    pub fn new(
        facts: Arc<impl Facts<Id>>,
        authenticate: impl Fn(&Parts) -> Result<Identity<Id>, Problem> + Send + Sync + 'static,
    ) -> Self {
        Self { facts, authenticate: Arc::new(authenticate) }
    }
}

impl<Id> Clone for GuardLayer<Id> {
    fn clone(&self) -> Self {
        Self { facts: Arc::clone(&self.facts), authenticate: Arc::clone(&self.authenticate) }
    }
}

impl<Id> fmt::Debug for GuardLayer<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardLayer").finish_non_exhaustive()
    }
}

impl<Id, S> Layer<S> for GuardLayer<Id> {
    type Service = GuardService<Id, S>;

    fn layer(&self, inner: S) -> Self::Service {
        GuardService { layer: self.clone(), inner }
    }
}

/// A service with a [`GuardLayer`] around it.
#[derive(Debug)]
pub struct GuardService<Id, S> {
    layer: GuardLayer<Id>,
    inner: S,
}

impl<Id, S: Clone> Clone for GuardService<Id, S> {
    fn clone(&self) -> Self {
        Self { layer: self.layer.clone(), inner: self.inner.clone() }
    }
}

impl<Id, S, A, B> Service<Request<A>> for GuardService<Id, S>
where
    Id: Display + Send + Sync + 'static,
    S: Service<Request<A>, Response = Response<B>, Future: Send + 'static, Error: Send + 'static>,
    B: From<String> + Send + 'static,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<B>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let identity = match (self.layer.authenticate)(&parts) {
            Ok(identity) => Arc::new(identity),
            Err(problem) => return Box::pin(ready(Ok(problem.into()))),
        };
        let watch = Arc::<Watch>::default();
        let facts = Arc::clone(&self.layer.facts);
        parts.extensions.insert(Guard::watched(Arc::clone(&identity), facts, None, Arc::clone(&watch)));
        let (method, uri) = (parts.method.clone(), parts.uri.clone());
        let answer = self.inner.call(Request::from_parts(parts, body));
        Box::pin(async move {
            let response = answer.await?;
            if response.status().as_u16() >= 400 {
                return Ok(response);
            }
            let Some(fault) = watch.fault() else { return Ok(response) };
            tracing::error!(
                name: "withheld",
                target: TARGET,
                method = method.as_str(),
                path = uri.path(),
                account = identity.account.to_string(),
                status = response.status().as_u16(),
                "an answer was withheld: {}",
                fault.as_str()
            );
            Ok(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer was withheld").into())
        })
    }
}

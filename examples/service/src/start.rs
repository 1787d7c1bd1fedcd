//! Starts a service: from what it is told to one that answers.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::audit::Audit;
use crate::authentication::Cookies;
use crate::authzen;
use crate::clock::Clock;
use crate::configuration::{ConfigurationError, Policy, Serve};
use crate::database::{self, Database, OpenError};
use crate::demo::{self, Person};
use crate::history::LastPasts;
use crate::organizations::{self, Organizations};
use crate::server::{self, Metrics};
use crate::service::{Parts, Service};
use crate::sign_in::{Links, OneOf, SignIn};

/// How many archives of evidence are made at once: each takes memory and a thread.
const EXPORTS: usize = 2;

/// Why a service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// What it was told contradicts itself.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database cannot be asked.
    #[error("--database: {0}")]
    Database(#[from] database::Error),
    /// The log cannot be read.
    #[error("--database: {0}")]
    Organizations(#[from] organizations::Error),
    /// Nobody can listen there.
    #[error("--listen: cannot listen on {address}: {error}: choose another address, or end what listens there")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        error: std::io::Error,
    },
    /// The address of the service cannot be that of a policy decision point.
    #[error("--public-url: {0}")]
    PublicUrl(#[from] shipgate::authzen::MetadataError),
    /// A command names what is not there.
    #[error("there is no {what} {id}: look at its id again")]
    NotThere {
        /// What it is.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// Evidence cannot be made.
    #[error(transparent)]
    Evidence(#[from] crate::evidence::Error),
    /// A flag of a command is malformed.
    #[error("{flag}: {error}")]
    Flag {
        /// The flag.
        flag: &'static str,
        /// What to write.
        error: String,
    },
    /// An answer cannot be printed.
    #[error("the answer cannot be printed: {0}")]
    Output(#[source] std::io::Error),
    /// People could not sign in.
    #[cfg(feature = "oidc")]
    #[error(transparent)]
    SignIn(#[from] crate::sign_in::SetUpError),
}

/// A service that is ready to answer.
pub struct Started {
    /// The service.
    pub service: Service,
    /// The people of the demo, with their links.
    pub people: Vec<(Person, OneOf)>,
    listener: TcpListener,
    address: SocketAddr,
    tasks: JoinSet<()>,
}

/// Starts a service, which then follows the log.
///
/// # Errors
///
/// [`StartError`], which names the flag and says what to do.
pub async fn start(serve: &Serve, clock: Arc<Clock>) -> Result<Started, StartError> {
    serve.check()?;
    let database = Database::open(&serve.database.database, serve.database.database_connections).await?;
    let listener = listen(serve.listen).await?;
    let address = listener.local_addr().unwrap_or(serve.listen);
    let people = if serve.demo { demo::load(&database, clock.now()).await? } else { Vec::new() };
    let (links, of_people) = Links::new(people.iter().map(|person| person.account.clone()));
    let organizations = Arc::new(Organizations::new(database.clone(), Arc::clone(&clock), serve.following()));
    organizations.read_all().await?;
    let (audit, waiting) = Audit::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(Arc::clone(&organizations).follow());
    tasks.spawn(waiting.write(database.clone()));
    let service = Service::new(Parts {
        database,
        clock,
        organizations,
        audit,
        cookies: Cookies::new(serve.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))),
        sign_in: sign_in(serve, links).await?,
        metrics: Metrics::default(),
        public_url: serve.public_url.clone(),
        pasts: LastPasts::default(),
        exports: Arc::new(tokio::sync::Semaphore::new(EXPORTS)),
    });
    authzen::check(&service)?;
    Ok(Started { service, people: people.into_iter().zip(of_people).collect(), listener, address, tasks })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| StartError::Listen { address, error })
}

#[cfg_attr(not(feature = "oidc"), expect(clippy::unused_async, reason = "an OpenID provider is asked for its keys"))]
async fn sign_in(serve: &Serve, links: Links) -> Result<Option<Box<dyn SignIn>>, StartError> {
    #[cfg(feature = "oidc")]
    if let Some(oidc) = crate::sign_in::Oidc::set_up(&serve.oidc, serve.public_url.as_deref()).await? {
        return Ok(Some(Box::new(oidc)));
    }
    Ok(serve.demo.then(|| Box::new(links) as Box<dyn SignIn>))
}

impl Started {
    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `end`.
    pub async fn serve(mut self, end: impl Future<Output = ()>) {
        let routes = server::routes(self.service.clone());
        server::serve(self.listener, routes, end).await;
        self.tasks.shutdown().await;
        self.service.database.close().await;
    }
}

/// Answers by a fixture of the AuthZEN working group until `end`, and by nothing else.
///
/// # Errors
///
/// [`StartError`], which names the flag and says what to do.
pub async fn serve_fixture(serve: &Serve, policy: Policy, end: impl Future<Output = ()>) -> Result<(), StartError> {
    serve.check()?;
    let listener = listen(serve.listen).await?;
    server::serve(listener, authzen::fixtures::routes(policy), end).await;
    Ok(())
}

//! What all requests share.

use std::ops::Deref;
use std::sync::Arc;

use crate::audit::Audit;
use crate::authentication::Cookies;
use crate::clock::Clock;
use crate::database::Database;
use crate::history::LastPasts;
use crate::organizations::Organizations;
use crate::server::Metrics;
use crate::sign_in::SignIn;

/// What all requests share. Clones are the same.
#[derive(Clone)]
pub struct Service(Arc<Parts>);

/// The parts of a service.
pub struct Parts {
    /// The database.
    pub database: Database,
    /// The clock.
    pub clock: Arc<Clock>,
    /// The organizations in memory.
    pub organizations: Arc<Organizations>,
    /// Those of the past that were looked at last.
    pub pasts: LastPasts,
    /// The audit log.
    pub audit: Audit,
    /// How cookies are named and marked.
    pub cookies: Cookies,
    /// How people sign in, if they can.
    pub sign_in: Option<Box<dyn SignIn>>,
    /// What is counted.
    pub metrics: Metrics,
    /// Where people reach the service, such as `https://access.example.com`; `None` if it was not said.
    pub public_url: Option<String>,
    /// How many archives of evidence may be made at once.
    pub exports: Arc<tokio::sync::Semaphore>,
}

impl Service {
    /// A service of these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Whether an origin, as a browser says it, is the service's own.
    #[must_use]
    pub fn is_own_origin(&self, origin: &str, host: Option<&str>) -> bool {
        match &self.public_url {
            Some(url) => origin == url.trim_end_matches('/'),
            None => host.is_some_and(|host| origin == format!("http://{host}") || origin == format!("https://{host}")),
        }
    }
}

impl Deref for Service {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

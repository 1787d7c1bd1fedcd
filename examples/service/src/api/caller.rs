//! Who calls, and how the organization is found that a call is about.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use shipgate::directory::EntityKind;
use shipgate::guard::Guard;
use shipgate::{Time, Token};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::idempotency::Key;
use crate::authentication::Authenticated;
use crate::service::Service;

/// Who calls.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) service: Service,
    pub(crate) authenticated: Authenticated,
    pub(crate) key: Option<Key>,
    pub(crate) guard: Option<Guard<String>>,
    pub(crate) wait_for: Option<u64>,
}

impl FromRequestParts<Service> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Failure> {
        let authenticated = parts.extensions.get::<Authenticated>().cloned().ok_or_else(Failure::not_found)?;
        Ok(Self {
            service: service.clone(),
            authenticated,
            key: parts.extensions.get::<Key>().cloned(),
            guard: parts.extensions.get::<Guard<String>>().cloned(),
            wait_for: wait_for(parts.uri.query().unwrap_or_default())?,
        })
    }
}

/// The revision to wait for, from `wait_for=REVISION`.
fn wait_for(query: &str) -> Result<Option<u64>, Failure> {
    let Some(revision) = query.split('&').find_map(|pair| pair.strip_prefix("wait_for=")) else { return Ok(None) };
    revision.parse().map(Some).map_err(|_| Failure::bad_request("wait_for: send a revision, such as 17"))
}

impl Caller {
    /// The account.
    pub(crate) fn account(&self) -> &str {
        &self.authenticated.account
    }

    /// The time of the request.
    pub(crate) fn now(&self) -> Time {
        self.authenticated.now
    }

    /// Asks about an organization.
    pub(crate) async fn of(self, organization: &str) -> Result<Asking, Failure> {
        let organizations = &self.service.organizations;
        organizations.ensure(organization).await?;
        let written = self.authenticated.session().and_then(|session| session.written.get(organization)).copied();
        if let Some(revision) = self.wait_for.max(written) {
            organizations.wait_for(organization, revision).await?;
        }
        let guard = self.guard.as_ref().ok_or_else(Failure::not_found)?.of(organization.to_owned());
        Ok(Asking::new(self, guard, organization))
    }

    /// Asks about an organization on a route without a guard of its own, to choose what to show.
    pub(crate) async fn of_own(mut self, organization: &str) -> Result<Asking, Failure> {
        let organizations = std::sync::Arc::clone(&self.service.organizations);
        self.guard = Some(Guard::new(self.authenticated.identity(), organizations));
        // A revision is one of one organization, and such a request is about several, or about none.
        self.wait_for = None;
        self.of(organization).await
    }

    /// Asks about the organization that has something with this id.
    pub(crate) async fn whose(self, kind: EntityKind, id: &str) -> Result<Asking, Failure> {
        let organization = self.service.organizations.organization_of(kind, id).await?;
        self.of(&organization).await
    }

    /// Asks about the organization that the request names, or else about the only one that its token is for.
    pub(crate) async fn of_named(self, organization: Option<&str>) -> Result<Asking, Failure> {
        let only = self.authenticated.token().and_then(only_organization).cloned();
        match organization.map(ToOwned::to_owned).or(only) {
            Some(organization) => self.of(&organization).await,
            None => Err(Failure::bad_request(
                "organizationId is missing: name the organization, or send a token that is for one organization only",
            )),
        }
    }

    /// Requires a token that has not expired. Where something is decided, the decision does that.
    pub(crate) fn require_live(&self) -> Result<(), Failure> {
        match self.authenticated.token().and_then(Token::expires_at) {
            Some(expiry) if expiry <= self.now() => Err(shipgate::guard::Problem::invalid_token().into()),
            Some(_) | None => Ok(()),
        }
    }

    /// Requires a session: a token may not do this.
    pub(crate) fn require_session(&self) -> Result<(), Failure> {
        if self.authenticated.session().is_some() {
            return Ok(());
        }
        Err(shipgate::guard::Problem::new(axum::http::StatusCode::FORBIDDEN, "a token may not do this: sign in").into())
    }
}

fn only_organization(token: &Token<String>) -> Option<&String> {
    let mut organizations = token.organizations()?;
    let only = organizations.next()?;
    organizations.next().is_none().then_some(only)
}

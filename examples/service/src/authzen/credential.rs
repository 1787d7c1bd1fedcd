//! The credentials of other services.

use axum::http::{HeaderMap, header};
use shipgate::guard::Problem;

use crate::api::Failure;
use crate::database::{Error, Query};
use crate::secrets;
use crate::service::Service;

/// The credential of a request.
#[derive(Clone, Debug)]
pub(super) struct Credential {
    /// The organizations that it may ask about; `None` for all.
    organizations: Option<Vec<String>>,
}

impl Credential {
    /// Finds the credential that a request came with. It is looked up each time, so that it can be revoked at once.
    pub(super) async fn find(service: &Service, headers: &HeaderMap) -> Result<Self, Failure> {
        let header = headers.get(header::AUTHORIZATION).and_then(|header| header.to_str().ok());
        let secret = header.and_then(|header| header.strip_prefix("Bearer ")).ok_or_else(Problem::invalid_token)?;
        let query = Query::new("SELECT organizations FROM service_credentials WHERE hash = $1");
        let row = service.database.row(query.bind(secrets::hash(secret))).await?.ok_or_else(Problem::invalid_token)?;
        let organizations = row.optional_text("organizations")?;
        let organizations = organizations.map(|ids| serde_json::from_str(&ids)).transpose().map_err(Error::from)?;
        Ok(Self { organizations })
    }

    /// Whether it may ask about an organization. What lies outside is answered as what is not known.
    pub(super) fn covers(&self, organization: &str) -> bool {
        self.organizations.as_ref().is_none_or(|organizations| organizations.iter().any(|one| one == organization))
    }
}

//! The metadata of a policy decision point.

use alloc::format;
use alloc::string::{String, ToString};

use serde_json::{Map, Value};

use crate::authzen::endpoint::Endpoint;
use crate::authzen::http::Response;

/// What a policy decision point says about itself, to a GET of [its path](Metadata::path).
///
/// # Examples
///
/// ```
/// use shipgate::authzen::{Endpoint, Metadata};
///
/// let metadata = Metadata::new("https://pdp.example.com/acme")?.with_endpoint(Endpoint::Evaluation);
/// assert_eq!(metadata.path(), "/.well-known/authzen-configuration/acme");
/// assert_eq!(
///     metadata.response(None).body(),
///     "{\"access_evaluation_endpoint\":\"https://pdp.example.com/acme/access/v1/evaluation\",\
///       \"policy_decision_point\":\"https://pdp.example.com/acme\"}",
/// );
/// assert!(Metadata::new("http://pdp.example.com").is_err());
/// # Ok::<(), shipgate::authzen::MetadataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    base: String,
    /// The path of the base, from its slash, or nothing.
    base_path: String,
    parameters: Map<String, Value>,
}

/// Why an address is not that of a policy decision point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// It is not secured.
    #[error("the address of a policy decision point begins with `https://` and the name of its host")]
    NotHttps,
    /// It has a query or a fragment.
    #[error("the address of a policy decision point has no `?` and no `#`: leave them out")]
    QueryOrFragment,
}

impl Metadata {
    /// The metadata of the policy decision point at this address, without any endpoint. A slash at the end is left out.
    ///
    /// # Errors
    ///
    /// [`MetadataError`] for an address that no policy decision point has.
    pub fn new(base: &str) -> Result<Self, MetadataError> {
        let base = base.strip_suffix('/').unwrap_or(base);
        let rest = base.strip_prefix("https://").ok_or(MetadataError::NotHttps)?;
        if rest.contains(['?', '#']) {
            return Err(MetadataError::QueryOrFragment);
        }
        let (host, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
        if host.is_empty() {
            return Err(MetadataError::NotHttps);
        }
        let base_path = path.map(|path| format!("/{path}")).unwrap_or_default();
        let parameters = Map::from_iter([("policy_decision_point".to_string(), base.into())]);
        Ok(Self { base: base.to_string(), base_path, parameters })
    }

    /// Adds an endpoint, at its default path under the address.
    #[must_use]
    pub fn with_endpoint(self, endpoint: Endpoint) -> Self {
        let parameter = match endpoint {
            Endpoint::Evaluation => "access_evaluation_endpoint",
            Endpoint::Evaluations => "access_evaluations_endpoint",
            Endpoint::SubjectSearch => "search_subject_endpoint",
            Endpoint::ResourceSearch => "search_resource_endpoint",
            Endpoint::ActionSearch => "search_action_endpoint",
        };
        let url = format!("{}{}", self.base, endpoint.path());
        self.with(parameter, url)
    }

    /// Adds all endpoints. Those of searches are for a policy that can search.
    #[must_use]
    pub fn with_all_endpoints(self) -> Self {
        Endpoint::ALL.into_iter().fold(self, Self::with_endpoint)
    }

    /// Adds another parameter, such as `capabilities` or `signed_metadata`.
    #[must_use]
    pub fn with(mut self, parameter: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(parameter.to_string(), value.into());
        self
    }

    /// The path at which it is published.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/.well-known/authzen-configuration{}", self.base_path)
    }

    /// The response to a GET with this `X-Request-ID`.
    #[must_use]
    pub fn response(&self, request_id: Option<&str>) -> Response {
        Response::json(&self.parameters).to(request_id)
    }
}

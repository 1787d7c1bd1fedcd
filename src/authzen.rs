//! The HTTP API of `OpenID` `AuthZEN` 1.0, without HTTP: from the body of a request to the status and the body of a response.
//!
//! A service routes each [`Endpoint`] to [`read`] and [`answer`], or to [`respond`], which is both. It can load between the two
//! what the [inquiries](Asked::inquiries) name. A [`DirectoryPdp`] answers from a directory; implement [`Pdp`] for another policy.
//!
//! # Examples
//!
//! ```
//! use shipgate::Directory;
//! use shipgate::authzen::{DirectoryPdp, Endpoint, Http, respond};
//!
//! let directory = Directory::<String>::from_json(
//!     r#"{ "organizations": [{ "id": "acme-corp", "members": [{ "account": "alice", "role": "developer" }],
//!                              "clusters": [{ "id": "us-east" }, { "id": "us-west", "visibility": "members" }] }] }"#,
//! )?;
//! let body = br#"{ "subject": { "type": "user", "id": "alice" }, "action": { "name": "deploy" }, "resource": { "type": "cluster" } }"#;
//! let request = Http { content_type: Some("application/json"), request_id: Some("request-7"), body };
//!
//! let response = respond(&DirectoryPdp::new(&directory), Endpoint::ResourceSearch, &request);
//! assert_eq!((response.status(), response.body()), (200, r#"{"results":[{"type":"cluster","id":"us-east"}]}"#));
//! assert_eq!(response.request_id(), Some("request-7"));
//! # Ok::<(), shipgate::json::DocumentError>(())
//! ```

mod answer;
mod directory;
mod endpoint;
mod http;
mod inquiry;
mod metadata;
mod page;
mod pdp;
mod read;

pub use answer::{answer, respond};
pub use directory::{DirectoryPdp, Explain, UnknownNames};
pub use endpoint::Endpoint;
pub use http::{Http, Response};
pub use inquiry::{Inquiry, Part};
pub use metadata::{Metadata, MetadataError};
pub use pdp::{ActionName, Entity, Found, Pdp, Unavailable, Verdict};
pub use read::{Asked, read};

//! Pages of results.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::authzen::endpoint::Endpoint;
use crate::authzen::inquiry::Inquiry;
use crate::json::JsonError;
use crate::json::authzen::question::part::Part;

/// Which page of its results a search asks for.
#[derive(Clone, Debug)]
pub(super) struct Page {
    is_asked: IsAsked,
    start: usize,
    /// The limit that the first request of the search asked for.
    limit: Option<usize>,
    /// What tokens have in place of the search.
    search: u64,
}

/// Whether the request has a `page`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IsAsked {
    Yes,
    No,
}

impl Page {
    /// Reads the `page` of a search.
    pub(super) fn read(request: &mut Part, endpoint: Endpoint, inquiry: &Inquiry) -> Result<Self, JsonError> {
        let search = hash(&format!("{endpoint} {}", inquiry.to_text()));
        let is_asked = if request.has("page") { IsAsked::Yes } else { IsAsked::No };
        let mut page = request.optional_part("page")?;
        let token: Option<String> = page.optional("token")?;
        let limit: Option<usize> = page.optional("limit")?;
        page.optional_part("properties")?;
        page.ignore_rest()?;
        let (start, first) = match token.as_deref() {
            None | Some("") => (0, limit),
            Some(token) => place(token, search).ok_or_else(|| {
                JsonError::new(
                    "page.token",
                    "it belongs to another search: send the `next_token` of the page before, and the same request",
                )
            })?,
        };
        if limit.is_some() && limit != first {
            return Err(JsonError::new(
                "page.limit",
                "it was another one for the page before: keep it, or leave it out",
            ));
        }
        Ok(Self { is_asked, start, limit: first, search })
    }

    /// The results of this page, where no page has more results than `most`.
    pub(super) fn of<T>(&self, results: Vec<T>, most: usize) -> Results<T> {
        let limit = self.limit.unwrap_or(most).min(most.max(1));
        let total = results.len();
        let end = self.start.saturating_add(limit).min(total);
        let results: Vec<T> = results.into_iter().take(end).skip(self.start).collect();
        let next_token = if end < total { self.token(end) } else { String::new() };
        let needs_page = self.is_asked == IsAsked::Yes || results.len() < total;
        let page = needs_page.then(|| PageForm { next_token, count: results.len(), total });
        Results { page, results }
    }

    /// The token of the page that starts there.
    fn token(&self, start: usize) -> String {
        let limit = self.limit.map(|limit| format!("{limit}")).unwrap_or_default();
        format!("{:016x}.{start}.{limit}", self.search)
    }
}

/// Where a page starts, and the limit of the search, if the token is of this search.
fn place(token: &str, search: u64) -> Option<(usize, Option<usize>)> {
    let mut parts = token.split('.');
    let (hash, start, limit) = (parts.next()?, parts.next()?, parts.next()?);
    let of_search = hash == format!("{search:016x}") && parts.next().is_none();
    let limit = if limit.is_empty() { None } else { Some(limit.parse().ok()?) };
    of_search.then_some((start.parse().ok()?, limit))
}

/// FNV-1a: it is the same on each instance of a service. It need not be hard to find two texts of one hash, as a token only says
/// where in the results of its own request to go on.
fn hash(text: &str) -> u64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    text.bytes().fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

/// The response to a search.
#[derive(Serialize)]
pub(super) struct Results<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<PageForm>,
    results: Vec<T>,
}

#[derive(Serialize)]
struct PageForm {
    next_token: String,
    count: usize,
    total: usize,
}

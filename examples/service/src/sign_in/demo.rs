//! The links of the demo: whoever has one is that person.

use std::collections::HashMap;

use axum::response::{IntoResponse, Response};

use crate::api::Failure;
use crate::pages::sign_in;
use crate::secrets;
use crate::service::Service;
use crate::sign_in::{Later, Returned, SignIn};

/// The links of the demo. They last as long as the process does.
#[derive(Debug, Default)]
pub struct Links {
    /// The accounts, by the hashes of their secrets.
    accounts: HashMap<String, String>,
    /// The links, as the page shows them: a demo is for this machine alone.
    shown: Vec<OneOf>,
}

/// A link of one person.
#[derive(Clone, Debug)]
pub struct OneOf {
    /// The account.
    pub account: String,
    /// The path of the link.
    pub path: String,
}

impl Links {
    /// Makes a link for each account.
    pub fn new(accounts: impl IntoIterator<Item = String>) -> (Self, Vec<OneOf>) {
        let mut links = Self::default();
        let mut all = Vec::new();
        for account in accounts {
            let secret = secrets::new("link");
            links.accounts.insert(secrets::hash(&secret), account.clone());
            all.push(OneOf { account, path: format!("/sign-in/callback?link={secret}") });
        }
        links.shown.clone_from(&all);
        (links, all)
    }
}

impl SignIn for Links {
    fn begin<'a>(&'a self, _: &'a Service) -> Later<'a, Response> {
        let people = self.shown.iter().map(|link| (link.account.as_str(), link.path.as_str()));
        let page = sign_in::page(people).into_response();
        Box::pin(async { Ok(page) })
    }

    fn finish<'a>(&'a self, _: &'a Service, returned: &'a Returned) -> Later<'a, String> {
        let link = returned.query.get("link").map(|secret| secrets::hash(secret));
        let account = link.and_then(|hash| self.accounts.get(&hash)).cloned();
        Box::pin(async {
            account.ok_or_else(|| Failure::bad_request("this link is not one that the service printed when it started"))
        })
    }
}

//! The console, as a browser without JavaScript sees it.

mod changes;
mod forms;
mod names;
mod readers;
mod reviews;
mod sign_in;

use reqwest::header::HeaderMap;

use crate::harness::{Browser, Instance};

/// A page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Page {
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, html: response.text().await.unwrap() }
    }

    /// Requires that it is shown.
    #[track_caller]
    pub(crate) fn shown(self) -> String {
        assert_eq!(self.status, 200, "{}", self.html);
        self.html
    }

    /// Requires that it sends on to another page, and returns its path.
    #[track_caller]
    pub(crate) fn sends_on(self) -> String {
        assert_eq!(self.status, 303, "{}", self.html);
        self.headers["location"].to_str().unwrap().to_owned()
    }

    /// Requires that it was refused with this status, as a page.
    #[track_caller]
    pub(crate) fn refused(self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.html);
        assert!(self.html.starts_with("<!DOCTYPE html>"), "{}", self.html);
        self.html
    }
}

impl Browser<'_> {
    pub(crate) async fn page(&self, path: &str) -> Page {
        Page::of(self.instance.request("GET", path).header("cookie", &self.cookie)).await
    }

    /// Sends a form as a page of this session does.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let fields = [fields, &[("csrf", self.csrf.as_str())]].concat();
        Page::of(form(self.instance, path, &fields).header("cookie", &self.cookie)).await
    }
}

pub(crate) fn form(instance: &Instance, path: &str, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    instance.request("POST", path).header("content-type", "application/x-www-form-urlencoded").body(body)
}

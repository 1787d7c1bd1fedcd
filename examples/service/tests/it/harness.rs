//! Instances of the service, and clients of them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

pub(crate) use crate::place::Place;
use clap::Parser;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use shipgate_service::clock::Clock;
use shipgate_service::configuration::{CommandLine, Serve};
use shipgate_service::service::Service;
use shipgate_service::start::start;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// An instance of the service.
pub(crate) struct Instance {
    pub(crate) service: Service,
    pub(crate) clock: Arc<Clock>,
    address: SocketAddr,
    tokens: BTreeMap<String, String>,
    links: BTreeMap<String, String>,
    client: Client,
    end: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Instance {
    /// The first instance on a place, with the data of the demo.
    pub(crate) async fn demo(place: &Place) -> Self {
        Self::start(place, &["--demo"]).await
    }

    pub(crate) async fn start(place: &Place, flags: &[&str]) -> Self {
        let serve = Self::flags(place, flags);
        let clock = Arc::new(Clock::default());
        let started = start(&serve, Arc::clone(&clock)).await.unwrap();
        let people = started.people.iter();
        let tokens = people.clone().map(|(person, _)| (person.account.clone(), person.token.clone())).collect();
        let links = people.map(|(person, link)| (person.account.clone(), link.path.clone())).collect();
        let (service, address) = (started.service.clone(), started.address());
        let (end, ended) = oneshot::channel();
        let task = tokio::spawn(started.serve(async { drop(ended.await) }));
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { service, clock, address, tokens, links, client, end: Some(end), task }
    }

    fn flags(place: &Place, flags: &[&str]) -> Serve {
        let own =
            ["shipgate-service", "--listen", "127.0.0.1:0", "--database", &place.url, "--database-connections", "4"];
        CommandLine::try_parse_from(own.iter().chain(flags)).unwrap().serve
    }

    /// Another instance on the same place, which knows the tokens of this one.
    pub(crate) async fn beside(&self, place: &Place, flags: &[&str]) -> Self {
        let mut other = Self::start(place, flags).await;
        other.tokens.clone_from(&self.tokens);
        other
    }

    pub(crate) async fn end(mut self) {
        drop(self.end.take());
        self.task.await.unwrap();
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), self.url(path))
    }

    /// Calls the API with the token of a person.
    pub(crate) async fn call(&self, who: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path).bearer_auth(&self.tokens[who]);
        Answer::of(with_body(request, body)).await
    }

    pub(crate) async fn get(&self, who: &str, path: &str) -> Answer {
        self.call(who, "GET", path, None).await
    }

    pub(crate) async fn post(&self, who: &str, path: &str, body: Value) -> Answer {
        self.call(who, "POST", path, Some(body)).await
    }

    /// Signs a person in.
    pub(crate) async fn sign_in(&self, who: &str) -> Browser<'_> {
        let response = self.request("GET", &self.links[who]).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let mut browser = Browser { instance: self, cookie, csrf: String::new() };
        let me = browser.get("/api/account.me").await.body;
        browser.csrf.push_str(me["csrfToken"].as_str().unwrap());
        browser
    }
}

pub(crate) fn with_body(request: RequestBuilder, body: Option<Value>) -> RequestBuilder {
    match body {
        Some(body) => request.json(&body),
        None => request,
    }
}

/// A browser with a session.
pub(crate) struct Browser<'a> {
    pub(crate) instance: &'a Instance,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Browser<'_> {
    /// The same browser, at another instance.
    pub(crate) fn at<'b>(&self, instance: &'b Instance) -> Browser<'b> {
        Browser { instance, cookie: self.cookie.clone(), csrf: self.csrf.clone() }
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = self.instance.request(method, path).header("cookie", &self.cookie);
        let request = request.header("x-csrf-token", &self.csrf);
        Answer::of(with_body(request, body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, body }
    }

    /// Requires that it was done.
    #[track_caller]
    pub(crate) fn done(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    /// Requires a problem with this status, and returns its detail.
    #[track_caller]
    pub(crate) fn refused(self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.body["status"], json!(status), "{}", self.body);
        self.body["detail"].as_str().unwrap().to_owned()
    }
}

/// The ids of a list's items.
#[track_caller]
pub(crate) fn ids(list: &Value, member: &str) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
}

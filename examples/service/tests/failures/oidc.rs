//! Sign-in at a provider of OpenID Connect, npm's `oidc-provider`, honest and not.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, Stdio};

use reqwest::{Client, Response, Url};
use serde_json::Value;

use crate::place::Place;
use crate::process::Process;

/// A provider, which is ended at the end.
struct Provider {
    child: Child,
    /// Kept open, for what it writes later.
    _written: BufReader<ChildStdout>,
}

impl Provider {
    /// Listens on a port, and claims to be an issuer. The word makes its key.
    fn start(port: u16, issuer: &str, key: &str, service: u16) -> Self {
        let folder = std::env::var("OIDC_PROVIDER").expect("the folder where `oidc-provider` is installed");
        let redirect = format!("http://127.0.0.1:{service}/sign-in/callback");
        let mut command = Command::new("node");
        command.current_dir(folder).args(["provider.mjs", &port.to_string(), issuer, key, &redirect]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        let mut written = BufReader::new(child.stdout.take().unwrap());
        written.read_line(&mut line).unwrap();
        assert_eq!(line, "listening\n");
        Self { child, _written: written }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A browser, at the service.
struct Browser {
    client: Client,
    service: String,
}

impl Browser {
    fn new(service: u16) -> Self {
        let client = Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, service: format!("http://127.0.0.1:{service}") }
    }

    async fn get(&self, url: &str) -> Response {
        self.client.get(url).send().await.unwrap()
    }

    /// Begins at the service, and returns where it sends the browser.
    async fn begin(&self) -> Url {
        let response = self.get(&format!("{}/sign-in", self.service)).await;
        location(&response, &self.service)
    }

    /// Goes to the provider, which signs in, and returns where it sends the browser back.
    async fn approve(&self, mut url: Url) -> Url {
        while !url.as_str().starts_with(&self.service) {
            let response = self.get(url.as_str()).await;
            url = location(&response, url.as_str());
        }
        url
    }

    async fn begin_and_approve(&self) -> Url {
        let url = self.begin().await;
        self.approve(url).await
    }

    /// Comes back, and returns who is signed in.
    async fn finish(&self, url: &Url) -> Option<String> {
        match self.get(url.as_str()).await.status().as_u16() {
            303 => Some(self.account().await["userId"].as_str().unwrap().to_owned()),
            400 => None,
            other => panic!("{other}"),
        }
    }

    async fn account(&self) -> Value {
        self.get(&format!("{}/api/account.me", self.service)).await.json().await.unwrap()
    }
}

fn location(response: &Response, base: &str) -> Url {
    assert!(response.status().is_redirection(), "{response:?}");
    Url::parse(base).unwrap().join(response.headers()["location"].to_str().unwrap()).unwrap()
}

/// The address with another value for a name of its query.
fn with(url: &Url, name: &str, value: &str) -> Url {
    let pairs: Vec<_> = url.query_pairs().into_owned().filter(|(other, _)| other != name).collect();
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(pairs).append_pair(name, value);
    url
}

fn value(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(other, _)| other == name).unwrap().1.into_owned()
}

fn service(place: &Place, port: u16, issuer: &str) -> Process {
    let (listen, public) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
    let flags = ["--public-url", &public, "--oidc-issuer", issuer, "--oidc-client-id", "shipgate"];
    let secret = ("SHIPGATE_OIDC_CLIENT_SECRET", "a-secret-of-the-tests-that-is-long-enough");
    Process::start_at(&listen, place, &flags, &[secret])
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_an_honest_provider_names_is_signed_in_and_nobody_else() {
    let (port, own) = (free_port(), free_port());
    let issuer = format!("http://127.0.0.1:{port}");
    let honest = Provider::start(port, &issuer, "one", own);
    let place = Place::sqlite();
    let service = service(&place, own, &issuer);

    let browser = Browser::new(own);
    let back = browser.begin_and_approve().await;
    let alice = browser.finish(&back).await.unwrap();
    let account = browser.account().await;
    assert_eq!((&account["name"], &account["email"]), (&"Alice".into(), &"alice@acme.example".into()));
    let elsewhere = Browser::new(own);
    let again = elsewhere.begin_and_approve().await;
    assert_eq!(elsewhere.finish(&again).await, Some(alice.clone()), "it is found by issuer and subject");

    // The answer is sent again, and its code with a new beginning.
    let mallory = Browser::new(own);
    assert_eq!(browser.finish(&back).await, None, "an answer counts once");
    let state = value(&mallory.begin().await, "state");
    assert_eq!(mallory.finish(&with(&back, "state", &state)).await, None, "a code counts once");
    // A code that was not used yet, of somebody else.
    let fresh = browser.begin_and_approve().await;
    let state = value(&mallory.begin().await, "state");
    assert_eq!(mallory.finish(&with(&fresh, "state", &state)).await, None, "a code is for who began");
    assert_eq!(
        mallory.finish(&browser.begin_and_approve().await).await,
        None,
        "an answer is for the browser that began"
    );
    service.logs("another browser began").await;

    let asked = with(&mallory.begin().await, "nonce", "another-nonce-than-the-service-sent");
    let back = mallory.approve(asked).await;
    assert_eq!(mallory.finish(&back).await, None, "the ID token has another nonce");
    service.logs("nonce").await;
    let back = mallory.begin_and_approve().await;
    let other = with(&back, "iss", "https://other.example");
    assert_eq!(mallory.finish(&other).await, None, "the answer names another issuer");
    service.logs("the answer is of another provider").await;

    drop(honest);
    let renewed = Provider::start(port, &issuer, "two", own);
    let later = Browser::new(own);
    let back = later.begin_and_approve().await;
    assert_eq!(later.finish(&back).await, Some(alice), "the provider has new keys");

    // The keys are right, and the issuer is not.
    drop(renewed);
    let _other = Provider::start(port, &format!("{issuer}/other"), "two", own);
    let back = with(&mallory.begin_and_approve().await, "iss", &issuer);
    assert_eq!(mallory.finish(&back).await, None, "the ID token names another issuer");
    service.logs(&format!("{issuer}/other")).await;
    assert!(mallory.account().await["userId"].is_null(), "nobody is signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_claims_to_be_another_is_refused_at_the_start() {
    let (port, own) = (free_port(), free_port());
    let issuer = format!("http://127.0.0.1:{port}");
    let _provider = Provider::start(port, "https://other.example", "one", own);
    let place = Place::sqlite();
    let said = std::panic::catch_unwind(|| service(&place, own, &issuer)).err().unwrap();
    let said = said.downcast_ref::<String>().unwrap();
    assert!(said.contains("--oidc-issuer: the provider does not answer as one"), "{said}");
}

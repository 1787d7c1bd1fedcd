//! Instances of the service, each a process of its own.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use reqwest::{Client, RequestBuilder};
use serde_json::Value;

use crate::place::Place;

/// How often an instance reads the log, in milliseconds.
pub(crate) const POLL: u64 = 200;

/// An instance, which is killed at the end.
pub(crate) struct Process {
    child: Child,
    address: String,
    client: Client,
    tokens: BTreeMap<String, String>,
    log: Arc<Mutex<String>>,
    keeper: Option<JoinHandle<()>>,
}

impl Process {
    /// The first instance on a place, with the data of the demo.
    pub(crate) fn demo(place: &Place) -> Self {
        Self::start(place, &["--demo"], &[])
    }

    /// Another instance on the place, which knows the tokens of this one.
    pub(crate) fn beside(&self, place: &Place, environment: &[(&str, &str)]) -> Self {
        Self::start(place, &[], environment).with_tokens(self.tokens.clone())
    }

    pub(crate) fn start(place: &Place, flags: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_at("127.0.0.1:0", place, flags, environment)
    }

    pub(crate) fn start_at(listen: &str, place: &Place, flags: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shipgate-service"));
        command.args(["--listen", listen, "--database", &place.url, "--poll", &POLL.to_string()]);
        command.args(["--database-connections", "6"]).args(flags).envs(environment.iter().copied());
        Self::run(command)
    }

    fn run(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::default();
        let keeper = Some(keep(child.stderr.take().unwrap(), Arc::clone(&log)));
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut it =
            Self { child, address: String::new(), client: Client::new(), tokens: BTreeMap::new(), log, keeper };
        it.read_start(out);
        it
    }

    /// Reads what it prints when it has started: its address, and a token for each person.
    fn read_start(&mut self, out: impl BufRead) {
        let mut account = String::new();
        for line in out.lines() {
            let line = line.unwrap();
            if let Some(address) = line.strip_prefix("serving http://") {
                address.clone_into(&mut self.address);
                return;
            } else if let Some(token) = line.trim().strip_prefix("token:") {
                self.tokens.insert(account.clone(), token.trim().to_owned());
            } else if let Some((person, _)) = line.split_once(" of ") {
                person.clone_into(&mut account);
            }
        }
        let _ = self.keeper.take().map(JoinHandle::join);
        panic!("it did not start: {}", self.log.lock().unwrap());
    }

    /// Ends it as kill -9 does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it, and returns its tokens.
    pub(crate) fn end(mut self) -> BTreeMap<String, String> {
        let tokens = std::mem::take(&mut self.tokens);
        self.kill();
        tokens
    }

    pub(crate) fn with_tokens(mut self, tokens: BTreeMap<String, String>) -> Self {
        self.tokens = tokens;
        self
    }

    /// Waits until its log has a text.
    pub(crate) async fn logs(&self, text: &str) {
        until(text, || async { self.log.lock().unwrap().contains(text) }).await;
    }

    /// Waits until it is ready.
    pub(crate) async fn is_ready(&self) {
        until("it is ready", || async { self.status("/readyz").await == 200 }).await;
    }

    pub(crate) async fn status(&self, path: &str) -> u16 {
        self.client.get(self.url(path)).send().await.unwrap().status().as_u16()
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn request(&self, who: &str, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path)).bearer_auth(&self.tokens[who])
    }

    pub(crate) async fn get(&self, who: &str, path: &str) -> (u16, Value) {
        answer(self.request(who, reqwest::Method::GET, path)).await.unwrap()
    }

    pub(crate) async fn delete(&self, who: &str, path: &str) -> (u16, Value) {
        answer(self.request(who, reqwest::Method::DELETE, path)).await.unwrap()
    }

    /// Posts with an `Idempotency-Key`; `None` if there was no answer.
    pub(crate) async fn post(&self, who: &str, path: &str, key: &str, body: &Value) -> Option<(u16, Value)> {
        let request = self.request(who, reqwest::Method::POST, path).header("idempotency-key", key);
        answer(request.json(body)).await
    }

    /// Asks `AuthZEN` with a credential.
    pub(crate) async fn ask(&self, credential: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(self.url("/access/v1/evaluations")).bearer_auth(credential);
        answer(request.json(body)).await.unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have been killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(keeper) = self.keeper.take().filter(|_| std::thread::panicking()) {
            let _ = keeper.join();
            eprintln!("the log of an instance:\n{}", self.log.lock().unwrap());
        }
    }
}

async fn answer(request: RequestBuilder) -> Option<(u16, Value)> {
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    Some((status, response.json().await.ok()?))
}

/// Waits until something is so, for 20 seconds at most.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(20), "not in 20 seconds: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Keeps what a process writes.
fn keep(mut from: impl Read + Send + 'static, log: Arc<Mutex<String>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut part = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut part) {
            log.lock().unwrap().push_str(&String::from_utf8_lossy(&part[..length]));
        }
    })
}

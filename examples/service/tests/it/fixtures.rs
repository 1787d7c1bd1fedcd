//! The fixtures of the `AuthZEN` working group over HTTP: what the library's own tests ask them is asked here.

#[path = "../../../../tests/it/authzen/certification.rs"]
mod certification;
#[path = "../../../../tests/it/authzen/interop.rs"]
mod interop;
#[path = "../../../authzen/policies.rs"]
mod policies;

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

use clap::Parser;
use serde_json::Value;
use shipgate::authzen::Endpoint;
use shipgate_service::configuration::{CommandLine, Policy};
use shipgate_service::start::serve_fixture;
use tokio::runtime::Runtime;

/// What serves the fixtures, and asks them.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// Where each is served, from the first question to the end.
static SERVED: LazyLock<HashMap<&str, SocketAddr>> = LazyLock::new(|| {
    ["certification", "todo", "search", "idp", "gateway"].into_iter().map(|policy| (policy, serve(policy))).collect()
});

fn serve(policy: &'static str) -> SocketAddr {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let listen = address.to_string();
    let line = CommandLine::try_parse_from(["shipgate-service", "--policy", policy, "--listen", &listen]).unwrap();
    RUNTIME.spawn(async move {
        let policy: Policy = line.serve.policy.unwrap();
        serve_fixture(&line.serve, policy, std::future::pending()).await.unwrap();
    });
    while TcpStream::connect(address).is_err() {
        std::thread::sleep(Duration::from_millis(5));
    }
    address
}

/// A policy that is served.
trait Served {
    /// The names under which it is.
    const NAMES: &[&str];
}

impl Served for policies::Fixture {
    const NAMES: &[&str] = &["certification"];
}

impl Served for policies::Todo {
    const NAMES: &[&str] = &["todo"];
}

impl Served for policies::Records {
    const NAMES: &[&str] = &["search", "idp"];
}

impl Served for policies::Gateway {
    const NAMES: &[&str] = &["gateway"];
}

#[derive(Debug, PartialEq)]
struct Response {
    status: u16,
    content_type: String,
    body: String,
}

impl Response {
    fn body(&self) -> &str {
        &self.body
    }
}

/// The response to a JSON body, the same under each name.
fn post<P: Served>(_: &P, endpoint: Endpoint, body: &Value) -> Response {
    let responses = P::NAMES.iter().map(|name| RUNTIME.block_on(post_to(SERVED[name], endpoint, body)));
    responses.reduce(|one, other| if one == other { one } else { panic!("{one:?} {other:?}") }).unwrap()
}

async fn post_to(address: SocketAddr, endpoint: Endpoint, body: &Value) -> Response {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);
    let url = format!("http://{address}{}", endpoint.path());
    let response = CLIENT.post(url).header("x-request-id", "request-7").json(body).send().await.unwrap();
    assert_eq!(response.headers()["x-request-id"], "request-7");
    let status = response.status().as_u16();
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    Response { status, content_type, body: response.text().await.unwrap() }
}

/// The JSON of the response to what is well-formed.
#[track_caller]
fn ask(policy: &impl Served, endpoint: Endpoint, body: &Value) -> Value {
    let response = post(policy, endpoint, body);
    assert_eq!((response.status, response.content_type.as_str()), (200, "application/json"), "{body}: {response:?}");
    serde_json::from_str(response.body()).unwrap()
}

/// What the response to a malformed request says.
#[track_caller]
fn refusal(policy: &impl Served, endpoint: Endpoint, body: &Value) -> String {
    let response = post(policy, endpoint, body);
    assert_eq!(response.status, 400, "{body}: {response:?}");
    response.body
}

#[test]
fn a_fixture_is_for_this_machine_alone() {
    let line = CommandLine::try_parse_from(["shipgate-service", "--policy", "todo", "--listen", "0.0.0.0:0"]).unwrap();
    let served = RUNTIME.block_on(serve_fixture(&line.serve, Policy::Todo, std::future::ready(())));
    let told = served.unwrap_err().to_string();
    assert!(told.starts_with("--policy: 0.0.0.0:0 can be reached by others"), "{told}");
}

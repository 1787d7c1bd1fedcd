//! Hostile requests.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Answer, Instance, Place, ids};

#[tokio::test(flavor = "multi_thread")]
async fn sql_and_html_in_texts_are_texts() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let names = [
            "'; DROP TABLE service_names; --",
            "<script>alert(1)</script>",
            "\"\\u0000",
            "$1 ?1 %s {}",
            "\u{202e}evil",
        ];
        for name in names {
            instance.post("olivia", "/api/team.create", json!({ "name": name })).await.done();
        }
        let teams = instance.get("olivia", "/api/team.list").await.done();
        for name in names {
            assert!(ids(&teams, "name").iter().any(|found| found == name), "{name}");
        }
        for name in ["", " ", "\n", "a\u{0}b", &"x".repeat(201)] {
            instance.post("olivia", "/api/team.create", json!({ "name": name })).await.refused(400);
        }
        for id in ["' OR 1=1 --", "\u{0}", "%00", "../acme-corp", "acme-corp'"] {
            let grant = json!({ "clusterId": id, "userId": "bob", "permission": "view" });
            let answer = instance.post("olivia", "/api/cluster.grantAccess", grant).await;
            assert!([400, 404].contains(&answer.status), "{id}: {answer:?}");
            let grant = json!({ "clusterId": "vault", "userId": id, "permission": "view" });
            let answer = instance.post("olivia", "/api/cluster.grantAccess", grant).await;
            assert!([400, 403, 404].contains(&answer.status), "{id}: {answer:?}");
        }
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_too_large_or_too_deep_are_refused() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let large = json!({ "name": "x".repeat(300 * 1024) });
    instance.post("olivia", "/api/team.create", large).await.refused(413);
    let deep = "[".repeat(100_000);
    let request = |body: String, media: &'static str| {
        let carol = instance.request("POST", "/api/access.preview").header("content-type", media);
        let session = instance.sign_in("carol");
        async move {
            let session = session.await;
            let carol = carol.header("cookie", &session.cookie).header("x-csrf-token", &session.csrf);
            Answer::of(carol.body(body)).await
        }
    };
    request(deep, "application/json").await.refused(400);
    request(r#"{"change":{},"change":{}}"#.to_owned(), "application/json").await.refused(400);
    request("{}".to_owned(), "text/plain").await.refused(415);
    request("\u{feff}{}".to_owned(), "application/json").await.refused(400);
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_two_lengths_is_refused() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let address = instance.url("").replace("http://", "");
    for head in [
        "POST /api/team.create HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nabcde",
        "POST /api/team.create HTTP/1.1\r\nhost: x\r\ncontent-length: abc\r\n\r\n",
        "GET /api/team.list HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n",
        "GET / HTTP/1.1\r\nx: \u{0}\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_string(&mut answer)).await;
        assert!(read.is_ok() && answer.starts_with("HTTP/1.1 400"), "{head:?}: {answer}");
    }
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_ends_although_a_slow_client_is_connected() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    let mut stream = TcpStream::connect(instance.url("").replace("http://", "")).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: ").await.unwrap();
    let began = std::time::Instant::now();
    instance.end().await;
    assert!(began.elapsed() < Duration::from_secs(25));
    drop(stream);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_not_kept_and_not_guessed_by_browsers() {
    let place = Place::sqlite();
    let instance = Instance::demo(&place).await;
    for path in ["/api/openapi.json", "/healthz", "/nothing", "/api/cluster.list"] {
        let response = instance.request("GET", path).send().await.unwrap();
        let headers = response.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cache-control"], "no-store");
        assert!(headers.contains_key("content-security-policy"));
    }
    let not_allowed: Value = instance.request("PUT", "/api/cluster.list").send().await.unwrap().json().await.unwrap();
    assert_eq!(not_allowed["status"], 405);
    instance.end().await;
}

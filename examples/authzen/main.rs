//! Serves the AuthZEN API over plain HTTP, with the standard library alone: a directory, and the policies of the working group's
//! fixtures, each under a path of its own. It is for tests on your own machine: it has no TLS, and trusts whoever asks.
//!
//! `cargo run --example authzen [ADDRESS]`, then for example
//! `curl -H 'Content-Type: application/json' -d '{ … }' http://127.0.0.1:8080/acme/access/v1/evaluation`.

#![expect(clippy::print_stdout, reason = "it says where it serves")]

mod policies;

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use policies::{Fixture, Gateway, Records, Todo};
use shipgate::Directory;
use shipgate::authzen::{DirectoryPdp, Endpoint, Http, Response, respond};

/// The longest body that is read.
const MOST: usize = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let directory = Directory::<String>::from_json(include_str!("../data/acme-corp.json"))?;
    let listener = TcpListener::bind(&address)?;
    println!("serving /acme, /certification, /todo, /gateway and /search on http://{}", listener.local_addr()?);
    for stream in listener.incoming() {
        // Whoever hangs up has no answer.
        let _: io::Result<()> = stream.and_then(|stream| serve(&stream, &directory));
    }
    Ok(())
}

/// A request as it came.
#[derive(Default)]
struct Posted {
    path: String,
    content_type: Option<String>,
    request_id: Option<String>,
    body: Vec<u8>,
}

/// Answers one request, and closes the connection.
fn serve(mut stream: &TcpStream, directory: &Directory<String>) -> io::Result<()> {
    let Some(posted) = receive(stream)? else {
        return write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let request = Http {
        content_type: posted.content_type.as_deref(),
        request_id: posted.request_id.as_deref(),
        body: &posted.body,
    };
    match route(&posted.path, &request, directory) {
        Some(response) => send(stream, &response),
        None => write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    }
}

fn route(path: &str, request: &Http<'_>, directory: &Directory<String>) -> Option<Response> {
    let (policy, path) = path.strip_prefix('/')?.split_once('/')?;
    let endpoint = Endpoint::at(&format!("/{path}"))?;
    Some(match policy {
        "acme" => respond(&DirectoryPdp::new(directory), endpoint, request),
        "certification" => respond(&Fixture, endpoint, request),
        "todo" => respond(&Todo, endpoint, request),
        "gateway" => respond(&Gateway, endpoint, request),
        "search" => respond(&Records, endpoint, request),
        _ => return None,
    })
}

/// Reads a POST; `None` if it is something else.
fn receive(stream: &TcpStream) -> io::Result<Option<Posted>> {
    let mut reader = BufReader::new(stream).take(1 << 16);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let Some((path, _)) = line.strip_prefix("POST ").and_then(|rest| rest.split_once(' ')) else { return Ok(None) };
    let mut posted = Posted { path: path.to_owned(), ..Posted::default() };
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-type" => posted.content_type = Some(value.to_owned()),
            "x-request-id" => posted.request_id = Some(value.to_owned()),
            "content-length" => length = value.parse().unwrap_or(0),
            _ => {}
        }
    }
    if length > MOST {
        return Ok(None);
    }
    posted.body.resize(length, 0);
    reader.into_inner().read_exact(&mut posted.body)?;
    Ok(Some(posted))
}

fn send(mut stream: &TcpStream, response: &Response) -> io::Result<()> {
    let (status, body) = (response.status(), response.body());
    write!(stream, "HTTP/1.1 {status} -\r\nContent-Type: {}\r\n", response.content_type())?;
    if let Some(id) = response.request_id() {
        write!(stream, "X-Request-ID: {id}\r\n")?;
    }
    write!(stream, "Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

//! Connections: slow clients are cut off, and the end waits for those who are answered.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// How long a client may take to send the head of a request. So long, a connection may be idle as well.
const HEAD: Duration = Duration::from_secs(10);

/// How long the end waits for those who are answered.
const END: Duration = Duration::from_secs(20);

/// The most connections at once.
const MOST: usize = 10_000;

/// The longest head of a request, in bytes.
const LONGEST_HEAD: usize = 32 * 1024;

/// Serves connections until `end`, and then those that are there for 20 seconds at most.
pub async fn serve(listener: TcpListener, routes: Router, end: impl Future<Output = ()>) {
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MOST));
    tokio::pin!(end);
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = &mut end => break,
        };
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut end => break,
        };
        match stream {
            Ok((stream, _)) => {
                let connection = connections.watch(connection(stream, routes.clone()));
                tokio::spawn(async move {
                    // Whoever hangs up has no answer.
                    let _ = connection.await;
                    drop(place);
                });
            }
            // Such as too many open files: it passes.
            Err(error) => {
                tracing::warn!("a connection could not be accepted: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(END, connections.shutdown()).await.is_err() {
        tracing::warn!("some were still connected after {} seconds", END.as_secs());
    }
}

type Connection = http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>>;

fn connection(stream: TcpStream, routes: Router) -> Connection {
    // Answers are small: each is sent at once.
    let _ = stream.set_nodelay(true);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes))
}

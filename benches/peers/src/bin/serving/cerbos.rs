//! A Cerbos with one thread, as the handler's engines have.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use peers::engines::cerbos::{PATH, POLICY, Requests, allows};
use peers::question::Question;
use peers::rows::Rows;
use tempfile::TempDir;

use crate::Result;
use crate::served::Served;

/// Stopped when it is dropped.
pub(crate) struct Process {
    child: Child,
    _policies: TempDir,
}

impl Drop for Process {
    fn drop(&mut self) {
        // Neither can fail but where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts it, and waits until it answers.
pub(crate) fn start(program: &str, rows: &Rows, questions: &[Question]) -> Result<(Process, Served)> {
    let policies = tempfile::tempdir()?;
    std::fs::write(policies.path().join("cluster.yaml"), POLICY)?;
    let listeners = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
    let [http, grpc] = [listeners[0].local_addr()?, listeners[1].local_addr()?];
    drop(listeners);
    let set = [
        format!("server.httpListenAddr={http}"),
        format!("server.grpcListenAddr={grpc}"),
        "storage.driver=disk".to_owned(),
        format!("storage.disk.directory={}", policies.path().display()),
        "telemetry.disabled=true".to_owned(),
    ];
    let mut command = Command::new(program);
    command.arg("server").args(set.iter().map(|set| format!("--set={set}")));
    command.env("GOMAXPROCS", "1").stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().map_err(|error| format!("{program}: {error}"))?;
    let mut process = Process { child, _policies: policies };
    let began = Instant::now();
    while ureq::get(format!("http://{http}/_cerbos/health")).call().is_err() {
        if let Some(status) = process.child.try_wait()? {
            return Err(format!("Cerbos ended: {status}").into());
        }
        if began.elapsed() > Duration::from_secs(30) {
            return Err("Cerbos does not answer".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let requests = Requests::new(rows);
    let bodies = questions.iter().map(|question| requests.request(question).to_string()).collect();
    Ok((process, Served { name: "Cerbos", address: http, path: PATH, bodies, allows, decides: true }))
}

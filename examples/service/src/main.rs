//! The access service.

#![forbid(unsafe_code)]

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use shipgate_service::administer::administer;
use shipgate_service::clock::Clock;
use shipgate_service::configuration::{CommandLine, Serve};
use shipgate_service::log;
use shipgate_service::start::{Started, serve_fixture, start};

#[tokio::main]
async fn main() -> ExitCode {
    match run(CommandLine::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell if this cannot be written.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(line: CommandLine) -> Result<(), Box<dyn std::error::Error>> {
    // What is not written yet is written when it is dropped.
    let _log = log::write(line.serve.log_format)?;
    match line.command {
        None => serve(&line.serve).await,
        Some(command) => Ok(administer(command).await?),
    }
}

async fn serve(serve: &Serve) -> Result<(), Box<dyn std::error::Error>> {
    if let Some(policy) = serve.policy {
        return Ok(serve_fixture(serve, policy, ended()).await?);
    }
    let started = start(serve, Arc::new(Clock::default())).await?;
    print(&started)?;
    started.serve(ended()).await;
    Ok(())
}

/// Says where it serves, and who can sign in.
fn print(started: &Started) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let address = started.address();
    for (person, link) in &started.people {
        writeln!(out, "{} of {}", person.account, person.organization)?;
        writeln!(out, "    sign in: http://{address}{}", link.path)?;
        writeln!(out, "    token:   {}", person.token)?;
    }
    writeln!(out, "serving http://{address}")?;
    out.flush()
}

/// Until somebody ends the process.
async fn ended() {
    let interrupted = async {
        // A system without signals is ended in another way.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

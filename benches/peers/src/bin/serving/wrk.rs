//! A load by wrk: one thread, 16 connections, each question in turn.

use std::io::Write;
use std::process::Command;

use crate::Result;
use crate::served::Served;

const SCRIPT: &str = include_str!("questions.lua");

/// What a load measured. Latencies are in milliseconds.
pub(crate) struct Load {
    pub(crate) per_second: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

pub(crate) fn run(served: &Served, seconds: u32) -> Result<Load> {
    let mut script = tempfile::NamedTempFile::new()?;
    script.write_all(SCRIPT.as_bytes())?;
    let mut bodies = tempfile::NamedTempFile::new()?;
    for body in &served.bodies {
        writeln!(bodies, "{body}")?;
    }
    let duration = format!("{seconds}s");
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", "16", "--latency", "--duration", &duration, "--script"])
        .arg(script.path())
        .arg(served.url())
        .env("BODIES", bodies.path())
        .output()
        .map_err(|error| format!("wrk: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let failed = ["Non-2xx", "Socket errors"].into_iter().any(|sign| text.contains(sign));
    read(&text).filter(|_| output.status.success() && !failed).ok_or_else(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        format!("{}: wrk printed\n{text}{errors}", served.name).into()
    })
}

fn read(text: &str) -> Option<Load> {
    let after = |label: &str| text.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim);
    Some(Load {
        per_second: after("Requests/sec:")?.parse().ok()?,
        p50: milliseconds(after("50%")?)?,
        p99: milliseconds(after("99%")?)?,
    })
}

/// A time as wrk writes it, such as `1.25ms`.
fn milliseconds(text: &str) -> Option<f64> {
    let units = [("us", 1e-3), ("ms", 1.0), ("s", 1e3)];
    let (number, unit) = units.into_iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    Some(number.parse::<f64>().ok()? * unit)
}

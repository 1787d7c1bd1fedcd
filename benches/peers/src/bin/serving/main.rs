//! What a decision costs in a server: evaluations a second and their latency, in one handler with different engines, with none,
//! and beside a Cerbos.
//!
//! `cargo run --release --bin serving -- [--short] [--cerbos PROGRAM]` prints a table. It needs wrk. Every question is asked
//! once and its answer compared before anything is measured.

mod cerbos;
mod evaluation;
mod served;
mod wrk;

use std::process::ExitCode;

use peers::engine::Peer;
use peers::engines::shipgate::{decide_by_id, directory};
use peers::engines::{CEDAR, REGORUS_COMPILED, SHIPGATE};
use peers::generate::{of_users, platform};
use peers::question::Question;
use peers::rows::Rows;
use served::Served;
use shipgate::model::ResourceKind;
use shipgate::testing::{self, Mix};
use shipgate::{ActionKind, Decision};
use wrk::Load;

const USAGE: &str = "usage: serving [--short] [--cerbos PROGRAM]";

/// How much of everything.
struct Effort {
    users: u32,
    questions: usize,
    /// Of each server, in turn.
    rounds: usize,
    seconds: u32,
}

const FULL: Effort = Effort { users: 66_667, questions: 20_000, rounds: 3, seconds: 10 };
const SHORT: Effort = Effort { users: 1_000, questions: 1_000, rounds: 1, seconds: 1 };

/// What Cerbos's policy is about as well.
const ASKED: Mix = Mix::of(&[(ResourceKind::Cluster, &[ActionKind::View, ActionKind::Deploy, ActionKind::Manage], 1)]);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let run = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => measure(&FULL, None),
        ["--short"] => measure(&SHORT, None),
        ["--cerbos", program] => measure(&FULL, Some(program)),
        ["--short", "--cerbos", program] => measure(&SHORT, Some(program)),
        _ => Err(USAGE.into()),
    };
    match run {
        Ok(table) => {
            print!("{table}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn measure(effort: &Effort, cerbos: Option<&str>) -> Result<String> {
    let rows = platform(of_users(effort.users), 1);
    let questions: Vec<Question> = testing::questions(&rows, ASKED, 1).take(effort.questions).collect();
    let expected = expected(&rows, &questions);
    // Dropped at the end of all, so that Cerbos is stopped.
    let (_process, beside) = match cerbos {
        None => (None, None),
        Some(program) => {
            let (process, served) = cerbos::start(program, &rows, &questions)?;
            (Some(process), Some(served))
        }
    };
    let engines: [Option<Peer>; 4] = [None, Some(SHIPGATE), Some(REGORUS_COMPILED), Some(CEDAR)];
    let mut servers = Vec::new();
    for peer in engines {
        eprintln!("loading {}", peer.map_or(evaluation::BARE, |peer| peer.name));
        servers.push(evaluation::serve(peer, &rows, &questions)?);
    }
    servers.extend(beside);
    for served in &servers {
        served.check(&expected)?;
        eprintln!("{}: {} questions are answered", served.name, expected.len());
    }
    let mut loads: Vec<Vec<Load>> = servers.iter().map(|_| Vec::new()).collect();
    for _ in 0..effort.rounds {
        for (served, loads) in servers.iter().zip(&mut loads) {
            loads.push(wrk::run(served, effort.seconds)?);
        }
    }
    Ok(table(rows.members.len(), &servers, loads))
}

/// What the directory decides, which the tests of this package hold against everything else.
fn expected(rows: &Rows, questions: &[Question]) -> Vec<bool> {
    let directory = directory(rows);
    questions.iter().map(|question| decide_by_id(&directory, question) == Decision::Allow).collect()
}

fn table(members: usize, servers: &[Served], loads: Vec<Vec<Load>>) -> String {
    let mut table = format!(
        "{members} memberships; medians\n\n| server | evaluations a second | of the bare handler's | p50, ms | p99, ms |\n|---|---:|---:|---:|---:|\n"
    );
    let medians: Vec<Load> = loads.into_iter().map(median).collect();
    let bare = medians[0].per_second;
    for (served, load) in servers.iter().zip(&medians) {
        let Load { per_second, p50, p99 } = load;
        table += &format!("| {} | {per_second:.0} | {:.2} | {p50:.2} | {p99:.2} |\n", served.name, per_second / bare);
    }
    table
}

/// Each figure's median.
fn median(loads: Vec<Load>) -> Load {
    let of = |figure: fn(&Load) -> f64| {
        let mut figures: Vec<f64> = loads.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    Load { per_second: of(|load| load.per_second), p50: of(|load| load.p50), p99: of(|load| load.p99) }
}

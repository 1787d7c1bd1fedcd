//! The results as Markdown.

use std::fmt::{Display, Write as _};

use peers::generate::Kind;

use crate::measure::{BySize, Decisions, Measured, Results, Spread};

pub(crate) fn markdown(results: &Results) -> String {
    let mut text = String::new();
    let parts = [setting(), by_users(results), by_kind(results), loading(results), around(results)];
    for part in parts {
        let _: Result<(), std::fmt::Error> = writeln!(text, "{part}");
    }
    text
}

/// One table of all engines: medians, where the platform is large.
pub(crate) fn summary(results: &Results) -> String {
    let effort = &results.effort;
    let sizes = effort.users.iter().map(|users| format!("{} users", count(f64::from(*users))));
    let largest = effort.users.last().map_or_else(String::new, |users| count(f64::from(*users)));
    let rest = [
        "allocations".into(),
        format!("heap, MB, {largest}"),
        format!("load, ms, {largest}"),
        format!("a changed override is seen, µs, {largest}"),
        format!("list {} environments, ms", count(f64::from(effort.listed))),
    ];
    let rows = results.engines.iter().map(|engine| {
        let last = engine.by_users.last().expect("some size was measured");
        let (kind, mark) =
            if last.decisions.contains_key(&Kind::Deploy) { (Kind::Deploy, "") } else { (Kind::Organizations, " [1]") };
        let decisions = |by_size: &BySize| cell(by_size.decisions.get(&kind).map(|of| significant(of.time.median)));
        let mut cells: Vec<_> = engine.by_users.iter().map(decisions).collect();
        cells.extend([
            cell(last.decisions.get(&kind).map(allocations)),
            significant(last.heap as f64 / 1e6),
            significant(last.load.as_secs_f64() * 1e3),
            cell(last.change.map(|change| significant(change.median / 1e3))),
            cell(engine.listing.map(|listing| significant(listing.median / 1e6))),
        ]);
        (format!("{}{mark}", engine.name), cells)
    });
    table("ns a decision, and what is around it; medians", &sizes.chain(rest).collect::<Vec<_>>(), rows.collect())
}

/// On what it was measured.
fn setting() -> String {
    let engines = ["shipgate", "cedar-policy", "regorus", "casbin", "gatehouse"];
    let versions: Vec<_> = engines.iter().map(|name| format!("{name} {}", version(name))).collect();
    format!("{}; {}.\n", versions.join(", "), processor())
}

/// The version of a package that this one was built with.
fn version(package: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let named = format!("name = \"{package}\"\nversion = \"");
    let (_, rest) = lock.split_once(&named).expect("the package is in the lock file");
    rest.split('"').next().expect("the version ends")
}

fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or("an unknown processor", |(_, name)| name).to_owned()
}

fn by_users(results: &Results) -> String {
    let sizes = results.effort.users.iter().map(|users| format!("{} users", count(f64::from(*users))));
    let heading: Vec<_> = sizes.chain(["allocations".into()]).collect();
    let rows = results.engines.iter().map(|engine| {
        let deploys = |by_size: &BySize| by_size.decisions.get(&Kind::Deploy).map(|decisions| spread(decisions.time));
        let mut cells: Vec<_> = engine.by_users.iter().map(|by_size| cell(deploys(by_size))).collect();
        cells.push(cell(middle(results, engine).decisions.get(&Kind::Deploy).map(allocations)));
        (engine.name, cells)
    });
    table("May this account deploy into this environment? ns a decision: min / median / max", &heading, rows.collect())
}

fn by_kind(results: &Results) -> String {
    let heading = ["deploy", "every action", "organizations only"].map(String::from);
    let rows = results.engines.iter().map(|engine| {
        let decisions = &middle(results, engine).decisions;
        let cells = Kind::ALL.map(|kind| cell(decisions.get(&kind).map(|decisions| spread(decisions.time))));
        (engine.name, cells.into())
    });
    let users = count(f64::from(results.effort.middle));
    table(&format!("By what is asked, {users} users. ns a decision: min / median / max"), &heading, rows.collect())
}

fn loading(results: &Results) -> String {
    let sizes = |what: &str| -> Vec<String> {
        results.effort.users.iter().map(|users| format!("{what}, {}", count(f64::from(*users)))).collect()
    };
    let heading = [sizes("load ms"), sizes("heap MB")].concat();
    let rows = results.engines.iter().map(|engine| {
        let load = engine.by_users.iter().map(|by_size| significant(by_size.load.as_secs_f64() * 1e3));
        let heap = engine.by_users.iter().map(|by_size| significant(by_size.heap as f64 / 1e6));
        (engine.name, load.chain(heap).collect())
    });
    table("Loading from rows in memory, by users", &heading, rows.collect())
}

fn around(results: &Results) -> String {
    let effort = &results.effort;
    let users = count(f64::from(effort.middle));
    let heading = [
        format!("a changed override is seen, µs, {users} users"),
        format!("list {} environments, ms", count(f64::from(effort.listed))),
        "deploy, ns, alone".into(),
        format!("beside {} further organizations", count(f64::from(effort.unrelated))),
        "their heap, MB".into(),
    ];
    let rows = results.engines.iter().map(|engine| {
        let median = |spread: Spread, unit: f64| significant(spread.median / unit);
        let unrelated = engine.unrelated.as_ref();
        let cells = vec![
            cell(middle(results, engine).change.map(|change| median(change, 1e3))),
            cell(engine.listing.map(|listing| median(listing, 1e6))),
            cell(unrelated.map(|unrelated| median(unrelated.without, 1.0))),
            cell(unrelated.map(|unrelated| median(unrelated.with, 1.0))),
            cell(unrelated.map(|unrelated| significant(unrelated.heap as f64 / 1e6))),
        ];
        (engine.name, cells)
    });
    table("Around a decision, medians", &heading, rows.collect())
}

/// What was measured on the platform on which all is.
fn middle<'a>(results: &Results, engine: &'a Measured) -> &'a BySize {
    let found = engine.by_users.iter().find(|by_size| by_size.users == results.effort.middle);
    found.expect("the middle is one of the sizes")
}

fn table(title: &str, heading: &[String], rows: Vec<(impl Display, Vec<String>)>) -> String {
    let mut lines = vec![format!("**{title}**"), String::new()];
    lines.push(format!("| | {} |", heading.join(" | ")));
    lines.push(format!("|---|{}", "---:|".repeat(heading.len())));
    lines.extend(rows.into_iter().map(|(name, cells)| format!("| {name} | {} |", cells.join(" | "))));
    lines.push(String::new());
    lines.join("\n")
}

/// Where nothing can be asked, nothing is shown.
fn cell(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".into())
}

fn spread(of: Spread) -> String {
    format!("{} / **{}** / {}", significant(of.min), significant(of.median), significant(of.max))
}

fn allocations(of: &Decisions) -> String {
    significant(of.allocations)
}

/// Two digits at least, and no more than the whole part after three.
fn significant(value: f64) -> String {
    match value {
        0.0 => "0".into(),
        value if value < 1.0 => format!("{value:.2}"),
        value if value < 100.0 => format!("{value:.1}"),
        value => count(value),
    }
}

/// A whole number, its thousands apart.
fn count(value: f64) -> String {
    let digits = format!("{value:.0}");
    let groups = digits.as_bytes().rchunks(3).rev();
    groups.map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(",")
}

//! What holds for every question of a kind, and is therefore said once: the wall between organizations, and tokens.

use std::collections::BTreeSet;

use shipgate::model::ResourceKind;
use shipgate::{ActionKind, ActionSet, Decision, Reason, Token};

use super::asker::{NOW, SOON, Setting, Who};
use super::parameters::{Asked, parameters};
use super::question::ask_each;
use super::scene::{Scene, scenes};
use super::symbol;
use super::table::{protections_of, write_grid};

/// Where a token leaves an answer as it is.
pub(super) const UNCHANGED: char = '=';

/// A row for each name, with a cell for each column after the name's.
pub(super) struct Grid {
    heading: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    pub(super) fn write(&self, to: &mut String) {
        write_grid(to, &self.heading, &self.rows);
    }

    /// Every character that stands in it.
    pub(super) fn symbols(&self) -> BTreeSet<char> {
        self.rows.iter().flat_map(|row| row.iter().skip(1)).flat_map(|cell| cell.chars()).collect()
    }
}

/// What members of one organization are answered in the other, both ways.
pub(super) fn wall() -> Grid {
    let ways = [("acme-corp", "globex"), ("globex", "acme-corp")];
    let heading = ways.map(|(home, there)| format!("of {home}, in {there}"));
    let row = |kind: ResourceKind| named(kind.as_str(), ways.map(|(home, there)| answers_across(kind, home, there)));
    Grid { heading: named("", heading), rows: ResourceKind::ALL.map(row).into() }
}

fn named(name: &str, cells: impl IntoIterator<Item = String>) -> Vec<String> {
    [name.to_owned()].into_iter().chain(cells).collect()
}

fn answers_across(kind: ResourceKind, home: &'static str, organization: &'static str) -> String {
    let mut answers = BTreeSet::new();
    let actions = every_action(kind);
    for scene in every_scene(kind) {
        for setting in Setting::each_override() {
            for (_, protection) in protections_of(kind) {
                let setting = Setting { protection, home, organization, ..setting.clone() };
                for who in members() {
                    ask_each(who, &actions, scene, &setting, |decision| {
                        answers.insert(symbol::of(decision));
                    });
                }
            }
        }
    }
    // Whether an action applies to a kind of resource is no secret.
    answers.into_iter().filter(|answer| *answer != 'n').collect()
}

fn members() -> impl Iterator<Item = Who> {
    Who::all().filter(|who| *who != Who::Stranger)
}

fn every_action(kind: ResourceKind) -> Vec<Asked> {
    ActionKind::ALL.into_iter().flat_map(|action| parameters(action, kind)).map(|(_, action)| action).collect()
}

fn every_scene(kind: ResourceKind) -> impl Iterator<Item = Scene> {
    scenes(kind).into_iter().flat_map(|(_, scenes)| scenes).map(|(_, scene)| scene)
}

/// What a token makes of the answers that its account gets without it.
pub(super) fn tokens() -> Grid {
    let row = |(name, token)| named(name, ResourceKind::ALL.map(|kind| changes(kind, &token)));
    Grid {
        heading: named("", ResourceKind::ALL.map(|kind| kind.to_string())),
        rows: tokens_by_name().into_iter().map(row).collect(),
    }
}

fn tokens_by_name() -> Vec<(&'static str, Token<&'static str>)> {
    let all = || Token::new(ActionSet::all());
    vec![
        ("all actions", all()),
        ("all actions, live", all().until(SOON)),
        ("all actions, expired", all().until(NOW)),
        ("no actions", Token::new(ActionSet::empty())),
        ("view only", Token::new(ActionSet::VIEW)),
        ("this organization", all().for_organizations(["acme-corp"])),
        ("another organization", all().for_organizations(["globex"])),
        ("no organization", all().for_organizations([])),
        ("this project", all().for_projects(["shop"])),
        ("another project", all().for_projects(["blog"])),
        ("no project", all().for_projects([])),
        ("this environment", all().for_environments(["shop-production"])),
        ("another environment", all().for_environments(["shop-dev"])),
        ("no environment", all().for_environments([])),
        ("this cluster", all().for_clusters(["us-east"])),
        ("the new cluster", all().for_clusters(["eu-west"])),
        ("both clusters", all().for_clusters(["us-east", "eu-west"])),
        ("no cluster", all().for_clusters([])),
    ]
}

/// `=` where it changes nothing; else what it makes of the answers that it changes, and `=` as well where there are
/// others. Answers of the gates before the token's are left out: no token changes those, which is asserted.
fn changes(kind: ResourceKind, token: &Token<&'static str>) -> String {
    let mut changes = BTreeSet::new();
    let actions = every_action(kind);
    for scene in every_scene(kind) {
        for who in Who::all() {
            for (_, protection) in protections_of(kind) {
                let without = Setting { protection, ..Setting::PLAIN };
                let with = Setting { token: Some(token.clone()), ..without.clone() };
                let [before, after] = [without, with].map(|setting| {
                    let mut answers = Vec::new();
                    ask_each(who, &actions, scene, &setting, |decision| answers.push(decision));
                    answers
                });
                for ((before, after), action) in before.into_iter().zip(after).zip(&actions) {
                    if is_of_an_earlier_gate(before) {
                        assert_eq!(before, after, "{action} on {kind}: {who:?}, {scene:?}, {token:?}");
                    } else {
                        changes.insert(if before == after { UNCHANGED } else { symbol::of(after) });
                    }
                }
            }
        }
    }
    changes.into_iter().collect()
}

fn is_of_an_earlier_gate(decision: Decision) -> bool {
    matches!(decision, Decision::Deny(Reason::NotApplicable | Reason::NotAMember | Reason::ForeignResource))
}

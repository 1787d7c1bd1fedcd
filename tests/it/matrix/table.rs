//! Tables: asked in full, and written without saying anything twice. What a row leaves out was asked, and made no
//! difference.

use std::collections::BTreeSet;
use std::fmt::Write;

use shipgate::model::ResourceKind;
use shipgate::{Action, ActionKind, Protection};

use super::question::{Scene, Scenes, Setting, Who, ask, parameters, protections, scenes};
use super::symbol;

/// The answers for one kind of resource.
pub(super) struct Table {
    kind: ResourceKind,
    actions: Vec<(ActionKind, Merged<Answers>)>,
    not_applicable: Vec<ActionKind>,
}

/// What each asker is answered: a character for each setting, or one where they are all the same.
type Cells = Vec<String>;

/// The answers to an action: by requester (where the kind has one), scene and protection.
type Answers = Merged<Merged<Merged<Cells>>>;

/// Values beside the names of all that have them.
type Merged<T> = Vec<(Names, T)>;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Names {
    these: Vec<String>,
    others: Vec<String>,
}

impl Table {
    /// Asks every action, with each of its parameters, in every scene of the kind, under every protection and setting.
    pub(super) fn ask(kind: ResourceKind, settings: &[Setting]) -> Self {
        let (mut actions, mut not_applicable) = (Vec::new(), Vec::new());
        for action in ActionKind::ALL {
            let answers = answers(action, kind, settings);
            match answers.as_slice() {
                [(_, answers)] if says_only('n', answers) => not_applicable.push(action),
                _ => actions.push((action, answers)),
            }
        }
        Self { kind, actions, not_applicable }
    }

    /// Every character that stands in it.
    pub(super) fn symbols(&self) -> BTreeSet<char> {
        let cells = self.symbols_by_action().flat_map(|(_, symbols)| symbols);
        cells.chain((!self.not_applicable.is_empty()).then_some('n')).collect()
    }

    /// The characters that stand in the rows of each action.
    pub(super) fn symbols_by_action(&self) -> impl Iterator<Item = (ActionKind, BTreeSet<char>)> {
        let symbols = |answers: &Merged<Answers>| answers.iter().flat_map(|(_, answers)| symbols_of(answers)).collect();
        self.actions.iter().map(move |(action, answers)| (*action, symbols(answers)))
    }

    pub(super) fn write(&self, to: &mut String) {
        let _ = writeln!(to, "\n## {}\n", self.kind);
        write_grid(to, &heading(self.kind), &self.rows());
        if !self.not_applicable.is_empty() {
            let names: Vec<_> = self.not_applicable.iter().map(|action| action.as_str()).collect();
            wrapped(to, &format!("n for everyone, whatever the rest: {}.", names.join(", ")));
        }
    }

    /// Each of an action, parameter, scene, protection and a cell for each asker.
    fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for (action, parameters) in &self.actions {
            for (parameter, answers) in parameters {
                for ((requester, scene, protection), cells) in rows_of(answers) {
                    let labels =
                        [action.to_string(), parameter.label(), requester.label(), scene.label(), protection.label()];
                    rows.push([labels.as_slice(), cells.as_slice()].concat());
                }
            }
        }
        rows
    }
}

/// The rows of an action, each by requester, scene and protection.
fn rows_of(answers: &Answers) -> Vec<((&Names, &Names, &Names), &Cells)> {
    let mut rows = Vec::new();
    for (requester, scenes) in answers {
        for (scene, protections) in scenes {
            rows.extend(protections.iter().map(|(protection, cells)| ((requester, scene, protection), cells)));
        }
    }
    rows
}

fn heading(kind: ResourceKind) -> Vec<String> {
    let scene = match kind {
        ResourceKind::Organization => "",
        ResourceKind::Member | ResourceKind::ProjectMember | ResourceKind::ClusterMember => "target",
        ResourceKind::Project | ResourceKind::Cluster => "contents",
        ResourceKind::Environment => "environment",
        ResourceKind::Placement => "level on the new cluster",
        ResourceKind::Deployment => "approved by",
    };
    let labels = ["action", "to", "requested by", scene, "protection"].map(String::from);
    labels.into_iter().chain(Who::all().map(|who| who.name().to_owned())).collect()
}

fn answers(action: ActionKind, kind: ResourceKind, settings: &[Setting]) -> Merged<Answers> {
    merge(parameters(action).into_iter().map(|(parameter, action)| {
        let in_scene = |(name, scene): (String, Scene)| {
            let under =
                |(name, protection): (&str, Protection)| (name.to_owned(), cells(action, scene, protection, settings));
            (name, merge(protections().into_iter().map(under)))
        };
        let by_scene = |(name, scenes): (String, Scenes)| (name, merge(scenes.into_iter().map(in_scene)));
        (parameter, merge(scenes(kind).into_iter().map(by_scene)))
    }))
}

fn cells(action: Action, scene: Scene, protection: Protection, settings: &[Setting]) -> Cells {
    let cell = |who| {
        let mut cell = String::new();
        for setting in settings {
            cell.push(symbol::of(ask(who, action, scene, &Setting { protection, ..setting.clone() })));
        }
        one_if_all_are_the_same(cell)
    };
    Who::all().map(cell).collect()
}

fn one_if_all_are_the_same(cell: String) -> String {
    match cell.chars().next() {
        Some(first) if cell.chars().all(|symbol| symbol == first) => first.into(),
        Some(_) | None => cell,
    }
}

/// Puts what has the same value together, in the order of first appearance.
fn merge<T: PartialEq>(values: impl Iterator<Item = (String, T)>) -> Merged<T> {
    let values: Vec<_> = values.collect();
    let all: Vec<String> = values.iter().map(|(name, _)| name.clone()).collect();
    let mut merged: Vec<(Names, T)> = Vec::new();
    for (name, value) in values {
        match merged.iter_mut().find(|(_, other)| *other == value) {
            Some((names, _)) => names.these.push(name),
            None => merged.push((Names { these: vec![name], others: Vec::new() }, value)),
        }
    }
    for (names, _) in &mut merged {
        names.others = all.iter().filter(|name| !names.these.contains(name)).cloned().collect();
    }
    merged
}

impl Names {
    /// The shorter of those it is and those it is not; nothing, where it is all.
    fn label(&self) -> String {
        match (self.these.join(", "), self.others.join(", ")) {
            (_, others) if others.is_empty() => String::new(),
            (these, others) if these.len() <= ALL_BUT.len() + others.len() => these,
            (_, others) => format!("{ALL_BUT}{others}"),
        }
    }
}

const ALL_BUT: &str = "all but ";

fn says_only(symbol: char, answers: &Answers) -> bool {
    symbols_of(answers) == BTreeSet::from([symbol])
}

fn symbols_of(answers: &Answers) -> BTreeSet<char> {
    rows_of(answers).into_iter().flat_map(|(_, cells)| cells).flat_map(|cell| cell.chars()).collect()
}

/// Writes rows under a heading, without the columns in which no row says anything.
pub(super) fn write_grid(to: &mut String, heading: &[String], rows: &[Vec<String>]) {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().filter(|width| *width > 0);
    let widths: Vec<_> =
        heading.iter().enumerate().map(|(i, name)| width(i).map(|width| width.max(name.len()))).collect();
    for row in [heading].into_iter().chain(rows.iter().map(Vec::as_slice)) {
        let cells = row.iter().zip(&widths).filter_map(|(cell, width)| width.map(|width| format!("{cell:width$}")));
        let _ = writeln!(to, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}

/// Writes words into lines of bearable length.
pub(super) fn wrapped(to: &mut String, text: &str) {
    let mut column = 0;
    for word in text.split(' ') {
        if column + word.len() > 110 {
            to.push('\n');
            column = 0;
        } else if column > 0 {
            to.push(' ');
        }
        to.push_str(word);
        column += word.len() + 1;
    }
    to.push('\n');
}

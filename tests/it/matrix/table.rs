//! Tables: asked in full, and written without saying anything twice. What a row leaves out was asked, and made no
//! difference.

use std::collections::BTreeSet;
use std::fmt::Write;

use shipgate::model::ResourceKind;
use shipgate::{ActionKind, Protection};

use super::asker::{Setting, Who};
use super::parameters::{Asked, parameters};
use super::protections::protections;
use super::question::ask_each;
use super::scene::{Scene, Scenes, scenes};
use super::symbol;

/// The answers for one kind of resource.
pub(super) struct Table {
    kind: ResourceKind,
    actions: Vec<(ActionKind, Merged<Answers>)>,
    not_applicable: Vec<ActionKind>,
}

/// What each asker is answered: a character for each setting, or one where they are all the same.
type Cells = Vec<String>;

/// The answers to an action: by what the kind has beside the scene, scene and protection.
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
        let asking = Asking::of(kind, settings);
        let (mut actions, mut not_applicable) = (Vec::new(), Vec::new());
        for action in ActionKind::ALL {
            let answers = asking.answers(action, kind);
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
                for ((beside, scene, protection), cells) in rows_of(answers) {
                    let labels =
                        [action.to_string(), parameter.label(), beside.label(), scene.label(), protection.label()];
                    rows.push([labels.as_slice(), cells.as_slice()].concat());
                }
            }
        }
        rows
    }
}

/// The rows of an action, each by what is beside the scene, scene and protection.
fn rows_of(answers: &Answers) -> Vec<((&Names, &Names, &Names), &Cells)> {
    let mut rows = Vec::new();
    for (beside, scenes) in answers {
        for (scene, protections) in scenes {
            rows.extend(protections.iter().map(|(protection, cells)| ((beside, scene, protection), cells)));
        }
    }
    rows
}

fn heading(kind: ResourceKind) -> Vec<String> {
    let (beside, scene) = match kind {
        ResourceKind::Organization => ("", ""),
        ResourceKind::Member | ResourceKind::ProjectMember | ResourceKind::ClusterMember => ("", "target"),
        ResourceKind::Role => ("role", "whose"),
        ResourceKind::Team | ResourceKind::Project | ResourceKind::Cluster => ("", "contents"),
        ResourceKind::TeamMember => ("the team has", "target"),
        ResourceKind::ProjectTeam | ResourceKind::ClusterTeam => ("", "team"),
        ResourceKind::Environment => ("", "environment"),
        ResourceKind::Placement => ("", "on the new cluster"),
        ResourceKind::Deployment => ("requested by", "approved by"),
    };
    let labels = ["action", "to", beside, scene, "protection"].map(String::from);
    labels.into_iter().chain(Who::all().map(Who::name)).collect()
}

/// Whether facts of this kind of resource have a protection.
pub(super) fn has_protection(kind: ResourceKind) -> bool {
    match kind {
        ResourceKind::Project
        | ResourceKind::ProjectMember
        | ResourceKind::ProjectTeam
        | ResourceKind::Environment
        | ResourceKind::Placement
        | ResourceKind::Deployment => true,
        ResourceKind::Organization
        | ResourceKind::Member
        | ResourceKind::Role
        | ResourceKind::Team
        | ResourceKind::TeamMember
        | ResourceKind::Cluster
        | ResourceKind::ClusterMember
        | ResourceKind::ClusterTeam => false,
    }
}

/// The protections that facts of this kind of resource may have.
pub(super) fn protections_of(kind: ResourceKind) -> Vec<(&'static str, Protection)> {
    if has_protection(kind) { protections() } else { vec![("", Protection::NONE)] }
}

/// The answers in a scene, under a protection: for each action a row of settings for each asker.
type Symbols = Vec<Vec<char>>;

/// Every answer for a kind of resource, asked scene by scene.
struct Asking {
    /// What is asked for: each action with a parameter of a name.
    actions: Vec<(ActionKind, String, Asked)>,
    settings: usize,
    answers: Vec<((Scene, Protection), Symbols)>,
}

impl Asking {
    fn of(kind: ResourceKind, settings: &[Setting]) -> Self {
        let named = |action| parameters(action, kind).into_iter().map(move |(name, asked)| (action, name, asked));
        let actions: Vec<_> = ActionKind::ALL.into_iter().flat_map(named).collect();
        let asked: Vec<Asked> = actions.iter().map(|(_, _, asked)| *asked).collect();
        let mut answers = Vec::new();
        for (_, scene) in scenes(kind).into_iter().flat_map(|(_, scenes)| scenes) {
            for (_, protection) in protections_of(kind) {
                let mut by_action = vec![Vec::new(); asked.len()];
                for who in Who::all() {
                    for setting in settings {
                        let mut actions = by_action.iter_mut();
                        ask_each(who, &asked, scene, &Setting { protection, ..setting.clone() }, |decision| {
                            actions.next().expect("an answer for each action").push(symbol::of(decision));
                        });
                    }
                }
                answers.push(((scene, protection), by_action));
            }
        }
        Self { actions, settings: settings.len(), answers }
    }

    /// The answers to an action, by its parameters.
    fn answers(&self, action: ActionKind, kind: ResourceKind) -> Merged<Answers> {
        let of_action = |(_, (of, _, _)): &(usize, &(ActionKind, String, Asked))| *of == action;
        merge(self.actions.iter().enumerate().filter(of_action).map(|(place, (_, parameter, _))| {
            let in_scene = |(name, scene): (String, Scene)| {
                let under =
                    |(name, protection): (&str, Protection)| (name.to_owned(), self.cells(place, scene, protection));
                (name, merge(protections_of(kind).into_iter().map(under)))
            };
            let by_scene = |(name, scenes): (String, Scenes)| (name, merge(scenes.into_iter().map(in_scene)));
            (parameter.clone(), merge(scenes(kind).into_iter().map(by_scene)))
        }))
    }

    fn cells(&self, action: usize, scene: Scene, protection: Protection) -> Cells {
        let (_, answers) =
            self.answers.iter().find(|(asked, _)| *asked == (scene, protection)).expect("every scene was asked about");
        answers[action].chunks(self.settings).map(|cell| one_if_all_are_the_same(cell.iter().collect())).collect()
    }
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

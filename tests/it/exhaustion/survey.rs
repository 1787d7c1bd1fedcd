//! Asks every question of a world, and counts.

use std::collections::BTreeMap;

#[cfg(feature = "directory")]
use shipgate::Reason;
use shipgate::model::ResourceKind;
use shipgate::{Action, ActionKind, Decision, decide, exposure};

use super::facts::{NOWS, SUBJECT, parameters};
use crate::oracle::{Id, Question, Resource, Token, World, row};
use crate::world::Facts;
#[cfg(feature = "directory")]
use crate::world::held::{Held, put};

/// How many cells were asked, and what was answered.
#[derive(Default)]
pub(super) struct Survey {
    worlds: u64,
    cells: BTreeMap<(usize, usize), u64>,
    answers: BTreeMap<&'static str, u64>,
}

impl Survey {
    pub(super) fn of(part: fn(&mut Self)) -> Self {
        let mut survey = Self::default();
        part(&mut survey);
        survey
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.worlds += other.worlds;
        for (cell, count) in other.cells {
            *self.cells.entry(cell).or_default() += count;
        }
        for (answer, count) in other.answers {
            *self.answers.entry(answer).or_default() += count;
        }
        self
    }

    /// The actions that have a row, with all their parameters, at every time.
    pub(super) fn rows(&mut self, world: &World, resources: &[Resource]) {
        let asked = self.open(world);
        for resource in resources {
            let kind = resource.kind();
            let names = ActionKind::ALL.into_iter().filter(|action| row(*action, kind).is_some());
            let actions: Vec<_> = names.flat_map(|action| parameters(action, kind)).collect();
            self.ask(&asked, resource, &NO_TOKEN, &actions);
        }
    }

    /// These actions at every time.
    pub(super) fn actions(&mut self, world: &World, resources: &[Resource], actions: &[Action<Id>]) {
        let asked = self.open(world);
        for resource in resources {
            self.ask(&asked, resource, &NO_TOKEN, actions);
        }
    }

    /// Every action, with one set of parameters, under these tokens at every time.
    pub(super) fn every_action(&mut self, world: &World, resource: &Resource, tokens: &[[Option<Token>; 2]]) {
        let asked = self.open(world);
        let actions: Vec<_> = ActionKind::ALL.map(|name| parameters(name, resource.kind())[0]).into();
        self.ask(&asked, resource, tokens, &actions);
    }

    fn open<'a>(&mut self, world: &'a World) -> Asked<'a> {
        self.worlds += 1;
        Asked::of(world)
    }

    fn ask(&mut self, asked: &Asked<'_>, resource: &Resource, tokens: &[[Option<Token>; 2]], actions: &[Action<Id>]) {
        let mut question = Question::new(SUBJECT, Action::View, resource.clone());
        for [token, service_token] in tokens {
            question.token.clone_from(token);
            question.service_token.clone_from(service_token);
            for now in NOWS {
                question.time = now;
                for decision in asked.answers(&mut question, actions) {
                    self.count(decision);
                }
            }
        }
        for action in actions {
            let cell = (action.kind().index(), resource.kind().index());
            *self.cells.entry(cell).or_default() += (tokens.len() * NOWS.len()) as u64;
        }
    }

    fn count(&mut self, decision: Decision) {
        let name = match decision {
            Decision::Allow => "allow",
            Decision::RequireApproval(_) => "require_approval",
            Decision::Deny(reason) => reason.code().as_str(),
        };
        *self.answers.entry(name).or_default() += 1;
    }

    pub(super) fn cells_of(&self, action: ActionKind, kind: ResourceKind) -> u64 {
        self.cells.get(&(action.index(), kind.index())).copied().unwrap_or_default()
    }

    /// How often an answer was given: `allow`, `require_approval`, or the code of a reason.
    pub(super) fn answers_of(&self, name: &str) -> u64 {
        self.answers.get(name).copied().unwrap_or_default()
    }

    pub(super) fn print(&self) {
        for action in ActionKind::ALL {
            for kind in ResourceKind::ALL {
                println!("{action:>20} {kind:<16} {:>10}", self.cells_of(action, kind));
            }
        }
        for (answer, count) in &self.answers {
            println!("{answer:>37} {count:>10}");
        }
        println!("{:>37} {:>10}", "total", self.total());
        println!("{:>37} {:>10}", "worlds", self.worlds);
    }

    pub(super) fn worlds(&self) -> u64 {
        self.worlds
    }

    pub(super) fn total(&self) -> u64 {
        self.cells.values().sum()
    }
}

const NO_TOKEN: [[Option<Token>; 2]; 1] = [[None, None]];

/// A world, put to everyone who answers.
struct Asked<'a> {
    world: &'a World,
    facts: Facts<u64>,
    #[cfg(feature = "directory")]
    held: Held<u64>,
}

impl<'a> Asked<'a> {
    fn of(world: &'a World) -> Self {
        Self {
            world,
            facts: Facts::of(world),
            #[cfg(feature = "directory")]
            held: Held::of(world),
        }
    }

    /// The answers to each action, on which all agree.
    fn answers(&self, question: &mut Question, actions: &[Action<Id>]) -> Vec<Decision> {
        question.action = Action::View;
        let (plain, seen) = self
            .facts
            .put(question, |subject, _, resource| {
                // An action that gives a custom role is put to the facts alone, with the facts of the role.
                let plain = actions.iter().map(|action| match action.custom_role() {
                    None => Some(decide(subject, action.map(|_| unreachable!("it gives none")), resource)),
                    Some(_) => None,
                });
                (plain.collect::<Vec<_>>(), exposure(subject, resource))
            })
            .expect("the world holds the resource");
        assert_eq!(seen, self.world.exposure(question), "exposure of {question:#?} in {:#?}", self.world);

        let mut answers = Vec::with_capacity(actions.len());
        for (action, plain) in actions.iter().zip(plain) {
            question.action = *action;
            let answer = plain.or_else(|| self.facts.decide(question));
            let expected = self.world.decide_on_facts(question);
            assert_eq!(answer, expected, "{question:#?} in {:#?}", self.world);
            answers.push(answer.expect("the world holds the resource"));
        }
        #[cfg(feature = "directory")]
        self.ask_directory(question, actions, &answers);
        answers
    }

    /// A directory differs from the facts in nothing but what it tells of another organization's cluster, team or role.
    #[cfg(feature = "directory")]
    fn ask_directory(&self, question: &mut Question, actions: &[Action<Id>], answers: &[Decision]) {
        question.action = Action::View;
        assert_eq!(self.held.exposure(question), self.world.exposure(question), "directory: exposure of {question:#?}");
        let unknown = Decision::Deny(Reason::UnknownResource);
        let tells_nothing = self.world.decide(question) == unknown;
        let directory = self.held.directory();
        let decisions: Vec<Decision> = put::<u64, _>(question, |subject, _, resource| {
            actions.iter().map(|action| directory.decide(subject, action.as_ref(), resource)).collect()
        });
        for ((action, decision), answer) in actions.iter().zip(decisions).zip(answers) {
            question.action = *action;
            let tells_nothing =
                tells_nothing || action.custom_role().is_some() && self.world.decide(question) == unknown;
            let expected = if tells_nothing { unknown } else { *answer };
            assert_eq!(decision, expected, "directory: {question:#?} in {:#?}", self.world);
        }
    }
}

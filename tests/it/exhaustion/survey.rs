//! Asks every question of a world, and counts.

use std::collections::BTreeMap;

#[cfg(feature = "directory")]
use shipgate::Reason;
use shipgate::model::ResourceKind;
use shipgate::{Action, ActionKind, Decision, decide, exposure};

use super::facts::{NOWS, SUBJECT, parameters};
use crate::oracle::{Question, Resource, Token, World, row};
use crate::world::Facts;
#[cfg(feature = "directory")]
use crate::world::held::Held;

/// How many cells were asked, and what was answered.
#[derive(Default)]
pub(super) struct Survey {
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
        for (cell, count) in other.cells {
            *self.cells.entry(cell).or_default() += count;
        }
        for (answer, count) in other.answers {
            *self.answers.entry(answer).or_default() += count;
        }
        self
    }

    /// The actions that have a row, with all their parameters, under these tokens at every time.
    pub(super) fn rows(&mut self, world: &World, resources: &[Resource], tokens: &[Option<Token>]) {
        let asked = Asked::of(world);
        for resource in resources {
            let names = ActionKind::ALL.into_iter().filter(|action| row(*action, resource.kind()).is_some());
            self.ask(&asked, resource, tokens, &names.flat_map(parameters).collect::<Vec<_>>());
        }
    }

    /// Every action, with one set of parameters, under these tokens at every time.
    pub(super) fn every_action(&mut self, world: &World, resources: &[Resource], tokens: &[Option<Token>]) {
        let asked = Asked::of(world);
        let actions: Vec<Action> = ActionKind::ALL.into_iter().map(|name| parameters(name)[0]).collect();
        for resource in resources {
            self.ask(&asked, resource, tokens, &actions);
        }
    }

    fn ask(&mut self, asked: &Asked<'_>, resource: &Resource, tokens: &[Option<Token>], actions: &[Action]) {
        let mut question = Question {
            account: SUBJECT,
            kind: None,
            token: None,
            time: None,
            action: Action::View,
            resource: resource.clone(),
        };
        for token in tokens {
            question.token.clone_from(token);
            for now in NOWS {
                question.time = now;
                for decision in asked.answers(&mut question, actions) {
                    self.count(decision);
                }
            }
        }
        for action in actions {
            let cell = (action.kind() as usize, resource.kind() as usize);
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
        self.cells.get(&(action as usize, kind as usize)).copied().unwrap_or_default()
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
        println!("{:>37} {:>10}", "total", self.cells.values().sum::<u64>());
    }
}

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
    fn answers(&self, question: &mut Question, actions: &[Action]) -> Vec<Decision> {
        let (answers, seen) = self
            .facts
            .put(question, |subject, resource| {
                let answers: Vec<Decision> = actions.iter().map(|action| decide(subject, *action, resource)).collect();
                (answers, exposure(subject, resource))
            })
            .expect("the world holds the resource");
        assert_eq!(seen, self.world.exposure(question), "exposure of {question:#?} in {:#?}", self.world);

        for (action, answer) in actions.iter().zip(&answers) {
            question.action = *action;
            let expected = self.world.decide_on_facts(question);
            assert_eq!(Some(*answer), expected, "{question:#?} in {:#?}", self.world);
        }
        #[cfg(feature = "directory")]
        self.ask_directory(question, actions, &answers);
        answers
    }

    /// A directory differs from the facts in nothing but what it tells of another organization's cluster.
    #[cfg(feature = "directory")]
    fn ask_directory(&self, question: &mut Question, actions: &[Action], answers: &[Decision]) {
        assert_eq!(self.held.exposure(question), self.world.exposure(question), "directory: exposure of {question:#?}");
        let tells_nothing = self.world.decide(question) == Decision::Deny(Reason::UnknownResource);
        let directory = self.held.decide_each(question, actions);
        for ((action, directory), answer) in actions.iter().zip(directory).zip(answers) {
            let expected = if tells_nothing { Decision::Deny(Reason::UnknownResource) } else { *answer };
            assert_eq!(directory, expected, "directory: {action:?} in {question:#?} in {:#?}", self.world);
        }
    }
}

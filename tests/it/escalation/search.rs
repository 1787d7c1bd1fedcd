//! Every sequence of allowed changes up to a depth, each state of the world once.

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Display, Formatter};
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::quality::FixedState;
use shipgate::change::Change;
use shipgate::{Account, Directory, SubjectId};

use super::scene::Id;

pub(crate) type Changes = Vec<Change<Id>>;

/// A change, and who tries it.
pub(crate) type Move<'a> = (SubjectId<'a, Id, str>, Change<Id>);

/// What is searched: what these moves can make of a world, so many of them one after another.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    pub(crate) start: &'a Directory<Id>,
    pub(crate) moves: &'a [Move<'a>],
    pub(crate) depth: usize,
}

/// What a search saw.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// Different states of the world.
    pub(crate) states: usize,
    /// Moves that were tried in them, allowed or not.
    pub(crate) tried: usize,
    pub(crate) allowed: usize,
}

impl Display for Seen {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} states, {} changes tried, {} allowed", self.states, self.tried, self.allowed)
    }
}

/// Who looks on.
pub(crate) trait Watch {
    /// Sees a state, and how it was reached.
    fn see(&mut self, state: &Directory<Id>, path: Path<'_>);

    /// Sees which of the moves were allowed in a state.
    fn see_answers(&mut self, state: &Directory<Id>, allowed: &[bool]);
}

/// The moves that led to a state, by their places among all.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    moves: &'a [Move<'a>],
    places: &'a [usize],
}

/// As `who: change`, a move a line.
impl Display for Path<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for place in self.places {
            let (who, change) = &self.moves[*place];
            write!(f, "\n{}: {change:?}", who.id())?;
        }
        Ok(())
    }
}

impl Search<'_> {
    /// Shows every state that can be reached but the first, each once, the nearest first.
    pub(crate) fn run(&self, watch: &mut impl Watch) -> Seen {
        let mut seen = Seen::default();
        let mut known = HashSet::from([print(self.start)]);
        let mut frontier = vec![Vec::new()];
        for _ in 0..self.depth {
            if frontier.is_empty() {
                break;
            }
            let mut next_frontier = Vec::new();
            for places in frontier {
                let state = self.replayed(&places);
                let allowed = self.each_allowed(&state, |place, next| {
                    if known.insert(print(next)) {
                        let places = [&places[..], &[place]].concat();
                        watch.see(next, Path { moves: self.moves, places: &places });
                        next_frontier.push(places);
                    }
                });
                watch.see_answers(&state, &allowed);
                seen.tried += allowed.len();
                seen.allowed += allowed.iter().filter(|allowed| **allowed).count();
            }
            frontier = next_frontier;
        }
        seen.states = known.len();
        seen
    }

    /// Tries every move in a state, and shows what each that is allowed makes of it.
    fn each_allowed(&self, state: &Directory<Id>, mut show: impl FnMut(usize, &Directory<Id>)) -> Vec<bool> {
        let mut next = state.clone();
        let try_move = |(place, (who, change)): (usize, &Move<'_>)| {
            let allowed = next.change(who, change.clone()).is_ok();
            if allowed {
                show(place, &next);
                next = state.clone();
            }
            allowed
        };
        let allowed = self.moves.iter().enumerate().map(try_move).collect();
        assert_eq!(next, *state, "a change that is refused changes nothing");
        allowed
    }

    fn replayed(&self, places: &[usize]) -> Directory<Id> {
        let mut state = self.start.clone();
        for place in places {
            let (who, change) = &self.moves[*place];
            state.change(who, change.clone()).expect("it was allowed before");
        }
        state
    }
}

/// What an account may do to itself and to things does not depend on what other members hold: seen in every state that
/// differs from another in nothing else.
///
/// So a search may leave out the changes to other members: none of them is a step towards anything that the account gains.
pub(crate) struct OthersDoNotMatter<'a> {
    about_others: Vec<bool>,
    account: &'a str,
    answers: HashMap<u64, Vec<bool>>,
    pub(crate) compared: usize,
}

impl<'a> OthersDoNotMatter<'a> {
    pub(crate) fn new(account: &'a str, about_others: Vec<bool>) -> Self {
        Self { about_others, account, answers: HashMap::new(), compared: 0 }
    }

    pub(crate) fn see_answers(&mut self, state: &Directory<Id>, allowed: &[bool]) {
        let about_oneself = allowed.iter().zip(&self.about_others).filter(|(_, others)| !**others);
        let answers: Vec<_> = about_oneself.map(|(allowed, _)| *allowed).collect();
        let alike = print_for(state, self.account);
        match self.answers.get(&alike) {
            Some(expected) => {
                assert_eq!(answers, *expected, "what another member holds matters in {state:#?}");
                self.compared += 1;
            }
            None => drop(self.answers.insert(alike, answers)),
        }
    }
}

/// A hash of all facts, whatever the revision: states of one print are taken to be one.
pub(crate) fn print(world: &Directory<Id>) -> u64 {
    print_with(world, &in_order(world.accounts(), |held| *held.id()))
}

/// The same, but for what other members are and hold.
fn print_for(world: &Directory<Id>, account: &str) -> u64 {
    print_with(world, world.account(account).as_slice())
}

fn print_with(world: &Directory<Id>, accounts: &[&Account<Id>]) -> u64 {
    let mut hasher = FixedState::with_seed(0).build_hasher();
    accounts.hash(&mut hasher);
    in_order(world.organizations(), |held| *held.id()).hash(&mut hasher);
    in_order(world.projects(), |held| *held.id()).hash(&mut hasher);
    in_order(world.clusters(), |held| *held.id()).hash(&mut hasher);
    for environment in in_order(world.environments(), |held| *held.id()) {
        (environment, world.namespace(environment.id())).hash(&mut hasher);
    }
    hasher.finish()
}

fn in_order<'a, T>(facts: impl Iterator<Item = &'a T>, id: impl Fn(&T) -> Id) -> Vec<&'a T> {
    let mut facts: Vec<_> = facts.collect();
    facts.sort_unstable_by_key(|held| id(held));
    facts
}

//! Every sequence of moves up to a depth, each state of the world once.

use std::collections::HashSet;
use std::fmt::{self, Display, Formatter};
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::quality::FixedState;
use shipgate::change::Change;
use shipgate::{Directory, SubjectId, Time};

use super::scene::Id;
use crate::world::fresh::fresh;

pub(crate) type Changes = Vec<Change<Id>>;

/// A change, who tries it, and when.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    pub(crate) who: Id,
    /// The time that is said of it.
    pub(crate) at: Option<Time>,
    /// How late it is: what comes after it is no earlier.
    pub(crate) clock: usize,
    pub(crate) change: Change<Id>,
}

impl Move {
    pub(crate) fn subject(&self) -> SubjectId<'_, Id, str> {
        let subject = SubjectId::new(self.who);
        self.at.map_or(subject, |now| subject.at(now))
    }

    /// Makes the change, where the policy allows it and it can be made.
    pub(crate) fn make(&self, state: &mut Directory<Id>) -> bool {
        state.change(fresh(), &self.subject(), self.change.clone()).is_ok()
    }
}

/// What is searched: what these moves can make of a world, up to this many one after another. `make` makes a move or refuses
/// it.
pub(crate) struct Search<'a, M> {
    pub(crate) start: &'a Directory<Id>,
    pub(crate) moves: &'a [Move],
    pub(crate) depth: usize,
    pub(crate) make: M,
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

/// The moves that led to a state, by their places among all.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    moves: &'a [Move],
    places: &'a [usize],
}

impl Path<'_> {
    /// How late it is.
    pub(crate) fn clock(&self) -> usize {
        self.places.last().map_or(0, |place| self.moves[*place].clock)
    }
}

/// As `who: change`, a move a line.
impl Display for Path<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for place in self.places {
            let Move { who, at, change, .. } = &self.moves[*place];
            write!(f, "\n{who} at {at:?}: {change:?}")?;
        }
        Ok(())
    }
}

/// A change that was made: the state before it and after it, and the moves that led there.
pub(crate) struct Sight<'a> {
    pub(crate) before: &'a Directory<Id>,
    pub(crate) state: &'a Directory<Id>,
    /// Whether the state was not seen before.
    pub(crate) is_new: bool,
    pub(crate) path: Path<'a>,
}

impl Sight<'_> {
    /// The move that led here.
    pub(crate) fn last(&self) -> &Move {
        let place = self.path.places.last().expect("a move led here");
        &self.path.moves[*place]
    }
}

impl<M: Fn(&Move, &mut Directory<Id>) -> bool> Search<'_, M> {
    /// Shows every change that is made, in every state that can be reached, the nearest first; ends at the first that is not as
    /// it should be.
    pub(crate) fn run(&self, mut judge: impl FnMut(&Sight<'_>) -> Result<(), String>) -> Result<Seen, String> {
        let mut seen = Seen::default();
        let mut known = HashSet::from([(print(self.start), 0)]);
        let mut frontier = vec![Vec::new()];
        for _ in 0..self.depth {
            let mut next_frontier = Vec::new();
            for places in frontier {
                let state = self.replayed(&places);
                let clock = Path { moves: self.moves, places: &places }.clock();
                let mut next = state.clone();
                for (place, tried) in self.moves.iter().enumerate().filter(|(_, tried)| tried.clock >= clock) {
                    seen.tried += 1;
                    if !(self.make)(tried, &mut next) {
                        continue;
                    }
                    seen.allowed += 1;
                    let is_new = known.insert((print(&next), tried.clock));
                    let places = [&places[..], &[place]].concat();
                    let path = Path { moves: self.moves, places: &places };
                    judge(&Sight { before: &state, state: &next, is_new, path })?;
                    if is_new {
                        next_frontier.push(places);
                    }
                    next.clone_from(&state);
                }
                assert_eq!(next, state, "a change that is refused changes nothing");
            }
            if next_frontier.is_empty() {
                break;
            }
            frontier = next_frontier;
        }
        seen.states = known.len();
        Ok(seen)
    }

    fn replayed(&self, places: &[usize]) -> Directory<Id> {
        let mut state = self.start.clone();
        for place in places {
            assert!((self.make)(&self.moves[*place], &mut state), "it was made before");
        }
        state
    }
}

/// A hash of all facts, whatever the revision: states of one print are taken to be one.
pub(crate) fn print(world: &Directory<Id>) -> u64 {
    let mut hasher = FixedState::with_seed(0).build_hasher();
    in_order(world.accounts(), |fact| *fact.id()).hash(&mut hasher);
    in_order(world.organizations(), |fact| *fact.id()).hash(&mut hasher);
    in_order(world.roles(), |fact| *fact.id()).hash(&mut hasher);
    in_order(world.teams(), |fact| *fact.id()).hash(&mut hasher);
    in_order(world.projects(), |fact| *fact.id()).hash(&mut hasher);
    in_order(world.clusters(), |fact| *fact.id()).hash(&mut hasher);
    for environment in in_order(world.environments(), |fact| *fact.id()) {
        (environment, world.namespace(environment.id())).hash(&mut hasher);
    }
    hasher.finish()
}

fn in_order<'a, T>(facts: impl Iterator<Item = &'a T>, id: impl Fn(&T) -> Id) -> Vec<&'a T> {
    let mut facts: Vec<_> = facts.collect();
    facts.sort_unstable_by_key(|fact| id(fact));
    facts
}

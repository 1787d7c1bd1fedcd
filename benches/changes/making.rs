//! Making changes, one after the other, and timing each.

use std::fmt::{self, Debug, Display, Formatter};
use std::hash::Hash;
use std::time::{Duration, Instant};

use shipgate::change::{Change, ChangeError, Record};
use shipgate::{Directory, SharedDirectory, SubjectId};

use crate::counting::{self, Memory};
use crate::testing::NOW;
use crate::world::change::{Asked, Cycle};
use crate::world::name;
use crate::world::table::only_a_test;

/// The ids of records are numbers, or text made of them.
pub(crate) trait RecordId: Hash + Ord + Clone + Display + Debug {
    fn of(number: u64) -> Self;
}

impl RecordId for u64 {
    fn of(number: u64) -> Self {
        number
    }
}

impl RecordId for String {
    fn of(number: u64) -> Self {
        name(number)
    }
}

/// What can be changed.
pub(crate) trait Changeable<Id: RecordId> {
    /// Makes a change, whose record gets this id.
    fn change(&mut self, id: Id, by: &Id, change: Change<Id>) -> Result<Record<Id>, ChangeError>;

    fn read<T>(&self, read: impl FnOnce(&Directory<Id>) -> T) -> T;

    /// Times one change, which must be made.
    fn make(&mut self, asked: &Asked<Id>) -> Duration {
        let (change, id) = (asked.change.clone(), self.next_revision(asked));
        let record = Id::of(id);
        let start = Instant::now();
        let made = self.change(record, &asked.by, change);
        let spent = start.elapsed();
        let revision = made.unwrap_or_else(|error| panic!("{:?}: {error}", asked.change)).revision();
        assert_eq!((revision, self.next_revision(asked)), (id, id + 1));
        assert!(self.read(|directory| asked.is_done(directory)), "{:?}", asked.change);
        spent
    }

    /// The next revision of the organization that a change is in. It is also the id of the record.
    fn next_revision(&self, asked: &Asked<Id>) -> u64 {
        self.read(|directory| directory.revision::<Id>(&asked.organization)).expect("the organization is there") + 1
    }

    /// Times one change, which must be denied.
    fn refuse(&mut self, asked: &Asked<Id>) -> Duration {
        let (change, id) = (asked.change.clone(), self.next_revision(asked));
        let record = Id::of(id);
        let start = Instant::now();
        let made = self.change(record, &asked.by, change);
        let spent = start.elapsed();
        assert!(matches!(made, Err(ChangeError::Denied(_))), "{:?}: {made:?}", asked.change);
        assert_eq!(self.next_revision(asked), id);
        assert!(!self.read(|directory| asked.is_done(directory)), "{:?}", asked.change);
        spent
    }
}

impl<Id: RecordId> Changeable<Id> for Directory<Id> {
    fn change(&mut self, id: Id, by: &Id, change: Change<Id>) -> Result<Record<Id>, ChangeError> {
        Self::change(self, id, &SubjectId::new(by).at(NOW), change)
    }

    fn read<T>(&self, read: impl FnOnce(&Self) -> T) -> T {
        read(self)
    }
}

impl<Id: RecordId> Changeable<Id> for SharedDirectory<Id> {
    fn change(&mut self, id: Id, by: &Id, change: Change<Id>) -> Result<Record<Id>, ChangeError> {
        Self::change(self, id, &SubjectId::new(by).at(NOW), change)
    }

    fn read<T>(&self, read: impl FnOnce(&Directory<Id>) -> T) -> T {
        read(&self.snapshot())
    }
}

/// Changes of every kind in turns, each with the one that undoes it.
pub(crate) struct Pairs<Id>(pub(crate) Vec<[Asked<Id>; 2]>);

impl Pairs<u64> {
    /// This many changes in all.
    pub(crate) fn of(cycles: &[Cycle], count: usize) -> Self {
        let turn = |nth: usize| {
            let pair = move |Cycle { there, back }: &Cycle| {
                Some([there.changes.get(nth)?.clone(), back.changes.get(nth)?.clone()])
            };
            cycles.iter().filter_map(pair)
        };
        let most = cycles.iter().map(|cycle| cycle.there.changes.len()).max().unwrap_or(0);
        let pairs: Vec<_> = (0..most).flat_map(turn).take(count / 2).collect();
        assert_eq!(pairs.len(), count / 2, "as many are drawn");
        Self(pairs)
    }

    pub(crate) fn map_ids<J>(&self, id: impl Fn(u64) -> J) -> Pairs<J> {
        Pairs(self.0.iter().map(|pair| pair.each_ref().map(|asked| asked.map_ids(&id))).collect())
    }
}

/// Makes changes in a directory and in a shared one. Returns the times of both.
pub(crate) fn make_both<Id: RecordId>(
    alone: &mut Directory<Id>,
    shared: &mut SharedDirectory<Id>,
    pairs: &Pairs<Id>,
) -> [Vec<Duration>; 2] {
    let (alone, shared) = pairs.0.iter().flatten().map(|asked| (alone.make(asked), shared.make(asked))).unzip();
    [alone, shared]
}

/// Makes changes, or as many as there is time for, while snapshots are held: before each change a new one is taken, and kept until
/// the next change is made. `alone` makes the same changes and must be the same in the end.
pub(crate) fn make_while_held<Id: RecordId>(
    shared: &SharedDirectory<Id>,
    alone: &mut Directory<Id>,
    pairs: &Pairs<Id>,
) -> Quantiles {
    let (most, budget) = if only_a_test() { (1, Duration::MAX) } else { (usize::MAX, Duration::from_secs(10)) };
    let (start, mut held, mut times) = (Instant::now(), None, Vec::new());
    for pair in pairs.0.iter().take(most) {
        for asked in pair {
            let snapshot = shared.snapshot();
            times.push(Borrowed(shared).make(asked));
            held = Some(snapshot);
        }
        if start.elapsed() > budget {
            break;
        }
    }
    drop(held);
    for asked in pairs.0.iter().flatten().take(times.len()) {
        alone.make(asked);
    }
    assert!(shared.snapshot().rows() == alone.rows(), "both hold the same");
    Quantiles::of(&times)
}

/// A shared directory that others may read meanwhile.
struct Borrowed<'a, Id>(&'a SharedDirectory<Id>);

impl<Id: RecordId> Changeable<Id> for Borrowed<'_, Id> {
    fn change(&mut self, id: Id, by: &Id, change: Change<Id>) -> Result<Record<Id>, ChangeError> {
        self.0.change(id, &SubjectId::new(by).at(NOW), change)
    }

    fn read<T>(&self, read: impl FnOnce(&Directory<Id>) -> T) -> T {
        read(&self.0.snapshot())
    }
}

/// What changes took while one snapshot was held all the time.
pub(crate) struct BesideOne {
    pub(crate) grown: Memory,
    pub(crate) times: Quantiles,
    /// The microseconds of the first few.
    first: Vec<f64>,
}

/// Makes changes while one snapshot is held, which stays as it was. `alone` makes the same changes and must be the same in the
/// end.
pub(crate) fn make_beside_one_snapshot(
    shared: &SharedDirectory<u64>,
    alone: &mut Directory<u64>,
    pairs: &Pairs<u64>,
) -> BesideOne {
    let snapshot = shared.snapshot();
    let before = snapshot.rows();
    let mut times = Vec::with_capacity(pairs.0.len() * 2);
    let ((), grown) = counting::of(|| times.extend(pairs.0.iter().flatten().map(|asked| Borrowed(shared).make(asked))));
    assert!(snapshot.rows() == before, "a snapshot does not change");
    for asked in pairs.0.iter().flatten() {
        alone.make(asked);
    }
    assert!(shared.snapshot().rows() == alone.rows(), "both hold the same");
    let first = times.iter().take(3).map(Micros::micros).collect();
    BesideOne { grown, times: Quantiles::of(&times), first }
}

impl Display for BesideOne {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { grown, times, first } = self;
        let Quantiles { count, median, nearly_all, most } = times;
        let mib = grown.mib();
        write!(f, "{count} changes while one snapshot is held: memory grew by {mib:.1} MiB; ")?;
        write!(f, "µs a change: median {median:.1}, 99 of 100 at most {nearly_all:.1}, all at most {most:.1}; ")?;
        write!(f, "the first three {first:.1?}")
    }
}

/// How many were timed, and in microseconds what half of them took at most, nearly all, and all.
pub(crate) struct Quantiles {
    pub(crate) count: usize,
    pub(crate) median: f64,
    nearly_all: f64,
    pub(crate) most: f64,
}

impl Quantiles {
    pub(crate) fn of(times: &[Duration]) -> Self {
        let mut times = times.to_vec();
        times.sort_unstable();
        let micros = |place: usize| times[place].micros();
        let count = times.len();
        Self { count, median: micros(count / 2), nearly_all: micros(count * 99 / 100), most: micros(count - 1) }
    }
}

impl Display for Quantiles {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:.1} ({:.1})", self.median, self.nearly_all))
    }
}

pub(crate) trait Micros {
    fn micros(&self) -> f64;
}

impl Micros for Duration {
    fn micros(&self) -> f64 {
        self.as_secs_f64() * 1e6
    }
}

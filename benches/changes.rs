//! How long a change takes, decided and done: of a [`Directory`], and of a [`SharedDirectory`], which changes the second of
//! its directories and brings the first one up to it later. Of a platform with a million memberships.
//!
//! `cargo bench --bench changes`; with ` -- table` only the table.

#[path = "../src/testing.rs"]
#[expect(unreachable_pub, unused_imports, dead_code, reason = "the library publishes it, and a bench uses part of it")]
mod testing;
#[expect(dead_code, reason = "nothing is asked here")]
mod world;

use std::fmt::{self, Display, Formatter};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use shipgate::change::{Change, ChangeError, Record};
use shipgate::{Directory, SharedDirectory, SubjectId};

use testing::{NOW, platform};
use world::change::{Asked, Changes, Cycle, Round};
use world::table::only_a_test;
use world::{PLATFORM, SMALL_PLATFORM, size};

/// So many changes go to the one directory, then the same to the other.
const STRETCH: usize = 500;

fn main() {
    let (platform_size, count, rounds) = if only_a_test() { (SMALL_PLATFORM, 50, 1) } else { (PLATFORM, 10_000, 3) };
    let rows = platform(platform_size, 1);
    let mut changes = Changes::to(&rows, 2);
    let mut cycles = changes.cycles(count);
    let refused = changes.refused(count / 10);
    let in_the_largest = changes.in_the_largest_project(count / 10);

    let mut directory = Directory::try_from(&rows).expect("the rows load");
    let mut shared = SharedDirectory::new(directory.clone());
    let copying = copy(&mut directory, &mut shared, &cycles[0]);
    let mut criterion = Criterion::default().configure_from_args();
    bench(&mut criterion, &mut directory, &mut shared, &cycles);
    criterion.final_summary();

    cycles.extend(in_the_largest);
    println!("{}, µs a change: median (99 of 100 take at most)", size(&rows));
    println!("{:<35}{:>9}{:>18}{:>18}{:>12}", "", "changes", "Directory", "SharedDirectory", "S / D");
    print_refusals(&mut directory, &mut shared, &refused);
    for Cycle { there, back } in &cycles {
        let times: Vec<_> =
            (0..rounds).map(|_| [there, back].map(|it| time(&mut directory, &mut shared, it))).collect();
        print_times(there.name, &times.iter().map(|[there, _]| there).collect::<Vec<_>>());
        print_times(back.name, &times.iter().map(|[_, back]| back).collect::<Vec<_>>());
    }
    println!("the first change of a SharedDirectory copies it: {:.2} s", copying.as_secs_f64());
    // The revisions differ where criterion made another number of changes.
    assert!(shared.snapshot().rows() == directory.rows(), "both hold the same in the end");
}

/// What can be changed.
trait Changeable {
    /// Makes a change, whose record gets this id.
    fn change(&mut self, id: u64, by: u64, change: Change<u64>) -> Result<Record<u64>, ChangeError>;

    fn read<T>(&self, read: impl FnOnce(&Directory<u64>) -> T) -> T;

    /// Times one change, which must be made.
    fn make(&mut self, asked: &Asked) -> Duration {
        let (change, id) = (asked.change.clone(), self.next_revision(asked));
        let start = Instant::now();
        let made = self.change(id, asked.by, change);
        let spent = start.elapsed();
        let revision = made.unwrap_or_else(|error| panic!("{:?}: {error}", asked.change)).revision();
        assert_eq!(self.next_revision(asked), revision + 1);
        assert!(self.read(|directory| asked.is_done(directory)), "{:?}", asked.change);
        spent
    }

    /// The next revision of the organization that a change is in. It is also the id of the record.
    fn next_revision(&self, asked: &Asked) -> u64 {
        self.read(|directory| directory.revision(&asked.organization)).expect("the organization is there") + 1
    }

    /// Times one change, which must be denied.
    fn refuse(&mut self, asked: &Asked) -> Duration {
        let (change, id) = (asked.change.clone(), self.next_revision(asked));
        let start = Instant::now();
        let made = self.change(id, asked.by, change);
        let spent = start.elapsed();
        assert!(matches!(made, Err(ChangeError::Denied(_))), "{:?}: {made:?}", asked.change);
        assert_eq!(self.next_revision(asked), id);
        assert!(!self.read(|directory| asked.is_done(directory)), "{:?}", asked.change);
        spent
    }
}

impl Changeable for Directory<u64> {
    fn change(&mut self, id: u64, by: u64, change: Change<u64>) -> Result<Record<u64>, ChangeError> {
        Self::change(self, id, &SubjectId::new(&by).at(NOW), change)
    }

    fn read<T>(&self, read: impl FnOnce(&Directory<u64>) -> T) -> T {
        read(self)
    }
}

impl Changeable for SharedDirectory<u64> {
    fn change(&mut self, id: u64, by: u64, change: Change<u64>) -> Result<Record<u64>, ChangeError> {
        Self::change(self, id, &SubjectId::new(&by).at(NOW), change)
    }

    fn read<T>(&self, read: impl FnOnce(&Directory<u64>) -> T) -> T {
        read(&self.snapshot())
    }
}

/// The time of the first change, after which there is a second directory.
fn copy(directory: &mut Directory<u64>, shared: &mut SharedDirectory<u64>, cycle: &Cycle) -> Duration {
    let (there, back) = (&cycle.there.changes[0], &cycle.back.changes[0]);
    for asked in [there, back] {
        directory.make(asked);
    }
    let spent = shared.make(there);
    shared.make(back);
    spent
}

fn bench(
    criterion: &mut Criterion,
    directory: &mut Directory<u64>,
    shared: &mut SharedDirectory<u64>,
    cycles: &[Cycle],
) {
    let mut group = criterion.benchmark_group("changes");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(500));
    for Cycle { there, back } in cycles {
        let changes = || there.changes.iter().chain(&back.changes);
        group.throughput(Throughput::Elements(changes().count() as u64));
        group.bench_function(BenchmarkId::new("Directory", there.name), |bencher| {
            bencher.iter_custom(|passes| (0..passes).flat_map(|_| changes()).map(|asked| directory.make(asked)).sum());
        });
        group.bench_function(BenchmarkId::new("SharedDirectory", there.name), |bencher| {
            bencher.iter_custom(|passes| (0..passes).flat_map(|_| changes()).map(|asked| shared.make(asked)).sum());
        });
    }
    group.finish();
}

/// The times of a round of changes, of a directory and of a shared one.
type Times = [Vec<Duration>; 2];

/// Makes the changes here and there in turns.
fn time(directory: &mut Directory<u64>, shared: &mut SharedDirectory<u64>, round: &Round) -> Times {
    let mut times = Times::default();
    for stretch in round.changes.chunks(STRETCH) {
        times[0].extend(stretch.iter().map(|asked| directory.make(asked)));
        times[1].extend(stretch.iter().map(|asked| shared.make(asked)));
    }
    times
}

fn print_refusals(directory: &mut Directory<u64>, shared: &mut SharedDirectory<u64>, round: &Round) {
    let refused = round.changes.iter();
    let times = [
        refused.clone().map(|asked| directory.refuse(asked)).collect(),
        refused.map(|asked| shared.refuse(asked)).collect(),
    ];
    print_times(round.name, &[&times]);
}

fn print_times(name: &str, rounds: &[&Times]) {
    let [directory, shared] = [0, 1].map(|place| Quantiles::of(rounds.iter().flat_map(|times| &times[place])));
    let ratio = shared.median / directory.median;
    println!("{name:<35}{:>9}{directory:>18}{shared:>18}{ratio:>12.2}", directory.count);
}

/// How many were timed, and in microseconds what half of them took at most, and what nearly all did.
struct Quantiles {
    count: usize,
    median: f64,
    most: f64,
}

impl Quantiles {
    fn of<'t>(times: impl Iterator<Item = &'t Duration>) -> Self {
        let mut times: Vec<_> = times.copied().collect();
        times.sort_unstable();
        let micros = |place: usize| times[place].as_secs_f64() * 1e6;
        Self { count: times.len(), median: micros(times.len() / 2), most: micros(times.len() * 99 / 100) }
    }
}

impl Display for Quantiles {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:.1} ({:.1})", self.median, self.most))
    }
}

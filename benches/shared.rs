//! What it costs to share a directory: a decision, while nobody changes it and while somebody does, and on two threads at
//! once. Beside it a directory behind a lock. Of a platform with a million memberships.

#![expect(clippy::cast_precision_loss, reason = "decisions are counted in millions at most")]

use std::collections::HashSet;
use std::hint;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Barrier, RwLock, RwLockReadGuard};
use std::thread;
use std::time::{Duration, Instant};

use shipgate::directory::Rows;
use shipgate::{Decision, Directory, SharedDirectory, SubjectId};

use crate::sheet::{Goal, Sheet};
use crate::testing::{Mix, NOW, Oracle, platform, questions};
use crate::world::change::{Asked, Changes, Round};
use crate::world::question::{Packed, many};
use crate::world::table::{Contestant, Pass, Rounds, STRETCH, Spread, only_a_test};
use crate::world::{PLATFORM, SMALL_PLATFORM, simple_platform, size};

/// Whoever changes makes so many changes a second.
const CHANGES_A_SECOND: u32 = 10_000;

/// How often is measured, and for how long at a time.
struct Times {
    rounds: usize,
    slice: Duration,
}

const ENOUGH: Times = Times { rounds: 200, slice: Duration::from_millis(10) };
const ONCE: Times = Times { rounds: 1, slice: Duration::from_millis(5) };

/// Of each size, how much longer a snapshot's decision may take than a directory's.
const SIZES: [(&str, usize, f64); 2] = [("10k users", 10_000, 1.25), ("100k users", 100_000, 1.15)];

pub(crate) fn run(sheet: &mut Sheet) {
    let test = only_a_test();
    let (platform_size, count, rounds) = if test { (SMALL_PLATFORM, 5_000, 1) } else { (PLATFORM, 1_000_000, 11) };
    let times = if test { ONCE } else { ENOUGH };
    for (name, accounts, most) in if test { &SIZES[..0] } else { &SIZES[..] } {
        compare_size(sheet, name, &simple_platform(*accounts, 1), 500_000, rounds, Goal::AtMost(*most));
    }
    let rows = platform(platform_size, 1);
    println!("{}", size(&rows));
    compare_size(sheet, "1M memberships", &rows, count, rounds, Goal::AtMost(1.15));

    let changes = changes(&rows, count / 500);
    let asking = Asking::about(&rows, &changes, count);
    let shared = SharedDirectory::new(Directory::try_from(&rows).expect("the rows load"));
    asking.check(&shared, 0..count);
    let locked = RwLock::new(shared.snapshot().clone());
    println!("two threads that read, to one: the best of {} slices of {} ms", times.rounds, times.slice.as_millis());
    let two = print_threads("SharedDirectory", &shared, &asking, &times);
    print_threads("RwLock<Directory>", &locked, &asking, &times);
    println!(
        "one thread that reads while another makes {CHANGES_A_SECOND} changes a second, to undisturbed: lower quartiles"
    );
    let disturbed = print_disturbance("SharedDirectory", &shared, &asking, &changes, &times);
    print_disturbance("RwLock<Directory>", &locked, &asking, &changes, &times);
    sheet.ratio("two reading threads, to one", Spread::once(two), Goal::AtLeast(1.9));
    let name = format!("a reader beside {CHANGES_A_SECOND} changes a second, to undisturbed");
    sheet.ratio(name, Spread::once(disturbed), Goal::AtMost(1.15));
}

/// What a question can be put to.
trait Decide {
    fn decide_on(&self, question: &Packed<u64>) -> Decision;
}

/// A directory for many threads.
trait Shared: Decide + Sync {
    /// Makes a change, which is there for the next question.
    fn change(&self, asked: &Asked);
}

impl Decide for Directory<u64> {
    #[inline]
    fn decide_on(&self, question: &Packed<u64>) -> Decision {
        self.decide(&SubjectId::new(&question.account).at(NOW), question.action, question.resource(|id| id))
    }
}

impl Decide for SharedDirectory<u64> {
    #[inline]
    fn decide_on(&self, question: &Packed<u64>) -> Decision {
        self.decide(&SubjectId::new(&question.account).at(NOW), question.action, question.resource(|id| id))
    }
}

impl Decide for RwLock<Directory<u64>> {
    #[inline]
    fn decide_on(&self, question: &Packed<u64>) -> Decision {
        read(self).decide_on(question)
    }
}

impl Shared for SharedDirectory<u64> {
    fn change(&self, asked: &Asked) {
        let made = Self::change(self, next_record(), &SubjectId::new(&asked.by).at(NOW), asked.change.clone());
        made.unwrap_or_else(|error| panic!("{:?}: {error}", asked.change));
        MADE.fetch_add(1, Ordering::Relaxed);
        assert!(asked.is_done(&self.snapshot()), "{:?}", asked.change);
    }
}

impl Shared for RwLock<Directory<u64>> {
    fn change(&self, asked: &Asked) {
        let (subject, change) = (SubjectId::new(&asked.by).at(NOW), asked.change.clone());
        let made = self.write().expect("nobody panicked").change(next_record(), &subject, change);
        made.unwrap_or_else(|error| panic!("{:?}: {error}", asked.change));
        MADE.fetch_add(1, Ordering::Relaxed);
        assert!(asked.is_done(&read(self)), "{:?}", asked.change);
    }
}

/// How many changes were made.
static MADE: AtomicU64 = AtomicU64::new(0);

/// The id of the next record: one thread makes the changes.
fn next_record() -> u64 {
    MADE.load(Ordering::Relaxed)
}

/// Changes that are made over and over: a member's role, expiry and grants, and an environment, in turns.
fn changes(rows: &Rows<u64>, count: usize) -> Vec<Asked> {
    let mut draw = Changes::to(rows, 3);
    let cycles = [
        draw.roles(count),
        draw.expiries(count),
        draw.accesses(count),
        draw.project_roles(count),
        draw.new_environments(count),
    ];
    let (there, back): (Vec<_>, Vec<_>) = cycles.into_iter().map(|cycle| (cycle.there, cycle.back)).unzip();
    let in_turns = |rounds: &[Round]| {
        let turn = |nth| rounds.iter().filter_map(move |round| round.changes.get(nth)).cloned();
        (0..count).flat_map(turn).collect::<Vec<_>>()
    };
    [in_turns(&there), in_turns(&back)].concat()
}

/// Distinct questions with their answers, which no change that is made touches.
struct Asking {
    questions: Vec<Packed<u64>>,
    right: Vec<Decision>,
}

impl Asking {
    fn about(rows: &Rows<u64>, changes: &[Asked], count: usize) -> Self {
        let touched: HashSet<_> = changes.iter().filter_map(Asked::member).collect();
        let oracle = Oracle::new(rows);
        let asked = questions(rows, Mix::PLATFORM, 4).filter(|question| !touched.contains(&question.account));
        let (questions, right): (Vec<_>, Vec<_>) =
            asked.take(count).map(|question| (Packed::of(&question), oracle.decide(&question))).unzip();
        assert_eq!(questions.len(), count, "a platform has as many questions");
        Self { questions, right }
    }

    /// Asserts the answers to some of the questions.
    fn check(&self, shared: &impl Shared, places: Range<usize>) {
        for place in places {
            assert_eq!(shared.decide_on(&self.questions[place]), self.right[place], "question {place}");
        }
    }
}

/// A thread's way through the questions, which begins where it ended the last time.
struct Reader<'a, S> {
    shared: &'a S,
    asking: &'a Asking,
    next: usize,
}

impl<'a, S: Shared> Reader<'a, S> {
    fn starting(shared: &'a S, asking: &'a Asking, next: usize) -> Self {
        Self { shared, asking, next }
    }

    /// Asks for so long. The answers are checked stretch by stretch, whose time does not count.
    fn read(&mut self, slice: Duration) -> Vec<Stretch> {
        let Self { shared, asking, next } = self;
        let (start, mut stretches) = (Instant::now(), Vec::new());
        while start.elapsed() < slice {
            let places = *next..(*next + STRETCH).min(asking.questions.len());
            let (before, made) = (Instant::now(), MADE.load(Ordering::Relaxed));
            for question in &asking.questions[places.clone()] {
                let _answer = hint::black_box(shared.decide_on(question));
            }
            let (seconds, changes) = (before.elapsed().as_secs_f64(), MADE.load(Ordering::Relaxed) - made);
            stretches.push(Stretch { questions: places.len(), seconds, changes });
            *next = places.end % asking.questions.len();
            asking.check(*shared, places);
        }
        stretches
    }
}

/// What became of a stretch of questions.
struct Stretch {
    questions: usize,
    seconds: f64,
    /// How many changes were made meanwhile.
    changes: u64,
}

impl Stretch {
    fn nanos(&self) -> f64 {
        self.seconds * 1e9 / self.questions as f64
    }

    fn changes_a_second(&self) -> f64 {
        self.changes as f64 / self.seconds
    }
}

/// Asks the same in four ways: a directory of its own, and a shared one, of its own as well.
fn compare_size(sheet: &mut Sheet, name: &str, rows: &Rows<u64>, count: usize, rounds: usize, goal: Goal) {
    let oracle = Oracle::new(rows);
    let right = |question| (Packed::of(&question), oracle.decide(&question));
    let (questions, right): (Vec<_>, Vec<_>) = many(rows, count, 1).map(right).unzip();
    drop(oracle);
    let directory = Directory::try_from(rows).expect("the rows load");
    let shared = SharedDirectory::new(Directory::try_from(rows).expect("the rows load"));
    for (question, right) in questions.iter().zip(&right) {
        assert_eq!(directory.decide_on(question), *right);
        assert_eq!(shared.decide_on(question), *right);
    }
    let costs = compare_costs(&directory, &shared, &questions, rounds);
    println!("{name}, one thread, nobody changes: ns a decision, and to Directory");
    for name in ["Directory", "Snapshot", "SharedDirectory", "RwLock<Directory>"] {
        println!("  {name:<18}{:>20.1}{:>20.2}", costs.nanos(name), costs.ratio(name, "Directory"));
    }
    let ratio = costs.ratio("Snapshot", "Directory");
    sheet.ratio(format!("a snapshot's decision, to a directory's, {name}"), ratio, goal);
}

fn compare_costs(
    directory: &Directory<u64>,
    shared: &SharedDirectory<u64>,
    questions: &[Packed<u64>],
    rounds: usize,
) -> Rounds {
    let snapshot = shared.snapshot();
    let (locked, count) = (RwLock::new(directory), questions.len());
    Rounds::run(
        &mut [
            Contestant::new("Directory", count, || Pass::over(questions, |it| directory.decide_on(it))),
            Contestant::new("Snapshot", count, || Pass::over(questions, |it| snapshot.decide_on(it))),
            Contestant::new("SharedDirectory", count, || Pass::over(questions, |it| shared.decide_on(it))),
            Contestant::new("RwLock<Directory>", count, || Pass::over(questions, |it| read(&locked).decide_on(it))),
        ],
        rounds,
    )
}

/// One thread and two, in turns. Returns how many times as many decisions two make.
fn print_threads<S: Shared>(name: &str, shared: &S, asking: &Asking, times: &Times) -> f64 {
    let mut readers = [0, asking.questions.len() / 2].map(|start| Reader::starting(shared, asking, start));
    let (mut one, mut two) = (0.0_f64, 0.0_f64);
    for _ in 0..times.rounds {
        one = one.max(read_at_once(&mut readers[..1], times.slice));
        two = two.max(read_at_once(&mut readers, times.slice));
    }
    println!("  {name:<18}{:>8.2} ({:.1} and {:.1} million decisions a second)", two / one, one / 1e6, two / 1e6);
    two / one
}

/// The decisions a second of all readers, each in a thread of its own.
fn read_at_once<S: Shared>(readers: &mut [Reader<'_, S>], slice: Duration) -> f64 {
    let ready = &Barrier::new(readers.len());
    thread::scope(|scope| {
        let start = |reader| {
            scope.spawn(move || {
                ready.wait();
                let stretches = Reader::read(reader, slice);
                let questions: usize = stretches.iter().map(|stretch| stretch.questions).sum();
                questions as f64 / stretches.iter().map(|stretch| stretch.seconds).sum::<f64>()
            })
        };
        let threads: Vec<_> = readers.iter_mut().map(start).collect();
        threads.into_iter().map(|thread| thread.join().expect("the answers are right")).sum()
    })
}

/// One reader alone, beside a thread that only waits for its time, and beside one that makes changes. Of the last one count
/// the stretches in which changes came as often as they should: returns their time to that of the one alone.
fn print_disturbance<S: Shared>(name: &str, shared: &S, asking: &Asking, changes: &[Asked], times: &Times) -> f64 {
    let mut reader = Reader::starting(shared, asking, 0);
    let mut changes = changes.iter().cycle();
    let mut change = || shared.change(changes.next().expect("there are changes"));
    let (mut alone, mut waiting, mut changing) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..times.rounds {
        alone.extend(reader.read(times.slice));
        waiting.extend(beside(&mut || {}, || reader.read(times.slice)));
        changing.extend(beside(&mut change, || reader.read(times.slice)));
    }
    let [alone, waiting] = [alone, waiting].map(|stretches| lower_quartile(stretches.iter().map(Stretch::nanos)));
    let in_time = changing.iter().filter(|it| it.changes_a_second() >= 0.9 * f64::from(CHANGES_A_SECOND));
    let disturbed = lower_quartile(in_time.clone().map(Stretch::nanos));
    let (made, seconds) =
        changing.iter().fold((0, 0.0), |(made, seconds), stretch| (made + stretch.changes, seconds + stretch.seconds));
    println!("  {name:<18}{:>8.2} ({disturbed:.1} to {alone:.1} ns)", disturbed / alone);
    println!("  {:<18}{:>8.2} beside a thread that only waits", "", waiting / alone);
    println!(
        "    {} of {} stretches count; {:.0} changes a second in all",
        in_time.count(),
        changing.len(),
        made as f64 / seconds
    );
    disturbed / alone
}

fn lower_quartile(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 4).copied().unwrap_or(f64::NAN)
}

/// Reads while another thread does something, so often a second.
fn beside<T>(act: &mut (impl FnMut() + Send), read: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let acting = scope.spawn(|| act_until(&done, act));
        let read = read();
        done.store(true, Ordering::Relaxed);
        acting.join().expect("every change is made");
        read
    })
}

/// Does something at its time, again and again, looking at the clock in between.
fn act_until(done: &AtomicBool, act: &mut impl FnMut()) {
    let (start, mut acts) = (Instant::now(), 0_u32);
    while !done.load(Ordering::Relaxed) {
        if start.elapsed() * CHANGES_A_SECOND >= Duration::from_secs(1) * acts {
            act();
            acts += 1;
        } else {
            hint::spin_loop();
        }
    }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().expect("nobody panicked")
}

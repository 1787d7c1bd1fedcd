//! Contestants timed side by side, in turns, so that what else the machine does falls on all of them alike.

#![expect(clippy::cast_precision_loss, reason = "questions are counted in millions at most")]

use std::hint::black_box;
use std::time::{Duration, Instant};

/// This many questions are timed at a time. The facts of as many fit into a core's own cache, and few of such short stretches
/// are broken by whatever else the machine does.
pub(crate) const STRETCH: usize = 1_024;

/// The time that a pass over questions takes, stretch by stretch.
#[derive(Default)]
pub(crate) struct Pass {
    questions: usize,
    seconds_a_question: Vec<f64>,
}

impl Pass {
    /// Asks all questions, stretch by stretch, by a caller that only collects the answers.
    #[inline]
    pub(crate) fn over<Q, A>(questions: &[Q], ask: impl Fn(&Q) -> A) -> Duration {
        let mut pass = Self::default();
        for stretch in questions.chunks(STRETCH) {
            pass.ask(stretch, &ask);
        }
        pass.undisturbed()
    }

    /// Asks all questions, stretch by stretch, by a caller that goes one way or another with each answer, so that the
    /// processor has to guess it.
    #[inline]
    pub(crate) fn branching_over<Q>(questions: &[Q], allows: impl Fn(&Q) -> bool) -> Duration {
        let mut pass = Self::default();
        for stretch in questions.chunks(STRETCH) {
            pass.time(stretch.len(), || {
                for question in stretch {
                    if allows(question) { proceed(question) } else { refuse(question) }
                }
            });
        }
        pass.undisturbed()
    }

    /// Times a stretch.
    #[inline]
    pub(crate) fn ask<Q, A>(&mut self, questions: &[Q], ask: impl Fn(&Q) -> A) {
        self.time(questions.len(), || {
            for question in questions {
                black_box(ask(question));
            }
        });
    }

    /// Times what answers so many questions at once.
    #[inline]
    pub(crate) fn time(&mut self, questions: usize, answer: impl FnOnce()) {
        let start = Instant::now();
        answer();
        let spent = start.elapsed();
        self.questions += questions;
        self.seconds_a_question.push(spent.as_secs_f64() / questions as f64);
    }

    /// The time of the whole pass, had each stretch taken its time as the median one did.
    pub(crate) fn undisturbed(self) -> Duration {
        Duration::from_secs_f64(Spread::of(self.seconds_a_question).median * self.questions as f64)
    }
}

/// What a caller does that may. Not inlined, so that the two ways stay two.
#[inline(never)]
fn proceed<Q>(question: &Q) {
    black_box(question);
}

/// What a caller does that may not.
#[inline(never)]
fn refuse<Q>(question: &Q) {
    black_box(black_box(question));
}

/// Who is timed, by a pass over all questions.
pub(crate) struct Contestant<'a> {
    name: String,
    /// Makes a pass, and says how long it took.
    pass: Box<dyn FnMut() -> Duration + 'a>,
    questions: usize,
}

impl<'a> Contestant<'a> {
    pub(crate) fn new(name: impl Into<String>, questions: usize, pass: impl FnMut() -> Duration + 'a) -> Self {
        Self { name: name.into(), pass: Box::new(pass), questions }
    }
}

/// The nanoseconds a question that each contestant took, round by round.
pub(crate) struct Rounds(Vec<(String, Vec<f64>)>);

impl Rounds {
    /// Lets each contestant make a pass in every round, after one that does not count.
    pub(crate) fn run(contestants: &mut [Contestant<'_>], rounds: usize) -> Self {
        let mut times: Vec<_> = contestants.iter().map(|one| (one.name.clone(), Vec::new())).collect();
        for round in 0..=rounds {
            for ((_, times), one) in times.iter_mut().zip(contestants.iter_mut()) {
                let nanos = (one.pass)().as_nanos() as f64 / one.questions as f64;
                if round > 0 {
                    times.push(nanos);
                }
            }
        }
        Self(times)
    }

    /// The median, with the lowest and the highest.
    pub(crate) fn nanos(&self, name: &str) -> Spread {
        Spread::of(self.times(name).to_vec())
    }

    /// How much longer one took than another in the same round.
    pub(crate) fn ratio(&self, one: &str, other: &str) -> Spread {
        Spread::of(self.times(one).iter().zip(self.times(other)).map(|(one, other)| one / other).collect())
    }

    fn times(&self, name: &str) -> &[f64] {
        &self.0.iter().find(|(contestant, _)| contestant == name).expect("the contestant took part").1
    }
}

/// A median, the lowest and the highest.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    low: f64,
    median: f64,
    high: f64,
}

impl Spread {
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self { low: values[0], median: values[values.len() / 2], high: values[values.len() - 1] }
    }

    /// What was measured once.
    pub(crate) const fn once(value: f64) -> Self {
        Self { low: value, median: value, high: value }
    }

    pub(crate) const fn median(self) -> f64 {
        self.median
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let precision = f.precision().unwrap_or(2);
        let Self { low, median, high } = self;
        let text = if low < high {
            format!("{median:.precision$} ({low:.precision$}–{high:.precision$})")
        } else {
            format!("{median:.precision$}")
        };
        write!(f, "{text:>0$}", f.width().unwrap_or(0))
    }
}

/// Whether the benches are only to show that they work: without `--bench`, or with `--test`.
pub(crate) fn only_a_test() -> bool {
    let has = |flag| std::env::args().any(|argument| argument == flag);
    !has("--bench") || has("--test")
}

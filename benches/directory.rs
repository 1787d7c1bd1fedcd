//! How long a decision takes by ids, through a directory. Beside it, in turns, what a team would write by hand: the maps that
//! know the least, with foldhash and with std's hasher, and the maps that know the whole policy, with foldhash. The caller
//! collects the answers, or branches on each. Managing an environment is `update`: nobody can `manage` one.

use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash, RandomState};
use std::hint::black_box;
use std::time::Duration;

use foldhash::fast;
use shipgate::directory::Rows;
use shipgate::model::ApprovalId;
use shipgate::{Action, Decision, Directory, ResourceId, SubjectId};

use crate::sheet::{Goal, Sheet};
use crate::testing::{NOW, Oracle};
use crate::world::by_hand::whole::Whole;
use crate::world::by_hand::{Answer, ByHand};
use crate::world::question::{Packed, many};
use crate::world::table::{Contestant, Pass, Rounds, STRETCH, only_a_test};
use crate::world::{name, simple_platform};

struct Size {
    name: &'static str,
    accounts: usize,
    /// At most this much of the time that the least takes, also in batches, that the whole policy by hand takes, and that this
    /// one takes where the caller branches.
    to_least: f64,
    to_least_in_batches: f64,
    to_whole: f64,
    to_whole_branching: f64,
}

const SIZES: [Size; 4] = [
    Size {
        name: "100",
        accounts: 100,
        to_least: 0.9,
        to_least_in_batches: 0.9,
        to_whole: 0.75,
        to_whole_branching: 1.2,
    },
    Size {
        name: "10k",
        accounts: 10_000,
        to_least: 0.9,
        to_least_in_batches: 0.75,
        to_whole: 0.75,
        to_whole_branching: 1.0,
    },
    Size {
        name: "100k",
        accounts: 100_000,
        to_least: 1.0,
        to_least_in_batches: 0.75,
        to_whole: 0.75,
        to_whole_branching: 1.0,
    },
    Size {
        name: "670k",
        accounts: 670_000,
        to_least: 1.05,
        to_least_in_batches: 0.75,
        to_whole: 0.75,
        to_whole_branching: 1.0,
    },
];

pub(crate) fn run(sheet: &mut Sheet) {
    let test = only_a_test();
    let (sizes, questions, rounds) = if test { (&SIZES[..1], 5_000, 1) } else { (&SIZES[..], 1_000_000, 11) };
    let mut tables = Vec::new();
    for (seed, size) in (1..).zip(sizes) {
        let rows = simple_platform(size.accounts, seed);
        let oracle = Oracle::new(&rows);
        let (questions, right): (Vec<_>, Vec<_>) =
            many(&rows, questions, seed).map(|question| (Packed::of(&question), oracle.decide(&question))).unzip();
        drop(oracle);
        let by_number = by_number(size, &rows, &questions, &right, rounds);
        let by_name = by_name(size, &rows.map_ids(name), &questions, &right, rounds);
        tables.push((size, by_number, by_name));
    }

    println!("by ids: median (lowest–highest) of {rounds} rounds");
    for (size, by_number, by_name) in &tables {
        print_table(&format!("{} users, u64 ids", size.name), by_number);
        print_table(&format!("{} users, String ids", size.name), by_name);
    }
    for (size, times, _) in &tables {
        let ratio = times.ratio("shipgate", "least");
        sheet.ratio(format!("by ids, to the least by hand, {} users", size.name), ratio, Goal::AtMost(size.to_least));
    }
    for (size, times, _) in &tables {
        let ratio = times.ratio("shipgate", "whole");
        sheet.ratio(
            format!("by ids, to the whole policy by hand, {} users", size.name),
            ratio,
            Goal::AtMost(size.to_whole),
        );
    }
    for (size, times, _) in &tables {
        let ratio = times.ratio(BATCHES, "least");
        sheet.ratio(
            format!("in batches of 16, to the least by hand, {} users", size.name),
            ratio,
            Goal::AtMost(size.to_least_in_batches),
        );
        let name = format!("in batches of 16, to one by one, {} users", size.name);
        sheet.ratio(name, times.ratio(BATCHES, "shipgate"), Goal::Open);
    }
    for (size, times, _) in &tables {
        let name = |what: &str| format!("subject and resource found, 8 actions each, {what}, {} users", size.name);
        sheet.amount(name("a decision"), times.nanos(FOUND), "ns", Goal::Open);
        sheet.ratio(name("to by ids"), times.ratio(FOUND, EIGHT), Goal::Open);
    }
    for (size, times, _) in &tables {
        let [least, whole] = ["least", "whole"].map(|rival| times.ratio("shipgate, branching", &branching(rival)));
        let name = |rival| format!("the caller branches, to {rival} by hand, {} users", size.name);
        sheet.ratio(name("the whole policy"), whole, Goal::AtMost(size.to_whole_branching));
        sheet.ratio(name("the least"), least, Goal::Open);
    }
    for (size, _, times) in &tables {
        let ratio = times.ratio("shipgate", "least");
        sheet.ratio(format!("String ids, to the least by hand, {} users", size.name), ratio, Goal::AtMost(0.75));
    }
}

/// Asks about ids that are numbers.
fn by_number(size: &Size, rows: &Rows<u64>, questions: &[Packed<u64>], right: &[Decision], rounds: usize) -> Rounds {
    let directory = Directory::try_from(rows).expect("the rows load");
    let least = ByHand::<_, fast::RandomState>::load(rows, |id| *id);
    let whole = Whole::<_, fast::RandomState>::load(rows, |id| *id);
    let std = ByHand::<_, RandomState>::load(rows, |id| *id);
    let asked = Asked { about: format!("u64, {}", size.name), questions, right, rounds };
    asked.compete(&directory, |question| parts(question, |id| id), &least, &whole, &std)
}

/// Asks about ids that are text.
fn by_name(size: &Size, rows: &Rows<String>, questions: &[Packed<u64>], right: &[Decision], rounds: usize) -> Rounds {
    let directory = Directory::try_from(rows).expect("the rows load");
    let least = ByHand::<_, fast::RandomState>::load(rows, String::as_str);
    let whole = Whole::<_, fast::RandomState>::load(rows, String::as_str);
    let std = ByHand::<_, RandomState>::load(rows, String::as_str);
    let text = written(questions);
    let questions = named(questions, &text);
    let asked = Asked { about: format!("String, {}", size.name), questions: &questions, right, rounds };
    asked.compete(&directory, |question| parts(question, |id| *id), &least, &whole, &std)
}

/// A question as a directory takes it.
type Parts<'q, Held, Q> = (SubjectId<'q, Held, Q>, Action<&'q Q>, ResourceId<&'q Q, &'q [ApprovalId<Held>], &'q str>);

#[inline]
fn parts<'q, Held, Id, Q: ?Sized>(
    question: &'q Packed<Id, &'static Q>,
    id: impl Fn(&'q Id) -> &'q Q,
) -> Parts<'q, Held, Q> {
    (SubjectId::new(id(&question.account)).at(NOW), question.action, question.resource(id))
}

/// What a page about an environment asks.
fn page<R>() -> [Action<R>; 8] {
    [
        Action::View,
        Action::ViewLogs,
        Action::Deploy,
        Action::Restart,
        Action::Exec,
        Action::ReadSecrets,
        Action::WriteVariables,
        Action::Delete,
    ]
}

const BATCHES: &str = "shipgate, in batches";
/// Eight actions of each subject on each resource, by what was found and by ids.
const FOUND: &str = "shipgate, found";
const EIGHT: &str = "shipgate, eight by ids";
const EIGHT_WHOLE: &str = "whole, eight by ids";

/// What is asked, with the right answers.
struct Asked<'a, Id, R> {
    about: String,
    questions: &'a [Packed<Id, R>],
    right: &'a [Decision],
    rounds: usize,
}

impl<Id: Copy + Eq + Hash, R: Copy> Asked<'_, Id, R> {
    /// Asserts that all answer right, then times them in turns.
    fn compete<Held: Hash + Ord + Borrow<Q>, Q: Hash + Ord + ?Sized + 'static>(
        &self,
        directory: &Directory<Held>,
        parts: impl for<'q> Fn(&'q Packed<Id, R>) -> Parts<'q, Held, Q>,
        least: &ByHand<Id, impl BuildHasher + Default>,
        whole: &Whole<Id, impl BuildHasher + Default>,
        std: &ByHand<Id, impl BuildHasher + Default>,
    ) -> Rounds {
        let Self { about, questions, right, rounds } = self;
        assert_eq!(questions.len(), right.len());
        let shipgate = |question: &Packed<Id, R>| {
            let (subject, action, resource) = parts(question);
            directory.decide(&subject, action, resource)
        };
        let in_batches: Vec<_> = directory.decide_each(questions, &parts).collect();
        assert!(in_batches == *right, "{about}: in batches");
        let is_page = |question: &&Packed<Id, R>| matches!(question.resource, ResourceId::Environment(_));
        let pages: Vec<_> = questions.iter().filter(is_page).step_by(8).copied().collect();
        for (place, (question, right)) in questions.iter().zip(*right).enumerate() {
            let by_hand = Answer::from(*right);
            assert_eq!(shipgate(question), *right, "{about}: question {place}");
            assert_eq!(least.decide(question), by_hand, "{about}: question {place}, by hand, the least");
            assert_eq!(whole.decide(question), by_hand, "{about}: question {place}, by hand, the whole policy");
            assert_eq!(std.decide(question), by_hand, "{about}: question {place}, by hand, std");
        }

        for asked in &pages {
            let (subject, _, resource) = parts(asked);
            let (by, on) = (directory.subject(&subject), directory.resource(resource));
            for (action, in_hand) in page().into_iter().zip(page()) {
                let decision = directory.decide(&subject, action, resource);
                assert_eq!(by.decide_on(action, &on), decision, "{about}: by what was found");
                let by_hand = whole.decide(&Packed { action: in_hand, ..*asked });
                assert_eq!(by_hand, Answer::from(decision), "{about}: by hand, {}", action.kind());
            }
        }

        let is_allowed = |answer| matches!(answer, Answer::Allow);
        let count = questions.len();
        let mut contestants = [
            Contestant::new("shipgate", count, || Pass::over(questions, shipgate)),
            Contestant::new("least", count, || Pass::over(questions, |question| least.decide(question))),
            Contestant::new("whole", count, || Pass::over(questions, |question| whole.decide(question))),
            Contestant::new("std", count, || Pass::over(questions, |question| std.decide(question))),
            Contestant::new(BATCHES, count, || {
                let mut pass = Pass::default();
                for stretch in questions.chunks(STRETCH) {
                    pass.time(stretch.len(), || {
                        for decision in directory.decide_each(stretch, &parts) {
                            let _ = black_box(decision);
                        }
                    });
                }
                pass.undisturbed()
            }),
            Contestant::new(FOUND, pages.len() * 8, || {
                over_pages(&pages, |asked| {
                    let (subject, _, resource) = parts(asked);
                    let (by, on) = (directory.subject(&subject), directory.resource(resource));
                    for action in page() {
                        let _ = black_box(by.decide_on(action, &on));
                    }
                })
            }),
            Contestant::new(EIGHT, pages.len() * 8, || {
                over_pages(&pages, |asked| {
                    let (subject, _, resource) = parts(asked);
                    for action in page() {
                        let _ = black_box(directory.decide(&subject, action, resource));
                    }
                })
            }),
            Contestant::new(EIGHT_WHOLE, pages.len() * 8, || {
                over_pages(&pages, |asked| {
                    for action in page() {
                        black_box(whole.decide(&Packed { action, ..*asked }));
                    }
                })
            }),
            Contestant::new(branching("shipgate"), count, || {
                Pass::branching_over(questions, |question| shipgate(question).is_allowed())
            }),
            Contestant::new(branching("least"), count, || {
                Pass::branching_over(questions, |question| is_allowed(least.decide(question)))
            }),
            Contestant::new(branching("whole"), count, || {
                Pass::branching_over(questions, |question| is_allowed(whole.decide(question)))
            }),
        ];
        Rounds::run(&mut contestants, *rounds)
    }
}

/// Asks eight questions about each page, a stretch of pages at a time.
#[inline]
fn over_pages<P>(pages: &[P], ask: impl Fn(&P)) -> Duration {
    let mut pass = Pass::default();
    for stretch in pages.chunks(STRETCH / 8) {
        pass.time(stretch.len() * 8, || stretch.iter().for_each(&ask));
    }
    pass.undisturbed()
}

fn branching(name: &str) -> String {
    format!("{name}, branching")
}

/// The ids of the questions as text, one after the other.
fn written(questions: &[Packed<u64>]) -> String {
    let mut text = String::new();
    for question in questions {
        let _: Packed<(), ()> = question.map_ids(|id| text.push_str(&name(*id)));
    }
    text
}

/// The same questions, whose ids stand in a text.
fn named<'t>(questions: &[Packed<u64>], mut text: &'t str) -> Vec<Packed<&'t str, &'static str>> {
    let mut next = |id: &u64| {
        let (name, rest) = text.split_at(name(*id).len());
        text = rest;
        name
    };
    questions.iter().map(|question| question.map_ids(&mut next)).collect()
}

fn print_table(about: &str, rounds: &Rounds) {
    println!("{about}");
    let line = |mode: &str, rivals: &[&str]| {
        let name = |name: &str| format!("{name}{mode}");
        print!("  ns a decision{mode:<12} shipgate {:.1}", rounds.nanos(&name("shipgate")));
        for rival in rivals {
            print!(", {rival} {:.1}", rounds.nanos(&name(rival)));
        }
        println!();
        for rival in rivals {
            let ratio = rounds.ratio(&name("shipgate"), &name(rival));
            println!("    shipgate / {rival:<6}{ratio:>20.2}");
        }
    };
    line("", &["least", "whole", "std"]);
    line(", in batches", &[]);
    line(", found", &[]);
    println!("    of eight: by ids {:.1}, whole by hand {:.1}", rounds.nanos(EIGHT), rounds.nanos(EIGHT_WHOLE));
    for (what, other) in [(BATCHES, "shipgate"), (BATCHES, "least"), (FOUND, EIGHT), (FOUND, EIGHT_WHOLE)] {
        println!("    {what} / {other}{:>20.2}", rounds.ratio(what, other));
    }
    line(", branching", &["least", "whole"]);
}

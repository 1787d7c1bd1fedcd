//! What five times as many memberships change: how long a decision takes, and what a directory takes in memory. Both
//! directories are asked in turns, as well as the maps that are written by hand.

use foldhash::fast;
use shipgate::{Decision, Directory, SubjectId};

use crate::counting::{self, Memory};
use crate::sheet::{Goal, Sheet};
use crate::testing::NOW;
use crate::world::by_hand::Answer;
use crate::world::by_hand::whole::Whole;
use crate::world::question::{Packed, many};
use crate::world::table::{Contestant, Pass, Rounds, Spread, only_a_test};
use crate::world::{simple_platform, size};

pub(crate) fn run(sheet: &mut Sheet) {
    let (accounts, count, rounds) = if only_a_test() { (1_000, 5_000, 1) } else { (670_000, 500_000, 11) };
    let one = Platform::of(accounts, count);
    let five = Platform::of(accounts * 5, count);
    let times = Rounds::run(
        &mut [
            Contestant::new("one", count, || Pass::over(&one.questions, |question| one.ask(question))),
            Contestant::new("five", count, || Pass::over(&five.questions, |question| five.ask(question))),
            Contestant::new("five by hand", count, || {
                Pass::over(&five.questions, |question| five.by_hand.decide(question))
            }),
        ],
        rounds,
    );
    println!("ns a decision: {:.1}, and {:.1}", times.nanos("one"), times.nanos("five"));
    println!("by hand, the whole policy: {:.1}", times.nanos("five by hand"));
    sheet.amount("memory, 5M memberships", Spread::once(five.memory.mib()), "MiB", Goal::AtMost(450.0));
    sheet.ratio("a decision among 5M memberships, to one among 1M", times.ratio("five", "one"), Goal::AtMost(1.3));
    let to_hand = times.ratio("five", "five by hand");
    sheet.ratio("by ids, to the whole policy by hand, 5M memberships", to_hand, Goal::Open);
}

struct Platform {
    directory: Directory<u64>,
    by_hand: Whole<u64, fast::RandomState>,
    memory: Memory,
    questions: Vec<Packed<u64>>,
}

impl Platform {
    /// A platform, of which the directory and the maps answer the same.
    fn of(accounts: usize, count: usize) -> Self {
        let rows = simple_platform(accounts, 1);
        let (directory, memory) = counting::of(|| Directory::try_from(&rows).expect("the rows load"));
        println!("{}: {:.1} MiB", size(&rows), memory.mib());
        let by_hand = Whole::load(&rows, |id| *id);
        let questions = many(&rows, count, 1).map(|question| Packed::of(&question)).collect();
        let platform = Self { directory, by_hand, memory, questions };
        for question in &platform.questions {
            let answer = Answer::from(platform.ask(question));
            assert_eq!(answer, platform.by_hand.decide(question), "by hand");
        }
        platform
    }

    #[inline]
    fn ask(&self, question: &Packed<u64>) -> Decision {
        let subject = SubjectId::new(&question.account).at(NOW);
        self.directory.decide(&subject, question.action, question.resource(|id| id))
    }
}

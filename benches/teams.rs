//! How long a decision takes on a platform where teams and custom roles are common. Beside it, in turns, maps written by hand
//! that know the whole policy and teams; and a platform of as many accounts without teams, about which other questions are
//! asked.

use foldhash::fast;
use shipgate::{Decision, Directory, SubjectId};

use crate::sheet::{Goal, Sheet};
use crate::testing::{NOW, Oracle};
use crate::world::by_hand::Answer;
use crate::world::by_hand::whole::WithTeams;
use crate::world::question::{Packed, many};
use crate::world::table::{Contestant, Pass, Rounds, only_a_test};
use crate::world::{simple_platform, size, team_platform};

const SIZES: [(&str, usize); 3] = [("10k", 10_000), ("100k", 100_000), ("670k", 670_000)];

pub(crate) fn run(sheet: &mut Sheet) {
    if only_a_test() {
        measure(sheet, "2k", 2_000, 5_000, 1);
    } else {
        for (name, accounts) in SIZES {
            measure(sheet, name, accounts, 500_000, 11);
        }
    }
}

fn measure(sheet: &mut Sheet, name: &str, accounts: usize, count: usize, rounds: usize) {
    let rows = team_platform(accounts, 1);
    let questions = right_questions(&Oracle::new(&rows), many(&rows, count, 1));
    let directory = Directory::try_from(&rows).expect("the rows load");
    let by_hand = WithTeams::<_, fast::RandomState>::load(&rows, |id| *id);
    let places = rows.team_members.len();
    println!("{name} users: {}, {} teams with {places} places", size(&rows), rows.teams.len());
    drop(rows);
    let first = simple_platform(accounts, 1);
    let first_questions = right_questions(&Oracle::new(&first), many(&first, count, 1));
    let first = Directory::try_from(&first).expect("the rows load");
    for (question, right) in &questions {
        assert_eq!(ask(&directory, question), *right);
        assert_eq!(by_hand.decide(question), Answer::from(*right), "by hand");
    }
    for (question, right) in &first_questions {
        assert_eq!(ask(&first, question), *right, "without teams");
    }
    let [questions, first_questions] =
        [questions, first_questions].map(|asked| asked.into_iter().map(|(question, _)| question).collect::<Vec<_>>());

    let is_allowed = |answer| matches!(answer, Answer::Allow);
    let times = Rounds::run(
        &mut [
            Contestant::new("shipgate", count, || Pass::over(&questions, |question| ask(&directory, question))),
            Contestant::new("by hand", count, || Pass::over(&questions, |question| by_hand.decide(question))),
            Contestant::new("first world", count, || Pass::over(&first_questions, |question| ask(&first, question))),
            Contestant::new("shipgate, branching", count, || {
                Pass::branching_over(&questions, |question| ask(&directory, question).is_allowed())
            }),
            Contestant::new("by hand, branching", count, || {
                Pass::branching_over(&questions, |question| is_allowed(by_hand.decide(question)))
            }),
        ],
        rounds,
    );
    for contestant in ["shipgate", "by hand", "first world", "shipgate, branching", "by hand, branching"] {
        println!("  {contestant:<20}{:>22.1} ns a decision", times.nanos(contestant));
    }
    let to_hand = times.ratio("shipgate", "by hand");
    sheet.ratio(format!("teams, to the whole policy with teams by hand, {name} users"), to_hand, Goal::AtMost(1.0));
    let branching = times.ratio("shipgate, branching", "by hand, branching");
    sheet.ratio(format!("teams, the same where the caller branches, {name} users"), branching, Goal::Open);
    let to_first = times.ratio("shipgate", "first world");
    sheet.ratio(format!("teams, to a platform without them, {name} users"), to_first, Goal::AtMost(1.4));
}

fn right_questions(
    oracle: &Oracle,
    questions: impl Iterator<Item = shipgate::directory::Question<u64>>,
) -> Vec<(Packed<u64>, Decision)> {
    questions.map(|question| (Packed::of(&question), oracle.decide(&question))).collect()
}

#[inline]
fn ask(directory: &Directory<u64>, question: &Packed<u64>) -> Decision {
    directory.decide(&SubjectId::new(&question.account).at(NOW), question.action, question.resource(|id| id))
}

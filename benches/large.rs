//! An organization of a hundred thousand members with ten thousand clusters, on each of which one member has an override: how
//! long a decision takes in it, and a change, alone and while snapshots are held.

use foldhash::fast;
use shipgate::directory::{ClusterAccessRow, ClusterRow, MemberRow, Question, Rows};
use shipgate::{
    AccountKind, Action, ClusterAccess, Decision, Directory, Holder, ResourceId, Role, SharedDirectory, SubjectId,
};

use crate::changes::{Pairs, Quantiles, make_both, make_while_held};
use crate::sheet::{Goal, Sheet};
use crate::testing::draw::Source;
use crate::testing::random::Random;
use crate::testing::{Customer, Mix, NOW, Oracle, Size, platform, questions};
use crate::world::by_hand::Answer;
use crate::world::by_hand::whole::WithTeams;
use crate::world::change::Changes;
use crate::world::question::Packed;
use crate::world::table::{Contestant, Pass, Rounds, Spread, only_a_test};
use crate::world::{shuffled, size};

const LARGE: Customer = Customer { members: 100_000, clusters: 10_000, environments: 5_000 };
const SMALL: Customer = Customer { members: 1_000, clusters: 100, environments: 50 };

pub(crate) fn run(sheet: &mut Sheet) {
    let (customer, count, rounds) = if only_a_test() { (SMALL, 50, 1) } else { (LARGE, 10_000, 11) };
    let mut rows = platform(Size::of_memberships(customer.members * 3 / 2).with_customer(customer), 1);
    let member = give_every_override(&mut rows);
    println!("{}", size(&rows));
    let mut directory = Directory::try_from(&rows).expect("the rows load");
    decisions(sheet, &rows, &directory, member, rounds);

    let mut changes = Changes::to(&rows, 2);
    let overrides = Pairs::of(&[changes.overrides_of(member, count / 2)], count);
    let any = Pairs::of(&changes.cycles(count / 10), count);
    drop(rows);
    let mut shared = SharedDirectory::new(directory.clone());
    for (name, pairs) in [("an account with 10,000 overrides", overrides), ("an organization of 100k members", any)] {
        let [_, times] = make_both(&mut directory, &mut shared, &pairs);
        let times = Quantiles::of(&times);
        let held = make_while_held(&shared, &mut directory, &pairs);
        println!("{name}: {times} µs a change; while snapshots are held {held}, of {} changes", held.count);
        sheet.amount(format!("{name}: a shared change"), Spread::once(times.median), "µs", Goal::AtMost(25.0));
        let name = format!("{name}: the same, snapshots held");
        sheet.amount(name, Spread::once(held.median), "µs", Goal::AtMost(25.0));
    }
}

/// Gives a Developer of the large organization an override on each of its clusters.
fn give_every_override(rows: &mut Rows<u64>) -> u64 {
    let organization = rows.organizations[0].id;
    let is_developer = |row: &&MemberRow<u64>| {
        let lasts = row.kind == AccountKind::User && row.expires_at.is_none();
        row.organization == organization && row.role == Role::Developer.into() && lasts
    };
    let member = rows.members.iter().find(is_developer).expect("there are Developers").account;
    let holder = Holder::Account(member);
    rows.cluster_access.retain(|row| row.holder != holder);
    let mut random = Random::new(3);
    for cluster in rows.clusters.iter().filter(|row| row.organization == organization) {
        let level = *random.choose(&ClusterAccess::ALL).expect("there are levels");
        rows.cluster_access.push(ClusterAccessRow { cluster: cluster.id, holder, level, expires_at: None });
    }
    member
}

/// Times decisions about everything, and decisions about what the one member may do.
fn decisions(sheet: &mut Sheet, rows: &Rows<u64>, directory: &Directory<u64>, member: u64, rounds: usize) {
    let by_hand = WithTeams::<_, fast::RandomState>::load(rows, |id| *id);
    let count = if only_a_test() { 2_000 } else { 500_000 };
    let oracle = Oracle::new(rows);
    let streams = [
        ("an organization of 100k members", questions(rows, Mix::PLATFORM, 1).take(count).collect()),
        ("an account with 10,000 overrides", questions_of(rows, member)),
    ];
    for (name, questions) in streams {
        let questions: Vec<_> =
            questions.iter().map(|question| right(&oracle, directory, &by_hand, question)).collect();
        let count = questions.len();
        let times = Rounds::run(
            &mut [
                Contestant::new("shipgate", count, || Pass::over(&questions, |question| ask(directory, question))),
                Contestant::new("by hand", count, || Pass::over(&questions, |question| by_hand.decide(question))),
            ],
            rounds,
        );
        let [nanos, by_hand] = ["shipgate", "by hand"].map(|contestant| times.nanos(contestant));
        println!("{name}: {nanos:.1} ns a decision, by hand {by_hand:.1}");
        let ratio = times.ratio("shipgate", "by hand");
        sheet.ratio(format!("{name}: a decision, to the whole policy by hand"), ratio, Goal::Open);
    }
}

/// What one member asks about each cluster.
fn questions_of(rows: &Rows<u64>, member: u64) -> Vec<Question<u64>> {
    let actions = [Action::View, Action::Deploy, Action::Manage];
    let each = |cluster: &ClusterRow<u64>| {
        let resource = ResourceId::Cluster(cluster.id);
        actions.map(|action| Question { time: Some(NOW), ..Question::new(member, action, resource.clone()) })
    };
    shuffled(rows.clusters.iter().flat_map(each), &mut Random::new(4)).collect()
}

/// The question, which all answer right.
fn right(
    oracle: &Oracle,
    directory: &Directory<u64>,
    by_hand: &WithTeams<u64, fast::RandomState>,
    question: &Question<u64>,
) -> Packed<u64> {
    let (packed, right) = (Packed::of(question), oracle.decide(question));
    assert_eq!(ask(directory, &packed), right, "{question:?}");
    assert_eq!(by_hand.decide(&packed), Answer::from(right), "by hand: {question:?}");
    packed
}

#[inline]
fn ask(directory: &Directory<u64>, question: &Packed<u64>) -> Decision {
    directory.decide(&SubjectId::new(&question.account).at(NOW), question.action, question.resource(|id| id))
}

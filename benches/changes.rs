//! How long a change takes, decided and done: of a [`Directory`], and of a [`SharedDirectory`], alone and while somebody holds
//! snapshots of it. Of a platform with a million memberships.

mod making;

use shipgate::{Directory, SharedDirectory};

use crate::counting;
use crate::sheet::{Goal, Sheet};
use crate::testing::platform;
use crate::world::change::{Changes, Cycle, Round};
use crate::world::table::{Spread, only_a_test};
use crate::world::{PLATFORM, SMALL_PLATFORM, name, size};

pub(crate) use making::{Pairs, Quantiles, make_both, make_while_held};

use making::{Changeable, Micros, make_beside_one_snapshot};

/// This many changes go to the one directory, then the same to the other.
const STRETCH: usize = 500;

/// How often the visibility of the largest project is changed.
const OFTEN: usize = 1_000;

pub(crate) fn run(sheet: &mut Sheet) {
    let (platform_size, count, rounds) = if only_a_test() { (SMALL_PLATFORM, 50, 1) } else { (PLATFORM, 10_000, 3) };
    let rows = platform(platform_size, 1);
    let mut changes = Changes::to(&rows, 2);
    let mut cycles = changes.cycles(count);
    let refused = changes.refused(count / 10);
    let pairs = Pairs::of(&cycles, count);
    cycles.push(changes.protections_of_the_largest_project(count / 10));
    let shown_and_hidden = Pairs(vec![changes.visibility_of_the_largest_project(); OFTEN]);

    let (mut directory, alone) = counting::of(|| Directory::try_from(&rows).expect("the rows load"));
    let (mut shared, own) = counting::of(|| SharedDirectory::new(directory.clone()));
    let (first, second) = counting::of(|| make_first(&mut directory, &mut shared, &cycles[0]));
    println!("{}", size(&rows));
    let medians = print_changes(&mut directory, &mut shared, &cycles, &refused, rounds);
    println!("the first change of a SharedDirectory took {first:.0} µs");
    let [slowest, of_any] = [slowest(&medians), medians.iter().find(|(name, _)| *name == "update_project")]
        .map(|medians| medians.expect("each was made"));
    let of_largest = make_both(&mut directory, &mut shared, &shown_and_hidden).map(|times| Quantiles::of(&times));
    println!("update_project, largest project: {} and {} µs", of_largest[0], of_largest[1]);
    let held = make_while_held(&shared, &mut directory, &pairs);
    println!("while snapshots are held, each over two changes: {held} µs a change, of {} changes", held.count);

    let (once, to_reach) = (Spread::once, Goal::AtMost(25.0));
    sheet.amount("visibility of a project of 1,000 environments", once(of_largest[0].median), "µs", Goal::AtMost(1.5));
    let to_any = once(of_largest[0].median / of_any.1[0]);
    sheet.ratio("visibility of a project of 1,000 environments, to one of any", to_any, Goal::Open);
    sheet.amount(format!("a shared change, the slowest kind: {}", slowest.0), once(slowest.1[1]), "µs", to_reach);
    sheet.amount("a shared change, snapshots held", once(held.median), "µs", to_reach);
    sheet.amount("the first shared change ever", once(first), "µs", to_reach);
    let to_alone = once((own.bytes() + second.bytes()) / alone.bytes());
    sheet.ratio("memory of a shared directory, to an unshared one", to_alone, Goal::AtMost(1.1));

    let held = make_beside_one_snapshot(&shared, &mut directory, &pairs);
    println!("{held}");
    sheet.amount("10,000 changes beside one snapshot: memory grew by", once(held.grown.mib()), "MiB", Goal::Open);
    sheet.amount("10,000 changes beside one snapshot, a change", once(held.times.median), "µs", to_reach);
    sheet.amount("10,000 changes beside one snapshot, the slowest", once(held.times.most), "µs", Goal::Open);
    drop((directory, shared));

    with_names(sheet, Directory::try_from(rows.map_ids(name)).expect("the rows load"), &pairs.map_ids(name));
}

/// The kind of change that takes a shared directory longest.
fn slowest(medians: &[Medians]) -> Option<&Medians> {
    medians.iter().max_by(|(_, [_, a]), (_, [_, b])| a.total_cmp(b))
}

/// The same of ids that are text.
fn with_names(sheet: &mut Sheet, mut directory: Directory<String>, pairs: &Pairs<String>) {
    let mut shared = SharedDirectory::new(directory.clone());
    let [_, times] = make_both(&mut directory, &mut shared, pairs);
    let (first, times) = (times[0].micros(), Quantiles::of(&times[1..]));
    let held = make_while_held(&shared, &mut directory, pairs);
    println!("String ids: {times}; while snapshots are held {held}; the first change ever {first:.0}, µs a change");
    let to_reach = Goal::AtMost(60.0);
    sheet.amount("a shared change, String ids", Spread::once(times.median), "µs", to_reach);
    sheet.amount("a shared change, snapshots held, String ids", Spread::once(held.median), "µs", to_reach);
    sheet.amount("the first shared change ever, String ids", Spread::once(first), "µs", to_reach);
}

/// The microseconds of the first change, which is undone.
fn make_first(directory: &mut Directory<u64>, shared: &mut SharedDirectory<u64>, cycle: &Cycle) -> f64 {
    let (there, back) = (&cycle.there.changes[0], &cycle.back.changes[0]);
    for asked in [there, back] {
        directory.make(asked);
    }
    let spent = shared.make(there);
    shared.make(back);
    spent.micros()
}

/// The median microseconds of a kind of change, of a directory and of a shared one.
type Medians = (&'static str, [f64; 2]);

/// Makes every change, there and back, in a directory and in a shared one.
fn print_changes(
    directory: &mut Directory<u64>,
    shared: &mut SharedDirectory<u64>,
    cycles: &[Cycle],
    refused: &Round,
    rounds: usize,
) -> Vec<Medians> {
    println!("µs a change: median (99 of 100 take at most)");
    println!("{:<38}{:>9}{:>18}{:>18}{:>12}", "", "changes", "Directory", "SharedDirectory", "S / D");
    let refusals = [
        refused.changes.iter().map(|asked| directory.refuse(asked)).collect(),
        refused.changes.iter().map(|asked| shared.refuse(asked)).collect(),
    ];
    print_times(refused.name, &[&refusals]);
    let mut medians = Vec::new();
    for Cycle { there, back } in cycles {
        let times: Vec<_> = (0..rounds).map(|_| [there, back].map(|round| time(directory, shared, round))).collect();
        medians.push(print_times(there.name, &times.iter().map(|[there, _]| there).collect::<Vec<_>>()));
        medians.push(print_times(back.name, &times.iter().map(|[_, back]| back).collect::<Vec<_>>()));
    }
    medians
}

/// The times of a round of changes, of a directory and of a shared one.
type Times = [Vec<std::time::Duration>; 2];

/// Makes the changes here and there in turns.
fn time(directory: &mut Directory<u64>, shared: &mut SharedDirectory<u64>, round: &Round) -> Times {
    let mut times = Times::default();
    for stretch in round.changes.chunks(STRETCH) {
        times[0].extend(stretch.iter().map(|asked| directory.make(asked)));
        times[1].extend(stretch.iter().map(|asked| shared.make(asked)));
    }
    times
}

fn print_times(name: &'static str, rounds: &[&Times]) -> Medians {
    let [directory, shared] = [0, 1].map(|place| {
        let times: Vec<_> = rounds.iter().flat_map(|times| &times[place]).copied().collect();
        Quantiles::of(&times)
    });
    let ratio = shared.median / directory.median;
    println!("{name:<38}{:>9}{directory:>18}{shared:>18}{ratio:>12.2}", directory.count);
    (name, [directory.median, shared.median])
}

//! How long a search takes: who may do something to one resource, of ten thousand members, and to which of thousands of
//! resources one member may do something. Beside it, in turns, a loop that asks `decide` about every candidate by id, and
//! whose list of candidates is there already.

use std::hint::black_box;
use std::time::Duration;

use shipgate::directory::Rows;
use shipgate::model::ApprovalId;
use shipgate::{Action, ClusterAccess, Decision, Directory, Grant, ResourceId, SubjectId};

use crate::sheet::{Goal, Sheet};
use crate::testing::random::Random;
use crate::testing::{NOW, platform};
use crate::world::table::{Contestant, Pass, Rounds, only_a_test};
use crate::world::{PLATFORM, SMALL_PLATFORM, shuffled, size};

/// The searches that have a figure, and at most how many nanoseconds a candidate.
const FIGURES: [(&str, &str, f64); 5] = [
    ("who may view an environment", "who may view an environment, a member", 9.0),
    ("who may deploy to it", "who may deploy to an environment, a member", 9.0),
    ("who may delete it", "who may delete an environment, a member", 9.0),
    ("environments she may view", "environments she may view, each", 7.0),
    ("environments she may deploy to", "environments she may deploy to, each", 7.0),
];

pub(crate) fn run(sheet: &mut Sheet) {
    let (platform_size, count, rounds) = if only_a_test() { (SMALL_PLATFORM, 3, 1) } else { (PLATFORM, 100, 11) };
    let rows = platform(platform_size, 1);
    let directory = Directory::try_from(&rows).expect("the rows load");
    let large = Large::of(&rows);
    let mut searches = who_may(&directory, &large, count);
    searches.extend(what_may(&directory, &large, count));
    for search in &searches {
        search.check();
    }
    println!("{}", size(&rows));
    table(sheet, &searches, rounds);
}

/// The ids of a large organization, each kind in order.
struct Large {
    id: u64,
    members: Vec<u64>,
    clusters: Vec<u64>,
    projects: Vec<u64>,
    environments: Vec<u64>,
}

impl Large {
    fn of(rows: &Rows<u64>) -> Self {
        let id = rows.organizations[0].id;
        let members = rows.members.iter().filter(|member| member.organization == id);
        let clusters = rows.clusters.iter().filter(|cluster| cluster.organization == id);
        let projects = sorted(rows.projects.iter().filter(|project| project.organization == id).map(|row| row.id));
        let environments = rows.environments.iter().filter(|row| projects.binary_search(&row.project).is_ok());
        Self {
            id,
            members: sorted(members.map(|member| member.account)),
            clusters: sorted(clusters.map(|cluster| cluster.id)),
            environments: sorted(environments.map(|environment| environment.id)),
            projects,
        }
    }

    /// A member, another one for another id.
    fn member(&self, id: u64) -> &u64 {
        &self.members[usize::try_from(id % self.members.len() as u64).expect("there are as many")]
    }
}

/// What was found, in order.
type Found = Vec<(u64, Decision)>;

type Find<'a> = Box<dyn Fn(&u64, &mut Found) + 'a>;

/// Searches of one kind.
struct Searches<'a> {
    name: &'static str,
    candidates: usize,
    /// What is asked about, or who asks: another one each time, so that no processor learns the answers.
    about: Vec<u64>,
    search: Find<'a>,
    each: Find<'a>,
}

impl Searches<'_> {
    /// Asserts that both find the same, and something.
    fn check(&self) {
        let mut found_in_all = 0;
        for about in &self.about {
            let (mut found, mut expected) = (Vec::new(), Vec::new());
            (self.search)(about, &mut found);
            (self.each)(about, &mut expected);
            // Environments come project by project.
            found.sort_unstable_by_key(|(id, _)| *id);
            assert!(found == expected, "{}: not what `decide` says of each, about {about}", self.name);
            found_in_all += found.len();
        }
        assert!(found_in_all > 0, "{}: nothing was found", self.name);
    }

    fn time(&self, find: &Find<'_>) -> Duration {
        let mut found = Vec::with_capacity(self.candidates);
        let mut pass = Pass::default();
        for about in &self.about {
            found.clear();
            pass.time(1, || find(about, &mut found));
            black_box(&found);
        }
        pass.undisturbed()
    }

    fn candidates_in_all(&self) -> usize {
        self.about.len() * self.candidates
    }
}

/// A resource of an id, and another member each time where it names one.
type Resource = for<'q> fn(&'q u64, &'q Large) -> ResourceId<&'q u64, &'q [ApprovalId<u64>], &'q str>;

/// Who may do something to one resource.
fn who_may<'a>(directory: &'a Directory<u64>, large: &'a Large, count: usize) -> Vec<Searches<'a>> {
    let mut random = Random::new(2);
    let mut who = |name, action, about: &[u64], resource: Resource| Searches {
        name,
        candidates: large.members.len(),
        about: shuffled(about.iter().copied(), &mut random).take(count).collect(),
        search: Box::new(move |about, found| {
            let those = directory.who_may(action, resource(about, large), Some(NOW));
            found.extend(those.map(|(id, decision)| (*id, decision)));
        }),
        each: Box::new(move |about, found| {
            let resource = resource(about, large);
            let decide = |id| directory.decide(&SubjectId::new(id).at(NOW), action, resource);
            found.extend(large.members.iter().map(|id| (*id, decide(id))).filter(is_found));
        }),
    };
    let access = Action::SetClusterAccess { to: Some(Grant::new(ClusterAccess::Deploy)) };
    vec![
        who("who may view an environment", Action::View, &large.environments, |id, _| ResourceId::Environment(id)),
        who("who may deploy to it", Action::Deploy, &large.environments, |id, _| ResourceId::Environment(id)),
        who("who may delete it", Action::Delete, &large.environments, |id, _| ResourceId::Environment(id)),
        who("who may view a project", Action::View, &large.projects, |id, _| ResourceId::Project(id)),
        who("who may manage a cluster", Action::Manage, &large.clusters, |id, _| ResourceId::Cluster(id)),
        who("who may set a member's access to it", access, &large.clusters, |id, large| ResourceId::ClusterMember {
            cluster: id,
            account: large.member(*id),
        }),
    ]
}

/// What one member may do something to.
fn what_may<'a>(directory: &'a Directory<u64>, large: &'a Large, count: usize) -> Vec<Searches<'a>> {
    let mut random = Random::new(3);
    let mut what = |name, candidates: &'a [u64], search: Find<'a>, action, resource: Resource| Searches {
        name,
        candidates: candidates.len(),
        about: shuffled(large.members.iter().copied(), &mut random).take(count).collect(),
        search,
        each: Box::new(move |who, found| {
            let subject = SubjectId::new(who).at(NOW);
            let decide = |id| directory.decide(&subject, action, resource(id, large));
            found.extend(candidates.iter().map(|id| (*id, decide(id))).filter(is_found));
        }),
    };
    let environments = |action| -> Find<'a> {
        Box::new(move |who, found| {
            let those = directory.what_may(SubjectId::new(who).at(NOW)).environments(action, &large.id);
            found.extend(those.map(|(id, decision)| (*id, decision)));
        })
    };
    let clusters = |action| -> Find<'a> {
        Box::new(move |who, found| {
            let those = directory.what_may(SubjectId::new(who).at(NOW)).clusters(action, &large.id);
            found.extend(those.map(|(id, decision)| (*id, decision)));
        })
    };
    let projects = |action| -> Find<'a> {
        Box::new(move |who, found| {
            let those = directory.what_may(SubjectId::new(who).at(NOW)).projects(action, &large.id);
            found.extend(those.map(|(id, decision)| (*id, decision)));
        })
    };
    let [view, deploy, manage] = [Action::View, Action::Deploy, Action::Manage];
    vec![
        what("environments she may view", &large.environments, environments(view), view, |id, _| {
            ResourceId::Environment(id)
        }),
        what("environments she may deploy to", &large.environments, environments(deploy), deploy, |id, _| {
            ResourceId::Environment(id)
        }),
        what("clusters she may manage", &large.clusters, clusters(manage), manage, |id, _| ResourceId::Cluster(id)),
        what("projects she may view", &large.projects, projects(view), view, |id, _| ResourceId::Project(id)),
    ]
}

fn is_found((_, decision): &(u64, Decision)) -> bool {
    !matches!(decision, Decision::Deny(_))
}

fn sorted(ids: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    ids
}

/// Prints nanoseconds a candidate, and how they compare.
fn table(sheet: &mut Sheet, searches: &[Searches<'_>], rounds: usize) {
    let each = |name: &str| format!("{name}, each");
    let mut contestants = Vec::new();
    for one in searches {
        let count = one.candidates_in_all();
        contestants.push(Contestant::new(one.name, count, || one.time(&one.search)));
        contestants.push(Contestant::new(each(one.name), count, || one.time(&one.each)));
    }
    let times = Rounds::run(&mut contestants, rounds);

    println!("ns a candidate: median (lowest–highest) of {rounds} rounds");
    println!("{:<37}{:>10}{:>20}{:>22}{:>20}", "", "candidates", "search", "decide of each", "each / search");
    for Searches { name, candidates, .. } in searches {
        let (nanos, nanos_of_each) = (times.nanos(name), times.nanos(&each(name)));
        let ratio = times.ratio(&each(name), name);
        println!("{name:<37}{candidates:>10}{nanos:>20.1}{nanos_of_each:>22.1}{ratio:>20.2}");
    }
    for (search, figure, most) in FIGURES {
        sheet.amount(figure, times.nanos(search), "ns", Goal::AtMost(most));
    }
}

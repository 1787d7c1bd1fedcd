//! The measurements. Engines take turns: what disturbs the machine disturbs all of them.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

use peers::engine::{Answer, Engine, Peer};
use peers::engines::PEERS;
use peers::generate::{Kind, of_users, platform, platform_beside, questions};
use peers::question::{Action, Listing, Question};
use peers::rows::{Access, Id, Rows, accounts, projects};
use shipgate::directory::EnvironmentRow;
use shipgate::testing::{Customer, NOW, Size};
use shipgate::{ClusterAccess, Holder, Protection, ResourceId, Role, Visibility};

use crate::meter;

/// How much is measured.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Effort {
    pub(crate) users: &'static [u32],
    /// Users of the platform on which all but the growth is measured.
    pub(crate) middle: u32,
    pub(crate) samples: usize,
    /// The processor time that one sample is to take.
    pub(crate) sample: Duration,
    /// Questions of one sample at most; no sample repeats another's.
    pub(crate) questions: usize,
    pub(crate) listed: u32,
    pub(crate) unrelated: u32,
    /// How often what is not a decision is repeated.
    pub(crate) repeats: usize,
}

impl Effort {
    pub(crate) const FULL: Self = Self {
        users: &[100, 1_000, 10_000, 100_000],
        middle: 10_000,
        samples: 25,
        sample: Duration::from_millis(10),
        questions: 40_000,
        listed: 5_000,
        unrelated: 1_000,
        repeats: 7,
    };

    pub(crate) const SHORT: Self = Self {
        users: &[100, 1_000],
        middle: 1_000,
        samples: 3,
        sample: Duration::from_millis(1),
        questions: 1_000,
        listed: 500,
        unrelated: 40,
        repeats: 1,
    };
}

/// What was measured.
pub(crate) struct Results {
    pub(crate) effort: Effort,
    pub(crate) engines: Vec<Measured>,
}

/// What was measured of an engine. `None` is what cannot be asked of it.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) by_users: Vec<BySize>,
    pub(crate) listing: Option<Spread>,
    pub(crate) unrelated: Option<Unrelated>,
}

/// What depends on how many users there are.
pub(crate) struct BySize {
    pub(crate) users: u32,
    pub(crate) decisions: BTreeMap<Kind, Decisions>,
    pub(crate) load: Duration,
    pub(crate) heap: i64,
    /// Nanoseconds until a changed override is seen.
    pub(crate) change: Option<Spread>,
}

/// What decisions take.
pub(crate) struct Decisions {
    /// Nanoseconds for one.
    pub(crate) time: Spread,
    /// Allocations for one.
    pub(crate) allocations: f64,
}

/// The same questions without further organizations, and with them.
pub(crate) struct Unrelated {
    pub(crate) without: Spread,
    pub(crate) with: Spread,
    /// What the further organizations take.
    pub(crate) heap: i64,
}

/// The least, the middle and the most of some samples.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) min: f64,
    pub(crate) median: f64,
    pub(crate) max: f64,
}

impl Spread {
    fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        Self { min: samples[0], median: samples[samples.len() / 2], max: samples[samples.len() - 1] }
    }
}

pub(crate) fn measure(effort: &Effort) -> Results {
    let mut engines: Vec<_> = PEERS
        .iter()
        .map(|peer| Measured { name: peer.name, by_users: Vec::new(), listing: None, unrelated: None })
        .collect();
    for users in effort.users {
        for (measured, by_size) in engines.iter_mut().zip(grow(effort, *users)) {
            measured.by_users.push(by_size);
        }
    }
    for (measured, listing) in engines.iter_mut().zip(list(effort)) {
        measured.listing = listing;
    }
    for (measured, unrelated) in engines.iter_mut().zip(add_unrelated(effort)) {
        measured.unrelated = unrelated;
    }
    Results { effort: effort.clone(), engines }
}

/// Measures a platform of so many users.
fn grow(effort: &Effort, users: u32) -> Vec<BySize> {
    let mut rows = platform(of_users(users), SEED);
    let mut engines = load(&rows);
    let mut by_size: Vec<_> = engines
        .iter()
        .map(|loaded| BySize { users, decisions: BTreeMap::new(), load: loaded.time, heap: loaded.heap, change: None })
        .collect();
    for kind in Kind::ALL {
        progress(&format!("{users} users: deciding, {kind:?}"));
        let questions = questions_for(effort, &engines, &rows, kind);
        for (by_size, decisions) in by_size.iter_mut().zip(sample(effort, &mut engines, &questions)) {
            by_size.decisions.extend(decisions.map(|decisions| (kind, decisions)));
        }
    }
    progress(&format!("{users} users: changing grants"));
    for (by_size, loaded) in by_size.iter_mut().zip(&mut engines) {
        by_size.change = change(effort, loaded, &mut rows);
    }
    by_size
}

struct Loaded {
    name: &'static str,
    engine: Box<dyn Engine>,
    time: Duration,
    heap: i64,
}

fn load(rows: &Rows) -> Vec<Loaded> {
    let users = accounts(rows).len();
    let load = |peer: &Peer| {
        progress(&format!("{users} users: loading {}", peer.name));
        let before = meter::heap();
        let (time, engine) = meter::time(|| (peer.load)(rows));
        Loaded { name: peer.name, engine, time, heap: meter::heap() - before }
    };
    PEERS.iter().map(load).collect()
}

/// Distinct questions: enough to check the engines and for every sample of the fastest.
fn questions_for(effort: &Effort, engines: &[Loaded], rows: &Rows, kind: Kind) -> Vec<Question> {
    let mut drawn = questions(rows, kind, CHECKED + effort.samples * effort.questions, SEED);
    if kind == Kind::Organizations {
        // Each engine can be asked some of these: all are asked what can be asked of each.
        drawn.retain(|question| engines.iter().all(|loaded| loaded.engine.can_be_asked(question)));
    }
    drawn
}

/// Questions that each engine has to answer rightly before it is measured.
const CHECKED: usize = 1_000;

/// Samples each engine in turn, where every question can be put to it.
fn sample(effort: &Effort, engines: &mut [Loaded], questions: &[Question]) -> Vec<Option<Decisions>> {
    let (checked, questions) = questions.split_at(CHECKED);
    let expected = answers(&mut engines[0], checked);
    let mut sampled: Vec<_> = engines
        .iter_mut()
        .map(|loaded| {
            let can = checked.iter().all(|question| loaded.engine.can_be_asked(question));
            can.then(|| Sampled::check(effort.sample, questions.len() / effort.samples, loaded, checked, &expected))
        })
        .collect();
    for turn in 0..effort.samples {
        for (loaded, sampled) in engines.iter_mut().zip(&mut sampled) {
            if let Some(sampled) = sampled {
                sampled.take(loaded, questions, turn);
            }
        }
    }
    sampled.into_iter().map(|sampled| sampled.map(Sampled::decisions)).collect()
}

fn answers(loaded: &mut Loaded, questions: &[Question]) -> Vec<Answer> {
    questions.iter().map(|question| loaded.engine.answer(question)).collect()
}

/// The samples of one engine.
struct Sampled {
    /// Questions of one sample.
    length: usize,
    times: Vec<f64>,
    allocations: f64,
}

impl Sampled {
    /// Asks the questions whose answers are known, to warm up and to see how many a sample can hold.
    fn check(sample: Duration, most: usize, loaded: &mut Loaded, checked: &[Question], expected: &[Answer]) -> Self {
        let allocations = meter::allocations();
        let (time, got) = meter::time(|| answers(loaded, checked));
        let allocations = meter::allocations() - allocations - 1;
        for ((question, expected), got) in checked.iter().zip(expected).zip(got) {
            assert!(loaded.engine.answers().agree(*expected, got), "{}: {question:?}: {got:?}", loaded.name);
        }
        let fitting = sample.as_secs_f64() / (time.as_secs_f64() / checked.len() as f64);
        let length = (fitting as usize).clamp(10.min(most), most);
        Self { length, times: Vec::new(), allocations: allocations as f64 / checked.len() as f64 }
    }

    fn take(&mut self, loaded: &mut Loaded, questions: &[Question], turn: usize) {
        let asked = &questions[turn * self.length..][..self.length];
        let (time, ()) = meter::time(|| {
            for question in asked {
                black_box(loaded.engine.answer(black_box(question)));
            }
        });
        self.times.push(nanoseconds(time) / asked.len() as f64);
    }

    fn decisions(self) -> Decisions {
        Decisions { time: Spread::of(self.times), allocations: self.allocations }
    }
}

/// A Developer and an environment that only an override keeps them from.
fn developer(rows: &Rows) -> (Id, &EnvironmentRow<Id>) {
    let projects = projects(rows);
    let found = rows.environments.iter().find_map(|environment| {
        let project = projects[environment.project];
        let open = environment.protection == Protection::NONE && project.visibility == Visibility::Organization;
        let member = rows.members.iter().find(|member| {
            let invited = rows.project_roles.iter().any(|held| held.holder == Holder::Account(member.account));
            let in_team = rows.team_members.iter().any(|row| row.account == member.account);
            member.organization == project.organization
                && member.role == Role::Developer.into()
                && member.expires_at.is_none()
                && !invited
                && !in_team
        });
        Some((member.filter(|_| open)?.account, environment))
    });
    found.expect("a platform has such a Developer")
}

/// Shuts a Developer out of a cluster and lets them in again; each time, until the answer says so.
fn change(effort: &Effort, loaded: &mut Loaded, rows: &mut Rows) -> Option<Spread> {
    let (account, environment) = developer(rows);
    let cluster = environment.cluster;
    let question = Question::new(account, Action::Deploy, ResourceId::Environment(environment.id)).at(NOW);
    if !loaded.engine.can_be_asked(&question) {
        return None;
    }
    let levels = [(ClusterAccess::None, Answer::Deny), (ClusterAccess::Deploy, Answer::Allow)];
    let times = levels.iter().cycle().take(2 * effort.repeats).map(|(level, expected)| {
        let holder = Holder::Account(account);
        let changed = Access { cluster, holder, level: *level, expires_at: None };
        rows.cluster_access.retain(|held| (held.cluster, held.holder) != (cluster, holder));
        rows.cluster_access.push(changed.clone());
        let (time, got) = meter::time(|| {
            loaded.engine.set_access(rows, &changed);
            loaded.engine.answer(&question)
        });
        assert_eq!(got, *expected, "{}: {changed:?}", loaded.name);
        nanoseconds(time)
    });
    Some(Spread::of(times.collect()))
}

/// Finds the environments that a Developer may deploy to, among many of one organization: each engine as it can.
fn list(effort: &Effort) -> Vec<Option<Spread>> {
    let customer = Customer { members: 25, clusters: 50, environments: effort.listed as usize };
    let rows = platform(Size::of_memberships(100).with_customer(customer), SEED);
    let (account, environment) = developer(&rows);
    let projects = projects(&rows);
    let organization = projects[environment.project].organization;
    let own = rows.environments.iter().filter(|row| projects[row.project].organization == organization);
    let environments: Vec<_> = own.map(|row| row.id).collect();
    assert_eq!(environments.len(), customer.environments, "the Developer is one of the customer's");
    let all = Listing { account, now: NOW, action: Action::Deploy, organization, environments };
    let one = all.questions().next().expect("there are environments");
    let mut engines = load(&rows);
    progress(&format!("listing {} environments", all.environments.len()));
    let mut times = vec![Vec::new(); engines.len()];
    let mut expected = None;
    for _ in 0..effort.repeats {
        for (loaded, times) in engines.iter_mut().zip(&mut times) {
            if loaded.engine.can_be_asked(&one) {
                let (time, found) = meter::time(|| black_box(loaded.engine.list(&all)));
                let listed = all.environments.len();
                assert!(0 < found && found < listed, "{}: {found} of {listed}", loaded.name);
                assert_eq!(*expected.get_or_insert(found), found, "{}", loaded.name);
                times.push(nanoseconds(time));
            }
        }
    }
    times.into_iter().map(|times| (!times.is_empty()).then(|| Spread::of(times))).collect()
}

/// Asks the same questions of a platform, alone and beside organizations that they are not about.
fn add_unrelated(effort: &Effort) -> Vec<Option<Unrelated>> {
    let size = of_users(effort.middle);
    let rows = platform(size, SEED);
    let grown = platform_beside(size, Size::of_memberships(125 * effort.unrelated as usize), SEED);
    let mut engines = load(&rows);
    let questions = questions_for(effort, &engines, &rows, Kind::Deploy);
    let loaded = engines.len();
    engines.extend(load(&grown));
    progress(&format!("{} further organizations", effort.unrelated));
    let mut decisions = sample(effort, &mut engines, &questions).into_iter();
    let without: Vec<_> = decisions.by_ref().take(loaded).collect();
    let heap = (0..loaded).map(|engine| engines[loaded + engine].heap - engines[engine].heap);
    let both = without.into_iter().zip(decisions).zip(heap);
    both.map(|((without, with), heap)| Some(Unrelated { without: without?.time, with: with?.time, heap })).collect()
}

const SEED: u64 = 20_261_121;

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

fn progress(what: &str) {
    eprintln!("{what}");
}

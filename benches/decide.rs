//! How long a decision takes when its facts are at hand: packed in the order in which they are asked, so that none has to
//! be found. Beside it what a team would write by hand: a match over role, override and protection, found already.
//!
//! `cargo bench --bench decide`; with ` -- table` only the table of ratios.

#[path = "../src/testing.rs"]
#[expect(unreachable_pub, unused_imports, dead_code, reason = "the library publishes it, and a bench uses part of it")]
mod testing;
#[expect(dead_code, reason = "these questions are not asked by id")]
mod world;

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use shipgate::directory::{AccountRef, MembershipRef, Rows};
use shipgate::model::ResourceKind;
use shipgate::{
    Account, Action, Cluster, ClusterAccess, CustomRole, Decision, Directory, Environment, Grant, Organization,
    Protection, Resource, ResourceId, Subject, Time, decide,
};

use testing::{Mix, NOW, Oracle, questions};
use world::by_hand::{Acting, Answer, on_cluster, on_environment, on_organization};
use world::question::Packed;
use world::simple_platform;
use world::table::{Contestant, Pass, Rounds, STRETCH, only_a_test};

fn main() {
    let (accounts, questions, rounds) = if only_a_test() { (5_000, 5_000, 1) } else { (100_000, 1_000_000, 5) };
    let rows = simple_platform(accounts, 1);
    let directory = Directory::try_from(&rows).expect("the rows load");
    let streams = Stream::all(&rows, &directory, questions);

    let mut criterion = Criterion::default().configure_from_args();
    bench(&mut criterion, &directory, &streams);
    criterion.final_summary();

    table(&directory, &streams, rounds);
}

/// Distinct questions of one sort: by their answer, and by what they are about.
struct Stream {
    name: &'static str,
    answer: Option<Answer>,
    about: Option<ResourceKind>,
    questions: Vec<Packed<u64>>,
}

const fn stream(name: &'static str, answer: Option<Answer>, about: Option<ResourceKind>) -> Stream {
    Stream { name, answer, about, questions: Vec::new() }
}

impl Stream {
    /// Every sort. Each answer is that of the oracle, and that of the match written by hand.
    fn all(rows: &Rows<u64>, directory: &Directory<u64>, count: usize) -> Vec<Self> {
        use Answer::{Allow, Deny, NeedsApproval};
        use ResourceKind::{Cluster, Environment, Organization};

        let mut streams = vec![
            stream("mixed", None, None),
            stream("allow/all", Some(Allow), None),
            stream("allow/cluster", Some(Allow), Some(Cluster)),
            stream("allow/environment", Some(Allow), Some(Environment)),
            stream("allow/organization", Some(Allow), Some(Organization)),
            stream("deny/all", Some(Deny), None),
            stream("deny/cluster", Some(Deny), Some(Cluster)),
            stream("deny/environment", Some(Deny), Some(Environment)),
            stream("deny/organization", Some(Deny), Some(Organization)),
            stream("require_approval/environment", Some(NeedsApproval), Some(Environment)),
        ];
        let oracle = Oracle::new(rows);
        for question in questions(rows, Mix::PLATFORM, 2).take(count * 16) {
            let packed = Packed::of(&question);
            let (facts, by_hand) = (Facts::of(&packed, directory), FactsByHand::of(&packed, directory));
            let (Some(facts), Some(by_hand)) = (facts, by_hand) else { continue };
            let (answer, about) = (facts.ask(), question.resource.kind());
            let wanting = |stream: &&mut Self| stream.questions.len() < count && stream.takes(answer.into(), about);
            let mut takers = streams.iter_mut().filter(wanting).peekable();
            if takers.peek().is_some() {
                let right = oracle.decide(&question);
                assert_eq!(answer, right, "{question:?}");
                assert_eq!(by_hand.ask(), Answer::from(right), "by hand: {question:?}");
            }
            takers.for_each(|stream| stream.questions.push(packed));
            if streams.iter().all(|stream| stream.questions.len() == count) {
                break;
            }
        }
        for Self { name, questions, .. } in &streams {
            assert!(questions.len() > count / 100, "{name}: a platform has many of each sort");
        }
        streams
    }

    fn takes(&self, answer: Answer, about: ResourceKind) -> bool {
        self.answer.is_none_or(|of| of == answer) && self.about.is_none_or(|of| of == about)
    }

    /// Packs the facts of the questions, a stretch at a time, and times only the asking.
    fn time<F: AtHand>(&self, directory: &Directory<u64>) -> Duration {
        let (mut packed, mut pass) = (Vec::with_capacity(STRETCH), Pass::default());
        for stretch in self.questions.chunks(STRETCH) {
            packed.clear();
            packed.extend(stretch.iter().filter_map(|question| F::of(question, directory)));
            pass.ask(&packed, F::ask);
        }
        pass.undisturbed()
    }
}

/// The facts of one question, of a size of their own.
trait AtHand: Sized {
    type Answer;

    /// The facts, unless nobody knows the resource.
    fn of(question: &Packed<u64>, directory: &Directory<u64>) -> Option<Self>;

    fn ask(&self) -> Self::Answer;
}

/// The facts that the library reads.
struct Facts {
    account: Option<Account<u64>>,
    action: Action<&'static CustomRole<u64>>,
    resource: Held,
}

enum Held {
    Organization(Organization<u64>),
    Cluster(Cluster<u64>),
    Environment(Environment<u64>),
}

impl AtHand for Facts {
    type Answer = Decision;

    fn of(question: &Packed<u64>, directory: &Directory<u64>) -> Option<Self> {
        let resource = match &question.resource {
            ResourceId::Organization(id) => Held::Organization(directory.organization(id)?.to_organization()),
            ResourceId::Cluster(id) => Held::Cluster(directory.cluster(id)?.to_cluster()),
            ResourceId::Environment(id) => Held::Environment(directory.environment(id)?.to_environment()),
            _ => return None,
        };
        // No question names a custom role.
        let action = question.action.map(|role| unreachable!("{role}"));
        Some(Self { account: directory.account(&question.account).map(AccountRef::to_account), action, resource })
    }

    #[inline]
    fn ask(&self) -> Decision {
        let subject = self.account.as_ref().map_or(Subject::unknown(), Subject::new).at(NOW);
        let resource = match &self.resource {
            Held::Organization(organization) => Resource::Organization(organization),
            Held::Cluster(cluster) => Resource::Cluster(cluster),
            Held::Environment(environment) => Resource::Environment(environment),
        };
        decide(subject, self.action, resource)
    }
}

/// The facts that the match written by hand reads.
struct FactsByHand {
    role: Option<Acting>,
    access: Option<ClusterAccess>,
    action: Action<&'static u64>,
    on: On,
}

enum On {
    Organization,
    Cluster,
    Environment(Protection),
}

impl AtHand for FactsByHand {
    type Answer = Answer;

    fn of(question: &Packed<u64>, directory: &Directory<u64>) -> Option<Self> {
        let (organization, cluster, on) = match &question.resource {
            ResourceId::Organization(id) => (directory.organization(id)?.id(), None, On::Organization),
            ResourceId::Cluster(id) => (directory.cluster(id)?.organization(), Some(id), On::Cluster),
            ResourceId::Environment(id) => {
                let environment = directory.environment(id)?;
                let on = On::Environment(environment.protection());
                (environment.organization(), Some(environment.cluster()), on)
            }
            _ => return None,
        };
        let account = directory.account(&question.account);
        let live = |expires_at: Option<Time>| expires_at.is_none_or(|expiry| NOW < expiry);
        let membership = account
            .and_then(|account| account.membership(organization))
            .filter(|membership| live(membership.expires_at()));
        let acting = |membership: MembershipRef<'_, u64>| {
            let kind = account.map(AccountRef::kind)?;
            Some(Acting::of(kind, membership.rank(), membership.permissions()))
        };
        let role = membership.and_then(acting);
        let access = cluster.and_then(|cluster| {
            let (membership, live) = (membership?, |grant: &Grant<ClusterAccess>| live(grant.expires_at()));
            let own = membership.cluster_access(cluster).filter(live);
            let of_teams = || membership.teams().filter_map(|team| access_of_team(directory, *team, *cluster));
            own.map(|grant| grant.value()).or_else(|| of_teams().filter(live).map(|grant| grant.value()).max())
        });
        Some(Self { role, access, action: question.action, on })
    }

    #[inline]
    fn ask(&self) -> Answer {
        let Some(role) = self.role else { return Answer::Deny };
        match self.on {
            On::Organization => on_organization(role, self.action),
            On::Cluster => on_cluster(role, self.action, || self.access),
            On::Environment(protection) => on_environment(role, self.action, protection, || self.access),
        }
    }
}

fn access_of_team(directory: &Directory<u64>, team: u64, cluster: u64) -> Option<Grant<ClusterAccess>> {
    directory.team(&team)?.cluster_accesses().find_map(|(on, _, grant)| (*on == cluster).then_some(grant))
}

fn bench(criterion: &mut Criterion, directory: &Directory<u64>, streams: &[Stream]) {
    let mut group = criterion.benchmark_group("decide");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(200));
    for stream in streams {
        group.throughput(Throughput::Elements(stream.questions.len() as u64));
        group.bench_function(stream.name, |bencher| {
            bencher.iter_custom(|passes| (0..passes).map(|_| stream.time::<Facts>(directory)).sum());
        });
        group.bench_function(BenchmarkId::new("by_hand", stream.name), |bencher| {
            bencher.iter_custom(|passes| (0..passes).map(|_| stream.time::<FactsByHand>(directory)).sum());
        });
    }
    group.finish();
}

/// Prints nanoseconds a decision, and how they compare.
fn table(directory: &Directory<u64>, streams: &[Stream], rounds: usize) {
    let by_hand = |name: &str| format!("{name}, by hand");
    let mut contestants = Vec::new();
    for stream in streams {
        let (name, questions) = (stream.name.to_owned(), stream.questions.len());
        let pass = Box::new(|| stream.time::<FactsByHand>(directory)) as Box<dyn FnMut() -> Duration>;
        contestants.push(Contestant { name: by_hand(&name), pass, questions });
        contestants.push(Contestant { name, pass: Box::new(|| stream.time::<Facts>(directory)), questions });
    }
    let times = Rounds::run(&mut contestants, rounds);

    println!("facts at hand, ns a decision: median (lowest–highest) of {rounds} rounds");
    println!("{:<29}{:>10}{:>22}{:>22}{:>22}", "", "questions", "shipgate", "by hand", "shipgate / by hand");
    for Stream { name, questions, .. } in streams {
        let (nanos, nanos_by_hand) = (times.nanos(name), times.nanos(&by_hand(name)));
        let ratio = times.ratio(name, &by_hand(name));
        println!("{name:<29}{:>10}{nanos:>22.1}{nanos_by_hand:>22.1}{ratio:>22.2}", questions.len());
    }
    for about in ["all", "cluster", "environment", "organization"] {
        let ratio = times.ratio(&format!("deny/{about}"), &format!("allow/{about}"));
        println!("deny / allow, {about:<15}{ratio:>22.2}");
    }
}

//! How long a decision takes when its facts are at hand: packed in the order in which they are asked, so that none has to
//! be found; and when the membership was found before too. Beside it what a team would write by hand: the match that knows the whole policy, on the same facts; and the least,
//! a match over role, override and protection, found already.

use std::time::Duration;

use shipgate::directory::{AccountRef, MembershipRef, Rows};
use shipgate::model::ResourceKind;
use shipgate::policy::ActingMember;
use shipgate::{
    Account, Action, Cluster, ClusterAccess, CustomRole, Decision, Directory, Environment, Grant, Membership,
    Organization, Protection, Resource, ResourceId, Subject, Time, decide,
};

use crate::sheet::{Goal, Sheet};
use crate::testing::{Mix, NOW, Oracle, questions};
use crate::world::by_hand::policy::{self, Guarded};
use crate::world::by_hand::{Acting, Answer, on_cluster, on_environment, on_organization};
use crate::world::question::Packed;
use crate::world::simple_platform;
use crate::world::table::{Contestant, Pass, Rounds, STRETCH, only_a_test};

pub(crate) fn run(sheet: &mut Sheet) {
    let (accounts, questions, rounds) = if only_a_test() { (5_000, 5_000, 1) } else { (100_000, 200_000, 5) };
    let rows = simple_platform(accounts, 1);
    let directory = Directory::try_from(&rows).expect("the rows load");
    let streams = Stream::all(&rows, &directory, questions);
    table(sheet, &directory, &streams, rounds);
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
    /// Every sort. Each answer is that of the oracle, and that of the matches written by hand.
    fn all(rows: &Rows<u64>, directory: &Directory<u64>, count: usize) -> Vec<Self> {
        use Answer::{Allow, Deny, NeedsApproval};
        use ResourceKind::{Cluster, Environment, Organization};

        let mut streams = vec![
            stream("mixed", None, None),
            stream("cluster", None, Some(Cluster)),
            stream("environment", None, Some(Environment)),
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
            let (facts, least) = (Facts::of(&packed, directory), FactsByHand::of(&packed, directory));
            let (Some(facts), Some(least)) = (facts, least) else { continue };
            let (answer, about) = (facts.ask(), question.resource.kind());
            let wanting = |stream: &&mut Self| stream.questions.len() < count && stream.takes(answer.into(), about);
            let mut takers = streams.iter_mut().filter(wanting).peekable();
            if takers.peek().is_some() {
                let right = oracle.decide(&question);
                assert_eq!(answer, right, "{question:?}");
                assert_eq!(least.ask(), Answer::from(right), "by hand, the least: {question:?}");
                assert_eq!(FoundBefore::of(&facts).ask(), right, "membership found before: {question:?}");
                let by_hand = SameFacts(facts);
                assert_eq!(by_hand.ask(), Answer::from(right), "by hand, the whole policy: {question:?}");
                assert_eq!(FoundByHand::of(&by_hand).ask(), Answer::from(right), "by hand, found before: {question:?}");
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
        self.time_by::<F>(directory, |packed, pass| pass.ask(packed, F::ask))
    }

    /// The same, where `ask` times the asking itself.
    fn time_by<F: AtHand>(&self, directory: &Directory<u64>, ask: impl Fn(&[F], &mut Pass)) -> Duration {
        let (mut packed, mut pass) = (Vec::with_capacity(STRETCH), Pass::default());
        for stretch in self.questions.chunks(STRETCH) {
            packed.clear();
            packed.extend(stretch.iter().filter_map(|question| F::of(question, directory)));
            ask(&packed, &mut pass);
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
        decide(self.subject(), self.action, self.resource())
    }
}

impl Facts {
    #[inline]
    fn subject(&self) -> Subject<'_, u64> {
        self.account.as_ref().map_or(Subject::unknown(), Subject::new).at(NOW)
    }

    #[inline]
    fn resource(&self) -> Resource<'_, u64> {
        match &self.resource {
            Held::Organization(organization) => Resource::Organization(organization),
            Held::Cluster(cluster) => Resource::Cluster(cluster),
            Held::Environment(environment) => Resource::Environment(environment),
        }
    }

    #[inline]
    fn organization(&self) -> &u64 {
        match &self.resource {
            Held::Organization(organization) => organization.id(),
            Held::Cluster(cluster) => cluster.organization(),
            Held::Environment(environment) => environment.organization(),
        }
    }
}

/// The same facts, with the membership found before.
struct FoundBefore<'f> {
    member: ActingMember<'f, u64>,
    action: Action<&'static CustomRole<u64>>,
    resource: Resource<'f, u64>,
}

impl<'f> FoundBefore<'f> {
    fn of(facts: &'f Facts) -> Self {
        let member = facts.subject().in_organization(facts.organization());
        Self { member, action: facts.action, resource: facts.resource() }
    }

    #[inline]
    fn ask(&self) -> Decision {
        self.member.decide(self.action, self.resource)
    }
}

/// The same facts, read by the match that knows the whole policy. It knows no teams, tokens or reasons, and always the time.
struct SameFacts(Facts);

impl AtHand for SameFacts {
    type Answer = Answer;

    fn of(question: &Packed<u64>, directory: &Directory<u64>) -> Option<Self> {
        Facts::of(question, directory).map(Self)
    }

    #[inline]
    fn ask(&self) -> Answer {
        self.ask_as(self.member())
    }
}

impl SameFacts {
    #[inline]
    fn member(&self) -> Option<(&Membership<u64>, Acting)> {
        let account = self.0.account.as_ref()?;
        let membership = account.membership(self.0.organization()).filter(|held| live(held.expires_at()))?;
        Some((membership, Acting::of(account.kind(), membership.rank(), membership.permissions())))
    }

    #[inline]
    fn ask_as(&self, member: Option<(&Membership<u64>, Acting)>) -> Answer {
        let Some((membership, role)) = member else { return Answer::Deny };
        let Self(Facts { action, resource, .. }) = self;
        match resource {
            Held::Organization(_) => policy::on_organization(role, *action),
            Held::Cluster(cluster) => {
                policy::on_cluster(role, *action, cluster.visibility(), || access(membership, *cluster.id()))
            }
            Held::Environment(environment) => {
                let on = Guarded {
                    project: environment.visibility(),
                    cluster: environment.cluster_visibility(),
                    protection: environment.protection(),
                };
                let project_role = || {
                    let held = membership.project_role(environment.project());
                    held.filter(|grant| live(grant.expires_at())).map(|grant| grant.value())
                };
                policy::on_environment(role, *action, on, project_role, || access(membership, *environment.cluster()))
            }
        }
    }
}

/// The same by hand, with the membership found before.
struct FoundByHand<'f> {
    facts: &'f SameFacts,
    member: Option<(&'f Membership<u64>, Acting)>,
}

impl<'f> FoundByHand<'f> {
    fn of(facts: &'f SameFacts) -> Self {
        Self { facts, member: facts.member() }
    }

    #[inline]
    fn ask(&self) -> Answer {
        self.facts.ask_as(self.member)
    }
}

fn access(membership: &Membership<u64>, cluster: u64) -> Option<ClusterAccess> {
    membership.cluster_access(&cluster).filter(|grant| live(grant.expires_at())).map(|grant| grant.value())
}

fn live(expires_at: Option<Time>) -> bool {
    expires_at.is_none_or(|expiry| NOW < expiry)
}

/// The facts that the least match written by hand reads.
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
        let membership = account
            .and_then(|account| account.membership(organization))
            .filter(|membership| live(membership.expires_at()));
        let acting = |membership: MembershipRef<'_, u64>| {
            let kind = account.map(AccountRef::kind)?;
            Some(Acting::of(kind, membership.rank(), membership.permissions()))
        };
        let role = membership.and_then(acting);
        let access = cluster.and_then(|cluster| {
            let own = membership?.cluster_access(cluster);
            own.filter(|grant: &Grant<ClusterAccess>| live(grant.expires_at())).map(|grant| grant.value())
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

/// Prints nanoseconds a decision, and how they compare.
fn table(sheet: &mut Sheet, directory: &Directory<u64>, streams: &[Stream], rounds: usize) {
    let (whole, least) = (|name: &str| format!("{name}, whole"), |name: &str| format!("{name}, least"));
    let (found, found_by_hand) = (|name: &str| format!("{name}, found"), |name: &str| format!("{name}, found, whole"));
    let mut contestants = Vec::new();
    for stream in streams {
        let (name, count) = (stream.name, stream.questions.len());
        contestants.push(Contestant::new(least(name), count, || stream.time::<FactsByHand>(directory)));
        contestants.push(Contestant::new(whole(name), count, || stream.time::<SameFacts>(directory)));
        contestants.push(Contestant::new(name, count, || stream.time::<Facts>(directory)));
        contestants.push(Contestant::new(found(name), count, || {
            stream.time_by::<Facts>(directory, |facts, pass| {
                let members: Vec<_> = facts.iter().map(FoundBefore::of).collect();
                pass.ask(&members, FoundBefore::ask);
            })
        }));
        contestants.push(Contestant::new(found_by_hand(name), count, || {
            stream.time_by::<SameFacts>(directory, |facts, pass| {
                let members: Vec<_> = facts.iter().map(FoundByHand::of).collect();
                pass.ask(&members, FoundByHand::ask);
            })
        }));
    }
    let times = Rounds::run(&mut contestants, rounds);

    println!("facts at hand, ns a decision: median (lowest–highest) of {rounds} rounds");
    println!(
        "{:<29}{:>10}{:>20}{:>20}{:>20}{:>10}{:>10}",
        "", "questions", "shipgate", "whole", "least", "s / w", "s / l"
    );
    for Stream { name, questions, .. } in streams {
        let [nanos, of_whole, of_least] = [name, &*whole(name), &*least(name)].map(|name| times.nanos(name));
        let [to_whole, to_least] = [whole(name), least(name)].map(|other| times.ratio(name, &other).median());
        let count = questions.len();
        println!("{name:<29}{count:>10}{nanos:>20.1}{of_whole:>20.1}{of_least:>20.1}{to_whole:>10.2}{to_least:>10.2}");
    }
    println!("the membership found before: ns a decision, by hand, to by hand");
    for Stream { name, .. } in streams {
        let [nanos, by_hand] = [found(name), found_by_hand(name)].map(|name| times.nanos(&name));
        let ratio = times.ratio(&found(name), &found_by_hand(name)).median();
        println!("{name:<29}{nanos:>20.1}{by_hand:>20.1}{ratio:>10.2}");
    }
    for about in ["all", "cluster", "environment", "organization"] {
        let ratio = times.ratio(&format!("deny/{about}"), &format!("allow/{about}"));
        println!("deny / allow, {about:<15}{ratio:>22.2}");
    }

    sheet.amount("facts at hand, mixed", times.nanos("mixed"), "ns", Goal::AtMost(17.0));
    for name in ["mixed", "cluster", "environment"] {
        let kind = format!("facts at hand, {name}");
        if name != "mixed" {
            sheet.amount(&kind, times.nanos(name), "ns", Goal::AtMost(14.0));
        }
        sheet.ratio(format!("{kind}, to the whole policy by hand"), times.ratio(name, &whole(name)), Goal::Open);
    }
    for name in ["mixed", "cluster", "environment"] {
        let kind = format!("membership found before, {name}");
        let found = found(name);
        sheet.amount(&kind, times.nanos(&found), "ns", Goal::AtMost(8.0));
        sheet.ratio(
            format!("{kind}, to the whole policy by hand"),
            times.ratio(&found, &whole(name)),
            Goal::AtMost(0.8),
        );
        let by_hand = times.ratio(&found, &found_by_hand(name));
        sheet.ratio(format!("{kind}, to by hand with the membership found before"), by_hand, Goal::Open);
    }
}

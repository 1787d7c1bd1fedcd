//! Nobody but an Owner comes to more by their own acts, and the last Owner stays: every sequence of allowed changes, up to
//! a depth, from small worlds with one attacker each.

mod alphabet;
mod gain;
mod owners;
mod scene;
mod search;

use std::collections::BTreeSet;

use shipgate::change::Change;
use shipgate::{ClusterAccess, Directory, Grant, ProjectRole, Role, SubjectId, Time};

use gain::{Gain, Stake};
use scene::{Attacker, BEFORE, Id, LATER, NOW, acme, acme_beside_evil_corp, acme_with_an_idle_cluster};
use search::{Move, OthersDoNotMatter, Path, Search, Watch};

/// How many changes an attacker makes, one after another.
const DEPTH: usize = 4;

const VIEW: Grant<ClusterAccess> = Grant::new(ClusterAccess::View);

#[test]
fn an_admin_who_was_lowered_on_a_cluster_gains_nothing() {
    let carol = Attacker::user("carol", Role::Admin).on_clusters([("us-east", VIEW)]);
    Siege::by(&carol).fails(80_000);
}

#[test]
fn an_admin_who_was_lowered_on_an_idle_cluster_gains_nothing() {
    let carol = Attacker::user("carol", Role::Admin)
        .on_clusters([("us-east", Grant::new(ClusterAccess::None)), ("us-west", Grant::new(ClusterAccess::View))]);
    Siege { world: acme_with_an_idle_cluster(&carol), ..Siege::by(&carol) }.fails(1_000);
}

#[test]
fn an_admin_gains_nothing_by_what_it_does_to_others() {
    let carol = Attacker::user("carol", Role::Admin).on_clusters([("us-east", VIEW)]);
    Siege::by(&carol).fails_whoever_it_acts_upon(3, 2_000);
}

#[test]
fn an_admin_who_is_shut_out_for_a_time_gains_nothing() {
    let shut_out = Grant::new(ClusterAccess::None).until(LATER);
    let carol = Attacker::user("carol", Role::Admin)
        .on_clusters([("us-east", shut_out), ("us-west", Grant::new(ClusterAccess::Deploy))])
        .in_projects([("vault", Grant::new(ProjectRole::Viewer))]);
    Siege::by(&carol).without_a_time().fails(20_000);
    let for_a_time = carol.until(LATER);
    Siege::by(&for_a_time).fails(20_000);
    Siege::by(&for_a_time).without_a_time().fails(1);
}

#[test]
fn a_service_account_that_is_an_admin_gains_nothing() {
    let bot = Attacker::service("ci-bot", Role::Admin)
        .on_clusters([("us-east", VIEW), ("us-west", Grant::new(ClusterAccess::Deploy))]);
    Siege::by(&bot).fails(20_000);
}

#[test]
fn a_service_account_that_is_named_owner_gains_nothing() {
    let bot = Attacker::service("ci-bot", Role::Owner)
        .on_clusters([("us-east", Grant::new(ClusterAccess::None)), ("us-west", Grant::new(ClusterAccess::Deploy))]);
    Siege::by(&bot).fails(20_000);
}

#[test]
fn a_developer_gains_nothing() {
    let alice = Attacker::user("alice", Role::Developer);
    Siege::by(&alice).fails(2);
    let lowered = [("shop", Grant::new(ProjectRole::Viewer)), ("vault", Grant::new(ProjectRole::Developer))];
    Siege::by(&alice.on_clusters([("us-west", Grant::new(ClusterAccess::Manage))]).in_projects(lowered)).fails(2);
}

#[test]
fn a_developer_who_is_a_project_admin_gains_nothing() {
    let alice = Attacker::user("alice", Role::Developer)
        .on_clusters([("us-east", VIEW)])
        .in_projects([("shop", Grant::new(ProjectRole::Admin))]);
    Siege::by(&alice).fails(1_500);
    Siege::by(&alice).fails_whoever_it_acts_upon(3, 50);
}

#[test]
fn a_developer_who_is_a_project_admin_for_a_time_gains_nothing() {
    let alice = Attacker::user("alice", Role::Developer)
        .on_clusters([
            ("us-west", Grant::new(ClusterAccess::Manage)),
            ("us-east", Grant::new(ClusterAccess::None).until(LATER)),
        ])
        .in_projects([
            ("shop", Grant::new(ProjectRole::Admin).until(BEFORE)),
            ("vault", Grant::new(ProjectRole::Admin).until(LATER)),
        ]);
    Siege::by(&alice).fails(200);
    Siege::by(&alice).without_a_time().fails(2);
    Siege::by(&alice.until(LATER)).fails(200);
}

#[test]
fn a_viewer_who_is_a_project_admin_gains_nothing() {
    let victor = Attacker::user("victor", Role::Viewer)
        .on_clusters([("us-west", Grant::new(ClusterAccess::Manage)), ("us-east", Grant::new(ClusterAccess::None))])
        .in_projects([("shop", Grant::new(ProjectRole::Admin)), ("vault", Grant::new(ProjectRole::Admin))]);
    Siege::by(&victor).fails(500);
    Siege::by(&victor).fails_whoever_it_acts_upon(3, 50);
}

#[test]
fn a_viewer_with_an_override_left_behind_gains_nothing() {
    let victor = Attacker::user("victor", Role::Viewer).on_clusters([("us-west", Grant::new(ClusterAccess::Manage))]);
    Siege::by(&victor).fails(2);
}

#[test]
fn a_billing_member_gains_nothing_whatever_was_granted() {
    let betty = Attacker::user("betty", Role::Billing)
        .on_clusters([("us-east", Grant::new(ClusterAccess::Manage)), ("us-west", Grant::new(ClusterAccess::Deploy))])
        .in_projects([("shop", Grant::new(ProjectRole::Admin)), ("vault", Grant::new(ProjectRole::Developer))]);
    Siege::by(&betty).fails(2);
}

#[test]
fn a_member_whose_time_is_over_gains_nothing() {
    let carol = Attacker::user("carol", Role::Admin).until(BEFORE);
    Siege::by(&carol).fails(1);
    Siege::by(&carol).without_a_time().fails(1);
}

#[test]
fn an_owner_of_another_organization_gains_nothing_in_this_one() {
    let alice = Attacker::user("alice", Role::Developer)
        .on_clusters([("us-east", VIEW)])
        .in_projects([("shop", Grant::new(ProjectRole::Admin))]);
    Siege { world: acme_beside_evil_corp(&alice), ..Siege::by(&alice) }.fails(20_000);
}

/// The search would find what the rules forbid: an Owner can do it, for the attacker or for itself.
#[test]
fn what_an_owner_may_give_or_take_is_found() {
    let carol = Attacker::user("carol", Role::Admin).on_clusters([("us-east", VIEW)]);
    let siege = Siege::by(&carol);
    let every_gain = [
        Gain::Ownership,
        Gain::ClusterAccess { cluster: "us-east", from: ClusterAccess::View, to: ClusterAccess::Deploy },
        Gain::ClusterAccess { cluster: "us-east", from: ClusterAccess::View, to: ClusterAccess::Manage },
        Gain::Deploy { environment: "locked" },
        Gain::Deploy { environment: "open" },
        Gain::Deploy { environment: "owner-approved" },
    ];
    assert_eq!(siege.gains_by("olivia"), BTreeSet::from(every_gain));

    let olivia = Attacker::user("olivia", Role::Owner);
    let loosened = [Gain::Deploy { environment: "locked" }, Gain::Deploy { environment: "owner-approved" }];
    let siege = Siege { who: olivia.id, ..Siege::by(&carol) };
    assert_eq!(siege.gains_by("olivia"), BTreeSet::from(loosened));
}

/// One attacker against a world.
struct Siege {
    world: Directory<Id>,
    who: Id,
    now: Option<Time>,
}

impl Siege {
    fn by(attacker: &Attacker) -> Self {
        Self { world: acme(attacker), who: attacker.id, now: Some(NOW) }
    }

    fn without_a_time(self) -> Self {
        Self { now: None, ..self }
    }

    /// The attacker gains nothing, having reached at least so many states.
    ///
    /// Changes to other members are tried in the shorter sequences only. Longer ones need none: nothing that the attacker
    /// may do to itself and to things depends on what others hold, as the shorter ones have seen.
    fn fails(&self, at_least: usize) {
        self.fails_whoever_it_acts_upon(2, 0);

        let moves = self.moves_of(self.who).into_iter().filter(|(_, change)| !self.is_about_another(change));
        let moves: Vec<_> = moves.collect();
        let stake = Stake::of(self.subject(self.who), &self.world);
        let seen = self.search(&moves, DEPTH).run(&mut Guard { stake: &stake, others: None });
        println!("{}, without changes to others: {seen}", self.who);
        assert!(seen.states >= at_least, "too little was reached: {seen}");
    }

    /// The attacker gains nothing by so many changes, whoever they are about; and what others hold does not matter to it,
    /// at least so often as states that differ in that alone were compared.
    fn fails_whoever_it_acts_upon(&self, depth: usize, at_least: usize) {
        let moves = self.moves_of(self.who);
        let about_others = moves.iter().map(|(_, change)| self.is_about_another(change)).collect();
        let stake = Stake::of(self.subject(self.who), &self.world);
        let others = OthersDoNotMatter::new(self.who, about_others);
        let mut guard = Guard { stake: &stake, others: Some(others) };
        let seen = self.search(&moves, depth).run(&mut guard);
        let compared = guard.others.map_or(0, |others| others.compared);
        println!("{}, whoever is acted upon: {seen}, {compared} compared", self.who);
        assert!(compared >= at_least, "too few states were compared: {compared}");
    }

    /// What another account can do for the attacker, by two changes.
    fn gains_by(&self, other: &str) -> BTreeSet<Gain> {
        let stake = Stake::of(self.subject(self.who), &self.world);
        let mut found = Found { stake: &stake, gains: BTreeSet::new() };
        self.search(&self.moves_of(other), 2).run(&mut found);
        found.gains
    }

    fn search<'a>(&'a self, moves: &'a [Move<'a>], depth: usize) -> Search<'a> {
        Search { start: &self.world, moves, depth }
    }

    fn moves_of<'a>(&self, who: &'a str) -> Vec<Move<'a>> {
        let who = self.subject(who);
        alphabet::changes(&self.world).into_iter().map(|change| (who, change)).collect()
    }

    fn subject<'a>(&self, id: &'a str) -> SubjectId<'a, Id, str> {
        match self.now {
            Some(now) => SubjectId::new(id).at(now),
            None => SubjectId::new(id),
        }
    }

    fn is_about_another(&self, change: &Change<Id>) -> bool {
        alphabet::member(change).is_some_and(|account| account != self.who)
    }
}

/// Lets no gain pass.
struct Guard<'a> {
    stake: &'a Stake<'a>,
    others: Option<OthersDoNotMatter<'a>>,
}

impl Watch for Guard<'_> {
    fn see(&mut self, state: &Directory<Id>, path: Path<'_>) {
        let gains = self.stake.gains(state);
        assert!(gains.is_empty(), "{gains:?} by {path}");
    }

    fn see_answers(&mut self, state: &Directory<Id>, allowed: &[bool]) {
        if let Some(others) = &mut self.others {
            others.see_answers(state, allowed);
        }
    }
}

/// Remembers every gain.
struct Found<'a> {
    stake: &'a Stake<'a>,
    gains: BTreeSet<Gain>,
}

impl Watch for Found<'_> {
    fn see(&mut self, state: &Directory<Id>, _: Path<'_>) {
        self.gains.extend(self.stake.gains(state));
    }

    fn see_answers(&mut self, _: &Directory<Id>, _: &[bool]) {}
}

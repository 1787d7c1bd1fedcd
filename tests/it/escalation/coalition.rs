//! Law 7 by search: whatever accounts that are no Owners do together, with all whom they make members, up to four changes one
//! after another, now and later, none of them comes to hold what none of them held.

use shipgate::change::{Change, ChangeError};
use shipgate::model::Permission;
use shipgate::{
    AnyRole, ClusterAccess, Directory, Grant, ProjectRole, Protection, Reason, Role, RoleDefinition, RolePermissions,
    SubjectId, Time,
};

use super::alphabet::{self, Parameters};
use super::law::Law;
use super::scene::{self, ACME, Id, LATER, LATEST, NEWCOMER, NOW, OWNER, OWNER_APPROVED, TIMES, admin_but};
use super::search::{Move, Search, Seen};
use crate::testing::oracle::protection::custodian;
use crate::world::fresh::fresh;

/// How many changes are made, one after another.
const DEPTH: usize = 4;

/// A coalition and a world.
struct Coalition {
    world: Directory<Id>,
    /// Who belongs to it at the start.
    accounts: Vec<Id>,
    parameters: Parameters,
    /// The times at which changes are made, one after another; each may be said or not.
    clocks: Vec<Option<Time>>,
}

/// The rule of the policy that a search takes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Without {
    Nothing,
    Roles,
    Levels,
    Expiries,
    Outlast,
    Loosening,
}

impl Coalition {
    fn moves(&self) -> Vec<Move> {
        let changes = alphabet::changes(&self.world, &self.parameters);
        let everybody: Vec<_> = self.accounts.iter().copied().chain([NEWCOMER]).collect();
        let mut moves = Vec::new();
        for (clock, at) in self.clocks.iter().enumerate() {
            for who in &everybody {
                moves.extend(changes.iter().map(|change| Move { who, at: *at, clock, change: change.clone() }));
            }
        }
        moves
    }

    fn search(&self, depth: usize, without: Without) -> Result<Seen, String> {
        let law = Law::of(&self.world, ACME, &self.accounts, &TIMES);
        let moves = self.moves();
        let make = |tried: &Move, state: &mut Directory<Id>| make(tried, state, without);
        let accounts: Vec<_> = self.accounts.iter().copied().chain([NEWCOMER]).collect();
        Search { start: &self.world, moves: &moves, depth, make }.run(|sight| {
            if !sight.is_new {
                return Ok(());
            }
            law.judge(sight.state, &accounts, sight.path.clock()).map_err(|gain| format!("{gain}, by {}", sight.path))
        })
    }

    /// Nobody gains anything, in this many states at least.
    fn gains_nothing(&self, at_least: usize) {
        match self.search(DEPTH, Without::Nothing) {
            Ok(seen) => {
                println!("{}: {seen}", self.accounts.join(" and "));
                assert!(seen.states >= at_least, "too little was reached: {seen}");
            }
            Err(gain) => panic!("{gain}"),
        }
    }

    /// Without a rule somebody gains something.
    fn gains_without(&self, without: Without) {
        match self.search(DEPTH, without) {
            Ok(seen) => panic!("{without:?} is a rule that nothing needs here: {seen}"),
            Err(gain) => println!("without {without:?}, {gain}"),
        }
    }
}

/// Makes a change that the policy allows, or would allow without a rule: then the Owner makes it, who may do everything.
fn make(tried: &Move, state: &mut Directory<Id>, without: Without) -> bool {
    let reason = match state.change(fresh(), &tried.subject(), tried.change.clone()) {
        Ok(_) => return true,
        Err(ChangeError::Denied(denied)) => denied.reason(),
        Err(_) => None,
    };
    let would_be_allowed = match (without, reason, &tried.change) {
        // Where *rank* and *above* deny, the reason is the same: they are not in question for these changes.
        (Without::Roles, Some(Reason::Outranked { .. }), Change::InviteMember { .. })
        | (Without::Levels, Some(Reason::Escalation { .. }), Change::InviteMember { .. } | Change::ChangeRole { .. })
        | (Without::Outlast, Some(Reason::Outlasts), _) => true,
        (Without::Expiries, Some(Reason::Escalation { .. } | Reason::Outranked { .. }), change) => {
            is_allowed_for_good(state, &tried.subject(), change)
        }
        (Without::Loosening, Some(Reason::EnvironmentProtected { .. }), Change::SetProtection { to, .. }) => {
            custodian(*to) != Role::Owner
        }
        _ => false,
    };
    let owner = SubjectId::<Id, str>::new(OWNER).at(tried.at.unwrap_or(NOW));
    would_be_allowed && state.change(fresh(), &owner, tried.change.clone()).is_ok()
}

/// Whether the same grant would be allowed without an expiry.
fn is_allowed_for_good(state: &Directory<Id>, who: &SubjectId<'_, Id, str>, change: &Change<Id>) -> bool {
    let mut for_good = change.clone();
    match &mut for_good {
        Change::SetClusterAccess { to: Some(grant), .. } => *grant = Grant::new(grant.value()),
        Change::SetProjectRole { to: Some(grant), .. } => *grant = Grant::new(grant.value()),
        _ => return false,
    }
    let (action, resource) = for_good.question::<str>();
    state.decide(who, action, resource).is_allowed()
}

fn for_good<T: Copy>(values: impl IntoIterator<Item = T>) -> Vec<Option<Grant<T>>> {
    [None].into_iter().chain(values.into_iter().map(|value| Some(Grant::new(value)))).collect()
}

fn until<T: Copy>(value: T, end: Time) -> Grant<T> {
    Grant::new(value).until(end)
}

/// An Admin who was lowered, and a Developer.
fn lowered() -> Coalition {
    let mut levels = for_good([ClusterAccess::None, ClusterAccess::Deploy, ClusterAccess::Manage]);
    levels.extend([ClusterAccess::None, ClusterAccess::Manage].map(|level| Some(until(level, LATER))));
    let roles = vec![Role::Admin.into(), Role::Developer.into(), Role::Viewer.into(), Role::Owner.into()];
    let parameters = Parameters {
        roles,
        expiries: vec![None, Some(LATER)],
        levels,
        project_roles: for_good([ProjectRole::Viewer]),
        ..Parameters::default()
    };
    Coalition { world: scene::lowered(), accounts: vec!["carol", "bob"], parameters, clocks: vec![Some(NOW)] }
}

/// Two Admins for a time.
fn temporary() -> Coalition {
    let all = RolePermissions::new(Role::Admin.permissions().iter()).expect("permissions of a custom role");
    let definitions = [all, admin_but(Permission::Approve)];
    let parameters = Parameters {
        roles: vec![AnyRole::Custom("lead"), Role::Admin.into()],
        expiries: vec![None, Some(LATER), Some(LATEST)],
        levels: vec![None, Some(until(ClusterAccess::Deploy, LATER)), Some(until(ClusterAccess::Manage, LATEST))],
        project_roles: for_good([ProjectRole::Viewer]),
        definitions: definitions.map(|all| RoleDefinition::new(Role::Admin, all).expect("an Admin's")).to_vec(),
        ..Parameters::default()
    };
    let clocks = vec![Some(NOW), Some(LATER)];
    Coalition { world: scene::temporary(), accounts: vec!["carol", "ivan"], parameters, clocks }
}

/// Those who are in a project that others do not see.
fn hidden() -> Coalition {
    let mut project_roles = for_good(ProjectRole::ALL);
    project_roles.extend(ProjectRole::ALL.map(|role| Some(until(role, LATER))));
    let parameters = Parameters {
        roles: vec![Role::Developer.into()],
        expiries: vec![None],
        levels: for_good([ClusterAccess::None, ClusterAccess::Deploy]),
        project_roles,
        ..Parameters::default()
    };
    let clocks = vec![Some(NOW), Some(LATER)];
    Coalition { world: scene::hidden(), accounts: vec!["alice", "bob", "victor"], parameters, clocks }
}

/// The same, but for the one who is there for good.
fn hidden_for_a_time() -> Coalition {
    Coalition { accounts: vec!["alice", "bob"], ..hidden() }
}

/// Those who would like to deploy to what is protected from them.
fn guarded() -> Coalition {
    let parameters = Parameters {
        roles: vec![Role::Admin.into(), Role::Viewer.into()],
        expiries: vec![None],
        project_roles: for_good([ProjectRole::Admin]),
        protections: vec![Protection::NONE, Protection::REVIEWED, OWNER_APPROVED, Protection::LOCKED],
        ..Parameters::default()
    };
    Coalition { world: scene::guarded(), accounts: vec!["carol", "alice"], parameters, clocks: vec![Some(NOW)] }
}

#[test]
fn an_admin_who_was_lowered_gains_nothing_by_others() {
    lowered().gains_nothing(5_000);
}

#[test]
fn an_admin_who_was_lowered_gains_nothing_without_a_time() {
    Coalition { clocks: vec![None], ..lowered() }.gains_nothing(2_000);
}

#[test]
fn admins_for_a_time_gain_nothing_by_each_other() {
    temporary().gains_nothing(10_000);
}

#[test]
fn those_who_lead_a_hidden_project_gain_nothing_by_each_other() {
    hidden().gains_nothing(5_000);
}

#[test]
fn those_who_lead_a_hidden_project_for_a_time_keep_nothing_of_it() {
    hidden_for_a_time().gains_nothing(100);
}

#[test]
fn nobody_gains_what_is_guarded_by_others() {
    guarded().gains_nothing(5_000);
}

#[test]
fn without_a_rule_a_coalition_gains() {
    lowered().gains_without(Without::Levels);
    lowered().gains_without(Without::Expiries);
    lowered().gains_without(Without::Roles);
    temporary().gains_without(Without::Outlast);
    hidden_for_a_time().gains_without(Without::Outlast);
    guarded().gains_without(Without::Loosening);
}

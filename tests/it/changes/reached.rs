//! What sequences of changes lead to.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use shipgate::{AccountKind, ClusterAccess, ProjectRole, Protection, Role, Time, Visibility};

use super::model::{Attempt, Model, Refused};
use super::rows::{read, taken_in};
use super::twin::Twin;
use crate::corpora::attempts::HIGHEST_ID;
use crate::oracle::{Account, Cluster, Environment, Given, Id, Membership, Project, Question, World};
use crate::strategies::any_world;
use crate::testing::draw::{Bytes, Draw};

/// What is tried, and what is asked after it: bytes to be read as both, once it is known what is held.
pub(crate) type Try = Vec<u8>;

pub(crate) fn tries(most: usize) -> impl Strategy<Value = Vec<Try>> {
    vec(vec(any::<u8>(), 16..=80), 1..=most)
}

/// A world to begin with, which was loaded at some revision.
pub(crate) fn beginning() -> impl Strategy<Value = Model> {
    let loaded = (any_world(), 0..9_u64).prop_map(|(world, revision)| Model { revision, ..Model::of(taken_in(world)) });
    prop_oneof![1 => Just(Model::default()), 1 => Just(acme()), 2 => loaded]
}

/// acme-corp with something of every kind, and room for more: olivia and carol lead it, bob is a Developer with a grant of
/// each kind, a service account deploys. All its times have a form in text.
pub(crate) fn acme() -> Model {
    const ACME: Id = 0;
    let for_good = |role| Given { what: role, until: None };
    let member = |kind, role| {
        let membership = Membership { role, overrides: BTreeMap::new(), project_roles: BTreeMap::new() };
        Account { kind, memberships: BTreeMap::from([(ACME, membership)]) }
    };
    let [olivia, carol] = [Role::Owner, Role::Admin].map(|role| member(AccountKind::User, for_good(role)));
    let mut bob = member(AccountKind::User, for_good(Role::Developer));
    for membership in bob.memberships.values_mut() {
        membership.overrides = BTreeMap::from([(0, Given { what: ClusterAccess::View, until: None })]);
        let until = Some(Time::from_millis(2));
        membership.project_roles = BTreeMap::from([(0, Given { what: ProjectRole::Admin, until })]);
    }
    let ci_bot = member(AccountKind::Service, Given { what: Role::Developer, until: Some(Time::from_millis(2)) });
    let project = |visibility| Project { organization: ACME, visibility };
    let environment = |protection| Environment { project: 0, cluster: 0, protection };
    let world = World {
        organizations: BTreeSet::from([ACME]),
        accounts: (0..).zip([olivia, carol, bob, ci_bot]).collect(),
        projects: BTreeMap::from([(0, project(Visibility::Organization)), (1, project(Visibility::Members))]),
        clusters: BTreeMap::from([(0, Cluster { organization: ACME }), (1, Cluster { organization: ACME })]),
        environments: BTreeMap::from([(0, environment(Protection::NONE)), (1, environment(Protection::RESTRICTED))]),
        ..World::default()
    };
    Model { namespaces: BTreeMap::from([(0, "shop".into())]), ..Model::of(world) }
}

/// What there is after all was tried.
pub(crate) fn twin_after(beginning: &Model, tries: &[Try]) -> Twin {
    let mut twin = Twin::of(beginning.clone());
    for bytes in tries {
        let _made_or_refused = tried(&mut twin, bytes);
    }
    twin
}

/// What was tried, whether it was made, and what is to be asked after it.
pub(crate) fn tried(twin: &mut Twin, bytes: &Try) -> (Attempt, Result<(), Refused>, Vec<Question>) {
    let mut draw = Draw::new(Bytes(bytes));
    draw.highest = HIGHEST_ID;
    let attempt = draw.attempt(&twin.model);
    let outcome = twin.attempt(&attempt);
    let questions = std::iter::from_fn(|| (!draw.source.0.is_empty()).then(|| draw.question()));
    (attempt, outcome, questions.collect())
}

/// A world that a directory holds after changes.
pub(crate) fn reached_world() -> impl Strategy<Value = World> {
    (beginning(), tries(16)).prop_map(|(beginning, tries)| read(&twin_after(&beginning, &tries).directory).world)
}

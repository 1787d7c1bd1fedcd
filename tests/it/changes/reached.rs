//! What sequences of changes lead to.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, ProjectRole, Protection, Role, RoleDefinition, RolePermissions, Time,
    Visibility,
};

use super::model::{Attempt, Model, Refused};
use super::rows::read;
use super::twin::Twin;
use crate::corpora::attempts::HIGHEST_ID;
use crate::oracle::{Account, Cluster, CustomRole, Environment, Given, Id, Membership, Project, Question, Team, World};
use crate::strategies::any_world;
use crate::testing::draw::{Bytes, Draw};

/// What is tried, and what is asked after it: bytes to be read as both, once it is known what is held.
pub(crate) type Try = Vec<u8>;

pub(crate) fn tries(most: usize) -> impl Strategy<Value = Vec<Try>> {
    vec(vec(any::<u8>(), 16..=80), 1..=most)
}

/// A world to begin with, which was loaded at some revisions.
pub(crate) fn beginning() -> impl Strategy<Value = Model> {
    let loaded = (any_world(), 0..9_u64).prop_map(|(world, revision)| Model::of(world).at_revisions_from(revision));
    prop_oneof![1 => Just(Model::default()), 1 => Just(acme()), 2 => loaded]
}

/// acme-corp with something of every kind, and room for more: olivia and carol lead it, bob is a Developer with a grant of
/// each kind, a service account deploys. There are two custom roles and two teams, one with members.
pub(crate) fn acme() -> Model {
    const ACME: Id = 0;
    let soon = Some(Time::from_millis(2));
    let member = |kind, role: Given<AnyRole<Id>>| Account {
        kind,
        memberships: BTreeMap::from([(ACME, Membership::with_role(role))]),
    };
    let leads = |role: Role| member(AccountKind::User, Given::for_good(role.into()));
    let mut bob = member(AccountKind::User, Given::for_good(AnyRole::Custom(0)));
    for membership in bob.memberships.values_mut() {
        membership.overrides = BTreeMap::from([(0, Given::for_good(ClusterAccess::View))]);
        membership.project_roles = BTreeMap::from([(0, Given { what: ProjectRole::Admin, until: soon })]);
        membership.teams = BTreeSet::from([0]);
    }
    let mut ci_bot = member(AccountKind::Service, Given { what: Role::Developer.into(), until: soon });
    ci_bot.memberships.values_mut().for_each(|membership| membership.teams = BTreeSet::from([0]));
    let on_call = Team {
        organization: ACME,
        overrides: BTreeMap::from([(1, Given { what: ClusterAccess::Deploy, until: soon })]),
        project_roles: BTreeMap::from([(1, Given::for_good(ProjectRole::Developer))]),
    };
    let role = |rank: Role| {
        let permissions = RolePermissions::new(rank.permissions().iter()).expect("a rank may have its own permissions");
        CustomRole {
            organization: ACME,
            definition: RoleDefinition::new(rank, permissions).expect("and so may a role"),
        }
    };
    let project = |visibility| Project { organization: ACME, visibility };
    let cluster = |visibility| Cluster { organization: ACME, visibility };
    let environment = |protection| Environment { project: 0, cluster: 0, protection };
    let world = World {
        organizations: BTreeSet::from([ACME]),
        accounts: (0..).zip([leads(Role::Owner), leads(Role::Admin), bob, ci_bot]).collect(),
        roles: BTreeMap::from([(0, role(Role::Developer)), (1, role(Role::Admin))]),
        teams: BTreeMap::from([(0, on_call), (1, Team::of_organization(ACME))]),
        projects: BTreeMap::from([(0, project(Visibility::Organization)), (1, project(Visibility::Members))]),
        clusters: BTreeMap::from([(0, cluster(Visibility::Organization)), (1, cluster(Visibility::Members))]),
        environments: BTreeMap::from([(0, environment(Protection::NONE)), (1, environment(Protection::RESTRICTED))]),
        ..World::default()
    };
    Model::of(world)
}

/// What there is after all was tried.
pub(crate) fn twin_after(beginning: &Model, tries: &[Try]) -> Twin {
    let mut twin = Twin::of(beginning.clone());
    for bytes in tries {
        let _made_or_refused = tried(&mut twin, bytes);
    }
    twin
}

/// What is tried by these bytes on what is held.
pub(crate) fn drawn(twin: &Twin, bytes: &Try) -> Attempt {
    let mut draw = Draw::new(Bytes(bytes));
    draw.highest = HIGHEST_ID;
    draw.attempt(&twin.model)
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

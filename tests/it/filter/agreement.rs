//! Generated filters, and what any database must select by them: exactly what `decide` allows.

use std::collections::BTreeSet;
use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use shipgate::directory::{ClusterRef, EnvironmentRef, ProjectRef};
use shipgate::{Action, Decision, Directory, SubjectId};

use super::database::{Database, Table};
use crate::oracle::{Id, Question, World};
use crate::strategies::{every_action, populous_world, question, world};
use crate::world::held::Held;
use crate::world::{Name, token};

/// One organization more than a world holds.
pub(crate) const EVERY_ORGANIZATION: Range<Id> = 0..4;

pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

/// A world, questions of which only the subject counts, and the actions to filter by.
pub(crate) fn asked() -> impl Strategy<Value = (World, Vec<Question>, Vec<Action<Id>>)> {
    let world = prop_oneof![1 => world(), 2 => populous_world()];
    (world, vec(question(), 3), every_action())
}

/// Each filter selects exactly what the directory decides for, of each kind, in each organization.
pub(crate) fn selects_what_is_allowed<N: Name>(
    world: &World,
    askers: &[Question],
    actions: &[Action<Id>],
    organizations: Range<Id>,
    database: &mut impl Database<N>,
) {
    let held = Held::<N>::of(world);
    let directory = held.directory();
    database.load(directory);
    for asker in askers {
        as_subject(asker, |subject| {
            for (action, id) in actions.iter().flat_map(|action| organizations.clone().map(|id| (*action, id))) {
                let organization = N::of(id);
                let action = action.map(N::of);
                let action = action.as_ref();
                let filter = directory.filter(subject, action, &organization);
                for (table, id) in Table::ALL.into_iter().map(|table| (table, &organization)) {
                    let allowed = decided(directory, subject, action, table, id, Decision::is_allowed);
                    let selected = database.select(directory, table, &filter);
                    assert_eq!(selected, allowed, "{table:?} of {id:?} for {action:?}: {asker:?}");

                    let not_denied = |decision| !matches!(decision, Decision::Deny(_));
                    let not_denied = decided(directory, subject, action, table, id, not_denied);
                    let selected = database.select(directory, table, &filter.or_awaiting_approval());
                    assert_eq!(selected, not_denied, "{table:?} of {id:?} for {action:?} or awaiting: {asker:?}");

                    let selected = database.select(directory, table, &filter.open_to_new_rows());
                    assert_eq!(selected, allowed, "{table:?} of {id:?} for {action:?}, open: {asker:?}");
                }
            }
        });
    }
}

/// Returns what an organization has for which the directory's decision is a wanted one.
fn decided<N: Name>(
    directory: &Directory<N>,
    subject: &SubjectId<'_, N>,
    action: Action<&N>,
    table: Table,
    organization: &N,
    wanted: impl Fn(Decision) -> bool,
) -> BTreeSet<N> {
    let ids = ids(directory, table, organization).into_iter();
    ids.filter(|id| wanted(directory.decide(subject, action, table.resource(id)))).cloned().collect()
}

/// Returns what an organization has of a kind.
pub(crate) fn ids<'a, N: Name>(directory: &'a Directory<N>, table: Table, organization: &N) -> Vec<&'a N> {
    match table {
        Table::Clusters => directory.clusters_of(organization).map(ClusterRef::id).collect(),
        Table::Projects => directory.projects_of(organization).map(ProjectRef::id).collect(),
        Table::Environments => directory.environments_of(organization).map(EnvironmentRef::id).collect(),
    }
}

/// Passes on the subject of a question.
pub(crate) fn as_subject<N: Name>(asker: &Question, ask: impl FnOnce(&SubjectId<'_, N>)) {
    let account = N::of(asker.account);
    let [token, service_token] = [&asker.token, &asker.service_token].map(|held| held.as_ref().map(token));
    let mut subject = SubjectId::new(&account);
    if let Some(kind) = asker.kind {
        subject = subject.of_kind(kind);
    }
    if let Some(token) = &token {
        subject = subject.with_token(token);
    }
    if let Some(token) = &service_token {
        subject = subject.with_service_token(token);
    }
    if let Some(now) = asker.time {
        subject = subject.at(now);
    }
    ask(&subject);
}

//! What a list says lasts: until the end it is the same, at the end it is another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use proptest::prelude::*;
use shipgate::query::EffectiveRole;
use shipgate::{ClusterAccess, Time};

use super::agreement::config;
use crate::oracle::World;
use crate::strategies::world;
use crate::world::held::Held;

/// What a list says, by account, with the end of each.
type Said<T> = BTreeMap<u64, (T, Option<Time>)>;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn until_its_end_a_member_has_what_a_list_says_and_at_its_end_something_else(world in world()) {
        let held = Held::<u64>::of(&world);
        let (directory, times) = (held.directory(), times(&world));
        for cluster in world.clusters.keys() {
            let list = |at| directory.cluster_access(cluster, at).map(|(id, it)| (*id, (it.value(), it.until()))).collect();
            check(list, &times, Absent::HasNone, is_at_least);
        }
        for project in world.projects.keys() {
            let list = |at| directory.project_access(project, at).map(|(id, it)| (*id, (it.value(), it.until()))).collect();
            check(list, &times, Absent::HasNone, includes);
        }
        for environment in world.environments.keys() {
            let each = |at| directory.environment_access(environment, at).map(|(id, it)| (*id, it));
            let levels = |at| each(at).map(|(id, it)| (id, (it.level().value(), it.level().until()))).collect();
            check(levels, &times, Absent::ByTheRole, is_at_least);
            let both = |(role, level): (EffectiveRole, ClusterAccess), (other, than): (EffectiveRole, ClusterAccess)| {
                includes(role, other) && is_at_least(level, than)
            };
            let joint = |at| each(at).map(|(id, it)| (id, ((it.role().value(), it.level().value()), it.until()))).collect();
            check(joint, &times, Absent::HasNone, both);
        }
    }

    #[test]
    fn the_role_in_an_environment_is_that_in_its_project(world in world()) {
        let held = Held::<u64>::of(&world);
        let directory = held.directory();
        for at in times(&world).into_iter().map(Some).chain([None]) {
            for (environment, facts) in &world.environments {
                let in_project: BTreeMap<_, _> = directory.project_access(&facts.project, at).collect();
                for (account, access) in directory.environment_access(environment, at) {
                    prop_assert_eq!(Some(&access.role()), in_project.get(account));
                }
            }
        }
    }
}

/// What it means that a list does not name an account.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    /// It has none of what is compared.
    HasNone,
    /// It may have the same, with a role that does not let it view.
    ByTheRole,
}

/// Compares a list at each time with the list at each later time; and without a time, with all of them.
fn check<T: Copy + PartialEq + Debug>(
    list: impl Fn(Option<Time>) -> Said<T>,
    times: &BTreeSet<Time>,
    absent: Absent,
    includes: impl Fn(T, T) -> bool,
) {
    let each: BTreeMap<Time, Said<T>> = times.iter().map(|time| (*time, list(Some(*time)))).collect();
    let value = |said: &Said<T>, account: &u64| said.get(account).map(|(value, _)| *value);
    for (at, said) in &each {
        for (account, (now, until)) in said {
            let later = || each.range(*at..).map(|(time, said)| (time, value(said, account)));
            for (time, then) in later().take_while(|(time, _)| until.is_none_or(|until| **time < until)) {
                let may_be_absent = absent == Absent::ByTheRole && then.is_none();
                assert!(
                    may_be_absent || then == Some(*now),
                    "{account} at {time:?}, from {at:?} until {until:?}: {then:?}"
                );
            }
            let end = later().find(|(time, _)| Some(**time) == *until);
            assert_eq!(end.is_some(), until.is_some(), "{until:?} is an expiry");
            assert!(end.is_none_or(|(_, then)| then != Some(*now)), "{account} from {at:?}: {until:?} ends nothing");
        }
    }
    for (account, (always, until)) in list(None) {
        assert_eq!(until, None, "{account}: without a time nothing ends");
        for (time, said) in &each {
            let has = value(said, &account).is_some_and(|now| includes(now, always));
            assert!(has, "{account} has {always:?} without a time, and not at {time:?}");
        }
    }
}

/// Every expiry, the millisecond before, and the last time.
fn times(world: &World) -> BTreeSet<Time> {
    let memberships = world.accounts.values().flat_map(|account| account.memberships.values());
    let own = memberships.clone().map(|member| (&member.overrides, &member.project_roles));
    let teams = world.teams.values().map(|team| (&team.overrides, &team.project_roles));
    let grants = own.chain(teams).flat_map(|(overrides, roles)| {
        let overrides = overrides.values().map(|given| given.until);
        overrides.chain(roles.values().map(|given| given.until))
    });
    let expiries = grants.chain(memberships.map(|member| member.role.until)).flatten();
    let around = expiries.flat_map(|expiry| [expiry, Time::from_millis(expiry.as_millis() - 1)]);
    around.chain([Time::MAX]).collect()
}

fn is_at_least(level: ClusterAccess, other: ClusterAccess) -> bool {
    level >= other
}

fn includes(role: EffectiveRole, other: EffectiveRole) -> bool {
    role.rank().includes(other.rank()) && role.permissions().includes(other.permissions())
}

//! Where a list says that access comes from, read a second time from the facts.

use std::collections::BTreeMap;

use proptest::prelude::*;
use shipgate::query::AccessSource;
use shipgate::{AccountKind, AnyRole, Holder, Role, Time};

use super::agreement::config;
use crate::oracle::{Given, Height, Id, Membership, World};
use crate::strategies::{time, world};
use crate::world::held::Held;

/// A source with ids of its own.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    Role(AnyRole<Id>),
    ProjectRole(Holder<Id>),
    ClusterAccess(Holder<Id>),
}

impl From<AccessSource<'_, Id>> for Source {
    fn from(source: AccessSource<'_, Id>) -> Self {
        match source {
            AccessSource::Role(role) => Self::Role(role.map(|id| *id)),
            AccessSource::ProjectRole(holder) => Self::ProjectRole(holder.map(|id| *id)),
            AccessSource::ClusterAccess(holder) => Self::ClusterAccess(holder.map(|id| *id)),
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn access_comes_from_the_grant_that_counts_or_from_the_role(world in world(), now in time()) {
        let held = Held::<u64>::of(&world);
        let directory = held.directory();
        for (cluster, facts) in &world.clusters {
            for (account, access) in directory.cluster_access(cluster, Some(now)) {
                let member = Member::of(&world, *account, facts.organization, now);
                prop_assert_eq!(Source::from(access.source()), member.level_on(*cluster, None));
            }
        }
        for (project, facts) in &world.projects {
            for (account, access) in directory.project_access(project, Some(now)) {
                let member = Member::of(&world, *account, facts.organization, now);
                prop_assert_eq!(Source::from(access.source()), member.role_in(*project));
            }
        }
        for (environment, facts) in &world.environments {
            for (account, access) in directory.environment_access(environment, Some(now)) {
                let member = Member::of(&world, *account, world.projects[&facts.project].organization, now);
                prop_assert_eq!(Source::from(access.role().source()), member.role_in(facts.project));
                let expected = member.level_on(facts.cluster, Some(facts.project));
                prop_assert_eq!(Source::from(access.level().source()), expected);
            }
        }
    }
}

struct Member<'a> {
    world: &'a World,
    account: Id,
    kind: AccountKind,
    membership: &'a Membership,
    now: Time,
}

impl<'a> Member<'a> {
    fn of(world: &'a World, account: Id, organization: Id, now: Time) -> Self {
        let membership = world.membership(account, organization).expect("only members are listed");
        Self { world, account, kind: world.kind_of(account).expect("an account"), membership, now }
    }

    fn rank(&self) -> Role {
        self.world.powers(self.kind, self.membership.role.what).rank()
    }

    fn role(&self) -> Source {
        let acts_as_admin = self.kind == AccountKind::Service && self.rank() == Role::Admin;
        Source::Role(match self.membership.role.what {
            AnyRole::BuiltIn(Role::Owner) if acts_as_admin => AnyRole::BuiltIn(Role::Admin),
            role => role,
        })
    }

    fn role_in(&self, project: Id) -> Source {
        let own = self.membership.project_roles.get(&project);
        let of_team = |team: &Id| self.world.teams[team].project_roles.get(&project).copied();
        match self.holder(own.copied(), of_team) {
            Some(holder) if matches!(self.rank(), Role::Developer | Role::Viewer) => Source::ProjectRole(holder),
            Some(_) | None => self.role(),
        }
    }

    fn level_on(&self, cluster: Id, project: Option<Id>) -> Source {
        let own = self.membership.overrides.get(&cluster);
        let of_team = |team: &Id| self.world.teams[team].overrides.get(&cluster).copied();
        match self.holder(own.copied(), of_team) {
            Some(holder) if self.rank() != Role::Owner => Source::ClusterAccess(holder),
            Some(_) | None => project.map_or_else(|| self.role(), |project| self.role_in(project)),
        }
    }

    /// Whose grant counts: the member's own; else of the teams' highest, the one that lasts longest, the first by id.
    fn holder<T: Height>(
        &self,
        own: Option<Given<T>>,
        of_team: impl Fn(&Id) -> Option<Given<T>>,
    ) -> Option<Holder<Id>> {
        let is_live = |given: &Given<T>| given.until.is_none_or(|until| self.now < until);
        if own.is_some_and(|own| is_live(&own)) {
            return Some(Holder::Account(self.account));
        }
        let teams = self.membership.teams.iter().filter_map(|team| Some((*team, of_team(team).filter(is_live)?)));
        let by_worth: BTreeMap<_, Id> = teams
            .rev()
            .map(|(team, given)| ((given.what.height(), given.until.is_none(), given.until), team))
            .collect();
        by_worth.into_values().next_back().map(Holder::Team)
    }
}

//! A list of access agrees with `decide` about everything that it says, and with a second reading of levels and roles.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use shipgate::model::Permission;
use shipgate::query::EffectiveRole;
use shipgate::{Action, ClusterAccess, Decision, Directory, ResourceId, Role, SubjectId, Time};

use crate::oracle::{Id, World};
use crate::strategies::{time, world};
use crate::world::held::Held;

pub(super) fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 256,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

/// An account that there is not.
const UNKNOWN: Id = 99;

fn at() -> impl Strategy<Value = Option<Time>> {
    prop_oneof![4 => time().prop_map(Some), 1 => Just(None)]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_list_of_access_agrees_with_decide(world in world(), at in at()) {
        let held = Held::<u64>::of(&world);
        let asked = Asked { world: &world, directory: held.directory(), at };
        world.clusters.keys().for_each(|cluster| asked.check_cluster(*cluster));
        world.projects.keys().for_each(|project| asked.check_project(*project));
        world.environments.keys().for_each(|environment| asked.check_environment(*environment));
    }

    #[test]
    fn deployers_and_approvers_are_those_that_decide_does_not_deny(world in world(), at in at()) {
        let held = Held::<u64>::of(&world);
        let (directory, unknown) = (held.directory(), UNKNOWN);
        let each = |ask: &dyn Fn(&u64) -> Decision| -> Vec<(u64, Decision)> {
            let asked = world.accounts.keys().map(|id| (*id, ask(id)));
            asked.filter(|(_, decision)| !matches!(decision, Decision::Deny(_))).collect()
        };
        for environment in world.environments.keys() {
            let deploy = |id: &u64| directory.decide(&subject(id, at), Action::Deploy, ResourceId::Environment(environment));
            let deployers: Vec<_> = directory.deployers(environment, at).map(|(id, decision)| (*id, decision)).collect();
            prop_assert_eq!(deployers, each(&deploy));

            let requested = ResourceId::Deployment {
                environment,
                requested_by: &unknown,
                on_behalf_of: None,
                release: None,
                approvals: &[][..],
            };
            let approve = |id: &u64| directory.decide(&subject(id, at), Action::Approve, requested);
            let approvers: Vec<_> = directory.approvers(environment, at).map(|id| (*id, Decision::Allow)).collect();
            prop_assert_eq!(approvers, each(&approve));
        }
    }
}

fn subject(id: &u64, at: Option<Time>) -> SubjectId<'_, u64> {
    at.map_or(SubjectId::new(id), |at| SubjectId::new(id).at(at))
}

struct Asked<'a> {
    world: &'a World,
    directory: &'a Directory<u64>,
    at: Option<Time>,
}

impl Asked<'_> {
    fn allows(
        &self,
        account: Id,
        action: Action<&u64>,
        resource: ResourceId<&u64, &'static [shipgate::model::ApprovalId<u64>], &'static str>,
    ) -> bool {
        !matches!(self.directory.decide(&subject(&account, self.at), action, resource), Decision::Deny(_))
    }

    /// Each account, with what a list says of it. The list is in the order of the ids, and names none twice.
    fn each<T>(&self, listed: Vec<(u64, T)>) -> impl Iterator<Item = (Id, Option<T>)> {
        assert!(listed.is_sorted_by(|(a, _), (b, _)| a < b), "in the order of the ids");
        let mut listed: BTreeMap<u64, T> = listed.into_iter().collect();
        let each: Vec<_> = self.world.accounts.keys().map(|account| (*account, listed.remove(account))).collect();
        assert!(listed.is_empty(), "only accounts are listed");
        each.into_iter()
    }

    fn check_cluster(&self, cluster: Id) {
        let organization = self.world.clusters[&cluster].organization;
        let listed = self.directory.cluster_access(&cluster, self.at).map(|(id, access)| (*id, access.value()));
        for (account, level) in self.each(listed.collect()) {
            let may = |action| self.allows(account, action, ResourceId::Cluster(&cluster));
            let member = self.world.live_member(account, organization, self.at);
            let permits = |permission| member.is_some_and(|member| member.role().may(permission));
            let has = |need| level.is_some_and(|level| level >= need);
            assert_eq!(level.is_some(), may(Action::View), "{account} on {cluster}");
            assert_eq!(has(ClusterAccess::Deploy) && permits(Permission::Deploy), may(Action::Deploy));
            assert_eq!(has(ClusterAccess::Manage), may(Action::Manage));
            let expected = member.map(|member| member.level_at(None, cluster, self.at));
            assert!(level.is_none() || level == expected, "{account} on {cluster}: {level:?}, not {expected:?}");
        }
    }

    fn check_project(&self, project: Id) {
        let listed = self.directory.project_access(&project, self.at).map(|(id, access)| (*id, access.value()));
        for (account, role) in self.each(listed.collect()) {
            let may = |action| self.allows(account, action, ResourceId::Project(&project));
            assert_eq!(role.is_some(), may(Action::View), "{account} in {project}");
            for (action, permission) in [
                (Action::ViewLogs, Permission::ViewLogs),
                (Action::ManageBuilds, Permission::ManageBuilds),
                (Action::UPDATE, Permission::ManageProjects),
            ] {
                assert_eq!(permits(role, permission), may(action), "{action:?} of {account} in {project}");
            }
            self.check_role(account, project, role);
        }
    }

    fn check_environment(&self, environment: Id) {
        let facts = &self.world.environments[&environment];
        let safeguard = facts.protection.safeguard();
        let listed = self.directory.environment_access(&environment, self.at);
        let listed = listed.map(|(id, access)| (*id, (access.role().value(), access.level().value())));
        for (account, access) in self.each(listed.collect()) {
            let may = |action| self.allows(account, action, ResourceId::Environment(&environment));
            let (role, level) = (access.map(|(role, _)| role), access.map(|(_, level)| level));
            assert_eq!(access.is_some(), may(Action::View), "{account} in {environment}");
            // Every developer's rank is enough where no safeguard is asked for.
            for (action, permission, need, guard) in [
                (Action::ViewLogs, Permission::ViewLogs, ClusterAccess::View, None),
                (Action::ReadVariables, Permission::View, ClusterAccess::View, None),
                (Action::Restart, Permission::Deploy, ClusterAccess::Deploy, None),
                (Action::Deploy, Permission::Deploy, ClusterAccess::Deploy, Some(safeguard.deployer())),
                (Action::ReadSecrets, Permission::ManageSecrets, ClusterAccess::Deploy, Some(safeguard.keeper())),
                (Action::Exec, Permission::Exec, ClusterAccess::Deploy, Some(safeguard.keeper())),
                (Action::Delete, Permission::ManageProjects, ClusterAccess::Deploy, Some(safeguard.custodian())),
            ] {
                let is_high = |guard: Role| role.is_some_and(|role| role.rank().includes(guard));
                let has = permits(role, permission) && level >= Some(need) && guard.is_none_or(is_high);
                assert_eq!(has, may(action), "{action:?} of {account} in {environment}");
            }
            self.check_role(account, facts.project, role);
            let organization = self.world.projects[&facts.project].organization;
            let member = self.world.live_member(account, organization, self.at);
            let expected = member.map(|member| member.level_at(Some(facts.project), facts.cluster, self.at));
            assert!(level.is_none() || level == expected, "{account} in {environment}: {level:?}, not {expected:?}");
        }
    }

    /// The role is that of the second reading.
    fn check_role(&self, account: Id, project: Id, role: Option<EffectiveRole>) {
        let Some(role) = role else { return };
        let organization = self.world.projects[&project].organization;
        let member = self.world.live_member(account, organization, self.at).expect("a member");
        let expected = member.standing_at(project, self.at).expect("a role");
        assert_eq!(role.rank(), expected.rank(), "{account} in {project}");
        for permission in Permission::ALL {
            assert_eq!(permits(Some(role), permission), expected.may(permission), "{permission} of {account}");
        }
    }
}

fn permits(role: Option<EffectiveRole>, permission: Permission) -> bool {
    role.is_some_and(|role| role.permissions().contains(permission))
}

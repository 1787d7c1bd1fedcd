//! What the searches take to be held is what the library answers: of members as the kit draws them, and of what changes do.

use shipgate::directory::EnvironmentRef;
use shipgate::model::Permission;
use shipgate::{Action, ClusterAccess, Directory, ResourceId, SubjectId, Time};

use super::holdings::{Held, Member, Powers};
use crate::testing::dense;

/// No member of the kit is in more teams.
const TEAMS: usize = 2;

#[test]
fn what_is_held_is_what_is_decided() {
    let mut compared = 0;
    for seed in 0..400 {
        let rows = dense(seed);
        let world = Directory::try_from(&rows).expect("the rows load");
        for row in &rows.members {
            for time in (0..4).map(Time::from_millis) {
                let account = Asker { world: &world, who: SubjectId::new(&row.account).at(time) };
                for project in world.projects_of(&row.organization) {
                    for cluster in world.clusters_of(&row.organization) {
                        let (project, cluster) = (project.id(), cluster.id());
                        let member: Option<Member<TEAMS>> =
                            Member::read(&world, row.account, row.organization, *project, *cluster);
                        let held = member.expect("a member").held(time);
                        account.compare(&held, [row.organization, *project, *cluster]);
                        compared += 1;
                    }
                }
            }
        }
    }
    println!("{compared} holdings compared");
    assert!(compared >= 5_000, "hardly anything was compared: {compared}");
}

struct Asker<'a> {
    world: &'a Directory<u64>,
    who: SubjectId<'a, u64>,
}

impl Asker<'_> {
    fn may(&self, action: Action<&u64>, resource: ResourceId<&u64, &[shipgate::model::ApprovalId<u64>], &str>) -> bool {
        self.world.decide(&self.who, action, resource).is_allowed()
    }

    fn compare(&self, held: &Held, [organization, project, cluster]: [u64; 3]) {
        let (organization, project, cluster) = (&organization, &project, &cluster);
        let who = || format!("{:?} holds {held:?} of {project} on {cluster} in {organization}", self.who);
        let has =
            |powers: Option<Powers>, permission| powers.is_some_and(|powers| powers.permissions.contains(permission));

        let on_organization = |action| self.may(action, ResourceId::Organization(organization));
        assert_eq!(on_organization(Action::View), held.role.is_some(), "{}", who());
        for (action, permission) in [
            (Action::UPDATE, Permission::ManageOrganization),
            (Action::CreateProject, Permission::CreateProjects),
            (Action::ConnectCluster, Permission::ManageClusters),
            (Action::CreateTeam, Permission::ManageMembers),
            (Action::ManageBilling, Permission::ManageBilling),
            (Action::ViewInvoices, Permission::ViewInvoices),
            (Action::ViewAuditLog, Permission::ViewAuditLog),
        ] {
            assert_eq!(on_organization(action), has(held.role, permission), "{action}: {}", who());
        }

        let on_project = |action| self.may(action, ResourceId::Project(project));
        for (action, permission) in [
            (Action::View, Permission::View),
            (Action::ViewLogs, Permission::ViewLogs),
            (Action::ManageBuilds, Permission::ManageBuilds),
            (Action::UPDATE, Permission::ManageProjects),
        ] {
            assert_eq!(on_project(action), has(held.standing, permission), "{action}: {}", who());
        }

        for (action, permission, level) in [
            (Action::View, Permission::View, ClusterAccess::View),
            (Action::Deploy, Permission::Deploy, ClusterAccess::Deploy),
            (Action::Manage, Permission::View, ClusterAccess::Manage),
        ] {
            let expected = has(held.role, permission) && held.level >= level;
            assert_eq!(self.may(action, ResourceId::Cluster(cluster)), expected, "{action}: {}", who());
        }

        let there = |of: &EnvironmentRef<'_, u64>| of.project() == project && of.cluster() == cluster;
        for environment in self.world.environments_of(organization).filter(there) {
            for (action, permission, level) in [
                (Action::View, Permission::View, ClusterAccess::View),
                (Action::Restart, Permission::Deploy, ClusterAccess::Deploy),
            ] {
                let expected = has(held.standing, permission) && held.level_in_project >= level;
                let environment = ResourceId::Environment(environment.id());
                assert_eq!(self.may(action, environment), expected, "{action}: {}", who());
            }
        }
    }
}

//! What a coalition can try, whatever it is allowed.

use shipgate::change::Change;
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, Directory, Grant, Holder, ProjectRole, Protection, RoleDefinition, Time,
    Visibility,
};

use super::scene::{ACME, Id, NEWCOMER, OWNER};
use super::search::Changes;

/// An id of each kind to create something with.
const NEW: Id = "new";

/// The parameters of the changes that are tried.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) roles: Vec<AnyRole<Id>>,
    pub(crate) expiries: Vec<Option<Time>>,
    pub(crate) levels: Vec<Option<Grant<ClusterAccess>>>,
    pub(crate) project_roles: Vec<Option<Grant<ProjectRole>>>,
    /// What a custom role is made, and what it is made anew.
    pub(crate) definitions: Vec<RoleDefinition>,
    pub(crate) protections: Vec<Protection>,
}

/// Every change that can be named in this world with these parameters: of each kind, with every id there is and one that is
/// free.
pub(crate) fn changes(world: &Directory<Id>, parameters: &Parameters) -> Changes {
    let names = Names::of(world);
    [
        names.of_members(parameters),
        names.of_roles(parameters),
        names.of_teams(),
        names.of_grants(parameters),
        names.of_projects_and_clusters(),
        names.of_environments(parameters),
    ]
    .concat()
}

/// The ids to name in a change.
struct Names {
    accounts: Vec<Id>,
    roles: Vec<Id>,
    teams: Vec<Id>,
    projects: Vec<Id>,
    clusters: Vec<Id>,
    environments: Vec<Id>,
}

impl Names {
    fn of(world: &Directory<Id>) -> Self {
        Self {
            accounts: sorted(world.accounts().map(|fact| *fact.id()).chain([NEWCOMER])),
            roles: sorted(world.roles().map(|fact| *fact.id())),
            teams: sorted(world.teams().map(|fact| *fact.id())),
            projects: sorted(world.projects().map(|fact| *fact.id())),
            clusters: sorted(world.clusters().map(|fact| *fact.id())),
            environments: sorted(world.environments().map(|fact| *fact.id())),
        }
    }

    /// Of the Owner it is enough that she is not touched: what can be done to her is searched with law 8.
    fn of_members(&self, Parameters { roles, expiries, .. }: &Parameters) -> Changes {
        let mut changes = vec![Change::change_role(ACME, OWNER, roles[0]), Change::remove_member(ACME, OWNER)];
        for account in self.accounts.iter().filter(|account| **account != OWNER) {
            for role in roles {
                changes.push(Change::change_role(ACME, *account, *role));
                if *account == NEWCOMER {
                    let invite =
                        |until: &Option<Time>| Change::invite_member(ACME, *account, AccountKind::User, *role, *until);
                    changes.extend(expiries.iter().map(invite));
                }
            }
            changes.extend(expiries.iter().map(|to| Change::set_expiry(ACME, *account, *to)));
            changes.push(Change::remove_member(ACME, *account));
            changes.push(Change::transfer_ownership(ACME, *account));
        }
        changes
    }

    fn of_roles(&self, Parameters { definitions, .. }: &Parameters) -> Changes {
        let mut changes = Changes::new();
        for definition in definitions {
            changes.push(Change::create_role(ACME, NEW, *definition));
            changes.extend(self.roles.iter().map(|role| Change::update_role(*role, definition.permissions())));
        }
        changes.extend(self.roles.iter().map(|role| Change::delete_role(*role)));
        changes
    }

    fn of_teams(&self) -> Changes {
        let mut changes = Changes::new();
        for team in &self.teams {
            for account in self.accounts.iter().filter(|account| **account != OWNER) {
                changes.push(Change::add_to_team(*team, *account));
                changes.push(Change::remove_from_team(*team, *account));
            }
            changes.push(Change::delete_team(*team));
        }
        changes
    }

    fn of_grants(&self, Parameters { levels, project_roles, .. }: &Parameters) -> Changes {
        let mut changes = Changes::new();
        let accounts = self.accounts.iter().filter(|account| **account != OWNER).map(|id| Holder::Account(*id));
        let holders: Vec<_> = accounts.chain(self.teams.iter().map(|id| Holder::Team(*id))).collect();
        for holder in &holders {
            for cluster in &self.clusters {
                changes.extend(levels.iter().map(|to| Change::set_cluster_access(*cluster, *holder, *to)));
            }
            for project in &self.projects {
                changes.extend(project_roles.iter().map(|to| Change::set_project_role(*project, *holder, *to)));
            }
        }
        changes
    }

    fn of_projects_and_clusters(&self) -> Changes {
        let mut changes = Changes::new();
        for visibility in Visibility::ALL {
            changes.extend(self.projects.iter().map(|project| Change::update_project(*project, Some(visibility))));
            changes.extend(self.clusters.iter().map(|cluster| Change::update_cluster(*cluster, Some(visibility))));
        }
        changes.extend(self.projects.iter().map(|project| Change::delete_project(*project)));
        changes.extend(self.clusters.iter().map(|cluster| Change::disconnect_cluster(*cluster)));
        changes.push(Change::connect_cluster(ACME, NEW, Visibility::Organization));
        changes
    }

    fn of_environments(&self, Parameters { protections, .. }: &Parameters) -> Changes {
        let mut changes = Changes::new();
        for environment in &self.environments {
            changes.extend(protections.iter().map(|to| Change::set_protection(*environment, *to)));
            changes.extend(
                self.clusters.iter().chain([&NEW]).map(|cluster| Change::retarget(*environment, *cluster, None)),
            );
            changes.push(Change::delete_environment(*environment));
        }
        if let (Some(project), false) = (self.projects.first(), protections.is_empty()) {
            changes.push(Change::create_environment(NEW, *project, NEW, "new", Protection::NONE));
        }
        changes
    }
}

fn sorted(ids: impl Iterator<Item = Id>) -> Vec<Id> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    ids
}

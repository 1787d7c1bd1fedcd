//! Everything that an attacker can try, whatever it is allowed.

use std::iter::once;

use shipgate::change::Change;
use shipgate::{AccountKind, ClusterAccess, Directory, Grant, ProjectRole, Protection, Role, Time, Visibility};

use super::scene::{BEFORE, Id, LATER, PROTECTIONS};
use super::search::Changes;

/// An id of each kind to create something with; those of what was deleted on the way are tried again as well.
const NEWCOMER: Id = "dave";
const NEW: Id = "new";

const NAMESPACES: [Id; 2] = ["production", "elsewhere"];

/// Every change that can be named in this world: of each kind, with every id there is and one that is free, and with every
/// role, level, project role and protection.
///
/// A new environment is unprotected: it can be protected by another change.
pub(crate) fn changes(world: &Directory<Id>) -> Changes {
    let names = Names::of(world);
    [
        names.of_members(),
        names.of_access(),
        names.of_organizations(),
        names.of_projects(),
        names.of_clusters(),
        names.of_environments(),
    ]
    .concat()
}

/// The member whom a change is about, if it is about one.
pub(crate) fn member(change: &Change<Id>) -> Option<Id> {
    match change {
        Change::InviteMember { account, .. }
        | Change::ChangeRole { account, .. }
        | Change::SetExpiry { account, .. }
        | Change::RemoveMember { account, .. }
        | Change::TransferOwnership { account, .. }
        | Change::SetClusterAccess { account, .. }
        | Change::SetProjectRole { account, .. } => Some(account),
        Change::UpdateOrganization { .. }
        | Change::DeleteOrganization { .. }
        | Change::CreateProject { .. }
        | Change::UpdateProject { .. }
        | Change::DeleteProject { .. }
        | Change::CreateEnvironment { .. }
        | Change::UpdateEnvironment { .. }
        | Change::Retarget { .. }
        | Change::DeleteEnvironment { .. }
        | Change::SetProtection { .. }
        | Change::ConnectCluster { .. }
        | Change::DisconnectCluster { .. } => None,
    }
}

/// The ids to name in a change.
struct Names {
    organizations: Vec<Id>,
    accounts: Vec<Id>,
    projects: Vec<Id>,
    clusters: Vec<Id>,
    environments: Vec<Id>,
}

impl Names {
    fn of(world: &Directory<Id>) -> Self {
        Self {
            organizations: sorted(world.organizations().map(|held| *held.id())),
            accounts: sorted(world.accounts().map(|held| *held.id()).chain(once(NEWCOMER))),
            projects: sorted(world.projects().map(|held| *held.id()).chain(once(NEW))),
            clusters: sorted(world.clusters().map(|held| *held.id()).chain(once(NEW))),
            environments: sorted(world.environments().map(|held| *held.id()).chain(once(NEW))),
        }
    }

    fn of_members(&self) -> Changes {
        let mut changes = Changes::new();
        for (organization, account) in pairs(&self.organizations, &self.accounts) {
            for role in Role::ALL {
                let invite = |kind| Change::InviteMember { organization, account, kind, role };
                changes.extend(AccountKind::ALL.map(invite));
                changes.push(Change::ChangeRole { organization, account, to: role });
            }
            changes.extend(expiries().map(|to| Change::SetExpiry { organization, account, to }));
            changes.push(Change::RemoveMember { organization, account });
            changes.push(Change::TransferOwnership { organization, account });
        }
        changes
    }

    fn of_access(&self) -> Changes {
        let mut changes = Changes::new();
        for (cluster, account) in pairs(&self.clusters, &self.accounts) {
            let levels = grants(&ClusterAccess::ALL, &[ClusterAccess::View, ClusterAccess::Manage]);
            changes.extend(levels.map(|to| Change::SetClusterAccess { cluster, account, to }));
        }
        for (project, account) in pairs(&self.projects, &self.accounts) {
            let roles = grants(&ProjectRole::ALL, &[ProjectRole::Viewer, ProjectRole::Admin]);
            changes.extend(roles.map(|to| Change::SetProjectRole { project, account, to }));
        }
        changes
    }

    fn of_organizations(&self) -> Changes {
        let each = |organization: &Id| {
            let organization = *organization;
            [Change::UpdateOrganization { organization }, Change::DeleteOrganization { organization }]
        };
        self.organizations.iter().flat_map(each).collect()
    }

    fn of_projects(&self) -> Changes {
        let mut changes = Changes::new();
        for project in self.projects.iter().copied() {
            for visibility in Visibility::ALL {
                let create = |organization| Change::CreateProject { organization, project, visibility };
                changes.extend(self.organizations.iter().copied().map(create));
                changes.push(Change::UpdateProject { project, visibility: Some(visibility) });
            }
            changes.push(Change::DeleteProject { project });
        }
        changes
    }

    fn of_clusters(&self) -> Changes {
        let mut changes = Changes::new();
        for cluster in self.clusters.iter().copied() {
            let connect = |organization| Change::ConnectCluster { organization, cluster };
            changes.extend(self.organizations.iter().copied().map(connect));
            changes.push(Change::DisconnectCluster { cluster });
        }
        changes
    }

    fn of_environments(&self) -> Changes {
        let mut changes = Changes::new();
        for environment in self.environments.iter().copied() {
            for (project, cluster) in pairs(&self.projects, &self.clusters) {
                let (namespace, protection) = (None, Protection::NONE);
                changes.push(Change::CreateEnvironment { environment, project, cluster, namespace, protection });
            }
            for cluster in self.clusters.iter().copied() {
                let retarget = |namespace| Change::Retarget { environment, cluster, namespace };
                changes.push(retarget(None));
                changes.extend(NAMESPACES.map(|namespace| retarget(Some(namespace.into()))));
            }
            changes.extend(NAMESPACES.map(|namespace| {
                let namespace = Some(namespace.into());
                Change::UpdateEnvironment { environment, namespace }
            }));
            changes.extend(PROTECTIONS.map(|to| Change::SetProtection { environment, to }));
            changes.push(Change::DeleteEnvironment { environment });
        }
        changes.extend(NAMESPACES.map(|namespace| Change::CreateEnvironment {
            environment: NEW,
            project: "shop",
            cluster: "us-west",
            namespace: Some(namespace.into()),
            protection: Protection::NONE,
        }));
        changes
    }
}

fn expiries() -> [Option<Time>; 3] {
    [None, Some(BEFORE), Some(LATER)]
}

/// No grant, each for good, and some that are over or will be.
fn grants<T: Copy>(for_good: &[T], for_a_time: &[T]) -> impl Iterator<Item = Option<Grant<T>>> {
    let until = |expiry| for_a_time.iter().map(move |value| Grant::new(*value).until(expiry));
    let all: Vec<_> =
        for_good.iter().map(|value| Grant::new(*value)).chain(until(BEFORE)).chain(until(LATER)).collect();
    once(None).chain(all.into_iter().map(Some))
}

fn pairs<'a>(firsts: &'a [Id], seconds: &'a [Id]) -> impl Iterator<Item = (Id, Id)> + 'a {
    firsts.iter().flat_map(|first| seconds.iter().map(|second| (*first, *second)))
}

fn sorted(ids: impl Iterator<Item = Id>) -> Vec<Id> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    ids
}

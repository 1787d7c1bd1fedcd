//! What stands in the way of a change that is allowed: "that an id or a member exists already is for the change to
//! refuse, not for decide".

use shipgate::change::{Change, ChangeError};
use shipgate::directory::EntityKind;
use shipgate::{AccountKind, Role, Time};

use super::{Actor, Model, Refusals};
use crate::oracle::Id;

impl Model {
    pub(super) fn obstacles(&self, actor: &Actor, change: &Change<Id>) -> Refusals {
        let mut obstacles = Refusals::new();
        match change {
            Change::InviteMember { organization, account, kind, role } => {
                obstacles.extend(self.is_of_other_kind(*account, *kind));
                obstacles.extend(self.may_be_a_member(*account, *organization, actor.now));
                obstacles.extend(is_service_owner(*kind, *role));
            }
            Change::CreateProject { project, .. } => {
                obstacles.extend(taken(EntityKind::Project, *project, self.world.projects.contains_key(project)));
            }
            Change::ConnectCluster { cluster, .. } => {
                obstacles.extend(taken(EntityKind::Cluster, *cluster, self.world.clusters.contains_key(cluster)));
            }
            Change::CreateEnvironment { environment, cluster, namespace, .. } => {
                let held = self.world.environments.contains_key(environment);
                obstacles.extend(taken(EntityKind::Environment, *environment, held));
                obstacles.extend(self.has_neighbour(*environment, *cluster, namespace.as_deref()));
            }
            Change::UpdateEnvironment { environment, namespace } => {
                let cluster = self.world.environments[environment].cluster;
                let namespace = namespace.as_ref().or(self.namespaces.get(environment));
                obstacles.extend(self.has_neighbour(*environment, cluster, namespace.map(String::as_str)));
            }
            Change::Retarget { environment, cluster, namespace } => {
                let namespace = namespace.as_ref().or(self.namespaces.get(environment));
                obstacles.extend(self.has_neighbour(*environment, *cluster, namespace.map(String::as_str)));
            }
            Change::ChangeRole { .. }
            | Change::SetExpiry { .. }
            | Change::RemoveMember { .. }
            | Change::TransferOwnership { .. }
            | Change::SetClusterAccess { .. }
            | Change::SetProjectRole { .. }
            | Change::UpdateOrganization { .. }
            | Change::DeleteOrganization { .. }
            | Change::UpdateProject { .. }
            | Change::DeleteProject { .. }
            | Change::DeleteEnvironment { .. }
            | Change::SetProtection { .. }
            | Change::DisconnectCluster { .. } => (),
        }
        obstacles
    }

    pub(super) fn obstacles_to_organization(&self, organization: Id, owner: Id, kind: AccountKind) -> Refusals {
        let mut obstacles = Refusals::new();
        obstacles.extend(taken(
            EntityKind::Organization,
            organization,
            self.world.organizations.contains(&organization),
        ));
        obstacles.extend(self.is_of_other_kind(owner, kind));
        obstacles.extend(is_service_owner(kind, Role::Owner));
        obstacles
    }

    fn is_of_other_kind(&self, account: Id, said: AccountKind) -> Option<ChangeError> {
        let held = self.world.kind_of(account)?;
        (held != said).then(|| ChangeError::OtherKind { account: quoted(account), held })
    }

    /// A live member; of an expiring membership nobody knows without a time whether it is over.
    fn may_be_a_member(&self, account: Id, organization: Id, now: Option<Time>) -> Option<ChangeError> {
        let membership = self.world.membership(account, organization)?;
        let over = matches!((membership.role.until, now), (Some(until), Some(now)) if now >= until);
        (!over).then(|| ChangeError::AlreadyMember { account: quoted(account), organization: quoted(organization) })
    }

    /// "Two environments in one namespace of a cluster: refused, one would deploy over the other"
    fn has_neighbour(&self, environment: Id, cluster: Id, namespace: Option<&str>) -> Option<ChangeError> {
        let namespace = namespace?;
        let others =
            self.world.environments.iter().filter(|(id, other)| **id != environment && other.cluster == cluster);
        let mut namespaces = others.filter_map(|(id, _)| self.namespaces.get(id));
        namespaces
            .any(|other| other == namespace)
            .then(|| ChangeError::NamespaceTaken { namespace: format!("{namespace:?}"), cluster: quoted(cluster) })
    }
}

fn taken(kind: EntityKind, id: Id, held: bool) -> Option<ChangeError> {
    held.then(|| ChangeError::Taken { kind, id: quoted(id) })
}

/// "A service account never acts as Owner"
fn is_service_owner(kind: AccountKind, role: Role) -> Option<ChangeError> {
    (kind == AccountKind::Service && role == Role::Owner).then_some(ChangeError::ServiceOwner)
}

fn quoted(id: Id) -> String {
    format!("\"{id}\"")
}

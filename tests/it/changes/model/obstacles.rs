//! What stands in the way of a change that is allowed: "For the change to refuse, not for decide: that an id, a member or a place
//! in a team exists already or does not, the form of a namespace and whether it is taken, and an invitation of a service
//! account as `owner`."

use shipgate::change::{Change, ChangeError};
use shipgate::directory::EntityKind;
use shipgate::model::NamespaceError;
use shipgate::{AccountKind, AnyRole, Role, Time};

use super::{Actor, Model, Refusals};
use crate::oracle::Id;

impl Model {
    pub(super) fn obstacles(&self, actor: &Actor, change: &Change<Id>) -> Refusals {
        let mut obstacles = Refusals::new();
        match change {
            Change::InviteMember { organization, account, kind, role, .. } => {
                obstacles.extend(self.is_of_other_kind(*account, *kind));
                obstacles.extend(self.may_be_a_member(*account, *organization, actor.now));
                obstacles.extend(is_service_owner(*kind, *role));
            }
            Change::CreateRole { role, .. } => {
                obstacles.extend(taken(EntityKind::Role, *role, self.world.roles.contains_key(role)));
            }
            Change::CreateTeam { team, .. } => {
                obstacles.extend(taken(EntityKind::Team, *team, self.world.teams.contains_key(team)));
            }
            Change::AddToTeam { team, account } => {
                let (account, team, is_in) = (quoted(*account), quoted(*team), self.is_in_team(*account, *team));
                obstacles.extend(is_in.then_some(ChangeError::AlreadyInTeam { account, team }));
            }
            Change::RemoveFromTeam { team, account } => {
                let (account, team, is_in) = (quoted(*account), quoted(*team), self.is_in_team(*account, *team));
                obstacles.extend((!is_in).then_some(ChangeError::NotInTeam { account, team }));
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
                obstacles.extend(is_no_namespace(namespace));
                obstacles.extend(self.has_neighbour(*environment, *cluster, namespace));
            }
            Change::Retarget { environment, cluster, namespace } => {
                let namespace = namespace.as_ref().unwrap_or(&self.namespaces[environment]);
                obstacles.extend(is_no_namespace(namespace));
                obstacles.extend(self.has_neighbour(*environment, *cluster, namespace));
            }
            Change::ChangeRole { .. }
            | Change::SetExpiry { .. }
            | Change::RemoveMember { .. }
            | Change::TransferOwnership { .. }
            | Change::UpdateRole { .. }
            | Change::DeleteRole { .. }
            | Change::UpdateTeam { .. }
            | Change::DeleteTeam { .. }
            | Change::SetClusterAccess { .. }
            | Change::SetProjectRole { .. }
            | Change::UpdateOrganization { .. }
            | Change::DeleteOrganization { .. }
            | Change::UpdateProject { .. }
            | Change::DeleteProject { .. }
            | Change::UpdateEnvironment { .. }
            | Change::DeleteEnvironment { .. }
            | Change::SetProtection { .. }
            | Change::UpdateCluster { .. }
            | Change::DisconnectCluster { .. } => (),
        }
        obstacles
    }

    pub(super) fn obstacles_to_organization(&self, organization: Id, owner: Id, kind: AccountKind) -> Refusals {
        let mut obstacles = Refusals::new();
        let is_there = self.world.organizations.contains(&organization);
        obstacles.extend(taken(EntityKind::Organization, organization, is_there));
        obstacles.extend(self.is_of_other_kind(owner, kind));
        obstacles.extend(is_service_owner(kind, Role::Owner.into()));
        obstacles
    }

    /// "another kind than a membership of the account has is refused"
    fn is_of_other_kind(&self, account: Id, said: AccountKind) -> Option<ChangeError> {
        let present = self.world.kind_of(account)?;
        (present != said).then(|| ChangeError::OtherKind { account: quoted(account), present })
    }

    /// A live member; of an expiring membership nobody knows without a time whether it is over.
    fn may_be_a_member(&self, account: Id, organization: Id, now: Option<Time>) -> Option<ChangeError> {
        let membership = self.world.membership(account, organization)?;
        let over = matches!((membership.role.until, now), (Some(until), Some(now)) if now >= until);
        (!over).then(|| ChangeError::AlreadyMember { account: quoted(account), organization: quoted(organization) })
    }

    fn is_in_team(&self, account: Id, team: Id) -> bool {
        let organization = self.world.teams[&team].organization;
        self.world.membership(account, organization).is_some_and(|membership| membership.teams.contains(&team))
    }

    /// "Two environments in one namespace of a cluster: refused, one would deploy over the other"
    fn has_neighbour(&self, environment: Id, cluster: Id, namespace: &str) -> Option<ChangeError> {
        let others =
            self.world.environments.iter().filter(|(id, other)| **id != environment && other.cluster == cluster);
        let mut namespaces = others.map(|(id, _)| &self.namespaces[id]);
        namespaces
            .any(|other| other == namespace)
            .then(|| ChangeError::NamespaceTaken { namespace: format!("{namespace:?}"), cluster: quoted(cluster) })
    }
}

fn taken(kind: EntityKind, id: Id, is_there: bool) -> Option<ChangeError> {
    is_there.then(|| ChangeError::Taken { kind, id: quoted(id) })
}

/// "ASCII lower-case letters, digits and `-`, beginning and ending with a letter or digit, 63 at most, none that begins with
/// `kube-`"
fn is_no_namespace(namespace: &str) -> Option<ChangeError> {
    let inner = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-');
    let is_one = (1..=63).contains(&namespace.len())
        && namespace.chars().all(inner)
        && !namespace.starts_with('-')
        && !namespace.ends_with('-')
        && !namespace.starts_with("kube-");
    (!is_one).then_some(ChangeError::Namespace(NamespaceError))
}

/// "A service account never acts as Owner"
fn is_service_owner(kind: AccountKind, role: AnyRole<Id>) -> Option<ChangeError> {
    let is_owner = role == AnyRole::BuiltIn(Role::Owner);
    (kind == AccountKind::Service && is_owner).then_some(ChangeError::ServiceOwner)
}

fn quoted(id: Id) -> String {
    format!("\"{id}\"")
}

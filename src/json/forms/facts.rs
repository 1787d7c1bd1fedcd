//! The forms of facts: read through their checked constructors, so that what contradicts itself is refused.

use alloc::vec::Vec;

use serde::de::{self, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::forms::words::Whole;
use crate::json::strict::Strict;
use crate::model::access::ClusterAccess;
use crate::model::account::{Account, AccountKind, Membership};
use crate::model::cluster::Cluster;
use crate::model::environment::Environment;
use crate::model::organization::Organization;
use crate::model::project::{Project, Visibility};
use crate::model::protection::{ApprovalFrom, ApprovalRule, Protection, Safeguard};
use crate::model::role::{ProjectRole, Role};
use crate::model::time::{Grant, Time};

/// `{ "id": "alice", "kind": "user", "memberships": […] }`.
impl<Id: Serialize> Serialize for Account<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a, Id> {
            id: &'a Id,
            kind: AccountKind,
            memberships: Vec<&'a Membership<Id>>,
        }
        let fields = Fields { id: self.id(), kind: self.kind(), memberships: self.memberships().collect() };
        fields.serialize(serializer)
    }
}

/// From its three fields, all required. Two memberships in one organization are an error.
impl<'de, Id: Ord + Deserialize<'de>> Deserialize<'de> for Account<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: AccountForm<Id> = Deserialize::deserialize(Strict(deserializer))?;
        form.memberships.into_iter().try_fold(Self::new(form.id, form.kind), Self::with).map_err(D::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an account: an object with `id`, `kind` and `memberships`",
    bound = "Id: Ord + Deserialize<'de>"
)]
struct AccountForm<Id> {
    id: Id,
    kind: AccountKind,
    memberships: Vec<Membership<Id>>,
}

/// `{ "organization": "acme-corp", "role": "developer", "expires_at": "2027-01-01T00:00:00Z", "overrides":
/// [{ "cluster": "production-us-east", "level": "view" }], "project_roles": [{ "project": "shop", "role": "viewer" }] }`,
/// where `expires_at`, which overrides and project roles may have too, is left out of what has no expiry.
impl<Id: Serialize> Serialize for Membership<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a, Id> {
            organization: &'a Id,
            role: Role,
            #[serde(skip_serializing_if = "Option::is_none")]
            expires_at: Option<Time>,
            overrides: Vec<ClusterAccessForm<&'a Id>>,
            project_roles: Vec<ProjectRoleForm<&'a Id>>,
        }
        let fields = Fields {
            organization: self.organization(),
            role: self.role(),
            expires_at: self.expires_at(),
            overrides: self.cluster_accesses().map(ClusterAccessForm::from).collect(),
            project_roles: self.project_roles().map(ProjectRoleForm::from).collect(),
        };
        fields.serialize(serializer)
    }
}

/// From `{ "organization": "acme-corp", "role": "viewer" }`, with `expires_at`, `overrides` and `project_roles` optional.
/// Two overrides on one cluster, or two roles in one project, are an error.
impl<'de, Id: Ord + Deserialize<'de>> Deserialize<'de> for Membership<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: MembershipForm<Id> = Deserialize::deserialize(Strict(deserializer))?;
        let mut membership = Self::new(form.organization, form.role);
        if let Some(expiry) = form.expires_at {
            membership = membership.until(expiry);
        }
        for ClusterAccessForm { cluster, level, expires_at } in form.overrides {
            membership.set_cluster_access(cluster, Grant::expiring(level, expires_at)).map_err(D::Error::custom)?;
        }
        for ProjectRoleForm { project, role, expires_at } in form.project_roles {
            membership.set_project_role(project, Grant::expiring(role, expires_at)).map_err(D::Error::custom)?;
        }
        Ok(membership)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a membership: an object with `organization` and `role`")]
struct MembershipForm<Id> {
    organization: Id,
    role: Role,
    expires_at: Option<Time>,
    #[serde(default = "Vec::new")]
    overrides: Vec<ClusterAccessForm<Id>>,
    #[serde(default = "Vec::new")]
    project_roles: Vec<ProjectRoleForm<Id>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an override: an object with `cluster` and `level`")]
struct ClusterAccessForm<Id> {
    cluster: Id,
    level: ClusterAccess,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}

impl<Id> From<(Id, Grant<ClusterAccess>)> for ClusterAccessForm<Id> {
    fn from((cluster, grant): (Id, Grant<ClusterAccess>)) -> Self {
        Self { cluster, level: grant.value(), expires_at: grant.expires_at() }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a project role: an object with `project` and `role`")]
struct ProjectRoleForm<Id> {
    project: Id,
    role: ProjectRole,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}

impl<Id> From<(Id, Grant<ProjectRole>)> for ProjectRoleForm<Id> {
    fn from((project, grant): (Id, Grant<ProjectRole>)) -> Self {
        Self { project, role: grant.value(), expires_at: grant.expires_at() }
    }
}

/// `{ "id": "acme-corp", "owners": 2 }`.
impl<Id: Serialize> Serialize for Organization<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        OrganizationForm { id: self.id(), owners: self.owners() }.serialize(serializer)
    }
}

/// From its two fields, both required.
impl<'de, Id: Deserialize<'de>> Deserialize<'de> for Organization<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let OrganizationForm { id, owners } = Deserialize::deserialize(Strict(deserializer))?;
        Ok(Self::new(id, owners))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an organization: an object with `id` and `owners`")]
struct OrganizationForm<Id> {
    id: Id,
    #[serde(deserialize_with = "count")]
    owners: u32,
}

/// `{ "id": "us-east", "organization": "acme-corp", "environments": 2 }`.
impl<Id: Serialize> Serialize for Cluster<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = ClusterForm { id: self.id(), organization: self.organization(), environments: self.environments() };
        form.serialize(serializer)
    }
}

/// From its three fields, all required: a forgotten count would let a cluster be disconnected.
impl<'de, Id: Deserialize<'de>> Deserialize<'de> for Cluster<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ClusterForm { id, organization, environments } = Deserialize::deserialize(Strict(deserializer))?;
        Ok(Self::new(id, organization).with_environments(environments))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a cluster: an object with `id`, `organization` and `environments`")]
struct ClusterForm<Id> {
    id: Id,
    organization: Id,
    #[serde(deserialize_with = "count")]
    environments: u32,
}

/// `{ "id": "shop", "organization": "acme-corp", "visibility": "organization", "environments": 2, "safeguard":
/// { "deployer": "admin", "custodian": "admin" } }`.
impl<Id: Serialize> Serialize for Project<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = ProjectForm {
            id: self.id(),
            organization: self.organization(),
            visibility: self.visibility(),
            environments: self.environments(),
            safeguard: self.safeguard(),
        };
        form.serialize(serializer)
    }
}

/// From its five fields, all required. A safeguard that does not fit the number of environments is an error.
impl<'de, Id: Deserialize<'de>> Deserialize<'de> for Project<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ProjectForm { id, organization, visibility, environments, safeguard } =
            Deserialize::deserialize(Strict(deserializer))?;
        if environments == 0 && safeguard != Safeguard::NONE {
            return Err(de::Error::custom(
                "a project without environments has the safeguard of none: deployer developer, custodian admin",
            ));
        }
        Ok(Self::new(id, organization).with_visibility(visibility).holding(environments, safeguard))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a project: an object with `id`, `organization`, `visibility`, `environments` and `safeguard`"
)]
struct ProjectForm<Id> {
    id: Id,
    organization: Id,
    visibility: Visibility,
    #[serde(deserialize_with = "count")]
    environments: u32,
    safeguard: Safeguard,
}

/// `{ "deployer": "admin", "custodian": "owner" }`.
impl Serialize for Safeguard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SafeguardForm { deployer: self.deployer(), custodian: self.custodian() }.serialize(serializer)
    }
}

/// From its two fields, both required. Roles that no protections join to are an error.
impl<'de> Deserialize<'de> for Safeguard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let SafeguardForm { deployer, custodian } = Deserialize::deserialize(Strict(deserializer))?;
        Self::kinds().find(|kind| (kind.deployer(), kind.custodian()) == (deployer, custodian)).ok_or_else(|| {
            D::Error::custom(format_args!(
                "no protection has the deployer `{deployer}` and the custodian `{custodian}`: \
                 expected developer and admin, admin and admin, admin and owner, or owner and owner"
            ))
        })
    }
}

impl Safeguard {
    /// Every one that there is: joined, they give no other.
    fn kinds() -> impl Iterator<Item = Self> {
        let rule = ApprovalRule::new(ApprovalFrom::Owner);
        [Protection::NONE, Protection::RESTRICTED, Protection::restricted(rule), Protection::LOCKED]
            .into_iter()
            .map(Protection::safeguard)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a safeguard: an object with `deployer` and `custodian`")]
struct SafeguardForm {
    deployer: Role,
    custodian: Role,
}

/// `{ "id": "shop-production", "organization": "acme-corp", "project": "shop", "visibility": "organization",
/// "cluster": "us-east", "protection": "locked" }`. The project and its visibility, and the cluster, are of that
/// organization: there is no second one to contradict it.
impl<Id: Serialize> Serialize for Environment<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = EnvironmentForm {
            id: self.id(),
            organization: self.organization(),
            project: self.project(),
            visibility: self.visibility(),
            cluster: self.cluster(),
            protection: self.protection(),
        };
        form.serialize(serializer)
    }
}

/// From its six fields, all required.
impl<'de, Id: Eq + Clone + Deserialize<'de>> Deserialize<'de> for Environment<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: EnvironmentForm<Id> = Deserialize::deserialize(Strict(deserializer))?;
        let project = Project::new(form.project, form.organization.clone()).with_visibility(form.visibility);
        let cluster = Cluster::new(form.cluster, form.organization);
        Self::new(form.id, &project, &cluster, form.protection).map_err(D::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an environment: an object with `id`, `organization`, `project`, `visibility`, `cluster` and `protection`"
)]
struct EnvironmentForm<Id> {
    id: Id,
    organization: Id,
    project: Id,
    visibility: Visibility,
    cluster: Id,
    protection: Protection,
}

fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    const EXPECTING: &str = "a whole number from 0 to 4294967295";
    let count = deserializer.deserialize_u64(Whole { expecting: EXPECTING })?;
    u32::try_from(count).map_err(|_| D::Error::invalid_value(de::Unexpected::Unsigned(count), &EXPECTING))
}

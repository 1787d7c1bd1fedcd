//! The forms of organizations, clusters, projects and environments: read through their checked constructors, so that what
//! contradicts itself is refused.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::fmt::Display;
use core::str::FromStr;

use serde::de::{self, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::forms::words::Whole;
use crate::json::id::AnyText as Text;
use crate::json::strict::Strict;
use crate::model::cluster::Cluster;
use crate::model::environment::Environment;
use crate::model::organization::Organization;
use crate::model::project::{Project, Visibility};
use crate::model::protection::{ApprovalFrom, ApprovalRule, Protection, Safeguard};
use crate::model::role::Role;

/// `{ "id": "acme-corp", "owners": 2 }`.
impl<Id: Display> Serialize for Organization<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        OrganizationForm { id: Text(self.id()), owners: self.owners() }.serialize(serializer)
    }
}

/// From its two fields, both required.
impl<'de, Id: Display + FromStr<Err: Display>> Deserialize<'de> for Organization<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let OrganizationForm { id: Text(id), owners } = Deserialize::deserialize(Strict(deserializer))?;
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

/// `{ "id": "us-east", "organization": "acme-corp", "visibility": "organization", "environments": 2 }`.
impl<Id: Display> Serialize for Cluster<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = ClusterForm {
            id: Text(self.id()),
            organization: Text(self.organization()),
            visibility: self.visibility(),
            environments: self.environments(),
        };
        form.serialize(serializer)
    }
}

/// From its four fields, all required: a forgotten count would let a cluster be disconnected.
impl<'de, Id: Display + FromStr<Err: Display>> Deserialize<'de> for Cluster<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: ClusterForm<Text<Id>> = Deserialize::deserialize(Strict(deserializer))?;
        let cluster = Self::new(form.id.0, form.organization.0).with_visibility(form.visibility);
        Ok(cluster.with_environments(form.environments))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a cluster: an object with `id`, `organization`, `visibility` and `environments`"
)]
struct ClusterForm<Id> {
    id: Id,
    organization: Id,
    visibility: Visibility,
    #[serde(deserialize_with = "count")]
    environments: u32,
}

/// `{ "id": "shop", "organization": "acme-corp", "visibility": "organization", "environments": 2, "clusters": [{ "id":
/// "us-east", "visibility": "organization" }], "safeguard": { "deployer": "admin", "keeper": "admin", "custodian": "admin" } }`.
impl<Id: Display> Serialize for Project<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = ProjectForm {
            id: Text(self.id()),
            organization: Text(self.organization()),
            visibility: self.visibility(),
            environments: self.environments(),
            clusters: self.clusters().map(|(id, visibility)| ProjectClusterForm { id: Text(id), visibility }).collect(),
            safeguard: self.safeguard(),
        };
        form.serialize(serializer)
    }
}

/// From its six fields, all required. Clusters and a safeguard that do not fit the number of environments are an error.
impl<'de, Id: Ord + Display + FromStr<Err: Display>> Deserialize<'de> for Project<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: ProjectForm<Text<Id>> = Deserialize::deserialize(Strict(deserializer))?;
        let environments = usize::try_from(form.environments).map_err(de::Error::custom)?;
        if environments == 0 && form.safeguard != Safeguard::NONE {
            return Err(de::Error::custom(
                "a project without environments has the safeguard of none: \
                 deployer developer, keeper developer, custodian admin",
            ));
        }
        if form.clusters.is_empty() != (environments == 0) || form.clusters.len() > environments {
            return Err(de::Error::custom(
                "each environment deploys to one cluster: list the clusters that the environments deploy to",
            ));
        }
        let named: BTreeSet<&Id> = form.clusters.iter().map(|cluster| &cluster.id.0).collect();
        if named.len() != form.clusters.len() {
            return Err(de::Error::custom("a cluster is listed twice: list each once"));
        }
        let clusters = form.clusters.into_iter().map(|cluster| (cluster.id.0, cluster.visibility));
        let project = Self::new(form.id.0, form.organization.0).with_visibility(form.visibility);
        Ok(project.with_joint(form.environments, form.safeguard, clusters))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a project: an object with `id`, `organization`, `visibility`, `environments`, `clusters` and `safeguard`"
)]
struct ProjectForm<Id> {
    id: Id,
    organization: Id,
    visibility: Visibility,
    #[serde(deserialize_with = "count")]
    environments: u32,
    clusters: Vec<ProjectClusterForm<Id>>,
    safeguard: Safeguard,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a cluster of a project: an object with `id` and `visibility`")]
struct ProjectClusterForm<Id> {
    id: Id,
    visibility: Visibility,
}

/// `{ "deployer": "admin", "keeper": "owner", "custodian": "owner" }`.
impl Serialize for Safeguard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (deployer, keeper, custodian) = (self.deployer(), self.keeper(), self.custodian());
        SafeguardForm { deployer, keeper, custodian }.serialize(serializer)
    }
}

/// From its three fields, all required. Ranks that no protections join to are an error.
impl<'de> Deserialize<'de> for Safeguard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let SafeguardForm { deployer, keeper, custodian } = Deserialize::deserialize(Strict(deserializer))?;
        let is_it = |kind: &Self| (kind.deployer(), kind.keeper(), kind.custodian()) == (deployer, keeper, custodian);
        Self::kinds().find(is_it).ok_or_else(|| {
            D::Error::custom(format_args!(
                "no protection has the deployer `{deployer}`, the keeper `{keeper}` and the custodian `{custodian}`: \
                 expected developer, developer and admin; developer or admin, admin and admin; \
                 or developer, admin or owner, owner and owner"
            ))
        })
    }
}

impl Safeguard {
    /// Every one that there is: joined, they give no other.
    fn kinds() -> impl Iterator<Item = Self> {
        let rule = ApprovalRule::new(ApprovalFrom::Owner);
        let (reviewed, restricted) = (Protection::reviewed(rule), Protection::restricted(rule));
        [Protection::NONE, Protection::REVIEWED, reviewed, Protection::RESTRICTED, restricted, Protection::LOCKED]
            .into_iter()
            .map(Protection::safeguard)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a safeguard: an object with `deployer`, `keeper` and `custodian`")]
struct SafeguardForm {
    deployer: Role,
    keeper: Role,
    custodian: Role,
}

/// `{ "id": "shop-production", "organization": "acme-corp", "project": "shop", "visibility": "organization",
/// "cluster": "us-east", "cluster_visibility": "organization", "protection": "locked" }`. The project and the cluster, each
/// with its visibility, are of that organization: there is no second one to contradict it.
impl<Id: Display> Serialize for Environment<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = EnvironmentForm {
            id: Text(self.id()),
            organization: Text(self.organization()),
            project: Text(self.project()),
            visibility: self.visibility(),
            cluster: Text(self.cluster()),
            cluster_visibility: self.cluster_visibility(),
            protection: self.protection(),
        };
        form.serialize(serializer)
    }
}

/// From its seven fields, all required.
impl<'de, Id: Eq + Clone + Display + FromStr<Err: Display>> Deserialize<'de> for Environment<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: EnvironmentForm<Text<Id>> = Deserialize::deserialize(Strict(deserializer))?;
        let project = Project::new(form.project.0, form.organization.0.clone()).with_visibility(form.visibility);
        let cluster = Cluster::new(form.cluster.0, form.organization.0).with_visibility(form.cluster_visibility);
        Self::new(form.id.0, &project, &cluster, form.protection).map_err(D::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an environment: an object with `id`, `organization`, `project`, `visibility`, `cluster`, `cluster_visibility` \
                 and `protection`"
)]
struct EnvironmentForm<Id> {
    id: Id,
    organization: Id,
    project: Id,
    visibility: Visibility,
    cluster: Id,
    cluster_visibility: Visibility,
    protection: Protection,
}

pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    const EXPECTING: &str = "a whole number from 0 to 4294967295";
    let count = deserializer.deserialize_u64(Whole { expecting: EXPECTING })?;
    u32::try_from(count).map_err(|_| D::Error::invalid_value(de::Unexpected::Unsigned(count), &EXPECTING))
}

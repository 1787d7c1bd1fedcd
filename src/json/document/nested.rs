//! The document as it is written: organizations with what belongs to them inside.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Display};
use core::marker::PhantomData;
use core::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::directory::rows::{
    AccountRow, ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow,
    Rows,
};
use crate::json::strict::Strict;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::cluster::Orchestrator;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::Time;

/// An id as a string.
#[derive(Clone)]
pub(super) struct Text<Id>(pub(super) Id);

impl<Id: Display> Serialize for Text<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, Id: FromStr<Err: Display>> Deserialize<'de> for Text<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor(PhantomData))
    }
}

struct TextVisitor<Id>(PhantomData<Id>);

impl<Id: FromStr<Err: Display>> Visitor<'_> for TextVisitor<Id> {
    type Value = Text<Id>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text<Id>, E> {
        text.parse()
            .map(Text)
            .map_err(|error| E::custom(format_args!("`{}` is not an id: {error}", text.escape_debug())))
    }
}

/// A whole document.
#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a directory document: an object with `organizations`",
    bound(serialize = "Id: Display", deserialize = "Id: FromStr<Err: Display>")
)]
pub(super) struct Document<Id> {
    #[serde(default = "Vec::new")]
    pub(super) accounts: Vec<AccountForm<Id>>,
    #[serde(default = "Vec::new")]
    pub(super) organizations: Vec<OrganizationForm<Id>>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an account: an object with `id` and `kind`",
    bound(serialize = "Id: Display", deserialize = "Id: FromStr<Err: Display>")
)]
pub(super) struct AccountForm<Id> {
    pub(super) id: Text<Id>,
    pub(super) kind: AccountKind,
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an organization: an object with `id`",
    bound(serialize = "Id: Display", deserialize = "Id: FromStr<Err: Display>")
)]
pub(super) struct OrganizationForm<Id> {
    pub(super) id: Text<Id>,
    #[serde(default = "Vec::new")]
    pub(super) members: Vec<MemberForm<Id>>,
    #[serde(default = "Vec::new")]
    pub(super) clusters: Vec<ClusterForm<Id>>,
    #[serde(default = "Vec::new")]
    pub(super) projects: Vec<ProjectForm<Id>>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a member: an object with `account` and `role`",
    bound(serialize = "Id: Display", deserialize = "Id: FromStr<Err: Display>")
)]
pub(super) struct MemberForm<Id> {
    pub(super) account: Text<Id>,
    pub(super) role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<Time>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a cluster: an object with `id`",
    bound(serialize = "Id: Display", deserialize = "Id: FromStr<Err: Display>")
)]
pub(super) struct ClusterForm<Id> {
    pub(super) id: Text<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) orchestrator: Option<Orchestrator>,
    #[serde(default = "Vec::new")]
    pub(super) access: Vec<AccessForm<Id>>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an access: an object with `account` and `level`",
    bound(serialize = "Id: Display", deserialize = "Id: FromStr<Err: Display>")
)]
pub(super) struct AccessForm<Id> {
    pub(super) account: Text<Id>,
    pub(super) level: ClusterAccess,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<Time>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a project: an object with `id`",
    bound(serialize = "Id: Display", deserialize = "Id: FromStr<Err: Display>")
)]
pub(super) struct ProjectForm<Id> {
    pub(super) id: Text<Id>,
    #[serde(default = "organization")]
    pub(super) visibility: Visibility,
    #[serde(default = "Vec::new")]
    pub(super) members: Vec<ProjectMemberForm<Id>>,
    #[serde(default = "Vec::new")]
    pub(super) environments: Vec<EnvironmentForm<Id>>,
}

const fn organization() -> Visibility {
    Visibility::Organization
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a project's member: an object with `account` and `role`",
    bound(serialize = "Id: Display", deserialize = "Id: FromStr<Err: Display>")
)]
pub(super) struct ProjectMemberForm<Id> {
    pub(super) account: Text<Id>,
    pub(super) role: ProjectRole,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<Time>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an environment: an object with `id` and `cluster`",
    bound(serialize = "Id: Display", deserialize = "Id: FromStr<Err: Display>")
)]
pub(super) struct EnvironmentForm<Id> {
    pub(super) id: Text<Id>,
    pub(super) cluster: Text<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) namespace: Option<String>,
    #[serde(default)]
    pub(super) protection: Protection,
}

impl<Id: Clone + FromStr<Err: Display>> Document<Id> {
    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(Strict(deserializer))
    }
}

impl<Id: Clone> Document<Id> {
    /// The rows, in the order in which they are written.
    pub(super) fn into_rows(self) -> Rows<Id> {
        let accounts = self.accounts.into_iter().map(|account| AccountRow { id: account.id.0, kind: account.kind });
        let mut rows = Rows { accounts: accounts.collect(), ..Rows::default() };
        for organization in self.organizations {
            organization.add_to(&mut rows);
        }
        rows
    }
}

impl<Id: Clone> OrganizationForm<Id> {
    fn add_to(self, rows: &mut Rows<Id>) {
        let Text(organization) = self.id;
        rows.members.extend(self.members.into_iter().map(|member| MemberRow {
            organization: organization.clone(),
            account: member.account.0,
            role: member.role,
            expires_at: member.expires_at,
        }));
        for cluster in self.clusters {
            cluster.add_to(&organization, rows);
        }
        for project in self.projects {
            project.add_to(&organization, rows);
        }
        rows.organizations.push(OrganizationRow { id: organization });
    }
}

impl<Id: Clone> ClusterForm<Id> {
    fn add_to(self, organization: &Id, rows: &mut Rows<Id>) {
        let Text(cluster) = self.id;
        rows.cluster_access.extend(self.access.into_iter().map(|access| ClusterAccessRow {
            cluster: cluster.clone(),
            account: access.account.0,
            level: access.level,
            expires_at: access.expires_at,
        }));
        let (organization, orchestrator) = (organization.clone(), self.orchestrator);
        rows.clusters.push(ClusterRow { id: cluster, organization, orchestrator });
    }
}

impl<Id: Clone> ProjectForm<Id> {
    fn add_to(self, organization: &Id, rows: &mut Rows<Id>) {
        let Text(project) = self.id;
        rows.project_roles.extend(self.members.into_iter().map(|member| ProjectRoleRow {
            project: project.clone(),
            account: member.account.0,
            role: member.role,
            expires_at: member.expires_at,
        }));
        rows.environments.extend(self.environments.into_iter().map(|environment| EnvironmentRow {
            id: environment.id.0,
            project: project.clone(),
            cluster: environment.cluster.0,
            namespace: environment.namespace,
            protection: environment.protection,
        }));
        let organization = organization.clone();
        rows.projects.push(ProjectRow { id: project, organization, visibility: self.visibility });
    }
}

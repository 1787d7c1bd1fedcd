//! The document as it is written: organizations with what belongs to them inside.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Display};
use core::marker::PhantomData;

use serde::de::{self, DeserializeSeed, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::document::word::Namespace;
use crate::json::id::{FromText, Text};
use crate::json::role::{RoleId, RoleWord};
use crate::json::strict::Strict;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::cluster::Orchestrator;
use crate::model::custom_role::{RoleDefinition, RolePermissions};
use crate::model::escape::Escaped;
use crate::model::grants::Holder;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::Time;

/// A whole document.
#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a directory document: an object with `organizations`",
    bound(serialize = "Id: Clone + Display", deserialize = "Id: Ord + Display + FromText<'de>")
)]
pub(super) struct Document<Id> {
    #[serde(default)]
    pub(super) accounts: Accounts<Id>,
    #[serde(default = "Vec::new")]
    pub(super) organizations: Vec<OrganizationForm<Id>>,
}

impl<'de, Id: Ord + Display + FromText<'de>> Document<Id> {
    pub(super) fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(Strict(deserializer))
    }
}

/// The kinds of accounts, each of them listed once.
pub(super) struct Accounts<Id>(pub(super) BTreeMap<Id, AccountKind>);

impl<Id> Default for Accounts<Id> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an account: an object with `id` and `kind`")]
struct AccountForm<T> {
    id: T,
    kind: AccountKind,
}

impl<Id: Display> Serialize for Accounts<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(id, kind)| AccountForm { id: Text(id), kind: *kind }))
    }
}

impl<'de, Id: Ord + Display + FromText<'de>> Deserialize<'de> for Accounts<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(AccountsVisitor(PhantomData)).map(Self)
    }
}

struct AccountsVisitor<Id>(PhantomData<Id>);

impl<'de, Id: Ord + Display + FromText<'de>> Visitor<'de> for AccountsVisitor<Id> {
    type Value = BTreeMap<Id, AccountKind>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut kinds = BTreeMap::new();
        while array.next_element_seed(NewAccount(&mut kinds))?.is_some() {}
        Ok(kinds)
    }
}

/// Puts an account into a map that must not have it. (Where the element is read, so that its error has its index.)
struct NewAccount<'a, Id>(&'a mut BTreeMap<Id, AccountKind>);

impl<'de, Id: Ord + Display + FromText<'de>> DeserializeSeed<'de> for NewAccount<'_, Id> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let AccountForm { id: Text(id), kind } = Deserialize::deserialize(deserializer)?;
        match self.0.entry(id) {
            Entry::Vacant(entry) => {
                entry.insert(kind);
                Ok(())
            }
            Entry::Occupied(entry) => Err(de::Error::custom(format_args!(
                "account {} is listed already: list each account once",
                Escaped::in_quotes(&entry.key().to_string())
            ))),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an organization: an object with `id`",
    bound(serialize = "Id: Clone + Display", deserialize = "Id: Display + FromText<'de>")
)]
pub(super) struct OrganizationForm<Id> {
    pub(super) id: Text<Id>,
    #[serde(default = "Vec::new")]
    pub(super) members: Vec<MemberForm<Id>>,
    #[serde(default = "Vec::new")]
    pub(super) roles: Vec<RoleForm<Id>>,
    #[serde(default = "Vec::new")]
    pub(super) teams: Vec<TeamForm<Id>>,
    #[serde(default = "Vec::new")]
    pub(super) clusters: Vec<ClusterForm<Id>>,
    #[serde(default = "Vec::new")]
    pub(super) projects: Vec<ProjectForm<Id>>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a member: an object with `account` and `role`",
    bound(serialize = "Id: Display", deserialize = "Id: Display + FromText<'de>")
)]
pub(super) struct MemberForm<Id> {
    pub(super) account: Text<Id>,
    pub(super) role: RoleWord<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<Time>,
}

/// A custom role.
#[derive(Deserialize)]
#[serde(try_from = "RoleFields<Id>", bound = "Id: Display + FromText<'de>")]
pub(super) struct RoleForm<Id> {
    pub(super) id: Id,
    pub(super) definition: RoleDefinition,
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a custom role: an object with `id`, `rank` and `permissions`",
    bound(serialize = "Id: Display", deserialize = "Id: Display + FromText<'de>")
)]
struct RoleFields<Id> {
    id: RoleId<Id>,
    rank: Role,
    permissions: RolePermissions,
}

impl<Id: Display> Serialize for RoleForm<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (rank, permissions) = (self.definition.rank(), self.definition.permissions());
        RoleFields { id: RoleId(&self.id), rank, permissions }.serialize(serializer)
    }
}

impl<Id> TryFrom<RoleFields<Id>> for RoleForm<Id> {
    type Error = crate::model::custom_role::RoleError;

    fn try_from(fields: RoleFields<Id>) -> Result<Self, Self::Error> {
        Ok(Self { id: fields.id.0, definition: RoleDefinition::new(fields.rank, fields.permissions)? })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a team: an object with `id`",
    bound(serialize = "Id: Display", deserialize = "Id: Display + FromText<'de>")
)]
pub(super) struct TeamForm<Id> {
    pub(super) id: Text<Id>,
    #[serde(default = "Vec::new")]
    pub(super) members: Vec<Text<Id>>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a cluster: an object with `id`",
    bound(serialize = "Id: Clone + Display", deserialize = "Id: Display + FromText<'de>")
)]
pub(super) struct ClusterForm<Id> {
    pub(super) id: Text<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) orchestrator: Option<Orchestrator>,
    #[serde(default = "organization")]
    pub(super) visibility: Visibility,
    #[serde(default = "Vec::new")]
    pub(super) access: Vec<AccessForm<Id>>,
}

const fn organization() -> Visibility {
    Visibility::Organization
}

/// What a member or a team has on a cluster.
#[derive(Clone, Serialize, Deserialize)]
#[serde(
    into = "AccessFields<Id>",
    try_from = "AccessFields<Id>",
    bound(serialize = "Id: Clone + Display", deserialize = "Id: Display + FromText<'de>")
)]
pub(super) struct AccessForm<Id> {
    pub(super) holder: Holder<Id>,
    pub(super) level: ClusterAccess,
    pub(super) expires_at: Option<Time>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an access: an object with `account` or `team`, and `level`",
    bound(serialize = "Id: Display", deserialize = "Id: Display + FromText<'de>")
)]
struct AccessFields<Id> {
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Text<Id>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<Text<Id>>,
    level: ClusterAccess,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}

impl<Id> From<AccessForm<Id>> for AccessFields<Id> {
    fn from(AccessForm { holder, level, expires_at }: AccessForm<Id>) -> Self {
        let (account, team) = of_holder(holder);
        Self { account, team, level, expires_at }
    }
}

impl<Id> TryFrom<AccessFields<Id>> for AccessForm<Id> {
    type Error = &'static str;

    fn try_from(AccessFields { account, team, level, expires_at }: AccessFields<Id>) -> Result<Self, Self::Error> {
        Ok(Self { holder: holder(account, team)?, level, expires_at })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a project: an object with `id`",
    bound(serialize = "Id: Clone + Display", deserialize = "Id: Display + FromText<'de>")
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

/// What a member or a team has in a project.
#[derive(Clone, Serialize, Deserialize)]
#[serde(
    into = "ProjectMemberFields<Id>",
    try_from = "ProjectMemberFields<Id>",
    bound(serialize = "Id: Clone + Display", deserialize = "Id: Display + FromText<'de>")
)]
pub(super) struct ProjectMemberForm<Id> {
    pub(super) holder: Holder<Id>,
    pub(super) role: ProjectRole,
    pub(super) expires_at: Option<Time>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a project's member: an object with `account` or `team`, and `role`",
    bound(serialize = "Id: Display", deserialize = "Id: Display + FromText<'de>")
)]
struct ProjectMemberFields<Id> {
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Text<Id>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<Text<Id>>,
    role: ProjectRole,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}

impl<Id> From<ProjectMemberForm<Id>> for ProjectMemberFields<Id> {
    fn from(ProjectMemberForm { holder, role, expires_at }: ProjectMemberForm<Id>) -> Self {
        let (account, team) = of_holder(holder);
        Self { account, team, role, expires_at }
    }
}

impl<Id> TryFrom<ProjectMemberFields<Id>> for ProjectMemberForm<Id> {
    type Error = &'static str;

    fn try_from(fields: ProjectMemberFields<Id>) -> Result<Self, Self::Error> {
        let ProjectMemberFields { account, team, role, expires_at } = fields;
        Ok(Self { holder: holder(account, team)?, role, expires_at })
    }
}

fn of_holder<Id>(holder: Holder<Id>) -> (Option<Text<Id>>, Option<Text<Id>>) {
    match holder {
        Holder::Account(id) => (Some(Text(id)), None),
        Holder::Team(id) => (None, Some(Text(id))),
    }
}

fn holder<Id>(account: Option<Text<Id>>, team: Option<Text<Id>>) -> Result<Holder<Id>, &'static str> {
    match (account, team) {
        (Some(Text(id)), None) => Ok(Holder::Account(id)),
        (None, Some(Text(id))) => Ok(Holder::Team(id)),
        (None, None) => Err("missing field `account` or `team`"),
        (Some(_), Some(_)) => Err("both `account` and `team` are there: name one in each entry"),
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    try_from = "EnvironmentFields<Id>",
    bound(serialize = "Id: Display", deserialize = "Id: Display + FromText<'de>")
)]
pub(super) struct EnvironmentForm<Id> {
    pub(super) id: Text<Id>,
    pub(super) cluster: Text<Id>,
    pub(super) namespace: Namespace,
    pub(super) protection: Protection,
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an environment: an object with `id` and `cluster`",
    bound = "Id: Display + FromText<'de>"
)]
struct EnvironmentFields<Id> {
    id: Text<Id>,
    cluster: Text<Id>,
    namespace: Option<Namespace>,
    #[serde(default)]
    protection: Protection,
}

impl<Id: Display> TryFrom<EnvironmentFields<Id>> for EnvironmentForm<Id> {
    type Error = String;

    fn try_from(
        EnvironmentFields { id, cluster, namespace, protection }: EnvironmentFields<Id>,
    ) -> Result<Self, String> {
        let namespace = namespace.map_or_else(|| Namespace::of_environment(&id.0.to_string()), Ok)?;
        Ok(Self { id, cluster, namespace, protection })
    }
}

//! The forms of changes: members by their names on the wire, whatever they are called in Rust.

use alloc::string::String;

use core::fmt::Display;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::change::Change;
use crate::json::id;
use crate::json::record::by_form;
use crate::json::strict::{Strict, nullable};
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::custom_role::{AnyRole, RoleDefinition, RolePermissions};
use crate::model::grants::Holder;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::ProjectRole;
use crate::model::time::{Grant, Time};

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "Change",
    rename_all = "snake_case",
    deny_unknown_fields,
    bound(serialize = "Id: Display", deserialize = "Id: Display + FromStr<Err: Display>")
)]
enum ChangeForm<Id> {
    InviteMember {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        account: Id,
        kind: AccountKind,
        role: AnyRole<Id>,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<Time>,
    },
    ChangeRole {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        account: Id,
        to: AnyRole<Id>,
    },
    SetExpiry {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        account: Id,
        #[serde(deserialize_with = "nullable")]
        to: Option<Time>,
    },
    RemoveMember {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        account: Id,
    },
    TransferOwnership {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        account: Id,
    },
    CreateRole {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        role: Id,
        definition: RoleDefinition,
    },
    UpdateRole {
        #[serde(with = "id")]
        role: Id,
        permissions: RolePermissions,
    },
    DeleteRole {
        #[serde(with = "id")]
        role: Id,
    },
    CreateTeam {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        team: Id,
    },
    UpdateTeam {
        #[serde(with = "id")]
        team: Id,
    },
    DeleteTeam {
        #[serde(with = "id")]
        team: Id,
    },
    AddToTeam {
        #[serde(with = "id")]
        team: Id,
        #[serde(with = "id")]
        account: Id,
    },
    RemoveFromTeam {
        #[serde(with = "id")]
        team: Id,
        #[serde(with = "id")]
        account: Id,
    },
    SetClusterAccess {
        #[serde(with = "id")]
        cluster: Id,
        holder: Holder<Id>,
        #[serde(deserialize_with = "nullable")]
        to: Option<Grant<ClusterAccess>>,
    },
    SetProjectRole {
        #[serde(with = "id")]
        project: Id,
        holder: Holder<Id>,
        #[serde(deserialize_with = "nullable")]
        to: Option<Grant<ProjectRole>>,
    },
    UpdateOrganization {
        #[serde(with = "id")]
        organization: Id,
    },
    DeleteOrganization {
        #[serde(with = "id")]
        organization: Id,
    },
    CreateProject {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        project: Id,
        visibility: Visibility,
    },
    UpdateProject {
        #[serde(with = "id")]
        project: Id,
        #[serde(skip_serializing_if = "Option::is_none")]
        visibility: Option<Visibility>,
    },
    DeleteProject {
        #[serde(with = "id")]
        project: Id,
    },
    CreateEnvironment {
        #[serde(with = "id")]
        environment: Id,
        #[serde(with = "id")]
        project: Id,
        #[serde(with = "id")]
        cluster: Id,
        namespace: String,
        protection: Protection,
    },
    UpdateEnvironment {
        #[serde(with = "id")]
        environment: Id,
    },
    Retarget {
        #[serde(with = "id")]
        environment: Id,
        #[serde(with = "id")]
        cluster: Id,
        #[serde(skip_serializing_if = "Option::is_none")]
        namespace: Option<String>,
    },
    DeleteEnvironment {
        #[serde(with = "id")]
        environment: Id,
    },
    SetProtection {
        #[serde(with = "id")]
        environment: Id,
        to: Protection,
    },
    ConnectCluster {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        cluster: Id,
        visibility: Visibility,
    },
    UpdateCluster {
        #[serde(with = "id")]
        cluster: Id,
        #[serde(skip_serializing_if = "Option::is_none")]
        visibility: Option<Visibility>,
    },
    DisconnectCluster {
        #[serde(with = "id")]
        cluster: Id,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "Holder",
    rename_all = "snake_case",
    bound(serialize = "Id: Display", deserialize = "Id: Display + FromStr<Err: Display>")
)]
enum HolderForm<Id> {
    Account(#[serde(with = "id")] Id),
    Team(#[serde(with = "id")] Id),
}

by_form!(Change<Id>, ChangeForm);
by_form!(Holder<Id>, HolderForm);

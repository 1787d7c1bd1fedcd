//! The forms of changes: members by their names on the wire, whatever they are called in Rust.

use alloc::string::String;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::change::Change;
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
#[serde(remote = "Change", rename_all = "snake_case", deny_unknown_fields)]
enum ChangeForm<Id> {
    InviteMember {
        organization: Id,
        account: Id,
        kind: AccountKind,
        role: AnyRole<Id>,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<Time>,
    },
    ChangeRole {
        organization: Id,
        account: Id,
        to: AnyRole<Id>,
    },
    SetExpiry {
        organization: Id,
        account: Id,
        #[serde(deserialize_with = "nullable")]
        to: Option<Time>,
    },
    RemoveMember {
        organization: Id,
        account: Id,
    },
    TransferOwnership {
        organization: Id,
        account: Id,
    },
    CreateRole {
        organization: Id,
        role: Id,
        definition: RoleDefinition,
    },
    UpdateRole {
        role: Id,
        permissions: RolePermissions,
    },
    DeleteRole {
        role: Id,
    },
    CreateTeam {
        organization: Id,
        team: Id,
    },
    UpdateTeam {
        team: Id,
    },
    DeleteTeam {
        team: Id,
    },
    AddToTeam {
        team: Id,
        account: Id,
    },
    RemoveFromTeam {
        team: Id,
        account: Id,
    },
    SetClusterAccess {
        cluster: Id,
        holder: Holder<Id>,
        #[serde(deserialize_with = "nullable")]
        to: Option<Grant<ClusterAccess>>,
    },
    SetProjectRole {
        project: Id,
        holder: Holder<Id>,
        #[serde(deserialize_with = "nullable")]
        to: Option<Grant<ProjectRole>>,
    },
    UpdateOrganization {
        organization: Id,
    },
    DeleteOrganization {
        organization: Id,
    },
    CreateProject {
        organization: Id,
        project: Id,
        visibility: Visibility,
    },
    UpdateProject {
        project: Id,
        #[serde(skip_serializing_if = "Option::is_none")]
        visibility: Option<Visibility>,
    },
    DeleteProject {
        project: Id,
    },
    CreateEnvironment {
        environment: Id,
        project: Id,
        cluster: Id,
        namespace: String,
        protection: Protection,
    },
    UpdateEnvironment {
        environment: Id,
    },
    Retarget {
        environment: Id,
        cluster: Id,
        #[serde(skip_serializing_if = "Option::is_none")]
        namespace: Option<String>,
    },
    DeleteEnvironment {
        environment: Id,
    },
    SetProtection {
        environment: Id,
        to: Protection,
    },
    ConnectCluster {
        organization: Id,
        cluster: Id,
        visibility: Visibility,
    },
    UpdateCluster {
        cluster: Id,
        #[serde(skip_serializing_if = "Option::is_none")]
        visibility: Option<Visibility>,
    },
    DisconnectCluster {
        cluster: Id,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Holder", rename_all = "snake_case")]
enum HolderForm<Id> {
    Account(Id),
    Team(Id),
}

by_form!(Change<Id>, ChangeForm);
by_form!(Holder<Id>, HolderForm);

//! The forms of changes and edits: members by their names on the wire, whatever they are called in Rust.

use alloc::string::String;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::change::Change;
use crate::change::edit::{ClusterState, Edit, EnvironmentState, OrganizationState, ProjectState};
use crate::json::strict::{Strict, nullable};
use crate::model::access::ClusterAccess;
use crate::model::account::{AccountKind, Membership};
use crate::model::cluster::Orchestrator;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::{ProjectRole, Role};
use crate::model::time::{Grant, Time};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Change", rename_all = "snake_case", deny_unknown_fields)]
enum ChangeForm<Id> {
    InviteMember {
        organization: Id,
        account: Id,
        kind: AccountKind,
        role: Role,
    },
    ChangeRole {
        organization: Id,
        account: Id,
        to: Role,
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
    SetClusterAccess {
        cluster: Id,
        account: Id,
        #[serde(deserialize_with = "nullable")]
        to: Option<Grant<ClusterAccess>>,
    },
    SetProjectRole {
        project: Id,
        account: Id,
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
        #[serde(skip_serializing_if = "Option::is_none")]
        namespace: Option<String>,
        protection: Protection,
    },
    UpdateEnvironment {
        environment: Id,
        #[serde(skip_serializing_if = "Option::is_none")]
        namespace: Option<String>,
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
    },
    DisconnectCluster {
        cluster: Id,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "Edit",
    rename_all = "snake_case",
    deny_unknown_fields,
    bound(deserialize = "Id: Ord + Deserialize<'de>")
)]
enum EditForm<Id> {
    Account {
        account: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<AccountKind>,
        #[serde(deserialize_with = "nullable")]
        to: Option<AccountKind>,
    },
    Organization {
        organization: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<OrganizationState>,
        #[serde(deserialize_with = "nullable")]
        to: Option<OrganizationState>,
    },
    Membership {
        organization: Id,
        account: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<Membership<Id>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<Membership<Id>>,
    },
    Role {
        organization: Id,
        account: Id,
        from: Grant<Role>,
        to: Grant<Role>,
    },
    ClusterAccess {
        cluster: Id,
        account: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<Grant<ClusterAccess>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<Grant<ClusterAccess>>,
    },
    ProjectRole {
        project: Id,
        account: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<Grant<ProjectRole>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<Grant<ProjectRole>>,
    },
    Project {
        project: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<ProjectState<Id>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<ProjectState<Id>>,
    },
    Cluster {
        cluster: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<ClusterState<Id>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<ClusterState<Id>>,
    },
    Environment {
        environment: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<EnvironmentState<Id>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<EnvironmentState<Id>>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "OrganizationState", deny_unknown_fields, expecting = "an object without fields")]
struct OrganizationStateForm {}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ProjectState", deny_unknown_fields, expecting = "an object with `organization` and `visibility`")]
struct ProjectStateForm<Id> {
    organization: Id,
    visibility: Visibility,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ClusterState", deny_unknown_fields, expecting = "an object with `organization`")]
struct ClusterStateForm<Id> {
    organization: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    orchestrator: Option<Orchestrator>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "EnvironmentState",
    deny_unknown_fields,
    expecting = "an object with `project`, `cluster` and `protection`"
)]
struct EnvironmentStateForm<Id> {
    project: Id,
    cluster: Id,
    #[serde(deserialize_with = "nullable")]
    namespace: Option<String>,
    protection: Protection,
}

/// Gives a type the form that mirrors it.
macro_rules! by_form {
    ($type:ident $(<$id:ident $(: $bound:ident)?>)?, $form:ident) => {
        impl<'de $(, $id: Deserialize<'de> $(+ $bound)?)?> Deserialize<'de> for $type $(<$id>)? {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $form::deserialize(Strict(deserializer))
            }
        }

        impl $(<$id: Serialize>)? Serialize for $type $(<$id>)? {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $form::serialize(self, serializer)
            }
        }
    };
}

by_form!(Change<Id>, ChangeForm);
by_form!(Edit<Id: Ord>, EditForm);
by_form!(OrganizationState, OrganizationStateForm);
by_form!(ProjectState<Id>, ProjectStateForm);
by_form!(ClusterState<Id>, ClusterStateForm);
by_form!(EnvironmentState<Id>, EnvironmentStateForm);

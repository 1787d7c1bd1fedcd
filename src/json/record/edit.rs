//! The forms of edits: one row before and after a change.

use alloc::string::String;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::change::edit::{
    ClusterState, Edit, EnvironmentState, MemberState, OrganizationState, ProjectState, RoleState, TeamMemberState,
    TeamState,
};
use crate::json::record::by_form;
use crate::json::strict::{Strict, nullable};
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::cluster::Orchestrator;
use crate::model::custom_role::{AnyRole, RoleDefinition};
use crate::model::grants::Holder;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::ProjectRole;
use crate::model::time::{Grant, Time};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Edit", rename_all = "snake_case", deny_unknown_fields)]
enum EditForm<Id> {
    Organization {
        organization: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<OrganizationState>,
        #[serde(deserialize_with = "nullable")]
        to: Option<OrganizationState>,
    },
    Role {
        role: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<RoleState<Id>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<RoleState<Id>>,
    },
    Member {
        organization: Id,
        account: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<MemberState<Id>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<MemberState<Id>>,
    },
    Team {
        team: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<TeamState<Id>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<TeamState<Id>>,
    },
    TeamMember {
        team: Id,
        account: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<TeamMemberState>,
        #[serde(deserialize_with = "nullable")]
        to: Option<TeamMemberState>,
    },
    ClusterAccess {
        cluster: Id,
        holder: Holder<Id>,
        #[serde(deserialize_with = "nullable")]
        from: Option<Grant<ClusterAccess>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<Grant<ClusterAccess>>,
    },
    ProjectRole {
        project: Id,
        holder: Holder<Id>,
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
#[serde(remote = "RoleState", deny_unknown_fields, expecting = "an object with `organization` and `definition`")]
struct RoleStateForm<Id> {
    organization: Id,
    definition: RoleDefinition,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "MemberState", deny_unknown_fields, expecting = "an object with `kind` and `role`")]
struct MemberStateForm<Id> {
    kind: AccountKind,
    role: AnyRole<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TeamState", deny_unknown_fields, expecting = "an object with `organization`")]
struct TeamStateForm<Id> {
    organization: Id,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TeamMemberState", deny_unknown_fields, expecting = "an object without fields")]
struct TeamMemberStateForm {}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ProjectState", deny_unknown_fields, expecting = "an object with `organization` and `visibility`")]
struct ProjectStateForm<Id> {
    organization: Id,
    visibility: Visibility,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ClusterState", deny_unknown_fields, expecting = "an object with `organization` and `visibility`")]
struct ClusterStateForm<Id> {
    organization: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    orchestrator: Option<Orchestrator>,
    visibility: Visibility,
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "EnvironmentState",
    deny_unknown_fields,
    expecting = "an object with `project`, `cluster`, `namespace` and `protection`"
)]
struct EnvironmentStateForm<Id> {
    project: Id,
    cluster: Id,
    namespace: String,
    protection: Protection,
}

by_form!(Edit<Id>, EditForm);
by_form!(OrganizationState, OrganizationStateForm);
by_form!(RoleState<Id>, RoleStateForm);
by_form!(MemberState<Id>, MemberStateForm);
by_form!(TeamState<Id>, TeamStateForm);
by_form!(TeamMemberState, TeamMemberStateForm);
by_form!(ProjectState<Id>, ProjectStateForm);
by_form!(ClusterState<Id>, ClusterStateForm);
by_form!(EnvironmentState<Id>, EnvironmentStateForm);

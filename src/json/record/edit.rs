//! The forms of edits: one row before and after a change.

use alloc::string::String;
use alloc::vec::Vec;

use core::fmt::Display;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::change::edit::{
    ClusterState, Edit, EnvironmentState, MemberState, OrganizationState, ProjectState, Removed, RoleState,
    TeamMemberState, TeamState,
};
use crate::json::id;
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
#[serde(
    remote = "Edit",
    rename_all = "snake_case",
    deny_unknown_fields,
    bound(serialize = "Id: Display", deserialize = "Id: Display + FromStr<Err: Display>")
)]
enum EditForm<Id> {
    Organization {
        #[serde(with = "id")]
        organization: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<OrganizationState>,
        #[serde(deserialize_with = "nullable")]
        to: Option<OrganizationState>,
    },
    Role {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        role: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<RoleState>,
        #[serde(deserialize_with = "nullable")]
        to: Option<RoleState>,
    },
    Member {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        account: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<MemberState<Id>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<MemberState<Id>>,
    },
    Team {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        team: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<TeamState>,
        #[serde(deserialize_with = "nullable")]
        to: Option<TeamState>,
    },
    TeamMember {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        team: Id,
        #[serde(with = "id")]
        account: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<TeamMemberState>,
        #[serde(deserialize_with = "nullable")]
        to: Option<TeamMemberState>,
    },
    ClusterAccess {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        cluster: Id,
        holder: Holder<Id>,
        #[serde(deserialize_with = "nullable")]
        from: Option<Grant<ClusterAccess>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<Grant<ClusterAccess>>,
    },
    ProjectRole {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        project: Id,
        holder: Holder<Id>,
        #[serde(deserialize_with = "nullable")]
        from: Option<Grant<ProjectRole>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<Grant<ProjectRole>>,
    },
    Project {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        project: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<ProjectState>,
        #[serde(deserialize_with = "nullable")]
        to: Option<ProjectState>,
    },
    Cluster {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        cluster: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<ClusterState>,
        #[serde(deserialize_with = "nullable")]
        to: Option<ClusterState>,
    },
    Environment {
        #[serde(with = "id")]
        organization: Id,
        #[serde(with = "id")]
        environment: Id,
        #[serde(deserialize_with = "nullable")]
        from: Option<EnvironmentState<Id>>,
        #[serde(deserialize_with = "nullable")]
        to: Option<EnvironmentState<Id>>,
    },
    Remove {
        #[serde(with = "id")]
        organization: Id,
        removed: Removed<Id>,
        #[serde(deserialize_with = "restore")]
        restore: Option<Vec<Edit<Id>>>,
    },
}

fn restore<'de, D, Id>(deserializer: D) -> Result<Option<Vec<Edit<Id>>>, D::Error>
where
    D: Deserializer<'de>,
    Id: Display + FromStr<Err: Display>,
{
    let edits: Option<Vec<Inner<Id>>> = nullable(deserializer)?;
    Ok(edits.map(|edits| edits.into_iter().map(|Inner(edit)| edit).collect()))
}

/// An edit in another one, whose deserializer is strict already: if it were made strict at each depth, its type would be endless.
struct Inner<Id>(Edit<Id>);

impl<'de, Id: Display + FromStr<Err: Display>> Deserialize<'de> for Inner<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        EditForm::deserialize(deserializer).map(Self)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "Removed",
    rename_all = "snake_case",
    bound(serialize = "Id: Display", deserialize = "Id: Display + FromStr<Err: Display>")
)]
enum RemovedForm<Id> {
    Organization,
    Project(#[serde(with = "id")] Id),
    Cluster(#[serde(with = "id")] Id),
    Team(#[serde(with = "id")] Id),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "OrganizationState", deny_unknown_fields, expecting = "an object without fields")]
struct OrganizationStateForm {}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RoleState", deny_unknown_fields, expecting = "an object with `definition`")]
struct RoleStateForm {
    definition: RoleDefinition,
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "MemberState",
    deny_unknown_fields,
    expecting = "an object with `kind` and `role`",
    bound(serialize = "Id: Display", deserialize = "Id: Display + FromStr<Err: Display>")
)]
struct MemberStateForm<Id> {
    kind: AccountKind,
    role: AnyRole<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TeamState", deny_unknown_fields, expecting = "an object without fields")]
struct TeamStateForm {}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TeamMemberState", deny_unknown_fields, expecting = "an object without fields")]
struct TeamMemberStateForm {}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ProjectState", deny_unknown_fields, expecting = "an object with `visibility`")]
struct ProjectStateForm {
    visibility: Visibility,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ClusterState", deny_unknown_fields, expecting = "an object with `visibility`")]
struct ClusterStateForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    orchestrator: Option<Orchestrator>,
    visibility: Visibility,
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "EnvironmentState",
    deny_unknown_fields,
    expecting = "an object with `project`, `cluster`, `namespace` and `protection`",
    bound(serialize = "Id: Display", deserialize = "Id: Display + FromStr<Err: Display>")
)]
struct EnvironmentStateForm<Id> {
    #[serde(with = "id")]
    project: Id,
    #[serde(with = "id")]
    cluster: Id,
    namespace: String,
    protection: Protection,
}

by_form!(Edit<Id>, EditForm);
by_form!(Removed<Id>, RemovedForm);
by_form!(OrganizationState, OrganizationStateForm);
by_form!(RoleState, RoleStateForm);
by_form!(MemberState<Id>, MemberStateForm);
by_form!(TeamState, TeamStateForm);
by_form!(TeamMemberState, TeamMemberStateForm);
by_form!(ProjectState, ProjectStateForm);
by_form!(ClusterState, ClusterStateForm);
by_form!(EnvironmentState<Id>, EnvironmentStateForm);

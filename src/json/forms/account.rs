//! The forms of accounts, memberships and teams, with their grants: read through their checked constructors.

use alloc::vec::Vec;
use core::fmt::{self, Display};
use core::marker::PhantomData;
use core::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::json::forms::facts::count;
use crate::json::id::AnyText as Text;
use crate::json::strict::Strict;
use crate::model::access::ClusterAccess;
use crate::model::account::{Account, AccountError, AccountKind};
use crate::model::cluster::Cluster;
use crate::model::custom_role::{AnyRole, CustomRole, RoleDefinition, RolePermissions};
use crate::model::grants::{Granted, Grants};
use crate::model::membership::Membership;
use crate::model::project::{Project, Visibility};
use crate::model::role::{ProjectRole, Role};
use crate::model::team::Team;
use crate::model::time::{Grant, Time};

/// `{ "id": "alice", "kind": "user", "memberships": […] }`.
impl<Id: Display> Serialize for Account<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(bound = "Id: Display")]
        struct Fields<'a, Id> {
            id: Text<&'a Id>,
            kind: AccountKind,
            memberships: Vec<&'a Membership<Id>>,
        }
        let fields = Fields { id: Text(self.id()), kind: self.kind(), memberships: self.memberships().collect() };
        fields.serialize(serializer)
    }
}

/// From its three fields, all required. Two memberships in one organization are an error.
impl<'de, Id: Ord + Clone + Display + FromStr<Err: Display>> Deserialize<'de> for Account<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: AccountForm<Id> = Deserialize::deserialize(Strict(deserializer))?;
        form.memberships.into_iter().try_fold(Self::new(form.id.0, form.kind), Self::with).map_err(de::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an account: an object with `id`, `kind` and `memberships`",
    bound = "Id: Ord + Clone + Display + FromStr<Err: Display>"
)]
struct AccountForm<Id> {
    id: Text<Id>,
    kind: AccountKind,
    memberships: Vec<Membership<Id>>,
}

/// `{ "organization": "acme-corp", "role": "developer", "expires_at": "2027-01-01T00:00:00Z", "teams": [{ "id": "on-call",
/// "overrides": […], "project_roles": […] }], "overrides": [{ "cluster": "production-us-east", "visibility": "organization",
/// "level": "view" }], "project_roles": [{ "project": "shop", "visibility": "members", "role": "viewer" }] }`, where
/// `expires_at`, which overrides and project roles may have too, is left out of what has no expiry. A custom role is
/// `{ "id": "auditor", "rank": "viewer", "permissions": ["view", "view_audit_log"] }`. A team has the grants that it gives.
impl<Id: Display> Serialize for Membership<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(bound = "Id: Display")]
        struct Fields<'a, Id> {
            organization: Text<&'a Id>,
            role: MemberRoleFields<'a, Id>,
            #[serde(skip_serializing_if = "Option::is_none")]
            expires_at: Option<Time>,
            teams: Vec<PlaceForm<Text<&'a Id>>>,
            overrides: Vec<OverrideForm<Text<&'a Id>>>,
            project_roles: Vec<ProjectRoleForm<Text<&'a Id>>>,
        }
        let role = match self.role() {
            AnyRole::BuiltIn(role) => MemberRoleFields::BuiltIn(role),
            AnyRole::Custom(id) => MemberRoleFields::Custom(MemberRoleForm {
                id: Text(id),
                rank: self.rank(),
                permissions: RolePermissions::new(self.permissions().iter()).map_err(ser::Error::custom)?,
            }),
        };
        let fields = Fields {
            organization: Text(self.organization()),
            role,
            expires_at: self.expires_at(),
            teams: self.team_grants().iter().map(|(id, grants)| PlaceForm::of(id, grants)).collect(),
            overrides: self.cluster_accesses().map(OverrideForm::from).collect(),
            project_roles: self.project_roles().map(ProjectRoleForm::from).collect(),
        };
        fields.serialize(serializer)
    }
}

/// From `{ "organization": "acme-corp", "role": "viewer" }`, with `expires_at`, `teams`, `overrides` and `project_roles`
/// optional. Two places in one team, two overrides on one cluster, and two roles in one project are errors.
impl<'de, Id: Ord + Clone + Display + FromStr<Err: Display>> Deserialize<'de> for Membership<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: MembershipForm<Id> = Deserialize::deserialize(Strict(deserializer))?;
        form.membership().map_err(de::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a membership: an object with `organization` and `role`",
    bound = "Id: Display + FromStr<Err: Display>"
)]
struct MembershipForm<Id> {
    organization: Text<Id>,
    role: MemberRole<Id>,
    expires_at: Option<Time>,
    #[serde(default = "Vec::new")]
    teams: Vec<PlaceForm<Text<Id>>>,
    #[serde(default = "Vec::new")]
    overrides: Vec<OverrideForm<Text<Id>>>,
    #[serde(default = "Vec::new")]
    project_roles: Vec<ProjectRoleForm<Text<Id>>>,
}

impl<Id: Ord + Clone> MembershipForm<Id> {
    fn membership(self) -> Result<Membership<Id>, AccountError> {
        let Text(organization) = self.organization;
        let mut membership = match self.role {
            MemberRole::BuiltIn(role) => Membership::new(organization.clone(), role),
            MemberRole::Custom(id, definition) => {
                Membership::custom(&CustomRole::new(id, organization.clone(), definition))
            }
        };
        if let Some(expiry) = self.expires_at {
            membership = membership.until(expiry);
        }
        for PlaceForm { id: Text(id), overrides, project_roles } in self.teams {
            let team = with_grants(Team::new(id, organization.clone()), overrides, project_roles)?;
            membership = membership.in_team(&team)?;
        }
        for granted in self.overrides {
            let (cluster, grant) = granted.on(&organization);
            membership = membership.with_cluster_access(&cluster, grant)?;
        }
        for granted in self.project_roles {
            let (project, grant) = granted.on(&organization);
            membership = membership.with_project_role(&project, grant)?;
        }
        Ok(membership)
    }
}

/// The role of a membership as it is written.
#[derive(Serialize)]
#[serde(untagged, bound = "Id: Display")]
enum MemberRoleFields<'a, Id> {
    BuiltIn(Role),
    Custom(MemberRoleForm<Text<&'a Id>>),
}

/// The role of a membership as it is read.
enum MemberRole<Id> {
    BuiltIn(Role),
    Custom(Id, RoleDefinition),
}

impl<'de, Id: Display + FromStr<Err: Display>> Deserialize<'de> for MemberRole<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MemberRoleVisitor(PhantomData))
    }
}

struct MemberRoleVisitor<Id>(PhantomData<Id>);

impl<'de, Id: Display + FromStr<Err: Display>> Visitor<'de> for MemberRoleVisitor<Id> {
    type Value = MemberRole<Id>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a role, or an object with `id`, `rank` and `permissions`")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<MemberRole<Id>, E> {
        name.parse().map(MemberRole::BuiltIn).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<MemberRole<Id>, A::Error> {
        let form: MemberRoleForm<Text<Id>> = Deserialize::deserialize(Strict(MapAccessDeserializer::new(map)))?;
        let definition = RoleDefinition::new(form.rank, form.permissions).map_err(de::Error::custom)?;
        Ok(MemberRole::Custom(form.id.0, definition))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberRoleForm<Id> {
    id: Id,
    rank: Role,
    permissions: RolePermissions,
}

/// A place in a team, with the grants of the team.
#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a place in a team: an object with `id`",
    bound(deserialize = "Id: Deserialize<'de>")
)]
struct PlaceForm<Id> {
    id: Id,
    #[serde(default = "Vec::new")]
    overrides: Vec<OverrideForm<Id>>,
    #[serde(default = "Vec::new")]
    project_roles: Vec<ProjectRoleForm<Id>>,
}

impl<'a, Id> PlaceForm<Text<&'a Id>> {
    fn of(id: &'a Id, grants: &'a Grants<Id>) -> Self {
        Self {
            id: Text(id),
            overrides: grants.overrides.iter().map(OverrideForm::from).collect(),
            project_roles: grants.project_roles.iter().map(ProjectRoleForm::from).collect(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an override: an object with `cluster`, `visibility` and `level`")]
struct OverrideForm<Id> {
    cluster: Id,
    visibility: Visibility,
    level: ClusterAccess,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}

impl<Id> From<(Id, Visibility, Grant<ClusterAccess>)> for OverrideForm<Text<Id>> {
    fn from((cluster, visibility, grant): (Id, Visibility, Grant<ClusterAccess>)) -> Self {
        Self { cluster: Text(cluster), visibility, level: grant.value(), expires_at: grant.expires_at() }
    }
}

impl<'a, Id> From<&'a Granted<Id, ClusterAccess>> for OverrideForm<Text<&'a Id>> {
    fn from(granted: &'a Granted<Id, ClusterAccess>) -> Self {
        (&granted.on, granted.visibility, granted.grant).into()
    }
}

impl<Id: Clone> OverrideForm<Text<Id>> {
    /// The cluster, of that organization, and what is granted on it.
    fn on(self, organization: &Id) -> (Cluster<Id>, Grant<ClusterAccess>) {
        let cluster = Cluster::new(self.cluster.0, organization.clone()).with_visibility(self.visibility);
        (cluster, Grant::expiring(self.level, self.expires_at))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a project role: an object with `project`, `visibility` and `role`")]
struct ProjectRoleForm<Id> {
    project: Id,
    visibility: Visibility,
    role: ProjectRole,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}

impl<Id> From<(Id, Visibility, Grant<ProjectRole>)> for ProjectRoleForm<Text<Id>> {
    fn from((project, visibility, grant): (Id, Visibility, Grant<ProjectRole>)) -> Self {
        Self { project: Text(project), visibility, role: grant.value(), expires_at: grant.expires_at() }
    }
}

impl<'a, Id> From<&'a Granted<Id, ProjectRole>> for ProjectRoleForm<Text<&'a Id>> {
    fn from(granted: &'a Granted<Id, ProjectRole>) -> Self {
        (&granted.on, granted.visibility, granted.grant).into()
    }
}

impl<Id: Clone> ProjectRoleForm<Text<Id>> {
    /// The project, of that organization, and what is granted in it.
    fn on(self, organization: &Id) -> (Project<Id>, Grant<ProjectRole>) {
        let project = Project::new(self.project.0, organization.clone()).with_visibility(self.visibility);
        (project, Grant::expiring(self.role, self.expires_at))
    }
}

/// `{ "id": "on-call", "organization": "acme-corp", "members": 2, "overrides": […], "project_roles": […] }`, with the
/// overrides and the project roles of a [`Membership`].
impl<Id: Display> Serialize for Team<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = TeamForm {
            id: Text(self.id()),
            organization: Text(self.organization()),
            members: self.members(),
            overrides: self.cluster_accesses().map(OverrideForm::from).collect(),
            project_roles: self.project_roles().map(ProjectRoleForm::from).collect(),
        };
        form.serialize(serializer)
    }
}

/// From its `id`, its `organization` and its number of `members` (a forgotten count would let a team be deleted), with
/// `overrides` and `project_roles` optional. Two overrides on one cluster, and two roles in one project, are errors.
impl<'de, Id: Ord + Clone + Display + FromStr<Err: Display>> Deserialize<'de> for Team<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: TeamForm<Text<Id>> = Deserialize::deserialize(Strict(deserializer))?;
        let team = Self::new(form.id.0, form.organization.0).with_members(form.members);
        with_grants(team, form.overrides, form.project_roles).map_err(de::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a team: an object with `id`, `organization` and `members`",
    bound(deserialize = "Id: Deserialize<'de>")
)]
struct TeamForm<Id> {
    id: Id,
    organization: Id,
    #[serde(deserialize_with = "count")]
    members: u32,
    #[serde(default = "Vec::new")]
    overrides: Vec<OverrideForm<Id>>,
    #[serde(default = "Vec::new")]
    project_roles: Vec<ProjectRoleForm<Id>>,
}

fn with_grants<Id: Ord + Clone>(
    mut team: Team<Id>,
    overrides: Vec<OverrideForm<Text<Id>>>,
    project_roles: Vec<ProjectRoleForm<Text<Id>>>,
) -> Result<Team<Id>, AccountError> {
    let organization = team.organization().clone();
    for granted in overrides {
        let (cluster, grant) = granted.on(&organization);
        team = team.with_cluster_access(&cluster, grant)?;
    }
    for granted in project_roles {
        let (project, grant) = granted.on(&organization);
        team = team.with_project_role(&project, grant)?;
    }
    Ok(team)
}

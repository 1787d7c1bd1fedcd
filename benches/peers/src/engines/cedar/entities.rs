//! The rows as Cedar's entities.

use std::collections::HashMap;

use cedar_policy::{Entity, EntityUid, RestrictedExpression as Value};
use shipgate::model::{Bypass, Permission, ProtectionLevel, SelfApproval};
use shipgate::{AccountKind, AnyRole, ClusterAccess, ProjectRole, Protection, Role, Visibility};

use super::grants::{Grants, NEVER, until};
use super::{Names, uid};
use crate::engines::powers;
use crate::rows::{
    self, Id, Rows, clusters, environments_by_cluster, environments_by_project, members_by_role, members_by_team,
    projects,
};

pub(super) fn entities(rows: &Rows, names: &Names, grants: &Grants) -> Vec<Entity> {
    let mut entities = ranks(names);
    entities.extend(roles(rows, names));
    entities.extend(accounts(rows, names, grants));
    entities.extend(parties(rows, names));
    entities.extend(places(rows, names));
    entities
}

/// Each rank in those that it includes: those that it includes directly, Cedar finds the others.
fn ranks(names: &Names) -> Vec<Entity> {
    let parents = |rank| match rank {
        Role::Owner => vec![Role::Admin],
        Role::Admin => vec![Role::Developer, Role::Billing],
        Role::Developer => vec![Role::Viewer],
        Role::Billing | Role::Viewer => vec![],
    };
    let entity = |rank| {
        let parents = parents(rank).into_iter().map(|parent| names.ranks[&parent].clone()).collect();
        Entity::new_no_attrs(names.ranks[&rank].clone(), parents)
    };
    Role::ALL.map(entity).into()
}

fn roles(rows: &Rows, names: &Names) -> Vec<Entity> {
    let permissions = |permissions: Vec<Permission>| {
        let permissions = permissions.into_iter().map(|permission| Value::new_string(permission.to_string()));
        Some(Value::new_set(permissions))
    };
    let built_in = Role::ALL.map(|role| {
        let permissions = permissions(permissions_of(role));
        entity(&names.built_in[&role], [("rank", Some(names.rank(role))), ("permissions", permissions)])
    });
    let custom = rows.roles.iter().map(|row| {
        let attributes = [
            ("organization", Some(key(row.organization))),
            ("rank", Some(names.rank(row.definition.rank()))),
            ("permissions", permissions(row.definition.permissions().permissions().iter().collect())),
        ];
        entity(&names.roles[row.id], attributes)
    });
    built_in.into_iter().chain(custom).collect()
}

fn permissions_of(role: Role) -> Vec<Permission> {
    let powers = powers::Powers::of_built_in(role);
    Permission::ALL.into_iter().filter(|permission| powers.may(*permission)).collect()
}

fn accounts(rows: &Rows, names: &Names, grants: &Grants) -> Vec<Entity> {
    let mut memberships: HashMap<Id, Vec<(String, Value)>> = HashMap::new();
    for member in &rows.members {
        let role = names.role(member.role);
        let tag = record([("role", role), ("until", Some(Value::new_long(until(member.expires_at))))]);
        memberships.entry(member.account).or_default().push((member.organization.to_string(), tag));
    }
    let mut entities = Vec::new();
    for (id, kind) in rows::accounts(rows) {
        let attributes = [
            ("service".to_owned(), Value::new_bool(kind == AccountKind::Service)),
            ("overrides".to_owned(), Value::new_entity_uid(uid("Overrides", &id.to_string()))),
            ("projectRoles".to_owned(), Value::new_entity_uid(uid("ProjectRoles", &id.to_string()))),
        ];
        let tags = memberships.remove(&id).unwrap_or_default();
        let account = Entity::new_with_tags(names.accounts[id].clone(), attributes, [], tags);
        entities.push(account.expect("facts are values"));
        entities.extend(overrides(id, grants));
        entities.extend(project_roles(id, names, grants));
    }
    entities
}

/// The overrides of an account, if it has any.
pub(super) fn overrides(account: Id, grants: &Grants) -> Option<Entity> {
    let all = grants.together(&grants.overrides, account);
    let tags = all.into_iter().map(|(cluster, (own, ends))| {
        let (level, until) = own.unwrap_or((ClusterAccess::None, NEVER));
        let level = ClusterAccess::ALL.iter().position(|one| *one == level).and_then(|at| i64::try_from(at).ok());
        let own = record([("level", level.map(Value::new_long)), ("until", Some(Value::new_long(until)))]);
        let end = |level| Some(Value::new_long(ends.get(&level).copied().unwrap_or(NEVER)));
        let tag = record([
            ("own", Some(own)),
            ("none", end(ClusterAccess::None)),
            ("view", end(ClusterAccess::View)),
            ("deploy", end(ClusterAccess::Deploy)),
            ("manage", end(ClusterAccess::Manage)),
        ]);
        (cluster.to_string(), tag)
    });
    tagged("Overrides", account, tags.collect())
}

/// The roles of an account in projects, if it has any.
fn project_roles(account: Id, names: &Names, grants: &Grants) -> Option<Entity> {
    let all = grants.together(&grants.project_roles, account);
    let tags = all.into_iter().map(|(project, (own, ends))| {
        let (role, until) = own.unwrap_or((ProjectRole::Viewer, NEVER));
        let own = record([("rank", Some(names.rank(role.role()))), ("until", Some(Value::new_long(until)))]);
        let end = |role| Some(Value::new_long(ends.get(&role).copied().unwrap_or(NEVER)));
        let tag = record([
            ("own", Some(own)),
            ("viewer", end(ProjectRole::Viewer)),
            ("developer", end(ProjectRole::Developer)),
            ("admin", end(ProjectRole::Admin)),
        ]);
        (project.to_string(), tag)
    });
    tagged("ProjectRoles", account, tags.collect())
}

fn tagged(kind: &str, account: Id, tags: Vec<(String, Value)>) -> Option<Entity> {
    if tags.is_empty() {
        return None;
    }
    Some(Entity::new_with_tags(uid(kind, &account.to_string()), [], [], tags).expect("facts are values"))
}

/// Organizations, their roles and teams.
fn parties(rows: &Rows, names: &Names) -> Vec<Entity> {
    let (in_teams, of_roles) = (members_by_team(rows), members_by_role(rows));
    let organizations = rows
        .organizations
        .iter()
        .map(|row| entity(&names.organizations[row.id], [("organization", Some(key(row.id)))]));
    let roles = rows.roles.iter().map(|row| {
        let attributes = [
            ("organization", Some(key(row.organization))),
            ("role", names.role(AnyRole::Custom(row.id))),
            ("left", Some(Value::new_long(of_roles[row.id].into()))),
        ];
        entity(&names.custom_roles[row.id], attributes)
    });
    let teams = rows.teams.iter().map(|row| {
        let left = Some(Value::new_long(in_teams[row.id].into()));
        entity(&names.teams[row.id], [("organization", Some(key(row.organization))), ("left", left)])
    });
    organizations.chain(roles).chain(teams).collect()
}

/// Projects, environments and clusters.
fn places(rows: &Rows, names: &Names) -> Vec<Entity> {
    let (projects, clusters) = (projects(rows), clusters(rows));
    let (in_projects, on_clusters) = (environments_by_project(rows), environments_by_cluster(rows));
    let seen_by = |visibility: Visibility| Some(Value::new_string(visibility.to_string()));
    let mut entities = Vec::new();
    for project in &rows.projects {
        let attributes = [
            ("organization", Some(key(project.organization))),
            ("project", Some(key(project.id))),
            ("visibility", seen_by(project.visibility)),
            ("left", Some(Value::new_long(in_projects[project.id].into()))),
        ];
        entities.push(entity(&names.projects[project.id], attributes));
    }
    for environment in &rows.environments {
        let project = projects[environment.project];
        let attributes = [
            ("organization", Some(key(project.organization))),
            ("project", Some(key(environment.project))),
            ("visibility", seen_by(project.visibility)),
            ("cluster", Some(key(environment.cluster))),
            ("clusterVisibility", seen_by(clusters[environment.cluster].visibility)),
            ("protection", Some(protection(names, environment.protection))),
        ];
        entities.push(entity(&names.environments[environment.id], attributes));
    }
    for cluster in &rows.clusters {
        let attributes = [
            ("organization", Some(key(cluster.organization))),
            ("cluster", Some(key(cluster.id))),
            ("clusterVisibility", seen_by(cluster.visibility)),
            ("left", Some(Value::new_long(on_clusters[cluster.id].into()))),
        ];
        entities.push(entity(&names.clusters[cluster.id], attributes));
    }
    entities
}

fn entity<const N: usize>(uid: &EntityUid, attributes: [(&str, Option<Value>); N]) -> Entity {
    let attributes = attributes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    Entity::new(uid.clone(), attributes, [].into()).expect("facts are values")
}

fn key(id: Id) -> Value {
    Value::new_string(id.to_string())
}

pub(super) fn protection(names: &Names, protection: Protection) -> Value {
    let deployer = match protection.level() {
        ProtectionLevel::None | ProtectionLevel::Reviewed => Role::Developer,
        ProtectionLevel::Restricted => Role::Admin,
        ProtectionLevel::Locked => Role::Owner,
    };
    let rule = protection.rule().map(|rule| {
        let bypass = match rule.bypass() {
            Bypass::None => None,
            Bypass::Admin => Some(Role::Admin),
            Bypass::Owner => Some(Role::Owner),
        };
        record([
            ("from", Some(names.rank(rule.from().role()))),
            ("count", Some(Value::new_long(rule.count().into()))),
            ("selfApproval", Some(Value::new_bool(rule.self_approval() == SelfApproval::Allowed))),
            ("bypass", bypass.map(|rank| names.rank(rank))),
        ])
    });
    record([("deployer", Some(names.rank(deployer))), ("rule", rule)])
}

fn record<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::new_record(fields).expect("each field is there once")
}

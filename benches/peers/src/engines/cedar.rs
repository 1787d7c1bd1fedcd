//! Cedar: a schema and policies, validated strictly; the rows are its entities.
//!
//! It answers permit or forbid; a deployment that waits for approval is one that it permits.

use std::collections::HashMap;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, EvalResult, PolicySet,
    Request, RestrictedExpression as Value, Schema, ValidationMode, Validator,
};
use shipgate::directory::AccountRow;
use shipgate::model::{ApprovalFrom, ProtectionLevel, SelfApproval};
use shipgate::{AccountKind, Action, ActionKind, ClusterAccess, Protection, ResourceId, Role, Time};

use crate::engine::{Answer, Answers, Engine};
use crate::question::{Question, unasked};
use crate::rows::{Access, ById, Id, Rows, environments_by_project, projects};

const SCHEMA: &str = include_str!("cedar/platform.cedarschema");
const POLICIES: &str = include_str!("cedar/platform.cedar");

pub(super) fn load(rows: &Rows) -> Box<dyn Engine> {
    Box::new(Cedar::new(rows))
}

pub(super) fn load_checking_requests(rows: &Rows) -> Box<dyn Engine> {
    let cedar = Cedar::new(rows);
    let checks = Some(cedar.schema.clone());
    Box::new(Cedar { checks, ..cedar })
}

struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    schema: Schema,
    /// The schema that each request is checked against, where it is.
    checks: Option<Schema>,
    entities: Entities,
    names: Names,
}

impl Cedar {
    fn new(rows: &Rows) -> Self {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).expect("the schema can be read");
        let policies: PolicySet = POLICIES.parse().expect("the policies can be read");
        let verdict = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        let problems: Vec<_> = verdict.validation_errors().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "the policies are not valid:\n{}", problems.join("\n"));
        let names = Names::of(rows);
        let entities = Entities::from_entities(entities(rows, &names), Some(&schema)).expect("the entities conform");
        Self { authorizer: Authorizer::new(), policies, schema, checks: None, entities, names }
    }

    fn request(&self, question: &Question) -> Request {
        let context = context(&self.names, question.time, question.action);
        Request::new(
            self.names.accounts[question.account].clone(),
            self.names.actions[&question.action.kind()].clone(),
            self.names.resource(&question.resource).clone(),
            context,
            self.checks.as_ref(),
        )
        .expect("the request conforms")
    }
}

impl Engine for Cedar {
    fn answers(&self) -> Answers {
        Answers::Two
    }

    fn answer(&mut self, question: &Question) -> Answer {
        let response = self.authorizer.is_authorized(&self.request(question), &self.policies, &self.entities);
        debug_assert_eq!(response.diagnostics().errors().count(), 0, "{question:?}");
        match response.decision() {
            Decision::Allow => Answer::Allow,
            Decision::Deny => Answer::Deny,
        }
    }

    /// Puts the account's overrides in place of those held.
    fn set_access(&mut self, _: &Rows, changed: &Access) {
        let uid = uid("Overrides", &changed.account.to_string());
        let held = self.entities.get(&uid);
        let mut tags: HashMap<String, Value> = held.into_iter().flat_map(Entity::tags).filter_map(held_level).collect();
        tags.insert(changed.cluster.to_string(), level_tag(changed));
        let overrides = Entity::new_with_tags(uid, [], [], tags).expect("levels are values");
        let entities = std::mem::replace(&mut self.entities, Entities::empty());
        self.entities = entities.upsert_entities([overrides], Some(&self.schema)).expect("overrides conform");
    }
}

/// The ids of the rows, as Cedar's: a service that asks often keeps them.
struct Names {
    accounts: ById<EntityUid>,
    organizations: ById<EntityUid>,
    projects: ById<EntityUid>,
    environments: ById<EntityUid>,
    clusters: ById<EntityUid>,
    roles: HashMap<Role, EntityUid>,
    actions: HashMap<ActionKind, EntityUid>,
}

impl Names {
    fn of(rows: &Rows) -> Self {
        let named = |kind, id: Id| (id, uid(kind, &id.to_string()));
        Self {
            accounts: rows.accounts.iter().map(|row| named("Account", row.id)).collect(),
            organizations: rows.organizations.iter().map(|row| named("Organization", row.id)).collect(),
            projects: rows.projects.iter().map(|row| named("Project", row.id)).collect(),
            environments: rows.environments.iter().map(|row| named("Environment", row.id)).collect(),
            clusters: rows.clusters.iter().map(|row| named("Cluster", row.id)).collect(),
            roles: Role::ALL.into_iter().map(|role| (role, uid("Role", role.as_str()))).collect(),
            actions: ActionKind::ALL.into_iter().map(|action| (action, uid("Action", action.as_str()))).collect(),
        }
    }

    fn resource(&self, resource: &ResourceId<Id>) -> &EntityUid {
        match resource {
            ResourceId::Organization(id) => &self.organizations[*id],
            ResourceId::Project(id) => &self.projects[*id],
            ResourceId::Environment(id) => &self.environments[*id],
            ResourceId::Cluster(id) => &self.clusters[*id],
            other => unasked(other),
        }
    }

    fn role(&self, role: Role) -> Value {
        Value::new_entity_uid(self.roles[&role].clone())
    }
}

fn uid(kind: &str, id: &str) -> EntityUid {
    let kind: EntityTypeName = kind.parse().expect("the kind is a name");
    EntityUid::from_type_name_and_id(kind, EntityId::new(id))
}

fn context(names: &Names, now: Option<Time>, action: Action) -> Context {
    let now = now.map(|now| ("now".to_owned(), Value::new_long(now.as_millis())));
    let asked = match action {
        Action::InviteMember { role } => Some(("role".to_owned(), names.role(role))),
        Action::SetProtection { to } => Some(("to".to_owned(), protection(names, to))),
        _ => None,
    };
    Context::from_pairs(now.into_iter().chain(asked)).expect("each key is there once")
}

fn entities(rows: &Rows, names: &Names) -> Vec<Entity> {
    let mut entities = roles(names);
    entities.extend(accounts(rows, names));
    entities.extend(resources(rows, names));
    entities
}

/// Each role in those that it includes: those that it includes directly, Cedar finds the others.
fn roles(names: &Names) -> Vec<Entity> {
    let parents = |role| match role {
        Role::Owner => vec![Role::Admin],
        Role::Admin => vec![Role::Developer, Role::Billing],
        Role::Developer => vec![Role::Viewer],
        Role::Billing | Role::Viewer => vec![],
    };
    let entity = |role| {
        let parents = parents(role).into_iter().map(|parent| names.roles[&parent].clone()).collect();
        Entity::new_no_attrs(names.roles[&role].clone(), parents)
    };
    Role::ALL.map(entity).into()
}

fn accounts(rows: &Rows, names: &Names) -> Vec<Entity> {
    let mut memberships: HashMap<Id, Vec<(String, Value)>> = HashMap::new();
    for member in &rows.members {
        let tag = expiring("role", names.role(member.role), member.expires_at);
        memberships.entry(member.account).or_default().push((member.organization.to_string(), tag));
    }
    let mut overrides: HashMap<Id, Vec<(String, Value)>> = HashMap::new();
    for access in &rows.cluster_access {
        overrides.entry(access.account).or_default().push((access.cluster.to_string(), level_tag(access)));
    }
    let mut project_roles: HashMap<Id, Vec<(String, Value)>> = HashMap::new();
    for member in &rows.project_roles {
        let tag = expiring("role", names.role(member.role.role()), member.expires_at);
        project_roles.entry(member.account).or_default().push((member.project.to_string(), tag));
    }
    let account = |row: &AccountRow<Id>| {
        let id = row.id;
        let attributes = [
            ("service".to_owned(), Value::new_bool(row.kind == AccountKind::Service)),
            ("overrides".to_owned(), Value::new_entity_uid(uid("Overrides", &id.to_string()))),
            ("projectRoles".to_owned(), Value::new_entity_uid(uid("ProjectRoles", &id.to_string()))),
        ];
        let tags = memberships.remove(&id).unwrap_or_default();
        Entity::new_with_tags(names.accounts[id].clone(), attributes, [], tags).expect("facts are values")
    };
    let mut entities: Vec<_> = rows.accounts.iter().map(account).collect();
    let tagged = |kind: &'static str| {
        move |(id, tags): (Id, Vec<(String, Value)>)| {
            Entity::new_with_tags(uid(kind, &id.to_string()), [], [], tags).expect("facts are values")
        }
    };
    entities.extend(overrides.into_iter().map(tagged("Overrides")));
    entities.extend(project_roles.into_iter().map(tagged("ProjectRoles")));
    entities
}

fn resources(rows: &Rows, names: &Names) -> Vec<Entity> {
    let entity = |uid: &EntityUid, attributes: Vec<(&str, Value)>| {
        let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Entity::new(uid.clone(), attributes, [].into()).expect("facts are values")
    };
    let (projects, environments) = (projects(rows), environments_by_project(rows));
    let mut entities = Vec::new();
    for row in &rows.organizations {
        entities.push(entity(&names.organizations[row.id], vec![("organization", key(row.id))]));
    }
    for project in &rows.projects {
        let attributes = vec![
            ("organization", key(project.organization)),
            ("project", key(project.id)),
            ("visibility", Value::new_string(project.visibility.to_string())),
            ("environments", Value::new_long(environments[project.id].into())),
        ];
        entities.push(entity(&names.projects[project.id], attributes));
    }
    for environment in &rows.environments {
        let project = projects[environment.project];
        let attributes = vec![
            ("organization", key(project.organization)),
            ("project", key(environment.project)),
            ("visibility", Value::new_string(project.visibility.to_string())),
            ("cluster", key(environment.cluster)),
            ("protection", protection(names, environment.protection)),
        ];
        entities.push(entity(&names.environments[environment.id], attributes));
    }
    for cluster in &rows.clusters {
        let attributes = vec![("organization", key(cluster.organization)), ("cluster", key(cluster.id))];
        entities.push(entity(&names.clusters[cluster.id], attributes));
    }
    entities
}

fn key(id: Id) -> Value {
    Value::new_string(id.to_string())
}

fn protection(names: &Names, protection: Protection) -> Value {
    let deployer = match protection.level() {
        ProtectionLevel::None => Role::Developer,
        ProtectionLevel::Restricted => Role::Admin,
        ProtectionLevel::Locked => Role::Owner,
    };
    let rule = protection.rule().map(|rule| {
        let from = match rule.from() {
            ApprovalFrom::Admin => Role::Admin,
            ApprovalFrom::Owner => Role::Owner,
        };
        let self_approval = rule.self_approval() == SelfApproval::Allowed;
        record([
            ("from", Some(names.role(from))),
            ("count", Some(Value::new_long(rule.count().into()))),
            ("selfApproval", Some(Value::new_bool(self_approval))),
        ])
    });
    record([("deployer", Some(names.role(deployer))), ("rule", rule)])
}

fn level_tag(access: &Access) -> Value {
    let level = match access.level {
        ClusterAccess::None => 0,
        ClusterAccess::View => 1,
        ClusterAccess::Deploy => 2,
        ClusterAccess::Manage => 3,
    };
    expiring("level", Value::new_long(level), access.expires_at)
}

/// A level that is held, as it was written.
fn held_level<E>((key, value): (&str, Result<EvalResult, E>)) -> Option<(String, Value)> {
    let EvalResult::Record(held) = value.ok()? else { return None };
    let long = |field| match held.get(field) {
        Some(EvalResult::Long(value)) => Some(*value),
        _ => None,
    };
    Some((key.to_owned(), expiring("level", Value::new_long(long("level")?), long("expires").map(Time::from_millis))))
}

fn expiring(name: &str, value: Value, expires_at: Option<Time>) -> Value {
    record([(name, Some(value)), ("expires", expires_at.map(|expiry| Value::new_long(expiry.as_millis())))])
}

fn record<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::new_record(fields).expect("each field is there once")
}

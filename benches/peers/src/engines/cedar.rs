//! Cedar: a schema and policies, validated strictly; the world is its entities.
//!
//! It answers permit or forbid; a deployment that waits for approval is one that it permits.

use std::collections::HashMap;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, EvalResult, PolicySet,
    Request, RestrictedExpression as Value, Schema, ValidationMode, Validator,
};
use shipgate::{AccountKind, Action, ActionKind, ClusterAccess, Protection, Role};
use shipgate::model::{ApprovalFrom, ProtectionLevel, SelfApproval};

use crate::engine::{Answer, Answers, Engine};
use crate::question::{On, Question};
use crate::world::{Access, Id, Millis, World, numbered, row};

const SCHEMA: &str = include_str!("cedar/platform.cedarschema");
const POLICIES: &str = include_str!("cedar/platform.cedar");

pub(super) fn load(world: &World) -> Box<dyn Engine> {
    Box::new(Cedar::new(world))
}

pub(super) fn load_checking_requests(world: &World) -> Box<dyn Engine> {
    let cedar = Cedar::new(world);
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
    fn new(world: &World) -> Self {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).expect("the schema can be read");
        let policies: PolicySet = POLICIES.parse().expect("the policies can be read");
        let verdict = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        let problems: Vec<_> = verdict.validation_errors().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "the policies are not valid:\n{}", problems.join("\n"));
        let names = Names::of(world);
        let entities = Entities::from_entities(entities(world, &names), Some(&schema)).expect("the entities conform");
        Self { authorizer: Authorizer::new(), policies, schema, checks: None, entities, names }
    }

    fn request(&self, question: &Question) -> Request {
        let context = context(&self.names, question.now, question.action);
        Request::new(
            row(&self.names.accounts, question.account).clone(),
            self.names.actions[&question.action.kind()].clone(),
            self.names.resource(question.on).clone(),
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
    fn set_access(&mut self, _: &World, changed: &Access) {
        let uid = uid("Overrides", &changed.account.to_string());
        let held = self.entities.get(&uid);
        let mut tags: HashMap<String, Value> = held.into_iter().flat_map(Entity::tags).filter_map(held_level).collect();
        tags.insert(changed.cluster.to_string(), level_tag(changed));
        let overrides = Entity::new_with_tags(uid, [], [], tags).expect("levels are values");
        let entities = std::mem::replace(&mut self.entities, Entities::empty());
        self.entities = entities.upsert_entities([overrides], Some(&self.schema)).expect("overrides conform");
    }
}

/// The ids of a world, as Cedar's: a service that asks often keeps them.
struct Names {
    accounts: Vec<EntityUid>,
    organizations: Vec<EntityUid>,
    projects: Vec<EntityUid>,
    environments: Vec<EntityUid>,
    clusters: Vec<EntityUid>,
    roles: HashMap<Role, EntityUid>,
    actions: HashMap<ActionKind, EntityUid>,
}

impl Names {
    fn of(world: &World) -> Self {
        Self {
            accounts: numbered(&world.accounts).map(|(id, _)| uid("Account", &id.to_string())).collect(),
            organizations: (0..world.organizations).map(|id| uid("Organization", &id.to_string())).collect(),
            projects: numbered(&world.projects).map(|(id, _)| uid("Project", &id.to_string())).collect(),
            environments: numbered(&world.environments).map(|(id, _)| uid("Environment", &id.to_string())).collect(),
            clusters: numbered(&world.clusters).map(|(id, _)| uid("Cluster", &id.to_string())).collect(),
            roles: Role::ALL.into_iter().map(|role| (role, uid("Role", role.as_str()))).collect(),
            actions: ActionKind::ALL.into_iter().map(|action| (action, uid("Action", action.as_str()))).collect(),
        }
    }

    fn resource(&self, on: On) -> &EntityUid {
        match on {
            On::Organization(id) => row(&self.organizations, id),
            On::Project(id) => row(&self.projects, id),
            On::Environment(id) => row(&self.environments, id),
            On::Cluster(id) => row(&self.clusters, id),
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

fn context(names: &Names, now: Option<Millis>, action: Action) -> Context {
    let now = now.map(|now| ("now".to_owned(), Value::new_long(now)));
    let asked = match action {
        Action::InviteMember { role } => Some(("role".to_owned(), names.role(role))),
        Action::SetProtection { to } => Some(("to".to_owned(), protection(names, to))),
        _ => None,
    };
    Context::from_pairs(now.into_iter().chain(asked)).expect("each key is there once")
}

fn entities(world: &World, names: &Names) -> Vec<Entity> {
    let mut entities = roles(names);
    entities.extend(accounts(world, names));
    entities.extend(resources(world, names));
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

fn accounts(world: &World, names: &Names) -> Vec<Entity> {
    let mut memberships: HashMap<Id, Vec<(String, Value)>> = HashMap::new();
    for member in &world.members {
        let tag = expiring("role", names.role(member.role), member.expires_at);
        memberships.entry(member.account).or_default().push((member.organization.to_string(), tag));
    }
    let mut overrides: HashMap<Id, Vec<(String, Value)>> = HashMap::new();
    for access in &world.access {
        overrides.entry(access.account).or_default().push((access.cluster.to_string(), level_tag(access)));
    }
    let mut project_roles: HashMap<Id, Vec<(String, Value)>> = HashMap::new();
    for member in &world.project_members {
        let tag = expiring("role", names.role(member.role.role()), member.expires_at);
        project_roles.entry(member.account).or_default().push((member.project.to_string(), tag));
    }
    let account = |(id, kind): (Id, &AccountKind)| {
        let attributes = [
            ("service".to_owned(), Value::new_bool(*kind == AccountKind::Service)),
            ("overrides".to_owned(), Value::new_entity_uid(uid("Overrides", &id.to_string()))),
            ("projectRoles".to_owned(), Value::new_entity_uid(uid("ProjectRoles", &id.to_string()))),
        ];
        let tags = memberships.remove(&id).unwrap_or_default();
        Entity::new_with_tags(row(&names.accounts, id).clone(), attributes, [], tags).expect("facts are values")
    };
    let mut entities: Vec<_> = numbered(&world.accounts).map(account).collect();
    let tagged = |kind: &'static str| {
        move |(id, tags): (Id, Vec<(String, Value)>)| {
            Entity::new_with_tags(uid(kind, &id.to_string()), [], [], tags).expect("facts are values")
        }
    };
    entities.extend(overrides.into_iter().map(tagged("Overrides")));
    entities.extend(project_roles.into_iter().map(tagged("ProjectRoles")));
    entities
}

fn resources(world: &World, names: &Names) -> Vec<Entity> {
    let entity = |uid: &EntityUid, attributes: Vec<(&str, Value)>| {
        let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Entity::new(uid.clone(), attributes, [].into()).expect("facts are values")
    };
    let mut entities = Vec::new();
    for id in 0..world.organizations {
        entities.push(entity(row(&names.organizations, id), vec![("organization", key(id))]));
    }
    for ((id, project), environments) in numbered(&world.projects).zip(world.environments_by_project()) {
        let attributes = vec![
            ("organization", key(project.organization)),
            ("project", key(id)),
            ("visibility", Value::new_string(project.visibility.to_string())),
            ("environments", Value::new_long(environments.into())),
        ];
        entities.push(entity(row(&names.projects, id), attributes));
    }
    for (id, environment) in numbered(&world.environments) {
        let project = row(&world.projects, environment.project);
        let attributes = vec![
            ("organization", key(project.organization)),
            ("project", key(environment.project)),
            ("visibility", Value::new_string(project.visibility.to_string())),
            ("cluster", key(environment.cluster)),
            ("protection", protection(names, environment.protection)),
        ];
        entities.push(entity(row(&names.environments, id), attributes));
    }
    for (id, cluster) in numbered(&world.clusters) {
        let attributes = vec![("organization", key(cluster.organization)), ("cluster", key(id))];
        entities.push(entity(row(&names.clusters, id), attributes));
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
    Some((key.to_owned(), expiring("level", Value::new_long(long("level")?), long("expires"))))
}

fn expiring(name: &str, value: Value, expires_at: Option<Millis>) -> Value {
    record([(name, Some(value)), ("expires", expires_at.map(Value::new_long))])
}

fn record<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::new_record(fields).expect("each field is there once")
}

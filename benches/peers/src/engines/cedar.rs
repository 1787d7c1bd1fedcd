//! Cedar: a schema and policies, validated strictly; the rows are its entities.
//!
//! It answers permit or forbid; a deployment that waits for approval is one that it permits. What goes through the clusters of an
//! organization is asked cluster by cluster, and what goes through the teams of a member is put together when they are loaded.

mod entities;
mod grants;

use std::collections::HashMap;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression as Value, Schema, ValidationMode, Validator,
};
use entities::{entities, overrides, protection};
use grants::{FOREVER, Grants, NEVER, until};
use shipgate::model::Update;
use shipgate::{ActionKind, AnyRole, ResourceId, Role, Time, Visibility};

use crate::engine::{Answer, Answers, Engine};
use crate::question::{Action, Question, unasked};
use crate::rows::{self, Access, ById, Id, Rows};

const SCHEMA: &str = include_str!("cedar/platform.cedarschema");
const POLICIES: &str = include_str!("cedar/platform.cedar");

pub(super) fn load(rows: &Rows) -> Box<dyn Engine> {
    Box::new(Cedar::new(rows, policies()))
}

pub(super) fn load_checking_requests(rows: &Rows) -> Box<dyn Engine> {
    let cedar = Cedar::new(rows, policies());
    let checks = Some(cedar.schema.clone());
    Box::new(Cedar { checks, ..cedar })
}

/// What each policy is called, in their order.
///
/// # Panics
///
/// If a policy has no name.
#[must_use]
pub fn names_of_policies() -> Vec<String> {
    policies().policies().map(|policy| policy.annotation("id").expect("it has a name").to_owned()).collect()
}

/// Loads Cedar without one of its policies.
///
/// # Panics
///
/// If there is no policy of this name.
#[must_use]
pub fn load_without(rows: &Rows, policy: &str) -> Box<dyn Engine> {
    let mut kept = policies();
    let named = policies().policies().find(|one| one.annotation("id") == Some(policy)).map(|one| one.id().clone());
    kept.remove_static(named.expect("there is such a policy")).expect("it is there");
    Box::new(Cedar::new(rows, kept))
}

fn policies() -> PolicySet {
    POLICIES.parse().expect("the policies can be read")
}

struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    schema: Schema,
    /// The schema that each request is checked against, where it is.
    checks: Option<Schema>,
    entities: Entities,
    names: Names,
    grants: Grants,
}

impl Cedar {
    fn new(rows: &Rows, policies: PolicySet) -> Self {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).expect("the schema can be read");
        let verdict = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        let problems: Vec<_> = verdict.validation_errors().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "the policies are not valid:\n{}", problems.join("\n"));
        let (names, grants) = (Names::of(rows), Grants::of(rows));
        let entities = entities(rows, &names, &grants);
        let entities = Entities::from_entities(entities, Some(&schema)).expect("the entities conform");
        Self { authorizer: Authorizer::new(), policies, schema, checks: None, entities, names, grants }
    }

    fn permits(&self, principal: &EntityUid, action: &str, resource: &EntityUid, context: Context) -> bool {
        let action = self.names.actions[action].clone();
        let request = Request::new(principal.clone(), action, resource.clone(), context, self.checks.as_ref());
        let request = request.expect("the request conforms");
        let response = self.authorizer.is_authorized(&request, &self.policies, &self.entities);
        debug_assert_eq!(response.diagnostics().errors().count(), 0, "{request}");
        response.decision() == Decision::Allow
    }

    fn is_permitted(&self, question: &Question) -> bool {
        // A service that finds no such role asks no further.
        if !self.names.know(question.action) {
            return false;
        }
        let principal = &self.names.accounts[question.account];
        let (resource, asked) = match &question.resource {
            ResourceId::Deployment { environment, requested_by, on_behalf_of, .. } => {
                let account = |id: &Id| Value::new_entity_uid(self.names.accounts[*id].clone());
                let by = Some(("requestedBy".to_owned(), account(requested_by)));
                let of = on_behalf_of.as_ref().map(|id| ("onBehalfOf".to_owned(), account(id)));
                (&self.names.environments[*environment], by.into_iter().chain(of).collect())
            }
            resource => (self.names.resource(resource), self.names.parameter(question.action)),
        };
        let action = match (&question.resource, question.action) {
            (ResourceId::Deployment { .. }, Action::Manage) => MANAGE_DEPLOYMENT,
            (_, action) => action.kind().as_str(),
        };
        self.permits(principal, action, resource, context(question.time, asked))
            && self.permits_on_each_cluster(question, principal)
    }

    /// Asks about each cluster on which the account has an override, where the action gives something there.
    fn permits_on_each_cluster(&self, question: &Question, principal: &EntityUid) -> bool {
        let (organization, action) = match (&question.resource, question.action) {
            (ResourceId::Organization(id), Action::InviteMember { .. }) => (*id, question.action.kind().as_str()),
            (ResourceId::Project(id), Action::Update { to: Update::Visibility(Visibility::Organization) })
                if self.grants.hidden_projects.contains_key(id) =>
            {
                (self.grants.hidden_projects[id], SHOW_PROJECT)
            }
            _ => return true,
        };
        self.grants.clusters_of(question.account, organization).all(|cluster| {
            let asked = if action == SHOW_PROJECT { Vec::new() } else { self.names.parameter(question.action) };
            self.permits(principal, action, &self.names.clusters[cluster], context(question.time, asked))
        })
    }
}

const MANAGE_DEPLOYMENT: &str = "manage_deployment";
const SHOW_PROJECT: &str = "show_project";

impl Engine for Cedar {
    fn answers(&self) -> Answers {
        Answers::Two
    }

    fn answer(&mut self, question: &Question) -> Answer {
        if self.is_permitted(question) { Answer::Allow } else { Answer::Deny }
    }

    /// Puts the overrides of the account, or of each in the team, in place of those that are there.
    fn set_access(&mut self, _: &Rows, changed: &Access) {
        self.grants.set_access(changed);
        let changed = self.grants.accounts_of(changed.holder).into_iter();
        let changed: Vec<_> = changed.filter_map(|account| overrides(account, &self.grants)).collect();
        let entities = std::mem::replace(&mut self.entities, Entities::empty());
        self.entities = entities.upsert_entities(changed, Some(&self.schema)).expect("overrides conform");
    }
}

/// The ids of the rows, as Cedar's: a service that asks often keeps them.
struct Names {
    accounts: ById<EntityUid>,
    organizations: ById<EntityUid>,
    custom_roles: ById<EntityUid>,
    /// Custom roles as what a member has.
    roles: ById<EntityUid>,
    teams: ById<EntityUid>,
    projects: ById<EntityUid>,
    environments: ById<EntityUid>,
    clusters: ById<EntityUid>,
    built_in: HashMap<Role, EntityUid>,
    ranks: HashMap<Role, EntityUid>,
    actions: HashMap<&'static str, EntityUid>,
}

impl Names {
    fn of(rows: &Rows) -> Self {
        let named = |kind, id: Id| (id, uid(kind, &id.to_string()));
        let kinds = ActionKind::ALL.into_iter().map(ActionKind::as_str);
        let actions = kinds.chain([MANAGE_DEPLOYMENT, SHOW_PROJECT]);
        Self {
            accounts: rows::accounts(rows).into_keys().map(|id| named("Account", id)).collect(),
            organizations: rows.organizations.iter().map(|row| named("Organization", row.id)).collect(),
            custom_roles: rows.roles.iter().map(|row| named("CustomRole", row.id)).collect(),
            roles: rows.roles.iter().map(|row| named("Role", row.id)).collect(),
            teams: rows.teams.iter().map(|row| named("Team", row.id)).collect(),
            projects: rows.projects.iter().map(|row| named("Project", row.id)).collect(),
            environments: rows.environments.iter().map(|row| named("Environment", row.id)).collect(),
            clusters: rows.clusters.iter().map(|row| named("Cluster", row.id)).collect(),
            built_in: Role::ALL.into_iter().map(|role| (role, uid("Role", role.as_str()))).collect(),
            ranks: Role::ALL.into_iter().map(|role| (role, uid("Rank", role.as_str()))).collect(),
            actions: actions.map(|action| (action, uid("Action", action))).collect(),
        }
    }

    fn resource(&self, resource: &ResourceId<Id>) -> &EntityUid {
        match resource {
            ResourceId::Organization(id) => &self.organizations[*id],
            ResourceId::Role(id) => &self.custom_roles[*id],
            ResourceId::Team(id) => &self.teams[*id],
            ResourceId::Project(id) => &self.projects[*id],
            ResourceId::Environment(id) => &self.environments[*id],
            ResourceId::Cluster(id) => &self.clusters[*id],
            other => unasked(other),
        }
    }

    fn rank(&self, rank: Role) -> Value {
        Value::new_entity_uid(self.ranks[&rank].clone())
    }

    /// A role that there is.
    fn role(&self, role: AnyRole<Id>) -> Option<Value> {
        let uid = match role {
            AnyRole::BuiltIn(role) => Some(&self.built_in[&role]),
            AnyRole::Custom(id) => self.roles.get(id),
        };
        uid.cloned().map(Value::new_entity_uid)
    }

    /// Whether the role that the action gives is there, if it gives one.
    fn know(&self, action: Action) -> bool {
        match action {
            Action::InviteMember { role, .. } => self.role(role).is_some(),
            _ => true,
        }
    }

    /// What the action carries, as the context has it.
    fn parameter(&self, action: Action) -> Vec<(String, Value)> {
        match action {
            Action::InviteMember { role, expires_at } => {
                let role = self.role(role).map(|role| ("role".to_owned(), role));
                role.into_iter().chain([("until".to_owned(), Value::new_long(until(expires_at)))]).collect()
            }
            Action::Update { to: Update::Visibility(visibility) } => {
                vec![("visibility".to_owned(), Value::new_string(visibility.to_string()))]
            }
            Action::SetProtection { to } => vec![("to".to_owned(), protection(self, to))],
            _ => Vec::new(),
        }
    }
}

fn uid(kind: &str, id: &str) -> EntityUid {
    let kind: EntityTypeName = kind.parse().expect("the kind is a name");
    EntityUid::from_type_name_and_id(kind, EntityId::new(id))
}

/// The present time as an interval: without one it may be any.
fn context(now: Option<Time>, asked: Vec<(String, Value)>) -> Context {
    let (earliest, latest) = now.map_or((NEVER, FOREVER - 1), |now| (now.as_millis(), now.as_millis()));
    let times = [("earliest", earliest), ("latest", latest)];
    let times = times.into_iter().map(|(name, time)| (name.to_owned(), Value::new_long(time)));
    Context::from_pairs(times.chain(asked)).expect("each key is there once")
}

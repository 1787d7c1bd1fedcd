//! Cedar: a schema and policies, validated strictly; the rows are its entities.
//!
//! It answers permit or forbid; a deployment that waits for approval is one that it permits. What goes through the clusters of an
//! organization is asked cluster by cluster, and what goes through the teams of a member is put together when they are loaded.

use std::collections::{BTreeMap, HashMap};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression as Value, Schema, ValidationMode, Validator,
};
use shipgate::model::{Bypass, Permission, ProtectionLevel, SelfApproval, Update};
use shipgate::{
    AccountKind, ActionKind, AnyRole, ClusterAccess, Holder, ProjectRole, Protection, ResourceId, Role, Time,
    Visibility,
};

use crate::engine::{Answer, Answers, Engine};
use crate::question::{Action, Question, unasked};
use crate::rows::{
    self, Access, ById, Id, Rows, clusters, environments_by_cluster, environments_by_project, members_by_role,
    members_by_team, projects, teams_by_account,
};

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

/// The end of what never ends.
const FOREVER: i64 = i64::MAX;
/// The end of what is not there.
const NEVER: i64 = i64::MIN;

/// An end; an expiry is neither of these two, and at most a millisecond off for that.
fn until(expires_at: Option<Time>) -> i64 {
    expires_at.map_or(FOREVER, |expiry| expiry.as_millis().clamp(NEVER + 1, FOREVER - 1))
}

/// What accounts and teams were given, put together for each account.
struct Grants {
    teams: BTreeMap<Id, Vec<(Id, Id)>>,
    members: BTreeMap<Id, Vec<Id>>,
    overrides: BTreeMap<Holder<Id>, BTreeMap<Id, (ClusterAccess, i64)>>,
    project_roles: BTreeMap<Holder<Id>, BTreeMap<Id, (ProjectRole, i64)>>,
    /// By cluster.
    organizations: ById<Id>,
    /// Projects visible to their members only, with their organizations.
    hidden_projects: HashMap<Id, Id>,
}

impl Grants {
    fn of(rows: &Rows) -> Self {
        let mut members: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
        for row in &rows.team_members {
            members.entry(row.team).or_default().push(row.account);
        }
        let hidden = rows.projects.iter().filter(|row| row.visibility == Visibility::Members);
        let mut grants = Self {
            teams: teams_by_account(rows),
            members,
            overrides: BTreeMap::new(),
            project_roles: BTreeMap::new(),
            organizations: rows.clusters.iter().map(|row| (row.id, row.organization)).collect(),
            hidden_projects: hidden.map(|row| (row.id, row.organization)).collect(),
        };
        rows.cluster_access.iter().for_each(|row| grants.set_access(row));
        for row in &rows.project_roles {
            let given = (row.role, until(row.expires_at));
            grants.project_roles.entry(row.holder).or_default().insert(row.project, given);
        }
        grants
    }

    fn set_access(&mut self, row: &Access) {
        self.overrides.entry(row.holder).or_default().insert(row.cluster, (row.level, until(row.expires_at)));
    }

    fn accounts_of(&self, holder: Holder<Id>) -> Vec<Id> {
        match holder {
            Holder::Account(account) => vec![account],
            Holder::Team(team) => self.members.get(&team).cloned().unwrap_or_default(),
        }
    }

    /// The teams of an account.
    fn teams_of(&self, account: Id) -> impl Iterator<Item = Holder<Id>> {
        self.teams.get(&account).into_iter().flatten().map(|(_, team)| Holder::Team(*team))
    }

    /// The clusters of an organization on which an account or one of its teams has an override.
    fn clusters_of(&self, account: Id, organization: Id) -> impl Iterator<Item = Id> {
        let holders = [Holder::Account(account)].into_iter().chain(self.teams_of(account));
        let clusters = holders.filter_map(|holder| self.overrides.get(&holder)).flat_map(BTreeMap::keys).copied();
        clusters.filter(move |cluster| self.organizations[*cluster] == organization)
    }

    /// For each thing on which there are grants, the account's own one, and the last ends of the values that its teams give.
    fn together<T: Copy + Ord>(&self, all: &BTreeMap<Holder<Id>, BTreeMap<Id, (T, i64)>>, account: Id) -> Together<T> {
        let mut together = Together::new();
        for (on, given) in all.get(&Holder::Account(account)).into_iter().flatten() {
            together.entry(*on).or_default().0 = Some(*given);
        }
        for team in self.teams_of(account) {
            for (on, (value, until)) in all.get(&team).into_iter().flatten() {
                let ends = &mut together.entry(*on).or_default().1;
                let last = ends.entry(*value).or_insert(*until);
                *last = (*last).max(*until);
            }
        }
        together
    }
}

type Together<T> = BTreeMap<Id, (Option<(T, i64)>, BTreeMap<T, i64>)>;

fn entities(rows: &Rows, names: &Names, grants: &Grants) -> Vec<Entity> {
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
    let powers = super::powers::Powers::of_built_in(role);
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
fn overrides(account: Id, grants: &Grants) -> Option<Entity> {
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

fn protection(names: &Names, protection: Protection) -> Value {
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

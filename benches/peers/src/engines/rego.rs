//! regorus: a Rego policy over the rows as data, interpreted and compiled.

use std::collections::BTreeMap;

use regorus::Value;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use shipgate::model::{Permission, SelfApproval, Update};
use shipgate::{AccountKind, AnyRole, ClusterAccess, Holder, ProjectRole, Protection, ResourceId, Time};

use crate::engine::{Answer, Answers, Engine};
use crate::question::{Action, Question, unasked};
use crate::rows::{
    self, Access, ById, Id, Rows, clusters, environments_by_cluster, environments_by_project, members_by_role,
    members_by_team, projects, teams_by_account,
};

const POLICY: &str = include_str!("rego/platform.rego");
const TABLES: &str = include_str!("rego/tables.json");
const DECISION: &str = "data.platform.decision";

pub(super) fn load_interpreter(rows: &Rows) -> Box<dyn Engine> {
    let mut engine = engine();
    engine.add_data(data(rows)).expect("the data is an object");
    Box::new(Interpreter { engine, names: Names::of(rows), organizations: organizations_of_clusters(rows) })
}

pub(super) fn load_compiled(rows: &Rows) -> Box<dyn Engine> {
    let compiled = engine().compile_with_entrypoint(&DECISION.into()).expect("the policy compiles");
    let program = Compiler::compile_from_policy(&compiled, &[DECISION]).expect("the policy compiles for the VM");
    let mut vm = RegoVM::new();
    vm.load_program(program);
    let data = data(rows);
    vm.set_data(data.clone()).expect("no rule has the name of data");
    Box::new(Compiled { vm, data, names: Names::of(rows), organizations: organizations_of_clusters(rows) })
}

fn engine() -> regorus::Engine {
    let mut engine = regorus::Engine::new();
    engine.add_policy("platform.rego".to_owned(), POLICY.to_owned()).expect("the policy can be read");
    engine
}

struct Interpreter {
    engine: regorus::Engine,
    names: Names,
    /// By cluster.
    organizations: ById<Id>,
}

impl Engine for Interpreter {
    fn answers(&self) -> Answers {
        Answers::Three
    }

    fn answer(&mut self, question: &Question) -> Answer {
        self.engine.set_input(self.names.input(question));
        answer_of(&self.engine.eval_rule(DECISION.to_owned()).expect("the rule can be evaluated"))
    }

    /// Takes the data out, changes the one value and puts it back.
    fn set_access(&mut self, _: &Rows, changed: &Access) {
        let mut data = self.engine.get_data();
        self.engine.clear_data();
        set_cluster_access(&mut data, self.organizations[changed.cluster], changed);
        self.engine.add_data(data).expect("the data is an object");
    }
}

struct Compiled {
    vm: RegoVM,
    /// What the machine holds: a second handle, no copy.
    data: Value,
    names: Names,
    /// By cluster.
    organizations: ById<Id>,
}

impl Engine for Compiled {
    fn answers(&self) -> Answers {
        Answers::Three
    }

    fn answer(&mut self, question: &Question) -> Answer {
        self.vm.set_input(self.names.input(question));
        answer_of(&self.vm.execute().expect("the program runs"))
    }

    /// Takes the data out, changes the one value and puts it back.
    fn set_access(&mut self, _: &Rows, changed: &Access) {
        let mut data = std::mem::replace(&mut self.data, Value::new_object());
        self.vm.set_data(Value::new_object()).expect("nothing has no names");
        set_cluster_access(&mut data, self.organizations[changed.cluster], changed);
        self.vm.set_data(data.clone()).expect("no rule has the name of data");
        self.data = data;
    }
}

fn answer_of(decision: &Value) -> Answer {
    match decision.as_string().map(|decision| &**decision) {
        Ok("allow") => Answer::Allow,
        Ok("require_approval") => Answer::RequireApproval,
        Ok("deny") => Answer::Deny,
        other => unreachable!("the policy decides {other:?}"),
    }
}

/// Ids and names as values: a service that asks often keeps them.
struct Names {
    ids: ById<Value>,
    account: Value,
    action: Value,
    kind: Value,
    id: Value,
    now: Value,
    role: Value,
    expires: Value,
    to: Value,
    visibility: Value,
    requested_by: Value,
    on_behalf_of: Value,
    kinds: Kinds,
}

struct Kinds {
    organization: Value,
    role: Value,
    team: Value,
    project: Value,
    environment: Value,
    deployment: Value,
    cluster: Value,
}

impl Names {
    fn of(rows: &Rows) -> Self {
        let ids = (rows.members.iter().map(|row| row.account))
            .chain(rows.organizations.iter().map(|row| row.id))
            .chain(rows.roles.iter().map(|row| row.id))
            .chain(rows.teams.iter().map(|row| row.id))
            .chain(rows.projects.iter().map(|row| row.id))
            .chain(rows.environments.iter().map(|row| row.id))
            .chain(rows.clusters.iter().map(|row| row.id));
        Self {
            ids: (0..=ids.max().unwrap_or(0)).map(|id| (id, key(id))).collect(),
            account: "account".into(),
            action: "action".into(),
            kind: "kind".into(),
            id: "id".into(),
            now: "now".into(),
            role: "role".into(),
            expires: "expires".into(),
            to: "to".into(),
            visibility: "visibility".into(),
            requested_by: "requested_by".into(),
            on_behalf_of: "on_behalf_of".into(),
            kinds: Kinds {
                organization: "organization".into(),
                role: "role".into(),
                team: "team".into(),
                project: "project".into(),
                environment: "environment".into(),
                deployment: "deployment".into(),
                cluster: "cluster".into(),
            },
        }
    }

    fn input(&self, question: &Question) -> Value {
        let (kind, id) = match question.resource {
            ResourceId::Organization(id) => (&self.kinds.organization, id),
            ResourceId::Role(id) => (&self.kinds.role, id),
            ResourceId::Team(id) => (&self.kinds.team, id),
            ResourceId::Project(id) => (&self.kinds.project, id),
            ResourceId::Environment(id) => (&self.kinds.environment, id),
            ResourceId::Deployment { environment, .. } => (&self.kinds.deployment, environment),
            ResourceId::Cluster(id) => (&self.kinds.cluster, id),
            ref other => unasked(other),
        };
        let mut input = BTreeMap::from([
            (self.account.clone(), self.ids[question.account].clone()),
            (self.action.clone(), question.action.kind().as_str().into()),
            (self.kind.clone(), kind.clone()),
            (self.id.clone(), self.ids[id].clone()),
        ]);
        if let Some(now) = question.time {
            input.insert(self.now.clone(), now.as_millis().into());
        }
        if let ResourceId::Deployment { requested_by, on_behalf_of, .. } = question.resource {
            input.insert(self.requested_by.clone(), self.ids[requested_by].clone());
            input.extend(on_behalf_of.map(|account| (self.on_behalf_of.clone(), self.ids[account].clone())));
        }
        match question.action {
            Action::InviteMember { role, expires_at } => {
                input.insert(self.role.clone(), name(role));
                input.extend(expires_at.map(|expiry| (self.expires.clone(), expiry.as_millis().into())));
            }
            Action::Update { to: Update::Visibility(visibility) } => {
                input.insert(self.visibility.clone(), visibility.as_str().into());
            }
            Action::SetProtection { to } => {
                input.insert(self.to.clone(), protection(to));
            }
            _ => {}
        }
        input.into()
    }
}

fn data(rows: &Rows) -> Value {
    object([
        ("tables", Value::from_json_str(TABLES).expect("the tables can be read")),
        ("accounts", accounts(rows)),
        ("organizations", organizations(rows)),
        ("roles", roles(rows)),
        ("teams", teams(rows)),
        ("projects", all_projects(rows)),
        ("environments", environments(rows)),
        ("clusters", all_clusters(rows)),
    ])
}

type Values = BTreeMap<Value, Value>;

fn organizations(rows: &Rows) -> Value {
    let mut clusters: BTreeMap<Id, Vec<Value>> = BTreeMap::new();
    for row in &rows.clusters {
        let cluster = object([("cluster", key(row.id)), ("visibility", row.visibility.as_str().into())]);
        clusters.entry(row.organization).or_default().push(cluster);
    }
    by_id(rows.organizations.iter().map(|row| {
        let clusters = clusters.remove(&row.id).unwrap_or_default();
        (row.id, object([("organization", key(row.id)), ("clusters", clusters.into())]))
    }))
}

fn roles(rows: &Rows) -> Value {
    let members = members_by_role(rows);
    by_id(rows.roles.iter().map(|row| {
        let permissions = row.definition.permissions().permissions().iter();
        let permissions: Vec<Value> = permissions.map(|permission: Permission| permission.as_str().into()).collect();
        let role = object([
            ("organization", key(row.organization)),
            ("rank", row.definition.rank().as_str().into()),
            ("permissions", permissions.into()),
            ("left", members[row.id].into()),
        ]);
        (row.id, role)
    }))
}

fn teams(rows: &Rows) -> Value {
    let members = members_by_team(rows);
    let mut grants = Grants::of(rows);
    by_id(rows.teams.iter().map(|row| {
        let [overrides, project_roles] = grants.take(Holder::Team(row.id), row.organization);
        let team = object([
            ("organization", key(row.organization)),
            ("left", members[row.id].into()),
            ("overrides", overrides),
            ("project_roles", project_roles),
        ]);
        (row.id, team)
    }))
}

fn all_projects(rows: &Rows) -> Value {
    let environments = environments_by_project(rows);
    by_id(rows.projects.iter().map(|row| {
        let project = object([
            ("organization", key(row.organization)),
            ("project", key(row.id)),
            ("visibility", row.visibility.as_str().into()),
            ("left", environments[row.id].into()),
        ]);
        (row.id, project)
    }))
}

fn environments(rows: &Rows) -> Value {
    let (projects, clusters) = (projects(rows), clusters(rows));
    by_id(rows.environments.iter().map(|row| {
        let project = projects[row.project];
        let environment = object([
            ("organization", key(project.organization)),
            ("project", key(row.project)),
            ("visibility", project.visibility.as_str().into()),
            ("cluster", key(row.cluster)),
            ("cluster_visibility", clusters[row.cluster].visibility.as_str().into()),
            ("protection", protection(row.protection)),
        ]);
        (row.id, environment)
    }))
}

fn all_clusters(rows: &Rows) -> Value {
    let environments = environments_by_cluster(rows);
    by_id(rows.clusters.iter().map(|row| {
        let cluster = object([
            ("organization", key(row.organization)),
            ("cluster", key(row.id)),
            ("cluster_visibility", row.visibility.as_str().into()),
            ("left", environments[row.id].into()),
        ]);
        (row.id, cluster)
    }))
}

fn accounts(rows: &Rows) -> Value {
    let teams = teams_by_account(rows);
    let mut grants = Grants::of(rows);
    let mut memberships: BTreeMap<Id, Values> = BTreeMap::new();
    for member in &rows.members {
        let [overrides, project_roles] = grants.take(Holder::Account(member.account), member.organization);
        let of_account = teams.get(&member.account).into_iter().flatten();
        let own = of_account.filter(|(organization, _)| *organization == member.organization);
        let own: Vec<Value> = own.map(|(_, team)| key(*team)).collect();
        let mut held = expiring("role", name(member.role), member.expires_at);
        let fields = held.as_object_mut().expect("it is an object");
        fields.insert("teams".into(), own.into());
        fields.insert("overrides".into(), overrides);
        fields.insert("project_roles".into(), project_roles);
        memberships.entry(member.account).or_default().insert(key(member.organization), held);
    }
    by_id(rows::accounts(rows).into_iter().map(|(id, kind)| {
        let account = object([
            ("service", (kind == AccountKind::Service).into()),
            ("memberships", memberships.remove(&id).unwrap_or_default().into()),
        ]);
        (id, account)
    }))
}

/// What each holder was given in each organization: overrides by cluster, roles by project.
#[derive(Default)]
struct Grants {
    overrides: BTreeMap<(Holder<Id>, Id), Values>,
    project_roles: BTreeMap<(Holder<Id>, Id), Values>,
}

impl Grants {
    fn of(rows: &Rows) -> Self {
        let (clusters, projects) = (clusters(rows), projects(rows));
        let mut grants = Self::default();
        for row in &rows.cluster_access {
            let of = (row.holder, clusters[row.cluster].organization);
            grants.overrides.entry(of).or_default().insert(key(row.cluster), level(row));
        }
        for row in &rows.project_roles {
            let of = (row.holder, projects[row.project].organization);
            let value: u32 = match row.role {
                ProjectRole::Viewer => 1,
                ProjectRole::Developer => 2,
                ProjectRole::Admin => 3,
            };
            let role = expiring("value", value.into(), row.expires_at);
            grants.project_roles.entry(of).or_default().insert(key(row.project), role);
        }
        grants
    }

    fn take(&mut self, holder: Holder<Id>, organization: Id) -> [Value; 2] {
        let of = (holder, organization);
        [&mut self.overrides, &mut self.project_roles].map(|grants| grants.remove(&of).unwrap_or_default().into())
    }
}

fn organizations_of_clusters(rows: &Rows) -> ById<Id> {
    rows.clusters.iter().map(|row| (row.id, row.organization)).collect()
}

fn set_cluster_access(data: &mut Value, organization: Id, changed: &Access) {
    let path: Vec<Value> = match changed.holder {
        Holder::Account(id) => {
            vec!["accounts".into(), key(id), "memberships".into(), key(organization), "overrides".into()]
        }
        Holder::Team(id) => vec!["teams".into(), key(id), "overrides".into()],
    };
    let mut place = data;
    for step in &path {
        place = place.as_object_mut().expect("it is an object").get_mut(step).expect("the holder is there");
    }
    place.as_object_mut().expect("it is an object").insert(key(changed.cluster), level(changed));
}

fn level(access: &Access) -> Value {
    let level: u32 = match access.level {
        ClusterAccess::None => 0,
        ClusterAccess::View => 1,
        ClusterAccess::Deploy => 2,
        ClusterAccess::Manage => 3,
    };
    expiring("value", level.into(), access.expires_at)
}

fn protection(protection: Protection) -> Value {
    let mut fields = Values::from([("level".into(), protection.level().as_str().into())]);
    if let Some(rule) = protection.rule() {
        let rule = object([
            ("from", rule.from().as_str().into()),
            ("count", u32::from(rule.count()).into()),
            ("self_approval", (rule.self_approval() == SelfApproval::Allowed).into()),
            ("bypass", rule.bypass().as_str().into()),
        ]);
        fields.insert("rule".into(), rule);
    }
    fields.into()
}

fn expiring(name: &str, value: Value, expires_at: Option<Time>) -> Value {
    let mut fields = Values::from([(name.into(), value)]);
    if let Some(expiry) = expires_at {
        fields.insert("expires".into(), expiry.as_millis().into());
    }
    fields.into()
}

/// The name of a role: the id of a custom one, which is no name of a built-in one.
fn name(role: AnyRole<Id>) -> Value {
    match role {
        AnyRole::BuiltIn(role) => role.as_str().into(),
        AnyRole::Custom(id) => key(id),
    }
}

fn key(id: Id) -> Value {
    id.to_string().into()
}

fn by_id(all: impl Iterator<Item = (Id, Value)>) -> Value {
    all.map(|(id, value)| (key(id), value)).collect::<Values>().into()
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    fields.into_iter().map(|(name, value)| (Value::from(name), value)).collect::<Values>().into()
}

//! regorus: a Rego policy over the rows as data, interpreted and compiled.

use std::collections::BTreeMap;

use regorus::Value;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use shipgate::directory::AccountRow;
use shipgate::model::SelfApproval;
use shipgate::{AccountKind, Action, ClusterAccess, Protection, ResourceId, Time};

use crate::engine::{Answer, Answers, Engine};
use crate::question::{Question, unasked};
use crate::rows::{Access, ById, Id, Rows, environments_by_project, organizations_of_clusters, projects};

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
    to: Value,
    organization: Value,
    project: Value,
    environment: Value,
    cluster: Value,
}

impl Names {
    fn of(rows: &Rows) -> Self {
        let ids = (rows.accounts.iter().map(|row| row.id))
            .chain(rows.organizations.iter().map(|row| row.id))
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
            to: "to".into(),
            organization: "organization".into(),
            project: "project".into(),
            environment: "environment".into(),
            cluster: "cluster".into(),
        }
    }

    fn input(&self, question: &Question) -> Value {
        let (kind, id) = match question.resource {
            ResourceId::Organization(id) => (&self.organization, id),
            ResourceId::Project(id) => (&self.project, id),
            ResourceId::Environment(id) => (&self.environment, id),
            ResourceId::Cluster(id) => (&self.cluster, id),
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
        match question.action {
            Action::InviteMember { role } => input.insert(self.role.clone(), role.as_str().into()),
            Action::SetProtection { to } => input.insert(self.to.clone(), protection(to)),
            _ => None,
        };
        input.into()
    }
}

fn data(rows: &Rows) -> Value {
    let (projects, environments_by_project) = (projects(rows), environments_by_project(rows));
    let organizations = rows.organizations.iter().map(|row| (key(row.id), object([("organization", key(row.id))])));
    let all_projects = rows.projects.iter().map(|row| {
        let project = object([
            ("organization", key(row.organization)),
            ("project", key(row.id)),
            ("visibility", row.visibility.as_str().into()),
            ("environments", environments_by_project[row.id].into()),
        ]);
        (key(row.id), project)
    });
    let environments = rows.environments.iter().map(|row| {
        let project = projects[row.project];
        let environment = object([
            ("organization", key(project.organization)),
            ("project", key(row.project)),
            ("visibility", project.visibility.as_str().into()),
            ("cluster", key(row.cluster)),
            ("protection", protection(row.protection)),
        ]);
        (key(row.id), environment)
    });
    let clusters = rows
        .clusters
        .iter()
        .map(|row| (key(row.id), object([("organization", key(row.organization)), ("cluster", key(row.id))])));
    object([
        ("tables", Value::from_json_str(TABLES).expect("the tables can be read")),
        ("accounts", accounts(rows)),
        ("organizations", organizations.collect::<BTreeMap<_, _>>().into()),
        ("projects", all_projects.collect::<BTreeMap<_, _>>().into()),
        ("environments", environments.collect::<BTreeMap<_, _>>().into()),
        ("clusters", clusters.collect::<BTreeMap<_, _>>().into()),
    ])
}

type Values = BTreeMap<Value, Value>;

fn accounts(rows: &Rows) -> Value {
    let (organizations, projects) = (organizations_of_clusters(rows), projects(rows));
    let mut overrides: BTreeMap<(Id, Id), Values> = BTreeMap::new();
    for access in &rows.cluster_access {
        let organization = organizations[access.cluster];
        overrides.entry((access.account, organization)).or_default().insert(key(access.cluster), level(access));
    }
    let mut project_roles: BTreeMap<(Id, Id), Values> = BTreeMap::new();
    for member in &rows.project_roles {
        let organization = projects[member.project].organization;
        let role = expiring("role", member.role.as_str().into(), member.expires_at);
        project_roles.entry((member.account, organization)).or_default().insert(key(member.project), role);
    }
    let mut memberships: BTreeMap<Id, Values> = BTreeMap::new();
    for member in &rows.members {
        let of = (member.account, member.organization);
        let mut held = expiring("role", member.role.as_str().into(), member.expires_at);
        let fields = held.as_object_mut().expect("it is an object");
        fields.insert("overrides".into(), overrides.remove(&of).unwrap_or_default().into());
        fields.insert("project_roles".into(), project_roles.remove(&of).unwrap_or_default().into());
        memberships.entry(member.account).or_default().insert(key(member.organization), held);
    }
    let account = |row: &AccountRow<Id>| {
        let account = object([
            ("service", (row.kind == AccountKind::Service).into()),
            ("memberships", memberships.remove(&row.id).unwrap_or_default().into()),
        ]);
        (key(row.id), account)
    };
    rows.accounts.iter().map(account).collect::<Values>().into()
}

fn set_cluster_access(data: &mut Value, organization: Id, changed: &Access) {
    let path = ["accounts".into(), key(changed.account), "memberships".into(), key(organization), "overrides".into()];
    let mut place = data;
    for step in &path {
        place = place.as_object_mut().expect("it is an object").get_mut(step).expect("the account is a member");
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
    expiring("level", level.into(), access.expires_at)
}

fn protection(protection: Protection) -> Value {
    let mut fields = Values::from([("level".into(), protection.level().as_str().into())]);
    if let Some(rule) = protection.rule() {
        let rule = object([
            ("from", rule.from().as_str().into()),
            ("count", u32::from(rule.count()).into()),
            ("self_approval", (rule.self_approval() == SelfApproval::Allowed).into()),
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

fn key(id: Id) -> Value {
    id.to_string().into()
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    fields.into_iter().map(|(name, value)| (Value::from(name), value)).collect::<Values>().into()
}

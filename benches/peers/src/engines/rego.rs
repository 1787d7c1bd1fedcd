//! regorus: a Rego policy over the world as data, interpreted and compiled.

use std::collections::BTreeMap;

use regorus::Value;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use shipgate::{AccountKind, Action, ClusterAccess, Protection};
use shipgate::model::SelfApproval;

use crate::engine::{Answer, Answers, Engine};
use crate::question::{On, Question};
use crate::world::{Access, Id, Millis, World, numbered, row};

const POLICY: &str = include_str!("rego/platform.rego");
const TABLES: &str = include_str!("rego/tables.json");
const DECISION: &str = "data.platform.decision";

pub(super) fn load_interpreter(world: &World) -> Box<dyn Engine> {
    let mut engine = engine();
    engine.add_data(data(world)).expect("the world is an object");
    Box::new(Interpreter { engine, names: Names::of(world) })
}

pub(super) fn load_compiled(world: &World) -> Box<dyn Engine> {
    let compiled = engine().compile_with_entrypoint(&DECISION.into()).expect("the policy compiles");
    let program = Compiler::compile_from_policy(&compiled, &[DECISION]).expect("the policy compiles for the VM");
    let mut vm = RegoVM::new();
    vm.load_program(program);
    let data = data(world);
    vm.set_data(data.clone()).expect("no rule has the name of data");
    Box::new(Compiled { vm, data, names: Names::of(world) })
}

fn engine() -> regorus::Engine {
    let mut engine = regorus::Engine::new();
    engine.add_policy("platform.rego".to_owned(), POLICY.to_owned()).expect("the policy can be read");
    engine
}

struct Interpreter {
    engine: regorus::Engine,
    names: Names,
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
    fn set_access(&mut self, world: &World, changed: &Access) {
        let mut data = self.engine.get_data();
        self.engine.clear_data();
        set_cluster_access(&mut data, world, changed);
        self.engine.add_data(data).expect("the world is an object");
    }
}

struct Compiled {
    vm: RegoVM,
    /// What the machine holds: a second handle, no copy.
    data: Value,
    names: Names,
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
    fn set_access(&mut self, world: &World, changed: &Access) {
        let mut data = std::mem::replace(&mut self.data, Value::new_object());
        self.vm.set_data(Value::new_object()).expect("nothing has no names");
        set_cluster_access(&mut data, world, changed);
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
    ids: Vec<Value>,
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
    fn of(world: &World) -> Self {
        let rows = [
            world.accounts.len(),
            usize::try_from(world.organizations).expect("ids are small"),
            world.projects.len(),
            world.environments.len(),
            world.clusters.len(),
        ];
        Self {
            ids: (0..rows.into_iter().max().unwrap_or(0)).map(|id| Value::from(id.to_string())).collect(),
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
        let (kind, id) = match question.on {
            On::Organization(id) => (&self.organization, id),
            On::Project(id) => (&self.project, id),
            On::Environment(id) => (&self.environment, id),
            On::Cluster(id) => (&self.cluster, id),
        };
        let mut input = BTreeMap::from([
            (self.account.clone(), row(&self.ids, question.account).clone()),
            (self.action.clone(), question.action.kind().as_str().into()),
            (self.kind.clone(), kind.clone()),
            (self.id.clone(), row(&self.ids, id).clone()),
        ]);
        if let Some(now) = question.now {
            input.insert(self.now.clone(), now.into());
        }
        match question.action {
            Action::InviteMember { role } => input.insert(self.role.clone(), role.as_str().into()),
            Action::SetProtection { to } => input.insert(self.to.clone(), protection(to)),
            _ => None,
        };
        input.into()
    }
}

fn data(world: &World) -> Value {
    let organizations = (0..world.organizations).map(|id| (key(id), object([("organization", key(id))])));
    let projects =
        numbered(&world.projects).zip(world.environments_by_project()).map(|((id, project), environments)| {
            let project = object([
                ("organization", key(project.organization)),
                ("project", key(id)),
                ("visibility", project.visibility.as_str().into()),
                ("environments", environments.into()),
            ]);
            (key(id), project)
        });
    let environments = numbered(&world.environments).map(|(id, environment)| {
        let project = row(&world.projects, environment.project);
        let environment = object([
            ("organization", key(project.organization)),
            ("project", key(environment.project)),
            ("visibility", project.visibility.as_str().into()),
            ("cluster", key(environment.cluster)),
            ("protection", protection(environment.protection)),
        ]);
        (key(id), environment)
    });
    let clusters = numbered(&world.clusters)
        .map(|(id, cluster)| (key(id), object([("organization", key(cluster.organization)), ("cluster", key(id))])));
    object([
        ("tables", Value::from_json_str(TABLES).expect("the tables can be read")),
        ("accounts", accounts(world)),
        ("organizations", organizations.collect::<BTreeMap<_, _>>().into()),
        ("projects", projects.collect::<BTreeMap<_, _>>().into()),
        ("environments", environments.collect::<BTreeMap<_, _>>().into()),
        ("clusters", clusters.collect::<BTreeMap<_, _>>().into()),
    ])
}

type Values = BTreeMap<Value, Value>;

fn accounts(world: &World) -> Value {
    let mut overrides: BTreeMap<(Id, Id), Values> = BTreeMap::new();
    for access in &world.access {
        let organization = row(&world.clusters, access.cluster).organization;
        overrides.entry((access.account, organization)).or_default().insert(key(access.cluster), level(access));
    }
    let mut project_roles: BTreeMap<(Id, Id), Values> = BTreeMap::new();
    for member in &world.project_members {
        let organization = row(&world.projects, member.project).organization;
        let role = expiring("role", member.role.as_str().into(), member.expires_at);
        project_roles.entry((member.account, organization)).or_default().insert(key(member.project), role);
    }
    let mut memberships: BTreeMap<Id, Values> = BTreeMap::new();
    for member in &world.members {
        let of = (member.account, member.organization);
        let mut held = expiring("role", member.role.as_str().into(), member.expires_at);
        let fields = held.as_object_mut().expect("it is an object");
        fields.insert("overrides".into(), overrides.remove(&of).unwrap_or_default().into());
        fields.insert("project_roles".into(), project_roles.remove(&of).unwrap_or_default().into());
        memberships.entry(member.account).or_default().insert(key(member.organization), held);
    }
    let account = |(id, kind): (Id, &AccountKind)| {
        let account = object([
            ("service", (*kind == AccountKind::Service).into()),
            ("memberships", memberships.remove(&id).unwrap_or_default().into()),
        ]);
        (key(id), account)
    };
    numbered(&world.accounts).map(account).collect::<Values>().into()
}

fn set_cluster_access(data: &mut Value, world: &World, changed: &Access) {
    let organization = row(&world.clusters, changed.cluster).organization;
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

fn expiring(name: &str, value: Value, expires_at: Option<Millis>) -> Value {
    let mut fields = Values::from([(name.into(), value)]);
    if let Some(expiry) = expires_at {
        fields.insert("expires".into(), expiry.into());
    }
    fields.into()
}

fn key(id: Id) -> Value {
    id.to_string().into()
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    fields.into_iter().map(|(name, value)| (Value::from(name), value)).collect::<Values>().into()
}

//! Every engine answers as shipgate does, over worlds in which everything is likely.

use std::collections::BTreeMap;

use peers::engine::{Answer, Answers, Engine, Peer};
use peers::engines::shipgate::{answer_of, decide_by_id, directory};
use peers::engines::{
    BY_HAND, BY_HAND_STD, CASBIN, CEDAR, CEDAR_CHECKING_REQUESTS, GATEHOUSE, REGORUS, REGORUS_COMPILED, SHIPGATE,
    SHIPGATE_AT_HAND,
};
use peers::generate::{dense, every_action};
use peers::question::{On, Question};
use peers::world::{Access, World, row};
use shipgate::{AccountKind, ActionKind, Decision, ClusterAccess, ProjectRole, Role, Visibility};
use shipgate::model::ProtectionLevel;
use shipgate::policy::ReasonCode;

/// Worlds, each with more than a thousand questions.
const WORLDS: u64 = 80;

/// Asks an engine every question that can be put to it: how many those were, or the first that it answers otherwise.
fn compare(peer: &Peer, worlds: impl IntoIterator<Item = u64>) -> Result<usize, String> {
    let mut asked = 0;
    for seed in worlds {
        let world = dense(seed);
        let mut engine = (peer.load)(&world);
        asked += compare_in(engine.as_mut(), &world, seed).map_err(|found| format!("{}: {found}", peer.name))?;
    }
    Ok(asked)
}

fn compare_in(engine: &mut dyn Engine, world: &World, seed: u64) -> Result<usize, String> {
    let directory = directory(world);
    let mut asked = 0;
    for question in every_action(world, seed) {
        if !engine.can_be_asked(&question) {
            continue;
        }
        let decision = decide_by_id(&directory, &question);
        let got = engine.answer(&question);
        if !engine.answers().agree(answer_of(decision), got) {
            return Err(format!("world {seed}: {question:?}: {decision:?}, but the engine says {got:?}"));
        }
        asked += 1;
    }
    Ok(asked)
}

/// Claims of each engine that it agrees with shipgate in at least so many questions.
macro_rules! agrees {
    ($($claim:ident: $peer:expr, $least:expr;)+) => {
        $(
            #[test]
            fn $claim() {
                let asked = compare(&$peer, 0..WORLDS).unwrap();
                assert!(asked >= $least, "only {asked} questions were asked");
            }
        )+
    };
}

agrees! {
    the_directory_agrees: SHIPGATE, 100_000;
    facts_at_hand_agree: SHIPGATE_AT_HAND, 100_000;
    maps_and_match_agree: BY_HAND, 100_000;
    std_maps_and_match_agree: BY_HAND_STD, 100_000;
    gatehouse_agrees: GATEHOUSE, 100_000;
    compiled_regorus_agrees: REGORUS_COMPILED, 100_000;
    interpreted_regorus_agrees: REGORUS, 100_000;
    cedar_agrees: CEDAR, 100_000;
    // Of the actions on organizations, and of members whose membership does not expire.
    casbin_agrees: CASBIN, 6_000;
}

#[test]
fn every_request_to_cedar_conforms_to_its_schema() {
    let asked = compare(&CEDAR_CHECKING_REQUESTS, 0..8).unwrap();
    assert!(asked >= 10_000, "only {asked} questions were asked");
}

#[test]
fn an_engine_that_gives_one_answer_to_everything_is_found_out() {
    for load in [
        (|_| Box::new(Always(Answer::Deny)) as Box<dyn Engine>) as fn(&World) -> Box<dyn Engine>,
        |_| Box::new(Always(Answer::Allow)),
        |_| Box::new(Always(Answer::RequireApproval)),
    ] {
        assert!(compare(&Peer { name: "always the same", load }, 0..1).is_err());
    }
}

#[test]
fn an_engine_that_forgets_one_fact_is_found_out() {
    type Forget = fn(&mut World);
    let forgets: [(&str, Forget); 6] = [
        ("project roles", |world| world.project_members.clear()),
        ("overrides", |world| world.access.clear()),
        ("that memberships expire", |world| world.members.iter_mut().for_each(|member| member.expires_at = None)),
        ("that overrides expire", |world| world.access.iter_mut().for_each(|access| access.expires_at = None)),
        ("who is a service", |world| world.accounts.fill(AccountKind::User)),
        ("which projects are hidden", |world| {
            world.projects.iter_mut().for_each(|project| project.visibility = Visibility::Organization);
        }),
    ];
    for (fact, forget) in forgets {
        let found = (0..4).any(|seed| {
            let world = dense(seed);
            let mut forgetful = world.clone();
            forget(&mut forgetful);
            compare_in((CEDAR.load)(&forgetful).as_mut(), &world, seed).is_err()
        });
        assert!(found, "Cedar may forget {fact}");
    }
}

#[test]
fn a_changed_override_is_seen_at_once() {
    for peer in [SHIPGATE, SHIPGATE_AT_HAND, BY_HAND, BY_HAND_STD, GATEHOUSE, REGORUS_COMPILED, REGORUS, CEDAR] {
        let mut world = dense(0);
        let mut engine = (peer.load)(&world);
        for (at, level) in (0..world.access.len()).zip(ClusterAccess::ALL.into_iter().cycle()) {
            let changed = Access { level, expires_at: None, ..world.access[at] };
            world.access[at] = changed;
            engine.set_access(&world, &changed);
        }
        compare_in(engine.as_mut(), &world, 0).unwrap_or_else(|found| panic!("{}: {found}", peer.name));
    }
}

#[test]
fn the_questions_reach_every_fact_and_every_answer() {
    let mut seen = Seen::default();
    for seed in 0..WORLDS {
        let world = dense(seed);
        let directory = directory(&world);
        for question in every_action(&world, seed) {
            seen.question(&world, &question, decide_by_id(&directory, &question));
        }
    }
    for what in expected() {
        let count = seen.0.get(&what).copied().unwrap_or(0);
        assert!(count >= 50, "{what}: only {count} questions\n{:#?}", seen.0);
    }
}

/// What must be seen.
fn expected() -> Vec<String> {
    let mut all: Vec<String> = ["no membership", "service owner", "without a time"].map(Into::into).into();
    for state in ["for good", "in force", "over", "nobody knows"] {
        all.extend(Role::ALL.map(|role| format!("role {role}, {state}")));
        all.extend(ClusterAccess::ALL.map(|level| format!("override {level}, {state}")));
        all.extend(ProjectRole::ALL.map(|role| format!("project role {role}, {state}")));
    }
    all.extend(Visibility::ALL.map(|visibility| format!("visibility {visibility}")));
    all.extend(ProtectionLevel::ALL.map(|level| format!("protection {level}")));
    all.extend(["rule from admin", "rule from owner", "no rule"].map(Into::into));
    let reasons = [
        ReasonCode::NotAMember,
        ReasonCode::NotInProject,
        ReasonCode::RoleInsufficient,
        ReasonCode::ClusterLevelInsufficient,
        ReasonCode::EnvironmentProtected,
        ReasonCode::Outranked,
        ReasonCode::NotEmpty,
    ];
    all.extend(reasons.map(|reason| format!("denied: {reason}")));
    for (kind, actions) in asked() {
        for action in actions {
            all.push(format!("{kind} {action}: Allow"));
            all.push(format!("{kind} {action}: Deny"));
        }
    }
    all.push("environment deploy: RequireApproval".into());
    all
}

fn asked() -> [(&'static str, Vec<ActionKind>); 4] {
    use ActionKind as A;
    [
        (
            "organization",
            vec![
                A::View,
                A::Update,
                A::Delete,
                A::CreateProject,
                A::ConnectCluster,
                A::InviteMember,
                A::ViewInvoices,
                A::ManageBilling,
                A::ViewAuditLog,
            ],
        ),
        ("project", vec![A::View, A::Update, A::Delete, A::ManageBuilds]),
        (
            "environment",
            vec![A::View, A::Deploy, A::Restart, A::ReadSecrets, A::WriteVariables, A::SetProtection, A::Delete],
        ),
        ("cluster", vec![A::View, A::Deploy, A::Manage]),
    ]
}

/// How often each fact, answer and reason was seen.
#[derive(Default)]
struct Seen(BTreeMap<String, usize>);

impl Seen {
    fn see(&mut self, what: String) {
        *self.0.entry(what).or_default() += 1;
    }

    fn question(&mut self, world: &World, question: &Question, decision: Decision) {
        self.subject(world, question);
        if question.now.is_none() {
            self.see("without a time".into());
        }
        let (kind, cluster, project) = match question.on {
            On::Organization(_) => ("organization", None, None),
            On::Project(id) => ("project", None, Some(id)),
            On::Environment(id) => {
                let environment = row(&world.environments, id);
                self.see(format!("protection {}", environment.protection.level()));
                self.see(match environment.protection.rule() {
                    Some(rule) => format!("rule from {}", rule.from()),
                    None => "no rule".into(),
                });
                ("environment", Some(environment.cluster), Some(environment.project))
            }
            On::Cluster(id) => ("cluster", Some(id), None),
        };
        if let Some(project) = project {
            self.see(format!("visibility {}", row(&world.projects, project).visibility));
        }
        let access = |held: &&Access| held.account == question.account && Some(held.cluster) == cluster;
        if let Some(held) = world.access.iter().find(access) {
            self.see(format!("override {}, {}", held.level, state(held.expires_at, question.now)));
        }
        let member =
            world.project_members.iter().find(|held| held.account == question.account && Some(held.project) == project);
        if let Some(held) = member {
            self.see(format!("project role {}, {}", held.role, state(held.expires_at, question.now)));
        }
        self.see(format!("{kind} {}: {:?}", question.action.kind(), answer_of(decision)));
        if let Decision::Deny(reason) = decision {
            self.see(format!("denied: {}", reason.code()));
        }
    }

    fn subject(&mut self, world: &World, question: &Question) {
        let organization = world.organization_of(question.on);
        let member =
            world.members.iter().find(|held| (held.account, held.organization) == (question.account, organization));
        let Some(member) = member else { return self.see("no membership".into()) };
        self.see(format!("role {}, {}", member.role, state(member.expires_at, question.now)));
        if (row(&world.accounts, member.account), member.role) == (&AccountKind::Service, Role::Owner) {
            self.see("service owner".into());
        }
    }
}

fn state(expires_at: Option<i64>, now: Option<i64>) -> &'static str {
    match (expires_at, now) {
        (None, _) => "for good",
        (Some(_), None) => "nobody knows",
        (Some(expiry), Some(now)) if now < expiry => "in force",
        (Some(_), Some(_)) => "over",
    }
}

struct Always(Answer);

impl Engine for Always {
    fn answers(&self) -> Answers {
        Answers::Two
    }

    fn answer(&mut self, _: &Question) -> Answer {
        self.0
    }

    fn set_access(&mut self, _: &World, _: &Access) {}
}

//! Every engine answers as shipgate does, over rows with few ids, in which everything is likely.

use std::collections::BTreeMap;

use peers::engine::{Answer, Answers, Engine, Peer};
use peers::engines::shipgate::{answer_of, decide_by_id, directory};
use peers::engines::{
    BY_HAND, BY_HAND_STD, CASBIN, CEDAR, CEDAR_CHECKING_REQUESTS, GATEHOUSE, REGORUS, REGORUS_COMPILED, SHIPGATE,
    SHIPGATE_AT_HAND,
};
use peers::question::{ASKED, Question, every_question, unasked};
use peers::rows::{Access, Id, Rows};
use shipgate::directory::{EnvironmentRow, MemberRow};
use shipgate::model::ProtectionLevel;
use shipgate::policy::ReasonCode;
use shipgate::testing::dense;
use shipgate::{AccountKind, ClusterAccess, Decision, ProjectRole, ResourceId, Role, Time, Visibility};

/// Rows by so many seeds, each with hundreds of questions.
const SEEDS: u64 = 200;

/// Without a time, before nearly every expiry of dense rows, and when some grants are over and others are not; one expires at
/// each of the last two.
const TIMES: [Option<Time>; 4] =
    [None, Some(Time::from_millis(-1)), Some(Time::from_millis(0)), Some(Time::from_millis(2))];

/// Asks an engine every question that can be put to it: how many those were, or the first that it answers otherwise.
fn compare(peer: &Peer, seeds: impl IntoIterator<Item = u64>) -> Result<usize, String> {
    let mut asked = 0;
    for seed in seeds {
        let rows = dense(seed);
        let mut engine = (peer.load)(&rows);
        let compared = compare_in(engine.as_mut(), &rows);
        asked += compared.map_err(|found| format!("{}: seed {seed}: {found}", peer.name))?;
    }
    Ok(asked)
}

/// Asks all accounts about all actions on all resources.
fn compare_in(engine: &mut dyn Engine, rows: &Rows) -> Result<usize, String> {
    let directory = directory(rows);
    let mut asked = 0;
    for question in every_question(rows, &TIMES) {
        if !engine.can_be_asked(&question) {
            continue;
        }
        let decision = decide_by_id(&directory, &question);
        let got = engine.answer(&question);
        if !engine.answers().agree(answer_of(decision), got) {
            return Err(format!("{question:?}: {decision:?}, but the engine says {got:?}"));
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
                let asked = compare(&$peer, 0..SEEDS).unwrap();
                assert!(asked >= $least, "only {asked} questions were asked");
            }
        )+
    };
}

agrees! {
    the_directory_agrees: SHIPGATE, 250_000;
    facts_at_hand_agree: SHIPGATE_AT_HAND, 250_000;
    maps_and_match_agree: BY_HAND, 250_000;
    std_maps_and_match_agree: BY_HAND_STD, 250_000;
    gatehouse_agrees: GATEHOUSE, 250_000;
    compiled_regorus_agrees: REGORUS_COMPILED, 250_000;
    interpreted_regorus_agrees: REGORUS, 250_000;
    cedar_agrees: CEDAR, 250_000;
    // Of the actions on organizations, and of members whose membership does not expire.
    casbin_agrees: CASBIN, 80_000;
}

#[test]
fn every_request_to_cedar_conforms_to_its_schema() {
    let asked = compare(&CEDAR_CHECKING_REQUESTS, 0..8).unwrap();
    assert!(asked >= 10_000, "only {asked} questions were asked");
}

#[test]
fn an_engine_that_gives_one_answer_to_everything_is_found_out() {
    for load in [
        (|_| Box::new(Always(Answer::Deny)) as Box<dyn Engine>) as fn(&Rows) -> Box<dyn Engine>,
        |_| Box::new(Always(Answer::Allow)),
        |_| Box::new(Always(Answer::RequireApproval)),
    ] {
        assert!(compare(&Peer { name: "always the same", load }, 0..1).is_err());
    }
}

#[test]
fn an_engine_that_forgets_one_fact_is_found_out() {
    type Forget = fn(&mut Rows);
    let forgets: [(&str, Forget); 7] = [
        ("project roles", |rows| rows.project_roles.clear()),
        ("that project roles expire", |rows| rows.project_roles.iter_mut().for_each(|held| held.expires_at = None)),
        ("overrides", |rows| rows.cluster_access.clear()),
        ("that memberships expire", |rows| rows.members.iter_mut().for_each(|member| member.expires_at = None)),
        ("that overrides expire", |rows| rows.cluster_access.iter_mut().for_each(|access| access.expires_at = None)),
        ("who is a service", |rows| rows.accounts.iter_mut().for_each(|account| account.kind = AccountKind::User)),
        ("which projects are hidden", |rows| {
            rows.projects.iter_mut().for_each(|project| project.visibility = Visibility::Organization);
        }),
    ];
    for (fact, forget) in forgets {
        let found = (0..16).any(|seed| {
            let rows = dense(seed);
            let mut forgetful = rows.clone();
            forget(&mut forgetful);
            compare_in((CEDAR.load)(&forgetful).as_mut(), &rows).is_err()
        });
        assert!(found, "Cedar may forget {fact}");
    }
}

#[test]
fn a_changed_override_is_seen_at_once() {
    for peer in [SHIPGATE, SHIPGATE_AT_HAND, BY_HAND, BY_HAND_STD, GATEHOUSE, REGORUS_COMPILED, REGORUS, CEDAR] {
        let mut levels = ClusterAccess::ALL.into_iter().cycle();
        let mut count = 0;
        for seed in 0..16 {
            let mut rows = dense(seed);
            let mut engine = (peer.load)(&rows);
            for at in 0..rows.cluster_access.len() {
                let level = levels.next().expect("they never end");
                let changed = Access { level, expires_at: None, ..rows.cluster_access[at].clone() };
                rows.cluster_access[at] = changed.clone();
                engine.set_access(&rows, &changed);
                count += 1;
            }
            compare_in(engine.as_mut(), &rows).unwrap_or_else(|found| panic!("{}: seed {seed}: {found}", peer.name));
        }
        assert!(count >= 20, "only {count} overrides were changed");
    }
}

#[test]
fn the_questions_reach_every_fact_and_every_answer() {
    let mut seen = Seen::default();
    for seed in 0..SEEDS {
        let rows = dense(seed);
        let directory = directory(&rows);
        for question in every_question(&rows, &TIMES) {
            seen.question(&rows, &question, decide_by_id(&directory, &question));
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
    for (kind, actions, _) in ASKED {
        for action in actions {
            all.push(format!("{kind} {action}: Allow"));
            all.push(format!("{kind} {action}: Deny"));
        }
    }
    all.push("environment deploy: RequireApproval".into());
    all
}

/// How often each fact, answer and reason was seen.
#[derive(Default)]
struct Seen(BTreeMap<String, usize>);

impl Seen {
    fn see(&mut self, what: String) {
        *self.0.entry(what).or_default() += 1;
    }

    fn question(&mut self, rows: &Rows, question: &Question, decision: Decision) {
        if question.time.is_none() {
            self.see("without a time".into());
        }
        let Place { organization, cluster, project, environment } = Place::of(rows, &question.resource);
        self.subject(rows, question, organization);
        if let Some(environment) = environment {
            self.see(format!("protection {}", environment.protection.level()));
            self.see(match environment.protection.rule() {
                Some(rule) => format!("rule from {}", rule.from()),
                None => "no rule".into(),
            });
        }
        if let Some(project) = rows.projects.iter().find(|row| Some(row.id) == project) {
            self.see(format!("visibility {}", project.visibility));
        }
        let access = |held: &&Access| held.account == question.account && Some(held.cluster) == cluster;
        if let Some(held) = rows.cluster_access.iter().find(access) {
            self.see(format!("override {}, {}", held.level, state(held.expires_at, question.time)));
        }
        let role =
            rows.project_roles.iter().find(|held| held.account == question.account && Some(held.project) == project);
        if let Some(held) = role {
            self.see(format!("project role {}, {}", held.role, state(held.expires_at, question.time)));
        }
        self.see(format!("{} {}: {:?}", question.resource.kind(), question.action.kind(), answer_of(decision)));
        if let Decision::Deny(reason) = decision {
            self.see(format!("denied: {}", reason.code()));
        }
    }

    fn subject(&mut self, rows: &Rows, question: &Question, organization: Id) {
        let is_member = |held: &&MemberRow<Id>| (held.account, held.organization) == (question.account, organization);
        let Some(member) = rows.members.iter().find(is_member) else { return self.see("no membership".into()) };
        self.see(format!("role {}, {}", member.role, state(member.expires_at, question.time)));
        let kind = rows.accounts.iter().find(|row| row.id == member.account).map(|row| row.kind);
        if (kind, member.role) == (Some(AccountKind::Service), Role::Owner) {
            self.see("service owner".into());
        }
    }
}

/// What a resource is part of.
#[derive(Clone, Copy)]
struct Place<'r> {
    organization: Id,
    cluster: Option<Id>,
    project: Option<Id>,
    environment: Option<&'r EnvironmentRow<Id>>,
}

impl<'r> Place<'r> {
    fn of(rows: &'r Rows, resource: &ResourceId<Id>) -> Self {
        let there = "the resource is there";
        match *resource {
            ResourceId::Organization(organization) => {
                Self { organization, cluster: None, project: None, environment: None }
            }
            ResourceId::Project(id) => {
                let organization = rows.projects.iter().find(|row| row.id == id).expect(there).organization;
                Self { organization, cluster: None, project: Some(id), environment: None }
            }
            ResourceId::Cluster(id) => {
                let organization = rows.clusters.iter().find(|row| row.id == id).expect(there).organization;
                Self { organization, cluster: Some(id), project: None, environment: None }
            }
            ResourceId::Environment(id) => {
                let environment = rows.environments.iter().find(|row| row.id == id).expect(there);
                let project = Self::of(rows, &ResourceId::Project(environment.project));
                Self { cluster: Some(environment.cluster), environment: Some(environment), ..project }
            }
            ref other => unasked(other),
        }
    }
}

fn state(expires_at: Option<Time>, now: Option<Time>) -> &'static str {
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

    fn set_access(&mut self, _: &Rows, _: &Access) {}
}

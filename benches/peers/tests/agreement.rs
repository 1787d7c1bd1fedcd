//! Every engine answers as shipgate does, over rows with few ids, in which everything is likely.

use std::collections::BTreeMap;

use peers::combinations::{combinations, questions_about_grants};
use peers::engine::{Answer, Answers, Engine, Peer};
use peers::engines::cedar::{load_without, names_of_policies};
use peers::engines::shipgate::{answer_of, decide_by_id, directory};
use peers::engines::{
    BY_HAND, BY_HAND_STD, CASBIN, CEDAR, CEDAR_CHECKING_REQUESTS, GATEHOUSE, REGORUS, REGORUS_COMPILED, SHIPGATE,
    SHIPGATE_AT_HAND,
};
use peers::question::{ASKED, Question, every_question, unasked};
use peers::rows::{Access, Id, Rows};
use shipgate::directory::{EnvironmentRow, MemberRow};
use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, ProtectionLevel};
use shipgate::policy::ReasonCode;
use shipgate::testing::dense;
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, Decision, Holder, ProjectRole, Protection, ResourceId, Role, Time, Visibility,
};

/// Rows by so many seeds, each with hundreds of questions.
const SEEDS: u64 = 160;
const FEW: u64 = 20;

/// Without a time, before nearly every expiry of dense rows, and when some grants are over and others are not; one expires at
/// each of the last two.
const TIMES: [Option<Time>; 4] =
    [None, Some(Time::from_millis(-1)), Some(Time::from_millis(0)), Some(Time::from_millis(2))];

/// How often each fact, each answer and each reason must be reached.
const LEAST: usize = 50;

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
    compare_questions(engine, rows, every_question(rows, &TIMES))
}

fn compare_questions(engine: &mut dyn Engine, rows: &Rows, questions: Vec<Question>) -> Result<usize, String> {
    let directory = directory(rows);
    let mut asked = 0;
    for question in questions {
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
    the_directory_agrees: SHIPGATE, 400_000;
    facts_at_hand_agree: SHIPGATE_AT_HAND, 400_000;
    maps_and_match_agree: BY_HAND, 400_000;
    std_maps_and_match_agree: BY_HAND_STD, 400_000;
    gatehouse_agrees: GATEHOUSE, 400_000;
    compiled_regorus_agrees: REGORUS_COMPILED, 400_000;
    interpreted_regorus_agrees: REGORUS, 400_000;
    cedar_agrees: CEDAR, 400_000;
    // Of the actions on organizations, and of members whose membership does not expire; invitations of those without overrides.
    casbin_agrees: CASBIN, 110_000;
}

#[test]
fn every_request_to_cedar_conforms_to_its_schema() {
    let asked = compare(&CEDAR_CHECKING_REQUESTS, 0..8).unwrap();
    assert!(asked >= 10_000, "only {asked} questions were asked");
}

#[test]
fn every_combination_of_grants_is_answered_alike() {
    let rows = combinations();
    for peer in [SHIPGATE, SHIPGATE_AT_HAND, BY_HAND, BY_HAND_STD, GATEHOUSE, REGORUS_COMPILED, REGORUS, CEDAR] {
        let questions = questions_about_grants(&rows, &TIMES);
        let asked = compare_questions((peer.load)(&rows).as_mut(), &rows, questions);
        let asked = asked.unwrap_or_else(|found| panic!("{}: {found}", peer.name));
        assert!(asked >= 50_000, "only {asked} questions were asked");
    }
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
    for (fact, forget) in forgets() {
        let found = (0..64).any(|seed| {
            let rows = dense(seed);
            let mut forgetful = rows.clone();
            forget(&mut forgetful);
            forgetful != rows && compare_in((CEDAR.load)(&forgetful).as_mut(), &rows).is_err()
        });
        assert!(found, "Cedar may forget {fact}");
    }
}

type Forget = fn(&mut Rows);

/// Facts, and how to forget each.
fn forgets() -> [(&'static str, Forget); 15] {
    [
        ("project roles", |rows| rows.project_roles.clear()),
        ("that project roles expire", |rows| rows.project_roles.iter_mut().for_each(|held| held.expires_at = None)),
        ("the project roles of teams", |rows| rows.project_roles.retain(|held| !is_of_team(held.holder))),
        ("overrides", |rows| rows.cluster_access.clear()),
        ("that overrides expire", |rows| rows.cluster_access.iter_mut().for_each(|access| access.expires_at = None)),
        ("the overrides of teams", |rows| rows.cluster_access.retain(|access| !is_of_team(access.holder))),
        ("who is in a team", |rows| rows.team_members.clear()),
        ("that memberships expire", |rows| rows.members.iter_mut().for_each(|member| member.expires_at = None)),
        ("who is a service", |rows| rows.members.iter_mut().for_each(|member| member.kind = AccountKind::User)),
        ("custom roles but for their rank", |rows| {
            for member in &mut rows.members {
                let custom = rows.roles.iter().find(|role| AnyRole::Custom(role.id) == member.role);
                member.role = custom.map_or(member.role, |role| role.definition.rank().into());
            }
        }),
        ("which projects are hidden", |rows| {
            rows.projects.iter_mut().for_each(|project| project.visibility = Visibility::Organization);
        }),
        ("which clusters are hidden", |rows| {
            rows.clusters.iter_mut().for_each(|cluster| cluster.visibility = Visibility::Organization);
        }),
        ("what is reviewed", |rows| {
            for environment in &mut rows.environments {
                if environment.protection.level() == ProtectionLevel::Reviewed {
                    environment.protection = Protection::NONE;
                }
            }
        }),
        ("from whom approval comes", |rows| change_rules(rows, without_from)),
        ("who may step around a rule", |rows| change_rules(rows, |rule| rule.with_bypass(Bypass::None))),
    ]
}

fn is_of_team(holder: Holder<Id>) -> bool {
    matches!(holder, Holder::Team(_))
}

/// The same rule, from an Admin.
fn without_from(rule: ApprovalRule) -> ApprovalRule {
    let rule_from_admin = ApprovalRule::new(ApprovalFrom::Admin).with_count(rule.count()).expect("not 0");
    rule_from_admin.with_self_approval(rule.self_approval()).with_bypass(rule.bypass())
}

/// Changes the rules of environments, where their protection may have what comes out.
fn change_rules(rows: &mut Rows, change: fn(ApprovalRule) -> ApprovalRule) {
    for environment in &mut rows.environments {
        let protection = environment.protection;
        let changed = Protection::new(protection.level(), protection.rule().map(change));
        environment.protection = changed.unwrap_or(protection);
    }
}

#[test]
fn cedar_needs_each_of_its_policies() {
    let combinations = combinations();
    let about_grants = questions_about_grants(&combinations, &TIMES);
    for policy in names_of_policies() {
        let is_needed_in = |seed| {
            let rows = dense(seed);
            compare_in(load_without(&rows, &policy).as_mut(), &rows).is_err()
        };
        let is_needed_for_grants = || {
            let mut engine = load_without(&combinations, &policy);
            compare_questions(engine.as_mut(), &combinations, about_grants.clone()).is_err()
        };
        // Most are found within a few seeds. A policy that only combinations of grants need would be looked for in all.
        let found = (0..FEW).any(is_needed_in) || is_needed_for_grants() || (FEW..SEEDS).any(is_needed_in);
        assert!(found, "without {policy:?} Cedar says the same");
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
        assert!(count >= LEAST, "{what}: only {count} questions\n{:#?}", seen.0);
    }
}

/// What must be seen.
fn expected() -> Vec<String> {
    let mut all: Vec<String> = ["no membership", "service owner", "without a time"].map(Into::into).into();
    for state in ["for good", "in force", "over", "nobody knows"] {
        all.extend(Role::ALL.map(|role| format!("role {role}, {state}")));
        for whose in ["own", "a team's"] {
            all.extend(ClusterAccess::ALL.map(|level| format!("{whose} override {level}, {state}")));
            all.extend(ProjectRole::ALL.map(|role| format!("{whose} project role {role}, {state}")));
        }
    }
    all.extend([Role::Admin, Role::Developer, Role::Viewer].map(|rank| format!("custom role, {rank} by rank")));
    all.extend(["own and a team's override", "overrides of two teams"].map(Into::into));
    all.extend(["own and a team's project role", "project roles of two teams"].map(Into::into));
    all.extend(Visibility::ALL.map(|visibility| format!("project, {visibility}")));
    all.extend(Visibility::ALL.map(|visibility| format!("cluster, {visibility}")));
    all.extend(ProtectionLevel::ALL.map(|level| format!("protection {level}")));
    all.extend(["rule from admin", "rule from owner", "no rule"].map(Into::into));
    all.extend(Bypass::ALL.map(|bypass| format!("bypass {bypass}")));
    for (kind, actions, _) in ASKED {
        for action in actions {
            all.push(format!("{kind} {action}: Allow"));
            all.push(format!("{kind} {action}: Deny"));
        }
    }
    all.push("environment deploy: RequireApproval".into());
    all.extend(reasons());
    all
}

/// Reasons that must be seen, and on what.
fn reasons() -> impl Iterator<Item = String> {
    let anywhere = [
        ReasonCode::NotAMember,
        ReasonCode::NotInProject,
        ReasonCode::RoleInsufficient,
        ReasonCode::ClusterLevelInsufficient,
        ReasonCode::EnvironmentProtected,
        ReasonCode::Outranked,
        ReasonCode::NotOwnDeployment,
        ReasonCode::ApprovalNotRequired,
        ReasonCode::ServiceAccount,
        ReasonCode::BypassForbidden,
        ReasonCode::Escalation,
        ReasonCode::Outlasts,
        ReasonCode::NotEmpty,
        ReasonCode::UnknownResource,
    ];
    let by_action = [
        ("organization invite_member", ReasonCode::Outranked),
        ("organization invite_member", ReasonCode::Outlasts),
        ("organization invite_member", ReasonCode::Escalation),
        ("organization invite_member", ReasonCode::UnknownResource),
        ("role delete", ReasonCode::Outranked),
        ("role delete", ReasonCode::NotEmpty),
        ("team delete", ReasonCode::NotEmpty),
        ("project delete", ReasonCode::NotEmpty),
        ("project update", ReasonCode::Outranked),
        ("project update", ReasonCode::Outlasts),
        ("project update", ReasonCode::Escalation),
        ("cluster delete", ReasonCode::NotEmpty),
        ("cluster update", ReasonCode::Outlasts),
        ("environment set_protection", ReasonCode::EnvironmentProtected),
        ("environment deploy", ReasonCode::EnvironmentProtected),
        ("environment break_glass", ReasonCode::EnvironmentProtected),
        ("environment read_secrets", ReasonCode::EnvironmentProtected),
        ("environment exec", ReasonCode::EnvironmentProtected),
        ("environment update", ReasonCode::EnvironmentProtected),
        ("deployment manage", ReasonCode::EnvironmentProtected),
        ("deployment manage", ReasonCode::NotOwnDeployment),
        ("deployment cancel", ReasonCode::NotOwnDeployment),
    ];
    let anywhere = anywhere.into_iter().map(|reason| format!("denied: {reason}"));
    anywhere.chain(by_action.into_iter().map(|(action, reason)| format!("{action}: {reason}")))
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
        self.place(rows, cluster, project);
        if let Some(environment) = environment {
            self.see(format!("protection {}", environment.protection.level()));
            self.see(match environment.protection.rule() {
                Some(rule) => format!("rule from {}", rule.from()),
                None => "no rule".into(),
            });
            if let Some(rule) = environment.protection.rule() {
                self.see(format!("bypass {}", rule.bypass()));
            }
        }
        let access = rows.cluster_access.iter().filter(|row| Some(row.cluster) == cluster);
        let access = access.map(|row| (row.holder, format!("override {}", row.level), row.expires_at));
        self.grants(rows, question, "override", access.collect());
        let roles = rows.project_roles.iter().filter(|row| Some(row.project) == project);
        let roles = roles.map(|row| (row.holder, format!("project role {}", row.role), row.expires_at));
        self.grants(rows, question, "project role", roles.collect());
        let asked = format!("{} {}", question.resource.kind(), question.action.kind());
        self.see(format!("{asked}: {:?}", answer_of(decision)));
        if let Decision::Deny(reason) = decision {
            self.see(format!("denied: {}", reason.code()));
            self.see(format!("{asked}: {}", reason.code()));
        }
    }

    /// Whose grants on the resource are the subject's.
    fn grants(&mut self, rows: &Rows, question: &Question, kind: &str, all: Vec<(Holder<Id>, String, Option<Time>)>) {
        let (mut own, mut of_teams) = (0, 0);
        for (holder, what, expires_at) in all {
            let whose = match holder {
                Holder::Account(account) if account == question.account => {
                    own += 1;
                    "own"
                }
                Holder::Team(team) if is_in_team(rows, question.account, team) => {
                    of_teams += 1;
                    "a team's"
                }
                Holder::Account(_) | Holder::Team(_) => continue,
            };
            self.see(format!("{whose} {what}, {}", state(expires_at, question.time)));
        }
        if own > 0 && of_teams > 0 {
            self.see(format!("own and a team's {kind}"));
        }
        if of_teams > 1 {
            self.see(format!("{kind}s of two teams"));
        }
    }

    fn place(&mut self, rows: &Rows, cluster: Option<Id>, project: Option<Id>) {
        if let Some(project) = rows.projects.iter().find(|row| Some(row.id) == project) {
            self.see(format!("project, {}", project.visibility));
        }
        if let Some(cluster) = rows.clusters.iter().find(|row| Some(row.id) == cluster) {
            self.see(format!("cluster, {}", cluster.visibility));
        }
    }

    fn subject(&mut self, rows: &Rows, question: &Question, organization: Id) {
        let is_member = |held: &&MemberRow<Id>| (held.account, held.organization) == (question.account, organization);
        let Some(member) = rows.members.iter().find(is_member) else { return self.see("no membership".into()) };
        match member.role {
            AnyRole::BuiltIn(role) => self.see(format!("role {role}, {}", state(member.expires_at, question.time))),
            AnyRole::Custom(id) => {
                let role = rows.roles.iter().find(|role| role.id == id).expect("the role is there");
                self.see(format!("custom role, {} by rank", role.definition.rank()));
            }
        }
        if (member.kind, member.role) == (AccountKind::Service, Role::Owner.into()) {
            self.see("service owner".into());
        }
    }
}

fn is_in_team(rows: &Rows, account: Id, team: Id) -> bool {
    rows.team_members.iter().any(|row| (row.account, row.team) == (account, team))
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
            ResourceId::Role(id) => {
                let organization = rows.roles.iter().find(|row| row.id == id).expect(there).organization;
                Self { organization, cluster: None, project: None, environment: None }
            }
            ResourceId::Team(id) => {
                let organization = rows.teams.iter().find(|row| row.id == id).expect(there).organization;
                Self { organization, cluster: None, project: None, environment: None }
            }
            ResourceId::Environment(id) | ResourceId::Deployment { environment: id, .. } => {
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

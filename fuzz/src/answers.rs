//! Targets whose bytes are a world and questions: everyone who answers gives the answer of the oracle. A panic is a finding.

use std::collections::BTreeMap;

use shipgate::explain::{Names, Obstacle, Remedy, explain};
use shipgate::policy::ClusterOf;
use shipgate::{AccountKind, Decision, Exposure, Role};

use crate::oracle::{Account, Approval, Environment, Given, Id, Membership, Question, Resource, World};
use crate::testing::draw::{Bytes, Draw};
#[cfg(feature = "directory")]
use crate::world::held::Held;
use crate::world::{Facts, holdable};

/// How often each answer was given: what a corpus reaches.
pub type Answers = BTreeMap<&'static str, usize>;

/// The most questions that are asked of one world.
const QUESTIONS: usize = 16;

/// `decide` on facts, and a directory by ids, answer what the oracle does; so do their exposures.
pub fn decide_matches_oracle(bytes: &[u8]) -> Answers {
    let mut answers = Answers::new();
    let (world, questions) = asked(bytes);
    let facts = Facts::<u64>::of(&world);
    #[cfg(feature = "directory")]
    let held = Held::<String>::of(&world);
    for question in &questions {
        let expected = world.decide_on_facts(question);
        assert_eq!(facts.decide(question), expected, "{question:?} in {world:?}");
        let exposure = facts.exposure(question).unwrap_or(Exposure::Hidden);
        assert_eq!(exposure, world.exposure(question), "{question:?} in {world:?}");
        #[cfg(feature = "directory")]
        {
            assert_eq!(held.decide(question), world.decide(question), "{question:?} in {world:?}");
            assert_eq!(held.exposure(question), world.exposure(question), "{question:?} in {world:?}");
        }
        *answers.entry(name(world.decide(question))).or_default() += 1;
    }
    answers
}

fn asked(bytes: &[u8]) -> (World, Vec<Question>) {
    let mut draw = Draw::new(Bytes(bytes));
    let world = holdable(draw.world());
    let mut questions = Vec::new();
    while !draw.source.0.is_empty() && questions.len() < QUESTIONS {
        questions.push(draw.question());
    }
    (world, questions)
}

fn name(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allow",
        Decision::RequireApproval(_) => "require_approval",
        Decision::Deny(reason) => reason.code().as_str(),
    }
}

/// What an explanation says is what `decide` says, and each of its remedies opens: the oracle is asked again with the
/// facts changed as it says.
pub fn explain_agrees(bytes: &[u8]) -> Answers {
    let mut answers = Answers::new();
    let (world, questions) = asked(bytes);
    let facts = Facts::<u64>::of(&world);
    for question in questions {
        // Who says of an account that it is of another kind asks as nobody: no change to that account helps.
        let question = Question { kind: None, ..question };
        let explained = facts.put(&question, |subject, action, resource| explain(subject, action, resource));
        let (Some(explanation), Some(decision)) = (explained, facts.decide(&question)) else { continue };
        assert_eq!(explanation.decision(), decision, "{question:?} in {world:?}");
        assert_eq!(Some(explanation.exposure()), facts.exposure(&question), "{question:?} in {world:?}");
        let first = match decision {
            Decision::Allow => None,
            Decision::RequireApproval(approvals) => Some(Obstacle::Approval(approvals)),
            Decision::Deny(reason) => Some(Obstacle::Reason(reason)),
        };
        assert_eq!(explanation.obstacles().first().copied(), first, "{question:?} in {world:?}");
        assert!(!explanation.for_user(&Names::new(&"alice", &"shop")).to_string().is_empty());
        if is_unknown_requester(&world, &question) {
            continue;
        }
        for remedy in explanation.remedies() {
            let (world, question) = opened(&world, &question, *remedy);
            let decision = world.decide_on_facts(&question);
            assert_eq!(decision, Some(Decision::Allow), "{remedy:?}: {question:?} in {world:?}");
            *answers.entry("opening").or_default() += 1;
        }
        *answers.entry(name(decision)).or_default() += 1;
    }
    answers
}

/// Of an account that nobody knows, facts do not say that it requested the deployment: once it is a member, they do.
fn is_unknown_requester(world: &World, question: &Question) -> bool {
    let requested = match question.resource {
        Resource::Deployment { requested_by, on_behalf_of, .. } => {
            requested_by == question.account || on_behalf_of == Some(question.account)
        }
        _ => false,
    };
    requested && !world.accounts.contains_key(&question.account)
}

/// The world in which the subject holds what a remedy says, and the question with the approvals that it asks for.
fn opened(world: &World, question: &Question, remedy: Remedy) -> (World, Question) {
    let (mut world, mut question) = (world.clone(), question.clone());
    let place = world.place(&question.resource).expect("what is explained is held");
    let (organization, project) = (place.organization, place.project);
    // Where an environment stays on its cluster there is no new one.
    let new_cluster = place.new_cluster.filter(|new| Some(*new) != place.cluster);
    let clusters = [(place.cluster, ClusterOf::Present), (new_cluster, ClusterOf::New)];
    let of_project = project.map(|project| world.clusters_of_project(project)).unwrap_or_default();
    let nobody = || Account { kind: AccountKind::User, memberships: BTreeMap::new() };
    let memberships = &mut world.accounts.entry(question.account).or_insert_with(nobody).memberships;
    if let Some(role) = remedy.role() {
        memberships.entry(organization).or_insert_with(|| member(role)).role.what = role.into();
    }
    if let Some(membership) = memberships.get_mut(&organization) {
        if remedy.later_expiry() {
            membership.role.until = None;
        }
        for (cluster, which) in clusters {
            if let Some((cluster, level)) = cluster.zip(remedy.level(which)) {
                membership.overrides.insert(cluster, for_good(level));
            }
        }
        if let Some(level) = remedy.level(ClusterOf::OfProject(0)) {
            membership.overrides.extend(of_project.into_iter().map(|cluster| (cluster, for_good(level))));
        }
        if let Some((project, role)) = project.zip(remedy.project_role()) {
            membership.project_roles.insert(project, for_good(role));
        }
    }
    let approvals = remedy.approvals().map_or(0, |approvals| approvals.missing);
    approve(&mut world, &mut question, organization, approvals);
    (world, question)
}

fn for_good<T>(what: T) -> Given<T> {
    Given { what, until: None }
}

fn member(role: Role) -> Membership {
    Membership::with_role(for_good(role.into()))
}

/// Adds so many Owners who approve. A deploy that is asked of an environment, held or proposed, becomes one that the asker
/// has requested into it.
fn approve(world: &mut World, question: &mut Question, organization: Id, count: u8) {
    if count == 0 {
        return;
    }
    let owners = (0..count).map(|i| 1_000 + Id::from(i));
    for owner in owners.clone() {
        let memberships = BTreeMap::from([(organization, member(Role::Owner))]);
        world.accounts.insert(owner, Account { kind: AccountKind::User, memberships });
    }
    let environment = match question.resource {
        Resource::Environment(environment) => Some(environment),
        Resource::NewEnvironment { id, project, cluster, protection } => {
            world.environments.insert(id, Environment { project, cluster, protection });
            Some(id)
        }
        _ => None,
    };
    if let Some(environment) = environment {
        let requested_by = question.account;
        question.resource = Resource::Deployment {
            environment,
            requested_by,
            on_behalf_of: None,
            release: None,
            approvals: Vec::new(),
        };
    }
    if let Resource::Deployment { approvals, release, .. } = &mut question.resource {
        approvals.extend(owners.map(|by| Approval { release: release.clone(), ..Approval::new(by) }));
    }
}

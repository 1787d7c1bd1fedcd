//! What an explanation says is what `decide` says: of the question as it is, and of every change that it proposes.

mod behind;
mod remedies;
mod told;

use proptest::prelude::*;
use shipgate::explain::{Explanation, Names, Obstacle, Verdict, explain};
use shipgate::model::Permission;
use shipgate::policy::{Gate, RoleRequirement};
use shipgate::{Action, Decision, Exposure, Reason, Role};

use crate::oracle::{Question, World};
use crate::strategies::{question, question_of_deployment, world};
use crate::testing::oracle::roles::Powers;
use crate::world::Facts;
use remedies::Change;

fn config() -> ProptestConfig {
    ProptestConfig { cases: 512, ..ProptestConfig::default() }
}

/// A world, and a question about something that it holds.
fn asked() -> impl Strategy<Value = (World, Question)> {
    let question = prop_oneof![3 => question(), 1 => question_of_deployment()];
    (world(), question).prop_filter_map(
        "nothing is known of what is asked about, or of who asks",
        |(world, question)| {
            world.place(&question.resource)?;
            // An account that nobody knows is not even known to be the one that requested a deployment.
            world.accounts.get(&question.account)?;
            // Nor is a custom role that is not held given.
            let _: Decision = world.decide_on_facts(&question)?;
            // Who says of an account that it is of another kind asks as nobody: no change to that account helps.
            Some((world, Question { kind: None, ..question }))
        },
    )
}

fn explained(world: &World, question: &Question) -> Explanation<u64> {
    let facts = Facts::<u64>::of(world);
    facts.put(question, |subject, action, resource| explain(subject, action, resource)).expect("it is held")
}

fn decided(world: &World, question: &Question) -> Decision {
    Facts::<u64>::of(world).decide(question).expect("it is held")
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_decision_is_that_of_decide_and_its_gate_has_failed((world, question) in asked()) {
        let explanation = explained(&world, &question);
        let decision = decided(&world, &question);
        prop_assert_eq!(explanation.decision(), decision);
        prop_assert_eq!(Some(explanation.exposure()), Facts::<u64>::of(&world).exposure(&question));
        prop_assert_eq!(explanation.action(), question.action.kind());

        let obstacle = match decision {
            Decision::Allow => None,
            Decision::RequireApproval(approvals) => Some(Obstacle::Approval(approvals)),
            Decision::Deny(reason) => Some(Obstacle::Reason(reason)),
        };
        prop_assert_eq!(explanation.obstacles().first().copied(), obstacle, "the first is the decision's own");

        let failed: Vec<Gate> = verdicts(&explanation, Verdict::Failed);
        let gates = explanation.obstacles().iter().map(|obstacle| gate(*obstacle, &question));
        let mut gates: Vec<Gate> = gates.collect();
        gates.dedup();
        prop_assert_eq!(&failed, &gates, "each obstacle is that of a failed gate, in their order");
        let first = failed.first().copied();
        for (gate, verdict) in explanation.verdicts().take_while(|(gate, _)| Some(*gate) != first) {
            let passes = matches!(verdict, Verdict::Passed | Verdict::NotAsked);
            prop_assert!(passes, "{} stands before the first that failed and is {}", gate, verdict);
        }
    }

    #[test]
    fn the_openings_are_the_least_changes_that_suffice((world, question) in asked()) {
        let explanation = explained(&world, &question);
        let remedies: Vec<Change> = explanation.remedies().iter().copied().map(Change::of).collect();
        let is_foreign = explanation.obstacles().contains(&FOREIGN) && !is_about_oneself(&world, &question);
        if explanation.decision().is_allowed() || is_foreign {
            // What is of another organization stays so, whatever the subject holds; but one who joins is a target, too.
            prop_assert_eq!(remedies, []);
            return Ok(());
        }
        let mut sufficient: Vec<Change> = Vec::new();
        for change in Change::all(&world, &question) {
            sufficient.extend(change.sufficing(&world, &question));
        }
        let least: Vec<Change> =
            sufficient.iter().filter(|change| !sufficient.iter().any(|other| other.is_less_than(**change))).copied().collect();
        for change in &least {
            prop_assert!(remedies.contains(change), "{:?} opens it, and is not told of: {:?}", change, remedies);
        }
        for remedy in &remedies {
            prop_assert!(least.contains(remedy), "{:?} is not one of the least that open it: {:?}", remedy, least);
        }
        prop_assert_eq!(remedies.len(), least.len(), "none is told twice");
    }

    #[test]
    fn a_lower_role_opens_nothing_but_changes_to_oneself((world, question) in asked()) {
        let Some(role) = Change::acting_role(&world, &question) else { return Ok(()) };
        let decision = decided(&world, &question);
        // A lower rank may have a role in the project that counts.
        if is_about_oneself(&world, &question) || Change::has_project_role(&world, &question) {
            return Ok(());
        }
        // A custom role can be deleted when its last member has left it.
        if Change::is_about_own_role(&world, &question) {
            return Ok(());
        }
        for lower in Role::ALL.into_iter().filter(|lower| role.includes(&Powers::built_in(*lower))) {
            let demoted = Change::to_role(lower).apply(&world, &question);
            let opened = decided(&demoted, &question).is_allowed() && !decision.is_allowed();
            prop_assert!(!opened, "{} may, and {:?} may not", lower, role);
        }
    }

    #[test]
    fn of_a_hidden_denial_the_user_is_told_that_nothing_was_found((world, question) in asked()) {
        let explanation = explained(&world, &question);
        let hidden = explanation.exposure() == Exposure::Hidden && matches!(explanation.decision(), Decision::Deny(_));
        let text = explanation.for_user(&Names::new(&"subject", &"resource")).to_string();
        prop_assert_eq!(text == "nothing was found", hidden, "{}", text);
    }
}

const FOREIGN: Obstacle = Obstacle::Reason(Reason::ForeignResource);

fn is_about_oneself(world: &World, question: &Question) -> bool {
    world.place(&question.resource).is_some_and(|place| place.target == Some(question.account))
}

fn verdicts(explanation: &Explanation<u64>, wanted: Verdict) -> Vec<Gate> {
    explanation.verdicts().filter(|(_, verdict)| *verdict == wanted).map(|(gate, _)| gate).collect()
}

/// The gate at which an obstacle stands.
fn gate(obstacle: Obstacle, question: &Question) -> Gate {
    let Obstacle::Reason(reason) = obstacle else { return Gate::Approval };
    match reason {
        Reason::NotApplicable => Gate::Applicable,
        Reason::NotAMember => Gate::Membership,
        Reason::ForeignResource => Gate::Tenancy,
        Reason::CredentialExpired | Reason::OutOfScope => Gate::Credential,
        Reason::NotInProject => Gate::Standing,
        Reason::RoleInsufficient { need: RoleRequirement::Permission(permission), .. }
            if permission != Permission::Approve =>
        {
            Gate::Role
        }
        Reason::ClusterLevelInsufficient { .. } => Gate::Cluster,
        Reason::EnvironmentProtected { .. }
            if !matches!(question.action, Action::SetProtection { .. } | Action::Create) =>
        {
            Gate::Safeguard
        }
        // Who may view and not approve fails where it is judged whether the approval would count. To loosen a protection is a
        // relation to what is there, and to lock Admins out one to them.
        Reason::RoleInsufficient { .. }
        | Reason::EnvironmentProtected { .. }
        | Reason::Outranked { .. }
        | Reason::NotAssignable
        | Reason::LastOwner
        | Reason::NotOwnDeployment
        | Reason::ApprovalNotRequired
        | Reason::ServiceAccount
        | Reason::SelfApproval
        | Reason::BypassForbidden { .. }
        | Reason::AboveCeiling { .. }
        | Reason::Escalation { .. }
        | Reason::Outlasts
        | Reason::NotEmpty => Gate::Relation,
        Reason::UnknownResource => unreachable!("only a directory does not know a resource"),
    }
}

#[cfg(feature = "directory")]
#[test]
fn of_what_a_directory_does_not_hold_nothing_is_judged() {
    use shipgate::{Directory, ResourceId, SubjectId};

    let directory = Directory::<String>::builder().build();
    let explanation = directory.explain(&SubjectId::new("alice"), Action::View, ResourceId::Cluster("nowhere"));
    assert_eq!(explanation.decision(), Decision::Deny(Reason::UnknownResource));
    assert!(explanation.verdicts().all(|(_, verdict)| verdict == Verdict::CannotBeJudged));
    assert_eq!(explanation.remedies(), []);
    assert_eq!(explanation.for_user(&Names::new(&"alice", &"nowhere")).to_string(), "nothing was found");
}

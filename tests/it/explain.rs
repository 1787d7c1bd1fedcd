//! What an explanation says is what `decide` says: of the question as it is, and of every change that it proposes.

mod remedies;
mod told;

use proptest::prelude::*;
use shipgate::explain::{Explanation, Names, Obstacle, Verdict, explain};
use shipgate::policy::{Gate, RoleRequirement};
use shipgate::{Action, Decision, Exposure, Reason, Role};

use crate::oracle::{Question, World};
use crate::strategies::{question, question_of_deployment, world};
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
            // Who says of an account that it is of another kind asks as nobody: no change to that account helps.
            Some((world, Question { kind: None, ..question }))
        },
    )
}

fn explained(world: &World, question: &Question) -> Explanation {
    let facts = Facts::<u64>::of(world);
    facts.put(question, |subject, resource| explain(subject, question.action, resource)).expect("it is held")
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
        prop_assert_eq!(explanation.action(), question.action);

        let obstacle = match decision {
            Decision::Allow => None,
            Decision::RequireApproval(approvals) => Some(Obstacle::Approval(approvals)),
            Decision::Deny(reason) => Some(Obstacle::Reason(reason)),
        };
        prop_assert_eq!(explanation.obstacles().first().copied(), obstacle, "the first is the decision's own");

        let failed: Vec<Gate> = verdicts(&explanation, Verdict::Failed);
        let gates = explanation.obstacles().iter().map(|obstacle| gate(*obstacle, question.action));
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
        if explanation.decision().is_allowed() || explanation.obstacles().contains(&FOREIGN) {
            // What is of another organization stays so, whatever the subject holds.
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
        let about_oneself = world.place(&question.resource).is_some_and(|place| place.target == Some(question.account));
        for lower in Role::ALL.into_iter().filter(|lower| *lower != role && role.includes(*lower)) {
            let demoted = Change::to_role(lower).apply(&world, &question);
            let opened = decided(&demoted, &question).is_allowed() && !decision.is_allowed();
            prop_assert!(!opened || about_oneself, "{} may, and {} may not", lower, role);
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

fn verdicts(explanation: &Explanation, wanted: Verdict) -> Vec<Gate> {
    explanation.verdicts().filter(|(_, verdict)| *verdict == wanted).map(|(gate, _)| gate).collect()
}

/// The gate at which an obstacle stands.
fn gate(obstacle: Obstacle, action: Action) -> Gate {
    let Obstacle::Reason(reason) = obstacle else { return Gate::Approval };
    match reason {
        Reason::NotApplicable => Gate::Applicable,
        Reason::NotAMember => Gate::Membership,
        Reason::ForeignResource => Gate::Tenancy,
        Reason::CredentialExpired | Reason::OutOfScope => Gate::Credential,
        Reason::NotInProject => Gate::Standing,
        Reason::RoleInsufficient { need: RoleRequirement::Permission(_), .. } => Gate::Role,
        Reason::ClusterLevelInsufficient { .. } => Gate::Cluster,
        // To loosen a protection is a relation to what is there.
        Reason::EnvironmentProtected { .. } if matches!(action, Action::SetProtection { .. }) => Gate::Relation,
        Reason::EnvironmentProtected { .. } => Gate::Safeguard,
        Reason::RoleInsufficient { need: RoleRequirement::Role(_), .. }
        | Reason::Outranked { .. }
        | Reason::NotAssignable
        | Reason::LastOwner
        | Reason::NotRequester
        | Reason::NotOwnDeployment
        | Reason::ApprovalNotRequired
        | Reason::ServiceAccount
        | Reason::SelfApproval
        | Reason::AboveCeiling { .. }
        | Reason::Escalation { .. }
        | Reason::NotEmpty => Gate::Relation,
        Reason::UnknownResource => unreachable!("only a directory does not know a resource"),
    }
}

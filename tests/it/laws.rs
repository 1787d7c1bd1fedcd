//! The laws of the policy, over worlds as they come and worlds that changes led to, for everyone who answers: the facts, what
//! explains them, a directory, and what searches and filters. Laws 7 and 8 are also searched: see `escalation`.

mod approvals;
mod entries;
mod grants;
mod reach;
mod roles;
#[cfg(feature = "directory")]
mod together;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::FileFailurePersistence;
use shipgate::model::ResourceKind;
use shipgate::policy::ReasonCode;
use shipgate::{Action, ActionSet, Decision, Exposure, Reason, Time};

use crate::oracle::{Id, Question, Resource, Token, World, loosens};
use crate::strategies::{protection, question, questions, time, world, worlds_alike_in};
use crate::world::{Facts, Order};
use entries::Entries;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 768,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_facts_answer_as_the_oracle(world in world(), questions in questions()) {
        let (numbers, names) = (Facts::<u64>::of(&world), Facts::<String>::of(&world));
        for question in &questions {
            let exposure = world.place(&question.resource).map(|_| world.exposure(question));
            prop_assert_eq!(numbers.decide(question), world.decide_on_facts(question), "{:?}", question);
            prop_assert_eq!(names.decide(question), world.decide_on_facts(question), "{:?}", question);
            prop_assert_eq!(numbers.exposure(question), exposure, "{:?}", question);
            prop_assert_eq!(names.exposure(question), exposure, "{:?}", question);
        }
    }

    #[test]
    #[cfg(feature = "directory")]
    fn a_directory_answers_as_the_oracle(world in world(), questions in questions()) {
        use crate::world::held::Held;

        let (numbers, names) = (Held::<u64>::of(&world), Held::<String>::of(&world));
        for question in &questions {
            prop_assert_eq!(numbers.decide(question), world.decide(question), "{:?}", question);
            prop_assert_eq!(names.decide(question), world.decide(question), "{:?}", question);
            prop_assert_eq!(numbers.exposure(question), world.exposure(question), "{:?}", question);
            prop_assert_eq!(names.exposure(question), world.exposure(question), "{:?}", question);
        }
    }

    #[test]
    fn what_explains_answers_as_what_decides(world in world(), questions in questions()) {
        let entries = Entries::of(&world);
        for question in &questions {
            let [decided, others @ ..] = entries.decide_at_hand(question);
            prop_assert_eq!(others, [decided; 2], "{:?}", question);
            #[cfg(feature = "directory")]
            {
                let by_id = entries.decide_by_id(question);
                prop_assert!(by_id.iter().all(|decision| *decision == by_id[0]), "{:?}: {:?}", by_id, question);
            }
            for pair in entries.exposure(question).chunks(2) {
                prop_assert_eq!(pair[0], pair[1], "{:?}", question);
            }
        }
    }

    /// 1. Isolation.
    #[test]
    fn nothing_in_another_organization_changes_an_answer((world, other) in worlds_alike_in(0), questions in questions()) {
        let (here, there) = (Entries::of(&world), Entries::of(&other));
        for question in questions.iter().filter(|question| home(&world, &question.resource) == Some(0)) {
            // Facts of another organization are themselves other facts; a directory tells nothing of them.
            let of_one = world.decide(question) != Decision::Deny(Reason::UnknownResource);
            let first = if of_one { 0 } else { here.decide_at_hand(question).len() };
            prop_assert_eq!(&here.find(question)[first..], &there.find(question)[first..], "{:?}", question);
            prop_assert_eq!(here.exposure(question), there.exposure(question), "{:?}", question);
        }
    }

    /// 5. Protection monotony.
    #[test]
    fn a_protection_that_does_not_loosen_adds_nothing(
        world in world(),
        questions in questions(),
        (a, b) in (protection(), protection()).prop_filter("one does not loosen", |(a, b)| !loosens(*b, *a)),
        which in any::<Index>(),
    ) {
        for question in &questions {
            let (looser, question_of_looser) = with_protection(&world, question, a, which);
            let (tighter, question_of_tighter) = with_protection(&world, question, b, which);
            let (looser, tighter) = (Entries::of(&looser), Entries::of(&tighter));
            let under_looser = |action| looser.find(&Question { action, ..question_of_looser.clone() });
            for action in GUARDED {
                let under_tighter = tighter.allows(&Question { action, ..question_of_tighter.clone() });
                for (looser, tighter) in under_looser(action).into_iter().zip(under_tighter) {
                    prop_assert!(looser.is_allowed() || !tighter, "{:?} {:?}", action, question);
                }
            }
            // Nor may it be deployed in an emergency where it could not be deployed at all, the tokens' actions set aside.
            let [looser_question, tighter_question] = [&question_of_looser, &question_of_tighter].map(with_any_action);
            let under_looser = |action| looser.decide(&Question { action, ..looser_question.clone() });
            let action = Action::BreakGlass;
            let in_emergency = tighter.decide(&Question { action, ..tighter_question });
            let before = under_looser(action).into_iter().zip(under_looser(Action::Deploy));
            for (in_emergency, (before, deploy)) in in_emergency.into_iter().zip(before) {
                let is_added = in_emergency.is_allowed() && !before.is_allowed();
                prop_assert!(!is_added || !is_denied(deploy), "{:?}", question);
            }
        }
    }

    /// 6. Implication, the tokens' actions set aside.
    #[test]
    fn who_may_do_more_may_view(world in world(), questions in questions()) {
        let entries = Entries::of(&world);
        for question in &questions {
            let question = with_any_action(question);
            let answers = |action| entries.decide(&Question { action, ..question.clone() });
            let (view, deploy) = (answers(Action::View), answers(Action::Deploy));
            let (approve, manage, delete) = (answers(Action::Approve), answers(Action::Manage), answers(Action::Delete));
            let in_emergency = answers(Action::BreakGlass);

            let on_cluster = question.resource.kind() == ResourceKind::Cluster;
            let on_environment = question.resource.kind() == ResourceKind::Environment;
            for entry in 0..view.len() {
                let views = view[entry].is_allowed();
                prop_assert!(views || is_denied(deploy[entry]), "deploy ⇒ view: {:?}", question);
                prop_assert!(views || !approve[entry].is_allowed(), "approve ⇒ view: {:?}", question);
                let breaks_glass = in_emergency[entry].is_allowed();
                prop_assert!(!breaks_glass || !is_denied(deploy[entry]), "break_glass ⇒ deploy: {:?}", question);
                prop_assert!(views || !on_cluster || !manage[entry].is_allowed(), "manage ⇒ view: {:?}", question);
                let deletes = on_environment && delete[entry].is_allowed();
                let has_rank = !matches!(deploy[entry], Decision::Deny(Reason::EnvironmentProtected { .. }));
                prop_assert!(has_rank || !deletes, "delete ⇒ the rank to deploy: {:?}", question);
            }
        }
    }

    /// 9. Token ⊆ account, at every moment.
    #[test]
    fn a_token_allows_nothing_that_its_account_may_not(world in world(), questions in questions(), later in time()) {
        let entries = Entries::of(&world);
        for question in &questions {
            for time in [question.time, Some(later), None] {
                let question = Question { time, ..question.clone() };
                let without = Question { token: None, service_token: None, ..question.clone() };
                for (with, without) in entries.find(&question).into_iter().zip(entries.find(&without)) {
                    prop_assert!(without.is_allowed() || !with.is_allowed(), "{:?}", question);
                    let asks_for_approval = matches!(without, Decision::RequireApproval(_));
                    prop_assert!(asks_for_approval || !matches!(with, Decision::RequireApproval(_)), "{:?}", question);
                }
                for (with, without) in entries.exposure(&question).into_iter().zip(entries.exposure(&without)) {
                    prop_assert!(without == Exposure::Visible || with == Exposure::Hidden, "{:?}", question);
                }
            }
        }
    }

    /// 10. Search.
    #[test]
    fn what_is_found_is_what_is_not_denied(world in world(), questions in questions()) {
        let entries = Entries::of(&world);
        for question in &questions {
            let decisions = entries.find(question);
            let (decided, found) = decisions.split_at(entries.decide(question).len());
            let is_filtered = matches!(
                question.resource,
                Resource::Cluster(_) | Resource::Project(_) | Resource::Environment(_)
            );
            for (place, found) in found.iter().enumerate() {
                let is_of_filter = is_filtered && place + 1 == decisions.len() - decided.len();
                let expected = match decided.last() {
                    Some(decision @ Decision::Allow) => *decision,
                    Some(decision @ Decision::RequireApproval(_)) if !is_of_filter => *decision,
                    _ => Decision::Deny(Reason::UnknownResource),
                };
                prop_assert_eq!(*found, expected, "{:?}", question);
            }
        }
    }

    /// 12. Purity.
    #[test]
    fn the_order_of_facts_does_not_matter(world in world(), questions in questions()) {
        let [ascending, descending] = Order::ALL.map(|order| Entries::in_order(&world, order));
        for question in &questions {
            let mut reversed = question.clone();
            if let Resource::Deployment { approvals, .. } = &mut reversed.resource {
                approvals.reverse();
            }
            prop_assert_eq!(ascending.find(question), ascending.find(question), "asked twice: {:?}", question);
            prop_assert_eq!(ascending.find(question), ascending.find(&reversed), "{:?}", question);
            prop_assert_eq!(ascending.find(question), descending.find(question), "{:?}", question);
            prop_assert_eq!(ascending.exposure(question), descending.exposure(question), "{:?}", question);
        }
    }

    /// 15. Without a time no expiry gives.
    #[test]
    fn what_is_allowed_without_a_time_is_allowed_at_every_time(world in world(), questions in questions()) {
        let entries = Entries::of(&world);
        let ends = [i64::MIN, 0, 1, 2, 3, i64::MAX].map(|millis| Some(Time::from_millis(millis)));
        for question in &questions {
            let without = entries.allows(&Question { time: None, ..question.clone() });
            for time in ends {
                let at_a_time = entries.allows(&Question { time, ..question.clone() });
                for (without, at_a_time) in without.iter().zip(at_a_time) {
                    prop_assert!(at_a_time || !without, "at {:?}: {:?}", time, question);
                }
            }
        }
    }

    #[test]
    fn an_account_of_another_kind_than_is_said_has_no_memberships(world in world(), question in question()) {
        let Some(kind) = world.kind_of(question.account) else { return Ok(()) };
        let entries = Entries::of(&world);
        let other = shipgate::AccountKind::ALL.into_iter().find(|other| *other != kind);
        let unsaid = entries.decide(&Question { kind: None, ..question.clone() });
        prop_assert_eq!(&entries.decide(&Question { kind: Some(kind), ..question.clone() }), &unsaid);
        for decision in entries.decide(&Question { kind: other, ..question.clone() }) {
            let Decision::Deny(reason) = decision else { panic!("{decision:?} to {question:?}") };
            let before_or_at_membership =
                [ReasonCode::UnknownResource, ReasonCode::NotApplicable, ReasonCode::NotAMember];
            prop_assert!(before_or_at_membership.contains(&reason.code()), "{:?} to {:?}", reason, question);
        }
    }
}

/// What a protection guards.
const GUARDED: [Action<Id>; 6] =
    [Action::Deploy, Action::Delete, Action::Retarget, Action::Exec, Action::ReadSecrets, Action::WriteVariables];

const fn is_denied(decision: Decision) -> bool {
    matches!(decision, Decision::Deny(_))
}

/// Whatever `less` allows, finds and shows, `more` does.
fn takes_nothing_away(less: &Entries, more: &Entries, question: &Question) -> Result<(), TestCaseError> {
    for (less, more) in less.allows(question).into_iter().zip(more.allows(question)) {
        prop_assert!(more || !less, "{question:?}");
    }
    for (less, more) in less.exposure(question).into_iter().zip(more.exposure(question)) {
        prop_assert!(more == Exposure::Visible || less == Exposure::Hidden, "{question:?}");
    }
    Ok(())
}

/// The same question with tokens for every action.
fn with_any_action(question: &Question) -> Question {
    let mut question = question.clone();
    for token in [&mut question.token, &mut question.service_token].into_iter().flatten() {
        *token = with_every_action(token);
    }
    question
}

fn with_every_action(token: &Token) -> Token {
    let mut every = Token::new(ActionSet::all());
    if let Some(ids) = token.organizations() {
        every = every.for_organizations(ids.copied());
    }
    if let Some(ids) = token.projects() {
        every = every.for_projects(ids.copied());
    }
    if let Some(ids) = token.environments() {
        every = every.for_environments(ids.copied());
    }
    if let Some(ids) = token.clusters() {
        every = every.for_clusters(ids.copied());
    }
    token.expires_at().into_iter().fold(every, Token::until)
}

/// The organization of a resource: of one that names a second cluster, or a team, that of the rest.
fn home(world: &World, resource: &Resource) -> Option<Id> {
    world.place(resource).map(|place| place.organization)
}

/// The account that a question is about, beside who asks.
fn target(resource: &Resource) -> Option<Id> {
    match resource {
        Resource::Member { account, .. }
        | Resource::TeamMember { account, .. }
        | Resource::ProjectMember { account, .. }
        | Resource::ClusterMember { account, .. } => Some(*account),
        Resource::Organization(_)
        | Resource::Role(_)
        | Resource::Team(_)
        | Resource::Project(_)
        | Resource::ProjectTeam { .. }
        | Resource::Environment(_)
        | Resource::NewEnvironment { .. }
        | Resource::Placement { .. }
        | Resource::Deployment { .. }
        | Resource::Cluster(_)
        | Resource::ClusterTeam { .. } => None,
    }
}

/// The questions about one organization, asked by one account.
fn asked_by(account: Id, organization: Id, world: &World, questions: &[Question]) -> Vec<Question> {
    let here = questions.iter().filter(|question| home(world, &question.resource) == Some(organization));
    here.map(|question| Question { account, ..question.clone() }).collect()
}

/// The world and question in which what is asked about has this protection: of a project, one of its environments.
fn with_protection(world: &World, question: &Question, to: shipgate::Protection, which: Index) -> (World, Question) {
    let (mut world, mut question) = (world.clone(), question.clone());
    let environment = match &mut question.resource {
        Resource::NewEnvironment { protection, .. } => {
            *protection = to;
            None
        }
        Resource::Environment(id)
        | Resource::Placement { environment: id, .. }
        | Resource::Deployment { environment: id, .. } => Some(*id),
        Resource::Project(project) => {
            let of_project = world.environments.iter().filter(|(_, environment)| environment.project == *project);
            let ids: Vec<Id> = of_project.map(|(id, _)| *id).collect();
            (!ids.is_empty()).then(|| *which.get(&ids))
        }
        _ => None,
    };
    if let Some(environment) = environment.and_then(|id| world.environments.get_mut(&id)) {
        environment.protection = to;
    }
    (world, question)
}

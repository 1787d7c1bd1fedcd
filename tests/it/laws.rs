//! The laws of the policy, over worlds as they come and worlds that changes led to, for everyone who answers: the facts,
//! what explains them, a directory.

mod approvals;
mod reach;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::FileFailurePersistence;
use shipgate::model::ResourceKind;
use shipgate::policy::ReasonCode;
use shipgate::{Action, ActionSet, ClusterAccess, Decision, Exposure, Reason, Role};

use crate::oracle::{Given, Id, Question, Resource, Token, World, higher_or_equal, includes, loosens};
use crate::strategies::{id, level, protection, question, questions, role, world, worlds_alike_in};
use crate::world::doors::Doors;
use crate::world::{Facts, Order};

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
        let doors = Doors::of(&world);
        for question in &questions {
            for pair in doors.decide(question).chunks(2) {
                prop_assert_eq!(pair[0], pair[1], "{:?}", question);
            }
            for pair in doors.exposure(question).chunks(2) {
                prop_assert_eq!(pair[0], pair[1], "{:?}", question);
            }
        }
    }

    /// 1. Isolation.
    #[test]
    fn nothing_in_another_organization_changes_an_answer((world, other) in worlds_alike_in(0), questions in questions()) {
        let (here, there) = (Doors::of(&world), Doors::of(&other));
        for question in questions.iter().filter(|question| home(&world, &question.resource) == Some(0)) {
            // Facts that name another organization's cluster are themselves other facts; a directory tells nothing.
            let of_one = world.decide(question) != Decision::Deny(Reason::UnknownResource);
            let first = if of_one { 0 } else { 2 };
            prop_assert_eq!(&here.decide(question)[first..], &there.decide(question)[first..], "{:?}", question);
            prop_assert_eq!(here.exposure(question), there.exposure(question), "{:?}", question);
        }
    }

    /// 2. Role monotony, changes to oneself aside.
    #[test]
    fn a_role_that_includes_another_is_allowed_whatever_that_one_is(
        world in world(),
        questions in questions(),
        (lower, higher) in (role(), role()).prop_filter("one includes the other", |(a, b)| includes(*b, *a)),
    ) {
        for question in questions.iter().filter(|question| !is_about_oneself(question)) {
            let Some(organization) = home(&world, &question.resource) else { continue };
            let as_lower = Doors::of(&with_role(&world, question.account, organization, lower));
            let as_higher = Doors::of(&with_role(&world, question.account, organization, higher));
            takes_nothing_away(&as_lower, &as_higher, question)?;
        }
    }

    /// 3. The Billing track.
    #[test]
    fn a_billing_member_is_allowed_nothing_that_runs(world in world(), questions in questions()) {
        for question in questions.iter().filter(|question| runs(question.resource.kind())) {
            let Some(organization) = home(&world, &question.resource) else { continue };
            let doors = Doors::of(&with_role(&world, question.account, organization, Role::Billing));
            for decision in doors.decide(question) {
                prop_assert!(matches!(decision, Decision::Deny(_)), "{:?}", question);
            }
            for exposure in doors.exposure(question) {
                prop_assert_eq!(exposure, Exposure::Hidden, "{:?}", question);
            }
        }
    }

    /// 4. Grant monotony.
    #[test]
    fn raising_an_override_takes_nothing_from_its_holder(
        world in world(),
        questions in questions(),
        cluster in id(),
        (low, high) in (level(), level()).prop_filter("one is higher", |(low, high)| higher_or_equal(*high, *low)),
    ) {
        for question in &questions {
            let Some(organization) = home(&world, &question.resource) else { continue };
            let lowered = Doors::of(&with_cluster_access(&world, question.account, organization, cluster, low));
            let raised = Doors::of(&with_cluster_access(&world, question.account, organization, cluster, high));
            takes_nothing_away(&lowered, &raised, question)?;
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
            let (looser, tighter) = (Doors::of(&looser), Doors::of(&tighter));
            for action in
                [Action::Deploy, Action::Delete, Action::Retarget, Action::ReadSecrets, Action::WriteVariables]
            {
                let under_looser = looser.decide(&Question { action, ..question_of_looser.clone() });
                let under_tighter = tighter.decide(&Question { action, ..question_of_tighter.clone() });
                for (looser, tighter) in under_looser.into_iter().zip(under_tighter) {
                    prop_assert!(looser.is_allowed() || !tighter.is_allowed(), "{:?} {:?}", action, question);
                }
            }
        }
    }

    /// 6. Implication, the token's actions set aside.
    #[test]
    fn who_may_do_more_may_view(world in world(), questions in questions()) {
        let doors = Doors::of(&world);
        for question in &questions {
            let mut question = question.clone();
            if let Some(token) = &mut question.token {
                *token = with_every_action(token);
            }
            let answers = |action| doors.decide(&Question { action, ..question.clone() });
            let (view, deploy) = (answers(Action::View), answers(Action::Deploy));
            let (approve, manage, delete) = (answers(Action::Approve), answers(Action::Manage), answers(Action::Delete));

            let on_cluster = question.resource.kind() == ResourceKind::Cluster;
            let on_environment = question.resource.kind() == ResourceKind::Environment;
            for door in 0..view.len() {
                let views = view[door].is_allowed();
                prop_assert!(views || !role_deploys(deploy[door]), "deploy ⇒ view: {:?}", question);
                prop_assert!(views || !approve[door].is_allowed(), "approve ⇒ view: {:?}", question);
                let deploys = deploy[door].is_allowed();
                prop_assert!(deploys || !on_cluster || !manage[door].is_allowed(), "manage ⇒ deploy: {:?}", question);
                let deletes = on_environment && delete[door].is_allowed();
                prop_assert!(role_deploys(deploy[door]) || !deletes, "delete ⇒ the role to deploy: {:?}", question);
            }
        }
    }

    /// 9. Token ⊆ account.
    #[test]
    fn a_token_allows_nothing_that_its_account_may_not(world in world(), questions in questions()) {
        let doors = Doors::of(&world);
        for question in &questions {
            let without = Question { token: None, ..question.clone() };
            for (with, without) in doors.decide(question).into_iter().zip(doors.decide(&without)) {
                prop_assert!(without.is_allowed() || !with.is_allowed(), "{:?}", question);
                let asks_for_approval = matches!(without, Decision::RequireApproval(_));
                prop_assert!(asks_for_approval || !matches!(with, Decision::RequireApproval(_)), "{:?}", question);
            }
            for (with, without) in doors.exposure(question).into_iter().zip(doors.exposure(&without)) {
                prop_assert!(without == Exposure::Visible || with == Exposure::Hidden, "{:?}", question);
            }
        }
    }

    /// 12. Purity.
    #[test]
    fn the_order_of_facts_does_not_matter(world in world(), questions in questions()) {
        let [ascending, descending] = Order::ALL.map(|order| Doors::in_order(&world, order));
        for question in &questions {
            let mut reversed = question.clone();
            if let Resource::Deployment { approvals, .. } = &mut reversed.resource {
                approvals.reverse();
            }
            prop_assert_eq!(ascending.decide(question), ascending.decide(question), "asked twice: {:?}", question);
            prop_assert_eq!(ascending.decide(question), ascending.decide(&reversed), "{:?}", question);
            prop_assert_eq!(ascending.decide(question), descending.decide(question), "{:?}", question);
            prop_assert_eq!(ascending.exposure(question), descending.exposure(question), "{:?}", question);
        }
    }

    #[test]
    fn an_account_of_another_kind_than_is_said_has_no_memberships(world in world(), question in question()) {
        let Some(kind) = world.kind_of(question.account) else { return Ok(()) };
        let doors = Doors::of(&world);
        let other = shipgate::AccountKind::ALL.into_iter().find(|other| *other != kind);
        let unsaid = doors.decide(&Question { kind: None, ..question.clone() });
        prop_assert_eq!(&doors.decide(&Question { kind: Some(kind), ..question.clone() }), &unsaid);
        for decision in doors.decide(&Question { kind: other, ..question.clone() }) {
            let Decision::Deny(reason) = decision else { panic!("{decision:?} to {question:?}") };
            let before_or_at_membership =
                [ReasonCode::UnknownResource, ReasonCode::NotApplicable, ReasonCode::NotAMember];
            prop_assert!(before_or_at_membership.contains(&reason.code()), "{:?} to {:?}", reason, question);
        }
    }
}

/// Whatever `less` allows and shows, `more` allows and shows.
fn takes_nothing_away(less: &Doors, more: &Doors, question: &Question) -> Result<(), TestCaseError> {
    for (less, more) in less.decide(question).into_iter().zip(more.decide(question)) {
        prop_assert!(more.is_allowed() || !less.is_allowed(), "{less:?}, then {more:?}: {question:?}");
    }
    for (less, more) in less.exposure(question).into_iter().zip(more.exposure(question)) {
        prop_assert!(more == Exposure::Visible || less == Exposure::Hidden, "{question:?}");
    }
    Ok(())
}

/// The same token, for every action.
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

/// The role is enough to deploy: at most approval is missing.
fn role_deploys(decision: Decision) -> bool {
    match decision {
        Decision::Allow | Decision::RequireApproval(_) => true,
        Decision::Deny(_) => false,
    }
}

fn runs(kind: ResourceKind) -> bool {
    match kind {
        ResourceKind::Organization | ResourceKind::Member => false,
        ResourceKind::Project
        | ResourceKind::ProjectMember
        | ResourceKind::Environment
        | ResourceKind::Placement
        | ResourceKind::Deployment
        | ResourceKind::Cluster
        | ResourceKind::ClusterMember => true,
    }
}

/// The organization of a resource: of one that names a second cluster, that of the rest.
fn home(world: &World, resource: &Resource) -> Option<Id> {
    let of_project = |id: &Id| world.projects.get(id).map(|project| project.organization);
    match resource {
        Resource::Organization(id) | Resource::Member { organization: id, .. } => {
            world.organizations.contains(id).then_some(*id)
        }
        Resource::Project(id)
        | Resource::ProjectMember { project: id, .. }
        | Resource::NewEnvironment { project: id, .. } => of_project(id),
        Resource::Environment(id)
        | Resource::Placement { environment: id, .. }
        | Resource::Deployment { environment: id, .. } => of_project(&world.environments.get(id)?.project),
        Resource::Cluster(id) | Resource::ClusterMember { cluster: id, .. } => world.organization_of_cluster(*id),
    }
}

fn is_about_oneself(question: &Question) -> bool {
    match &question.resource {
        Resource::Member { account, .. }
        | Resource::ProjectMember { account, .. }
        | Resource::ClusterMember { account, .. } => *account == question.account,
        Resource::Organization(_)
        | Resource::Project(_)
        | Resource::Environment(_)
        | Resource::NewEnvironment { .. }
        | Resource::Placement { .. }
        | Resource::Deployment { .. }
        | Resource::Cluster(_) => false,
    }
}

/// The world in which a member has another role; who is no member stays so.
fn with_role(world: &World, account: Id, organization: Id, role: Role) -> World {
    let mut world = world.clone();
    let account = world.accounts.get_mut(&account);
    if let Some(membership) = account.and_then(|account| account.memberships.get_mut(&organization)) {
        membership.role.what = role;
    }
    world
}

/// The world in which a member has this override, which lasts as long as the one that it had.
fn with_cluster_access(world: &World, account: Id, organization: Id, cluster: Id, level: ClusterAccess) -> World {
    let mut world = world.clone();
    let account = world.accounts.get_mut(&account);
    if let Some(membership) = account.and_then(|account| account.memberships.get_mut(&organization)) {
        let given = membership.overrides.entry(cluster).or_insert(Given { what: level, until: None });
        given.what = level;
    }
    world
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
        Resource::Organization(_)
        | Resource::Member { .. }
        | Resource::ProjectMember { .. }
        | Resource::Cluster(_)
        | Resource::ClusterMember { .. } => None,
    };
    if let Some(environment) = environment.and_then(|id| world.environments.get_mut(&id)) {
        environment.protection = to;
    }
    (world, question)
}

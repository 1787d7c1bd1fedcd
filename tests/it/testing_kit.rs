//! The testing kit, as those who link the crate use it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use shipgate::directory::{
    AccountRef, ClusterRef, EnvironmentRef, MemberRow, OrganizationRow, ProjectRef, Question, Rows,
};
use shipgate::explain::explain;
use shipgate::model::{Bypass, ProtectionLevel, ResourceKind, check_namespace};
use shipgate::policy::ReasonCode;
use shipgate::{
    AccountKind, ActionKind, AnyRole, Decision, Directory, Exposure, Holder, Resource, ResourceId, Role, Subject,
    Visibility,
};

use crate::testing::oracle::row;
use crate::testing::{Customer, Mix, NOW, Oracle, Size, dense, platform, questions};

const SMALL: Size =
    Size::of_memberships(2_000).with_customer(Customer { members: 300, clusters: 40, environments: 200 });

#[test]
fn the_oracle_and_a_directory_answer_the_same() {
    for seed in 0..100 {
        agree(&dense(seed), Mix::EVEN, 400);
    }
    for size in [SMALL, SMALL.with_teams()] {
        let rows = platform(size, 1);
        for mix in [Mix::EVEN, Mix::PLATFORM, Mix::DEPLOY] {
            agree(&rows, mix, 1_000);
        }
    }
}

/// The same with an organization of 20,000 others, so that a batch looks up the facts of several questions at a time.
fn crowded(rows: &Rows<u64>) -> Directory<u64> {
    const CROWD: u64 = u64::MAX / 2;
    let mut rows = rows.clone();
    rows.organizations.push(OrganizationRow { id: CROWD });
    rows.members.extend((CROWD..CROWD + 20_000).map(|account| MemberRow {
        organization: CROWD,
        account,
        kind: AccountKind::User,
        role: AnyRole::BuiltIn(Role::Owner),
        expires_at: None,
    }));
    Directory::try_from(&rows).unwrap()
}

#[test]
fn a_large_directory_answers_a_batch_as_a_small_one_answers_each() {
    let platforms = [SMALL, SMALL.with_teams()].map(|size| platform(size, 6));
    for rows in (300..320).map(dense).chain(platforms) {
        let (directory, crowded) = (Directory::try_from(&rows).unwrap(), crowded(&rows));
        for mix in [Mix::EVEN, Mix::PLATFORM] {
            let questions: Vec<_> = questions(&rows, mix, 7).take(2_000).collect();
            let in_batches = crowded.decide_each(&questions, Question::parts);
            assert_eq!(in_batches.len(), questions.len());
            for (question, in_batch) in questions.iter().zip(in_batches) {
                let (subject, action, resource) = question.parts();
                let answer = directory.decide(&subject, action, resource);
                assert_eq!(in_batch, answer, "{question:?} about {rows:?}");
            }
        }
    }
}

/// One by one and in batches, by what was found before, and by the gates alone, which every explanation asks.
#[test]
fn however_a_directory_is_asked_it_answers_the_same() {
    let platforms = [SMALL, SMALL.with_teams()].map(|size| platform(size, 2));
    for rows in (100..200).map(dense).chain(platforms) {
        let directory = Directory::try_from(&rows).unwrap();
        for mix in [Mix::EVEN, Mix::PLATFORM] {
            let questions: Vec<_> = questions(&rows, mix, 3).take(400).collect();
            let in_batches: Vec<_> = directory.decide_each(&questions, Question::parts).collect();
            assert_eq!(in_batches.len(), questions.len());
            for (question, in_batch) in questions.iter().zip(in_batches) {
                let (subject, action, resource) = question.parts();
                let (by, on) = (directory.subject(&subject), directory.resource(resource));
                let answers = [
                    directory.explain(&subject, action, resource).decision(),
                    in_batch,
                    by.decide(action, resource),
                    on.decide(&subject, action),
                    by.decide_on(action, &on),
                ];
                assert_eq!(answers, [directory.decide(&subject, action, resource); 5], "{question:?} about {rows:?}");
            }
        }
    }
}

/// By the membership found before, in the organization of the resource and in any other; and by the gates alone.
#[test]
fn a_member_found_before_is_answered_as_its_account_is() {
    let mut elsewhere = 0;
    for rows in (200..300).map(dense).chain([platform(SMALL.with_teams(), 4)]) {
        let directory = Directory::try_from(&rows).unwrap();
        let organizations: Vec<_> = rows.organizations.iter().map(|row| row.id).collect();
        for question in questions(&rows, Mix::EVEN, 5).take(400) {
            let (ResourceId::Project(_) | ResourceId::Environment(_) | ResourceId::Cluster(_)) = &question.resource
            else {
                continue;
            };
            let (asked, action, resource) = question.parts();
            let account = directory.account(&question.account).map(AccountRef::to_account);
            let account = account.as_ref().filter(|account| question.kind.is_none_or(|kind| kind == account.kind()));
            let mut subject = account.map_or(Subject::unknown(), Subject::new);
            subject = asked_as(subject, &question);
            let (project, environment, cluster) = match resource {
                ResourceId::Project(id) => (directory.project(id).map(ProjectRef::to_project), None, None),
                ResourceId::Environment(id) => {
                    (None, directory.environment(id).map(EnvironmentRef::to_environment), None)
                }
                ResourceId::Cluster(id) => (None, None, directory.cluster(id).map(ClusterRef::to_cluster)),
                _ => continue,
            };
            let facts = [
                project.as_ref().map(Resource::Project),
                environment.as_ref().map(Resource::Environment),
                cluster.as_ref().map(Resource::Cluster),
            ];
            let Some(facts) = facts.into_iter().flatten().next() else { continue };
            let expected = directory.decide(&asked, action, resource);
            let action = action.map(|_| unreachable!("nothing of these kinds gives a custom role"));
            assert_eq!(explain(subject, action, facts).decision(), expected, "{question:?} about {rows:?}");
            for organization in &organizations {
                let member = subject.in_organization(organization);
                assert_eq!(member.decide(action, facts), expected, "{question:?} in {organization} about {rows:?}");
                elsewhere += u32::from(member.subject().account().is_some());
            }
        }
    }
    assert!(elsewhere > 10_000, "{elsewhere}");
}

/// The subject with what the question says of it besides its account.
fn asked_as<'a>(subject: Subject<'a, u64>, question: &'a Question<u64>) -> Subject<'a, u64> {
    let subject = question.time.map_or(subject, |now| subject.at(now));
    let subject = question.token.as_ref().map_or(subject, |token| subject.with_token(token));
    question.service_token.as_ref().map_or(subject, |token| subject.with_service_token(token))
}

/// The same decisions and exposures, of the first questions of a mix.
fn agree(rows: &Rows<u64>, mix: Mix, count: usize) {
    let (directory, oracle) = (Directory::try_from(rows).unwrap(), Oracle::new(rows));
    for question in questions(rows, mix, 1).take(count) {
        let expected = (oracle.decide(&question), oracle.exposure(&question));
        assert_eq!(answers(&directory, &question), expected, "{question:?} about {rows:?}");
    }
}

fn answers(directory: &Directory<u64>, question: &Question<u64>) -> (Decision, Exposure) {
    let (subject, resource) = (question.subject(), question.resource.borrowed::<u64>());
    (directory.decide(&subject, question.action.as_ref(), resource), directory.exposure(&subject, resource))
}

#[test]
fn even_questions_are_about_every_row_of_the_action_table_and_get_every_answer() {
    let mut asked: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    let mut answers: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in 0..300 {
        let rows = dense(seed);
        let oracle = Oracle::new(&rows);
        for question in questions(&rows, Mix::EVEN, seed).take(400) {
            let decision = oracle.decide(&question);
            let row = asked.entry((question.action.kind().as_str(), question.resource.kind().as_str())).or_default();
            *row = (row.0 + 1, row.1 + u32::from(decision == Decision::Allow));
            *answers.entry(name(decision)).or_default() += 1;
        }
    }
    for action in ActionKind::ALL {
        for kind in ResourceKind::ALL.into_iter().filter(|kind| row(action, *kind).is_some()) {
            let (asked, allowed) = asked.get(&(action.as_str(), kind.as_str())).copied().unwrap_or_default();
            assert!(asked >= 200 && allowed >= 1, "{action} on {kind} is asked {asked} times, allowed {allowed} times");
        }
    }
    // Questions of a mix are about actions that apply.
    let reasons = ReasonCode::ALL.into_iter().filter(|reason| *reason != ReasonCode::NotApplicable);
    for answer in reasons.map(ReasonCode::as_str).chain(["allow", "require_approval"]) {
        assert!(answers.contains_key(answer), "never {answer}: {answers:?}");
    }
}

fn name(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allow",
        Decision::RequireApproval(_) => "require_approval",
        Decision::Deny(reason) => reason.code().as_str(),
    }
}

#[test]
fn dense_rows_have_something_of_everything() {
    let mut found = BTreeSet::new();
    for seed in 0..40 {
        let rows = dense(seed);
        let roles: BTreeSet<u64> = rows.roles.iter().map(|role| role.id).collect();
        let access = rows.cluster_access.iter().map(|row| (row.holder, row.expires_at.is_some()));
        let project_roles = rows.project_roles.iter().map(|row| (row.holder, row.expires_at.is_some()));
        for (holder, expires) in access.chain(project_roles) {
            found.insert(match (holder, expires) {
                (Holder::Account(_), false) => "a member's grant",
                (Holder::Account(_), true) => "a member's grant with an expiry",
                (Holder::Team(_), false) => "a team's grant",
                (Holder::Team(_), true) => "a team's grant with an expiry",
            });
        }
        for member in &rows.members {
            found.insert(match member.role {
                AnyRole::Custom(role) if roles.contains(&role) => "a custom role",
                AnyRole::Custom(_) => "a custom role that there is not",
                AnyRole::BuiltIn(role) => role.as_str(),
            });
        }
        found.extend((!rows.team_members.is_empty()).then_some("a member of a team"));
        let clusters = rows.clusters.iter().map(|cluster| cluster.visibility);
        found
            .extend(clusters.clone().any(|visibility| visibility == Visibility::Members).then_some("a hidden cluster"));
        let mut namespaces = HashSet::new();
        for row in &rows.environments {
            assert!(check_namespace(&row.namespace).is_ok(), "{}", row.namespace);
            assert!(namespaces.insert((row.cluster, &row.namespace)), "{} twice on {}", row.namespace, row.cluster);
            found.insert(row.protection.level().as_str());
            found.extend(row.protection.rule().filter(|rule| rule.bypass() != Bypass::None).map(|_| "a bypass"));
        }
    }
    let mut expected = BTreeSet::from([
        "a member's grant",
        "a member's grant with an expiry",
        "a team's grant",
        "a team's grant with an expiry",
        "a custom role",
        "a member of a team",
        "a hidden cluster",
        "a bypass",
    ]);
    expected.extend(Role::ALL.map(Role::as_str));
    expected.extend(ProtectionLevel::ALL.map(ProtectionLevel::as_str));
    assert_eq!(found, expected);
}

#[test]
fn even_questions_come_with_two_tokens_and_with_what_deployments_have() {
    let rows = dense(2);
    let mut found = BTreeSet::new();
    for question in questions(&rows, Mix::EVEN, 2).take(4_000) {
        found.extend((question.token.is_some() && question.service_token.is_some()).then_some("two tokens"));
        if let ResourceId::Deployment { requested_by, on_behalf_of, release, approvals, .. } = &question.resource {
            found.extend(on_behalf_of.filter(|of| of != requested_by).map(|_| "on behalf of another"));
            for approval in approvals {
                found.insert(if approval.release == *release { "for the release" } else { "for another release" });
                found.extend(approval.cluster.map(|_| "for a cluster"));
                found.extend(approval.expires_at.map(|_| "with an expiry"));
            }
        }
    }
    let expected = [
        "for a cluster",
        "for another release",
        "for the release",
        "on behalf of another",
        "two tokens",
        "with an expiry",
    ];
    assert_eq!(found, BTreeSet::from(expected));
}

#[test]
fn questions_are_distinct_the_same_for_a_seed_and_others_for_another() {
    let rows = platform(SMALL, 1);
    let asked = |seed| questions(&rows, Mix::PLATFORM, seed).take(5_000).collect::<Vec<_>>();
    let first = asked(1);
    assert_eq!(first.iter().collect::<HashSet<_>>().len(), 5_000);
    assert_eq!(first, asked(1));
    assert_ne!(first, asked(2));
    assert!(first.iter().all(|question| question.time == Some(NOW) && question.token.is_none()));
}

/// A mix of few questions ends when all are asked.
#[test]
fn questions_end_when_none_is_left() {
    let mut rows = dense(1);
    rows.environments.truncate(1);
    let asked: Vec<_> = questions(&rows, Mix::DEPLOY, 1).take(100_000).collect();
    assert!(asked.len() < 100_000);
    assert_eq!(asked.iter().collect::<HashSet<_>>().len(), asked.len());
}

#[test]
fn a_platform_loads_in_any_size_and_every_organization_has_an_owner() {
    for memberships in [0, 1, 10, 1_000, 5_000] {
        let rows = platform(Size::of_memberships(memberships), 3);
        assert!(rows.members.len() >= memberships && rows.members.len() <= memberships + 3);
        let directory = Directory::try_from(&rows).unwrap();
        for organization in directory.organizations() {
            let of_organization = rows.members.iter().filter(|member| member.organization == *organization.id());
            let users = of_organization.filter(|member| member.kind == AccountKind::User).count();
            assert_eq!(users > 0, organization.owners() > 0);
        }
    }
    let rows = platform(SMALL, 1);
    let customer = rows.organizations[0].id;
    assert_eq!(rows.members.iter().filter(|member| member.organization == customer).count(), 300);
    assert_eq!(rows.clusters.iter().filter(|cluster| cluster.organization == customer).count(), 40);
    let developers = rows.members.iter().filter(|member| member.role == Role::Developer.into()).count();
    assert!((developers * 100 / rows.members.len()).abs_diff(55) < 5, "{developers} of {}", rows.members.len());
    let in_teams = rows.team_members.len();
    assert!((in_teams * 100 / rows.members.len()).abs_diff(3) <= 1, "{in_teams} of {}", rows.members.len());
    assert_eq!(rows.roles.len(), rows.organizations.len().div_ceil(10));
    let holders = rows.members.iter().filter(|member| matches!(member.role, AnyRole::Custom(_))).count();
    assert_eq!(holders, rows.roles.len());
}

#[test]
fn teams_and_custom_roles_can_be_common_on_a_platform() {
    for (rows, without) in
        [SMALL, Size::of_memberships(20_000)].map(|size| (platform(size.with_teams(), 1), platform(size, 1)))
    {
        let percent = |part: usize, of: usize| part * 100 / of;
        let organization_of: BTreeMap<_, _> = rows.teams.iter().map(|row| (row.id, row.organization)).collect();
        let mut places: BTreeMap<_, usize> = BTreeMap::new();
        for row in &rows.team_members {
            *places.entry((organization_of[&row.team], row.account)).or_default() += 1;
        }
        assert!(places.values().all(|count| (1..=3).contains(count)));
        assert!(percent(places.len(), rows.members.len()).abs_diff(66) <= 3, "{} in a team", places.len());

        let access = rows.cluster_access.iter().map(|row| row.holder);
        let grants: Vec<_> = access.chain(rows.project_roles.iter().map(|row| row.holder)).collect();
        let of_teams = grants.iter().filter(|holder| matches!(holder, Holder::Team(_))).count();
        assert!(percent(of_teams, grants.len()).abs_diff(50) <= 4, "{of_teams} of {}", grants.len());

        let custom = rows.members.iter().filter(|row| matches!(row.role, AnyRole::Custom(_))).count();
        assert!(percent(custom, rows.members.len()).abs_diff(10) <= 2, "{custom} of {}", rows.members.len());
        let private = rows.projects.iter().filter(|row| row.visibility == Visibility::Members).count();
        assert!(percent(private, rows.projects.len()).abs_diff(20) <= 8, "{private} of {}", rows.projects.len());

        assert!(Directory::try_from(&rows).is_ok());
        assert_eq!(
            (rows.environments, rows.clusters),
            (without.environments, without.clusters),
            "the rest is the same"
        );
        let members = rows.members.iter().map(|row| (row.organization, row.account));
        assert!(members.eq(without.members.iter().map(|row| (row.organization, row.account))));
    }
}

/// A service that another team wrote: it stores the directory as a document, and takes questions in JSON. This is the test that
/// it would write to see that it answers as the library does.
#[cfg(feature = "authzen")]
mod service {
    use proptest::prelude::*;
    use shipgate::directory::{Question, Rows};
    use shipgate::{AccountKind, Directory};

    use super::{Mix, dense, questions};

    struct Service {
        stored: String,
    }

    impl Service {
        fn seeded_with(rows: &Rows<u64>) -> Option<Self> {
            let stored = serde_json::to_string(&rows.clone().map_ids(|id| format!("id-{id}"))).ok()?;
            Some(Self { stored })
        }

        fn status(&self, question: &Question<u64>) -> u16 {
            let request = serde_json::to_string(&question.map_ids(|id| format!("id-{id}"))).expect("it names a kind");
            let question = Question::from_json(&request).expect("a question that was written is read");
            let directory = Directory::<String>::from_json(&self.stored).expect("what was stored loads");
            directory.evaluate(&question).map_or_else(|denied| denied.status(), |()| 200)
        }
    }

    /// Times beyond the years 0000 to 9999 have no form in text, and what is asked about a new environment is to create it.
    fn is_writable(question: &Question<u64>) -> bool {
        serde_json::to_string(question).is_ok()
    }

    proptest! {
        #[test]
        fn a_service_answers_as_shipgate_does(seed: u64) {
            let rows = dense(seed);
            let directory = Directory::try_from(&rows).unwrap();
            let Some(service) = Service::seeded_with(&rows) else { return Ok(()) };
            for question in questions(&rows, Mix::EVEN, seed).take(50) {
                // A service's own token is beside the question, and not in its text.
                let question = Question { service_token: None, ..question.of_kind(AccountKind::User) };
                if !is_writable(&question) {
                    continue;
                }
                let expected = directory.evaluate(&question).map_or_else(|denied| denied.status(), |()| 200);
                prop_assert_eq!(service.status(&question), expected, "{:?}", question);
            }
        }
    }
}

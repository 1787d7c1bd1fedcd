//! Much asked at once: in batches, and by what was found before.

use std::cell::Cell;

use shipgate::directory::Question;
use shipgate::model::Permission;
use shipgate::{
    Account, AccountKind, Action, ActionSet, AnyRole, Cluster, Decision, Directory, Membership, Reason, ResourceId,
    Role, RoleDefinition, RolePermissions, Subject, SubjectId, Time, Token, Visibility,
};

/// Two organizations: olivia is Owner of acme-corp, and alice a Developer there, until a time; both have clusters.
fn directory() -> Directory<String> {
    with_others(0)
}

/// The same with so many others that a batch looks up the facts of several questions at a time.
fn crowded() -> Directory<String> {
    with_others(20_000)
}

fn with_others(others: usize) -> Directory<String> {
    let mut rows = Directory::builder();
    rows.organization("acme-corp".into()).unwrap();
    rows.organization("globex".into()).unwrap();
    rows.role("operator".into(), "acme-corp", operator()).unwrap();
    rows.member("acme-corp", "olivia".into(), AccountKind::User, Role::Owner, None).unwrap();
    rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, Some(END)).unwrap();
    rows.member("globex", "alice".into(), AccountKind::User, Role::Viewer, None).unwrap();
    for number in 0..40 {
        let organization = if number % 2 == 0 { "acme-corp" } else { "globex" };
        rows.cluster(format!("cluster-{number}"), organization, Visibility::Organization).unwrap();
    }
    for number in 0..others {
        rows.member("globex", format!("other-{number}"), AccountKind::User, Role::Viewer, None).unwrap();
    }
    rows.build()
}

fn operator() -> RoleDefinition {
    RoleDefinition::new(Role::Developer, RolePermissions::new([Permission::View]).unwrap()).unwrap()
}

const END: Time = Time::from_millis(1_000);

/// Alice's questions about clusters, of which every third does not exist.
fn questions(count: usize) -> Vec<Question<String>> {
    let cluster = |number| if number % 3 == 0 { format!("no-{number}") } else { format!("cluster-{}", number % 40) };
    let ask = |number| {
        let question = Question::new("alice".into(), Action::Deploy, ResourceId::Cluster(cluster(number)));
        if number % 5 == 0 { question } else { question.at(Time::from_millis(1)) }
    };
    (0..count).map(ask).collect()
}

#[test]
fn decisions_come_in_the_order_of_the_questions_however_many_there_are() {
    for directory in [directory(), crowded()] {
        for count in 0..70 {
            let questions = questions(count);
            let one_by_one: Vec<_> = questions
                .iter()
                .map(Question::parts)
                .map(|(subject, action, resource)| directory.decide(&subject, action, resource))
                .collect();
            let mut in_batches = directory.decide_each(&questions, Question::parts);
            for (place, expected) in one_by_one.iter().enumerate() {
                assert_eq!(in_batches.len(), count - place);
                assert_eq!(in_batches.next(), Some(*expected), "question {place} of {count}");
            }
            assert_eq!([in_batches.next(), in_batches.next()], [None, None]);
        }
    }
}

#[test]
fn a_batch_asks_for_no_more_questions_than_it_decides_next() {
    let questions = questions(40);
    let questions: Vec<_> = (1..).zip(&questions).collect();
    for (directory, at_a_time) in [(directory(), 1), (crowded(), 16)] {
        let (last, calls) = (Cell::new(0), Cell::new(0));
        let mut decisions = directory.decide_each(&questions, |(place, question)| {
            last.set(last.get().max(*place));
            calls.set(calls.get() + 1);
            question.parts()
        });
        assert_eq!(last.get(), 0, "it is lazy");
        assert!(decisions.next().is_some());
        assert_eq!(last.get(), at_a_time);
        assert_eq!(decisions.by_ref().take(15).count(), 15);
        assert_eq!(last.get(), 16);
        assert_eq!(decisions.count(), 24);
        assert_eq!(last.get(), 40);
        assert!((40..=80).contains(&calls.get()), "each is asked for once or twice, not {} times in all", calls.get());
    }
}

#[test]
fn what_was_found_is_of_its_directory_alone() {
    let (directory, other) = (directory(), directory());
    let alice = directory.subject(&SubjectId::new("alice").at(Time::from_millis(1)));
    let cluster = ResourceId::Cluster("cluster-0");
    assert_eq!(alice.decide_on(Action::Deploy, &directory.resource(cluster)), Decision::Allow);
    let unknown = Decision::Deny(Reason::UnknownResource);
    assert_eq!(alice.decide_on(Action::Deploy, &other.resource(cluster)), unknown);
    assert_eq!(alice.decide_on(Action::Deploy, &directory.resource(ResourceId::Cluster("cluster-99"))), unknown);
}

#[test]
fn what_was_found_is_asked_to_give_custom_roles() {
    let directory = directory();
    let olivia = directory.subject(&SubjectId::new("olivia"));
    let give = |role| Action::InviteMember { role: AnyRole::Custom(role), expires_at: None };
    let [acme, globex] = ["acme-corp", "globex"].map(|id| directory.resource(ResourceId::Organization(id)));
    let unknown = Decision::Deny(Reason::UnknownResource);
    assert_eq!(olivia.decide_on(give("operator"), &acme), Decision::Allow);
    assert_eq!(olivia.decide_on(give("nobody"), &acme), unknown);
    assert_eq!(olivia.decide_on(give("operator"), &globex), unknown, "the role is of acme-corp");
    assert_eq!(globex.decide(&SubjectId::new("olivia"), Action::View), Decision::Deny(Reason::NotAMember));
}

#[test]
fn a_subject_that_is_said_to_be_of_another_kind_has_no_memberships_when_it_is_found() {
    let directory = directory();
    let acme = ResourceId::Organization("acme-corp");
    let [user, service] = AccountKind::ALL
        .map(|kind| directory.subject(&SubjectId::new("olivia").of_kind(kind)).decide(Action::View, acme));
    assert_eq!([user, service], [Decision::Allow, Decision::Deny(Reason::NotAMember)]);
}

#[test]
fn an_expired_membership_and_a_token_count_when_the_membership_was_found_before() {
    let clusters = [Cluster::new("us-east", "acme-corp"), Cluster::new("eu-west", "globex")];
    let [acme, globex] = ["acme-corp", "globex"];
    let alice = Account::user("alice")
        .with(Membership::new(acme, Role::Developer).until(END))
        .and_then(|account| account.with(Membership::new(globex, Role::Viewer)))
        .unwrap();
    let token = Token::new(ActionSet::VIEW);
    for (subject, deploys, views) in [
        (Subject::new(&alice).at(Time::from_millis(999)), true, true),
        (Subject::new(&alice).at(END), false, false),
        (Subject::new(&alice), false, false),
        (Subject::new(&alice).at(Time::from_millis(999)).with_token(&token), false, true),
    ] {
        for organization in [&acme, &globex, &"nobody"] {
            let member = subject.in_organization(organization);
            assert_eq!(member.organization(), organization);
            assert_eq!(member.decide(Action::Deploy, &clusters[0]).is_allowed(), deploys, "in {organization}");
            assert_eq!(member.decide(Action::View, &clusters[0]).is_allowed(), views, "in {organization}");
            assert!(member.decide(Action::View, &clusters[1]).is_allowed(), "in {organization}");
            assert!(!member.decide(Action::Deploy, &clusters[1]).is_allowed(), "in {organization}");
        }
    }
}

#[cfg(feature = "shared")]
mod shared {
    use shipgate::change::Change;
    use shipgate::{Action, Decision, ResourceId, SharedDirectory, SubjectId};

    use super::{crowded, directory};
    use crate::world::fresh::fresh;

    #[test]
    fn a_batch_is_of_one_version_also_if_the_directory_changes_meanwhile() {
        let shared = SharedDirectory::new(crowded());
        let olivia = SubjectId::new("olivia");
        let question = (olivia, Action::View, ResourceId::Cluster("cluster-0"));
        let mut decisions = shared.decide_each(&[(); 40], |()| question);
        assert!(decisions.next().is_some_and(Decision::is_allowed));
        shared.change(fresh(), &olivia, Change::disconnect_cluster("cluster-0")).unwrap();
        assert!(decisions.all(Decision::is_allowed), "of the version before");
        assert!(!shared.decide_each(&[()], |()| question).any(Decision::is_allowed), "of the version after");
        assert!(!shared.snapshot().decide_each(&[()], |()| question).any(Decision::is_allowed));
    }

    #[test]
    fn what_was_found_in_one_version_is_unknown_to_the_next() {
        let shared = SharedDirectory::new(directory());
        let (olivia, cluster) = (SubjectId::new("olivia"), ResourceId::Cluster("cluster-2"));
        let before = shared.snapshot();
        let found = before.resource(cluster);
        assert!(shared.snapshot().subject(&olivia).decide_on(Action::View, &found).is_allowed(), "the same version");
        shared.change(fresh(), &olivia, Change::disconnect_cluster("cluster-0")).unwrap();
        let after = shared.snapshot();
        assert!(!after.subject(&olivia).decide_on(Action::View, &found).is_allowed());
        assert!(before.subject(&olivia).decide_on(Action::View, &found).is_allowed());
    }
}

//! A directory that many threads read while it changes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use shipgate::change::{Batch, Change, ChangeError, Platform};
use shipgate::model::ApprovalId;
use shipgate::{
    AccountKind, Action, Decision, Directory, Protection, Reason, ResourceId, Role, SharedDirectory, SubjectId, Time,
    Visibility,
};

use crate::world::fresh::fresh;

/// acme-corp, of which olivia and oscar are members and one of them is the Owner; shop-production is locked while the shop
/// is open to all, and open while it is hidden.
fn acme() -> SharedDirectory<String> {
    let mut rows = Directory::builder();
    rows.organization("acme-corp".into()).unwrap();
    for (account, role) in [("olivia", Role::Owner), ("oscar", Role::Admin), ("victor", Role::Viewer)] {
        rows.member("acme-corp", account.into(), AccountKind::User, role, None).unwrap();
    }
    rows.cluster("us-east".into(), "acme-corp", Visibility::Organization).unwrap();
    rows.project("shop".into(), "acme-corp", Visibility::Organization).unwrap();
    rows.environment("shop-production".into(), "shop", "us-east", "shop", Protection::LOCKED).unwrap();
    SharedDirectory::new(rows.build())
}

type Resource = ResourceId<&'static str, &'static [ApprovalId<String>], &'static str>;

const DISSOLVE: (Action<&str>, Resource) = (Action::Delete, ResourceId::Organization("acme-corp"));

fn transfer_to(account: &str) -> Change<String> {
    Change::TransferOwnership { organization: "acme-corp".into(), account: account.into() }
}

#[test]
fn readers_never_see_half_a_change_while_a_writer_makes_two_facts_change_together() {
    const CHANGES: u64 = 20_000;
    let shared = acme();
    let done = AtomicBool::new(false);
    let (olivia, oscar) = (SubjectId::new("olivia"), SubjectId::new("oscar"));

    let looks: Vec<u64> = thread::scope(|scope| {
        let reader = || {
            let (mut looks, mut last) = (0_u64, 0);
            // One look more after the last change.
            loop {
                let ended = done.load(Ordering::Acquire);
                let snapshot = shared.snapshot();
                let (action, organization) = DISSOLVE;
                let owners = [&olivia, &oscar].map(|who| snapshot.decide(who, action, organization).is_allowed());
                let revision = snapshot.revision("acme-corp").unwrap();
                assert!(owners[0] != owners[1], "one of them is the owner at revision {revision}: {owners:?}");
                assert!(revision >= last, "revision {revision} came after {last}");
                assert_eq!(owners[0], revision.is_multiple_of(2), "a decision is that of its revision, {revision}");
                last = revision;
                looks += 1;
                if ended {
                    assert_eq!(last, CHANGES, "the last change is there for the next question");
                    return looks;
                }
            }
        };
        let readers = [scope.spawn(reader), scope.spawn(reader)];
        for change in 0..CHANGES {
            let (from, to) = if change.is_multiple_of(2) { (&olivia, "oscar") } else { (&oscar, "olivia") };
            let applied = shared.change(fresh(), from, transfer_to(to)).unwrap();
            assert_eq!(applied.revision(), change + 1);
            let (action, organization) = DISSOLVE;
            let denied = shared.decide(from, action, organization);
            assert!(matches!(denied, Decision::Deny(Reason::RoleInsufficient { .. })), "{denied:?}: immediately");
        }
        done.store(true, Ordering::Release);
        readers.into_iter().map(|reader| reader.join().unwrap()).collect()
    });
    assert!(looks.iter().all(|looks| *looks > 0), "{looks:?}");
}

#[test]
fn readers_never_see_half_a_batch() {
    const BATCHES: u64 = 5_000;
    let shared = acme();
    let done = AtomicBool::new(false);
    let olivia = SubjectId::new("olivia");
    let victor = SubjectId::new("victor");
    let production = ResourceId::Environment("shop-production");
    let both = |visibility, to| {
        Batch::new()
            .with(olivia, Change::UpdateProject { project: "shop".into(), visibility: Some(visibility) })
            .with(olivia, Change::SetProtection { environment: "shop-production".into(), to })
    };

    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                let snapshot = shared.snapshot();
                let seen = snapshot.decide(&victor, Action::View, production).is_allowed();
                let locked = snapshot.environment("shop-production").unwrap().protection() == Protection::LOCKED;
                assert_eq!(seen, locked, "at revision {:?}", snapshot.revision("acme-corp"));
            }
        });
        for _ in 0..BATCHES {
            shared.change_all(fresh(), both(Visibility::Members, Protection::NONE)).unwrap();
            shared.change_all(fresh(), both(Visibility::Organization, Protection::LOCKED)).unwrap();
        }
        done.store(true, Ordering::Release);
        reader.join().unwrap();
    });
    assert_eq!(shared.revision("acme-corp"), Some(2 * BATCHES));
}

#[test]
fn a_snapshot_stays_what_it_is_and_keeps_nobody_from_changing() {
    let shared = acme();
    let olivia = SubjectId::new("olivia");
    let before = shared.snapshot();
    for account in ["alice", "bob", "carol"] {
        let invite = Change::invite_member("acme-corp", account, AccountKind::User, Role::Developer, None);
        shared.change(fresh(), &olivia, invite).unwrap();
    }
    assert_eq!((before.revision("acme-corp"), before.members_of("acme-corp").count()), (Some(0), 3));
    let after = shared.snapshot();
    assert_eq!((after.revision("acme-corp"), after.members_of("acme-corp").count()), (Some(3), 6));
}

#[test]
fn what_is_refused_changes_nothing() {
    let shared = acme();
    let before = shared.snapshot();
    let leave = Change::RemoveMember { organization: "acme-corp".into(), account: "olivia".into() };
    let refused = shared.change(fresh(), &SubjectId::new("olivia"), leave).unwrap_err();
    assert!(matches!(refused, ChangeError::Denied(denied) if denied.reason() == Some(Reason::LastOwner)));

    let batch = Batch::new().with(SubjectId::new("olivia"), transfer_to("oscar")).if_revision(7);
    shared.change_all(fresh(), batch).unwrap_err();
    let batch = Batch::new()
        .with(SubjectId::new("olivia"), transfer_to("oscar"))
        .with(SubjectId::new("olivia"), transfer_to("oscar"));
    shared.change_all(fresh(), batch).unwrap_err();
    assert!(*shared.snapshot() == *before);
}

#[test]
fn a_follower_of_the_records_is_equal_to_whom_it_follows() {
    let (leader, follower) = (SharedDirectory::<String>::new(Directory::new()), SharedDirectory::new(Directory::new()));
    let mut log = vec![
        leader.create_organization(fresh(), "acme-corp".into(), "olivia".into(), AccountKind::User, None).unwrap(),
    ];
    let olivia = SubjectId::new("olivia");
    for cluster in ["us-east", "eu-west"] {
        let connect = Change::connect_cluster("acme-corp", cluster, Visibility::Organization);
        log.push(leader.change(fresh(), &olivia, connect).unwrap());
    }
    follower.apply(log[1].clone()).expect_err("the organization is not there");
    for record in log {
        follower.apply(record).unwrap();
    }
    assert!(*follower.snapshot() == *leader.snapshot());
}

#[test]
fn what_is_proposed_is_seen_when_it_is_applied() {
    let shared = acme();
    let (before, olivia) = (shared.snapshot(), SubjectId::new("olivia"));
    let batch = Batch::new().with(olivia, transfer_to("oscar")).with(SubjectId::new("oscar"), transfer_to("victor"));
    let refused = Batch::new().with(olivia, transfer_to("oscar")).with(olivia, transfer_to("victor"));
    shared.propose_all(fresh(), refused).unwrap_err();
    let proposed = shared.propose_all(fresh(), batch).unwrap();
    let founded =
        shared.propose_organization(fresh(), "globex".into(), "oscar".into(), AccountKind::User, None).unwrap();
    let support = Platform::new("support", Time::from_millis(1));
    let update = Change::update_organization("acme-corp");
    let by_platform = shared.propose_as_platform(fresh(), update, support, "ticket 7").unwrap();
    let alone = shared.propose(fresh(), &olivia, transfer_to("oscar")).unwrap();
    assert!(*shared.snapshot() == *before, "all are only proposed");
    assert_eq!([proposed.revision(), by_platform.revision(), alone.revision()], [1, 1, 1]);

    shared.apply(proposed).unwrap();
    shared.apply(founded).unwrap();
    let (action, organization) = DISSOLVE;
    assert_eq!(shared.decide(&SubjectId::new("victor"), action, organization), Decision::Allow);
    assert_eq!((shared.revision("acme-corp"), shared.revision("globex")), (Some(1), Some(1)));
    let now = shared.snapshot();
    for late in [by_platform, alone] {
        shared.apply(late).unwrap_err();
    }
    assert!(*shared.snapshot() == *now, "somebody else was first");
}

//! What batches are refused for, and how large a record may be, one claim at a time.

use shipgate::change::{Batch, BatchError, Cause, Change, ChangeError, Entry, Platform, Record};
use shipgate::{AccountKind, ClusterAccess, Directory, Grant, Holder, Role, SubjectId, Time, Visibility};

use super::claims::{NOW, directory, invite, olivia};

const ACME: &str = "acme-corp";
const MEBIBYTE: usize = 1024 * 1024;

fn mallory() -> SubjectId<'static, String, str> {
    SubjectId::new("mallory").at(NOW)
}

fn viewer(account: &str) -> Change<String> {
    invite(account, AccountKind::User, Role::Viewer)
}

/// A batch that is refused, whether it is proposed or made. Nothing changes.
fn refused(mut directory: Directory<String>, batch: Batch<'_, String, str>) -> BatchError {
    let before = directory.clone();
    let error = directory.propose_all("record".into(), batch.clone()).unwrap_err();
    assert!(directory == before, "only proposed, yet something changed: {error}");
    assert_eq!(directory.change_all("record".into(), batch), Err(error.clone()));
    assert!(directory == before, "refused, yet something changed: {error}");
    error
}

#[test]
fn a_batch_has_changes_of_one_organization_at_one_time() {
    assert_eq!(refused(directory(), Batch::new()), BatchError::Empty);

    let elsewhere = Change::update_organization("globex");
    let batch = Batch::new().with(olivia(), viewer("bob")).with(mallory(), elsewhere.clone());
    assert_eq!(refused(directory(), batch), BatchError::SeveralOrganizations { index: 1 });

    let later = olivia().at(Time::from_millis(2_000));
    let batch = Batch::new().with(olivia(), viewer("bob")).with(later, viewer("dana"));
    assert_eq!(refused(directory(), batch), BatchError::SeveralTimes { index: 1 });
    let batch = Batch::new().with(olivia(), viewer("bob")).with(SubjectId::new("olivia"), viewer("dana"));
    assert_eq!(refused(directory(), batch), BatchError::SeveralTimes { index: 1 }, "no time is another one");
    let support = Platform::new("support", Time::from_millis(2_000));
    let batch = Batch::new().with(olivia(), viewer("bob")).with_platform(support, viewer("dana"));
    assert_eq!(refused(directory(), batch), BatchError::SeveralTimes { index: 1 });

    // Who may not change the other organization is told of that, and of nothing else.
    let batch = Batch::new().with(olivia(), viewer("bob")).with(olivia(), elsewhere);
    let error = refused(directory(), batch);
    assert!(matches!(error, BatchError::Change { index: 1, error: ChangeError::Denied(_) }), "{error:?}");
}

#[test]
fn a_batch_of_several_subjects_is_one_record_with_one_reason() {
    let mut directory = directory();
    let support = Platform::new("support", NOW);
    let batch = Batch::new()
        .with(olivia(), viewer("bob"))
        .with(SubjectId::new("carol").at(NOW), viewer("dana"))
        .with_platform(support, viewer("erin"))
        .because("ticket 7");
    let record = directory.change_all("record-1".into(), batch).unwrap();
    assert_eq!((record.reason(), record.time(), record.revision()), (Some("ticket 7"), Some(NOW), 1));
    let by: Vec<_> = record.entries().iter().map(Entry::cause).map(by).collect();
    assert_eq!(by, ["member olivia", "member carol", "platform support"]);
    assert!(["bob", "dana", "erin"].iter().all(|account| directory.account(*account).is_some()));
}

fn by(cause: &Cause<String>) -> String {
    match cause {
        Cause::Change { by, .. } => format!("member {by}"),
        Cause::Platform { by, .. } => format!("platform {by}"),
        Cause::CreateOrganization { owner, .. } => format!("founder {owner}"),
    }
}

#[test]
fn a_batch_of_another_revision_is_stale_for_whom_may_make_its_first_change() {
    let mut directory = directory();
    directory.change("record-1".into(), &olivia(), viewer("bob")).unwrap();
    directory.change("record-2".into(), &mallory(), Change::update_organization("globex")).unwrap();
    let of_revision = |revision| Batch::new().with(olivia(), viewer("dana")).if_revision(revision);
    for decided_on in [0, 2] {
        let stale = BatchError::Stale { decided_on, present: 1 };
        assert_eq!(refused(directory.clone(), of_revision(decided_on)), stale);
    }
    let error = refused(directory.clone(), Batch::new().with(mallory(), viewer("dana")).if_revision(0));
    assert!(matches!(error, BatchError::Change { index: 0, error: ChangeError::Denied(_) }), "{error:?}");
    assert_eq!(directory.change_all("record-2".into(), of_revision(1)).unwrap().revision(), 2);
}

#[test]
fn a_batch_whose_record_would_be_larger_than_8_mib_is_refused() {
    let invitations = |count: usize| {
        let accounts = (0..count).map(|number| format!("account-{number}"));
        accounts.fold(Batch::new(), |batch, account| batch.with(olivia(), viewer(&account)))
    };
    assert_eq!(refused(directory(), invitations(8_000)), BatchError::TooLarge);
    let mut directory = directory();
    let record = directory.change_all("record-1".into(), invitations(4_000)).unwrap();
    assert!(written(&record) <= Record::<String>::LIMIT);
    let because = "b".repeat(Record::<String>::LIMIT);
    assert_eq!(refused(self::directory(), invitations(1).because(because)), BatchError::TooLarge, "a reason counts");
}

#[test]
fn a_change_whose_record_would_be_larger_than_8_mib_is_refused() {
    let mut directory = directory();
    let before = directory.clone();
    // The id is in the change and in the edit.
    let create = |length: usize| Change::create_team(ACME, "\u{1}".repeat(length));
    assert_eq!(directory.change("record-1".into(), &olivia(), create(MEBIBYTE)), Err(ChangeError::TooLarge));
    let long = "i".repeat(9 * MEBIBYTE);
    assert_eq!(directory.change(long.clone(), &olivia(), viewer("bob")), Err(ChangeError::TooLarge));
    let founded =
        directory.create_organization("record-1".into(), long.clone(), "dana".into(), AccountKind::User, None);
    assert_eq!(founded, Err(ChangeError::TooLarge));
    let support = Platform::new("support", NOW);
    let proposed = directory.propose_as_platform("record-1".into(), viewer("bob"), support, &long);
    assert_eq!(proposed, Err(ChangeError::TooLarge), "a reason counts");
    let proposed = directory.propose_as_platform("record-1".into(), viewer("bob"), Platform::new(&long, NOW), "why");
    assert_eq!(proposed, Err(ChangeError::TooLarge));
    assert!(directory == before);

    // What JSON has to escape counts as it is written.
    let record = directory.change("record-1".into(), &olivia(), create(MEBIBYTE / 2)).unwrap();
    let bytes = written(&record);
    assert!((6 * MEBIBYTE..=Record::<String>::LIMIT).contains(&bytes), "{bytes}");
}

#[test]
fn a_member_with_more_grants_than_a_record_can_say_is_removed_in_several_steps() {
    let mut rows = Directory::<u64>::builder();
    rows.organization(1).unwrap();
    rows.member(&1, 1, AccountKind::User, Role::Owner, None).unwrap();
    rows.member(&1, 2, AccountKind::User, Role::Developer, None).unwrap();
    for cluster in 0..11_000 {
        rows.cluster(cluster, &1, Visibility::Organization).unwrap();
        rows.cluster_access(&cluster, Holder::Account(&2), ClusterAccess::View).unwrap();
    }
    let mut directory = rows.build();
    let owner = SubjectId::new(&1);
    let remove = || Change::remove_member(1_u64, 2_u64);
    assert_eq!(directory.change(100, &owner, remove()), Err(ChangeError::TooLarge));
    let take = |cluster: u64| Change::set_cluster_access(cluster, Holder::Account(2_u64), None::<Grant<ClusterAccess>>);
    let some = (0..1_000).fold(Batch::new(), |batch, cluster| batch.with(owner, take(cluster)));
    directory.change_all(100, some).unwrap();
    let record = directory.change(101, &owner, remove()).unwrap();
    assert_eq!(record.edits().count(), 10_001);
    assert!(directory.account(&2).is_none());
}

#[cfg(feature = "authzen")]
fn written(record: &Record<String>) -> usize {
    serde_json::to_string(record).unwrap().len()
}

#[cfg(not(feature = "authzen"))]
fn written(_: &Record<String>) -> usize {
    7 * MEBIBYTE
}

//! Two instances of a service that follow one log: neither answers what the log does not say.

mod log;
mod property;
mod propose;

use std::time::Duration;

use shipgate::change::{
    ApplyError, AttachError, Cause, Change, ChangeError, Divergence, Edit, Entry, Follower, MemberState, ProposeError,
    Record, Taken, Unusable,
};
use shipgate::{AccountKind, Action, Decision, Directory, Reason, ResourceId, Role, SubjectId, Time, Visibility};

use log::{Log, catch_up};

const ACME: u64 = 1;
const GLOBEX: u64 = 2;
const OLIVIA: u64 = 7;
const CAROL: u64 = 8;
const NOW: Time = Time::from_millis(1_000_000);
const MAX_AGE: Duration = Duration::from_secs(5);

fn after(millis: i64) -> Time {
    Time::from_millis(NOW.as_millis() + millis)
}

/// acme-corp with the Owner olivia and the Admin carol, and globex with the Owner olivia.
fn log() -> Log {
    let mut log = Log::new();
    for organization in [ACME, GLOBEX] {
        let founded = Directory::new().propose_organization(log.id(), organization, OLIVIA, AccountKind::User, None);
        log.insert(founded.unwrap()).unwrap();
    }
    let follower = following(&log, [ACME]);
    let invite = Change::invite_member(ACME, CAROL, AccountKind::User, Role::Admin, None);
    log.insert(follower.propose(&ACME, NOW, log.id(), &SubjectId::new(&OLIVIA), invite).unwrap()).unwrap();
    log
}

fn following<const N: usize>(log: &Log, organizations: [u64; N]) -> Follower<u64> {
    let follower = Follower::new(MAX_AGE);
    for organization in organizations {
        log.attach(&follower, organization, NOW).unwrap();
    }
    follower
}

fn propose(follower: &Follower<u64>, log: &Log, by: u64, change: Change<u64>) -> Result<Record<u64>, ProposeError> {
    follower.propose(&ACME, NOW, log.id(), &SubjectId::new(&by), change)
}

fn demote_carol() -> Change<u64> {
    Change::change_role(ACME, CAROL, Role::Viewer)
}

/// Whether Carol has an Admin's access, as this instance answers.
fn is_admin(follower: &Follower<u64>, account: u64) -> bool {
    let acme = follower.snapshot(&ACME, NOW).unwrap();
    acme.decide(&SubjectId::new(&account), Action::ConnectCluster, ResourceId::Organization(&ACME)).is_allowed()
}

#[test]
fn a_change_that_was_decided_and_never_stored_leaves_no_trace() {
    let log = log();
    let (writer, other) = (following(&log, [ACME]), following(&log, [ACME]));
    let record = propose(&writer, &log, OLIVIA, demote_carol()).unwrap();
    assert_eq!(record.revision(), 3);
    drop(record);
    for follower in [&writer, &other] {
        catch_up(follower, &log, NOW).unwrap();
        assert!(is_admin(follower, CAROL));
        assert_eq!(follower.snapshot(&ACME, NOW).unwrap().revision(&ACME), Some(2));
    }
}

#[test]
fn a_change_that_was_stored_and_never_applied_by_its_writer_is_taken_from_the_log_by_all() {
    let mut log = log();
    let (writer, other) = (following(&log, [ACME]), following(&log, [ACME]));
    log.insert(propose(&writer, &log, OLIVIA, demote_carol()).unwrap()).unwrap();
    assert!(is_admin(&writer, CAROL), "nothing is applied but from the log");
    for follower in [&other, &writer] {
        catch_up(follower, &log, NOW).unwrap();
        assert!(!is_admin(follower, CAROL));
    }
}

#[test]
fn of_two_owners_who_remove_each_other_at_once_one_stays() {
    let mut log = log();
    let writer = following(&log, [ACME]);
    let promote = Change::change_role(ACME, CAROL, Role::Owner);
    log.insert(propose(&writer, &log, OLIVIA, promote).unwrap()).unwrap();

    let (one, two) = (following(&log, [ACME]), following(&log, [ACME]));
    let first = propose(&one, &log, OLIVIA, Change::remove_member(ACME, CAROL)).unwrap();
    let second = propose(&two, &log, CAROL, Change::remove_member(ACME, OLIVIA)).unwrap();
    log.insert(first).unwrap();
    assert!(log.insert(second).is_err(), "the key is taken");
    catch_up(&two, &log, NOW).unwrap();
    let again = propose(&two, &log, CAROL, Change::remove_member(ACME, OLIVIA)).unwrap_err();
    let denied = |denied: &shipgate::Denied| denied.decision() == Decision::Deny(Reason::NotAMember);
    assert!(matches!(&again, ProposeError::Change(ChangeError::Denied(why)) if denied(why)), "{again}");
    assert_eq!(two.snapshot(&ACME, NOW).unwrap().organization(&ACME).map(|acme| acme.owners()), Some(1));
}

#[test]
fn a_stream_that_was_not_heard_of_for_longer_than_the_bound_is_stale() {
    let log = log();
    let follower = following(&log, [ACME, GLOBEX]);
    assert!(follower.snapshot(&ACME, after(5_000)).is_ok());
    let stale = follower.snapshot(&ACME, after(5_001)).unwrap_err();
    let expected = Unusable::Stale { organization: r#""1""#.into(), heard: NOW, now: after(5_001) };
    assert_eq!((stale.status(), &stale), (503, &expected));
    assert!(matches!(follower.snapshot(&ACME, after(-1)), Err(Unusable::Stale { .. })), "a clock that went back");
    let subject = SubjectId::new(&OLIVIA);
    let proposed = follower.propose(&ACME, after(5_001), log.id(), &subject, demote_carol());
    assert_eq!(proposed, Err(ProposeError::Unusable(stale)));

    // Heard of again, without a new record; the age counts from the beginning of the read.
    let read = follower.read(&ACME).unwrap();
    assert_eq!(follower.take(&read, log.records(&read), after(4_000)), Ok(Taken::UpToDate));
    assert!(follower.snapshot(&ACME, after(9_000)).is_ok());
    assert!(follower.snapshot(&ACME, after(9_001)).is_err());
    assert!(follower.snapshot(&GLOBEX, after(9_000)).is_err(), "another stream is as old as it was");
    // A read that began earlier and is taken later makes nothing older.
    assert_eq!(follower.take(&read, log.records(&read), after(2_000)), Ok(Taken::UpToDate));
    assert!(follower.snapshot(&ACME, after(9_000)).is_ok());
}

#[test]
fn an_organization_that_is_not_attached_is_not_loaded() {
    let log = log();
    let follower = following(&log, [ACME]);
    let not_loaded = Unusable::NotLoaded { organization: r#""2""#.into() };
    assert_eq!(follower.snapshot(&GLOBEX, NOW).unwrap_err(), not_loaded);
    follower.detach(&ACME);
    assert!(matches!(follower.snapshot(&ACME, NOW), Err(Unusable::NotLoaded { .. })));
    assert_eq!(follower.reads(), []);
}

#[test]
fn a_log_that_was_restored_to_an_earlier_state_makes_its_stream_unusable_and_no_other() {
    let mut log = log();
    let follower = following(&log, [ACME, GLOBEX]);
    log.insert(propose(&follower, &log, OLIVIA, demote_carol()).unwrap()).unwrap();
    catch_up(&follower, &log, NOW).unwrap();

    log.truncate(ACME, 2);
    let read = follower.read(&ACME).unwrap();
    let missing = Divergence::Missing { record: 3 };
    let diverged = Unusable::Diverged { organization: r#""1""#.into(), cause: missing };
    assert_eq!(follower.take(&read, log.records(&read), NOW), Err(diverged.clone()));
    assert_eq!(follower.snapshot(&ACME, NOW).unwrap_err(), diverged);
    assert!(follower.snapshot(&GLOBEX, NOW).is_ok());
    assert_eq!(follower.reads().len(), 1, "it is not read any more");

    log.attach(&follower, ACME, NOW).unwrap();
    assert!(is_admin(&follower, CAROL), "the restored log says so");
    assert_eq!(follower.take(&read, log.records(&read), NOW), Ok(Taken::ReadAgain), "a read of the former stream");
    catch_up(&follower, &log, NOW).unwrap();
}

#[test]
fn a_restored_log_that_was_continued_otherwise_is_noticed() {
    for (longer, cause) in [(0_u64, Divergence::OtherRecord { record: 3 }), (1, Divergence::OtherRecord { record: 3 })]
    {
        let mut log = log();
        let follower = following(&log, [ACME]);
        log.insert(propose(&follower, &log, OLIVIA, demote_carol()).unwrap()).unwrap();
        catch_up(&follower, &log, NOW).unwrap();

        log.truncate(ACME, 2);
        let other = following(&log, [ACME]);
        for team in 50..=50 + longer {
            let record = propose(&other, &log, OLIVIA, Change::create_team(ACME, team)).unwrap();
            log.insert(record).unwrap();
            catch_up(&other, &log, NOW).unwrap();
        }
        let read = follower.read(&ACME).unwrap();
        let error = follower.take(&read, log.records(&read), NOW).unwrap_err();
        assert_eq!(error, Unusable::Diverged { organization: r#""1""#.into(), cause });
    }
}

#[test]
fn a_record_from_elsewhere_makes_its_stream_unusable() {
    let mut log = log();
    let elsewhere = following(&log, [ACME]);
    let record = propose(&elsewhere, &log, OLIVIA, demote_carol()).unwrap();
    let [entry] = record.entries() else { panic!("one entry") };
    let edit = Edit::Member {
        organization: ACME,
        account: CAROL,
        from: Some(MemberState { kind: AccountKind::User, role: Role::Developer.into(), expires_at: None }),
        to: Some(MemberState { kind: AccountKind::User, role: Role::Owner.into(), expires_at: None }),
    };
    let other_edit = |policy| {
        let entry = Entry::new(entry.cause().clone(), vec![edit.clone()]);
        Record::new(900, ACME, 3, vec![entry]).after(*record.previous().unwrap()).at(NOW).by_policy(policy)
    };
    let in_globex = Record::new(900, GLOBEX, 3, record.entries().to_vec()).after(*record.previous().unwrap());
    let other_predecessor = Record::new(900, ACME, 3, record.entries().to_vec()).after(899).at(NOW);
    for (alien, expected) in [
        (in_globex, "record 3 belongs to another organization"),
        (other_predecessor, "follows another record than the last one here"),
        (other_edit(Record::<u64>::POLICY), "the edits are not those of the change"),
        (other_edit(99), "this row is different in the directory"),
    ] {
        let follower = following(&log, [ACME]);
        let read = follower.read(&ACME).unwrap();
        let records = log.records(&read).chain([alien]);
        let error = follower.take(&read, records, NOW).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(matches!(follower.snapshot(&ACME, NOW), Err(Unusable::Diverged { .. })));
    }
    log.insert(record).unwrap();
}

#[test]
fn older_records_that_come_again_are_passed_over_and_a_gap_asks_for_a_read() {
    let mut log = log();
    let (writer, follower) = (following(&log, [ACME]), following(&log, [ACME]));
    let early = follower.read(&ACME).unwrap();
    for team in 50..53_u64 {
        log.insert(propose(&writer, &log, OLIVIA, Change::create_team(ACME, team)).unwrap()).unwrap();
        catch_up(&writer, &log, NOW).unwrap();
    }
    let all: Vec<_> = log.records(&early).collect();
    let with_gap = all.iter().filter(|record| record.revision() != 4).cloned();
    assert_eq!(follower.take(&early, with_gap, after(3_000)), Ok(Taken::ReadAgain));
    assert_eq!(follower.snapshot(&ACME, NOW).unwrap().revision(&ACME), Some(3), "what came before the gap is applied");
    assert!(follower.snapshot(&ACME, after(5_001)).is_err(), "a read with a gap makes nothing fresh");

    assert_eq!(follower.take(&early, all.clone(), after(3_000)), Ok(Taken::UpToDate));
    assert_eq!(follower.take(&early, all, after(3_000)), Ok(Taken::UpToDate), "passed over");
    assert_eq!(follower.snapshot(&ACME, after(5_001)).unwrap().revision(&ACME), Some(5));
}

#[test]
fn a_commit_whose_answer_was_lost_is_found_by_its_id() {
    let mut log = log();
    let writer = following(&log, [ACME]);
    for stored in [true, false] {
        let record = propose(&writer, &log, OLIVIA, Change::create_team(ACME, log.id())).unwrap();
        let (id, revision) = (*record.id(), record.revision());
        if stored {
            log.insert(record).unwrap();
        } else {
            let other = following(&log, [ACME]);
            log.insert(propose(&other, &log, CAROL, Change::create_team(ACME, log.id())).unwrap()).unwrap();
        }
        assert_eq!(log.get(ACME, revision).map(Record::id) == Some(&id), stored);
        catch_up(&writer, &log, NOW).unwrap();
    }
}

#[test]
fn what_gives_an_account_another_kind_is_refused_for_that_stream_alone() {
    let mut log = log();
    let bot: u64 = 9;
    let acme = following(&log, [ACME]);
    let invite = |organization| Change::invite_member(organization, bot, AccountKind::Service, Role::Viewer, None);
    log.insert(propose(&acme, &log, OLIVIA, invite(ACME)).unwrap()).unwrap();

    let globex = following(&log, [GLOBEX]);
    let as_user = Change::invite_member(GLOBEX, bot, AccountKind::User, Role::Viewer, None);
    let subject = SubjectId::new(&OLIVIA);
    let record = globex.propose(&GLOBEX, NOW, log.id(), &subject, as_user.clone()).unwrap();

    let both = following(&log, [ACME, GLOBEX]);
    let refused = both.propose(&GLOBEX, NOW, log.id(), &subject, as_user);
    assert!(matches!(refused, Err(ProposeError::Change(ChangeError::OtherKind { .. }))), "{refused:?}");
    log.insert(record).unwrap();
    let read = both.read(&GLOBEX).unwrap();
    let error = both.take(&read, log.records(&read), NOW).unwrap_err();
    let cause =
        Divergence::OtherKind { account: r#""9""#.into(), present: AccountKind::Service, kind: AccountKind::User };
    assert_eq!(error, Unusable::Diverged { organization: r#""2""#.into(), cause });
    assert!(both.snapshot(&ACME, NOW).is_ok());

    let later = following(&log, [ACME]);
    assert!(matches!(log.attach(&later, GLOBEX, NOW), Err(AttachError::OtherKind { .. })));
    later.detach(&ACME);
    log.attach(&later, GLOBEX, NOW).unwrap();
}

#[test]
fn a_stream_ends_with_its_organization() {
    let mut log = log();
    let follower = following(&log, [ACME, GLOBEX]);
    let delete = Change::delete_organization(ACME);
    log.insert(propose(&follower, &log, OLIVIA, delete).unwrap()).unwrap();
    catch_up(&follower, &log, NOW).unwrap();
    let snapshot = follower.snapshot(&ACME, NOW).unwrap();
    let decision = snapshot.decide(&SubjectId::new(&OLIVIA), Action::View, ResourceId::Organization(&ACME));
    assert_eq!(decision, Decision::Deny(Reason::UnknownResource));

    catch_up(&follower, &log, after(4_000)).unwrap();
    assert!(follower.snapshot(&ACME, after(4_000)).is_ok(), "that it is gone is read again");
    let again = follower.propose_organization(NOW, log.id(), ACME, OLIVIA, AccountKind::User);
    assert!(matches!(again, Err(ChangeError::Taken { .. })));
    follower.detach(&ACME);
    let again = follower.propose_organization(NOW, log.id(), ACME, OLIVIA, AccountKind::User).unwrap();
    assert_eq!(again.revision(), 1);
    assert!(log.insert(again).is_err(), "the log has a record 1 of that organization");
}

#[test]
fn a_snapshot_answers_for_its_organization_alone() {
    let mut log = log();
    let follower = following(&log, [ACME, GLOBEX]);
    let connect = Change::connect_cluster(ACME, 20u64, Visibility::Organization);
    log.insert(propose(&follower, &log, OLIVIA, connect).unwrap()).unwrap();
    catch_up(&follower, &log, NOW).unwrap();
    let ask = |organization: u64| {
        let snapshot = follower.snapshot(&organization, NOW).unwrap();
        snapshot.decide(&SubjectId::new(&OLIVIA), Action::Manage, ResourceId::Cluster(&20))
    };
    assert_eq!(ask(ACME), Decision::Allow);
    assert_eq!(ask(GLOBEX), Decision::Deny(Reason::UnknownResource));
}

#[test]
fn a_record_that_founds_an_organization_tells_who_founded_it() {
    let log = log();
    let founded = log.get(ACME, 1).unwrap();
    let expected = Cause::CreateOrganization { organization: ACME, owner: OLIVIA, kind: AccountKind::User };
    assert_eq!(founded.entries().iter().map(Entry::cause).collect::<Vec<_>>(), [&expected]);
    let mut directory = Directory::new();
    let skipped = directory.apply(log.get(ACME, 2).unwrap());
    assert_eq!(skipped, Err(ApplyError::NotLoaded { organization: r#""1""#.into(), record: 2 }));
}

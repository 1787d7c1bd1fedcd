//! What a follower proposes is what its directory would, and nothing of it is applied.

use shipgate::change::{Batch, BatchError, Change, ChangeError, Platform, ProposeError, Unusable};
use shipgate::directory::TeamRef;
use shipgate::{AccountKind, Action, Reason, ResourceId, Role, SubjectId};

use super::log::catch_up;
use super::{ACME, CAROL, GLOBEX, NOW, OLIVIA, after, demote_carol, following, is_admin, log};

#[test]
fn a_batch_is_proposed_at_the_time_of_the_follower_and_undone() {
    let mut log = log();
    let follower = following(&log, [ACME]);
    let invite = Change::invite_member(ACME, 10u64, AccountKind::User, Role::Viewer, None);
    let put_in = Change::add_to_team(60u64, 10u64);
    let olivia = SubjectId::new(&OLIVIA);
    let batch = Batch::new()
        .with(olivia, invite)
        .with(olivia.at(after(1)), Change::create_team(ACME, 60u64))
        .with(olivia, put_in)
        .because("a new colleague");
    let record = follower.propose_all(&ACME, NOW, log.id(), batch.clone()).unwrap();
    assert_eq!((record.time(), record.reason(), record.entries().len()), (Some(NOW), Some("a new colleague"), 3));
    assert_eq!(follower.snapshot(&ACME, NOW).unwrap().revision(&ACME), Some(2), "nothing changed");
    assert!(follower.snapshot(&ACME, NOW).unwrap().team(&60).is_none());
    log.insert(record).unwrap();
    catch_up(&follower, &log, NOW).unwrap();
    assert_eq!(follower.snapshot(&ACME, NOW).unwrap().team(&60).map(TeamRef::members), Some(1));

    let again = follower.propose_all(&ACME, NOW, log.id(), batch).unwrap_err();
    assert!(matches!(again, ProposeError::Batch(BatchError::Change { index: 0, .. })), "{again}");
}

#[test]
fn changes_of_another_organization_are_unknown() {
    let log = log();
    let follower = following(&log, [ACME, GLOBEX]);
    let rename = Change::update_organization(GLOBEX);
    let error = follower.propose(&ACME, NOW, log.id(), &SubjectId::new(&OLIVIA), rename).unwrap_err();
    let ProposeError::Change(ChangeError::Denied(denied)) = error else { panic!("{error}") };
    assert_eq!((denied.reason(), denied.status()), (Some(Reason::UnknownResource), 404));
}

#[test]
fn the_platform_acts_and_is_recorded() {
    let mut log = log();
    let follower = following(&log, [ACME]);
    let support = Platform::new("support", NOW);
    let suspend = Change::set_expiry(ACME, CAROL, Some(NOW));
    let record = follower.propose_as_platform(&ACME, log.id(), suspend, support, "ticket 7").unwrap();
    assert_eq!(record.reason(), Some("ticket 7"));
    log.insert(record).unwrap();
    assert!(is_admin(&follower, CAROL));
    catch_up(&follower, &log, NOW).unwrap();
    let acme = follower.snapshot(&ACME, NOW).unwrap();
    let carol = SubjectId::new(&CAROL).at(NOW);
    assert!(!acme.decide(&carol, Action::View, ResourceId::Organization(&ACME)).is_allowed());

    let late = Platform::new("support", after(5_001));
    let refused = follower.propose_as_platform(&ACME, log.id(), demote_carol(), late, "ticket 8");
    assert!(matches!(refused, Err(ProposeError::Unusable(Unusable::Stale { .. }))), "{refused:?}");
}

#[test]
fn a_preview_is_of_the_time_that_is_given() {
    let log = log();
    let follower = following(&log, [ACME]);
    let olivia = SubjectId::new(&OLIVIA);
    let changed = follower.preview(&ACME, NOW, &olivia, demote_carol(), |preview| preview.diff().count()).unwrap();
    assert!(changed > 0, "carol loses something");
    assert!(is_admin(&follower, CAROL));
    let stale = follower.preview(&ACME, after(5_001), &olivia, demote_carol(), |preview| preview.diff().count());
    assert!(matches!(stale, Err(ProposeError::Unusable(Unusable::Stale { .. }))), "{stale:?}");
}

#[test]
fn a_new_organization_is_proposed_and_attached_when_the_log_has_it() {
    let mut log = log();
    let follower = following(&log, [ACME]);
    let founded = follower.propose_organization(NOW, log.id(), 3, OLIVIA, AccountKind::User).unwrap();
    assert_eq!((founded.revision(), founded.time()), (1, Some(NOW)));
    let refused = follower.propose_organization(NOW, log.id(), 4, OLIVIA, AccountKind::Service);
    assert!(matches!(refused, Err(ChangeError::ServiceOwner)), "{refused:?}");
    log.insert(founded).unwrap();
    log.attach(&follower, 3, NOW).unwrap();
    assert_eq!(follower.snapshot(&3, NOW).unwrap().revision(&3), Some(1));
}

#[test]
fn an_account_is_removed_everywhere_or_nowhere() {
    let mut log = log();
    let follower = following(&log, [ACME, GLOBEX]);
    let invite = Change::invite_member(GLOBEX, CAROL, AccountKind::User, Role::Viewer, None);
    let invited = follower.propose(&GLOBEX, NOW, log.id(), &SubjectId::new(&OLIVIA), invite).unwrap();
    log.insert(invited).unwrap();
    catch_up(&follower, &log, NOW).unwrap();

    let support = Platform::new("support", NOW);
    let records = follower.propose_account_removal(&CAROL, support, "she left", |_| log.id()).unwrap();
    assert_eq!(
        records.iter().map(|record| (*record.organization(), record.revision())).collect::<Vec<_>>(),
        [(1, 3), (2, 3)]
    );
    for record in records {
        log.insert(record).unwrap();
    }
    catch_up(&follower, &log, NOW).unwrap();
    for organization in [ACME, GLOBEX] {
        assert!(follower.snapshot(&organization, NOW).unwrap().account(&CAROL).is_none());
    }
    let last_owner = follower.propose_account_removal(&OLIVIA, support, "she left", |_| log.id());
    assert!(matches!(last_owner, Err(ProposeError::Change(ChangeError::LastOwner))), "{last_owner:?}");
    let late = Platform::new("support", after(5_001));
    let stale = follower.propose_account_removal(&CAROL, late, "she left", |_| log.id());
    assert!(matches!(stale, Err(ProposeError::Unusable(Unusable::Stale { .. }))), "{stale:?}");
}

//! Nothing is half done where cloning an id panics, at whichever clone.

use shipgate::change::{Batch, Change, Record};
use shipgate::model::Permission;
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, Directory, Grant, Holder, ProjectRole, Protection, Role, RoleDefinition,
    RolePermissions, SubjectId, Time, Visibility,
};

use crate::world::fresh::fresh;
use crate::world::uuid::{Uuid, with_clones};

const ACME: u128 = 1;
const OLIVIA: u128 = 1;
const CAROL: u128 = 2;
const ALICE: u128 = 3;
const CI_BOT: u128 = 4;
const DAVE: u128 = 5;
const AUDITOR: u128 = 10;
const DEPUTY: u128 = 11;
const ON_CALL: u128 = 20;
const NIGHT: u128 = 21;
const US_EAST: u128 = 30;
const EU_WEST: u128 = 31;
const SPARE: u128 = 32;
const SHOP: u128 = 40;
const EMPTY: u128 = 41;
const STAGING: u128 = 50;
const NEW: u128 = 99;
/// A time when dave's membership is over.
const NOW: Time = Time::from_millis(100);

fn permissions(rank: Role) -> RolePermissions {
    RolePermissions::new(rank.permissions().iter()).unwrap()
}

fn definition(rank: Role) -> RoleDefinition {
    RoleDefinition::new(rank, permissions(rank)).unwrap()
}

/// acme-corp, with something of every kind.
fn acme() -> Directory<Uuid> {
    let id = Uuid;
    let mut rows = Directory::builder();
    rows.organization(id(ACME)).unwrap();
    rows.role(id(AUDITOR), &id(ACME), definition(Role::Viewer)).unwrap();
    rows.role(id(DEPUTY), &id(ACME), definition(Role::Developer)).unwrap();
    let members = [
        (OLIVIA, AccountKind::User, AnyRole::BuiltIn(Role::Owner), None),
        (CAROL, AccountKind::User, AnyRole::BuiltIn(Role::Admin), None),
        (ALICE, AccountKind::User, AnyRole::Custom(id(AUDITOR)), None),
        (CI_BOT, AccountKind::Service, AnyRole::BuiltIn(Role::Developer), None),
        (DAVE, AccountKind::User, AnyRole::Custom(id(AUDITOR)), Some(Time::from_millis(7))),
    ];
    for (account, kind, role, expires_at) in members {
        rows.member(&id(ACME), id(account), kind, role, expires_at).unwrap();
    }
    for team in [ON_CALL, NIGHT] {
        rows.team(id(team), &id(ACME)).unwrap();
    }
    for account in [ALICE, CI_BOT, DAVE] {
        rows.team_member(&id(ON_CALL), &id(account)).unwrap();
    }
    for cluster in [US_EAST, EU_WEST, SPARE] {
        rows.cluster(id(cluster), &id(ACME), Visibility::Organization).unwrap();
        for holder in [Holder::Account(ALICE), Holder::Account(DAVE), Holder::Team(ON_CALL), Holder::Team(NIGHT)] {
            rows.cluster_access(&id(cluster), holder.map(id).as_ref(), ClusterAccess::View).unwrap();
        }
    }
    for project in [SHOP, EMPTY] {
        rows.project(id(project), &id(ACME), Visibility::Members).unwrap();
        for holder in [Holder::Account(ALICE), Holder::Account(DAVE), Holder::Team(ON_CALL), Holder::Team(NIGHT)] {
            rows.project_role(&id(project), holder.map(id).as_ref(), ProjectRole::Viewer).unwrap();
        }
    }
    rows.environment(id(STAGING), &id(SHOP), &id(US_EAST), "shop-staging", Protection::NONE).unwrap();
    rows.build()
}

/// Changes that olivia may make in acme-corp, of every kind.
fn changes() -> Vec<Change<Uuid>> {
    let id = Uuid;
    let user = AccountKind::User;
    let deploy = Some(Grant::new(ClusterAccess::Deploy));
    let view = RolePermissions::new([Permission::View]).unwrap();
    vec![
        Change::invite_member(id(ACME), id(NEW), user, AnyRole::Custom(id(AUDITOR)), Some(Time::from_millis(900))),
        Change::invite_member(id(ACME), id(DAVE), user, Role::Viewer, None),
        Change::change_role(id(ACME), id(ALICE), AnyRole::Custom(id(DEPUTY))),
        Change::change_role(id(ACME), id(ALICE), Role::Billing),
        Change::change_role(id(ACME), id(CI_BOT), Role::Admin),
        Change::set_expiry(id(ACME), id(ALICE), Some(Time::from_millis(900))),
        Change::remove_member(id(ACME), id(ALICE)),
        Change::transfer_ownership(id(ACME), id(ALICE)),
        Change::create_role(id(ACME), id(NEW), definition(Role::Admin)),
        Change::update_role(id(AUDITOR), view),
        Change::delete_role(id(DEPUTY)),
        Change::create_team(id(ACME), id(NEW)),
        Change::update_team(id(NIGHT)),
        Change::delete_team(id(NIGHT)),
        Change::add_to_team(id(NIGHT), id(ALICE)),
        Change::remove_from_team(id(ON_CALL), id(ALICE)),
        Change::set_cluster_access(id(US_EAST), Holder::Account(id(CI_BOT)), deploy),
        Change::set_cluster_access(id(US_EAST), Holder::Account(id(ALICE)), None),
        Change::set_cluster_access(id(US_EAST), Holder::Team(id(ON_CALL)), deploy),
        Change::set_cluster_access(id(US_EAST), Holder::Team(id(ON_CALL)), None),
        Change::set_project_role(id(SHOP), Holder::Account(id(ALICE)), Some(Grant::new(ProjectRole::Admin))),
        Change::set_project_role(id(SHOP), Holder::Team(id(ON_CALL)), None),
        Change::update_organization(id(ACME)),
        Change::delete_organization(id(ACME)),
        Change::create_project(id(ACME), id(NEW), Visibility::Members),
        Change::update_project(id(SHOP), Some(Visibility::Organization)),
        Change::delete_project(id(EMPTY)),
        Change::create_environment(id(NEW), id(SHOP), id(EU_WEST), "shop-eu", Protection::LOCKED),
        Change::update_environment(id(STAGING)),
        Change::retarget(id(STAGING), id(EU_WEST), Some("shop".into())),
        Change::delete_environment(id(STAGING)),
        Change::set_protection(id(STAGING), Protection::RESTRICTED),
        Change::connect_cluster(id(ACME), id(NEW), Visibility::Members),
        Change::update_cluster(id(US_EAST), Some(Visibility::Members)),
        Change::disconnect_cluster(id(SPARE)),
    ]
}

/// Does something with fewer and then more clones, until there are enough. Whenever there are not, nothing has changed.
/// Returns what was done, and how often it was not.
fn whole_or_not_at_all<T>(
    directory: &Directory<Uuid>,
    what: impl Fn() -> String,
    act: impl Fn(&mut Directory<Uuid>) -> T,
) -> (Directory<Uuid>, T, usize) {
    for clones in 0.. {
        let mut tried = directory.clone();
        let done = with_clones(clones, || act(&mut tried));
        match done {
            Ok(done) => return (tried, done, clones),
            Err(_) => assert!(tried == *directory, "{} is half done after {clones} clones", what()),
        }
    }
    unreachable!("some number of clones is enough")
}

fn olivia(id: &Uuid) -> SubjectId<'_, Uuid> {
    SubjectId::new(id).at(NOW)
}

#[test]
fn a_change_is_made_whole_or_not_at_all_while_a_clone_of_the_project_is_kept() {
    let by = Uuid(OLIVIA);
    let mut acme = acme();
    let in_europe = Change::create_environment(Uuid(NEW), Uuid(SHOP), Uuid(EU_WEST), "shop-eu", Protection::NONE);
    acme.change(fresh(), &olivia(&by), in_europe).unwrap();
    let of_the_list = [
        Change::retarget(Uuid(STAGING), Uuid(SPARE), None),
        Change::delete_environment(Uuid(STAGING)),
        Change::update_cluster(Uuid(US_EAST), Some(Visibility::Members)),
    ];
    for change in of_the_list {
        let act = |tried: &mut Directory<Uuid>| {
            let kept = tried.project(&Uuid(SHOP)).unwrap().to_project();
            tried.change(fresh(), &olivia(&by), change.clone()).unwrap();
            kept
        };
        let (after, kept, _) = whole_or_not_at_all(&acme, || format!("{change:?}"), act);
        assert_eq!(kept, acme.project(&Uuid(SHOP)).unwrap().to_project());
        assert_ne!(kept, after.project(&Uuid(SHOP)).unwrap().to_project());
    }
}

#[test]
fn a_change_is_made_whole_or_not_at_all() {
    let (acme, by) = (acme(), Uuid(OLIVIA));
    for (place, change) in changes().into_iter().enumerate() {
        let what = || format!("{change:?}");
        // The change that is made is drawn before the clones are counted.
        let change = || changes().into_iter().nth(place).unwrap();
        let (after, made, clones) =
            whole_or_not_at_all(&acme, what, |directory| directory.change(fresh(), &olivia(&by), change()));
        let record = made.unwrap_or_else(|error| panic!("{}: {error:?}", what()));
        assert!(clones > 0, "{} clones nothing", what());
        let is_there = after.organizations().len() == 1;
        assert_eq!(is_there, !matches!(change(), Change::DeleteOrganization { .. }));
        assert_eq!(after.revision(&Uuid(ACME)), is_there.then_some(1));

        let (followed, applied, _) = whole_or_not_at_all(&acme, what, |directory| directory.apply(&record));
        assert_eq!(applied, Ok(()));
        assert!(followed == after, "{}", what());
    }
}

#[test]
fn a_batch_is_made_whole_or_not_at_all() {
    let (acme, by) = (acme(), Uuid(OLIVIA));
    // What the changes before the last one did is undone without a clone.
    let batch = |last: fn() -> Change<Uuid>| {
        let mut batch = Batch::new();
        for change in some_changes() {
            batch = batch.with(olivia(&by), change);
        }
        batch.with(olivia(&by), last())
    };
    let dissolve = || Change::delete_organization(Uuid(ACME));
    let what = || "a batch".into();
    let (after, made, clones) =
        whole_or_not_at_all(&acme, what, |directory| directory.change_all(fresh(), batch(dissolve)));
    let record: Record<Uuid> = made.unwrap();
    assert!(clones > 0 && after.organizations().len() == 0 && after.accounts().len() == 0);
    let (followed, applied, _) = whole_or_not_at_all(&acme, what, |directory| directory.apply(&record));
    assert!(applied == Ok(()) && followed == after);

    let leave = || Change::remove_member(Uuid(ACME), Uuid(OLIVIA));
    let (same, refused, _) = whole_or_not_at_all(&acme, what, |directory| directory.change_all(fresh(), batch(leave)));
    refused.unwrap_err();
    assert!(same == acme);
}

/// Changes that can be made one after the other.
fn some_changes() -> Vec<Change<Uuid>> {
    let id = Uuid;
    vec![
        Change::add_to_team(id(NIGHT), id(ALICE)),
        Change::set_cluster_access(id(US_EAST), Holder::Team(id(NIGHT)), Some(Grant::new(ClusterAccess::Deploy))),
        Change::invite_member(id(ACME), id(DAVE), AccountKind::User, AnyRole::Custom(id(DEPUTY)), None),
        Change::update_cluster(id(US_EAST), Some(Visibility::Members)),
        Change::retarget(id(STAGING), id(EU_WEST), None),
        Change::create_role(id(ACME), id(NEW), definition(Role::Developer)),
        Change::change_role(id(ACME), id(CI_BOT), AnyRole::Custom(id(NEW))),
        Change::remove_member(id(ACME), id(CI_BOT)),
    ]
}

#[test]
fn an_organization_is_founded_whole_or_not_at_all() {
    let what = || "a new organization".into();
    let (after, made, clones) = whole_or_not_at_all(&acme(), what, |directory| {
        directory.create_organization(fresh(), Uuid(2), Uuid(NEW), AccountKind::User, None)
    });
    assert!(made.is_ok() && clones > 0 && after.organizations().len() == 2);
}

#[test]
fn what_is_proposed_changes_nothing_at_whichever_clone() {
    let (acme, by) = (acme(), Uuid(OLIVIA));
    let batch = || {
        let changes = some_changes().into_iter().chain([Change::delete_organization(Uuid(ACME))]);
        changes.fold(Batch::new(), |batch, change| batch.with(olivia(&by), change))
    };
    let what = || "a proposal".into();
    let (same, proposed, clones) =
        whole_or_not_at_all(&acme, what, |directory| directory.propose_all(fresh(), batch()));
    assert!(proposed.is_ok() && clones > 0 && same == acme);
}

#[test]
fn an_organization_is_attached_and_detached_whole_or_not_at_all() {
    let (mut changed, by, organization) = (acme(), Uuid(OLIVIA), Uuid(ACME));
    let rows = changed.rows();
    for change in some_changes() {
        changed.change(fresh(), &olivia(&by), change).unwrap();
    }
    let what = || "an organization that is attached again".into();
    let (replaced, attached, clones) =
        whole_or_not_at_all(&changed, what, |directory| directory.attach(&rows, 1, Some(Uuid(7))));
    assert!(attached.is_ok() && clones > 0 && replaced.rows() == rows);
    assert_eq!(replaced.last_record(&organization), Some(&Uuid(7)));

    let what = || "an organization that is detached".into();
    let (empty, (), clones) = whole_or_not_at_all(&changed, what, |directory| directory.detach(&organization));
    assert!(clones > 0 && empty == Directory::new());
}

#[cfg(feature = "shared")]
#[test]
fn readers_see_a_change_whole_or_not_at_all() {
    let (acme, by) = (acme(), Uuid(OLIVIA));
    let mut failures = 0;
    for clones in 0.. {
        let shared = shipgate::SharedDirectory::new(acme.clone());
        shared.change(fresh(), &olivia(&by), Change::update_organization(Uuid(ACME))).unwrap();
        shared.change(fresh(), &olivia(&by), Change::remove_member(Uuid(ACME), Uuid(DAVE))).unwrap();
        let (before, leave) = (shared.snapshot(), Change::remove_member(Uuid(ACME), Uuid(ALICE)));
        let done = with_clones(clones, || shared.change(fresh(), &olivia(&by), leave));
        if let Ok(made) = done {
            assert_eq!((made.unwrap().revision(), shared.revision(&Uuid(ACME))), (3, Some(3)));
            break;
        }
        failures += 1;
        assert!(*shared.snapshot() == *before, "readers see half a change after {clones} clones");
        // And the next change is made on what they see.
        let record = shared.change(fresh(), &olivia(&by), Change::remove_member(Uuid(ACME), Uuid(ALICE))).unwrap();
        assert_eq!((record.revision(), shared.revision(&Uuid(ACME))), (3, Some(3)));
    }
    assert!(failures > 0);
}

/// Does something in a shared directory with fewer and then more clones, until there are enough. Whenever there are not, readers
/// see what they saw before. Returns what they see in the end, and what was done.
#[cfg(feature = "shared")]
fn whole_or_not_at_all_for_readers<T>(
    directory: &Directory<Uuid>,
    what: impl Fn() -> String,
    act: impl Fn(&shipgate::SharedDirectory<Uuid>) -> T,
) -> (Directory<Uuid>, T) {
    let shared = shipgate::SharedDirectory::new(directory.clone());
    for clones in 0.. {
        let done = with_clones(clones, || act(&shared));
        match done {
            Ok(done) => return (shared.snapshot().clone(), done),
            Err(_) => assert!(*shared.snapshot() == *directory, "{} is half done after {clones} clones", what()),
        }
    }
    unreachable!("some number of clones is enough")
}

#[cfg(feature = "shared")]
#[test]
fn every_change_of_a_shared_directory_is_made_whole_or_not_at_all() {
    let (acme, by) = (acme(), Uuid(OLIVIA));
    for (place, change) in changes().into_iter().enumerate() {
        let what = || format!("{change:?}");
        let change = || changes().into_iter().nth(place).unwrap();
        let make = |shared: &shipgate::SharedDirectory<_>| shared.change(fresh(), &olivia(&by), change());
        let (later, record_or_error) = whole_or_not_at_all_for_readers(&acme, what, make);
        let record = record_or_error.unwrap_or_else(|error| panic!("{}: {error:?}", what()));

        // A record is consumed, so it is cloned before the clones are counted.
        let mut alone = acme.clone();
        alone.apply(&record).unwrap();
        assert!(later == alone, "{}", what());
        let records = std::cell::RefCell::new(vec![record; 2_000]);
        let apply = |shared: &shipgate::SharedDirectory<_>| shared.apply(records.borrow_mut().pop().unwrap());
        let (followed, applied) = whole_or_not_at_all_for_readers(&acme, what, apply);
        assert_eq!(applied, Ok(()));
        assert!(followed == later, "{}", what());
    }
}

#[cfg(feature = "shared")]
#[test]
fn a_batch_in_a_shared_directory_is_made_or_proposed_whole_or_not_at_all() {
    let (acme, by) = (acme(), Uuid(OLIVIA));
    let batch = |changes: Vec<Change<Uuid>>| {
        changes.into_iter().fold(Batch::new(), |batch, change| batch.with(olivia(&by), change))
    };
    let mut alone = acme.clone();
    alone.change_all(Uuid(NEW), batch(some_changes())).unwrap();
    let what = || "a batch".into();
    let make = |shared: &shipgate::SharedDirectory<_>| shared.change_all(Uuid(NEW), batch(some_changes()));
    let (later, record_or_error) = whole_or_not_at_all_for_readers(&acme, what, make);
    assert!(record_or_error.is_ok() && later == alone);
    let propose = |shared: &shipgate::SharedDirectory<_>| shared.propose_all(Uuid(NEW), batch(some_changes()));
    let (same, proposed) = whole_or_not_at_all_for_readers(&acme, what, propose);
    assert!(proposed.is_ok() && same == acme);
}

#[cfg(feature = "shared")]
#[test]
fn a_directory_that_was_a_snapshot_is_changed_whole_or_not_at_all() {
    let by = Uuid(OLIVIA);
    let shared = shipgate::SharedDirectory::new(acme());
    // Its pages are those of the snapshot before it.
    let before = shared.snapshot();
    shared.change(fresh(), &olivia(&by), Change::update_organization(Uuid(ACME))).unwrap();
    let present: std::sync::Arc<Directory<_>> = shared.snapshot().into();
    drop(shared);
    let mut present = std::sync::Arc::into_inner(present).expect("nobody else has it");
    let same = present.clone();
    for clones in 0.. {
        let leave = Change::remove_member(Uuid(ACME), Uuid(ALICE));
        let done = with_clones(clones, || present.change(fresh(), &olivia(&by), leave));
        if let Ok(made) = done {
            made.unwrap();
            break;
        }
        assert!(present == same, "half done after {clones} clones");
    }
    assert!(present.account(&Uuid(ALICE)).is_none() && before.account(&Uuid(ALICE)).is_some());
    assert!(*before == acme());
}

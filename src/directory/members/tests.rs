//! Members near the ends of what can be numbered.

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::change::{Change, ChangeError};
use crate::directory::error::RowError;
use crate::directory::slots::Slots;
use crate::directory::store::Directory;
use crate::{
    AccountKind, Action, ClusterAccess, Decision, Grant, Holder, ResourceId, Role, SubjectId, Time, Visibility,
};

const LATER: Time = Time::from_millis(1_000);

/// Accounts that are members of ever more organizations, with grants that need lines and lists of seats.
fn directory() -> Directory<u64> {
    let mut rows = Directory::<u64>::builder();
    for organization in 0..6 {
        rows.organization(organization).unwrap();
        rows.cluster(organization, &organization, Visibility::Members).unwrap();
        rows.team(organization, &organization).unwrap();
        for account in organization..8 {
            let role = if account == organization { Role::Owner } else { Role::Developer };
            rows.member(&organization, account, AccountKind::User, role, None).unwrap();
            let grant = Grant::new(ClusterAccess::Deploy);
            let grant = if account == 7 { grant.until(LATER) } else { grant };
            rows.cluster_access(&organization, Holder::Account(&account), grant).unwrap();
        }
        rows.team_member(&organization, &7).unwrap();
    }
    rows.build()
}

fn deploys(directory: &Directory<u64>, account: u64) -> Vec<bool> {
    let subject = SubjectId::new(&account).at(Time::from_millis(0));
    (0..6).map(|id| directory.decide(&subject, Action::Deploy, ResourceId::Cluster(&id)) == Decision::Allow).collect()
}

#[test]
fn an_account_may_be_a_member_of_few_or_many_organizations() {
    let directory = directory();
    for account in 0..8 {
        let expected: Vec<_> = (0..6).map(|organization| organization <= account).collect();
        assert_eq!(deploys(&directory, account), expected, "{account}");
        let memberships = directory.account(&account).unwrap().memberships();
        assert_eq!(memberships.len(), expected.iter().filter(|it| **it).count());
        assert!(memberships.map(|membership| *membership.organization()).is_sorted());
    }
    assert_eq!(Directory::try_from(directory.rows()).unwrap(), directory);
}

#[test]
fn numbers_that_are_free_are_given_again() {
    let (mut directory, before) = (directory(), directory());
    for n in 0..20 {
        let owner = SubjectId::new(&0);
        let leave = directory.change(100 + 2 * n, &owner, Change::remove_member(0u64, 7u64)).unwrap();
        assert_eq!(deploys(&directory, 7), [false, true, true, true, true, true]);
        assert!(directory.change(0, &owner, Change::remove_member(0u64, 7u64)).is_err());
        let invite = Change::invite_member(0u64, 7u64, AccountKind::User, Role::Developer, None);
        directory.change(101 + 2 * n, &owner, invite).unwrap();
        assert_eq!(leave.organization(), &0);
        let (now, then) = (&directory.members, &before.members);
        assert!(now.lines.have_room_for(0) && then.lines.have_room_for(0));
    }
    assert_eq!(deploys(&directory, 7), [false, true, true, true, true, true]);
}

#[test]
fn a_row_and_a_change_for_which_there_is_no_number_are_errors() {
    let mut rows = Directory::<u64>::builder();
    rows.directory_mut().numbers.organizations = Slots::up_to(1);
    rows.organization(0).unwrap();
    assert_eq!(rows.organization(1), Err(RowError::Full));
    rows.directory_mut().numbers.places = Slots::up_to(1);
    rows.cluster(0, &0, Visibility::Organization).unwrap();
    assert_eq!(rows.project(0, &0, Visibility::Organization), Err(RowError::Full));
    rows.directory_mut().members.lines = Slots::up_to(1);
    rows.member(&0, 0, AccountKind::User, Role::Owner, None).unwrap();
    rows.member(&0, 1, AccountKind::User, Role::Viewer, Some(LATER)).unwrap();
    assert_eq!(rows.member(&0, 2, AccountKind::User, Role::Viewer, None), Err(RowError::Full));
    assert_eq!(rows.cluster_access(&0, Holder::Account(&0), ClusterAccess::View), Err(RowError::Full));

    let mut directory = rows.build();
    let rows = directory.rows();
    let owner = SubjectId::new(&0).at(Time::from_millis(0));
    let changes = [
        Change::invite_member(0u64, 2u64, AccountKind::User, Role::Viewer, None),
        Change::create_project(0u64, 0u64, Visibility::Organization),
        Change::connect_cluster(0u64, 1u64, Visibility::Organization),
    ];
    for change in changes {
        assert_eq!(directory.change(9, &owner, change), Err(ChangeError::Full));
    }
    assert_eq!(directory.rows(), rows);
    directory.change(1, &owner, Change::remove_member(0u64, 1u64)).unwrap();
    directory.change(2, &owner, Change::invite_member(0u64, 2u64, AccountKind::User, Role::Viewer, None)).unwrap();
    let message = ChangeError::Full.to_string();
    assert!(message.contains("numbers end"), "{message}");
}

//! Members near the ends of what can be numbered, and of more teams than have slots.

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::change::{Change, ChangeError};
use crate::directory::error::RowError;
use crate::directory::slots::Slots;
use crate::directory::store::Directory;
use crate::{
    AccountKind, Action, ClusterAccess, Decision, Grant, Holder, ProjectRole, ResourceId, Role, SubjectId, Time,
    Visibility,
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

/// In an organization of more teams than have slots: account 100 is in one that has a slot and in the last, 101 in two that have
/// slots, 102 in two that have none, and each has a grant on a cluster and on a project, of which every third expires.
fn with_teams() -> Directory<u64> {
    let mut rows = Directory::<u64>::builder();
    rows.organization(0).unwrap();
    rows.member(&0, 0, AccountKind::User, Role::Owner, None).unwrap();
    rows.cluster(0, &0, Visibility::Members).unwrap();
    rows.project(0, &0, Visibility::Members).unwrap();
    let levels = ClusterAccess::ALL.into_iter().cycle().zip(ProjectRole::ALL.into_iter().cycle());
    for (team, (level, role)) in (0..30).zip(levels) {
        rows.team(team, &0).unwrap();
        let (level, role) = (Grant::new(level), Grant::new(role));
        let (level, role) = if team % 3 == 0 { (level.until(LATER), role.until(LATER)) } else { (level, role) };
        rows.cluster_access(&0, Holder::Team(&team), level).unwrap();
        rows.project_role(&0, Holder::Team(&team), role).unwrap();
    }
    for (account, teams) in [(100, [2, 29]), (101, [0, 4]), (102, [25, 26])] {
        rows.member(&0, account, AccountKind::User, Role::Developer, None).unwrap();
        for team in teams {
            rows.team_member(&team, &account).unwrap();
        }
    }
    rows.build()
}

#[test]
fn a_decision_agrees_with_its_explanation_however_the_teams_are_stored() {
    let mut directory = with_teams();
    let owner = SubjectId::new(&0).at(Time::from_millis(0));
    let slot = |directory: &Directory<u64>, team: u64| {
        directory.numbers.teams.get(directory.teams.get(&team)?.number()).and_then(|team| team.slot())
    };
    assert!(slot(&directory, 2).is_some() && slot(&directory, 29).is_none());
    // Miri takes a minute for each thirty.
    let actions = [Action::Deploy, Action::View, Action::Manage, Action::Delete].into_iter();
    let actions = actions.take(if cfg!(miri) { 1 } else { 4 });
    let agrees = |directory: &Directory<u64>| {
        let mut allowed = 0;
        for account in 100..103 {
            for now in [None, Some(Time::from_millis(0)), Some(LATER)] {
                let subject = SubjectId::new(&account);
                let subject = now.map_or(subject, |now| subject.at(now));
                for resource in [ResourceId::Cluster(&0), ResourceId::Project(&0)] {
                    for action in actions.clone() {
                        let decision = directory.decide(&subject, action, resource);
                        let explained = directory.explain(&subject, action, resource).decision();
                        assert_eq!(decision, explained, "{account} {action:?} {resource:?} {now:?}");
                        allowed += u32::from(decision.is_allowed());
                    }
                }
            }
        }
        allowed
    };
    let before = agrees(&directory);
    assert!((1..72).contains(&before), "{before}");
    // Without the grant of a team that has no slot, and without a team.
    directory.change(1, &owner, Change::set_cluster_access(0u64, Holder::Team(26u64), None)).unwrap();
    let without_grant = agrees(&directory);
    directory.change(2, &owner, Change::remove_from_team(26u64, 102u64)).unwrap();
    directory.change(3, &owner, Change::delete_team(26u64)).unwrap();
    let without_team = agrees(&directory);
    assert!(before > without_grant && without_grant >= without_team, "{before} {without_grant} {without_team}");
}

#[test]
fn a_place_with_a_number_of_one_before_has_none_of_its_grants() {
    let mut directory = with_teams();
    let owner = SubjectId::new(&0).at(Time::from_millis(0));
    let number = |directory: &Directory<u64>, cluster: u64| directory.clusters.get(&cluster).unwrap().number.cluster;
    let before = number(&directory, 0);
    let views = |directory: &Directory<u64>, cluster: u64| {
        let allowed = |account: &u64| {
            let subject = SubjectId::new(account).at(Time::from_millis(0));
            directory.decide(&subject, Action::View, ResourceId::Cluster(&cluster)).is_allowed()
        };
        (100..103).filter(allowed).count()
    };
    assert!(views(&directory, 0) > 0);
    directory.change(1, &owner, Change::disconnect_cluster(0u64)).unwrap();
    directory.change(2, &owner, Change::connect_cluster(0u64, 7u64, Visibility::Members)).unwrap();
    assert_eq!(number(&directory, 7), before);
    assert_eq!(views(&directory, 7), 0);
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

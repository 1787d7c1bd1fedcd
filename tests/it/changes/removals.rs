//! What a removal is, in a record: one edit, which says what would restore it.

use shipgate::change::{ApplyError, Change, Edit, Entry, Place, Record, Removed};
use shipgate::{AccountKind, Directory, Holder, ProjectRole, Role, SubjectId, Visibility};

use super::claims::{directory, olivia};

const ACME: &str = "acme-corp";

/// acme-corp without what is in the way of a removal.
fn emptied() -> Directory<String> {
    let mut directory = directory();
    for (place, change) in [
        Change::delete_environment("shop-dev"),
        Change::delete_environment("vault-dev"),
        Change::set_cluster_access(
            "us-east",
            Holder::Team("on-call"),
            Some(shipgate::Grant::new(shipgate::ClusterAccess::Deploy)),
        ),
        Change::set_project_role("shop", Holder::Team("on-call"), Some(shipgate::Grant::new(ProjectRole::Viewer))),
        Change::remove_from_team("on-call", "alice"),
    ]
    .into_iter()
    .enumerate()
    {
        directory.change(format!("record-{}", place + 1), &olivia(), change).unwrap();
    }
    directory
}

/// The kinds of the edits, in order.
fn kinds(edits: &[Edit<String>]) -> Vec<&'static str> {
    let kind = |edit: &Edit<String>| match edit {
        Edit::Team { from: None, .. } => "a team",
        Edit::Project { from: None, .. } => "a project",
        Edit::Cluster { from: None, .. } => "a cluster",
        Edit::ClusterAccess { from: None, holder: Holder::Account(_), .. } => "access of a member",
        Edit::ClusterAccess { from: None, holder: Holder::Team(_), .. } => "access of a team",
        Edit::ProjectRole { from: None, holder: Holder::Account(_), .. } => "a role of a member",
        Edit::ProjectRole { from: None, holder: Holder::Team(_), .. } => "a role of a team",
        other => panic!("this restores nothing: {other:?}"),
    };
    edits.iter().map(kind).collect()
}

#[test]
fn a_removal_is_one_edit_and_restores_exactly_what_went() {
    let id = String::from;
    for (change, removed, restores) in [
        (
            Change::delete_project("shop"),
            Removed::Project(id("shop")),
            vec!["a project", "a role of a team", "a role of a member"],
        ),
        (
            Change::disconnect_cluster("us-east"),
            Removed::Cluster(id("us-east")),
            vec!["a cluster", "access of a team", "access of a member"],
        ),
        (
            Change::delete_team("on-call"),
            Removed::Team(id("on-call")),
            vec!["a team", "a role of a team", "access of a team"],
        ),
    ] {
        let before = emptied();
        let mut directory = before.clone();
        let record = directory.change(id("record-6"), &olivia(), change).unwrap();
        let [Edit::Remove { organization, removed: found, restore: Some(restore) }] = record.entries()[0].edits()
        else {
            panic!("{record:?}")
        };
        assert_eq!((organization.as_str(), found), (ACME, &removed));
        assert_eq!(kinds(restore), restores, "from the outside in");

        let restored = Entry::new(record.entries()[0].cause().clone(), restore.clone());
        let next = Record::new(id("record-7"), id(ACME), 7, vec![restored]).after(id("record-6"));
        directory.apply(&next.by_policy(Record::<String>::POLICY - 1)).unwrap();
        assert_eq!(directory.rows(), before.rows());
    }
}

#[test]
fn the_deletion_of_an_organization_is_one_edit_without_what_would_restore_it() {
    let mut directory = directory();
    let record = directory.change("record-1".into(), &olivia(), Change::delete_organization(ACME)).unwrap();
    let [Edit::Remove { removed: Removed::Organization, restore: None, .. }] = record.entries()[0].edits() else {
        panic!("{record:?}")
    };
    assert_eq!((directory.revision(ACME), directory.last_record(ACME)), (None, None), "its stream has ended");
    assert_eq!(directory.organizations().len(), 1);
    assert!(directory.account("alice").is_none() && directory.role("auditor").is_none());
}

#[test]
fn a_removal_that_does_not_say_what_it_removed_is_refused_unless_another_policy_made_it() {
    let id = String::from;
    let record = emptied().propose(id("record-6"), &olivia(), Change::delete_project("shop")).unwrap();
    let cause = record.entries()[0].cause().clone();
    let removal = Edit::Remove { organization: id(ACME), removed: Removed::Project(id("shop")), restore: None };
    let silent = Record::new(id("record-6"), id(ACME), 6, vec![Entry::new(cause, vec![removal])]);
    let silent = silent.after(id("record-5")).at(record.time().unwrap());
    let place = Place { organization: r#""acme-corp""#.into(), record: 6, entry: 0 };
    let mut follower = emptied();
    assert_eq!(follower.apply(&silent), Err(ApplyError::OtherEdits { place }));
    assert!(follower == emptied());
    follower.apply(&silent.by_policy(Record::<String>::POLICY - 1)).unwrap();
    assert!(follower.project("shop").is_none());
}

/// With so many roles that a record could not say them all.
#[test]
fn a_project_whose_roles_are_larger_than_a_record_is_deleted_without_what_would_restore_it() {
    let mut rows = Directory::<u64>::builder();
    rows.organization(1).unwrap();
    rows.member(&1, 1, AccountKind::User, Role::Owner, None).unwrap();
    for project in [1, 2] {
        rows.project(project, &1, Visibility::Organization).unwrap();
    }
    for account in 2..11_002 {
        rows.member(&1, account, AccountKind::User, Role::Viewer, None).unwrap();
        rows.project_role(&1, Holder::Account(&account), ProjectRole::Developer).unwrap();
    }
    for account in 2..2_002 {
        rows.project_role(&2, Holder::Account(&account), ProjectRole::Developer).unwrap();
    }
    let mut directory = rows.build();
    let mut follower = directory.clone();
    let owner = SubjectId::new(&1);
    let restored = [1_u64, 2].map(|project| {
        let record = directory.change(100 + project, &owner, Change::delete_project(project)).unwrap();
        follower.apply(&record).unwrap();
        assert!(follower == directory);
        let [Edit::Remove { restore, .. }] = record.entries()[0].edits() else { panic!("{record:?}") };
        restore.as_ref().map(Vec::len)
    });
    assert_eq!(restored, [None, Some(2_001)]);
    assert!(directory.account(&7).unwrap().membership(&1).unwrap().project_roles().next().is_none());
}

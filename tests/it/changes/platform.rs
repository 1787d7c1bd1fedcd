//! What the platform itself may do and may not, one claim at a time; and whatever it does, the rows are sound.

mod generated;

use shipgate::change::{Cause, Change, ChangeError, Edit, MemberState, Platform, Record};
use shipgate::directory::EntityKind;
use shipgate::model::{NamespaceError, Permission};
use shipgate::{
    AccountKind, Action, AnyRole, ClusterAccess, Directory, Grant, Holder, ProjectRole, Protection, ResourceId, Role,
    RolePermissions, SubjectId, Time, Visibility,
};

use super::claims::{NOW, definition, directory, invite};
use crate::world::fresh::fresh;

const ACME: &str = "acme-corp";
const GLOBEX: &str = "globex";
const DEPLOY: Option<Grant<ClusterAccess>> = Some(Grant::new(ClusterAccess::Deploy));
const VIEWER: Option<Grant<ProjectRole>> = Some(Grant::new(ProjectRole::Viewer));

fn support() -> Platform<'static> {
    Platform::new("support", NOW)
}

/// Makes a change of the platform, which must be possible.
fn makes(directory: &mut Directory<String>, change: Change<String>) -> Record<String> {
    let said = format!("{change:?}");
    let proposed = directory.propose_as_platform(fresh(), change, support(), "ticket 4711");
    let record = proposed.unwrap_or_else(|error| panic!("{said}: {error:?}"));
    directory.apply(&record).unwrap_or_else(|error| panic!("{said}: {error:?}"));
    record
}

fn refused(directory: &Directory<String>, change: Change<String>) -> ChangeError {
    let said = format!("{change:?}");
    match directory.propose_as_platform(fresh(), change, support(), "ticket 4711") {
        Ok(record) => panic!("{said}: {record:?}"),
        Err(error) => error,
    }
}

/// The directory of the claims, and in globex something of each kind.
fn both() -> Directory<String> {
    let mut directory = directory();
    for change in [
        Change::create_role(GLOBEX, "guest", definition(Role::Viewer, &[Permission::View])),
        Change::create_team(GLOBEX, "night"),
        Change::connect_cluster(GLOBEX, "swarm", Visibility::Organization),
        Change::create_environment("secret-dev", "secret", "swarm", "secret", Protection::NONE),
    ] {
        makes(&mut directory, change);
    }
    directory
}

#[test]
fn what_the_platform_names_must_exist() {
    let (directory, permissions) = (directory(), RolePermissions::new([Permission::View]).unwrap());
    let custom = || AnyRole::Custom("nothing".to_owned());
    for (kind, change) in [
        (EntityKind::Organization, Change::update_organization("nothing")),
        (EntityKind::Organization, Change::delete_organization("nothing")),
        (EntityKind::Organization, Change::invite_member("nothing", "bob", AccountKind::User, Role::Viewer, None)),
        (EntityKind::Organization, Change::remove_member("nothing", "alice")),
        (EntityKind::Organization, Change::create_team("nothing", "night")),
        (EntityKind::Role, Change::invite_member(ACME, "bob", AccountKind::User, custom(), None)),
        (EntityKind::Role, Change::change_role(ACME, "alice", custom())),
        (EntityKind::Role, Change::update_role("nothing", permissions)),
        (EntityKind::Role, Change::delete_role("nothing")),
        (EntityKind::Team, Change::update_team("nothing")),
        (EntityKind::Team, Change::delete_team("nothing")),
        (EntityKind::Team, Change::add_to_team("nothing", "alice")),
        (EntityKind::Team, Change::set_cluster_access("us-east", Holder::Team("nothing"), DEPLOY)),
        (EntityKind::Team, Change::set_project_role("shop", Holder::Team("nothing"), VIEWER)),
        (EntityKind::Cluster, Change::set_cluster_access("nothing", Holder::Account("alice"), DEPLOY)),
        (EntityKind::Cluster, Change::update_cluster("nothing", None)),
        (EntityKind::Cluster, Change::disconnect_cluster("nothing")),
        (EntityKind::Cluster, Change::retarget("shop-dev", "nothing", None)),
        (EntityKind::Cluster, Change::create_environment("new", "shop", "nothing", "new", Protection::NONE)),
        (EntityKind::Project, Change::set_project_role("nothing", Holder::Account("alice"), VIEWER)),
        (EntityKind::Project, Change::update_project("nothing", None)),
        (EntityKind::Project, Change::delete_project("nothing")),
        (EntityKind::Project, Change::create_environment("new", "nothing", "us-east", "new", Protection::NONE)),
        (EntityKind::Environment, Change::update_environment("nothing")),
        (EntityKind::Environment, Change::retarget("nothing", "us-east", None)),
        (EntityKind::Environment, Change::delete_environment("nothing")),
        (EntityKind::Environment, Change::set_protection("nothing", Protection::NONE)),
    ] {
        let said = format!("{change:?}");
        let expected = ChangeError::Unknown { kind, id: r#""nothing""#.into() };
        assert_eq!(refused(&directory, change), expected, "{said}");
    }
}

#[test]
fn what_the_platform_names_belongs_to_one_organization() {
    let directory = both();
    let custom = || AnyRole::Custom("guest".to_owned());
    for (kind, id, change) in [
        (EntityKind::Role, "guest", Change::invite_member(ACME, "bob", AccountKind::User, custom(), None)),
        (EntityKind::Role, "guest", Change::change_role(ACME, "alice", custom())),
        (EntityKind::Team, "night", Change::set_cluster_access("us-east", Holder::Team("night"), DEPLOY)),
        (EntityKind::Team, "night", Change::set_project_role("shop", Holder::Team("night"), VIEWER)),
        (EntityKind::Cluster, "swarm", Change::retarget("shop-dev", "swarm", None)),
        (EntityKind::Cluster, "swarm", Change::create_environment("new", "shop", "swarm", "new", Protection::NONE)),
    ] {
        let said = format!("{change:?}");
        assert_eq!(refused(&directory, change), ChangeError::Foreign { kind, id: format!("{id:?}") }, "{said}");
    }
}

#[test]
fn whom_the_platform_changes_is_a_member() {
    let (directory, to) = (directory(), Role::Viewer);
    // mallory is a member of globex, and nobody knows erin.
    for account in ["mallory", "erin"] {
        for change in [
            Change::change_role(ACME, account, to),
            Change::set_expiry(ACME, account, None),
            Change::remove_member(ACME, account),
            Change::add_to_team("on-call", account),
            Change::remove_from_team("on-call", account),
            Change::set_cluster_access("us-east", Holder::Account(account), DEPLOY),
            Change::set_cluster_access("us-east", Holder::Account(account), None),
            Change::set_project_role("shop", Holder::Account(account), VIEWER),
        ] {
            let said = format!("{change:?}");
            let (account, organization) = (format!("{account:?}"), format!("{ACME:?}"));
            assert_eq!(refused(&directory, change), ChangeError::NotAMember { account, organization }, "{said}");
        }
    }
}

#[test]
fn the_platform_deletes_nothing_that_is_in_use() {
    let mut directory = directory();
    for (kind, id, change) in [
        (EntityKind::Role, "auditor", Change::delete_role("auditor")),
        (EntityKind::Team, "on-call", Change::delete_team("on-call")),
        (EntityKind::Project, "shop", Change::delete_project("shop")),
        (EntityKind::Cluster, "us-east", Change::disconnect_cluster("us-east")),
    ] {
        assert_eq!(refused(&directory, change), ChangeError::NotEmpty { kind, id: format!("{id:?}") });
    }
    for change in [
        Change::change_role(ACME, "victor", Role::Viewer),
        Change::remove_from_team("on-call", "alice"),
        Change::delete_environment("shop-dev"),
        Change::delete_environment("vault-dev"),
        Change::delete_role("auditor"),
        Change::delete_team("on-call"),
        Change::delete_project("shop"),
        Change::disconnect_cluster("us-east"),
    ] {
        makes(&mut directory, change);
    }
    assert!(directory.role("auditor").is_none() && directory.team("on-call").is_none());
    assert!(directory.project("shop").is_none() && directory.cluster("us-east").is_none());
}

#[test]
fn the_platform_is_bound_by_ids_namespaces_and_kinds() {
    let directory = both();
    let taken = |kind, id: &str| ChangeError::Taken { kind, id: format!("{id:?}") };
    let create =
        |id: &str, namespace: &str| Change::create_environment(id, "shop", "us-east", namespace, Protection::NONE);
    let auditor = definition(Role::Viewer, &[Permission::View]);
    let in_use = || ChangeError::NamespaceTaken { namespace: r#""vault""#.into(), cluster: r#""us-east""#.into() };
    let member = || (r#""alice""#.to_owned(), format!("{ACME:?}"));
    let place = |account: &str| (format!("{account:?}"), r#""on-call""#.to_owned());
    for (change, expected) in [
        (Change::create_role(ACME, "guest", auditor), taken(EntityKind::Role, "guest")),
        (Change::create_team(ACME, "night"), taken(EntityKind::Team, "night")),
        (Change::create_project(ACME, "secret", Visibility::Members), taken(EntityKind::Project, "secret")),
        (Change::connect_cluster(ACME, "swarm", Visibility::Members), taken(EntityKind::Cluster, "swarm")),
        (create("secret-dev", "new"), taken(EntityKind::Environment, "secret-dev")),
        (create("new", "vault"), in_use()),
        (create("new", "Vault"), ChangeError::Namespace(NamespaceError)),
        (Change::retarget("shop-dev", "us-east", Some("vault".into())), in_use()),
        (Change::retarget("shop-dev", "us-east", Some(String::new())), ChangeError::Namespace(NamespaceError)),
        (invite("alice", AccountKind::User, Role::Viewer), {
            let (account, organization) = member();
            ChangeError::AlreadyMember { account, organization }
        }),
        (Change::add_to_team("on-call", "alice"), {
            let (account, team) = place("alice");
            ChangeError::AlreadyInTeam { account, team }
        }),
        (Change::remove_from_team("on-call", "carol"), {
            let (account, team) = place("carol");
            ChangeError::NotInTeam { account, team }
        }),
        (
            invite("robot", AccountKind::User, Role::Viewer),
            ChangeError::OtherKind { account: r#""robot""#.into(), present: AccountKind::Service },
        ),
        (invite("bot", AccountKind::Service, Role::Owner), ChangeError::ServiceOwner),
        (Change::change_role(GLOBEX, "robot", Role::Owner), ChangeError::ServiceOwner),
        (Change::set_expiry(ACME, "alice", Some(Time::MAX)), ChangeError::Time),
        (Change::transfer_ownership(ACME, "alice"), ChangeError::NeedsMember),
    ] {
        let said = format!("{change:?}");
        assert_eq!(refused(&directory, change), expected, "{said}");
    }
    let admins = RolePermissions::new([Permission::View, Permission::ManageClusters]).unwrap();
    let beyond = refused(&directory, Change::update_role("auditor", admins));
    assert!(matches!(beyond, ChangeError::Role(_)), "a Viewer's role has no permission of an Admin: {beyond:?}");
    let late = Platform::new("support", Time::MAX);
    let update = directory.propose_as_platform(fresh(), Change::update_team("on-call"), late, "why");
    assert_eq!(update, Err(ChangeError::Time));
}

#[test]
fn the_platform_takes_the_last_owner_only_where_it_says_so() {
    let takes = |directory: &mut Directory<String>, change: &Change<String>| {
        assert_eq!(refused(directory, change.clone()), ChangeError::LastOwner, "{change:?}");
        let platform = support().even_the_last_owner();
        let record = directory.propose_as_platform(fresh(), change.clone(), platform, "ticket 4711").unwrap();
        directory.apply(&record).unwrap();
        assert_eq!(directory.organization(ACME).unwrap().owners(), 0);
    };
    for change in [
        Change::remove_member(ACME, "olivia"),
        Change::set_expiry(ACME, "olivia", Some(Time::from_millis(9_000))),
        Change::change_role(ACME, "olivia", Role::Admin),
        Change::change_role(ACME, "olivia", AnyRole::Custom("auditor".to_owned())),
    ] {
        takes(&mut directory(), &change);
        // One of two is not the last.
        let mut directory = directory();
        makes(&mut directory, invite("oscar", AccountKind::User, Role::Owner));
        makes(&mut directory, change);
        assert_eq!(directory.organization(ACME).unwrap().owners(), 1);
    }
    let mut directory = directory();
    for change in [
        Change::change_role(ACME, "olivia", Role::Owner),
        Change::set_expiry(ACME, "olivia", None),
        Change::remove_member(ACME, "carol"),
    ] {
        makes(&mut directory, change);
    }
    assert_eq!(directory.organization(ACME).unwrap().owners(), 1);
    makes(&mut directory, Change::delete_organization(ACME));
    assert!(directory.organization(ACME).is_none(), "its Owner goes with it");
}

#[test]
fn an_organization_without_an_owner_is_recovered() {
    let mut directory = directory();
    let platform = support().even_the_last_owner();
    let last = directory.propose_as_platform(fresh(), Change::remove_member(ACME, "olivia"), platform, "she left");
    directory.apply(&last.unwrap()).unwrap();
    let invites = |directory: &Directory<String>, who: &str| {
        directory.propose(fresh(), &SubjectId::new(who).at(NOW), invite("oscar", AccountKind::User, Role::Owner))
    };
    assert!(matches!(invites(&directory, "carol"), Err(ChangeError::Denied(_))), "an Admin makes no Owner");
    makes(&mut directory, Change::change_role(ACME, "carol", Role::Owner));
    let record = invites(&directory, "carol").unwrap();
    directory.apply(&record).unwrap();
    assert_eq!(directory.organization(ACME).unwrap().owners(), 2);
}

#[test]
fn a_member_who_is_suspended_may_nothing_and_finds_everything_again() {
    let mut directory = directory();
    let before = directory.rows();
    let may = |directory: &Directory<String>| {
        directory.decide(&SubjectId::new("alice").at(NOW), Action::Deploy, ResourceId::Cluster("us-east")).is_allowed()
    };
    assert!(may(&directory));
    let record = makes(&mut directory, Change::set_expiry(ACME, "alice", Some(NOW)));
    assert!(!may(&directory));
    let membership = directory.account("alice").unwrap().membership(ACME).unwrap();
    assert_eq!((membership.cluster_accesses().len(), membership.teams().len()), (2, 1), "the grants stay");

    // What to lift it to is in the record.
    let [Edit::Member { from: Some(MemberState { expires_at, .. }), .. }] = record.entries()[0].edits() else {
        panic!("{record:?}")
    };
    makes(&mut directory, Change::set_expiry(ACME, "alice", *expires_at));
    assert!(may(&directory));
    assert_eq!(directory.rows(), before);
}

#[test]
fn an_account_is_removed_everywhere_with_a_record_for_each_organization() {
    let mut directory = directory();
    makes(&mut directory, Change::invite_member(GLOBEX, "alice", AccountKind::User, Role::Admin, None));
    let before = directory.clone();
    let ids = |organization: &String| format!("{organization}, removal");
    let records = directory.propose_account_removal(&"alice".to_owned(), support(), "she left", ids).unwrap();
    assert!(directory == before, "only proposed");
    let named: Vec<_> = records.iter().map(|record| (record.organization().as_str(), record.id().as_str())).collect();
    assert_eq!(named, [(ACME, "acme-corp, removal"), (GLOBEX, "globex, removal")]);
    assert!(records.iter().all(|record| record.reason() == Some("she left") && record.time() == Some(NOW)));
    for record in &records {
        directory.apply(record).unwrap();
    }
    assert!(directory.account("alice").is_none());
    assert_eq!(directory.team("on-call").unwrap().members(), 0);
    assert_eq!(directory.propose_account_removal(&"alice".to_owned(), support(), "again", ids), Ok(Vec::new()));
}

#[test]
fn an_account_that_is_the_last_owner_of_one_organization_is_removed_from_none() {
    let mut directory = directory();
    makes(&mut directory, Change::invite_member(ACME, "mallory", AccountKind::User, Role::Viewer, None));
    let remove = |directory: &Directory<String>, platform| {
        directory.propose_account_removal(&"mallory".to_owned(), platform, "she left", |_| fresh())
    };
    assert_eq!(remove(&directory, support()), Err(ChangeError::LastOwner));
    assert_eq!(remove(&directory, support().even_the_last_owner()).unwrap().len(), 2);
}

#[test]
fn what_the_platform_does_is_recorded_as_its_own() {
    let mut directory = directory();
    let record = makes(&mut directory, Change::remove_member(ACME, "carol"));
    assert_eq!((record.time(), record.reason(), record.revision()), (Some(NOW), Some("ticket 4711"), 1));
    let [entry] = record.entries() else { panic!("{record:?}") };
    assert_eq!((entry.token(), entry.service_token()), (None, None));
    let by = "support".to_owned();
    assert_eq!(*entry.cause(), Cause::Platform { by, change: Change::remove_member(ACME, "carol") });
    assert_eq!(directory.revision(ACME), Some(1));
}

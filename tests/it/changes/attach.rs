//! What attaching and detaching an organization do and refuse, one claim at a time.

use shipgate::change::{ApplyError, AttachError, Change};
use shipgate::directory::{
    ClusterRow, EntityKind, EnvironmentRow, LoadError, OrganizationRow, ProjectRow, RoleRow, Rows, TeamRow,
};
use shipgate::model::Permission;
use shipgate::{AccountKind, Directory, Protection, Role, Visibility};

use super::claims::{definition, directory, invite, olivia};
use super::rows::{alone, rows_of};

const ACME: &str = "acme-corp";
const GLOBEX: &str = "globex";

fn rows(organization: &str) -> Rows<String> {
    rows_of(&directory(), &organization.to_owned())
}

/// Attaches rows that do not fit. Nothing changes.
fn refused(directory: &mut Directory<String>, rows: &Rows<String>) -> AttachError {
    let before = directory.clone();
    let error = directory.attach(rows, 7, Some("record-7".into())).unwrap_err();
    assert!(*directory == before, "refused, yet something changed: {error}");
    error
}

#[test]
fn an_organization_that_is_attached_again_is_replaced_as_a_whole() {
    let mut directory = directory();
    let fresh = directory.clone();
    directory.change("record-1".into(), &olivia(), Change::remove_member(ACME, "alice")).unwrap();
    directory.change("record-2".into(), &olivia(), Change::delete_environment("vault-dev")).unwrap();
    directory.change("record-3".into(), &olivia(), invite("dana", AccountKind::Service, Role::Viewer)).unwrap();
    directory.attach(&rows(ACME), 7, Some("record-7".into())).unwrap();
    assert_eq!(directory.rows(), fresh.rows());
    assert_eq!((directory.revision(ACME), directory.last_record(ACME)), (Some(7), Some(&"record-7".to_owned())));
    assert_eq!(directory.revision(GLOBEX), Some(0), "the other one is where it was");
    assert!(directory.account("dana").is_none(), "a member of nothing is not kept");

    // An organization may have no record yet.
    directory.attach(&rows(ACME), 0, None).unwrap();
    assert!(directory == fresh);
}

#[test]
fn rows_of_no_organization_or_of_several_are_refused() {
    let mut empty = Directory::<String>::new();
    assert_eq!(refused(&mut empty, &Rows::default()), AttachError::NotOne { organizations: 0 });
    assert_eq!(refused(&mut empty, &directory().rows()), AttachError::NotOne { organizations: 2 });
}

#[test]
fn a_revision_and_the_id_of_its_record_come_together() {
    let mut empty = Directory::<String>::new();
    assert_eq!(empty.attach(&rows(ACME), 1, None), Err(AttachError::NoRecord));
    assert_eq!(empty.attach(&rows(ACME), 0, Some("record-1".into())), Err(AttachError::NoRevision));
    assert!(empty == Directory::new());
}

#[test]
fn rows_that_contradict_each_other_are_refused() {
    let mut contradicting = rows(ACME);
    contradicting.teams.clear();
    let error = refused(&mut directory(), &contradicting);
    assert!(matches!(&error, AttachError::Rows(LoadError { .. })), "{error:?}");
    assert_eq!(error.to_string(), Directory::try_from(contradicting).unwrap_err().to_string());
}

#[test]
fn an_account_of_another_kind_than_elsewhere_is_refused() {
    // robot is a service account of globex.
    let mut contradicting = rows(ACME);
    let mut robot = contradicting.members[0].clone();
    (robot.account, robot.kind) = ("robot".into(), AccountKind::User);
    contradicting.members.push(robot);
    let (present, kind) = (AccountKind::Service, AccountKind::User);
    let expected = AttachError::OtherKind { account: r#""robot""#.into(), present, kind };
    assert_eq!(refused(&mut directory(), &contradicting), expected);
    // Without globex nothing is known of robot, and the same rows fit.
    let mut without = alone(&directory(), &ACME.to_owned());
    without.attach(&contradicting, 7, Some("record-7".into())).unwrap();
}

#[test]
fn what_another_organization_has_is_taken() {
    let (id, organization, visibility) = (String::from, || ACME.to_owned(), Visibility::Organization);
    // Of each kind, one that globex has.
    let mut directory = directory();
    let mut globex = rows(GLOBEX);
    let taken = definition(Role::Viewer, &[Permission::View]);
    globex.roles = vec![RoleRow { id: id("guest"), organization: id(GLOBEX), definition: taken }];
    globex.teams = vec![TeamRow { id: id("night"), organization: id(GLOBEX) }];
    let swarm = ClusterRow { id: id("swarm"), organization: id(GLOBEX), orchestrator: None, visibility };
    globex.clusters = vec![swarm];
    globex.environments = vec![EnvironmentRow {
        id: id("secret-dev"),
        project: id("secret"),
        cluster: id("swarm"),
        namespace: id("secret"),
        protection: Protection::NONE,
    }];
    directory.attach(&globex, 1, Some(id("record-1"))).unwrap();

    let with = |add: &dyn Fn(&mut Rows<String>)| {
        let mut rows = rows(ACME);
        add(&mut rows);
        rows
    };
    let environment = |id: &str, project: &str, cluster: &str| EnvironmentRow {
        id: id.into(),
        project: project.into(),
        cluster: cluster.into(),
        namespace: "another".into(),
        protection: Protection::NONE,
    };
    let role = || RoleRow { id: id("guest"), organization: organization(), definition: taken };
    let cluster = || ClusterRow { id: id("swarm"), organization: organization(), orchestrator: None, visibility };
    for (kind, name, rows) in [
        (EntityKind::Role, "guest", with(&|rows| rows.roles.push(role()))),
        (
            EntityKind::Team,
            "night",
            with(&|rows| rows.teams.push(TeamRow { id: id("night"), organization: organization() })),
        ),
        (
            EntityKind::Project,
            "secret",
            with(&|rows| {
                rows.projects.push(ProjectRow { id: id("secret"), organization: organization(), visibility });
            }),
        ),
        (EntityKind::Cluster, "swarm", with(&|rows| rows.clusters.push(cluster()))),
        (
            EntityKind::Environment,
            "secret-dev",
            with(&|rows| {
                rows.environments.push(environment("secret-dev", "shop", "us-east"));
            }),
        ),
    ] {
        let expected = AttachError::Taken { kind, id: format!("{name:?}") };
        assert_eq!(refused(&mut directory, &rows), expected);
    }
}

#[test]
fn an_organization_that_is_detached_is_not_there_and_comes_back_as_it_was() {
    let mut directory = directory();
    directory.change("record-1".into(), &olivia(), invite("mallory", AccountKind::User, Role::Viewer)).unwrap();
    let (before, rows) = (directory.clone(), rows_of(&directory, &ACME.to_owned()));
    let record = directory.propose("record-2".into(), &olivia(), Change::remove_member(ACME, "alice")).unwrap();

    directory.detach(&"initech".to_owned());
    assert!(directory == before, "there is no such organization");
    directory.detach(&ACME.to_owned());
    assert_eq!(directory.rows(), rows_of(&before, &GLOBEX.to_owned()));
    assert_eq!((directory.revision(ACME), directory.last_record(ACME)), (None, None));
    assert!(directory.account("olivia").is_none() && directory.cluster("us-east").is_none());
    let mallory = directory.account("mallory").unwrap();
    assert_eq!(mallory.memberships().len(), 1, "she is still a member of globex");
    assert!(matches!(directory.apply(&record), Err(ApplyError::NotLoaded { record: 2, .. })));

    directory.attach(&rows, 1, Some("record-1".into())).unwrap();
    assert!(directory == before);
    directory.apply(&record).unwrap();
    directory.detach(&ACME.to_owned());
    directory.detach(&GLOBEX.to_owned());
    assert!(directory == Directory::new());
}

#[test]
fn an_organization_that_was_deleted_is_attached_again_from_its_rows() {
    let mut directory = directory();
    let before = directory.clone();
    let record = directory.change("record-1".into(), &olivia(), Change::delete_organization(ACME)).unwrap();
    assert_eq!(record.edits().count(), 1);
    directory.attach(&rows(ACME), 0, None).unwrap();
    assert!(directory == before);
    let empty = Rows { organizations: vec![OrganizationRow { id: "initech".into() }], ..Rows::default() };
    directory.attach(&empty, 0, None).unwrap();
    assert_eq!(directory.organizations().len(), 3);
}

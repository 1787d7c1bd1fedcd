//! Rows: in and out of a directory, of a document, and what is said of a row that does not fit.

use proptest::prelude::*;
use shipgate::change::Change;
use shipgate::directory::{
    AccountRow, ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow,
    Rows, TableName,
};
use shipgate::model::Orchestrator;
use shipgate::{AccountKind, ClusterAccess, Directory, ProjectRole, Protection, Role, SubjectId, Time, Visibility};

use crate::kit::rows;

/// Generated rows, with what their facts never have: namespaces, orchestrators and expiries that can be written.
fn whole_rows() -> impl Strategy<Value = Rows<u64>> {
    rows().prop_map(|mut rows| {
        for environment in &mut rows.environments {
            environment.namespace = (environment.id % 2 == 0).then(|| format!("namespace-{}", environment.id));
        }
        for (cluster, orchestrator) in rows.clusters.iter_mut().zip(Orchestrator::ALL) {
            cluster.orchestrator = Some(orchestrator);
        }
        let writable = |expiry: Option<Time>| expiry.map(|expiry| Time::from_millis(expiry.as_millis() & 3));
        rows.members.iter_mut().for_each(|row| row.expires_at = writable(row.expires_at));
        rows.cluster_access.iter_mut().for_each(|row| row.expires_at = writable(row.expires_at));
        rows.project_roles.iter_mut().for_each(|row| row.expires_at = writable(row.expires_at));
        rows
    })
}

proptest! {
    #[test]
    fn a_directory_gives_back_the_rows_that_it_was_made_of(rows in whole_rows()) {
        let directory = Directory::try_from(&rows).unwrap();
        prop_assert_eq!(directory.revision(), 0);
        prop_assert_eq!(directory.rows(), rows);
    }

    #[test]
    fn the_order_of_rows_does_not_matter(rows in whole_rows()) {
        let mut reversed = rows.clone();
        reversed.accounts.reverse();
        reversed.organizations.reverse();
        reversed.members.reverse();
        reversed.clusters.reverse();
        reversed.cluster_access.reverse();
        reversed.projects.reverse();
        reversed.project_roles.reverse();
        reversed.environments.reverse();
        prop_assert!(Directory::try_from(&reversed).unwrap() == Directory::try_from(&rows).unwrap());
        reversed.sort();
        prop_assert_eq!(reversed, rows);
    }

    #[test]
    fn ids_are_mapped_in_every_row_and_back(rows in whole_rows()) {
        let named = rows.clone().map_ids(|id| format!("id-{id}"));
        prop_assert!(Directory::try_from(&named).is_ok());
        let back = named.map_ids(|name| name.trim_start_matches("id-").parse().unwrap());
        prop_assert_eq!(back, rows);
    }
}

#[cfg(feature = "authzen")]
proptest! {
    #[test]
    fn rows_come_back_from_their_document(rows in whole_rows()) {
        let document = serde_json::to_string(&rows).unwrap();
        prop_assert_eq!(Rows::from_json(&document), Ok(rows.clone()));
        prop_assert_eq!(&serde_json::from_str::<Rows<u64>>(&document).unwrap(), &rows);
        prop_assert!(Directory::<u64>::from_json(&document).unwrap() == Directory::try_from(&rows).unwrap());
    }
}

/// One row in each table.
fn acme() -> Rows<u64> {
    Rows {
        accounts: vec![AccountRow { id: 7, kind: AccountKind::User }],
        organizations: vec![OrganizationRow { id: 1 }],
        members: vec![MemberRow { organization: 1, account: 7, role: Role::Owner, expires_at: None }],
        clusters: vec![ClusterRow { id: 20, organization: 1, orchestrator: Some(Orchestrator::Swarm) }],
        cluster_access: vec![ClusterAccessRow {
            cluster: 20,
            account: 7,
            level: ClusterAccess::View,
            expires_at: None,
        }],
        projects: vec![ProjectRow { id: 30, organization: 1, visibility: Visibility::Members }],
        project_roles: vec![ProjectRoleRow { project: 30, account: 7, role: ProjectRole::Admin, expires_at: None }],
        environments: vec![EnvironmentRow {
            id: 40,
            project: 30,
            cluster: 20,
            namespace: Some("shop".into()),
            protection: Protection::LOCKED,
        }],
    }
}

/// A change to rows that load.
type Edit = fn(&mut Rows<u64>);

/// What is spoilt in the rows, the table and what is said of it.
fn dangling() -> Vec<(Edit, TableName, &'static str)> {
    const NO_ORGANIZATION: &str = r#"organization "9" does not exist: add it first, or name one that does"#;
    const NO_CLUSTER: &str = r#"cluster "9" does not exist: add it first, or name one that does"#;
    const NO_PROJECT: &str = r#"project "9" does not exist: add it first, or name one that does"#;
    const NO_MEMBER: &str = r#"account "9" is not a member of "1""#;
    vec![
        (|rows| rows.members[0].organization = 9, TableName::Members, NO_ORGANIZATION),
        (|rows| rows.clusters[0].organization = 9, TableName::Clusters, NO_ORGANIZATION),
        (|rows| rows.projects[0].organization = 9, TableName::Projects, NO_ORGANIZATION),
        (|rows| rows.cluster_access[0].cluster = 9, TableName::ClusterAccess, NO_CLUSTER),
        (|rows| rows.cluster_access[0].account = 9, TableName::ClusterAccess, NO_MEMBER),
        (|rows| rows.project_roles[0].project = 9, TableName::ProjectRoles, NO_PROJECT),
        (|rows| rows.project_roles[0].account = 9, TableName::ProjectRoles, NO_MEMBER),
        (|rows| rows.environments[0].project = 9, TableName::Environments, NO_PROJECT),
        (|rows| rows.environments[0].cluster = 9, TableName::Environments, NO_CLUSTER),
    ]
}

#[test]
fn a_row_that_refers_to_nothing_is_named() {
    assert!(Directory::try_from(acme()).is_ok());
    for (spoil, table, message) in dangling() {
        let mut rows = acme();
        spoil(&mut rows);
        let error = Directory::try_from(&rows).unwrap_err();
        assert_eq!((error.table(), error.row(), error.error().to_string().as_str()), (table, 0, message));
        assert_eq!(error.to_string(), format!("{table}[0]: {message}"));
    }
}

#[cfg(feature = "authzen")]
#[test]
fn rows_that_refer_to_nothing_are_not_written() {
    assert!(serde_json::to_string(&acme()).is_ok());
    for (spoil, table, message) in dangling() {
        let mut rows = acme();
        spoil(&mut rows);
        assert_eq!(serde_json::to_string(&rows).unwrap_err().to_string(), format!("{table}[0]: {message}"));
    }
}

#[test]
fn the_row_that_repeats_another_is_named() {
    let repeats: [(Edit, TableName); 8] = [
        (|rows| rows.accounts.push(rows.accounts[0].clone()), TableName::Accounts),
        (|rows| rows.organizations.push(rows.organizations[0].clone()), TableName::Organizations),
        (|rows| rows.members.push(rows.members[0].clone()), TableName::Members),
        (|rows| rows.clusters.push(rows.clusters[0].clone()), TableName::Clusters),
        (|rows| rows.cluster_access.push(rows.cluster_access[0].clone()), TableName::ClusterAccess),
        (|rows| rows.projects.push(rows.projects[0].clone()), TableName::Projects),
        (|rows| rows.project_roles.push(rows.project_roles[0].clone()), TableName::ProjectRoles),
        (|rows| rows.environments.push(rows.environments[0].clone()), TableName::Environments),
    ];
    for (repeat, table) in repeats {
        let mut rows = acme();
        repeat(&mut rows);
        let error = Directory::try_from(rows).unwrap_err();
        assert_eq!((error.table(), error.row()), (table, 1));
    }
}

/// A builder takes the same rows, at a revision.
#[test]
fn rows_are_loaded_at_a_revision() {
    let mut builder = Directory::builder();
    builder.rows(&acme()).unwrap();
    builder.at_revision(7);
    let directory = builder.build();
    assert_eq!((directory.revision(), directory.rows()), (7, acme()));
}

#[test]
fn what_runs_a_cluster_is_kept_by_what_is_undone_and_replayed() {
    let mut rows = acme();
    rows.environments.clear();
    let mut directory = Directory::try_from(&rows).unwrap();
    assert_eq!(directory.orchestrator(&20), Some(Orchestrator::Swarm));

    let olivia = SubjectId::new(&7);
    let failing = shipgate::change::Batch::new()
        .with(olivia, Change::disconnect_cluster(20_u64))
        .with(olivia, Change::remove_member(1_u64, 7_u64));
    assert!(directory.change_all(failing).is_err(), "the last owner stays");
    assert_eq!(directory.rows(), rows, "and so does the cluster");

    let mut follower = directory.clone();
    let record = directory.change(&olivia, Change::disconnect_cluster(20_u64)).unwrap();
    assert_eq!(directory.orchestrator(&20), None);
    assert_eq!(follower.replay(&record), Ok(()));
    assert!(follower == directory);
}

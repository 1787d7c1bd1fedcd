//! Rows: in and out of a directory, of a document, and what is said of a row that does not fit.

use proptest::prelude::*;
use shipgate::change::Change;
use shipgate::directory::{
    ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow, RoleRow,
    Rows, TableName, TeamMemberRow, TeamRow,
};
use shipgate::model::{Orchestrator, Permission};
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, Directory, Holder, ProjectRole, Protection, Role, RoleDefinition,
    RolePermissions, SubjectId, Time, Visibility,
};

use crate::kit::rows;
use crate::world::fresh::fresh;

/// Generated rows, with what their facts never have: orchestrators.
fn whole_rows() -> impl Strategy<Value = Rows<u64>> {
    rows().prop_map(|mut rows| {
        for (cluster, orchestrator) in rows.clusters.iter_mut().zip(Orchestrator::ALL) {
            cluster.orchestrator = Some(orchestrator);
        }
        rows
    })
}

proptest! {
    #[test]
    fn a_directory_gives_back_the_rows_that_it_was_made_of(rows in whole_rows()) {
        let directory = Directory::try_from(&rows).unwrap();
        prop_assert!(rows.organizations.iter().all(|row| directory.revision(&row.id) == Some(0)));
        prop_assert_eq!(directory.rows(), rows);
    }

    #[test]
    fn the_order_of_rows_does_not_matter(rows in whole_rows()) {
        let mut reversed = rows.clone();
        reversed.organizations.reverse();
        reversed.roles.reverse();
        reversed.members.reverse();
        reversed.teams.reverse();
        reversed.team_members.reverse();
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

/// Rows in each table: acme-corp, and globex without grants.
fn acme() -> Rows<u64> {
    let permissions = RolePermissions::new([Permission::View]).unwrap();
    let definition = RoleDefinition::new(Role::Viewer, permissions).unwrap();
    let member = |organization, account, role| MemberRow {
        organization,
        account,
        kind: AccountKind::User,
        role,
        expires_at: None,
    };
    let access = |holder| ClusterAccessRow { cluster: 20, holder, level: ClusterAccess::View, expires_at: None };
    let role = |holder| ProjectRoleRow { project: 30, holder, role: ProjectRole::Admin, expires_at: None };
    let (orchestrator, visibility) = (Some(Orchestrator::Swarm), Visibility::Members);
    Rows {
        organizations: vec![OrganizationRow { id: 1 }, OrganizationRow { id: 2 }],
        roles: vec![RoleRow { id: 50, organization: 1, definition }, RoleRow { id: 51, organization: 2, definition }],
        members: vec![
            member(1, 7, AnyRole::BuiltIn(Role::Owner)),
            member(1, 8, AnyRole::Custom(50)),
            member(2, 8, AnyRole::Custom(51)),
        ],
        teams: vec![TeamRow { id: 60, organization: 1 }, TeamRow { id: 61, organization: 2 }],
        team_members: vec![TeamMemberRow { team: 60, account: 8 }],
        clusters: vec![
            ClusterRow { id: 20, organization: 1, orchestrator, visibility },
            ClusterRow { id: 21, organization: 2, orchestrator: None, visibility },
        ],
        cluster_access: vec![access(Holder::Account(7)), access(Holder::Team(60))],
        projects: vec![ProjectRow { id: 30, organization: 1, visibility: Visibility::Members }],
        project_roles: vec![role(Holder::Account(7)), role(Holder::Team(60))],
        environments: vec![EnvironmentRow {
            id: 40,
            project: 30,
            cluster: 20,
            namespace: "shop".into(),
            protection: Protection::LOCKED,
        }],
    }
}

/// A change to rows that load.
type Edit = fn(&mut Rows<u64>);

/// What is spoilt in the rows, the table and what is said of it.
fn dangling() -> Vec<(Edit, TableName, &'static str)> {
    const NO_ORGANIZATION: &str = r#"organization "9" does not exist: add it first, or name one that does"#;
    const NO_ROLE: &str = r#"role "9" does not exist: add it first, or name one that does"#;
    const NO_TEAM: &str = r#"team "9" does not exist: add it first, or name one that does"#;
    const NO_CLUSTER: &str = r#"cluster "9" does not exist: add it first, or name one that does"#;
    const NO_PROJECT: &str = r#"project "9" does not exist: add it first, or name one that does"#;
    const NO_MEMBER: &str = r#"account "9" is not a member of "1""#;
    vec![
        (|rows| rows.roles[0].organization = 9, TableName::Roles, NO_ORGANIZATION),
        (|rows| rows.members[0].organization = 9, TableName::Members, NO_ORGANIZATION),
        (|rows| rows.members[0].role = AnyRole::Custom(9), TableName::Members, NO_ROLE),
        (|rows| rows.teams[0].organization = 9, TableName::Teams, NO_ORGANIZATION),
        (|rows| rows.team_members[0].team = 9, TableName::TeamMembers, NO_TEAM),
        (|rows| rows.team_members[0].account = 9, TableName::TeamMembers, NO_MEMBER),
        (|rows| rows.clusters[0].organization = 9, TableName::Clusters, NO_ORGANIZATION),
        (|rows| rows.projects[0].organization = 9, TableName::Projects, NO_ORGANIZATION),
        (|rows| rows.cluster_access[0].cluster = 9, TableName::ClusterAccess, NO_CLUSTER),
        (|rows| rows.cluster_access[0].holder = Holder::Account(9), TableName::ClusterAccess, NO_MEMBER),
        (|rows| rows.cluster_access[0].holder = Holder::Team(9), TableName::ClusterAccess, NO_TEAM),
        (|rows| rows.project_roles[0].project = 9, TableName::ProjectRoles, NO_PROJECT),
        (|rows| rows.project_roles[0].holder = Holder::Account(9), TableName::ProjectRoles, NO_MEMBER),
        (|rows| rows.project_roles[0].holder = Holder::Team(9), TableName::ProjectRoles, NO_TEAM),
        (|rows| rows.environments[0].project = 9, TableName::Environments, NO_PROJECT),
        (|rows| rows.environments[0].cluster = 9, TableName::Environments, NO_CLUSTER),
    ]
}

/// What is of two organizations, and what else cannot be.
fn contradicting() -> Vec<(Edit, TableName, &'static str)> {
    const FOREIGN_ROLE: &str =
        r#"role "51" is not one of "1": choose a built-in role, or a custom one of the same organization"#;
    const FOREIGN_TEAM: &str = r#"team "61" is not one of "1": choose a team of the same organization"#;
    const NOT_IN_GLOBEX: &str = r#"account "7" is not a member of "2""#;
    const FOREIGN_CLUSTER: &str = r#"cluster "21" is not one of "1": choose a cluster of the project's organization"#;
    const NO_NAMESPACE: &str = r#"namespace "Shop": a namespace is 1 to 63 lower-case letters, digits and `-`, begins and ends with a letter or a digit, and does not begin with `kube-`"#;
    const TOO_LATE: &str =
        "the expiry lies outside the years 0000 to 9999: leave it out for a grant that does not expire";
    vec![
        (|rows| rows.members[0].role = AnyRole::Custom(51), TableName::Members, FOREIGN_ROLE),
        (|rows| rows.members[0].expires_at = Some(Time::MAX), TableName::Members, TOO_LATE),
        (|rows| rows.team_members[0] = TeamMemberRow { team: 61, account: 7 }, TableName::TeamMembers, NOT_IN_GLOBEX),
        (|rows| rows.cluster_access[0].holder = Holder::Team(61), TableName::ClusterAccess, FOREIGN_TEAM),
        (|rows| rows.cluster_access[0].expires_at = Some(Time::MIN), TableName::ClusterAccess, TOO_LATE),
        (|rows| rows.project_roles[0].holder = Holder::Team(61), TableName::ProjectRoles, FOREIGN_TEAM),
        (|rows| rows.project_roles[0].expires_at = Some(Time::MAX), TableName::ProjectRoles, TOO_LATE),
        (|rows| rows.environments[0].cluster = 21, TableName::Environments, FOREIGN_CLUSTER),
        (|rows| rows.environments[0].namespace = "Shop".into(), TableName::Environments, NO_NAMESPACE),
    ]
}

#[test]
fn a_row_that_does_not_fit_is_named() {
    assert!(Directory::try_from(acme()).is_ok());
    for (spoil, table, message) in dangling().into_iter().chain(contradicting()) {
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
    let repeats: [(Edit, TableName); 10] = [
        (|rows| rows.organizations.push(rows.organizations[0].clone()), TableName::Organizations),
        (|rows| rows.roles.push(rows.roles[0].clone()), TableName::Roles),
        (|rows| rows.members.push(rows.members[0].clone()), TableName::Members),
        (|rows| rows.teams.push(rows.teams[0].clone()), TableName::Teams),
        (|rows| rows.team_members.push(rows.team_members[0].clone()), TableName::TeamMembers),
        (|rows| rows.clusters.push(rows.clusters[0].clone()), TableName::Clusters),
        (|rows| rows.cluster_access.push(rows.cluster_access[1].clone()), TableName::ClusterAccess),
        (|rows| rows.projects.push(rows.projects[0].clone()), TableName::Projects),
        (|rows| rows.project_roles.push(rows.project_roles[1].clone()), TableName::ProjectRoles),
        (|rows| rows.environments.push(rows.environments[0].clone()), TableName::Environments),
    ];
    for (repeat, table) in repeats {
        let mut rows = acme();
        repeat(&mut rows);
        let last = [
            rows.organizations.len(),
            rows.roles.len(),
            rows.members.len(),
            rows.teams.len(),
            rows.team_members.len(),
            rows.clusters.len(),
            rows.cluster_access.len(),
            rows.projects.len(),
            rows.project_roles.len(),
            rows.environments.len(),
        ][table.index()];
        let error = Directory::try_from(rows).unwrap_err();
        assert_eq!((error.table(), error.row()), (table, last - 1), "{error}");
    }
}

#[test]
fn a_row_with_another_kind_of_an_account_names_both() {
    let mut rows = acme();
    rows.members[2].kind = AccountKind::Service;
    let error = Directory::try_from(rows).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"members[2]: account "8" is of the kind user by another row, and of the kind service by this one: choose one"#
    );
}

/// A builder takes the same rows, at a revision.
#[test]
fn rows_are_loaded_at_a_revision() {
    let mut builder = Directory::builder();
    builder.rows(&acme()).unwrap();
    builder.at_revision(&1, 7, 107).unwrap();
    let directory = builder.build();
    assert_eq!((directory.revision(&1), directory.last_record(&1)), (Some(7), Some(&107)));
    assert_eq!(directory.rows(), acme());
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
    assert!(directory.change_all(fresh(), failing).is_err(), "the last owner stays");
    assert_eq!(directory.rows(), rows, "and so does the cluster");

    let mut follower = directory.clone();
    let record = directory.change(fresh(), &olivia, Change::disconnect_cluster(20_u64)).unwrap();
    assert_eq!(directory.orchestrator(&20), None);
    assert_eq!(follower.apply(&record), Ok(()));
    assert!(follower == directory);
}

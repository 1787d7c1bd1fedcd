//! After many changes, the tables have the rows of the directory, and what is read of them continues it.

use std::collections::BTreeMap;

use shipgate::change::{Cause, Edit, Removed};
use shipgate::directory::{EnvironmentRef, OrganizationRef, ProjectRef, Rows};
use shipgate::sql::{Columns, EnvironmentColumns, IdType, Table};
use shipgate::{Action, Directory, ResourceId, SubjectId};
use shipgate_sql::store::Commit;

use crate::database::{Database, in_partitions, in_postgres, in_sqlite};
use crate::random::{NOW, Random};

const CHANGES: usize = 10_000;

#[test]
fn in_sqlite_the_tables_have_the_rows_of_the_directory() {
    stores_changes(&mut in_sqlite());
}

#[test]
fn in_postgresql_the_tables_have_the_rows_of_the_directory() {
    if let Some(mut database) = in_postgres(IdType::Text) {
        stores_changes(&mut database);
    }
}

#[test]
fn in_postgresql_partitioned_tables_have_the_rows_of_the_directory() {
    if let Some(mut database) = in_partitions() {
        stores_changes(&mut database);
    }
}

fn stores_changes(database: &mut impl Database) {
    let mut random = Random::new(11);
    let (mut directory, mut follower) = (Directory::<String>::new(), Directory::<String>::new());
    let mut seen = BTreeMap::new();
    for number in 1..=CHANGES {
        let record = random.record(&mut directory);
        assert_eq!(database.commit(&record).unwrap(), Commit::Stored, "{record:?}");
        directory.apply(&record).unwrap();
        let stored = database.records_from(record.organization(), record.revision()).unwrap();
        assert_eq!(stored, std::slice::from_ref(&record));
        follower.apply(&stored[0]).unwrap();
        if record.entries().len() > 1 {
            *seen.entry("a batch").or_insert(0) += 1;
        }
        for entry in record.entries() {
            *seen.entry(cause(entry.cause())).or_insert(0) += 1;
            entry.edits().iter().filter_map(removal).for_each(|removal| *seen.entry(removal).or_insert(0) += 1);
        }
        if number % 500 == 0 {
            has_the_rows_of(database, &directory);
            assert_eq!(follower, directory);
            filters_select_what_is_allowed(database, &directory);
        }
    }
    println!("{seen:?}");
    assert_eq!(seen.len(), 8, "of everything that there is, something never happened: {seen:?}");
    assert!(seen.values().all(|count| *count >= 20), "something hardly ever happened: {seen:?}");
    assert_eq!(database.count(Table::Records), i64::try_from(CHANGES).unwrap());
}

fn cause(cause: &Cause<String>) -> &'static str {
    match cause {
        Cause::CreateOrganization { .. } => "a new organization",
        Cause::Change { .. } => "a change by a member",
        Cause::Platform { .. } => "a change by the platform",
    }
}

fn removal(edit: &Edit<String>) -> Option<&'static str> {
    match edit {
        Edit::Remove { removed: Removed::Organization, .. } => Some("a removed organization"),
        Edit::Remove { removed: Removed::Project(_), .. } => Some("a removed project"),
        Edit::Remove { removed: Removed::Cluster(_), .. } => Some("a removed cluster"),
        Edit::Remove { removed: Removed::Team(_), .. } => Some("a removed team"),
        _ => None,
    }
}

/// Reads all organizations, and compares them with the directory in every respect.
fn has_the_rows_of(database: &mut impl Database, directory: &Directory<String>) {
    let expected = directory.rows();
    let mut attached = Directory::new();
    let mut all = Rows::default();
    for organization in directory.organizations() {
        let loaded = database.load(organization.id()).unwrap();
        let mut sorted = loaded.rows.clone();
        sorted.sort();
        assert_eq!(loaded.rows, sorted, "the rows are in the order of their keys");
        attached.attach(&loaded.rows, loaded.revision, loaded.last_record).unwrap();
        add(&mut all, loaded.rows);
    }
    all.sort();
    assert_eq!(all, expected);
    assert_eq!(&attached, directory);
    assert_eq!(
        Table::ROWS.map(|table| database.count(table)),
        counts(&expected),
        "nothing is left of what was removed"
    );
    assert_eq!(database.ids(), ids(&expected));

    // Each in a directory of its own: an id may have belonged to one organization before it belonged to another.
    let known: Vec<_> = directory.organizations().map(|each| (each.id().clone(), 1)).collect();
    let mut followed = Directory::new();
    for stream in database.records_from_each(&known).unwrap().chunk_by(|a, b| a.organization() == b.organization()) {
        let mut alone = Directory::new();
        for record in stream {
            alone.apply(record).unwrap();
        }
        let organization = stream[0].organization();
        followed
            .attach(&alone.rows(), alone.revision(organization).unwrap(), alone.last_record(organization).cloned())
            .unwrap();
    }
    assert_eq!(&followed, directory);
}

/// With their default columns, filters select of the tables what they select of the directory.
fn filters_select_what_is_allowed<D: Database>(database: &mut D, directory: &Directory<String>) {
    let (columns, of_environments) = (Columns::default(), EnvironmentColumns::default());
    for organization in directory.organizations().map(OrganizationRef::id) {
        for member in directory.members_of(organization) {
            let subject = SubjectId::new(member.id()).at(NOW);
            let may = |action, resource| directory.decide(&subject, action, resource).is_allowed();

            let condition = directory.filter(&subject, Action::View, organization).projects();
            let expected = directory.projects_of(organization).map(ProjectRef::id);
            let expected = expected.filter(|id| may(Action::View, ResourceId::Project(id))).cloned();
            let selected = database.select(Table::Projects, &condition.sql(D::DIALECT, &columns, 0));
            assert_eq!(selected, expected.collect());

            let condition = directory.filter(&subject, Action::Deploy, organization).environments();
            let expected = directory.environments_of(organization).map(EnvironmentRef::id);
            let expected = expected.filter(|id| may(Action::Deploy, ResourceId::Environment(id))).cloned();
            let selected = database.select(Table::Environments, &condition.sql(D::DIALECT, &of_environments, 0));
            assert_eq!(selected, expected.collect());
        }
    }
}

fn add(rows: &mut Rows<String>, more: Rows<String>) {
    rows.organizations.extend(more.organizations);
    rows.roles.extend(more.roles);
    rows.members.extend(more.members);
    rows.teams.extend(more.teams);
    rows.team_members.extend(more.team_members);
    rows.clusters.extend(more.clusters);
    rows.cluster_access.extend(more.cluster_access);
    rows.projects.extend(more.projects);
    rows.project_roles.extend(more.project_roles);
    rows.environments.extend(more.environments);
}

fn counts(rows: &Rows<String>) -> [i64; 10] {
    [
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
    ]
    .map(|count| i64::try_from(count).unwrap())
}

/// The ids that are in use: the kind, the id and the organization.
fn ids(rows: &Rows<String>) -> Vec<[String; 3]> {
    let organizations: BTreeMap<_, _> = rows.projects.iter().map(|row| (&row.id, &row.organization)).collect();
    let mut ids = Vec::new();
    let mut add = |kind: &str, id: &String, organization: &String| {
        ids.push([kind.to_owned(), id.clone(), organization.clone()]);
    };
    rows.organizations.iter().for_each(|row| add("organization", &row.id, &row.id));
    rows.roles.iter().for_each(|row| add("role", &row.id, &row.organization));
    rows.teams.iter().for_each(|row| add("team", &row.id, &row.organization));
    rows.projects.iter().for_each(|row| add("project", &row.id, &row.organization));
    rows.clusters.iter().for_each(|row| add("cluster", &row.id, &row.organization));
    rows.environments.iter().for_each(|row| add("environment", &row.id, organizations[&row.project]));
    ids.sort();
    ids
}

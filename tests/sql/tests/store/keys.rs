//! Keys: a revision is taken once, an id belongs to one organization, and texts that look like one number are two ids.

use shipgate::change::{Change, Record};
use shipgate::sql::{Columns, IdType, Table};
use shipgate::{AccountKind, Action, Directory, Role, SubjectId, Visibility};
use shipgate_sql::store::Commit;

use crate::database::{Database, in_postgres, in_sqlite};

#[test]
fn in_sqlite_keys_refuse_what_is_there() {
    refuses_what_is_there(&mut in_sqlite());
}

#[test]
fn in_postgresql_keys_refuse_what_is_there() {
    if let Some(mut database) = in_postgres(IdType::Text) {
        refuses_what_is_there(&mut database);
    }
}

fn found(database: &mut impl Database, organization: &str) -> (Directory<String>, Commit) {
    let mut directory = Directory::new();
    let id = format!("{organization}-1");
    let owner = "olivia".to_owned();
    let record = directory.create_organization(id, organization.to_owned(), owner, AccountKind::User, None).unwrap();
    (directory, database.commit(&record).unwrap())
}

fn olivia(directory: &Directory<String>, id: &str, change: Change<String>) -> Record<String> {
    directory.propose(id.to_owned(), &SubjectId::new("olivia"), change).unwrap()
}

/// Two instances, each with one organization. Neither knows what the other has.
fn refuses_what_is_there(database: &mut impl Database) {
    let ((mut acme, first), (globex, second)) = (found(database, "acme-corp"), found(database, "globex"));
    assert_eq!([first, second], [Commit::Stored; 2]);
    assert_eq!(found(database, "acme-corp").1, Commit::Behind, "the first revision is there");

    // A project that another organization has.
    let shop = |organization: &str| Change::create_project(organization, "shop", Visibility::Organization);
    let record = olivia(&acme, "acme-corp-2", shop("acme-corp"));
    assert_eq!(database.commit(&record).unwrap(), Commit::Stored);
    acme.apply(&record).unwrap();
    assert_eq!(database.commit(&olivia(&globex, "globex-2", shop("globex"))).unwrap(), Commit::Taken);
    let loaded = database.load("globex").unwrap();
    assert_eq!((loaded.rows, loaded.revision), (globex.rows(), 1), "nothing of it is stored");
    // Each kind has ids of its own.
    let record = olivia(&globex, "globex-2", Change::create_team("globex", "shop"));
    assert_eq!(database.commit(&record).unwrap(), Commit::Stored);

    // Two changes of one revision.
    let invite = |account: &str| Change::invite_member("acme-corp", account, AccountKind::User, Role::Viewer, None);
    let ours = olivia(&acme, "acme-corp-3", invite("alice"));
    let theirs = olivia(&acme, "acme-corp-3b", invite("bob"));
    assert_eq!(database.commit(&theirs).unwrap(), Commit::Stored);
    assert_eq!(database.commit(&ours).unwrap(), Commit::Behind);
    for record in database.records_from("acme-corp", 3).unwrap() {
        acme.apply(&record).unwrap();
    }
    let ours = olivia(&acme, "acme-corp-4", invite("alice"));
    assert_eq!(database.commit(&ours).unwrap(), Commit::Stored);
    acme.apply(&ours).unwrap();

    // A deletion gives the ids back, but not the stream.
    let delete = olivia(&acme, "acme-corp-5", Change::delete_organization("acme-corp"));
    assert_eq!(database.commit(&delete).unwrap(), Commit::Stored);
    assert_eq!(found(database, "acme-corp").1, Commit::Behind);
    let mut globex = Directory::new();
    let loaded = database.load("globex").unwrap();
    globex.attach(&loaded.rows, loaded.revision, loaded.last_record).unwrap();
    assert_eq!(database.commit(&olivia(&globex, "globex-3", shop("globex"))).unwrap(), Commit::Stored);
}

#[test]
fn in_sqlite_texts_that_look_like_one_number_are_two_ids() {
    keeps_sevens_apart(&mut in_sqlite());
}

#[test]
fn in_postgresql_texts_that_look_like_one_number_are_two_ids() {
    if let Some(mut database) = in_postgres(IdType::Text) {
        keeps_sevens_apart(&mut database);
    }
}

fn keeps_sevens_apart<D: Database>(database: &mut D) {
    let directory = with_two_sevens(database);
    let selected = |database: &mut D, organization: &str| {
        let condition = directory.filter(&SubjectId::new("olivia"), Action::View, organization).projects();
        database.select(Table::Projects, &condition.sql(D::DIALECT, &Columns::default(), 0))
    };
    assert_eq!(selected(database, "007"), ["007".to_owned(), "7".to_owned()].into());
    assert_eq!(selected(database, "7"), [].into());
}

/// The organizations 7 and 007, of which the second has projects with these ids.
fn with_two_sevens(database: &mut impl Database) -> Directory<String> {
    let founded = ["7", "007"].map(|organization| found(database, organization).1);
    assert_eq!(founded, [Commit::Stored; 2]);
    let mut directory = Directory::new();
    let loaded = database.load("007").unwrap();
    directory.attach(&loaded.rows, loaded.revision, loaded.last_record).unwrap();
    for project in ["7", "007"] {
        let record = olivia(&directory, project, Change::create_project("007", project, Visibility::Organization));
        assert_eq!(database.commit(&record).unwrap(), Commit::Stored);
        directory.apply(&record).unwrap();
    }
    assert_eq!(database.load("007").unwrap().rows, directory.rows());
    assert_eq!(database.load("7").unwrap().rows.projects, []);
    directory
}

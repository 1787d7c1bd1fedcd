//! How many changes a second are stored in SQLite, and in PostgreSQL if `DATABASE_URL` names one.
//!
//! ```sh
//! cargo bench --manifest-path tests/sql/Cargo.toml
//! ```

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ::postgres::{Client, NoTls};
use rusqlite::Connection;
use shipgate::change::Change;
use shipgate::sql::{Dialect, IdType, schema};
use shipgate::{AccountKind, Directory, SubjectId, Visibility};
use shipgate_sql::postgres::Postgres;
use shipgate_sql::store::{Commit, Store};

/// How much is measured.
#[derive(Clone, Copy)]
struct Effort {
    /// How long the writers write.
    time: Duration,
    /// How many streams there are, where there are many.
    many: usize,
}

fn main() {
    // As a test it runs once, on little.
    let effort = if std::env::args().any(|argument| argument == "--bench") {
        Effort { time: Duration::from_secs(5), many: 500 }
    } else {
        Effort { time: Duration::from_millis(100), many: 5 }
    };
    in_sqlite(effort);
    match std::env::var("DATABASE_URL") {
        Ok(url) => in_postgresql(&url, effort),
        Err(_) => println!("PostgreSQL is skipped: no DATABASE_URL is given"),
    }
}

fn in_sqlite(effort: Effort) {
    let folder = std::env::temp_dir().join(format!("shipgate-commits-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for streams in [1, effort.many] {
        let path = folder.join(format!("{streams}.db"));
        let connection = || {
            let connection = Connection::open(&path).unwrap();
            connection.busy_timeout(Duration::from_secs(5)).unwrap();
            connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL").unwrap();
            connection
        };
        connection().execute_batch(&schema(Dialect::Sqlite, IdType::Text).join(";")).unwrap();
        measure("SQLite", connection, (streams, 1), effort.time);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

fn in_postgresql(url: &str, effort: Effort) {
    let connect = || Client::connect(url, NoTls).unwrap();
    let mut client = connect();
    for (streams, writers) in [(1, 1), (1, 16), (effort.many, 1), (effort.many, 16)] {
        client.batch_execute("DROP SCHEMA IF EXISTS commits CASCADE; CREATE SCHEMA commits").unwrap();
        client.batch_execute("SET search_path TO commits").unwrap();
        client.batch_execute(&schema(Dialect::Postgres, IdType::Text).join(";")).unwrap();
        let connection = || {
            let mut client = connect();
            client.batch_execute("SET search_path TO commits").unwrap();
            Postgres::new(client)
        };
        measure("PostgreSQL", connection, (streams, writers), effort.time);
    }
    client.batch_execute("DROP SCHEMA commits CASCADE").unwrap();
}

/// Writers that each change one stream after another: read what is new there, propose, commit. Who is second tries again.
fn measure<S: Store + Send>(
    name: &str,
    connection: impl Fn() -> S + Sync,
    (streams, writers): (usize, usize),
    time: Duration,
) {
    let mut store = connection();
    let mut founded = Directory::new();
    for organization in (0..streams).map(|number| format!("organization-{number}")) {
        let (id, owner) = (format!("{organization}-1"), "olivia".to_owned());
        let record = founded.create_organization(id, organization, owner, AccountKind::User, None).unwrap();
        assert_eq!(store.commit(&record).unwrap(), Commit::Stored);
    }
    let (stored, refused) = (AtomicU32::new(0), AtomicU32::new(0));
    let start = Instant::now();
    thread::scope(|scope| {
        for writer in 0..writers {
            let (mut store, mut directory) = (connection(), founded.clone());
            let (stored, refused) = (&stored, &refused);
            scope.spawn(move || {
                // Each writes at least once, however slow the machine is.
                for number in (0_usize..).take_while(|number| *number == 0 || start.elapsed() < time) {
                    // Each writer goes through all streams, from one of its own.
                    let organization = format!("organization-{}", (31 * writer + 7919 * number) % streams);
                    let project = format!("project-{writer}-{number}");
                    follow(&mut store, &mut directory, &organization);
                    while commit(&mut store, &mut directory, &organization, &project) == Commit::Behind {
                        refused.fetch_add(1, Ordering::Relaxed);
                        follow(&mut store, &mut directory, &organization);
                    }
                    stored.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert!(stored.load(Ordering::Relaxed) > 0, "{name}: nothing is stored");
    let rate = f64::from(stored.load(Ordering::Relaxed)) / start.elapsed().as_secs_f64();
    let refused = refused.load(Ordering::Relaxed);
    println!("{name}, {streams} streams, {writers} writers: {rate:.0} commits a second, {refused} refused");

    let organizations: Vec<_> = (0..streams).map(|number| format!("organization-{number}")).collect();
    let start = Instant::now();
    let known = organizations.iter().map(|organization| {
        let loaded = store.load(organization).unwrap();
        assert_eq!(loaded.rows.organizations.len(), 1);
        (organization.clone(), loaded.revision)
    });
    let known: Vec<_> = known.collect();
    println!("    loaded in {:?}", start.elapsed());
    for _ in 0..2 {
        let start = Instant::now();
        assert_eq!(store.records_from_each(&known).unwrap().len(), streams);
        println!("    a poll of {streams} streams: {:?}", start.elapsed());
    }
}

fn follow(store: &mut impl Store, directory: &mut Directory<String>, organization: &str) {
    let known = directory.revision(organization).unwrap();
    for record in store.records_from(organization, known + 1).unwrap() {
        directory.apply(&record).unwrap();
    }
}

fn commit(store: &mut impl Store, directory: &mut Directory<String>, organization: &str, project: &str) -> Commit {
    let create = Change::create_project(organization, project, Visibility::Organization);
    let record = directory.propose(format!("{project}-created"), &SubjectId::new("olivia"), create).unwrap();
    let outcome = store.commit(&record).unwrap();
    if outcome == Commit::Stored {
        directory.apply(&record).unwrap();
    }
    outcome
}

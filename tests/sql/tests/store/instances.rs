//! Two instances of a service over one database: neither answers what the log does not say.

use std::time::Duration;

use shipgate::change::{Change, ChangeError, Divergence, Follower, ProposeError, Record, Taken, Unusable};
use shipgate::sql::{IdType, Table};
use shipgate::{AccountKind, Action, Directory, ResourceId, Role, SubjectId, Time};
use shipgate_sql::store::Commit;

use crate::database::{Database, in_postgres, in_sqlite};

const ACME: &str = "acme-corp";
const GLOBEX: &str = "globex";
const NOW: Time = Time::from_millis(1_795_219_200_000);

#[test]
fn in_sqlite_instances_answer_what_the_log_says() {
    each_answers_what_the_log_says(in_sqlite);
}

#[test]
fn in_postgresql_instances_answer_what_the_log_says() {
    if in_postgres(IdType::Text).is_some() {
        each_answers_what_the_log_says(|| in_postgres(IdType::Text).expect("it was there before"));
    }
}

fn each_answers_what_the_log_says<D: Database>(database: impl Fn() -> D) {
    for claim in [
        a_writer_that_dies_after_deciding_leaves_no_trace,
        a_writer_that_dies_after_the_commit_is_followed_by_all,
        of_two_owners_who_remove_each_other_at_once_one_stays,
        a_slow_instance_is_stale,
        a_restored_log_is_noticed_by_readers_and_refuses_writers,
        a_record_from_elsewhere_stops_its_stream_alone,
        a_commit_whose_answer_was_lost_is_found_by_its_id,
    ] {
        let mut database = database();
        for organization in [ACME, GLOBEX] {
            let (owner, id) = ("olivia".to_owned(), format!("{organization}-1"));
            let founded =
                Directory::new().propose_organization(id, organization.to_owned(), owner, AccountKind::User, None);
            assert_eq!(database.commit(&founded.unwrap()).unwrap(), Commit::Stored);
        }
        let mut instance = Instance::of(&mut database);
        let invite = Change::invite_member(ACME, "carol", AccountKind::User, Role::Admin, None);
        instance.change(&mut database, "olivia", &invite).unwrap();
        claim(&mut database);
    }
}

/// What a service writes around a follower: it loads, reads, and stores what it proposes.
struct Instance {
    follower: Follower<String>,
    records: u32,
}

impl Instance {
    fn of(database: &mut impl Database) -> Self {
        let instance = Self { follower: Follower::new(Duration::from_secs(5)), records: 0 };
        for organization in [ACME, GLOBEX] {
            instance.load(database, organization);
        }
        instance
    }

    fn load(&self, database: &mut impl Database, organization: &str) {
        let loaded = database.load(organization).unwrap();
        self.follower.attach(&loaded.rows, loaded.revision, loaded.last_record, NOW).unwrap();
    }

    /// Reads all streams with one statement.
    fn read(&self, database: &mut impl Database) -> Vec<Result<Taken, Unusable>> {
        let reads = self.follower.reads();
        let known: Vec<_> = reads.iter().map(|read| (read.organization().clone(), read.revision())).collect();
        let records = database.records_from_each(&known).unwrap();
        let of = |organization: &String| {
            let records = records.iter().filter(|record| record.organization() == organization);
            records.cloned().collect::<Vec<_>>()
        };
        reads.iter().map(|read| self.follower.take(read, of(read.organization()), NOW)).collect()
    }

    fn propose(&mut self, by: &str, change: Change<String>) -> Result<Record<String>, ProposeError> {
        self.records += 1;
        let id = format!("{by}-{:p}-{}", &raw const self.follower, self.records);
        self.follower.propose(&ACME.to_owned(), NOW, id, &SubjectId::new(by), change)
    }

    /// Proposes a change until nobody else is first, and reads it.
    fn change(
        &mut self,
        database: &mut impl Database,
        by: &str,
        change: &Change<String>,
    ) -> Result<Record<String>, ProposeError> {
        loop {
            let record = self.propose(by, change.clone())?;
            let commit = database.commit(&record).unwrap();
            for taken in self.read(database) {
                assert_eq!(taken, Ok(Taken::UpToDate));
            }
            match commit {
                Commit::Stored => return Ok(record),
                Commit::Behind => {}
                Commit::Taken => panic!("the id of this change is taken: {change:?}"),
            }
        }
    }

    fn is_admin(&self, account: &str) -> bool {
        let snapshot = self.follower.snapshot(&ACME.to_owned(), NOW).unwrap();
        snapshot.decide(&SubjectId::new(account), Action::ConnectCluster, ResourceId::Organization(ACME)).is_allowed()
    }

    fn is_usable(&self, organization: &str) -> bool {
        self.follower.snapshot(&organization.to_owned(), NOW).is_ok()
    }
}

fn demote_carol() -> Change<String> {
    Change::change_role(ACME, "carol", Role::Viewer)
}

fn a_writer_that_dies_after_deciding_leaves_no_trace<D: Database>(database: &mut D) {
    let (mut writer, other) = (Instance::of(database), Instance::of(database));
    drop(writer.propose("olivia", demote_carol()).unwrap());
    for instance in [&writer, &other, &Instance::of(database)] {
        assert!(instance.read(database).iter().all(Result::is_ok));
        assert!(instance.is_admin("carol"));
    }
}

fn a_writer_that_dies_after_the_commit_is_followed_by_all<D: Database>(database: &mut D) {
    let (mut writer, other) = (Instance::of(database), Instance::of(database));
    let record = writer.propose("olivia", demote_carol()).unwrap();
    assert_eq!(database.commit(&record).unwrap(), Commit::Stored);
    assert!(!Instance::of(database).is_admin("carol"), "an instance that starts now knows it");
    for instance in [&other, &writer] {
        assert!(instance.is_admin("carol"), "not yet");
        assert!(instance.read(database).iter().all(Result::is_ok));
        assert!(!instance.is_admin("carol"));
    }
}

fn of_two_owners_who_remove_each_other_at_once_one_stays<D: Database>(database: &mut D) {
    let mut first = Instance::of(database);
    first.change(database, "olivia", &Change::change_role(ACME, "carol", Role::Owner)).unwrap();
    let mut second = Instance::of(database);
    let record = first.propose("olivia", Change::remove_member(ACME, "carol")).unwrap();
    assert!(second.propose("carol", Change::remove_member(ACME, "olivia")).is_ok(), "she does not know yet");
    assert_eq!(database.commit(&record).unwrap(), Commit::Stored);
    let denied = second.change(database, "carol", &Change::remove_member(ACME, "olivia"));
    assert!(matches!(denied, Err(ProposeError::Change(ChangeError::Denied(_)))), "{denied:?}");
    assert!(Instance::of(database).is_admin("olivia"));
}

fn a_slow_instance_is_stale<D: Database>(database: &mut D) {
    let (mut writer, slow) = (Instance::of(database), Instance::of(database));
    writer.change(database, "olivia", &demote_carol()).unwrap();
    let later = Time::from_millis(NOW.as_millis() + 5_001);
    let acme = ACME.to_owned();
    assert!(matches!(slow.follower.snapshot(&acme, later), Err(Unusable::Stale { .. })));
    let read = slow.follower.read(&acme).unwrap();
    let records = database.records_from(ACME, read.revision()).unwrap();
    assert_eq!(slow.follower.take(&read, records, later), Ok(Taken::UpToDate));
    assert!(slow.follower.snapshot(&acme, later).is_ok());
}

/// Restores acme-corp to what the first `records` of its log say, as a backup does.
fn restore(database: &mut impl Database, records: usize) {
    let log = database.records_from(ACME, 1).unwrap();
    for table in Table::ALL {
        database.execute(&format!("DELETE FROM {table} WHERE organization = '{ACME}'"));
    }
    for record in log.iter().take(records) {
        assert_eq!(database.commit(record).unwrap(), Commit::Stored);
    }
}

fn a_restored_log_is_noticed_by_readers_and_refuses_writers<D: Database>(database: &mut D) {
    let (mut one, mut two) = (Instance::of(database), Instance::of(database));
    one.change(database, "olivia", &demote_carol()).unwrap();
    assert!(two.read(database).iter().all(Result::is_ok));

    restore(database, 2);
    let record = two.propose("olivia", Change::create_team(ACME, "on-call")).unwrap();
    assert!(database.commit(&record).is_err(), "its predecessor is lost, so nothing of it is stored");
    assert_eq!(database.records_from(ACME, 1).unwrap().len(), 2);
    assert_eq!(database.load(ACME).unwrap().rows.teams, []);
    assert_eq!(one.read(database).iter().filter(|taken| taken.is_err()).count(), 1);
    let missing = Divergence::Missing { record: 3 };
    let diverged = one.follower.snapshot(&ACME.to_owned(), NOW).unwrap_err();
    assert!(matches!(&diverged, Unusable::Diverged { cause, .. } if *cause == missing), "{diverged}");
    assert!(one.is_usable(GLOBEX));

    one.load(database, ACME);
    assert!(one.is_admin("carol"), "as the restored log says");
    one.change(database, "olivia", &Change::create_team(ACME, "on-call")).unwrap();
    // The other one has not read since, and finds another record in the place of its own.
    two.read(database);
    let diverged = two.follower.snapshot(&ACME.to_owned(), NOW).unwrap_err();
    let other = Divergence::OtherRecord { record: 3 };
    assert!(matches!(&diverged, Unusable::Diverged { cause, .. } if *cause == other), "{diverged}");
}

fn a_record_from_elsewhere_stops_its_stream_alone<D: Database>(database: &mut D) {
    let instance = Instance::of(database);
    let mut writer = Instance::of(database);
    let record = writer.propose("olivia", Change::invite_member(ACME, "eve", AccountKind::User, Role::Viewer, None));
    assert_eq!(database.commit(&record.unwrap()).unwrap(), Commit::Stored);
    let (viewer, owner) =
        [Role::Viewer, Role::Owner].map(|role| format!(r#""to":{{"kind":"user","role":"{role}"}}"#)).into();
    database.execute(&format!("UPDATE {} SET record = replace(record, '{viewer}', '{owner}')", Table::Records));
    instance.read(database);
    assert!(!instance.is_usable(ACME));
    assert!(instance.is_usable(GLOBEX));
}

fn a_commit_whose_answer_was_lost_is_found_by_its_id<D: Database>(database: &mut D) {
    let mut writer = Instance::of(database);
    for (stored, team) in [(true, "on-call"), (false, "platform")] {
        let record = writer.propose("olivia", Change::create_team(ACME, team)).unwrap();
        if stored {
            assert_eq!(database.commit(&record).unwrap(), Commit::Stored);
        } else {
            let mut other = Instance::of(database);
            other.change(database, "carol", &Change::create_team(ACME, "support")).unwrap();
        }
        let there = database.records_from(ACME, record.revision()).unwrap();
        assert_eq!(there.first().map(Record::id) == Some(record.id()), stored);
        assert!(writer.read(database).iter().all(Result::is_ok));
    }
}

//! Compares what instances answer with what the records say.

use std::time::Duration;

use serde_json::{Value, json};
use shipgate::authzen::{DirectoryPdp, Endpoint, Http, respond};
use shipgate::directory::Rows;
use shipgate::{ActionKind, Directory, Time};
use shipgate_service::administer::create_credential;
use shipgate_service::database::{Database, Kind};

use crate::place::Place;
use crate::process::{POLL, Process};

/// The organizations of the demo.
const ORGANIZATIONS: [&str; 2] = ["acme-corp", "globex"];

/// How many questions are in a request.
const AT_ONCE: usize = 400;

/// Every so many questions are asked of all that there are. It is a prime, so that each account, action and resource comes.
const EVERY: usize = 7;

/// Knows what the organizations were before the first record.
pub(crate) struct Checker {
    pub(crate) database: Database,
    credential: String,
    first: Vec<Rows<String>>,
}

impl Checker {
    /// On a place with the data of the demo, before anything is changed.
    pub(crate) async fn new(place: &Place) -> Self {
        let kind: Kind = place.url.parse().unwrap();
        let database = Database::open(&kind, 2).await.unwrap();
        let (_, credential) = create_credential(&database, "checker", &[]).await.unwrap();
        let mut first = Vec::new();
        for organization in ORGANIZATIONS {
            let loaded = database.load(organization).await.unwrap().unwrap();
            assert_eq!(loaded.revision, 0, "begin before the first record");
            first.push(loaded.rows);
        }
        Self { database, credential, first }
    }

    /// The same, after the file of the database was replaced.
    pub(crate) async fn reopened(self, place: &Place) -> Self {
        self.database.close().await;
        let kind: Kind = place.url.parse().unwrap();
        Self { database: Database::open(&kind, 2).await.unwrap(), ..self }
    }

    /// How many records acme-corp has.
    pub(crate) async fn records(&self) -> usize {
        self.database.records_from("acme-corp", 1).await.unwrap().len()
    }

    /// Requires that the rows in the database are those that the records make, and that each instance answers by them, once it has
    /// had the time to read the log.
    pub(crate) async fn check(&self, instances: &[&Process]) {
        for instance in instances {
            instance.is_ready().await;
        }
        tokio::time::sleep(Duration::from_millis(2 * POLL)).await;
        for (organization, first) in ORGANIZATIONS.iter().zip(&self.first) {
            let expected = self.replayed(organization, first).await;
            let asked = asked(&expected, first);
            let mut allowed = 0;
            for questions in asked.chunks(AT_ONCE) {
                let body = json!({ "evaluations": questions });
                let answer = evaluated(&expected, &body);
                allowed += answer.to_string().matches("\"decision\":true").count();
                for instance in instances {
                    let (status, found) = instance.ask(&self.credential, &body).await;
                    assert_eq!((status, different(&found, &answer, questions)), (200, vec![]), "{organization}");
                }
            }
            assert!(allowed > 0, "{organization}: nothing is allowed of {}", asked.len());
        }
    }

    /// What the records make of the rows before them.
    async fn replayed(&self, organization: &str, first: &Rows<String>) -> Directory<String> {
        let mut directory = Directory::try_from(first).unwrap();
        let records = self.database.records_from(organization, 1).await.unwrap();
        for record in &records {
            directory.apply(record).unwrap();
        }
        let mut stored = self.database.load(organization).await.unwrap().unwrap();
        let mut replayed = directory.rows();
        stored.rows.sort();
        replayed.sort();
        assert_eq!(stored.rows, replayed, "the rows of {organization}");
        assert_eq!(stored.revision, records.len() as u64, "the records of {organization}");
        directory
    }
}

/// What is asked of an organization: what each of its members, present and former, may do to each of its resources.
fn asked(present: &Directory<String>, first: &Rows<String>) -> Vec<Value> {
    let rows = present.rows();
    let resources = rows.organizations.iter().map(|row| ("organization", &row.id));
    let resources = resources.chain(rows.clusters.iter().map(|row| ("cluster", &row.id)));
    let resources = resources.chain(rows.projects.iter().map(|row| ("project", &row.id)));
    let resources = resources.chain(rows.environments.iter().map(|row| ("environment", &row.id)));
    let resources: Vec<_> = resources.chain(rows.teams.iter().map(|row| ("team", &row.id))).collect();
    let mut accounts: Vec<_> = first.members.iter().chain(&rows.members).map(|row| &row.account).collect();
    accounts.sort();
    accounts.dedup();
    let mut all = Vec::new();
    for account in accounts {
        for action in ActionKind::ALL {
            for (kind, id) in &resources {
                all.push(json!({ "subject": { "type": "user", "id": account }, "action": { "name": action.as_str() },
                    "resource": { "type": kind, "id": id } }));
            }
        }
    }
    all.into_iter().step_by(EVERY).collect()
}

/// What the library answers on a directory.
fn evaluated(directory: &Directory<String>, body: &Value) -> Value {
    let pdp = DirectoryPdp::new(directory).at(Time::from(std::time::SystemTime::now()));
    let body = body.to_string();
    let http = Http { content_type: Some("application/json"), request_id: None, body: body.as_bytes() };
    serde_json::from_str(respond(&pdp, Endpoint::Evaluations, &http).body()).unwrap()
}

/// The questions with different answers.
fn different<'a>(found: &Value, expected: &Value, questions: &'a [Value]) -> Vec<&'a Value> {
    let answers = |answer: &Value| answer["evaluations"].as_array().cloned().unwrap_or_default();
    let (found, expected) = (answers(found), answers(expected));
    assert_eq!(expected.len(), questions.len());
    if found.len() != questions.len() {
        return questions.iter().collect();
    }
    let pairs = questions.iter().zip(found.iter().zip(&expected));
    pairs.filter(|(_, (found, expected))| found != expected).map(|(question, _)| question).collect()
}

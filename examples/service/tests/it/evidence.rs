//! Evidence: what is in the archive, and that its digests are right.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{Instance, Place};

/// The files of an archive.
struct Archive(BTreeMap<String, Vec<u8>>);

impl Archive {
    async fn of(instance: &Instance, who: &str, at: &str) -> Self {
        let browser = instance.sign_in(who).await;
        let path = format!("/api/review.export?organization=acme-corp{at}");
        let response = instance.request("GET", &path).header("cookie", &browser.cookie).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"application/zip".parse().unwrap())
        );
        Self::read(response.bytes().await.unwrap().to_vec())
    }

    fn read(bytes: Vec<u8>) -> Self {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut files = BTreeMap::new();
        for place in 0..zip.len() {
            let mut file = zip.by_index(place).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            files.insert(file.name().to_owned(), content);
        }
        Self(files)
    }

    fn text(&self, name: &str) -> &str {
        std::str::from_utf8(&self.0[name]).unwrap()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(self.text(name)).unwrap()
    }

    /// The first row of a table that fits.
    fn row(&self, name: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let table = self.json(name);
        table.as_array().unwrap().iter().find(|row| fits(row)).unwrap_or_else(|| panic!("{name}: {table}")).clone()
    }
}

fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manifest_has_the_digest_of_every_file() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        // As a form sends it whose field was left empty.
        let archive = Archive::of(&instance, "nora", "&at=").await;
        let manifest = archive.json("manifest.json");
        assert_eq!((&manifest["askedBy"], &manifest["revision"]), (&json!("nora"), &json!(0)));
        let listed = manifest["files"].as_array().unwrap();
        assert_eq!(listed.len() + 1, archive.0.len(), "{manifest}");
        for file in listed {
            let content = &archive.0[file["name"].as_str().unwrap()];
            assert_eq!((&file["sha256"], &file["bytes"]), (&json!(digest(content)), &json!(content.len())), "{file}");
        }
        for table in
            ["roster", "teams", "grants", "environments", "deployers", "changes", "findings", "reviews", "decisions"]
        {
            let rows = archive.json(&format!("{table}.json")).as_array().unwrap().len();
            let csv = csv::Reader::from_reader(archive.text(&format!("{table}.csv")).as_bytes()).into_records().count();
            assert_eq!(rows, csv, "{table}");
        }
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_tells_who_can_deploy_since_when_and_who_allowed_it() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let grant = json!({ "clusterId": "production-us-east", "userId": "carol", "permission": "manage" });
        instance.post("olivia", "/api/cluster.grantAccess", grant).await.done();
        let archive = Archive::of(&instance, "olivia", "").await;
        let is = |row: &Value, environment: &str, who: &str| row["environment"] == environment && row["who"] == who;
        let carol = archive.row("deployers.json", |row| is(row, "shop-production", "carol"));
        assert_eq!((&carol["may"], &carol["by"]), (&json!("deploys after approval"), &json!("olivia")), "{carol}");
        assert_ne!(carol["since"], "before the log begins");
        let approver =
            archive.row("deployers.json", |row| is(row, "shop-production", "oscar") && row["may"] == "approves");
        assert_eq!(approver["since"], "before the log begins");
        // Of what is not protected, in groups, with exceptions by name.
        let developers = archive.row("deployers.json", |row| row["environment"] == "shop-dev" && row["what"] == "role");
        assert_eq!((&developers["protected"], &developers["name"]), (&json!(false), &Value::Null));
        let own = archive.row("deployers.json", |row| is(row, "shop-dev", "victor"));
        assert_eq!((&own["what"], &own["may"]), (&json!("person"), &json!("deploys")));
        let change = archive.row("changes.json", |row| row["change"] == "set_cluster_access");
        assert_eq!(change["by"], "olivia");
        let names: Vec<Value> = archive.json("deployers.json").as_array().unwrap().clone();
        assert!(names.iter().filter(|row| row["environment"] == "shop-payments").all(|row| row["what"] == "person"));
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_neither_formulas_nor_html() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let rename = "UPDATE service_accounts SET name = $1 WHERE id = $2";
        for (name, id) in [
            ("=HYPERLINK(\"http://evil.example\")", "alice"),
            ("<script>alert(1)</script>", "bob"),
            ("@SUM(A1)", "carol"),
        ] {
            let query = shipgate_service::database::Query::new(rename).bind(name).bind(id);
            assert_eq!(instance.service.database.execute(query).await.unwrap(), 1);
        }
        let archive = Archive::of(&instance, "olivia", "").await;
        let mut cells = Vec::new();
        for table in archive.0.keys().filter(|name| name.rsplit_once('.').is_some_and(|(_, end)| end == "csv")) {
            for record in csv::Reader::from_reader(archive.text(table).as_bytes()).into_records() {
                cells.extend(record.unwrap().iter().map(ToOwned::to_owned));
            }
        }
        assert!(cells.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])));
        assert!(
            cells.iter().any(|cell| cell.starts_with("'=HYPERLINK")) && cells.iter().any(|cell| cell == "'@SUM(A1)")
        );
        assert_eq!(archive.row("roster.json", |row| row["account"] == "carol")["name"], "@SUM(A1)");
        let html = archive.text("index.html");
        assert!(html.contains("&lt;script&gt;alert(1)") && !html.contains("<script"), "names are escaped");
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_told_as_it_was() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let opened = instance.post("olivia", "/api/review.open", json!({})).await.done();
        let close = json!({ "reviewId": opened["id"], "acceptUndecided": true });
        assert_eq!(instance.post("olivia", "/api/review.close", close).await.done()["closed"], true);
        let update = json!({ "userId": "alice", "role": "viewer" });
        instance.call("carol", "PATCH", "/api/orgTeam.update", Some(update)).await.done();
        let gone = "/api/orgTeam.remove?userId=bob";
        instance.call("olivia", "DELETE", gone, None).await.done();
        let now = Archive::of(&instance, "olivia", "").await;
        let then = Archive::of(&instance, "olivia", "&at=1").await;
        let role = |archive: &Archive| archive.row("roster.json", |row| row["account"] == "alice")["role"].clone();
        assert_eq!((role(&now), role(&then)), (json!("viewer"), json!("viewer")));
        let has_bob = |archive: &Archive| archive.text("roster.csv").contains("\nbob,");
        assert!(!has_bob(&now) && has_bob(&then));
        let changes = |archive: &Archive| archive.json("changes.json").as_array().unwrap().len();
        assert_eq!((changes(&now), changes(&then)), (2, 1), "since the last review");
        assert_eq!(now.json("manifest.json")["changesSince"]["id"], opened["id"]);
        let decided = now.row("decisions.json", |row| row["holder"] == "bob");
        assert_eq!((&decided["decision"], &decided["access"]), (&Value::Null, &json!("developer")));
        instance.get("olivia", "/api/review.export?organization=acme-corp&at=99").await.refused(404);
        instance.get("olivia", "/api/review.export?organization=acme-corp&at=soon").await.refused(400);
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_writes_the_same_without_a_server() {
    for place in Place::each().await {
        let instance = Instance::demo(&place).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("evidence.zip");
        let export = |at: Option<&str>| {
            let (database, at, file) = (&instance.service.database, at.map(ToOwned::to_owned), file.clone());
            async move { shipgate_service::administer::export_review(database, "acme-corp", at, &file).await }
        };
        export(None).await.unwrap();
        let archive = Archive::read(std::fs::read(&file).unwrap());
        assert_eq!(archive.json("manifest.json")["askedBy"], "the command line");
        let served = Archive::of(&instance, "olivia", "").await;
        for name in ["roster.csv", "grants.csv", "deployers.json"] {
            assert_eq!(archive.text(name), served.text(name), "{name}");
        }
        let error = export(None).await.unwrap_err().to_string();
        assert!(error.starts_with("--out: "), "{error}");
        std::fs::remove_file(&file).unwrap();
        assert!(export(Some("soon")).await.unwrap_err().to_string().starts_with("--at: "));
        assert!(!file.exists(), "nothing is left of what failed");
        instance.end().await;
    }
}

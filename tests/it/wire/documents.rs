//! The directory document: what it takes, and the place of what it refuses.

use shipgate::directory::Rows;
use shipgate::json::DocumentError;
use shipgate::{
    Account, AccountKind, Cluster, ClusterAccess, Directory, Environment, Grant, Organization, Project, ProjectRole,
    Protection, Role, Time, Visibility,
};

/// A document with `rest` in its one organization, which has members, a cluster and a project.
fn acme(rest: &str) -> String {
    format!(
        r#"{{ "organizations": [{{
            "id": "acme-corp",
            "members": [{{ "account": "olivia", "role": "owner" }}, {{ "account": "alice", "role": "developer" }}]
            {rest}
        }}] }}"#
    )
}

fn clusters(rest: &str) -> String {
    acme(&format!(r#", "clusters": [{{ "id": "us-east" {rest} }}]"#))
}

fn projects(rest: &str) -> String {
    acme(&format!(r#", "clusters": [{{ "id": "us-east" }}], "projects": [{{ "id": "shop" {rest} }}]"#))
}

fn refusal(text: &str) -> String {
    match Directory::<String>::from_json(text) {
        Ok(_) => panic!("{text} was taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_left_out_is_the_default() {
    for empty in ["{}", r#"{"accounts":[]}"#, r#"{"organizations":[]}"#, " { } \n"] {
        let directory = Directory::<String>::from_json(empty).unwrap();
        assert_eq!((directory.accounts().len(), directory.organizations().len()), (0, 0));
    }
    let text = projects(r#", "environments": [{ "id": "shop-dev", "cluster": "us-east" }]"#);
    let directory = Directory::<String>::from_json(&text).unwrap();
    assert_eq!(directory.account("olivia").map(Account::kind), Some(AccountKind::User));
    assert_eq!(directory.project("shop").map(Project::visibility), Some(Visibility::Organization));
    assert_eq!(directory.environment("shop-dev").map(Environment::protection), Some(Protection::NONE));
}

#[test]
fn every_row_is_in_the_directory() {
    let text = r#"{
        "accounts": [{ "id": "ci-bot", "kind": "service" }, { "id": "nobody-yet", "kind": "user" }],
        "organizations": [{
            "id": "acme-corp",
            "members": [
                { "account": "olivia", "role": "owner" },
                { "account": "betty", "role": "billing", "expires_at": "2027-01-01T00:00:00Z" },
                { "account": "ci-bot", "role": "owner" }
            ],
            "clusters": [{
                "id": "us-east",
                "orchestrator": "swarm",
                "access": [{ "account": "betty", "level": "manage", "expires_at": "1969-12-31T23:59:59.9999Z" }]
            }],
            "projects": [{
                "id": "shop",
                "visibility": "members",
                "members": [{ "account": "betty", "role": "admin" }],
                "environments": [{ "id": "shop-dev", "cluster": "us-east", "namespace": "", "protection": "locked" }]
            }]
        }, { "id": "globex" }]
    }"#;
    let directory = Directory::<String>::from_json(text).unwrap();
    assert_eq!(directory.account("ci-bot").map(Account::kind), Some(AccountKind::Service));
    assert_eq!(directory.account("nobody-yet").map(|account| account.memberships().len()), Some(0));
    let betty = directory.account("betty").and_then(|betty| betty.membership("acme-corp")).unwrap();
    assert_eq!((betty.role(), betty.expires_at()), (Role::Billing, Some(Time::from_millis(1_798_761_600_000))));
    assert_eq!(betty.cluster_access("us-east"), Some(Grant::new(ClusterAccess::Manage).until(Time::from_millis(-1))));
    assert_eq!(betty.project_role("shop"), Some(Grant::new(ProjectRole::Admin)));
    // Olivia; a service account is no Owner.
    assert_eq!(directory.organization("acme-corp").map(Organization::owners), Some(1));
    assert_eq!(directory.organization("globex").map(Organization::owners), Some(0));
    assert_eq!(directory.cluster("us-east").map(Cluster::environments), Some(1));
    let shop = directory.project("shop").unwrap();
    assert_eq!((shop.environments(), shop.visibility()), (1, Visibility::Members));
    assert_eq!(shop.safeguard(), Protection::LOCKED.safeguard());
    let dev = directory.environment("shop-dev").unwrap();
    assert_eq!((dev.project().as_str(), dev.cluster().as_str()), ("shop", "us-east"));
    assert_eq!(dev.protection(), Protection::LOCKED);
}

#[test]
fn ids_are_unique_within_their_kind_only() {
    let text = r#"{ "organizations": [{
        "id": "x",
        "members": [{ "account": "x", "role": "owner" }],
        "clusters": [{ "id": "x", "access": [{ "account": "x", "level": "view" }] }],
        "projects": [{ "id": "x", "members": [{ "account": "x", "role": "admin" }],
                       "environments": [{ "id": "x", "cluster": "x", "namespace": "x" }] }]
    }] }"#;
    assert!(Directory::<String>::from_json(text).is_ok());
    let one_namespace_on_two_clusters = acme(
        r#", "clusters": [{ "id": "a" }, { "id": "b" }], "projects": [{ "id": "shop", "environments": [
            { "id": "dev-a", "cluster": "a", "namespace": "dev" }, { "id": "dev-b", "cluster": "b", "namespace": "dev" },
            { "id": "dev-c", "cluster": "a" }, { "id": "dev-d", "cluster": "a" }
        ] }]"#,
    );
    assert!(Directory::<String>::from_json(&one_namespace_on_two_clusters).is_ok());
}

#[test]
fn a_document_comes_back() {
    let text = include_str!("../../../examples/data/acme-corp.json");
    let rows = Rows::<String>::from_json(text).unwrap();
    let written = serde_json::to_string(&rows).unwrap();
    assert_eq!(Rows::from_json(&written), Ok(rows.clone()));
    assert_eq!(serde_json::from_str::<Rows<String>>(&written).unwrap(), rows);
    let value: serde_json::Value = serde_json::from_str(&written).unwrap();
    let acme = &value["organizations"][0];
    let named =
        |list: &str, id: &str| acme[list].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone();
    assert_eq!(named("clusters", "edge-swarm")["orchestrator"], "swarm");
    let staging = named("projects", "shop")["environments"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["id"] == "shop-staging")
        .unwrap()
        .clone();
    assert_eq!(staging["namespace"], "shop-staging");
    assert_eq!(named("projects", "website")["visibility"], "organization");
    assert!(!written.contains("null"));
}

#[test]
fn what_has_another_shape_is_refused_with_its_place() {
    let member = "a member: an object with `account` and `role`";
    let table = [
        ("[]".into(), "invalid type: sequence, expected a directory document: an object with `organizations`".into()),
        ("null".into(), "invalid type: null, expected a directory document: an object with `organizations`".into()),
        (r#"{"organisations":[]}"#.into(), "organisations: unknown field `organisations`, expected `accounts` or `organizations`".into()),
        (r#"{"organizations":null}"#.into(), "organizations: invalid type: null, expected a sequence".into()),
        (r#"{"organizations":{}}"#.into(), "organizations: invalid type: map, expected a sequence".into()),
        (r#"{"organizations":[],"organizations":[]}"#.into(), "duplicate field `organizations`".into()),
        (r#"{"organizations":[{}]}"#.into(), "organizations[0]: missing field `id`".into()),
        (r#"{"organizations":[{"id":1}]}"#.into(), "organizations[0].id: invalid type: integer `1`, expected a string".into()),
        (r#"{"organizations":[{"id":null}]}"#.into(), "organizations[0].id: invalid type: null, expected a string".into()),
        (r#"{"organizations":["acme-corp"]}"#.into(), r#"organizations[0]: invalid type: string "acme-corp", expected an organization: an object with `id`"#.into()),
        (r#"{"accounts":[["ci-bot","service"]]}"#.into(), "accounts[0]: invalid type: sequence, expected an account: an object with `id` and `kind`".into()),
        (r#"{"accounts":[{"id":"ci-bot"}]}"#.into(), "accounts[0]: missing field `kind`".into()),
        (r#"{"accounts":[{"id":"ci-bot","kind":"robot"}]}"#.into(), "accounts[0].kind: unknown account kind `robot`: expected user or service".into()),
        (r#"{"accounts":[{"id":"ci-bot","kind":"service","id":"ci-bot"}]}"#.into(), "accounts[0]: duplicate field `id`".into()),
        (r#"{"accounts":[{"id":"a","kind":"user"},{"id":"b","kind":"user","name":"Bea"}]}"#.into(), "accounts[1].name: unknown field `name`, expected `id` or `kind`".into()),
        (r#"{"organizations":[{"id":"a","members":[{"account":"olivia","role":"ower"}]}]}"#.into(), "organizations[0].members[0].role: unknown role `ower`: expected owner, admin, developer, billing or viewer".into()),
        (r#"{"organizations":[{"id":"a","members":[{"account":"olivia"}]}]}"#.into(), "organizations[0].members[0]: missing field `role`".into()),
        (r#"{"organizations":[{"id":"a","members":["olivia"]}]}"#.into(), format!(r#"organizations[0].members[0]: invalid type: string "olivia", expected {member}"#)),
        (r#"{"organizations":[{"id":"a","members":[["olivia","owner"]]}]}"#.into(), format!("organizations[0].members[0]: invalid type: sequence, expected {member}")),
        (r#"{"organizations":[{"id":"a","members":[{"account":"olivia","role":"owner","expires_at":null}]}]}"#.into(), "organizations[0].members[0].expires_at: invalid type: null, expected a time of RFC 3339, as a string".into()),
        (r#"{"organizations":[{"id":"a","members":[{"account":"olivia","role":"owner","expires_at":"2027-01-01"}]}]}"#.into(), "organizations[0].members[0].expires_at: `2027-01-01` is not a time of RFC 3339: write it like `2026-12-31T23:59:59Z`".into()),
        (r#"{"organizations":[{"id":"a","members":[{"account":"olivia","role":"owner","expires_at":"2016-12-31T23:59:60Z"}]}]}"#.into(), "organizations[0].members[0].expires_at: `2016-12-31T23:59:60Z` is a leap second: name the second before it or after it".into()),
        (clusters(r#", "orchestrator": "nomad""#), "organizations[0].clusters[0].orchestrator: unknown orchestrator `nomad`: expected kubernetes, swarm or compose".into()),
        (clusters(r#", "orchestrator": null"#), "organizations[0].clusters[0].orchestrator: invalid type: null, expected the orchestrator's name".into()),
        (clusters(r#", "access": null"#), "organizations[0].clusters[0].access: invalid type: null, expected a sequence".into()),
        (clusters(r#", "access": [{ "account": "alice", "level": "admin" }]"#), "organizations[0].clusters[0].access[0].level: unknown cluster level `admin`: expected none, view, deploy or manage".into()),
        (clusters(r#", "access": [{ "account": "alice", "level": "view", "until": "x" }]"#), "organizations[0].clusters[0].access[0].until: unknown field `until`, expected one of `account`, `level`, `expires_at`".into()),
        (projects(r#", "visibility": "public""#), "organizations[0].projects[0].visibility: unknown visibility `public`: expected organization or members".into()),
        (projects(r#", "visibility": null"#), "organizations[0].projects[0].visibility: invalid type: null, expected the visibility's name".into()),
        (projects(r#", "members": [{ "account": "alice", "role": "owner" }]"#), "organizations[0].projects[0].members[0].role: unknown project role `owner`: expected admin, developer or viewer".into()),
        (projects(r#", "environments": [{ "id": "dev" }]"#), "organizations[0].projects[0].environments[0]: missing field `cluster`".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "namespace": null }]"#), "organizations[0].projects[0].environments[0].namespace: invalid type: null, expected a string".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": null }]"#), "organizations[0].projects[0].environments[0].protection: invalid type: null, expected a protection level, or an object with a `level`".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": "high" }]"#), "organizations[0].projects[0].environments[0].protection: unknown protection level `high`: expected none, restricted or locked".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": { "level": "none", "approval": { "from": "owner" } } }]"#), "organizations[0].projects[0].environments[0].protection: an environment without protection cannot have an approval rule: protect it as `restricted`, or leave the rule out".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": { "level": "locked", "approval": { "from": "admin" } } }]"#), "organizations[0].projects[0].environments[0].protection: a locked environment needs approval from an owner: set `from` to `owner`, or protect it as `restricted`".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": { "level": "locked", "approval": { "from": "owner", "count": 0 } } }]"#), "organizations[0].projects[0].environments[0].protection.approval.count: invalid value: integer `0`, expected a whole number from 1 to 255".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": { "level": "locked", "approval": {} } }]"#), "organizations[0].projects[0].environments[0].protection.approval: missing field `from`".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": { "level": "locked", "aproval": {} } }]"#), "organizations[0].projects[0].environments[0].protection.aproval: unknown field `aproval`, expected `level` or `approval`".into()),
    ];
    for (text, message) in table {
        let (text, message): (String, String) = (text, message);
        assert_eq!(refusal(&text), message, "{text}");
        assert!(matches!(Directory::<String>::from_json(&text), Err(DocumentError::Read(_))), "{text}");
    }
}

#[test]
fn what_is_no_json_is_refused_with_line_and_column() {
    let table = [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{", "EOF while parsing an object at line 1 column 1"),
        ("{}\n{}", "trailing characters at line 2 column 1"),
        ("{\"organizations\": [,]}", "organizations[0]: expected value at line 1 column 20"),
        ("{'accounts': []}", "key must be a string at line 1 column 2"),
    ];
    for (text, message) in table {
        assert_eq!(refusal(text), message, "{text}");
    }
    let deep = "[".repeat(100_000);
    assert!(refusal(&format!(r#"{{"accounts":{deep}"#)).starts_with("accounts[0]"));
}

#[test]
fn what_does_not_hold_together_is_refused_with_its_place() {
    let twice = r#"[{ "id": "dev", "cluster": "us-east", "namespace": "dev" }, { "id": "qa", "cluster": "us-east", "namespace": "dev" }]"#;
    let table = [
        (r#"{"accounts":[{"id":"a","kind":"user"},{"id":"a","kind":"service"}]}"#.into(), r#"accounts[1]: account "a" is there already: ids of a kind are unique in the whole directory"#),
        (r#"{"organizations":[{"id":"a"},{"id":"b"},{"id":"a"}]}"#.into(), r#"organizations[2]: organization "a" is there already: ids of a kind are unique in the whole directory"#),
        (r#"{"organizations":[{"id":"a","members":[{"account":"olivia","role":"owner"},{"account":"olivia","role":"viewer"}]}]}"#.into(), r#"organizations[0].members[1]: account "olivia" is a member of "a" already: one role per member"#),
        (r#"{"organizations":[{"id":"a","clusters":[{"id":"c"}]},{"id":"b","clusters":[{"id":"c"}]}]}"#.into(), r#"organizations[1].clusters[0]: cluster "c" is there already: ids of a kind are unique in the whole directory"#),
        (r#"{"organizations":[{"id":"a","projects":[{"id":"p"}]},{"id":"b","projects":[{"id":"q"},{"id":"p"}]}]}"#.into(), r#"organizations[1].projects[1]: project "p" is there already: ids of a kind are unique in the whole directory"#),
        (clusters(r#", "access": [{ "account": "alice", "level": "view" }, { "account": "dave", "level": "view" }]"#), r#"organizations[0].clusters[0].access[1]: account "dave" is not a member of "acme-corp""#),
        (clusters(r#", "access": [{ "account": "alice", "level": "view" }, { "account": "alice", "level": "none" }]"#), r#"organizations[0].clusters[0].access[1]: account "alice" has a level on "us-east" already: one override per cluster"#),
        (projects(r#", "members": [{ "account": "dave", "role": "admin" }]"#), r#"organizations[0].projects[0].members[0]: account "dave" is not a member of "acme-corp""#),
        (projects(r#", "members": [{ "account": "alice", "role": "admin" }, { "account": "alice", "role": "admin" }]"#), r#"organizations[0].projects[0].members[1]: account "alice" has a role in "shop" already: one role per project"#),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "eu-west" }]"#), r#"organizations[0].projects[0].environments[0]: cluster "eu-west" does not exist: add it first, or name one that does"#),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east" }, { "id": "dev", "cluster": "us-east" }]"#), r#"organizations[0].projects[0].environments[1]: environment "dev" is there already: ids of a kind are unique in the whole directory"#),
        (projects(&format!(r#", "environments": {twice}"#)), r#"organizations[0].projects[0].environments[1]: namespace "dev" of cluster "us-east" is taken: one environment would deploy over the other"#),
        (r#"{"organizations":[{"id":"a","clusters":[{"id":"c"}]},{"id":"b","projects":[{"id":"p","environments":[{"id":"e","cluster":"c"}]}]}]}"#.into(), r#"organizations[1].projects[0].environments[0]: cluster "c" is not one of "b": choose a cluster of the project's organization"#),
    ];
    for (text, message) in table {
        let text: String = text;
        assert_eq!(refusal(&text), message, "{text}");
        let (_, problem) = message.split_once(": ").unwrap();
        let error = Directory::try_from(Rows::<String>::from_json(&text).unwrap()).unwrap_err();
        assert_eq!(error.error().to_string(), problem, "{text}");
    }
}

#[test]
fn what_decisions_clamp_or_miss_still_loads() {
    let text = r#"{ "organizations": [{
        "id": "acme-corp",
        "members": [{ "account": "betty", "role": "billing" }],
        "clusters": [{ "id": "us-east", "access": [{ "account": "betty", "level": "manage" }] }]
    }] }"#;
    let directory = Directory::<String>::from_json(text).unwrap();
    assert_eq!(directory.organization("acme-corp").map(Organization::owners), Some(0));
}

//! Documents that are refused, each with its place.

use shipgate::Directory;
use shipgate::directory::Rows;
use shipgate::json::DocumentError;

use crate::wire::readers;

use super::{acme, clusters, projects, refusal};

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
        (r#"{"accounts":null}"#.into(), "accounts: invalid type: null, expected a sequence".into()),
        (r#"{"accounts":[{"id":"ci-bot","kind":"service","id":"ci-bot"}]}"#.into(), "accounts[0]: duplicate field `id`".into()),
        (r#"{"accounts":[{"id":"a","kind":"user"},{"id":"b","kind":"user","name":"Bea"}]}"#.into(), "accounts[1].name: unknown field `name`, expected `id` or `kind`".into()),
        (r#"{"organizations":[{"id":"a","members":[{"account":"olivia","role":null}]}]}"#.into(), "organizations[0].members[0].role: invalid type: null, expected a string".into()),
        (r#"{"organizations":[{"id":"a","members":[{"account":"olivia","role":{"custom":"auditor"}}]}]}"#.into(), "organizations[0].members[0].role: invalid type: map, expected a string".into()),
        (r#"{"organizations":[{"id":"a","members":[{"account":"olivia","role":"owner","kind":"user"}]}]}"#.into(), "organizations[0].members[0].kind: unknown field `kind`, expected one of `account`, `role`, `expires_at`".into()),
        (r#"{"organizations":[{"id":"a","teams":[{"members":[]}]}]}"#.into(), "organizations[0].teams[0]: missing field `id`".into()),
        (r#"{"organizations":[{"id":"a","teams":["on-call"]}]}"#.into(), r#"organizations[0].teams[0]: invalid type: string "on-call", expected a team: an object with `id`"#.into()),
        (r#"{"organizations":[{"id":"a","teams":[{"id":"on-call","members":[{"account":"olivia"}]}]}]}"#.into(), "organizations[0].teams[0].members[0]: invalid type: map, expected a string".into()),
        (r#"{"organizations":[{"id":"a","teams":[{"id":"on-call","members":null}]}]}"#.into(), "organizations[0].teams[0].members: invalid type: null, expected a sequence".into()),
        (r#"{"organizations":[{"id":"a","roles":["auditor"]}]}"#.into(), r#"organizations[0].roles[0]: invalid type: string "auditor", expected a custom role: an object with `id`, `rank` and `permissions`"#.into()),
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
        (clusters(r#", "access": [{ "account": "alice", "level": "view", "until": "x" }]"#), "organizations[0].clusters[0].access[0].until: unknown field `until`, expected one of `account`, `team`, `level`, `expires_at`".into()),
        (clusters(r#", "access": ["alice"]"#), r#"organizations[0].clusters[0].access[0]: invalid type: string "alice", expected an access: an object with `account` or `team`, and `level`"#.into()),
        (clusters(r#", "visibility": "public""#), "organizations[0].clusters[0].visibility: unknown visibility `public`: expected organization or members".into()),
        (projects(r#", "visibility": "public""#), "organizations[0].projects[0].visibility: unknown visibility `public`: expected organization or members".into()),
        (projects(r#", "visibility": null"#), "organizations[0].projects[0].visibility: invalid type: null, expected the visibility's name".into()),
        (projects(r#", "members": [{ "account": "alice", "role": "owner" }]"#), "organizations[0].projects[0].members[0].role: unknown project role `owner`: expected admin, developer or viewer".into()),
        (projects(r#", "members": ["alice"]"#), r#"organizations[0].projects[0].members[0]: invalid type: string "alice", expected a project's member: an object with `account` or `team`, and `role`"#.into()),
        (r#"{"organizations":[{"id":"a","members":[{"account":"olivia","role":"owner","expires_at":"9999-12-31T23:59:59-01:00"}]}]}"#.into(), "organizations[0].members[0].expires_at: `9999-12-31T23:59:59-01:00` is outside the years 0000 to 9999 in UTC: choose a time between them".into()),
        (projects(r#", "environments": [{ "id": "dev" }]"#), "organizations[0].projects[0].environments[0]: missing field `cluster`".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "namespace": null }]"#), "organizations[0].projects[0].environments[0].namespace: invalid type: null, expected a string".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": null }]"#), "organizations[0].projects[0].environments[0].protection: invalid type: null, expected a protection level, or an object with a `level`".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": "high" }]"#), "organizations[0].projects[0].environments[0].protection: unknown protection level `high`: expected none, reviewed, restricted or locked".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": { "level": "none", "approval": { "from": "owner" } } }]"#), "organizations[0].projects[0].environments[0].protection: an environment without protection cannot have an approval rule: protect it as `restricted`, or leave the rule out".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": { "level": "locked", "approval": { "from": "admin" } } }]"#), "organizations[0].projects[0].environments[0].protection: a locked environment needs approval from an owner: set `from` to `owner`, or protect it as `restricted`".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": { "level": "locked", "approval": { "from": "owner", "count": 0 } } }]"#), "organizations[0].projects[0].environments[0].protection.approval.count: invalid value: integer `0`, expected a whole number from 1 to 255".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": { "level": "locked", "approval": {} } }]"#), "organizations[0].projects[0].environments[0].protection.approval: missing field `from`".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": { "level": "reviewed", "approval": { "from": "admin", "bypass": "developer" } } }]"#), "organizations[0].projects[0].environments[0].protection.approval.bypass: unknown bypass `developer`: expected none, admin or owner".into()),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east", "protection": { "level": "locked", "aproval": {} } }]"#), "organizations[0].projects[0].environments[0].protection.aproval: unknown field `aproval`, expected `level` or `approval`".into()),
    ];
    for (text, message) in table {
        let (text, message): (String, String) = (text, message);
        assert_eq!(refusal(&text), message, "{text}");
        assert!(matches!(readers::document(&text), Err(DocumentError::Read(_))), "{text}");
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
        (r#"{"organizations":[{"id":"a"},{"id":"b"},{"id":"a"}]}"#.into(), r#"organizations[2]: organization "a" is there already: ids of a kind are unique in the whole directory"#),
        (r#"{"organizations":[{"id":"a","members":[{"account":"olivia","role":"owner"},{"account":"olivia","role":"viewer"}]}]}"#.into(), r#"organizations[0].members[1]: account "olivia" is a member of "a" already: one role per member"#),
        (r#"{"organizations":[{"id":"a","clusters":[{"id":"c"}]},{"id":"b","clusters":[{"id":"c"}]}]}"#.into(), r#"organizations[1].clusters[0]: cluster "c" is there already: ids of a kind are unique in the whole directory"#),
        (r#"{"organizations":[{"id":"a","projects":[{"id":"p"}]},{"id":"b","projects":[{"id":"q"},{"id":"p"}]}]}"#.into(), r#"organizations[1].projects[1]: project "p" is there already: ids of a kind are unique in the whole directory"#),
        (clusters(r#", "access": [{ "account": "alice", "level": "view" }, { "account": "dave", "level": "view" }]"#), r#"organizations[0].clusters[0].access[1]: account "dave" is not a member of "acme-corp""#),
        (clusters(r#", "access": [{ "account": "alice", "level": "view" }, { "account": "alice", "level": "none" }]"#), r#"organizations[0].clusters[0].access[1]: account "alice" has a level on "us-east" already: one override per cluster"#),
        (r#"{"organizations":[{"id":"a","roles":[{"id":"guest","rank":"viewer","permissions":[]}]},{"id":"b","roles":[{"id":"guest","rank":"viewer","permissions":[]}]}]}"#.into(), r#"organizations[1].roles[0]: role "guest" is there already: ids of a kind are unique in the whole directory"#),
        (r#"{"organizations":[{"id":"a","teams":[{"id":"t"}]},{"id":"b","teams":[{"id":"s"},{"id":"t"}]}]}"#.into(), r#"organizations[1].teams[1]: team "t" is there already: ids of a kind are unique in the whole directory"#),
        (acme("").replace(r#"["alice"]"#, r#"["alice", "olivia", "alice"]"#), r#"organizations[0].teams[0].members[2]: account "alice" is in team "on-call" already: one place per member"#),
        (acme("").replace(r#"["alice"]"#, r#"["alice", "dave"]"#), r#"organizations[0].teams[0].members[1]: account "dave" is not a member of "acme-corp""#),
        (clusters(r#", "access": [{ "team": "off-call", "level": "view" }]"#), r#"organizations[0].clusters[0].access[0]: team "off-call" does not exist: add it first, or name one that does"#),
        (clusters(r#", "access": [{ "team": "on-call", "level": "view" }, { "account": "alice", "level": "view" }, { "team": "on-call", "level": "view" }]"#), r#"organizations[0].clusters[0].access[2]: team "on-call" has a level on "us-east" already: one override per cluster"#),
        (projects(r#", "members": [{ "team": "on-call", "role": "viewer" }, { "team": "on-call", "role": "admin" }]"#), r#"organizations[0].projects[0].members[1]: team "on-call" has a role in "shop" already: one role per project"#),
        (r#"{"organizations":[{"id":"a","teams":[{"id":"t"}]},{"id":"b","clusters":[{"id":"c","access":[{"team":"t","level":"view"}]}]}]}"#.into(), r#"organizations[1].clusters[0].access[0]: team "t" is not one of "b": choose a team of the same organization"#),
        (r#"{"organizations":[{"id":"a","teams":[{"id":"t"}]},{"id":"b","projects":[{"id":"p","members":[{"team":"t","role":"viewer"}]}]}]}"#.into(), r#"organizations[1].projects[0].members[0]: team "t" is not one of "b": choose a team of the same organization"#),
        (projects(r#", "members": [{ "account": "dave", "role": "admin" }]"#), r#"organizations[0].projects[0].members[0]: account "dave" is not a member of "acme-corp""#),
        (projects(r#", "members": [{ "account": "alice", "role": "admin" }, { "account": "alice", "role": "admin" }]"#), r#"organizations[0].projects[0].members[1]: account "alice" has a role in "shop" already: one role per project"#),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "eu-west" }]"#), r#"organizations[0].projects[0].environments[0]: cluster "eu-west" does not exist: add it first, or name one that does"#),
        (projects(r#", "environments": [{ "id": "dev", "cluster": "us-east" }, { "id": "dev", "cluster": "us-east", "namespace": "qa" }]"#), r#"organizations[0].projects[0].environments[1]: environment "dev" is there already: ids of a kind are unique in the whole directory"#),
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

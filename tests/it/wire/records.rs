//! Changes and their records: what is written is read again, and nothing else is.

use shipgate::change::{Change, Record};
use shipgate::model::{ApprovalFrom, ApprovalRule};
use shipgate::{
    AccountKind, ClusterAccess, Directory, Grant, ProjectRole, Protection, Role, SubjectId, Time, Visibility,
};

/// A change of each kind, with the members that are optional and without.
fn changes() -> Vec<(Change<String>, &'static str)> {
    let expiry = Time::from_millis(1_798_761_600_000);
    let acme = || "acme-corp".to_string();
    let bob = || "bob".to_string();
    vec![
        (
            Change::InviteMember { organization: acme(), account: bob(), kind: AccountKind::User, role: Role::Viewer },
            r#"{"invite_member":{"organization":"acme-corp","account":"bob","kind":"user","role":"viewer"}}"#,
        ),
        (
            Change::ChangeRole { organization: acme(), account: bob(), to: Role::Developer },
            r#"{"change_role":{"organization":"acme-corp","account":"bob","to":"developer"}}"#,
        ),
        (
            Change::SetExpiry { organization: acme(), account: bob(), to: Some(expiry) },
            r#"{"set_expiry":{"organization":"acme-corp","account":"bob","to":"2027-01-01T00:00:00Z"}}"#,
        ),
        (
            Change::SetExpiry { organization: acme(), account: bob(), to: None },
            r#"{"set_expiry":{"organization":"acme-corp","account":"bob","to":null}}"#,
        ),
        (
            Change::ConnectCluster { organization: acme(), cluster: "us-east".into() },
            r#"{"connect_cluster":{"organization":"acme-corp","cluster":"us-east"}}"#,
        ),
        (
            Change::SetClusterAccess {
                cluster: "us-east".into(),
                account: bob(),
                to: Some(Grant::new(ClusterAccess::View).until(expiry)),
            },
            r#"{"set_cluster_access":{"cluster":"us-east","account":"bob","to":{"value":"view","expires_at":"2027-01-01T00:00:00Z"}}}"#,
        ),
        (
            Change::CreateProject { organization: acme(), project: "shop".into(), visibility: Visibility::Members },
            r#"{"create_project":{"organization":"acme-corp","project":"shop","visibility":"members"}}"#,
        ),
        (
            Change::SetProjectRole {
                project: "shop".into(),
                account: bob(),
                to: Some(Grant::new(ProjectRole::Developer)),
            },
            r#"{"set_project_role":{"project":"shop","account":"bob","to":{"value":"developer"}}}"#,
        ),
        (
            Change::UpdateOrganization { organization: acme() },
            r#"{"update_organization":{"organization":"acme-corp"}}"#,
        ),
        (
            Change::UpdateProject { project: "shop".into(), visibility: None },
            r#"{"update_project":{"project":"shop"}}"#,
        ),
        (
            Change::UpdateProject { project: "shop".into(), visibility: Some(Visibility::Organization) },
            r#"{"update_project":{"project":"shop","visibility":"organization"}}"#,
        ),
        (
            Change::CreateEnvironment {
                environment: "shop-dev".into(),
                project: "shop".into(),
                cluster: "us-east".into(),
                namespace: Some("shop-dev".into()),
                protection: Protection::restricted(ApprovalRule::new(ApprovalFrom::Admin)),
            },
            r#"{"create_environment":{"environment":"shop-dev","project":"shop","cluster":"us-east","namespace":"shop-dev","protection":{"level":"restricted","approval":{"from":"admin","count":1,"self_approval":false}}}}"#,
        ),
        (
            Change::UpdateEnvironment { environment: "shop-dev".into(), namespace: Some("dev".into()) },
            r#"{"update_environment":{"environment":"shop-dev","namespace":"dev"}}"#,
        ),
        (
            Change::Retarget { environment: "shop-dev".into(), cluster: "us-east".into(), namespace: None },
            r#"{"retarget":{"environment":"shop-dev","cluster":"us-east"}}"#,
        ),
        (
            Change::SetProtection { environment: "shop-dev".into(), to: Protection::LOCKED },
            r#"{"set_protection":{"environment":"shop-dev","to":"locked"}}"#,
        ),
        (
            Change::DeleteEnvironment { environment: "shop-dev".into() },
            r#"{"delete_environment":{"environment":"shop-dev"}}"#,
        ),
        (Change::DeleteProject { project: "shop".into() }, r#"{"delete_project":{"project":"shop"}}"#),
        (Change::DisconnectCluster { cluster: "us-east".into() }, r#"{"disconnect_cluster":{"cluster":"us-east"}}"#),
        (
            Change::RemoveMember { organization: acme(), account: bob() },
            r#"{"remove_member":{"organization":"acme-corp","account":"bob"}}"#,
        ),
        (
            Change::TransferOwnership { organization: acme(), account: "carol".into() },
            r#"{"transfer_ownership":{"organization":"acme-corp","account":"carol"}}"#,
        ),
        (
            Change::DeleteOrganization { organization: acme() },
            r#"{"delete_organization":{"organization":"acme-corp"}}"#,
        ),
    ]
}

#[test]
fn every_change_has_its_form() {
    for (change, text) in changes() {
        assert_eq!(serde_json::to_string(&change).unwrap(), text);
        assert_eq!(serde_json::from_str::<Change<String>>(text).unwrap(), change);
    }
}

#[test]
fn a_log_that_was_written_is_read_and_rebuilds_the_directory() {
    let mut directory = Directory::<String>::new();
    let now = Time::from_millis(1_795_219_200_000);
    let mut log =
        vec![directory.create_organization("acme-corp".into(), "olivia".into(), AccountKind::User, Some(now)).unwrap()];
    let olivia = SubjectId::new("olivia").at(now);
    let carol = Change::InviteMember {
        organization: "acme-corp".into(),
        account: "carol".into(),
        kind: AccountKind::User,
        role: Role::Admin,
    };
    log.push(directory.change(&olivia, carol).unwrap());
    for (change, text) in changes() {
        // The organization is hers to delete no more: she has transferred it.
        let by =
            if matches!(change, Change::DeleteOrganization { .. }) { SubjectId::new("carol").at(now) } else { olivia };
        log.push(directory.change(&by, change).unwrap_or_else(|error| panic!("{text}: {error}")));
    }

    let text: Vec<String> = log.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    let mut rebuilt = Directory::new();
    for (line, record) in text.iter().zip(&log) {
        let read: Record<String> = serde_json::from_str(line).unwrap();
        assert_eq!(read, *record);
        rebuilt.replay(&read).unwrap();
    }
    assert!(rebuilt == directory);
    assert_eq!(
        text[3],
        concat!(
            r#"{"format":1,"revision":4,"steps":[{"by":"olivia","at":"2026-11-21T00:00:00Z","#,
            r#""change":{"change_role":{"organization":"acme-corp","account":"bob","to":"developer"}},"#,
            r#""edits":[{"role":{"organization":"acme-corp","account":"bob","from":{"value":"viewer"},"to":{"value":"developer"}}}]}]}"#,
        )
    );
}

#[test]
fn what_is_no_record_is_refused() {
    let step = |step: &str| format!(r#"{{"format":1,"revision":1,"steps":[{step}]}}"#);
    let by = |change: &str| step(&format!(r#"{{"by":"olivia","change":{change},"edits":[]}}"#));
    let edit = |edit: &str| {
        step(&format!(r#"{{"by":"olivia","change":{{"delete_project":{{"project":"shop"}}}},"edits":[{edit}]}}"#))
    };
    for (text, problem) in [
        (r#"{"format":2,"revision":1,"steps":[]}"#.into(), "a record of format 2: only format 1 is known here"),
        (r#"{"revision":1,"steps":[]}"#.into(), "missing field `format`"),
        (r#"{"format":1,"revision":-1,"steps":[]}"#.into(), "expected a whole number from 0"),
        (r"[1,1,[]]".into(), "expected a record: an object with `format`, `revision` and `steps`"),
        (r#"{"format":1,"revision":1,"steps":[],"more":1}"#.into(), "unknown field `more`"),
        (step(r#"{"edits":[]}"#), "a step says either `create_organization`, or `by` and `change`"),
        (step(r#"{"by":"olivia","edits":[]}"#), "a step says either"),
        (step(r#"{"by":null,"edits":[]}"#), "invalid type: null"),
        (by(r#"{"delete_project":["shop"]}"#), "invalid type: sequence, expected an object"),
        (by(r#"{"delete_project":{"project":"shop","force":true}}"#), "unknown field `force`"),
        (by(r#"{"drop_project":{"project":"shop"}}"#), "unknown variant `drop_project`"),
        (by(r#"{"set_expiry":{"organization":"acme-corp","account":"bob"}}"#), "missing field `to`"),
        (by(r#"{"update_project":{"project":"shop","visibility":null}}"#), "invalid type: null"),
        (edit(r#"{"project":{"project":"shop","to":null}}"#), "missing field `from`"),
        (
            edit(r#"{"project":{"project":"shop","from":{"organization":"acme-corp"},"to":null}}"#),
            "missing field `visibility`",
        ),
        (edit(r#"{"project":{"project":"shop","project":"shop","from":null,"to":null}}"#), "duplicate field `project`"),
        (
            edit(r#"{"organization":{"organization":"acme-corp","from":null,"to":[]}}"#),
            "expected an object without fields",
        ),
    ] {
        let error = serde_json::from_str::<Record<String>>(&text).unwrap_err().to_string();
        assert!(error.contains(problem), "{text}: {error}");
    }
}

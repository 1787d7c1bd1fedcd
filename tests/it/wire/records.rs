//! Changes and their records: what is written is read again, and nothing else is.

use shipgate::change::Change;
use shipgate::model::{ApprovalFrom, ApprovalRule, Permission};
use shipgate::{
    AccountKind, ActionSet, AnyRole, ClusterAccess, Directory, Grant, Holder, ProjectRole, Protection, Role,
    RoleDefinition, RolePermissions, SubjectId, Time, Token, Visibility,
};

use crate::wire::readers;

fn permissions(permissions: &[Permission]) -> RolePermissions {
    RolePermissions::new(permissions.iter().copied()).unwrap()
}

/// A change of each kind, with the members that are optional and without, in an order in which an Owner may make them.
#[expect(clippy::too_many_lines, reason = "it is one table")]
fn changes() -> Vec<(Change<String>, &'static str)> {
    use Permission::{Approve, Deploy, View, ViewLogs};

    let expiry = Time::from_millis(1_798_761_600_000);
    let id = String::from;
    let (acme, bob, dana) = (|| id("acme-corp"), || id("bob"), || id("dana"));
    let (us_east, shop, dev) = (|| id("us-east"), || id("shop"), || id("shop-dev"));
    let (on_call, release_manager) = (|| id("on-call"), || id("release-manager"));
    let definition = RoleDefinition::new(Role::Admin, permissions(&[View, ViewLogs, Deploy, Approve])).unwrap();
    vec![
        (
            Change::InviteMember {
                organization: acme(),
                account: bob(),
                kind: AccountKind::User,
                role: Role::Viewer.into(),
                expires_at: None,
            },
            r#"{"invite_member":{"organization":"acme-corp","account":"bob","kind":"user","role":"viewer"}}"#,
        ),
        (
            Change::InviteMember {
                organization: acme(),
                account: dana(),
                kind: AccountKind::Service,
                role: Role::Developer.into(),
                expires_at: Some(expiry),
            },
            r#"{"invite_member":{"organization":"acme-corp","account":"dana","kind":"service","role":"developer","expires_at":"2027-01-01T00:00:00Z"}}"#,
        ),
        (
            Change::ChangeRole { organization: acme(), account: bob(), to: Role::Developer.into() },
            r#"{"change_role":{"organization":"acme-corp","account":"bob","to":"developer"}}"#,
        ),
        (
            Change::CreateRole { organization: acme(), role: release_manager(), definition },
            r#"{"create_role":{"organization":"acme-corp","role":"release-manager","definition":{"rank":"admin","permissions":["view","view_logs","deploy","approve"]}}}"#,
        ),
        (
            Change::ChangeRole { organization: acme(), account: dana(), to: AnyRole::Custom(release_manager()) },
            r#"{"change_role":{"organization":"acme-corp","account":"dana","to":{"custom":"release-manager"}}}"#,
        ),
        (
            Change::UpdateRole { role: release_manager(), permissions: permissions(&[View, Approve]) },
            r#"{"update_role":{"role":"release-manager","permissions":["view","approve"]}}"#,
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
            Change::ConnectCluster { organization: acme(), cluster: us_east(), visibility: Visibility::Organization },
            r#"{"connect_cluster":{"organization":"acme-corp","cluster":"us-east","visibility":"organization"}}"#,
        ),
        (Change::UpdateCluster { cluster: us_east(), visibility: None }, r#"{"update_cluster":{"cluster":"us-east"}}"#),
        (
            Change::UpdateCluster { cluster: us_east(), visibility: Some(Visibility::Members) },
            r#"{"update_cluster":{"cluster":"us-east","visibility":"members"}}"#,
        ),
        (
            Change::CreateTeam { organization: acme(), team: on_call() },
            r#"{"create_team":{"organization":"acme-corp","team":"on-call"}}"#,
        ),
        (Change::UpdateTeam { team: on_call() }, r#"{"update_team":{"team":"on-call"}}"#),
        (
            Change::AddToTeam { team: on_call(), account: bob() },
            r#"{"add_to_team":{"team":"on-call","account":"bob"}}"#,
        ),
        (
            Change::SetClusterAccess {
                cluster: us_east(),
                holder: Holder::Account(bob()),
                to: Some(Grant::new(ClusterAccess::View).until(expiry)),
            },
            r#"{"set_cluster_access":{"cluster":"us-east","holder":{"account":"bob"},"to":{"value":"view","expires_at":"2027-01-01T00:00:00Z"}}}"#,
        ),
        (
            Change::SetClusterAccess {
                cluster: us_east(),
                holder: Holder::Team(on_call()),
                to: Some(Grant::new(ClusterAccess::Deploy)),
            },
            r#"{"set_cluster_access":{"cluster":"us-east","holder":{"team":"on-call"},"to":{"value":"deploy"}}}"#,
        ),
        (
            Change::CreateProject { organization: acme(), project: shop(), visibility: Visibility::Members },
            r#"{"create_project":{"organization":"acme-corp","project":"shop","visibility":"members"}}"#,
        ),
        (
            Change::SetProjectRole {
                project: shop(),
                holder: Holder::Account(bob()),
                to: Some(Grant::new(ProjectRole::Developer)),
            },
            r#"{"set_project_role":{"project":"shop","holder":{"account":"bob"},"to":{"value":"developer"}}}"#,
        ),
        (
            Change::SetProjectRole {
                project: shop(),
                holder: Holder::Team(on_call()),
                to: Some(Grant::new(ProjectRole::Viewer)),
            },
            r#"{"set_project_role":{"project":"shop","holder":{"team":"on-call"},"to":{"value":"viewer"}}}"#,
        ),
        (
            Change::SetProjectRole { project: shop(), holder: Holder::Team(on_call()), to: None },
            r#"{"set_project_role":{"project":"shop","holder":{"team":"on-call"},"to":null}}"#,
        ),
        (
            Change::UpdateOrganization { organization: acme() },
            r#"{"update_organization":{"organization":"acme-corp"}}"#,
        ),
        (Change::UpdateProject { project: shop(), visibility: None }, r#"{"update_project":{"project":"shop"}}"#),
        (
            Change::UpdateProject { project: shop(), visibility: Some(Visibility::Organization) },
            r#"{"update_project":{"project":"shop","visibility":"organization"}}"#,
        ),
        (
            Change::CreateEnvironment {
                environment: dev(),
                project: shop(),
                cluster: us_east(),
                namespace: id("shop-dev"),
                protection: Protection::restricted(ApprovalRule::new(ApprovalFrom::Admin)),
            },
            r#"{"create_environment":{"environment":"shop-dev","project":"shop","cluster":"us-east","namespace":"shop-dev","protection":{"level":"restricted","approval":{"from":"admin","count":1,"self_approval":false,"bypass":"none"}}}}"#,
        ),
        (Change::UpdateEnvironment { environment: dev() }, r#"{"update_environment":{"environment":"shop-dev"}}"#),
        (
            Change::Retarget { environment: dev(), cluster: us_east(), namespace: Some(id("dev")) },
            r#"{"retarget":{"environment":"shop-dev","cluster":"us-east","namespace":"dev"}}"#,
        ),
        (
            Change::Retarget { environment: dev(), cluster: us_east(), namespace: None },
            r#"{"retarget":{"environment":"shop-dev","cluster":"us-east"}}"#,
        ),
        (
            Change::SetProtection { environment: dev(), to: Protection::LOCKED },
            r#"{"set_protection":{"environment":"shop-dev","to":"locked"}}"#,
        ),
        (Change::DeleteEnvironment { environment: dev() }, r#"{"delete_environment":{"environment":"shop-dev"}}"#),
        (Change::DeleteProject { project: shop() }, r#"{"delete_project":{"project":"shop"}}"#),
        (Change::DisconnectCluster { cluster: us_east() }, r#"{"disconnect_cluster":{"cluster":"us-east"}}"#),
        (
            Change::RemoveFromTeam { team: on_call(), account: bob() },
            r#"{"remove_from_team":{"team":"on-call","account":"bob"}}"#,
        ),
        (Change::DeleteTeam { team: on_call() }, r#"{"delete_team":{"team":"on-call"}}"#),
        (
            Change::RemoveMember { organization: acme(), account: dana() },
            r#"{"remove_member":{"organization":"acme-corp","account":"dana"}}"#,
        ),
        (Change::DeleteRole { role: release_manager() }, r#"{"delete_role":{"role":"release-manager"}}"#),
        (
            Change::TransferOwnership { organization: acme(), account: id("carol") },
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
    let (acme, owner) = ("acme-corp".to_owned(), "olivia".to_owned());
    let founded = directory.create_organization("record-1".into(), acme, owner, AccountKind::User, Some(now));
    let mut log = vec![founded.unwrap()];
    let olivia = SubjectId::new("olivia").at(now);
    let carol = Change::InviteMember {
        organization: "acme-corp".into(),
        account: "carol".into(),
        kind: AccountKind::User,
        role: Role::Admin.into(),
        expires_at: None,
    };
    log.push(directory.change("record-2".into(), &olivia, carol).unwrap());
    for (change, text) in changes() {
        // The organization is hers to delete no more: she has transferred it.
        let by =
            if matches!(change, Change::DeleteOrganization { .. }) { SubjectId::new("carol").at(now) } else { olivia };
        let id = format!("record-{}", log.len() + 1);
        log.push(directory.change(id, &by, change).unwrap_or_else(|error| panic!("{text}: {error}")));
    }

    let text: Vec<String> = log.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    let mut rebuilt = Directory::new();
    for (line, record) in text.iter().zip(&log) {
        let read = readers::record(line).unwrap();
        assert_eq!(read, *record);
        rebuilt.apply(&read).unwrap();
    }
    assert!(rebuilt == directory);
    assert_eq!(
        text[4],
        concat!(
            r#"{"format":3,"policy":2,"id":"record-5","previous":"record-4","organization":"acme-corp","revision":5,"#,
            r#""at":"2026-11-21T00:00:00Z","steps":[{"by":"olivia","#,
            r#""change":{"change_role":{"organization":"acme-corp","account":"bob","to":"developer"}},"#,
            r#""edits":[{"member":{"organization":"acme-corp","account":"bob","#,
            r#""from":{"kind":"user","role":"viewer"},"to":{"kind":"user","role":"developer"}}}]}]}"#,
        )
    );
    assert_eq!(
        text[0],
        concat!(
            r#"{"format":3,"policy":2,"id":"record-1","organization":"acme-corp","revision":1,"at":"2026-11-21T00:00:00Z","#,
            r#""steps":[{"create_organization":{"organization":"acme-corp","owner":"olivia","kind":"user"},"#,
            r#""edits":[{"organization":{"organization":"acme-corp","from":null,"to":{}}},"#,
            r#"{"member":{"organization":"acme-corp","account":"olivia","from":null,"to":{"kind":"user","role":"owner"}}}]}]}"#,
        )
    );
}

/// A record in the form that is written, with these steps.
fn record(steps: &str) -> String {
    format!(r#"{{"format":3,"policy":2,"id":"r","organization":"a","revision":1,"steps":[{steps}]}}"#)
}

#[test]
fn every_kind_of_edit_has_its_form() {
    for edit in [
        r#"{"organization":{"organization":"a","from":null,"to":{}}}"#,
        r#"{"role":{"organization":"a","role":"r","from":null,"to":{"definition":{"rank":"viewer","permissions":["view"]}}}}"#,
        r#"{"member":{"organization":"a","account":"bob","from":{"kind":"user","role":"viewer"},"to":{"kind":"user","role":{"custom":"r"},"expires_at":"2027-01-01T00:00:00Z"}}}"#,
        r#"{"team":{"organization":"a","team":"t","from":null,"to":{}}}"#,
        r#"{"team_member":{"organization":"a","team":"t","account":"bob","from":null,"to":{}}}"#,
        r#"{"cluster_access":{"organization":"a","cluster":"c","holder":{"account":"bob"},"from":null,"to":{"value":"view"}}}"#,
        r#"{"cluster_access":{"organization":"a","cluster":"c","holder":{"team":"t"},"from":{"value":"none","expires_at":"2027-01-01T00:00:00Z"},"to":null}}"#,
        r#"{"project_role":{"organization":"a","project":"p","holder":{"team":"t"},"from":{"value":"admin"},"to":null}}"#,
        r#"{"project":{"organization":"a","project":"p","from":null,"to":{"visibility":"members"}}}"#,
        r#"{"cluster":{"organization":"a","cluster":"c","from":null,"to":{"orchestrator":"swarm","visibility":"members"}}}"#,
        r#"{"cluster":{"organization":"a","cluster":"c","from":{"visibility":"organization"},"to":null}}"#,
        r#"{"environment":{"organization":"a","environment":"e","from":null,"to":{"project":"p","cluster":"c","namespace":"e","protection":"reviewed"}}}"#,
        r#"{"remove":{"organization":"a","removed":"organization","restore":null}}"#,
        r#"{"remove":{"organization":"a","removed":{"cluster":"c"},"restore":null}}"#,
        r#"{"remove":{"organization":"a","removed":{"team":"t"},"restore":[{"team":{"organization":"a","team":"t","from":null,"to":{}}}]}}"#,
        r#"{"remove":{"organization":"a","removed":{"project":"p"},"restore":[{"project":{"organization":"a","project":"p","from":null,"to":{"visibility":"members"}}}]}}"#,
    ] {
        let text = record(&format!(
            r#"{{"by":"olivia","change":{{"delete_project":{{"project":"shop"}}}},"edits":[{edit}]}}"#
        ));
        let record = readers::record(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(serde_json::to_string(&record).unwrap(), text);
    }
}

#[test]
fn the_ids_of_the_tokens_that_were_used_are_recorded() {
    let mut directory = Directory::<String>::new();
    let (acme, owner) = ("acme-corp".to_owned(), "olivia".to_owned());
    directory.create_organization("record-1".into(), acme, owner, AccountKind::User, None).unwrap();
    let token = Token::new(ActionSet::all()).named("laptop");
    let service_token = Token::new(ActionSet::all()).named("gateway");
    let olivia = SubjectId::new("olivia").with_token(&token).with_service_token(&service_token);
    let update = Change::UpdateOrganization { organization: "acme-corp".to_string() };
    let record = directory.change("record-2".into(), &olivia, update).unwrap();
    let text = serde_json::to_string(&record).unwrap();
    assert!(text.contains(r#""steps":[{"by":"olivia","token":"laptop","service_token":"gateway","change":"#), "{text}");
    assert_eq!(readers::record(&text).unwrap(), record);
}

#[test]
fn a_record_of_another_policy_is_read() {
    let text = r#"{"format":3,"policy":7,"id":"r","organization":"a","revision":1,"steps":[]}"#;
    let record = readers::record(text).unwrap();
    assert_eq!(record.policy(), 7);
    assert_eq!(serde_json::to_string(&record).unwrap(), text);
}

/// What is said of a step that does not say what was done, and by whom.
const CAUSES: &str = "a step has `create_organization` alone, `by` and `change`, or `platform` and `change`";

#[test]
fn what_is_no_record_is_refused() {
    let with = |part: &str, other: &str| {
        let text = record("");
        assert!(text.contains(part), "{part}");
        text.replacen(part, other, 1)
    };
    for (text, problem) in [
        (with(r#""format":3"#, r#""format":4"#), "a record of format 4: only format 3 is known here"),
        (with(r#""format":3,"#, ""), "missing field `format`"),
        (with(r#""policy":2,"#, ""), "missing field `policy`"),
        (with(r#""id":"r","#, ""), "missing field `id`"),
        (with(r#""organization":"a","#, ""), "missing field `organization`"),
        (with(r#""revision":1,"#, ""), "missing field `revision`"),
        (with(r#","steps":[]"#, ""), "missing field `steps`"),
        (with(r#""policy":2"#, r#""policy":null"#), "expected the number of a version of the policy"),
        (with(r#""policy":2"#, r#""policy":4294967296"#), "`4294967296` is not a version of the policy"),
        (with(r#""revision":1"#, r#""revision":-1"#), "expected a whole number from 0"),
        (with(r#""id":"r""#, r#""id":"r","previous":null"#), "invalid type: null"),
        (with(r#""revision":1"#, r#""revision":1,"at":null"#), "invalid type: null"),
        (with(r#""revision":1"#, r#""revision":1,"reason":null"#), "invalid type: null"),
        (
            r"[3,2,1,[]]".into(),
            "expected a record: an object with `format`, `policy`, `id`, `organization`, `revision` and `steps`",
        ),
        (with(r#""steps":[]"#, r#""steps":[],"more":1"#), "unknown field `more`"),
    ] {
        assert_refused(&text, problem);
    }
}

#[test]
fn what_is_no_step_is_refused() {
    let step = record;
    for (text, problem) in [
        (step(r#"{"edits":[]}"#), CAUSES),
        (
            step(
                r#"{"create_organization":{"organization":"a","owner":"olivia","kind":"user"},"token":"laptop","edits":[]}"#,
            ),
            CAUSES,
        ),
        (
            step(r#"{"by":"olivia","token":null,"change":{"delete_project":{"project":"shop"}},"edits":[]}"#),
            "invalid type: null",
        ),
        (step(r#"{"by":"olivia","edits":[]}"#), CAUSES),
        (step(r#"{"platform":"support","edits":[]}"#), CAUSES),
        (
            step(r#"{"by":"olivia","platform":"support","change":{"delete_project":{"project":"p"}},"edits":[]}"#),
            CAUSES,
        ),
        (step(r#"{"platform":"support","token":"t","change":{"delete_project":{"project":"p"}},"edits":[]}"#), CAUSES),
        (
            step(
                r#"{"by":"olivia","at":"2026-11-21T00:00:00Z","change":{"delete_project":{"project":"p"}},"edits":[]}"#,
            ),
            "unknown field `at`",
        ),
        (step(r#"{"by":null,"edits":[]}"#), "invalid type: null"),
    ] {
        assert_refused(&text, problem);
    }
}

#[test]
fn what_is_no_change_is_refused() {
    let by = |change: &str| record(&format!(r#"{{"by":"olivia","change":{change},"edits":[]}}"#));
    for (text, problem) in [
        (by(r#"{"delete_project":["shop"]}"#), "invalid type: sequence, expected an object"),
        (by(r#"{"delete_project":{"project":"shop","force":true}}"#), "unknown field `force`"),
        (by(r#"{"drop_project":{"project":"shop"}}"#), "unknown variant `drop_project`"),
        (by(r#"{"set_expiry":{"organization":"acme-corp","account":"bob"}}"#), "missing field `to`"),
        (by(r#"{"update_project":{"project":"shop","visibility":null}}"#), "invalid type: null"),
        (
            by(r#"{"change_role":{"organization":"a","account":"bob","to":"release-manager"}}"#),
            "unknown role `release-manager`",
        ),
        (
            by(r#"{"set_cluster_access":{"cluster":"c","holder":"bob","to":null}}"#),
            "unknown variant `bob`, expected `account` or `team`",
        ),
        (by(r#"{"set_cluster_access":{"cluster":"c","account":"bob","to":null}}"#), "unknown field `account`"),
        (by(r#"{"set_cluster_access":{"cluster":"c","holder":{"role":"bob"},"to":null}}"#), "unknown variant `role`"),
        (
            by(r#"{"set_cluster_access":{"cluster":"c","holder":{"account":"bob","team":"t"},"to":null}}"#),
            "expected value",
        ),
        (by(r#"{"update_role":{"role":"r","permissions":["exec"]}}"#), "the permission exec needs `view` beside it"),
        (
            by(r#"{"create_environment":{"environment":"e","project":"p","cluster":"c","protection":"none"}}"#),
            "missing field `namespace`",
        ),
        (
            by(
                r#"{"invite_member":{"organization":"a","account":"b","kind":"user","role":"viewer","expires_at":null}}"#,
            ),
            "invalid type: null",
        ),
    ] {
        assert_refused(&text, problem);
    }
}

#[test]
fn what_is_no_edit_is_refused() {
    let edit = |edit: &str| {
        record(&format!(r#"{{"by":"olivia","change":{{"delete_project":{{"project":"shop"}}}},"edits":[{edit}]}}"#))
    };
    for (text, problem) in [
        (edit(r#"{"account":{"account":"bob","from":null,"to":"user"}}"#), "unknown variant `account`"),
        (
            edit(r#"{"member":{"organization":"a","account":"bob","from":null,"to":{"kind":"user"}}}"#),
            "missing field `role`",
        ),
        (
            edit(r#"{"team_member":{"organization":"a","team":"t","account":"bob","from":null,"to":{"since":1}}}"#),
            "unknown field `since`",
        ),
        (edit(r#"{"project":{"organization":"a","project":"shop","to":null}}"#), "missing field `from`"),
        (
            edit(r#"{"project":{"organization":"a","project":"shop","from":{},"to":null}}"#),
            "missing field `visibility`",
        ),
        (
            edit(r#"{"project":{"organization":"a","project":"shop","project":"shop","from":null,"to":null}}"#),
            "duplicate field `project`",
        ),
        (
            edit(r#"{"organization":{"organization":"acme-corp","from":null,"to":[]}}"#),
            "expected an object without fields",
        ),
        (edit(r#"{"project":{"project":"shop","from":null,"to":null}}"#), "missing field `organization`"),
        (
            edit(
                r#"{"project":{"organization":"a","project":"p","from":{"organization":"a","visibility":"members"},"to":null}}"#,
            ),
            "unknown field `organization`",
        ),
        (edit(r#"{"remove":{"organization":"a","removed":"organization"}}"#), "missing field `restore`"),
        (edit(r#"{"remove":{"organization":"a","removed":"project","restore":null}}"#), "invalid type: unit variant"),
        (edit(r#"{"remove":{"organization":"a","removed":{"role":"r"},"restore":null}}"#), "unknown variant `role`"),
    ] {
        assert_refused(&text, problem);
    }
}

fn assert_refused(text: &str, problem: &str) {
    let error = readers::record(text).unwrap_err().to_string();
    assert!(error.contains(problem), "{text}: {error}");
}

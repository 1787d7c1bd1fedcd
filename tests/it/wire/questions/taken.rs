//! Questions that are taken, and what they ask.

use shipgate::model::{ApprovalFrom, ApprovalId, ApprovalRule, Permission, ResourceKind, Update};
use shipgate::{
    Action, ActionKind, ActionSet, AnyRole, ClusterAccess, Grant, ProjectRole, Protection, ResourceId, Role,
    RoleDefinition, RolePermissions, Time, Token, Visibility,
};

use crate::wire::readers;

use super::{ALICE, SHOP, VIEW, about, action, by, creation, deployment, in_context, question, read, to, with_token};

/// 2027-01-01T00:00:00Z.
const NEW_YEAR: Time = Time::from_millis(1_798_761_600_000);

fn update_of(resource: &str, action: &str) -> Action<String> {
    read(&question(ALICE, action, &format!(r#"{{ "type": "{resource}", "id": "x" }}"#))).action
}

fn auditor() -> RolePermissions {
    RolePermissions::new([Permission::View, Permission::ViewAuditLog]).unwrap()
}

#[test]
fn every_action_is_read_with_what_it_asks_for() {
    let asking = [
        (
            r#"{"name":"invite_member","properties":{"role":"billing"}}"#,
            Action::InviteMember { role: Role::Billing.into(), expires_at: None },
        ),
        (
            r#"{"name":"invite_member","properties":{"role":"release-manager","expires_at":"2027-01-01T00:00:00Z"}}"#,
            Action::InviteMember { role: AnyRole::Custom("release-manager".into()), expires_at: Some(NEW_YEAR) },
        ),
        (r#"{"name":"change_role","properties":{"to":"owner"}}"#, Action::ChangeRole { to: Role::Owner.into() }),
        (
            r#"{"name":"change_role","properties":{"to":"Owner"}}"#,
            Action::ChangeRole { to: AnyRole::Custom("Owner".into()) },
        ),
        (
            r#"{"name":"create_role","properties":{"rank":"viewer","permissions":["view_audit_log","view"]}}"#,
            Action::CreateRole { role: RoleDefinition::new(Role::Viewer, auditor()).unwrap() },
        ),
        (r#"{"name":"set_expiry","properties":{"to":null}}"#, Action::SetExpiry { to: None }),
        (
            r#"{"name":"set_expiry","properties":{"to":"2027-01-01T00:00:00Z"}}"#,
            Action::SetExpiry { to: Some(NEW_YEAR) },
        ),
        (r#"{"name":"set_project_role","properties":{"to":null}}"#, Action::SetProjectRole { to: None }),
        (
            r#"{"name":"set_project_role","properties":{"to":"viewer"}}"#,
            Action::SetProjectRole { to: Some(Grant::new(ProjectRole::Viewer)) },
        ),
        (
            r#"{"name":"set_project_role","properties":{"expires_at":"2027-01-01T00:00:00Z","to":"admin"}}"#,
            Action::SetProjectRole { to: Some(Grant::new(ProjectRole::Admin).until(NEW_YEAR)) },
        ),
        (r#"{"name":"set_cluster_access","properties":{"to":null}}"#, Action::SetClusterAccess { to: None }),
        (
            r#"{"properties":{"to":"none","expires_at":"2027-01-01T00:00:00Z"},"name":"set_cluster_access"}"#,
            Action::SetClusterAccess { to: Some(Grant::new(ClusterAccess::None).until(NEW_YEAR)) },
        ),
        (r#"{"name":"set_protection","properties":{"to":"locked"}}"#, Action::SetProtection { to: Protection::LOCKED }),
        (
            r#"{"name":"set_protection","properties":{"to":{"level":"restricted","approval":{"from":"admin"}}}}"#,
            Action::SetProtection { to: Protection::restricted(ApprovalRule::new(ApprovalFrom::Admin)) },
        ),
    ];
    for (json, expected) in &asking {
        assert_eq!(action(json), *expected, "{json}");
    }
    for name in ActionKind::ALL {
        let asks = asking.iter().any(|(_, action)| action.kind() == name);
        let bare = readers::question(&to(&format!(r#"{{"name":"{name}"}}"#)));
        assert_eq!(bare.map(|question| question.action.kind()).ok(), (!asks).then_some(name));
    }
}

#[test]
fn an_update_is_read_as_its_resource_asks() {
    let permissions = r#"{"name":"update","properties":{"permissions":["view","view_audit_log"]}}"#;
    assert_eq!(update_of("role", permissions), Action::Update { to: Update::Permissions(auditor()) });
    let hide = r#"{"name":"update","properties":{"visibility":"members"}}"#;
    for kind in ["project", "cluster"] {
        assert_eq!(update_of(kind, hide), Action::Update { to: Update::Visibility(Visibility::Members) });
        for settings in [r#"{"name":"update"}"#, r#"{"name":"update","properties":{}}"#] {
            assert_eq!(update_of(kind, settings), Action::UPDATE);
        }
    }
    // Of all others an update asks for nothing, and what else is there is ignored.
    for kind in ["organization", "team", "environment"] {
        for settings in [r#"{"name":"update"}"#, hide, permissions] {
            assert_eq!(update_of(kind, settings), Action::UPDATE, "{kind}");
        }
    }
}

#[test]
fn an_action_asks_for_its_properties_whatever_it_is_asked_about() {
    // Not one of these applies, which is a decision.
    let about = |action: &str, resource: &str| readers::question(&question(ALICE, action, resource));
    assert!(about(r#"{"name":"invite_member","properties":{"role":"viewer"}}"#, SHOP).is_ok());
    assert!(about(r#"{"name":"invite_member"}"#, SHOP).is_err());
    assert!(about(r#"{"name":"create_role","properties":{"rank":"viewer","permissions":[]}}"#, SHOP).is_ok());
    assert!(about(r#"{"name":"create"}"#, SHOP).is_ok());
}

#[test]
fn every_type_of_resource_is_read() {
    let id = || "x".to_string();
    let s = String::from;
    let table = [
        (ResourceKind::Organization, "", ResourceId::Organization(id())),
        (ResourceKind::Member, r#""organization":"a""#, ResourceId::Member { organization: s("a"), account: id() }),
        (ResourceKind::Role, "", ResourceId::Role(id())),
        (ResourceKind::Team, "", ResourceId::Team(id())),
        (ResourceKind::TeamMember, r#""team":"a""#, ResourceId::TeamMember { team: s("a"), account: id() }),
        (ResourceKind::Project, "", ResourceId::Project(id())),
        (ResourceKind::ProjectMember, r#""project":"a""#, ResourceId::ProjectMember { project: s("a"), account: id() }),
        (ResourceKind::ProjectTeam, r#""project":"a""#, ResourceId::ProjectTeam { project: s("a"), team: id() }),
        (ResourceKind::Environment, "", ResourceId::Environment(id())),
        (ResourceKind::Placement, r#""cluster":"a""#, ResourceId::Placement { environment: id(), to: s("a") }),
        (
            ResourceKind::Deployment,
            r#""environment":"a","requested_by":"b""#,
            ResourceId::Deployment {
                environment: s("a"),
                requested_by: s("b"),
                on_behalf_of: None,
                release: None,
                approvals: Vec::new(),
            },
        ),
        (ResourceKind::Cluster, "", ResourceId::Cluster(id())),
        (ResourceKind::ClusterMember, r#""cluster":"a""#, ResourceId::ClusterMember { cluster: s("a"), account: id() }),
        (ResourceKind::ClusterTeam, r#""cluster":"a""#, ResourceId::ClusterTeam { cluster: s("a"), team: id() }),
    ];
    assert_eq!(table.each_ref().map(|(kind, ..)| *kind), ResourceKind::ALL);
    for (kind, properties, resource) in table {
        let json = format!(r#"{{"type":"{kind}","id":"x","properties":{{{properties}}}}}"#);
        assert_eq!(read(&about(&json)).resource, resource, "{json}");
    }
}

#[test]
fn a_deployment_is_read_with_all_that_is_said_of_it() {
    let json = r#"{ "type": "deployment", "id": "release-42", "properties": {
        "environment": "dev", "requested_by": "ci-bot", "on_behalf_of": "bob", "release": "v1.4.2", "approvals": [
            { "by": "carol" },
            { "by": "olivia", "release": "v1.4.2", "cluster": "us-east", "expires_at": "2027-01-01T00:00:00Z" }
        ] } }"#;
    let approvals = vec![
        ApprovalId::new("carol".to_string()),
        ApprovalId::new("olivia".to_string()).for_release("v1.4.2").on_cluster("us-east".to_string()).until(NEW_YEAR),
    ];
    assert_eq!(
        read(&about(json)).resource,
        ResourceId::Deployment {
            environment: "dev".into(),
            requested_by: "ci-bot".into(),
            on_behalf_of: Some("bob".into()),
            release: Some("v1.4.2".into()),
            approvals,
        }
    );
    read(&deployment("[]"));
}

#[test]
fn an_environment_to_create_is_read_as_proposed() {
    let proposed = |properties: &str| read(&creation(properties)).resource;
    let environment = |protection| ResourceId::NewEnvironment {
        id: "dev".to_string(),
        project: "shop".to_string(),
        cluster: "us-east".to_string(),
        protection,
    };
    assert_eq!(proposed(r#"{"project":"shop","cluster":"us-east"}"#), environment(Protection::NONE));
    assert_eq!(
        proposed(r#"{"project":"shop","cluster":"us-east","protection":{"level":"reviewed"}}"#),
        environment(Protection::REVIEWED)
    );
}

#[test]
fn a_token_is_read_with_its_id() {
    let token = read(&with_token(
        r#"{ "actions": ["view"], "organizations": [], "projects": ["shop"], "environments": ["dev"], "clusters": ["a", "b"],
             "expires_at": "2027-01-01T00:00:00Z", "id": "ci-7" }"#,
    ))
    .token;
    let s = String::from;
    let expected = Token::new(ActionSet::VIEW)
        .for_organizations([])
        .for_projects([s("shop")])
        .for_environments([s("dev")])
        .for_clusters([s("a"), s("b")])
        .until(NEW_YEAR)
        .named("ci-7");
    assert_eq!(token, Some(expected));
}

#[test]
fn a_request_never_sets_the_services_token() {
    for text in [by(ALICE), with_token(r#"{ "actions": ["view"] }"#)] {
        assert_eq!(read(&text).service_token, None);
    }
    let hidden_in_it = by(
        r#"{ "type": "user", "id": "alice", "service_token": { "actions": [] }, "properties": { "service_token": { "actions": [] } } }"#,
    );
    assert_eq!(read(&hidden_in_it), read(&by(ALICE)));
}

#[test]
fn the_time_is_that_of_the_context() {
    assert_eq!(read(&by(ALICE)).time, None);
    assert_eq!(read(&in_context("{}")).time, None);
    let late = in_context(r#"{ "time": "9999-12-31T23:59:59Z" }"#);
    assert_eq!(read(&late).time, Some(Time::from_millis(253_402_300_799_000)));
}

#[test]
fn the_seconds_may_be_missing_in_the_time_of_the_context_alone() {
    for (short, whole) in [
        ("1985-10-26T01:22-07:00", "1985-10-26T01:22:00-07:00"),
        ("2026-11-21t12:00z", "2026-11-21T12:00:00Z"),
        ("1969-12-31T23:59+23:59", "1969-12-31T00:00:00Z"),
    ] {
        let question = read(&in_context(&format!(r#"{{ "time": "{short}" }}"#)));
        assert_eq!(question.time, Some(whole.parse().unwrap()), "{short}");

        for elsewhere in [
            with_token(&format!(r#"{{ "actions": ["view"], "expires_at": "{short}" }}"#)),
            to(&format!(r#"{{ "name": "set_expiry", "properties": {{ "to": "{short}" }} }}"#)),
            to(&format!(
                r#"{{ "name": "invite_member", "properties": {{ "role": "viewer", "expires_at": "{short}" }} }}"#
            )),
            to(&format!(
                r#"{{ "name": "set_project_role", "properties": {{ "to": "viewer", "expires_at": "{short}" }} }}"#
            )),
            deployment(&format!(r#"[{{ "by": "carol", "expires_at": "{short}" }}]"#)),
        ] {
            assert!(readers::question(&elsewhere).is_err(), "{elsewhere}");
        }
        assert!(short.parse::<Time>().is_err());
    }
}

#[test]
fn the_order_of_members_does_not_matter() {
    let forth = question(
        ALICE,
        r#"{"name":"change_role","properties":{"to":"viewer"}}"#,
        r#"{"type":"member","id":"bob","properties":{"organization":"acme-corp"}}"#,
    );
    let back = r#"{ "resource": {"properties":{"organization":"acme-corp"},"id":"bob","type":"member"},
                    "action": {"properties":{"to":"viewer"},"name":"change_role"},
                    "subject": { "id": "alice", "type": "user" } }"#;
    assert_eq!(read(&forth), read(back));
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    assert_eq!(read(&format!("\u{feff}{}", by(ALICE))), read(&by(ALICE)));
    for text in [format!("\u{feff}\u{feff}{}", by(ALICE)), format!("{}\u{feff}", by(ALICE))] {
        assert!(readers::question(&text).is_err(), "{text:?}");
    }
    // In a string it is a character like any other.
    let text = question(ALICE, VIEW, "{ \"type\": \"project\", \"id\": \"\u{feff}shop\" }");
    assert_eq!(read(&text).resource, ResourceId::Project("\u{feff}shop".into()));
}

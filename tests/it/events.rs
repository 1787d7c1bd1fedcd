//! Decision records: one event of each decision that is enforced or asked for, and none of anything else.

use serde_json::{Value, json};
use tracing::Level;

use shipgate::authzen::{DirectoryPdp, Endpoint, Explain, Http, UnknownNames, respond};
use shipgate::change::{Batch, Change, Record};
use shipgate::directory::Question;
use shipgate::json::Answer;
use shipgate::model::{ApprovalFrom, ApprovalId, ApprovalRule};
use shipgate::{
    Account, AccountKind, Action, ActionSet, Cluster, Directory, Exposure, Membership, Protection, ResourceId, Role,
    SharedDirectory, SubjectId, Time, Token, Visibility,
};

use crate::captured::{Captured, events};

const NOW: Time = Time::from_millis(1_795_219_200_000);

/// acme-corp with its Owner olivia and the Developer alice, at revision 2, and globex at revision 1.
fn directory() -> Directory<String> {
    let mut directory = Directory::new();
    for (id, organization) in [("record-1", "acme-corp"), ("record-1g", "globex")] {
        let owner = ("olivia".into(), AccountKind::User);
        directory.create_organization(id.into(), organization.into(), owner.0, owner.1, None).unwrap();
    }
    let invite = Change::invite_member("acme-corp", "alice", AccountKind::User, Role::Developer, None);
    directory.change("record-2".into(), &SubjectId::new("olivia"), invite).unwrap();
    directory
}

/// The same, with a project, a cluster, a team and environments. They are loaded, so that no change is recorded.
fn shop() -> Directory<String> {
    let mut rows = Directory::builder();
    rows.organization("acme-corp".into()).unwrap();
    for (account, role) in [("olivia", Role::Owner), ("alice", Role::Developer), ("betty", Role::Billing)] {
        rows.member("acme-corp", account.into(), AccountKind::User, role, None).unwrap();
    }
    rows.cluster("us-east".into(), "acme-corp", Visibility::Organization).unwrap();
    rows.team("web".into(), "acme-corp").unwrap();
    rows.project("shop".into(), "acme-corp", Visibility::Organization).unwrap();
    rows.environment("dev".into(), "shop", "us-east", "shop-dev", Protection::NONE).unwrap();
    let locked = Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner));
    rows.environment("production".into(), "shop", "us-east", "shop-production", locked).unwrap();
    rows.build()
}

type Resource = ResourceId<&'static str, &'static [ApprovalId<String>], &'static str>;

/// The fields of the only event that was emitted.
fn only<T>(emit: impl FnOnce() -> T) -> Value {
    let mut found = events(emit);
    assert_eq!(found.len(), 1, "{found:?}");
    let Captured { level, target, fields } = found.remove(0);
    assert_eq!((level, target.as_str()), (Level::INFO, "shipgate::decision"));
    fields
}

#[test]
fn a_decision_that_is_enforced_says_who_was_let_do_what() {
    let directory = directory();
    let (token, service_token) = (Token::new(ActionSet::all()).named("t-1"), Token::new(ActionSet::all()).named("s-1"));
    let olivia = SubjectId::new("olivia")
        .of_kind(AccountKind::User)
        .with_token(&token)
        .with_service_token(&service_token)
        .at(NOW);
    let fields =
        only(|| directory.authorize(&olivia, Action::CreateProject, ResourceId::Organization("acme-corp")).unwrap());
    let expected = json!({
        "message": "allowed",
        "enforced": true,
        "account": "olivia",
        "account_kind": "user",
        "token": "t-1",
        "service_token": "s-1",
        "action": "create_project",
        "resource_type": "organization",
        "resource_id": "acme-corp",
        "organization": "acme-corp",
        "outcome": "allow",
        "revision": 2,
        "policy": Record::<String>::POLICY,
        "time": 1_795_219_200_000_i64,
    });
    assert_eq!(fields, expected);
}

#[test]
fn a_denial_has_its_reason_and_whether_it_is_hidden() {
    let directory = directory();
    let ask = |account: &str, organization| {
        let resource = ResourceId::Organization(organization);
        only(|| directory.authorize(&SubjectId::new(account), Action::CreateProject, resource).unwrap_err())
    };
    for (account, reason, message, hidden) in [
        (
            "alice",
            "role_insufficient",
            "you need the permission create_projects, which your role, of the rank developer, does not grant",
            false,
        ),
        ("mallory", "not_a_member", "you are not a member of this organization", true),
    ] {
        let expected = json!({
            "message": format!("denied: {message}"), "enforced": true, "account": account, "action": "create_project",
            "resource_type": "organization", "resource_id": "acme-corp", "organization": "acme-corp",
            "outcome": "deny", "reason": reason, "hidden": hidden, "revision": 2, "policy": 2,
        });
        assert_eq!(ask(account, "acme-corp"), expected);
    }

    // No such organization: it is named, and has no revision.
    let unknown = ask("olivia", "initech");
    assert_eq!(unknown["organization"], "initech");
    assert_eq!((&unknown["reason"], &unknown["revision"]), (&json!("unknown_resource"), &Value::Null));
}

#[test]
fn the_revision_is_that_of_the_organization_of_the_resource() {
    let directory = directory();
    let view = |id| only(|| directory.authorize(&SubjectId::new("olivia"), Action::View, ResourceId::Organization(id)));
    assert_eq!(view("acme-corp")["revision"], 2);
    assert_eq!(view("globex")["revision"], 1);
}

#[test]
fn what_requires_approval_is_neither_allowed_nor_denied() {
    let directory = shop();
    let resource: Resource = ResourceId::Deployment {
        environment: "production",
        requested_by: "olivia",
        on_behalf_of: Some("alice"),
        release: Some("v1.4.2"),
        approvals: &[],
    };
    let fields = only(|| directory.authorize(&SubjectId::new("olivia"), Action::Deploy, resource).unwrap_err());
    let expected = json!({
        "message": "waiting for 1 approval from an owner", "enforced": true, "account": "olivia", "action": "deploy",
        "resource_type": "deployment", "resource_id": "production", "organization": "acme-corp",
        "requested_by": "olivia", "on_behalf_of": "alice", "release": "v1.4.2",
        "outcome": "require_approval", "revision": 0, "policy": 2,
    });
    assert_eq!(fields, expected);
}

/// Each kind of resource, and the ids of which it consists.
#[test]
fn every_part_of_a_resource_is_said() {
    let directory = shop();
    let cases: [(Resource, &str, Value); 14] = [
        (ResourceId::Organization("acme-corp"), "acme-corp", json!({})),
        (ResourceId::Member { organization: "acme-corp", account: "alice" }, "alice", json!({})),
        (ResourceId::Role("auditor"), "auditor", json!({})),
        (ResourceId::Team("web"), "web", json!({})),
        (ResourceId::TeamMember { team: "web", account: "alice" }, "alice", json!({ "team": "web" })),
        (ResourceId::Project("shop"), "shop", json!({})),
        (ResourceId::ProjectMember { project: "shop", account: "alice" }, "alice", json!({ "project": "shop" })),
        (ResourceId::ProjectTeam { project: "shop", team: "web" }, "web", json!({ "project": "shop" })),
        (ResourceId::Environment("dev"), "dev", json!({})),
        (
            ResourceId::NewEnvironment { id: "new", project: "shop", cluster: "us-east", protection: Protection::NONE },
            "new",
            json!({ "project": "shop", "cluster": "us-east" }),
        ),
        (ResourceId::Placement { environment: "dev", to: "us-east" }, "dev", json!({ "cluster": "us-east" })),
        (ResourceId::Cluster("us-east"), "us-east", json!({})),
        (ResourceId::ClusterMember { cluster: "us-east", account: "alice" }, "alice", json!({ "cluster": "us-east" })),
        (ResourceId::ClusterTeam { cluster: "us-east", team: "web" }, "web", json!({ "cluster": "us-east" })),
    ];
    for (resource, id, parts) in cases {
        let fields = only(|| directory.authorize(&SubjectId::new("olivia"), Action::View, resource).is_ok());
        assert_eq!((&fields["resource_type"], &fields["resource_id"]), (&json!(resource.kind().as_str()), &json!(id)));
        let found: serde_json::Map<String, Value> = ["team", "project", "cluster"]
            .into_iter()
            .filter_map(|name| Some((name.to_string(), fields.get(name)?.clone())))
            .collect();
        assert_eq!(Value::Object(found), parts, "{resource:?}");
        let known = !matches!(resource, ResourceId::Role(_));
        assert_eq!(fields.get("organization").is_some(), known, "{resource:?}");
    }
}

#[test]
fn a_question_that_is_only_asked_is_no_enforcement() {
    let directory = shop();
    let question =
        Question::new("alice".to_string(), Action::Deploy, ResourceId::Environment("dev".to_string())).at(NOW);
    for fields in [
        only(|| directory.evaluate(&question).unwrap()),
        only(|| SharedDirectory::new(shop()).evaluate(&question).unwrap()),
        only(|| Answer::new(&directory, &question)),
    ] {
        let expected = json!({
            "message": "allowed", "enforced": false, "account": "alice", "action": "deploy",
            "resource_type": "environment", "resource_id": "dev", "organization": "acme-corp",
            "outcome": "allow", "revision": 0, "policy": 2, "time": NOW.as_millis(),
        });
        assert_eq!(fields, expected);
    }
    let hidden = Question::new("betty".to_string(), Action::Deploy, ResourceId::Environment("dev".to_string()));
    for fields in [only(|| directory.evaluate(&hidden)), only(|| Answer::new(&directory, &hidden))] {
        assert_eq!((&fields["enforced"], &fields["hidden"]), (&json!(false), &json!(true)));
    }
}

#[test]
fn each_evaluation_of_another_service_is_asked_for_once_and_a_search_is_silent() {
    let mut rows = Directory::<u64>::builder();
    rows.organization(1).unwrap();
    rows.member(&1, 7, AccountKind::User, Role::Viewer, None).unwrap();
    let directory = rows.build();
    let pdp = DirectoryPdp::new(&directory).explaining(Explain::Always).with_unknown_names(UnknownNames::Denied);
    let found = |endpoint, body: &Value| {
        let body = body.to_string();
        let request = Http { content_type: Some("application/json"), request_id: None, body: body.as_bytes() };
        events(|| assert_eq!(respond(&pdp, endpoint, &request).status(), 200, "{body}"))
    };

    let (organization, view) = (json!({ "type": "organization", "id": "1" }), json!({ "name": "view" }));
    let user = |id| json!({ "type": "user", "id": id });
    let one = |id| json!({ "subject": user(id), "action": view, "resource": organization });
    let evaluated = found(Endpoint::Evaluation, &one("7"));
    let expected = json!({
        "message": "allowed", "enforced": false, "account": "7", "account_kind": "user", "action": "view",
        "resource_type": "organization", "resource_id": "1", "organization": "1", "outcome": "allow", "revision": 0,
        "policy": 2,
    });
    assert_eq!(evaluated.iter().map(|event| &event.fields).collect::<Vec<_>>(), [&expected]);

    // What is no id is recorded as it was written. A name that is not known makes no decision of the directory's.
    let unknown = json!({ "subject": { "type": "robot", "id": "7" } });
    let many = [json!({ "subject": user("seven") }), unknown, json!({ "subject": user("7") })];
    let many = json!({ "action": view, "resource": organization, "evaluations": many });
    let evaluated = found(Endpoint::Evaluations, &many);
    let accounts: Vec<_> = evaluated.iter().map(|event| &event.fields["account"]).collect();
    assert_eq!(accounts, ["seven", "7"]);
    assert_eq!((&evaluated[0].fields["hidden"], &evaluated[0].fields["revision"]), (&json!(true), &json!(0)));

    for endpoint in [Endpoint::SubjectSearch, Endpoint::ResourceSearch, Endpoint::ActionSearch] {
        assert_eq!(found(endpoint, &one("7")), [], "{endpoint}");
    }
}

#[test]
fn a_shared_directory_and_its_snapshots_record_each_decision_once() {
    let shared = SharedDirectory::new(directory());
    let (olivia, acme) = (SubjectId::new("olivia"), ResourceId::Organization("acme-corp"));
    assert_eq!(only(|| shared.authorize(&olivia, Action::View, acme))["enforced"], true);
    assert_eq!(only(|| shared.snapshot().authorize(&olivia, Action::View, acme))["enforced"], true);
    let found = events(|| (0..3).for_each(|_| shared.authorize(&olivia, Action::View, acme).unwrap()));
    assert_eq!(found.len(), 3);
}

#[test]
fn ids_of_another_type_are_written_as_they_display() {
    let mut rows = Directory::<u64>::builder();
    rows.organization(1).unwrap();
    rows.member(&1, 7, AccountKind::Service, Role::Admin, None).unwrap();
    let fields =
        only(|| rows.build().authorize(&SubjectId::new(&7), Action::View, ResourceId::Organization(&1)).unwrap());
    assert_eq!((&fields["account"], &fields["organization"]), (&json!("7"), &json!("1")));
}

/// A subscriber that writes lines quotes strings. What only displays, it writes as it is: no id is in the message.
#[test]
fn an_id_from_outside_is_a_string_and_not_in_the_message() {
    let forged = "eve\nshipgate::decision: allowed account=\"olivia\"";
    let fields =
        only(|| directory().authorize(&SubjectId::new(forged), Action::View, ResourceId::Organization("acme-corp")));
    assert_eq!(fields["account"], forged);
    assert!(!fields["message"].as_str().unwrap().contains("eve"));
}

#[test]
fn nothing_else_is_recorded() {
    let mut directory = directory();
    let shop = shop();
    let (olivia, alice) = (SubjectId::new("olivia"), SubjectId::new("alice"));
    let acme = ResourceId::Organization("acme-corp");
    let connect = || Change::connect_cluster("acme-corp", "eu-west", Visibility::Organization);

    let silent: [(&str, &mut dyn FnMut()); 9] = [
        ("decide", &mut || assert!(!directory.decide(&alice, Action::CreateProject, acme).is_allowed())),
        ("exposure", &mut || assert_eq!(shop.exposure(&alice, acme), Exposure::Visible)),
        ("explain", &mut || drop(shop.explain(&alice, Action::CreateProject, acme))),
        ("who may", &mut || assert_ne!(shop.who_may(Action::View, acme, None).count(), 0)),
        ("what may", &mut || assert_ne!(shop.what_may(olivia).clusters(Action::View, "acme-corp").count(), 0)),
        ("actions", &mut || assert!(!shop.what_may(olivia).actions(acme).allowed().is_empty())),
        ("filter", &mut || drop(shop.filter(&olivia, Action::View, "acme-corp").clusters())),
        ("facts at hand", &mut || {
            let account = Account::user("alice").with(Membership::new("acme-corp", Role::Developer)).unwrap();
            shipgate::authorize(&account, Action::Manage, &Cluster::new("us-east", "acme-corp")).unwrap_err();
        }),
        ("propose", &mut || {
            directory.propose("record-3".into(), &olivia, connect()).unwrap();
            directory.propose("record-3".into(), &alice, connect()).unwrap_err();
        }),
    ];
    for (name, call) in silent {
        assert_eq!(events(call), [], "{name}");
    }

    // An expired membership is replaced by an invitation, which asks twice.
    let changes = events(|| {
        let expire = Change::set_expiry("acme-corp", "alice", Some(NOW));
        directory.change("record-3".into(), &olivia.at(NOW), expire).unwrap();
        let invite = Change::invite_member("acme-corp", "alice", AccountKind::User, Role::Viewer, None);
        drop(directory.preview(&olivia.at(NOW), invite.clone()));
        let proposed = directory.propose("record-4".into(), &olivia.at(NOW), invite).unwrap();
        directory.apply(&proposed).unwrap();
        directory.change("record-5".into(), &alice, connect()).unwrap_err();
        let batch = Batch::new().with(olivia, connect());
        directory.propose_all("record-5".into(), batch.clone()).unwrap();
        directory.change_all("record-5".into(), batch).unwrap();
        let shared = SharedDirectory::new(directory);
        shared.change("record-6".into(), &olivia, Change::disconnect_cluster("eu-west")).unwrap();
        shared.propose("record-7".into(), &alice, connect()).unwrap_err();
    });
    assert_eq!(changes, []);
}

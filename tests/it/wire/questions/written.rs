//! Questions as they are written: what is written is read again.

use shipgate::directory::Question;
use shipgate::model::{ApprovalId, Permission, Update};
use shipgate::{
    AccountKind, Action, ActionSet, AnyRole, ClusterAccess, Grant, ProjectRole, Protection, ResourceId, Role,
    RoleDefinition, RolePermissions, Time, Token, Visibility,
};

use crate::wire::readers;

fn asking(action: Action<String>, resource: ResourceId<String>) -> Question<String> {
    Question::new("alice".to_string(), action, resource).of_kind(AccountKind::User)
}

fn organization() -> ResourceId<String> {
    ResourceId::Organization("acme-corp".into())
}

#[test]
fn a_question_comes_back() {
    let s = String::from;
    let expiry = Time::from_millis(1_798_761_600_000);
    let permissions = RolePermissions::new([Permission::View, Permission::Deploy]).unwrap();
    let member = || ResourceId::Member { organization: s("acme-corp"), account: s("bob") };
    let approvals = vec![
        ApprovalId::new(s("carol")),
        ApprovalId::new(s("olivia")).for_release("v1").on_cluster(s("us-east")).until(expiry),
    ];
    let deployment = ResourceId::Deployment {
        environment: s("dev"),
        requested_by: s("ci-bot"),
        on_behalf_of: Some(s("bob")),
        release: Some(s("v1")),
        approvals,
    };
    let bare_deployment = ResourceId::Deployment {
        environment: s("dev"),
        requested_by: s("bob"),
        on_behalf_of: None,
        release: None,
        approvals: Vec::new(),
    };
    let environment = ResourceId::NewEnvironment {
        id: s("qa"),
        project: s("shop"),
        cluster: s("us-east"),
        protection: Protection::REVIEWED,
    };
    let questions = [
        asking(Action::View, organization()),
        asking(Action::View, ResourceId::Role(s("auditor"))),
        asking(Action::UPDATE, ResourceId::Team(s("on-call"))),
        asking(Action::UPDATE, ResourceId::Project(s("shop"))),
        asking(Action::Update { to: Update::Visibility(Visibility::Members) }, ResourceId::Project(s("shop"))),
        asking(Action::Update { to: Update::Visibility(Visibility::Organization) }, ResourceId::Cluster(s("us-east"))),
        asking(Action::Update { to: Update::Permissions(permissions) }, ResourceId::Role(s("auditor"))),
        asking(Action::InviteMember { role: Role::Viewer.into(), expires_at: None }, organization()),
        asking(Action::InviteMember { role: AnyRole::Custom(s("auditor")), expires_at: Some(expiry) }, organization()),
        asking(Action::ChangeRole { to: AnyRole::Custom(s("auditor")) }, member()),
        asking(Action::CreateRole { role: RoleDefinition::new(Role::Admin, permissions).unwrap() }, organization()),
        asking(Action::SetExpiry { to: None }, member()),
        asking(Action::SetExpiry { to: Some(expiry) }, member()),
        asking(Action::AddToTeam, ResourceId::TeamMember { team: s("on-call"), account: s("bob") }),
        asking(
            Action::SetProjectRole { to: Some(Grant::new(ProjectRole::Viewer).until(expiry)) },
            ResourceId::ProjectTeam { project: s("shop"), team: s("on-call") },
        ),
        asking(
            Action::SetProjectRole { to: None },
            ResourceId::ProjectMember { project: s("shop"), account: s("bob") },
        ),
        asking(
            Action::SetClusterAccess { to: Some(Grant::new(ClusterAccess::None)) },
            ResourceId::ClusterTeam { cluster: s("us-east"), team: s("on-call") },
        ),
        asking(
            Action::SetClusterAccess { to: None },
            ResourceId::ClusterMember { cluster: s("us-east"), account: s("bob") },
        ),
        asking(Action::SetProtection { to: Protection::LOCKED }, ResourceId::Environment(s("dev"))),
        asking(Action::Create, environment),
        asking(Action::Retarget, ResourceId::Placement { environment: s("dev"), to: s("us-west") }),
        asking(Action::BreakGlass, bare_deployment),
        asking(Action::Deploy, deployment).at(expiry),
        asking(Action::View, organization()).with_token(
            Token::new(ActionSet::VIEW).for_projects([]).for_clusters([s("us-east")]).until(expiry).named("ci-7"),
        ),
    ];
    for question in questions {
        let written = serde_json::to_string(&question).unwrap();
        assert_eq!(readers::question(&written), Ok(question), "{written}");
    }
}

#[test]
fn what_no_request_says_is_not_written() {
    let s = String::from;
    let error = |question: Question<String>| serde_json::to_string(&question).unwrap_err().to_string();
    let view = || asking(Action::View, organization());
    assert_eq!(
        error(Question::new(s("alice"), Action::View, organization())),
        "a request names the kind of its account: set it with `of_kind`"
    );
    assert_eq!(
        error(view().with_service_token(Token::new(ActionSet::VIEW))),
        "a request has no service token, and would ask for more without it: leave it out and give it beside the request"
    );
    assert_eq!(
        error(asking(Action::Create, ResourceId::Environment(s("dev")))),
        "a request asks to create a new environment, and nothing else about it"
    );
    assert_eq!(
        error(asking(Action::UPDATE, ResourceId::Role(s("auditor")))),
        "`update` of the type `role` takes a parameter of the kind `permissions`, not `none`"
    );
    let hide = Action::Update { to: Update::Visibility(Visibility::Members) };
    assert_eq!(
        error(asking(hide, ResourceId::Team(s("on-call")))),
        "`update` of the type `team` takes a parameter of the kind `none`, not `visibility`"
    );
    assert_eq!(
        error(asking(Action::InviteMember { role: AnyRole::Custom(s("admin")), expires_at: None }, organization())),
        "`admin` is a built-in role: choose another id for a custom one"
    );
    for resource in [ResourceId::Project(String::new()), ResourceId::Project(s("shop\n"))] {
        assert!(error(asking(Action::View, resource.clone())).contains("id"), "{resource:?}");
    }
    let role = AnyRole::Custom(String::new());
    assert_eq!(
        error(asking(Action::ChangeRole { to: role }, organization())),
        "an id cannot be empty: write at least one character"
    );
    assert_eq!(
        error(view().with_token(Token::new(ActionSet::VIEW).for_projects([String::new()]))),
        "an id cannot be empty: write at least one character"
    );
    assert_eq!(
        error(view().at(Time::MAX)),
        "a time before the year 0000 or after 9999 cannot be written: choose one between them"
    );
}

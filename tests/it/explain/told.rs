//! The words: what the one who asked is told, and what would open it.

use shipgate::explain::{Explanation, Names, explain};
use shipgate::model::{ApprovalFrom, ApprovalRule};
use shipgate::{
    Account, Action, ActionSet, Approval, Cluster, ClusterAccess, Decision, Deployment, Environment, Grant, Membership,
    NewEnvironment, Organization, Project, Protection, Reason, Resource, Role, Subject, Time, Token, Visibility,
};

type Id = &'static str;

/// acme-corp: olivia the Owner, carol the Admin, alice and bob Developers, betty Billing, victor the Viewer.
struct Acme {
    organization: Organization<Id>,
    shop: Project<Id>,
    ledger: Project<Id>,
    staging: Cluster<Id>,
    production: Cluster<Id>,
    globex_eu: Cluster<Id>,
    dev: Environment<Id>,
    shop_production: Environment<Id>,
    payments: Environment<Id>,
    books: Environment<Id>,
    olivia: Account<Id>,
    carol: Account<Id>,
    alice: Account<Id>,
    bob: Account<Id>,
    betty: Account<Id>,
    victor: Account<Id>,
    ci_bot: Account<Id>,
    mallory: Account<Id>,
}

impl Acme {
    fn new() -> Self {
        let approval = ApprovalRule::new(ApprovalFrom::Admin).with_count(2).expect("two are some");
        let payments = Protection::restricted(approval);
        let shop =
            Project::new("shop", "acme-corp").with_environments([Protection::LOCKED, payments, Protection::NONE]);
        let ledger = Project::new("ledger", "acme-corp").with_visibility(Visibility::Members);
        let staging = Cluster::new("staging-us-east", "acme-corp").with_environments(2);
        let production = Cluster::new("production-us-east", "acme-corp").with_environments(2);
        let environment = |id, project, cluster, protection| {
            Environment::new(id, project, cluster, protection).expect("they are of one organization")
        };
        let member = |role| Membership::new("acme-corp", role);
        let with = |membership: Membership<Id>, level| {
            membership.with_cluster_access("production-us-east", Grant::new(level)).expect("the only one")
        };
        let user = |id, membership| Account::user(id).with(membership).expect("the only one");
        Self {
            organization: Organization::new("acme-corp", 2),
            dev: environment("shop-dev", &shop, &staging, Protection::NONE),
            shop_production: environment("shop-production", &shop, &production, Protection::LOCKED),
            payments: environment("shop-payments", &shop, &production, payments),
            books: environment("ledger-dev", &ledger, &staging, Protection::NONE),
            shop,
            ledger,
            staging,
            production,
            globex_eu: Cluster::new("globex-eu", "globex"),
            olivia: user("olivia", member(Role::Owner)),
            carol: user("carol", with(member(Role::Admin), ClusterAccess::Deploy)),
            alice: user("alice", with(member(Role::Developer), ClusterAccess::View)),
            bob: user("bob", with(member(Role::Developer), ClusterAccess::Deploy)),
            betty: user("betty", member(Role::Billing)),
            victor: user("victor", member(Role::Viewer)),
            ci_bot: Account::service("ci-bot").with(member(Role::Admin)).expect("the only one"),
            mallory: Account::user("mallory"),
        }
    }
}

/// What a resource is called.
fn name(resource: &Resource<'_, Id>) -> Id {
    match resource {
        Resource::Organization(organization) => organization.id(),
        Resource::Project(project) => project.id(),
        Resource::Environment(environment) | Resource::Placement { environment, to: _ } => environment.id(),
        Resource::NewEnvironment(_) => "shop-preview",
        Resource::Deployment(_) => "release-7",
        Resource::Cluster(cluster) => cluster.id(),
        Resource::Member(_, account) | Resource::ProjectMember(_, account) | Resource::ClusterMember(_, account) => {
            account.expect("everybody here is known").id()
        }
    }
}

/// Puts an explanation in words.
fn in_words(who: Id, resource: &Resource<'_, Id>, say: impl FnOnce(&Names<'_>) -> String) -> String {
    let resource = name(resource);
    say(&Names::new(&who, &resource).on(&"production-us-east").moving_to(&"globex-eu").about(&resource))
}

fn told(who: &Account<Id>, action: Action, resource: Resource<'_, Id>) -> String {
    let explanation = explain(Subject::new(who), action, resource);
    in_words(who.id(), &resource, |names| explanation.for_user(names).to_string())
}

/// What the report says would open it.
fn remedy(who: &Account<Id>, action: Action, resource: Resource<'_, Id>) -> Vec<String> {
    let explanation = explain(Subject::new(who), action, resource);
    let report = in_words(who.id(), &resource, |names| explanation.report(names).to_string());
    let (_, remedies) = report.split_once("\nwhat would open it\n").expect("it is not allowed");
    remedies.lines().map(|line| line.trim_start().to_owned()).collect()
}

/// A question, what the user is told, and what would open it.
type Situation<'a> = (&'a Account<Id>, Action, Resource<'a, Id>, &'static str, &'static [&'static str]);

fn assert_told(situations: &[Situation<'_>]) {
    for (who, action, resource, text, remedies) in situations {
        assert_eq!(told(who, *action, *resource), *text);
        assert_eq!(remedy(who, *action, *resource), *remedies, "{text}");
    }
}

const NOTHING_WOULD: &[&str] = &["no role, level or approval would"];

#[test]
fn who_may_not_deploy_is_told_all_that_is_missing() {
    let acme = Acme::new();
    let Acme { shop, staging, dev, shop_production, payments, olivia, carol, alice, bob, victor, .. } = &acme;
    assert_told(&[
        (
            carol,
            Action::Deploy,
            Resource::Environment(shop_production),
            "carol is an Admin; shop-production is locked, so an Owner must deploy; 1 approval from an Owner",
            &["the role owner, and 1 approval from an Owner"],
        ),
        (
            olivia,
            Action::Deploy,
            Resource::Environment(shop_production),
            "it still takes 1 approval from an Owner",
            &["1 approval from an Owner"],
        ),
        (
            alice,
            Action::Deploy,
            Resource::Environment(payments),
            "alice has view on production-us-east, and to deploy to shop-payments takes deploy; \
             alice is a Developer; shop-payments is restricted, so an Admin must deploy; \
             2 approvals from an Admin or an Owner",
            &[
                "the project role admin, and deploy on production-us-east, and 2 approvals from an Admin or an Owner",
                "the role owner, and 2 approvals from an Admin or an Owner",
                "the role admin, and deploy on production-us-east, and 2 approvals from an Admin or an Owner",
            ],
        ),
        (
            alice,
            Action::Restart,
            Resource::Environment(shop_production),
            "alice has view on production-us-east, and to restart shop-production takes deploy",
            &["deploy on production-us-east", "the role owner"],
        ),
        (
            victor,
            Action::Restart,
            Resource::Environment(dev),
            "victor is a Viewer, who may not deploy; \
             victor has view on production-us-east, and to restart shop-dev takes deploy",
            &["the project role developer", "the role developer"],
        ),
        (
            victor,
            Action::Create,
            Resource::NewEnvironment(NewEnvironment::new(None, shop, staging, Protection::NONE)),
            "victor is a Viewer, who may not manage projects; \
             victor has view on production-us-east, and to create shop-preview takes deploy",
            &["the role admin", "the role developer, and the project role admin"],
        ),
        (
            carol,
            Action::ReadSecrets,
            Resource::Project(shop),
            "carol is an Admin; shop has a protected environment, so an Owner must read the secrets",
            &["the role owner"],
        ),
        (
            carol,
            Action::SetProtection { to: Protection::NONE },
            Resource::Environment(shop_production),
            "carol is an Admin; shop-production is locked, so an Owner must set the protection",
            &["the role owner"],
        ),
    ]);
    assert_eq!(told(bob, Action::Deploy, Resource::Environment(dev)), "bob may deploy to shop-dev");
}

#[test]
fn who_stands_wrong_to_a_deployment_is_told_how() {
    let acme = Acme::new();
    let Acme { dev, payments, carol, alice, ci_bot, victor, .. } = &acme;
    let alices = Deployment::new(payments, &"alice", &[]);
    let carols = Deployment::new(payments, &"carol", &[]);
    let unprotected = Deployment::new(dev, &"bob", &[]);
    assert_told(&[
        (
            carol,
            Action::Deploy,
            Resource::Deployment(&alices),
            "somebody else requested release-7, and only they may deploy it; 2 approvals from an Admin or an Owner",
            NOTHING_WOULD,
        ),
        (
            carol,
            Action::Approve,
            Resource::Deployment(&carols),
            "carol requested release-7, and another must approve it",
            NOTHING_WOULD,
        ),
        (ci_bot, Action::Approve, Resource::Deployment(&carols), "a service account cannot approve", NOTHING_WOULD),
        (
            victor,
            Action::Approve,
            Resource::Deployment(&carols),
            "victor is a Viewer, and an Admin must approve",
            &["the project role admin", "the role admin"],
        ),
        (
            alice,
            Action::Manage,
            Resource::Deployment(&unprotected),
            "somebody else requested release-7: it takes an Admin, or manage on production-us-east, to manage it",
            &["manage on production-us-east", "the project role admin", "the role admin"],
        ),
        (carol, Action::Approve, Resource::Deployment(&unprotected), "release-7 asks for no approval", NOTHING_WOULD),
    ]);
}

#[test]
fn who_may_not_manage_members_is_told_why() {
    let acme = Acme::new();
    let Acme { organization, shop, olivia, carol, betty, ci_bot, .. } = &acme;
    let to = |role| Action::ChangeRole { to: role };
    assert_told(&[
        (
            betty,
            Action::ViewAuditLog,
            Resource::Organization(organization),
            "betty is a Billing member, who may not view the audit log",
            &["the role admin"],
        ),
        (
            carol,
            Action::Delete,
            Resource::Organization(organization),
            "carol is an Admin, who may not delete the organization",
            &["the role owner"],
        ),
        (
            olivia,
            to(Role::Owner),
            Resource::Member(organization, Some(ci_bot)),
            "a service account cannot be an Owner",
            NOTHING_WOULD,
        ),
        (
            olivia,
            Action::SetExpiry { to: None },
            Resource::Member(organization, Some(olivia)),
            "nobody sets an expiry of their own",
            NOTHING_WOULD,
        ),
        (
            olivia,
            Action::TransferOwnership,
            Resource::Member(organization, Some(olivia)),
            "ownership goes to another member, a user whose membership has no expiry",
            NOTHING_WOULD,
        ),
        (
            carol,
            Action::SetProjectRole { to: None },
            Resource::ProjectMember(shop, Some(betty)),
            "a project role goes to another member, a Developer or a Viewer",
            NOTHING_WOULD,
        ),
    ]);
    for (action, resource) in [
        (Action::InviteMember { role: Role::Owner }, Resource::Organization(organization)),
        (to(Role::Viewer), Resource::Member(organization, Some(olivia))),
    ] {
        let text = told(carol, action, resource);
        assert_eq!(text, "carol is an Admin, and it takes an Owner to do this");
        assert_eq!(remedy(carol, action, resource), ["the role owner"]);
    }
}

#[test]
fn who_may_not_manage_a_cluster_is_told_why() {
    let acme = Acme::new();
    let Acme { shop, production, olivia, carol, bob, victor, .. } = &acme;
    let level = |level| Action::SetClusterAccess { to: Some(Grant::new(level)) };
    assert_told(&[
        (
            carol,
            level(ClusterAccess::View),
            Resource::ClusterMember(production, Some(olivia)),
            "an Owner's level cannot be changed",
            NOTHING_WOULD,
        ),
        (
            carol,
            level(ClusterAccess::Manage),
            Resource::ClusterMember(production, Some(bob)),
            "carol has deploy on production-us-east, and cannot give manage",
            &["manage on production-us-east", "the role owner"],
        ),
        (
            carol,
            level(ClusterAccess::Deploy),
            Resource::ClusterMember(production, Some(victor)),
            "victor cannot have deploy on production-us-east: the role allows view at most",
            NOTHING_WOULD,
        ),
        (
            carol,
            Action::Manage,
            Resource::Cluster(production),
            "carol has deploy on production-us-east, and to manage production-us-east takes manage",
            &["manage on production-us-east", "the role owner"],
        ),
        (
            olivia,
            Action::Delete,
            Resource::Cluster(production),
            "production-us-east still has environments: delete or move them first",
            NOTHING_WOULD,
        ),
        (
            olivia,
            Action::Delete,
            Resource::Project(shop),
            "shop still has environments: delete or move them first",
            NOTHING_WOULD,
        ),
        (carol, Action::Restart, Resource::Project(shop), "restart means nothing for shop", NOTHING_WOULD),
    ]);
}

#[test]
fn nothing_opens_the_way_out_for_the_last_owner() {
    let acme = Acme::new();
    let alone = Organization::new("acme-corp", 1);
    let leave = Resource::Member(&alone, Some(&acme.olivia));
    assert_told(&[(
        &acme.olivia,
        Action::Remove,
        leave,
        "olivia is the last permanent Owner: make another one first",
        NOTHING_WOULD,
    )]);
    let explanation = explain(Subject::new(&acme.olivia), Action::Remove, leave);
    assert_eq!(explanation.decision(), Decision::Deny(Reason::LastOwner));
    assert_eq!(explanation.remedies(), []);
}

#[test]
fn a_token_is_named_where_it_is_what_stands_in_the_way() {
    let acme = Acme::new();
    let expiry = Time::from_millis(1_798_761_600_000);
    let deploy = Token::new(ActionSet::DEPLOY).until(expiry);
    let told = |subject: Subject<'_, Id>, action| {
        let explanation = explain(subject, action, Resource::Environment(&acme.dev));
        assert_eq!(explanation.remedies(), [], "no role makes up for a token");
        explanation.for_user(&Names::new(&"bob", &"shop-dev")).to_string()
    };
    let bob = Subject::new(&acme.bob).with_token(&deploy);
    assert_eq!(told(bob.at(expiry), Action::Deploy), "the token has expired");
    let before = bob.at(Time::from_millis(1_798_761_599_999));
    assert_eq!(told(before, Action::Deploy), "bob may deploy to shop-dev");
    assert_eq!(told(before, Action::Restart), "the token does not cover restart on shop-dev");
}

#[test]
fn a_hidden_denial_tells_nothing_whatever_the_facts_behind_it() {
    let acme = Acme::new();
    let Acme { organization, shop, ledger, production, globex_eu, shop_production, payments, books, .. } = &acme;
    let Acme { olivia, carol, alice, betty, victor, mallory, .. } = &acme;
    let approvals = [Approval::new(olivia)];
    let deployment = Deployment::new(payments, &"carol", &approvals);
    for (who, action, resource) in [
        (mallory, Action::View, Resource::Organization(organization)),
        (mallory, Action::Deploy, Resource::Environment(shop_production)),
        (carol, Action::Manage, Resource::Cluster(globex_eu)),
        (carol, Action::Retarget, Resource::Placement { environment: shop_production, to: globex_eu }),
        (carol, Action::Remove, Resource::Member(organization, Some(mallory))),
        (betty, Action::Deploy, Resource::Environment(shop_production)),
        (betty, Action::Delete, Resource::Cluster(production)),
        (betty, Action::Approve, Resource::Deployment(&deployment)),
        (alice, Action::View, Resource::Environment(books)),
        (victor, Action::Delete, Resource::Project(ledger)),
        (victor, Action::Restart, Resource::Project(ledger)),
    ] {
        assert_eq!(told(who, action, resource), "nothing was found");
    }
    assert_eq!(
        told(victor, Action::Update, Resource::Project(shop)),
        "victor is a Viewer, who may not manage projects"
    );
}

#[test]
fn a_report_says_what_every_gate_says() {
    let acme = Acme::new();
    let (alice, production) = (&acme.alice, Resource::Environment(&acme.payments));
    let report =
        |explanation: &Explanation| in_words("alice", &production, |names| explanation.report(names).to_string());
    assert_eq!(
        report(&explain(Subject::new(alice), Action::Restart, production)),
        "\
deny: cluster_level_insufficient (visible)

  alice has view on production-us-east, and to restart shop-payments takes deploy

gates
  applicable  passed
  membership  passed
  tenancy     passed
  credential  not asked
  standing    passed
  role        passed
  cluster     failed
  safeguard   not asked
  relation    not asked
  approval    not asked

what would open it
  deploy on production-us-east
  the role owner
"
    );
    assert_eq!(
        report(&explain(Subject::unknown(), Action::Restart, production)),
        "\
deny: not_a_member (hidden)

  alice is not a member of the organization of shop-payments

gates
  applicable  passed
  membership  failed
  tenancy     passed
  credential  not asked
  standing    cannot be judged
  role        cannot be judged
  cluster     cannot be judged
  safeguard   not asked
  relation    not asked
  approval    not asked

what would open it
  the role developer
  the role viewer, and the project role developer
"
    );
}

#[test]
fn who_sees_a_project_by_invitation_is_told_what_would_invite() {
    let acme = Acme::new();
    let books = Resource::Environment(&acme.books);
    assert_eq!(remedy(&acme.alice, Action::View, books), ["the project role viewer", "the role admin"]);
    let betty = explain(Subject::new(&acme.betty), Action::View, books);
    assert!(
        betty.remedies().iter().all(|remedy| remedy.role().is_some()),
        "a Billing member gains nothing in a project"
    );
    assert_eq!(
        remedy(&acme.betty, Action::View, books),
        ["the role admin", "the role viewer, and the project role viewer"]
    );
}

#[cfg(feature = "directory")]
#[test]
fn of_what_a_directory_does_not_hold_nothing_is_judged() {
    use shipgate::explain::Verdict;
    use shipgate::{Directory, ResourceId, SubjectId};

    let directory = Directory::<String>::builder().build();
    let explanation = directory.explain(&SubjectId::new("alice"), Action::View, ResourceId::Cluster("nowhere"));
    assert_eq!(explanation.decision(), Decision::Deny(Reason::UnknownResource));
    assert!(explanation.verdicts().all(|(_, verdict)| verdict == Verdict::CannotBeJudged));
    assert_eq!(explanation.remedies(), []);
    assert_eq!(explanation.for_user(&Names::new(&"alice", &"nowhere")).to_string(), "nothing was found");
}

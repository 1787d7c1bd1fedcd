//! The words: what the one who asked is told, and what would open it.

use shipgate::explain::{Names, explain};
use shipgate::model::{ApprovalFrom, ApprovalRule};
use shipgate::{
    Account, Action, ActionSet, Approval, Cluster, ClusterAccess, CustomRole, Decision, Deployment, Environment, Grant,
    Membership, NewEnvironment, Organization, Project, ProjectRole, Protection, Reason, Resource, Role, Subject, Time,
    Token, Visibility,
};

pub(super) type Id = &'static str;

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
        let staging = Cluster::new("staging-us-east", "acme-corp").with_environments(2);
        let production = Cluster::new("production-us-east", "acme-corp").with_environments(2);
        let shop = Project::new("shop", "acme-corp").with_environments([
            (&production, Protection::LOCKED),
            (&production, payments),
            (&staging, Protection::NONE),
        ]);
        let ledger = Project::new("ledger", "acme-corp").with_visibility(Visibility::Members);
        let environment = |id, project, cluster, protection| {
            Environment::new(id, project, cluster, protection).expect("they are of one organization")
        };
        let member = |role| Membership::new("acme-corp", role);
        let with = |membership: Membership<Id>, level| {
            membership.with_cluster_access(&production, Grant::new(level)).expect("the only one")
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
            production: production.clone(),
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
        Resource::Role(role) => role.id(),
        Resource::Team(team) | Resource::ProjectTeam(_, team) | Resource::ClusterTeam(_, team) => team.id(),
        Resource::Project(project) => project.id(),
        Resource::Environment(environment) | Resource::Placement { environment, to: _ } => environment.id(),
        Resource::NewEnvironment(_) => "shop-preview",
        Resource::Deployment(_) => "release-7",
        Resource::Cluster(cluster) => cluster.id(),
        Resource::Member(_, account)
        | Resource::TeamMember(_, account)
        | Resource::ProjectMember(_, account)
        | Resource::ClusterMember(_, account) => account.expect("everybody here is known").id(),
    }
}

/// Puts an explanation in words.
fn in_words(who: Id, resource: &Resource<'_, Id>, say: impl FnOnce(&Names<'_>) -> String) -> String {
    let resource = name(resource);
    say(&Names::new(&who, &resource).on(&"production-us-east").moving_to(&"globex-eu").about(&resource))
}

pub(super) type Act<'a> = Action<&'a CustomRole<Id>>;

pub(super) fn told<'a>(who: impl Into<Subject<'a, Id>>, action: Act<'a>, resource: Resource<'a, Id>) -> String {
    let who = who.into();
    let explanation = explain(who, action, resource);
    let who = who.account().expect("everybody here is known");
    in_words(who.id(), &resource, |names| explanation.for_user(names).to_string())
}

/// What the report says would open it.
pub(super) fn remedy<'a>(who: impl Into<Subject<'a, Id>>, action: Act<'a>, resource: Resource<'a, Id>) -> Vec<String> {
    let report = report(who, action, resource);
    let (_, remedies) = report.split_once("\nwhat would open it\n").expect("it is not allowed");
    remedies.lines().map(|line| line.trim_start().to_owned()).collect()
}

pub(super) fn report<'a>(who: impl Into<Subject<'a, Id>>, action: Act<'a>, resource: Resource<'a, Id>) -> String {
    let who = who.into();
    let explanation = explain(who, action, resource);
    let who = who.account().map_or("alice", |account| *account.id());
    in_words(who, &resource, |names| explanation.report(names).to_string())
}

/// A question, what the user is told, and what would open it.
type Situation<'a> = (&'a Account<Id>, Act<'a>, Resource<'a, Id>, &'static str, &'static [&'static str]);

fn assert_told(situations: &[Situation<'_>]) {
    for (who, action, resource, text, remedies) in situations {
        assert_eq!(told(*who, *action, *resource), *text);
        assert_eq!(remedy(*who, *action, *resource), *remedies, "{text}");
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
            "You are an Admin; shop-production is locked, so an Owner must deploy; 1 approval from an Owner",
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
            "You have view on production-us-east (by an override), and need deploy to deploy to shop-payments; \
             you are a Developer; shop-payments is restricted, so an Admin must deploy; \
             2 approvals from someone who may approve",
            &[
                "the project role admin, and deploy on production-us-east, and 2 approvals from someone who may approve",
                "the role owner, and 2 approvals from someone who may approve",
                "the role admin, and deploy on production-us-east, and 2 approvals from someone who may approve",
            ],
        ),
        (
            alice,
            Action::Restart,
            Resource::Environment(shop_production),
            "You have view on production-us-east (by an override), and need deploy to restart shop-production",
            &["deploy on production-us-east", "the role owner"],
        ),
        (
            victor,
            Action::Restart,
            Resource::Environment(dev),
            "You are a Viewer, who may not deploy; \
             you have view on production-us-east, and need deploy to restart shop-dev",
            &["the project role developer", "the role developer"],
        ),
        (
            victor,
            Action::Create,
            Resource::NewEnvironment(NewEnvironment::new(None, shop, staging, Protection::NONE)),
            "You are a Viewer, who may not manage projects; \
             you have view on production-us-east, and need deploy to create shop-preview",
            &["the role admin", "the role developer, and the project role admin"],
        ),
        (
            carol,
            Action::ReadSecrets,
            Resource::Project(shop),
            "You are an Admin; shop has a protected environment, so an Owner must read the secrets",
            &["the role owner"],
        ),
        (
            carol,
            Action::SetProtection { to: Protection::NONE },
            Resource::Environment(shop_production),
            "You are an Admin; shop-production is locked, so an Owner must set the protection",
            &["the role owner"],
        ),
    ]);
    assert_eq!(told(bob, Action::Deploy, Resource::Environment(dev)), "You may deploy to shop-dev");
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
            "it still takes 2 approvals from someone who may approve",
            &["2 approvals from someone who may approve"],
        ),
        (
            carol,
            Action::Approve,
            Resource::Deployment(&carols),
            "You requested release-7, or somebody did for you, and another must approve it",
            NOTHING_WOULD,
        ),
        (ci_bot, Action::Approve, Resource::Deployment(&carols), "a service account cannot approve", NOTHING_WOULD),
        (
            victor,
            Action::Approve,
            Resource::Deployment(&carols),
            "You are a Viewer, who may not approve deployments",
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
    let to = |role: Role| Action::ChangeRole { to: role.into() };
    assert_told(&[
        (
            betty,
            Action::ViewAuditLog,
            Resource::Organization(organization),
            "You are a Billing member, who may not view the audit log",
            &["the role admin"],
        ),
        (
            carol,
            Action::Delete,
            Resource::Organization(organization),
            "You are an Admin, who may not delete the organization; you are an Admin, and it takes an Owner to do this",
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
            Action::SetProjectRole { to: Some(Grant::new(ProjectRole::Viewer)) },
            Resource::ProjectMember(shop, Some(betty)),
            "a project role goes to another member, a Developer or a Viewer",
            NOTHING_WOULD,
        ),
    ]);
    for (action, resource) in [
        (Action::InviteMember { role: Role::Owner.into(), expires_at: None }, Resource::Organization(organization)),
        (to(Role::Viewer), Resource::Member(organization, Some(olivia))),
    ] {
        let text = told(carol, action, resource);
        assert_eq!(text, "You are an Admin, and it takes an Owner to do this");
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
            "an Owner's level cannot be changed; \
             you have deploy on production-us-east (by an override), and can neither give nor change manage there",
            NOTHING_WOULD,
        ),
        (
            carol,
            level(ClusterAccess::Manage),
            Resource::ClusterMember(production, Some(bob)),
            "You have deploy on production-us-east (by an override), and can neither give nor change manage there",
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
            "You have deploy on production-us-east (by an override), and need manage to manage production-us-east",
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
        "You are the last permanent Owner: make another one first",
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
    assert_eq!(told(before, Action::Deploy), "You may deploy to shop-dev");
    assert_eq!(told(before, Action::Restart), "the token does not cover restart");
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
    assert_eq!(told(victor, Action::UPDATE, Resource::Project(shop)), "You are a Viewer, who may not manage projects");
}

#[test]
fn a_report_says_what_every_gate_says() {
    let acme = Acme::new();
    let production = Resource::Environment(&acme.payments);
    assert_eq!(
        report(&acme.alice, Action::Restart, production),
        "\
deny: cluster_level_insufficient (visible)

  alice has view on production-us-east (by an override), and needs deploy to restart shop-payments

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

what lies behind it
  view on production-us-east

what would open it
  deploy on production-us-east
  the role owner
"
    );
    assert_eq!(
        report(Subject::unknown(), Action::Restart, production),
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

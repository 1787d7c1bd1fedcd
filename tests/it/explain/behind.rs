//! What lies behind a decision: memberships and grants that ran out, where grants come from, and what a token lacks.

use shipgate::explain::{Circumstance, Names, TokenPart, TokenSource, explain};
use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, Permission};
use shipgate::policy::ClusterOf;
use shipgate::{
    Account, Action, ActionSet, AnyRole, Cluster, ClusterAccess, CustomRole, Environment, Grant, Membership,
    Organization, Project, ProjectRole, Protection, Resource, Role, RoleDefinition, RolePermissions, Subject, Team,
    Time, Token, Visibility,
};

use super::told::{Id, remedy, report, told};

const EXPIRY: Time = Time::from_millis(1_798_761_600_000);
const BEFORE: Time = Time::from_millis(1_798_761_599_999);

fn user(id: Id, membership: Membership<Id>) -> Account<Id> {
    Account::user(id).with(membership).expect("the only one")
}

fn member(role: Role) -> Membership<Id> {
    Membership::new("acme-corp", role)
}

fn cluster() -> Cluster<Id> {
    Cluster::new("production-us-east", "acme-corp").with_environments(1)
}

fn role(id: Id, rank: Role, permissions: &[Permission]) -> CustomRole<Id> {
    let permissions = RolePermissions::new(permissions.iter().copied()).expect("an Admin has them");
    CustomRole::new(id, "acme-corp", RoleDefinition::new(rank, permissions).expect("the rank may have them"))
}

/// The line of a report that says what prevents the action.
fn obstacle(report: &str) -> &str {
    report.lines().nth(2).expect("a report has three lines").trim()
}

#[test]
fn a_later_expiry_opens_what_a_membership_that_is_over_closed() {
    let acme = Organization::new("acme-corp", 1);
    let us_east = cluster();
    for (role, action, resource, expected) in [
        // The role is there: it is not proposed again.
        (Role::Developer, Action::Deploy, Resource::Cluster(&us_east), "a later expiry of the membership"),
        (Role::Viewer, Action::View, Resource::Organization(&acme), "a later expiry of the membership"),
        (
            Role::Viewer,
            Action::Deploy,
            Resource::Cluster(&us_east),
            "a later expiry of the membership, and the role developer",
        ),
    ] {
        let alice = user("alice", member(role).until(EXPIRY));
        for (who, said) in [
            (Subject::new(&alice).at(EXPIRY), "has expired"),
            (Subject::new(&alice), "has an expiry, and the question has no time"),
        ] {
            let report = report(who, action, resource);
            let name = if matches!(resource, Resource::Organization(_)) { "acme-corp" } else { "production-us-east" };
            assert_eq!(obstacle(&report), format!("alice's membership in the organization of {name} {said}"));
            assert!(report.contains(&format!("\nwhat lies behind it\n  a membership, which {said}\n")), "{report}");
            assert_eq!(remedy(who, action, resource)[0], expected, "{report}");
            assert_eq!(told(who, action, resource), "nothing was found", "the denial is hidden");
        }
        let explanation = explain(Subject::new(&alice), action, resource);
        assert_eq!(explanation.circumstances(), [Circumstance::MembershipOver { expires_at: EXPIRY }]);
        assert!(explanation.remedies().iter().all(|remedy| remedy.later_expiry()));
    }
}

#[test]
fn a_later_expiry_opens_what_would_outlast_a_membership() {
    let acme = Organization::new("acme-corp", 1);
    let carol = user("carol", member(Role::Admin).until(EXPIRY));
    let carol = Subject::new(&carol).at(BEFORE);
    let invite = Action::InviteMember { role: Role::Viewer.into(), expires_at: None };
    let resource = Resource::Organization(&acme);
    assert_eq!(
        told(carol, invite, resource),
        "this would last longer than your own membership or grant: give it an earlier end"
    );
    assert_eq!(remedy(carol, invite, resource), ["a later expiry of the membership"]);

    let frank = user("frank", member(Role::Owner).until(EXPIRY));
    let frank = Subject::new(&frank).at(BEFORE);
    assert_eq!(
        told(frank, Action::Delete, resource),
        "Your membership expires, and it takes a permanent Owner to do this"
    );
    assert_eq!(remedy(frank, Action::Delete, resource), ["a later expiry of the membership"]);
}

#[test]
fn a_grant_that_ran_out_is_told_of() {
    let us_east = cluster();
    let shop = Project::new("shop", "acme-corp").with_environments([(&us_east, Protection::NONE)]);
    let dev = Environment::new("shop-dev", &shop, &us_east, Protection::NONE).expect("of one organization");
    let environment = Resource::Environment(&dev);
    let on_call = Team::new("on-call", "acme-corp")
        .with_project_role(&shop, Grant::new(ProjectRole::Admin).until(EXPIRY))
        .expect("the only one");
    let alice = member(Role::Viewer)
        .with_project_role(&shop, Grant::new(ProjectRole::Developer).until(EXPIRY))
        .and_then(|alice| alice.with_cluster_access(&us_east, Grant::new(ClusterAccess::View).until(EXPIRY)))
        .and_then(|alice| alice.in_team(&on_call))
        .expect("one each");
    let alice = user("alice", alice);
    assert_eq!(
        told(Subject::new(&alice).at(EXPIRY), Action::Deploy, environment),
        "You are a Viewer, who may not deploy; \
         you have view on production-us-east, and need deploy to deploy to shop-dev; \
         you are a Viewer, and it takes a Developer to deploy to shop-dev; \
         your role developer in the project has expired; \
         the role admin of the team \"on-call\" in the project has expired; \
         your view access on production-us-east has expired"
    );
    assert_eq!(
        told(&alice, Action::Restart, environment),
        "You are a Viewer, who may not deploy; \
         you have view on production-us-east, and need deploy to restart shop-dev; \
         your role developer in the project has an expiry, and the question has no time; \
         the role admin of the team \"on-call\" in the project has an expiry, and the question has no time; \
         your view access on production-us-east has an expiry, and the question has no time"
    );
    // What counts is not said to be over.
    let before = Subject::new(&alice).at(BEFORE);
    assert_eq!(
        told(before, Action::Restart, environment),
        "You have view on production-us-east (by an override), and need deploy to restart shop-dev"
    );
    assert_eq!(
        told(before, Action::SetProtection { to: Protection::NONE }, environment),
        "You are a Developer (by a role in the project), who may not manage environment protection"
    );
    assert!(
        report(before, Action::View, environment)
            .ends_with("\nwhat lies behind it\n  the project role developer\n  view on production-us-east\n")
    );
}

#[test]
fn a_private_project_says_that_the_role_in_it_ran_out() {
    let us_east = cluster();
    let books = Project::new("books", "acme-corp").with_visibility(Visibility::Members);
    let alice = member(Role::Developer)
        .with_project_role(&books, Grant::new(ProjectRole::Viewer).until(EXPIRY))
        .expect("the only one");
    let alice = user("alice", alice);
    let report = report(Subject::new(&alice).at(EXPIRY), Action::View, Resource::Project(&books));
    assert_eq!(
        obstacle(&report),
        "only those invited see the project of books, and alice is not; \
         alice's role viewer in the project has expired"
    );
    assert_eq!(us_east.environments(), 1);
}

#[test]
fn the_team_and_the_custom_role_that_count_are_named() {
    let us_east = cluster();
    let secret = Cluster::new("vault", "acme-corp").with_visibility(Visibility::Members);
    let shop = Project::new("shop", "acme-corp").with_environments([(&us_east, Protection::RESTRICTED)]);
    let production = Environment::new("shop-production", &shop, &us_east, Protection::RESTRICTED).expect("of one");
    let teams = [("a-team", ClusterAccess::View), ("b-team", ClusterAccess::Deploy), ("c-team", ClusterAccess::Deploy)];
    let auditor = role("auditor", Role::Viewer, &[Permission::View, Permission::ViewAuditLog]);
    let mut nora = Membership::custom(&auditor);
    for (team, level) in teams {
        let team = Team::new(team, "acme-corp").with_cluster_access(&secret, level);
        let team = team.and_then(|team| team.with_project_role(&shop, ProjectRole::Developer)).expect("one each");
        nora = nora.in_team(&team).expect("once");
    }
    let nora = user("nora", nora);
    assert_eq!(
        told(&nora, Action::Manage, Resource::Cluster(&secret)),
        "You have view on production-us-east (by the team \"b-team\"), and need manage to manage vault"
    );
    assert_eq!(
        told(&nora, Action::Deploy, Resource::Environment(&production)),
        "You are a Developer (by the team \"a-team\"); shop-production is restricted, so an Admin must deploy"
    );
    let acme = Organization::new("acme-corp", 1);
    assert_eq!(
        told(&nora, Action::CreateProject, Resource::Organization(&acme)),
        "You are a Viewer (by the role \"auditor\"), who may not create projects"
    );
    let explanation = explain(&nora, Action::Manage, &secret);
    assert_eq!(
        explanation.circumstances(),
        [
            Circumstance::CustomRole { id: "auditor", rank: Role::Viewer },
            Circumstance::ClusterAccess {
                cluster: ClusterOf::Present,
                grant: Grant::new(ClusterAccess::Deploy),
                team: Some("b-team"),
                is_over: false,
            },
        ],
        "of several teams that give the highest, the first"
    );
    assert!(
        explanation.remedies().iter().all(|remedy| remedy.role().is_some()),
        "a Viewer's access ends at view: {:?}",
        explanation.remedies()
    );
    assert!(report(&nora, Action::CreateProject, Resource::Organization(&acme)).contains(
        "\nwhat lies behind it\n  the role \"auditor\", of the rank viewer\n\nwhat would open it\n  the role admin\n"
    ));
}

#[test]
fn ids_are_written_as_the_caller_wants() {
    let auditor = role("au\u{202e}ditor", Role::Viewer, &[Permission::View]);
    let nora = user("nora", Membership::custom(&auditor));
    let acme = Organization::new("acme-corp", 1);
    let explanation = explain(&nora, Action::CreateProject, &acme);
    let names = Names::new(&"nora", &"acme-corp");
    assert_eq!(
        explanation.for_user(&names).to_string(),
        r#"You are a Viewer (by the role "au\u{202e}ditor"), who may not create projects"#
    );
    let shout = |id: &str| id.escape_unicode().take(3).collect();
    assert_eq!(
        explanation.for_user(&names.writing_ids(&shout)).to_string(),
        r"You are a Viewer (by the role \u{), who may not create projects"
    );
}

#[test]
fn each_part_that_a_token_lacks_is_named_and_which_of_two_tokens() {
    let us_east = cluster();
    let shop = Project::new("shop", "acme-corp").with_environments([(&us_east, Protection::NONE)]);
    let dev = Environment::new("shop-dev", &shop, &us_east, Protection::NONE).expect("of one organization");
    let bob = user("bob", member(Role::Developer));
    let all = || Token::<Id>::new(ActionSet::all());
    let environment = Resource::Environment(&dev);
    for (token, said, parts) in [
        (Token::new(ActionSet::VIEW), "the token does not cover deploy", vec![TokenPart::Actions]),
        (
            all().for_organizations(["globex"]),
            "the token is for certain organizations only",
            vec![TokenPart::Organizations],
        ),
        (
            all().for_projects(["blog"]).named("ci"),
            "the token \"ci\" is for certain projects only",
            vec![TokenPart::Projects],
        ),
        (
            all().for_projects([]).for_environments(["shop-prod"]).for_clusters(["eu"]),
            "the token is for certain projects, environments and clusters only",
            vec![TokenPart::Projects, TokenPart::Environments, TokenPart::Clusters],
        ),
        (all().until(EXPIRY), "the token has expired", vec![TokenPart::Expiry]),
        (
            Token::new(ActionSet::VIEW).for_clusters([]),
            "the token does not cover deploy, and is for certain clusters only",
            vec![TokenPart::Actions, TokenPart::Clusters],
        ),
    ] {
        let id = token.id().map(Into::into);
        let subject = Subject::new(&bob).at(EXPIRY);
        let explanation = explain(subject.with_token(&token), Action::Deploy, environment);
        let lacks = |source| Circumstance::Token { source, id: Clone::clone(&id), lacks: parts.clone() };
        assert_eq!(explanation.circumstances(), [lacks(TokenSource::Account)]);
        let text =
            |subject| explain(subject, Action::Deploy, environment).for_user(&Names::new(&"bob", &"it")).to_string();
        // One that hides the resource is told to no one.
        let hides = parts.iter().any(|part| !matches!(part, TokenPart::Actions | TokenPart::Expiry));
        assert_eq!(text(subject.with_token(&token)), if hides { "nothing was found" } else { said });
        let report = report(subject.with_token(&token), Action::Deploy, environment);
        assert_eq!(obstacle(&report), said);

        let unrestricted = all();
        let by_service = subject.with_token(&unrestricted).with_service_token(&token);
        let explanation = explain(by_service, Action::Deploy, environment);
        assert_eq!(explanation.circumstances(), [lacks(TokenSource::Service)]);
        assert_eq!(explanation.remedies(), [], "no role makes up for a token");
    }
    let (view, deploy) = (Token::new(ActionSet::VIEW), Token::new(ActionSet::DEPLOY).until(EXPIRY));
    let both = Subject::new(&bob).with_token(&deploy).with_service_token(&view);
    assert_eq!(
        told(both, Action::Deploy, environment),
        "the token has an expiry, and the question has no time; the service's own token does not cover deploy"
    );
}

#[test]
fn each_cluster_of_a_project_counts_for_its_secrets() {
    let (east, west) = (Cluster::new("east", "acme-corp"), Cluster::new("west", "acme-corp"));
    let shop =
        Project::new("shop", "acme-corp").with_environments([(&west, Protection::NONE), (&east, Protection::NONE)]);
    let carol = member(Role::Admin).with_cluster_access(&west, ClusterAccess::View).expect("the only one");
    let carol = user("carol", carol);
    let resource = Resource::Project(&shop);
    assert_eq!(
        told(&carol, Action::ReadSecrets, resource),
        "You have view on the cluster \"west\" (by an override), and need deploy to read the secrets of shop"
    );
    assert_eq!(
        remedy(&carol, Action::ReadSecrets, resource),
        ["deploy on each cluster of the project", "the role owner"]
    );
    let explanation = explain(&carol, Action::ReadSecrets, resource);
    let levels = explanation.remedies().iter().map(|remedy| remedy.level(ClusterOf::OfProject(0)));
    assert_eq!(levels.collect::<Vec<_>>(), [Some(ClusterAccess::Deploy), None]);
}

#[test]
fn who_may_not_bypass_a_rule_is_told_why() {
    let us_east = cluster();
    let rule = ApprovalRule::new(ApprovalFrom::Admin);
    let environment = |protection| {
        let shop = Project::new("shop", "acme-corp").with_environments([(&us_east, protection)]);
        Environment::new("shop-production", &shop, &us_east, protection).expect("of one organization")
    };
    let alice = user("alice", member(Role::Developer));
    let bot = Account::service("bot").with(member(Role::Developer)).expect("the only one");
    for (who, protection, said, remedies) in [
        (&alice, Protection::NONE, "shop-production asks for no approval", vec!["no role, level or approval would"]),
        (
            &alice,
            Protection::reviewed(rule),
            "the approval rule of shop-production lets nobody deploy without approval",
            vec!["no role, level or approval would"],
        ),
        (
            &alice,
            Protection::reviewed(rule.with_bypass(Bypass::Admin)),
            "You are a Developer, and it takes an Admin to deploy without approval to shop-production",
            vec!["the project role admin", "the role admin"],
        ),
        (
            &bot,
            Protection::reviewed(rule.with_bypass(Bypass::Admin)),
            "a service account cannot deploy without approval",
            vec!["no role, level or approval would"],
        ),
    ] {
        let environment = environment(protection);
        assert_eq!(told(who, Action::BreakGlass, Resource::Environment(&environment)), said);
        assert_eq!(remedy(who, Action::BreakGlass, Resource::Environment(&environment)), remedies, "{said}");
    }
}

#[test]
fn who_may_not_change_roles_and_teams_is_told_why() {
    let acme = Organization::new("acme-corp", 1);
    let shop = Project::new("shop", "acme-corp");
    let team = Team::new("on-call", "acme-corp").with_members(1);
    let manager =
        role("manager", Role::Admin, &[Permission::View, Permission::ManageMembers, Permission::ManageProjects]);
    let auditor = role("auditor", Role::Viewer, &[Permission::View, Permission::ViewAuditLog]).with_members(1);
    let carol = user("carol", member(Role::Admin).in_team(&team).expect("once"));
    let rita = user("rita", Membership::custom(&manager));
    let invite = Action::InviteMember { role: AnyRole::Custom(&auditor), expires_at: None };
    for (who, action, resource, said) in [
        (
            &rita,
            invite,
            Resource::Organization(&acme),
            "the other role may view the audit log, which your role may not",
        ),
        (&carol, Action::Delete, Resource::Role(&auditor), "members still have auditor: change their roles first"),
        (&carol, Action::Delete, Resource::Team(&team), "on-call still has members: take them out first"),
        (
            &carol,
            Action::AddToTeam,
            Resource::TeamMember(&team, Some(&carol)),
            "nobody changes their own place in a team",
        ),
        (
            &carol,
            Action::SetProjectRole { to: None },
            Resource::ProjectTeam(&shop, &team),
            "nobody sets the project role of a team that they are in",
        ),
    ] {
        assert_eq!(told(who, action, resource), said);
    }
}

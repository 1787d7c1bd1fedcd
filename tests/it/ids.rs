//! Ids are equal byte for byte: names that look alike are different ids.

use shipgate::{
    Account, Action, ActionSet, Approval, Cluster, ClusterAccess, Decision, Deployment, Environment, Membership,
    Organization, Project, ProjectRole, Protection, Reason, Resource, Role, Subject, Team, Token, Visibility, decide,
};

/// A name, and others that differ from it in case, in a space at the end, and in Unicode normal form.
const NAME: &str = "caf\u{e9}";
const LOOKALIKES: [&str; 5] = ["Caf\u{e9}", "CAF\u{c9}", "caf\u{e9} ", " caf\u{e9}", "cafe\u{301}"];

fn organization(name: &str) -> Organization<String> {
    Organization::new(name.to_owned(), 2)
}

fn member(organization: &str, role: Role) -> Membership<String> {
    Membership::new(organization.to_owned(), role)
}

fn alice(membership: Membership<String>) -> Account<String> {
    Account::user("alice".to_owned()).with(membership).unwrap()
}

fn project(name: &str) -> Project<String> {
    Project::new(name.to_owned(), "acme-corp".to_owned()).with_visibility(Visibility::Members)
}

fn cluster(name: &str) -> Cluster<String> {
    Cluster::new(name.to_owned(), "acme-corp".to_owned())
}

#[test]
fn a_member_of_an_organization_is_not_one_of_its_lookalikes() {
    let alice = alice(member(NAME, Role::Owner));
    let view = |name: &str| decide(Subject::new(&alice), Action::View, Resource::Organization(&organization(name)));

    assert_eq!(view(NAME), Decision::Allow);
    for name in LOOKALIKES {
        assert_eq!(view(name), Decision::Deny(Reason::NotAMember), "{name:?}");
    }
}

#[test]
fn a_project_role_is_not_one_in_a_lookalike() {
    let invited = member("acme-corp", Role::Viewer);
    let alice = alice(invited.with_project_role(&project(NAME), ProjectRole::Developer).unwrap());
    let build = |name: &str| decide(Subject::new(&alice), Action::ManageBuilds, Resource::Project(&project(name)));

    assert_eq!(build(NAME), Decision::Allow);
    for name in LOOKALIKES {
        assert_eq!(build(name), Decision::Deny(Reason::NotInProject), "{name:?}");
    }
}

#[test]
fn an_override_is_not_one_on_a_lookalike() {
    let raised = member("acme-corp", Role::Developer);
    let alice = alice(raised.with_cluster_access(&cluster(NAME), ClusterAccess::Manage).unwrap());
    let manage = |name: &str| decide(Subject::new(&alice), Action::Manage, Resource::Cluster(&cluster(name)));

    assert_eq!(manage(NAME), Decision::Allow);
    for name in LOOKALIKES {
        assert!(!manage(name).is_allowed(), "{name:?}");
    }
}

#[test]
fn a_cluster_of_a_lookalike_organization_is_foreign() {
    let shop = Project::new("shop".to_owned(), NAME.to_owned());
    let on = |name: &str| {
        let cluster = Cluster::new("us-east".to_owned(), name.to_owned());
        Environment::new("shop-production".to_owned(), &shop, &cluster, Protection::NONE)
    };

    assert!(on(NAME).is_ok());
    for name in LOOKALIKES {
        assert!(on(name).is_err(), "{name:?}");
    }
}

#[test]
fn a_token_for_an_environment_is_not_one_for_its_lookalikes() {
    let alice = alice(member("acme-corp", Role::Developer));
    let shop = Project::new("shop".to_owned(), "acme-corp".to_owned());
    let token = Token::new(ActionSet::DEPLOY).for_environments([NAME.to_owned()]);
    let subject = Subject::new(&alice).with_token(&token);
    let deploy = |name: &str| {
        let environment = Environment::new(name.to_owned(), &shop, &cluster("us-east"), Protection::NONE).unwrap();
        decide(subject, Action::Deploy, Resource::Environment(&environment))
    };

    assert_eq!(deploy(NAME), Decision::Allow);
    for name in LOOKALIKES {
        assert_eq!(deploy(name), Decision::Deny(Reason::OutOfScope), "{name:?}");
    }
}

#[test]
fn a_lookalike_of_the_requester_may_approve() {
    let owner = |name: &str| Account::user(name.to_owned()).with(member("acme-corp", Role::Owner)).unwrap();
    let requester = owner(NAME);
    let shop = Project::new("shop".to_owned(), "acme-corp".to_owned());
    let production =
        Environment::new("shop-production".to_owned(), &shop, &cluster("us-east"), Protection::LOCKED).unwrap();
    let deploy = |by: &Account<String>, approver: &Account<String>| {
        let approvals = [Approval::new(approver)];
        let deployment = Deployment::new(&production, requester.id(), &approvals);
        decide(Subject::new(by), Action::Deploy, Resource::Deployment(&deployment))
    };

    assert!(!deploy(&requester, &owner(NAME)).is_allowed(), "nobody approves their own request");
    for lookalike in LOOKALIKES.map(owner) {
        assert_eq!(deploy(&requester, &lookalike), Decision::Allow, "{:?}", lookalike.id());
        assert!(!deploy(&lookalike, &lookalike).is_allowed(), "nobody approves what they carry out themselves");
        let other = owner("olivia");
        assert_eq!(deploy(&lookalike, &other), Decision::Allow, "{:?}", lookalike.id());
    }
}

#[test]
fn an_approval_for_a_release_or_a_cluster_is_not_one_for_a_lookalike() {
    let olivia = Account::user("olivia".to_owned()).with(member("acme-corp", Role::Owner)).unwrap();
    let oscar = Account::user("oscar".to_owned()).with(member("acme-corp", Role::Owner)).unwrap();
    let shop = Project::new("shop".to_owned(), "acme-corp".to_owned());
    let production = Environment::new("shop-production".to_owned(), &shop, &cluster(NAME), Protection::LOCKED).unwrap();
    let deploy = |release: &str, on: &str| {
        let on = on.to_owned();
        let approvals = [Approval::new(&oscar).for_release(release).on_cluster(&on)];
        let deployment = Deployment::new(&production, olivia.id(), &approvals).with_release(NAME);
        decide(Subject::new(&olivia), Action::Deploy, Resource::Deployment(&deployment))
    };

    assert_eq!(deploy(NAME, NAME), Decision::Allow);
    for name in LOOKALIKES {
        assert!(!deploy(name, NAME).is_allowed() && !deploy(NAME, name).is_allowed(), "{name:?}");
    }
}

#[test]
fn a_place_in_a_team_is_none_in_its_lookalike() {
    let team = |name: &str| Team::new(name.to_owned(), "acme-corp".to_owned());
    let hidden = cluster("hidden").with_visibility(Visibility::Members);
    let shown = team(NAME).with_cluster_access(&hidden, ClusterAccess::View).unwrap();
    let view = |team: &Team<String>| {
        let alice = alice(member("acme-corp", Role::Viewer).in_team(team).unwrap());
        decide(&alice, Action::View, &hidden)
    };

    assert_eq!(view(&shown), Decision::Allow);
    for name in LOOKALIKES {
        assert!(!view(&team(name)).is_allowed(), "{name:?}");
    }
}

#[cfg(feature = "directory")]
mod in_a_directory {
    use shipgate::directory::DirectoryBuilder;
    use shipgate::{AccountKind, Directory, ResourceId, RoleDefinition, RolePermissions, SubjectId};

    use super::*;

    /// One directory that holds a name and its lookalikes, each with what it needs.
    fn directory(fill: impl Fn(&mut DirectoryBuilder<String>, &str)) -> Directory<String> {
        let mut builder = Directory::builder();
        builder.organization("acme-corp".to_owned()).unwrap();
        builder.member("acme-corp", "alice".to_owned(), AccountKind::User, Role::Developer, None).unwrap();
        builder.cluster("us-east".to_owned(), "acme-corp", Visibility::Organization).unwrap();
        fill(&mut builder, NAME);
        for name in LOOKALIKES {
            fill(&mut builder, name);
        }
        builder.build()
    }

    #[test]
    fn lookalikes_are_held_beside_each_other() {
        let directory = directory(|builder, name| {
            builder.organization(name.to_owned()).unwrap();
            builder.member(name, name.to_owned(), AccountKind::User, Role::Viewer, None).unwrap();
        });
        for account in LOOKALIKES.into_iter().chain([NAME]) {
            for organization in LOOKALIKES.into_iter().chain([NAME]) {
                let view =
                    directory.decide(&SubjectId::new(account), Action::View, ResourceId::Organization(organization));
                let expected =
                    if account == organization { Decision::Allow } else { Decision::Deny(Reason::NotAMember) };
                assert_eq!(view, expected, "{account:?} in {organization:?}");
            }
        }
    }

    #[test]
    fn a_lookalike_that_is_not_held_is_unknown() {
        let directory = directory(|builder, name| {
            if name == NAME {
                builder.project(name.to_owned(), "acme-corp", Visibility::Organization).unwrap();
                builder.cluster(name.to_owned(), "acme-corp", Visibility::Organization).unwrap();
                builder.environment(name.to_owned(), name, name, "cafe", Protection::NONE).unwrap();
                builder.team(name.to_owned(), "acme-corp").unwrap();
                let definition = RoleDefinition::new(Role::Viewer, RolePermissions::new([]).unwrap()).unwrap();
                builder.role(name.to_owned(), "acme-corp", definition).unwrap();
            }
        });
        let view = |resource| directory.decide(&SubjectId::new("alice"), Action::View, resource);
        let kinds =
            [ResourceId::Project, ResourceId::Cluster, ResourceId::Environment, ResourceId::Team, ResourceId::Role];
        for resource in kinds {
            assert_eq!(view(resource(NAME)), Decision::Allow);
            for name in LOOKALIKES {
                assert_eq!(view(resource(name)), Decision::Deny(Reason::UnknownResource), "{name:?}");
            }
        }
    }

    #[test]
    fn a_token_for_a_project_is_not_one_for_its_lookalikes() {
        let directory = directory(|builder, name| {
            builder.project(name.to_owned(), "acme-corp", Visibility::Organization).unwrap();
        });
        let token = Token::new(ActionSet::VIEW).for_projects([NAME.to_owned()]);
        let subject = SubjectId::new("alice").with_token(&token);
        assert_eq!(directory.decide(&subject, Action::View, ResourceId::Project(NAME)), Decision::Allow);
        for name in LOOKALIKES {
            let view = directory.decide(&subject, Action::View, ResourceId::Project(name));
            assert_eq!(view, Decision::Deny(Reason::OutOfScope), "{name:?}");
        }
    }
}

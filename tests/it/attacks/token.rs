//! By a token that was given for something else.

use shipgate::change::Change;
use shipgate::{ActionSet, ClusterAccess, Grant, Protection, Reason, Role, SubjectId, Token};

use super::change::{
    change_role, connect, create, create_project, invite, protect, remove, retarget, retarget_into, set_access,
    transfer,
};
use super::{ACME, BEFORE, FOR_OWNERS, Id, OUTRANKED, acme, now};

fn any_action() -> Token<Id> {
    Token::new(ActionSet::all())
}

/// Changes that olivia may make.
fn changes_of_an_owner() -> Vec<Change<Id>> {
    vec![
        invite("dave", Role::Owner),
        change_role("bob", Role::Owner),
        remove("carol"),
        transfer("carol"),
        create_project("new"),
        connect("new"),
        protect("shop-production", Protection::NONE),
        retarget("shop-production", "us-west"),
        create("new", "vault", "us-east"),
        set_access("us-east", "bob", Grant::new(ClusterAccess::Manage)),
        Change::create_team(ACME, "new"),
        Change::add_to_team("ops", "bob"),
        Change::delete_organization(ACME),
    ]
}

#[test]
fn a_token_changes_nothing_that_it_was_not_given_for() {
    let deploys = Token::new(ActionSet::VIEW | ActionSet::DEPLOY | ActionSet::APPROVE | ActionSet::READ_SECRETS);
    let of_a_project = any_action().for_projects(["shop"]).for_environments(["shop-dev"]);
    let elsewhere = any_action().for_organizations(["evil-corp"]);
    let nothing = any_action().for_clusters([]);
    for token in [deploys, of_a_project, elsewhere, nothing] {
        let mut world = acme();
        for change in changes_of_an_owner() {
            world.denies_as(now("olivia").with_token(&token), change.clone(), Reason::OutOfScope);
            world.denies_as(now("olivia").with_service_token(&token), change, Reason::OutOfScope);
        }
    }
}

#[test]
fn of_two_tokens_one_does_not_make_up_for_the_other() {
    let (all, views) = (any_action(), Token::new(ActionSet::VIEW));
    let mut world = acme();
    for change in changes_of_an_owner() {
        for (token, service) in [(&all, &views), (&views, &all)] {
            let olivia = now("olivia").with_token(token).with_service_token(service);
            world.denies_as(olivia, change.clone(), Reason::OutOfScope);
        }
        let expired = any_action().until(BEFORE);
        let olivia = now("olivia").with_token(&all).with_service_token(&expired);
        world.denies_as(olivia, change, Reason::CredentialExpired);
    }
    world.does_as(now("olivia").with_token(&all).with_service_token(&all), create_project("new"));
}

#[test]
fn an_expired_token_changes_nothing() {
    let token = any_action().until(BEFORE);
    let mut world = acme();
    for change in changes_of_an_owner() {
        world.denies_as(now("olivia").with_token(&token), change.clone(), Reason::CredentialExpired);
        world.denies_as(SubjectId::new("olivia").with_token(&token), change, Reason::CredentialExpired);
    }
}

#[test]
fn a_token_for_one_cluster_places_nothing_on_another() {
    let token = any_action().for_clusters(["us-west"]);
    let olivia = now("olivia").with_token(&token);
    let mut world = acme();
    world.denies_as(olivia, create("new", "shop", "us-east"), Reason::OutOfScope);
    world.does_as(olivia, create("new", "shop", "us-west"));
    world.denies_as(olivia, retarget("new", "us-east"), Reason::OutOfScope);
    world.denies_as(olivia, retarget("shop-production", "us-west"), Reason::OutOfScope);
    world.does_as(olivia, retarget_into("new", "us-west", "elsewhere"));
}

#[test]
fn a_token_for_one_environment_does_not_create_another() {
    let token = any_action().for_environments(["shop-dev", "shop-next"]);
    let olivia = now("olivia").with_token(&token);
    let mut world = acme();
    world.denies_as(olivia, create("new", "shop", "us-west"), Reason::OutOfScope);
    world.denies_as(olivia, protect("shop-production", Protection::NONE), Reason::OutOfScope);
    world.does_as(olivia, create("shop-next", "shop", "us-west"));
}

#[test]
fn a_token_gives_nothing_that_its_account_lacks() {
    let token = any_action();
    let mut world = acme();
    world.denies_as(now("carol").with_token(&token), change_role("carol", Role::Owner), OUTRANKED);
    world.denies_as(now("carol").with_token(&token), protect("shop-production", Protection::NONE), FOR_OWNERS);
    world.denies_as(now("mallory").with_token(&token), invite("mallory", Role::Viewer), Reason::NotAMember);
}

//! By a namespace: one that another environment has, or that looks like it.

use shipgate::change::{Change, ChangeError};
use shipgate::{Protection, Reason, Role};

use super::change::{create_in, retarget, retarget_into};
use super::{FOR_OWNERS, acme, project_admin};

#[test]
fn nothing_deploys_over_a_locked_environment_from_its_namespace() {
    let mut world = acme();
    let in_its_place = [
        create_in("decoy", "shop", "us-east", "production"),
        create_in("decoy", "vault", "us-east", "production"),
        retarget_into("shop-dev", "us-east", "production"),
    ];
    for change in in_its_place {
        let error = world.refuses("carol", change);
        assert!(matches!(error, ChangeError::NamespaceTaken { .. }), "{error}");
    }
    world.does("carol", create_in("decoy", "shop", "us-east", "decoy"));
    let error = world.refuses("carol", retarget_into("decoy", "us-east", "production"));
    assert!(matches!(error, ChangeError::NamespaceTaken { .. }), "{error}");
    world.denies("carol", retarget_into("shop-production", "us-east", "elsewhere"), FOR_OWNERS);

    // On another cluster the name is another place: brought from there, it is refused as well.
    world.does("carol", retarget_into("shop-dev", "us-west", "production"));
    let error = world.refuses("carol", retarget("shop-dev", "us-east"));
    assert!(matches!(error, ChangeError::NamespaceTaken { .. }), "{error}");
}

#[test]
fn a_namespace_that_only_looks_like_another_is_none() {
    let mut world = acme();
    for namespace in [
        "",
        " production",
        "production ",
        "Production",
        "production\u{0}",
        "pr\u{43e}duction",
        "-production",
        "production-",
        "production.",
        "kube-system",
    ] {
        let error = world.refuses("carol", create_in("decoy", "shop", "us-east", namespace));
        assert!(matches!(error, ChangeError::Namespace(_)), "{namespace:?}: {error:?}");
        let error = world.refuses("carol", retarget_into("shop-dev", "us-east", namespace));
        assert!(matches!(error, ChangeError::Namespace(_)), "{namespace:?}: {error:?}");
    }
}

#[test]
fn an_update_moves_nothing_into_another_namespace() {
    let mut world = acme().after([project_admin("shop", "alice")]);
    world.does("alice", Change::update_environment("shop-dev"));
    assert_eq!(world.0.namespace("shop-dev"), Some("dev"));
    world.denies("alice", Change::update_environment("shop-production"), FOR_OWNERS);
    // Only who may place it moves it.
    let locked = Change::set_protection("shop-dev", Protection::LOCKED);
    world.does("olivia", locked);
    world.denies("alice", retarget_into("shop-dev", "us-west", "mine"), FOR_OWNERS);
    assert_eq!(FOR_OWNERS, Reason::EnvironmentProtected { have: Role::Admin, need: Role::Owner });
}

//! Who has access in the example document.

use shipgate::query::Access;
use shipgate::{ClusterAccess, Decision, Directory, Time};

const ACME: &str = include_str!("../../../examples/data/acme-corp.json");

fn acme() -> Directory<String> {
    Directory::from_json(ACME).unwrap()
}

fn time(text: &str) -> Time {
    serde_json::from_value(text.into()).unwrap()
}

/// The value and the source in words, with the day of the end.
fn words<T: Copy>(value: impl std::fmt::Display, access: Access<'_, String, T>) -> String {
    let until = access.until().map(|until| serde_json::to_value(until).unwrap());
    let day = until.map(|until| format!(", until {}", &until.as_str().unwrap()[..10]));
    format!("{value} by {}{}", super::source(access.source()), day.unwrap_or_default())
}

#[test]
fn a_hidden_cluster_is_for_admins_and_teams() {
    let (directory, at) = (acme(), Some(time("2026-09-01T00:00:00Z")));
    let listed =
        directory.cluster_access("vault", at).map(|(id, access)| format!("{id}: {}", words(access.value(), access)));
    // gus is in the team contractors too, but the role guest has no permission to view.
    let expected = [
        "ada: manage by role admin",
        "alice: deploy by access of on-call",
        "carol: manage by role admin",
        "dana: view by access of contractors, until 2026-12-15",
        "frank: manage by role owner, until 2027-06-30",
        "olivia: manage by role owner",
        "ops-bot: manage by role admin",
        "oscar: manage by role owner",
        "rita: deploy by access of on-call",
        "tess: manage by role admin, until 2027-01-31",
    ];
    assert_eq!(listed.collect::<Vec<_>>(), expected);
}

#[test]
fn a_hidden_project_is_for_admins_and_who_has_a_role_in_it() {
    let (directory, at) = (acme(), Some(time("2026-09-01T00:00:00Z")));
    let listed = directory.project_access("ledger", at);
    let listed = listed.map(|(id, access)| format!("{id}: {}", words(access.value().rank(), access)));
    let expected = [
        "ada: admin by role admin",
        "alice: developer by own project role",
        "carol: admin by role admin",
        "dana: developer by project role of contractors, until 2026-12-15",
        "frank: owner by role owner, until 2027-06-30",
        "gus: developer by project role of contractors, until 2026-12-15",
        "olivia: owner by role owner",
        "ops-bot: admin by role admin",
        "oscar: owner by role owner",
        "rita: admin by role release-manager",
        "tess: admin by role admin, until 2027-01-31",
        "victor: admin by own project role",
    ];
    assert_eq!(listed.collect::<Vec<_>>(), expected);
}

#[test]
fn an_environment_is_for_those_who_see_its_project_and_its_cluster() {
    let directory = acme();
    let of = |account: &str, at: &str| {
        let (_, access) =
            directory.environment_access("shop-production", Some(time(at))).find(|(id, _)| *id == account)?;
        let role = words(access.role().value().rank(), access.role());
        Some((role, words(access.level().value(), access.level()), access.until()))
    };
    let (summer, winter) = ("2026-09-01T00:00:00Z", "2026-11-21T12:00:00Z");
    let words = |role: &str, level: &str, until: Option<&str>| Some((role.into(), level.into(), until.map(time)));
    let by_project = "admin by own project role, until 2026-10-01";
    assert_eq!(of("bob", summer), words(by_project, "view by own access", Some("2026-10-01T00:00:00Z")));
    assert_eq!(of("bob", winter), words("developer by role developer", "view by own access", None));
    let (role, level) = ("developer by own project role", "deploy by own project role");
    assert_eq!(of("victor", summer), words(role, level, None));
    assert_eq!(of("carol", summer), words("admin by role admin", "deploy by own access", None));
    for hidden in ["betty", "erin", "gus", "hank"] {
        assert_eq!(of(hidden, summer), None, "{hidden}");
    }
}

#[test]
fn owners_approve_what_admins_deploy_to_production() {
    let (directory, at) = (acme(), Some(time("2026-09-01T00:00:00Z")));
    let deployers: Vec<_> = directory.deployers("shop-production", at).collect();
    let ids: Vec<&str> = deployers.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["ada", "carol", "frank", "olivia", "ops-bot", "oscar", "rita", "tess"]);
    assert!(deployers.iter().all(|(_, decision)| matches!(decision, Decision::RequireApproval(_))));
    assert_eq!(directory.approvers("shop-production", at).collect::<Vec<_>>(), ["frank", "olivia", "oscar"]);

    let approvers: Vec<_> = directory.approvers("shop-canary", at).map(String::as_str).collect();
    assert_eq!(approvers, ["ada", "bob", "carol", "frank", "olivia", "oscar", "rita", "tess"], "users who may approve");
    let level = directory.cluster_access("staging-us-east", at).find(|(id, _)| *id == "bob").unwrap().1.value();
    assert_eq!(level, ClusterAccess::Deploy);
}

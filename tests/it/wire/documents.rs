//! The directory document: what it takes, and the place of what it refuses.

mod ids;
mod loaded;
mod refused;
mod written;

use shipgate::directory::{
    AccountRef, ClusterRef, CustomRoleRef, EnvironmentRef, OrganizationRef, ProjectRef, Rows, TableName, TeamRef,
};
use shipgate::model::Permission;
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, Directory, Grant, ProjectRole, Protection, Role, Time, Visibility,
};

use crate::wire::readers;

/// A document with `rest` in its one organization, which has members, a custom role and a team.
fn acme(rest: &str) -> String {
    format!(
        r#"{{ "organizations": [{{
            "id": "acme-corp",
            "members": [{{ "account": "olivia", "role": "owner" }}, {{ "account": "alice", "role": "developer" }}],
            "roles": [{{ "id": "auditor", "rank": "viewer", "permissions": ["view"] }}],
            "teams": [{{ "id": "on-call", "members": ["alice"] }}]
            {rest}
        }}] }}"#
    )
}

fn clusters(rest: &str) -> String {
    acme(&format!(r#", "clusters": [{{ "id": "us-east" {rest} }}]"#))
}

fn projects(rest: &str) -> String {
    acme(&format!(r#", "clusters": [{{ "id": "us-east" }}], "projects": [{{ "id": "shop" {rest} }}]"#))
}

/// A document with these environments in its project.
fn environments(environments: &str) -> String {
    projects(&format!(r#", "environments": [{environments}]"#))
}

fn load(text: &str) -> Directory<String> {
    readers::document(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[track_caller]
fn refusal(text: &str) -> String {
    match readers::document(text) {
        Ok(_) => panic!("{text} was taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_left_out_is_the_default() {
    for empty in ["{}", r#"{"accounts":[]}"#, r#"{"organizations":[]}"#, " { } \n"] {
        let directory = load(empty);
        assert_eq!((directory.accounts().len(), directory.organizations().len()), (0, 0));
    }
    let directory = load(&environments(r#"{ "id": "shop-dev", "cluster": "us-east" }"#));
    assert_eq!(directory.account("olivia").map(AccountRef::kind), Some(AccountKind::User));
    assert_eq!(directory.cluster("us-east").map(ClusterRef::visibility), Some(Visibility::Organization));
    assert_eq!(directory.project("shop").map(ProjectRef::visibility), Some(Visibility::Organization));
    assert_eq!(directory.environment("shop-dev").map(EnvironmentRef::protection), Some(Protection::NONE));
    assert_eq!(directory.rows().environments[0].namespace, "shop-dev");

    let bare = load(r#"{ "organizations": [{ "id": "acme-corp", "teams": [{ "id": "on-call" }] }] }"#);
    assert_eq!(bare.team("on-call").map(TeamRef::members), Some(0));
}

#[test]
fn every_row_is_in_the_directory() {
    let text = r#"{
        "accounts": [{ "id": "ci-bot", "kind": "service" }, { "id": "betty", "kind": "user" }],
        "organizations": [{
            "id": "acme-corp",
            "members": [
                { "account": "olivia", "role": "owner" },
                { "account": "betty", "role": "billing", "expires_at": "2027-01-01T00:00:00Z" },
                { "account": "rita", "role": "release-manager" },
                { "account": "ci-bot", "role": "owner" }
            ],
            "roles": [{ "id": "release-manager", "rank": "admin", "permissions": ["view", "deploy", "approve"] }],
            "teams": [{ "id": "on-call", "members": ["rita", "betty"] }],
            "clusters": [{
                "id": "us-east",
                "orchestrator": "swarm",
                "visibility": "members",
                "access": [
                    { "account": "betty", "level": "manage", "expires_at": "1969-12-31T23:59:59.9999Z" },
                    { "team": "on-call", "level": "deploy" }
                ]
            }],
            "projects": [{
                "id": "shop",
                "visibility": "members",
                "members": [
                    { "account": "betty", "role": "admin" },
                    { "team": "on-call", "role": "viewer", "expires_at": "2027-01-01T00:00:00Z" }
                ],
                "environments": [{ "id": "shop-dev", "cluster": "us-east", "namespace": "dev", "protection": "locked" }]
            }]
        }, { "id": "globex" }]
    }"#;
    let new_year = Time::from_millis(1_798_761_600_000);
    let directory = load(text);
    assert_eq!(directory.account("ci-bot").map(AccountRef::kind), Some(AccountKind::Service));
    let betty = directory.account("betty").and_then(|betty| betty.membership("acme-corp")).unwrap();
    assert_eq!((betty.rank(), betty.expires_at()), (Role::Billing, Some(new_year)));
    assert_eq!(betty.cluster_access("us-east"), Some(Grant::new(ClusterAccess::Manage).until(Time::from_millis(-1))));
    assert_eq!(betty.project_role("shop"), Some(Grant::new(ProjectRole::Admin)));
    assert_eq!(betty.teams().collect::<Vec<_>>(), ["on-call"]);
    let rita = directory.account("rita").and_then(|rita| rita.membership("acme-corp")).unwrap();
    assert_eq!((rita.rank(), rita.role()), (Role::Admin, AnyRole::Custom(&"release-manager".to_string())));
    assert!(rita.permissions().contains(Permission::Approve) && !rita.permissions().contains(Permission::Exec));
    let on_call = directory.team("on-call").unwrap();
    assert_eq!(on_call.members(), 2);
    let on = |id: &str| id.to_string();
    let (cluster, project) = (on("us-east"), on("shop"));
    assert_eq!(
        on_call.cluster_accesses().collect::<Vec<_>>(),
        [(&cluster, Visibility::Members, Grant::new(ClusterAccess::Deploy))]
    );
    assert_eq!(
        on_call.project_roles().collect::<Vec<_>>(),
        [(&project, Visibility::Members, Grant::new(ProjectRole::Viewer).until(new_year))]
    );
    // Olivia; a service account is no Owner.
    assert_eq!(directory.organization("acme-corp").map(OrganizationRef::owners), Some(1));
    assert_eq!(directory.organization("globex").map(OrganizationRef::owners), Some(0));
    assert_eq!(directory.role("release-manager").map(CustomRoleRef::members), Some(1));
    let us_east = directory.cluster("us-east").unwrap();
    assert_eq!((us_east.environments(), us_east.visibility()), (1, Visibility::Members));
    let shop = directory.project("shop").unwrap();
    assert_eq!((shop.environments(), shop.visibility()), (1, Visibility::Members));
    assert_eq!(shop.safeguard(), Protection::LOCKED.safeguard());
    let dev = directory.environment("shop-dev").unwrap();
    assert_eq!((dev.project().as_str(), dev.cluster().as_str()), ("shop", "us-east"));
    assert_eq!(dev.protection(), Protection::LOCKED);
    assert_eq!(directory.rows().environments[0].namespace, "dev");
}

#[test]
fn an_account_that_is_a_member_nowhere_is_checked_and_not_kept() {
    let listed = |accounts: &str| format!(r#"{{ "accounts": [{accounts}] }}"#);
    let nobody = r#"{ "id": "mallory", "kind": "service" }"#;
    assert_eq!(load(&listed(nobody)).accounts().len(), 0);
    assert_eq!(
        refusal(&listed(&format!(r#"{nobody}, {{ "id": "mallory", "kind": "user" }}"#))),
        r#"accounts[1]: account "mallory" is listed already: list each account once"#
    );
    assert_eq!(
        refusal(&listed(&format!("{nobody}, {nobody}"))),
        r#"accounts[1]: account "mallory" is listed already: list each account once"#
    );
    assert_eq!(
        refusal(&listed(r#"{ "id": "", "kind": "user" }"#)),
        "accounts[0].id: an id cannot be empty: write at least one character"
    );
    assert_eq!(
        refusal(&listed(r#"{ "id": "mallory", "kind": "robot" }"#)),
        "accounts[0].kind: unknown account kind `robot`: expected user or service"
    );
}

#[test]
fn the_role_of_a_member_is_a_built_in_one_or_a_custom_one_of_the_organization() {
    let member = |role: &str| {
        format!(
            r#"{{ "organizations": [
                {{ "id": "acme-corp", "members": [{{ "account": "olivia", "role": "{role}" }}],
                   "roles": [{{ "id": "auditor", "rank": "viewer", "permissions": [] }}] }},
                {{ "id": "globex", "roles": [{{ "id": "guest", "rank": "developer", "permissions": [] }}] }}
            ] }}"#
        )
    };
    let role = |text: &str| load(text).rows().members[0].role.clone();
    for built_in in Role::ALL {
        assert_eq!(role(&member(built_in.as_str())), AnyRole::BuiltIn(built_in));
    }
    assert_eq!(role(&member("auditor")), AnyRole::Custom("auditor".into()));
    assert_eq!(
        refusal(&member("ower")),
        r#"organizations[0].members[0]: role "ower" does not exist: add it first, or name one that does"#
    );
    assert_eq!(
        refusal(&member("guest")),
        r#"organizations[0].members[0]: role "guest" is not one of "acme-corp": choose a built-in role, or a custom one of the same organization"#
    );
}

#[test]
fn a_grant_above_its_holders_ceiling_and_an_organization_without_an_owner_load() {
    let text = r#"{ "organizations": [{
        "id": "acme-corp",
        "members": [{ "account": "betty", "role": "billing" }],
        "clusters": [{ "id": "us-east", "access": [{ "account": "betty", "level": "manage" }] }],
        "projects": [{ "id": "shop", "members": [{ "account": "betty", "role": "admin" }] }]
    }] }"#;
    let directory = load(text);
    assert_eq!(directory.organization("acme-corp").map(OrganizationRef::owners), Some(0));
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let text = format!("\u{feff}{}", acme(""));
    assert_eq!(load(&text).accounts().len(), 2);
    assert_eq!(Rows::from_json(&text), Rows::<String>::from_json(&acme("")));
    // One, and only before the document.
    for text in
        [format!("\u{feff}\u{feff}{}", acme("")), format!(" \u{feff}{}", acme("")), format!("{}\u{feff}", acme(""))]
    {
        assert!(readers::document(&text).is_err(), "{text:?}");
    }
}

#[test]
fn a_custom_role_has_both_its_rank_and_its_permissions() {
    let role = |role: &str| format!(r#"{{ "organizations": [{{ "id": "acme-corp", "roles": [{role}] }}] }}"#);
    let place = "organizations[0].roles[0]";
    load(&role(r#"{ "id": "guest", "rank": "developer", "permissions": [] }"#));
    for (json, message) in [
        (r#"{ "rank": "viewer", "permissions": [] }"#, ": missing field `id`"),
        (r#"{ "id": "guest", "permissions": [] }"#, ": missing field `rank`"),
        (r#"{ "id": "guest", "rank": "viewer" }"#, ": missing field `permissions`"),
        (
            r#"{ "id": "guest", "rank": "viewer", "permissions": null }"#,
            ".permissions: invalid type: null, expected an array of permissions",
        ),
        (
            r#"{ "id": "guest", "rank": "viewer", "permissions": ["view", "approve", "view"] }"#,
            ".permissions[2]: duplicate permission `view`",
        ),
        (
            r#"{ "id": "guest", "rank": "viewer", "permissions": ["view", "transfer_ownership"] }"#,
            ".permissions: a custom role cannot have the permission transfer_ownership: only owners have it",
        ),
        (
            r#"{ "id": "guest", "rank": "viewer", "permissions": ["deploy"] }"#,
            ".permissions: the permission deploy needs `view` beside it: add `view`, or leave it out",
        ),
        (
            r#"{ "id": "guest", "rank": "viewer", "permissions": ["view", "deploy"] }"#,
            ": the permission deploy needs the rank developer: raise the rank, or leave the permission out",
        ),
        (
            r#"{ "id": "guest", "rank": "owner", "permissions": [] }"#,
            ": a custom role cannot have the rank owner: choose admin, developer or viewer",
        ),
        (
            r#"{ "id": "guest", "rank": "viewer", "permissions": [], "members": [] }"#,
            ".members: unknown field `members`, expected one of `id`, `rank`, `permissions`",
        ),
    ] {
        assert_eq!(refusal(&role(json)), format!("{place}{message}"), "{json}");
    }
    for built_in in Role::ALL {
        assert_eq!(
            refusal(&role(&format!(r#"{{ "id": "{built_in}", "rank": "viewer", "permissions": [] }}"#))),
            format!("{place}.id: `{built_in}` is a built-in role: choose another id for a custom one")
        );
    }
}

#[test]
fn an_entry_names_an_account_or_a_team() {
    for (text, place) in [
        (clusters(r#", "access": [{ "level": "view" }]"#), "organizations[0].clusters[0].access[0]"),
        (projects(r#", "members": [{ "role": "viewer" }]"#), "organizations[0].projects[0].members[0]"),
    ] {
        assert_eq!(refusal(&text), format!("{place}: missing field `account` or `team`"));
    }
    for (text, place) in [
        (
            clusters(r#", "access": [{ "account": "alice", "team": "on-call", "level": "view" }]"#),
            "organizations[0].clusters[0].access[0]",
        ),
        (
            projects(r#", "members": [{ "account": "alice", "team": "on-call", "role": "viewer" }]"#),
            "organizations[0].projects[0].members[0]",
        ),
    ] {
        assert_eq!(refusal(&text), format!("{place}: both `account` and `team` are there: name one in each entry"));
    }
    assert_eq!(
        refusal(&clusters(r#", "access": [{ "team": null, "level": "view" }]"#)),
        "organizations[0].clusters[0].access[0].team: invalid type: null, expected a string"
    );
}

#[test]
fn a_namespace_is_the_id_unless_it_is_given_and_has_a_strict_form() {
    const FORM: &str = "a namespace is 1 to 63 lower-case letters, digits and `-`, begins and ends with a letter or a digit, \
                        and does not begin with `kube-`";
    let namespace = |text: &str| load(text).rows().environments[0].namespace.clone();
    assert_eq!(namespace(&environments(r#"{ "id": "shop-dev", "cluster": "us-east" }"#)), "shop-dev");
    assert_eq!(namespace(&environments(r#"{ "id": "Shop", "cluster": "us-east", "namespace": "shop" }"#)), "shop");
    let numbers = r#"{ "organizations": [{ "id": "1", "clusters": [{ "id": "2" }], "projects": [{ "id": "3",
        "environments": [{ "id": "7", "cluster": "2" }] }] }] }"#;
    assert_eq!(Rows::<u64>::from_json(numbers).unwrap().environments[0].namespace, "7");
    // It would be another namespace, and the same id.
    let error = Rows::<u64>::from_json(&numbers.replace(r#""7""#, r#""007""#)).unwrap_err();
    assert_eq!(error.problem(), "`007` is not how this id is written: write `7`");

    let place = "organizations[0].projects[0].environments[0]";
    for id in ["Shop", "shop_dev", "kube-system", "shop.dev", "-shop", &"x".repeat(64)] {
        assert_eq!(
            refusal(&environments(&format!(r#"{{ "id": "{id}", "cluster": "us-east" }}"#))),
            format!("{place}: `{id}` cannot be its own namespace: add a `namespace`: {FORM}")
        );
        assert_eq!(
            refusal(&environments(&format!(r#"{{ "id": "shop", "cluster": "us-east", "namespace": "{id}" }}"#))),
            format!("{place}.namespace: `{id}` is not a namespace: {FORM}")
        );
    }
    assert_eq!(
        refusal(&environments(r#"{ "id": "shop", "cluster": "us-east", "namespace": "" }"#)),
        format!("{place}.namespace: `` is not a namespace: {FORM}")
    );
}

#[test]
fn every_table_has_a_place_in_the_document() {
    // A row of each that is refused when the rows are put together.
    for (table, text, place) in [
        (TableName::Organizations, r#"{"organizations":[{"id":"a"},{"id":"a"}]}"#.to_string(), "organizations[1]"),
        (
            TableName::Roles,
            acme("").replace(
                r#""permissions": ["view"] }"#,
                r#""permissions": ["view"] }, { "id": "auditor", "rank": "viewer", "permissions": [] }"#,
            ),
            "organizations[0].roles[1]",
        ),
        (TableName::Members, acme("").replace(r#""developer""#, r#""guest""#), "organizations[0].members[1]"),
        (
            TableName::Teams,
            acme("").replace(r#"["alice"] }"#, r#"["alice"] }, { "id": "on-call" }"#),
            "organizations[0].teams[1]",
        ),
        (
            TableName::TeamMembers,
            acme("").replace(r#"["alice"]"#, r#"["alice", "dave"]"#),
            "organizations[0].teams[0].members[1]",
        ),
        (
            TableName::Clusters,
            acme(r#", "clusters": [{ "id": "c" }, { "id": "d" }, { "id": "c" }]"#),
            "organizations[0].clusters[2]",
        ),
        (
            TableName::ClusterAccess,
            clusters(
                r#", "access": [{ "team": "on-call", "level": "view" }, { "team": "off-call", "level": "view" }]"#,
            ),
            "organizations[0].clusters[0].access[1]",
        ),
        (TableName::Projects, acme(r#", "projects": [{ "id": "p" }, { "id": "p" }]"#), "organizations[0].projects[1]"),
        (
            TableName::ProjectRoles,
            projects(
                r#", "members": [{ "team": "on-call", "role": "viewer" }, { "account": "dave", "role": "viewer" }]"#,
            ),
            "organizations[0].projects[0].members[1]",
        ),
        (
            TableName::Environments,
            environments(r#"{ "id": "dev", "cluster": "us-east" }, { "id": "qa", "cluster": "us-west" }"#),
            "organizations[0].projects[0].environments[1]",
        ),
    ] {
        let message = refusal(&text);
        assert!(message.starts_with(&format!("{place}: ")), "{table}: {message}");
        let error = Directory::try_from(Rows::<String>::from_json(&text).unwrap()).unwrap_err();
        assert_eq!(error.table(), table, "{text}");
    }
}

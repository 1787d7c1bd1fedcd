//! The document as it is written.

use serde_json::Value;
use shipgate::directory::{
    ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRow, RoleRow, Rows, TeamMemberRow,
    TeamRow,
};
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, Directory, Holder, Protection, Role, RoleDefinition, RolePermissions, Time,
    Visibility,
};

use crate::wire::readers;

const ACME: &str = include_str!("../../../../examples/data/acme-corp.json");

#[test]
fn a_document_comes_back() {
    let rows = Rows::<String>::from_json(ACME).unwrap();
    let written = serde_json::to_string(&rows).unwrap();
    assert_eq!(Rows::from_json(&written), Ok(rows.clone()));
    assert_eq!(serde_json::from_str::<Rows<String>>(&written).unwrap(), rows);
    assert!(Directory::try_from(rows).unwrap() == readers::document(&written).unwrap());
    assert!(!written.contains("null"));
    // What was written is written again in the same way.
    assert_eq!(serde_json::to_string(&Rows::<String>::from_json(&written).unwrap()).unwrap(), written);
}

#[test]
fn each_row_goes_inside_what_it_belongs_to() {
    let written = serde_json::to_value(Rows::<String>::from_json(ACME).unwrap()).unwrap();
    let acme = &written["organizations"][0];
    let named = |list: &Value, key: &str, id: &str| {
        list.as_array().unwrap().iter().find(|row| row[key] == id).unwrap_or_else(|| panic!("{id}")).clone()
    };
    assert_eq!(named(&acme["clusters"], "id", "edge-swarm")["orchestrator"], "swarm");
    assert_eq!(named(&acme["clusters"], "id", "vault")["visibility"], "members");
    assert_eq!(named(&acme["members"], "account", "rita")["role"], "release-manager");
    assert_eq!(
        named(&acme["roles"], "id", "release-manager"),
        serde_json::json!({
            "id": "release-manager", "rank": "admin", "permissions": ["view", "view_logs", "deploy", "approve"]
        })
    );
    assert_eq!(
        named(&acme["teams"], "id", "on-call"),
        serde_json::json!({ "id": "on-call", "members": ["alice", "rita"] })
    );
    assert_eq!(
        named(&named(&acme["clusters"], "id", "vault")["access"], "team", "on-call"),
        serde_json::json!({ "team": "on-call", "level": "deploy" })
    );
    let shop = named(&acme["projects"], "id", "shop");
    assert_eq!(named(&shop["environments"], "id", "shop-staging")["namespace"], "shop-staging");
    assert_eq!(named(&acme["projects"], "id", "website")["visibility"], "organization");
}

/// Rows in which a document can say everything.
fn rows() -> Rows<String> {
    let id = String::from;
    Rows {
        organizations: vec![OrganizationRow { id: id("acme-corp") }, OrganizationRow { id: id("globex") }],
        roles: vec![RoleRow {
            id: id("guest"),
            organization: id("acme-corp"),
            definition: RoleDefinition::new(Role::Developer, RolePermissions::new([]).unwrap()).unwrap(),
        }],
        members: vec![
            member("acme-corp", "ci-bot", AccountKind::Service, AnyRole::Custom(id("guest"))),
            member("acme-corp", "olivia", AccountKind::User, Role::Owner.into()),
            member("globex", "ci-bot", AccountKind::Service, Role::Viewer.into()),
        ],
        teams: vec![TeamRow { id: id("on-call"), organization: id("acme-corp") }],
        team_members: vec![TeamMemberRow { team: id("on-call"), account: id("olivia") }],
        clusters: vec![ClusterRow {
            id: id("us-east"),
            organization: id("acme-corp"),
            orchestrator: None,
            visibility: Visibility::Organization,
        }],
        cluster_access: vec![access(Holder::Account(id("ci-bot"))), access(Holder::Team(id("on-call")))],
        projects: vec![ProjectRow { id: id("shop"), organization: id("acme-corp"), visibility: Visibility::Members }],
        project_roles: Vec::new(),
        environments: vec![EnvironmentRow {
            id: id("Shop"),
            project: id("shop"),
            cluster: id("us-east"),
            namespace: id("shop"),
            protection: Protection::NONE,
        }],
    }
}

fn member(organization: &str, account: &str, kind: AccountKind, role: AnyRole<String>) -> MemberRow<String> {
    MemberRow { organization: organization.into(), account: account.into(), kind, role, expires_at: None }
}

fn access(holder: Holder<String>) -> ClusterAccessRow<String> {
    ClusterAccessRow { cluster: "us-east".into(), holder, level: ClusterAccess::View, expires_at: None }
}

#[test]
fn the_accounts_that_are_written_are_the_services_sorted() {
    let mut rows = rows();
    rows.members.insert(0, member("globex", "a-bot", AccountKind::Service, Role::Viewer.into()));
    let written = serde_json::to_value(&rows).unwrap();
    assert_eq!(
        written["accounts"],
        serde_json::json!([{ "id": "a-bot", "kind": "service" }, { "id": "ci-bot", "kind": "service" }])
    );
    rows.sort();
    assert_eq!(Rows::from_json(&written.to_string()), Ok(rows));
}

/// Makes rows such that a document cannot say them.
type Spoil = fn(&mut Rows<String>);

#[test]
fn rows_that_a_document_cannot_say_are_not_written() {
    serde_json::to_string(&rows()).unwrap();
    let refused = |spoil: Spoil| {
        let mut rows = rows();
        spoil(&mut rows);
        serde_json::to_string(&rows).unwrap_err().to_string()
    };
    let table: [(Spoil, &str); 14] = [
        (
            |rows| rows.clusters[0].organization = "initech".into(),
            r#"clusters[0]: organization "initech" does not exist: add it first, or name one that does"#,
        ),
        (
            |rows| rows.roles[0].organization = "initech".into(),
            r#"roles[0]: organization "initech" does not exist: add it first, or name one that does"#,
        ),
        (
            |rows| rows.members[0].role = AnyRole::Custom("auditor".into()),
            r#"members[0]: role "auditor" does not exist: add it first, or name one that does"#,
        ),
        (
            |rows| rows.members[2].role = AnyRole::Custom("guest".into()),
            r#"members[2]: role "guest" is not one of "globex": choose a built-in role, or a custom one of the same organization"#,
        ),
        (
            |rows| rows.members[2].kind = AccountKind::User,
            r#"members[2]: account "ci-bot" is of the kind service by another row, and of the kind user by this one: choose one"#,
        ),
        (
            |rows| rows.team_members[0].team = "off-call".into(),
            r#"team_members[0]: team "off-call" does not exist: add it first, or name one that does"#,
        ),
        (
            |rows| rows.team_members[0].account = "dave".into(),
            r#"team_members[0]: account "dave" is not a member of "acme-corp""#,
        ),
        (
            |rows| rows.cluster_access[0].holder = Holder::Account("dave".into()),
            r#"cluster_access[0]: account "dave" is not a member of "acme-corp""#,
        ),
        (
            |rows| rows.teams[0].organization = "globex".into(),
            r#"team_members[0]: account "olivia" is not a member of "globex""#,
        ),
        (
            |rows| rows.environments[0].cluster = "us-west".into(),
            r#"environments[0]: cluster "us-west" does not exist: add it first, or name one that does"#,
        ),
        (
            |rows| rows.teams[0].id = String::new(),
            r#"team_members[0]: team "on-call" does not exist: add it first, or name one that does"#,
        ),
        (|rows| rows.environments[0].id = String::new(), "an id cannot be empty: write at least one character"),
        (|rows| rows.environments[0].id = "dev\n".into(), r"`dev\n` has a control character: write the id without it"),
        (
            |rows| rows.environments[0].namespace = "Shop".into(),
            "`Shop` is not a namespace: a namespace is 1 to 63 lower-case letters, digits and `-`, \
             begins and ends with a letter or a digit, and does not begin with `kube-`",
        ),
    ];
    for (spoil, message) in table {
        assert_eq!(refused(spoil), message);
    }
    let built_in = |rows: &mut Rows<String>| {
        rows.roles[0].id = "admin".into();
        rows.members[0].role = AnyRole::Custom("admin".into());
    };
    assert_eq!(refused(built_in), "`admin` is a built-in role: choose another id for a custom one");
    let late = |rows: &mut Rows<String>| rows.members[1].expires_at = Some(Time::MAX);
    assert_eq!(refused(late), "a time before the year 0000 or after 9999 cannot be written: choose one between them");
}

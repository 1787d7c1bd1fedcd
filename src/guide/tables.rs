//! Prints the tables of the guide from the code, and compares them with the pages. `UPDATE_GUIDE=1` rewrites the pages.

extern crate std;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::path::Path;

use crate::model::access::ClusterAccess;
use crate::model::action::ActionKind;
use crate::model::protection::{ApprovalFrom, ApprovalRule, Protection};
use crate::model::resource::ResourceKind;
use crate::model::role::{Permission, ProjectRole, Role};
use crate::model::time::GrantState;
use crate::policy::reason::{ClusterOf, Reason, ReasonCode, RoleRequirement};
use crate::policy::requirement::{ApprovalGate, Constraints, Guard, LevelBy, Requirement};

/// A table, by the name in its markers.
struct Table {
    name: &'static str,
    header: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let header: Vec<String> = self.header.iter().map(ToString::to_string).collect();
        let rule = format!("|{}\n", "---|".repeat(header.len()));
        let mut text = line(&header) + &rule;
        text.extend(self.rows.iter().map(|row| {
            assert_eq!(row.len(), header.len(), "a row of {} has another number of cells", self.name);
            line(row)
        }));
        text
    }
}

#[test]
fn the_policy_page_shows_the_tables_of_the_code() {
    check("policy.md", &[roles(), permissions(), protections(), actions(), reasons()]);
}

#[test]
#[cfg(feature = "directory")]
fn the_directory_page_shows_what_each_change_requires() {
    check("directory.md", &[changes()]);
}

/// Compares a page with its tables, which are all that it has between markers; or rewrites it.
fn check(page: &str, tables: &[Table]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide").join(page);
    let found = std::fs::read_to_string(&path).unwrap();
    let markers = found.matches("<!-- table: ").count();
    assert_eq!(markers, tables.len(), "{page} has a marker for each table, and no other");
    let expected = tables.iter().fold(found.clone(), |text, table| with_table(&text, table));
    if std::env::var_os("UPDATE_GUIDE").is_some() {
        std::fs::write(&path, expected).unwrap();
    } else {
        assert!(found == expected, "{page} differs from the code: run `UPDATE_GUIDE=1 cargo test --lib guide`");
    }
}

/// The text, with a table between its markers.
fn with_table(text: &str, table: &Table) -> String {
    let start = format!("<!-- table: {} -->\n", table.name);
    let (before, rest) = text.split_once(&start).unwrap_or_else(|| panic!("no marker for the table {}", table.name));
    let (_, after) = rest.split_once("<!-- end -->").expect("a table ends with its marker");
    format!("{before}{start}{}<!-- end -->{after}", table.markdown())
}

fn code(name: &str) -> String {
    format!("`{name}`")
}

fn list(names: impl Iterator<Item = &'static str>) -> String {
    names.map(code).collect::<Vec<_>>().join(", ")
}

fn roles() -> Table {
    let row = |role: Role| {
        let included = Role::ALL.into_iter().filter(|other| *other != role && role.includes(*other)).map(Role::as_str);
        let replaced = if role.yields_to_project_roles() {
            list(ProjectRole::ALL.into_iter().map(ProjectRole::as_str))
        } else {
            String::new()
        };
        let lowest = ClusterAccess::of(role, GrantState::InForce(ClusterAccess::None));
        let highest = ClusterAccess::of(role, GrantState::InForce(ClusterAccess::Manage));
        assert_eq!(highest, ClusterAccess::ceiling_of(role));
        let accesses = [ClusterAccess::default_of(role), lowest, highest].map(|access| code(access.as_str()));
        [code(role.as_str()), list(included), replaced].into_iter().chain(accesses).collect()
    };
    Table {
        name: "roles",
        header: &["role", "includes", "can be replaced in a project by", "default access", "lowest", "highest"],
        rows: Role::ALL.into_iter().map(row).collect(),
    }
}

fn permissions() -> Table {
    let row = |permission: Permission| {
        let granted = Role::ALL
            .into_iter()
            .map(|role| if role.permissions().contains(permission) { "yes".to_string() } else { String::new() });
        core::iter::once(code(permission.as_str())).chain(granted).collect()
    };
    assert_eq!(Role::ALL.map(Role::as_str), ["owner", "admin", "developer", "billing", "viewer"]);
    Table {
        name: "permissions",
        header: &["permission", "`owner`", "`admin`", "`developer`", "`billing`", "`viewer`"],
        rows: Permission::ALL.into_iter().map(row).collect(),
    }
}

fn protections() -> Table {
    let [admin, owner] = ApprovalFrom::ALL.map(ApprovalRule::new);
    let each = [
        Protection::NONE,
        Protection::RESTRICTED,
        Protection::restricted(admin),
        Protection::restricted(owner),
        Protection::LOCKED,
    ];
    let row = |protection: Protection| {
        let from = protection.rule().map(|rule| code(rule.from().as_str()));
        let safeguard = protection.safeguard();
        let [deployer, custodian] = [safeguard.deployer(), safeguard.custodian()].map(|role| code(role.as_str()));
        [code(protection.level().as_str()), from.unwrap_or_default(), deployer, custodian].into()
    };
    Table {
        name: "protections",
        header: &["level", "approval from", "deployer", "custodian"],
        rows: each.into_iter().map(row).collect(),
    }
}

fn actions() -> Table {
    let row = |kind: ResourceKind, action: ActionKind| {
        let requirement = Requirement::for_action(action, kind)?;
        let approval = match requirement.approval {
            ApprovalGate::Skipped => String::new(),
            ApprovalGate::Applied => "by the rule".to_string(),
        };
        Some(Vec::from([
            code(kind.as_str()),
            code(action.as_str()),
            permission(requirement),
            access(requirement),
            requirement.guard.map(guard).unwrap_or_default(),
            constraints(requirement.constraints),
            approval,
        ]))
    };
    let rows = |kind| ActionKind::ALL.into_iter().filter_map(move |action| row(kind, action));
    Table {
        name: "actions",
        header: &["resource", "action", "permission", "access", "safeguard", "constraints", "approval"],
        rows: ResourceKind::ALL.into_iter().flat_map(rows).collect(),
    }
}

fn permission(requirement: Requirement) -> String {
    let permission =
        requirement.permission.map_or_else(|| "any member".to_string(), |permission| code(permission.as_str()));
    if requirement.or_oneself { format!("{permission}, or oneself") } else { permission }
}

fn access(requirement: Requirement) -> String {
    match (requirement.level, requirement.level_by) {
        (ClusterAccess::None, _) => String::new(),
        (level, LevelBy::Standing) => code(level.as_str()),
        (level, LevelBy::Organization) => format!("{}, by the organization role", code(level.as_str())),
    }
}

fn guard(guard: Guard) -> String {
    match guard {
        Guard::Deployer => "deployer",
        Guard::Custodian => "custodian",
    }
    .to_string()
}

/// The names of constraints, each linked to its rule on the page.
fn constraints(constraints: Constraints) -> String {
    let link = |(name, _): (&str, _)| {
        let name = name.to_ascii_lowercase();
        format!("[`{name}`](#{name})")
    };
    constraints.iter_names().map(link).collect::<Vec<_>>().join(", ")
}

fn reasons() -> Table {
    let each = every_reason();
    assert_eq!(each.map(Reason::code), ReasonCode::ALL);
    let row = |reason: Reason| [code(reason.code().as_str()), reason.to_string()].into();
    Table { name: "reasons", header: &["reason", "in words, for example"], rows: each.into_iter().map(row).collect() }
}

/// An example of each reason, in the order of their codes.
const fn every_reason() -> [Reason; ReasonCode::ALL.len()] {
    let (deploy, manage) = (ClusterAccess::Deploy, ClusterAccess::Manage);
    [
        Reason::NotApplicable,
        Reason::NotAMember,
        Reason::ForeignResource,
        Reason::CredentialExpired,
        Reason::OutOfScope,
        Reason::NotInProject,
        Reason::RoleInsufficient { have: Role::Viewer, need: RoleRequirement::Permission(Permission::Deploy) },
        Reason::ClusterLevelInsufficient { have: ClusterAccess::View, need: deploy, cluster: ClusterOf::Present },
        Reason::EnvironmentProtected { have: Role::Developer, need: Role::Admin },
        Reason::Outranked { have: Role::Admin, need: Role::Owner },
        Reason::NotAssignable,
        Reason::LastOwner,
        Reason::NotRequester,
        Reason::NotOwnDeployment,
        Reason::ApprovalNotRequired,
        Reason::ServiceAccount,
        Reason::SelfApproval,
        Reason::AboveCeiling { need: manage, ceiling: ClusterAccess::View },
        Reason::Escalation { have: deploy, need: manage },
        Reason::NotEmpty,
        Reason::UnknownResource,
    ]
}

#[cfg(feature = "directory")]
fn changes() -> Table {
    use crate::change::Change;
    use crate::model::account::AccountKind;
    use crate::model::project::Visibility;

    let each: [(&str, Change<u64>); 19] = [
        ("InviteMember", Change::invite_member(1_u64, 2_u64, AccountKind::User, Role::Viewer)),
        ("ChangeRole", Change::change_role(1_u64, 2_u64, Role::Viewer)),
        ("SetExpiry", Change::set_expiry(1_u64, 2_u64, None)),
        ("RemoveMember", Change::remove_member(1_u64, 2_u64)),
        ("TransferOwnership", Change::transfer_ownership(1_u64, 2_u64)),
        ("SetClusterAccess", Change::set_cluster_access(1_u64, 2_u64, None)),
        ("SetProjectRole", Change::set_project_role(1_u64, 2_u64, None)),
        ("UpdateOrganization", Change::update_organization(1_u64)),
        ("DeleteOrganization", Change::delete_organization(1_u64)),
        ("CreateProject", Change::create_project(1_u64, 2_u64, Visibility::Organization)),
        ("UpdateProject", Change::update_project(1_u64, None)),
        ("DeleteProject", Change::delete_project(1_u64)),
        ("CreateEnvironment", Change::create_environment(1_u64, 2_u64, 3_u64, None, Protection::NONE)),
        ("UpdateEnvironment", Change::update_environment(1_u64, None)),
        ("Retarget", Change::retarget(1_u64, 2_u64, None)),
        ("DeleteEnvironment", Change::delete_environment(1_u64)),
        ("SetProtection", Change::set_protection(1_u64, Protection::NONE)),
        ("ConnectCluster", Change::connect_cluster(1_u64, 2_u64)),
        ("DisconnectCluster", Change::disconnect_cluster(1_u64)),
    ];
    let row = |(name, change): (&str, Change<u64>)| {
        let (action, resource) = change.question::<u64>();
        assert!(format!("{change:?}").starts_with(&format!("{name} ")), "{name} is not the name of {change:?}");
        let link = format!("[`{name}`](crate::change::Change::{name})");
        [link, code(action.kind().as_str()), code(resource.kind().as_str())].into()
    };
    Table {
        name: "changes",
        header: &["change", "requires the action", "on the resource"],
        rows: each.into_iter().map(row).collect(),
    }
}

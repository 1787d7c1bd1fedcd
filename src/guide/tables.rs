//! Prints the tables of the guide from the code, and compares them with the pages. `UPDATE_GUIDE=1` rewrites the pages.

extern crate std;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::path::Path;

use crate::model::access::{ClusterAccess, OnCluster};
use crate::model::action::ActionKind;
use crate::model::custom_role::{RoleDefinition, RolePermissions};
use crate::model::project::Visibility;
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
        let with = |level| OnCluster { visibility: Visibility::Organization, granted: GrantState::InForce(level) };
        let lowest = ClusterAccess::of(role.into(), with(ClusterAccess::None));
        let highest = ClusterAccess::of(role.into(), with(ClusterAccess::Manage));
        assert_eq!(highest, ClusterAccess::ceiling_of(role));
        let hidden = OnCluster { visibility: Visibility::Members, granted: GrantState::Nothing };
        let on_hidden = ClusterAccess::of(role.into(), hidden);
        let accesses = [ClusterAccess::default_of(role), on_hidden, lowest, highest];
        let accesses = accesses.map(|access| code(access.as_str()));
        [code(role.as_str()), list(included), replaced].into_iter().chain(accesses).collect()
    };
    Table {
        name: "roles",
        header: &[
            "role",
            "includes",
            "in a project, can be replaced by",
            "default",
            "default if hidden",
            "lowest",
            "highest",
        ],
        rows: Role::ALL.into_iter().map(row).collect(),
    }
}

fn permissions() -> Table {
    let row = |permission: Permission| {
        let granted = Role::ALL
            .into_iter()
            .map(|role| if role.permissions().contains(permission) { "yes".to_string() } else { String::new() });
        core::iter::once(code(permission.as_str())).chain(granted).chain([in_a_custom_role(permission)]).collect()
    };
    assert_eq!(Role::ALL.map(Role::as_str), ["owner", "admin", "developer", "billing", "viewer"]);
    Table {
        name: "permissions",
        header: &["permission", "`owner`", "`admin`", "`developer`", "`billing`", "`viewer`", "in a custom role"],
        rows: Permission::ALL.into_iter().map(row).collect(),
    }
}

/// At which ranks a custom role can have a permission, and whether it needs `view` beside it.
fn in_a_custom_role(permission: Permission) -> String {
    let Ok(with_view) = RolePermissions::new([permission, Permission::View]) else { return "never".to_string() };
    let ranks = Role::ALL.into_iter().filter(|rank| RoleDefinition::new(*rank, with_view).is_ok()).map(Role::as_str);
    let ranks: Vec<_> = ranks.map(code).collect();
    let ranks = if ranks.len() == 3 { "any rank".to_string() } else { ranks.join(" or ") };
    match RolePermissions::new([permission]) {
        Ok(_) => ranks,
        Err(_) => format!("{ranks}, with `view`"),
    }
}

fn protections() -> Table {
    let [admin, owner] = ApprovalFrom::ALL.map(ApprovalRule::new);
    let each = [
        Protection::NONE,
        Protection::reviewed(admin),
        Protection::reviewed(owner),
        Protection::RESTRICTED,
        Protection::restricted(admin),
        Protection::restricted(owner),
        Protection::LOCKED,
    ];
    let row = |protection: Protection| {
        let from = protection.rule().map(|rule| code(rule.from().as_str()));
        let safeguard = protection.safeguard();
        let ranks = [safeguard.deployer(), safeguard.keeper(), safeguard.custodian()].map(|role| code(role.as_str()));
        [code(protection.level().as_str()), from.unwrap_or_default()].into_iter().chain(ranks).collect()
    };
    Table {
        name: "protections",
        header: &["level", "approval from", "deployer", "keeper", "custodian"],
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

fn permission(requirement: &Requirement) -> String {
    let permissions: Vec<_> = requirement.permissions.iter().map(|permission| code(permission.as_str())).collect();
    let permissions = if permissions.is_empty() { "any member".to_string() } else { permissions.join(" and ") };
    if requirement.or_oneself { format!("{permissions}, or oneself") } else { permissions }
}

fn access(requirement: &Requirement) -> String {
    match (requirement.level, requirement.level_by) {
        (ClusterAccess::None, _) => String::new(),
        (level, LevelBy::Standing) => code(level.as_str()),
        (level, LevelBy::Organization) => format!("{}, by the organization role", code(level.as_str())),
        (level, LevelBy::EachOfProject) => format!("{}, on each cluster of the project", code(level.as_str())),
    }
}

fn guard(guard: Guard) -> String {
    match guard {
        Guard::Deployer => "deployer",
        Guard::Keeper => "keeper",
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
        Reason::Outranked { have: Role::Admin, need: Role::Owner, permission: None },
        Reason::NotAssignable,
        Reason::LastOwner,
        Reason::NotOwnDeployment,
        Reason::ApprovalNotRequired,
        Reason::ServiceAccount,
        Reason::SelfApproval,
        Reason::BypassForbidden { have: Role::Admin, need: Some(Role::Owner) },
        Reason::AboveCeiling { need: manage, ceiling: ClusterAccess::View },
        Reason::Escalation { have: deploy, need: manage },
        Reason::Outlasts,
        Reason::NotEmpty,
        Reason::UnknownResource,
    ]
}

#[cfg(feature = "directory")]
fn changes() -> Table {
    use crate::change::Change;
    use crate::model::account::AccountKind;
    use crate::model::grants::Holder;

    let (account, team) = (Holder::Account(2_u64), Holder::Team(2_u64));
    let shown = Visibility::Organization;
    let role = RolePermissions::new([]).unwrap();
    let definition = RoleDefinition::new(Role::Viewer, role).unwrap();
    let each: [(&str, Vec<Change<u64>>); 28] = [
        ("InviteMember", [Change::invite_member(1_u64, 2_u64, AccountKind::User, Role::Viewer, None)].into()),
        ("ChangeRole", [Change::change_role(1_u64, 2_u64, Role::Viewer)].into()),
        ("SetExpiry", [Change::set_expiry(1_u64, 2_u64, None)].into()),
        ("RemoveMember", [Change::remove_member(1_u64, 2_u64)].into()),
        ("TransferOwnership", [Change::transfer_ownership(1_u64, 2_u64)].into()),
        ("CreateRole", [Change::create_role(1_u64, 2_u64, definition)].into()),
        ("UpdateRole", [Change::update_role(1_u64, role)].into()),
        ("DeleteRole", [Change::delete_role(1_u64)].into()),
        ("CreateTeam", [Change::create_team(1_u64, 2_u64)].into()),
        ("UpdateTeam", [Change::update_team(1_u64)].into()),
        ("DeleteTeam", [Change::delete_team(1_u64)].into()),
        ("AddToTeam", [Change::add_to_team(1_u64, 2_u64)].into()),
        ("RemoveFromTeam", [Change::remove_from_team(1_u64, 2_u64)].into()),
        (
            "SetClusterAccess",
            [Change::set_cluster_access(1_u64, account, None), Change::set_cluster_access(1_u64, team, None)].into(),
        ),
        (
            "SetProjectRole",
            [Change::set_project_role(1_u64, account, None), Change::set_project_role(1_u64, team, None)].into(),
        ),
        ("UpdateOrganization", [Change::update_organization(1_u64)].into()),
        ("DeleteOrganization", [Change::delete_organization(1_u64)].into()),
        ("CreateProject", [Change::create_project(1_u64, 2_u64, shown)].into()),
        ("UpdateProject", [Change::update_project(1_u64, None)].into()),
        ("DeleteProject", [Change::delete_project(1_u64)].into()),
        ("CreateEnvironment", [Change::create_environment(1_u64, 2_u64, 3_u64, "shop", Protection::NONE)].into()),
        ("UpdateEnvironment", [Change::update_environment(1_u64)].into()),
        ("Retarget", [Change::retarget(1_u64, 2_u64, None)].into()),
        ("DeleteEnvironment", [Change::delete_environment(1_u64)].into()),
        ("SetProtection", [Change::set_protection(1_u64, Protection::NONE)].into()),
        ("ConnectCluster", [Change::connect_cluster(1_u64, 2_u64, shown)].into()),
        ("UpdateCluster", [Change::update_cluster(1_u64, None)].into()),
        ("DisconnectCluster", [Change::disconnect_cluster(1_u64)].into()),
    ];
    let row = |(name, changes): (&str, Vec<Change<u64>>)| {
        let mut kinds = Vec::new();
        let mut kind = None;
        for change in &changes {
            let (action, resource) = change.question::<u64>();
            assert!(format!("{change:?}").starts_with(&format!("{name} ")), "{name} is not the name of {change:?}");
            assert_eq!(*kind.get_or_insert(action.kind()), action.kind(), "{name} requires one action");
            kinds.push(code(resource.kind().as_str()));
        }
        let link = format!("[`{name}`](crate::change::Change::{name})");
        [link, code(kind.unwrap().as_str()), kinds.join(" or ")].into()
    };
    Table {
        name: "changes",
        header: &["change", "requires the action", "on the resource"],
        rows: each.into_iter().map(row).collect(),
    }
}

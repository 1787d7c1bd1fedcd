//! Rows of a directory, from rows of the library's tables.

use std::fmt::Display;
use std::str::FromStr;

use shipgate::directory::{
    ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow, RoleRow,
    Rows, TeamMemberRow, TeamRow,
};
use shipgate::model::{ApprovalRule, Permission, SelfApproval};
use shipgate::sql::Table;
use shipgate::{AnyRole, Holder, Protection, RoleDefinition, RolePermissions};

use crate::database::{Error, Row};

/// Adds a row of a table, with the columns that the library's queries read.
pub(super) fn add(rows: &mut Rows<String>, table: Table, row: &Row) -> Result<(), Error> {
    let organization = row.text("organization")?;
    match table {
        Table::Records | Table::Ids => return Err(Error::content("this is no table of rows")),
        Table::Organizations => rows.organizations.push(OrganizationRow { id: organization }),
        Table::Roles => rows.roles.push(RoleRow { organization, id: row.text("id")?, definition: definition(row)? }),
        Table::Members => rows.members.push(MemberRow {
            organization,
            account: row.text("account")?,
            kind: word(&row.text("kind")?)?,
            role: role(row)?,
            expires_at: row.optional_time("expires_at")?,
        }),
        Table::Teams => rows.teams.push(TeamRow { organization, id: row.text("id")? }),
        Table::TeamMembers => {
            rows.team_members.push(TeamMemberRow { team: row.text("team")?, account: row.text("account")? });
        }
        Table::Clusters => rows.clusters.push(ClusterRow {
            organization,
            id: row.text("id")?,
            orchestrator: row.optional_text("orchestrator")?.as_deref().map(word).transpose()?,
            visibility: word(&row.text("visibility")?)?,
        }),
        Table::ClusterAccess => rows.cluster_access.push(ClusterAccessRow {
            cluster: row.text("cluster")?,
            holder: holder(row)?,
            level: word(&row.text("level")?)?,
            expires_at: row.optional_time("expires_at")?,
        }),
        Table::Projects => rows.projects.push(ProjectRow {
            organization,
            id: row.text("id")?,
            visibility: word(&row.text("visibility")?)?,
        }),
        Table::ProjectRoles => rows.project_roles.push(ProjectRoleRow {
            project: row.text("project")?,
            holder: holder(row)?,
            role: word(&row.text("role")?)?,
            expires_at: row.optional_time("expires_at")?,
        }),
        Table::Environments => rows.environments.push(EnvironmentRow {
            id: row.text("id")?,
            project: row.text("project")?,
            cluster: row.text("cluster")?,
            namespace: row.text("namespace")?,
            protection: protection(row)?,
        }),
    }
    Ok(())
}

/// A word of the wire.
pub(crate) fn word<T: FromStr<Err: Display>>(text: &str) -> Result<T, Error> {
    text.parse().map_err(Error::content)
}

fn definition(row: &Row) -> Result<RoleDefinition, Error> {
    let permissions = row.text("permissions")?;
    let permissions = permissions.split_whitespace().map(word).collect::<Result<Vec<Permission>, _>>()?;
    let permissions = RolePermissions::new(permissions).map_err(Error::content)?;
    RoleDefinition::new(word(&row.text("rank")?)?, permissions).map_err(Error::content)
}

/// The role of a member: the name of a built-in role, or the id of a custom one.
pub(crate) fn role(row: &Row) -> Result<AnyRole<String>, Error> {
    match row.optional_text("role")? {
        Some(role) => Ok(AnyRole::BuiltIn(word(&role)?)),
        None => Ok(AnyRole::Custom(row.text("custom_role")?)),
    }
}

fn holder(row: &Row) -> Result<Holder<String>, Error> {
    let id = row.text("holder")?;
    match row.text("holder_kind")?.as_str() {
        "account" => Ok(Holder::Account(id)),
        "team" => Ok(Holder::Team(id)),
        other => Err(Error::content(format!("a holder is an account or a team, and not `{other}`"))),
    }
}

/// How an environment is protected.
pub(crate) fn protection(row: &Row) -> Result<Protection, Error> {
    Protection::new(word(&row.text("protection")?)?, rule(row)?).map_err(Error::content)
}

fn rule(row: &Row) -> Result<Option<ApprovalRule>, Error> {
    let Some(from) = row.optional_text("approval_from")? else { return Ok(None) };
    let missing = || Error::content("an approval rule has columns that are NULL");
    let allowed = row.optional_truth("self_approval")?.ok_or_else(missing)?;
    let count = row.optional_small("approval_count")?.ok_or_else(missing)?;
    let bypass = row.optional_text("bypass")?.ok_or_else(missing)?;
    let self_approval = if allowed { SelfApproval::Allowed } else { SelfApproval::Forbidden };
    let count = u8::try_from(count).map_err(Error::content)?;
    let rule = ApprovalRule::new(word(&from)?).with_count(count).map_err(Error::content)?;
    Ok(Some(rule.with_self_approval(self_approval).with_bypass(word(&bypass)?)))
}

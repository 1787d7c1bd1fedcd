//! Rows of a directory from the rows of tables.

use std::error::Error;

use shipgate::directory::{
    ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow, RoleRow,
    Rows, TeamMemberRow, TeamRow,
};
use shipgate::model::{ApprovalRule, Permission, SelfApproval};
use shipgate::sql::Table;
use shipgate::{AnyRole, Holder, Protection, RoleDefinition, RolePermissions, Time};

/// A row of a table. The columns are numbered from 0.
pub trait Cells {
    fn text(&self, column: usize) -> Result<Option<String>, Box<dyn Error>>;
    fn big(&self, column: usize) -> Result<Option<i64>, Box<dyn Error>>;
    fn small(&self, column: usize) -> Result<Option<i16>, Box<dyn Error>>;
    fn truth(&self, column: usize) -> Result<Option<bool>, Box<dyn Error>>;
}

/// Adds a row of a table, with the columns that `rows_of` reads.
pub fn add(rows: &mut Rows<String>, table: Table, row: &impl Cells) -> Result<(), Box<dyn Error>> {
    let text = |column| row.text(column).and_then(there);
    let time = |column| row.big(column).map(|millis| millis.map(Time::from_millis));
    match table {
        Table::Records | Table::Ids => return Err("this is no table of rows".into()),
        Table::Organizations => rows.organizations.push(OrganizationRow { id: text(0)? }),
        Table::Roles => {
            let permissions = text(3)?.split_whitespace().map(str::parse).collect::<Result<Vec<Permission>, _>>()?;
            let definition = RoleDefinition::new(text(2)?.parse()?, RolePermissions::new(permissions)?)?;
            rows.roles.push(RoleRow { organization: text(0)?, id: text(1)?, definition });
        }
        Table::Members => {
            let role = match row.text(3)? {
                Some(role) => AnyRole::BuiltIn(role.parse()?),
                None => AnyRole::Custom(text(4)?),
            };
            let (organization, account, kind) = (text(0)?, text(1)?, text(2)?.parse()?);
            rows.members.push(MemberRow { organization, account, kind, role, expires_at: time(5)? });
        }
        Table::Teams => rows.teams.push(TeamRow { organization: text(0)?, id: text(1)? }),
        Table::TeamMembers => rows.team_members.push(TeamMemberRow { team: text(1)?, account: text(2)? }),
        Table::Clusters => {
            let orchestrator = row.text(2)?.map(|orchestrator| orchestrator.parse()).transpose()?;
            let visibility = text(3)?.parse()?;
            rows.clusters.push(ClusterRow { organization: text(0)?, id: text(1)?, orchestrator, visibility });
        }
        Table::ClusterAccess => {
            let (cluster, holder, level) = (text(1)?, holder(&text(2)?, text(3)?)?, text(4)?.parse()?);
            rows.cluster_access.push(ClusterAccessRow { cluster, holder, level, expires_at: time(5)? });
        }
        Table::Projects => {
            rows.projects.push(ProjectRow { organization: text(0)?, id: text(1)?, visibility: text(2)?.parse()? });
        }
        Table::ProjectRoles => {
            let (project, holder, role) = (text(1)?, holder(&text(2)?, text(3)?)?, text(4)?.parse()?);
            rows.project_roles.push(ProjectRoleRow { project, holder, role, expires_at: time(5)? });
        }
        Table::Environments => {
            let protection = Protection::new(text(5)?.parse()?, rule(row)?)?;
            let (project, cluster, namespace) = (text(2)?, text(3)?, text(4)?);
            rows.environments.push(EnvironmentRow { id: text(1)?, project, cluster, namespace, protection });
        }
    }
    Ok(())
}

/// The approval rule of an environment, if it has one.
fn rule(row: &impl Cells) -> Result<Option<ApprovalRule>, Box<dyn Error>> {
    let Some(from) = row.text(6)? else { return Ok(None) };
    let allowed = row.truth(8).and_then(there)?;
    let self_approval = if allowed { SelfApproval::Allowed } else { SelfApproval::Forbidden };
    let rule = ApprovalRule::new(from.parse()?).with_count(row.small(7).and_then(there)?.try_into()?)?;
    Ok(Some(rule.with_self_approval(self_approval).with_bypass(row.text(9).and_then(there)?.parse()?)))
}

fn holder(kind: &str, id: String) -> Result<Holder<String>, Box<dyn Error>> {
    match kind {
        "account" => Ok(Holder::Account(id)),
        "team" => Ok(Holder::Team(id)),
        _ => Err("a holder is an account or a team".into()),
    }
}

fn there<T>(cell: Option<T>) -> Result<T, Box<dyn Error>> {
    cell.ok_or_else(|| "this column cannot be NULL".into())
}

//! What follows from a record, whoever made the change: stored with it, in the same transaction.

use shipgate::Directory;
use shipgate::change::{Edit, Record, Removed};
use shipgate::directory::EntityKind;

use crate::audit;
use crate::database::{Error, Query, Step};

/// What follows from a record. `before` is the organization before it, unless it founds one.
pub(super) fn consequences(record: &Record<String>, before: Option<&Directory<String>>) -> Result<Vec<Step>, Error> {
    let mut steps: Vec<Step> = audit::of_record(record)?.into_iter().map(Step::from).collect();
    for edit in record.edits() {
        steps.extend(of_edit(edit).map(Step::from));
    }
    if record.edits().any(is_forgotten) {
        steps.extend(before.map(|before| checkpoint(record, before)).transpose()?);
    }
    Ok(steps)
}

/// Approvals of a member who leaves are dropped, and names with what they name.
fn of_edit(edit: &Edit<String>) -> Option<Query> {
    match edit {
        Edit::Member { organization, account, to: None, .. } => Some(approvals_of(organization, account)),
        Edit::Role { role, to: None, .. } => Some(name_of(EntityKind::Role, role)),
        Edit::Team { team, to: None, .. } | Edit::Remove { removed: Removed::Team(team), .. } => {
            Some(name_of(EntityKind::Team, team))
        }
        Edit::Project { project, to: None, .. } | Edit::Remove { removed: Removed::Project(project), .. } => {
            Some(name_of(EntityKind::Project, project))
        }
        Edit::Cluster { cluster, to: None, .. } | Edit::Remove { removed: Removed::Cluster(cluster), .. } => {
            Some(name_of(EntityKind::Cluster, cluster))
        }
        Edit::Environment { environment, to: None, .. } => Some(name_of(EntityKind::Environment, environment)),
        Edit::Organization { organization, to: None, .. }
        | Edit::Remove { organization, removed: Removed::Organization, .. } => Some(names_in(organization)),
        Edit::Organization { .. }
        | Edit::Role { .. }
        | Edit::Member { .. }
        | Edit::Team { .. }
        | Edit::TeamMember { .. }
        | Edit::ClusterAccess { .. }
        | Edit::ProjectRole { .. }
        | Edit::Project { .. }
        | Edit::Cluster { .. }
        | Edit::Environment { .. } => None,
    }
}

fn approvals_of(organization: &str, account: &str) -> Query {
    Query::new("DELETE FROM service_approvals WHERE organization = $1 AND account = $2")
        .bind(organization)
        .bind(account)
}

fn name_of(kind: EntityKind, id: &str) -> Query {
    Query::new("DELETE FROM service_names WHERE kind = $1 AND id = $2").bind(kind.as_str()).bind(id)
}

fn names_in(organization: &str) -> Query {
    Query::new("DELETE FROM service_names WHERE organization = $1").bind(organization)
}

/// Whether the record does not say what it removes, so that it cannot be undone.
fn is_forgotten(edit: &Edit<String>) -> bool {
    matches!(edit, Edit::Remove { restore: None, .. })
}

/// The organization as it was before a record, so that it can be seen as of then.
fn checkpoint(record: &Record<String>, before: &Directory<String>) -> Result<Step, Error> {
    let document = serde_json::to_string(&before.rows())?;
    let text = "INSERT INTO service_checkpoints (organization, revision, document) VALUES ($1, $2, $3)";
    let revision = record.revision().saturating_sub(1);
    Ok(Query::new(text).bind(record.organization()).bind(revision).bind(document).into())
}

//! The demo: acme-corp, as the library's own examples have it, with a sign-in link and a token for each person.

use shipgate::change::{
    Cause, Edit, Entry, MemberState, OrganizationState, Record, RoleState, TeamMemberState, TeamState,
};
use shipgate::change::{ClusterState, EnvironmentState, ProjectState};
use shipgate::directory::{EntityKind, Rows};
use shipgate::sql::{Table, statements};
use shipgate::{AccountKind, ActionSet, Directory, Grant, Time, Token};

use crate::accounts::Account;
use crate::api::name_of;
use crate::authentication::token::NewToken;
use crate::database::{Database, Error, Query, Step};
use crate::{ids, secrets};

/// The document that is loaded.
const DOCUMENT: &str = include_str!("../../data/acme-corp.json");

/// How long the tokens last, in milliseconds: a week.
const LASTS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// Someone of the demo.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub account: String,
    /// The organization that the token is for.
    pub organization: String,
    /// The token.
    pub token: String,
}

/// Loads the organizations of the demo, unless they are there, and makes a token for each member.
///
/// # Errors
///
/// [`Error`] if the database could not be asked.
pub async fn load(database: &Database, now: Time) -> Result<Vec<Person>, Error> {
    let directory = Directory::<String>::from_json(DOCUMENT).map_err(Error::content)?;
    let rows = directory.rows();
    if database.load("acme-corp").await?.is_none() {
        database.execute_all(import(&rows, database, now)).await?;
    }
    tokens(&rows, database, now).await
}

/// The statements that import rows: as they are, so that the log of each organization begins with its first change.
fn import(rows: &Rows<String>, database: &Database, now: Time) -> Vec<Step> {
    let mut steps = Vec::new();
    for organization in &rows.organizations {
        let edits = edits(rows, &organization.id);
        let (owner, kind) = (String::new(), AccountKind::User);
        let cause = Cause::CreateOrganization { organization: organization.id.clone(), owner, kind };
        let record = Record::new(ids::new("record"), organization.id.clone(), 1, vec![Entry::new(cause, edits)]);
        for statement in statements(&record, "", database.dialect()) {
            if statement.table() != Table::Records {
                steps.push(Query::new(statement.text()).bind_all(statement.parameters()).into());
            }
        }
        steps.extend(names(rows, &organization.id));
    }
    let mut members: Vec<_> =
        rows.members.iter().map(|member| (&member.account, member.kind, &member.organization)).collect();
    members.sort_by_key(|(account, _, organization)| (*account, *organization));
    members.dedup_by_key(|(account, _, _)| *account);
    for (account, kind, organization) in members {
        let name = name_of(account);
        let account = match kind {
            AccountKind::User => Account::person(account, name).with_email(format!("{account}@{organization}.example")),
            AccountKind::Service => Account::program(account, name, organization),
        };
        steps.push(account.insert(None, now).into());
    }
    steps
}

/// The edits that add all rows of an organization.
fn edits(rows: &Rows<String>, organization: &str) -> Vec<Edit<String>> {
    let is_here = |id: &String| id == organization;
    let organization = organization.to_owned();
    let of = || organization.clone();
    let projects: Vec<_> = rows.projects.iter().filter(|row| is_here(&row.organization)).collect();
    let clusters: Vec<_> = rows.clusters.iter().filter(|row| is_here(&row.organization)).collect();
    let teams: Vec<_> = rows.teams.iter().filter(|row| is_here(&row.organization)).collect();
    let mut edits = vec![Edit::Organization { organization: of(), from: None, to: Some(OrganizationState {}) }];
    edits.extend(rows.roles.iter().filter(|row| is_here(&row.organization)).map(|row| Edit::Role {
        organization: of(),
        role: row.id.clone(),
        from: None,
        to: Some(RoleState { definition: row.definition }),
    }));
    edits.extend(rows.members.iter().filter(|row| is_here(&row.organization)).map(|row| Edit::Member {
        organization: of(),
        account: row.account.clone(),
        from: None,
        to: Some(MemberState { kind: row.kind, role: row.role.clone(), expires_at: row.expires_at }),
    }));
    edits.extend(teams.iter().map(|row| Edit::Team {
        organization: of(),
        team: row.id.clone(),
        from: None,
        to: Some(TeamState {}),
    }));
    let has_team = |id: &String| teams.iter().any(|team| team.id == *id);
    edits.extend(rows.team_members.iter().filter(|row| has_team(&row.team)).map(|row| Edit::TeamMember {
        organization: of(),
        team: row.team.clone(),
        account: row.account.clone(),
        from: None,
        to: Some(TeamMemberState {}),
    }));
    edits.extend(clusters.iter().map(|row| Edit::Cluster {
        organization: of(),
        cluster: row.id.clone(),
        from: None,
        to: Some(ClusterState { orchestrator: row.orchestrator, visibility: row.visibility }),
    }));
    let has_cluster = |id: &String| clusters.iter().any(|cluster| cluster.id == *id);
    edits.extend(rows.cluster_access.iter().filter(|row| has_cluster(&row.cluster)).map(|row| Edit::ClusterAccess {
        organization: of(),
        cluster: row.cluster.clone(),
        holder: row.holder.clone(),
        from: None,
        to: Some(Grant::expiring(row.level, row.expires_at)),
    }));
    edits.extend(projects.iter().map(|row| Edit::Project {
        organization: of(),
        project: row.id.clone(),
        from: None,
        to: Some(ProjectState { visibility: row.visibility }),
    }));
    let has_project = |id: &String| projects.iter().any(|project| project.id == *id);
    edits.extend(rows.project_roles.iter().filter(|row| has_project(&row.project)).map(|row| Edit::ProjectRole {
        organization: of(),
        project: row.project.clone(),
        holder: row.holder.clone(),
        from: None,
        to: Some(Grant::expiring(row.role, row.expires_at)),
    }));
    edits.extend(rows.environments.iter().filter(|row| has_project(&row.project)).map(|row| Edit::Environment {
        organization: of(),
        environment: row.id.clone(),
        from: None,
        to: Some(EnvironmentState {
            project: row.project.clone(),
            cluster: row.cluster.clone(),
            namespace: row.namespace.clone(),
            protection: row.protection,
        }),
    }));
    edits
}

/// The names of everything in an organization, made of the ids.
fn names(rows: &Rows<String>, organization: &str) -> Vec<Step> {
    let name = |kind, id: &str| crate::api::named(kind, id, organization, &name_of(id));
    let mut steps = vec![name(EntityKind::Organization, organization)];
    let is_here = |id: &str| id == organization;
    steps.extend(rows.roles.iter().filter(|row| is_here(&row.organization)).map(|row| name(EntityKind::Role, &row.id)));
    steps.extend(rows.teams.iter().filter(|row| is_here(&row.organization)).map(|row| name(EntityKind::Team, &row.id)));
    let clusters = rows.clusters.iter().filter(|row| is_here(&row.organization));
    steps.extend(clusters.map(|row| name(EntityKind::Cluster, &row.id)));
    for project in rows.projects.iter().filter(|row| is_here(&row.organization)) {
        steps.push(name(EntityKind::Project, &project.id));
        let environments = rows.environments.iter().filter(|row| row.project == project.id);
        steps.extend(environments.map(|row| name(EntityKind::Environment, &row.id)));
    }
    steps
}

/// Makes a token for each member, in the first organization that it is a member of, in place of those of an earlier start.
async fn tokens(rows: &Rows<String>, database: &Database, now: Time) -> Result<Vec<Person>, Error> {
    let mut people: Vec<Person> = Vec::new();
    let mut steps = vec![Query::new("DELETE FROM service_tokens WHERE name = 'demo'").into()];
    let expires_at = Time::from_millis(now.as_millis().saturating_add(LASTS));
    for member in &rows.members {
        if people.iter().any(|person| person.account == member.account) {
            continue;
        }
        let (account, organization) = (member.account.clone(), member.organization.clone());
        let (id, token) = (ids::new("token"), secrets::new("token"));
        let scope = Token::new(ActionSet::all()).for_organizations([organization.clone()]).until(expires_at).named(&id);
        let new = NewToken {
            id: &id,
            secret: &token,
            account: &account,
            name: "demo",
            created_by: &account,
            now,
            expires_at,
        };
        steps.push(new.insert(&scope)?.into());
        people.push(Person { account, organization, token });
    }
    database.execute_all(steps).await?;
    Ok(people)
}

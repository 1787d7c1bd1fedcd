//! Access lists: of a cluster, and of a project.

use std::collections::BTreeSet;

use maud::{Markup, html};
use shipgate::Time;
use shipgate::directory::EntityKind;

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::Query;
use crate::api::cluster::Source;
use crate::api::member::{self, WhichMembers};
use crate::pages::fields::Fields;
use crate::pages::form::Form;
use crate::pages::layout::Frame;
use crate::pages::names::Names;
use crate::pages::role_choice::Roles;
use crate::pages::table::{self, pages, table_or};
use crate::pages::time::until;
use crate::pages::{member as one, words};

/// The most members that a text finds.
const MOST_FOUND: u16 = 200;

/// What a member has.
pub(crate) struct Row {
    pub(crate) account: String,
    pub(crate) level: String,
    pub(crate) source: Source,
    pub(crate) until: Option<Time>,
    /// What was granted to the member alone, as a form carries it.
    pub(crate) own: Option<String>,
}

/// What a team has.
pub(crate) struct TeamGrant {
    pub(crate) team: String,
    pub(crate) level: String,
    pub(crate) until: Option<Time>,
    pub(crate) may_remove: bool,
}

/// What is around a list.
pub(crate) struct Shown<'a> {
    pub(crate) frame: &'a Frame,
    /// Where the list is.
    pub(crate) list: &'a str,
    /// Where its forms are sent.
    pub(crate) path: &'a str,
    pub(crate) asked: &'a Fields,
    pub(crate) next: Option<&'a str>,
    pub(crate) caption: &'a str,
    /// What can be granted.
    pub(crate) levels: &'a [(String, String)],
}

/// The members that a text finds, if there is one.
pub(crate) async fn found(asking: &Asking, asked: &Fields) -> Result<Option<BTreeSet<String>>, Failure> {
    let Some(search) = asked.optional("search") else { return Ok(None) };
    let which = WhichMembers {
        organization_id: Some(asking.organization.clone()),
        search: Some(search),
        role: None,
        at: None,
        limit: Some(MOST_FOUND),
        after: None,
    };
    let found = member::list(asking.caller.clone(), Query(which)).await?.0;
    Ok(Some(found.items.into_iter().map(|member| member.user_id).collect()))
}

/// A list of members, with what each has, why, until when, and what changes it.
pub(crate) async fn table(
    asking: &Asking,
    shown: &Shown<'_>,
    rows: &[Row],
    may_set: impl Fn(&str) -> Result<bool, Failure>,
) -> Result<Markup, Failure> {
    let database = &asking.caller.service.database;
    let people = Names::of_accounts(database, rows.iter().map(|row| &row.account)).await?;
    let teams = rows.iter().filter_map(|row| team_of(&row.source));
    let teams = Names::of_things(database, EntityKind::Team, teams).await?;
    let roles = Roles::of(asking).await?;
    let mut cells = Vec::new();
    for row in rows {
        let name = people.of(&row.account);
        let forms = if may_set(&row.account)? {
            set(shown, row, name)
        } else {
            html! {}
        };
        cells.push(vec![
            html! { a href=(one::path(&asking.organization, &row.account)) dir="auto" { (name) } },
            html! { (words::capital(&row.level)) },
            html! { span dir="auto" { (why(&row.source, &roles, &teams)) } },
            until(row.until),
            forms,
        ]);
    }
    let columns = ["Name", "Access", "Why", "Until", "Change"];
    Ok(html! {
        form method="get" action=(shown.list) role="search" class="across" {
            div class="field" {
                label for="search" { "Name or address" }
                input type="search" id="search" name="search" value=(shown.asked.text("search")) dir="auto" autocomplete="off";
            }
            div class="actions" { button { "Find" } }
        }
        (table_or("No member is found.", shown.caption, &columns, &cells))
        (pages(shown.list, shown.asked, shown.next))
    })
}

fn set(shown: &Shown<'_>, row: &Row, name: &str) -> Markup {
    let form = Form::new(shown.frame, format!("set-{}", row.account), shown.path);
    let remove = Form::new(shown.frame, format!("remove-{}", row.account), format!("{}/remove", shown.path));
    let fields = html! {
        (Form::hidden("account", &row.account))
        (Form::hidden("seen", row.own.as_deref().unwrap_or_default()))
    };
    html! {
        div class="actions" {
            (form.inline(&html! {
                (form.select("level", &format!("Access of {name}"), true, shown.levels, &row.level))
                (fields)
            }, "Save", &format!("the access of {name}")))
            @if row.own.is_some() { (remove.removing(&fields, "Remove", &format!("what was granted to {name}"))) }
        }
    }
}

fn team_of(source: &Source) -> Option<&String> {
    match source {
        Source::GrantToTeam(team) | Source::ProjectRoleOfTeam(team) => Some(team),
        Source::Role(_) | Source::ProjectRole | Source::Grant => None,
    }
}

/// Where access comes from.
pub(crate) fn why(source: &Source, roles: &Roles, teams: &Names) -> String {
    match source {
        Source::Role(role) => format!("by the role {}", roles.name(role)),
        Source::ProjectRole => "by a role in the project".to_owned(),
        Source::ProjectRoleOfTeam(team) => format!("by the role of the team {} in the project", teams.of(team)),
        Source::Grant => "granted to the member".to_owned(),
        Source::GrantToTeam(team) => format!("granted to the team {}", teams.of(team)),
    }
}

/// What was granted to teams.
pub(crate) async fn teams(asking: &Asking, frame: &Frame, path: &str, grants: &[TeamGrant]) -> Result<Markup, Failure> {
    if grants.is_empty() {
        return Ok(html! {});
    }
    let names =
        Names::of_things(&asking.caller.service.database, EntityKind::Team, grants.iter().map(|grant| &grant.team))
            .await?;
    let rows: Vec<_> = grants.iter().map(|grant| {
        let name = names.of(&grant.team);
        let form = Form::new(frame, format!("remove-team-{}", grant.team), format!("{path}/remove"));
        vec![
            html! { a href=(crate::pages::team::path(&asking.organization, &grant.team)) dir="auto" { (name) } },
            html! { (words::capital(&grant.level)) },
            until(grant.until),
            html! { @if grant.may_remove { (form.removing(&Form::hidden("team", &grant.team), "Remove", &format!("the team {name}"))) } },
        ]
    }).collect();
    Ok(
        html! { h2 { "Teams" } (table::table("What was granted to teams", &["Team", "Access", "Until", "Change"], &rows)) },
    )
}

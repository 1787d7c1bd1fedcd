//! What looks wrong, each with the change that would mend it, if one change would.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use shipgate::change::Change;
use shipgate::query::{Finding, FindingCode, FindingPlace};
use shipgate::{Holder, Role};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::caller::Caller;
use crate::api::review::require_auditor;
use crate::pages::effect::{Proposal, change};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::Form;
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::review::{parts, path as review_path};
use crate::pages::table::{pages, table_or};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/organizations/{organization}/review/findings", get(list).post(mend))
}

/// How many findings a page has.
const MOST: usize = 50;

fn path(organization: &str) -> String {
    format!("{}/findings", review_path(organization))
}

async fn list(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, asked, None).await
}

async fn show(asking: Asking, asked: Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Review, &asked).await?.again(attempt);
    require_auditor(&asking)?;
    let organization = asking.organization.as_str();
    let here = path(organization);
    let first = asked.get("after").and_then(|after| after.parse::<usize>().ok()).unwrap_or_default();
    let found = asking.directory()?.findings(organization, asking.now()).skip(first);
    let mut found: Vec<_> = found.take(MOST.saturating_add(1)).collect();
    let next = (found.len() > MOST).then(|| first.saturating_add(MOST).to_string());
    found.truncate(MOST);
    let rows: Vec<_> = found
        .iter()
        .enumerate()
        .map(|(place, finding)| {
            let text = finding.to_string();
            let (about, advice) = text.split_once(": ").unwrap_or((&text, ""));
            vec![html! { span dir="auto" { (about) } }, html! { (advice) }, mending(&frame, &here, place, finding)]
        })
        .collect();
    let body = html! {
        h1 { "Findings" }
        (parts(organization, "/findings"))
        (table_or("Nothing looks wrong.", "Findings", &["About", "What to do", "Fix"], &rows))
        (pages(&here, &asked, next.as_deref()))
    };
    Ok(frame.page("Findings", &body).into_response())
}

/// What one change would mend, as the fields of a form say it.
fn fields_of<'a>(finding: &Finding<'a, String>) -> Option<(&'static str, &'static str, [&'a str; 2])> {
    use FindingCode::{
        ExpiredMembership, ExpiredOverride, ExpiredProjectRole, OverrideAboveCeiling, OverrideCancelsTeam,
        OverrideEqualsDefault, ProjectRoleCancelsTeam, ServiceAccountAdmin, TeamWithoutMembers, UnusedRole,
    };
    Some(match (finding.code(), finding.place().clone()) {
        (
            OverrideAboveCeiling | OverrideEqualsDefault | ExpiredOverride | OverrideCancelsTeam,
            FindingPlace::ClusterMember { cluster, account },
        ) => ("member_access", "Remove the grant", [cluster, account]),
        (ExpiredOverride, FindingPlace::ClusterTeam { cluster, team }) => {
            ("team_access", "Remove the grant", [cluster, team])
        }
        (ExpiredProjectRole | ProjectRoleCancelsTeam, FindingPlace::ProjectMember { project, account }) => {
            ("member_role", "Remove the role", [project, account])
        }
        (ExpiredProjectRole, FindingPlace::ProjectTeam { project, team }) => {
            ("team_role", "Remove the role", [project, team])
        }
        (ExpiredMembership, FindingPlace::Member { account, .. }) => ("membership", "Remove the member", [account, ""]),
        (ServiceAccountAdmin, FindingPlace::Member { account, .. }) => {
            ("developer", "Make it a Developer", [account, ""])
        }
        (UnusedRole, FindingPlace::Role(role)) => ("role", "Delete the role", [role, ""]),
        (TeamWithoutMembers, FindingPlace::Team(team)) => ("team", "Delete the team", [team, ""]),
        _ => return None,
    })
}

fn mending(frame: &Frame, here: &str, place: usize, finding: &Finding<'_, String>) -> Markup {
    let Some((what, button, [on, holder])) = fields_of(finding) else {
        return html! { "No single change mends this." };
    };
    let form = Form::new(frame, format!("finding-{place}"), here);
    let fields = html! { (Form::hidden("what", what)) (Form::hidden("on", on)) (Form::hidden("holder", holder)) };
    form.inline(&fields, button, &format!("of {}", finding.place()))
}

/// The change that a form asks for. Whether it may be made, the library decides.
fn change_of(organization: &str, fields: &Fields) -> Result<(Change<String>, &'static str), Failure> {
    let (on, holder) = (fields.text("on"), fields.text("holder"));
    Ok(match fields.get("what") {
        Some("member_access") => (Change::set_cluster_access(on, Holder::Account(holder), None), "Remove this grant?"),
        Some("team_access") => (Change::set_cluster_access(on, Holder::Team(holder), None), "Remove this grant?"),
        Some("member_role") => (Change::set_project_role(on, Holder::Account(holder), None), "Remove this role?"),
        Some("team_role") => (Change::set_project_role(on, Holder::Team(holder), None), "Remove this role?"),
        Some("membership") => (Change::remove_member(organization, on), "Remove this member?"),
        Some("developer") => (Change::change_role(organization, on, Role::Developer), "Make it a Developer?"),
        Some("role") => (Change::delete_role(on), "Delete this role?"),
        Some("team") => (Change::delete_team(on), "Delete this team?"),
        _ => return Err(Failure::bad_request("choose a finding of the list")),
    })
}

async fn mend(caller: Caller, Path(organization): Path<String>, fields: Fields) -> Result<Response, Failure> {
    let here = path(&organization);
    let propose = |asking: &Asking| {
        let (change, question) = change_of(&asking.organization, &fields)?;
        Ok(Proposal {
            change,
            question: question.to_owned(),
            button: "Make this change",
            action: here.clone(),
            back: here.clone(),
            done: "changed",
            is_as_seen: Box::new(|_| true),
        })
    };
    change(caller, &organization, Entry::Review, &fields, propose, |asking, attempt| {
        show(asking, Fields::default(), attempt)
    })
    .await
}

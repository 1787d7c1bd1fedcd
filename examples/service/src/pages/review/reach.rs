//! Who can deploy to an environment, and why; and the whole explanation for one person.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use shipgate::directory::EntityKind;
use shipgate::explain::Names as Called;
use shipgate::model::ProtectionLevel;
use shipgate::query::{AccessSource, EnvironmentAccess};
use shipgate::{Action, Decision, Directory, ResourceId, SubjectId, Time};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::caller::Caller;
use crate::api::review::require_auditor;
use crate::database::{Query, Value};
use crate::pages::fields::{Asked, Fields};
use crate::pages::layout::{Entry, Frame};
use crate::pages::names::Names;
use crate::pages::review::{Level, filtered, parts, path as review_path, source, typed};
use crate::pages::table::{pages, table_or};
use crate::pages::time::{time, until};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/organizations/{organization}/review/reach", get(choose))
        .route("/organizations/{organization}/review/reach/{environment}", get(show))
        .route("/organizations/{organization}/review/reach/{environment}/{account}", get(explain))
}

/// How many people a page has.
const PEOPLE: usize = 50;

/// Where the page of an environment is.
pub(super) fn path(organization: &str, environment: &str) -> String {
    format!("{}/reach/{environment}", review_path(organization))
}

/// The environments of an organization, the protected ones first.
async fn choose(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    let asking = caller.of(&organization).await?;
    let frame = Frame::of(&asking, Entry::Review, &asked).await?;
    require_auditor(&asking)?;
    let mut all: Vec<_> = asking.directory()?.environments_of(organization.as_str()).collect();
    all.sort_by_key(|environment| (environment.protection().level() == ProtectionLevel::None, environment.id()));
    let after = asked.get("after").and_then(|after| after.parse::<usize>().ok()).unwrap_or_default();
    let shown: Vec<_> = all.iter().skip(after).take(PEOPLE).collect();
    let end = after.saturating_add(shown.len());
    let next = (end < all.len()).then(|| end.to_string());
    let ids = shown.iter().map(|environment| environment.id());
    let names = Names::of_things(&asking.caller.service.database, EntityKind::Environment, ids).await?;
    let rows: Vec<_> = shown
        .iter()
        .map(|environment| {
            let id = environment.id().as_str();
            vec![
                html! { a href=(path(&organization, id)) dir="auto" { (names.of(id)) } },
                html! { (environment.protection().level().as_str()) },
            ]
        })
        .collect();
    let here = format!("{}/reach", review_path(&organization));
    let body = html! {
        h1 { "Who can deploy, and why" }
        (parts(&organization, "/reach"))
        (table_or("There is no environment.", "Environments, the protected ones first", &["Environment", "Protection"], &rows))
        (pages(&here, &asked, next.as_deref()))
    };
    Ok(frame.page("Who can deploy, and why", &body).into_response())
}

async fn show(
    caller: Caller,
    Path((organization, environment)): Path<(String, String)>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    let asking = caller.of(&organization).await?;
    let frame = Frame::of(&asking, Entry::Review, &asked).await?;
    require_auditor(&asking)?;
    let here = path(&organization, &environment);
    let title = format!("Who can deploy to {}", name_of(&asking, &environment).await?);
    let filters = html! {
        h1 { (title) }
        (parts(&organization, "/reach"))
        form method="get" action=(here) class="across" {
            (typed(&asked, "text", "at", "As of a revision or time"))
            div class="actions" { button class="plain" { "Show" } }
        }
    };
    let found = async {
        let as_of = asking.as_of(asked.get("at")).await?;
        let reach = Reach::of(&asking, as_of.directory(), as_of.time(), &environment, &asked).await?;
        Ok(reach.shown(&here, &asked))
    };
    filtered(frame, &title, &filters, found.await).await
}

/// The name of an environment of this organization, and of no other one; its id if it is not there.
async fn name_of(asking: &Asking, environment: &str) -> Result<String, Failure> {
    let text = "SELECT name FROM service_names WHERE organization = $1 AND kind = 'environment' AND id = $2";
    let query = Query::new(text).bind(&asking.organization).bind(environment);
    let row = asking.caller.service.database.row(query).await?;
    Ok(row.map(|row| row.text("name")).transpose()?.unwrap_or_else(|| environment.to_owned()))
}

/// Somebody who can deploy, and what they have.
type Person<'a> = (&'a str, Decision, Option<EnvironmentAccess<'a, String>>);

/// Who can deploy: a page of them, and after whom the next one begins.
fn deployers<'a>(
    directory: &'a Directory<String>,
    time: Time,
    environment: &str,
    after: &str,
) -> (Vec<Person<'a>>, Option<String>) {
    let found = directory.deployers(environment, Some(time)).filter(|(id, _)| id.as_str() > after);
    let mut found: Vec<_> = found.take(PEOPLE.saturating_add(1)).collect();
    let has_more = found.len() > PEOPLE;
    found.truncate(PEOPLE);
    let next = found.last().filter(|_| has_more).map(|(id, _)| (*id).clone());
    // Both are in the order of ids, so that this ends with the last one of the page.
    let mut access = directory.environment_access(environment, Some(time));
    let mut people = Vec::new();
    for (id, decision) in found {
        let access = access.find(|(other, _)| *other == id).map(|(_, access)| access);
        people.push((id.as_str(), decision, access));
    }
    (people, next)
}

/// Who can approve, as many as are shown, and whether there are more.
fn approvers<'a>(directory: &'a Directory<String>, time: Time, environment: &str) -> (Vec<&'a str>, bool) {
    let approvers = directory.approvers(environment, Some(time)).take(PEOPLE.saturating_add(1));
    let mut approvers: Vec<_> = approvers.map(String::as_str).collect();
    let has_more = approvers.len() > PEOPLE;
    approvers.truncate(PEOPLE);
    (approvers, has_more)
}

/// Who can deploy to an environment: a page of them.
struct Reach<'a> {
    people: Vec<Person<'a>>,
    approvers: Vec<&'a str>,
    has_more_approvers: bool,
    names: Names,
    since: BTreeMap<String, (Time, String)>,
    next: Option<String>,
}

impl<'a> Reach<'a> {
    async fn of(
        asking: &Asking,
        directory: &'a Directory<String>,
        time: Time,
        environment: &str,
        asked: &Fields,
    ) -> Result<Self, Failure> {
        let facts = directory.environment(environment).filter(|facts| *facts.organization() == asking.organization);
        let facts = facts.ok_or_else(Failure::not_found)?;
        let (people, next) = deployers(directory, time, environment, asked.get("after").unwrap_or_default());
        let (approvers, has_more_approvers) = approvers(directory, time, environment);
        let database = &asking.caller.service.database;
        let since = since(asking, &people, [facts.cluster(), facts.project()]).await?;
        let mut accounts: Vec<String> = people.iter().map(|(id, ..)| (*id).to_owned()).collect();
        accounts.extend(approvers.iter().map(|id| (*id).to_owned()));
        accounts.extend(since.values().map(|(_, by)| by.clone()));
        let names = Names::of_accounts(database, accounts).await?;
        Ok(Self { people, approvers, has_more_approvers, names, since, next })
    }

    fn shown(&self, here: &str, asked: &Fields) -> Markup {
        let rows: Vec<_> =
            self.people.iter().map(|(id, decision, access)| self.row(here, id, *decision, *access)).collect();
        let columns = ["Who", "May", "Why", "Until", "Since, and who allowed it"];
        html! {
            (table_or("Nobody can deploy here.", "Who can deploy, by id", &columns, &rows))
            (pages(here, asked, self.next.as_deref()))
            h2 { "Who can approve" }
            @if self.approvers.is_empty() { p { "Nobody: this environment has no approval rule, or nobody fits it." } }
            @else {
                ul { @for id in &self.approvers { li dir="auto" { (self.names.of(id)) } } }
                @if self.has_more_approvers { p { "And more: the evidence has all of them." } }
            }
        }
    }

    fn row(
        &self,
        here: &str,
        id: &str,
        decision: Decision,
        access: Option<EnvironmentAccess<'_, String>>,
    ) -> Vec<Markup> {
        let level = Level::of(decision, Decision::Allow);
        vec![
            html! { a href={ (here) "/" (id) } dir="auto" { (self.names.of(id)) } small { (id) } },
            html! { (level.shape()) " " span aria-hidden="true" { (level.named().2) } },
            html! {
                @if let Some(access) = access {
                    "acts as " (access.role().value().rank().as_str()) " by " (source(access.role().source())) "; has "
                    (access.level().value().as_str()) " on the cluster by " (source(access.level().source()))
                }
            },
            until(access.and_then(|access| access.until())),
            html! {
                @match self.since.get(id) {
                    Some((at, by)) => { (time(*at)) ", by " span dir="auto" { (self.names.of(by)) } },
                    None => "before the audit log begins",
                }
            },
        ]
    }
}

/// When what gives each of these people their access was last changed, and by whom: as far as the audit log knows.
async fn since(
    asking: &Asking,
    people: &[Person<'_>],
    [cluster, project]: [&String; 2],
) -> Result<BTreeMap<String, (Time, String)>, Failure> {
    let mut wanted: BTreeMap<&str, Vec<(&str, &'static str, &str)>> = BTreeMap::new();
    for (id, _, access) in people {
        let Some(access) = access else { continue };
        let (kind, holder, place) = match (access.level().source(), access.role().source()) {
            (AccessSource::ClusterAccess(holder), _) => ("set_cluster_access", holder.id().as_str(), cluster.as_str()),
            (AccessSource::ProjectRole(holder), _) | (_, AccessSource::ProjectRole(holder)) => {
                ("set_project_role", holder.id().as_str(), project.as_str())
            }
            _ => ("member", *id, ""),
        };
        wanted.entry(holder).or_default().push((*id, kind, place));
    }
    let database = &asking.caller.service.database;
    let text = format!(
        "SELECT at, kind, actor, target, detail FROM service_events WHERE organization = $1 AND {} \
         AND kind IN ('create_organization', 'invite_member', 'change_role', 'transfer_ownership', 'set_expiry', \
         'set_cluster_access', 'set_project_role') ORDER BY at, id",
        database.is_one_of("target", 2)
    );
    let targets = wanted.keys().map(|holder| (*holder).to_owned()).collect();
    let query = Query::new(text).bind(&asking.organization).bind(Value::Texts(targets));
    let mut since = BTreeMap::new();
    for row in database.rows(query).await? {
        let (kind, target): (String, String) = (row.text("kind")?, row.text("target")?);
        let detail: serde_json::Value =
            serde_json::from_str(&row.text("detail")?).map_err(crate::database::Error::from)?;
        for (id, wanted, place) in wanted.get(target.as_str()).into_iter().flatten() {
            let is_it = match *wanted {
                "member" => !kind.starts_with("set_") || kind == "set_expiry",
                "set_cluster_access" => {
                    kind == *wanted && detail.get("cluster").and_then(serde_json::Value::as_str) == Some(*place)
                }
                _ => kind == *wanted && detail.get("project").and_then(serde_json::Value::as_str) == Some(*place),
            };
            if is_it {
                since.insert((*id).to_owned(), (row.time("at")?, row.text("actor")?));
            }
        }
    }
    Ok(since)
}

async fn explain(
    caller: Caller,
    Path((organization, environment, account)): Path<(String, String, String)>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    let asking = caller.of(&organization).await?;
    let frame = Frame::of(&asking, Entry::Review, &asked).await?;
    require_auditor(&asking)?;
    let as_of = asking.as_of(asked.get("at")).await?;
    let directory = as_of.directory();
    let is_here =
        directory.environment(environment.as_str()).is_some_and(|facts| *facts.organization() == organization);
    let is_member =
        directory.account(account.as_str()).is_some_and(|account| account.membership(organization.as_str()).is_some());
    if !is_here || !is_member {
        return Err(Failure::not_found());
    }
    let database = &asking.caller.service.database;
    let names = Names::of_accounts(database, [&account]).await?;
    let (who, what) = (names.of(&account), name_of(&asking, &environment).await?);
    let subject = SubjectId::<String, str>::new(&account).at(as_of.time());
    let explanation = directory.explain(&subject, Action::Deploy, ResourceId::Environment(environment.as_str()));
    let report = explanation.report(&Called::new(&who, &what)).to_string();
    let title = format!("{who} on {what}");
    let body = html! {
        h1 dir="auto" { (title) }
        (parts(&organization, "/reach"))
        p { a href=(path(&organization, &environment)) { "Everybody who can deploy there" } }
        pre class="report" { (report) }
    };
    Ok(frame.page(&title, &body).into_response())
}

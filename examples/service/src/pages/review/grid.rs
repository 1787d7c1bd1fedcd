//! Who has what: people and environments, as a picture and as a table.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use shipgate::directory::{EntityKind, EnvironmentRef};
use shipgate::model::ProtectionLevel;
use shipgate::{Action, Directory, ResourceId, SubjectId, Time};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::caller::Caller;
use crate::api::member::pattern;
use crate::api::review::require_auditor;
use crate::database::Query;
use crate::pages::fields::{Asked, Fields};
use crate::pages::layout::{Entry, Frame};
use crate::pages::names::Names;
use crate::pages::review::{Level, chosen, filtered, named, parts, path, reach, typed};
use crate::pages::table::{pages, pages_of, table};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/organizations/{organization}/review", get(show))
}

/// How many people a page has.
const PEOPLE: usize = 40;

/// How many environments a page has.
const ENVIRONMENTS: usize = 12;

/// How many people a search finds at once.
const FOUND: usize = 1_000;

async fn show(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    let asking = caller.of(&organization).await?;
    let frame = Frame::of(&asking, Entry::Review, &asked).await?;
    require_auditor(&asking)?;
    let here = path(&organization);
    let filters = html! {
        h1 { "Access review" }
        (parts(&organization, ""))
        (filters(&here, &asked))
    };
    filtered(frame, "Access review", &filters, found(&asking, &here, &asked).await).await
}

/// What the filters find.
async fn found(asking: &Asking, here: &str, asked: &Fields) -> Result<Markup, Failure> {
    let as_of = asking.as_of(asked.get("at")).await?;
    let directory = as_of.directory();
    let filter = by_id(asking, directory, asked).await?;
    let grid = Grid::of(asking, &filter, directory, as_of.time()).await?;
    Ok(html! {
        @if let Some(viewer) = asked.get("as") {
            p class="needs" { "This is what " span dir="auto" { (viewer) } " may see of it: other environments are left out." }
        }
        (legend())
        (grid.shown(&asking.organization, asked))
        (pages(here, asked, grid.next_person.as_deref()))
        @if asked.has("from") || grid.next_environment.is_some() {
            h2 { "Other environments" }
            (pages_of(here, asked, "from", grid.next_environment.as_deref()))
        }
    })
}

/// The filters, with ids in place of the names that were typed.
async fn by_id(asking: &Asking, then: &Directory<String>, asked: &Fields) -> Result<Fields, Failure> {
    let mut filter = asked.clone();
    if let Some(team) = asked.get("team") {
        filter = filter.with("team", &named::team(asking, then, team).await?);
    }
    if let Some(environment) = asked.get("environment") {
        filter = filter.with("environment", &named::environment(asking, then, environment).await?);
    }
    if let Some(viewer) = asked.get("as") {
        filter = filter.with("as", &named::member(asking, then, viewer).await?);
    }
    Ok(filter)
}

fn filters(here: &str, asked: &Fields) -> Markup {
    let levels = [
        ("", "Anything or nothing"),
        ("view", "Views, or more"),
        ("approval", "Deploys, also after approval"),
        ("deploy", "Deploys"),
    ];
    let levels: Vec<_> = levels.into_iter().map(|(value, name)| (value.to_owned(), name.to_owned())).collect();
    let forms = [("", "Picture"), ("table", "Table")].map(|(value, name)| (value.to_owned(), name.to_owned()));
    html! {
        form method="get" action=(here) class="across" {
            (typed(asked, "search", "search", "Name, address or id"))
            (chosen(asked, "level", "At least", &levels))
            (typed(asked, "text", "team", "Team"))
            (typed(asked, "text", "environment", "Environment"))
            (typed(asked, "text", "at", "As of a revision or time"))
            (typed(asked, "text", "as", "As seen by"))
            (chosen(asked, "form", "Shown as", &forms))
            label { input type="checkbox" name="protected" value="yes" checked[asked.has("protected")]; " Only protected" }
            div class="actions" { button { "Show" } }
        }
    }
}

fn legend() -> Markup {
    html! {
        ul class="legend" aria-label="Legend" {
            @for level in Level::ALL {
                @let (class, shape, name) = level.named();
                li { span class={ "level " (class) } aria-hidden="true" { (shape) } " " (name) }
            }
        }
    }
}

/// A part of the picture.
struct Grid<'a> {
    directory: &'a Directory<String>,
    time: Time,
    environments: Vec<EnvironmentRef<'a, String>>,
    people: Vec<&'a str>,
    names: Names,
    environment_names: Names,
    next_person: Option<String>,
    next_environment: Option<String>,
}

impl<'a> Grid<'a> {
    async fn of(
        asking: &Asking,
        asked: &Fields,
        directory: &'a Directory<String>,
        time: Time,
    ) -> Result<Self, Failure> {
        let organization = asking.organization.as_str();
        let (environments, next_environment) = environments(directory, time, organization, asked);
        let found = match asked.get("search") {
            Some(search) => Some(search_people(asking, search, asked.get("after").unwrap_or_default()).await?),
            None => None,
        };
        let (people, next_person) = people(directory, time, organization, asked, &environments, found.as_ref());
        // Of very many, the next page searches on from the last one that was found here.
        let last = found.as_ref().filter(|found| found.len() >= FOUND).and_then(BTreeSet::last);
        let next_person = next_person.or_else(|| last.cloned());
        let database = &asking.caller.service.database;
        let names = Names::of_accounts(database, &people).await?;
        let ids = environments.iter().map(|environment| environment.id());
        let environment_names = Names::of_things(database, EntityKind::Environment, ids).await?;
        Ok(Self { directory, time, environments, people, names, environment_names, next_person, next_environment })
    }

    fn level(&self, person: &str, environment: &str) -> Level {
        level(self.directory, self.time, person, environment)
    }

    fn shown(&self, organization: &str, asked: &Fields) -> Markup {
        if self.people.is_empty() || self.environments.is_empty() {
            return html! { p class="empty" { "Nobody and nothing fits these filters." } };
        }
        if asked.get("form") == Some("table") { self.as_table() } else { self.as_picture(organization) }
    }

    fn as_picture(&self, organization: &str) -> Markup {
        html! {
            div class="grid" role="region" aria-label="People and environments" tabindex="0" {
                table {
                    thead {
                        tr {
                            th scope="col" { "Person" }
                            @for environment in &self.environments {
                                th scope="col" {
                                    a href=(reach::path(organization, environment.id())) dir="auto" {
                                        (self.environment_names.of(environment.id()))
                                    }
                                    @if environment.protection().level() != ProtectionLevel::None {
                                        small { (environment.protection().level().as_str()) }
                                    }
                                }
                            }
                        }
                    }
                    tbody {
                        @for person in &self.people {
                            tr {
                                th scope="row" dir="auto" { (self.names.of(person)) }
                                @for environment in &self.environments { td { (self.level(person, environment.id()).shape()) } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn as_table(&self) -> Markup {
        let mut rows = Vec::new();
        for person in &self.people {
            for environment in &self.environments {
                let level = self.level(person, environment.id());
                rows.push(vec![
                    html! { span dir="auto" { (self.names.of(person)) } },
                    html! { span dir="auto" { (self.environment_names.of(environment.id())) } },
                    html! { (level.named().2) },
                    html! { (environment.protection().level().as_str()) },
                ]);
            }
        }
        table("People and environments", &["Person", "Environment", "May", "Protection"], &rows)
    }
}

/// What somebody may do in an environment.
fn level(directory: &Directory<String>, time: Time, person: &str, environment: &str) -> Level {
    let subject = SubjectId::<String, str>::new(person).at(time);
    let decide = |action| directory.decide(&subject, action, ResourceId::Environment(environment));
    Level::of(decide(Action::Deploy), decide(Action::View))
}

/// The environments of a page, and after which the next one begins.
fn environments<'a>(
    directory: &'a Directory<String>,
    time: Time,
    organization: &str,
    asked: &Fields,
) -> (Vec<EnvironmentRef<'a, String>>, Option<String>) {
    let viewer = asked.get("as").map(|viewer| SubjectId::<String, str>::new(viewer).at(time));
    let from = asked.get("from").unwrap_or_default();
    let fits = |environment: &EnvironmentRef<'_, String>| {
        let id = environment.id().as_str();
        let is_seen = |viewer| directory.decide(viewer, Action::View, ResourceId::Environment(id)).is_allowed();
        id > from
            && asked.get("environment").is_none_or(|only| only == id)
            && (!asked.has("protected") || environment.protection().level() != ProtectionLevel::None)
            && viewer.as_ref().is_none_or(is_seen)
    };
    let mut found: Vec<_> =
        directory.environments_of(organization).filter(fits).take(ENVIRONMENTS.saturating_add(1)).collect();
    let has_more = found.len() > ENVIRONMENTS;
    found.truncate(ENVIRONMENTS);
    let next = found.last().filter(|_| has_more).map(|environment| environment.id().clone());
    (found, next)
}

/// The people of a page, and after whom the next one begins.
fn people<'a>(
    directory: &'a Directory<String>,
    time: Time,
    organization: &str,
    asked: &Fields,
    environments: &[EnvironmentRef<'a, String>],
    found: Option<&BTreeSet<String>>,
) -> (Vec<&'a str>, Option<String>) {
    let after = asked.get("after").unwrap_or_default();
    let least = match asked.get("level") {
        Some("deploy") => Level::Deploy,
        Some("approval") => Level::AfterApproval,
        Some("view") => Level::View,
        _ => Level::None,
    };
    let fits = |id: &str| id > after && found.is_none_or(|found| found.contains(id));
    let most = PEOPLE.saturating_add(1);
    let reaches = |id: &str| {
        least == Level::None
            || environments.iter().any(|environment| level(directory, time, id, environment.id()) >= least)
    };
    let mut people: Vec<&str> = if let Some(team) = asked.get("team") {
        let is_here = directory.team(team).is_some_and(|team| team.organization() == organization);
        let members = directory.members_of_team(team).map(|account| account.id().as_str()).filter(|_| is_here);
        members.filter(|id| fits(id) && reaches(id)).take(most).collect()
    } else if let Some(found) = found {
        let members = found.iter().filter_map(|id| directory.account(id.as_str()));
        let members = members.filter(|account| account.membership(organization).is_some());
        members.map(|account| account.id().as_str()).filter(|id| fits(id) && reaches(id)).take(most).collect()
    } else if least == Level::None {
        let members = directory.members_of(organization).map(|account| account.id().as_str());
        members.filter(|id| fits(id)).take(most).collect()
    } else {
        listed(directory, time, environments, least, most, fits).into_iter().take(most).collect()
    };
    let has_more = people.len() > PEOPLE;
    people.truncate(PEOPLE);
    let next = people.last().filter(|_| has_more).map(|id| (*id).to_owned());
    (people, next)
}

/// Who has at least a level in one of these environments: the first of each, among which are the first of all. Whom the library
/// lists is decided for all alike, and not one by one.
fn listed<'a>(
    directory: &'a Directory<String>,
    time: Time,
    environments: &[EnvironmentRef<'a, String>],
    least: Level,
    most: usize,
    fits: impl Fn(&str) -> bool,
) -> BTreeSet<&'a str> {
    let action = if least == Level::View { Action::View } else { Action::Deploy };
    let mut people = BTreeSet::new();
    for environment in environments {
        let resource = ResourceId::Environment(environment.id().as_str());
        let all = directory.who_may::<str>(action, resource, Some(time));
        let may = all.filter(|(_, decision)| least != Level::Deploy || decision.is_allowed());
        people.extend(may.map(|(id, _)| id.as_str()).filter(|id| fits(id)).take(most));
    }
    people
}

/// The members after one whose id, name or address contains a text: the first [`FOUND`] of them.
async fn search_people(asking: &Asking, search: &str, after: &str) -> Result<BTreeSet<String>, Failure> {
    let like = "LIKE $3 ESCAPE '!'";
    let text = format!(
        "SELECT m.account FROM shipgate_members AS m LEFT JOIN service_accounts AS a ON a.id = m.account \
         WHERE m.organization = $1 AND m.account > $2 AND (LOWER(m.account) {like} OR LOWER(COALESCE(a.name, '')) {like} \
         OR LOWER(COALESCE(a.email, '')) {like}) ORDER BY m.account LIMIT {FOUND}"
    );
    let query = Query::new(text).bind(&asking.organization).bind(after).bind(pattern(search));
    let rows = asking.caller.service.database.rows(query).await?;
    Ok(rows.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?)
}

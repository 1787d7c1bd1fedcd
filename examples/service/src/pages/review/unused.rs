//! Access that was not used, as far as the audit log knows.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use shipgate::directory::EntityKind;
use shipgate::model::Permission;
use shipgate::{ClusterAccess, Directory, Grant, ProjectRole, Time};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::caller::Caller;
use crate::api::review::require_auditor;
use crate::database::{Query, Value};
use crate::pages::fields::Asked;
use crate::pages::layout::{Entry, Frame};
use crate::pages::names::Names;
use crate::pages::review::{parts, path as review_path};
use crate::pages::table::{pages, table_or};
use crate::pages::time::time;
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/organizations/{organization}/review/unused", get(show))
}

/// A page ends with the holder by whom it has this many grants.
const MOST: usize = 50;

async fn show(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    let asking = caller.of(&organization).await?;
    let frame = Frame::of(&asking, Entry::Review, &asked).await?;
    require_auditor(&asking)?;
    let after = asked.get("after").unwrap_or_default();
    let (grants, next) = grants(asking.directory()?, &organization, asking.now(), after);
    let shown = Shown::of(&asking, &grants).await?;
    let rows: Vec<_> = grants.iter().map(|grant| shown.row(grant)).collect();
    let here = format!("{}/unused", review_path(&organization));
    let body = html! {
        h1 { "Unused access" }
        (parts(&organization, "/unused"))
        p { "Each grant that lets a member or a team deploy, with the last deployment there: of the member, or of anybody who is \
            in the team now. The service knows deployments that were started here. It does not know who only looked at something, \
            nor what was done on a cluster in another way." }
        (table_or("There is no such grant.", "Grants, by id of the member, and then of the team", &["Who", "Grant", "Last deployment"], &rows))
        (pages(&here, &asked, next.as_deref()))
    };
    Ok(frame.page("Unused access", &body).into_response())
}

/// A grant that lets somebody deploy.
struct Granted<'a> {
    holder: Holder<'a>,
    place: Place<'a>,
    /// The level or the role.
    value: &'static str,
}

/// Who has a grant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Holder<'a> {
    Member(&'a str),
    Team(&'a str),
}

/// Where a grant is.
#[derive(Clone, Copy)]
enum Place<'a> {
    Cluster(&'a str),
    Project(&'a str),
}

impl<'a> Holder<'a> {
    /// As an address carries it.
    fn carried(self) -> String {
        match self {
            Self::Member(id) => format!("member:{id}"),
            Self::Team(id) => format!("team:{id}"),
        }
    }

    /// After whom a page begins. Every member is before every team.
    fn read(after: &'a str) -> Self {
        match after.split_once(':') {
            Some(("team", id)) => Self::Team(id),
            Some(("member", id)) => Self::Member(id),
            _ => Self::Member(""),
        }
    }
}

/// The grants of a page, and after whom the next one begins.
fn grants<'a>(
    directory: &'a Directory<String>,
    organization: &str,
    now: Time,
    after: &str,
) -> (Vec<Granted<'a>>, Option<String>) {
    let after = Holder::read(after);
    let mut found = Vec::new();
    for account in directory.members_of(organization) {
        let holder = Holder::Member(account.id());
        let Some(membership) = account.membership(organization).filter(|_| holder > after) else { continue };
        add(&mut found, now, holder, membership.cluster_accesses(), membership.project_roles());
        if found.len() >= MOST {
            return (found, Some(holder.carried()));
        }
    }
    for team in directory.teams_of(organization) {
        let holder = Holder::Team(team.id());
        if holder <= after {
            continue;
        }
        add(&mut found, now, holder, team.cluster_accesses(), team.project_roles());
        if found.len() >= MOST {
            return (found, Some(holder.carried()));
        }
    }
    (found, None)
}

/// Adds those of somebody's grants that let them deploy and have not ended.
fn add<'a, V>(
    found: &mut Vec<Granted<'a>>,
    now: Time,
    holder: Holder<'a>,
    clusters: impl Iterator<Item = (&'a String, V, Grant<ClusterAccess>)>,
    projects: impl Iterator<Item = (&'a String, V, Grant<ProjectRole>)>,
) {
    let lasts = |end: Option<Time>| end.is_none_or(|end| now < end);
    let clusters = clusters.filter(|(_, _, grant)| lasts(grant.expires_at()));
    let clusters = clusters.map(|(cluster, _, grant)| (Place::Cluster(cluster), grant.value()));
    let clusters = clusters.filter(|(_, level)| *level >= ClusterAccess::Deploy);
    found.extend(clusters.map(|(place, level)| Granted { holder, place, value: level.as_str() }));
    let projects = projects.filter(|(_, _, grant)| lasts(grant.expires_at()));
    let projects = projects.map(|(project, _, grant)| (Place::Project(project), grant.value()));
    let projects = projects.filter(|(_, role)| role.role().permissions().contains(Permission::Deploy));
    found.extend(projects.map(|(place, role)| Granted { holder, place, value: role.as_str() }));
}

/// What the grants of a page need to be shown.
struct Shown {
    accounts: Names,
    teams: Names,
    clusters: Names,
    projects: Names,
    of_members: Uses,
    of_teams: Uses,
}

impl Shown {
    async fn of(asking: &Asking, grants: &[Granted<'_>]) -> Result<Self, Failure> {
        let (mut accounts, mut teams) = (BTreeSet::new(), BTreeSet::new());
        let (mut clusters, mut projects) = (BTreeSet::new(), BTreeSet::new());
        for grant in grants {
            match grant.holder {
                Holder::Member(id) => accounts.insert(id),
                Holder::Team(id) => teams.insert(id),
            };
            match grant.place {
                Place::Cluster(id) => clusters.insert(id),
                Place::Project(id) => projects.insert(id),
            };
        }
        let database = &asking.caller.service.database;
        Ok(Self {
            of_members: Uses::of(asking, OF_MEMBERS, "d.started_by", &accounts).await?,
            of_teams: Uses::of(asking, OF_TEAMS, "t.team", &teams).await?,
            accounts: Names::of_accounts(database, accounts).await?,
            teams: Names::of_things(database, EntityKind::Team, teams).await?,
            clusters: Names::of_things(database, EntityKind::Cluster, clusters).await?,
            projects: Names::of_things(database, EntityKind::Project, projects).await?,
        })
    }

    fn row(&self, grant: &Granted<'_>) -> Vec<Markup> {
        let (name, about, uses) = match grant.holder {
            Holder::Member(id) => (self.accounts.of(id), id, &self.of_members),
            Holder::Team(id) => (self.teams.of(id), "team", &self.of_teams),
        };
        let (kind, place) = match grant.place {
            Place::Cluster(id) => ("the cluster ", self.clusters.of(id)),
            Place::Project(id) => ("the project ", self.projects.of(id)),
        };
        vec![
            html! { span dir="auto" { (name) } small { (about) } },
            html! { (grant.value) " on " (kind) span dir="auto" { (place) } },
            html! {
                @match uses.last(grant) {
                    Some(at) => (time(at)),
                    None => strong { "never, as far as is known" },
                }
            },
        ]
    }
}

/// When each holder last deployed on each cluster and in each project.
#[derive(Default)]
struct Uses {
    on_clusters: BTreeMap<(String, String), Time>,
    in_projects: BTreeMap<(String, String), Time>,
}

const OF_MEMBERS: &str = "service_deployments AS d";

/// What the members of a team deployed, also before they were in it.
const OF_TEAMS: &str = "shipgate_team_members AS t \
    JOIN service_deployments AS d ON d.organization = t.organization AND d.started_by = t.account";

impl Uses {
    async fn of(asking: &Asking, deployments: &str, holder: &str, ids: &BTreeSet<&str>) -> Result<Self, Failure> {
        let mut uses = Self::default();
        if ids.is_empty() {
            return Ok(uses);
        }
        let database = &asking.caller.service.database;
        let text = format!(
            "SELECT {holder} AS holder, e.cluster, e.project, MAX(d.changed_at) AS at FROM {deployments} \
             JOIN shipgate_environments AS e ON e.organization = d.organization AND e.id = d.environment \
             WHERE d.organization = $1 AND {} GROUP BY {holder}, e.cluster, e.project",
            database.is_one_of(holder, 2)
        );
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        for row in database.rows(Query::new(text).bind(&asking.organization).bind(Value::Texts(ids))).await? {
            let (holder, at): (String, Time) = (row.text("holder")?, row.time("at")?);
            latest(&mut uses.on_clusters, (holder.clone(), row.text("cluster")?), at);
            latest(&mut uses.in_projects, (holder, row.text("project")?), at);
        }
        Ok(uses)
    }

    fn last(&self, grant: &Granted<'_>) -> Option<Time> {
        let (Holder::Member(holder) | Holder::Team(holder)) = grant.holder;
        let (uses, place) = match grant.place {
            Place::Cluster(id) => (&self.on_clusters, id),
            Place::Project(id) => (&self.in_projects, id),
        };
        uses.get(&(holder.to_owned(), place.to_owned())).copied()
    }
}

/// Several environments are on one cluster, and in one project.
fn latest(uses: &mut BTreeMap<(String, String), Time>, of: (String, String), at: Time) {
    let last = uses.entry(of).or_insert(at);
    *last = at.max(*last);
}

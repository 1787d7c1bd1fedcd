//! A cluster's Settings › Access: what each member has on it, why, and until when.

use std::ops::ControlFlow;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use shipgate::change::Change;
use shipgate::directory::EntityKind;
use shipgate::{Action, ActionKind, ClusterAccess, Directory, Grant, Holder, ResourceId, SubjectId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::cluster::{self as api, Source, UpdateCluster};
use crate::api::page::Page;
use crate::pages::access::{self, Row};
use crate::pages::effect::{self, IsAsSeen, Proposal};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::{Form, Input};
use crate::pages::holder::{holder_fields, holder_or_page, ids};
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::member::segment;
use crate::pages::names::name_of_thing;
use crate::pages::needs::needs;
use crate::pages::settings::{self, End, Settings};
use crate::pages::time::{end_of_day_or, ends};
use crate::pages::{clusters, sent_on, words};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    let cluster = "/organizations/{organization}/clusters/{cluster}";
    Router::new()
        .route(&format!("{cluster}/access"), get(get_access).post(set_access))
        .route(&format!("{cluster}/access/remove"), post(remove_access))
        .route(&format!("{cluster}/name"), post(rename))
        .route(&format!("{cluster}/visibility"), post(set_visibility))
        .route(&format!("{cluster}/disconnect"), post(disconnect))
}

/// Where the access to a cluster is.
pub(crate) fn path(organization: &str, cluster: &str) -> String {
    format!("{}/access", base(organization, cluster))
}

fn base(organization: &str, cluster: &str) -> String {
    format!("{}/{}", clusters::path(organization), segment(cluster))
}

async fn get_access(
    caller: Caller,
    Path((organization, cluster)): Path<(String, String)>,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, &cluster, &asked, None, &[]).await
}

async fn show(
    asking: Asking,
    cluster: &str,
    asked: &Fields,
    attempt: Option<Attempt>,
    meant: &[(String, String)],
) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Clusters, asked).await?.again(attempt);
    asking.require_here(EntityKind::Cluster, cluster)?;
    asking.authorize(Action::View, ResourceId::Cluster(cluster))?;
    let name = name_of_thing(&asking.caller.service.database, EntityKind::Cluster, cluster).await?;
    let path = path(&asking.organization, cluster);
    let (rows, next) = rows(&asking, cluster, asked).await?;
    let shown = access::Shown {
        frame: &frame,
        list: &path,
        path: &path,
        asked,
        next: next.as_deref(),
        caption: "Members who may view this cluster",
        levels: &levels(),
    };
    let may_set = |account: &str| may_set(&asking, cluster, account);
    let body = html! {
        p { a href=(clusters::path(&asking.organization)) { "Clusters" } }
        h1 dir="auto" { (name) }
        p class="soft" { "Settings › Access: what each member has on this cluster, why, and until when." }
        (access::table(&asking, &shown, &rows, may_set).await?)
        (granted_to_teams(&asking, &frame, cluster).await?)
        (add(&asking, &frame, cluster, &name, meant).await?)
        (settings(&asking, &frame, cluster, &name)?)
    };
    Ok(frame.page(&format!("{name}: access"), &body).into_response())
}

fn levels() -> Vec<(String, String)> {
    words::choices(ClusterAccess::ALL.map(shipgate::ClusterAccess::as_str))
}

/// The members who may view the cluster: a page of them, or those that a text finds.
async fn rows(asking: &Asking, cluster: &str, asked: &Fields) -> Result<(Vec<Row>, Option<String>), Failure> {
    let found = access::found(asking, asked).await?;
    let directory = asking.directory()?;
    let all = directory.cluster_access(cluster, Some(asking.now()));
    let rows = all.filter(|(account, _)| found.as_ref().is_none_or(|found| found.contains(*account)));
    let rows = rows.map(|(account, access)| Row {
        account: account.clone(),
        level: access.value().as_str().to_owned(),
        source: Source::of(&access),
        until: access.until(),
        own: own(directory, &asking.organization, cluster, &Holder::Account(account.clone())).map(carried),
    });
    let list = Page::new(None, asked.optional("after")).of(rows, |row| &row.account)?;
    Ok((list.items, list.next))
}

/// What was granted on the cluster to a holder.
fn own(
    directory: &Directory<String>,
    organization: &str,
    cluster: &str,
    holder: &Holder<String>,
) -> Option<Grant<ClusterAccess>> {
    match holder {
        Holder::Account(account) => {
            directory.account(account.as_str())?.membership(organization)?.cluster_access(cluster)
        }
        Holder::Team(team) => {
            let mut grants = directory.team(team.as_str())?.cluster_accesses();
            grants.find(|(id, _, _)| *id == cluster).map(|(_, _, grant)| grant)
        }
    }
}

/// A grant as a form carries it: the level and the end.
fn carried(grant: Grant<ClusterAccess>) -> String {
    format!("{}:{}", grant.value().as_str(), ends(grant.expires_at()))
}

fn may_set(asking: &Asking, cluster: &str, account: &str) -> Result<bool, Failure> {
    Ok(asking.allowed(ResourceId::ClusterMember { cluster, account })?.contains(ActionKind::SetClusterAccess))
}

async fn granted_to_teams(asking: &Asking, frame: &Frame, cluster: &str) -> Result<Markup, Failure> {
    let mut grants = Vec::new();
    for team in asking.directory()?.teams_of(asking.organization.as_str()) {
        for (_, _, grant) in team.cluster_accesses().filter(|(id, _, _)| *id == cluster) {
            let resource = ResourceId::ClusterTeam { cluster, team: team.id().as_str() };
            grants.push(access::TeamGrant {
                team: team.id().clone(),
                level: grant.value().as_str().to_owned(),
                until: grant.expires_at(),
                may_remove: asking.allowed(resource)?.contains(ActionKind::SetClusterAccess),
            });
        }
    }
    access::teams(asking, frame, &path(&asking.organization, cluster), &grants).await
}

/// Adds a member or a team.
async fn add(
    asking: &Asking,
    frame: &Frame,
    cluster: &str,
    name: &str,
    meant: &[(String, String)],
) -> Result<Markup, Failure> {
    if !may_set_any(asking, cluster)? {
        return needs(asking, Action::Manage, ResourceId::Cluster(cluster), name).await;
    }
    let form = Form::new(frame, "add", path(&asking.organization, cluster));
    Ok(html! {
        h2 { "Add Member" }
        (form.with(&html! { div class="across" {
            (holder_fields(&form, meant))
            (form.select("level", "Access", false, &levels(), "view"))
            (form.input(Input { hint: "The last day, in UTC. Without one, it does not end.", ..Input::date("until", "Until") }))
        } }, "Add Member"))
    })
}

/// Whether the reader may set the access of any member.
fn may_set_any(asking: &Asking, cluster: &str) -> Result<bool, Failure> {
    let subject: SubjectId<'_, String, str> = asking.guard().subject();
    let search = asking.directory()?.what_may(subject);
    Ok(search.cluster_members(Action::SetClusterAccess { to: None }, cluster).next().is_some())
}

fn settings(asking: &Asking, frame: &Frame, cluster: &str, name: &str) -> Result<Markup, Failure> {
    let present = asking.directory()?.cluster(cluster).ok_or_else(Failure::not_found)?;
    let settings = Settings {
        frame,
        path: &base(&asking.organization, cluster),
        name,
        seen_by: Some(present.visibility()),
        allowed: asking.allowed(ResourceId::Cluster(cluster))?,
        end: End::Disconnect,
    };
    Ok(html! {
        h2 { "Settings" }
        dl class="facts" {
            dt { "Seen by" } dd { (words::visibility(present.visibility())) }
            dt { "Environments that deploy here" } dd { (present.environments()) }
        }
        (settings.forms())
    })
}

fn is_own(organization: &str, cluster: &str, holder: &Holder<String>, fields: &Fields) -> IsAsSeen {
    let (organization, cluster, holder) = (organization.to_owned(), cluster.to_owned(), holder.clone());
    // A form that adds somebody has not seen what they have: the effect says it.
    if !fields.has("seen") {
        return Box::new(|_| true);
    }
    let seen = fields.text("seen");
    Box::new(move |directory| own(directory, &organization, &cluster, &holder).map(carried).unwrap_or_default() == seen)
}

async fn set_access(
    caller: Caller,
    Path((organization, cluster)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let asking = caller.clone().of(&organization).await?;
    asking.authorize(Action::View, ResourceId::Cluster(&cluster))?;
    let show_again =
        async |asking, attempt, meant: Vec<_>| show(asking, &cluster, &Fields::default(), attempt, &meant).await;
    let holder = match holder_or_page(asking, &fields, show_again).await? {
        ControlFlow::Continue(holder) => holder,
        ControlFlow::Break(page) => return Ok(page),
    };
    let fields = ids(&fields, &holder);
    let propose = |asking: &Asking| {
        let level = fields.text("level").parse::<ClusterAccess>();
        let level = level.map_err(|error| Failure::bad_request(error.to_string()))?;
        let present = own(asking.directory()?, &organization, &cluster, &holder).and_then(|grant| grant.expires_at());
        let grant = Grant::expiring(level, end_of_day_or(&fields, "until", present)?);
        Ok(Proposal {
            change: Change::set_cluster_access(cluster.clone(), holder.clone(), Some(grant)),
            question: "Set this access?".to_owned(),
            button: "Set the access",
            action: path(&organization, &cluster),
            back: path(&organization, &cluster),
            done: "changed",
            is_as_seen: is_own(&organization, &cluster, &holder, &fields),
        })
    };
    let show = async |asking, attempt| show(asking, &cluster, &Fields::default(), attempt, &[]).await;
    effect::change(caller, &organization, Entry::Clusters, &fields, propose, show).await
}

async fn remove_access(
    caller: Caller,
    Path((organization, cluster)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let propose = |_: &Asking| {
        let holder = crate::api::cluster::holder(fields.optional("account"), fields.optional("team"))?;
        Ok(Proposal {
            is_as_seen: is_own(&organization, &cluster, &holder, &fields),
            change: Change::set_cluster_access(cluster.clone(), holder, None),
            question: "Take away what was granted? What the role gives remains.".to_owned(),
            button: "Remove",
            action: format!("{}/remove", path(&organization, &cluster)),
            back: path(&organization, &cluster),
            done: "removed",
        })
    };
    let show = async |asking, attempt| show(asking, &cluster, &Fields::default(), attempt, &[]).await;
    effect::change(caller, &organization, Entry::Clusters, &fields, propose, show).await
}

async fn rename(
    caller: Caller,
    Path((organization, cluster)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let body = UpdateCluster { cluster_id: cluster.clone(), name: Some(fields.text("name")), visibility: None };
    let made = api::update(caller.clone(), Body(body)).await.map(|_| path(&organization, &cluster));
    let show = async |asking, attempt| show(asking, &cluster, &Fields::default(), attempt, &[]).await;
    sent_on(made, "changed", caller, &organization, &fields, show).await
}

async fn set_visibility(
    caller: Caller,
    Path((organization, cluster)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let propose = |_: &Asking| {
        let change = |to| Change::update_cluster(cluster.clone(), Some(to));
        let (here, back, of) = (base(&organization, &cluster), path(&organization, &cluster), cluster.clone());
        let present = move |directory: &Directory<String>| Some(directory.cluster(of.as_str())?.visibility());
        settings::visibility(&fields, change, &here, back, present)
    };
    let show = async |asking, attempt| show(asking, &cluster, &Fields::default(), attempt, &[]).await;
    effect::change(caller, &organization, Entry::Clusters, &fields, propose, show).await
}

async fn disconnect(
    caller: Caller,
    Path((organization, cluster)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let propose = |_: &Asking| {
        let (here, back) = (base(&organization, &cluster), clusters::path(&organization));
        let question = "Disconnect this cluster? The access to it goes along.";
        Ok(End::Disconnect.proposed(question, Change::disconnect_cluster(cluster.clone()), &here, back))
    };
    let show = async |asking, attempt| show(asking, &cluster, &Fields::default(), attempt, &[]).await;
    effect::change(caller, &organization, Entry::Clusters, &fields, propose, show).await
}

//! The clusters that the reader may view.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use maud::html;
use shipgate::{Action, Visibility};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::cluster::{self as api, ConnectCluster};
use crate::pages::fields::{Asked, Fields};
use crate::pages::form::Form;
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::list::{self, Making, Things, name_and_visibility};
use crate::pages::{cluster, sent_on, words};
use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/organizations/{organization}/clusters", get(list).post(connect))
}

/// Where the clusters of an organization are.
pub(crate) fn path(organization: &str) -> String {
    format!("/organizations/{organization}/clusters")
}

async fn list(caller: Caller, Path(organization): Path<String>, Asked(asked): Asked) -> Result<Response, Failure> {
    show(caller.of(&organization).await?, asked, None).await
}

async fn show(asking: Asking, asked: Fields, attempt: Option<Attempt>) -> Result<Response, Failure> {
    let frame = Frame::of(&asking, Entry::Clusters, &asked).await?.again(attempt);
    let found = api::list(asking.caller.clone(), Query(list::which(&asking, &asked))).await?.0;
    let path = path(&asking.organization);
    let row = |cluster: &api::Cluster| {
        vec![
            html! { a href=(cluster::path(&asking.organization, &cluster.id)) dir="auto" { (cluster.name) } },
            html! { (words::visibility(cluster.visibility)) },
            html! { (cluster.orchestrator.map_or("not known", |orchestrator| orchestrator.as_str())) },
        ]
    };
    let things = Things {
        title: "Clusters",
        path: &path,
        empty: "There is no cluster that you may view.",
        columns: &["Name", "Seen by", "Orchestrator"],
        rows: &found.items.iter().map(row).collect::<Vec<_>>(),
        next: found.next.as_deref(),
    };
    let form = Form::new(&frame, "connect", path.clone());
    let making = Making {
        action: Action::ConnectCluster,
        title: "Connect a cluster",
        fields: name_and_visibility(&form),
        form,
        button: "Connect",
    };
    list::page(&asking, &frame, &asked, things, making).await
}

async fn connect(caller: Caller, Path(organization): Path<String>, fields: Fields) -> Result<Response, Failure> {
    let visibility = fields.text("visibility").parse::<Visibility>().ok();
    let body = ConnectCluster { organization_id: Some(organization.clone()), name: fields.text("name"), visibility };
    let made =
        api::connect(caller.clone(), Body(body)).await.map(|created| cluster::path(&organization, &created.0.id));
    let show = |asking, attempt| show(asking, Fields::default(), attempt);
    sent_on(made, "created", caller, &organization, &fields, show).await
}

//! The handler: an evaluation as AuthZEN writes it, answered by an engine, or by none. One thread serves.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use peers::engine::{Answer, Engine, Peer};
use peers::question::{Action, Question};
use peers::rows::{Id, Rows};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shipgate::ResourceId;
use shipgate::testing::NOW;

use crate::Result;
use crate::served::Served;

/// The handler without a decision.
pub(crate) const BARE: &str = "the bare handler";

const PATH: &str = "/access/v1/evaluation";

#[derive(Deserialize)]
struct Evaluation {
    subject: Entity,
    action: Named,
    resource: Entity,
}

#[derive(Deserialize)]
struct Entity {
    r#type: String,
    id: String,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Serialize)]
struct Answered {
    decision: bool,
}

type Shared = Arc<Mutex<Option<Box<dyn Engine>>>>;

/// Loads an engine, and serves it on a thread that lives as long as the process.
pub(crate) fn serve(peer: Option<Peer>, rows: &Rows, questions: &[Question]) -> Result<Served> {
    let engine: Shared = Arc::new(Mutex::new(peer.map(|peer| (peer.load)(rows))));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            axum::serve(listener, Router::new().route(PATH, post(evaluate)).with_state(engine)).await
        })
    });
    Ok(Served {
        name: peer.map_or(BARE, |peer| peer.name),
        address,
        path: PATH,
        bodies: questions.iter().map(|question| body(question).to_string()).collect(),
        allows: |answer| answer["decision"].as_bool(),
        decides: peer.is_some(),
    })
}

fn body(question: &Question) -> Value {
    let ResourceId::Cluster(id) = question.resource else { unreachable!("only clusters are asked about") };
    json!({
        "subject": { "type": "user", "id": question.account.to_string() },
        "action": { "name": question.action.kind().as_str() },
        "resource": { "type": "cluster", "id": id.to_string() },
    })
}

async fn evaluate(
    State(engine): State<Shared>,
    Json(evaluation): Json<Evaluation>,
) -> std::result::Result<Json<Answered>, StatusCode> {
    let question = question(&evaluation).ok_or(StatusCode::BAD_REQUEST)?;
    let mut engine = engine.lock().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let decision = engine.as_mut().is_some_and(|engine| engine.answer(&question) == Answer::Allow);
    Ok(Json(Answered { decision }))
}

fn question(evaluation: &Evaluation) -> Option<Question> {
    let Evaluation { subject, action, resource } = evaluation;
    let action = match action.name.as_str() {
        "view" => Action::View,
        "deploy" => Action::Deploy,
        "manage" => Action::Manage,
        _ => return None,
    };
    let of_kinds = subject.r#type == "user" && resource.r#type == "cluster";
    let id = |text: &str| text.parse::<Id>().ok().filter(|_| of_kinds);
    Some(Question::new(id(&subject.id)?, action, ResourceId::Cluster(id(&resource.id)?)).at(NOW))
}

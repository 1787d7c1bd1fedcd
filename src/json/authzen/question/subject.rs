//! Who asks, as a request says it.

use alloc::string::String;

use serde_json::{Map, Value};

use crate::directory::question::Question;
use crate::json::authzen::question::part::Part;
use crate::json::authzen::question::properties::Properties;
use crate::json::id::StrictId;
use crate::json::text::JsonError;
use crate::model::account::AccountKind;
use crate::model::token::Token;

pub(super) struct Subject {
    pub(super) id: String,
    pub(super) kind: AccountKind,
    pub(super) token: Option<Token<String>>,
}

pub(super) fn read(mut part: Part) -> Result<Subject, JsonError> {
    let kind = part.required("type")?;
    let id = part.id("id")?;
    let mut properties = part.optional_part("properties")?;
    let token: Option<Token<StrictId>> = properties.optional("token")?;
    properties.ignore_rest()?;
    part.ignore_rest_beside_properties()?;
    Ok(Subject { id, kind, token: token.map(|token| token.map_ids(|StrictId(id)| id.clone())) })
}

/// The `properties` of a subject.
pub(super) fn properties_of(question: &Question<StrictId>) -> serde_json::Result<Map<String, Value>> {
    let mut properties = Properties::default();
    if let Some(token) = &question.token {
        properties.set("token", token)?;
    }
    Ok(properties.0)
}

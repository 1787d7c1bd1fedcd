//! Who asks, as a request says it.

use alloc::string::String;
use core::fmt::Display;
use core::str::FromStr;

use serde_json::{Map, Value};

use crate::directory::question::Question;
use crate::json::authzen::question::part::Part;
use crate::json::authzen::question::properties::Properties;
use crate::json::text::JsonError;
use crate::model::account::AccountKind;
use crate::model::token::Token;

pub(super) struct Subject<Id> {
    pub(super) id: Id,
    pub(super) kind: AccountKind,
    pub(super) token: Option<Token<Id>>,
}

pub(super) fn read<Id: Ord + Display + FromStr<Err: Display>>(mut part: Part) -> Result<Subject<Id>, JsonError> {
    let kind = part.required("type")?;
    let id = part.id("id")?;
    let mut properties = part.optional_part("properties")?;
    let token = properties.optional("token")?;
    properties.ignore_rest()?;
    part.ignore_rest_beside_properties()?;
    Ok(Subject { id, kind, token })
}

/// The `properties` of a subject.
pub(super) fn properties_of<Id: Ord + Display>(question: &Question<Id>) -> serde_json::Result<Map<String, Value>> {
    let mut properties = Properties::default();
    if let Some(token) = &question.token {
        properties.set("token", token)?;
    }
    Ok(properties.0)
}

//! How an environment is protected, in words and as a form.

use std::str::FromStr;

use maud::{Markup, html};
use shipgate::Protection;
use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, ProtectionLevel, SelfApproval, UnknownNameError};

use crate::api::Failure;
use crate::pages::fields::Fields;
use crate::pages::form::{Form, Input};
use crate::pages::words;

/// A protection in a sentence.
pub(crate) fn described(protection: Protection) -> String {
    let who = match protection.level() {
        ProtectionLevel::Restricted => "restricted: Admins and Owners deploy",
        ProtectionLevel::Locked => "locked: Owners deploy",
        ProtectionLevel::Reviewed => "reviewed: whoever may deploy asks for approval",
        ProtectionLevel::None => "none: whoever may deploy does",
    };
    let Some(rule) = protection.rule() else { return who.to_owned() };
    let (count, from) = (rule.count(), words::capital(rule.from().as_str()));
    let plural = if count == 1 { "approval" } else { "approvals" };
    let own = if rule.self_approval() == SelfApproval::Allowed { ", also by who asked" } else { "" };
    let bypass = match rule.bypass().rank() {
        Some(rank) => format!("; in an emergency without, by the rank {}", rank.as_str()),
        None => String::new(),
    };
    format!("{who}, after {count} {plural} of the rank {from}{own}{bypass}")
}

/// The levels, as a choice.
pub(crate) fn levels() -> Vec<(String, String)> {
    words::choices(ProtectionLevel::ALL.map(shipgate::model::ProtectionLevel::as_str))
}

/// The fields of a protection.
pub(crate) fn fields(form: &Form<'_>, present: Protection) -> Markup {
    let rule = present.rule();
    let with_none = |all: Vec<(String, String)>, none: &str| {
        let mut choices = vec![(String::new(), none.to_owned())];
        choices.extend(all);
        choices
    };
    let from =
        with_none(words::choices(ApprovalFrom::ALL.map(shipgate::model::ApprovalFrom::as_str)), "As the level says");
    let count = rule.map_or_else(String::new, |rule| rule.count().to_string());
    let own = rule.filter(|rule| rule.self_approval() == SelfApproval::Allowed).map(|_| "yes".to_owned());
    let bypass = words::choices(Bypass::ALL.map(shipgate::model::Bypass::as_str));
    let present_from = rule.map_or("", |rule| rule.from().as_str());
    let present_bypass = rule.map_or("none", |rule| rule.bypass().as_str());
    html! {
        div class="across" {
            (form.select("protection", "Level", false, &levels(), present.level().as_str()))
            (form.select("approval", "Approved by", false, &from, present_from))
            (form.input(Input { kind: "number", value: &count, required: false, ..Input::text("count", "Approvals needed") }))
            (form.select("bypass", "In an emergency without approval, by", false, &bypass, present_bypass))
        }
        (form.checkboxes("own", "Who asked", &[("yes".to_owned(), "may approve too".to_owned())], &own.into_iter().collect::<Vec<_>>()))
    }
}

/// The protection that a form asks for.
pub(crate) fn protection_of(fields: &Fields) -> Result<Protection, Failure> {
    let level: ProtectionLevel = word(fields.get("protection").unwrap_or("none"))?;
    let rule = fields.get("approval").map(|from| rule(word(from)?, fields)).transpose()?;
    Protection::new(level, rule).map_err(|error| Failure::bad_request(error.to_string()))
}

fn rule(from: ApprovalFrom, fields: &Fields) -> Result<ApprovalRule, Failure> {
    let count = fields.get("count").unwrap_or("1").parse();
    let count = count.map_err(|_| Failure::bad_request("write how many approvals are needed: 1 to 255"))?;
    let own = if fields.get("own").is_some() { SelfApproval::Allowed } else { SelfApproval::Forbidden };
    let rule = ApprovalRule::new(from).with_count(count);
    let rule = rule.map_err(|error| Failure::bad_request(error.to_string()))?;
    Ok(rule.with_self_approval(own).with_bypass(word(fields.get("bypass").unwrap_or("none"))?))
}

fn word<T: FromStr<Err = UnknownNameError>>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|error: UnknownNameError| Failure::bad_request(error.to_string()))
}

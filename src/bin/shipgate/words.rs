//! Questions and answers in a few words.

use std::fmt::Write as _;

use shipgate::directory::Question;
use shipgate::json::{Answer, Outcome};
use shipgate::model::{Bypass, Parameter, Permissions, SelfApproval};
use shipgate::policy::ReasonCode;
use shipgate::{Action, AnyRole, Decision, Exposure, Grant, Protection, ResourceId, Time};

use super::console::{Painted, Styles};
use super::escape::Form;

/// A question: who asks, to do what, and to what.
pub(crate) fn question(question: &Question<String>, form: Form) -> [String; 3] {
    let mut account = form.id(&question.account).to_string();
    match (&question.token, &question.service_token) {
        (None, None) => {}
        (Some(_), None) | (None, Some(_)) => account.push_str(" with a token"),
        (Some(_), Some(_)) => account.push_str(" with two tokens"),
    }
    [account, action(question.action.borrowed(), form), resource(&question.resource, form)]
}

/// An action, with its parameter.
fn action(action: Action<&str>, form: Form) -> String {
    let parameter = match action.parameter() {
        Parameter::None | Parameter::Visibility(None) => return action.to_string(),
        Parameter::Invitation { role, expires_at } => {
            let until = expires_at.map_or_else(String::new, |expiry| format!(" until {}", time(expiry)));
            return format!("{action} as {}{until}", any_role(role, form));
        }
        Parameter::Role(role) => any_role(role, form),
        Parameter::Definition(role) => {
            return format!(
                "{action} of the rank {} with {}",
                role.rank(),
                permissions(role.permissions().permissions())
            );
        }
        Parameter::Permissions(to) => permissions(to.permissions()),
        Parameter::Visibility(Some(visibility)) => visibility.to_string(),
        Parameter::Expiry(expiry) => expiry.map_or_else(|| "never".to_owned(), time),
        Parameter::ProjectRole(to) => to.map_or_else(|| "nothing".to_owned(), grant),
        Parameter::ClusterAccess(to) => to.map_or_else(|| "default".to_owned(), grant),
        Parameter::Protection(to) => protection(to),
    };
    format!("{action} to {parameter}")
}

/// A role by its name, or by its id if it is a custom one.
pub(crate) fn any_role(role: AnyRole<&str>, form: Form) -> String {
    match role {
        AnyRole::BuiltIn(role) => role.to_string(),
        AnyRole::Custom(id) => form.id(id).to_string(),
    }
}

fn permissions(permissions: Permissions) -> String {
    let names: Vec<String> = permissions.iter().map(|permission| permission.to_string()).collect();
    if names.is_empty() { "no permissions".to_owned() } else { names.join("+") }
}

fn grant<T: Copy + ToString>(grant: Grant<T>) -> String {
    let value = grant.value().to_string();
    match grant.expires_at() {
        Some(expiry) => format!("{value} until {}", time(expiry)),
        None => value,
    }
}

/// A time as RFC 3339 writes it.
pub(crate) fn time(time: Time) -> String {
    time.to_rfc3339().unwrap_or_else(|_| "a time out of sight".to_owned())
}

fn protection(protection: Protection) -> String {
    let mut text = protection.level().to_string();
    if let Some(rule) = protection.rule() {
        let _ = write!(text, " with {} from {}", rule.count(), rule.from());
        match rule.self_approval() {
            SelfApproval::Allowed => text.push_str(", oneself included"),
            SelfApproval::Forbidden => {}
        }
        match rule.bypass() {
            Bypass::None => {}
            bypass @ (Bypass::Admin | Bypass::Owner) => {
                let _ = write!(text, ", bypassed by {bypass}");
            }
        }
    }
    text
}

fn resource(resource: &ResourceId<String>, form: Form) -> String {
    let (kind, id) = (resource.kind(), |id| form.id(id));
    match resource {
        ResourceId::Organization(it)
        | ResourceId::Role(it)
        | ResourceId::Team(it)
        | ResourceId::Project(it)
        | ResourceId::Environment(it)
        | ResourceId::Cluster(it) => format!("{kind} {}", id(it)),
        ResourceId::Member { organization, account } => format!("{kind} {} of {}", id(account), id(organization)),
        ResourceId::TeamMember { team, account } => format!("{kind} {} of {}", id(account), id(team)),
        ResourceId::ProjectMember { project, account } => format!("{kind} {} of {}", id(account), id(project)),
        ResourceId::ProjectTeam { project, team } => format!("{kind} {} of {}", id(team), id(project)),
        ResourceId::NewEnvironment { id: new, project, cluster, .. } => {
            format!("{kind} {} of {} on {}", id(new), id(project), id(cluster))
        }
        ResourceId::Placement { environment, to } => format!("{kind} {} to {}", id(environment), id(to)),
        ResourceId::Deployment { environment, requested_by, .. } => {
            format!("{kind} into {} requested by {}", id(environment), id(requested_by))
        }
        ResourceId::ClusterMember { cluster, account } => format!("{kind} {} on {}", id(account), id(cluster)),
        ResourceId::ClusterTeam { cluster, team } => format!("{kind} {} on {}", id(team), id(cluster)),
    }
}

/// An answer as the one who asks sees it, with the data of its reason.
pub(crate) fn answer(answer: &Answer, form: Form) -> String {
    match (answer.outcome(), answer.exposure()) {
        (Outcome::Deny, Exposure::Hidden) => "not found".to_owned(),
        (Outcome::Deny, Exposure::Visible) => {
            let mut text = format!("denied: {}", answer.reason().map_or("", ReasonCode::as_str));
            let mut details: Vec<_> = answer.details().collect();
            details.sort_unstable();
            for (name, value) in details {
                let _ = write!(text, " {name}={}", form.id(value));
            }
            text
        }
        (Outcome::Allow, _) => Decision::Allow.to_string(),
        (Outcome::RequireApproval, _) => {
            answer.missing().map_or_else(String::new, |missing| Decision::RequireApproval(missing).to_string())
        }
    }
}

/// The same for a terminal.
pub(crate) fn painted(answer: &Answer, styles: Styles) -> Painted<String> {
    let style = match (answer.outcome(), answer.exposure()) {
        (Outcome::Allow, _) => styles.good,
        (Outcome::RequireApproval, _) => styles.waiting,
        (Outcome::Deny, Exposure::Visible) => styles.bad,
        (Outcome::Deny, Exposure::Hidden) => styles.faint,
    };
    Painted { style, text: self::answer(answer, Form::Text) }
}

/// Words separated by commas, in lines that are no wider than this unless one word is.
pub(crate) fn paragraph(words: &[String], width: usize) -> String {
    let mut lines = vec![String::new()];
    for (i, word) in words.iter().enumerate() {
        let word = if i + 1 == words.len() { word.clone() } else { format!("{word}, ") };
        match lines.last_mut() {
            Some(line) if line.len() + word.len() <= width => line.push_str(&word),
            _ => lines.push(word),
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

//! Members, as readers name them: by a name, an address or an id.

use shipgate::directory::EntityKind;
use shipgate::{Action, ResourceId};

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::api::body::Query;
use crate::api::member::{self, Member, WhichMembers};
use crate::database;

/// How many are shown if several are meant.
pub(crate) const MOST: u16 = 20;

/// Who was meant.
pub(crate) enum Found {
    One(String),
    Several(Vec<Member>),
}

/// Finds the member whom a reader names.
pub(crate) async fn find(asking: &Asking, named: &str) -> Result<Found, Failure> {
    let organization = asking.organization.as_str();
    let is_member =
        asking.directory()?.account(named).is_some_and(|account| account.membership(organization).is_some());
    if is_member {
        return Ok(Found::One(named.to_owned()));
    }
    let which = WhichMembers {
        organization_id: Some(asking.organization.clone()),
        search: Some(named.to_owned()),
        role: None,
        at: None,
        limit: Some(MOST),
        after: None,
    };
    let mut found = member::list(asking.caller.clone(), Query(which)).await?.0.items;
    let is_exact = |member: &Member| {
        let is = |text: &str| text.to_lowercase() == named.to_lowercase();
        is(&member.name) || member.email.as_deref().is_some_and(is)
    };
    if found.iter().filter(|member| is_exact(member)).count() == 1 {
        found.retain(is_exact);
    }
    match <[Member; 1]>::try_from(found) {
        Ok([only]) => Ok(Found::One(only.user_id)),
        Err(found) if found.is_empty() => Err(Failure::bad_request(format!(
            "no member is called {named}: write a part of a name or an address, and invite people who are not members yet"
        ))),
        Err(found) => Ok(Found::Several(found)),
    }
}

/// A member as a choice.
pub(crate) fn choice(member: &Member) -> (String, String) {
    let about = member.email.as_ref().unwrap_or(&member.user_id);
    (member.user_id.clone(), format!("{} ({about})", member.name))
}

/// The id of a team or another thing of the organization that a reader names, if they may view it.
pub(crate) async fn find_thing(asking: &Asking, kind: EntityKind, named: &str) -> Result<Option<String>, Failure> {
    let text = "SELECT id FROM service_names WHERE organization = $1 AND kind = $2 AND (id = $3 OR LOWER(name) = $4) \
        ORDER BY CASE WHEN id = $3 THEN 0 ELSE 1 END, id LIMIT 20";
    let query = database::Query::new(text).bind(&asking.organization).bind(kind.as_str());
    let rows = asking.caller.service.database.rows(query.bind(named).bind(named.to_lowercase())).await?;
    for row in rows {
        let id = row.text("id")?;
        let resource = match kind {
            EntityKind::Team => ResourceId::Team(id.as_str()),
            EntityKind::Role => ResourceId::Role(id.as_str()),
            EntityKind::Project => ResourceId::Project(id.as_str()),
            EntityKind::Cluster => ResourceId::Cluster(id.as_str()),
            EntityKind::Environment => ResourceId::Environment(id.as_str()),
            _ => return Ok(None),
        };
        if asking.decide(Action::View, resource)?.is_allowed() {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

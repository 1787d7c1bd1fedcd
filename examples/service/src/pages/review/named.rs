//! Filters that name somebody or something as a reader writes it: by an id, a name or an address.

use axum::http::StatusCode;
use shipgate::Directory;
use shipgate::directory::EntityKind;

use crate::api::Failure;
use crate::api::asking::Asking;
use crate::pages::people::{self, Found};
use crate::review::Review;

/// The id of a member. Of somebody who has left since, it is found by the id alone.
pub(super) async fn member(asking: &Asking, then: &Directory<String>, named: &str) -> Result<String, Failure> {
    let organization = asking.organization.as_str();
    if then.account(named).is_some_and(|account| account.membership(organization).is_some()) {
        return Ok(named.to_owned());
    }
    only(people::find(asking, named).await?, named)
}

fn only(found: Found, named: &str) -> Result<String, Failure> {
    match found {
        Found::One(id) => Ok(id),
        Found::Several(found) => {
            let ids: Vec<_> = found.iter().map(|member| member.user_id.as_str()).collect();
            let detail = format!("several members are called {named}: write one of the ids {}", ids.join(", "));
            Err(Failure::bad_request(detail))
        }
    }
}

/// The id of a team. Of one that was deleted since, it is found by the id alone.
pub(super) async fn team(asking: &Asking, then: &Directory<String>, named: &str) -> Result<String, Failure> {
    match then.team(named) {
        Some(team) => Ok(team.id().clone()),
        None => thing(asking, EntityKind::Team, named).await,
    }
}

/// The id of an environment. Of one that was deleted since, it is found by the id alone.
pub(super) async fn environment(asking: &Asking, then: &Directory<String>, named: &str) -> Result<String, Failure> {
    match then.environment(named) {
        Some(environment) => Ok(environment.id().clone()),
        None => thing(asking, EntityKind::Environment, named).await,
    }
}

async fn thing(asking: &Asking, kind: EntityKind, named: &str) -> Result<String, Failure> {
    let found = people::find_thing(asking, kind, named).await?;
    found.ok_or_else(|| Failure::bad_request(format!("no {kind} is called {named}: write its whole name, or its id")))
}

/// The ids of those members and teams on the lines of a review who are called so. Lines stay when their holder leaves.
pub(super) async fn holders(asking: &Asking, review: &Review, named: &str) -> Result<Vec<String>, Failure> {
    let mut ids = vec![named.to_owned()];
    ids.extend(people::find_thing(asking, EntityKind::Team, named).await?);
    match people::find(asking, named).await {
        Ok(Found::One(id)) => ids.push(id),
        Ok(Found::Several(found)) if found.len() >= usize::from(people::MOST) => {
            return Err(Failure::bad_request(format!(
                "many members are called {named}: write more of the name or address"
            )));
        }
        Ok(Found::Several(found)) => ids.extend(found.into_iter().map(|member| member.user_id)),
        Err(failure) if failure.problem().status() == StatusCode::BAD_REQUEST => {
            ids.extend(asking.caller.service.database.review_holders(&review.id, named).await?);
        }
        Err(failure) => return Err(failure),
    }
    Ok(ids)
}

//! Invitations of people, by their address.
//!
//! An invitation is no membership. It is decided again when it is accepted, as a change that its inviter makes then: whoever may
//! no longer invite somebody, invites nobody.

use axum::Json;
use serde::{Deserialize, Serialize};
use shipgate::change::{Change, ChangeError, Follower, ProposeError};
use shipgate::{AccountKind, Action, ResourceId, SubjectId, Time, Token};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::normalized;
use crate::api::Failure;
use crate::api::answer::{Answer, Changed, Problems};
use crate::api::body::{Body, Query};
use crate::api::caller::Caller;
use crate::api::member::role;
use crate::api::page::{InOrganization, List, Order, Page};
use crate::audit::Event;
use crate::authentication::session::remember;
use crate::database::{self, Row, Step};
use crate::organizations::{self, Proposed};
use crate::service::Service;
use crate::{ids, secrets};

/// How long an invitation waits, unless it is said, in milliseconds: a week.
const USUAL: i64 = 7 * 24 * 60 * 60 * 1_000;

/// The longest that it waits, in milliseconds: 30 days.
const LONGEST: i64 = 30 * 24 * 60 * 60 * 1_000;

pub(crate) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(list)).routes(routes!(revoke))
}

/// The invited is no member yet, so nothing is decided about them.
pub(crate) fn own_routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(accept))
}

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateInvitation {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    /// The address. Only an account with this address, verified, can accept.
    #[schema(min_length = 3, max_length = 254)]
    pub(crate) email: String,
    /// The name of a built-in role, or the id of a custom one.
    pub(crate) role: String,
    /// When the membership ends; never, unless it is said.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) member_until: Option<Time>,
    /// When the invitation ends: in a week, unless it is said, and in 30 days at the latest.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) expires_at: Option<Time>,
}

/// An invitation that was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvitationMade {
    pub(crate) id: String,
    /// The secret, to send to the address. It is told once, and accepts once.
    pub(crate) secret: String,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) expires_at: Time,
}

/// Invites a person by an address. Whether it has an account makes no difference.
#[utoipa::path(post, path = "/api/invitation.create", tag = "invitation", request_body = CreateInvitation,
    responses((status = 200, body = InvitationMade), Problems))]
pub(crate) async fn create(caller: Caller, Body(body): Body<CreateInvitation>) -> Answer<InvitationMade> {
    let email = require_email(&body.email)?;
    let expires_at = require_expiry(body.expires_at, caller.now())?;
    let asking = caller.of_named(body.organization_id.as_deref()).await?;
    let given = role(&body.role);
    let invite = Action::InviteMember { role: given.as_ref(), expires_at: body.member_until };
    asking.authorize(invite.map(String::as_str), ResourceId::Organization(&asking.organization))?;
    let (id, secret) = (ids::new("invitation"), secrets::new("invitation"));
    let text = "INSERT INTO service_invitations \
        (id, hash, organization, email, role, member_until, invited_by, token, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let insert = database::Query::new(text)
        .bind(&id)
        .bind(secrets::hash(&secret))
        .bind(&asking.organization)
        .bind(email)
        .bind(body.role)
        .bind(body.member_until)
        .bind(asking.account())
        .bind(asking.caller.authenticated.token_id())
        .bind(asking.now())
        .bind(expires_at);
    let steps = vec![insert.into(), asking.event("invitation_created").about(&id).insert().into()];
    let made = InvitationMade { id, secret, expires_at };
    Ok(Json(asking.caller.store_secret("an invitation", steps, made).await?))
}

fn require_email(email: &str) -> Result<String, Failure> {
    let email = normalized(email);
    let is_one = email.len() <= 254
        && !email.chars().any(|c| c.is_control() || c.is_whitespace())
        && email
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'));
    if is_one { Ok(email) } else { Err(Failure::bad_request("email: write an address such as `alice@example.com`")) }
}

fn require_expiry(expires_at: Option<Time>, now: Time) -> Result<Time, Failure> {
    let lasts = expires_at.map_or(USUAL, |expiry| expiry.as_millis().saturating_sub(now.as_millis()));
    if (1..=LONGEST).contains(&lasts) {
        Ok(Time::from_millis(now.as_millis().saturating_add(lasts)))
    } else {
        Err(Failure::bad_request("expiresAt: choose a time within 30 days from now"))
    }
}

/// An invitation that waits.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvitationShown {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) role: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) member_until: Option<Time>,
    pub(crate) invited_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) expires_at: Time,
}

/// Lists the invitations that wait, for those who may invite.
#[utoipa::path(get, path = "/api/invitation.list", tag = "invitation", params(InOrganization),
    responses((status = 200, body = List<InvitationShown>), Problems))]
pub(crate) async fn list(caller: Caller, Query(which): Query<InOrganization>) -> Answer<List<InvitationShown>> {
    let asking = caller.of_named(which.organization_id.as_deref()).await?;
    asking.authorize(Action::CreateTeam, ResourceId::Organization(&asking.organization))?;
    let page = Page::new(which.limit, which.after);
    let text = "SELECT * FROM service_invitations AS i WHERE i.organization = $1 AND i.expires_at > $2";
    let query = database::Query::new(text).bind(&asking.organization).bind(asking.now());
    let database = &asking.caller.service.database;
    let rows = database.rows(page.bound(database, query, ["i.email", "i.id"], Order::Rising)?).await?;
    let invitations = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    Ok(Json(page.list(invitations, |shown: &InvitationShown| [shown.email.clone(), shown.id.clone()])?))
}

fn of_row(row: &Row) -> Result<InvitationShown, database::Error> {
    Ok(InvitationShown {
        id: row.text("id")?,
        email: row.text("email")?,
        role: row.text("role")?,
        member_until: row.optional_time("member_until")?,
        invited_by: row.text("invited_by")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    })
}

/// Which invitation.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OneInvitation {
    /// The organization; without it, the only one that the token is for.
    pub(crate) organization_id: Option<String>,
    pub(crate) invitation_id: String,
}

/// An invitation was revoked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvitationRevoked {
    pub(crate) id: String,
}

/// Revokes an invitation.
#[utoipa::path(delete, path = "/api/invitation.revoke", tag = "invitation", params(OneInvitation),
    responses((status = 200, body = InvitationRevoked), Problems))]
pub(crate) async fn revoke(caller: Caller, Query(one): Query<OneInvitation>) -> Answer<InvitationRevoked> {
    let asking = caller.of_named(one.organization_id.as_deref()).await?;
    asking.authorize(Action::CreateTeam, ResourceId::Organization(&asking.organization))?;
    let find = "SELECT id FROM service_invitations WHERE id = $1 AND organization = $2";
    let find = database::Query::new(find).bind(&one.invitation_id).bind(&asking.organization);
    asking.caller.service.database.row(find).await?.ok_or_else(Failure::not_found)?;
    let text = "DELETE FROM service_invitations WHERE id = $1 AND organization = $2";
    let delete = database::Query::new(text).bind(&one.invitation_id).bind(&asking.organization);
    let event = asking.event("invitation_revoked").about(&one.invitation_id).insert();
    Ok(Json(asking.store(vec![Step::Must(delete), event.into()], InvitationRevoked { id: one.invitation_id }).await?))
}

/// An invitation to accept.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AcceptInvitation {
    pub(crate) secret: String,
}

/// Accepts an invitation: you become a member, if your inviter may still invite you.
#[utoipa::path(post, path = "/api/invitation.accept", tag = "invitation", request_body = AcceptInvitation,
    responses((status = 200, body = Changed), Problems))]
pub(crate) async fn accept(caller: Caller, Body(body): Body<AcceptInvitation>) -> Answer<Changed> {
    caller.require_session()?;
    let database = &caller.service.database;
    let text = "SELECT * FROM service_invitations WHERE hash = $1 AND expires_at > $2";
    let row = database.row(database::Query::new(text).bind(secrets::hash(&body.secret)).bind(caller.now())).await?;
    let row = row.ok_or_else(Failure::not_found)?;
    let invitation = of_row(&row)?;
    let account = database.account(caller.account()).await?.ok_or_else(Failure::not_found)?;
    let is_theirs = account.kind == AccountKind::User
        && account.email_verified
        && account.email.as_deref() == Some(invitation.email.as_str());
    if !is_theirs {
        return Err(Failure::conflict("this invitation is for another address: sign in with it, and have it verified"));
    }
    let organization = row.text("organization")?;
    let token = token_of_inviter(&caller, row.optional_text("token")?).await?;
    let propose = |follower: &Follower<String>, now: Time, id: String| {
        let inviter = SubjectId::new(&invitation.invited_by);
        let inviter = token.as_ref().map_or(inviter, |token| inviter.with_token(token));
        let (account, role) = (account.id.clone(), role(&invitation.role));
        let change =
            Change::invite_member(organization.clone(), account, AccountKind::User, role, invitation.member_until);
        let record = follower.propose(&organization, now, id, &inviter, change)?;
        let delete = database::Query::new("DELETE FROM service_invitations WHERE id = $1").bind(&invitation.id);
        let event = Event::new(&organization, now, "invitation_accepted", caller.account()).about(&invitation.id);
        let mut beside = vec![Step::Must(delete), event.insert().into()];
        let session = caller.authenticated.session();
        beside.extend(session.map(|session| remember(session, &organization, record.revision()).into()));
        beside.extend(caller.repeatable(&Changed::by(&record)));
        Ok(Proposed { record, beside })
    };
    let record = caller.service.organizations.change(&organization, propose).await.map_err(no_longer_valid)?;
    Ok(Json(Changed::by(&record)))
}

/// The token by which the invitation was made: where it is revoked, so is the invitation.
pub(crate) async fn token_of_inviter(caller: &Caller, token: Option<String>) -> Result<Option<Token<String>>, Failure> {
    let Some(id) = token else { return Ok(None) };
    let query = database::Query::new("SELECT scope FROM service_tokens WHERE id = $1").bind(id);
    let row = caller.service.database.row(query).await?.ok_or_else(gone)?;
    Ok(Some(serde_json::from_str(&row.text("scope")?).map_err(database::Error::from)?))
}

fn gone() -> Failure {
    Failure::conflict("this invitation is no longer valid: ask for another one")
}

/// What the inviter may not do is not told to the invited.
fn no_longer_valid(error: organizations::Error) -> Failure {
    match error {
        organizations::Error::Refused(ProposeError::Change(ChangeError::Denied(_))) | organizations::Error::Absent => {
            gone()
        }
        error => error.into(),
    }
}

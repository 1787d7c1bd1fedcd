//! The sample data: acme-corp, and a token for each of its members.

use std::collections::HashMap;
use std::sync::Arc;

use shipgate::directory::RowError;
use shipgate::model::{ApprovalFrom, ApprovalRule};
use shipgate::{AccountKind, ActionSet, Directory, Protection, Role, SharedDirectory, Time, Token, Visibility};
use uuid::Uuid;

use crate::App;
use crate::authentication::StubTokens;

pub(crate) const ACME: Uuid = Uuid::from_u128(0xa0);
const GLOBEX: Uuid = Uuid::from_u128(0xa1);
pub(crate) const OLIVIA: Uuid = Uuid::from_u128(0xb0);
const CAROL: Uuid = Uuid::from_u128(0xb1);
pub(crate) const ALICE: Uuid = Uuid::from_u128(0xb2);
const BETTY: Uuid = Uuid::from_u128(0xb3);
const CI_BOT: Uuid = Uuid::from_u128(0xb4);
const MALLORY: Uuid = Uuid::from_u128(0xb5);
const US_EAST: Uuid = Uuid::from_u128(0xc0);
const SHOP: Uuid = Uuid::from_u128(0xd0);
pub(crate) const STAGING: Uuid = Uuid::from_u128(0xe0);
pub(crate) const PRODUCTION: Uuid = Uuid::from_u128(0xe1);

pub(crate) const WELCOME: &str = "\
Listening on http://127.0.0.1:8080. Try, with the token of olivia, carol, alice, betty, ci-bot or mallory:

curl -H 'Authorization: Bearer carol' localhost:8080/organizations/00000000-0000-0000-0000-0000000000a0/environments
curl -H 'Authorization: Bearer carol' localhost:8080/environments/00000000-0000-0000-0000-0000000000e1/deployments \\
    --json '{\"version\": \"1.4.2\"}'

carol's deployment waits for olivia: POST to /deployments/ID/approvals with olivia's token, then to /deployments/ID/start
with carol's. alice may not deploy there (403), and to mallory there is no such environment (404).";

pub(crate) fn app() -> Result<App, RowError> {
    Ok(App { directory: Arc::new(SharedDirectory::new(directory()?)), deployments: Arc::default() })
}

/// Only Admins and Owners deploy to production, and an Owner must approve.
pub(crate) fn directory() -> Result<Directory<Uuid>, RowError> {
    let mut rows = Directory::builder();
    rows.organization(ACME)?;
    rows.organization(GLOBEX)?;
    for (account, kind, role) in [
        (OLIVIA, AccountKind::User, Role::Owner),
        (CAROL, AccountKind::User, Role::Admin),
        (ALICE, AccountKind::User, Role::Developer),
        (BETTY, AccountKind::User, Role::Billing),
        (CI_BOT, AccountKind::Service, Role::Developer),
    ] {
        rows.member(&ACME, account, kind, role, None)?;
    }
    rows.member(&GLOBEX, MALLORY, AccountKind::User, Role::Owner, None)?;
    rows.cluster(US_EAST, &ACME, Visibility::Organization)?;
    rows.project(SHOP, &ACME, Visibility::Organization)?;
    rows.environment(STAGING, &SHOP, &US_EAST, "shop-staging", Protection::NONE)?;
    let approved = Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner));
    rows.environment(PRODUCTION, &SHOP, &US_EAST, "shop-production", approved)?;
    Ok(rows.build())
}

pub(crate) fn tokens() -> StubTokens {
    let session = || Token::new(ActionSet::all());
    HashMap::from([
        ("olivia", (OLIVIA, session())),
        ("carol", (CAROL, session())),
        ("alice", (ALICE, session())),
        ("betty", (BETTY, session())),
        ("mallory", (MALLORY, session())),
        // Narrower than the account: only these actions, only on staging.
        ("ci-bot", (CI_BOT, Token::new(ActionSet::VIEW | ActionSet::DEPLOY).for_environments([STAGING]))),
        ("alice-read-only", (ALICE, Token::new(ActionSet::VIEW))),
        ("alice-expired", (ALICE, session().until(Time::from_millis(0)))),
    ])
}

//! API tokens. Each is looked up on each request, so that it can be revoked at once: that costs one query by a key.

use shipgate::guard::Problem;
use shipgate::{Time, Token};

use crate::api::Failure;
use crate::authentication::{Authenticated, With};
use crate::database::{Query, word};
use crate::secrets;
use crate::service::Service;

/// An expired token is found too: then a decision says so, and what is hidden from it stays hidden.
pub(super) async fn find(service: &Service, secret: &str, now: Time) -> Result<Authenticated, Failure> {
    let text = "SELECT t.account, t.scope, a.kind FROM service_tokens AS t \
        JOIN service_accounts AS a ON a.id = t.account WHERE t.hash = $1";
    let row = service.database.row(Query::new(text).bind(secrets::hash(secret))).await?;
    let row = row.ok_or_else(Problem::invalid_token)?;
    let scope = serde_json::from_str(&row.text("scope")?).map_err(crate::database::Error::from)?;
    let (account, kind) = (row.text("account")?, word(&row.text("kind")?)?);
    Ok(Authenticated { account, kind, with: With::Token(scope), now })
}

/// A token to store.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its secret, of which the hash is stored.
    pub secret: &'a str,
    /// Whose it is.
    pub account: &'a str,
    /// Its name, for people to read.
    pub name: &'a str,
    /// Who made it.
    pub created_by: &'a str,
    /// When it was made.
    pub now: Time,
    /// When it expires.
    pub expires_at: Time,
}

impl NewToken<'_> {
    /// The statement that stores it, with its scope.
    ///
    /// # Errors
    ///
    /// An error if the scope cannot be written.
    pub fn insert(&self, scope: &Token<String>) -> Result<Query, crate::database::Error> {
        let text = "INSERT INTO service_tokens (id, hash, account, name, scope, created_by, created_at, expires_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let query = Query::new(text).bind(self.id).bind(secrets::hash(self.secret)).bind(self.account).bind(self.name);
        let query = query.bind(serde_json::to_string(scope)?).bind(self.created_by);
        Ok(query.bind(self.now).bind(self.expires_at))
    }
}

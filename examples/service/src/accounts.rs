//! Accounts: the service's own table of people and programs. What kind an account is, it alone says.

use shipgate::{AccountKind, Time};

use crate::database::{Database, Error, Query, Row, word};

/// A person or a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// Whether it is a person or a program.
    pub kind: AccountKind,
    /// Its name, for people to read.
    pub name: String,
    /// Its address, if it is known.
    pub email: Option<String>,
    /// Whether the address is known to be its own. No other counts.
    pub email_verified: bool,
    /// The organization that a program belongs to.
    pub organization: Option<String>,
}

/// Who an OpenID provider says somebody is: the issuer, and the subject there. Never an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// The provider.
    pub issuer: String,
    /// Who it is there.
    pub subject: String,
}

const COLUMNS: &str = "id, kind, name, email, email_verified, organization";

impl Account {
    /// A person, without an address yet.
    #[must_use]
    pub fn person(id: impl Into<String>, name: impl Into<String>) -> Self {
        let (id, name) = (id.into(), name.into());
        Self { id, kind: AccountKind::User, name, email: None, email_verified: false, organization: None }
    }

    /// A program of an organization.
    #[must_use]
    pub fn program(id: impl Into<String>, name: impl Into<String>, organization: impl Into<String>) -> Self {
        let organization = Some(organization.into());
        Self { kind: AccountKind::Service, organization, ..Self::person(id, name) }
    }

    /// Sets an address that is known to be the account's own.
    #[must_use]
    pub fn with_email(self, email: impl Into<String>) -> Self {
        Self { email: Some(normalized(&email.into())), email_verified: true, ..self }
    }

    fn of(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.text("id")?,
            kind: word(&row.text("kind")?)?,
            name: row.text("name")?,
            email: row.optional_text("email")?,
            email_verified: row.truth("email_verified")?,
            organization: row.optional_text("organization")?,
        })
    }

    /// The statement that adds the account.
    #[must_use]
    pub fn insert(&self, external: Option<&External>, now: Time) -> Query {
        let text = "INSERT INTO service_accounts \
            (id, kind, name, email, email_verified, organization, issuer, subject, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        Query::new(text)
            .bind(&self.id)
            .bind(self.kind.as_str())
            .bind(&self.name)
            .bind(self.email.clone())
            .bind(self.email_verified)
            .bind(self.organization.clone())
            .bind(external.map(|external| external.issuer.as_str()))
            .bind(external.map(|external| external.subject.as_str()))
            .bind(now)
    }
}

/// An address as it is compared: without spaces around it, in lower case.
#[must_use]
pub fn normalized(email: &str) -> String {
    email.trim().to_lowercase()
}

impl Database {
    /// The account with an id.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn account(&self, id: &str) -> Result<Option<Account>, Error> {
        let query = Query::new(format!("SELECT {COLUMNS} FROM service_accounts WHERE id = $1")).bind(id);
        self.row(query).await?.as_ref().map(Account::of).transpose()
    }

    /// The account of whom an OpenID provider names.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn account_of(&self, external: &External) -> Result<Option<Account>, Error> {
        let text = format!("SELECT {COLUMNS} FROM service_accounts WHERE issuer = $1 AND subject = $2");
        let query = Query::new(text).bind(&external.issuer).bind(&external.subject);
        self.row(query).await?.as_ref().map(Account::of).transpose()
    }

    /// Notes what an OpenID provider says of an account now.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn update_account(&self, account: &Account) -> Result<(), Error> {
        let text = "UPDATE service_accounts SET name = $2, email = $3, email_verified = $4 WHERE id = $1";
        let query = Query::new(text).bind(&account.id).bind(&account.name);
        self.execute(query.bind(account.email.clone()).bind(account.email_verified)).await?;
        Ok(())
    }

    /// Erases what is personal of an account. What it did stays in the audit log, by its id.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn erase_account(&self, id: &str) -> Result<(), Error> {
        let text = "UPDATE service_accounts SET name = '', email = NULL, email_verified = FALSE, issuer = NULL, \
            subject = NULL WHERE id = $1";
        let of_account = |text| Query::new(text).bind(id).into();
        let steps = vec![
            of_account(
                "DELETE FROM service_invitations WHERE email = (SELECT email FROM service_accounts WHERE id = $1)",
            ),
            of_account(text),
            of_account(
                "DELETE FROM service_writes WHERE session IN (SELECT hash FROM service_sessions WHERE account = $1)",
            ),
            of_account("DELETE FROM service_sessions WHERE account = $1"),
            of_account("DELETE FROM service_tokens WHERE account = $1"),
        ];
        self.execute_all(steps).await?;
        Ok(())
    }
}

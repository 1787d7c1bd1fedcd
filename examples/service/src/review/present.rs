//! What members and teams have now, in the words of a review's lines.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde_json::Value;
use shipgate::{ActionKind, AnyRole, Directory, Grant, Time, Token};

use crate::database::{Database, Error, Query};
use crate::review::line::{Key, Kind};

/// An API token of a member.
#[derive(Clone, Debug)]
pub struct TokenNow {
    /// Whose it is.
    pub account: String,
    /// Who made it, and so may know its secret.
    pub created_by: String,
    /// What it may do, and until when.
    pub access: String,
    /// Whether it opens this organization alone.
    pub only_here: bool,
}

/// The tokens of members, by their ids.
pub type Tokens = BTreeMap<String, TokenNow>;

impl Database {
    /// The tokens of members that open an organization and have not expired: all, or those with these ids.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub async fn tokens_in(&self, organization: &str, now: Time, ids: Option<Vec<String>>) -> Result<Tokens, Error> {
        let text = "SELECT t.id, t.account, t.scope, t.created_by FROM service_tokens AS t \
            JOIN shipgate_members AS m ON m.organization = $1 AND m.account = t.account WHERE t.expires_at > $2";
        let mut query = Query::new(text).bind(organization).bind(now);
        if let Some(ids) = ids {
            query = query.and(&format!(" AND {}", self.is_one_of("t.id", 3))).bind(crate::database::Value::Texts(ids));
        }
        let mut tokens = Tokens::new();
        for row in self.rows(query).await? {
            let scope: Token<String> = serde_json::from_str(&row.text("scope")?)?;
            let only: Option<Vec<_>> = scope.organizations().map(Iterator::collect);
            if only.as_ref().is_some_and(|only| !only.iter().any(|id| *id == organization)) {
                continue;
            }
            let actions: Vec<_> = scope.actions().iter().map(ActionKind::as_str).collect();
            let access = with_end(&actions.join(" "), scope.expires_at());
            let (account, created_by) = (row.text("account")?, row.text("created_by")?);
            let only_here = only.is_some_and(|only| only.len() == 1);
            tokens.insert(row.text("id")?, TokenNow { account, created_by, access, only_here });
        }
        Ok(tokens)
    }
}

/// What members and teams of an organization have now.
#[derive(Clone, Copy, Debug)]
pub struct Present<'a> {
    /// The organization's facts.
    pub directory: &'a Directory<String>,
    /// The organization.
    pub organization: &'a str,
    /// Its tokens, or those that are asked about.
    pub tokens: &'a Tokens,
}

impl Present<'_> {
    /// What is there of a line; `None` if nothing is.
    #[must_use]
    pub fn access(&self, key: &Key) -> Option<String> {
        let place = key.place.as_deref();
        if key.kind == Kind::Token {
            let token = self.tokens.get(place?)?;
            return (token.account == key.holder).then(|| token.access.clone());
        }
        if key.of_team {
            let team =
                self.directory.team(key.holder.as_str()).filter(|team| team.organization() == self.organization)?;
            return match key.kind {
                Kind::ClusterAccess => find(team.cluster_accesses(), place?),
                Kind::ProjectRole => find(team.project_roles(), place?),
                Kind::Member | Kind::TeamMember | Kind::Token => None,
            };
        }
        let membership = self.directory.account(key.holder.as_str())?.membership(self.organization)?;
        match key.kind {
            Kind::Member => Some(with_end(role_name(membership.role()), membership.expires_at())),
            Kind::TeamMember => {
                membership.teams().any(|team| Some(team.as_str()) == place).then(|| "member".to_owned())
            }
            Kind::ClusterAccess => membership.cluster_access(place?).map(access_of),
            Kind::ProjectRole => membership.project_role(place?).map(access_of),
            Kind::Token => None,
        }
    }

    /// A line for everything that members and teams have, member by member and then team by team.
    #[must_use]
    pub fn lines(&self) -> Vec<Key> {
        let mut of_account: BTreeMap<&str, Vec<(&String, &TokenNow)>> = BTreeMap::new();
        for (id, token) in self.tokens {
            of_account.entry(&token.account).or_default().push((id, token));
        }
        let mut lines = Vec::new();
        for account in self.directory.members_of(self.organization) {
            let Some(membership) = account.membership(self.organization) else { continue };
            let mut add = |kind, place: Option<&String>, access| {
                let (holder, place) = (account.id().clone(), place.cloned());
                lines.push(Key { kind, of_team: false, holder, place, access });
            };
            add(Kind::Member, None, with_end(role_name(membership.role()), membership.expires_at()));
            for team in membership.teams() {
                add(Kind::TeamMember, Some(team), "member".to_owned());
            }
            for (cluster, _, grant) in membership.cluster_accesses() {
                add(Kind::ClusterAccess, Some(cluster), access_of(grant));
            }
            for (project, _, grant) in membership.project_roles() {
                add(Kind::ProjectRole, Some(project), access_of(grant));
            }
            for (id, token) in of_account.get(account.id().as_str()).into_iter().flatten() {
                add(Kind::Token, Some(id), token.access.clone());
            }
        }
        for team in self.directory.teams_of(self.organization) {
            let mut add = |kind, place: &String, access| {
                let (holder, place) = (team.id().clone(), Some(place.clone()));
                lines.push(Key { kind, of_team: true, holder, place, access });
            };
            for (cluster, _, grant) in team.cluster_accesses() {
                add(Kind::ClusterAccess, cluster, access_of(grant));
            }
            for (project, _, grant) in team.project_roles() {
                add(Kind::ProjectRole, project, access_of(grant));
            }
        }
        lines
    }
}

fn find<'a, V, T: Copy + Display>(
    mut grants: impl Iterator<Item = (&'a String, V, Grant<T>)>,
    place: &str,
) -> Option<String> {
    grants.find(|(id, _, _)| *id == place).map(|(_, _, grant)| access_of(grant))
}

/// A grant as a line has it: `deploy`, or `deploy until 2026-12-31T00:00:00Z`.
pub(crate) fn access_of<T: Copy + Display>(grant: Grant<T>) -> String {
    with_end(&grant.value().to_string(), grant.expires_at())
}

fn with_end(access: &str, expires_at: Option<Time>) -> String {
    match expires_at {
        Some(expiry) => format!("{access} until {}", time(expiry)),
        None => access.to_owned(),
    }
}

/// A time as the API writes it.
pub(crate) fn time(time: Time) -> String {
    time.to_rfc3339().unwrap_or_else(|_| Value::from(time.as_millis()).to_string())
}

/// The name of a role on the wire.
pub(crate) fn role_name(role: AnyRole<&String>) -> &str {
    match role {
        AnyRole::BuiltIn(role) => role.as_str(),
        AnyRole::Custom(id) => id,
    }
}

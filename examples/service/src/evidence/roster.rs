//! Who is a member, and of which teams.

use std::collections::BTreeMap;

use shipgate::directory::AccountRef;

use crate::database::{Query, Value};
use crate::evidence::archive::Archive;
use crate::evidence::history::since;
use crate::evidence::table::Table;
use crate::evidence::{Error, Export};
use crate::review::role_name;

/// How many accounts are looked up at once.
const AT_ONCE: usize = 2_000;

const ROSTER: Table = Table {
    name: "roster",
    title: "Members",
    about: "Everybody with a membership. A membership that is not live gives nothing. Names and addresses are those of today.",
    columns: &["account", "name", "email", "kind", "role", "rank", "expires_at", "live", "since", "by"],
};

const TEAMS: Table = Table {
    name: "teams",
    title: "Teams",
    about: "Who is in which team.",
    columns: &["team", "account", "name", "since", "by"],
};

impl Export {
    /// The names of all members, for people to read.
    pub(super) fn read_names(&self) -> Result<BTreeMap<String, String>, Error> {
        let mut names = BTreeMap::new();
        self.each_account(|account| {
            names.insert(account.id.to_owned(), account.name.to_owned());
            Ok(())
        })?;
        Ok(names)
    }

    pub(super) fn roster(&self, archive: &mut Archive) -> Result<(), Error> {
        archive.table(&ROSTER, |rows| {
            self.each_account(|known| {
                let account = self.directory().account(known.id);
                let Some(account) = account else { return Ok(()) };
                let Some(membership) = account.membership(self.organization()) else { return Ok(()) };
                let is_live = membership.expires_at().is_none_or(|expiry| self.time < expiry);
                let [since, by] = since(self.history.of_member(known.id));
                rows.push(&[
                    known.id.into(),
                    known.name.into(),
                    known.email.into(),
                    account.kind().as_str().into(),
                    role_name(membership.role()).into(),
                    membership.rank().as_str().into(),
                    membership.expires_at().into(),
                    is_live.into(),
                    since,
                    by,
                ])
            })
        })
    }

    pub(super) fn teams(&self, archive: &mut Archive) -> Result<(), Error> {
        archive.table(&TEAMS, |rows| {
            for team in self.directory().teams_of(self.organization()) {
                for account in self.directory().members_of_team(team.id().as_str()) {
                    let [since, by] = since(self.history.of_team_member(team.id(), account.id()));
                    rows.push(&[team.id().into(), account.id().into(), self.name(account.id()).into(), since, by])?;
                }
            }
            Ok(())
        })
    }

    /// Calls `each` with each member, in the order of their ids.
    fn each_account(&self, mut each: impl FnMut(Known<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let mut members = self.directory().members_of(self.organization()).map(AccountRef::id).peekable();
        while members.peek().is_some() {
            let ids: Vec<&String> = members.by_ref().take(AT_ONCE).collect();
            let of_row = |id: &String| id.clone();
            let query =
                format!("SELECT id, name, email FROM service_accounts WHERE {}", self.database.is_one_of("id", 1));
            let query = Query::new(query).bind(Value::Texts(ids.iter().copied().map(of_row).collect()));
            let mut known = BTreeMap::new();
            for row in self.rows(query)? {
                known.insert(row.text("id")?, (row.text("name")?, row.optional_text("email")?));
            }
            for id in ids {
                let found = known.get(id);
                let name = found.map_or("", |(name, _)| name.as_str());
                let email = found.and_then(|(_, email)| email.as_deref());
                each(Known { id, name, email })?;
            }
        }
        Ok(())
    }
}

/// What is known of an account.
struct Known<'a> {
    id: &'a str,
    name: &'a str,
    email: Option<&'a str>,
}

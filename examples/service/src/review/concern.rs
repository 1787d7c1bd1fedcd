//! Whom a line concerns, who may not decide it.

use std::collections::{BTreeMap, BTreeSet};

use shipgate::Directory;

use crate::database::{Database, Error, Query, Value};
use crate::review::line::Line;

/// Whom lines concern: who has what they are about, be it by a team, and who made a token of a program that has it.
#[derive(Debug, Default)]
pub(crate) struct Concerned {
    /// Who made the tokens of an account.
    creators: BTreeMap<String, BTreeSet<String>>,
}

impl Concerned {
    /// Whom these lines concern.
    pub(crate) async fn of(database: &Database, lines: &[Line]) -> Result<Self, Error> {
        let accounts: BTreeSet<_> =
            lines.iter().filter(|line| !line.key.of_team).map(|line| &line.key.holder).collect();
        let accounts = accounts.into_iter().cloned().collect();
        let condition = database.is_one_of("account", 1);
        let query = Query::new(format!("SELECT account, created_by FROM service_tokens WHERE {condition}"));
        let mut creators: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in database.rows(query.bind(Value::Texts(accounts))).await? {
            creators.entry(row.text("account")?).or_default().insert(row.text("created_by")?);
        }
        Ok(Self { creators })
    }

    /// Whether a line concerns an account.
    pub(crate) fn includes(
        &self,
        directory: &Directory<String>,
        organization: &str,
        line: &Line,
        account: &str,
    ) -> bool {
        let holder = &line.key.holder;
        if line.key.of_team {
            let membership = directory.account(account).and_then(|account| account.membership(organization));
            return membership.is_some_and(|membership| membership.teams().any(|team| team == holder));
        }
        holder == account || self.creators.get(holder).is_some_and(|creators| creators.contains(account))
    }
}

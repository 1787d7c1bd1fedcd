//! Since when something is as it is, and who made it so: the last change of each thing, by the audit log.

use std::collections::HashMap;

use serde_json::Value;
use shipgate::Time;

use crate::database::{Query, Row};
use crate::evidence::cell::Cell;
use crate::evidence::{Error, Export};

/// How many events are read at once.
const AT_ONCE: u32 = 2_000;

/// The last change of something.
#[derive(Clone, Debug)]
pub(super) struct Last {
    pub(super) at: Time,
    pub(super) by: String,
}

/// Something that changes: what it is, whose it is, and where.
type Thing = (&'static str, String, String);

/// The last change of each thing. What is not here is as it was when the log began.
#[derive(Debug, Default)]
pub(super) struct History(HashMap<Thing, Last>);

impl History {
    /// The last change of a membership.
    pub(super) fn of_member(&self, account: &str) -> Option<&Last> {
        self.find("member", account, "")
    }

    /// The last change of a place in a team.
    pub(super) fn of_team_member(&self, team: &str, account: &str) -> Option<&Last> {
        self.find("team", account, team)
    }

    /// The last change of access to a cluster.
    pub(super) fn of_cluster(&self, holder: &str, cluster: &str) -> Option<&Last> {
        self.find("cluster", holder, cluster)
    }

    /// The last change of a role in a project.
    pub(super) fn of_project(&self, holder: &str, project: &str) -> Option<&Last> {
        self.find("project", holder, project)
    }

    /// The last change of how an environment is protected, or where it deploys to.
    pub(super) fn of_environment(&self, environment: &str) -> Option<&Last> {
        self.find("environment", environment, "")
    }

    fn find(&self, what: &'static str, whose: &str, place: &str) -> Option<&Last> {
        self.0.get(&(what, whose.to_owned(), place.to_owned()))
    }

    fn note(&mut self, row: &Row) -> Result<(), Error> {
        let detail: Value = serde_json::from_str(&row.text("detail")?)?;
        let Some(thing) = thing(&row.text("kind")?, &row.text("actor")?, &detail) else { return Ok(()) };
        self.0.insert(thing, Last { at: row.time("at")?, by: row.text("actor")? });
        Ok(())
    }
}

/// What a change is about.
fn thing(kind: &str, actor: &str, detail: &Value) -> Option<Thing> {
    let text = |name: &str| detail.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let holder = || {
        let holder = detail.get("holder")?;
        let id = holder.get("account").or_else(|| holder.get("team"))?;
        id.as_str().map(ToOwned::to_owned)
    };
    Some(match kind {
        "create_organization" => ("member", actor.to_owned(), String::new()),
        "invite_member" | "change_role" | "set_expiry" | "transfer_ownership" => {
            ("member", text("account")?, String::new())
        }
        "add_to_team" => ("team", text("account")?, text("team")?),
        "set_cluster_access" => ("cluster", holder()?, text("cluster")?),
        "set_project_role" => ("project", holder()?, text("project")?),
        "create_environment" | "set_protection" | "retarget" => ("environment", text("environment")?, String::new()),
        _ => return None,
    })
}

/// The cells that say since when something is as it is, and who made it so.
pub(super) fn since(last: Option<&Last>) -> [Cell<'_>; 2] {
    match last {
        Some(last) => [last.at.into(), (&last.by).into()],
        None => ["before the log begins".into(), Cell::Nothing],
    }
}

impl Export {
    /// Reads the last change of each thing.
    pub(super) fn read_history(&self) -> Result<History, Error> {
        let mut history = History::default();
        self.each_change(0, |row| history.note(row))?;
        Ok(history)
    }

    /// Calls `each` with each change after a revision, in order.
    pub(super) fn each_change(&self, after: u64, mut each: impl FnMut(&Row) -> Result<(), Error>) -> Result<(), Error> {
        let text = "SELECT * FROM service_events WHERE organization = $1 AND revision > $2 AND revision <= $3";
        let (mut at, mut id) = (i64::MIN, String::new());
        loop {
            let query = Query::new(text).bind(self.organization()).bind(after).bind(self.revision);
            let query = query.and(" AND (at, id) > ($4, $5)").bind(at).bind(&id);
            let rows = self.rows(query.and(&format!(" ORDER BY at, id LIMIT {AT_ONCE}")))?;
            let Some(last) = rows.last() else { return Ok(()) };
            (at, id) = (last.integer("at")?, last.text("id")?);
            rows.iter().try_for_each(&mut each)?;
        }
    }
}

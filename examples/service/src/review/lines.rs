//! The lines of a review in the database.

use serde_json::{Value, json};

use crate::api::member::pattern;
use crate::database::{self, Database, Error, Query, Step};
use crate::review::line::{Key, Line, Outcome};

/// How many lines are stored by one statement.
const AT_ONCE: usize = 2_000;

/// Which lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Which {
    /// Those of members and teams with these ids.
    pub(crate) holders: Option<Vec<String>>,
    /// Those that somebody has still to decide, or that were denied or changed.
    pub(crate) open: bool,
    /// Those after this one.
    pub(crate) after: u64,
    /// How many at most.
    pub(crate) limit: u32,
}

/// The columns that a JSON array of lines gives.
const COLUMNS: &str = "review, number, kind, holder_kind, holder, place, access";

/// The statements that store lines, which are numbered from 1.
pub(super) fn insert(database: &Database, review: &str, lines: &[Key]) -> Vec<Step> {
    let text = match database {
        Database::Sqlite(_) => {
            let columns = (0..6).map(|column| format!("json_extract(value, '$[{column}]')")).collect::<Vec<_>>();
            format!("INSERT INTO service_review_lines ({COLUMNS}) SELECT $1, {} FROM json_each($2)", columns.join(", "))
        }
        Database::Postgres(_) => {
            let columns = (1..6).map(|column| format!("value ->> {column}")).collect::<Vec<_>>();
            format!(
                "INSERT INTO service_review_lines ({COLUMNS}) SELECT $1, CAST(value ->> 0 AS BIGINT), {} \
                 FROM json_array_elements(CAST($2 AS JSON))",
                columns.join(", ")
            )
        }
    };
    let mut number = 0_u64;
    let mut steps = Vec::new();
    for chunk in lines.chunks(AT_ONCE) {
        let rows: Vec<Value> = chunk
            .iter()
            .map(|key| {
                number = number.saturating_add(1);
                json!([number, key.kind.as_str(), key.holder_kind(), key.holder, key.place, key.access])
            })
            .collect();
        steps.push(Query::new(&text).bind(review).bind(Value::from(rows).to_string()).into());
    }
    steps
}

/// The condition that a line still needs something.
const OPEN: &str = "(outcome IS NULL OR outcome IN ('denied', 'changed'))";

/// Which lines may still be changed: those of an open review that are not done.
const CHANGEABLE: &str = "review = $1 AND number = $2 AND (outcome IS NULL OR outcome IN ('denied', 'changed')) \
    AND EXISTS (SELECT 1 FROM service_reviews WHERE id = $1 AND closed_at IS NULL)";

/// The statement that notes a decision; it changes nothing if the line is done.
pub(super) fn note_decision(review: &str, number: u64, decided: &super::line::Decided) -> Step {
    let text = format!(
        "UPDATE service_review_lines SET decision = $3, change_to = $4, decided_on = $5, decided_by = $6, \
         decided_at = $7, outcome = NULL, detail = NULL WHERE {CHANGEABLE}"
    );
    let query = Query::new(text).bind(review).bind(number).bind(decided.decision.as_str()).bind(decided.to.clone());
    Step::Must(query.bind(&decided.on).bind(&decided.by).bind(decided.at))
}

/// The statement that notes what became of a line; it changes nothing if somebody decided otherwise meanwhile.
pub(super) fn note_outcome(review: &str, line: &Line, outcome: Outcome, detail: Option<&str>, at: Option<u64>) -> Step {
    let text = format!(
        "UPDATE service_review_lines SET outcome = $3, detail = $4, revision = $5 WHERE {CHANGEABLE} AND decided_at = $6"
    );
    let revision = at.map(|revision| i64::try_from(revision).unwrap_or(i64::MAX));
    let query = Query::new(text).bind(review).bind(line.number).bind(outcome.as_str()).bind(detail).bind(revision);
    Step::Must(query.bind(line.decided.as_ref().map(|decided| decided.at)))
}

/// The statement that notes for many lines that they were kept.
pub(super) fn note_kept(database: &Database, review: &str, numbers: &[u64]) -> Query {
    let condition = match database {
        Database::Sqlite(_) => "number IN (SELECT value FROM json_each($2))",
        Database::Postgres(_) => {
            "number IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($2 AS JSON)))"
        }
    };
    let text = format!(
        "UPDATE service_review_lines SET outcome = 'kept', detail = NULL WHERE review = $1 AND {condition} \
         AND decision = 'keep' AND {OPEN}"
    );
    Query::new(text).bind(review).bind(Value::from(numbers).to_string())
}

/// How many lines are how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) undecided: u64,
    pub(crate) decided: u64,
    pub(crate) kept: u64,
    pub(crate) made: u64,
    pub(crate) gone: u64,
    pub(crate) denied: u64,
    pub(crate) changed: u64,
}

impl Database {
    /// Lines of a review, by their numbers.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub(crate) async fn review_lines(&self, review: &str, which: &Which) -> Result<Vec<Line>, Error> {
        let text = "SELECT * FROM service_review_lines WHERE review = $1 AND number > $2";
        let mut query = Query::new(text).bind(review).bind(which.after);
        // The plus keeps SQLite from walking through all lines by their numbers where it can find a few by their holders.
        let order = if which.holders.is_some() { "+number" } else { "number" };
        if let Some(holders) = which.holders.clone() {
            query = query.and(&format!(" AND {}", self.is_one_of("holder", 3))).bind(database::Value::Texts(holders));
        }
        if which.open {
            query = query.and(&format!(" AND {OPEN}"));
        }
        let query = query.and(&format!(" ORDER BY {order} LIMIT {}", which.limit));
        self.rows(query).await?.iter().map(Line::of).collect()
    }

    /// The accounts on the lines of a review whose name or address contains this, also of those who have left.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub(crate) async fn review_holders(&self, review: &str, search: &str) -> Result<Vec<String>, Error> {
        let text = "SELECT DISTINCT l.holder FROM service_review_lines AS l JOIN service_accounts AS a ON a.id = l.holder \
            WHERE l.review = $1 AND l.holder_kind = 'account' \
            AND (LOWER(a.name) LIKE $2 ESCAPE '!' OR LOWER(COALESCE(a.email, '')) LIKE $2 ESCAPE '!') LIMIT 200";
        let rows = self.rows(Query::new(text).bind(review).bind(pattern(search))).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// One line of a review.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub(crate) async fn review_line(&self, review: &str, number: u64) -> Result<Option<Line>, Error> {
        let text = "SELECT * FROM service_review_lines WHERE review = $1 AND number = $2";
        self.row(Query::new(text).bind(review).bind(number)).await?.as_ref().map(Line::of).transpose()
    }

    /// How many lines of a review are how far.
    ///
    /// # Errors
    ///
    /// [`Error`] if the database could not be asked.
    pub(crate) async fn review_counts(&self, review: &str) -> Result<Counts, Error> {
        let text = "SELECT CASE WHEN outcome IS NOT NULL THEN outcome WHEN decision IS NULL THEN 'undecided' \
            ELSE 'decided' END AS state, COUNT(*) AS lines FROM service_review_lines WHERE review = $1 GROUP BY 1";
        let mut counts = Counts::default();
        for row in self.rows(Query::new(text).bind(review)).await? {
            let lines = row.revision("lines")?;
            match row.text("state")?.as_str() {
                "undecided" => counts.undecided = lines,
                "decided" => counts.decided = lines,
                "kept" => counts.kept = lines,
                "made" => counts.made = lines,
                "gone" => counts.gone = lines,
                "denied" => counts.denied = lines,
                _ => counts.changed = lines,
            }
        }
        Ok(counts)
    }
}

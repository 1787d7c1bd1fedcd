//! Reviews, and what the reviewers decided.

use crate::evidence::archive::Archive;
use crate::evidence::table::Table;
use crate::evidence::{Error, Export};
use crate::review::{Outcome, Review, Which};

/// How many lines are read at once.
const AT_ONCE: u32 = 2_000;

const REVIEWS: Table = Table {
    name: "reviews",
    title: "Reviews",
    about: "The last closed review, and the one that was open.",
    columns: &["review", "revision", "policy", "lines", "opened_at", "opened_by", "closed_at", "closed_by"],
};

const DECISIONS: Table = Table {
    name: "decisions",
    title: "Reviewers' decisions",
    about: "Each line of these reviews: the access when the review was opened, what was decided of it and by whom, and what \
        became of that. A line without a decision was not decided.",
    columns: &[
        "review",
        "line",
        "kind",
        "holder_kind",
        "holder",
        "place",
        "access",
        "decision",
        "to",
        "decided_by",
        "decided_at",
        "outcome",
        "detail",
        "revision",
    ],
};

impl Export {
    fn both(&self) -> impl Iterator<Item = &Review> {
        self.last.iter().chain(&self.open)
    }

    pub(super) fn reviews(&self, archive: &mut Archive) -> Result<(), Error> {
        archive.table(&REVIEWS, |rows| {
            for review in self.both() {
                // As of the past, what came later is not told.
                let is_over = review.closed_at.is_some_and(|at| self.request.at.is_none() || at <= self.time);
                rows.push(&[
                    (&review.id).into(),
                    review.revision.into(),
                    u64::from(review.policy).into(),
                    review.lines.into(),
                    review.opened_at.into(),
                    (&review.opened_by).into(),
                    review.closed_at.filter(|_| is_over).into(),
                    review.closed_by.as_ref().filter(|_| is_over).into(),
                ])?;
            }
            Ok(())
        })
    }

    pub(super) fn decisions(&self, archive: &mut Archive) -> Result<(), Error> {
        archive.table(&DECISIONS, |rows| {
            for review in self.both() {
                let mut which = Which { limit: AT_ONCE, ..Which::default() };
                loop {
                    let lines = self.runtime.block_on(self.database.review_lines(&review.id, &which))?;
                    let Some(last) = lines.last() else { break };
                    which.after = last.number;
                    for line in &lines {
                        let decided = line
                            .decided
                            .as_ref()
                            .filter(|decided| self.request.at.is_none() || decided.at <= self.time);
                        // What became of a decision is told with it.
                        let known = |revision: u64| revision <= self.revision;
                        let outcome = line.outcome.filter(|_| decided.is_some() && line.revision.is_none_or(known));
                        rows.push(&[
                            (&review.id).into(),
                            line.number.into(),
                            line.key.kind.as_str().into(),
                            line.key.holder_kind().into(),
                            (&line.key.holder).into(),
                            line.key.place.as_ref().into(),
                            (&line.key.access).into(),
                            decided.map(|decided| decided.decision.as_str()).into(),
                            decided.and_then(|decided| decided.to.as_ref()).into(),
                            decided.map(|decided| &decided.by).into(),
                            decided.map(|decided| decided.at).into(),
                            outcome.map(Outcome::as_str).into(),
                            line.detail.as_ref().filter(|_| outcome.is_some()).into(),
                            line.revision.filter(|_| outcome.is_some()).into(),
                        ])?;
                    }
                }
            }
            Ok(())
        })
    }
}

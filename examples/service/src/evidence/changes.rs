//! What was changed since the last review, and by whom.

use crate::evidence::archive::Archive;
use crate::evidence::table::Table;
use crate::evidence::{Error, Export};

const CHANGES: Table = Table {
    name: "changes",
    title: "Changes since the last review",
    about: "Each change since the revision at which the last closed review was opened, and who made it. Without such a review, \
        all changes in the log.",
    columns: &["revision", "at", "change", "by", "token", "detail"],
};

impl Export {
    pub(super) fn changes(&self, archive: &mut Archive) -> Result<(), Error> {
        let after = self.last.as_ref().map_or(0, |review| review.revision);
        archive.table(&CHANGES, |rows| {
            self.each_change(after, |row| {
                rows.push(&[
                    row.revision("revision")?.into(),
                    row.time("at")?.into(),
                    row.text("kind")?.into(),
                    row.text("actor")?.into(),
                    row.optional_text("token")?.into(),
                    row.text("detail")?.into(),
                ])
            })
        })
    }
}

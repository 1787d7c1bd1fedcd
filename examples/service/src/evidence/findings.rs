//! What the library finds wrong.

use crate::evidence::archive::Archive;
use crate::evidence::table::Table;
use crate::evidence::{Error, Export};

const FINDINGS: Table = Table {
    name: "findings",
    title: "Findings",
    about: "What an administrator should look at: what has no effect, has expired, or hinders.",
    columns: &["code", "place", "finding"],
};

impl Export {
    pub(super) fn findings(&self, archive: &mut Archive) -> Result<(), Error> {
        archive.table(&FINDINGS, |rows| {
            for finding in self.directory().findings(self.organization(), self.time) {
                rows.push(&[
                    finding.code().as_str().into(),
                    finding.place().to_string().into(),
                    finding.to_string().into(),
                ])?;
            }
            Ok(())
        })
    }
}

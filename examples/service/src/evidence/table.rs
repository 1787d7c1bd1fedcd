//! The tables of an archive.

/// What a table is called, and what it has.
pub(super) struct Table {
    /// The name of its files.
    pub(super) name: &'static str,
    /// Its heading.
    pub(super) title: &'static str,
    /// What it says, and what it does not say.
    pub(super) about: &'static str,
    /// Its columns.
    pub(super) columns: &'static [&'static str],
}

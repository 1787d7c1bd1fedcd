//! Transactions: several steps, each decided on what the steps before it left, that are undone together if one fails.

use alloc::vec::Vec;
use core::hash::Hash;
use core::mem;

use crate::change::apply::apart;
use crate::change::edit::{Edit, Prepared};
use crate::directory::store::Directory;
use crate::directory::stream::Stream;
use crate::directory::version::Sharing;

/// Edits that have been applied to a directory. Unless they are [kept](Self::keep) they are undone, also if a clone of an id
/// panics meanwhile: whatever undoing needs was cloned before. A draft is not undone, as it is thrown away.
pub(crate) struct Transaction<'a, Id: Hash + Ord + Clone> {
    directory: &'a mut Directory<Id>,
    undo: Vec<Prepared<Id>>,
}

impl<'a, Id: Hash + Ord + Clone> Transaction<'a, Id> {
    pub(crate) const fn of(directory: &'a mut Directory<Id>) -> Self {
        Self { directory, undo: Vec::new() }
    }

    /// The directory with the edits that have been applied so far.
    pub(crate) const fn directory(&self) -> &Directory<Id> {
        self.directory
    }

    /// Keeps the edits, and notes the record that they are of.
    pub(crate) fn keep(mut self, stream: Stream<Id>) {
        self.undo.clear();
        self.directory.advance(stream);
    }

    /// Applies edits, as far as each can be applied. Otherwise returns the place of the first that cannot.
    pub(crate) fn apply(&mut self, edits: &[Edit<Id>]) -> Result<(), usize> {
        let mut place = 0_usize;
        for edits in apart(edits) {
            let prepared = self.directory.prepare_with_undo(edits).ok_or(place)?;
            for (edit, (step, undo)) in edits.iter().zip(prepared) {
                if !self.directory.check(edit) {
                    return Err(place);
                }
                self.undo.push(undo);
                self.directory.carry_out(step);
                place = place.saturating_add(1);
            }
        }
        Ok(())
    }
}

impl<Id: Hash + Ord + Clone> Drop for Transaction<'_, Id> {
    fn drop(&mut self) {
        // To undo what is shared may clone ids, and one that panics here, after another, would abort the program.
        if self.directory.sharing == Sharing::Draft {
            return;
        }
        for step in mem::take(&mut self.undo).into_iter().rev() {
            self.directory.carry_out(step);
        }
    }
}

//! Prepares edits: makes every clone that applying them needs, before anything changes.

use alloc::vec::Vec;
use core::hash::Hash;

use crate::change::edit::Edit;
use crate::change::edit::step::Step;
use crate::change::plan::removal::are_inverse;
use crate::directory::store::Directory;

/// An edit that is ready to be applied: without a clone, unless other versions have what it changes.
pub(crate) struct Prepared<Id> {
    step: Step<Id>,
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(crate) fn carry_out(&mut self, prepared: Prepared<Id>) {
        self.take(prepared.step);
    }
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// Prepares edits that are to be applied one after the other: one removal, or edits of rows.
    pub(crate) fn prepare(&self, edits: &[Edit<Id>]) -> Vec<Prepared<Id>> {
        match edits {
            [Edit::Remove { organization, removed, .. }] => {
                Vec::from([Prepared::each(prepare_rows(&self.rows_of_removal(organization, removed)))])
            }
            rows => prepare_rows(rows),
        }
    }

    /// Prepares edits, each with what undoes it. `None` for a removal that says wrongly how to add again what is there.
    pub(crate) fn prepare_with_undo(&self, edits: &[Edit<Id>]) -> Option<Vec<(Prepared<Id>, Prepared<Id>)>> {
        let [Edit::Remove { organization, removed, restore }] = edits else {
            return Some(prepare_rows(edits).into_iter().zip(prepare_undo(edits)).collect());
        };
        let rows = self.rows_of_removal(organization, removed);
        if restore.as_ref().is_some_and(|restore| !are_inverse(restore, &rows)) {
            return None;
        }
        let mut undo = prepare_undo(&rows);
        undo.reverse();
        Some(Vec::from([(Prepared::each(prepare_rows(&rows)), Prepared::each(undo))]))
    }
}

impl<Id: Clone> Prepared<Id> {
    fn of(edit: &Edit<Id>) -> Self {
        Self { step: Step::of(edit) }
    }

    const fn each(rows: Vec<Self>) -> Self {
        Self { step: Step::Each(rows) }
    }
}

fn prepare_rows<Id: Clone>(edits: &[Edit<Id>]) -> Vec<Prepared<Id>> {
    edits.iter().map(Prepared::of).collect()
}

/// Prepares what undoes edits of rows, in the order of the edits.
fn prepare_undo<Id: Clone>(edits: &[Edit<Id>]) -> Vec<Prepared<Id>> {
    edits.iter().map(|edit| Prepared::of(&edit.inverse())).collect()
}

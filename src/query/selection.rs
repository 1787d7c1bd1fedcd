//! Selections: which of the ids of one kind.

use alloc::vec::Vec;
use core::borrow::Borrow;

/// Which of an organization's clusters, projects or environments, by id; a list is never empty, and in the order of ids.
///
/// # Examples
///
/// ```
/// use shipgate::query::Selection;
///
/// let but_us_east = Selection::Except(vec!["us-east"]);
/// assert!(but_us_east.contains("us-west"));
/// assert!(!but_us_east.contains("us-east"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection<Id> {
    /// All of them.
    All,
    /// None of them.
    None,
    /// All but these: fewer than there are others.
    Except(Vec<Id>),
    /// These alone.
    Only(Vec<Id>),
}

impl<Id: Ord> Selection<Id> {
    /// Whether the one of this id is selected.
    #[must_use]
    pub fn contains<Q: Ord + ?Sized>(&self, id: &Q) -> bool
    where
        Id: Borrow<Q>,
    {
        let listed = |ids: &Vec<Id>| ids.binary_search_by(|held| held.borrow().cmp(id)).is_ok();
        match self {
            Self::All => true,
            Self::None => false,
            Self::Except(ids) => !listed(ids),
            Self::Only(ids) => listed(ids),
        }
    }

    /// These alone, in the order of ids.
    pub(crate) fn only(ids: Vec<Id>) -> Self {
        if ids.is_empty() { Self::None } else { Self::Only(ids) }
    }

    /// Each id, in order, with whether it is selected. Of nothing, nothing is selected.
    pub(crate) fn of<'a>(ids: impl Iterator<Item = (&'a Id, bool)>) -> Self
    where
        Id: Clone + 'a,
    {
        let (selected, others): (Vec<_>, Vec<_>) = ids.partition(|(_, selected)| *selected);
        let owned = |ids: Vec<(&Id, bool)>| ids.into_iter().map(|(id, _)| id.clone()).collect();
        if others.len() >= selected.len() {
            Self::only(owned(selected))
        } else if others.is_empty() {
            Self::All
        } else {
            Self::Except(owned(others))
        }
    }
}

//! Selections of ids.

use alloc::vec::Vec;
use core::borrow::Borrow;

/// A selection of an organization's clusters, projects or environments, by id. The lists are sorted and never empty.
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
    /// All except these. There are fewer of them than of the others.
    Except(Vec<Id>),
    /// Only these.
    Only(Vec<Id>),
}

impl<Id: Ord> Selection<Id> {
    /// Whether this id is selected.
    #[must_use]
    pub fn contains<Q: Ord + ?Sized>(&self, id: &Q) -> bool
    where
        Id: Borrow<Q>,
    {
        let listed = |ids: &Vec<Id>| ids.binary_search_by(|other| other.borrow().cmp(id)).is_ok();
        match self {
            Self::All => true,
            Self::None => false,
            Self::Except(ids) => !listed(ids),
            Self::Only(ids) => listed(ids),
        }
    }

    /// Only these ids, which must be sorted.
    pub(crate) fn only(ids: Vec<Id>) -> Self {
        if ids.is_empty() { Self::None } else { Self::Only(ids) }
    }

    /// The selected ids, given all ids in order. Without any ids, nothing is selected.
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

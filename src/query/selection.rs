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
    /// All of them, those included that the directory does not know yet. A [`Filter`](crate::query::Filter) selects this only
    /// where you ask for it.
    All,
    /// None of them.
    None,
    /// All except these, those included that the directory does not know yet. There are fewer of them than of the others. A
    /// filter selects this only where you ask for it.
    Except(Vec<Id>),
    /// Only these.
    Only(Vec<Id>),
}

/// What a selection does with ids that are not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// It selects none of them.
    LeftOut,
    /// It may select them, where that makes it shorter.
    Open,
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

    /// The selected ids, given all ids in order.
    pub(crate) fn of<'a>(ids: impl Iterator<Item = (&'a Id, bool)>, unknown: Unknown) -> Self
    where
        Id: Clone + 'a,
    {
        match unknown {
            Unknown::LeftOut => Self::only(ids.filter(|(_, selected)| *selected).map(|(id, _)| id.clone()).collect()),
            Unknown::Open => Self::shortest(ids),
        }
    }

    /// Only these ids, which must be sorted.
    pub(crate) fn only(ids: Vec<Id>) -> Self {
        if ids.is_empty() { Self::None } else { Self::Only(ids) }
    }

    /// The selected ids, given all ids in order, in the form that lists the fewest of them. It may select ids that are not
    /// given. Without any ids, nothing is selected.
    fn shortest<'a>(ids: impl Iterator<Item = (&'a Id, bool)>) -> Self
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

//! Sets of actions.

use core::fmt;
use core::ops::{BitAnd, BitOr, BitOrAssign, Sub};

use crate::model::action::{ActionKind, Bits};
use crate::model::names::UnknownNameError;

/// A set of actions: what a [`Token`](crate::Token) may be used for.
///
/// # Examples
///
/// ```
/// use shipgate::{ActionKind, ActionSet};
///
/// let readers = ActionSet::VIEW | ActionSet::READ_VARIABLES;
/// assert!(readers.contains(ActionKind::View));
/// assert!(!readers.contains(ActionKind::Deploy));
/// assert_eq!(readers, [ActionKind::View, ActionKind::ReadVariables].into_iter().collect());
/// assert_eq!(readers, ActionSet::from_names(["view", "read_variables"])?);
/// assert!(ActionSet::from_names(["VIEW"]).is_err());
/// # Ok::<(), shipgate::model::UnknownNameError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActionSet(pub(crate) Bits);

impl ActionSet {
    /// The empty set.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Bits::empty())
    }

    /// The set of every action.
    #[must_use]
    pub const fn all() -> Self {
        Self(Bits::all())
    }

    /// The set of the actions with these wire names: `view`, `deploy`, ….
    ///
    /// # Errors
    ///
    /// [`UnknownNameError`] for the first name that is not the wire name of an action.
    pub fn from_names<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Result<Self, UnknownNameError> {
        names.into_iter().map(|name| name.as_ref().parse::<ActionKind>()).collect()
    }

    /// Whether the set contains this action.
    #[must_use]
    #[inline]
    pub const fn contains(self, action: ActionKind) -> bool {
        self.0.bits() & (1 << action.index()) != 0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The number of actions in the set.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.bits().count_ones()
    }

    /// The actions in the set, in the order of [`ActionKind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = ActionKind> {
        ActionKind::ALL.into_iter().filter(move |action| self.contains(*action))
    }
}

/// The actions by their wire names, separated by a comma and a space.
impl fmt::Display for ActionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for action in self.iter() {
            write!(f, "{separator}{action}")?;
            separator = ", ";
        }
        Ok(())
    }
}

impl fmt::Debug for ActionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl From<ActionKind> for ActionSet {
    fn from(action: ActionKind) -> Self {
        Self(Bits::from_bits_truncate(1 << action.index()))
    }
}

impl FromIterator<ActionKind> for ActionSet {
    fn from_iter<I: IntoIterator<Item = ActionKind>>(actions: I) -> Self {
        actions.into_iter().fold(Self::empty(), |set, action| set | action.into())
    }
}

impl Extend<ActionKind> for ActionSet {
    fn extend<I: IntoIterator<Item = ActionKind>>(&mut self, actions: I) {
        *self |= actions.into_iter().collect();
    }
}

/// The actions of either set.
impl BitOr for ActionSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for ActionSet {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// The actions of both sets.
impl BitAnd for ActionSet {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// The actions of the first set that are not in the second.
impl Sub for ActionSet {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.difference(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_flag_of_its_name() {
        let flags: alloc::vec::Vec<_> =
            Bits::all().iter_names().map(|(name, bits)| (name.to_ascii_lowercase(), bits.bits())).collect();
        let names: alloc::vec::Vec<_> =
            ActionKind::ALL.iter().map(|action| (action.as_str().into(), 1 << action.index())).collect();
        assert_eq!(flags, names);
    }
}

//! Organizations.

/// An organization: the tenant that everything else belongs to.
///
/// # Examples
///
/// ```
/// use shipgate::Organization;
///
/// let acme = Organization::new("acme-corp", 2);
/// assert_eq!(acme.owners(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Organization<Id> {
    id: Id,
    owners: u32,
}

impl<Id> Organization<Id> {
    /// An organization with this number of permanent Owners. A permanent Owner is a user, not a service account, whose
    /// membership has no expiry. The last one cannot be removed, demoted or given an expiry.
    #[must_use]
    pub const fn new(id: Id, owners: u32) -> Self {
        Self { id, owners }
    }

    /// The id of the organization.
    #[must_use]
    #[inline]
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The number of permanent Owners.
    #[must_use]
    #[inline]
    pub const fn owners(&self) -> u32 {
        self.owners
    }

    #[cfg(feature = "directory")]
    pub(crate) fn add_owner(&mut self) {
        self.owners = self.owners.saturating_add(1);
    }

    #[cfg(feature = "directory")]
    pub(crate) fn remove_owner(&mut self) {
        self.owners = self.owners.saturating_sub(1);
    }
}

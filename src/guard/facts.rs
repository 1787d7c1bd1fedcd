//! Where the facts of a request come from.

use alloc::sync::Arc;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::follow::{Follower, Unusable};
use crate::change::shared::SharedDirectory;
use crate::directory::store::Directory;
use crate::model::time::Time;

/// Where the facts of a request come from: a [`Directory`], a [`SharedDirectory`] or a [`Follower`]. Implement it for your
/// own, if you keep several directories for example.
///
/// A request is decided on one snapshot. It delays no change: as long as a handler keeps its guard, the snapshot keeps the pages of
/// facts that have changed since.
pub trait Facts<Id>: Send + Sync + 'static {
    /// The facts to decide a request on, at this time. `organization` is what the handler said with
    /// [`Guard::of`](crate::guard::Guard::of), if it did.
    ///
    /// # Errors
    ///
    /// [`Unusable`] if there are no facts to decide on now.
    fn snapshot(self: Arc<Self>, organization: Option<&Id>, now: Time) -> Result<Arc<Directory<Id>>, Unusable>;
}

impl<Id: Send + Sync + 'static> Facts<Id> for Directory<Id> {
    fn snapshot(self: Arc<Self>, _: Option<&Id>, _: Time) -> Result<Arc<Directory<Id>>, Unusable> {
        Ok(self)
    }
}

impl<Id: Send + Sync + 'static> Facts<Id> for SharedDirectory<Id> {
    fn snapshot(self: Arc<Self>, _: Option<&Id>, _: Time) -> Result<Arc<Directory<Id>>, Unusable> {
        Ok(SharedDirectory::snapshot(&self).into())
    }
}

impl<Id: Hash + Ord + Clone + Display + Send + Sync + 'static> Facts<Id> for Follower<Id> {
    fn snapshot(self: Arc<Self>, organization: Option<&Id>, now: Time) -> Result<Arc<Directory<Id>>, Unusable> {
        let organization = organization.ok_or(Unusable::NotNamed)?;
        Follower::snapshot(&self, organization, now).map(Into::into)
    }
}

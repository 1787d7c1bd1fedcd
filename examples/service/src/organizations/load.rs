//! Loads organizations when they are asked for, and drops others.

use std::sync::Arc;

use shipgate::change::{Follower, Unusable};
use shipgate::guard::Facts;
use shipgate::{Directory, Time};

use crate::organizations::memory::bytes;
use crate::organizations::{Error, Organizations};

impl Organizations {
    /// Loads an organization unless it is loaded.
    ///
    /// # Errors
    ///
    /// [`Error::Absent`] if there is none with this id, or why it cannot be loaded.
    pub async fn ensure(&self, organization: &str) -> Result<(), Error> {
        self.require_clock()?;
        if self.is_loaded(organization) {
            self.memory().asked_about(organization);
            return Ok(());
        }
        let _turn = self.loading.lock(organization).await;
        // Somebody else may have loaded it meanwhile.
        if self.is_loaded(organization) {
            return Ok(());
        }
        self.load(organization).await
    }

    /// Whether it is loaded, and has not diverged.
    fn is_loaded(&self, organization: &str) -> bool {
        self.follower.read(&organization.to_owned()).is_some()
    }

    /// Loads an organization, also if it is loaded.
    pub(super) async fn load(&self, organization: &str) -> Result<(), Error> {
        let began = self.clock.now();
        let Some(loaded) = self.database.load(organization).await? else {
            self.drop_organization(organization);
            return Err(Error::Absent);
        };
        self.follower.attach(&loaded.rows, loaded.revision, loaded.last_record, began)?;
        let last = loaded.last_time.map(|at| (loaded.revision, at));
        self.memory().loaded(organization, bytes(&loaded.rows), last);
        self.make_room(organization);
        Ok(())
    }

    /// Drops organizations until the rest is within the bound.
    pub(super) fn make_room(&self, but: &str) {
        loop {
            let dropped = self.memory().to_drop(but);
            match dropped {
                Some(organization) => self.drop_organization(&organization),
                None => return,
            }
        }
    }

    fn drop_organization(&self, organization: &str) {
        self.follower.detach(&organization.to_owned());
        self.memory().dropped(organization);
    }

    /// Drops all organizations. Each is loaded again when it is asked for.
    pub(super) fn drop_all(&self) {
        for read in self.follower.reads() {
            self.drop_organization(read.organization());
        }
    }

    /// An organization as it is now. Load it before.
    ///
    /// # Errors
    ///
    /// [`Error`] if it cannot be decided on now.
    pub fn snapshot(&self, organization: &str) -> Result<Arc<Directory<String>>, Error> {
        Ok(Follower::snapshot(&self.follower, &organization.to_owned(), self.clock.now())?.into())
    }
}

/// What guards decide on. A request is decided at the time at which it came, on what is known now: what was read while it waited
/// for the database counts for it too.
impl Facts<String> for Organizations {
    fn snapshot(self: Arc<Self>, organization: Option<&String>, now: Time) -> Result<Arc<Directory<String>>, Unusable> {
        let organization = organization.ok_or(Unusable::NotNamed)?;
        let now = self.clock.now().max(now);
        Ok(Follower::snapshot(&self.follower, organization, now)?.into())
    }
}

//! The kinds of accounts in all streams: an account is of one kind, in whichever organizations it is a member.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::change::edit::{Edit, Removed};
use crate::change::record::Record;
use crate::directory::rows::Rows;
use crate::model::account::AccountKind;

/// The kind of each account, and of how many organizations it is a member.
#[derive(Debug)]
pub(crate) struct Kinds<Id>(BTreeMap<Id, Known>);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    kind: AccountKind,
    memberships: u32,
}

/// The kinds that a record leaves, of the accounts that it is about.
pub(crate) type Touched<Id> = BTreeMap<Id, Known>;

/// An account, its kind elsewhere, and the kind that it would have.
pub(crate) type OtherKind<Id> = (Id, AccountKind, AccountKind);

impl<Id> Kinds<Id> {
    pub(crate) const fn new() -> Self {
        Self(BTreeMap::new())
    }
}

impl<Id: Ord + Clone> Kinds<Id> {
    /// Puts the members of these rows in the place of the former ones of the organization.
    pub(crate) fn attach(&mut self, former: &[Id], rows: &Rows<Id>) -> Result<(), OtherKind<Id>> {
        let mut touched = Touched::new();
        self.leave_all(&mut touched, former);
        for member in &rows.members {
            self.join(&mut touched, &member.account, member.kind)?;
        }
        self.keep(touched);
        Ok(())
    }

    pub(crate) fn detach(&mut self, members: &[Id]) {
        let mut touched = Touched::new();
        self.leave_all(&mut touched, members);
        self.keep(touched);
    }

    /// What a record leaves. `members` are those of its organization before it.
    pub(crate) fn after(
        &self,
        record: &Record<Id>,
        members: impl Fn() -> Vec<Id>,
    ) -> Result<Touched<Id>, OtherKind<Id>> {
        let mut touched = Touched::new();
        for edit in record.edits() {
            match edit {
                Edit::Member { account, from: None, to: Some(to), .. } => self.join(&mut touched, account, to.kind)?,
                Edit::Member { account, from: Some(_), to: None, .. } => self.leave(&mut touched, account),
                Edit::Member { account, from: Some(_), to: Some(to), .. } => {
                    self.leave(&mut touched, account);
                    self.join(&mut touched, account, to.kind)?;
                }
                Edit::Remove { removed: Removed::Organization, .. } => self.leave_all(&mut touched, &members()),
                Edit::Organization { .. }
                | Edit::Role { .. }
                | Edit::Member { from: None, to: None, .. }
                | Edit::Team { .. }
                | Edit::TeamMember { .. }
                | Edit::ClusterAccess { .. }
                | Edit::ProjectRole { .. }
                | Edit::Project { .. }
                | Edit::Cluster { .. }
                | Edit::Environment { .. }
                | Edit::Remove { removed: Removed::Project(_) | Removed::Cluster(_) | Removed::Team(_), .. } => {}
            }
        }
        Ok(touched)
    }

    pub(crate) fn keep(&mut self, touched: Touched<Id>) {
        for (account, known) in touched {
            if known.memberships == 0 {
                self.0.remove(&account);
            } else {
                self.0.insert(account, known);
            }
        }
    }

    fn join(&self, touched: &mut Touched<Id>, account: &Id, kind: AccountKind) -> Result<(), OtherKind<Id>> {
        let present = self.present(touched, account).filter(|known| known.memberships > 0);
        if let Some(present) = present.filter(|known| known.kind != kind) {
            return Err((account.clone(), present.kind, kind));
        }
        let memberships = present.map_or(0, |known| known.memberships).saturating_add(1);
        touched.insert(account.clone(), Known { kind, memberships });
        Ok(())
    }

    fn leave_all(&self, touched: &mut Touched<Id>, accounts: &[Id]) {
        for account in accounts {
            self.leave(touched, account);
        }
    }

    fn leave(&self, touched: &mut Touched<Id>, account: &Id) {
        if let Some(Known { kind, memberships }) = self.present(touched, account) {
            touched.insert(account.clone(), Known { kind, memberships: memberships.saturating_sub(1) });
        }
    }

    fn present(&self, touched: &Touched<Id>, account: &Id) -> Option<Known> {
        touched.get(account).or_else(|| self.0.get(account)).copied()
    }
}

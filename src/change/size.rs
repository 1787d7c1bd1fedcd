//! The size of a record, as text.

use core::fmt::{self, Display, Write};

use crate::change::Change;
use crate::change::edit::{Edit, EnvironmentState, MemberState, Removed};
use crate::change::record::{Cause, Entry, Record};
use crate::model::custom_role::AnyRole;
use crate::model::grants::Holder;

/// The most bytes that the JSON text of a record has.
pub(crate) const LIMIT: usize = 8 * 1024 * 1024;

/// What the JSON text of one edit or of one change has at most, beside its ids and texts: names, times and permissions.
const FIXED: usize = 768;

/// An upper bound of the bytes of a JSON text. An id counts as the text that it displays.
pub(crate) struct Size(usize);

impl Size {
    pub(crate) fn of_edits<Id: Display>(edits: &[Edit<Id>]) -> Self {
        let mut size = Self(0);
        size.add_edits(edits);
        size
    }

    pub(crate) fn of_record<Id: Display>(record: &Record<Id>) -> Self {
        let mut size = Self(FIXED);
        size.add_each([record.id(), record.organization()]);
        size.add_each(record.previous());
        size.add_each(record.reason());
        for entry in record.entries() {
            size.add_entry(entry);
        }
        size
    }

    pub(crate) const fn fits(&self) -> bool {
        self.0 <= LIMIT
    }

    fn add_entry<Id: Display>(&mut self, entry: &Entry<Id>) {
        self.add_fixed();
        match entry.cause() {
            Cause::CreateOrganization { organization, owner, .. } => self.add_each([organization, owner]),
            Cause::Change { by, change } => {
                self.add(by);
                self.add_change(change);
            }
            Cause::Platform { by, change } => {
                self.add(by);
                self.add_change(change);
            }
        }
        self.add_each(entry.token().into_iter().chain(entry.service_token()));
        self.add_edits(entry.edits());
    }

    /// The ids of a change are those of its question, its parameter and what it creates.
    fn add_change<Id: Display>(&mut self, change: &Change<Id>) {
        match change {
            Change::InviteMember { organization, account, role, .. } => {
                self.add_each([organization, account]);
                self.add_role(role);
            }
            Change::ChangeRole { organization, account, to } => {
                self.add_each([organization, account]);
                self.add_role(to);
            }
            Change::SetExpiry { organization, account, .. }
            | Change::RemoveMember { organization, account }
            | Change::TransferOwnership { organization, account } => self.add_each([organization, account]),
            Change::CreateRole { organization, role: id, .. }
            | Change::CreateTeam { organization, team: id }
            | Change::CreateProject { organization, project: id, .. }
            | Change::ConnectCluster { organization, cluster: id, .. } => self.add_each([organization, id]),
            Change::AddToTeam { team, account } | Change::RemoveFromTeam { team, account } => {
                self.add_each([team, account]);
            }
            Change::SetClusterAccess { cluster: on, holder, .. }
            | Change::SetProjectRole { project: on, holder, .. } => {
                self.add(on);
                self.add_holder(holder);
            }
            Change::UpdateOrganization { organization: id }
            | Change::DeleteOrganization { organization: id }
            | Change::UpdateRole { role: id, .. }
            | Change::DeleteRole { role: id }
            | Change::UpdateTeam { team: id }
            | Change::DeleteTeam { team: id }
            | Change::UpdateProject { project: id, .. }
            | Change::DeleteProject { project: id }
            | Change::UpdateEnvironment { environment: id }
            | Change::DeleteEnvironment { environment: id }
            | Change::SetProtection { environment: id, .. }
            | Change::UpdateCluster { cluster: id, .. }
            | Change::DisconnectCluster { cluster: id } => self.add(id),
            Change::CreateEnvironment { environment, project, cluster, namespace, .. } => {
                self.add_each([environment, project, cluster]);
                self.add(namespace);
            }
            Change::Retarget { environment, cluster, namespace } => {
                self.add_each([environment, cluster]);
                self.add_each(namespace);
            }
        }
    }

    fn add_edits<Id: Display>(&mut self, edits: &[Edit<Id>]) {
        for edit in edits {
            self.add_fixed();
            self.add(edit.organization());
            match edit {
                Edit::Organization { .. } => {}
                Edit::Role { role: id, .. }
                | Edit::Team { team: id, .. }
                | Edit::Project { project: id, .. }
                | Edit::Cluster { cluster: id, .. } => self.add(id),
                Edit::Member { account, from, to, .. } => {
                    self.add(account);
                    for MemberState { role, .. } in from.iter().chain(to) {
                        self.add_role(role);
                    }
                }
                Edit::TeamMember { team, account, .. } => self.add_each([team, account]),
                Edit::ClusterAccess { cluster: on, holder, .. } | Edit::ProjectRole { project: on, holder, .. } => {
                    self.add(on);
                    self.add_holder(holder);
                }
                Edit::Environment { environment, from, to, .. } => {
                    self.add(environment);
                    for EnvironmentState { project, cluster, namespace, .. } in from.iter().chain(to) {
                        self.add_each([project, cluster]);
                        self.add(namespace);
                    }
                }
                Edit::Remove { removed, restore, .. } => {
                    match removed {
                        Removed::Organization => {}
                        Removed::Project(id) | Removed::Cluster(id) | Removed::Team(id) => self.add(id),
                    }
                    self.add_edits(restore.as_deref().unwrap_or_default());
                }
            }
        }
    }

    fn add_role<Id: Display>(&mut self, role: &AnyRole<Id>) {
        match role {
            AnyRole::BuiltIn(_) => {}
            AnyRole::Custom(id) => self.add(id),
        }
    }

    fn add_holder<Id: Display>(&mut self, holder: &Holder<Id>) {
        match holder {
            Holder::Account(id) | Holder::Team(id) => self.add(id),
        }
    }

    fn add_each<T: Display>(&mut self, texts: impl IntoIterator<Item = T>) {
        for text in texts {
            self.add(&text);
        }
    }

    fn add<T: Display + ?Sized>(&mut self, text: &T) {
        // Counting cannot fail, and a `Display` that does writes a shorter text.
        let _ = write!(self, "{text}");
    }

    const fn add_fixed(&mut self) {
        self.0 = self.0.saturating_add(FIXED);
    }
}

/// Counts each character as JSON may escape it.
impl Write for Size {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let escaped = text.bytes().map(|byte| match byte {
            b'"' | b'\\' => 2,
            0..=0x1f => 6,
            _ => 1,
        });
        self.0 = escaped.fold(self.0, usize::saturating_add);
        Ok(())
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests;

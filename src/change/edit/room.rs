//! Whether what edits add can be numbered.

use crate::change::edit::Edit;
use crate::change::error::ChangeError;
use crate::directory::store::Directory;
use crate::model::grants::Holder;

/// How many numbers edits need of each kind, at most.
#[derive(Default)]
struct Needs {
    organizations: u32,
    roles: u32,
    teams: u32,
    places: u32,
    memberships: u32,
}

impl<Id> Directory<Id> {
    /// Fails if there are no numbers for all that edits add.
    pub(crate) fn require_room_for(&self, edits: &[Edit<Id>]) -> Result<(), ChangeError> {
        if self.has_room_for(edits) { Ok(()) } else { Err(ChangeError::Full) }
    }

    /// Whether there are numbers for all that edits add, so that applying them cannot fail.
    pub(crate) fn has_room_for(&self, edits: &[Edit<Id>]) -> bool {
        let mut needs = Needs::default();
        for edit in edits {
            needs.count(edit);
        }
        self.numbers.organizations.have_room_for(needs.organizations)
            && self.numbers.roles.have_room_for(needs.roles)
            && self.numbers.teams.have_room_for(needs.teams)
            && self.numbers.places.have_room_for(needs.places)
            && self.members.have_room_for(needs.memberships)
    }
}

impl Needs {
    fn count<Id>(&mut self, edit: &Edit<Id>) {
        let needed = match edit {
            Edit::Organization { from: None, to: Some(_), .. } => &mut self.organizations,
            Edit::Role { from: None, to: Some(_), .. } => &mut self.roles,
            Edit::Team { from: None, to: Some(_), .. } => &mut self.teams,
            Edit::Project { from: None, to: Some(_), .. } | Edit::Cluster { from: None, to: Some(_), .. } => {
                &mut self.places
            }
            Edit::Member { to: Some(_), .. }
            | Edit::TeamMember { to: Some(_), .. }
            | Edit::ClusterAccess { holder: Holder::Account(_), to: Some(_), .. }
            | Edit::ProjectRole { holder: Holder::Account(_), to: Some(_), .. } => &mut self.memberships,
            // What is taken away needs no number.
            Edit::Member { to: None, .. }
            | Edit::TeamMember { to: None, .. }
            | Edit::Organization { .. }
            | Edit::Role { .. }
            | Edit::Team { .. }
            | Edit::Project { .. }
            | Edit::Cluster { .. }
            | Edit::ClusterAccess { .. }
            | Edit::ProjectRole { .. }
            | Edit::Environment { .. }
            | Edit::Remove { .. } => return,
        };
        *needed = needed.saturating_add(1);
    }
}

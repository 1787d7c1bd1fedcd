//! What records hold to: applied in their order they lead to the same facts, and in no other; what does not fit changes
//! nothing.

use shipgate::change::{ApplyError, Edit, Record};
use shipgate::{Account, Cluster, CustomRole, Directory, Environment, Project, Team};

use super::model::Model;
use super::rows::{load, read};
use super::twin::Twin;
use crate::oracle::Id;

impl Twin {
    /// From each state that was, loaded at its revisions, the records that followed lead to each state that followed.
    pub(crate) fn follows_its_records(&self) {
        for (start, (model, _)) in self.before.iter().enumerate() {
            self.leads_on(load(model), start);
        }
    }

    /// From this directory, the records from `start` on lead to each state that followed.
    pub(crate) fn leads_on(&self, mut follower: Directory<Id>, start: usize) {
        for (record, after) in self.records.iter().zip(self.after()).skip(start) {
            assert_eq!(follower.apply(record), Ok(()), "{record:?}");
            assert!(follower == *after, "after {record:?}: {follower:?}, not {after:?}");
        }
    }

    /// A record that skips or repeats one of its organization is refused, and nothing changes. One whose turn it is, though
    /// records of other organizations came before it, fits or changes nothing.
    pub(crate) fn refuses_records_out_of_turn(&self) {
        let last = (&self.model, &self.directory);
        let states = self.before.iter().map(|(model, directory)| (model, directory)).chain([last]);
        for (turn, (model, state)) in states.enumerate() {
            for (_, record) in self.records.iter().enumerate().filter(|(index, _)| *index != turn) {
                if let Some(refused) = out_of_turn(model, record) {
                    let mut follower = state.clone();
                    assert_eq!(follower.apply(record), Err(refused), "{record:?}");
                    assert!(follower == *state, "refused, yet something changed: {record:?}");
                } else {
                    applied_or_refused(state, record);
                }
            }
        }
    }

    /// A record that is applied to facts which it was not made on is refused, or leads to facts that stand by themselves.
    pub(crate) fn refuses_records_of_other_facts<'m>(&self, others: impl Iterator<Item = &'m Model>) {
        for other in others {
            for record in &self.records {
                let (revision, last) = (record.revision() - 1, record.previous().copied());
                let other = other.clone().at_record(*record.organization(), revision, last);
                applied_or_refused(&load(&other), record);
            }
        }
    }

    pub(crate) fn after(&self) -> impl Iterator<Item = &Directory<Id>> {
        self.before.iter().skip(1).map(|(_, directory)| directory).chain([&self.directory])
    }
}

/// Why it is not the turn of a record.
fn out_of_turn(model: &Model, record: &Record<Id>) -> Option<ApplyError> {
    let (number, organization) = (record.revision(), record.organization());
    let name = format!("\"{organization}\"");
    if !model.world.organizations.contains(organization) {
        let founds = matches!(record.edits().next(), Some(Edit::Organization { to: Some(_), .. }));
        let not_loaded =
            (number != 1 || !founds).then(|| ApplyError::NotLoaded { organization: name.clone(), record: number });
        let follows = record.previous().map(|_| ApplyError::OtherPredecessor { organization: name, record: number });
        return not_loaded.or(follows);
    }
    let present = model.revision(*organization);
    if number != present + 1 {
        return Some(ApplyError::Skips { organization: name, record: number, present });
    }
    let last = model.streams.get(organization).map(|(_, last)| last);
    (record.previous() != last).then_some(ApplyError::OtherPredecessor { organization: name, record: number })
}

/// Whether a record fits. If it does, the directory is what loading its rows gives; if not, it is as it was.
pub(crate) fn applied_or_refused(directory: &Directory<Id>, record: &Record<Id>) -> bool {
    let mut follower = directory.clone();
    match follower.apply(record) {
        Ok(()) => {
            assert_eq!(out_of_turn(&read(directory), record), None, "{record:?} on {directory:?}");
            let is_there = follower.organization(record.organization()).is_some();
            assert_eq!(follower.revision(record.organization()), is_there.then_some(record.revision()), "{record:?}");
            assert_eq!(follower.last_record(record.organization()), is_there.then_some(record.id()), "{record:?}");
            assert!(follower == load(&read(&follower)), "{record:?} on {directory:?}: {follower:?}");
            let mut edits = record.edits();
            assert!(edits.all(|edit| keeps_what_never_changes(directory, edit)), "{record:?} on {directory:?}");
            true
        }
        Err(error) => {
            let other = ["OtherOrganization", "Differs", "OtherEdits"];
            let expected = match out_of_turn(&read(directory), record) {
                Some(expected) => error == expected,
                None => other.iter().any(|name| format!("{error:?}").starts_with(name)),
            };
            assert!(expected, "{error:?} of {record:?}");
            assert!(follower == *directory, "refused, yet something changed: {record:?} on {directory:?}");
            false
        }
    }
}

/// Of a member the kind, of a role the rank, of an environment the project, and of all that is there the organization.
fn keeps_what_never_changes(before: &Directory<Id>, edit: &Edit<Id>) -> bool {
    let owner = match edit {
        Edit::Role { role, .. } => before.role(role).map(CustomRole::organization),
        Edit::Team { team, .. } | Edit::TeamMember { team, .. } => before.team(team).map(Team::organization),
        Edit::Project { project, .. } | Edit::ProjectRole { project, .. } => {
            before.project(project).map(Project::organization)
        }
        Edit::Cluster { cluster, .. } | Edit::ClusterAccess { cluster, .. } => {
            before.cluster(cluster).map(Cluster::organization)
        }
        Edit::Environment { environment, .. } => before.environment(environment).map(Environment::organization),
        Edit::Organization { .. } | Edit::Member { .. } | Edit::Remove { .. } => None,
    };
    let keeps_its_nature = match edit {
        Edit::Role { from: Some(from), to: Some(to), .. } => from.definition.rank() == to.definition.rank(),
        Edit::Member { account, to: Some(to), .. } => {
            before.account(account).map(Account::kind).is_none_or(|kind| kind == to.kind)
        }
        Edit::Environment { from: Some(from), to: Some(to), .. } => from.project == to.project,
        _ => true,
    };
    owner.is_none_or(|owner| owner == edit.organization()) && keeps_its_nature
}

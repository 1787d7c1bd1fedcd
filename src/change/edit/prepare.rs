//! Prepares edits: makes every clone that applying them needs, before anything changes.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::Hash;

use crate::change::edit::step::Step;
use crate::change::edit::{ClusterState, Edit, ProjectState};
use crate::change::plan::removal::are_inverse;
use crate::directory::store::Directory;
use crate::model::fact::{ClusterFact, ProjectFact};
use crate::model::grants::{Grants, Holder};
use crate::model::project::Visibility;

/// An edit that is ready to be applied: without a clone, unless other versions have what it changes.
pub(crate) struct Prepared<Id> {
    step: Step<Id>,
    /// The new grants of teams, each at the last edit that changes them: all members of a team share them.
    shared: Vec<(Id, Arc<Grants<Id>>)>,
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    pub(crate) fn carry_out(&mut self, prepared: Prepared<Id>) {
        self.take(prepared.step);
        for (team, grants) in prepared.shared {
            self.share_grants(&team, grants);
        }
    }
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// Prepares edits that are to be applied one after the other: one removal, or edits of rows.
    pub(crate) fn prepare(&self, edits: &[Edit<Id>]) -> Vec<Prepared<Id>> {
        match edits {
            [Edit::Remove { organization, removed, .. }] => {
                Vec::from([Prepared::each(self.prepare_rows(&self.rows_of_removal(organization, removed)))])
            }
            rows => self.prepare_rows(rows),
        }
    }

    /// Prepares edits, each with what undoes it. `None` for a removal that says wrongly how to add again what is there.
    pub(crate) fn prepare_with_undo(&self, edits: &[Edit<Id>]) -> Option<Vec<(Prepared<Id>, Prepared<Id>)>> {
        let [Edit::Remove { organization, removed, restore }] = edits else {
            return Some(self.prepare_rows(edits).into_iter().zip(self.prepare_undo(edits)).collect());
        };
        let rows = self.rows_of_removal(organization, removed);
        if restore.as_ref().is_some_and(|restore| !are_inverse(restore, &rows)) {
            return None;
        }
        let mut undo = self.prepare_undo(&rows);
        undo.reverse();
        Some(Vec::from([(Prepared::each(self.prepare_rows(&rows)), Prepared::each(undo))]))
    }

    fn prepare_rows(&self, edits: &[Edit<Id>]) -> Vec<Prepared<Id>> {
        let mut later = Later::of(self);
        for (place, edit) in edits.iter().enumerate() {
            later.apply(place, edit);
        }
        let mut teams = later.teams;
        let mut prepared: Vec<_> = edits.iter().map(Prepared::of).collect();
        while let Some((team, changed)) = teams.pop_first() {
            if let Some(prepared) = prepared.get_mut(changed.last) {
                prepared.shared.push((team.clone(), Arc::new(changed.grants)));
            }
        }
        prepared
    }

    /// Prepares what undoes edits of rows, in the order of the edits, while they are not applied yet.
    fn prepare_undo(&self, edits: &[Edit<Id>]) -> Vec<Prepared<Id>> {
        let mut restored: BTreeSet<&Id> = BTreeSet::new();
        let undo = edits.iter().map(|edit| {
            let mut prepared = Prepared::of(&edit.inverse());
            for team in self.teams_of_edit(edit) {
                // The first edit is the last to be undone.
                if restored.insert(team)
                    && let Some(present) = self.teams.get(team)
                {
                    prepared.shared.push((team.clone(), Arc::clone(present.grants())));
                }
            }
            prepared
        });
        undo.collect()
    }

    /// The teams whose grants an edit changes.
    fn teams_of_edit<'a>(&'a self, edit: &'a Edit<Id>) -> Vec<&'a Id> {
        match edit {
            Edit::ClusterAccess { holder: Holder::Team(team), .. }
            | Edit::ProjectRole { holder: Holder::Team(team), .. } => [team].into(),
            Edit::Project { project, .. } => {
                self.index.projects.get(project).into_iter().flat_map(|index| index.team_roles.keys()).collect()
            }
            Edit::Cluster { cluster, .. } => {
                self.index.clusters.get(cluster).into_iter().flat_map(|index| index.team_overrides.keys()).collect()
            }
            Edit::ClusterAccess { holder: Holder::Account(_), .. }
            | Edit::ProjectRole { holder: Holder::Account(_), .. }
            | Edit::Organization { .. }
            | Edit::Role { .. }
            | Edit::Member { .. }
            | Edit::Team { .. }
            | Edit::TeamMember { .. }
            | Edit::Environment { .. }
            | Edit::Remove { .. } => Vec::new(),
        }
    }
}

/// What edits lead to, as far as later edits need to know.
struct Later<'a, Id> {
    directory: &'a Directory<Id>,
    projects: BTreeMap<&'a Id, &'a ProjectState>,
    clusters: BTreeMap<&'a Id, &'a ClusterState>,
    teams: BTreeMap<&'a Id, Changed<Id>>,
}

/// The grants of a team after the edits, and the place of the last edit that changes them.
struct Changed<Id> {
    grants: Grants<Id>,
    last: usize,
}

impl<'a, Id: Hash + Ord + Clone> Later<'a, Id> {
    const fn of(directory: &'a Directory<Id>) -> Self {
        Self { directory, projects: BTreeMap::new(), clusters: BTreeMap::new(), teams: BTreeMap::new() }
    }

    fn apply(&mut self, place: usize, edit: &'a Edit<Id>) {
        match edit {
            Edit::Project { project, from, to: Some(to), .. } => {
                self.projects.insert(project, to);
                if from.is_some() {
                    let present = self.directory.index.projects.get(project);
                    let teams = present.into_iter().flat_map(|index| index.team_roles.keys());
                    self.each_team(place, teams, |grants| grants.set_project_visibility(project, to.visibility));
                }
            }
            Edit::Cluster { cluster, from, to: Some(to), .. } => {
                self.clusters.insert(cluster, to);
                if from.is_some() {
                    let present = self.directory.index.clusters.get(cluster);
                    let teams = present.into_iter().flat_map(|index| index.team_overrides.keys());
                    self.each_team(place, teams, |grants| grants.set_cluster_visibility(cluster, to.visibility));
                }
            }
            Edit::ClusterAccess { cluster, holder: Holder::Team(team), to, .. } => {
                let state = self.clusters.get(cluster).map(|state| state.visibility);
                let present = || self.directory.cluster_fact(cluster).map(ClusterFact::visibility);
                let visibility = state.or_else(present).unwrap_or(Visibility::Organization);
                self.team(place, team).replace_cluster_access(cluster.clone(), visibility, *to);
            }
            Edit::ProjectRole { project, holder: Holder::Team(team), to, .. } => {
                let state = self.projects.get(project).map(|state| state.visibility);
                let present = || self.directory.project_fact(project).map(ProjectFact::visibility);
                let visibility = state.or_else(present).unwrap_or(Visibility::Organization);
                self.team(place, team).replace_project_role(project.clone(), visibility, *to);
            }
            Edit::Project { to: None, .. }
            | Edit::Cluster { to: None, .. }
            | Edit::ClusterAccess { holder: Holder::Account(_), .. }
            | Edit::ProjectRole { holder: Holder::Account(_), .. }
            | Edit::Organization { .. }
            | Edit::Role { .. }
            | Edit::Member { .. }
            | Edit::Team { .. }
            | Edit::TeamMember { .. }
            | Edit::Environment { .. }
            | Edit::Remove { .. } => {}
        }
    }

    /// Changes the grants of these teams, and of those that the edits before this one have changed.
    fn each_team(&mut self, place: usize, teams: impl Iterator<Item = &'a Id>, change: impl Fn(&mut Grants<Id>)) {
        let teams: BTreeSet<&Id> = teams.chain(self.teams.keys().copied()).collect();
        for team in teams {
            change(self.team(place, team));
        }
    }

    fn team(&mut self, place: usize, team: &'a Id) -> &mut Grants<Id> {
        let directory = self.directory;
        let present = || directory.teams.get(team).map(|team| Grants::clone(team.grants())).unwrap_or_default();
        let changed = self.teams.entry(team).or_insert_with(|| Changed { grants: present(), last: place });
        changed.last = place;
        &mut changed.grants
    }
}

impl<Id: Clone> Prepared<Id> {
    fn of(edit: &Edit<Id>) -> Self {
        Self { step: Step::of(edit), shared: Vec::new() }
    }

    const fn each(rows: Vec<Self>) -> Self {
        Self { step: Step::Each(rows), shared: Vec::new() }
    }
}

//! The end of loading: what was logged goes to the index, in order.

use core::fmt::Display;
use core::hash::Hash;
use core::hint;

use super::DirectoryBuilder;
use crate::directory::list::List;
use crate::directory::load::log::Log;
use crate::directory::members::AccountRecord;
use crate::directory::numbers::Place;
use crate::directory::rows::Rows;
use crate::directory::store::Directory;

impl<Id: Hash + Ord + Clone + Display> DirectoryBuilder<Id> {
    /// The directory.
    #[must_use]
    pub fn build(self) -> Directory<Id> {
        let Self { mut directory, members, clusters, projects, environments, overrides, project_roles, stages } = self;
        let Directory { teams, numbers, index, .. } = &mut directory;
        index.shrink_to_fit();
        let organization = |number: u32| numbers.organization_id(number);
        let place = |number: u32| numbers.places.get(number).map(Place::id);
        let organizations = &mut index.organizations;
        for_each(members, organization, |id, list| organizations.change(id, |of| of.members = list));
        for_each(clusters, organization, |id, list| organizations.change(id, |of| of.clusters = list.into()));
        for_each(projects, organization, |id, list| organizations.change(id, |of| of.projects = list.into()));
        for_each(environments, organization, |id, list| organizations.change(id, |of| of.environments = list.into()));
        for_each(overrides, place, |id, list| index.clusters.change(id, |of| of.overrides = list));
        for_each(project_roles, place, |id, list| index.projects.change(id, |of| of.roles = list));
        for_each(stages, place, |id, list| index.projects.change(id, |of| of.set_environments(list, place)));
        for team in teams.iter() {
            let of = index.teams.get::<Id>(team.id());
            if let (Some(of), Some(organization)) = (of, index.organizations.get_mut::<Id>(team.organization())) {
                organization.set_in_teams(&of.members);
            }
        }
        directory.members.shrink_to_fit();
        directory.numbers.shrink_to_fit();
        directory.close();
        directory
    }

    /// Reads what a row of this account will read, so that the wait for it begins now.
    pub(crate) fn look_up_account(&self, id: &Id) {
        hint::black_box(self.directory.members.accounts.get::<Id>(id).map(AccountRecord::first_word));
    }

    /// Makes room for rows, so that nothing has to grow while they are added.
    pub(crate) fn reserve(&mut self, rows: &RowCounts) {
        let Directory { members, organizations, clusters, projects, environments, numbers, index, .. } =
            &mut self.directory;
        organizations.reserve(rows.organizations);
        index.organizations.reserve(rows.organizations);
        numbers.organizations.reserve(rows.organizations);
        // Accounts are not counted. On few platforms an account has more than two memberships.
        members.accounts.reserve(rows.members / 2);
        clusters.reserve(rows.clusters);
        index.clusters.reserve(rows.clusters);
        projects.reserve(rows.projects);
        index.projects.reserve(rows.projects);
        numbers.places.reserve(rows.clusters.saturating_add(rows.projects));
        environments.reserve(rows.environments);
        self.members.reserve(rows.members);
        self.clusters.reserve(rows.clusters);
        self.projects.reserve(rows.projects);
        self.environments.reserve(rows.environments);
        self.overrides.reserve(rows.cluster_access);
        self.project_roles.reserve(rows.project_roles);
        self.stages.reserve(rows.environments);
    }
}

/// How many rows there will be, of those of which there are many.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RowCounts {
    pub(crate) organizations: usize,
    pub(crate) members: usize,
    pub(crate) clusters: usize,
    pub(crate) cluster_access: usize,
    pub(crate) projects: usize,
    pub(crate) project_roles: usize,
    pub(crate) environments: usize,
}

impl RowCounts {
    pub(crate) fn of<Id>(rows: &Rows<Id>) -> Self {
        Self {
            organizations: rows.organizations.len(),
            members: rows.members.len(),
            clusters: rows.clusters.len(),
            cluster_access: rows.cluster_access.len(),
            projects: rows.projects.len(),
            project_roles: rows.project_roles.len(),
            environments: rows.environments.len(),
        }
    }
}

/// Hands out the list of each thing, by its id.
fn for_each<'a, Id: Ord + 'a, V>(
    log: Log<Id, V>,
    id: impl Fn(u32) -> Option<&'a Id>,
    mut give: impl FnMut(&'a Id, List<Id, V>),
) {
    for (number, list) in log.into_lists() {
        if let Some(id) = id(number) {
            give(id, list);
        }
    }
}

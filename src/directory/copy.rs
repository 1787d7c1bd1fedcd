//! Copies of one organization, whose numbers are others in the copy.

use alloc::collections::BTreeMap;
use core::hash::Hash;

use crate::directory::entry::{At, Entry};
use crate::directory::index::{OrganizationIndex, Stage};
use crate::directory::members::AccountRecord;
use crate::directory::members::given::{GivenList, Held, HeldRef};
use crate::directory::members::line::Line;
use crate::directory::members::terms::Terms;
use crate::directory::numbers::{Number, Numbers};
use crate::directory::store::Directory;
use crate::directory::table::Table;
use crate::model::sorted::Keyed;

/// The numbers in a copy, by those in the directory that was copied.
#[derive(Default)]
struct Renumbered {
    organization: u32,
    roles: BTreeMap<u32, u32>,
    teams: BTreeMap<u32, u32>,
    places: BTreeMap<u32, u32>,
}

impl<Id: Hash + Ord + Clone> Directory<Id> {
    /// Copies an organization, with all that belongs to it, from a directory into this one, which is empty.
    pub(crate) fn copy_organization(&mut self, from: &Self, id: &Id) {
        let Some(index) = from.index.organizations.get::<Id>(id) else { return };
        let mut numbers = Renumbered::default();
        if let Some(Entry { fact, .. }) = from.organizations.get::<Id>(id).cloned() {
            numbers.organization = self.numbers.add_organization(id.clone()).unwrap_or_default();
            self.organizations.set(Entry { fact, number: numbers.organization });
        }
        self.copy_roles_and_teams(from, index, &mut numbers);
        self.copy_places(from, index, &mut numbers);
        self.copy_team_grants(from, index, &numbers);
        self.copy_members(from, index, &numbers);
        copy(&from.index.organizations.0, &mut self.index.organizations.0, [id]);
        copy(&from.index.roles.0, &mut self.index.roles.0, &index.roles);
        copy(&from.index.teams.0, &mut self.index.teams.0, &index.teams);
        copy(&from.index.projects.0, &mut self.index.projects.0, &index.projects);
        copy(&from.index.clusters.0, &mut self.index.clusters.0, &index.clusters);
        self.renumber_projects(index, &numbers);
    }

    /// Gives the projects of the index, and the clusters of their environments, the numbers that they have here.
    fn renumber_projects(&mut self, index: &OrganizationIndex<Id>, numbers: &Renumbered) {
        for id in &index.projects {
            let Some(project) = self.index.projects.get_mut::<Id>(id) else { continue };
            project.number = numbers.place(project.number);
            let stages = project.environments.iter();
            let stages = stages
                .map(|(id, stage)| (id.clone(), Stage { cluster: numbers.place(stage.cluster), ..stage.clone() }));
            project.environments = stages.collect();
        }
    }

    fn copy_roles_and_teams(&mut self, from: &Self, index: &OrganizationIndex<Id>, numbers: &mut Renumbered) {
        for Entry { fact, number } in index.roles.iter().filter_map(|id| from.roles.get::<Id>(id)).cloned() {
            let Some(new) = self.numbers.roles.add(fact.id().clone()) else { continue };
            numbers.roles.insert(number, new);
            self.roles.set(Entry { fact, number: new });
        }
        for team in index.teams.iter().filter_map(|id| from.teams.get::<Id>(id)).cloned() {
            let Some(new) = self.numbers.add_team(team.id().clone(), numbers.organization) else { continue };
            numbers.teams.insert(team.number(), new);
            self.teams.set(team.numbered(new));
        }
    }

    fn copy_places(&mut self, from: &Self, index: &OrganizationIndex<Id>, numbers: &mut Renumbered) {
        let place = |place: u32, to: &mut Numbers<Id>, numbers: &mut Renumbered| {
            let new = from
                .numbers
                .places
                .get(place)
                .and_then(|place| to.add_place(place.without_grants()))
                .unwrap_or_default();
            numbers.places.insert(place, new);
        };
        for Entry { fact, number } in index.projects.iter().filter_map(|id| from.projects.get::<Id>(id)).cloned() {
            place(number.project, &mut self.numbers, numbers);
            self.projects.set(Entry::placed(fact, numbers.at(number)));
        }
        for Entry { fact, number } in index.clusters.iter().filter_map(|id| from.clusters.get::<Id>(id)).cloned() {
            place(number.cluster, &mut self.numbers, numbers);
            self.clusters.set(Entry::placed(fact, numbers.at(number)));
        }
        let environments = index.environments.iter().filter_map(|id| from.environments.get::<Id>(id));
        for environment in environments.cloned() {
            self.environments.set(environment.numbered(|at| numbers.at(at)));
        }
    }

    fn copy_team_grants(&mut self, from: &Self, index: &OrganizationIndex<Id>, numbers: &Renumbered) {
        for team in index.teams.iter().filter_map(|id| from.teams.get::<Id>(id)) {
            let Some(present) = from.numbers.teams.get(team.number()) else { continue };
            let new = numbers.teams.get(&team.number()).copied().unwrap_or_default();
            let Held { overrides, project_roles } = numbers.held(present.held());
            for given in overrides.iter() {
                self.numbers.set_team_access(new, given.on, Some(given.grant));
            }
            for given in project_roles.iter() {
                self.numbers.set_team_role(new, given.on, Some(given.grant));
            }
        }
    }

    fn copy_members(&mut self, from: &Self, index: &OrganizationIndex<Id>, numbers: &Renumbered) {
        let organization = from.organizations.get::<Id>(index.id()).map_or(0, |organization| organization.number);
        for account in index.members.keys().filter_map(|id| from.members.accounts.get::<Id>(id)) {
            let word = from.members.word(account, organization);
            let line = self.line(from.members.terms(word), from, (organization, numbers));
            let copied = AccountRecord::new(account.id().clone());
            self.members.join(account.id(), copied, (numbers.organization, line), &self.numbers);
        }
    }
}

impl<Id: Ord> Directory<Id> {
    /// The line of a membership in an organization, which has another number in `from`, with the numbers of this directory.
    fn line(&self, terms: Terms<'_>, from: &Self, (organization, numbers): (u32, &Renumbered)) -> Line {
        let mut copy = match terms {
            Terms::Word(word) => Line::new(word.kind()),
            Terms::Line(line) => Line::new(line.kind),
        };
        let custom = terms.line().and_then(|line| numbers.roles.get(&line.custom)).copied().unwrap_or_default();
        (copy.role, copy.custom, copy.expires_at) = (terms.role(), custom, terms.expires_at());
        copy.change_teams(|teams| {
            for team in terms.teams().numbers(from.numbers.teams_by_slot(organization)) {
                if let Some(new) = numbers.teams.get(&team) {
                    teams.join(*new, &self.numbers);
                }
            }
        });
        copy.change_own(&self.numbers, |held| {
            *held = match terms.own() {
                HeldRef::Few(few) => numbers.held(&Held::of_few(few, &from.numbers.places)),
                HeldRef::Lists(lists) => numbers.held(lists),
            };
        });
        copy
    }
}

impl Renumbered {
    fn at(&self, at: At) -> At {
        let place = |place: u32| self.places.get(&place).copied().unwrap_or_default();
        At { organization: self.organization, project: place(at.project), cluster: place(at.cluster), ..at }
    }

    fn place(&self, Number(place): Number) -> Number {
        Number(self.places.get(&place).copied().unwrap_or_default())
    }

    fn held(&self, held: &Held) -> Held {
        Held { overrides: self.list(&held.overrides), project_roles: self.list(&held.project_roles) }
    }

    fn list<T: Copy>(&self, list: &GivenList<T>) -> GivenList<T> {
        let mut list = list.clone();
        list.for_each_mut(|given| given.on = self.places.get(&given.on).copied().unwrap_or_default());
        list
    }
}

/// Copies facts from one table to another.
fn copy<'a, T: Keyed<Key: Hash + Ord + 'a> + Clone>(
    from: &Table<T>,
    to: &mut Table<T>,
    ids: impl IntoIterator<Item = &'a T::Key>,
) {
    ids.into_iter().filter_map(|id| from.get::<T::Key>(id)).for_each(|fact| to.set(fact.clone()));
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::{AccountKind, Action, ClusterAccess, Grant, Holder, Protection, Role, SubjectId, Visibility};

    #[test]
    fn a_copy_lists_what_the_directory_does() {
        let mut rows = Directory::<u64>::builder();
        for id in 0..3 {
            rows.organization(id).unwrap();
            rows.member(&id, 7, AccountKind::User, Role::Viewer, None).unwrap();
            for cluster in [id * 10, id * 10 + 1] {
                rows.cluster(cluster, &id, Visibility::Members).unwrap();
            }
            rows.project(id, &id, Visibility::Organization).unwrap();
            for environment in [id * 10, id * 10 + 1] {
                rows.environment(environment, &id, &environment, "web", Protection::NONE).unwrap();
            }
            rows.cluster_access(&(id * 10 + 1), Holder::Account(&7), Grant::new(ClusterAccess::View)).unwrap();
        }
        let directory = rows.build();
        let visible = |directory: &Directory<u64>| -> Vec<u64> {
            directory.what_may(SubjectId::new(&7)).environments(Action::View, &2).map(|(id, _)| *id).collect()
        };
        let mut copy = Directory::new();
        copy.copy_organization(&directory, &2);
        assert_eq!((visible(&directory), visible(&copy)), ([21].into(), [21].into()));
    }
}

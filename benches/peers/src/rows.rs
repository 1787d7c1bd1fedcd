//! The rows that every engine loads, and what is found in them by id.

use std::collections::{BTreeMap, HashSet};
use std::ops::{Index, IndexMut};

use shipgate::directory::{self, ClusterAccessRow, ClusterRow, ProjectRow};
use shipgate::{AccountKind, Holder};

pub type Id = u64;
pub type Rows = directory::Rows<Id>;

/// An override: the level of a member or a team on a cluster.
pub type Access = ClusterAccessRow<Id>;

/// Something for each id of one kind. Ids are small, so that each is a place.
#[derive(Clone, Debug)]
pub struct ById<T>(Vec<Option<T>>);

impl<T> ById<T> {
    fn place(id: Id) -> usize {
        usize::try_from(id).expect("ids are small")
    }
}

impl<T> ById<T> {
    /// What there is for an id, if there is anything.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&T> {
        self.0.get(Self::place(id))?.as_ref()
    }
}

impl<T> FromIterator<(Id, T)> for ById<T> {
    fn from_iter<I: IntoIterator<Item = (Id, T)>>(all: I) -> Self {
        let mut places = Vec::new();
        for (id, one) in all {
            let place = Self::place(id);
            if places.len() <= place {
                places.resize_with(place + 1, || None);
            }
            places[place] = Some(one);
        }
        Self(places)
    }
}

/// # Panics
///
/// For an id that there is not: engines are asked about what they have loaded.
impl<T> Index<Id> for ById<T> {
    type Output = T;

    fn index(&self, id: Id) -> &T {
        self.0[Self::place(id)].as_ref().expect("there is such an id")
    }
}

/// # Panics
///
/// For an id that there is not.
impl<T> IndexMut<Id> for ById<T> {
    fn index_mut(&mut self, id: Id) -> &mut T {
        self.0[Self::place(id)].as_mut().expect("there is such an id")
    }
}

/// Every account that is a member of some organization, in the order of their ids, each with its kind.
#[must_use]
pub fn accounts(rows: &Rows) -> BTreeMap<Id, AccountKind> {
    rows.members.iter().map(|row| (row.account, row.kind)).collect()
}

#[must_use]
pub fn clusters(rows: &Rows) -> ById<&ClusterRow<Id>> {
    rows.clusters.iter().map(|row| (row.id, row)).collect()
}

#[must_use]
pub fn projects(rows: &Rows) -> ById<&ProjectRow<Id>> {
    rows.projects.iter().map(|row| (row.id, row)).collect()
}

/// How many environments each project has.
#[must_use]
pub fn environments_by_project(rows: &Rows) -> ById<u32> {
    count(rows.projects.iter().map(|row| row.id), rows.environments.iter().map(|row| row.project))
}

/// How many environments deploy to each cluster.
#[must_use]
pub fn environments_by_cluster(rows: &Rows) -> ById<u32> {
    count(rows.clusters.iter().map(|row| row.id), rows.environments.iter().map(|row| row.cluster))
}

/// How many members each team has.
#[must_use]
pub fn members_by_team(rows: &Rows) -> ById<u32> {
    count(rows.teams.iter().map(|row| row.id), rows.team_members.iter().map(|row| row.team))
}

/// How many members have each custom role.
#[must_use]
pub fn members_by_role(rows: &Rows) -> ById<u32> {
    count(rows.roles.iter().map(|row| row.id), rows.members.iter().filter_map(|row| row.role.custom()))
}

fn count(ids: impl Iterator<Item = Id>, each: impl Iterator<Item = Id>) -> ById<u32> {
    let mut counts: ById<u32> = ids.map(|id| (id, 0)).collect();
    for id in each {
        counts[id] += 1;
    }
    counts
}

/// The teams that each account is in, with the organization of each.
#[must_use]
pub fn teams_by_account(rows: &Rows) -> BTreeMap<Id, Vec<(Id, Id)>> {
    let organizations: ById<Id> = rows.teams.iter().map(|row| (row.id, row.organization)).collect();
    let mut teams: BTreeMap<Id, Vec<(Id, Id)>> = BTreeMap::new();
    for row in &rows.team_members {
        teams.entry(row.account).or_default().push((organizations[row.team], row.team));
    }
    teams
}

/// Who has an override in which organization, of their own or by a team.
#[must_use]
pub fn overridden(rows: &Rows) -> HashSet<(Id, Id)> {
    let (clusters, teams) = (clusters(rows), teams_by_account(rows));
    let holders: HashSet<_> =
        rows.cluster_access.iter().map(|row| (row.holder, clusters[row.cluster].organization)).collect();
    let is_overridden = |account: Id, organization: Id| {
        let mut of_teams = teams.get(&account).into_iter().flatten();
        holders.contains(&(Holder::Account(account), organization))
            || of_teams.any(|(place, team)| *place == organization && holders.contains(&(Holder::Team(*team), *place)))
    };
    let members = rows.members.iter().map(|row| (row.account, row.organization));
    members.filter(|(account, organization)| is_overridden(*account, *organization)).collect()
}

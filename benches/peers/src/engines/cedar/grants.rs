//! What accounts and teams were given, and until when.

use std::collections::{BTreeMap, HashMap};

use shipgate::{ClusterAccess, Holder, ProjectRole, Time, Visibility};

use crate::rows::{Access, ById, Id, Rows, teams_by_account};

/// The end of what never ends.
pub(super) const FOREVER: i64 = i64::MAX;
/// The end of what is not there.
pub(super) const NEVER: i64 = i64::MIN;

/// An end; an expiry is neither of these two, and at most a millisecond off for that.
pub(super) fn until(expires_at: Option<Time>) -> i64 {
    expires_at.map_or(FOREVER, |expiry| expiry.as_millis().clamp(NEVER + 1, FOREVER - 1))
}

/// What accounts and teams were given, put together for each account.
pub(super) struct Grants {
    pub(super) teams: BTreeMap<Id, Vec<(Id, Id)>>,
    pub(super) members: BTreeMap<Id, Vec<Id>>,
    pub(super) overrides: BTreeMap<Holder<Id>, BTreeMap<Id, (ClusterAccess, i64)>>,
    pub(super) project_roles: BTreeMap<Holder<Id>, BTreeMap<Id, (ProjectRole, i64)>>,
    /// By cluster.
    pub(super) organizations: ById<Id>,
    /// Projects visible to their members only, with their organizations.
    pub(super) hidden_projects: HashMap<Id, Id>,
}

impl Grants {
    pub(super) fn of(rows: &Rows) -> Self {
        let mut members: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
        for row in &rows.team_members {
            members.entry(row.team).or_default().push(row.account);
        }
        let hidden = rows.projects.iter().filter(|row| row.visibility == Visibility::Members);
        let mut grants = Self {
            teams: teams_by_account(rows),
            members,
            overrides: BTreeMap::new(),
            project_roles: BTreeMap::new(),
            organizations: rows.clusters.iter().map(|row| (row.id, row.organization)).collect(),
            hidden_projects: hidden.map(|row| (row.id, row.organization)).collect(),
        };
        rows.cluster_access.iter().for_each(|row| grants.set_access(row));
        for row in &rows.project_roles {
            let given = (row.role, until(row.expires_at));
            grants.project_roles.entry(row.holder).or_default().insert(row.project, given);
        }
        grants
    }

    pub(super) fn set_access(&mut self, row: &Access) {
        self.overrides.entry(row.holder).or_default().insert(row.cluster, (row.level, until(row.expires_at)));
    }

    pub(super) fn accounts_of(&self, holder: Holder<Id>) -> Vec<Id> {
        match holder {
            Holder::Account(account) => vec![account],
            Holder::Team(team) => self.members.get(&team).cloned().unwrap_or_default(),
        }
    }

    /// The teams of an account.
    fn teams_of(&self, account: Id) -> impl Iterator<Item = Holder<Id>> {
        self.teams.get(&account).into_iter().flatten().map(|(_, team)| Holder::Team(*team))
    }

    /// The clusters of an organization on which an account or one of its teams has an override.
    pub(super) fn clusters_of(&self, account: Id, organization: Id) -> impl Iterator<Item = Id> {
        let holders = [Holder::Account(account)].into_iter().chain(self.teams_of(account));
        let clusters = holders.filter_map(|holder| self.overrides.get(&holder)).flat_map(BTreeMap::keys).copied();
        clusters.filter(move |cluster| self.organizations[*cluster] == organization)
    }

    /// For each thing on which there are grants, the account's own one, and the last ends of the values that its teams give.
    pub(super) fn together<T: Copy + Ord>(
        &self,
        all: &BTreeMap<Holder<Id>, BTreeMap<Id, (T, i64)>>,
        account: Id,
    ) -> Together<T> {
        let mut together = Together::new();
        for (on, given) in all.get(&Holder::Account(account)).into_iter().flatten() {
            together.entry(*on).or_default().0 = Some(*given);
        }
        for team in self.teams_of(account) {
            for (on, (value, until)) in all.get(&team).into_iter().flatten() {
                let ends = &mut together.entry(*on).or_default().1;
                let last = ends.entry(*value).or_insert(*until);
                *last = (*last).max(*until);
            }
        }
        together
    }
}

type Together<T> = BTreeMap<Id, (Option<(T, i64)>, BTreeMap<T, i64>)>;

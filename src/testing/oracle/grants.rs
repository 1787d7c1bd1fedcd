//! What a membership holds: its role, its effective role in projects and its level on clusters, in every case that expiries allow.

use std::collections::BTreeSet;
use std::vec::Vec;

use shipgate::{AccountKind, ClusterAccess, Holder, ProjectRole, Time, Visibility};

use super::facts::{Given, Id, Membership, World};
use super::roles::{Height, Powers, built_in, level, level_in_project, lower_standing};

/// A grant, so that it can be told from another: whose it is, on what, how much and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    holder: Holder<Id>,
    on: On,
    height: u8,
    until: Option<Time>,
}

/// What a grant is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum On {
    Cluster(Id),
    Project(Id),
}

impl Key {
    pub(crate) fn new<T: Height>(holder: Holder<Id>, on: On, given: Given<T>) -> Self {
        Self { holder, on, height: given.what.height(), until: given.until }
    }
}

/// Which grants are live: those without expiry, and of the others those that this says.
#[derive(Clone, Debug)]
pub(crate) enum Case {
    At(Time),
    /// These, and no others.
    These(BTreeSet<Key>),
}

impl Case {
    pub(crate) fn is_live(&self, grant: &Key) -> bool {
        match (grant.until, self) {
            (None, _) => true,
            (Some(until), Self::At(now)) => now.as_millis() < until.as_millis(),
            (Some(_), Self::These(live)) => live.contains(grant),
        }
    }
}

/// Whether what ends at this time is live. Without a time, what has an expiry is over.
pub(crate) fn live(until: Option<Time>, now: Option<Time>) -> bool {
    match (until, now) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(until), Some(now)) => now.as_millis() < until.as_millis(),
    }
}

/// The present case; without a time, every case that the expiries of these grants allow.
pub(crate) fn present(grants: &BTreeSet<Key>, now: Option<Time>) -> Vec<Case> {
    match now {
        Some(now) => Vec::from([Case::At(now)]),
        None => every_case(grants),
    }
}

/// The cases of the future: a grant that is over stays so, any other that has an expiry may be live or over.
pub(crate) fn future(grants: &BTreeSet<Key>, now: Option<Time>) -> Vec<Case> {
    let not_over = |grant: &&Key| now.is_none() || live(grant.until, now);
    every_case(&grants.iter().filter(not_over).copied().collect())
}

fn every_case(grants: &BTreeSet<Key>) -> Vec<Case> {
    let mut cases = Vec::from([BTreeSet::new()]);
    for grant in grants.iter().filter(|grant| grant.until.is_some()) {
        let with_it = |case: &BTreeSet<Key>| case.iter().chain([grant]).copied().collect::<BTreeSet<Key>>();
        let live: Vec<_> = cases.iter().map(with_it).collect();
        cases.extend(live);
    }
    cases.into_iter().map(Case::These).collect()
}

/// What makes an effective role or a level: a grant of the member's own, grants of its teams, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Maker {
    Own,
    /// Those of teams, which are this high.
    Teams(u8),
    OrganizationRole,
}

/// A membership of an account, live or not, with the facts that it refers to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    pub(crate) world: &'a World,
    pub(crate) account: Id,
    pub(crate) kind: AccountKind,
    pub(crate) membership: &'a Membership,
}

impl World {
    pub(crate) fn member(&self, account: Id, organization: Id) -> Option<Member<'_>> {
        let (kind, membership) = (self.kind_of(account)?, self.membership(account, organization)?);
        Some(Member { world: self, account, kind, membership })
    }

    /// A member who is live at this time.
    pub(crate) fn live_member(&self, account: Id, organization: Id, now: Option<Time>) -> Option<Member<'_>> {
        self.member(account, organization).filter(|member| live(member.membership.role.until, now))
    }
}

impl Member<'_> {
    /// The organization role.
    pub(crate) fn role(&self) -> Powers {
        self.world.powers(self.kind, self.membership.role.what)
    }

    fn cluster_visibility(&self, cluster: Id) -> Visibility {
        self.world.clusters.get(&cluster).map_or(Visibility::Members, |cluster| cluster.visibility)
    }

    fn own_override(&self, cluster: Id) -> Option<(Key, ClusterAccess)> {
        let given = *self.membership.overrides.get(&cluster)?;
        Some((Key::new(Holder::Account(self.account), On::Cluster(cluster), given), given.what))
    }

    fn team_overrides(&self, cluster: Id) -> Vec<(Key, ClusterAccess)> {
        let of_team = |team: &Id| {
            let given = *self.world.teams.get(team)?.overrides.get(&cluster)?;
            Some((Key::new(Holder::Team(*team), On::Cluster(cluster), given), given.what))
        };
        self.membership.teams.iter().filter_map(of_team).collect()
    }

    fn own_project_role(&self, project: Id) -> Option<(Key, ProjectRole)> {
        let given = *self.membership.project_roles.get(&project)?;
        Some((Key::new(Holder::Account(self.account), On::Project(project), given), given.what))
    }

    fn team_project_roles(&self, project: Id) -> Vec<(Key, ProjectRole)> {
        let of_team = |team: &Id| {
            let given = *self.world.teams.get(team)?.project_roles.get(&project)?;
            Some((Key::new(Holder::Team(*team), On::Project(project), given), given.what))
        };
        self.membership.teams.iter().filter_map(of_team).collect()
    }

    /// The overrides on a cluster, its own and its teams'.
    pub(crate) fn grants_on(&self, cluster: Id) -> BTreeSet<Key> {
        let teams = self.team_overrides(cluster);
        self.own_override(cluster).into_iter().chain(teams).map(|(key, _)| key).collect()
    }

    /// The roles in a project, its own and its teams'.
    pub(crate) fn grants_in(&self, project: Id) -> BTreeSet<Key> {
        let teams = self.team_project_roles(project);
        self.own_project_role(project).into_iter().chain(teams).map(|(key, _)| key).collect()
    }

    /// The clusters that it has an override on, of its own or a team's, whether or not that is over.
    pub(crate) fn overridden_clusters(&self) -> BTreeSet<Id> {
        let teams = self.membership.teams.iter().filter_map(|team| self.world.teams.get(team));
        let of_teams = teams.flat_map(|team| team.overrides.keys());
        self.membership.overrides.keys().chain(of_teams).copied().collect()
    }

    /// The override that counts: the live one of its own, else the highest live one of its teams.
    fn override_on(&self, cluster: Id, case: &Case) -> Option<ClusterAccess> {
        counts(self.own_override(cluster), &self.team_overrides(cluster), case).map(|(level, _)| level)
    }

    /// The level on a cluster by the organization role, in a case.
    pub(crate) fn level_on(&self, cluster: Id, case: &Case) -> ClusterAccess {
        level(&self.role(), self.cluster_visibility(cluster), self.override_on(cluster, case))
    }

    /// The effective role in a project and what makes it, in a case.
    pub(crate) fn made_standing(&self, project: Id, case: &Case) -> Option<(Powers, Maker)> {
        let role = self.role();
        let without = Some((role, Maker::OrganizationRole));
        match role.rank() {
            shipgate::Role::Owner | shipgate::Role::Admin | shipgate::Role::Billing => without,
            shipgate::Role::Developer | shipgate::Role::Viewer => {
                match counts(self.own_project_role(project), &self.team_project_roles(project), case) {
                    Some((role, maker)) => Some((Powers::built_in(built_in(role)), maker)),
                    None => match self.world.projects.get(&project)?.visibility {
                        Visibility::Organization => without,
                        Visibility::Members => None,
                    },
                }
            }
        }
    }

    pub(crate) fn standing(&self, project: Id, case: &Case) -> Option<Powers> {
        self.made_standing(project, case).map(|(standing, _)| standing)
    }

    /// The level on a cluster by the effective role in a project, in a case; none without an effective role.
    pub(crate) fn level_in(&self, project: Id, cluster: Id, case: &Case) -> ClusterAccess {
        let Some(standing) = self.standing(project, case) else { return ClusterAccess::None };
        let (visibility, given) = (self.cluster_visibility(cluster), self.override_on(cluster, case));
        level_in_project(&self.role(), &standing, visibility, given)
    }

    /// The level in a project, or in the organization.
    pub(crate) fn level(&self, project: Option<Id>, cluster: Id, case: &Case) -> ClusterAccess {
        match project {
            Some(project) => self.level_in(project, cluster, case),
            None => self.level_on(cluster, case),
        }
    }

    /// The grants that a level depends on.
    pub(crate) fn grants_of_level(&self, project: Option<Id>, cluster: Id) -> BTreeSet<Key> {
        let in_project = project.map(|project| self.grants_in(project)).unwrap_or_default();
        self.grants_on(cluster).into_iter().chain(in_project).collect()
    }

    /// The effective role at this time; without one, the lowest of every case.
    pub(crate) fn standing_at(&self, project: Id, now: Option<Time>) -> Option<Powers> {
        let cases = present(&self.grants_in(project), now);
        cases.iter().map(|case| self.standing(project, case)).reduce(lower_standing).flatten()
    }

    /// The level at this time; without one, the least of every case.
    pub(crate) fn level_at(&self, project: Option<Id>, cluster: Id, now: Option<Time>) -> ClusterAccess {
        let cases = present(&self.grants_of_level(project, cluster), now);
        let levels = cases.iter().map(|case| self.level(project, cluster, case));
        levels.reduce(Height::lower).unwrap_or(ClusterAccess::None)
    }

    /// The level by the organization role at this time; without one, the most of every case.
    pub(crate) fn most_at(&self, cluster: Id, now: Option<Time>) -> ClusterAccess {
        let cases = present(&self.grants_on(cluster), now);
        let levels = cases.iter().map(|case| self.level_on(cluster, case));
        levels.reduce(Height::higher).unwrap_or(ClusterAccess::None)
    }

    /// What makes the level on a cluster in a case, if an override does: when that ends, and the level without it.
    pub(crate) fn made_level(&self, cluster: Id, case: &Case) -> Option<(Option<Time>, ClusterAccess)> {
        let (own, teams) = (self.own_override(cluster), self.team_overrides(cluster));
        let (_, maker) = counts(own, &teams, case)?;
        let (made, left): (Vec<_>, Vec<_>) = match maker {
            Maker::Own => (own.into_iter().collect(), teams),
            Maker::OrganizationRole | Maker::Teams(_) => teams
                .into_iter()
                .filter(|(key, _)| case.is_live(key))
                .partition(|(key, _)| maker == Maker::Teams(key.height)),
        };
        let without = counts(None, &left, case).map(|(level, _)| level);
        let end = made.into_iter().map(|(key, _)| key.until).reduce(later).flatten();
        Some((end, level(&self.role(), self.cluster_visibility(cluster), without)))
    }
}

/// Which of a member's grants on one thing counts: the live one of its own, else the highest live one of its teams.
fn counts<T: Height>(own: Option<(Key, T)>, teams: &[(Key, T)], case: &Case) -> Option<(T, Maker)> {
    if let Some((_, own)) = own.filter(|(key, _)| case.is_live(key)) {
        return Some((own, Maker::Own));
    }
    let live = teams.iter().filter(|(key, _)| case.is_live(key)).map(|(_, given)| *given);
    live.reduce(Height::higher).map(|highest| (highest, Maker::Teams(highest.height())))
}

impl Maker {
    /// When what makes an effective role ends: of several roles of teams, the last. The organization role has no end here.
    pub(crate) fn end(self, member: &Member<'_>, project: Id, case: &Case) -> Option<Time> {
        let ends: Vec<Option<Time>> = match self {
            Self::OrganizationRole => return None,
            Self::Own => member.own_project_role(project).into_iter().map(|(key, _)| key.until).collect(),
            Self::Teams(height) => {
                let teams = member.team_project_roles(project).into_iter();
                let makes = |(key, _): &(Key, ProjectRole)| key.height == height && case.is_live(key);
                teams.filter(makes).map(|(key, _)| key.until).collect()
            }
        };
        ends.into_iter().reduce(later).flatten()
    }
}

/// The later of two ends; without an end is later than any.
fn later(a: Option<Time>, b: Option<Time>) -> Option<Time> {
    Some(a?.max(b?))
}

//! Audiences: accounts sorted into classes of those whom a decision cannot tell apart.
//!
//! Few accounts have a grant on any one cluster or in any one project. All others are told apart by their roles alone, so a
//! resource costs as much as there are roles, and accounts with grants on it.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::hash::Hash;

use hashbrown::HashMap;

use crate::change::preview::question::Person;
use crate::change::preview::set::{Places, Set};
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::fact::{GrantsFact, MembershipFact};
use crate::model::role::{ProjectRole, RankedPermissions};
use crate::model::time::{GrantState, Now};

/// Accounts by what they act with and by where they have grants.
pub(super) struct Audience<'a, Id> {
    roles: Vec<RoleClass>,
    clusters: BTreeMap<&'a Id, Holders<ClusterAccess>>,
    projects: BTreeMap<&'a Id, Holders<ProjectRole>>,
}

/// The accounts that act with the same role, before and after.
struct RoleClass {
    differs: bool,
    places: Places,
}

/// The accounts with a grant on a cluster or in a project, before or after.
#[derive(Clone)]
pub(super) struct Holders<T> {
    /// Their places.
    places: Places,
    /// What the grants come to, before and after, with the class of the role, in the same order.
    states: Vec<(usize, [GrantState<T>; 2])>,
    /// The places of those of the same class and states.
    classes: Vec<(usize, [GrantState<T>; 2], Places)>,
}

/// Accounts that a decision about a resource does not tell apart, if it reads no more than roles and grants there.
pub(super) struct Part {
    pub(super) set: Set,
    /// One of them.
    pub(super) example: usize,
    pub(super) count: usize,
    /// Whether anything that such a decision reads of them differs.
    pub(super) differs: bool,
}

type Roles = [Option<(AccountKind, RankedPermissions)>; 2];

impl<'a, Id: Hash + Ord> Audience<'a, Id> {
    /// Sorts the accounts at these places, which must be in order.
    pub(super) fn of(people: &[Person<'a, Id>], places: Vec<usize>, now: Now) -> Self {
        let mut classes: HashMap<Roles, usize> = HashMap::new();
        let mut roles: Vec<(bool, Vec<usize>)> = Vec::new();
        let mut clusters: BTreeMap<&Id, Unsorted<ClusterAccess>> = BTreeMap::new();
        let mut projects: BTreeMap<&Id, Unsorted<ProjectRole>> = BTreeMap::new();
        for place in places {
            let Some(person) = people.get(place) else { continue };
            let acting @ [before, after] = person.roles(now);
            let class = *classes.entry(acting).or_insert_with(|| {
                roles.push((before != after, Vec::new()));
                roles.len().saturating_sub(1)
            });
            if let Some((_, places)) = roles.get_mut(class) {
                places.push(place);
            }
            for (cluster, states) in states_on_clusters(person, now) {
                clusters.entry(cluster).or_default().push((place, class, states));
            }
            for (project, states) in states_in_projects(person, now) {
                projects.entry(project).or_default().push((place, class, states));
            }
        }
        Self {
            roles: roles.into_iter().map(|(differs, places)| RoleClass { differs, places: places.into() }).collect(),
            clusters: clusters.into_iter().map(|(id, holders)| (id, Holders::of(holders))).collect(),
            projects: projects.into_iter().map(|(id, holders)| (id, Holders::of(holders))).collect(),
        }
    }
}

impl<Id: Ord> Audience<'_, Id> {
    /// The accounts with grants on a cluster. A resource that moves is on one cluster before and on another one after.
    pub(super) fn on(&self, [before, after]: [Option<&Id>; 2]) -> Option<Cow<'_, Holders<ClusterAccess>>> {
        let holders = |cluster: Option<&Id>| self.clusters.get(cluster?);
        match (before, after) {
            (Some(_), Some(_)) if before != after => Holders::moved([holders(before), holders(after)]).map(Cow::Owned),
            (Some(_), _) => holders(before).map(Cow::Borrowed),
            (None, _) => holders(after).map(Cow::Borrowed),
        }
    }

    /// The accounts with roles in a project.
    pub(super) fn in_project(&self, project: Option<&Id>) -> Option<&Holders<ProjectRole>> {
        self.projects.get(project?)
    }

    /// Sorts all accounts by what a decision reads that depends on this cluster and this project.
    pub(super) fn parts(
        &self,
        on: Option<&Holders<ClusterAccess>>,
        within: Option<&Holders<ProjectRole>>,
    ) -> Vec<Part> {
        let nobody = Places::default();
        let (here, there) = (on.map_or(&nobody, |it| &it.places), within.map_or(&nobody, |it| &it.places));
        let mut left: Vec<usize> = self.roles.iter().map(|class| class.places.len()).collect();
        let mut parts = Vec::new();
        let differs = |class: usize| self.roles.get(class).is_some_and(|class| class.differs);

        // Those with a role in the project, with or without a grant on the cluster.
        let mut with_role: HashMap<_, Vec<usize>> = HashMap::new();
        let mut with_both: HashMap<_, usize> = HashMap::new();
        for (place, (class, states)) in within.into_iter().flat_map(Holders::each) {
            let levels = on.and_then(|on| on.states_of(place));
            with_role.entry((class, states, levels)).or_default().push(place);
            match levels {
                Some(levels) => add(with_both.entry((class, levels)).or_default(), 1),
                None => take(left.get_mut(class), 1),
            }
        }
        for ((class, [role, role_after], levels), places) in with_role {
            let differs = differs(class) || role != role_after || levels.is_some_and(|[level, after]| level != after);
            let count = places.len();
            parts.extend(Part::of(Set::from(places), count, differs));
        }
        for (class, levels @ [level, after], places) in on.into_iter().flat_map(|on| &on.classes) {
            take(left.get_mut(*class), places.len());
            let mut count = places.len();
            take(Some(&mut count), with_both.get(&(*class, *levels)).copied().unwrap_or(0));
            let set = Set::new(places, [there, &nobody]);
            parts.extend(Part::of(set, count, differs(*class) || level != after));
        }
        for (class, count) in self.roles.iter().zip(left) {
            parts.extend(Part::of(Set::new(&class.places, [here, there]), count, class.differs));
        }
        parts
    }
}

impl Part {
    /// `None` if it is empty.
    fn of(set: Set, count: usize, differs: bool) -> Option<Self> {
        let example = if count > 0 { set.places().next() } else { None };
        Some(Self { set, example: example?, count, differs })
    }
}

fn add(count: &mut usize, more: usize) {
    *count = count.saturating_add(more);
}

fn take(count: Option<&mut usize>, fewer: usize) {
    if let Some(count) = count {
        *count = count.saturating_sub(fewer);
    }
}

/// The place of an account, the class of its role, and what its grants come to.
type Unsorted<T> = Vec<(usize, usize, [GrantState<T>; 2])>;

impl<T: Copy + Eq + Hash> Holders<T> {
    fn of(holders: Unsorted<T>) -> Self {
        let mut classes: HashMap<(usize, [GrantState<T>; 2]), Vec<usize>> = HashMap::new();
        for (place, class, states) in &holders {
            classes.entry((*class, *states)).or_default().push(*place);
        }
        Self {
            places: holders.iter().map(|(place, ..)| *place).collect(),
            states: holders.into_iter().map(|(_, class, states)| (class, states)).collect(),
            classes: classes.into_iter().map(|((class, states), places)| (class, states, places.into())).collect(),
        }
    }

    /// Joins what is before on one cluster with what is after on another one.
    fn moved(clusters: [Option<&Self>; 2]) -> Option<Self> {
        let mut joined: BTreeMap<usize, (usize, [GrantState<T>; 2])> = BTreeMap::new();
        let [before, after] = clusters;
        for (place, (class, [state, _])) in before.into_iter().flat_map(Self::each) {
            joined.insert(place, (class, [state, GrantState::Nothing]));
        }
        for (place, (class, [_, state])) in after.into_iter().flat_map(Self::each) {
            let (_, [_, after]) = joined.entry(place).or_insert((class, [GrantState::Nothing, GrantState::Nothing]));
            *after = state;
        }
        let joined = joined.into_iter().map(|(place, (class, states))| (place, class, states));
        (before.is_some() || after.is_some()).then(|| Self::of(joined.collect()))
    }

    fn each(&self) -> impl Iterator<Item = (usize, (usize, [GrantState<T>; 2]))> {
        self.places.iter().copied().zip(self.states.iter().copied())
    }

    fn states_of(&self, place: usize) -> Option<[GrantState<T>; 2]> {
        let index = self.places.binary_search(&place).ok()?;
        self.states.get(index).map(|(_, states)| *states)
    }
}

/// What an account's grants on clusters come to, before and after, of those that count.
fn states_on_clusters<'a, Id: Ord>(
    person: &Person<'a, Id>,
    now: Now,
) -> impl Iterator<Item = (&'a Id, [GrantState<ClusterAccess>; 2])> {
    let memberships = person.memberships;
    let granted = each_granted(memberships, |grants| grants.overrides().map(|(cluster, ..)| cluster));
    that_count(granted, memberships, move |membership, cluster| membership.cluster_access_at(cluster, now))
}

/// What an account's roles in projects come to, before and after, of those that count.
fn states_in_projects<'a, Id: Ord>(
    person: &Person<'a, Id>,
    now: Now,
) -> impl Iterator<Item = (&'a Id, [GrantState<ProjectRole>; 2])> {
    let memberships = person.memberships;
    let granted = each_granted(memberships, |grants| grants.project_roles().map(|(project, ..)| project));
    that_count(granted, memberships, move |membership, project| membership.project_role_at(project, now))
}

/// What memberships or their teams have grants on.
fn each_granted<'a, Id: Ord, I: Iterator<Item = &'a Id>>(
    memberships: [Option<MembershipFact<'a, Id>>; 2],
    on: impl Fn(GrantsFact<'a, Id>) -> I,
) -> BTreeSet<&'a Id> {
    let grants = memberships.into_iter().flatten().flat_map(|membership| {
        let of_teams = membership.team_grants().map(|(_, grants)| grants);
        membership.own_grants().into_iter().chain(of_teams)
    });
    grants.flat_map(on).collect()
}

fn that_count<'a, Id, T: Copy + Eq>(
    ids: BTreeSet<&'a Id>,
    memberships: [Option<MembershipFact<'a, Id>>; 2],
    state: impl Fn(MembershipFact<'a, Id>, &Id) -> GrantState<T>,
) -> impl Iterator<Item = (&'a Id, [GrantState<T>; 2])> {
    let nothing = [GrantState::Nothing; 2];
    let states = move |id| memberships.map(|it| it.map_or(GrantState::Nothing, |membership| state(membership, id)));
    ids.into_iter().map(move |id| (id, states(id))).filter(move |(_, states)| *states != nothing)
}

//! Grants by the numbers of the places that they are on.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::ops::Deref;

use crate::directory::members::teams::CodesOfTeams;
use crate::directory::members::word::{One, access_of_code, project_role_of_code};
use crate::directory::numbers::{Numbers, Place};
use crate::directory::slots::Slots;
use crate::directory::table::Shared;
use crate::model::access::ClusterAccess;
use crate::model::names::copy;
use crate::model::role::ProjectRole;
use crate::model::time::{Grant, GrantState, Now};

/// A grant on a place, by the number of the place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<T> {
    pub(crate) on: u32,
    pub(crate) grant: Grant<T>,
}

/// Grants of one kind, in the order of the ids of their places.
///
/// A clone shares those that are several, so that a page of lines is copied fast.
#[derive(Clone, Debug)]
pub(crate) enum GivenList<T> {
    One(Option<Given<T>>),
    Many(Arc<Vec<Given<T>>>),
}

impl<T> Default for GivenList<T> {
    fn default() -> Self {
        Self::One(None)
    }
}

impl<T> Deref for GivenList<T> {
    type Target = [Given<T>];

    #[inline]
    fn deref(&self) -> &[Given<T>] {
        match self {
            Self::One(given) => given.as_slice(),
            Self::Many(list) => list,
        }
    }
}

impl<T: Copy> GivenList<T> {
    fn get_mut(&mut self, place: usize) -> Option<&mut Given<T>> {
        match self {
            Self::One(given) => given.as_mut_slice().get_mut(place),
            Self::Many(list) => Arc::make_mut(list).get_mut(place),
        }
    }

    fn insert(&mut self, place: usize, given: Given<T>) {
        match self {
            Self::One(None) => *self = Self::One(Some(given)),
            Self::One(Some(present)) => {
                let list = if place == 0 { [given, *present] } else { [*present, given] };
                *self = Self::Many(Arc::new(list.into()));
            }
            Self::Many(list) => Arc::make_mut(list).insert(place, given),
        }
    }

    /// Adds a grant on a place, unless there is one. Returns whether there was none.
    pub(crate) fn add<Id: Ord>(&mut self, on: u32, grant: Grant<T>, id: &Id, places: &Slots<Place<Id>>) -> bool {
        let place = match &*self {
            // Most often there is none, or one.
            Self::One(Some(given)) if given.on == on => return false,
            Self::One(None) => Err(0),
            Self::One(Some(_)) | Self::Many(_) => find(self, id, places),
        };
        let Err(place) = place else { return false };
        self.insert(place, Given { on, grant });
        true
    }

    /// Adds one behind the others.
    fn push(&mut self, given: Given<T>) {
        self.insert(self.len(), given);
    }

    fn remove(&mut self, place: usize) {
        match self {
            Self::One(given) => *given = None,
            Self::Many(list) => {
                let list = Arc::make_mut(list);
                list.remove(place);
                if let [last] = list.as_slice() {
                    *self = Self::One(Some(*last));
                }
            }
        }
    }

    /// Calls this for each, in order.
    pub(crate) fn for_each_mut(&mut self, each: impl FnMut(&mut Given<T>)) {
        match self {
            Self::One(given) => given.iter_mut().for_each(each),
            Self::Many(list) => Arc::make_mut(list).iter_mut().for_each(each),
        }
    }

    fn shrink_to_fit(&mut self) {
        if let Self::Many(list) = self {
            Arc::make_mut(list).shrink_to_fit();
        }
    }
}

impl<T: Copy> Shared for GivenList<T> {
    fn separate(&mut self) {
        if let Self::Many(list) = self {
            *list = Arc::new(Vec::clone(list));
        }
    }
}

/// The grants of a member or of a team.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    pub(crate) overrides: GivenList<ClusterAccess>,
    pub(crate) project_roles: GivenList<ProjectRole>,
}

impl Shared for Held {
    fn separate(&mut self) {
        self.overrides.separate();
        self.project_roles.separate();
    }
}

impl Held {
    pub(crate) fn is_empty(&self) -> bool {
        self.overrides.is_empty() && self.project_roles.is_empty()
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.overrides.shrink_to_fit();
        self.project_roles.shrink_to_fit();
    }

    /// The same as [`Few`], if they are.
    pub(crate) fn to_few(&self) -> Option<Few> {
        let mut all = ones(&self.overrides, One::of_access).chain(ones(&self.project_roles, One::of_project_role));
        let few = [all.next().unwrap_or(Some(One::NONE))?, all.next().unwrap_or(Some(One::NONE))?];
        all.next().is_none().then_some(few)
    }

    pub(crate) fn of_few<Id>(few: Few, places: &Slots<Place<Id>>) -> Self {
        let mut held = Self::default();
        for one in few {
            let is_project = places.get(one.place).is_some_and(Place::is_project);
            if let (true, Some(role)) = (is_project, one.project_role()) {
                held.project_roles.push(Given { on: one.place, grant: Grant::new(role) });
            } else if let (false, Some(level)) = (is_project, one.access()) {
                held.overrides.push(Given { on: one.place, grant: Grant::new(level) });
            }
        }
        held
    }
}

/// Grants of one kind, each alone; `None` in place of one that expires.
fn ones<T: Copy>(list: &[Given<T>], one: impl Fn(u32, T) -> One) -> impl Iterator<Item = Option<One>> {
    list.iter().map(move |given| given.grant.is_permanent().then(|| one(given.on, given.grant.value())))
}

/// Two grants at most, which do not expire: first the access to clusters, then the roles in projects, each in the order of the ids of
/// their places. In place of one that is missing there is [`One::NONE`].
pub(crate) type Few = [One; 2];

pub(crate) const NO_GRANTS: Few = [One::NONE; 2];

/// Grants as they are stored.
#[derive(Clone, Copy)]
pub(crate) enum HeldRef<'a> {
    Few(Few),
    Lists(&'a Held),
}

/// What can be granted on a place: access to a cluster, or a role in a project.
pub(crate) trait Grantable: Copy + Ord {
    /// The grants of this kind.
    fn list(held: &Held) -> &[Given<Self>];

    /// What a grant gives, which is on a place of the right kind.
    fn of_one(one: One) -> Option<Self>;

    /// The highest that any of some teams has.
    fn highest(codes: CodesOfTeams) -> Option<Self>;
}

impl Grantable for ClusterAccess {
    #[inline]
    fn list(held: &Held) -> &[Given<Self>] {
        &held.overrides
    }

    #[inline]
    fn of_one(one: One) -> Option<Self> {
        one.access()
    }

    #[inline]
    fn highest(codes: CodesOfTeams) -> Option<Self> {
        access_of_code(codes.level())
    }
}

impl Grantable for ProjectRole {
    #[inline]
    fn list(held: &Held) -> &[Given<Self>] {
        &held.project_roles
    }

    #[inline]
    fn of_one(one: One) -> Option<Self> {
        one.project_role()
    }

    #[inline]
    fn highest(codes: CodesOfTeams) -> Option<Self> {
        project_role_of_code(codes.project_role())
    }
}

/// A place by its number; 0 for none.
#[derive(Debug)]
pub(crate) struct OnPlace<'a, Id> {
    pub(crate) place: u32,
    pub(crate) numbers: &'a Numbers<Id>,
}

copy!(OnPlace);

impl<Id: Ord> OnPlace<'_, Id> {
    /// How the grant on this place counts, of one kind.
    #[inline]
    pub(crate) fn state<T: Grantable>(self, held: HeldRef<'_>, now: Now) -> GrantState<T> {
        match held {
            HeldRef::Few([first, second]) => {
                let one = if second.place == self.place { second } else { first };
                let granted = if one.place == self.place { T::of_one(one) } else { None };
                granted.map_or(GrantState::Nothing, GrantState::InForce)
            }
            HeldRef::Lists(held) => {
                let grant = on_place(T::list(held), self.place, &self.numbers.places);
                grant.map_or(GrantState::Nothing, |grant| grant.at(now))
            }
        }
    }
}

/// The longest list in which a number is faster found one by one than by the ids.
const SHORT: usize = 16;

/// The grant on a place, by its number.
#[inline]
fn on_place<Id: Ord, T: Copy>(list: &[Given<T>], place: u32, places: &Slots<Place<Id>>) -> Option<Grant<T>> {
    if list.len() <= SHORT {
        return list.iter().find(|given| given.on == place).map(|given| given.grant);
    }
    let id = places.get(place)?.id();
    Some(list.get(find(list, id, places).ok()?)?.grant)
}

/// Where the grant on a place is, or is to be.
pub(crate) fn find<Id: Ord + Borrow<Q>, Q: Ord + ?Sized, T>(
    list: &[Given<T>],
    id: &Q,
    places: &Slots<Place<Id>>,
) -> Result<usize, usize> {
    list.binary_search_by(|given| {
        let on = places.get(given.on).map(|place| place.id().borrow());
        on.map_or(Ordering::Less, |on| on.cmp(id))
    })
}

/// Sets or removes the grant on a place.
pub(crate) fn set<Id: Ord, T: Copy>(
    list: &mut GivenList<T>,
    place: u32,
    grant: Option<Grant<T>>,
    places: &Slots<Place<Id>>,
) {
    let Some(id) = places.get(place).map(Place::id) else { return };
    match (find(list, id, places), grant) {
        (Ok(at), Some(grant)) => {
            if let Some(given) = list.get_mut(at) {
                given.grant = grant;
            }
        }
        (Ok(at), None) => list.remove(at),
        (Err(at), Some(grant)) => list.insert(at, Given { on: place, grant }),
        (Err(_), None) => {}
    }
}

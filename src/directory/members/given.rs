//! Grants by the numbers of the places that they are on.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::ops::Deref;

use crate::directory::numbers::Place;
use crate::directory::slots::Slots;
use crate::directory::table::Shared;
use crate::model::access::ClusterAccess;
use crate::model::role::ProjectRole;
use crate::model::time::Grant;

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
}

/// The longest list in which a number is faster found one by one than by the ids.
const FEW: usize = 16;

/// The grant on a place, by its number.
#[inline]
pub(crate) fn on_place<Id: Ord, T: Copy>(list: &[Given<T>], place: u32, places: &Slots<Place<Id>>) -> Option<Grant<T>> {
    if list.len() <= FEW {
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

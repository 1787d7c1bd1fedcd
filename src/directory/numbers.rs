//! What memberships name by number: organizations, custom roles, teams, and places of grants.

use alloc::sync::Arc;
use core::borrow::Borrow;

use crate::directory::members::line::Held;
use crate::directory::slots::Slots;
use crate::directory::table::Shared;
use crate::model::project::Visibility;

/// Ids, and what else memberships need to know, by number.
#[derive(Clone, Debug)]
pub(crate) struct Numbers<Id> {
    pub(crate) organizations: Slots<Id>,
    pub(crate) roles: Slots<Id>,
    pub(crate) teams: Slots<Arc<TeamNumber<Id>>>,
    /// Projects and clusters, in one space.
    pub(crate) places: Slots<Place<Id>>,
}

/// The highest number of an organization: those above it mean something else in a seat.
const LAST_ORGANIZATION: u32 = u32::MAX - 2;

impl<Id> Numbers<Id> {
    pub(crate) const fn new() -> Self {
        Self {
            organizations: Slots::up_to(LAST_ORGANIZATION),
            roles: Slots::up_to(u32::MAX),
            teams: Slots::up_to(u32::MAX),
            places: Slots::up_to(u32::MAX),
        }
    }
}

impl<Id> Numbers<Id> {
    pub(crate) fn put_on_pages(&mut self) {
        self.organizations.put_on_pages();
        self.roles.put_on_pages();
        self.teams.put_on_pages();
        self.places.put_on_pages();
    }
}

impl<Id: Clone> Numbers<Id> {
    /// Frees unused capacity.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.teams.for_each_mut(|team| Arc::make_mut(team).held.shrink_to_fit());
        self.organizations.shrink_to_fit();
        self.roles.shrink_to_fit();
        self.teams.shrink_to_fit();
        self.places.shrink_to_fit();
    }
}

impl<Id: Clone> Shared for Numbers<Id> {
    fn separate(&mut self) {
        self.organizations.for_each_mut(|_| {});
        self.roles.for_each_mut(|_| {});
        self.teams.separate();
        self.places.for_each_mut(|_| {});
    }
}

/// A team, with its grants.
#[derive(Clone, Debug)]
pub(crate) struct TeamNumber<Id> {
    id: Id,
    held: Held,
}

impl<Id> TeamNumber<Id> {
    pub(crate) fn new(id: Id) -> Self {
        Self { id, held: Held::default() }
    }

    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    #[inline]
    pub(crate) const fn held(&self) -> &Held {
        &self.held
    }

    pub(crate) const fn held_mut(&mut self) -> &mut Held {
        &mut self.held
    }
}

impl<Id> Shared for TeamNumber<Id> {}

/// A project or a cluster, on which there are grants.
#[derive(Clone, Debug)]
pub(crate) struct Place<Id> {
    id: Id,
    pub(crate) visibility: Visibility,
    kind: PlaceKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceKind {
    Project,
    Cluster,
}

impl<Id> Place<Id> {
    pub(crate) const fn new(id: Id, visibility: Visibility, kind: PlaceKind) -> Self {
        Self { id, visibility, kind }
    }

    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) fn is_project(&self) -> bool {
        self.kind == PlaceKind::Project
    }

    /// Whether it is the place of a kind with an id.
    pub(crate) fn is<Q: Eq + ?Sized>(&self, kind: PlaceKind, id: &Q) -> bool
    where
        Id: Borrow<Q>,
    {
        self.kind == kind && self.id.borrow() == id
    }
}

//! What memberships name by number: organizations, custom roles, teams, and places of grants.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::borrow::Borrow;

use crate::directory::members::given::{Held, set};
use crate::directory::members::teams::{CodesOfTeams, TeamCodes, TeamGrant, TeamSet, TeamsBySlot};
use crate::directory::members::word::{code_of_access, code_of_project_role};
use crate::directory::slots::Slots;
use crate::directory::table::{Shared, Table};
use crate::model::access::ClusterAccess;
use crate::model::project::Visibility;
use crate::model::role::ProjectRole;
use crate::model::time::{Grant, Now, Time};

/// Ids, and what else memberships need to know, by number.
#[derive(Clone, Debug)]
pub(crate) struct Numbers<Id> {
    pub(crate) organizations: Slots<OrganizationNumber<Id>>,
    pub(crate) roles: Slots<Id>,
    pub(crate) teams: Slots<Arc<TeamNumber<Id>>>,
    /// Projects and clusters, in one space.
    pub(crate) places: Slots<Place<Id>>,
    /// What is granted to each team on each place. It is read for teams that have no slot, and for grants that expire.
    team_grants: Table<TeamGrant>,
    /// Who can see each project, by the number of its place. What is not there is no project, or visible to the organization.
    visibilities: Arc<Vec<Visibility>>,
}

/// The number of a place, beside facts. It tells nothing apart: what one directory numbers so, another may number otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Number(pub(crate) u32);

impl PartialEq for Number {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Number {}

/// The highest number of an organization: those above it mean something else in a seat.
const LAST_ORGANIZATION: u32 = u32::MAX - 2;

impl<Id> Numbers<Id> {
    pub(crate) fn new() -> Self {
        Self {
            organizations: Slots::up_to(LAST_ORGANIZATION),
            roles: Slots::up_to(u32::MAX),
            teams: Slots::up_to(u32::MAX),
            places: Slots::up_to(u32::MAX),
            team_grants: Table::new(),
            visibilities: Arc::new(Vec::new()),
        }
    }

    /// No numbers yet, to which those of rows are added before it is closed.
    pub(crate) fn open() -> Self {
        Self { team_grants: Table::open(), ..Self::new() }
    }

    /// Ends the adding of rows.
    pub(crate) fn close(&mut self) {
        self.team_grants.close();
    }
}

impl<Id> Numbers<Id> {
    #[inline]
    pub(crate) fn organization_id(&self, organization: u32) -> Option<&Id> {
        self.organizations.get(organization).map(|organization| &organization.id)
    }

    /// Who can see a project; the organization, if there is none with this number.
    #[inline]
    #[expect(clippy::as_conversions, reason = "32 bits fit")]
    pub(crate) fn visibility_of_project(&self, number: u32) -> Visibility {
        self.visibilities.get(number as usize).copied().unwrap_or(Visibility::Organization)
    }

    /// What is granted to some teams of an organization on a place, by codes. `None` if that depends on the time, which is unknown.
    #[inline]
    pub(crate) fn codes_of_teams(
        &self,
        teams: TeamSet<'_>,
        (organization, place): (u32, u32),
        now: Now,
    ) -> Option<CodesOfTeams> {
        let Some(on) = self.places.get(place) else { return Some(CodesOfTeams::default()) };
        on.teams.codes(teams).or_else(|| self.codes_one_by_one(teams, (organization, place), now))
    }

    // Apart, so that other questions do not pay for it.
    #[inline(never)]
    fn codes_one_by_one(
        &self,
        teams: TeamSet<'_>,
        (organization, place): (u32, u32),
        now: Now,
    ) -> Option<CodesOfTeams> {
        let teams = teams.numbers(self.teams_by_slot(organization));
        let mut grants = teams.filter_map(|team| self.team_grants.get(&(team, place)));
        grants.try_fold(CodesOfTeams::default(), |codes, grant| grant.add_to(codes, now))
    }

    /// The teams of an organization that have slots.
    pub(crate) fn teams_by_slot(&self, organization: u32) -> Option<&TeamsBySlot> {
        self.organizations.get(organization)?.teams.as_deref()
    }
}

impl<Id: Ord + Clone> Numbers<Id> {
    pub(crate) fn add_organization(&mut self, id: Id) -> Option<u32> {
        self.organizations.add(OrganizationNumber { id, teams: None })
    }

    pub(crate) fn add_place(&mut self, place: Place<Id>) -> Option<u32> {
        let visibility = if place.is_project() { place.visibility } else { Visibility::Organization };
        let number = self.places.add(place)?;
        self.show_project(number, visibility);
        Some(number)
    }

    /// Sets who can see a project or a cluster.
    pub(crate) fn set_visibility(&mut self, number: u32, visibility: Visibility) {
        let Some(place) = self.places.get_mut(number) else { return };
        place.visibility = visibility;
        if place.is_project() {
            self.show_project(number, visibility);
        }
    }

    fn show_project(&mut self, number: u32, visibility: Visibility) {
        if self.visibility_of_project(number) == visibility {
            return;
        }
        let Ok(place) = usize::try_from(number) else { return };
        let visibilities = Arc::make_mut(&mut self.visibilities);
        if visibilities.len() <= place {
            visibilities.resize(place.saturating_add(1), Visibility::Organization);
        }
        if let Some(present) = visibilities.get_mut(place) {
            *present = visibility;
        }
    }

    /// Adds a team, with a slot if there is one left.
    pub(crate) fn add_team(&mut self, id: Id, organization: u32) -> Option<u32> {
        let team = TeamNumber { id, organization, slot: None, held: Held::default() };
        let number = self.teams.add(Arc::new(team))?;
        let Self { organizations, teams, .. } = self;
        let by_slot = organizations.get_mut(organization).map(|of| Arc::make_mut(of.teams.get_or_insert_default()));
        let id = |team: u32| teams.get(team).map(|team| &team.id);
        let slot = by_slot.and_then(|by_slot| by_slot.add(number, |other| id(number) < id(other)));
        if let Some(team) = teams.get_mut(number) {
            Arc::make_mut(team).slot = slot;
        }
        Some(number)
    }

    /// Removes a team with its grants.
    pub(crate) fn remove_team(&mut self, team: u32) {
        let Some(removed) = self.teams.remove(team) else { return };
        let Held { overrides, project_roles } = &removed.held;
        for place in overrides.iter().map(|given| given.on).chain(project_roles.iter().map(|given| given.on)) {
            self.show_grant((team, place), removed.slot, None);
        }
        let Some(slot) = removed.slot else { return };
        let of = self.organizations.get_mut(removed.organization);
        if let Some(by_slot) = of.and_then(|of| of.teams.as_mut()) {
            Arc::make_mut(by_slot).remove(slot);
        }
    }

    /// Sets or removes a team's override on a cluster.
    pub(crate) fn set_team_access(&mut self, team: u32, cluster: u32, to: Option<Grant<ClusterAccess>>) {
        let Some(TeamNumber { held, slot, .. }) = self.teams.get_mut(team).map(Arc::make_mut) else { return };
        let slot = *slot;
        set(&mut held.overrides, cluster, to, &self.places);
        self.show_grant((team, cluster), slot, to.map(|grant| (code_of_access(grant.value()), grant.expires_at())));
    }

    /// Sets or removes a team's role in a project.
    pub(crate) fn set_team_role(&mut self, team: u32, project: u32, to: Option<Grant<ProjectRole>>) {
        let Some(TeamNumber { held, slot, .. }) = self.teams.get_mut(team).map(Arc::make_mut) else { return };
        let slot = *slot;
        set(&mut held.project_roles, project, to, &self.places);
        self.show_grant(
            (team, project),
            slot,
            to.map(|grant| (code_of_project_role(grant.value()), grant.expires_at())),
        );
    }

    /// Sets or removes what decisions read of a team's grant on a place: its code, and its expiry.
    fn show_grant(&mut self, on: (u32, u32), slot: Option<u8>, grant: Option<(u32, Option<Time>)>) {
        if let (Some(place), Some(slot)) = (self.places.get_mut(on.1), slot) {
            place.teams.set(slot, grant.map(|(code, expires_at)| (code, expires_at.is_some())));
        }
        match grant {
            Some((code, expires_at)) => self.team_grants.set(TeamGrant::new(on, code, expires_at)),
            None => drop(self.team_grants.remove(&on)),
        }
    }
}

impl<Id> Numbers<Id> {
    /// Makes the next version of them cheap.
    pub(crate) fn share(&mut self) {
        self.organizations.put_on_pages();
        self.roles.put_on_pages();
        self.teams.put_on_pages();
        self.places.put_on_pages();
        self.team_grants.share();
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
        Arc::make_mut(&mut self.visibilities).shrink_to_fit();
    }
}

impl<Id: Clone> Shared for Numbers<Id> {
    fn separate(&mut self) {
        self.organizations.separate();
        self.roles.for_each_mut(|_| {});
        self.teams.separate();
        self.places.for_each_mut(|_| {});
        self.team_grants.separate();
        self.visibilities = Arc::new(Vec::clone(&self.visibilities));
    }
}

/// An organization, with those of its teams that have slots.
#[derive(Clone, Debug)]
pub(crate) struct OrganizationNumber<Id> {
    id: Id,
    /// `None` if it never had a team.
    teams: Option<Arc<TeamsBySlot>>,
}

impl<Id: Clone> Shared for OrganizationNumber<Id> {
    fn separate(&mut self) {
        if let Some(teams) = &mut self.teams {
            *teams = Arc::new(**teams);
        }
    }
}

/// A team, with its grants.
#[derive(Clone, Debug)]
pub(crate) struct TeamNumber<Id> {
    id: Id,
    /// The number of the organization.
    organization: u32,
    slot: Option<u8>,
    held: Held,
}

impl<Id> TeamNumber<Id> {
    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    pub(crate) const fn organization(&self) -> u32 {
        self.organization
    }

    /// Its bit in sets of teams, if it has one.
    pub(crate) const fn slot(&self) -> Option<u8> {
        self.slot
    }

    #[inline]
    pub(crate) const fn held(&self) -> &Held {
        &self.held
    }
}

impl<Id> Shared for TeamNumber<Id> {
    fn separate(&mut self) {
        self.held.separate();
    }
}

/// A project or a cluster, on which there are grants.
#[derive(Clone, Debug)]
pub(crate) struct Place<Id> {
    id: Id,
    pub(crate) teams: TeamCodes,
    pub(crate) visibility: Visibility,
    kind: PlaceKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceKind {
    Project,
    Cluster,
}

impl<Id> Place<Id> {
    pub(crate) fn new(id: Id, visibility: Visibility, kind: PlaceKind) -> Self {
        Self { id, teams: TeamCodes::default(), visibility, kind }
    }

    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    /// The same place, on which nothing is granted to teams.
    pub(crate) fn without_grants(&self) -> Self
    where
        Id: Clone,
    {
        Self::new(self.id.clone(), self.visibility, self.kind)
    }

    pub(crate) const fn kind(&self) -> PlaceKind {
        self.kind
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

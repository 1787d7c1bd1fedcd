//! What a directory stores of members and teams, and what its views show.

mod compare;
mod items;

use core::borrow::Borrow;

pub(crate) use items::Either;

use self::items::Listed;
use super::{AccountFact, GrantsFact, MembershipFact, TeamFact};
use crate::directory::members::AccountRecord;
use crate::directory::members::given::{Few, Given, Grantable, HeldRef, NO_GRANTS, find};
use crate::directory::members::terms::Terms;
use crate::directory::members::word::{One, Word};
use crate::directory::numbers::{Numbers, PlaceKind};
use crate::directory::store::Directory;
use crate::directory::team::TeamRecord;
use crate::model::access::ClusterAccess;
use crate::model::account::{Account, AccountKind};
use crate::model::counted::Counted;
use crate::model::custom_role::AnyRole;
use crate::model::grants::{Granted, Grants};
use crate::model::membership::{Membership, state_of};
use crate::model::names::copy;
use crate::model::project::Visibility;
use crate::model::role::{Permissions, ProjectRole, RankedPermissions};
use crate::model::sorted::Sorted;
use crate::model::team::Team;
use crate::model::time::{Grant, GrantState, Now, Time};

/// An account in a directory.
pub(crate) struct StoredAccount<'a, Id> {
    pub(crate) directory: &'a Directory<Id>,
    pub(crate) account: &'a AccountRecord<Id>,
}

impl<'a, Id> StoredAccount<'a, Id> {
    pub(crate) const fn id(self) -> &'a Id {
        self.account.id()
    }

    pub(crate) fn kind(self) -> AccountKind {
        self.directory.members.kind(self.account)
    }

    fn memberships(self) -> impl Iterator<Item = StoredMembership<'a, Id>> + use<'a, Id> {
        let Self { directory, account } = self;
        directory
            .members
            .seats(account)
            .filter_map(move |seat| StoredMembership::of(directory, seat.organization(), seat.word))
    }

    #[inline]
    pub(crate) fn membership<Q: Ord + ?Sized>(self, organization: &Q) -> Option<StoredMembership<'a, Id>>
    where
        Id: Ord + Borrow<Q>,
    {
        let Self { directory, account } = self;
        let is_it = |number| directory.numbers.organization_id(number).is_some_and(|id| id.borrow() == organization);
        let seat = directory.members.find_seat(account, is_it)?;
        StoredMembership::of(directory, seat.organization(), seat.word)
    }
}

/// A membership in a directory.
pub(crate) struct StoredMembership<'a, Id> {
    directory: &'a Directory<Id>,
    organization: &'a Id,
    /// The number of the organization.
    number: u32,
    terms: Terms<'a>,
}

impl<'a, Id> StoredMembership<'a, Id> {
    #[inline]
    fn of(directory: &'a Directory<Id>, number: u32, word: Word) -> Option<Self> {
        let organization = directory.numbers.organization_id(number)?;
        Some(Self { directory, organization, number, terms: directory.members.terms(word) })
    }

    /// The role of the membership itself, even if a service account acts with a lower one.
    #[inline]
    pub(crate) fn own(self) -> RankedPermissions {
        self.terms.role()
    }

    /// The role that the member acts with.
    #[inline]
    pub(crate) fn acting(self) -> RankedPermissions {
        self.terms.acting()
    }

    pub(crate) fn role(self) -> AnyRole<&'a Id> {
        let custom = self.terms.line().and_then(|line| self.directory.numbers.roles.get(line.custom));
        custom.map_or_else(|| AnyRole::BuiltIn(self.own().rank), AnyRole::Custom)
    }

    #[inline]
    pub(crate) fn expires_at(self) -> Option<Time> {
        self.terms.expires_at()
    }

    pub(crate) fn has_only_a_role(self) -> bool {
        let is_built_in = self.terms.line().is_none_or(|line| line.custom == 0);
        is_built_in && matches!(self.terms.own(), HeldRef::Few(NO_GRANTS)) && self.terms.teams().is_empty()
    }

    /// The numbers of the teams, in no particular order.
    fn team_numbers(self) -> impl Iterator<Item = u32> + Clone + use<'a, Id> {
        self.terms.teams().numbers(self.directory.numbers.teams_by_slot(self.number))
    }

    /// The teams in the order of their ids.
    pub(crate) fn teams(self) -> impl ExactSizeIterator<Item = (&'a Id, GrantsFact<'a, Id>)> + Clone + use<'a, Id> {
        let (numbers, teams) = (&self.directory.numbers, self.terms.teams());
        let known = teams.numbers(numbers.teams_by_slot(self.number)).filter_map(|team| {
            let team = numbers.teams.get(team)?;
            Some((team.id(), GrantsFact::Stored(StoredGrants { numbers, held: HeldRef::Lists(team.held()) })))
        });
        Counted { items: known, left: self.team_numbers().count() }
    }

    /// How the member's overrides on a cluster count: their own, else those of the teams.
    pub(crate) fn cluster_access_at(self, cluster: &Id, now: Now) -> GrantState<ClusterAccess>
    where
        Id: Ord,
    {
        let own = state_of(self.own_grants().cluster_access(cluster), now);
        self.or_of_teams(own, cluster, now)
    }

    /// How the member's roles in a project count: their own, else those of the teams.
    pub(crate) fn project_role_at(self, project: &Id, now: Now) -> GrantState<ProjectRole>
    where
        Id: Ord,
    {
        let own = state_of(self.own_grants().project_role(project), now);
        self.or_of_teams(own, project, now)
    }

    fn or_of_teams<T: Grantable>(self, own: GrantState<T>, place: &Id, now: Now) -> GrantState<T>
    where
        Id: Ord,
    {
        if self.terms.teams().is_empty() {
            return own;
        }
        let numbers = &self.directory.numbers;
        let teams = self.team_numbers().filter_map(|team| numbers.teams.get(team));
        let states = teams.map(|team| state_of(on_id(T::list(team.held()), place, numbers), now));
        own.or_of_teams(states.fold(GrantState::Nothing, GrantState::or_of_another_team))
    }

    pub(crate) fn own_grants(self) -> StoredGrants<'a, Id> {
        StoredGrants { numbers: &self.directory.numbers, held: self.terms.own() }
    }

    pub(crate) fn to_membership(self) -> Membership<Id>
    where
        Id: Clone,
    {
        let teams = self.teams().map(|(team, grants)| (team.clone(), grants.to_grants().into()));
        let mut membership = Membership::new(self.organization.clone(), self.own().rank);
        membership.set_extras(Sorted::in_order(teams), GrantsFact::Stored(self.own_grants()).to_grants());
        membership.set_role(self.own(), self.role().custom().cloned());
        membership.set_expiry(self.expires_at());
        membership
    }
}

/// Grants in a directory.
pub(crate) struct StoredGrants<'a, Id> {
    numbers: &'a Numbers<Id>,
    held: HeldRef<'a>,
}

impl<'a, Id> StoredGrants<'a, Id> {
    pub(crate) fn overrides(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ClusterAccess>)> + use<'a, Id> {
        self.listed(PlaceKind::Cluster)
    }

    pub(crate) fn project_roles(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ProjectRole>)> + use<'a, Id> {
        self.listed(PlaceKind::Project)
    }

    /// The grants on places of a kind.
    fn listed<T: Grantable>(self, on: PlaceKind) -> Listed<'a, Id, T> {
        let Self { numbers, held } = self;
        match held {
            HeldRef::Few(few) => Listed::new(few.map(|one| self.given(one, on)), &[], numbers),
            HeldRef::Lists(held) => Listed::new([None, None], T::list(held), numbers),
        }
    }

    /// A grant, if there is one and it is on a place of this kind.
    fn given<T: Grantable>(self, one: One, on: PlaceKind) -> Option<Given<T>> {
        self.numbers.places.get(one.place).filter(|place| place.kind() == on)?;
        T::of_one(one).map(|value| Given { on: one.place, grant: Grant::new(value) })
    }

    /// The grant of these on a place.
    fn on<T: Grantable, Q: Eq + ?Sized>(self, few: Few, kind: PlaceKind, id: &Q) -> Option<Grant<T>>
    where
        Id: Borrow<Q>,
    {
        let on_it = |one: &One| self.numbers.places.get(one.place).is_some_and(|place| place.is(kind, id));
        few.into_iter().find(on_it).and_then(T::of_one).map(Grant::new)
    }
}

impl<'a, Id: Ord> StoredGrants<'a, Id> {
    pub(crate) fn cluster_access<Q: Ord + ?Sized>(self, cluster: &Q) -> Option<Grant<ClusterAccess>>
    where
        Id: Borrow<Q>,
    {
        match self.held {
            HeldRef::Few(few) => self.on(few, PlaceKind::Cluster, cluster),
            HeldRef::Lists(held) => on_id(&held.overrides, cluster, self.numbers),
        }
    }

    pub(crate) fn project_role<Q: Ord + ?Sized>(self, project: &Q) -> Option<Grant<ProjectRole>>
    where
        Id: Borrow<Q>,
    {
        match self.held {
            HeldRef::Few(few) => self.on(few, PlaceKind::Project, project),
            HeldRef::Lists(held) => on_id(&held.project_roles, project, self.numbers),
        }
    }

    pub(crate) fn next_override(self, after: Option<&Id>) -> Option<(&'a Id, Visibility)> {
        match self.held {
            HeldRef::Few(_) => self.overrides().find(|(id, ..)| after.is_none_or(|after| *id > after)).map(place),
            HeldRef::Lists(held) => next(&held.overrides, after, self.numbers),
        }
    }

    pub(crate) fn next_project_role(self, after: Option<&Id>) -> Option<(&'a Id, Visibility)> {
        match self.held {
            HeldRef::Few(_) => self.project_roles().find(|(id, ..)| after.is_none_or(|after| *id > after)).map(place),
            HeldRef::Lists(held) => next(&held.project_roles, after, self.numbers),
        }
    }
}

fn place<Id, T>((id, visibility, _): (&Id, Visibility, Grant<T>)) -> (&Id, Visibility) {
    (id, visibility)
}

fn on_id<Id: Ord + Borrow<Q>, Q: Ord + ?Sized, T: Copy>(
    list: &[Given<T>],
    id: &Q,
    numbers: &Numbers<Id>,
) -> Option<Grant<T>> {
    Some(list.get(find(list, id, &numbers.places).ok()?)?.grant)
}

/// The first place after another one.
fn next<'a, Id: Ord, T>(
    list: &[Given<T>],
    after: Option<&Id>,
    numbers: &'a Numbers<Id>,
) -> Option<(&'a Id, Visibility)> {
    let next = match after.map(|after| find(list, after, &numbers.places)) {
        None => 0,
        Some(Ok(at)) => at.saturating_add(1),
        Some(Err(at)) => at,
    };
    numbers.places.get(list.get(next)?.on).map(|place| (place.id(), place.visibility))
}

/// A team in a directory.
pub(crate) struct StoredTeam<'a, Id> {
    pub(crate) directory: &'a Directory<Id>,
    pub(crate) team: &'a TeamRecord<Id>,
}

impl<'a, Id> StoredTeam<'a, Id> {
    pub(crate) const fn id(self) -> &'a Id {
        self.team.id()
    }

    pub(crate) const fn organization(self) -> &'a Id {
        self.team.organization()
    }

    pub(crate) const fn members(self) -> u32 {
        self.team.members()
    }

    pub(crate) fn grants(self) -> StoredGrants<'a, Id> {
        let numbers = &self.directory.numbers;
        let held =
            numbers.teams.get(self.team.number()).map_or(HeldRef::Few(NO_GRANTS), |team| HeldRef::Lists(team.held()));
        StoredGrants { numbers, held }
    }
}

impl<'a, Id> AccountFact<'a, Id> {
    /// The memberships, in the order of their organizations' ids.
    pub(crate) fn memberships(self) -> impl ExactSizeIterator<Item = MembershipFact<'a, Id>> + use<'a, Id> {
        match self {
            Self::Model(account) => Either::Model(account.memberships().map(MembershipFact::of)),
            Self::Stored(account) => {
                let left = account.directory.members.seats(account.account).count();
                Either::Stored(Counted { items: account.memberships().map(MembershipFact::Stored), left })
            }
        }
    }

    pub(crate) fn to_account(self) -> Account<Id>
    where
        Id: Clone,
    {
        Account::in_order(self.id().clone(), self.kind(), self.memberships().map(MembershipFact::to_membership))
    }
}

impl<'a, Id> MembershipFact<'a, Id> {
    pub(crate) fn organization(self) -> &'a Id {
        match self {
            Self::Model(membership) => membership.organization(),
            Self::Stored(membership) => membership.organization,
        }
    }

    /// The permissions of the role, even if a service account acts with others.
    pub(crate) fn permissions(self) -> Permissions {
        match self {
            Self::Model(membership) => membership.permissions(),
            Self::Stored(membership) => membership.own().permissions,
        }
    }

    /// The ids of the teams that the member is in, in order.
    pub(crate) fn teams(self) -> impl ExactSizeIterator<Item = &'a Id> + use<'a, Id> {
        match self {
            Self::Model(membership) => Either::Model(membership.teams()),
            Self::Stored(membership) => Either::Stored(membership.teams().map(|(team, _)| team)),
        }
    }

    /// Whether the member has grants of their own or places in teams.
    pub(crate) fn has_grants_or_teams(self) -> bool {
        self.own_grants().is_some_and(|grants| !grants.is_empty()) || self.teams().len() > 0
    }

    pub(crate) fn cluster_accesses(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ClusterAccess>)> + use<'a, Id> {
        match self {
            Self::Model(membership) => Either::Model(membership.cluster_accesses()),
            Self::Stored(membership) => Either::Stored(membership.own_grants().overrides()),
        }
    }

    pub(crate) fn project_roles(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ProjectRole>)> + use<'a, Id> {
        match self {
            Self::Model(membership) => Either::Model(membership.project_roles()),
            Self::Stored(membership) => Either::Stored(membership.own_grants().project_roles()),
        }
    }
}

impl<Id: Clone> GrantsFact<'_, Id> {
    pub(crate) fn to_grants(self) -> Grants<Id> {
        Grants {
            overrides: Sorted::in_order(self.overrides().map(granted)),
            project_roles: Sorted::in_order(self.project_roles().map(granted)),
        }
    }
}

fn granted<Id: Clone, T>((on, visibility, grant): (&Id, Visibility, Grant<T>)) -> Granted<Id, T> {
    Granted { on: on.clone(), visibility, grant }
}

impl<'a, Id> TeamFact<'a, Id> {
    pub(crate) fn cluster_accesses(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ClusterAccess>)> + use<'a, Id> {
        self.grants().overrides()
    }

    pub(crate) fn project_roles(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ProjectRole>)> + use<'a, Id> {
        self.grants().project_roles()
    }

    pub(crate) fn to_team(self) -> Team<Id>
    where
        Id: Clone,
    {
        let team = Team::new(self.id().clone(), self.organization().clone()).with_members(self.members());
        team.with_grants(self.grants().to_grants().into())
    }
}

copy!(StoredAccount, StoredMembership, StoredGrants, StoredTeam);

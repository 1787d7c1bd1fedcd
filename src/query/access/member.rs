//! What a member has on a resource, by the inputs that the gates read.

use core::iter::{once, successors};

use super::{Access, AccessSource, EffectiveRole, EnvironmentAccess, Held};
use crate::model::access::{ClusterAccess, OnCluster};
use crate::model::action::Action;
use crate::model::custom_role::AnyRole;
use crate::model::fact::{AccountFact, GrantsFact, MembershipFact, ResourceFact, RoleFact, SubjectFact};
use crate::model::grants::Holder;
use crate::model::membership::state_of;
use crate::model::role::{RankedPermissions, Role};
use crate::model::scope::Scope;
use crate::model::time::{Grant, GrantState, Now, Time};
use crate::policy::inputs::Inputs;

/// A member, with regard to a resource of the organization.
pub(super) struct Member<'a, Id> {
    account: AccountFact<'a, Id>,
    membership: MembershipFact<'a, Id>,
    resource: ResourceFact<'a, Id>,
    scope: Scope<'a, Id>,
    at: Option<Time>,
    present: Present,
}

impl<'a, Id: Ord> Member<'a, Id> {
    pub(super) fn of(account: AccountFact<'a, Id>, resource: ResourceFact<'a, Id>, at: Option<Time>) -> Option<Self> {
        let scope = Scope::of(&resource);
        let membership = account.membership::<Id>(scope.organization)?;
        Some(Self { account, membership, resource, scope, at, present: Present::of(account, &resource, at) })
    }

    pub(super) fn id(&self) -> &'a Id {
        self.account.id()
    }

    /// The role that counts for the resource.
    pub(super) fn role(&self) -> Option<Access<'a, Id, EffectiveRole>> {
        let value = EffectiveRole(self.present.standing()?);
        Some(Access { value, source: self.source_of_role()?, until: self.until(Present::standing) })
    }

    /// The access to the resource's cluster, by the role that counts.
    pub(super) fn level(&self) -> Option<Access<'a, Id, ClusterAccess>> {
        let value = self.present.level()?;
        Some(Access { value, source: self.source_of_level()?, until: self.until(Present::level) })
    }

    pub(super) fn in_environment(&self) -> Option<EnvironmentAccess<'a, Id>> {
        Some(EnvironmentAccess { role: self.role()?, level: self.level()? })
    }

    fn source_of_role(&self) -> Option<AccessSource<'a, Id>> {
        let role = self.present.0.role?;
        Some(match self.holder_of_project_role(role) {
            Some(holder) => AccessSource::ProjectRole(holder),
            None => AccessSource::Role(match self.membership.role() {
                AnyRole::BuiltIn(_) => AnyRole::BuiltIn(role.rank),
                AnyRole::Custom(id) => AnyRole::Custom(id),
            }),
        })
    }

    fn source_of_level(&self) -> Option<AccessSource<'a, Id>> {
        match self.holder_of_access() {
            Some(holder) => Some(AccessSource::ClusterAccess(holder)),
            None => self.source_of_role(),
        }
    }

    /// Whose project role makes the role that counts, if one does.
    fn holder_of_project_role(&self, role: RankedPermissions) -> Option<Holder<&'a Id>> {
        let (project, visibility) = self.scope.project.filter(|_| role.rank.yields_to_project_roles())?;
        let without = Present(Inputs { project: Some((visibility, GrantState::Nothing)), ..self.present.0 });
        match self.state(|grants| grants.project_role(project)) {
            GrantState::Nothing => None,
            GrantState::InForce(held) => Some(held.holder),
            GrantState::Lowering(held) => (self.present.standing() != without.standing()).then_some(held.holder),
        }
    }

    /// Whose access to the cluster makes the level, if one does.
    fn holder_of_access(&self) -> Option<Holder<&'a Id>> {
        let [cluster, _] = self.scope.clusters;
        let (cluster, visibility) = cluster?;
        // An Owner's access is never changed.
        if self.present.standing()?.rank == Role::Owner {
            return None;
        }
        let default = Some(OnCluster { visibility, granted: GrantState::Nothing });
        let without = Present(Inputs { clusters: [default, None], ..self.present.0 });
        match self.state(|grants| grants.cluster_access(cluster)) {
            GrantState::Nothing => None,
            GrantState::InForce(held) => Some(held.holder),
            GrantState::Lowering(held) => (self.present.level() != without.level()).then_some(held.holder),
        }
    }

    /// How the member's grants of a kind count, with the holder of the one that does.
    fn state<T: Copy + Ord>(
        &self,
        grant: impl Fn(GrantsFact<'_, Id>) -> Option<Grant<T>>,
    ) -> GrantState<Held<'a, Id, T>> {
        let state = |holder, grants: GrantsFact<'_, Id>| {
            let held = |grant: Grant<T>| {
                let end = grant.expires_at().unwrap_or(Time::MAX);
                Grant::expiring(Held { value: grant.value(), end, holder }, grant.expires_at())
            };
            state_of(grant(grants).map(held), Now::new(self.at))
        };
        let own = self.membership.own_grants();
        let own = own.map_or(GrantState::Nothing, |grants| state(Holder::Account(self.id()), grants));
        let teams = self.membership.team_grants().map(|(team, grants)| state(Holder::Team(team), grants));
        own.or_of_teams(teams.fold(GrantState::Nothing, GrantState::or_of_another_team))
    }

    /// The first expiry at which a value is another one. Without a time the value is what there is whatever expires.
    fn until<T: PartialEq>(&self, value: impl Fn(&Present) -> T) -> Option<Time> {
        let now = value(&self.present);
        let mut expiries = successors(self.next_expiry(self.at?), |expiry| self.next_expiry(*expiry));
        expiries.find(|expiry| value(&Present::of(self.account, &self.resource, Some(*expiry))) != now)
    }

    /// The next expiry after a time, of all that the member has with regard to the resource.
    fn next_expiry(&self, after: Time) -> Option<Time> {
        let [cluster, _] = self.scope.clusters;
        let own = self.membership.own_grants().into_iter();
        let grants = own.chain(self.membership.team_grants().map(|(_, grants)| grants));
        let expiries = grants.flat_map(|grants| {
            let access = cluster.and_then(|(id, _)| grants.cluster_access(id)).and_then(|grant| grant.expires_at());
            let role = self.scope.project.and_then(|(id, _)| grants.project_role(id));
            [access, role.and_then(|grant| grant.expires_at())]
        });
        expiries.chain(once(self.membership.expires_at())).flatten().filter(|expiry| *expiry > after).min()
    }
}

/// What the gates read, and what they make of it.
struct Present(Inputs);

impl Present {
    fn of<Id: Ord>(account: AccountFact<'_, Id>, resource: &ResourceFact<'_, Id>, at: Option<Time>) -> Self {
        let subject = SubjectFact::at(Some(account), at);
        Self(Inputs::of(&subject, Action::<RoleFact<'_, Id>>::View, resource))
    }

    fn standing(&self) -> Option<RankedPermissions> {
        self.0.standing(self.0.role?)
    }

    fn level(&self) -> Option<ClusterAccess> {
        let [cluster, _] = self.0.clusters;
        Some(self.0.level(self.0.role?, Some(self.standing()?), cluster?))
    }
}

//! What a member has on a resource, by the inputs that the gates read.

use core::iter::{once, successors};

use super::{Access, AccessSource, EffectiveRole, EnvironmentAccess, Held};
use crate::model::access::{ClusterAccess, OnCluster};
use crate::model::account::Account;
use crate::model::action::Action;
use crate::model::custom_role::AnyRole;
use crate::model::grants::{Grants, Holder};
use crate::model::membership::{Membership, state_of};
use crate::model::resource::Resource;
use crate::model::role::{RankedPermissions, Role};
use crate::model::scope::Scope;
use crate::model::subject::Subject;
use crate::model::time::{Grant, GrantState, Now, Time};
use crate::policy::inputs::Inputs;

/// A member, with regard to a resource of the organization.
pub(super) struct Member<'a, Id> {
    account: &'a Account<Id>,
    membership: &'a Membership<Id>,
    resource: Resource<'a, Id>,
    scope: Scope<'a, Id>,
}

impl<'a, Id: Ord> Member<'a, Id> {
    pub(super) fn of(account: &'a Account<Id>, resource: Resource<'a, Id>) -> Option<Self> {
        let scope = Scope::of(&resource);
        Some(Self { account, membership: account.membership::<Id>(scope.organization)?, resource, scope })
    }

    pub(super) const fn id(&self) -> &'a Id {
        self.account.id()
    }

    /// The role that counts for the resource.
    pub(super) fn role(&self, at: Option<Time>) -> Option<Access<'a, Id, EffectiveRole>> {
        Some(Access {
            value: EffectiveRole(self.present(at).standing()?),
            source: self.source_of_role(at)?,
            until: self.until(at, |at| self.present(at).standing()),
        })
    }

    /// The access to the resource's cluster, by the role that counts.
    pub(super) fn level(&self, at: Option<Time>) -> Option<Access<'a, Id, ClusterAccess>> {
        Some(Access {
            value: self.present(at).level()?,
            source: self.source_of_level(at)?,
            until: self.until(at, |at| self.present(at).level()),
        })
    }

    pub(super) fn in_environment(&self, at: Option<Time>) -> Option<EnvironmentAccess<'a, Id>> {
        Some(EnvironmentAccess { role: self.role(at)?, level: self.level(at)? })
    }

    /// What the gates read.
    fn present(&self, at: Option<Time>) -> Present {
        let subject = Subject { account: Some(self.account), token: None, service_token: None, now: at };
        Present(Inputs::of(&subject, Action::View, &self.resource))
    }

    fn source_of_role(&self, at: Option<Time>) -> Option<AccessSource<'a, Id>> {
        let present = self.present(at);
        let role = present.0.role?;
        Some(match self.holder_of_project_role(&present, role, at) {
            Some(holder) => AccessSource::ProjectRole(holder),
            None => AccessSource::Role(match self.membership.role() {
                AnyRole::BuiltIn(_) => AnyRole::BuiltIn(role.rank),
                AnyRole::Custom(id) => AnyRole::Custom(id),
            }),
        })
    }

    fn source_of_level(&self, at: Option<Time>) -> Option<AccessSource<'a, Id>> {
        match self.holder_of_access(&self.present(at), at) {
            Some(holder) => Some(AccessSource::ClusterAccess(holder)),
            None => self.source_of_role(at),
        }
    }

    /// Whose project role makes the role that counts, if one does.
    fn holder_of_project_role(
        &self,
        present: &Present,
        role: RankedPermissions,
        at: Option<Time>,
    ) -> Option<Holder<&'a Id>> {
        let (project, visibility) = self.scope.project.filter(|_| role.rank.yields_to_project_roles())?;
        let without = Present(Inputs { project: Some((visibility, GrantState::Nothing)), ..present.0 });
        match self.state(at, |grants| grants.project_role(project)) {
            GrantState::Nothing => None,
            GrantState::InForce(held) => Some(held.holder),
            GrantState::Lowering(held) => (present.standing() != without.standing()).then_some(held.holder),
        }
    }

    /// Whose access to the cluster makes the level, if one does.
    fn holder_of_access(&self, present: &Present, at: Option<Time>) -> Option<Holder<&'a Id>> {
        let [cluster, _] = self.scope.clusters;
        let (cluster, visibility) = cluster?;
        // An Owner's access is never changed.
        if present.standing()?.rank == Role::Owner {
            return None;
        }
        let default = Some(OnCluster { visibility, granted: GrantState::Nothing });
        let without = Present(Inputs { clusters: [default, None], ..present.0 });
        match self.state(at, |grants| grants.cluster_access(cluster)) {
            GrantState::Nothing => None,
            GrantState::InForce(held) => Some(held.holder),
            GrantState::Lowering(held) => (present.level() != without.level()).then_some(held.holder),
        }
    }

    /// How the member's grants of a kind count, with the holder of the one that does.
    fn state<T: Copy + Ord>(
        &self,
        at: Option<Time>,
        grant: impl Fn(&Grants<Id>) -> Option<Grant<T>>,
    ) -> GrantState<Held<'a, Id, T>> {
        let state = |holder, grants: &Grants<Id>| {
            let held = |grant: Grant<T>| {
                let end = grant.expires_at().unwrap_or(Time::MAX);
                Grant::expiring(Held { value: grant.value(), end, holder }, grant.expires_at())
            };
            state_of(grant(grants).map(held), Now::new(at))
        };
        let own = self.membership.own_grants();
        let own = own.map_or(GrantState::Nothing, |grants| state(Holder::Account(self.id()), grants));
        let teams = self.membership.team_grants().iter().map(|(team, grants)| state(Holder::Team(team), grants));
        own.or_of_teams(teams.fold(GrantState::Nothing, GrantState::or_of_another_team))
    }

    /// The first expiry at which a value is another one. Without a time the value is what there is whatever expires.
    fn until<T: PartialEq>(&self, at: Option<Time>, value: impl Fn(Option<Time>) -> T) -> Option<Time> {
        let now = value(at);
        let mut expiries = successors(self.next_expiry(at?), |expiry| self.next_expiry(*expiry));
        expiries.find(|expiry| value(Some(*expiry)) != now)
    }

    /// The next expiry after a time, of all that the member has with regard to the resource.
    fn next_expiry(&self, after: Time) -> Option<Time> {
        let [cluster, _] = self.scope.clusters;
        let own = self.membership.own_grants().into_iter();
        let grants = own.chain(self.membership.team_grants().iter().map(|(_, grants)| &**grants));
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
    fn standing(&self) -> Option<RankedPermissions> {
        self.0.standing(self.0.role?)
    }

    fn level(&self) -> Option<ClusterAccess> {
        let [cluster, _] = self.0.clusters;
        Some(self.0.level(self.0.role?, Some(self.standing()?), cluster?))
    }
}

//! The rules that relate the subject to what it asks for, but for what it gives.

use shipgate::model::{ApprovalFrom, Permission, SelfApproval, Update};
use shipgate::policy::RoleRequirement;
use shipgate::{
    AccountKind, Action, AnyRole, ClusterAccess, Protection, Reason, ResourceId, Role, RoleDefinition, Time,
};

use super::facts::Id;
use super::gates::{Gates, Passed, deny, pass_if};
use super::grants::{Member, live, present};
use super::outcomes::in_order;
use super::protection::{bypassing_rank, custodian, loosens};
use super::roles::{Height, Powers, ceiling, includes, may_have};

impl Gates<'_> {
    /// The target's membership, live or not.
    pub(crate) fn target(&self) -> Option<Member<'_>> {
        self.world.member(self.place.target?, self.place.organization)
    }

    /// `by` includes this role; for an Owner's, the subject's membership has no expiry.
    pub(crate) fn rank(&self, by: &Powers, role: &Powers) -> Passed {
        let expires = self.subject.membership.role.until.is_some();
        let passes = by.includes(role) && !(role.rank() == Role::Owner && expires);
        let permission = if includes(by.rank(), role.rank()) { by.first_lacking(role) } else { None };
        pass_if(passes, Reason::Outranked { have: by.rank(), need: role.rank(), permission })
    }

    /// The target's organization role; for a project role the target's effective role in the project, in each case that its
    /// expiries allow.
    pub(crate) fn rank_of_target(&self) -> Passed {
        let Some(target) = self.target() else { return Ok(()) };
        let (Action::SetProjectRole { .. }, Some(project)) = (self.action, self.place.project) else {
            return self.rank(&self.subject.role(), &target.role());
        };
        let cases = present(&target.grants_in(project), self.question.time);
        for standing in in_order(cases.iter().filter_map(|case| target.made_standing(project, case))) {
            self.rank(&self.standing, &standing)?;
        }
        Ok(())
    }

    pub(crate) fn rank_of_role(&self) -> Passed {
        match self.definition() {
            Some(definition) => self.rank(&self.subject.role(), &Powers::custom(definition)),
            None => Ok(()),
        }
    }

    /// The rank and the permissions of the custom role that it is about.
    pub(crate) fn definition(&self) -> Option<RoleDefinition> {
        Some(self.world.roles.get(&self.place.role?)?.definition)
    }

    pub(crate) fn assignable(&self) -> Passed {
        let target = self.target();
        let is_user = target.is_some_and(|target| target.kind == AccountKind::User);
        let rank = target.map(|target| target.role().rank());
        let assignable = match (self.action, &self.question.resource) {
            (Action::ChangeRole { to: AnyRole::BuiltIn(Role::Owner) }, _) => is_user,
            (Action::Update { to: Update::Permissions(permissions) }, _) => {
                self.definition().is_none_or(|definition| {
                    permissions.permissions().iter().all(|permission| may_have(definition.rank(), permission))
                })
            }
            (Action::SetExpiry { .. } | Action::AddToTeam | Action::RemoveFromTeam, _) => !self.is_oneself(),
            (Action::TransferOwnership, _) => {
                let lasts = target.is_some_and(|target| target.membership.role.until.is_none());
                is_user && lasts && !self.is_oneself()
            }
            (Action::SetProjectRole { .. }, ResourceId::ProjectTeam { team, .. }) => {
                !self.subject.membership.teams.contains(team)
            }
            (Action::SetProjectRole { to }, _) => {
                let counts = to.is_none() || matches!(rank, Some(Role::Developer | Role::Viewer));
                counts && !self.is_oneself()
            }
            (Action::SetClusterAccess { to }, _) => to.is_none() || rank != Some(Role::Owner),
            _ => true,
        };
        pass_if(assignable, Reason::NotAssignable)
    }

    /// The change leaves at least one permanent Owner.
    pub(crate) fn last_owner(&self) -> Passed {
        let Some(target) = self.place.target else { return Ok(()) };
        let takes_away = match self.action {
            Action::Remove | Action::SetExpiry { to: Some(_) } => true,
            Action::ChangeRole { to } => to != AnyRole::BuiltIn(Role::Owner),
            _ => false,
        };
        let organization = self.place.organization;
        let is_the_last = self.world.is_permanent_owner(target, organization) && self.world.owners(organization) <= 1;
        pass_if(!(takes_away && is_the_last), Reason::LastOwner)
    }

    /// Nothing and no one is left in it.
    pub(crate) fn empty(&self) -> Passed {
        let is_empty = match self.question.resource {
            ResourceId::Project(project) => self.world.environments_of_project(project).is_empty(),
            ResourceId::Cluster(cluster) => self.world.environments_on_cluster(cluster) == 0,
            ResourceId::Team(team) => self.world.members_of_team(team) == 0,
            ResourceId::Role(role) => self.world.holders_of_role(role) == 0,
            _ => true,
        };
        pass_if(is_empty, Reason::NotEmpty)
    }

    /// At most the ceiling of the target's organization role.
    pub(crate) fn ceiling(&self) -> Passed {
        let (Action::SetClusterAccess { to: Some(grant) }, Some(target)) = (self.action, self.target()) else {
            return Ok(());
        };
        let (need, ceiling) = (grant.value(), ceiling(target.role().rank()));
        pass_if(ceiling.is_at_least(need), Reason::AboveCeiling { need, ceiling })
    }

    /// On this cluster, or on each that the team has an override on that is not over, the subject is at least where the target
    /// is.
    pub(crate) fn above(&self) -> Passed {
        let Some(target) = self.target() else { return Ok(()) };
        let now = self.question.time;
        // Without a time, who has an expiry may be a live member.
        let is_live = self.may_be_live(target.membership.role.until);
        for cluster in self.place.cluster.into_iter().chain(self.clusters_of_team()) {
            let have = self.subject.level_at(None, cluster, now);
            let need = if is_live { target.most_at(cluster, now) } else { ClusterAccess::None };
            pass_if(have.is_at_least(need), Reason::Escalation { have, need })?;
        }
        Ok(())
    }

    /// Whether what ends then is not over: without a time, nothing is.
    pub(crate) fn may_be_live(&self, until: Option<Time>) -> bool {
        self.question.time.is_none() || live(until, self.question.time)
    }

    /// The clusters that the team has an override on which is not over.
    pub(crate) fn clusters_of_team(&self) -> impl Iterator<Item = Id> {
        let team = self.place.team.and_then(|team| self.world.teams.get(&team));
        let overrides = team.into_iter().flat_map(|team| &team.overrides);
        overrides.filter(|(_, given)| self.may_be_live(given.until)).map(|(cluster, _)| *cluster)
    }

    /// To loosen takes the custodian of what is there.
    pub(crate) fn loosening(&self) -> Passed {
        match (self.action, self.place.protection) {
            (Action::SetProtection { to }, Some(present)) if loosens(to, present) => self.guards(custodian(present)),
            _ => Ok(()),
        }
    }

    /// To make something the Owners' takes an Admin of the organization.
    pub(crate) fn tightening(&self) -> Passed {
        let to = match self.action {
            Action::SetProtection { to } => Some(to),
            _ => self.place.protection,
        };
        if to.is_none_or(|to| custodian(to) != Role::Owner) {
            return Ok(());
        }
        let (have, need) = (self.subject.role().rank(), Role::Admin);
        pass_if(includes(have, need), Reason::EnvironmentProtected { have, need })
    }

    pub(crate) fn bypass(&self) -> Passed {
        let Some(rule) = self.place.protection.and_then(Protection::rule) else {
            return deny(Reason::ApprovalNotRequired);
        };
        pass_if(self.subject.kind == AccountKind::User, Reason::ServiceAccount)?;
        let (have, need) = (self.standing.rank(), bypassing_rank(rule));
        pass_if(need.is_some_and(|need| includes(have, need)), Reason::BypassForbidden { have, need })
    }

    /// It is the subject's deployment, or the subject is an Admin there or manages the cluster.
    pub(crate) fn own(&self) -> Passed {
        let manages = self.place.cluster.is_some_and(|cluster| self.level(cluster) == ClusterAccess::Manage);
        let is_own = self.place.is_requested_for(self.question.account)
            || includes(self.standing.rank(), Role::Admin)
            || manages;
        pass_if(is_own, Reason::NotOwnDeployment)
    }

    pub(crate) fn approver(&self) -> Passed {
        let Some(rule) = self.place.protection.and_then(Protection::rule) else {
            return deny(Reason::ApprovalNotRequired);
        };
        pass_if(self.subject.kind == AccountKind::User, Reason::ServiceAccount)?;
        let have = self.standing.rank();
        let need = RoleRequirement::Permission(Permission::Approve);
        pass_if(self.standing.may(Permission::Approve), Reason::RoleInsufficient { have, need })?;
        let may = rule.from() == ApprovalFrom::Admin || have == Role::Owner;
        pass_if(may, Reason::RoleInsufficient { have, need: RoleRequirement::Role(Role::Owner) })?;
        let oneself = self.place.is_requested_for(self.question.account);
        pass_if(!oneself || rule.self_approval() == SelfApproval::Allowed, Reason::SelfApproval)
    }
}

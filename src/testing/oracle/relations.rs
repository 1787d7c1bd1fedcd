//! The rules that relate the subject to what it asks for.

use shipgate::model::SelfApproval;
use shipgate::policy::RoleRequirement;
use shipgate::{AccountKind, Action, Protection, Reason, Role};

use super::gates::{Case, Passed, deny};
use super::protection::{approving_role, custodian, loosens};
use super::roles::{ceiling, default_level, higher_level, higher_or_equal, includes};
use super::rows::Relation;

impl Case<'_> {
    pub(crate) fn relation(&self, relation: Relation) -> Passed {
        match relation {
            Relation::RankOfNamed => self.rank(&[self.named()]),
            Relation::RankOfTargetAndNamed => self.rank(&[self.target_role(), self.named()]),
            Relation::RankOfTargetUnlessOneself if self.is_oneself() => Ok(()),
            Relation::RankOfTarget | Relation::RankOfTargetUnlessOneself => self.rank(&[self.target_role()]),
            Relation::AssignableRole => self.assignable_role(),
            Relation::AssignableExpiry => self.assignable_expiry(),
            Relation::AssignableSuccessor => self.assignable_successor(),
            Relation::AssignableProjectRole => self.assignable_project_role(),
            Relation::AssignableLevel => self.assignable_level(),
            Relation::LastOwner => self.last_owner(),
            Relation::Empty => self.empty(),
            Relation::Loosening => self.loosening(),
            Relation::Requester => self.requester(),
            Relation::Own => self.own(),
            Relation::Approver => self.approver(),
            Relation::Escalation => self.escalation(),
        }
    }

    /// The role that the action names.
    fn named(&self) -> Option<Role> {
        if let Action::InviteMember { role: to } | Action::ChangeRole { to } = self.action { Some(to) } else { None }
    }

    /// The target's role: the tenancy gate has seen that there is one.
    fn target_role(&self) -> Option<Role> {
        self.world.role_ever(self.place.target?, self.place.organization)
    }

    /// "the subject's role includes each role named"
    fn rank(&self, named: &[Option<Role>]) -> Passed {
        for need in named.iter().copied().flatten() {
            if !includes(self.standing, need) {
                return deny(Reason::Outranked { have: self.standing, need });
            }
        }
        Ok(())
    }

    fn target_is_user(&self) -> bool {
        self.place.target.and_then(|target| self.world.kind_of(target)) == Some(AccountKind::User)
    }

    /// "`change_role` to owner: the target is a user, not a service account"
    fn assignable_role(&self) -> Passed {
        assignable(self.named() != Some(Role::Owner) || self.target_is_user())
    }

    /// "`set_expiry`: the target is not the subject"
    fn assignable_expiry(&self) -> Passed {
        assignable(!self.is_oneself())
    }

    /// "`transfer_ownership`: the target is a user with a membership without expiry, and not the subject"
    fn assignable_successor(&self) -> Passed {
        let membership = self.place.target.and_then(|target| self.world.membership(target, self.place.organization));
        let lasts = membership.is_some_and(|membership| membership.role.until.is_none());
        assignable(self.target_is_user() && lasts && !self.is_oneself())
    }

    /// "`set_project_role`: the target's organization role is developer or viewer, and it is not the subject"
    fn assignable_project_role(&self) -> Passed {
        assignable(matches!(self.target_role(), Some(Role::Developer | Role::Viewer)) && !self.is_oneself())
    }

    /// "`set_cluster_access`: the target is not an Owner"
    fn assignable_level(&self) -> Passed {
        assignable(self.target_role() != Some(Role::Owner))
    }

    /// "the change leaves at least one permanent Owner"
    fn last_owner(&self) -> Passed {
        let Some(target) = self.place.target else { return Ok(()) };
        let takes_away = matches!(self.action, Action::Remove | Action::SetExpiry { to: Some(_) })
            || self.named().is_some_and(|to| to != Role::Owner);
        let organization = self.place.organization;
        if takes_away && self.world.is_permanent_owner(target, organization) && self.world.owners(organization) <= 1 {
            return deny(Reason::LastOwner);
        }
        Ok(())
    }

    /// "no environment is left in the project, or deploys to the cluster"
    fn empty(&self) -> Passed {
        let left = match (self.place.project, self.place.cluster) {
            (Some(project), _) => self.world.environments_of_project(project).len(),
            (None, Some(cluster)) => self.world.environments_on_cluster(cluster),
            (None, None) => 0,
        };
        if left == 0 { Ok(()) } else { deny(Reason::NotEmpty) }
    }

    /// To loosen the present protection, the effective role must include its custodian.
    fn loosening(&self) -> Passed {
        let (Action::SetProtection { to }, Some(present)) = (self.action, self.place.protection) else {
            return Ok(());
        };
        let need = custodian(present);
        if loosens(to, present) && !includes(self.standing, need) {
            return deny(Reason::EnvironmentProtected { have: self.standing, need });
        }
        Ok(())
    }

    fn is_requester(&self) -> bool {
        self.place.requested_by == Some(self.question.account)
    }

    /// "the subject is the account that requested the deployment"
    fn requester(&self) -> Passed {
        if self.is_requester() { Ok(()) } else { deny(Reason::NotRequester) }
    }

    /// The subject requested the deployment, has an effective role that includes admin, or has manage access to the cluster.
    fn own(&self) -> Passed {
        let manages = self
            .place
            .cluster
            .is_some_and(|cluster| self.level_of_subject(cluster, self.standing) == shipgate::ClusterAccess::Manage);
        if self.is_requester() || includes(self.standing, Role::Admin) || manages {
            return Ok(());
        }
        deny(Reason::NotOwnDeployment)
    }

    fn approver(&self) -> Passed {
        // "a rule is in force"
        let Some(rule) = self.place.protection.and_then(Protection::rule) else {
            return deny(Reason::ApprovalNotRequired);
        };
        // "the subject is a user"
        if self.world.kind_of(self.question.account) != Some(AccountKind::User) {
            return deny(Reason::ServiceAccount);
        }
        // The effective role must include `from`.
        let need = approving_role(rule.from());
        if !includes(self.standing, need) {
            return deny(Reason::RoleInsufficient { have: self.standing, need: RoleRequirement::Role(need) });
        }
        // "it is not the requester or `self_approval`"
        if self.is_requester() && rule.self_approval() == SelfApproval::Forbidden {
            return deny(Reason::SelfApproval);
        }
        Ok(())
    }

    fn escalation(&self) -> Passed {
        let (Action::SetClusterAccess { to }, Some(target), Some(cluster), Some(target_role)) =
            (self.action, self.place.target, self.place.cluster, self.target_role())
        else {
            return Ok(());
        };
        let default = default_level(target_role);
        // "a `to` of null means the target's default, and a `to` that expires is judged as the higher of `to` and that
        // default, which comes back when it lapses"
        let need = match to {
            None => default,
            Some(grant) if grant.expires_at().is_some() => higher_level(grant.value(), default),
            Some(grant) => grant.value(),
        };
        // "`to` is at most the target's ceiling"
        let most = ceiling(target_role);
        if !higher_or_equal(most, need) {
            return deny(Reason::AboveCeiling { need, ceiling: most });
        }
        // "where the change raises the target's present level, the level it would have after is at most the subject's own
        // level on that cluster"
        let present = self.world.level_on(target, self.place.organization, cluster, target_role, self.question.time);
        let have = self.level_of_subject(cluster, self.role);
        let raises = !higher_or_equal(present, need);
        if raises && !higher_or_equal(have, need) {
            return deny(Reason::Escalation { have, need });
        }
        Ok(())
    }
}

fn assignable(assignable: bool) -> Passed {
    if assignable { Ok(()) } else { deny(Reason::NotAssignable) }
}

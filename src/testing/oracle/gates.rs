//! The gates, in order: the first that fails is the answer.

use std::vec::Vec;

use shipgate::directory::Question;
use shipgate::policy::{ClusterOf, RoleRequirement};
use shipgate::{Action, ActionKind, Decision, Reason, Role};

use super::facts::Place;
use super::protection::{custodian, deployer};
use super::roles::{grants, higher_or_equal, includes, live};
use super::rows::{Approval, By, Keeper, Needed, Row, row};
use super::{Id, World};

/// How much of the token is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    WholeToken,
    RestrictionsOnly,
}

/// What is known of a question once its first gates are passed.
pub(crate) struct Case<'a> {
    pub(crate) world: &'a World,
    pub(crate) question: &'a Question<Id>,
    pub(crate) action: Action,
    pub(crate) place: &'a Place<'a>,
    /// The subject's role in the organization.
    pub(crate) role: Role,
    /// The subject's effective role, in the project if the resource is part of one.
    pub(crate) standing: Role,
}

pub(crate) type Passed = Result<(), Decision>;

pub(crate) fn deny(reason: Reason) -> Passed {
    Err(Decision::Deny(reason))
}

impl World {
    pub(crate) fn judge(&self, question: &Question<Id>, action: Action, judged: Judged) -> Decision {
        let Some(place) = self.place(&question.resource) else {
            return Decision::Deny(Reason::UnknownResource);
        };
        match self.pass_every_gate(question, action, judged, &place) {
            Ok(()) => Decision::Allow,
            Err(decision) => decision,
        }
    }

    fn pass_every_gate(&self, question: &Question<Id>, action: Action, judged: Judged, place: &Place<'_>) -> Passed {
        let Some(row) = row(action.kind(), question.resource.kind()) else {
            return deny(Reason::NotApplicable);
        };
        let Some(role) = self.subject_role(question, place) else {
            return deny(Reason::NotAMember);
        };
        self.tenancy(question, action, place)?;
        credential(question, action, judged, place)?;
        let Some(standing) = self.standing(question.account, place.organization, place.project, question.time) else {
            return deny(Reason::NotInProject);
        };

        let case = Case { world: self, question, action, place, role, standing };
        case.role(row)?;
        case.cluster(row)?;
        case.safeguard(row)?;
        for relation in row.relations {
            case.relation(*relation)?;
        }
        case.approval(row)
    }

    /// "the account has a live membership in the resource's organization"; an account that is said to be of a kind that
    /// it is not of has no memberships.
    fn subject_role(&self, question: &Question<Id>, place: &Place<'_>) -> Option<Role> {
        if question.kind.is_some() && question.kind != self.kind_of(question.account) {
            return None;
        }
        self.organization_role(question.account, place.organization, question.time)
    }

    /// "all facts of the resource are of one organization"
    fn tenancy(&self, question: &Question<Id>, action: Action, place: &Place<'_>) -> Passed {
        for cluster in place.clusters() {
            if self.organization_of_cluster(cluster) != Some(place.organization) {
                return deny(Reason::ForeignResource);
            }
        }
        let Some(target) = place.target else { return Ok(()) };
        // "for `remove` and `set_expiry` an expired membership will do"
        let an_expired_one_will_do = matches!(action.kind(), ActionKind::Remove | ActionKind::SetExpiry);
        let is_member = if an_expired_one_will_do {
            self.role_ever(target, place.organization).is_some()
        } else {
            self.organization_role(target, place.organization, question.time).is_some()
        };
        if is_member { Ok(()) } else { deny(Reason::ForeignResource) }
    }
}

/// "the token, if any, is live, and its scope covers action and resource"
fn credential(question: &Question<Id>, action: Action, judged: Judged, place: &Place<'_>) -> Passed {
    let Some(token) = &question.token else { return Ok(()) };
    if judged == Judged::WholeToken {
        if !live(token.expires_at(), question.time) {
            return deny(Reason::CredentialExpired);
        }
        if !token.actions().contains(action.kind()) {
            return deny(Reason::OutOfScope);
        }
    }
    let covered = covers(token.organizations(), &[Some(place.organization)])
        && covers(token.projects(), &[place.project])
        && covers(token.environments(), &[place.environment])
        // "a placement must have both its clusters in the set"
        && match place.new_cluster {
            None => covers(token.clusters(), &[place.cluster]),
            Some(new) => covers(token.clusters(), &[place.cluster, Some(new)]),
        };
    if covered { Ok(()) } else { deny(Reason::OutOfScope) }
}

/// "for each restriction that is present, the resource has such an id and it is in the set"
fn covers<'a>(restriction: Option<impl Iterator<Item = &'a Id>>, ids: &[Option<Id>]) -> bool {
    let Some(allowed) = restriction else { return true };
    let allowed: Vec<Id> = allowed.copied().collect();
    ids.iter().all(|id| id.is_some_and(|id| allowed.contains(&id)))
}

impl Case<'_> {
    pub(crate) fn is_oneself(&self) -> bool {
        self.place.target == Some(self.question.account)
    }

    /// "it has the permission"
    fn role(&self, row: &Row) -> Passed {
        let permission = match row.permission {
            Needed::Nothing => return Ok(()),
            Needed::PermissionOrOneself(_) if self.is_oneself() => return Ok(()),
            Needed::PermissionOrOneself(permission) | Needed::Permission(permission) => permission,
        };
        if grants(self.standing, permission) {
            return Ok(());
        }
        deny(Reason::RoleInsufficient { have: self.standing, need: RoleRequirement::Permission(permission) })
    }

    /// "level ≥ needed, on each cluster of the resource"
    fn cluster(&self, row: &Row) -> Passed {
        let Some((need, by)) = row.cluster else { return Ok(()) };
        let role = match by {
            By::Standing => self.standing,
            By::OrganizationRole => self.role,
        };
        for (id, cluster) in [(self.place.cluster, ClusterOf::Present), (self.place.new_cluster, ClusterOf::New)] {
            let Some(id) = id else { continue };
            let have = self.level_of_subject(id, role);
            if !higher_or_equal(have, need) {
                return deny(Reason::ClusterLevelInsufficient { have, need, cluster });
            }
        }
        Ok(())
    }

    pub(crate) fn level_of_subject(&self, cluster: Id, role: Role) -> shipgate::ClusterAccess {
        self.world.level_on(self.question.account, self.place.organization, cluster, role, self.question.time)
    }

    /// The effective role must include the safeguard role.
    fn safeguard(&self, row: &Row) -> Passed {
        let Some(keeper) = row.safeguard else { return Ok(()) };
        let need = match (self.place.protection, self.place.project) {
            (Some(protection), _) => match keeper {
                Keeper::Deployer => deployer(protection),
                Keeper::Custodian => custodian(protection),
            },
            // Of a project itself the table asks for the deployer only.
            (None, Some(project)) => self.world.deployer_of_project(project),
            (None, None) => return Ok(()),
        };
        if includes(self.standing, need) {
            return Ok(());
        }
        deny(Reason::EnvironmentProtected { have: self.standing, need })
    }

    /// "the rule is absent or met"
    fn approval(&self, row: &Row) -> Passed {
        if row.approval == Approval::NotAsked {
            return Ok(());
        }
        match self.world.missing_approvals(self.place, self.question.time) {
            None => Ok(()),
            Some(approvals) => Err(Decision::RequireApproval(approvals)),
        }
    }
}

//! The gates, in order: the first that fails is the answer.

use std::vec::Vec;

use shipgate::directory::Question;
use shipgate::policy::{ClusterOf, RoleRequirement};
use shipgate::{Action, ActionKind, ClusterAccess, Decision, Reason, Role, Time, Token};

use super::facts::{Id, World};
use super::grants::{Member, live};
use super::place::Place;
use super::protection::guardian;
use super::roles::{Height, Powers, includes};
use super::table::{Approval, By, Needed, Relation, Row, row_of};

/// How much of the tokens is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    WholeToken,
    RestrictionsOnly,
}

/// What is known of a question once its first gates are passed.
pub(crate) struct Gates<'a> {
    pub(crate) world: &'a World,
    pub(crate) question: &'a Question<Id>,
    pub(crate) action: Action<Id>,
    pub(crate) place: &'a Place<'a>,
    pub(crate) subject: Member<'a>,
    /// The role that counts, in the project if the resource is part of one.
    pub(crate) standing: Powers,
}

pub(crate) type Passed = Result<(), Decision>;

pub(crate) fn deny(reason: Reason) -> Passed {
    Err(Decision::Deny(reason))
}

pub(crate) fn pass_if(passes: bool, reason: Reason) -> Passed {
    if passes { Ok(()) } else { deny(reason) }
}

impl World {
    pub(crate) fn judge(&self, question: &Question<Id>, action: Action<Id>, judged: Judged) -> Decision {
        let Some(place) = self.place(&question.resource) else {
            return Decision::Deny(Reason::UnknownResource);
        };
        match self.pass_every_gate(question, action, judged, &place) {
            Ok(()) => Decision::Allow,
            Err(decision) => decision,
        }
    }

    fn pass_every_gate(
        &self,
        question: &Question<Id>,
        action: Action<Id>,
        judged: Judged,
        place: &Place<'_>,
    ) -> Passed {
        let Some(row) = row_of(&action, question.resource.kind()) else {
            return deny(Reason::NotApplicable);
        };
        let Some(subject) = self.subject(question, place) else {
            return deny(Reason::NotAMember);
        };
        self.tenancy(question.time, &action, place)?;
        credentials(question, &action, judged, place)?;
        let standing = match place.project {
            Some(project) => subject.standing_at(project, question.time),
            None => Some(subject.role()),
        };
        let Some(standing) = standing else {
            return deny(Reason::NotInProject);
        };

        let gates = Gates { world: self, question, action, place, subject, standing };
        gates.role(row)?;
        gates.cluster(row)?;
        gates.safeguard(row)?;
        for relation in row.relations {
            gates.relation(*relation)?;
        }
        gates.approval(row)
    }

    /// The account's live membership in the organization. An account that is said to be of the other kind has none.
    fn subject(&self, question: &Question<Id>, place: &Place<'_>) -> Option<Member<'_>> {
        if question.kind.is_some() && question.kind != self.kind_of(question.account) {
            return None;
        }
        self.live_member(question.account, place.organization, question.time)
    }

    fn tenancy(&self, now: Option<Time>, action: &Action<Id>, place: &Place<'_>) -> Passed {
        if !self.is_of_one_organization(action, place) {
            return deny(Reason::ForeignResource);
        }
        let Some(target) = place.target else { return Ok(()) };
        let an_expired_one_will_do = matches!(
            action.kind(),
            ActionKind::View | ActionKind::Remove | ActionKind::SetExpiry | ActionKind::RemoveFromTeam
        );
        let member = if an_expired_one_will_do {
            self.member(target, place.organization)
        } else {
            self.live_member(target, place.organization, now)
        };
        pass_if(member.is_some(), Reason::ForeignResource)
    }
}

/// The tokens are live, and cover the question.
fn credentials(question: &Question<Id>, action: &Action<Id>, judged: Judged, place: &Place<'_>) -> Passed {
    let tokens = || question.token.iter().chain(&question.service_token);
    if judged == Judged::WholeToken {
        let all_live = tokens().all(|token| live(token.expires_at(), question.time));
        pass_if(all_live, Reason::CredentialExpired)?;
        let all_contain = tokens().all(|token| token.actions().contains(action.kind()));
        pass_if(all_contain, Reason::OutOfScope)?;
    }
    pass_if(tokens().all(|token| reaches(token, place)), Reason::OutOfScope)
}

fn reaches(token: &Token<Id>, place: &Place<'_>) -> bool {
    covers(token.organizations(), &[Some(place.organization)])
        && covers(token.projects(), &[place.project])
        && covers(token.environments(), &[place.environment])
        // Of a placement, both.
        && match place.new_cluster {
            None => covers(token.clusters(), &[place.cluster]),
            Some(new) => covers(token.clusters(), &[place.cluster, Some(new)]),
        }
}

/// A restriction covers what has such an id, if it is in the set.
fn covers<'a>(restriction: Option<impl Iterator<Item = &'a Id>>, ids: &[Option<Id>]) -> bool {
    let Some(allowed) = restriction else { return true };
    let allowed: Vec<Id> = allowed.copied().collect();
    ids.iter().all(|id| id.is_some_and(|id| allowed.contains(&id)))
}

impl Gates<'_> {
    pub(crate) fn is_oneself(&self) -> bool {
        self.place.target == Some(self.question.account)
    }

    /// The permissions, the first that is lacking in the order of the table.
    fn role(&self, row: &Row) -> Passed {
        let permissions = match row.permission {
            Needed::Nothing => return Ok(()),
            Needed::PermissionOrOneself(_) if self.is_oneself() => return Ok(()),
            Needed::PermissionOrOneself(permission) => Vec::from([permission]),
            Needed::Permissions(permissions) => permissions.to_vec(),
        };
        let mut in_order = shipgate::model::Permission::ALL.into_iter();
        match in_order.find(|permission| permissions.contains(permission) && !self.standing.may(*permission)) {
            None => Ok(()),
            Some(permission) => {
                let (have, need) = (self.standing.rank(), RoleRequirement::Permission(permission));
                deny(Reason::RoleInsufficient { have, need })
            }
        }
    }

    /// The level on each cluster of the resource.
    fn cluster(&self, row: &Row) -> Passed {
        let Some((need, by)) = row.cluster else { return Ok(()) };
        let project = match by {
            By::Standing => self.place.project,
            By::OrganizationRole => None,
        };
        for (id, cluster) in self.clusters() {
            let have = self.subject.level_at(project, id, self.question.time);
            if !have.is_at_least(need) {
                return deny(Reason::ClusterLevelInsufficient { have, need, cluster });
            }
        }
        Ok(())
    }

    /// The clusters of the resource: of a project those that its environments deploy to, in the order of their ids.
    fn clusters(&self) -> Vec<(Id, ClusterOf)> {
        if let (Some(project), None) = (self.place.project, self.place.cluster) {
            return self.world.clusters_of_project(project).into_iter().zip((0..).map(ClusterOf::OfProject)).collect();
        }
        let present = self.place.cluster.map(|cluster| (cluster, ClusterOf::Present));
        present.into_iter().chain(self.place.new_cluster.map(|cluster| (cluster, ClusterOf::New))).collect()
    }

    /// The level on the resource's own cluster.
    pub(crate) fn level(&self, cluster: Id) -> ClusterAccess {
        self.subject.level_at(self.place.project, cluster, self.question.time)
    }

    /// The rank that the protection asks for.
    fn safeguard(&self, row: &Row) -> Passed {
        let Some(guard) = row.safeguard else { return Ok(()) };
        let need = match (self.place.protection, self.place.project) {
            (Some(protection), _) => guardian(guard, protection),
            (None, Some(project)) => self.world.guardian_of_project(guard, project),
            (None, None) => return Ok(()),
        };
        self.guards(need)
    }

    /// Whether the effective rank is at least the one that a protection asks for.
    pub(crate) fn guards(&self, need: Role) -> Passed {
        let have = self.standing.rank();
        pass_if(includes(have, need), Reason::EnvironmentProtected { have, need })
    }

    fn relation(&self, relation: Relation) -> Passed {
        match relation {
            Relation::RankOfTarget => self.rank_of_target(),
            Relation::RankOfTargetUnlessOneself => {
                if self.is_oneself() {
                    Ok(())
                } else {
                    self.rank_of_target()
                }
            }
            Relation::RankOfOwner => self.rank(&self.subject.role(), &Powers::built_in(Role::Owner)),
            Relation::RankOfRole => self.rank_of_role(),
            Relation::Assignable => self.assignable(),
            Relation::LastOwner => self.last_owner(),
            Relation::Empty => self.empty(),
            Relation::Ceiling => self.ceiling(),
            Relation::Above => self.above(),
            Relation::Outlast => self.outlast(),
            Relation::Gives => self.gives(),
            Relation::Loosening => self.loosening(),
            Relation::Tightening => self.tightening(),
            Relation::Bypass => self.bypass(),
            Relation::Own => self.own(),
            Relation::Approver => self.approver(),
        }
    }

    /// The rule is absent or met.
    fn approval(&self, row: &Row) -> Passed {
        if row.approval == Approval::NotAsked {
            return Ok(());
        }
        match self.missing_approvals() {
            None => Ok(()),
            Some(approvals) => Err(Decision::RequireApproval(approvals)),
        }
    }
}

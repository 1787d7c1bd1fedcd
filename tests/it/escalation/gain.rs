//! What an account must not gain by its own acts.

use shipgate::model::ApprovalFrom;
use shipgate::model::ApprovalId;
use shipgate::{Action, ClusterAccess, Decision, Directory, MissingApprovals, ResourceId, Role, SubjectId};

use super::scene::{ACME, Id};

/// What an account has more than it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gain {
    /// The Owner role.
    Ownership,
    /// A higher level on a cluster that was there.
    ClusterAccess { cluster: Id, from: ClusterAccess, to: ClusterAccess },
    /// A deploy into an environment that was there, which was denied or asked for an Owner's approval.
    Deploy { environment: Id },
}

/// What an account had at the start.
#[derive(Debug)]
pub(crate) struct Stake<'a> {
    who: SubjectId<'a, Id, str>,
    named_owner: bool,
    owns: bool,
    levels: Vec<(Id, ClusterAccess)>,
    /// The environments that it may not deploy to, or only with an Owner's approval.
    closed: Vec<Id>,
    owners: Vec<Id>,
}

impl<'a> Stake<'a> {
    pub(crate) fn of(who: SubjectId<'a, Id, str>, world: &Directory<Id>) -> Self {
        let clusters = world.clusters_of(ACME).map(|cluster| *cluster.id());
        let environments = world.environments_of(ACME).map(|environment| *environment.id());
        let members = world.members_of(ACME).map(|account| *account.id());
        Self {
            who,
            named_owner: named_owner(world, who.id()),
            owns: owns(world, &who),
            levels: clusters.map(|cluster| (cluster, level(world, &who, cluster))).collect(),
            closed: environments.filter(|environment| is_closed(world, &who, environment)).collect(),
            owners: members.filter(|id| named_owner(world, id)).collect(),
        }
    }

    /// What the account has more than it had, if anything.
    pub(crate) fn gains(&self, world: &Directory<Id>) -> Vec<Gain> {
        let ownership = owns(world, &self.who) && !self.owns || named_owner(world, self.who.id()) && !self.named_owner;
        let levels = self.levels.iter().filter_map(|(cluster, from)| {
            let to = level(world, &self.who, cluster);
            (to > *from).then_some(Gain::ClusterAccess { cluster, from: *from, to })
        });
        let deploys = self.closed.iter().filter(|environment| self.deploys(world, environment));
        let deploys = deploys.map(|environment| Gain::Deploy { environment });
        ownership.then_some(Gain::Ownership).into_iter().chain(levels).chain(deploys).collect()
    }

    /// Whether it may deploy, with the approval of everyone who was no Owner at the start, its own included.
    fn deploys(&self, world: &Directory<Id>, environment: &str) -> bool {
        let others = world.members_of(ACME).map(|account| *account.id()).filter(|id| !self.owners.contains(id));
        let approvals: Vec<_> = others.map(|by| ApprovalId { by, expires_at: None }).collect();
        let deployment =
            ResourceId::Deployment { environment, requested_by: self.who.id(), approvals: approvals.as_slice() };
        [ResourceId::Environment(environment), deployment]
            .into_iter()
            .any(|resource| world.decide(&self.who, Action::Deploy, resource).is_allowed())
    }
}

fn named_owner(world: &Directory<Id>, id: &str) -> bool {
    let membership = world.account(id).and_then(|account| account.membership(ACME));
    membership.is_some_and(|membership| membership.role() == Role::Owner)
}

/// Whether it has an Owner's power: a service account of that role has not.
fn owns(world: &Directory<Id>, who: &SubjectId<'_, Id, str>) -> bool {
    world.decide(who, Action::Delete, ResourceId::Organization(ACME)).is_allowed()
}

fn level(world: &Directory<Id>, who: &SubjectId<'_, Id, str>, cluster: &str) -> ClusterAccess {
    let may = |action| world.decide(who, action, ResourceId::Cluster(cluster)).is_allowed();
    if may(Action::Manage) {
        ClusterAccess::Manage
    } else if may(Action::Deploy) {
        ClusterAccess::Deploy
    } else if may(Action::View) {
        ClusterAccess::View
    } else {
        ClusterAccess::None
    }
}

fn is_closed(world: &Directory<Id>, who: &SubjectId<'_, Id, str>, environment: &str) -> bool {
    match world.decide(who, Action::Deploy, ResourceId::Environment(environment)) {
        Decision::Allow | Decision::RequireApproval(MissingApprovals { from: ApprovalFrom::Admin, .. }) => false,
        Decision::RequireApproval(MissingApprovals { from: ApprovalFrom::Owner, .. }) | Decision::Deny(_) => true,
    }
}

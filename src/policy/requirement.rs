//! The action table: what each action requires on each kind of resource.

use crate::model::access::ClusterAccess;
use crate::model::action::ActionKind;
use crate::model::resource::ResourceKind;
use crate::model::role::Permission;

bitflags::bitflags! {
    /// The constraints of an action, in the order in which they are checked.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Constraints: u16 {
        /// The subject's role includes the target's role and the role to give.
        const RANK = 1 << 0;
        /// Only a user can be made an Owner.
        const OWNER_IS_USER = 1 << 1;
        /// The target is not the subject.
        const ANOTHER = 1 << 2;
        /// The target is a user whose membership has no expiry.
        const PERMANENT_USER = 1 << 3;
        /// The target is a Developer or a Viewer, for whom project roles count.
        const PROJECT_ROLE_COUNTS = 1 << 4;
        /// The target is not an Owner, for whom overrides do not count.
        const OVERRIDE_COUNTS = 1 << 5;
        /// A permanent Owner remains.
        const LAST_OWNER = 1 << 6;
        /// There are no environments in the project or on the cluster.
        const EMPTY = 1 << 7;
        /// Only the custodian may loosen a protection.
        const LOOSENING = 1 << 8;
        /// The subject requested the deployment.
        const REQUESTER = 1 << 9;
        /// The subject requested the deployment, is an Admin there, or can manage the cluster.
        const OWN = 1 << 10;
        /// The subject's approval would count.
        const APPROVER = 1 << 11;
        /// Cluster access does not exceed the target's ceiling, and is not raised above the subject's own.
        const ESCALATION = 1 << 12;
    }
}

/// Which role determines the subject's cluster access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LevelBy {
    Standing,
    Organization,
}

/// Which of the protection's roles the subject needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    Deployer,
    Custodian,
}

/// Whether the environment's approval rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApprovalGate {
    Skipped,
    Applied,
}

/// What one action requires on one kind of resource: a row of the action table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// `None` if membership suffices.
    pub(crate) permission: Option<Permission>,
    /// Whether a subject who is the target needs no permission.
    pub(crate) or_oneself: bool,
    pub(crate) level: ClusterAccess,
    pub(crate) level_by: LevelBy,
    pub(crate) guard: Option<Guard>,
    pub(crate) constraints: Constraints,
    pub(crate) approval: ApprovalGate,
}

impl Requirement {
    const MEMBERSHIP: Self = Self {
        permission: None,
        or_oneself: false,
        level: ClusterAccess::None,
        level_by: LevelBy::Standing,
        guard: None,
        constraints: Constraints::empty(),
        approval: ApprovalGate::Skipped,
    };

    const fn of(permission: Permission) -> Self {
        Self { permission: Some(permission), ..Self::MEMBERSHIP }
    }

    const fn or_oneself(self) -> Self {
        Self { or_oneself: true, ..self }
    }

    const fn level(self, level: ClusterAccess) -> Self {
        Self { level, ..self }
    }

    const fn by_organization_role(self) -> Self {
        Self { level_by: LevelBy::Organization, ..self }
    }

    const fn guard(self, guard: Guard) -> Self {
        Self { guard: Some(guard), ..self }
    }

    const fn constraints(self, constraints: Constraints) -> Self {
        Self { constraints: self.constraints.union(constraints), ..self }
    }

    const fn approval(self) -> Self {
        Self { approval: ApprovalGate::Applied, ..self }
    }

    /// The row for an action on a kind of resource; `None` if the action does not apply.
    #[inline]
    pub(crate) fn for_action(action: ActionKind, on: ResourceKind) -> Option<Self> {
        BY_ACTION_AND_KIND.get(action.index())?.get(on.index()).copied()?
    }
}

type Row = (&'static [ActionKind], &'static [ResourceKind], Requirement);

/// The action table.
#[rustfmt::skip]
const ROWS: &[Row] = {
    use {ActionKind as A, Guard as G, Permission as P, Constraints as R, ResourceKind as K};
    &[
        (&[A::View], &[K::Organization, K::Member], Requirement::MEMBERSHIP),
        (&[A::Update], &[K::Organization], Requirement::of(P::ManageOrganization)),
        (&[A::Delete], &[K::Organization], Requirement::of(P::DeleteOrganization)),
        (&[A::CreateProject], &[K::Organization], Requirement::of(P::CreateProjects)),
        (&[A::ConnectCluster], &[K::Organization], Requirement::of(P::ManageClusters)),
        (&[A::InviteMember], &[K::Organization], Requirement::of(P::ManageMembers).constraints(R::RANK)),
        (&[A::ViewInvoices], &[K::Organization], Requirement::of(P::ViewInvoices)),
        (&[A::ManageBilling], &[K::Organization], Requirement::of(P::ManageBilling)),
        (&[A::ViewAuditLog], &[K::Organization], Requirement::of(P::ViewAuditLog)),
        (&[A::ChangeRole], &[K::Member],
            Requirement::of(P::ChangeRoles).constraints(R::RANK).constraints(R::OWNER_IS_USER).constraints(R::LAST_OWNER)),
        (&[A::SetExpiry], &[K::Member],
            Requirement::of(P::ChangeRoles).constraints(R::RANK).constraints(R::ANOTHER).constraints(R::LAST_OWNER)),
        (&[A::Remove], &[K::Member],
            Requirement::of(P::ManageMembers).or_oneself().constraints(R::RANK).constraints(R::LAST_OWNER)),
        (&[A::TransferOwnership], &[K::Member],
            Requirement::of(P::TransferOwnership).constraints(R::ANOTHER).constraints(R::PERMANENT_USER)),

        (&[A::View, A::ReadVariables], &[K::Project], Requirement::of(P::View)),
        (&[A::View], &[K::ProjectMember], Requirement::of(P::View)),
        (&[A::Update], &[K::Project], Requirement::of(P::ManageProjects)),
        (&[A::Delete], &[K::Project], Requirement::of(P::ManageProjects).constraints(R::EMPTY)),
        (&[A::ManageBuilds], &[K::Project], Requirement::of(P::ManageBuilds)),
        (&[A::ReadSecrets, A::WriteVariables], &[K::Project], Requirement::of(P::Deploy).guard(G::Deployer)),
        (&[A::SetProjectRole], &[K::ProjectMember],
            Requirement::of(P::ManageProjects).constraints(R::ANOTHER).constraints(R::PROJECT_ROLE_COUNTS)),

        (&[A::View], &[K::Environment, K::Deployment, K::Placement], Requirement::of(P::View).level(ClusterAccess::View)),
        (&[A::ReadVariables], &[K::Environment], Requirement::of(P::View).level(ClusterAccess::View)),
        (&[A::ReadSecrets, A::WriteVariables], &[K::Environment],
            Requirement::of(P::Deploy).level(ClusterAccess::Deploy).guard(G::Deployer)),
        (&[A::Create], &[K::Environment], Requirement::of(P::ManageProjects).level(ClusterAccess::Deploy).by_organization_role()),
        (&[A::Update], &[K::Environment], Requirement::of(P::ManageProjects).level(ClusterAccess::View).guard(G::Custodian)),
        (&[A::Delete], &[K::Environment], Requirement::of(P::ManageProjects).level(ClusterAccess::Deploy).guard(G::Custodian)),
        (&[A::SetProtection], &[K::Environment],
            Requirement::of(P::ManageProtection).level(ClusterAccess::View).constraints(R::LOOSENING)),
        (&[A::Retarget], &[K::Placement],
            Requirement::of(P::ManageProjects).level(ClusterAccess::Deploy).by_organization_role().guard(G::Custodian)),
        (&[A::Restart], &[K::Environment], Requirement::of(P::Deploy).level(ClusterAccess::Deploy)),
        (&[A::Deploy], &[K::Environment], Requirement::of(P::Deploy).level(ClusterAccess::Deploy).guard(G::Deployer).approval()),
        (&[A::Deploy], &[K::Deployment],
            Requirement::of(P::Deploy).level(ClusterAccess::Deploy).guard(G::Deployer).constraints(R::REQUESTER).approval()),
        (&[A::Approve], &[K::Deployment], Requirement::of(P::View).level(ClusterAccess::View).constraints(R::APPROVER)),
        (&[A::Manage], &[K::Deployment], Requirement::of(P::Deploy).level(ClusterAccess::Deploy).guard(G::Deployer).constraints(R::OWN)),

        (&[A::View], &[K::Cluster, K::ClusterMember], Requirement::of(P::View).level(ClusterAccess::View)),
        (&[A::Deploy], &[K::Cluster], Requirement::of(P::Deploy).level(ClusterAccess::Deploy)),
        (&[A::Manage], &[K::Cluster], Requirement::of(P::View).level(ClusterAccess::Manage)),
        (&[A::Delete], &[K::Cluster], Requirement::of(P::ManageClusters).level(ClusterAccess::Manage).constraints(R::EMPTY)),
        (&[A::SetClusterAccess], &[K::ClusterMember],
            Requirement::of(P::ManageClusters).constraints(R::OVERRIDE_COUNTS).constraints(R::ESCALATION)),
    ]
};

/// The same rows, indexed by action and kind.
static BY_ACTION_AND_KIND: [[Option<Requirement>; ResourceKind::ALL.len()]; ActionKind::ALL.len()] = index(ROWS);

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time: a bad index fails the build")]
#[expect(clippy::arithmetic_side_effects, reason = "evaluated at compile time: an overflow fails the build")]
const fn index(mut rows: &[Row]) -> [[Option<Requirement>; ResourceKind::ALL.len()]; ActionKind::ALL.len()] {
    let mut table = [[None; ResourceKind::ALL.len()]; ActionKind::ALL.len()];
    while let [(actions, kinds, requirement), others @ ..] = rows {
        let mut a = 0;
        while a < actions.len() {
            let mut k = 0;
            while k < kinds.len() {
                let cell = &mut table[actions[a].index()][kinds[k].index()];
                assert!(cell.is_none(), "an action has two rows for one kind of resource");
                *cell = Some(*requirement);
                k += 1;
            }
            a += 1;
        }
        rows = others;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_row() {
        for action in ActionKind::ALL {
            assert!(ResourceKind::ALL.iter().any(|kind| Requirement::for_action(action, *kind).is_some()), "{action}");
        }
    }

    #[test]
    fn every_kind_of_resource_can_be_viewed() {
        for kind in ResourceKind::ALL {
            assert!(Requirement::for_action(ActionKind::View, kind).is_some(), "{kind}");
        }
    }
}

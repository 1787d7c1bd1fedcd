//! The action table: what each action requires on each kind of resource.

use crate::model::access::ClusterAccess;
use crate::model::action::ActionKind;
use crate::model::protection::{ApprovalRule, Protection};
use crate::model::resource::ResourceKind;
use crate::model::role::{Permission, Permissions};

bitflags::bitflags! {
    /// The constraints of an action, in the order in which they are checked.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Constraints: u16 {
        /// The subject's role includes that of the target, or the custom role, or an Owner's.
        const RANK = 1 << 0;
        /// The target can be given what was asked.
        const ASSIGNABLE = 1 << 1;
        /// The subject's role in the project includes that of the target there.
        const RANK_IN_PROJECT = 1 << 2;
        /// Cluster access does not exceed the target's ceiling.
        const CEILING = 1 << 3;
        /// The subject's access to the cluster is at least the target's.
        const ABOVE = 1 << 4;
        /// A permanent Owner remains.
        const LAST_OWNER = 1 << 5;
        /// Nothing is left in what is to be deleted.
        const EMPTY = 1 << 6;
        /// What is given ends no later than what gives it.
        const OUTLAST = 1 << 7;
        /// The subject has all that the change can give.
        const GIVES = 1 << 8;
        /// Only the custodian may loosen a protection.
        const LOOSENING = 1 << 9;
        /// Only an Admin may protect an environment from Admins.
        const TIGHTENING = 1 << 10;
        /// The approval rule lets the subject deploy without approval.
        const BYPASS = 1 << 11;
        /// The subject requested the deployment, is an Admin there, or can manage the cluster.
        const OWN = 1 << 12;
        /// The subject's approval would count.
        const APPROVER = 1 << 13;
    }
}

/// On which clusters the subject needs access, and by which role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LevelBy {
    /// On the clusters of the resource, by the role that counts there.
    Standing,
    /// On the clusters of the resource, by the role in the organization.
    Organization,
    /// On each cluster that the project's environments deploy to, by the role that counts in the project.
    EachOfProject,
}

/// Which of the protection's ranks the subject needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    Deployer,
    Keeper,
    Custodian,
}

/// Whether the environment's approval rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApprovalGate {
    Skipped,
    Applied,
}

impl ApprovalGate {
    /// The approval rule of a protection, if it applies.
    #[inline]
    pub(crate) const fn rule(self, protection: Protection) -> Option<ApprovalRule> {
        match self {
            Self::Skipped => None,
            Self::Applied => protection.rule(),
        }
    }
}

/// What one action requires on one kind of resource: a row of the action table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// Empty if membership suffices.
    pub(crate) permissions: Permissions,
    /// Whether a subject who is the target needs no permission.
    pub(crate) or_oneself: bool,
    pub(crate) level: ClusterAccess,
    pub(crate) level_by: LevelBy,
    pub(crate) guard: Option<Guard>,
    pub(crate) constraints: Constraints,
    pub(crate) approval: ApprovalGate,
    /// The place of the row in the table.
    pub(crate) number: u8,
}

impl Requirement {
    const MEMBERSHIP: Self = Self {
        permissions: Permissions::NONE,
        or_oneself: false,
        level: ClusterAccess::None,
        level_by: LevelBy::Standing,
        guard: None,
        constraints: Constraints::empty(),
        approval: ApprovalGate::Skipped,
        number: 0,
    };

    const fn of(permission: Permission) -> Self {
        Self { permissions: Permissions::NONE.with(permission), ..Self::MEMBERSHIP }
    }

    const fn and(self, permission: Permission) -> Self {
        Self { permissions: self.permissions.with(permission), ..self }
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

    const fn on_each_of_project(self) -> Self {
        Self { level_by: LevelBy::EachOfProject, ..self }
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

    /// Whether what has passed the gates up to the safeguard is allowed: there are neither constraints nor a rule.
    #[inline]
    pub(crate) const fn asks_no_more(&self, protection: Protection) -> bool {
        self.constraints.is_empty() && self.approval.rule(protection).is_none()
    }

    /// The row for an action on a kind of resource; `None` if the action does not apply.
    #[inline]
    pub(crate) fn for_action(action: ActionKind, on: ResourceKind) -> Option<&'static Self> {
        *BY_ACTION_AND_KIND.get(action.index())?.get(on.index())?
    }

    /// The number of that row.
    #[cfg(feature = "directory")]
    #[inline]
    pub(crate) fn number_for(action: ActionKind, on: ResourceKind) -> Option<u8> {
        NUMBERS.get(action.index())?.get(on.index()).copied().filter(|number| *number != NO_ROW)
    }

    /// The row with this number.
    #[cfg(feature = "directory")]
    pub(crate) fn numbered(number: u8) -> Option<&'static Self> {
        ROWS.get(usize::from(number)).map(|(_, _, requirement)| requirement)
    }
}

pub(crate) type Row = (&'static [ActionKind], &'static [ResourceKind], Requirement);

/// The action table, of which each row is given its number below.
#[rustfmt::skip]
const UNNUMBERED: &[Row] = {
    use {ActionKind as A, ClusterAccess as L, Constraints as C, Guard as G, Permission as P, ResourceKind as K};
    const GIVING: Constraints = C::OUTLAST.union(C::GIVES);
    const ON_A_MEMBER: Constraints = C::RANK.union(C::ASSIGNABLE).union(GIVING);
    &[
        (&[A::View], &[K::Organization, K::Member, K::Role, K::Team, K::TeamMember], Requirement::MEMBERSHIP),
        (&[A::Update], &[K::Organization], Requirement::of(P::ManageOrganization)),
        (&[A::Delete], &[K::Organization], Requirement::of(P::DeleteOrganization).constraints(C::RANK)),
        (&[A::CreateProject], &[K::Organization], Requirement::of(P::CreateProjects)),
        (&[A::ConnectCluster], &[K::Organization], Requirement::of(P::ManageClusters)),
        (&[A::ViewInvoices], &[K::Organization], Requirement::of(P::ViewInvoices)),
        (&[A::ManageBilling], &[K::Organization], Requirement::of(P::ManageBilling)),
        (&[A::ViewAuditLog], &[K::Organization], Requirement::of(P::ViewAuditLog)),
        (&[A::InviteMember], &[K::Organization], Requirement::of(P::ManageMembers).constraints(GIVING)),

        (&[A::ChangeRole, A::SetExpiry], &[K::Member],
            Requirement::of(P::ChangeRoles).constraints(ON_A_MEMBER).constraints(C::LAST_OWNER)),
        (&[A::Remove], &[K::Member],
            Requirement::of(P::ManageMembers).or_oneself().constraints(C::RANK).constraints(C::LAST_OWNER)),
        (&[A::TransferOwnership], &[K::Member],
            Requirement::of(P::TransferOwnership).constraints(C::RANK).constraints(C::ASSIGNABLE)),
        (&[A::CreateRole], &[K::Organization], Requirement::of(P::ChangeRoles).constraints(C::GIVES)),
        (&[A::Update], &[K::Role], Requirement::of(P::ChangeRoles).constraints(ON_A_MEMBER)),
        (&[A::Delete], &[K::Role], Requirement::of(P::ChangeRoles).constraints(C::RANK).constraints(C::EMPTY)),
        (&[A::CreateTeam], &[K::Organization], Requirement::of(P::ManageMembers)),
        (&[A::Update], &[K::Team], Requirement::of(P::ManageMembers)),
        (&[A::Delete], &[K::Team], Requirement::of(P::ManageMembers).constraints(C::EMPTY)),
        (&[A::AddToTeam, A::RemoveFromTeam], &[K::TeamMember],
            Requirement::of(P::ManageMembers).constraints(ON_A_MEMBER).constraints(C::ABOVE)),

        (&[A::View], &[K::Project, K::ProjectMember, K::ProjectTeam], Requirement::of(P::View)),
        (&[A::Update], &[K::Project], Requirement::of(P::ManageProjects).constraints(GIVING)),
        (&[A::Delete], &[K::Project], Requirement::of(P::ManageProjects).constraints(C::EMPTY)),
        (&[A::ManageBuilds], &[K::Project], Requirement::of(P::ManageBuilds)),
        (&[A::ViewLogs], &[K::Project], Requirement::of(P::ViewLogs)),
        (&[A::ReadVariables], &[K::Project], Requirement::of(P::View)),
        (&[A::ReadSecrets, A::WriteVariables], &[K::Project],
            Requirement::of(P::ManageSecrets).and(P::ManageProjects).level(L::Deploy).on_each_of_project().guard(G::Keeper)),
        (&[A::SetProjectRole], &[K::ProjectMember],
            Requirement::of(P::ManageProjects).constraints(C::ASSIGNABLE).constraints(C::RANK_IN_PROJECT).constraints(GIVING)),
        (&[A::SetProjectRole], &[K::ProjectTeam],
            Requirement::of(P::ManageProjects).constraints(C::ASSIGNABLE).constraints(GIVING)),

        (&[A::View], &[K::Environment, K::Deployment, K::Placement], Requirement::of(P::View).level(L::View)),
        (&[A::ViewLogs], &[K::Environment, K::Deployment], Requirement::of(P::ViewLogs).level(L::View)),
        (&[A::ReadVariables], &[K::Environment], Requirement::of(P::View).level(L::View)),
        (&[A::ReadSecrets, A::WriteVariables], &[K::Environment],
            Requirement::of(P::ManageSecrets).level(L::Deploy).guard(G::Keeper)),
        (&[A::Exec], &[K::Environment], Requirement::of(P::Exec).level(L::Deploy).guard(G::Keeper)),
        (&[A::Create], &[K::Environment],
            Requirement::of(P::ManageProjects).level(L::Deploy).by_organization_role().constraints(C::TIGHTENING)),
        (&[A::Update], &[K::Environment], Requirement::of(P::ManageProjects).level(L::View).guard(G::Custodian)),
        (&[A::Delete], &[K::Environment], Requirement::of(P::ManageProjects).level(L::Deploy).guard(G::Custodian)),
        (&[A::SetProtection], &[K::Environment],
            Requirement::of(P::ManageProtection).level(L::View).constraints(C::LOOSENING).constraints(C::TIGHTENING)),
        (&[A::Retarget], &[K::Placement],
            Requirement::of(P::ManageProjects).level(L::Deploy).by_organization_role().guard(G::Custodian)),
        (&[A::Restart], &[K::Environment], Requirement::of(P::Deploy).level(L::Deploy)),
        (&[A::Deploy], &[K::Environment], Requirement::of(P::Deploy).level(L::Deploy).guard(G::Deployer).approval()),
        (&[A::Deploy], &[K::Deployment], Requirement::of(P::Deploy).level(L::Deploy).guard(G::Deployer).approval()),
        (&[A::BreakGlass], &[K::Environment, K::Deployment],
            Requirement::of(P::Deploy).level(L::Deploy).guard(G::Deployer).constraints(C::BYPASS)),
        (&[A::Approve], &[K::Deployment], Requirement::of(P::View).level(L::View).constraints(C::APPROVER)),
        (&[A::Manage], &[K::Deployment], Requirement::of(P::Deploy).level(L::Deploy).guard(G::Keeper).constraints(C::OWN)),
        (&[A::Cancel], &[K::Deployment], Requirement::of(P::View).level(L::View).constraints(C::OWN)),

        (&[A::View], &[K::Cluster, K::ClusterMember, K::ClusterTeam], Requirement::of(P::View).level(L::View)),
        (&[A::Deploy], &[K::Cluster], Requirement::of(P::Deploy).level(L::Deploy)),
        (&[A::Manage], &[K::Cluster], Requirement::of(P::View).level(L::Manage)),
        (&[A::Update], &[K::Cluster], Requirement::of(P::ManageClusters).level(L::Manage).constraints(C::OUTLAST)),
        (&[A::Delete], &[K::Cluster], Requirement::of(P::ManageClusters).level(L::Manage).constraints(C::EMPTY)),
        (&[A::SetClusterAccess], &[K::ClusterMember],
            Requirement::of(P::ManageClusters).constraints(C::ASSIGNABLE).constraints(C::CEILING).constraints(C::ABOVE).constraints(GIVING)),
        (&[A::SetClusterAccess], &[K::ClusterTeam],
            Requirement::of(P::ManageClusters).level(L::Manage).constraints(C::OUTLAST)),
    ]
};

/// The action table.
pub(crate) static ROWS: [Row; UNNUMBERED.len()] = numbered();

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time: a bad index fails the build")]
#[expect(clippy::arithmetic_side_effects, reason = "evaluated at compile time: an overflow fails the build")]
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "asserted: a number is a byte")]
const fn numbered() -> [Row; UNNUMBERED.len()] {
    assert!(UNNUMBERED.len() <= u8::MAX as usize, "the number of a row is a byte");
    let mut rows = [UNNUMBERED[0]; UNNUMBERED.len()];
    let mut number = 0;
    while number < rows.len() {
        rows[number] = UNNUMBERED[number];
        rows[number].2.number = number as u8;
        number += 1;
    }
    rows
}

/// The numbers of the rows, by action and kind; [`NO_ROW`] where there is none.
#[cfg(feature = "directory")]
static NUMBERS: [[u8; ResourceKind::ALL.len()]; ActionKind::ALL.len()] = numbers();

#[cfg(feature = "directory")]
const NO_ROW: u8 = u8::MAX;

#[cfg(feature = "directory")]
#[expect(clippy::indexing_slicing, reason = "evaluated at compile time: a bad index fails the build")]
#[expect(clippy::arithmetic_side_effects, reason = "evaluated at compile time: an overflow fails the build")]
const fn numbers() -> [[u8; ResourceKind::ALL.len()]; ActionKind::ALL.len()] {
    let mut table = [[NO_ROW; ResourceKind::ALL.len()]; ActionKind::ALL.len()];
    let mut a = 0;
    while a < table.len() {
        let mut k = 0;
        while k < table[a].len() {
            if let Some(requirement) = BY_ACTION_AND_KIND[a][k] {
                table[a][k] = requirement.number;
            }
            k += 1;
        }
        a += 1;
    }
    table
}

/// The same rows, indexed by action and kind.
static BY_ACTION_AND_KIND: [[Option<&Requirement>; ResourceKind::ALL.len()]; ActionKind::ALL.len()] = index(&ROWS);

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time: a bad index fails the build")]
#[expect(clippy::arithmetic_side_effects, reason = "evaluated at compile time: an overflow fails the build")]
const fn index(
    mut rows: &'static [Row],
) -> [[Option<&'static Requirement>; ResourceKind::ALL.len()]; ActionKind::ALL.len()] {
    let mut table = [[None; ResourceKind::ALL.len()]; ActionKind::ALL.len()];
    while let [(actions, kinds, requirement), others @ ..] = rows {
        let mut a = 0;
        while a < actions.len() {
            let mut k = 0;
            while k < kinds.len() {
                let cell = &mut table[actions[a].index()][kinds[k].index()];
                assert!(cell.is_none(), "an action has two rows for one kind of resource");
                *cell = Some(requirement);
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

    #[cfg(feature = "directory")]
    #[test]
    fn the_number_of_a_row_is_found_by_action_and_kind() {
        for action in ActionKind::ALL {
            for kind in ResourceKind::ALL {
                let by_number = Requirement::number_for(action, kind).and_then(Requirement::numbered);
                let numbers = |requirement: Option<&Requirement>| requirement.map(|requirement| requirement.number);
                assert_eq!(numbers(by_number), numbers(Requirement::for_action(action, kind)), "{action} {kind}");
            }
        }
    }

    #[test]
    fn every_kind_of_resource_can_be_viewed() {
        for kind in ResourceKind::ALL {
            assert!(Requirement::for_action(ActionKind::View, kind).is_some(), "{kind}");
        }
    }
}

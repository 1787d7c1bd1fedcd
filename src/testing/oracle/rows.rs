//! What each action on each kind of resource needs, line by line.

use shipgate::model::{Permission, ResourceKind};
use shipgate::{ActionKind, ClusterAccess};

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    action: ActionKind,
    kinds: &'static [ResourceKind],
    pub(crate) permission: Needed,
    pub(crate) cluster: Option<(ClusterAccess, By)>,
    pub(crate) safeguard: Option<Keeper>,
    pub(crate) relations: &'static [Relation],
    pub(crate) approval: Approval,
}

/// The column "permission".
#[derive(Clone, Copy, Debug)]
pub(crate) enum Needed {
    Nothing,
    Permission(Permission),
    PermissionOrOneself(Permission),
}

/// Which role makes the level on a cluster.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By {
    Standing,
    OrganizationRole,
}

/// The column "safeguard".
#[derive(Clone, Copy, Debug)]
pub(crate) enum Keeper {
    Deployer,
    Custodian,
}

/// The column "relation".
#[derive(Clone, Copy, Debug)]
pub(crate) enum Relation {
    RankOfNamed,
    RankOfTargetAndNamed,
    RankOfTarget,
    RankOfTargetUnlessOneself,
    AssignableRole,
    AssignableExpiry,
    AssignableSuccessor,
    AssignableProjectRole,
    AssignableLevel,
    LastOwner,
    Empty,
    Loosening,
    Requester,
    Own,
    Approver,
    Escalation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approval {
    NotAsked,
    Asked,
}

impl Row {
    const fn on(action: ActionKind, kinds: &'static [ResourceKind], permission: Needed) -> Self {
        Self { action, kinds, permission, cluster: None, safeguard: None, relations: &[], approval: Approval::NotAsked }
    }

    const fn cluster(self, level: ClusterAccess) -> Self {
        Self { cluster: Some((level, By::Standing)), ..self }
    }

    const fn cluster_by_organization_role(self, level: ClusterAccess) -> Self {
        Self { cluster: Some((level, By::OrganizationRole)), ..self }
    }

    const fn keeper(self, keeper: Keeper) -> Self {
        Self { safeguard: Some(keeper), ..self }
    }

    const fn relations(self, relations: &'static [Relation]) -> Self {
        Self { relations, ..self }
    }

    const fn approval(self) -> Self {
        Self { approval: Approval::Asked, ..self }
    }
}

const fn may(permission: Permission) -> Needed {
    Needed::Permission(permission)
}

#[rustfmt::skip]
const ROWS: &[Row] = {
    use ActionKind as A;
    use Keeper::{Custodian, Deployer};
    use Permission as P;
    use Relation as R;
    use ResourceKind as K;
    &[
        Row::on(A::View, &[K::Organization, K::Member], Needed::Nothing),
        Row::on(A::Update, &[K::Organization], may(P::ManageOrganization)),
        Row::on(A::Delete, &[K::Organization], may(P::DeleteOrganization)),
        Row::on(A::CreateProject, &[K::Organization], may(P::CreateProjects)),
        Row::on(A::ConnectCluster, &[K::Organization], may(P::ManageClusters)),
        Row::on(A::InviteMember, &[K::Organization], may(P::ManageMembers)).relations(&[R::RankOfNamed]),
        Row::on(A::ViewInvoices, &[K::Organization], may(P::ViewInvoices)),
        Row::on(A::ManageBilling, &[K::Organization], may(P::ManageBilling)),
        Row::on(A::ViewAuditLog, &[K::Organization], may(P::ViewAuditLog)),
        Row::on(A::ChangeRole, &[K::Member], may(P::ChangeRoles))
            .relations(&[R::RankOfTargetAndNamed, R::AssignableRole, R::LastOwner]),
        Row::on(A::SetExpiry, &[K::Member], may(P::ChangeRoles))
            .relations(&[R::RankOfTarget, R::AssignableExpiry, R::LastOwner]),
        Row::on(A::Remove, &[K::Member], Needed::PermissionOrOneself(P::ManageMembers))
            .relations(&[R::RankOfTargetUnlessOneself, R::LastOwner]),
        Row::on(A::TransferOwnership, &[K::Member], may(P::TransferOwnership))
            .relations(&[R::AssignableSuccessor]),
        Row::on(A::View, &[K::Project, K::ProjectMember], may(P::View)),
        Row::on(A::Update, &[K::Project], may(P::ManageProjects)),
        Row::on(A::Delete, &[K::Project], may(P::ManageProjects)).relations(&[R::Empty]),
        Row::on(A::ManageBuilds, &[K::Project], may(P::ManageBuilds)),
        Row::on(A::ReadVariables, &[K::Project], may(P::View)),
        Row::on(A::ReadVariables, &[K::Environment], may(P::View)).cluster(ClusterAccess::View),
        Row::on(A::ReadSecrets, &[K::Project], may(P::Deploy)).keeper(Deployer),
        Row::on(A::WriteVariables, &[K::Project], may(P::Deploy)).keeper(Deployer),
        Row::on(A::ReadSecrets, &[K::Environment], may(P::Deploy)).cluster(ClusterAccess::Deploy).keeper(Deployer),
        Row::on(A::WriteVariables, &[K::Environment], may(P::Deploy)).cluster(ClusterAccess::Deploy).keeper(Deployer),
        Row::on(A::SetProjectRole, &[K::ProjectMember], may(P::ManageProjects))
            .relations(&[R::AssignableProjectRole]),
        Row::on(A::Create, &[K::Environment], may(P::ManageProjects)).cluster_by_organization_role(ClusterAccess::Deploy),
        Row::on(A::View, &[K::Environment, K::Deployment], may(P::View)).cluster(ClusterAccess::View),
        Row::on(A::Update, &[K::Environment], may(P::ManageProjects)).cluster(ClusterAccess::View).keeper(Custodian),
        Row::on(A::Delete, &[K::Environment], may(P::ManageProjects)).cluster(ClusterAccess::Deploy).keeper(Custodian),
        Row::on(A::SetProtection, &[K::Environment], may(P::ManageProtection))
            .cluster(ClusterAccess::View).relations(&[R::Loosening]),
        Row::on(A::Retarget, &[K::Placement], may(P::ManageProjects))
            .cluster_by_organization_role(ClusterAccess::Deploy).keeper(Custodian),
        Row::on(A::View, &[K::Placement], may(P::View)).cluster(ClusterAccess::View),
        Row::on(A::Restart, &[K::Environment], may(P::Deploy)).cluster(ClusterAccess::Deploy),
        Row::on(A::Deploy, &[K::Environment], may(P::Deploy)).cluster(ClusterAccess::Deploy).keeper(Deployer).approval(),
        Row::on(A::Deploy, &[K::Deployment], may(P::Deploy))
            .cluster(ClusterAccess::Deploy).keeper(Deployer).relations(&[R::Requester]).approval(),
        Row::on(A::Approve, &[K::Deployment], may(P::View)).cluster(ClusterAccess::View).relations(&[R::Approver]),
        Row::on(A::Manage, &[K::Deployment], may(P::Deploy))
            .cluster(ClusterAccess::Deploy).keeper(Deployer).relations(&[R::Own]),
        Row::on(A::View, &[K::Cluster, K::ClusterMember], may(P::View)).cluster(ClusterAccess::View),
        Row::on(A::Deploy, &[K::Cluster], may(P::Deploy)).cluster(ClusterAccess::Deploy),
        Row::on(A::Manage, &[K::Cluster], may(P::View)).cluster(ClusterAccess::Manage),
        Row::on(A::Delete, &[K::Cluster], may(P::ManageClusters)).cluster(ClusterAccess::Manage).relations(&[R::Empty]),
        Row::on(A::SetClusterAccess, &[K::ClusterMember], may(P::ManageClusters))
            .relations(&[R::AssignableLevel, R::Escalation]),
    ]
};

/// The row of an action on a kind of resource: "an action on a kind of resource that has no row here is
/// `not_applicable`".
pub(crate) fn row(action: ActionKind, kind: ResourceKind) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.action == action && row.kinds.contains(&kind))
}

//! What each action on each kind of resource needs, line by line.

use shipgate::model::{Permission, ResourceKind, Update};
use shipgate::{Action, ActionKind, ClusterAccess};

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    action: ActionKind,
    kinds: &'static [ResourceKind],
    pub(crate) permission: Needed,
    pub(crate) cluster: Option<(ClusterAccess, By)>,
    pub(crate) safeguard: Option<Guard>,
    pub(crate) relations: &'static [Relation],
    pub(crate) approval: Approval,
}

/// The column "permission".
#[derive(Clone, Copy, Debug)]
pub(crate) enum Needed {
    Nothing,
    Permissions(&'static [Permission]),
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
pub(crate) enum Guard {
    Deployer,
    Keeper,
    Custodian,
}

/// The column "relation".
#[derive(Clone, Copy, Debug)]
pub(crate) enum Relation {
    RankOfTarget,
    RankOfTargetUnlessOneself,
    RankOfOwner,
    RankOfRole,
    Assignable,
    LastOwner,
    Empty,
    Ceiling,
    Above,
    Outlast,
    Gives,
    Loosening,
    Tightening,
    Bypass,
    Own,
    Approver,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approval {
    NotAsked,
    Asked,
}

impl Row {
    const fn on(action: ActionKind, kinds: &'static [ResourceKind], permissions: &'static [Permission]) -> Self {
        let permission = if permissions.is_empty() { Needed::Nothing } else { Needed::Permissions(permissions) };
        Self { action, kinds, permission, cluster: None, safeguard: None, relations: &[], approval: Approval::NotAsked }
    }

    const fn or_oneself(self, permission: Permission) -> Self {
        Self { permission: Needed::PermissionOrOneself(permission), ..self }
    }

    const fn cluster(self, level: ClusterAccess) -> Self {
        Self { cluster: Some((level, By::Standing)), ..self }
    }

    const fn cluster_by_organization_role(self, level: ClusterAccess) -> Self {
        Self { cluster: Some((level, By::OrganizationRole)), ..self }
    }

    const fn guard(self, guard: Guard) -> Self {
        Self { safeguard: Some(guard), ..self }
    }

    const fn relations(self, relations: &'static [Relation]) -> Self {
        Self { relations, ..self }
    }

    const fn approval(self) -> Self {
        Self { approval: Approval::Asked, ..self }
    }
}

#[rustfmt::skip]
const ROWS: &[Row] = {
    use ActionKind as A;
    use ClusterAccess as L;
    use Guard::{Custodian, Deployer, Keeper};
    use Permission as P;
    use Relation as R;
    use ResourceKind as K;
    &[
        Row::on(A::View, &[K::Organization, K::Member, K::Role, K::Team, K::TeamMember], &[]),
        Row::on(A::Update, &[K::Organization], &[P::ManageOrganization]),
        Row::on(A::Delete, &[K::Organization], &[P::DeleteOrganization]).relations(&[R::RankOfOwner]),
        Row::on(A::CreateProject, &[K::Organization], &[P::CreateProjects]),
        Row::on(A::ConnectCluster, &[K::Organization], &[P::ManageClusters]),
        Row::on(A::ViewInvoices, &[K::Organization], &[P::ViewInvoices]),
        Row::on(A::ManageBilling, &[K::Organization], &[P::ManageBilling]),
        Row::on(A::ViewAuditLog, &[K::Organization], &[P::ViewAuditLog]),
        Row::on(A::InviteMember, &[K::Organization], &[P::ManageMembers]).relations(&[R::Outlast, R::Gives]),
        Row::on(A::ChangeRole, &[K::Member], &[P::ChangeRoles])
            .relations(&[R::RankOfTarget, R::Assignable, R::LastOwner, R::Outlast, R::Gives]),
        Row::on(A::SetExpiry, &[K::Member], &[P::ChangeRoles])
            .relations(&[R::RankOfTarget, R::Assignable, R::LastOwner, R::Outlast, R::Gives]),
        Row::on(A::Remove, &[K::Member], &[]).or_oneself(P::ManageMembers)
            .relations(&[R::RankOfTargetUnlessOneself, R::LastOwner]),
        Row::on(A::TransferOwnership, &[K::Member], &[P::TransferOwnership])
            .relations(&[R::RankOfOwner, R::Assignable]),
        Row::on(A::CreateRole, &[K::Organization], &[P::ChangeRoles]).relations(&[R::Gives]),
        Row::on(A::Update, &[K::Role], &[P::ChangeRoles])
            .relations(&[R::RankOfRole, R::Assignable, R::Outlast, R::Gives]),
        Row::on(A::Delete, &[K::Role], &[P::ChangeRoles]).relations(&[R::RankOfRole, R::Empty]),
        Row::on(A::CreateTeam, &[K::Organization], &[P::ManageMembers]),
        Row::on(A::Update, &[K::Team], &[P::ManageMembers]),
        Row::on(A::Delete, &[K::Team], &[P::ManageMembers]).relations(&[R::Empty]),
        Row::on(A::AddToTeam, &[K::TeamMember], &[P::ManageMembers])
            .relations(&[R::RankOfTarget, R::Assignable, R::Above, R::Outlast, R::Gives]),
        Row::on(A::RemoveFromTeam, &[K::TeamMember], &[P::ManageMembers])
            .relations(&[R::RankOfTarget, R::Assignable, R::Above, R::Outlast, R::Gives]),
        Row::on(A::View, &[K::Project, K::ProjectMember, K::ProjectTeam], &[P::View]),
        Row::on(A::Update, &[K::Project], &[P::ManageProjects]).relations(&[R::Outlast, R::Gives]),
        Row::on(A::Delete, &[K::Project], &[P::ManageProjects]).relations(&[R::Empty]),
        Row::on(A::ManageBuilds, &[K::Project], &[P::ManageBuilds]),
        Row::on(A::ViewLogs, &[K::Project], &[P::ViewLogs]),
        Row::on(A::ViewLogs, &[K::Environment, K::Deployment], &[P::ViewLogs]).cluster(L::View),
        Row::on(A::ReadVariables, &[K::Project], &[P::View]),
        Row::on(A::ReadVariables, &[K::Environment], &[P::View]).cluster(L::View),
        Row::on(A::ReadSecrets, &[K::Project], &[P::ManageSecrets, P::ManageProjects])
            .cluster(L::Deploy).guard(Keeper),
        Row::on(A::WriteVariables, &[K::Project], &[P::ManageSecrets, P::ManageProjects])
            .cluster(L::Deploy).guard(Keeper),
        Row::on(A::ReadSecrets, &[K::Environment], &[P::ManageSecrets]).cluster(L::Deploy).guard(Keeper),
        Row::on(A::WriteVariables, &[K::Environment], &[P::ManageSecrets]).cluster(L::Deploy).guard(Keeper),
        Row::on(A::Exec, &[K::Environment], &[P::Exec]).cluster(L::Deploy).guard(Keeper),
        Row::on(A::SetProjectRole, &[K::ProjectMember], &[P::ManageProjects])
            .relations(&[R::Assignable, R::RankOfTarget, R::Outlast, R::Gives]),
        Row::on(A::SetProjectRole, &[K::ProjectTeam], &[P::ManageProjects])
            .relations(&[R::Assignable, R::Outlast, R::Gives]),
        Row::on(A::Create, &[K::Environment], &[P::ManageProjects])
            .cluster_by_organization_role(L::Deploy).relations(&[R::Tightening]),
        Row::on(A::View, &[K::Environment, K::Deployment], &[P::View]).cluster(L::View),
        Row::on(A::Update, &[K::Environment], &[P::ManageProjects]).cluster(L::View).guard(Custodian),
        Row::on(A::Delete, &[K::Environment], &[P::ManageProjects]).cluster(L::Deploy).guard(Custodian),
        Row::on(A::SetProtection, &[K::Environment], &[P::ManageProtection])
            .cluster(L::View).relations(&[R::Loosening, R::Tightening]),
        Row::on(A::Retarget, &[K::Placement], &[P::ManageProjects])
            .cluster_by_organization_role(L::Deploy).guard(Custodian),
        Row::on(A::View, &[K::Placement], &[P::View]).cluster(L::View),
        Row::on(A::Restart, &[K::Environment], &[P::Deploy]).cluster(L::Deploy),
        Row::on(A::Deploy, &[K::Environment, K::Deployment], &[P::Deploy])
            .cluster(L::Deploy).guard(Deployer).approval(),
        Row::on(A::BreakGlass, &[K::Environment, K::Deployment], &[P::Deploy])
            .cluster(L::Deploy).guard(Deployer).relations(&[R::Bypass]),
        Row::on(A::Approve, &[K::Deployment], &[P::View]).cluster(L::View).relations(&[R::Approver]),
        Row::on(A::Manage, &[K::Deployment], &[P::Deploy]).cluster(L::Deploy).guard(Keeper).relations(&[R::Own]),
        Row::on(A::Cancel, &[K::Deployment], &[P::View]).cluster(L::View).relations(&[R::Own]),
        Row::on(A::View, &[K::Cluster, K::ClusterMember, K::ClusterTeam], &[P::View]).cluster(L::View),
        Row::on(A::Deploy, &[K::Cluster], &[P::Deploy]).cluster(L::Deploy),
        Row::on(A::Manage, &[K::Cluster], &[P::View]).cluster(L::Manage),
        Row::on(A::Update, &[K::Cluster], &[P::ManageClusters]).cluster(L::Manage).relations(&[R::Outlast]),
        Row::on(A::Delete, &[K::Cluster], &[P::ManageClusters]).cluster(L::Manage).relations(&[R::Empty]),
        Row::on(A::SetClusterAccess, &[K::ClusterMember], &[P::ManageClusters])
            .relations(&[R::Assignable, R::Ceiling, R::Above, R::Outlast, R::Gives]),
        Row::on(A::SetClusterAccess, &[K::ClusterTeam], &[P::ManageClusters])
            .cluster(L::Manage).relations(&[R::Outlast]),
    ]
};

/// The row of an action on a kind of resource: without a row it does not apply.
pub(crate) fn row(action: ActionKind, kind: ResourceKind) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.action == action && row.kinds.contains(&kind))
}

/// The row of an action with its parameter: an update changes only what that kind of resource has.
pub(super) fn row_of<C>(action: &Action<C>, kind: ResourceKind) -> Option<&'static Row> {
    let fits = match action {
        Action::Update { to: Update::Settings } => kind != ResourceKind::Role,
        Action::Update { to: Update::Visibility(_) } => matches!(kind, ResourceKind::Project | ResourceKind::Cluster),
        Action::Update { to: Update::Permissions(_) } => kind == ResourceKind::Role,
        _ => true,
    };
    row(action.kind(), kind).filter(|_| fits)
}

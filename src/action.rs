//! Actions, and the table of what each action on each kind of resource needs.

use crate::cluster::Level;
use crate::names::names;
use crate::permission::Permission;
use crate::protection::Protection;
use crate::role::{ProjectRole, Role};
use crate::time::{Grant, Time};

names! {
    /// The name of an [`Action`], without what it asks for.
    pub enum ActionName: "action" {
        /// See it; deployments, logs and metrics included.
        View = "view",
        /// Change its name and settings.
        Update = "update",
        /// Delete it; of a cluster, disconnect it.
        Delete = "delete",
        /// Create a project in an organization.
        CreateProject = "create_project",
        /// Connect a cluster to an organization.
        ConnectCluster = "connect_cluster",
        /// Invite a member into an organization.
        InviteMember = "invite_member",
        /// Read the invoices of an organization.
        ViewInvoices = "view_invoices",
        /// Manage the payment of an organization.
        ManageBilling = "manage_billing",
        /// Read the audit log of an organization.
        ViewAuditLog = "view_audit_log",
        /// Give a member another role.
        ChangeRole = "change_role",
        /// Set or lift the expiry of a membership.
        SetExpiry = "set_expiry",
        /// Remove a member; oneself: leave.
        Remove = "remove",
        /// Make a member an Owner in one's own place.
        TransferOwnership = "transfer_ownership",
        /// Manage the builds of a project.
        ManageBuilds = "manage_builds",
        /// Read the variables of a project or environment.
        ReadVariables = "read_variables",
        /// Read the secrets of a project or environment.
        ReadSecrets = "read_secrets",
        /// Write the variables and secrets of a project or environment.
        WriteVariables = "write_variables",
        /// Set or lift a member's role in a project.
        SetProjectRole = "set_project_role",
        /// Create an environment, as proposed.
        Create = "create",
        /// Protect an environment, more or less.
        SetProtection = "set_protection",
        /// Point an environment at another cluster.
        Retarget = "retarget",
        /// Restart what runs.
        Restart = "restart",
        /// Deploy, redeploy and roll back.
        Deploy = "deploy",
        /// Approve a deployment.
        Approve = "approve",
        /// Pause, cancel or delete a deployment; manage a cluster.
        Manage = "manage",
        /// Set or lift a member's level on a cluster.
        SetClusterAccess = "set_cluster_access",
    }
}

/// What somebody asks to do, with what it depends on; it carries no ids.
///
/// # Examples
///
/// ```
/// use shipgate::{Action, ActionName, Role};
///
/// let promote = Action::ChangeRole { to: Role::Admin };
/// assert_eq!(promote.name(), ActionName::ChangeRole);
/// assert_eq!(promote.to_string(), "change_role");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is documented at its name")]
pub enum Action {
    View,
    Update,
    Delete,
    CreateProject,
    ConnectCluster,
    InviteMember { role: Role },
    ViewInvoices,
    ManageBilling,
    ViewAuditLog,
    ChangeRole { to: Role },
    SetExpiry { to: Option<Time> },
    Remove,
    TransferOwnership,
    ManageBuilds,
    ReadVariables,
    ReadSecrets,
    WriteVariables,
    SetProjectRole { to: Option<Grant<ProjectRole>> },
    Create,
    SetProtection { to: Protection },
    Retarget,
    Restart,
    Deploy,
    Approve,
    Manage,
    SetClusterAccess { to: Option<Grant<Level>> },
}

impl Action {
    /// Its name.
    #[must_use]
    #[inline]
    pub const fn name(self) -> ActionName {
        match self {
            Self::View => ActionName::View,
            Self::Update => ActionName::Update,
            Self::Delete => ActionName::Delete,
            Self::CreateProject => ActionName::CreateProject,
            Self::ConnectCluster => ActionName::ConnectCluster,
            Self::InviteMember { .. } => ActionName::InviteMember,
            Self::ViewInvoices => ActionName::ViewInvoices,
            Self::ManageBilling => ActionName::ManageBilling,
            Self::ViewAuditLog => ActionName::ViewAuditLog,
            Self::ChangeRole { .. } => ActionName::ChangeRole,
            Self::SetExpiry { .. } => ActionName::SetExpiry,
            Self::Remove => ActionName::Remove,
            Self::TransferOwnership => ActionName::TransferOwnership,
            Self::ManageBuilds => ActionName::ManageBuilds,
            Self::ReadVariables => ActionName::ReadVariables,
            Self::ReadSecrets => ActionName::ReadSecrets,
            Self::WriteVariables => ActionName::WriteVariables,
            Self::SetProjectRole { .. } => ActionName::SetProjectRole,
            Self::Create => ActionName::Create,
            Self::SetProtection { .. } => ActionName::SetProtection,
            Self::Retarget => ActionName::Retarget,
            Self::Restart => ActionName::Restart,
            Self::Deploy => ActionName::Deploy,
            Self::Approve => ActionName::Approve,
            Self::Manage => ActionName::Manage,
            Self::SetClusterAccess { .. } => ActionName::SetClusterAccess,
        }
    }
}

impl core::fmt::Display for Action {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.name().fmt(f)
    }
}

bitflags::bitflags! {
    /// A set of actions, by name: what a [`Token`](crate::Token) may be used for.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{ActionName, ActionSet};
    ///
    /// let readers = ActionSet::VIEW | ActionSet::READ_VARIABLES;
    /// assert!(readers.has(ActionName::View));
    /// assert!(!readers.has(ActionName::Deploy));
    /// assert_eq!(readers, [ActionName::View, ActionName::ReadVariables].into_iter().collect());
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[expect(missing_docs, reason = "each flag is documented at its name")]
    pub struct ActionSet: u32 {
        const VIEW = bit(ActionName::View);
        const UPDATE = bit(ActionName::Update);
        const DELETE = bit(ActionName::Delete);
        const CREATE_PROJECT = bit(ActionName::CreateProject);
        const CONNECT_CLUSTER = bit(ActionName::ConnectCluster);
        const INVITE_MEMBER = bit(ActionName::InviteMember);
        const VIEW_INVOICES = bit(ActionName::ViewInvoices);
        const MANAGE_BILLING = bit(ActionName::ManageBilling);
        const VIEW_AUDIT_LOG = bit(ActionName::ViewAuditLog);
        const CHANGE_ROLE = bit(ActionName::ChangeRole);
        const SET_EXPIRY = bit(ActionName::SetExpiry);
        const REMOVE = bit(ActionName::Remove);
        const TRANSFER_OWNERSHIP = bit(ActionName::TransferOwnership);
        const MANAGE_BUILDS = bit(ActionName::ManageBuilds);
        const READ_VARIABLES = bit(ActionName::ReadVariables);
        const READ_SECRETS = bit(ActionName::ReadSecrets);
        const WRITE_VARIABLES = bit(ActionName::WriteVariables);
        const SET_PROJECT_ROLE = bit(ActionName::SetProjectRole);
        const CREATE = bit(ActionName::Create);
        const SET_PROTECTION = bit(ActionName::SetProtection);
        const RETARGET = bit(ActionName::Retarget);
        const RESTART = bit(ActionName::Restart);
        const DEPLOY = bit(ActionName::Deploy);
        const APPROVE = bit(ActionName::Approve);
        const MANAGE = bit(ActionName::Manage);
        const SET_CLUSTER_ACCESS = bit(ActionName::SetClusterAccess);
    }
}

const fn bit(action: ActionName) -> u32 {
    1 << action as u32
}

impl ActionSet {
    /// Whether the set has this action.
    #[must_use]
    #[inline]
    pub const fn has(self, action: ActionName) -> bool {
        self.bits() & bit(action) != 0
    }

    /// The actions of the set, in the order of [`ActionName::ALL`].
    pub fn names(self) -> impl Iterator<Item = ActionName> {
        ActionName::ALL.into_iter().filter(move |action| self.has(*action))
    }
}

impl From<ActionName> for ActionSet {
    fn from(action: ActionName) -> Self {
        Self::from_bits_truncate(bit(action))
    }
}

impl FromIterator<ActionName> for ActionSet {
    fn from_iter<I: IntoIterator<Item = ActionName>>(actions: I) -> Self {
        actions.into_iter().map(Self::from).collect()
    }
}

names! {
    /// The kinds of resource that a question can be about.
    pub enum ResourceKind: "resource type" {
        /// A tenant.
        Organization = "organization",
        /// An account as a member of an organization.
        Member = "member",
        /// A project.
        Project = "project",
        /// A member of the organization, in a project.
        ProjectMember = "project_member",
        /// An environment of a project, held or proposed.
        Environment = "environment",
        /// An environment, and the cluster that it is to move to.
        Placement = "placement",
        /// A deployment into an environment.
        Deployment = "deployment",
        /// A cluster.
        Cluster = "cluster",
        /// A member of the organization, on a cluster.
        ClusterMember = "cluster_member",
    }
}

bitflags::bitflags! {
    /// Rules that relate the subject to what it asks for, in the order in which they are judged.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Relations: u16 {
        /// The subject's role includes the target's and the role named.
        const RANK = 1 << 0;
        /// The target may be given this at all.
        const ASSIGNABLE = 1 << 1;
        /// A permanent Owner is left.
        const LAST_OWNER = 1 << 2;
        /// Nothing is left in it.
        const EMPTY = 1 << 3;
        /// Who loosens a protection is its custodian.
        const LOOSENING = 1 << 4;
        /// The subject requested the deployment.
        const REQUESTER = 1 << 5;
        /// The subject requested the deployment, or is an Admin there, or manages the cluster.
        const OWN = 1 << 6;
        /// The subject's approval would count.
        const APPROVER = 1 << 7;
        /// A level is at most its holder's ceiling, and a raise at most the subject's own level.
        const ESCALATION = 1 << 8;
    }
}

/// By which role the level on a cluster is reckoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LevelBy {
    Standing,
    Organization,
}

/// Which of an environment's safeguard roles is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    Deployer,
    Custodian,
}

/// Whether the approval rule of the environment is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approval {
    NotAsked,
    Asked,
}

/// What one action on one kind of resource needs: a row of the action table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// `None` is any live member: no permission is asked.
    pub(crate) permission: Option<Permission>,
    /// A subject who is itself the target needs no permission.
    pub(crate) or_oneself: bool,
    pub(crate) level: Level,
    pub(crate) level_by: LevelBy,
    pub(crate) guard: Option<Guard>,
    pub(crate) relations: Relations,
    pub(crate) approval: Approval,
}

impl Need {
    const MEMBERSHIP: Self = Self {
        permission: None,
        or_oneself: false,
        level: Level::None,
        level_by: LevelBy::Standing,
        guard: None,
        relations: Relations::empty(),
        approval: Approval::NotAsked,
    };

    const fn of(permission: Permission) -> Self {
        Self { permission: Some(permission), ..Self::MEMBERSHIP }
    }

    const fn or_oneself(self) -> Self {
        Self { or_oneself: true, ..self }
    }

    const fn level(self, level: Level) -> Self {
        Self { level, ..self }
    }

    const fn by_organization_role(self) -> Self {
        Self { level_by: LevelBy::Organization, ..self }
    }

    const fn guard(self, guard: Guard) -> Self {
        Self { guard: Some(guard), ..self }
    }

    const fn relations(self, relations: Relations) -> Self {
        Self { relations: self.relations.union(relations), ..self }
    }

    const fn approval(self) -> Self {
        Self { approval: Approval::Asked, ..self }
    }

    /// The row for an action on a kind of resource; without one the action does not apply.
    #[inline]
    pub(crate) fn for_action(action: ActionName, on: ResourceKind) -> Option<&'static Self> {
        BY_ACTION_AND_KIND.get(action as usize)?.get(on as usize)?.as_ref()
    }
}

type Row = (&'static [ActionName], &'static [ResourceKind], Need);

/// The action table.
#[rustfmt::skip]
const ROWS: &[Row] = {
    use {ActionName::*, Guard::*, Permission as P, ResourceKind::*, Relations as R};
    &[
        (&[View], &[Organization, Member], Need::MEMBERSHIP),
        (&[Update], &[Organization], Need::of(P::ManageOrganization)),
        (&[Delete], &[Organization], Need::of(P::DeleteOrganization)),
        (&[CreateProject], &[Organization], Need::of(P::CreateProjects)),
        (&[ConnectCluster], &[Organization], Need::of(P::ManageClusters)),
        (&[InviteMember], &[Organization], Need::of(P::ManageMembers).relations(R::RANK)),
        (&[ViewInvoices], &[Organization], Need::of(P::ViewInvoices)),
        (&[ManageBilling], &[Organization], Need::of(P::ManageBilling)),
        (&[ViewAuditLog], &[Organization], Need::of(P::ViewAuditLog)),
        (&[ChangeRole, SetExpiry], &[Member],
            Need::of(P::ChangeRoles).relations(R::RANK).relations(R::ASSIGNABLE).relations(R::LAST_OWNER)),
        (&[Remove], &[Member], Need::of(P::ManageMembers).or_oneself().relations(R::RANK).relations(R::LAST_OWNER)),
        (&[TransferOwnership], &[Member], Need::of(P::TransferOwnership).relations(R::ASSIGNABLE)),

        (&[View, ReadVariables], &[Project], Need::of(P::View)),
        (&[View], &[ProjectMember], Need::of(P::View)),
        (&[Update], &[Project], Need::of(P::ManageProjects)),
        (&[Delete], &[Project], Need::of(P::ManageProjects).relations(R::EMPTY)),
        (&[ManageBuilds], &[Project], Need::of(P::ManageBuilds)),
        (&[ReadSecrets, WriteVariables], &[Project], Need::of(P::Deploy).guard(Deployer)),
        (&[SetProjectRole], &[ProjectMember], Need::of(P::ManageProjects).relations(R::ASSIGNABLE)),

        (&[View], &[Environment, Deployment, Placement], Need::of(P::View).level(Level::View)),
        (&[ReadVariables], &[Environment], Need::of(P::View).level(Level::View)),
        (&[ReadSecrets, WriteVariables], &[Environment], Need::of(P::Deploy).level(Level::Deploy).guard(Deployer)),
        (&[Create], &[Environment], Need::of(P::ManageProjects).level(Level::Deploy).by_organization_role()),
        (&[Update], &[Environment], Need::of(P::ManageProjects).level(Level::View).guard(Custodian)),
        (&[Delete], &[Environment], Need::of(P::ManageProjects).level(Level::Deploy).guard(Custodian)),
        (&[SetProtection], &[Environment], Need::of(P::ManageProtection).level(Level::View).relations(R::LOOSENING)),
        (&[Retarget], &[Placement],
            Need::of(P::ManageProjects).level(Level::Deploy).by_organization_role().guard(Custodian)),
        (&[Restart], &[Environment], Need::of(P::Deploy).level(Level::Deploy)),
        (&[Deploy], &[Environment], Need::of(P::Deploy).level(Level::Deploy).guard(Deployer).approval()),
        (&[Deploy], &[Deployment],
            Need::of(P::Deploy).level(Level::Deploy).guard(Deployer).relations(R::REQUESTER).approval()),
        (&[Approve], &[Deployment], Need::of(P::View).level(Level::View).relations(R::APPROVER)),
        (&[Manage], &[Deployment], Need::of(P::Deploy).level(Level::Deploy).guard(Deployer).relations(R::OWN)),

        (&[View], &[Cluster, ClusterMember], Need::of(P::View).level(Level::View)),
        (&[Deploy], &[Cluster], Need::of(P::Deploy).level(Level::Deploy)),
        (&[Manage], &[Cluster], Need::of(P::View).level(Level::Manage)),
        (&[Delete], &[Cluster], Need::of(P::ManageClusters).level(Level::Manage).relations(R::EMPTY)),
        (&[SetClusterAccess], &[ClusterMember],
            Need::of(P::ManageClusters).relations(R::ASSIGNABLE).relations(R::ESCALATION)),
    ]
};

/// The same rows, found by one look.
static BY_ACTION_AND_KIND: [[Option<Need>; ResourceKind::ALL.len()]; ActionName::ALL.len()] = index(ROWS);

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which refuses an index that fails")]
#[expect(clippy::arithmetic_side_effects, reason = "evaluated by the compiler, which refuses an overflow")]
const fn index(mut rows: &[Row]) -> [[Option<Need>; ResourceKind::ALL.len()]; ActionName::ALL.len()] {
    let mut table = [[None; ResourceKind::ALL.len()]; ActionName::ALL.len()];
    while let [(actions, kinds, need), others @ ..] = rows {
        let mut a = 0;
        while a < actions.len() {
            let mut k = 0;
            while k < kinds.len() {
                let cell = &mut table[actions[a] as usize][kinds[k] as usize];
                assert!(cell.is_none(), "an action has two rows for one kind of resource");
                *cell = Some(*need);
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
    fn every_action_has_a_flag_of_its_name_and_a_row() {
        let flags: alloc::vec::Vec<_> =
            ActionSet::all().iter_names().map(|(name, bits)| (name.to_ascii_lowercase(), bits.bits())).collect();
        let names: alloc::vec::Vec<_> =
            ActionName::ALL.iter().map(|action| (action.as_str().into(), bit(*action))).collect();
        assert_eq!(flags, names);
        for action in ActionName::ALL {
            assert!(ResourceKind::ALL.iter().any(|kind| Need::for_action(action, *kind).is_some()), "{action}");
        }
    }

    #[test]
    fn every_kind_of_resource_can_be_viewed() {
        for kind in ResourceKind::ALL {
            assert!(Need::for_action(ActionName::View, kind).is_some(), "{kind}");
        }
    }
}

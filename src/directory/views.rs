//! Views: what a directory returns where it is asked for a fact. They are `Copy`, and do not show how the fact is stored. The
//! crate itself reads what is stored.

mod resources;

use core::borrow::Borrow;

use crate::model::access::ClusterAccess;
use crate::model::account::{Account, AccountKind};
use crate::model::custom_role::{AnyRole, CustomRole, RoleDefinition};
use crate::model::fact::{AccountFact, MembershipFact, OrganizationFact, RoleFact, TeamFact};
use crate::model::names::copy;
use crate::model::organization::Organization;
use crate::model::project::Visibility;
use crate::model::role::{Permissions, ProjectRole, Role};
use crate::model::team::Team;
use crate::model::time::{Grant, Time};

pub use resources::{ClusterRef, EnvironmentRef, ProjectRef};

/// An account in a directory, with its membership in each organization that it belongs to.
///
/// # Examples
///
/// ```
/// use shipgate::{AccountKind, Action, Decision, Directory, Organization, Role, decide};
///
/// let mut rows = Directory::<&str>::builder();
/// rows.organization("acme-corp")?;
/// rows.member("acme-corp", "olivia", AccountKind::User, Role::Owner, None)?;
/// let directory = rows.build();
///
/// let olivia = directory.account("olivia").unwrap();
/// assert_eq!(olivia.kind(), AccountKind::User);
/// assert_eq!(olivia.membership("acme-corp").map(|membership| membership.rank()), Some(Role::Owner));
/// assert_eq!(olivia.memberships().len(), 1);
///
/// // `decide` takes a fact of your own.
/// let acme = Organization::new("acme-corp", 1);
/// assert_eq!(decide(&olivia.to_account(), Action::CreateProject, &acme), Decision::Allow);
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct AccountRef<'a, Id>(pub(crate) AccountFact<'a, Id>);

impl<'a, Id> AccountRef<'a, Id> {
    /// The id of the account.
    #[must_use]
    pub fn id(self) -> &'a Id {
        self.0.id()
    }

    /// Whether a person or a program uses the account.
    #[must_use]
    pub fn kind(self) -> AccountKind {
        self.0.kind()
    }

    /// The memberships of the account, in the order of their organizations' ids.
    #[must_use]
    pub fn memberships(self) -> impl ExactSizeIterator<Item = MembershipRef<'a, Id>> {
        self.0.memberships().map(MembershipRef)
    }

    /// The account's membership in an organization, even if it has expired.
    #[must_use]
    pub fn membership<Q: Ord + ?Sized>(self, organization: &Q) -> Option<MembershipRef<'a, Id>>
    where
        Id: Ord + Borrow<Q>,
    {
        self.0.membership(organization).map(MembershipRef)
    }

    /// Clones the account with its memberships.
    #[must_use]
    pub fn to_account(self) -> Account<Id>
    where
        Id: Clone,
    {
        self.0.to_account()
    }
}

/// What an account has in one organization: a role, a place in teams, and grants of its own.
///
/// # Examples
///
/// ```
/// use shipgate::{AccountKind, AnyRole, ClusterAccess, Directory, Grant, Holder, Role, Visibility};
///
/// let mut rows = Directory::<&str>::builder();
/// rows.organization("acme-corp")?;
/// rows.member("acme-corp", "alice", AccountKind::User, Role::Developer, None)?;
/// rows.cluster("us-east", "acme-corp", Visibility::Organization)?;
/// rows.cluster_access("us-east", Holder::Account("alice"), ClusterAccess::View)?;
/// let directory = rows.build();
///
/// let membership = directory.account("alice").unwrap().membership("acme-corp").unwrap();
/// assert_eq!(membership.role(), AnyRole::BuiltIn(Role::Developer));
/// assert_eq!(membership.expires_at(), None);
/// assert_eq!(membership.cluster_access("us-east"), Some(Grant::new(ClusterAccess::View)));
/// assert_eq!(membership.teams().len(), 0);
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct MembershipRef<'a, Id>(pub(crate) MembershipFact<'a, Id>);

impl<'a, Id> MembershipRef<'a, Id> {
    /// The organization that the account is a member of.
    #[must_use]
    pub fn organization(self) -> &'a Id {
        self.0.organization()
    }

    /// The role in the organization. For a service account, [`Role::Owner`] counts as [`Role::Admin`].
    #[must_use]
    pub fn role(self) -> AnyRole<&'a Id> {
        self.0.role()
    }

    /// The rank of the role. For a service account, [`Role::Owner`] counts as [`Role::Admin`].
    #[must_use]
    pub fn rank(self) -> Role {
        self.0.rank()
    }

    /// The permissions of the role.
    #[must_use]
    pub fn permissions(self) -> Permissions {
        self.0.permissions()
    }

    /// When the membership expires; `None` if it does not.
    #[must_use]
    pub fn expires_at(self) -> Option<Time> {
        self.0.expires_at()
    }

    /// The ids of the teams that the member is in, in order.
    #[must_use]
    pub fn teams(self) -> impl ExactSizeIterator<Item = &'a Id> {
        self.0.teams()
    }

    /// The member's own access to clusters, in the order of the clusters' ids, each with who can see the cluster.
    #[must_use]
    pub fn cluster_accesses(self) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ClusterAccess>)> {
        self.0.cluster_accesses()
    }

    /// The member's own roles in projects, in the order of the projects' ids, each with who can see the project.
    #[must_use]
    pub fn project_roles(self) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ProjectRole>)> {
        self.0.project_roles()
    }

    /// The member's own access to a cluster, even if it has expired. `None` if that of the teams applies, or the role's
    /// default.
    #[must_use]
    pub fn cluster_access<Q: Ord + ?Sized>(self, cluster: &Q) -> Option<Grant<ClusterAccess>>
    where
        Id: Ord + Borrow<Q>,
    {
        self.0.cluster_access(cluster)
    }

    /// The member's own role in a project, even if it has expired. `None` if that of the teams applies, or the role in the
    /// organization.
    #[must_use]
    pub fn project_role<Q: Ord + ?Sized>(self, project: &Q) -> Option<Grant<ProjectRole>>
    where
        Id: Ord + Borrow<Q>,
    {
        self.0.project_role(project)
    }
}

/// An organization in a directory.
///
/// # Examples
///
/// ```
/// use shipgate::{AccountKind, Directory, Role};
///
/// let mut rows = Directory::<&str>::builder();
/// rows.organization("acme-corp")?;
/// rows.member("acme-corp", "olivia", AccountKind::User, Role::Owner, None)?;
/// let directory = rows.build();
///
/// assert_eq!(directory.organization("acme-corp").map(|acme| acme.owners()), Some(1));
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct OrganizationRef<'a, Id>(pub(crate) OrganizationFact<'a, Id>);

impl<'a, Id> OrganizationRef<'a, Id> {
    /// The id of the organization.
    #[must_use]
    pub fn id(self) -> &'a Id {
        self.0.id()
    }

    /// The number of permanent Owners.
    #[must_use]
    pub fn owners(self) -> u32 {
        self.0.owners()
    }

    /// Clones the organization.
    #[must_use]
    pub fn to_organization(self) -> Organization<Id>
    where
        Id: Clone,
    {
        self.0.to_organization()
    }
}

/// A custom role in a directory.
///
/// # Examples
///
/// ```
/// use shipgate::model::Permission;
/// use shipgate::{Directory, Role, RoleDefinition, RolePermissions};
///
/// let mut rows = Directory::<&str>::builder();
/// rows.organization("acme-corp")?;
/// let permissions = RolePermissions::new([Permission::View, Permission::ViewAuditLog])?;
/// rows.role("auditor", "acme-corp", RoleDefinition::new(Role::Viewer, permissions)?)?;
/// let directory = rows.build();
///
/// let auditor = directory.role("auditor").unwrap();
/// assert_eq!(auditor.organization(), &"acme-corp");
/// assert_eq!(auditor.definition().permissions(), permissions);
/// assert_eq!(auditor.members(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct CustomRoleRef<'a, Id>(pub(crate) RoleFact<'a, Id>);

impl<'a, Id> CustomRoleRef<'a, Id> {
    /// The id of the role.
    #[must_use]
    pub fn id(self) -> &'a Id {
        self.0.id()
    }

    /// The organization that the role belongs to.
    #[must_use]
    pub fn organization(self) -> &'a Id {
        self.0.organization()
    }

    /// The rank and the permissions.
    #[must_use]
    pub fn definition(self) -> RoleDefinition {
        self.0.definition()
    }

    /// The number of members who have the role.
    #[must_use]
    pub fn members(self) -> u32 {
        self.0.members()
    }

    /// Clones the role.
    #[must_use]
    pub fn to_custom_role(self) -> CustomRole<Id>
    where
        Id: Clone,
    {
        self.0.to_custom_role()
    }
}

/// A team in a directory.
///
/// # Examples
///
/// ```
/// use shipgate::{ClusterAccess, Directory, Grant, Holder, Visibility};
///
/// let mut rows = Directory::<&str>::builder();
/// rows.organization("acme-corp")?;
/// rows.team("on-call", "acme-corp")?;
/// rows.cluster("us-east", "acme-corp", Visibility::Members)?;
/// rows.cluster_access("us-east", Holder::Team("on-call"), ClusterAccess::Deploy)?;
/// let directory = rows.build();
///
/// let on_call = directory.team("on-call").unwrap();
/// let accesses: Vec<_> = on_call.cluster_accesses().collect();
/// assert_eq!(accesses, [(&"us-east", Visibility::Members, Grant::new(ClusterAccess::Deploy))]);
/// assert_eq!(on_call.members(), 0);
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct TeamRef<'a, Id>(pub(crate) TeamFact<'a, Id>);

impl<'a, Id> TeamRef<'a, Id> {
    /// The id of the team.
    #[must_use]
    pub fn id(self) -> &'a Id {
        self.0.id()
    }

    /// The organization that the team belongs to.
    #[must_use]
    pub fn organization(self) -> &'a Id {
        self.0.organization()
    }

    /// The number of members.
    #[must_use]
    pub fn members(self) -> u32 {
        self.0.members()
    }

    /// The team's access to clusters, in the order of the clusters' ids, each with who can see the cluster.
    #[must_use]
    pub fn cluster_accesses(self) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ClusterAccess>)> {
        self.0.cluster_accesses()
    }

    /// The team's roles in projects, in the order of the projects' ids, each with who can see the project.
    #[must_use]
    pub fn project_roles(self) -> impl ExactSizeIterator<Item = (&'a Id, Visibility, Grant<ProjectRole>)> {
        self.0.project_roles()
    }

    /// Clones the team. Its grants are shared, not copied.
    #[must_use]
    pub fn to_team(self) -> Team<Id>
    where
        Id: Clone,
    {
        self.0.to_team()
    }
}

copy!(AccountRef, MembershipRef, OrganizationRef, CustomRoleRef, TeamRef);

//! Lists of access: what each member has on a cluster, in a project or in an environment, why, and until when.

mod lists;
mod member;

use core::cmp::Ordering;

use crate::model::access::ClusterAccess;
use crate::model::custom_role::AnyRole;
use crate::model::grants::Holder;
use crate::model::names::copy;
use crate::model::role::{Permissions, RankedPermissions, Role};
use crate::model::time::Time;

/// What a member has, why, and until when: a level of access to a cluster, or a role. See
/// [`Directory::cluster_access`](crate::Directory::cluster_access) and
/// [`Directory::project_access`](crate::Directory::project_access).
///
/// # Examples
///
/// ```
/// use shipgate::query::AccessSource;
/// use shipgate::{AccountKind, ClusterAccess, Directory, Grant, Holder, Role, Time, Visibility};
///
/// let noon = Time::from_millis(1_795_262_400_000);
/// let mut rows = Directory::<String>::builder();
/// rows.organization("acme-corp".into())?;
/// rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, None)?;
/// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
/// rows.cluster_access("us-east", Holder::Account("alice"), Grant::new(ClusterAccess::Manage).until(noon))?;
/// let directory = rows.build();
///
/// let morning = Time::from_millis(noon.as_millis() - 1);
/// let (alice, access) = directory.cluster_access("us-east", Some(morning)).next().unwrap();
/// assert_eq!(access.value(), ClusterAccess::Manage);
/// assert_eq!(access.source(), AccessSource::ClusterAccess(Holder::Account(alice)));
/// assert_eq!(access.until(), Some(noon));
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Access<'a, Id, T> {
    value: T,
    source: AccessSource<'a, Id>,
    until: Option<Time>,
}

impl<Id, T: Copy> Clone for Access<'_, Id, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id, T: Copy> Copy for Access<'_, Id, T> {}

impl<'a, Id, T: Copy> Access<'a, Id, T> {
    /// The level or the role.
    #[must_use]
    pub const fn value(&self) -> T {
        self.value
    }

    /// Where it comes from at the time of the list. It may come from elsewhere before [`Access::until`], if that gives the
    /// same.
    #[must_use]
    pub const fn source(&self) -> AccessSource<'a, Id> {
        self.source
    }

    /// The expiry at which the member no longer has this level or role: from then on they have another one, which may be
    /// higher, or none. It is the expiry of the membership, or of a grant of the member or of one of their teams.
    ///
    /// `None` if no expiry changes it. Without a time, the list has what the member has whatever expires, so it is `None`.
    #[must_use]
    pub const fn until(&self) -> Option<Time> {
        self.until
    }
}

/// Where a member's role or level comes from.
///
/// It names the grant that counts, even if the ceiling of the role cuts it down. A grant of a member or team is named as the
/// changes that set and remove it name it: [`Change::set_project_role`](crate::change::Change::set_project_role) and
/// [`Change::set_cluster_access`](crate::change::Change::set_cluster_access). Of several teams that give the same, it is the one
/// whose grant lasts longest, and of those the first by id.
///
/// # Examples
///
/// ```
/// use shipgate::query::AccessSource;
/// use shipgate::{AccountKind, ClusterAccess, Directory, Holder, Role, Visibility};
///
/// let mut rows = Directory::<String>::builder();
/// rows.organization("acme-corp".into())?;
/// for (account, role) in [("alice", Role::Developer), ("olivia", Role::Owner)] {
///     rows.member("acme-corp", account.into(), AccountKind::User, role, None)?;
/// }
/// rows.team("on-call".into(), "acme-corp")?;
/// rows.team_member("on-call", "alice")?;
/// rows.cluster("vault".into(), "acme-corp", Visibility::Members)?;
/// rows.cluster_access("vault", Holder::Team("on-call"), ClusterAccess::Deploy)?;
/// rows.cluster_access("vault", Holder::Account("olivia"), ClusterAccess::View)?;
/// let directory = rows.build();
///
/// let sources: Vec<_> = directory.cluster_access("vault", None).map(|(_, access)| access.source()).collect();
/// // No grant changes what an Owner has.
/// let (on_call, owner) = ("on-call".to_string(), Role::Owner.into());
/// assert_eq!(sources, [AccessSource::ClusterAccess(Holder::Team(&on_call)), AccessSource::Role(owner)]);
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub enum AccessSource<'a, Id> {
    /// The role that the member acts with in the organization: that role itself, or its default level. So it is for Owners,
    /// whatever was granted to them. For a service account with the role Owner, it is [`Role::Admin`].
    Role(AnyRole<&'a Id>),
    /// A role in the project, of the member's own or of a team: that role itself, or its default level.
    ProjectRole(Holder<&'a Id>),
    /// Access to the cluster, of the member's own or of a team.
    ClusterAccess(Holder<&'a Id>),
}

copy!(AccessSource);

/// The role that counts for a member in a project: a rank and permissions.
///
/// It is the role in the organization or a project role; [`Access::source`] says which. Without a time it can be lower than
/// both: the lower rank, with the permissions that both have.
///
/// The rule is in the guide: [the effective role](crate::_guide::policy#effective-role).
///
/// # Examples
///
/// ```
/// use shipgate::model::Permission;
/// use shipgate::{AccountKind, Directory, Holder, ProjectRole, Role, Visibility};
///
/// let mut rows = Directory::<String>::builder();
/// rows.organization("acme-corp".into())?;
/// rows.member("acme-corp", "victor".into(), AccountKind::User, Role::Viewer, None)?;
/// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
/// rows.project_role("shop", Holder::Account("victor"), ProjectRole::Developer)?;
/// let directory = rows.build();
///
/// let (_, access) = directory.project_access("shop", None).next().unwrap();
/// let role = access.value();
/// assert_eq!(role.rank(), Role::Developer);
/// assert!(role.permissions().contains(Permission::Deploy));
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EffectiveRole(RankedPermissions);

impl EffectiveRole {
    /// The rank. For a service account that is an Owner it is [`Role::Admin`], which it acts as.
    #[must_use]
    pub const fn rank(self) -> Role {
        self.0.rank
    }

    /// The permissions.
    #[must_use]
    pub const fn permissions(self) -> Permissions {
        self.0.permissions
    }
}

/// What a member has in an environment: the role that counts in its project, and the access to its cluster by that role. See
/// [`Directory::environment_access`](crate::Directory::environment_access).
///
/// # Examples
///
/// ```
/// use shipgate::query::AccessSource;
/// use shipgate::{AccountKind, ClusterAccess, Directory, Holder, ProjectRole, Protection, Role, Visibility};
///
/// let mut rows = Directory::<String>::builder();
/// rows.organization("acme-corp".into())?;
/// rows.member("acme-corp", "victor".into(), AccountKind::User, Role::Viewer, None)?;
/// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
/// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
/// rows.project_role("shop", Holder::Account("victor"), ProjectRole::Developer)?;
/// rows.environment("shop-dev".into(), "shop", "us-east", "shop-dev", Protection::NONE)?;
/// let directory = rows.build();
///
/// let (victor, access) = directory.environment_access("shop-dev", None).next().unwrap();
/// assert_eq!(access.role().value().rank(), Role::Developer);
/// // On the cluster itself a Viewer has `view`; in the project, the default of the project role counts.
/// assert_eq!(access.level().value(), ClusterAccess::Deploy);
/// assert_eq!(access.level().source(), AccessSource::ProjectRole(Holder::Account(victor)));
/// assert_eq!(access.until(), None);
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct EnvironmentAccess<'a, Id> {
    role: Access<'a, Id, EffectiveRole>,
    level: Access<'a, Id, ClusterAccess>,
}

copy!(EnvironmentAccess);

impl<'a, Id> EnvironmentAccess<'a, Id> {
    /// The role that counts in the environment's project.
    #[must_use]
    pub const fn role(&self) -> Access<'a, Id, EffectiveRole> {
        self.role
    }

    /// The access to the environment's cluster, by the role that counts. It can be more than the member has on the cluster
    /// itself, or less.
    #[must_use]
    pub const fn level(&self) -> Access<'a, Id, ClusterAccess> {
        self.level
    }

    /// The expiry at which the first of the two, the role or the level, becomes another one or none; `None` if no expiry
    /// changes them.
    #[must_use]
    pub fn until(&self) -> Option<Time> {
        [self.role.until, self.level.until].into_iter().flatten().min()
    }
}

/// A grant with its holder, so that how grants count tells which one does.
#[derive(Debug, PartialEq, Eq)]
struct Held<'a, Id, T> {
    value: T,
    /// The expiry, or the latest time.
    end: Time,
    holder: Holder<&'a Id>,
}

impl<Id, T: Copy> Clone for Held<'_, Id, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id, T: Copy> Copy for Held<'_, Id, T> {}

/// A higher value is greater; of equal ones that which lasts longer; of those the first by holder.
impl<Id: Ord, T: Ord> Ord for Held<'_, Id, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_value = self.value.cmp(&other.value);
        by_value.then_with(|| self.end.cmp(&other.end)).then_with(|| other.holder.cmp(&self.holder))
    }
}

impl<Id: Ord, T: Ord> PartialOrd for Held<'_, Id, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

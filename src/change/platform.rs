//! Changes by the platform itself: nothing is decided, everything is recorded, and the rows stay sound.

use alloc::vec::Vec;
use core::fmt::Display;
use core::hash::Hash;

use crate::change::Change;
use crate::change::edit::is_permanent_owner;
use crate::change::error::ChangeError;
use crate::change::propose::require_writable;
use crate::change::record::{Cause, Entry, Record};
use crate::directory::error::{EntityKind, name};
use crate::directory::store::Directory;
use crate::model::account::AccountKind;
use crate::model::custom_role::{AnyRole, RoleDefinition};
use crate::model::fact::{AccountFact, ClusterFact, MembershipFact, OrganizationFact, ProjectFact, RoleFact, TeamFact};
use crate::model::grants::Holder;
use crate::model::role::Role;
use crate::model::time::Time;

/// The platform itself, as who makes a change: support staff, a directory sync, a billing system.
///
/// # Examples
///
/// ```
/// use shipgate::Time;
/// use shipgate::change::Platform;
///
/// let support = Platform::new("support", Time::from_millis(1_795_219_200_000));
/// assert_eq!((support.who(), support.now()), ("support", Time::from_millis(1_795_219_200_000)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Platform<'a> {
    who: &'a str,
    now: Time,
    last_owner: LastOwner,
}

/// Whether an organization may lose its last Owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LastOwner {
    Stays,
    MayGo,
}

impl<'a> Platform<'a> {
    /// The platform, and who acts for it, at the present time. The last Owner of an organization stays.
    #[must_use]
    pub const fn new(who: &'a str, now: Time) -> Self {
        Self { who, now, last_owner: LastOwner::Stays }
    }

    /// Allows a change that leaves an organization without a permanent Owner.
    #[must_use]
    pub const fn even_the_last_owner(self) -> Self {
        Self { last_owner: LastOwner::MayGo, ..self }
    }

    #[cfg(feature = "shared")]
    pub(crate) const fn at(self, now: Time) -> Self {
        Self { now, ..self }
    }

    /// Who acts for the platform.
    #[must_use]
    pub const fn who(&self) -> &'a str {
        self.who
    }

    /// The present time.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }
}

impl<Id: Hash + Ord + Clone + Display> Directory<Id> {
    /// Proposes a change by the platform itself, without applying it. Nothing is decided: check yourself who may ask for it.
    ///
    /// Use it to recover an organization without an Owner, to follow a company's directory of users (SCIM), or to suspend a
    /// member: [set the expiry](Change::set_expiry) to the present time, and later to what the record of the suspension says was
    /// there before. The grants stay. To the organization, a suspended member is one whose membership has expired, so an Admin
    /// may renew it: to prevent that, refuse the account at sign-in.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Unknown`], [`ChangeError::NotAMember`] and [`ChangeError::Foreign`] if the change names what does not
    /// exist, or what belongs to another organization; [`ChangeError::NotEmpty`] if it deletes something that is in use;
    /// [`ChangeError::LastOwner`] if no permanent Owner would be left, unless
    /// [the platform allows it](Platform::even_the_last_owner); [`ChangeError::NeedsMember`] for a transfer of ownership;
    /// otherwise as [`Directory::propose`], except for [`ChangeError::Denied`].
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Directory, Time};
    /// use shipgate::change::{Change, ChangeError, Platform};
    ///
    /// let mut directory = Directory::<u64>::new();
    /// directory.create_organization(100, 1, 7, AccountKind::User, None)?;
    /// let now = Time::from_millis(1_795_219_200_000);
    /// let suspend = Change::set_expiry(1u64, 7u64, Some(now));
    ///
    /// let support = Platform::new("support", now);
    /// let refused = directory.propose_as_platform(101, suspend.clone(), support, "ticket 4711").unwrap_err();
    /// assert!(matches!(refused, ChangeError::LastOwner));
    ///
    /// let record = directory.propose_as_platform(101, suspend, support.even_the_last_owner(), "ticket 4711")?;
    /// assert_eq!((record.time(), record.reason()), (Some(now), Some("ticket 4711")));
    /// # Ok::<(), ChangeError>(())
    /// ```
    pub fn propose_as_platform(
        &self,
        id: Id,
        change: Change<Id>,
        platform: Platform<'_>,
        reason: &str,
    ) -> Result<Record<Id>, ChangeError> {
        let (organization, entry) = self.plan_as_platform(platform, change)?;
        Ok(self.next_record(id, organization, Some(platform.now()), Some(reason.into()), [entry].into())?)
    }

    /// Proposes to remove an account from every organization that this directory has, with one record for each, in the order of
    /// their ids. Commit all of them together. `ids` gives each record its id.
    ///
    /// # Errors
    ///
    /// As [`Directory::propose_as_platform`]: above all, [`ChangeError::LastOwner`].
    pub fn propose_account_removal(
        &self,
        account: &Id,
        platform: Platform<'_>,
        reason: &str,
        mut ids: impl FnMut(&Id) -> Id,
    ) -> Result<Vec<Record<Id>>, ChangeError> {
        let memberships = self.account_fact(account).into_iter().flat_map(AccountFact::memberships);
        let remove = |membership: MembershipFact<'_, Id>| {
            let organization = membership.organization();
            let change = Change::RemoveMember { organization: organization.clone(), account: account.clone() };
            self.propose_as_platform(ids(organization), change, platform, reason)
        };
        memberships.map(remove).collect()
    }

    /// Plans a change by the platform, and returns the organization that it is in.
    pub(crate) fn plan_as_platform(
        &self,
        platform: Platform<'_>,
        change: Change<Id>,
    ) -> Result<(Id, Entry<Id>), ChangeError> {
        let now = platform.now();
        require_writable(Some(now))?;
        require_writable(change.time())?;
        let organization = self.organization_of(&change)?.clone();
        self.check_effect(&organization, &change, platform.last_owner)?;
        let edits = self.plan(None, Some(now), &change)?;
        self.require_room_for(&edits)?;
        Ok((organization, Entry::new(Cause::Platform { by: platform.who.into(), change }, edits)))
    }
}

impl<Id: Hash + Ord + Display> Directory<Id> {
    /// Checks that a change can be made of the rows as they are, apart from who makes it.
    fn check_effect(&self, organization: &Id, change: &Change<Id>, last_owner: LastOwner) -> Result<(), ChangeError> {
        match change {
            Change::InviteMember { role, .. } => self.require_role(organization, role),
            Change::ChangeRole { account, to, .. } => {
                self.require_role(organization, to)?;
                let member = self.require_member(organization, account)?;
                match (*to == AnyRole::BuiltIn(Role::Owner), member.kind()) {
                    (true, AccountKind::Service) => Err(ChangeError::ServiceOwner),
                    (true, AccountKind::User) => Ok(()),
                    (false, _) => self.require_other_owner(organization, member, last_owner),
                }
            }
            Change::RemoveMember { account, .. } | Change::SetExpiry { account, to: Some(_), .. } => {
                self.require_other_owner(organization, self.require_member(organization, account)?, last_owner)
            }
            Change::SetExpiry { account, to: None, .. }
            | Change::AddToTeam { account, .. }
            | Change::RemoveFromTeam { account, .. } => self.require_member(organization, account).map(drop),
            Change::TransferOwnership { .. } => Err(ChangeError::NeedsMember),
            Change::UpdateRole { role, permissions } => {
                let rank = self.role_fact(role).map(RoleFact::definition).map(RoleDefinition::rank);
                Ok(rank.map_or(Ok(()), |rank| RoleDefinition::new(rank, *permissions).map(drop))?)
            }
            Change::SetClusterAccess { holder, .. } | Change::SetProjectRole { holder, .. } => match holder {
                Holder::Account(account) => self.require_member(organization, account).map(drop),
                Holder::Team(id) => {
                    require_of(organization, EntityKind::Team, id, self.team_fact(id).map(TeamFact::organization))
                }
            },
            Change::CreateEnvironment { cluster, .. } | Change::Retarget { cluster, .. } => {
                let of = self.cluster_fact(cluster).map(ClusterFact::organization);
                require_of(organization, EntityKind::Cluster, cluster, of)
            }
            Change::DeleteRole { role } => {
                require_empty(EntityKind::Role, role, self.role_fact(role).map(RoleFact::members))
            }
            Change::DeleteTeam { team } => {
                require_empty(EntityKind::Team, team, self.team_fact(team).map(TeamFact::members))
            }
            Change::DeleteProject { project } => {
                require_empty(EntityKind::Project, project, self.project_fact(project).map(ProjectFact::environments))
            }
            Change::DisconnectCluster { cluster } => {
                require_empty(EntityKind::Cluster, cluster, self.cluster_fact(cluster).map(ClusterFact::environments))
            }
            Change::CreateRole { .. }
            | Change::CreateTeam { .. }
            | Change::UpdateTeam { .. }
            | Change::UpdateOrganization { .. }
            | Change::DeleteOrganization { .. }
            | Change::CreateProject { .. }
            | Change::UpdateProject { .. }
            | Change::UpdateEnvironment { .. }
            | Change::DeleteEnvironment { .. }
            | Change::SetProtection { .. }
            | Change::ConnectCluster { .. }
            | Change::UpdateCluster { .. } => Ok(()),
        }
    }

    fn require_member(&self, organization: &Id, account: &Id) -> Result<AccountFact<'_, Id>, ChangeError> {
        let member = self.account_fact(account).filter(|account| account.membership(organization).is_some());
        member.ok_or_else(|| ChangeError::NotAMember { account: name(account), organization: name(organization) })
    }

    /// Fails if the member is the last permanent Owner, unless that one may go.
    fn require_other_owner(
        &self,
        organization: &Id,
        member: AccountFact<'_, Id>,
        last_owner: LastOwner,
    ) -> Result<(), ChangeError> {
        let is_owner =
            member.membership(organization).is_some_and(|present| is_permanent_owner(member.kind(), present));
        let owners = self.organization_fact(organization).map_or(0, OrganizationFact::owners);
        match last_owner {
            LastOwner::Stays if is_owner && owners <= 1 => Err(ChangeError::LastOwner),
            LastOwner::Stays | LastOwner::MayGo => Ok(()),
        }
    }

    fn require_role(&self, organization: &Id, role: &AnyRole<Id>) -> Result<(), ChangeError> {
        match role {
            AnyRole::BuiltIn(_) => Ok(()),
            AnyRole::Custom(id) => {
                require_of(organization, EntityKind::Role, id, self.role_fact(id).map(RoleFact::organization))
            }
        }
    }
}

/// Fails for what does not exist, and for what belongs to another organization.
fn require_of<Id: Eq + Display>(
    organization: &Id,
    kind: EntityKind,
    id: &Id,
    of: Option<&Id>,
) -> Result<(), ChangeError> {
    match of {
        Some(of) if of == organization => Ok(()),
        Some(_) => Err(ChangeError::Foreign { kind, id: name(id) }),
        None => Err(ChangeError::Unknown { kind, id: name(id) }),
    }
}

fn require_empty<Id: Display>(kind: EntityKind, id: &Id, count: Option<u32>) -> Result<(), ChangeError> {
    if count.unwrap_or(0) == 0 { Ok(()) } else { Err(ChangeError::NotEmpty { kind, id: name(id) }) }
}

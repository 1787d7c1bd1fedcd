//! Filling a directory, strictly: row by row, each checked against those before it.

mod finish;
mod log;
mod resources;

pub(crate) use finish::RowCounts;

use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use crate::directory::entry::Entry;
use crate::directory::error::{EntityKind, RowError, name};
use crate::directory::index::{Member, OrganizationIndex, RoleIndex, Stage, TeamIndex};
use crate::directory::load::log::Log;
use crate::directory::members::NotAdmitted;
use crate::directory::members::line::NewMember;
use crate::directory::store::Directory;
use crate::directory::stream::Stream;
use crate::directory::table::Table;
use crate::directory::team::TeamRecord;
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::custom_role::{AnyRole, CustomRole, RoleDefinition};
use crate::model::organization::Organization;
use crate::model::role::ProjectRole;
use crate::model::sorted::Keyed;
use crate::model::time::{Grant, Time};

/// A directory that is being filled: what a row refers to comes before it.
///
/// A row that is refused changes nothing. A grant above its holder's ceiling is taken (a decision clamps it), and so is an
/// organization without a permanent Owner.
///
/// # Examples
///
/// ```
/// use shipgate::{AccountKind, ClusterAccess, Directory, Holder, Role, Visibility};
///
/// let mut rows = Directory::<u64>::builder();
/// rows.organization(1)?;
/// rows.member(&1, 7, AccountKind::User, Role::Developer, None)?;
/// rows.cluster(20, &1, Visibility::Organization)?;
/// rows.cluster_access(&20, Holder::Account(&7), ClusterAccess::View)?;
///
/// let problem = rows.cluster_access(&20, Holder::Account(&8), ClusterAccess::View).unwrap_err();
/// assert_eq!(problem.to_string(), r#"account "8" is not a member of "1""#);
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Clone, Debug)]
pub struct DirectoryBuilder<Id> {
    directory: Directory<Id>,
    // What the index gets at the end. By organization:
    members: Log<Id, Grant<Member>>,
    clusters: Log<Id>,
    projects: Log<Id>,
    environments: Log<Id>,
    // By cluster or project:
    overrides: Log<Id, Grant<ClusterAccess>>,
    project_roles: Log<Id, Grant<ProjectRole>>,
    stages: Log<Id, Stage>,
}

impl<Id> Directory<Id> {
    /// A directory to be filled, row by row.
    #[must_use]
    pub fn builder() -> DirectoryBuilder<Id> {
        DirectoryBuilder::new()
    }
}

impl<Id> DirectoryBuilder<Id> {
    /// The directory, so that tests can set how far its numbers go.
    #[cfg(test)]
    pub(crate) const fn directory_mut(&mut self) -> &mut Directory<Id> {
        &mut self.directory
    }

    fn new() -> Self {
        Self {
            directory: Directory::open(),
            members: Log::new(),
            clusters: Log::new(),
            projects: Log::new(),
            environments: Log::new(),
            overrides: Log::new(),
            project_roles: Log::new(),
            stages: Log::new(),
        }
    }
}

impl<Id: Hash + Ord + Clone + Display> DirectoryBuilder<Id> {
    /// An organization.
    ///
    /// # Errors
    ///
    /// [`RowError::Duplicate`] where there is one of this id.
    pub fn organization(&mut self, id: Id) -> Result<(), RowError> {
        let Directory { organizations, numbers, .. } = &mut self.directory;
        require_new(organizations, EntityKind::Organization, &id)?;
        let number = numbers.add_organization(id.clone()).ok_or(RowError::Full)?;
        drop(organizations.insert(Entry { fact: Organization::new(id.clone(), 0), number }));
        self.directory.index.organizations.add(OrganizationIndex::new(id));
        Ok(())
    }

    /// A custom role of an organization.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the organization does not exist; [`RowError::Duplicate`] if any organization has a role with
    /// this id.
    pub fn role<Q>(&mut self, id: Id, organization: &Q, definition: RoleDefinition) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let Directory { organizations, roles, numbers, index, .. } = &mut self.directory;
        let of = find_organization(organizations, organization)?;
        require_new(roles, EntityKind::Role, &id)?;
        let number = numbers.roles.add(id.clone()).ok_or(RowError::Full)?;
        let role = CustomRole::new(id.clone(), of.id().clone(), definition);
        drop(roles.insert(Entry { fact: role, number }));
        if let Some(of) = index.organizations.get_mut::<Id>(of.id()) {
            of.roles.insert(id.clone());
        }
        index.roles.add(RoleIndex::new(id));
        Ok(())
    }

    /// A member of an organization, until an expiry where there is one. The role is a built-in one or the id of a custom one.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the organization or the role does not exist; [`RowError::ForeignRole`] if the role belongs to
    /// another organization; [`RowError::OtherKind`] if a row before this one has another kind for the account;
    /// [`RowError::DuplicateMember`] if the account is already a member; [`RowError::Time`] if the expiry lies outside the
    /// years 0000 to 9999.
    pub fn member<Q>(
        &mut self,
        organization: &Q,
        account: Id,
        kind: AccountKind,
        role: impl Into<AnyRole<Id>>,
        expires_at: Option<Time>,
    ) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        require_writable(expires_at)?;
        let Directory { members, organizations, roles, numbers, index, .. } = &mut self.directory;
        let organization = organizations
            .get_mut(organization)
            .ok_or_else(|| RowError::unknown(EntityKind::Organization, organization))?;
        let (role, custom) = match role.into() {
            AnyRole::BuiltIn(role) => (role.into(), None),
            AnyRole::Custom(id) => {
                let role = roles.get_mut::<Id>(&id).ok_or_else(|| RowError::unknown(EntityKind::Role, &id))?;
                if role.organization() != organization.id() {
                    return Err(RowError::ForeignRole { role: name(&id), organization: name(organization.id()) });
                }
                (role.definition().into(), Some(role))
            }
        };
        let new = NewMember { kind, role, custom: custom.as_ref().map_or(0, |role| role.number), expires_at };
        members.admit(&account, organization.number, new, numbers).map_err(|problem| match problem {
            NotAdmitted::OtherKind(present) => RowError::OtherKind { account: name(&account), present, kind },
            NotAdmitted::Member => {
                RowError::DuplicateMember { account: name(&account), organization: name(organization.id()) }
            }
            NotAdmitted::Full => RowError::Full,
        })?;
        if new.is_permanent_owner() {
            organization.add_owner();
        }
        if let Some(role) = custom {
            role.add_member();
            if let Some(index) = index.roles.get_mut::<Id>(role.id()) {
                index.holders.insert(account.clone());
            }
        }
        self.members.push(organization.number, account, new.listed(false));
        Ok(())
    }

    /// A team of an organization.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the organization does not exist; [`RowError::Duplicate`] if any organization has a team with
    /// this id.
    pub fn team<Q>(&mut self, id: Id, organization: &Q) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let Directory { organizations, teams, numbers, index, .. } = &mut self.directory;
        let of = find_organization(organizations, organization)?;
        require_new(teams, EntityKind::Team, &id)?;
        let number = numbers.add_team(id.clone(), of.number).ok_or(RowError::Full)?;
        drop(teams.insert(TeamRecord::new(id.clone(), of.id().clone()).numbered(number)));
        if let Some(of) = index.organizations.get_mut::<Id>(of.id()) {
            of.teams.insert(id.clone());
        }
        index.teams.add(TeamIndex::new(id));
        Ok(())
    }

    /// A member of a team.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the team does not exist; [`RowError::NotAMember`] if the account is not a member of its
    /// organization; [`RowError::DuplicateTeamMember`] if the member is already in the team.
    pub fn team_member<Q>(&mut self, team: &Q, account: &Q) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let Directory { members, teams, numbers, index, .. } = &mut self.directory;
        let team = teams.get_mut(team).ok_or_else(|| RowError::unknown(EntityKind::Team, team))?;
        let organization = numbers.teams.get(team.number()).map_or(0, |team| team.organization());
        let member = members.membership_mut(account, organization);
        let mut member = member.ok_or_else(|| RowError::not_a_member(account, team.organization()))?;
        if member.change(|line| line.change_teams(|teams| teams.join(team.number(), numbers))) != Some(true) {
            return Err(RowError::DuplicateTeamMember { account: name(account), team: name(team.id()) });
        }
        team.add_member();
        if let Some(index) = index.teams.get_mut::<Id>(team.id()) {
            index.members.insert(member.account.clone());
        }
        Ok(())
    }

    /// Sets the revision of an organization, 0 by default, and the id of its last record. You can then apply the records of
    /// later changes.
    ///
    /// # Errors
    ///
    /// [`RowError::Unknown`] if the organization does not exist.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::Directory;
    ///
    /// let mut rows = Directory::<u64>::builder();
    /// rows.organization(1)?;
    /// rows.at_revision(&1, 7, 107)?;
    /// let directory = rows.build();
    /// assert_eq!((directory.revision(&1), directory.last_record(&1)), (Some(7), Some(&107)));
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    pub fn at_revision<Q>(&mut self, organization: &Q, revision: u64, last_record: Id) -> Result<(), RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let Directory { organizations, streams, .. } = &mut self.directory;
        let of = find_organization(organizations, organization)?;
        if revision > 0 {
            streams.set(Stream::new(of.id().clone(), revision, Some(last_record)));
        }
        Ok(())
    }
}

fn find_organization<'a, Id, Q>(
    organizations: &'a Table<Entry<Organization<Id>, u32>>,
    organization: &Q,
) -> Result<&'a Entry<Organization<Id>, u32>, RowError>
where
    Id: Hash + Ord + Borrow<Q>,
    Q: Hash + Ord + Display + ?Sized,
{
    organizations.get(organization).ok_or_else(|| RowError::unknown(EntityKind::Organization, organization))
}

/// Fails if there is a fact with this id.
pub(super) fn require_new<T>(facts: &Table<T>, kind: EntityKind, id: &T::Key) -> Result<(), RowError>
where
    T: Keyed<Key: Hash + Eq + Display>,
{
    if facts.get::<T::Key>(id).is_some() { Err(RowError::Duplicate { kind, id: name(id) }) } else { Ok(()) }
}

/// Fails for a time that a document or a record could not say.
fn require_writable(expires_at: Option<Time>) -> Result<(), RowError> {
    if expires_at.is_none_or(Time::is_writable) { Ok(()) } else { Err(RowError::Time) }
}

fn team_of<'a, Id, Q>(
    teams: &'a Table<TeamRecord<Id>>,
    team: &Q,
    organization: &Id,
) -> Result<&'a TeamRecord<Id>, RowError>
where
    Id: Hash + Ord + Clone + Display + Borrow<Q>,
    Q: Hash + Ord + Display + ?Sized,
{
    let found = teams.get(team).ok_or_else(|| RowError::unknown(EntityKind::Team, team))?;
    if found.organization() == organization {
        Ok(found)
    } else {
        Err(RowError::ForeignTeam { team: name(team), organization: name(organization) })
    }
}

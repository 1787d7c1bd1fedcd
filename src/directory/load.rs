//! Filling a directory, strictly: row by row, each checked against those before it.

mod resources;

use alloc::vec;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;
use core::mem;

use crate::directory::entry::Entry;
use crate::directory::error::{EntityKind, RowError, name};
use crate::directory::index::{Member, OrganizationIndex, RoleIndex, TeamIndex};
use crate::directory::members::line::Line;
use crate::directory::members::{AccountRecord, Members};
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
    // What the index has by account is sorted once, at the end: twice as fast as putting each row in its place.
    members: Grants<Id, Member>,
    overrides: Grants<Id, ClusterAccess>,
    project_roles: Grants<Id, ProjectRole>,
}

/// What was given to accounts, in the order of the rows, by the id of what it was given on.
type Grants<Id, T> = Table<(Id, Vec<(Id, Grant<T>)>)>;

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
            directory: Directory::new(),
            members: Table::new(),
            overrides: Table::new(),
            project_roles: Table::new(),
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
        let organization = self.organization_id(organization)?;
        let role = CustomRole::new(id.clone(), organization.clone(), definition);
        let Directory { roles, numbers, .. } = &mut self.directory;
        require_new(roles, EntityKind::Role, &id)?;
        let number = numbers.roles.add(id.clone()).ok_or(RowError::Full)?;
        drop(roles.insert(Entry { fact: role, number }));
        let index = &mut self.directory.index;
        if let Some(of) = index.organizations.get_mut::<Id>(&organization) {
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
        let mut line = Line { expires_at, ..Line::new(kind) };
        let custom = match role.into() {
            AnyRole::BuiltIn(role) => {
                line.role = role.into();
                None
            }
            AnyRole::Custom(id) => {
                let role = roles.get_mut::<Id>(&id).ok_or_else(|| RowError::unknown(EntityKind::Role, &id))?;
                if role.organization() != organization.id() {
                    return Err(RowError::ForeignRole { role: name(&id), organization: name(organization.id()) });
                }
                (line.role, line.custom) = (role.definition().into(), role.number);
                Some(role)
            }
        };
        if let Some(present) = members.accounts.get::<Id>(&account) {
            let present_kind = members.kind(present);
            if present_kind != kind {
                return Err(RowError::OtherKind { account: name(&account), present: present_kind, kind });
            }
            if !members.word(present, organization.number).is_none() {
                let (account, organization) = (name(&account), name(organization.id()));
                return Err(RowError::DuplicateMember { account, organization });
            }
        }
        if !members.have_room_for(1) {
            return Err(RowError::Full);
        }
        let (id, member, is_owner) = (account.clone(), line.member(), line.is_permanent_owner());
        members.join(AccountRecord::new(account), organization.number, line, numbers);
        if is_owner {
            organization.add_owner();
        }
        if let Some(role) = custom {
            role.add_member();
            if let Some(index) = index.roles.get_mut::<Id>(role.id()) {
                index.holders.insert(id.clone());
            }
        }
        add_row(&mut self.members, organization.id(), id, member);
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
        let organization = self.organization_id(organization)?;
        let Directory { organizations, teams, numbers, .. } = &mut self.directory;
        require_new(teams, EntityKind::Team, &id)?;
        let of = organizations.get::<Id>(&organization).map_or(0, |organization| organization.number);
        let number = numbers.add_team(id.clone(), of).ok_or(RowError::Full)?;
        drop(teams.insert(TeamRecord::new(id.clone(), organization.clone()).numbered(number)));
        let index = &mut self.directory.index;
        if let Some(of) = index.organizations.get_mut::<Id>(&organization) {
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
        let Directory { members, organizations, teams, numbers, index, .. } = &mut self.directory;
        let team = teams.get_mut(team).ok_or_else(|| RowError::unknown(EntityKind::Team, team))?;
        let id = member(members, organizations, account, team.organization())?;
        let organization = organizations.get::<Id>(team.organization()).map_or(0, |organization| organization.number);
        let joined = members.change(account, organization, numbers, |line| line.teams.join(team.number(), numbers));
        if joined != Some(true) {
            return Err(RowError::DuplicateTeamMember { account: name(account), team: name(team.id()) });
        }
        team.add_member();
        if let Some(index) = index.teams.get_mut::<Id>(team.id()) {
            index.members.insert(id);
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
        let organization = self.organization_id(organization)?;
        if revision > 0 {
            self.directory.streams.set(Stream::new(organization, revision, Some(last_record)));
        }
        Ok(())
    }

    /// The directory.
    #[must_use]
    pub fn build(mut self) -> Directory<Id> {
        let mut directory = self.directory;
        let Directory { members, teams, numbers, index, .. } = &mut directory;
        index.shrink_to_fit();
        self.members.for_each_mut(|(organization, members)| {
            if let Some(of) = index.organizations.get_mut::<Id>(organization) {
                of.members = mem::take(members).into_iter().collect();
            }
        });
        self.overrides.for_each_mut(|(cluster, overrides)| {
            if let Some(of) = index.clusters.get_mut::<Id>(cluster) {
                of.overrides = mem::take(overrides).into_iter().collect();
            }
        });
        self.project_roles.for_each_mut(|(project, roles)| {
            if let Some(of) = index.projects.get_mut::<Id>(project) {
                of.roles = mem::take(roles).into_iter().collect();
            }
        });
        for team in teams.iter() {
            let of = index.teams.get::<Id>(team.id());
            if let (Some(of), Some(organization)) = (of, index.organizations.get_mut::<Id>(team.organization())) {
                organization.set_in_teams(&of.members);
            }
        }
        members.shrink_to_fit();
        numbers.shrink_to_fit();
        directory
    }

    fn organization_id<Q>(&self, organization: &Q) -> Result<Id, RowError>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + Display + ?Sized,
    {
        let found = self.directory.organization(organization).map(|organization| organization.id().clone());
        found.ok_or_else(|| RowError::unknown(EntityKind::Organization, organization))
    }
}

fn add_row<Id: Hash + Eq + Clone, T: Clone>(rows: &mut Grants<Id, T>, on: &Id, account: Id, grant: Grant<T>) {
    match rows.get_mut::<Id>(on) {
        Some((_, rows)) => rows.push((account, grant)),
        None => drop(rows.insert((on.clone(), vec![(account, grant)]))),
    }
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

/// The account's own id, if it is a member of an organization.
fn member<Id, Q>(
    members: &Members<Id>,
    organizations: &Table<Entry<Organization<Id>, u32>>,
    account: &Q,
    organization: &Id,
) -> Result<Id, RowError>
where
    Id: Hash + Ord + Clone + Display + Borrow<Q>,
    Q: Hash + Ord + Display + ?Sized,
{
    let number = organizations.get::<Id>(organization).map_or(0, |organization| organization.number);
    let found = members.accounts.get(account).filter(|account| !members.word(account, number).is_none());
    found.map(|account| account.id().clone()).ok_or_else(|| RowError::not_a_member(account, organization))
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

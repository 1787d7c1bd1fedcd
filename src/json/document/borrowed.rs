//! The document with its ids borrowed from the text, put into a directory without rows between them.
//!
//! Whatever is wrong ends it: the document is then read as rows, which say what is wrong and where.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use core::fmt::{self, Display};
use core::hash::Hash;
use core::str::FromStr;

use crate::directory::load::{DirectoryBuilder, RowCounts};
use crate::directory::store::Directory;
use crate::json::document::nested::{Accounts, ClusterForm, Document, OrganizationForm, ProjectForm, TeamForm};
use crate::json::document::word::Namespace;
use crate::json::id::{self, FromText, Text};
use crate::json::role::RoleWord;
use crate::json::word::Written;
use crate::model::account::AccountKind;
use crate::model::custom_role::AnyRole;
use crate::model::grants::Holder;
use crate::model::time::Grant;

/// The text of an id, which has not been looked at.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Borrowed<'de>(Cow<'de, str>);

impl<'de> FromText<'de> for Borrowed<'de> {
    fn from_text(written: Written<'_, 'de>) -> Result<Self, String> {
        Ok(Self(written.in_json.map_or_else(|| Cow::Owned(written.text.to_owned()), Cow::Borrowed)))
    }
}

impl Display for Borrowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Borrowed<'_> {
    fn parse<Id: Display + FromStr<Err: Display>>(&self) -> Option<Id> {
        id::parse(&self.0).ok()
    }
}

/// An id of a directory that is loaded from a document.
pub(super) trait Loaded: Hash + Ord + Clone + Display + FromStr<Err: Display> {}

impl<Id: Hash + Ord + Clone + Display + FromStr<Err: Display>> Loaded for Id {}

impl Document<Borrowed<'_>> {
    /// The directory of the document, if all its rows fit together.
    pub(super) fn load<Id: Loaded>(&self) -> Option<Directory<Id>> {
        let Self { accounts, organizations } = self;
        if !accounts.0.keys().all(|account| account.parse::<Id>().is_some()) {
            return None;
        }
        let mut builder = Directory::builder();
        builder.reserve(&self.count());
        organizations.iter().try_for_each(|organization| organization.load(accounts, &mut builder))?;
        Some(builder.build())
    }
}

impl<Id> Document<Id> {
    fn count(&self) -> RowCounts {
        let mut counts = RowCounts { organizations: self.organizations.len(), ..RowCounts::default() };
        for organization in &self.organizations {
            counts.members = counts.members.saturating_add(organization.members.len());
            counts.clusters = counts.clusters.saturating_add(organization.clusters.len());
            counts.projects = counts.projects.saturating_add(organization.projects.len());
            counts.cluster_access = counts
                .cluster_access
                .saturating_add(organization.clusters.iter().map(|cluster| cluster.access.len()).sum::<usize>());
            for project in &organization.projects {
                counts.project_roles = counts.project_roles.saturating_add(project.members.len());
                counts.environments = counts.environments.saturating_add(project.environments.len());
            }
        }
        counts
    }
}

impl OrganizationForm<Borrowed<'_>> {
    /// Adds its rows. What a row refers to comes before it, and is of the same organization.
    fn load<Id: Loaded>(&self, kinds: &Accounts<Borrowed<'_>>, builder: &mut DirectoryBuilder<Id>) -> Option<()> {
        let id = self.id.0.parse::<Id>()?;
        builder.organization(id.clone()).ok()?;
        for role in &self.roles {
            builder.role::<Id>(role.id.parse()?, &id, role.definition).ok()?;
        }
        for member in &self.members {
            let (Text(account), RoleWord(role)) = (&member.account, &member.role);
            let kind = kinds.0.get(account).copied().unwrap_or(AccountKind::User);
            let role = match role {
                AnyRole::BuiltIn(role) => AnyRole::BuiltIn(*role),
                AnyRole::Custom(role) => AnyRole::Custom(role.parse()?),
            };
            builder.member::<Id>(&id, account.parse()?, kind, role, member.expires_at).ok()?;
        }
        self.teams.iter().try_for_each(|team| team.load(&id, builder))?;
        self.clusters.iter().try_for_each(|cluster| cluster.load(&id, builder))?;
        self.projects.iter().try_for_each(|project| project.load(&id, builder))
    }
}

impl TeamForm<Borrowed<'_>> {
    fn load<Id: Loaded>(&self, organization: &Id, builder: &mut DirectoryBuilder<Id>) -> Option<()> {
        let id = self.id.0.parse::<Id>()?;
        builder.team(id.clone(), organization).ok()?;
        self.members.iter().try_for_each(|Text(account)| builder.team_member(&id, &account.parse()?).ok())
    }
}

impl ClusterForm<Borrowed<'_>> {
    fn load<Id: Loaded>(&self, organization: &Id, builder: &mut DirectoryBuilder<Id>) -> Option<()> {
        let id = self.id.0.parse::<Id>()?;
        builder.cluster(id.clone(), organization, self.visibility).ok()?;
        if let Some(orchestrator) = self.orchestrator {
            builder.orchestrator(&id, orchestrator).ok()?;
        }
        self.access.iter().try_for_each(|access| {
            let grant = Grant::expiring(access.level, access.expires_at);
            builder.cluster_access_of(&id, parse_holder(&access.holder)?, grant).ok()
        })
    }
}

impl ProjectForm<Borrowed<'_>> {
    fn load<Id: Loaded>(&self, organization: &Id, builder: &mut DirectoryBuilder<Id>) -> Option<()> {
        let id = self.id.0.parse::<Id>()?;
        builder.project(id.clone(), organization, self.visibility).ok()?;
        for member in &self.members {
            let grant = Grant::expiring(member.role, member.expires_at);
            builder.project_role_of(&id, parse_holder(&member.holder)?, grant).ok()?;
        }
        for environment in &self.environments {
            let (Text(own), Text(cluster), Namespace(namespace)) =
                (&environment.id, &environment.cluster, &environment.namespace);
            builder.environment(own.parse()?, &id, &cluster.parse()?, namespace, environment.protection).ok()?;
        }
        Some(())
    }
}

fn parse_holder<Id: Loaded>(holder: &Holder<Borrowed<'_>>) -> Option<Holder<Id>> {
    Some(match holder {
        Holder::Account(account) => Holder::Account(account.parse()?),
        Holder::Team(team) => Holder::Team(team.parse()?),
    })
}

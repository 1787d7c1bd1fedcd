//! Who may deploy to environments without protection: by role and team, with exceptions by name.

use std::collections::{BTreeMap, BTreeSet};

use shipgate::directory::EnvironmentRef;
use shipgate::query::{AccessSource, EnvironmentAccess};
use shipgate::{Action, Holder, ResourceId, SubjectId};

use crate::evidence::archive::Rows;
use crate::evidence::cell::Cell;
use crate::evidence::deployers::{may, source};
use crate::evidence::{Error, Export};

/// Who may deploy, of environments in the same project on the same cluster: the same for all of them.
#[derive(Clone, Default)]
struct Found {
    /// By a role or a team: how many members.
    groups: BTreeMap<(&'static str, String, String), u64>,
    /// Who may by a grant of their own.
    own: Vec<String>,
    /// Who may not, in spite of their role, by a grant of their own.
    not: Vec<String>,
}

/// Who may deploy to environments without protection.
pub(super) struct Groups<'a> {
    export: &'a Export,
    /// Who has a grant of their own on a cluster or in a project.
    holders: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// What was found, of projects and clusters.
    found: BTreeMap<(String, String), Found>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(export: &'a Export) -> Self {
        let mut holders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for account in export.directory().members_of(export.organization()) {
            let Some(membership) = account.membership(export.organization()) else { continue };
            let clusters = membership.cluster_accesses().map(|(id, _, _)| id);
            for place in clusters.chain(membership.project_roles().map(|(id, _, _)| id)) {
                holders.entry(place).or_default().insert(account.id());
            }
        }
        Self { export, holders, found: BTreeMap::new() }
    }

    /// Writes who may deploy to an environment.
    pub(super) fn write(&mut self, rows: &mut Rows<'_>, environment: EnvironmentRef<'_, String>) -> Result<(), Error> {
        let key = (environment.project().clone(), environment.cluster().clone());
        if !self.found.contains_key(&key) {
            let found = self.find(environment);
            self.found.insert(key.clone(), found);
        }
        let Some(found) = self.found.get(&key) else { return Ok(()) };
        for ((what, who, why), members) in &found.groups {
            rows.push(&[
                environment.id().into(),
                false.into(),
                (*what).into(),
                who.into(),
                Cell::Nothing,
                (*members).into(),
                "deploys".into(),
                why.into(),
                Cell::Nothing,
                Cell::Nothing,
                Cell::Nothing,
            ])?;
        }
        self.exceptions(rows, environment.id(), found)
    }

    fn exceptions(&self, rows: &mut Rows<'_>, environment: &str, found: &Found) -> Result<(), Error> {
        let (directory, time) = (self.export.directory(), Some(self.export.time));
        let mut access = directory.environment_access(environment, time);
        for account in &found.own {
            let access = access.find(|(id, _)| *id == account).map(|(_, access)| access);
            self.export.person(rows, environment, account, "deploys", access)?;
        }
        let named: BTreeSet<&String> = found.not.iter().collect();
        let mut of_named: BTreeMap<&String, EnvironmentAccess<'_, String>> = BTreeMap::new();
        if !named.is_empty() {
            of_named = directory.environment_access(environment, time).filter(|(id, _)| named.contains(id)).collect();
        }
        for account in &found.not {
            self.export.person(rows, environment, account, "may not deploy", of_named.get(account).copied())?;
        }
        Ok(())
    }

    fn find(&self, environment: EnvironmentRef<'_, String>) -> Found {
        let (directory, time) = (self.export.directory(), Some(self.export.time));
        let id = environment.id().as_str();
        let mut found = Found::default();
        let mut access = directory.environment_access(id, time);
        for (account, _) in directory.deployers(id, time) {
            let Some((_, access)) = access.find(|(id, _)| *id == account) else { continue };
            match group(access) {
                Some(group) => {
                    let members = found.groups.entry(group).or_default();
                    *members = members.saturating_add(1);
                }
                None => found.own.push(account.clone()),
            }
        }
        let places = [environment.cluster().as_str(), environment.project().as_str()];
        let holders: BTreeSet<&str> =
            places.iter().filter_map(|place| self.holders.get(place)).flatten().copied().collect();
        for account in holders {
            let subject = SubjectId::<String, str>::new(account).at(self.export.time);
            let decision = directory.decide(&subject, Action::Deploy, ResourceId::Environment(id));
            if may(decision) == "may not deploy" {
                found.not.push(account.to_owned());
            }
        }
        found
    }
}

/// The role or the team by which somebody may deploy; `None` if it is by a grant of their own.
fn group(access: EnvironmentAccess<'_, String>) -> Option<(&'static str, String, String)> {
    let (role, level) = (access.role().source(), access.level().source());
    let why = super::deployers::why(access);
    for of in [level, role] {
        match of {
            AccessSource::ProjectRole(Holder::Account(_)) | AccessSource::ClusterAccess(Holder::Account(_)) => {
                return None;
            }
            AccessSource::Role(_)
            | AccessSource::ProjectRole(Holder::Team(_))
            | AccessSource::ClusterAccess(Holder::Team(_)) => {}
        }
    }
    for of in [level, role] {
        match of {
            AccessSource::ProjectRole(Holder::Team(team)) | AccessSource::ClusterAccess(Holder::Team(team)) => {
                return Some(("team", team.clone(), why));
            }
            _ => {}
        }
    }
    Some(("role", source(role).replacen("the role ", "", 1), why))
}

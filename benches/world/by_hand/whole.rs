//! What a team would write by hand that wants the whole policy: maps, and the match in `policy`. It knows custom roles, service
//! accounts, expiries, roles in projects, visibility, overrides with their ceilings, and protection with its approvals, and
//! answers as the library does. It knows no tokens, gives no reasons, and always knows the time. What an environment has to
//! know of its project and cluster is in its own entry, so that no lookup is needed for that; an expiry is a number, that of
//! what never ends the highest. [`Whole`] knows no teams, [`WithTeams`] does: a member's entry has the ids of its teams.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};

use shipgate::directory::{EnvironmentRow, Rows};
use shipgate::{AnyRole, ClusterAccess, Holder, ProjectRole, ResourceId, RoleDefinition, Time, Visibility};
use smallvec::SmallVec;

use super::policy::{Guarded, on_cluster, on_environment, on_organization};
use super::{Acting, Answer};
use crate::testing::NOW;
use crate::world::question::Packed;

/// The maps without teams.
pub(crate) type Whole<Id, S> = Maps<Id, (), S>;

/// The maps with teams. Few members are in more than three.
pub(crate) type WithTeams<Id, S> = Maps<Id, SmallVec<[Id; 3]>, S>;

/// What is known of the teams of a member.
pub(crate) trait Teams<Id>: Default {
    /// Whether teams are known at all.
    const KNOWN: bool;

    fn join(&mut self, team: Id);

    fn ids(&self) -> &[Id];
}

impl<Id> Teams<Id> for () {
    const KNOWN: bool = false;

    fn join(&mut self, _: Id) {}

    #[inline]
    fn ids(&self) -> &[Id] {
        &[]
    }
}

impl<Id> Teams<Id> for SmallVec<[Id; 3]> {
    const KNOWN: bool = true;

    fn join(&mut self, team: Id) {
        self.push(team);
    }

    #[inline]
    fn ids(&self) -> &[Id] {
        self
    }
}

/// The maps, whose keys have the organization, cluster or project first.
pub(crate) struct Maps<Id, T, S> {
    members: HashMap<(Id, Id), Member<T>, S>,
    levels: HashMap<(Id, Id), Until<ClusterAccess>, S>,
    levels_of_teams: HashMap<(Id, Id), Until<ClusterAccess>, S>,
    project_roles: HashMap<(Id, Id), Until<ProjectRole>, S>,
    project_roles_of_teams: HashMap<(Id, Id), Until<ProjectRole>, S>,
    clusters: HashMap<Id, Cluster<Id>, S>,
    environments: HashMap<Id, Environment<Id>, S>,
}

struct Member<T> {
    acting: Until<Acting>,
    teams: T,
}

/// Something that counts for a time.
#[derive(Clone, Copy)]
struct Until<T> {
    value: T,
    end: i64,
}

impl<T> Until<T> {
    fn new(value: T, expires_at: Option<Time>) -> Self {
        Self { value, end: expires_at.map_or(i64::MAX, Time::as_millis) }
    }

    #[inline]
    fn live(&self) -> Option<&T> {
        (NOW.as_millis() < self.end).then_some(&self.value)
    }
}

struct Cluster<Id> {
    organization: Id,
    visibility: Visibility,
}

struct Environment<Id> {
    organization: Id,
    project: Id,
    cluster: Id,
    guarded: Guarded,
}

impl<Id: Copy + Eq + Hash, T: Teams<Id>, S: BuildHasher + Default> Maps<Id, T, S> {
    pub(crate) fn load<'r, Held>(rows: &'r Rows<Held>, id: impl Fn(&'r Held) -> Id) -> Self {
        assert!(T::KNOWN || rows.teams.is_empty(), "without teams, none are known");
        let mut maps = Self {
            members: HashMap::default(),
            levels: HashMap::default(),
            levels_of_teams: HashMap::default(),
            project_roles: HashMap::default(),
            project_roles_of_teams: HashMap::default(),
            clusters: HashMap::default(),
            environments: HashMap::default(),
        };
        maps.load_members(rows, &id);
        maps.load_grants(rows, &id);
        for row in &rows.clusters {
            let cluster = Cluster { organization: id(&row.organization), visibility: row.visibility };
            maps.clusters.insert(id(&row.id), cluster);
        }
        let projects: HashMap<Id, (Id, Visibility)> =
            rows.projects.iter().map(|row| (id(&row.id), (id(&row.organization), row.visibility))).collect();
        for row in &rows.environments {
            let environment = maps.environment(row, &projects, &id);
            maps.environments.insert(id(&row.id), environment);
        }
        maps
    }

    fn load_members<'r, Held>(&mut self, rows: &'r Rows<Held>, id: &impl Fn(&'r Held) -> Id) {
        let custom: HashMap<Id, RoleDefinition> = rows.roles.iter().map(|row| (id(&row.id), row.definition)).collect();
        for row in &rows.members {
            let (rank, permissions) = match &row.role {
                AnyRole::BuiltIn(role) => (*role, role.permissions()),
                AnyRole::Custom(role) => {
                    let definition = custom[&id(role)];
                    (definition.rank(), definition.permissions().permissions())
                }
            };
            let acting = Until::new(Acting::of(row.kind, rank, permissions), row.expires_at);
            self.members.insert((id(&row.organization), id(&row.account)), Member { acting, teams: T::default() });
        }
        let organizations: HashMap<Id, Id> =
            rows.teams.iter().map(|row| (id(&row.id), id(&row.organization))).collect();
        for row in &rows.team_members {
            let team = id(&row.team);
            if let Some(member) = self.members.get_mut(&(organizations[&team], id(&row.account))) {
                member.teams.join(team);
            }
        }
    }

    fn load_grants<'r, Held>(&mut self, rows: &'r Rows<Held>, id: &impl Fn(&'r Held) -> Id) {
        for row in &rows.cluster_access {
            let levels = match &row.holder {
                Holder::Account(_) => &mut self.levels,
                Holder::Team(_) => &mut self.levels_of_teams,
            };
            levels.insert((id(&row.cluster), id(row.holder.id())), Until::new(row.level, row.expires_at));
        }
        for row in &rows.project_roles {
            let roles = match &row.holder {
                Holder::Account(_) => &mut self.project_roles,
                Holder::Team(_) => &mut self.project_roles_of_teams,
            };
            roles.insert((id(&row.project), id(row.holder.id())), Until::new(row.role, row.expires_at));
        }
    }

    fn environment<'r, Held>(
        &self,
        row: &'r EnvironmentRow<Held>,
        projects: &HashMap<Id, (Id, Visibility)>,
        id: &impl Fn(&'r Held) -> Id,
    ) -> Environment<Id> {
        let (project, cluster) = (id(&row.project), id(&row.cluster));
        let (organization, visibility) = projects[&project];
        let cluster_visibility = self.clusters[&cluster].visibility;
        let guarded = Guarded { project: visibility, cluster: cluster_visibility, protection: row.protection };
        Environment { organization, project, cluster, guarded }
    }

    #[inline]
    pub(crate) fn decide<R: Copy>(&self, question: &Packed<Id, R>) -> Answer {
        let &Packed { account, action, resource } = question;
        match resource {
            ResourceId::Organization(id) => match self.member(id, account) {
                Some((role, _)) => on_organization(role, action),
                None => Answer::Deny,
            },
            ResourceId::Cluster(id) => {
                let Some(cluster) = self.clusters.get(&id) else { return Answer::Deny };
                let Some((role, teams)) = self.member(cluster.organization, account) else { return Answer::Deny };
                on_cluster(role, action, cluster.visibility, || self.level(id, account, teams))
            }
            ResourceId::Environment(id) => {
                let Some(environment) = self.environments.get(&id) else { return Answer::Deny };
                let &Environment { organization, project, cluster, guarded } = environment;
                let Some((role, teams)) = self.member(organization, account) else { return Answer::Deny };
                let project_role = || self.project_role(project, account, teams);
                on_environment(role, action, guarded, project_role, || self.level(cluster, account, teams))
            }
            _ => Answer::Deny,
        }
    }

    #[inline]
    fn member(&self, organization: Id, account: Id) -> Option<(Acting, &T)> {
        let member = self.members.get(&(organization, account))?;
        Some((*member.acting.live()?, &member.teams))
    }

    #[inline]
    fn level(&self, cluster: Id, account: Id, teams: &T) -> Option<ClusterAccess> {
        let own = self.levels.get(&(cluster, account)).and_then(Until::live).copied();
        own.or_else(|| highest(&self.levels_of_teams, cluster, teams.ids()))
    }

    #[inline]
    fn project_role(&self, project: Id, account: Id, teams: &T) -> Option<ProjectRole> {
        let own = self.project_roles.get(&(project, account)).and_then(Until::live).copied();
        own.or_else(|| highest(&self.project_roles_of_teams, project, teams.ids()))
    }
}

#[inline]
fn highest<Id: Copy + Eq + Hash, G: Copy + Ord, S: BuildHasher>(
    grants: &HashMap<(Id, Id), Until<G>, S>,
    on: Id,
    teams: &[Id],
) -> Option<G> {
    teams.iter().filter_map(|team| grants.get(&(on, *team))?.live().copied()).max()
}

//! The maps that a service fills itself, and what it finds in them for a question. What is decided from that is each
//! engine's own.

use std::collections::HashMap;
use std::hash::BuildHasher;

use shipgate::{AccountKind, ClusterAccess, ProjectRole, Protection, ResourceId, Role, Time, Visibility};

use crate::question::{Question, unasked};
use crate::rows::{Access, Id, Rows, environments_by_project};

type Expiring<T> = (T, Option<Time>);

pub(super) struct Tables<S> {
    kinds: HashMap<Id, AccountKind, S>,
    members: HashMap<(Id, Id), Expiring<Role>, S>,
    access: HashMap<(Id, Id), Expiring<ClusterAccess>, S>,
    project_roles: HashMap<(Id, Id), Expiring<ProjectRole>, S>,
    clusters: HashMap<Id, Id, S>,
    projects: HashMap<Id, Project, S>,
    environments: HashMap<Id, Environment, S>,
}

#[derive(Clone, Copy)]
struct Project {
    organization: Id,
    visibility: Visibility,
    environments: u32,
}

#[derive(Clone, Copy)]
struct Environment {
    project: Id,
    cluster: Id,
    protection: Protection,
}

/// How a grant counts at the time of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held<T> {
    Nothing,
    InForce(T),
    /// There is no time, and it expires: it counts where it lowers.
    Lowering(T),
}

/// The live membership of a subject, with what it holds.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub(super) kind: AccountKind,
    pub(super) role: Role,
    pub(super) project_role: Held<ProjectRole>,
    pub(super) level: Held<ClusterAccess>,
}

/// What a question is about.
#[derive(Clone, Copy)]
pub(super) enum Facts {
    Organization,
    Project { visibility: Visibility, environments: u32 },
    Environment { visibility: Visibility, protection: Protection },
    Cluster,
}

impl<S: BuildHasher + Default> Tables<S> {
    pub(super) fn new(rows: &Rows) -> Self {
        let counts = environments_by_project(rows);
        Self {
            kinds: rows.accounts.iter().map(|row| (row.id, row.kind)).collect(),
            members: rows
                .members
                .iter()
                .map(|row| ((row.account, row.organization), (row.role, row.expires_at)))
                .collect(),
            access: rows
                .cluster_access
                .iter()
                .map(|row| ((row.account, row.cluster), (row.level, row.expires_at)))
                .collect(),
            project_roles: rows
                .project_roles
                .iter()
                .map(|row| ((row.account, row.project), (row.role, row.expires_at)))
                .collect(),
            clusters: rows.clusters.iter().map(|row| (row.id, row.organization)).collect(),
            projects: rows
                .projects
                .iter()
                .map(|row| {
                    let environments = counts[row.id];
                    (row.id, Project { organization: row.organization, visibility: row.visibility, environments })
                })
                .collect(),
            environments: rows
                .environments
                .iter()
                .map(|row| {
                    (row.id, Environment { project: row.project, cluster: row.cluster, protection: row.protection })
                })
                .collect(),
        }
    }

    pub(super) fn set_access(&mut self, changed: &Access) {
        self.access.insert((changed.account, changed.cluster), (changed.level, changed.expires_at));
    }

    /// What there is to know for a question; `None` where the resource is not held or the account is no live member.
    pub(super) fn find(&self, question: &Question) -> Option<(Member, Facts)> {
        let Question { account, time: now, .. } = *question;
        match question.resource {
            ResourceId::Organization(id) => Some((self.member(account, now, id)?, Facts::Organization)),
            ResourceId::Project(id) => {
                let project = self.projects.get(&id)?;
                let member = self.member(account, now, project.organization)?;
                let facts = Facts::Project { visibility: project.visibility, environments: project.environments };
                Some((Member { project_role: self.project_role(account, now, id), ..member }, facts))
            }
            ResourceId::Environment(id) => {
                let environment = self.environments.get(&id)?;
                let project = self.projects.get(&environment.project)?;
                let member = self.member(account, now, project.organization)?;
                let member = Member {
                    project_role: self.project_role(account, now, environment.project),
                    level: self.level(account, now, environment.cluster),
                    ..member
                };
                let facts = Facts::Environment { visibility: project.visibility, protection: environment.protection };
                Some((member, facts))
            }
            ResourceId::Cluster(id) => {
                let member = self.member(account, now, *self.clusters.get(&id)?)?;
                Some((Member { level: self.level(account, now, id), ..member }, Facts::Cluster))
            }
            ref other => unasked(other),
        }
    }

    fn member(&self, account: Id, now: Option<Time>, organization: Id) -> Option<Member> {
        let kind = *self.kinds.get(&account)?;
        let (role, expires_at) = *self.members.get(&(account, organization))?;
        let live = expires_at.is_none_or(|expiry| now.is_some_and(|now| now < expiry));
        live.then_some(Member { kind, role, project_role: Held::Nothing, level: Held::Nothing })
    }

    fn project_role(&self, account: Id, now: Option<Time>, project: Id) -> Held<ProjectRole> {
        held(self.project_roles.get(&(account, project)), now)
    }

    fn level(&self, account: Id, now: Option<Time>, cluster: Id) -> Held<ClusterAccess> {
        held(self.access.get(&(account, cluster)), now)
    }
}

fn held<T: Copy>(grant: Option<&Expiring<T>>, now: Option<Time>) -> Held<T> {
    match (grant, now) {
        (Some((value, None)), _) => Held::InForce(*value),
        (Some((value, Some(expiry))), Some(now)) if now < *expiry => Held::InForce(*value),
        (Some((value, Some(_))), None) => Held::Lowering(*value),
        (None, _) | (Some((_, Some(_))), Some(_)) => Held::Nothing,
    }
}

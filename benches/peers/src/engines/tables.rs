//! The maps that a service fills itself, and what it finds in them for a question. What is decided from that is each
//! engine's own.

use std::collections::HashMap;
use std::hash::BuildHasher;

use shipgate::model::Update;
use shipgate::{
    AccountKind, Action, AnyRole, ClusterAccess, Holder, ProjectRole, Protection, ResourceId, Role, Time, Visibility,
};

use super::powers::Powers;
use crate::question::{Question, unasked};
use crate::rows::{
    Access, Id, Rows, environments_by_cluster, environments_by_project, members_by_role, members_by_team,
};

/// A value with the time at which it ends, if it does.
pub(super) type Expiring<T> = (T, Option<Time>);

pub(super) struct Tables<S> {
    members: HashMap<(Id, Id), Membership, S>,
    access: HashMap<(Holder<Id>, Id), Expiring<ClusterAccess>, S>,
    project_roles: HashMap<(Holder<Id>, Id), Expiring<ProjectRole>, S>,
    roles: HashMap<Id, CustomRole, S>,
    teams: HashMap<Id, Team, S>,
    clusters: HashMap<Id, Cluster, S>,
    /// Those of each organization.
    clusters_of: HashMap<Id, Vec<Id>, S>,
    projects: HashMap<Id, Project, S>,
    environments: HashMap<Id, Environment, S>,
}

struct Membership {
    kind: AccountKind,
    role: AnyRole<Id>,
    expires_at: Option<Time>,
    teams: Box<[Id]>,
}

#[derive(Clone, Copy)]
struct CustomRole {
    organization: Id,
    powers: Powers,
    members: u32,
}

#[derive(Clone, Copy)]
struct Team {
    organization: Id,
    members: u32,
}

#[derive(Clone, Copy)]
struct Cluster {
    organization: Id,
    visibility: Visibility,
    environments: u32,
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

/// What a member was given on one cluster or in one project, in force or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grants<T> {
    pub(super) own: Option<Expiring<T>>,
    pub(super) of_teams: Vec<Expiring<T>>,
}

/// How grants count at the time of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held<T> {
    Nothing,
    InForce(T),
    /// There is no time, and it expires: it counts where it lowers.
    Lowering(T),
}

/// The live membership of a subject, with what it holds.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) now: Option<Time>,
    pub(super) kind: AccountKind,
    /// As the row has it: a service account may be an Owner there.
    pub(super) role: Powers,
    pub(super) expires_at: Option<Time>,
    pub(super) project_roles: Grants<ProjectRole>,
    pub(super) overrides: Grants<ClusterAccess>,
}

/// What a question is about.
#[derive(Clone, Debug)]
pub(super) enum Facts {
    /// For an invitation, the role that it gives and the clusters on which that gives something. There is no such role where a
    /// custom one is another organization's.
    Organization {
        invited: Option<Powers>,
        clusters: Vec<OnCluster>,
    },
    Role {
        powers: Powers,
        members: u32,
    },
    Team {
        members: u32,
    },
    /// Where it is to be shown to the organization, with the clusters of that.
    Project {
        visibility: Visibility,
        environments: u32,
        clusters: Vec<OnCluster>,
    },
    Environment(OfEnvironment),
    /// Whether the subject requested it, or somebody on its behalf.
    Deployment {
        to: OfEnvironment,
        requested: bool,
    },
    Cluster {
        visibility: Visibility,
        environments: u32,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) struct OfEnvironment {
    pub(super) project: Visibility,
    pub(super) cluster: Visibility,
    pub(super) protection: Protection,
}

/// What the subject was given on a cluster, and who sees that.
#[derive(Clone, Debug)]
pub(super) struct OnCluster {
    pub(super) visibility: Visibility,
    pub(super) overrides: Grants<ClusterAccess>,
}

impl<S: BuildHasher + Default> Tables<S> {
    pub(super) fn new(rows: &Rows) -> Self {
        let mut tables = Self::of_resources(rows);
        let mut teams: HashMap<(Id, Id), Vec<Id>> = HashMap::new();
        for row in &rows.team_members {
            if let Some(team) = tables.teams.get(&row.team) {
                teams.entry((row.account, team.organization)).or_default().push(row.team);
            }
        }
        for row in &rows.members {
            let of = (row.account, row.organization);
            let teams = teams.remove(&of).unwrap_or_default().into();
            let membership = Membership { kind: row.kind, role: row.role, expires_at: row.expires_at, teams };
            tables.members.insert(of, membership);
        }
        for row in &rows.cluster_access {
            tables.set_access(row);
        }
        for row in &rows.project_roles {
            tables.project_roles.insert((row.holder, row.project), (row.role, row.expires_at));
        }
        tables
    }

    /// Everything but the members and what they and teams were given.
    fn of_resources(rows: &Rows) -> Self {
        let (in_projects, on_clusters) = (environments_by_project(rows), environments_by_cluster(rows));
        let (in_teams, of_roles) = (members_by_team(rows), members_by_role(rows));
        let mut clusters_of: HashMap<Id, Vec<Id>, S> = HashMap::default();
        for row in &rows.clusters {
            clusters_of.entry(row.organization).or_default().push(row.id);
        }
        let role = |row: &shipgate::directory::RoleRow<Id>| {
            let powers = Powers::of_custom(row.definition);
            (row.id, CustomRole { organization: row.organization, powers, members: of_roles[row.id] })
        };
        let team = |row: &shipgate::directory::TeamRow<Id>| {
            (row.id, Team { organization: row.organization, members: in_teams[row.id] })
        };
        let cluster = |row: &shipgate::directory::ClusterRow<Id>| {
            let environments = on_clusters[row.id];
            (row.id, Cluster { organization: row.organization, visibility: row.visibility, environments })
        };
        let project = |row: &shipgate::directory::ProjectRow<Id>| {
            let environments = in_projects[row.id];
            (row.id, Project { organization: row.organization, visibility: row.visibility, environments })
        };
        let environment = |row: &shipgate::directory::EnvironmentRow<Id>| {
            (row.id, Environment { project: row.project, cluster: row.cluster, protection: row.protection })
        };
        Self {
            members: HashMap::default(),
            access: HashMap::default(),
            project_roles: HashMap::default(),
            roles: rows.roles.iter().map(role).collect(),
            teams: rows.teams.iter().map(team).collect(),
            clusters: rows.clusters.iter().map(cluster).collect(),
            clusters_of,
            projects: rows.projects.iter().map(project).collect(),
            environments: rows.environments.iter().map(environment).collect(),
        }
    }

    pub(super) fn set_access(&mut self, changed: &Access) {
        self.access.insert((changed.holder, changed.cluster), (changed.level, changed.expires_at));
    }

    /// What there is to know for a question; `None` where the resource is not there or the account is no live member.
    pub(super) fn find(&self, question: &Question) -> Option<(Member, Facts)> {
        match question.resource {
            ResourceId::Organization(id) => {
                let asker = self.asker(question, id)?;
                let facts = match question.action {
                    Action::InviteMember { role, .. } => Facts::Organization {
                        invited: self.powers(role, id),
                        clusters: self.on_each_cluster(&asker, id),
                    },
                    _ => Facts::Organization { invited: None, clusters: Vec::new() },
                };
                Some((asker.member()?, facts))
            }
            ResourceId::Role(id) => {
                let role = self.roles.get(&id)?;
                let facts = Facts::Role { powers: role.powers, members: role.members };
                Some((self.asker(question, role.organization)?.member()?, facts))
            }
            ResourceId::Team(id) => {
                let team = self.teams.get(&id)?;
                Some((self.asker(question, team.organization)?.member()?, Facts::Team { members: team.members }))
            }
            ResourceId::Project(id) => {
                let project = self.projects.get(&id)?;
                let asker = self.asker(question, project.organization)?;
                let clusters = match question.action {
                    Action::Update { to: Update::Visibility(_) } => self.on_each_cluster(&asker, project.organization),
                    _ => Vec::new(),
                };
                let member = Member { project_roles: asker.grants(&self.project_roles, id), ..asker.member()? };
                let (visibility, environments) = (project.visibility, project.environments);
                Some((member, Facts::Project { visibility, environments, clusters }))
            }
            ResourceId::Environment(id) => {
                let (member, on) = self.find_environment(question, id)?;
                Some((member, Facts::Environment(on)))
            }
            ResourceId::Deployment { environment, requested_by, on_behalf_of, .. } => {
                let (member, to) = self.find_environment(question, environment)?;
                let requested = requested_by == question.account || on_behalf_of == Some(question.account);
                Some((member, Facts::Deployment { to, requested }))
            }
            ResourceId::Cluster(id) => {
                let cluster = self.clusters.get(&id)?;
                let asker = self.asker(question, cluster.organization)?;
                let member = Member { overrides: asker.grants(&self.access, id), ..asker.member()? };
                let facts = Facts::Cluster { visibility: cluster.visibility, environments: cluster.environments };
                Some((member, facts))
            }
            ref other => unasked(other),
        }
    }

    fn find_environment(&self, question: &Question, id: Id) -> Option<(Member, OfEnvironment)> {
        let environment = self.environments.get(&id)?;
        let project = self.projects.get(&environment.project)?;
        let cluster = self.clusters.get(&environment.cluster)?;
        let asker = self.asker(question, project.organization)?;
        let member = Member {
            project_roles: asker.grants(&self.project_roles, environment.project),
            overrides: asker.grants(&self.access, environment.cluster),
            ..asker.member()?
        };
        let on = OfEnvironment {
            project: project.visibility,
            cluster: cluster.visibility,
            protection: environment.protection,
        };
        Some((member, on))
    }

    fn asker(&self, question: &Question, organization: Id) -> Option<Asker<'_>> {
        let membership = self.members.get(&(question.account, organization))?;
        let role = self.powers(membership.role, organization)?;
        Some(Asker { account: question.account, now: question.time, membership, role })
    }

    fn powers(&self, role: AnyRole<Id>, organization: Id) -> Option<Powers> {
        match role {
            AnyRole::BuiltIn(role) => Some(Powers::of_built_in(role)),
            AnyRole::Custom(id) => {
                let role = self.roles.get(&id)?;
                (role.organization == organization).then_some(role.powers)
            }
        }
    }

    fn on_each_cluster(&self, asker: &Asker<'_>, organization: Id) -> Vec<OnCluster> {
        let clusters = self.clusters_of.get(&organization).into_iter().flatten();
        let on = |id: &Id| {
            let visibility = self.clusters.get(id)?.visibility;
            Some(OnCluster { visibility, overrides: asker.grants(&self.access, *id) })
        };
        clusters.filter_map(on).collect()
    }
}

/// Who asks, and when.
struct Asker<'a> {
    account: Id,
    now: Option<Time>,
    membership: &'a Membership,
    role: Powers,
}

impl Asker<'_> {
    /// The membership, if it is not over.
    fn member(&self) -> Option<Member> {
        let expires_at = self.membership.expires_at;
        let live = expires_at.is_none_or(|expiry| self.now.is_some_and(|now| now < expiry));
        live.then_some(Member {
            now: self.now,
            kind: self.membership.kind,
            role: self.role,
            expires_at,
            project_roles: Grants::NONE,
            overrides: Grants::NONE,
        })
    }

    fn grants<T: Copy, S: BuildHasher>(&self, all: &HashMap<(Holder<Id>, Id), Expiring<T>, S>, on: Id) -> Grants<T> {
        let of_teams = self.membership.teams.iter().filter_map(|team| all.get(&(Holder::Team(*team), on)).copied());
        Grants { own: all.get(&(Holder::Account(self.account), on)).copied(), of_teams: of_teams.collect() }
    }
}

impl<T> Grants<T> {
    const NONE: Self = Self { own: None, of_teams: Vec::new() };
}

impl<T: Copy + Ord> Grants<T> {
    /// What counts: what the member was given, else the highest of what the teams were given.
    pub(super) fn at(&self, now: Option<Time>) -> Held<T> {
        match (self.own.map_or(Held::Nothing, |own| at(own, now)), highest(self.of_teams.iter().copied(), now)) {
            (Held::InForce(own), _) => Held::InForce(own),
            (Held::Nothing, teams) => teams,
            (Held::Lowering(own), Held::Nothing) => Held::Lowering(own),
            // Whether or not its own is over, it has the lower of the two.
            (Held::Lowering(own), Held::InForce(teams)) => Held::InForce(own.min(teams)),
            (Held::Lowering(own), Held::Lowering(teams)) => Held::Lowering(own.min(teams)),
        }
    }

    /// Whether what counts can be something that ends, all teams with the highest value taken together: then `without` says
    /// what counts beside it.
    pub(super) fn ends(&self, now: Option<Time>, without: impl Fn(Held<T>) -> bool) -> bool {
        let not_over =
            |(_, expires_at): &Expiring<T>| expires_at.is_none_or(|expiry| now.is_none_or(|now| now < expiry));
        let of_teams = || self.of_teams.iter().copied().filter(not_over);
        if let Some((_, expires_at)) = self.own.filter(not_over) {
            if expires_at.is_some() && without(highest(of_teams(), now)) {
                return true;
            }
            if expires_at.is_none() || now.is_some() {
                return false;
            }
        }
        let for_good = of_teams().filter(|(_, expires_at)| expires_at.is_none()).map(|(value, _)| value).max();
        let most = of_teams().map(|(value, _)| value).max();
        // With a time only the highest counts. Without one, each may be the highest that is not over.
        let counts = |value: T| Some(value) > for_good && (now.is_none() || Some(value) == most);
        of_teams()
            .filter(|(value, _)| counts(*value))
            .any(|(value, _)| without(highest(of_teams().filter(|(other, _)| *other != value), now)))
    }
}

/// The highest of what several teams were given.
fn highest<T: Copy + Ord>(of_teams: impl Iterator<Item = Expiring<T>>, now: Option<Time>) -> Held<T> {
    of_teams.map(|grant| at(grant, now)).fold(Held::Nothing, |one, other| match (one, other) {
        (Held::Nothing, held) | (held, Held::Nothing) => held,
        (Held::InForce(a), Held::InForce(b)) => Held::InForce(a.max(b)),
        (Held::InForce(a), Held::Lowering(_)) | (Held::Lowering(_), Held::InForce(a)) => Held::InForce(a),
        // Any of them may be the only one that is not over.
        (Held::Lowering(a), Held::Lowering(b)) => Held::Lowering(a.min(b)),
    })
}

fn at<T: Copy>((value, expires_at): Expiring<T>, now: Option<Time>) -> Held<T> {
    match (expires_at, now) {
        (None, _) => Held::InForce(value),
        (Some(expiry), Some(now)) if now < expiry => Held::InForce(value),
        (Some(_), None) => Held::Lowering(value),
        (Some(_), Some(_)) => Held::Nothing,
    }
}

impl Member {
    /// A service account never acts as Owner.
    pub(super) fn acting(&self) -> Powers {
        match (self.kind, self.role.rank) {
            (AccountKind::Service, Role::Owner) => Powers::of_built_in(Role::Admin),
            _ => self.role,
        }
    }
}

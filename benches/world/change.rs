//! Changes to a platform, each there and back again, drawn before any is asked for: drawing must not bring the facts near that
//! a change then finds.

mod done;
mod named;

use std::collections::{HashMap, HashSet};

use shipgate::change::Change;
use shipgate::directory::{ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, ProjectRow, Rows};
use shipgate::model::Permission;
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, Grant, Holder, ProjectRole, Protection, ResourceId, Role, RoleDefinition,
    RolePermissions, Time, Visibility,
};

use super::shuffled;
use crate::testing::NOW;
use crate::testing::draw::Source;
use crate::testing::random::Random;

/// When a membership expires that is given an expiry.
const AFTER: Time = Time::from_millis(NOW.as_millis() + 31_536_000_000);

/// A change, in whose organization, and who asks for it.
#[derive(Clone)]
pub(crate) struct Asked<Id = u64> {
    pub(crate) organization: Id,
    pub(crate) by: Id,
    pub(crate) change: Change<Id>,
}

impl Asked {
    /// The member that the change is about, if it is about one.
    pub(crate) fn member(&self) -> Option<u64> {
        match self.change.question::<u64>().1 {
            ResourceId::Member { account, .. }
            | ResourceId::TeamMember { account, .. }
            | ResourceId::ProjectMember { account, .. }
            | ResourceId::ClusterMember { account, .. } => Some(*account),
            ResourceId::Organization(_)
            | ResourceId::Role(_)
            | ResourceId::Team(_)
            | ResourceId::Project(_)
            | ResourceId::ProjectTeam { .. }
            | ResourceId::Environment(_)
            | ResourceId::NewEnvironment { .. }
            | ResourceId::Placement { .. }
            | ResourceId::Deployment { .. }
            | ResourceId::Cluster(_)
            | ResourceId::ClusterTeam { .. } => None,
        }
    }
}

/// Changes of one kind, no two about the same thing; and then those that undo them.
pub(crate) struct Cycle {
    pub(crate) there: Round,
    pub(crate) back: Round,
}

/// Changes of one kind.
pub(crate) struct Round {
    pub(crate) name: &'static str,
    pub(crate) changes: Vec<Asked>,
}

impl Cycle {
    /// So many changes, or as many as are drawn.
    fn of(names: [&'static str; 2], count: usize, draw: impl FnMut() -> Option<[Asked; 2]>) -> Self {
        let (there, back) = std::iter::from_fn(draw).take(count).map(|[there, back]| (there, back)).unzip();
        let [name, name_back] = names;
        Self { there: Round { name, changes: there }, back: Round { name: name_back, changes: back } }
    }
}

/// Draws changes that the founders of organizations are allowed, from the rows of a platform.
pub(crate) struct Changes<'r> {
    rows: &'r Rows<u64>,
    founders: HashMap<u64, u64>,
    services: HashSet<u64>,
    /// The ranks of custom roles.
    ranks: HashMap<u64, Role>,
    /// Who is live and no Owner, in a random order. As with the others, who is drawn is not drawn again.
    members: std::vec::IntoIter<&'r MemberRow<u64>>,
    environments: std::vec::IntoIter<&'r EnvironmentRow<u64>>,
    projects: std::vec::IntoIter<&'r ProjectRow<u64>>,
    clusters: std::vec::IntoIter<&'r ClusterRow<u64>>,
    organization_of: HashMap<u64, u64>,
    clusters_of: HashMap<u64, Vec<u64>>,
    projects_of: HashMap<u64, Vec<u64>>,
    teams_of: HashMap<u64, Vec<u64>>,
    /// Which accounts hold something of which organization, team, cluster or project.
    held: HashSet<(u64, u64)>,
    random: Random,
}

impl<'r> Changes<'r> {
    pub(crate) fn to(rows: &'r Rows<u64>, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let services = rows.members.iter().filter(|row| row.kind == AccountKind::Service);
        let services: HashSet<_> = services.map(|row| row.account).collect();
        let live = |member: &&MemberRow<u64>| member.expires_at.is_none_or(|expiry| NOW < expiry);
        let members = rows.members.iter().filter(live).filter(|member| member.role != Role::Owner.into());
        let mut held: HashSet<_> = rows.members.iter().map(|row| (row.account, row.organization)).collect();
        held.extend(rows.team_members.iter().map(|row| (row.account, row.team)));
        held.extend(rows.cluster_access.iter().map(|row| (*row.holder.id(), row.cluster)));
        held.extend(rows.project_roles.iter().map(|row| (*row.holder.id(), row.project)));
        Self {
            rows,
            founders: founders(rows, &services),
            services,
            ranks: rows.roles.iter().map(|row| (row.id, row.definition.rank())).collect(),
            members: shuffled(members, &mut random),
            environments: shuffled(rows.environments.iter(), &mut random),
            projects: shuffled(rows.projects.iter(), &mut random),
            clusters: shuffled(rows.clusters.iter(), &mut random),
            organization_of: rows.projects.iter().map(|project| (project.id, project.organization)).collect(),
            clusters_of: by_first(rows.clusters.iter().map(|cluster| (cluster.organization, cluster.id))),
            projects_of: by_first(rows.projects.iter().map(|project| (project.organization, project.id))),
            teams_of: by_first(rows.teams.iter().map(|team| (team.organization, team.id))),
            held,
            random,
        }
    }

    /// Every kind of change that can be undone, so many of each or as many as there are.
    pub(crate) fn cycles(&mut self, count: usize) -> Vec<Cycle> {
        vec![
            self.roles(count),
            self.expiries(count),
            self.accesses(count),
            self.project_roles(count),
            Cycle::of(["invite_member", "remove_member"], count, || self.invitation()),
            self.transfers(count),
            Cycle::of(["create_role", "delete_role"], count, || self.new_role()),
            Cycle::of(["create_team", "delete_team"], count, || self.new_team()),
            Cycle::of(["add_to_team", "remove_from_team"], count, || self.place()),
            Cycle::of(["create_project", "delete_project"], count, || self.new_project()),
            Cycle::of(["update_project", "update_project back"], count, || {
                let project = self.projects.next()?;
                Some(self.visibility(project))
            }),
            Cycle::of(["connect_cluster", "disconnect_cluster"], count, || self.new_cluster()),
            Cycle::of(["update_cluster", "update_cluster back"], count, || self.cluster_visibility()),
            self.new_environments(count),
            Cycle::of(["set_protection", "set_protection back"], count, || {
                let environment = self.environments.next()?;
                Some(self.protection(environment))
            }),
            Cycle::of(["retarget", "retarget back"], count, || self.target()),
            Cycle::of(["retarget to a namespace", "retarget to another namespace"], count, || self.namespace()),
        ]
    }

    /// What may go through every environment of a project, in the largest one.
    pub(crate) fn protections_of_the_largest_project(&mut self, count: usize) -> Cycle {
        let project = self.rows.projects[0].id;
        let mut environments = self.rows.environments.iter().filter(|environment| environment.project == project);
        Cycle::of(["set_protection, largest project", "set_protection back, largest project"], count, || {
            Some(self.protection(environments.next()?))
        })
    }

    pub(crate) fn visibility_of_the_largest_project(&self) -> [Asked; 2] {
        self.visibility(&self.rows.projects[0])
    }

    /// Another level on each cluster on which a member has an override without end, and the one from before.
    pub(crate) fn overrides_of(&mut self, account: u64, count: usize) -> Cycle {
        let organizations: HashMap<_, _> = self.rows.clusters.iter().map(|row| (row.id, row.organization)).collect();
        let is_of_account = |row: &&ClusterAccessRow<u64>| row.holder == Holder::Account(account);
        let mut own = self.rows.cluster_access.iter().filter(is_of_account).filter(|row| row.expires_at.is_none());
        Cycle::of(["set_cluster_access", "set_cluster_access back"], count, || {
            let row = own.next()?;
            let other = any_of(ClusterAccess::ALL, &mut self.random, |level| *level != row.level)?;
            let change = |level| {
                let (cluster, holder) = (row.cluster, Holder::Account(account));
                Change::SetClusterAccess { cluster, holder, to: Some(Grant::new(level)) }
            };
            Some(self.asked(organizations[&row.cluster], [change(other), change(row.level)]))
        })
    }

    /// So many changes of every kind, asked for by members who do the billing, or by accounts that nobody knows.
    pub(crate) fn refused(&mut self, count: usize) -> Round {
        let billing = self.rows.members.iter().filter(|member| member.role == Role::Billing.into());
        let billing: HashMap<_, _> = billing.map(|member| (member.organization, member.account)).collect();
        let mut changes: Vec<_> = self.cycles(count).into_iter().flat_map(|cycle| cycle.there.changes).collect();
        for asked in &mut changes {
            let member = billing.get(&asked.organization);
            asked.by = member.copied().unwrap_or_else(|| self.random.next());
        }
        Round { name: "refused", changes: shuffled(changes.into_iter(), &mut self.random).collect() }
    }

    pub(crate) fn roles(&mut self, count: usize) -> Cycle {
        Cycle::of(["change_role", "change_role back"], count, || {
            let &MemberRow { organization, account, role, .. } = self.members.next()?;
            let others = [Role::Admin, Role::Developer, Role::Billing, Role::Viewer].map(AnyRole::BuiltIn);
            let to = any_of(others, &mut self.random, |other| *other != role)?;
            let change = |to| Change::ChangeRole { organization, account, to };
            Some(self.asked(organization, [change(to), change(role)]))
        })
    }

    pub(crate) fn expiries(&mut self, count: usize) -> Cycle {
        Cycle::of(["set_expiry", "set_expiry back"], count, || {
            let &MemberRow { organization, account, expires_at, .. } = self.members.next()?;
            let to = if expires_at.is_some() { None } else { Some(AFTER) };
            let change = |to| Change::SetExpiry { organization, account, to };
            Some(self.asked(organization, [change(to), change(expires_at)]))
        })
    }

    pub(crate) fn accesses(&mut self, count: usize) -> Cycle {
        Cycle::of(["set_cluster_access", "set_cluster_access to null"], count, || {
            // Some have an override on each of a few clusters.
            let (&MemberRow { organization, account, role, .. }, cluster) = self.members.find_map(|member| {
                let clusters = self.clusters_of[&member.organization].iter().copied();
                let fresh = any_of(clusters, &mut self.random, |id| !self.held.contains(&(member.account, *id)));
                Some((member, fresh?))
            })?;
            let ceiling = ClusterAccess::ceiling_of(self.rank(role));
            let level = any_of(ClusterAccess::ALL, &mut self.random, |level| *level <= ceiling)?;
            let change = |to| Change::SetClusterAccess { cluster, holder: Holder::Account(account), to };
            Some(self.asked(organization, [change(Some(Grant::new(level))), change(None)]))
        })
    }

    pub(crate) fn project_roles(&mut self, count: usize) -> Cycle {
        Cycle::of(["set_project_role", "set_project_role to null"], count, || {
            let &MemberRow { organization, account, .. } =
                self.members.find(|member| matches!(member.role, AnyRole::BuiltIn(Role::Developer | Role::Viewer)))?;
            let projects = self.projects_of[&organization].iter().copied();
            let project = any_of(projects, &mut self.random, |id| !self.held.contains(&(account, *id)))?;
            let role = one_of(&ProjectRole::ALL, &mut self.random);
            let change = |to| Change::SetProjectRole { project, holder: Holder::Account(account), to };
            Some(self.asked(organization, [change(Some(Grant::new(role))), change(None)]))
        })
    }

    pub(crate) fn new_environments(&mut self, count: usize) -> Cycle {
        Cycle::of(["create_environment", "delete_environment"], count, || {
            let organization = self.members.next()?.organization;
            let project = one_of(&self.projects_of[&organization], &mut self.random);
            let cluster = one_of(&self.clusters_of[&organization], &mut self.random);
            let (environment, protection) = (self.random.next(), self.any_protection());
            let namespace = self.fresh_namespace();
            let create = Change::CreateEnvironment { environment, project, cluster, namespace, protection };
            Some(self.asked(organization, [create, Change::DeleteEnvironment { environment }]))
        })
    }

    /// To one Admin of an organization, who is an Admin again when it is transferred back; in half of the organizations at most,
    /// so that not all members are drawn.
    fn transfers(&mut self, count: usize) -> Cycle {
        let (count, mut transferred) = (count.min(self.founders.len() / 2), HashSet::new());
        Cycle::of(["transfer_ownership", "transfer_ownership back"], count, || {
            let &MemberRow { organization, account, .. } = self.members.find(|member| {
                let lasts = member.expires_at.is_none() && !self.services.contains(&member.account);
                lasts && member.role == Role::Admin.into() && transferred.insert(member.organization)
            })?;
            let change = |account| Change::TransferOwnership { organization, account };
            let [there, back] = self.asked(organization, [change(account), change(self.founders[&organization])]);
            Some([there, Asked { by: account, ..back }])
        })
    }

    /// Of somebody who is new, or a member elsewhere.
    fn invitation(&mut self) -> Option<[Asked; 2]> {
        let (organization, elsewhere) = (self.members.next()?.organization, self.members.next()?.account);
        let is_new = self.random.once_in(2) || self.held.contains(&(elsewhere, organization));
        let account = if is_new { self.random.next() } else { elsewhere };
        let kind = if self.services.contains(&account) { AccountKind::Service } else { AccountKind::User };
        let role = one_of(&[Role::Admin, Role::Developer, Role::Billing, Role::Viewer], &mut self.random);
        let invite = Change::InviteMember { organization, account, kind, role: role.into(), expires_at: None };
        Some(self.asked(organization, [invite, Change::RemoveMember { organization, account }]))
    }

    fn new_role(&mut self) -> Option<[Asked; 2]> {
        let (organization, role) = (self.members.next()?.organization, self.random.next());
        let permissions = RolePermissions::new([Permission::View, Permission::Deploy, Permission::Approve]).ok()?;
        let definition = RoleDefinition::new(one_of(&[Role::Admin, Role::Developer], &mut self.random), permissions);
        let create = Change::CreateRole { organization, role, definition: definition.ok()? };
        Some(self.asked(organization, [create, Change::DeleteRole { role }]))
    }

    fn new_team(&mut self) -> Option<[Asked; 2]> {
        let (organization, team) = (self.members.next()?.organization, self.random.next());
        Some(self.asked(organization, [Change::CreateTeam { organization, team }, Change::DeleteTeam { team }]))
    }

    /// Of a member in a team of the organization that the member is not in.
    fn place(&mut self) -> Option<[Asked; 2]> {
        let (&MemberRow { organization, account, .. }, team) = self.members.find_map(|member| {
            let teams = self.teams_of.get(&member.organization)?.iter().copied();
            let fresh = any_of(teams, &mut self.random, |id| !self.held.contains(&(member.account, *id)));
            Some((member, fresh?))
        })?;
        let changes = [Change::AddToTeam { team, account }, Change::RemoveFromTeam { team, account }];
        Some(self.asked(organization, changes))
    }

    fn new_project(&mut self) -> Option<[Asked; 2]> {
        let (organization, project) = (self.members.next()?.organization, self.random.next());
        let visibility = one_of(&Visibility::ALL, &mut self.random);
        let create = Change::CreateProject { organization, project, visibility };
        Some(self.asked(organization, [create, Change::DeleteProject { project }]))
    }

    fn visibility(&self, project: &ProjectRow<u64>) -> [Asked; 2] {
        let other = another(project.visibility);
        let change = |to| Change::UpdateProject { project: project.id, visibility: Some(to) };
        self.asked(project.organization, [change(other), change(project.visibility)])
    }

    fn new_cluster(&mut self) -> Option<[Asked; 2]> {
        let (organization, cluster) = (self.members.next()?.organization, self.random.next());
        let connect = Change::ConnectCluster { organization, cluster, visibility: Visibility::Organization };
        Some(self.asked(organization, [connect, Change::DisconnectCluster { cluster }]))
    }

    fn cluster_visibility(&mut self) -> Option<[Asked; 2]> {
        let &ClusterRow { id: cluster, organization, visibility, .. } = self.clusters.next()?;
        let change = |to| Change::UpdateCluster { cluster, visibility: Some(to) };
        Some(self.asked(organization, [change(another(visibility)), change(visibility)]))
    }

    /// To another namespace of the same cluster.
    fn namespace(&mut self) -> Option<[Asked; 2]> {
        let &EnvironmentRow { id: environment, project, cluster, .. } = self.environments.next()?;
        let mut change = || {
            let namespace = Some(self.fresh_namespace());
            Change::Retarget { environment, cluster, namespace }
        };
        let changes = [change(), change()];
        Some(self.asked(self.organization_of[&project], changes))
    }

    fn protection(&mut self, environment: &EnvironmentRow<u64>) -> [Asked; 2] {
        let change = |to| Change::SetProtection { environment: environment.id, to };
        let other = loop {
            let other = self.any_protection();
            if other != environment.protection {
                break other;
            }
        };
        let changes = [change(other), change(environment.protection)];
        self.asked(self.organization_of[&environment.project], changes)
    }

    fn target(&mut self) -> Option<[Asked; 2]> {
        let &EnvironmentRow { id, project, cluster, .. } = self.environments.next()?;
        let organization = self.organization_of[&project];
        let clusters = self.clusters_of[&organization].iter().copied();
        let to = any_of(clusters, &mut self.random, |other| *other != cluster)?;
        let change = |cluster| Change::Retarget { environment: id, cluster, namespace: None };
        Some(self.asked(organization, [change(to), change(cluster)]))
    }

    fn rank(&self, role: AnyRole<u64>) -> Role {
        match role {
            AnyRole::BuiltIn(role) => role,
            AnyRole::Custom(role) => self.ranks[&role],
        }
    }

    fn asked(&self, organization: u64, changes: [Change<u64>; 2]) -> [Asked; 2] {
        let by = self.founders[&organization];
        changes.map(|change| Asked { organization, by, change })
    }

    /// One that an environment of the platform has.
    fn any_protection(&mut self) -> Protection {
        self.random.choose(&self.rows.environments).expect("there are environments").protection
    }

    fn fresh_namespace(&mut self) -> String {
        format!("namespace-{:x}", self.random.next())
    }
}

const fn another(visibility: Visibility) -> Visibility {
    match visibility {
        Visibility::Organization => Visibility::Members,
        Visibility::Members => Visibility::Organization,
    }
}

/// The permanent Owner of each organization: its first member who is a user.
fn founders(rows: &Rows<u64>, services: &HashSet<u64>) -> HashMap<u64, u64> {
    let mut founders = HashMap::new();
    for member in rows.members.iter().filter(|member| !services.contains(&member.account)) {
        founders.entry(member.organization).or_insert(member.account);
    }
    founders
}

fn one_of<T: Copy>(all: &[T], random: &mut Random) -> T {
    *random.choose(all).expect("there is one")
}

/// One of those that fit, if any does.
fn any_of<T: Copy>(all: impl IntoIterator<Item = T>, random: &mut Random, is_fit: impl Fn(&T) -> bool) -> Option<T> {
    let all: Vec<_> = all.into_iter().filter(is_fit).collect();
    random.choose(&all).copied()
}

fn by_first(pairs: impl Iterator<Item = (u64, u64)>) -> HashMap<u64, Vec<u64>> {
    let mut by_first = HashMap::<_, Vec<_>>::new();
    for (first, second) in pairs {
        by_first.entry(first).or_default().push(second);
    }
    by_first
}

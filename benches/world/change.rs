//! Changes to a world, each there and back again, drawn before any is asked for: drawing must not bring the facts near that
//! a change then finds.

mod done;

use std::collections::{HashMap, HashSet};

use fastrand::Rng;
use shipgate::change::Change;
use shipgate::{AccountKind, ClusterAccess, Grant, ProjectRole, ResourceId, Role, Visibility};

use super::question::one_of;
use super::{AFTER, Environment, Member, NOW, Project, World, protection};

/// A change, in whose organization, and who asks for it.
#[derive(Clone)]
pub(crate) struct Asked {
    organization: u64,
    pub(crate) by: u64,
    pub(crate) change: Change<u64>,
}

impl Asked {
    /// The member that the change is about, if it is about one.
    pub(crate) fn member(&self) -> Option<u64> {
        match self.change.question::<u64>().1 {
            ResourceId::Member { account, .. }
            | ResourceId::ProjectMember { account, .. }
            | ResourceId::ClusterMember { account, .. } => Some(*account),
            ResourceId::Organization(_)
            | ResourceId::Project(_)
            | ResourceId::Environment(_)
            | ResourceId::NewEnvironment { .. }
            | ResourceId::Placement { .. }
            | ResourceId::Deployment { .. }
            | ResourceId::Cluster(_) => None,
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
pub(crate) struct Changes<'w> {
    founders: HashMap<u64, u64>,
    services: HashSet<u64>,
    /// Who is live and no Owner, in a random order. As with the others, who is drawn is not drawn again.
    members: std::vec::IntoIter<&'w Member<u64>>,
    environments: std::vec::IntoIter<&'w Environment<u64>>,
    projects: std::vec::IntoIter<&'w Project<u64>>,
    organization_of: HashMap<u64, u64>,
    clusters_of: HashMap<u64, Vec<u64>>,
    projects_of: HashMap<u64, Vec<u64>>,
    /// Which accounts hold something of which organization, cluster or project.
    held: HashSet<(u64, u64)>,
    rng: Rng,
}

impl<'w> Changes<'w> {
    pub(crate) fn to(world: &'w World<u64>, seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let live = |member: &&Member<u64>| member.expires_at.is_none_or(|expiry| NOW < expiry);
        let members = world.members.iter().filter(live).filter(|member| member.role != Role::Owner);
        let mut held: HashSet<_> = world.members.iter().map(|row| (row.account, row.organization)).collect();
        held.extend(world.access.iter().map(|row| (row.account, row.cluster)));
        held.extend(world.project_members.iter().map(|row| (row.account, row.project)));
        Self {
            founders: world.founders(),
            services: world.services.iter().copied().collect(),
            members: shuffled(members, &mut rng),
            environments: shuffled(world.environments.iter(), &mut rng),
            projects: shuffled(world.projects.iter(), &mut rng),
            organization_of: world.projects.iter().map(|project| (project.id, project.organization)).collect(),
            clusters_of: by_first(world.clusters.iter().map(|cluster| (cluster.organization, cluster.id))),
            projects_of: by_first(world.projects.iter().map(|project| (project.organization, project.id))),
            held,
            rng,
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
            Cycle::of(["create_project", "delete_project"], count, || self.new_project()),
            Cycle::of(["update_project", "update_project back"], count, || {
                let project = self.projects.next()?;
                Some(self.visibility(project))
            }),
            Cycle::of(["connect_cluster", "disconnect_cluster"], count, || self.new_cluster()),
            self.new_environments(count),
            Cycle::of(["update_environment", "update_environment again"], count, || self.namespace()),
            Cycle::of(["set_protection", "set_protection back"], count, || {
                let environment = self.environments.next()?;
                Some(self.protection(environment))
            }),
            Cycle::of(["retarget", "retarget back"], count, || self.target()),
        ]
    }

    /// What goes through every environment of a project, in the largest one.
    pub(crate) fn in_the_largest_project(&mut self, world: &'w World<u64>, count: usize) -> [Cycle; 2] {
        let project = &world.projects[0];
        let mut environments = world.environments.iter().filter(|environment| environment.project == project.id);
        let protections = Cycle::of(["set_protection, largest project", "and back"], count, || {
            Some(self.protection(environments.next()?))
        });
        let visibility =
            Cycle::of(["update_project, largest project", "and back"], 1, || Some(self.visibility(project)));
        [protections, visibility]
    }

    /// So many changes of every kind, asked for by members who do the billing, or by accounts that nobody knows.
    pub(crate) fn refused(&mut self, world: &World<u64>, count: usize) -> Round {
        let billing = world.members.iter().filter(|member| member.role == Role::Billing);
        let billing: HashMap<_, _> = billing.map(|member| (member.organization, member.account)).collect();
        let mut changes: Vec<_> = self.cycles(count).into_iter().flat_map(|cycle| cycle.there.changes).collect();
        for asked in &mut changes {
            let member = billing.get(&asked.organization);
            asked.by = member.copied().unwrap_or_else(|| self.rng.u64(..));
        }
        self.rng.shuffle(&mut changes);
        Round { name: "refused", changes }
    }

    pub(crate) fn roles(&mut self, count: usize) -> Cycle {
        Cycle::of(["change_role", "change_role back"], count, || {
            let &Member { organization, account, role, .. } = self.members.next()?;
            let others = [Role::Admin, Role::Developer, Role::Billing, Role::Viewer];
            let to = any_of(others, &mut self.rng, |other| *other != role)?;
            let change = |to| Change::ChangeRole { organization, account, to };
            Some(self.asked(organization, [change(to), change(role)]))
        })
    }

    pub(crate) fn expiries(&mut self, count: usize) -> Cycle {
        Cycle::of(["set_expiry", "set_expiry back"], count, || {
            let &Member { organization, account, expires_at, .. } = self.members.next()?;
            let to = if expires_at.is_some() { None } else { Some(AFTER) };
            let change = |to| Change::SetExpiry { organization, account, to };
            Some(self.asked(organization, [change(to), change(expires_at)]))
        })
    }

    pub(crate) fn accesses(&mut self, count: usize) -> Cycle {
        Cycle::of(["set_cluster_access", "set_cluster_access to null"], count, || {
            // Some have an override on each of a few clusters.
            let (&Member { organization, account, role, .. }, cluster) = self.members.find_map(|member| {
                let clusters = self.clusters_of[&member.organization].iter().copied();
                let fresh = any_of(clusters, &mut self.rng, |id| !self.held.contains(&(member.account, *id)));
                Some((member, fresh?))
            })?;
            let level = any_of(ClusterAccess::ALL, &mut self.rng, |level| *level <= ClusterAccess::ceiling_of(role))?;
            let change = |to| Change::SetClusterAccess { cluster, account, to };
            Some(self.asked(organization, [change(Some(Grant::new(level))), change(None)]))
        })
    }

    pub(crate) fn project_roles(&mut self, count: usize) -> Cycle {
        Cycle::of(["set_project_role", "set_project_role to null"], count, || {
            let &Member { organization, account, .. } =
                self.members.find(|member| matches!(member.role, Role::Developer | Role::Viewer))?;
            let projects = self.projects_of[&organization].iter().copied();
            let project = any_of(projects, &mut self.rng, |id| !self.held.contains(&(account, *id)))?;
            let role = one_of(&ProjectRole::ALL, &mut self.rng);
            let change = |to| Change::SetProjectRole { project, account, to };
            Some(self.asked(organization, [change(Some(Grant::new(role))), change(None)]))
        })
    }

    pub(crate) fn new_environments(&mut self, count: usize) -> Cycle {
        Cycle::of(["create_environment", "delete_environment"], count, || {
            let organization = self.members.next()?.organization;
            let project = one_of(&self.projects_of[&organization], &mut self.rng);
            let cluster = one_of(&self.clusters_of[&organization], &mut self.rng);
            let (environment, protection) = (self.rng.u64(..), protection(&mut self.rng));
            let namespace = Some(self.fresh_namespace());
            let create = Change::CreateEnvironment { environment, project, cluster, namespace, protection };
            Some(self.asked(organization, [create, Change::DeleteEnvironment { environment }]))
        })
    }

    /// To one member of an organization, and back; in half of them at most, so that not all members are drawn.
    fn transfers(&mut self, count: usize) -> Cycle {
        let (count, mut transferred) = (count.min(self.founders.len() / 2), HashSet::new());
        Cycle::of(["transfer_ownership", "transfer_ownership back"], count, || {
            let &Member { organization, account, .. } = self.members.find(|member| {
                let is_fit = member.expires_at.is_none() && !self.services.contains(&member.account);
                is_fit && transferred.insert(member.organization)
            })?;
            let change = |account| Change::TransferOwnership { organization, account };
            let [there, back] = self.asked(organization, [change(account), change(self.founders[&organization])]);
            Some([there, Asked { by: account, ..back }])
        })
    }

    /// Of somebody who is new, or a member elsewhere.
    fn invitation(&mut self) -> Option<[Asked; 2]> {
        let (organization, elsewhere) = (self.members.next()?.organization, self.members.next()?.account);
        let is_new = self.rng.bool() || self.held.contains(&(elsewhere, organization));
        let account = if is_new { self.rng.u64(..) } else { elsewhere };
        let kind = if self.services.contains(&account) { AccountKind::Service } else { AccountKind::User };
        let role = one_of(&[Role::Admin, Role::Developer, Role::Billing, Role::Viewer], &mut self.rng);
        let invite = Change::InviteMember { organization, account, kind, role };
        Some(self.asked(organization, [invite, Change::RemoveMember { organization, account }]))
    }

    fn new_project(&mut self) -> Option<[Asked; 2]> {
        let (organization, project) = (self.members.next()?.organization, self.rng.u64(..));
        let visibility = one_of(&Visibility::ALL, &mut self.rng);
        let create = Change::CreateProject { organization, project, visibility };
        Some(self.asked(organization, [create, Change::DeleteProject { project }]))
    }

    fn visibility(&mut self, project: &Project<u64>) -> [Asked; 2] {
        let other = match project.visibility {
            Visibility::Organization => Visibility::Members,
            Visibility::Members => Visibility::Organization,
        };
        let change = |to| Change::UpdateProject { project: project.id, visibility: Some(to) };
        self.asked(project.organization, [change(other), change(project.visibility)])
    }

    fn new_cluster(&mut self) -> Option<[Asked; 2]> {
        let (organization, cluster) = (self.members.next()?.organization, self.rng.u64(..));
        let connect = Change::ConnectCluster { organization, cluster };
        Some(self.asked(organization, [connect, Change::DisconnectCluster { cluster }]))
    }

    fn namespace(&mut self) -> Option<[Asked; 2]> {
        let environment = self.environments.next()?;
        let mut change =
            || Change::UpdateEnvironment { environment: environment.id, namespace: Some(self.fresh_namespace()) };
        let changes = [change(), change()];
        Some(self.asked(self.organization_of[&environment.project], changes))
    }

    fn protection(&mut self, environment: &Environment<u64>) -> [Asked; 2] {
        let change = |to| Change::SetProtection { environment: environment.id, to };
        let other = loop {
            let other = protection(&mut self.rng);
            if other != environment.protection {
                break other;
            }
        };
        let changes = [change(other), change(environment.protection)];
        self.asked(self.organization_of[&environment.project], changes)
    }

    fn target(&mut self) -> Option<[Asked; 2]> {
        let &Environment { id, project, cluster, .. } = self.environments.next()?;
        let organization = self.organization_of[&project];
        let clusters = self.clusters_of[&organization].iter().copied();
        let to = any_of(clusters, &mut self.rng, |other| *other != cluster)?;
        let change = |cluster| Change::Retarget { environment: id, cluster, namespace: None };
        Some(self.asked(organization, [change(to), change(cluster)]))
    }

    fn asked(&self, organization: u64, changes: [Change<u64>; 2]) -> [Asked; 2] {
        let by = self.founders[&organization];
        changes.map(|change| Asked { organization, by, change })
    }

    fn fresh_namespace(&mut self) -> String {
        format!("namespace-{:x}", self.rng.u64(..))
    }
}

fn shuffled<T>(all: impl Iterator<Item = T>, rng: &mut Rng) -> std::vec::IntoIter<T> {
    let mut all: Vec<_> = all.collect();
    rng.shuffle(&mut all);
    all.into_iter()
}

/// One of those that fit, if any does.
fn any_of<T: Copy>(all: impl IntoIterator<Item = T>, rng: &mut Rng, is_fit: impl Fn(&T) -> bool) -> Option<T> {
    let all: Vec<_> = all.into_iter().filter(is_fit).collect();
    if all.is_empty() { None } else { Some(one_of(&all, rng)) }
}

fn by_first(pairs: impl Iterator<Item = (u64, u64)>) -> HashMap<u64, Vec<u64>> {
    let mut by_first = HashMap::<_, Vec<_>>::new();
    for (first, second) in pairs {
        by_first.entry(first).or_default().push(second);
    }
    by_first
}

//! Questions about a world: one of its accounts asks to view, deploy to or manage a cluster or an environment, and now and
//! then something of the organization.

use std::collections::HashMap;

use fastrand::Rng;
use foldhash::{HashSet, HashSetExt};
use shipgate::Action;

use super::World;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Question<Id> {
    pub(crate) account: Id,
    pub(crate) action: Action,
    pub(crate) resource: Resource<Id>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Resource<Id> {
    Organization(Id),
    Cluster(Id),
    Environment(Id),
}

/// Draws questions about a world.
pub(crate) struct Questions<'w> {
    world: &'w World<u64>,
    clusters: HashMap<u64, Vec<u64>>,
    environments: HashMap<u64, Vec<u64>>,
    rng: Rng,
}

impl<'w> Questions<'w> {
    pub(crate) fn about(world: &'w World<u64>, seed: u64) -> Self {
        let mut clusters = HashMap::<_, Vec<_>>::new();
        for cluster in &world.clusters {
            clusters.entry(cluster.organization).or_default().push(cluster.id);
        }
        let organizations: HashMap<u64, u64> =
            world.projects.iter().map(|project| (project.id, project.organization)).collect();
        let mut environments = HashMap::<_, Vec<_>>::new();
        for environment in &world.environments {
            environments.entry(organizations[&environment.project]).or_default().push(environment.id);
        }
        Self { world, clusters, environments, rng: Rng::with_seed(seed) }
    }

    /// So many questions, distinct ones as long as the world has others.
    pub(crate) fn many(&mut self, count: usize) -> Vec<Question<u64>> {
        let mut questions = self.distinct(count, |_| true);
        while questions.len() < count {
            questions.push(self.draw());
        }
        questions
    }

    /// So many distinct questions of one sort, or those that turned up.
    pub(crate) fn distinct(
        &mut self,
        count: usize,
        mut is_of_the_sort: impl FnMut(&Question<u64>) -> bool,
    ) -> Vec<Question<u64>> {
        let (mut seen, mut questions) = (HashSet::new(), Vec::with_capacity(count));
        for _ in 0..count * 16 {
            let question = self.draw();
            if is_of_the_sort(&question) && seen.insert(question) {
                questions.push(question);
            }
            if questions.len() == count {
                break;
            }
        }
        questions
    }

    /// Mostly of one's own organization, sometimes of another, seldom of what nobody knows.
    fn draw(&mut self) -> Question<u64> {
        let member = &self.world.members[self.rng.usize(..self.world.members.len())];
        let (mut account, mut organization) = (member.account, member.organization);
        match self.rng.u8(..64) {
            0 => account = self.rng.u64(..),
            1..5 => organization = one_of(&self.world.organizations, &mut self.rng),
            _ => {}
        }
        let rng = &mut self.rng;
        let (action, mut resource) = match rng.u8(..32) {
            0..2 => {
                let action = one_of(&[Action::View, Action::Update, Action::ViewInvoices], rng);
                (action, Resource::Organization(organization))
            }
            2..17 => {
                let action = one_of(&[Action::View, Action::Deploy, Action::Manage], rng);
                (action, Resource::Cluster(one_of(&self.clusters[&organization], rng)))
            }
            _ => {
                let action = one_of(&[Action::View, Action::Deploy, Action::Update], rng);
                (action, Resource::Environment(one_of(&self.environments[&organization], rng)))
            }
        };
        if self.rng.u8(..64) == 0 {
            let id = self.rng.u64(..);
            resource = match resource {
                Resource::Organization(_) => Resource::Organization(id),
                Resource::Cluster(_) => Resource::Cluster(id),
                Resource::Environment(_) => Resource::Environment(id),
            };
        }
        Question { account, action, resource }
    }
}

pub(crate) fn one_of<T: Copy>(all: &[T], rng: &mut Rng) -> T {
    all[rng.usize(..all.len())]
}

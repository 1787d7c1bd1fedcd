//! The right answers, from the oracle of the tests.

#[path = "../../tests/it/oracle.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use the rest")]
mod oracle;

use std::collections::BTreeMap;

use shipgate::{AccountKind, Decision};

use super::question::{self, Question};
use super::{NOW, World};
use oracle::Given;

/// Answers questions about a world.
pub(crate) struct Truth(oracle::World);

impl Truth {
    pub(crate) fn of(world: &World<u64>) -> Self {
        let mut truth = oracle::World::default();
        truth.organizations.extend(&world.organizations);
        for id in &world.services {
            truth.accounts.insert(*id, account(AccountKind::Service));
        }
        for row in &world.members {
            let role = Given { what: row.role, until: row.expires_at };
            let membership = oracle::Membership { role, overrides: BTreeMap::new(), project_roles: BTreeMap::new() };
            let account = truth.accounts.entry(row.account).or_insert_with(|| account(AccountKind::User));
            account.memberships.insert(row.organization, membership);
        }
        for row in &world.clusters {
            truth.clusters.insert(row.id, oracle::Cluster { organization: row.organization });
        }
        for row in &world.access {
            let memberships = &mut truth.accounts.get_mut(&row.account).expect("a member has an account").memberships;
            let membership = memberships.get_mut(&truth.clusters[&row.cluster].organization).expect("a member");
            membership.overrides.insert(row.cluster, Given { what: row.level, until: row.expires_at });
        }
        for row in &world.projects {
            let project = oracle::Project { organization: row.organization, visibility: row.visibility };
            truth.projects.insert(row.id, project);
        }
        for row in &world.project_members {
            let memberships = &mut truth.accounts.get_mut(&row.account).expect("a member has an account").memberships;
            let membership = memberships.get_mut(&truth.projects[&row.project].organization).expect("a member");
            membership.project_roles.insert(row.project, Given { what: row.role, until: row.expires_at });
        }
        for row in &world.environments {
            let &super::Environment { id, project, cluster, protection } = row;
            truth.environments.insert(id, oracle::Environment { project, cluster, protection });
        }
        Self(truth)
    }

    pub(crate) fn decide(&self, question: &Question<u64>) -> Decision {
        self.0.decide(&oracle::Question {
            account: question.account,
            kind: None,
            token: None,
            now: Some(NOW),
            action: question.action,
            resource: match question.resource {
                question::Resource::Organization(id) => oracle::Resource::Organization(id),
                question::Resource::Cluster(id) => oracle::Resource::Cluster(id),
                question::Resource::Environment(id) => oracle::Resource::Environment(id),
            },
        })
    }
}

fn account(kind: AccountKind) -> oracle::Account {
    oracle::Account { kind, memberships: BTreeMap::new() }
}

//! Law 11, approvals: an account counts at most once, never for its own request unless the rule says so, never after its
//! expiry, demotion or removal.

use std::collections::BTreeMap;

use proptest::prelude::*;
use shipgate::model::SelfApproval;
use shipgate::{AccountKind, ClusterAccess, Decision, MissingApprovals, Role, Time};

use super::config;
use crate::oracle::{Account, Approval, Given, Id, Membership, Question, Resource, World};
use crate::strategies::{id, question_of_deployment, time, world};
use crate::world::doors::Doors;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_account_counts_once(world in world(), question in question_of_deployment()) {
        let mut twice = question.clone();
        let approvals = approvals_of(&mut twice);
        approvals.extend(approvals.clone());

        let doors = Doors::of(&world);
        prop_assert_eq!(doors.decide(&question), doors.decide(&twice));
    }

    #[test]
    fn nobody_counts_for_their_own_request(world in world(), question in question_of_deployment()) {
        let Resource::Deployment { environment, requested_by, .. } = question.resource else { unreachable!() };
        let rule = world.environments.get(&environment).and_then(|environment| environment.protection.rule());
        prop_assume!(rule.is_none_or(|rule| rule.self_approval() == SelfApproval::Forbidden));

        let doors = Doors::of(&world);
        let approved = approved(&question, Approval::new(requested_by));
        prop_assert_eq!(doors.decide(&question), doors.decide(&approved));
    }

    #[test]
    fn an_expired_approval_does_not_count(
        world in world(),
        question in question_of_deployment(),
        by in id(),
        expiry in time(),
    ) {
        prop_assume!(question.time.is_none_or(|now| now >= expiry));
        let doors = Doors::of(&world);
        let approved = approved(&question, Approval { by, expires_at: Some(expiry) });
        prop_assert_eq!(doors.decide(&question), doors.decide(&approved));
    }

    #[test]
    fn an_approver_who_fell_does_not_count(world in world(), question in question_of_deployment(), by in id()) {
        let Some(organization) = super::home(&world, &question.resource) else { return Ok(()) };
        for fall in Fall::ALL {
            let mut fallen = world.clone();
            fall.of(&mut fallen, by, organization, question.time);
            let doors = Doors::of(&fallen);
            let approved = approved(&question, Approval::new(by));
            prop_assert_eq!(doors.decide(&question), doors.decide(&approved), "{:?}", fall);
        }
    }

    #[test]
    fn an_owner_who_stands_counts_for_one(
        mut world in world(),
        mut question in question_of_deployment(),
        by in id(),
    ) {
        let Some(organization) = super::home(&world, &question.resource) else { return Ok(()) };
        let Resource::Deployment { requested_by, .. } = question.resource else { unreachable!() };
        prop_assume!(by != requested_by);
        let role = Given { what: Role::Owner, until: None };
        let owner = Membership { role, overrides: BTreeMap::new(), project_roles: BTreeMap::new() };
        let memberships = BTreeMap::from([(organization, owner)]);
        world.accounts.insert(by, Account { kind: AccountKind::User, memberships });
        approvals_of(&mut question).retain(|approval| approval.by != by);

        let doors = Doors::of(&world);
        let after = doors.decide(&approved(&question, Approval::new(by)));
        for (before, after) in doors.decide(&question).into_iter().zip(after) {
            let expected = match before {
                Decision::RequireApproval(MissingApprovals { missing: 1, .. }) => Decision::Allow,
                Decision::RequireApproval(MissingApprovals { from, missing }) => {
                    Decision::RequireApproval(MissingApprovals { from, missing: missing - 1 })
                }
                Decision::Allow | Decision::Deny(_) => before,
            };
            prop_assert_eq!(after, expected);
        }
    }
}

/// How an approver comes not to count any more.
#[derive(Clone, Copy, Debug)]
enum Fall {
    Removed,
    Expired,
    Demoted,
    ShutOut,
    MadeAService,
}

impl Fall {
    const ALL: [Self; 5] = [Self::Removed, Self::Expired, Self::Demoted, Self::ShutOut, Self::MadeAService];

    fn of(self, world: &mut World, account: Id, organization: Id, now: Option<Time>) {
        let clusters: Vec<Id> = world.clusters.keys().copied().collect();
        let Some(account) = world.accounts.get_mut(&account) else { return };
        let Some(membership) = account.memberships.get_mut(&organization) else { return };
        match self {
            Self::Removed => {
                account.memberships.remove(&organization);
            }
            Self::Expired => membership.role = Given { what: Role::Owner, until: Some(now.unwrap_or(Time::MAX)) },
            Self::Demoted => {
                membership.role = Given { what: Role::Developer, until: None };
                membership.project_roles.clear();
            }
            Self::ShutOut => {
                membership.role = Given { what: Role::Admin, until: None };
                let none = Given { what: ClusterAccess::None, until: None };
                membership.overrides = clusters.into_iter().map(|cluster| (cluster, none)).collect();
            }
            Self::MadeAService => account.kind = AccountKind::Service,
        }
    }
}

fn approved(question: &Question, approval: Approval) -> Question {
    let mut question = question.clone();
    approvals_of(&mut question).push(approval);
    question
}

fn approvals_of(question: &mut Question) -> &mut Vec<Approval> {
    match &mut question.resource {
        Resource::Deployment { approvals, .. } => approvals,
        other => panic!("{other:?} is no deployment"),
    }
}

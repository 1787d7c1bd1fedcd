//! Law 11, approvals: an account counts at most once, never for its own request, for one made on its behalf or for what it
//! deploys itself, unless the rule says so, never for another release or cluster, never after its expiry, demotion or removal.

use std::collections::BTreeMap;

use proptest::prelude::*;
use shipgate::model::SelfApproval;
use shipgate::{AccountKind, Action, ClusterAccess, Decision, MissingApprovals, Role, Time};

use super::{Entries, config};
use crate::oracle::{Account, Approval, Given, Id, Membership, Question, Resource, World};
use crate::strategies::{id, question_of_deployment, time, world};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_account_counts_once(world in world(), question in question_of_deployment()) {
        let mut twice = question.clone();
        let approvals = approvals_of(&mut twice);
        approvals.extend(approvals.clone());

        let entries = Entries::of(&world);
        prop_assert_eq!(entries.decide(&question), entries.decide(&twice));
    }

    #[test]
    fn nobody_counts_for_what_is_theirs(world in world(), question in question_of_deployment()) {
        let Resource::Deployment { environment, requested_by, on_behalf_of, .. } = question.resource else { unreachable!() };
        let rule = world.environments.get(&environment).and_then(|environment| environment.protection.rule());
        prop_assume!(rule.is_none_or(|rule| rule.self_approval() == SelfApproval::Forbidden));

        let entries = Entries::of(&world);
        // Who requested it, on whose behalf, and who deploys it.
        for by in [Some(requested_by), on_behalf_of, Some(question.account)].into_iter().flatten() {
            let approved = approved(&question, by);
            prop_assert_eq!(entries.decide(&question), entries.decide(&approved), "{}", by);
        }
    }

    #[test]
    fn an_approval_of_something_else_does_not_count(
        world in world(),
        question in question_of_deployment(),
        (by, other) in (id(), id()),
    ) {
        let Resource::Deployment { environment, release, .. } = &question.resource else { unreachable!() };
        let target = world.environments.get(environment).map(|environment| environment.cluster);
        let entries = Entries::of(&world);
        let given = Approval { release: release.clone(), ..Approval::new(by) };

        let of_another_release = match release {
            Some(_) => [None, Some("another".to_owned())],
            None => ["v1", "another"].map(|other| Some(other.to_owned())),
        };
        for release in of_another_release {
            let approved = with_approval(&question, Approval { release, ..given.clone() });
            prop_assert_eq!(entries.decide(&question), entries.decide(&approved), "of another release");
        }
        if target != Some(other) {
            let approved = with_approval(&question, Approval { cluster: Some(other), ..given });
            prop_assert_eq!(entries.decide(&question), entries.decide(&approved), "for another cluster");
        }
    }

    #[test]
    fn an_expired_approval_does_not_count(
        world in world(),
        question in question_of_deployment(),
        by in id(),
        expiry in time(),
    ) {
        prop_assume!(question.time.is_none_or(|now| now >= expiry));
        let Resource::Deployment { release, .. } = &question.resource else { unreachable!() };
        let entries = Entries::of(&world);
        let expired = Approval { release: release.clone(), expires_at: Some(expiry), ..Approval::new(by) };
        prop_assert_eq!(entries.decide(&question), entries.decide(&with_approval(&question, expired)));
    }

    #[test]
    fn an_approver_who_fell_does_not_count(world in world(), question in question_of_deployment(), by in id()) {
        let Some(organization) = super::home(&world, &question.resource) else { return Ok(()) };
        for fall in Fall::ALL {
            let mut fallen = world.clone();
            fall.of(&mut fallen, by, organization, question.time);
            let entries = Entries::of(&fallen);
            let approved = approved(&question, by);
            prop_assert_eq!(entries.decide(&question), entries.decide(&approved), "{:?}", fall);
        }
    }

    #[test]
    fn an_owner_counts_for_one(mut world in world(), question in question_of_deployment(), by in id()) {
        let mut question = Question { action: Action::Deploy, ..question };
        let Some(organization) = super::home(&world, &question.resource) else { return Ok(()) };
        let Resource::Deployment { requested_by, on_behalf_of, .. } = question.resource else { unreachable!() };
        prop_assume!(by != requested_by && Some(by) != on_behalf_of && by != question.account);
        let owner = Membership::with_role(Given::for_good(Role::Owner.into()));
        let memberships = BTreeMap::from([(organization, owner)]);
        world.accounts.insert(by, Account { kind: AccountKind::User, memberships });
        approvals_of(&mut question).retain(|approval| approval.by != by);

        let entries = Entries::of(&world);
        let after = entries.decide(&approved(&question, by));
        for (before, after) in entries.decide(&question).into_iter().zip(after) {
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

/// The first and the last time that a fact can say.
const FIRST: Time = Time::from_millis(-62_167_219_200_000);
const LAST: Time = Time::from_millis(253_402_300_799_999);

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
        let clusters = world.clusters.iter().filter(|(_, cluster)| cluster.organization == organization);
        let clusters: Vec<Id> = clusters.map(|(id, _)| *id).collect();
        let Some(account) = world.accounts.get_mut(&account) else { return };
        let Some(membership) = account.memberships.get_mut(&organization) else { return };
        match self {
            Self::Removed => {
                account.memberships.remove(&organization);
            }
            // No fact says a time outside the years that can be written.
            Self::Expired => {
                let now = now.unwrap_or(FIRST).min(LAST);
                if now < FIRST {
                    account.memberships.remove(&organization);
                } else {
                    membership.role = Given { what: Role::Owner.into(), until: Some(now) };
                }
            }
            Self::Demoted => {
                *membership = Membership::with_role(Given::for_good(Role::Developer.into()));
            }
            Self::ShutOut => {
                *membership = Membership::with_role(Given::for_good(Role::Admin.into()));
                let none = Given::for_good(ClusterAccess::None);
                membership.overrides = clusters.into_iter().map(|cluster| (cluster, none)).collect();
            }
            Self::MadeAService => account.kind = AccountKind::Service,
        }
    }
}

/// The same question with an approval of the release that it is about.
fn approved(question: &Question, by: Id) -> Question {
    let Resource::Deployment { release, .. } = &question.resource else {
        panic!("{question:?} is about no deployment")
    };
    with_approval(question, Approval { release: release.clone(), ..Approval::new(by) })
}

fn with_approval(question: &Question, approval: Approval) -> Question {
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

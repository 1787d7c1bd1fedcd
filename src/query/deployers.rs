//! The members who may deploy to an environment, and those who may approve what is deployed.

use core::borrow::Borrow;
use core::hash::Hash;
use core::ops::ControlFlow;

use crate::directory::store::Directory;
use crate::directory::views::AccountRef;
use crate::model::action::Action;
use crate::model::fact::{ApprovalFact, DeploymentFact, LookUpApprovals, ResourceFact, SubjectFact};
use crate::model::resource::ResourceId;
use crate::model::time::Time;
use crate::policy::decide::decide_of;
use crate::policy::decision::Decision;

impl<Id: Hash + Ord> Directory<Id> {
    /// Who may deploy to this environment? Lists the members for whom [`Directory::decide`] does not deny `deploy`, in the order
    /// of their ids: with [`Decision::Allow`] they deploy at once, with [`Decision::RequireApproval`] they may request a
    /// deployment. Empty if the environment does not exist.
    ///
    /// It is [`Directory::who_may`] for this question. Pass the present time as `at`; without it, everything that has an expiry
    /// counts as expired.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::model::{ApprovalFrom, ApprovalRule};
    /// use shipgate::{AccountKind, Decision, Directory, MissingApprovals, Protection, Role, Visibility};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// for (account, role) in [("alice", Role::Developer), ("carol", Role::Admin), ("victor", Role::Viewer)] {
    ///     rows.member("acme-corp", account.into(), AccountKind::User, role, None)?;
    /// }
    /// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
    /// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
    /// let reviewed = Protection::reviewed(ApprovalRule::new(ApprovalFrom::Admin));
    /// rows.environment("shop-staging".into(), "shop", "us-east", "shop-staging", reviewed)?;
    /// rows.environment("shop-production".into(), "shop", "us-east", "shop-production", Protection::RESTRICTED)?;
    /// let directory = rows.build();
    ///
    /// let deployers = |environment| -> Vec<(&str, Decision)> {
    ///     directory.deployers(environment, None).map(|(id, decision)| (id.as_str(), decision)).collect()
    /// };
    /// let after_one = Decision::RequireApproval(MissingApprovals { from: ApprovalFrom::Admin, missing: 1 });
    /// assert_eq!(deployers("shop-staging"), [("alice", after_one), ("carol", after_one)]);
    /// assert_eq!(deployers("shop-production"), [("carol", Decision::Allow)]);
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    pub fn deployers<Q>(
        &self,
        environment: &Q,
        at: Option<Time>,
    ) -> impl Iterator<Item = (&Id, Decision)> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let environment = self.environment(environment).map(|environment| ResourceId::Environment(environment.id()));
        environment.into_iter().flat_map(move |environment| self.who_may::<Id>(Action::Deploy, environment, at))
    }

    /// Who may approve deployments to this environment? Lists the members for whom [`Directory::decide`] allows `approve` of a
    /// deployment that no member requested, in the order of their ids. Empty if the environment has no approval rule or does not
    /// exist.
    ///
    /// Of a deployment that is requested, its requester and the account on whose behalf it was requested are left out too,
    /// unless the rule allows self-approval: ask [`Directory::who_may`] with [`Action::Approve`] on the deployment.
    ///
    /// Pass the present time as `at`; without it, everything that has an expiry counts as expired.
    ///
    /// The rule is in the guide: [approvals](crate::_guide::policy#approvals).
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::model::{ApprovalFrom, ApprovalRule};
    /// use shipgate::{AccountKind, Directory, Protection, Role, Visibility};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// for (account, role) in [("alice", Role::Developer), ("carol", Role::Admin), ("olivia", Role::Owner)] {
    ///     rows.member("acme-corp", account.into(), AccountKind::User, role, None)?;
    /// }
    /// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
    /// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
    /// let by_owners = Protection::restricted(ApprovalRule::new(ApprovalFrom::Owner));
    /// rows.environment("shop-staging".into(), "shop", "us-east", "shop-staging", Protection::RESTRICTED)?;
    /// rows.environment("shop-production".into(), "shop", "us-east", "shop-production", by_owners)?;
    /// let directory = rows.build();
    ///
    /// assert_eq!(directory.approvers("shop-production", None).collect::<Vec<_>>(), ["olivia"]);
    /// assert_eq!(directory.approvers("shop-staging", None).count(), 0, "it has no approval rule");
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    pub fn approvers<Q>(&self, environment: &Q, at: Option<Time>) -> impl Iterator<Item = &Id> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.environment_fact(environment).into_iter().flat_map(move |environment| {
            let deployment = DeploymentFact::looked_up(environment, None, None, None, &NoApprovals);
            let members = self.members_of::<Id>(environment.organization());
            let approvers = members.filter(move |account| {
                let subject = SubjectFact::at(Some(account.0), at);
                decide_of(subject, Action::Approve, ResourceFact::Deployment(&deployment)).is_allowed()
            });
            approvers.map(AccountRef::id)
        })
    }
}

struct NoApprovals;

impl<Id> LookUpApprovals<Id> for NoApprovals {
    fn each<'a>(&'a self, _: &mut dyn FnMut(ApprovalFact<'a, Id>) -> ControlFlow<()>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

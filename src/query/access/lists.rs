//! The lists of access: to a cluster, to a project, to an environment.

use core::borrow::Borrow;
use core::hash::Hash;

use super::member::Member;
use super::{Access, EffectiveRole, EnvironmentAccess};
use crate::directory::store::Directory;
use crate::model::access::ClusterAccess;
use crate::model::action::Action;
use crate::model::fact::ResourceFact;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::model::time::Time;

impl<Id: Hash + Ord> Directory<Id> {
    /// Who has access to this cluster, at which level, why, and until when? Lists the members who may view the cluster, in the
    /// order of their ids, so that each level is above none. Empty if the cluster does not exist.
    ///
    /// The level is that of the role in the organization. It says how far the member's access goes, and not which permissions
    /// the role has: for one action, ask [`Directory::who_may`].
    ///
    /// Pass the present time as `at`; without it, the list has what each member has whatever expires.
    ///
    /// The rule is in the guide: [cluster access](crate::_guide::policy#cluster-access).
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::query::AccessSource;
    /// use shipgate::{AccountKind, ClusterAccess, Directory, Holder, Role, Visibility};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// for (account, role) in [("alice", Role::Developer), ("betty", Role::Billing), ("carol", Role::Admin)] {
    ///     rows.member("acme-corp", account.into(), AccountKind::User, role, None)?;
    /// }
    /// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
    /// rows.cluster_access("us-east", Holder::Account("alice"), ClusterAccess::View)?;
    /// let directory = rows.build();
    ///
    /// let levels = directory.cluster_access("us-east", None).map(|(id, access)| (id.as_str(), access.value(), access.source()));
    /// let alice = "alice".to_string();
    /// assert_eq!(levels.collect::<Vec<_>>(), [
    ///     ("alice", ClusterAccess::View, AccessSource::ClusterAccess(Holder::Account(&alice))),
    ///     ("carol", ClusterAccess::Manage, AccessSource::Role(Role::Admin.into())),
    /// ]);
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    pub fn cluster_access<Q>(
        &self,
        cluster: &Q,
        at: Option<Time>,
    ) -> impl Iterator<Item = (&Id, Access<'_, Id, ClusterAccess>)> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.cluster_fact(cluster).into_iter().flat_map(move |cluster| {
            let viewers = self.viewers(ResourceId::Cluster(cluster.id()), ResourceFact::Cluster(cluster), at);
            viewers.filter_map(move |member| Some((member.id(), member.level()?)))
        })
    }

    /// Who has access to this project, with which role, why, and until when? Lists the members who may view the project, in the
    /// order of their ids, with the role that counts for them there. Empty if the project does not exist.
    ///
    /// A member whose role counts but does not have the permission `view` is left out: every action on a project needs it.
    ///
    /// Pass the present time as `at`; without it, the list has what each member has whatever expires.
    ///
    /// The rule is in the guide: [the effective role](crate::_guide::policy#effective-role).
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::query::AccessSource;
    /// use shipgate::{AccountKind, Directory, Grant, Holder, ProjectRole, Role, Time, Visibility};
    ///
    /// let (now, noon) = (Time::from_millis(1_795_219_200_000), Time::from_millis(1_795_262_400_000));
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// for (account, role) in [("alice", Role::Developer), ("bob", Role::Developer), ("carol", Role::Admin)] {
    ///     rows.member("acme-corp", account.into(), AccountKind::User, role, None)?;
    /// }
    /// rows.team("contractors".into(), "acme-corp")?;
    /// rows.team_member("contractors", "bob")?;
    /// rows.project("ledger".into(), "acme-corp", Visibility::Members)?;
    /// rows.project_role("ledger", Holder::Team("contractors"), Grant::new(ProjectRole::Viewer).until(noon))?;
    /// let directory = rows.build();
    ///
    /// let [(bob, by_team), (carol, by_role)] = directory.project_access("ledger", Some(now)).collect::<Vec<_>>()[..] else {
    ///     panic!("alice does not see the project")
    /// };
    /// assert_eq!((bob.as_str(), by_team.value().rank(), by_team.until()), ("bob", Role::Viewer, Some(noon)));
    /// assert_eq!(by_team.source(), AccessSource::ProjectRole(Holder::Team(&"contractors".to_string())));
    /// assert_eq!((carol.as_str(), by_role.value().rank(), by_role.until()), ("carol", Role::Admin, None));
    /// assert_eq!(by_role.source(), AccessSource::Role(Role::Admin.into()));
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    pub fn project_access<Q>(
        &self,
        project: &Q,
        at: Option<Time>,
    ) -> impl Iterator<Item = (&Id, Access<'_, Id, EffectiveRole>)> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.project_fact(project).into_iter().flat_map(move |project| {
            let viewers = self.viewers(ResourceId::Project(project.id()), ResourceFact::Project(project), at);
            viewers.filter_map(move |member| Some((member.id(), member.role()?)))
        })
    }

    /// Who has access to this environment, with which role and at which level, why, and until when? Lists the members who may
    /// view the environment, in the order of their ids, with the role that counts in its project, and the access to its cluster
    /// by that role. Empty if the environment does not exist.
    ///
    /// It says nothing of the environment's protection: for deployments, ask [`Directory::deployers`] and
    /// [`Directory::approvers`].
    ///
    /// Pass the present time as `at`; without it, the list has what each member has whatever expires.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::query::AccessSource;
    /// use shipgate::{AccountKind, ClusterAccess, Directory, Holder, Protection, Role, Visibility};
    ///
    /// let mut rows = Directory::<String>::builder();
    /// rows.organization("acme-corp".into())?;
    /// for (account, role) in [("alice", Role::Developer), ("bob", Role::Developer)] {
    ///     rows.member("acme-corp", account.into(), AccountKind::User, role, None)?;
    /// }
    /// rows.cluster("us-east".into(), "acme-corp", Visibility::Organization)?;
    /// rows.cluster_access("us-east", Holder::Account("alice"), ClusterAccess::View)?;
    /// rows.cluster_access("us-east", Holder::Account("bob"), ClusterAccess::None)?;
    /// rows.project("shop".into(), "acme-corp", Visibility::Organization)?;
    /// rows.environment("shop-dev".into(), "shop", "us-east", "shop-dev", Protection::NONE)?;
    /// let directory = rows.build();
    ///
    /// let [(alice, access)] = directory.environment_access("shop-dev", None).collect::<Vec<_>>()[..] else {
    ///     panic!("bob is shut out")
    /// };
    /// assert_eq!(access.role().source(), AccessSource::Role(Role::Developer.into()));
    /// assert_eq!(access.level().value(), ClusterAccess::View);
    /// assert_eq!(access.level().source(), AccessSource::ClusterAccess(Holder::Account(alice)));
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    pub fn environment_access<Q>(
        &self,
        environment: &Q,
        at: Option<Time>,
    ) -> impl Iterator<Item = (&Id, EnvironmentAccess<'_, Id>)> + use<'_, Id, Q>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.environment_fact(environment).into_iter().flat_map(move |environment| {
            let resource = ResourceFact::Environment(environment);
            let viewers = self.viewers(ResourceId::Environment(environment.id()), resource, at);
            viewers.filter_map(move |member| Some((member.id(), member.in_environment()?)))
        })
    }

    /// The members who may view a resource, which is named and given.
    fn viewers<'a>(
        &'a self,
        named: ResourceRef<'a, Id, Id>,
        resource: ResourceFact<'a, Id>,
        at: Option<Time>,
    ) -> impl Iterator<Item = Member<'a, Id>> {
        let viewers = self.who_may(Action::View, named, at);
        viewers.filter_map(move |(account, _)| Member::of(self.account_fact::<Id>(account)?, resource, at))
    }
}

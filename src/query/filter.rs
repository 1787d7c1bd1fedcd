//! Filters: the resources on which a subject may perform an action, as a condition for your own database query. `decide` is
//! called with one example of each class of resources that it cannot tell apart.

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::hash::Hash;

use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::access::ClusterAccess;
use crate::model::action::Action;
use crate::model::fact::{
    ClusterFact, MembershipFact, NewEnvironmentFact, OrganizationFact, ProjectFact, ResourceFact, RoleFact, SubjectFact,
};
use crate::model::names::copy;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::role::ProjectRole;
use crate::model::time::GrantState;
use crate::model::token::Token;
use crate::policy::decide::decide_of;
use crate::policy::decision::Decision;
use crate::query::class::Classes;
use crate::query::condition::{Alternative, Condition, EnvironmentCondition};
use crate::query::protections::Protections;
use crate::query::selection::{Selection, Unknown};

/// The resources of an organization on which a subject may perform an action, as a condition for your own database query.
///
/// The condition selects exactly the resources for which [`Directory::decide`] allows the action. It reflects the directory
/// as it is now, at the subject's time: make a new one for each query. It names the clusters and projects that it selects, so
/// it never selects one that your database has and the directory does not have yet.
/// [`Filter::open_to_new_rows`] makes it shorter, and gives that up.
///
/// If the organization does not exist, or the subject may not perform the action on anything in it, nothing is selected.
///
/// # Examples
///
/// ```
/// use shipgate::{AccountKind, Action, ClusterAccess, Directory, Grant, Holder, Role, SubjectId, Visibility};
/// use shipgate::query::Selection;
/// use shipgate::sql::{Column, Columns, Dialect, Parameter};
///
/// let mut rows = Directory::<String>::builder();
/// rows.organization("acme-corp".into())?;
/// rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, None)?;
/// for cluster in ["us-east", "us-west"] {
///     rows.cluster(cluster.into(), "acme-corp", Visibility::Organization)?;
/// }
/// rows.cluster_access("us-east", Holder::Account("alice"), Grant::new(ClusterAccess::View))?;
/// let directory = rows.build();
///
/// let clusters = directory.filter(&SubjectId::new("alice"), Action::Deploy, "acme-corp").clusters();
/// assert_eq!(clusters.selection(), &Selection::Only(vec!["us-west".into()]));
///
/// let columns = Columns { organization: Column::new("organization")?, id: Column::new("id")? };
/// let clause = clusters.sql(Dialect::Postgres, &columns, 0);
/// assert_eq!(clause.text(), r#"("organization" = $1 AND "id" = ANY($2))"#);
/// assert_eq!(clause.parameters(), [Parameter::Id(&"acme-corp".into()), Parameter::Ids(&["us-west".into()])]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Filter<'a, Id> {
    directory: &'a Directory<Id>,
    subject: SubjectFact<'a, Id>,
    /// The organization with the action; `None` if it does not exist, or has no such custom role.
    asked: Option<(&'a Id, Action<RoleFact<'a, Id>>)>,
    awaiting: Awaiting,
    unknown: Unknown,
}

copy!(Filter);

/// What happens to resources for which all that is missing is approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaiting {
    LeftOut,
    Selected,
}

impl<Id: Hash + Ord> Directory<Id> {
    /// On which clusters, projects and environments of an organization may this subject perform this action?
    #[must_use]
    pub fn filter<'a, Q>(
        &'a self,
        subject: &SubjectId<'a, Id, Q>,
        action: Action<&Q>,
        organization: &Q,
    ) -> Filter<'a, Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let organization = self.organization_fact(organization).map(OrganizationFact::id);
        Filter {
            directory: self,
            subject: self.subject_fact(subject),
            asked: organization.and_then(|id| Some((id, self.action_in(action, id)?))),
            awaiting: Awaiting::LeftOut,
            unknown: Unknown::LeftOut,
        }
    }
}

impl<Id> Filter<'_, Id> {
    /// Also selects resources for which all that is missing is approval.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Action, Directory, Protection, Role, SubjectId, Visibility};
    ///
    /// let mut rows = Directory::<&str>::builder();
    /// rows.organization("acme-corp")?;
    /// rows.member("acme-corp", "olivia", AccountKind::User, Role::Owner, None)?;
    /// rows.cluster("us-east", "acme-corp", Visibility::Organization)?;
    /// rows.project("shop", "acme-corp", Visibility::Organization)?;
    /// rows.environment("shop-production", "shop", "us-east", "shop-production", Protection::LOCKED)?;
    /// let directory = rows.build();
    /// let production = directory.environment("shop-production").unwrap().to_environment();
    ///
    /// let filter = directory.filter(&SubjectId::new("olivia"), Action::Deploy, "acme-corp");
    /// assert!(!filter.environments().selects(&production));
    /// assert!(filter.or_awaiting_approval().environments().selects(&production));
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    #[must_use]
    pub const fn or_awaiting_approval(self) -> Self {
        Self { awaiting: Awaiting::Selected, ..self }
    }

    /// Lets the condition name the clusters and projects that it leaves out, where they are fewer, so that an Admin's does not
    /// grow with the organization.
    ///
    /// Then it also selects clusters and projects that are in your database and not yet in the directory, *even those that the
    /// subject may not see*. Use it only if that cannot be: if your database adds a row after the directory has it, or if you
    /// run the query on rows of the directory's revision.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{AccountKind, Action, Directory, Role, SubjectId, Visibility, query::Selection};
    ///
    /// let mut rows = Directory::<&str>::builder();
    /// rows.organization("acme-corp")?;
    /// rows.member("acme-corp", "alice", AccountKind::User, Role::Developer, None)?;
    /// rows.project("shop", "acme-corp", Visibility::Organization)?;
    /// rows.project("blog", "acme-corp", Visibility::Organization)?;
    /// rows.project("books", "acme-corp", Visibility::Members)?;
    /// let directory = rows.build();
    ///
    /// let filter = directory.filter(&SubjectId::new("alice"), Action::View, "acme-corp");
    /// assert_eq!(filter.projects().selection(), &Selection::Only(vec!["blog", "shop"]));
    /// assert_eq!(filter.open_to_new_rows().projects().selection(), &Selection::Except(vec!["books"]));
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    #[must_use]
    pub const fn open_to_new_rows(self) -> Self {
        Self { unknown: Unknown::Open, ..self }
    }

    fn organization(&self) -> Option<&Id> {
        self.asked.map(|(organization, _)| organization)
    }
}

impl<Id: Hash + Ord + Clone> Filter<'_, Id> {
    /// The clusters that are selected. Takes one decision per cluster, because the answer can depend on its environments.
    #[must_use]
    pub fn clusters(&self) -> Condition<Id> {
        let clusters = self.all_clusters().map(|cluster| (cluster.id(), self.selects(ResourceFact::Cluster(cluster))));
        Condition::new(self.organization(), Selection::of(clusters, self.unknown))
    }

    /// The projects that are selected. Takes one decision per project, because the answer can depend on its environments.
    #[must_use]
    pub fn projects(&self) -> Condition<Id> {
        let projects = self.all_projects().map(|project| (project.id(), self.selects(ResourceFact::Project(project))));
        Condition::new(self.organization(), Selection::of(projects, self.unknown))
    }

    /// The environments that are selected, by their project, cluster and protection. The condition does not list
    /// environments, so it is also correct for those that are created later, in the projects and on the clusters that it names,
    /// or whose protection changes.
    #[must_use]
    pub fn environments(&self) -> EnvironmentCondition<Id> {
        let Some((organization, action)) = self.asked else {
            return EnvironmentCondition::new(None, Selection::None, Vec::new());
        };
        let projects = Classes::of(self.all_projects(), |project| self.class_of_project(project));
        let clusters = Classes::of(self.all_clusters(), |cluster| self.class_of_cluster(cluster));
        let selected = |project| {
            let on = |cluster| Protections::of(action, |protection| self.selects_one(project, cluster, protection));
            clusters.examples().map(on).collect::<Vec<_>>()
        };
        let by_project: Vec<_> = projects.examples().map(selected).collect();
        EnvironmentCondition::new(
            Some(organization),
            self.environments_of_tokens(),
            alternatives(&projects, &clusters, &by_project, self.unknown),
        )
    }

    fn all_projects(&self) -> impl Iterator<Item = ProjectFact<'_, Id>> {
        self.organization().into_iter().flat_map(|id| self.directory.projects_of(id)).map(|project| project.0)
    }

    fn all_clusters(&self) -> impl Iterator<Item = ClusterFact<'_, Id>> {
        self.organization().into_iter().flat_map(|id| self.directory.clusters_of(id)).map(|cluster| cluster.0)
    }

    fn selects(&self, resource: ResourceFact<'_, Id>) -> bool {
        let Some((_, action)) = self.asked else { return false };
        match decide_of(self.subject, action, resource) {
            Decision::Allow => true,
            Decision::RequireApproval(_) => self.awaiting == Awaiting::Selected,
            Decision::Deny(_) => false,
        }
    }

    /// Whether an environment of this project, on this cluster and with this protection is selected. If a token is restricted
    /// to environments, it is taken to be one of those that the tokens cover.
    fn selects_one(&self, project: ProjectFact<'_, Id>, cluster: ClusterFact<'_, Id>, protection: Protection) -> bool {
        let id = self.covered_environments().and_then(|mut ids| ids.next());
        self.selects(ResourceFact::NewEnvironment(NewEnvironmentFact { id, project, cluster, protection }))
    }

    fn environments_of_tokens(&self) -> Selection<Id> {
        self.covered_environments().map_or(Selection::All, |ids| Selection::only(ids.cloned().collect()))
    }

    /// The environments that the tokens are restricted to, both if there are two; `None` if neither is restricted to any.
    fn covered_environments(&self) -> Option<impl Iterator<Item = &Id>> {
        let restricted = || self.subject.tokens().into_iter().flatten().filter(|token| token.environments().is_some());
        let ids = restricted().next()?.environments()?;
        Some(ids.filter(move |id| restricted().all(|token: &Token<Id>| token.environment::<Id>(id).is_some())))
    }

    fn membership(&self) -> Option<MembershipFact<'_, Id>> {
        self.subject.account?.membership(self.organization()?)
    }

    /// What a decision about an environment reads of its project.
    fn class_of_project(&self, project: ProjectFact<'_, Id>) -> (Visibility, GrantState<ProjectRole>, bool) {
        let role = |membership: MembershipFact<'_, Id>| membership.project_role_at(project.id(), self.subject.now());
        let reached = self.subject.tokens().into_iter().flatten().all(|token| token.reaches_project(project.id()));
        (project.visibility(), self.membership().map_or(GrantState::Nothing, role), reached)
    }

    /// What a decision about an environment reads of its cluster.
    fn class_of_cluster(&self, cluster: ClusterFact<'_, Id>) -> (Visibility, GrantState<ClusterAccess>, bool) {
        let level = |membership: MembershipFact<'_, Id>| membership.cluster_access_at(cluster.id(), self.subject.now());
        let reached = self.subject.tokens().into_iter().flatten().all(|token| token.reaches_cluster(cluster.id()));
        (cluster.visibility(), self.membership().map_or(GrantState::Nothing, level), reached)
    }
}

/// Joins the classes of projects and clusters for which the same protections are selected, and leaves out those for which
/// none is. `by_project` has the selected protections by class of project and class of cluster.
fn alternatives<Id: Ord + Clone>(
    projects: &Classes<ProjectFact<'_, Id>>,
    clusters: &Classes<ClusterFact<'_, Id>>,
    by_project: &[Vec<Protections>],
    unknown: Unknown,
) -> Vec<Alternative<Id>> {
    let mut alternatives = Vec::new();
    for by_cluster in first_of_each(by_project) {
        for protections in first_of_each(by_cluster).filter(|protections| !protections.is_empty()) {
            alternatives.push(Alternative::new(
                projects.selection(ProjectFact::id, unknown, |class| by_project.get(class) == Some(by_cluster)),
                clusters.selection(ClusterFact::id, unknown, |class| by_cluster.get(class) == Some(protections)),
                protections.clone(),
            ));
        }
    }
    alternatives
}

/// The items without duplicates.
fn first_of_each<T: PartialEq>(items: &[T]) -> impl Iterator<Item = &T> {
    items
        .iter()
        .enumerate()
        .filter(|(place, item)| items.iter().position(|other| other == *item) == Some(*place))
        .map(|(_, item)| item)
}

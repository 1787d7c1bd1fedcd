//! Filters: the resources on which a subject may perform an action, as a condition for your own database query. `decide` is
//! called with one example of each class of resources that it cannot tell apart.

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::hash::Hash;

use crate::query::class::Classes;
use crate::query::condition::{Alternative, Condition, EnvironmentCondition};
use crate::query::protections::Protections;
use crate::query::selection::Selection;

use crate::directory::store::Directory;
use crate::directory::subject_id::SubjectId;
use crate::model::access::ClusterAccess;
use crate::model::action::Action;
use crate::model::cluster::Cluster;
use crate::model::environment::NewEnvironment;
use crate::model::names::copy;
use crate::model::organization::Organization;
use crate::model::project::{Project, Visibility};
use crate::model::protection::Protection;
use crate::model::resource::Resource;
use crate::model::role::ProjectRole;
use crate::model::subject::Subject;
use crate::model::time::GrantState;
use crate::model::token::Token;
use crate::policy::decide::decide;
use crate::policy::decision::Decision;
use crate::policy::inputs::state_of;

/// The resources of an organization on which a subject may perform an action, as a condition for your own database query.
///
/// The condition selects exactly the resources for which [`Directory::decide`] allows the action. It reflects the directory
/// as it is now, at the subject's time: make a new one for each query, and run the query on rows of the same revision.
/// Otherwise it can select a project or cluster that was added in the meantime, even if it is hidden from the subject.
///
/// If the organization does not exist, or the subject may not perform the action on anything in it, nothing is selected.
///
/// # Examples
///
/// ```
/// use shipgate::{Action, Directory, Grant, ClusterAccess, Role, SubjectId};
/// use shipgate::query::Selection;
/// use shipgate::sql::{Column, Columns, Dialect, Parameter};
///
/// let mut rows = Directory::<String>::builder();
/// rows.organization("acme-corp".into())?;
/// rows.member("acme-corp", "alice".into(), Role::Developer, None)?;
/// for cluster in ["us-east", "us-west", "eu-west"] {
///     rows.cluster(cluster.into(), "acme-corp")?;
/// }
/// rows.cluster_access("us-east", "alice", Grant::new(ClusterAccess::View))?;
/// let directory = rows.build();
///
/// let clusters = directory.filter(&SubjectId::new("alice"), Action::Deploy, "acme-corp").clusters();
/// assert_eq!(clusters.selection(), &Selection::Except(vec!["us-east".into()]));
///
/// let columns = Columns { organization: Column::new("organization")?, id: Column::new("id")? };
/// let clause = clusters.sql(Dialect::Postgres, &columns, 0);
/// assert_eq!(clause.text(), r#"("organization" = $1 AND "id" <> ALL($2))"#);
/// assert_eq!(clause.parameters(), [Parameter::Id(&"acme-corp".into()), Parameter::Ids(&["us-east".into()])]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Filter<'a, Id> {
    directory: &'a Directory<Id>,
    subject: Subject<'a, Id>,
    action: Action,
    /// `None` if it does not exist.
    organization: Option<&'a Id>,
    awaiting: Awaiting,
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
    pub fn filter<'a, Q>(&'a self, subject: &SubjectId<'a, Id, Q>, action: Action, organization: &Q) -> Filter<'a, Id>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        Filter {
            directory: self,
            subject: self.subject(subject),
            action,
            organization: self.organization(organization).map(Organization::id),
            awaiting: Awaiting::LeftOut,
        }
    }
}

impl<Id> Filter<'_, Id> {
    /// Also selects resources for which all that is missing is approval.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::{Action, Directory, Protection, Role, SubjectId, Visibility};
    ///
    /// let mut rows = Directory::<&str>::builder();
    /// rows.organization("acme-corp")?;
    /// rows.member("acme-corp", "olivia", Role::Owner, None)?;
    /// rows.cluster("us-east", "acme-corp")?;
    /// rows.project("shop", "acme-corp", Visibility::Organization)?;
    /// rows.environment("shop-production", "shop", "us-east", None, Protection::LOCKED)?;
    /// let directory = rows.build();
    /// let production = directory.environment("shop-production").unwrap();
    ///
    /// let filter = directory.filter(&SubjectId::new("olivia"), Action::Deploy, "acme-corp");
    /// assert!(!filter.environments().selects(production));
    /// assert!(filter.or_awaiting_approval().environments().selects(production));
    /// # Ok::<(), shipgate::directory::RowError>(())
    /// ```
    #[must_use]
    pub const fn or_awaiting_approval(self) -> Self {
        Self { awaiting: Awaiting::Selected, ..self }
    }
}

impl<Id: Hash + Ord + Clone> Filter<'_, Id> {
    /// The clusters that are selected. Takes one decision per cluster, because the answer can depend on its environments.
    #[must_use]
    pub fn clusters(&self) -> Condition<Id> {
        let clusters = self.all_clusters().map(|cluster| (cluster.id(), self.selects(Resource::Cluster(cluster))));
        Condition::new(self.organization, Selection::of(clusters))
    }

    /// The projects that are selected. Takes one decision per project, because the answer can depend on its environments.
    #[must_use]
    pub fn projects(&self) -> Condition<Id> {
        let projects = self.all_projects().map(|project| (project.id(), self.selects(Resource::Project(project))));
        Condition::new(self.organization, Selection::of(projects))
    }

    /// The environments that are selected, by their project, cluster and protection. The condition does not list
    /// environments, so it is also correct for those that are created later or whose protection changes.
    #[must_use]
    pub fn environments(&self) -> EnvironmentCondition<Id> {
        let projects = Classes::of(self.all_projects(), |project| self.class_of_project(project));
        let clusters = Classes::of(self.all_clusters(), |cluster| self.class_of_cluster(cluster));
        let selected = |project| {
            let on =
                |cluster| Protections::of(self.action, |protection| self.selects_one(project, cluster, protection));
            clusters.examples().map(on).collect::<Vec<_>>()
        };
        let by_project: Vec<_> = projects.examples().map(selected).collect();
        EnvironmentCondition::new(
            self.organization,
            self.environments_of_token(),
            alternatives(&projects, &clusters, &by_project),
        )
    }

    fn all_projects(&self) -> impl Iterator<Item = &Project<Id>> {
        self.organization.into_iter().flat_map(|id| self.directory.projects_of(id))
    }

    fn all_clusters(&self) -> impl Iterator<Item = &Cluster<Id>> {
        self.organization.into_iter().flat_map(|id| self.directory.clusters_of(id))
    }

    fn selects(&self, resource: Resource<'_, Id>) -> bool {
        match decide(self.subject, self.action, resource) {
            Decision::Allow => true,
            Decision::RequireApproval(_) => self.awaiting == Awaiting::Selected,
            Decision::Deny(_) => false,
        }
    }

    /// Whether an environment of this project, on this cluster and with this protection is selected. If the token is
    /// restricted to environments, it is taken to be one of them.
    fn selects_one(&self, project: &Project<Id>, cluster: &Cluster<Id>, protection: Protection) -> bool {
        let id = self.subject.token.and_then(|token| token.environments()?.next());
        self.selects(Resource::NewEnvironment(NewEnvironment::new(id, project, cluster, protection)))
    }

    fn environments_of_token(&self) -> Selection<Id> {
        let restriction = self.subject.token.and_then(Token::environments);
        restriction.map_or(Selection::All, |ids| Selection::only(ids.cloned().collect()))
    }

    /// What a decision about an environment reads of its project.
    fn class_of_project(&self, project: &Project<Id>) -> (Visibility, GrantState<ProjectRole>, bool) {
        let membership = self.subject.account.and_then(|account| account.membership(project.organization()));
        let role = membership.and_then(|membership| membership.project_role(project.id()));
        let reached = self.subject.token.is_none_or(|token| token.reaches_project(project.id()));
        (project.visibility(), state_of(role, self.subject.now()), reached)
    }

    /// What a decision about an environment reads of its cluster.
    fn class_of_cluster(&self, cluster: &Cluster<Id>) -> (GrantState<ClusterAccess>, bool) {
        let membership = self.subject.account.and_then(|account| account.membership(cluster.organization()));
        let level = membership.and_then(|membership| membership.cluster_access(cluster.id()));
        let reached = self.subject.token.is_none_or(|token| token.reaches_cluster(cluster.id()));
        (state_of(level, self.subject.now()), reached)
    }
}

/// Joins the classes of projects and clusters for which the same protections are selected, and leaves out those for which
/// none is. `by_project` has the selected protections by class of project and class of cluster.
fn alternatives<Id: Ord + Clone>(
    projects: &Classes<'_, Project<Id>>,
    clusters: &Classes<'_, Cluster<Id>>,
    by_project: &[Vec<Protections>],
) -> Vec<Alternative<Id>> {
    let mut alternatives = Vec::new();
    for by_cluster in first_of_each(by_project) {
        for protections in first_of_each(by_cluster).filter(|protections| !protections.is_empty()) {
            alternatives.push(Alternative::new(
                projects.selection(|class| by_project.get(class) == Some(by_cluster)),
                clusters.selection(|class| by_cluster.get(class) == Some(protections)),
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

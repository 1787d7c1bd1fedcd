//! Filters: which clusters, projects and environments a subject may do something to, as a condition that a service puts
//! into its own query. Every set in it was asked of `decide`, by an example of each class of what is judged alike.

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

/// One subject and one action, asked of all that an organization holds.
///
/// The answer is a condition, to be put into a query: it selects exactly what [`Directory::decide`] allows. It says what
/// the directory holds now, at the subject's time: ask for it with each query, and let the rows be those of the same
/// revision. A project or a cluster that was put in later may be selected whoever it is hidden from.
///
/// Where the subject may do it to nothing, or the organization is not held, nothing is selected.
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
    /// Where it is held.
    organization: Option<&'a Id>,
    awaiting: Awaiting,
}

copy!(Filter);

/// What becomes of that which only waits for approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaiting {
    LeftOut,
    Selected,
}

impl<Id: Hash + Ord> Directory<Id> {
    /// Which clusters, projects and environments of an organization may this subject do this to?
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
    /// The same filter, which selects also what is not denied and only waits for approval.
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
    /// The clusters: each was asked about, as the answer may depend on what deploys to it.
    #[must_use]
    pub fn clusters(&self) -> Condition<Id> {
        let asked = self.held_clusters().map(|cluster| (cluster.id(), self.selects(Resource::Cluster(cluster))));
        Condition::new(self.organization, Selection::of(asked))
    }

    /// The projects: each was asked about, as the answer may depend on its environments.
    #[must_use]
    pub fn projects(&self) -> Condition<Id> {
        let asked = self.held_projects().map(|project| (project.id(), self.selects(Resource::Project(project))));
        Condition::new(self.organization, Selection::of(asked))
    }

    /// The environments, by their project, cluster and protection. It does not depend on which environments there are, so
    /// those that are created later, or protected otherwise, are judged as well.
    #[must_use]
    pub fn environments(&self) -> EnvironmentCondition<Id> {
        let projects = Classes::of(self.held_projects(), |project| self.class_of_project(project));
        let clusters = Classes::of(self.held_clusters(), |cluster| self.class_of_cluster(cluster));
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

    fn held_projects(&self) -> impl Iterator<Item = &Project<Id>> {
        self.organization.into_iter().flat_map(|id| self.directory.projects_of(id))
    }

    fn held_clusters(&self) -> impl Iterator<Item = &Cluster<Id>> {
        self.organization.into_iter().flat_map(|id| self.directory.clusters_of(id))
    }

    fn selects(&self, resource: Resource<'_, Id>) -> bool {
        match decide(&self.subject, self.action, resource) {
            Decision::Allow => true,
            Decision::RequireApproval(_) => self.awaiting == Awaiting::Selected,
            Decision::Deny(_) => false,
        }
    }

    /// Whether it selects an environment of this project, on this cluster, with this protection: one that the token is for,
    /// where it is restricted to some.
    fn selects_one(&self, project: &Project<Id>, cluster: &Cluster<Id>, protection: Protection) -> bool {
        let id = self.subject.token.and_then(|token| token.environments()?.next());
        self.selects(Resource::NewEnvironment(NewEnvironment::new(id, project, cluster, protection)))
    }

    fn environments_of_token(&self) -> Selection<Id> {
        let restriction = self.subject.token.and_then(Token::environments);
        restriction.map_or(Selection::All, |ids| Selection::only(ids.cloned().collect()))
    }

    /// What an answer about an environment reads of its project.
    fn class_of_project(&self, project: &Project<Id>) -> (Visibility, GrantState<ProjectRole>, bool) {
        let membership = self.subject.account.and_then(|account| account.membership(project.organization()));
        let role = membership.and_then(|membership| membership.project_role(project.id()));
        let reached = self.subject.token.is_none_or(|token| token.reaches_project(project.id()));
        (project.visibility(), state_of(role, self.subject.now()), reached)
    }

    /// What an answer about an environment reads of its cluster.
    fn class_of_cluster(&self, cluster: &Cluster<Id>) -> (GrantState<ClusterAccess>, bool) {
        let membership = self.subject.account.and_then(|account| account.membership(cluster.organization()));
        let level = membership.and_then(|membership| membership.cluster_access(cluster.id()));
        let reached = self.subject.token.is_none_or(|token| token.reaches_cluster(cluster.id()));
        (state_of(level, self.subject.now()), reached)
    }
}

/// What is selected, given the protections by class of project and class of cluster: classes that are alike are brought
/// together, and what is nowhere selected is left out.
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

/// Each different item, once.
fn first_of_each<T: PartialEq>(items: &[T]) -> impl Iterator<Item = &T> {
    items
        .iter()
        .enumerate()
        .filter(|(place, item)| items.iter().position(|other| other == *item) == Some(*place))
        .map(|(_, item)| item)
}

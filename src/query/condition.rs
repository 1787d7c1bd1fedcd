//! Conditions: the resources that a filter selects.

use alloc::vec::Vec;

use crate::model::environment::Environment;
use crate::query::protections::Protections;
use crate::query::selection::Selection;

/// The clusters or the projects of an organization that a filter selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition<Id> {
    organization: Option<Id>,
    selection: Selection<Id>,
}

impl<Id: Clone> Condition<Id> {
    pub(crate) fn new(organization: Option<&Id>, selection: Selection<Id>) -> Self {
        Self { organization: organization.cloned(), selection }
    }
}

impl<Id> Condition<Id> {
    /// The organization. If `None`, it does not exist, and nothing is selected.
    #[must_use]
    pub const fn organization(&self) -> Option<&Id> {
        self.organization.as_ref()
    }

    /// The clusters or projects of the organization that are selected.
    #[must_use]
    pub const fn selection(&self) -> &Selection<Id> {
        &self.selection
    }
}

/// The environments of an organization that a filter selects: those that match at least one alternative and, if the token
/// is restricted to environments, are among them.
///
/// # Examples
///
/// ```
/// use shipgate::{AccountKind, Action, Directory, Protection, Role, SubjectId, Visibility};
/// use shipgate::query::Selection;
///
/// let mut rows = Directory::<&str>::builder();
/// rows.organization("acme-corp")?;
/// rows.member("acme-corp", "alice", AccountKind::User, Role::Developer, None)?;
/// rows.cluster("us-east", "acme-corp", Visibility::Organization)?;
/// rows.project("shop", "acme-corp", Visibility::Organization)?;
/// let directory = rows.build();
///
/// let filter = directory.filter(&SubjectId::new("alice"), Action::Deploy, "acme-corp");
/// let condition = filter.environments();
/// let [alternative] = condition.alternatives() else { panic!("alice has one role everywhere") };
/// assert_eq!(alternative.projects(), &Selection::Only(vec!["shop"]));
/// assert_eq!(alternative.clusters(), &Selection::Only(vec!["us-east"]));
/// assert!(alternative.protections().contains(Protection::NONE));
/// assert!(!alternative.protections().contains(Protection::RESTRICTED));
/// # Ok::<(), shipgate::directory::RowError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentCondition<Id> {
    organization: Option<Id>,
    environments: Selection<Id>,
    alternatives: Vec<Alternative<Id>>,
}

impl<Id: Clone> EnvironmentCondition<Id> {
    pub(crate) fn new(
        organization: Option<&Id>,
        environments: Selection<Id>,
        alternatives: Vec<Alternative<Id>>,
    ) -> Self {
        Self { organization: organization.cloned(), environments, alternatives }
    }
}

impl<Id> EnvironmentCondition<Id> {
    /// The organization. If `None`, it does not exist, and nothing is selected.
    #[must_use]
    pub const fn organization(&self) -> Option<&Id> {
        self.organization.as_ref()
    }

    /// The environments that the token covers: all of them, unless it is restricted to some.
    #[must_use]
    pub const fn environments(&self) -> &Selection<Id> {
        &self.environments
    }

    /// The alternatives, of which an environment must match at least one. If there are none, nothing is selected.
    #[must_use]
    pub fn alternatives(&self) -> &[Alternative<Id>] {
        &self.alternatives
    }
}

impl<Id: Ord> EnvironmentCondition<Id> {
    /// Whether the condition selects this environment. It need not be in the directory.
    #[must_use]
    pub fn selects(&self, environment: &Environment<Id>) -> bool {
        self.organization.as_ref() == Some(environment.organization())
            && self.environments.contains(environment.id())
            && self.alternatives.iter().any(|alternative| alternative.selects(environment))
    }
}

/// One way for an environment to be selected. Its project, its cluster and its protection must all match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative<Id> {
    projects: Selection<Id>,
    clusters: Selection<Id>,
    protections: Protections,
}

impl<Id> Alternative<Id> {
    pub(crate) const fn new(projects: Selection<Id>, clusters: Selection<Id>, protections: Protections) -> Self {
        Self { projects, clusters, protections }
    }

    /// The projects that match.
    #[must_use]
    pub const fn projects(&self) -> &Selection<Id> {
        &self.projects
    }

    /// The clusters that match.
    #[must_use]
    pub const fn clusters(&self) -> &Selection<Id> {
        &self.clusters
    }

    /// The protections that match.
    #[must_use]
    pub const fn protections(&self) -> &Protections {
        &self.protections
    }
}

impl<Id: Ord> Alternative<Id> {
    fn selects(&self, environment: &Environment<Id>) -> bool {
        self.projects.contains(environment.project())
            && self.clusters.contains(environment.cluster())
            && self.protections.contains(environment.protection())
    }
}

//! What the tables say for lists, which ask one question about many resources, or of many members.

use crate::model::access::{ClusterAccess, OnCluster};
use crate::model::fact::ResourceFact;
use crate::model::project::Visibility;
use crate::model::protection::class::Class;
use crate::model::role::{ProjectRole, RankedPermissions};
use crate::model::scope::Scope;
use crate::model::time::GrantState;
use crate::policy::asked::Asks;
use crate::policy::decision::Decision;
use crate::policy::requirement::Requirement;
use crate::policy::verdict::position::{ClusterBits, ProjectBits, position_index};
use crate::policy::verdict::verdicts::Permitted;
use crate::policy::verdict::{Member, TABLES};

/// A member in a project, of whom the same is asked about many environments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InProject {
    requirement: &'static Requirement,
    permitted: Permitted,
    /// The position on no cluster.
    place: usize,
}

impl InProject {
    pub(crate) fn of(
        requirement: &'static Requirement,
        role: RankedPermissions,
        visibility: Visibility,
        project_role: GrantState<ProjectRole>,
    ) -> Self {
        let project = Some(ProjectBits::new(visibility, project_role));
        let permitted = TABLES.permitted(requirement, role, project);
        Self { requirement, permitted, place: position_index(role, project, ClusterBits::NONE) }
    }

    /// The decision on an environment; `None` if only the gates can say it.
    #[inline]
    pub(crate) fn look_up(self, on: OnCluster, class: Class) -> Option<Decision> {
        let ClusterBits(cluster) = ClusterBits::new(on);
        TABLES.decision(self.requirement, self.permitted, TABLES.positions.at(self.place | cluster), class)
    }
}

/// A resource and a question about it that many members ask.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnResource {
    requirement: &'static Requirement,
    project: Option<Visibility>,
    cluster: Option<Visibility>,
    class: Class,
}

impl OnResource {
    /// `None` if only the gates can say anything.
    pub(crate) fn of<'a, Id: Eq>(action: impl Asks<'a, Id>, resource: &ResourceFact<'a, Id>) -> Option<Self> {
        let is_in_tables = matches!(
            resource,
            ResourceFact::Organization(_)
                | ResourceFact::Project(_)
                | ResourceFact::Environment(_)
                | ResourceFact::Cluster(_)
        );
        let scope = Scope::of(resource);
        if !is_in_tables || !action.suits(resource.kind()) || !action.role_belongs(scope.organization) {
            return None;
        }
        let [cluster, _] = scope.clusters;
        Some(Self {
            requirement: Requirement::for_action(action.kind(), resource.kind())?,
            project: scope.project.map(|(_, visibility)| visibility),
            cluster: cluster.map(|(_, visibility)| visibility),
            class: scope.protection.class(),
        })
    }

    /// The decision on a question of a member with this role, and with what is granted there; `None` if only the gates can say it.
    #[inline]
    pub(crate) fn look_up(
        self,
        role: RankedPermissions,
        project_role: GrantState<ProjectRole>,
        granted: GrantState<ClusterAccess>,
    ) -> Option<Decision> {
        let project = self.project.map(|visibility| ProjectBits::new(visibility, project_role));
        let cluster =
            self.cluster.map_or(ClusterBits::NONE, |visibility| ClusterBits::new(OnCluster { visibility, granted }));
        TABLES.look_up(self.requirement, Some(Member { role, project, cluster }), self.class)
    }
}

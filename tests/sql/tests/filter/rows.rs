//! A directory as rows.

use shipgate::directory::EnvironmentRef;
use shipgate::model::SelfApproval;
use shipgate::{Directory, Protection};

use crate::engine::Stored;

/// The rows of a directory's facts, as a service stores them.
pub(crate) struct Rows<N> {
    pub(crate) clusters: Vec<[N; 2]>,
    pub(crate) projects: Vec<[N; 2]>,
    pub(crate) environments: Vec<Row<N>>,
}

/// An environment. `None` is NULL.
#[derive(Clone, Debug)]
pub(crate) struct Row<N> {
    /// The organization, its own id, the project and the cluster.
    pub(crate) ids: [Option<N>; 4],
    pub(crate) protection: Option<&'static str>,
    pub(crate) approval_from: Option<&'static str>,
    pub(crate) approval_count: Option<i16>,
    pub(crate) self_approval: Option<bool>,
    pub(crate) bypass: Option<&'static str>,
}

impl<N: Stored> Rows<N> {
    pub(crate) fn of(directory: &Directory<N>) -> Self {
        Self {
            clusters: directory.clusters().map(|held| [held.organization().clone(), held.id().clone()]).collect(),
            projects: directory.projects().map(|held| [held.organization().clone(), held.id().clone()]).collect(),
            environments: directory.environments().map(Row::of).collect(),
        }
    }

    /// Environments alone.
    pub(crate) fn of_environments(environments: Vec<Row<N>>) -> Self {
        Self { clusters: Vec::new(), projects: Vec::new(), environments }
    }
}

impl<N: Stored> Row<N> {
    pub(crate) fn of(held: EnvironmentRef<'_, N>) -> Self {
        let ids = [held.organization(), held.id(), held.project(), held.cluster()];
        Self { ids: ids.map(|id| Some(id.clone())), ..Self::protected(held.protection()) }
    }

    fn protected(protection: Protection) -> Self {
        let rule = protection.rule();
        Self {
            ids: [None, None, None, None],
            protection: Some(protection.level().as_str()),
            approval_from: rule.map(|rule| rule.from().as_str()),
            approval_count: rule.map(|rule| rule.count().into()),
            self_approval: rule.map(|rule| rule.self_approval() == SelfApproval::Allowed),
            bypass: rule.map(|rule| rule.bypass().as_str()),
        }
    }
}

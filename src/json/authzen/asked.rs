//! What a question asks of a directory, its ids looked up.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt::Display;
use core::hash::Hash;

use crate::directory::key::Key;
use crate::directory::question::Question;
use crate::directory::store::Directory;
use crate::json::authzen::named::Named;
use crate::model::action::Action;
use crate::model::deployment::ApprovalId;
use crate::model::fact::{ResourceFact, SubjectFact};
use crate::model::resource::{ResourceId, ResourceKey};
use crate::model::token::Token;
use crate::policy::asked::Asked as Asking;
use crate::policy::decide::{decide_here, exposure_of};
use crate::policy::decision::{Decision, Denied, Exposure};
use crate::policy::reason::{ClusterOf, Reason};

/// A subject, an action and a resource, whose ids are keys in a directory.
pub(crate) struct Asked<'a, Id, K> {
    pub(crate) directory: &'a Directory<Id>,
    pub(crate) subject: SubjectFact<'a, Id>,
    pub(crate) action: Action<K>,
    pub(crate) resource: ResourceKey<'a, Id, K>,
}

impl<Id, K> Asked<'_, Id, K>
where
    Id: Hash + Ord + Borrow<K::Id> + Display,
    K: Key<Id: Hash + Ord>,
{
    /// What [`Directory::decide`] decides.
    pub(crate) fn decide(&self) -> Decision {
        let subject = self.subject;
        let decide = |action, resource: ResourceFact<'_, Id>| decide_here(Asking { subject, action, resource });
        let decision = self.directory.with_facts(&subject, self.action, self.resource, decide);
        decision.unwrap_or(Decision::Deny(Reason::UnknownResource))
    }

    /// What [`Directory::authorize`] answers, of which nothing is recorded.
    pub(crate) fn require(&self) -> Result<(), Denied> {
        let subject = self.subject;
        let exposure = |resource: ResourceFact<'_, Id>| exposure_of(subject, resource);
        let exposure = || self.directory.with_resource(subject.tokens(), self.resource, exposure);
        Denied::unless_allowed(self.decide(), || exposure().unwrap_or(Exposure::Hidden))
    }

    /// The id of a cluster of the resource.
    pub(crate) fn id_of(&self, cluster: ClusterOf) -> Option<String> {
        let directory = self.directory;
        let id = match (self.resource, cluster) {
            (ResourceId::Placement { to, .. }, ClusterOf::New) => directory.cluster(to.id()?)?.id(),
            (
                ResourceId::Environment(environment)
                | ResourceId::Deployment { environment, .. }
                | ResourceId::Placement { environment, .. },
                _,
            ) => directory.environment(environment.id()?)?.cluster(),
            (
                ResourceId::Project(project)
                | ResourceId::ProjectMember { project, .. }
                | ResourceId::ProjectTeam { project, .. },
                ClusterOf::OfProject(position),
            ) => directory.project(project.id()?)?.clusters().nth(position.into())?.0,
            (
                ResourceId::NewEnvironment { cluster, .. }
                | ResourceId::Cluster(cluster)
                | ResourceId::ClusterMember { cluster, .. }
                | ResourceId::ClusterTeam { cluster, .. },
                _,
            ) => directory.cluster(cluster.id()?)?.id(),
            (
                ResourceId::Organization(_)
                | ResourceId::Member { .. }
                | ResourceId::Role(_)
                | ResourceId::Team(_)
                | ResourceId::TeamMember { .. }
                | ResourceId::Project(_)
                | ResourceId::ProjectMember { .. }
                | ResourceId::ProjectTeam { .. },
                _,
            ) => return None,
        };
        Some(id.to_string())
    }
}

/// What a question with named ids has of ids alone: its tokens without what is no id, and the approvals that may count.
pub(crate) struct OfIds<Id> {
    token: Option<Token<Id>>,
    service_token: Option<Token<Id>>,
    approvals: Vec<ApprovalId<Id>>,
}

impl<Id: Hash + Ord + Clone> OfIds<Id> {
    pub(crate) fn new(question: &Question<Named<Id>>) -> Self {
        let token = |token: &Option<Token<Named<Id>>>| {
            token.as_ref().map(|token| token.filter_map_ids(|named| named.id().cloned()))
        };
        let approvals = match &question.resource {
            ResourceId::Deployment { approvals, .. } => approvals.iter().filter_map(Self::approval).collect(),
            ResourceId::Organization(_)
            | ResourceId::Member { .. }
            | ResourceId::Role(_)
            | ResourceId::Team(_)
            | ResourceId::TeamMember { .. }
            | ResourceId::Project(_)
            | ResourceId::ProjectMember { .. }
            | ResourceId::ProjectTeam { .. }
            | ResourceId::Environment(_)
            | ResourceId::NewEnvironment { .. }
            | ResourceId::Placement { .. }
            | ResourceId::Cluster(_)
            | ResourceId::ClusterMember { .. }
            | ResourceId::ClusterTeam { .. } => Vec::new(),
        };
        Self { token: token(&question.token), service_token: token(&question.service_token), approvals }
    }

    /// An approval that may count: by an account that may be known, and for a cluster that may be the environment's.
    fn approval(approval: &ApprovalId<Named<Id>>) -> Option<ApprovalId<Id>> {
        let cluster = match &approval.cluster {
            Some(cluster) => Some(cluster.id()?.clone()),
            None => None,
        };
        let (by, release) = (approval.by.id()?.clone(), approval.release.clone());
        Some(ApprovalId { by, release, cluster, expires_at: approval.expires_at })
    }

    pub(crate) fn ask<'a>(
        &'a self,
        directory: &'a Directory<Id>,
        question: &'a Question<Named<Id>>,
    ) -> Asked<'a, Id, Option<&'a Id>> {
        let account = question.account.id().and_then(|id| directory.account_fact::<Id>(id));
        let account = account.filter(|account| question.kind.is_none_or(|kind| kind == account.kind()));
        let (token, service_token) = (self.token.as_ref(), self.service_token.as_ref());
        Asked {
            directory,
            subject: SubjectFact { account, token, service_token, now: question.time },
            action: question.action.as_ref().map(Named::id),
            resource: question.resource.map(Named::id, |_| self.approvals.as_slice(), String::as_str),
        }
    }
}

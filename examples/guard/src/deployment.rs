//! Deployments, as this service stores them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use shipgate::ResourceId;
use shipgate::guard::Problem;
use shipgate::model::ApprovalId;
use uuid::Uuid;

/// A deployment that an account requested. Its approvals are for this version alone: shipgate counts none that was given for
/// another one.
#[derive(Clone, Debug)]
pub(crate) struct Deployment {
    pub(crate) environment: Uuid,
    pub(crate) version: String,
    pub(crate) requested_by: Uuid,
    pub(crate) approvals: Vec<ApprovalId<Uuid>>,
    pub(crate) status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// It waits for approvals, or to be started once it has them.
    Pending,
    Started,
}

impl Deployment {
    pub(crate) fn new(environment: Uuid, version: String, requested_by: Uuid) -> Self {
        Self { environment, version, requested_by, approvals: Vec::new(), status: Status::Pending }
    }

    /// The deployment as shipgate takes it.
    pub(crate) fn resource(&self) -> ResourceId<&Uuid, &[ApprovalId<Uuid>], &str> {
        ResourceId::Deployment {
            environment: &self.environment,
            requested_by: &self.requested_by,
            // Name the account here that you deploy for, if a bot or a pipeline requests deployments for people.
            on_behalf_of: None,
            release: Some(&self.version),
            approvals: &self.approvals,
        }
    }

    /// Adds an approval of what this deployment carries.
    pub(crate) fn approve(&mut self, by: Uuid) {
        self.approvals.push(ApprovalId::new(by).for_release(self.version.clone()));
    }

    /// Starts the rollout. shipgate never acts: your deployer is called here.
    pub(crate) fn start(&mut self) {
        self.status = Status::Started;
    }
}

/// The deployments by id, in place of your database.
#[derive(Debug, Default)]
pub(crate) struct Deployments(Mutex<HashMap<Uuid, Deployment>>);

impl Deployments {
    pub(crate) fn insert(&self, id: Uuid, deployment: Deployment) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, deployment);
    }

    /// Passes on a deployment under the lock, so that it is still the one that was authorized when the handler changes it.
    /// With a database, lock its row: `SELECT … FOR UPDATE`.
    pub(crate) fn with<T>(
        &self,
        id: Uuid,
        handle: impl FnOnce(&mut Deployment) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut deployments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        handle(deployments.get_mut(&id).ok_or_else(Problem::not_found)?)
    }
}

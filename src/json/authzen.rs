//! The question and the answer of the `AuthZEN` Authorization API 1.0, in JSON.

mod answer;
mod request;

use alloc::string::String;
use alloc::vec::Vec;

pub use answer::Answer;
use serde::Deserialize;

use crate::directory::Directory;
use crate::directory::resolve::{ApprovalId, ResourceId, SubjectId};
use crate::json::strict::object;
use crate::model::account::AccountKind;
use crate::model::action::Action;
use crate::model::field::present;
use crate::model::protection::Protection;
use crate::model::time::Time;
use crate::model::token::Token;
use crate::policy::decision::{ClusterOf, Decision, Exposure, Reason};

/// An Access Evaluation request: may this subject do this to that?
///
/// | part | members |
/// |---|---|
/// | `subject` | `type` (`user` or `service`), `id`; `properties.token` |
/// | `action` | `name`; in `properties`, `role` for `invite_member`, `to` for an action that sets something, and `expires_at` beside the `to` of `set_project_role` and `set_cluster_access` |
/// | `resource` | `type`, `id`, and the `properties` of its type |
/// | `context` | `time`: the present time |
///
/// | resource | `id` | `properties` |
/// |---|---|---|
/// | `organization`, `project`, `cluster`, `environment` | its id | |
/// | `member` | account id | `organization` |
/// | `project_member` | account id | `project` |
/// | `cluster_member` | account id | `cluster` |
/// | `placement` | environment id | `cluster`: the new one |
/// | `deployment` | any | `environment`, `requested_by`, optional `approvals`: `[{ "by": account id, "expires_at": … }]` |
/// | `environment` with the action `create` | the new id | `project`, `cluster`, optional `protection` |
///
/// A subject whose `type` is not its account's kind has no memberships. Whoever asks vouches for the subject, its token and
/// the time: a service that takes questions from strangers puts its own time in with [`Question::at`].
///
/// # Examples
///
/// ```
/// use shipgate::Directory;
/// use shipgate::json::Question;
///
/// let directory = Directory::from_json(
///     r#"{ "organizations": [{
///         "id": "acme-corp",
///         "members": [{ "account": "alice", "role": "developer" }],
///         "clusters": [{ "id": "us-east" }],
///         "projects": [{
///             "id": "shop",
///             "environments": [{ "id": "shop-production", "cluster": "us-east", "protection": "locked" }]
///         }]
///     }] }"#,
/// )?;
/// let question = Question::from_json(
///     r#"{ "subject": { "type": "user", "id": "alice" },
///          "action": { "name": "deploy" },
///          "resource": { "type": "environment", "id": "shop-production" } }"#,
/// )?;
/// assert_eq!(
///     serde_json::to_string(&question.ask(&directory))?,
///     r#"{"decision":false,"context":{"outcome":"deny","reason":"environment_protected","hidden":false,"have":"developer","need":"owner"}}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    subject: Asker,
    action: Action,
    resource: Asked,
    time: Option<Time>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Asker {
    id: String,
    kind: AccountKind,
    token: Option<Token<String>>,
}

/// What is asked about: a [`ResourceId`] that owns its ids.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Organization(String),
    Member { organization: String, account: String },
    Project(String),
    ProjectMember { project: String, account: String },
    Environment(String),
    NewEnvironment { id: String, project: String, cluster: String, protection: Protection },
    Placement { environment: String, to: String },
    Deployment { environment: String, requested_by: String, approvals: Vec<Approved> },
    Cluster(String),
    ClusterMember { cluster: String, account: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct Approved {
    by: String,
    #[serde(default, deserialize_with = "present")]
    expires_at: Option<Time>,
}
object!(read Approved: "an approval: an object with `by`");

impl Question {
    /// The same question, asked at this time, whatever time it named.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::Time;
    /// use shipgate::json::Question;
    ///
    /// let text = r#"{ "subject": { "type": "user", "id": "alice" }, "action": { "name": "view" },
    ///                 "resource": { "type": "project", "id": "shop" },
    ///                 "context": { "time": "1970-01-01T00:00:01Z" } }"#;
    /// let question = Question::from_json(text)?;
    /// assert_eq!(question.time(), Some(Time::from_millis(1_000)));
    /// assert_eq!(question.at(Time::from_millis(2_000)).time(), Some(Time::from_millis(2_000)));
    /// # Ok::<(), shipgate::json::JsonError>(())
    /// ```
    #[must_use]
    pub fn at(self, now: Time) -> Self {
        Self { time: Some(now), ..self }
    }

    /// The time that it is asked at, if it names one.
    #[must_use]
    pub const fn time(&self) -> Option<Time> {
        self.time
    }

    /// What is asked for.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The answer of a directory.
    #[must_use]
    pub fn ask(&self, directory: &Directory<String>) -> Answer {
        let subject = self.subject.named(self.time);
        let approvals = self.resource.approvals();
        let resource = self.resource.named(&approvals);
        let decision = directory.decide(&subject, self.action, resource);
        match decision {
            Decision::Deny(reason) => {
                let exposure = directory.exposure(&subject, resource);
                Answer::new(decision, exposure, self.resource.cluster_of(reason, directory))
            }
            Decision::Allow | Decision::RequireApproval(_) => Answer::new(decision, Exposure::Visible, None),
        }
    }
}

impl Asker {
    fn named(&self, now: Option<Time>) -> SubjectId<'_, String, str> {
        let mut subject = SubjectId::new(self.id.as_str()).of_kind(self.kind);
        if let Some(token) = &self.token {
            subject = subject.with_token(token);
        }
        if let Some(now) = now {
            subject = subject.at(now);
        }
        subject
    }
}

impl Approved {
    fn named(&self) -> ApprovalId<'_, str> {
        ApprovalId { by: &self.by, expires_at: self.expires_at }
    }
}

impl Asked {
    fn approvals(&self) -> Vec<ApprovalId<'_, str>> {
        let Self::Deployment { approvals, .. } = self else { return Vec::new() };
        approvals.iter().map(Approved::named).collect()
    }

    fn named<'a>(&'a self, approvals: &'a [ApprovalId<'a, str>]) -> ResourceId<'a, str> {
        match self {
            Self::Organization(id) => ResourceId::Organization(id),
            Self::Member { organization, account } => ResourceId::Member { organization, account },
            Self::Project(id) => ResourceId::Project(id),
            Self::ProjectMember { project, account } => ResourceId::ProjectMember { project, account },
            Self::Environment(id) => ResourceId::Environment(id),
            Self::NewEnvironment { id, project, cluster, protection } => {
                ResourceId::NewEnvironment { id, project, cluster, protection: *protection }
            }
            Self::Placement { environment, to: cluster } => ResourceId::Placement { environment, to: cluster },
            Self::Deployment { environment, requested_by, approvals: _ } => {
                ResourceId::Deployment { environment, requested_by, approvals }
            }
            Self::Cluster(id) => ResourceId::Cluster(id),
            Self::ClusterMember { cluster, account } => ResourceId::ClusterMember { cluster, account },
        }
    }

    /// The id of the cluster that a reason tells of.
    fn cluster_of(&self, reason: Reason, directory: &Directory<String>) -> Option<String> {
        let Reason::ClusterLevelInsufficient { cluster: which, .. } = reason else { return None };
        match (self, which) {
            (Self::Placement { to: cluster, .. }, ClusterOf::New)
            | (
                Self::NewEnvironment { cluster, .. } | Self::Cluster(cluster) | Self::ClusterMember { cluster, .. },
                _,
            ) => Some(cluster.clone()),
            (
                Self::Environment(id)
                | Self::Deployment { environment: id, .. }
                | Self::Placement { environment: id, .. },
                _,
            ) => directory.environment(id.as_str()).map(|environment| environment.cluster().clone()),
            (Self::Organization(_) | Self::Member { .. } | Self::Project(_) | Self::ProjectMember { .. }, _) => None,
        }
    }
}

//! The answer.

use alloc::string::{String, ToString};
use core::fmt::Display;
use core::hash::Hash;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

#[cfg(feature = "tracing")]
use crate::directory::event::Purpose;
use crate::directory::question::Question;
use crate::directory::store::Directory;
use crate::json::forms::decision::write_data;
use crate::model::resource::ResourceId;
#[cfg(feature = "tracing")]
use crate::policy::decision::Denied;
use crate::policy::decision::{Decision, Exposure};
use crate::policy::reason::{ClusterOf, Reason};

/// The answer to a [`Question`]: a decision, and in its `context` what made it so.
///
/// `decision` is true where the subject may proceed, and only there. `context.outcome` is `allow`; `require_approval` with
/// `from` and `missing`; or `deny` with `reason`, `hidden` and the data of the reason. A hidden denial has its reason, for the
/// service that asks on the subject's behalf, and no other data.
///
/// # Examples
///
/// ```
/// use shipgate::{Decision, Directory, Exposure, Reason};
/// use shipgate::directory::Question;
/// use shipgate::json::Answer;
///
/// let nothing = Directory::<String>::from_json("{}")?;
/// let question = Question::from_json(
///     r#"{ "subject": { "type": "user", "id": "alice" }, "action": { "name": "view" },
///          "resource": { "type": "project", "id": "shop" } }"#,
/// )?;
/// let answer = Answer::new(&nothing, &question);
///
/// assert_eq!(answer.decision(), Decision::Deny(Reason::UnknownResource));
/// assert_eq!(answer.exposure(), Exposure::Hidden);
/// assert_eq!(
///     serde_json::to_string(&answer)?,
///     r#"{"decision":false,"context":{"outcome":"deny","reason":"unknown_resource","hidden":true}}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    decision: Decision,
    exposure: Exposure,
    /// The id of the cluster that the reason tells of.
    cluster: Option<String>,
}

impl Answer {
    /// The answer of a directory to a question.
    ///
    /// With the feature `tracing`, the decision is [recorded](crate::_guide::enforcement#decision-records) as asked for only.
    #[must_use]
    pub fn new<Id: Hash + Ord + Display>(directory: &Directory<Id>, question: &Question<Id>) -> Self {
        let (subject, resource) = (question.subject(), question.resource.borrowed::<Id>());
        let decision = directory.decide(&subject, question.action.as_ref(), resource);
        let exposure = match decision {
            // Even where only the custom role that the action gives is unknown.
            Decision::Deny(Reason::UnknownResource) => Exposure::Hidden,
            Decision::Deny(_) => directory.exposure(&subject, resource),
            Decision::Allow | Decision::RequireApproval(_) => Exposure::Visible,
        };
        #[cfg(feature = "tracing")]
        {
            let answer = Denied::new(decision, exposure).map_or(Ok(()), Err);
            directory.record(Purpose::Asked, &subject, question.action.as_ref(), resource, answer);
        }
        let cluster = match (decision, exposure) {
            (Decision::Deny(Reason::ClusterLevelInsufficient { cluster, .. }), Exposure::Visible) => {
                id_of(cluster, &question.resource, directory)
            }
            (Decision::Deny(_) | Decision::Allow | Decision::RequireApproval(_), _) => None,
        };
        Self { decision, exposure, cluster }
    }

    /// The decision.
    pub const fn decision(&self) -> Decision {
        self.decision
    }

    /// How much of a denial may be shown to the subject; visible where it is no denial.
    #[must_use]
    pub const fn exposure(&self) -> Exposure {
        self.exposure
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut answer = serializer.serialize_map(Some(2))?;
        answer.serialize_entry("decision", &self.decision.is_allowed())?;
        answer.serialize_entry("context", &Context(self))?;
        answer.end()
    }
}

struct Context<'a>(&'a Answer);

impl Serialize for Context<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Answer { decision, exposure, cluster } = self.0;
        let Decision::Deny(reason) = decision else { return decision.serialize(serializer) };
        let mut context = serializer.serialize_map(None)?;
        context.serialize_entry("outcome", "deny")?;
        context.serialize_entry("reason", &reason.code())?;
        let hidden = matches!(exposure, Exposure::Hidden);
        context.serialize_entry("hidden", &hidden)?;
        if !hidden {
            write_data(&mut context, *reason, cluster.as_deref())?;
        }
        context.end()
    }
}

/// The id of a cluster of a resource.
fn id_of<Id: Hash + Ord + Display>(
    cluster: ClusterOf,
    resource: &ResourceId<Id>,
    directory: &Directory<Id>,
) -> Option<String> {
    let id = match (resource, cluster) {
        (ResourceId::Placement { to, .. }, ClusterOf::New) => to,
        (
            ResourceId::Environment(id)
            | ResourceId::Deployment { environment: id, .. }
            | ResourceId::Placement { environment: id, .. },
            _,
        ) => directory.environment::<Id>(id)?.cluster(),
        (
            ResourceId::Project(project)
            | ResourceId::ProjectMember { project, .. }
            | ResourceId::ProjectTeam { project, .. },
            ClusterOf::OfProject(position),
        ) => directory.project::<Id>(project)?.clusters().nth(position.into())?.0,
        (
            ResourceId::NewEnvironment { cluster, .. }
            | ResourceId::Cluster(cluster)
            | ResourceId::ClusterMember { cluster, .. }
            | ResourceId::ClusterTeam { cluster, .. },
            _,
        ) => cluster,
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

//! A question, as the command line puts it.

use std::str::FromStr;

use shipgate::model::{ResourceKind, UnknownNameError};
use shipgate::{Action, ActionKind, ResourceId, Time};

use super::details::Details;

/// What is asked, and when.
pub(super) struct Asked {
    /// What the resource is called: of a deployment, its own id.
    pub(super) id: String,
    pub(super) action: Action<String>,
    pub(super) resource: ResourceId<String>,
    pub(super) time: Option<Time>,
}

impl Asked {
    pub(super) fn read(
        action: &str,
        kind: &str,
        id: &str,
        details: &[String],
        at: Option<Time>,
    ) -> Result<Self, String> {
        let mut details = Details::read(details)?;
        let (action, kind) = (named(action)?, named(kind)?);
        let action = details.action(action, kind)?;
        let resource = resource(kind, id, action.kind(), &mut details)?;
        let time = match at {
            Some(time) => Some(time),
            None => details.time("at")?,
        };
        details.are_all_read()?;
        Ok(Self { id: id.to_owned(), action, resource, time })
    }
}

fn resource(
    kind: ResourceKind,
    id: &str,
    action: ActionKind,
    details: &mut Details<'_>,
) -> Result<ResourceId<String>, String> {
    let id = id.to_owned();
    Ok(match kind {
        ResourceKind::Organization => ResourceId::Organization(id),
        ResourceKind::Member => ResourceId::Member { organization: details.required("organization")?, account: id },
        ResourceKind::Role => ResourceId::Role(id),
        ResourceKind::Team => ResourceId::Team(id),
        ResourceKind::TeamMember => ResourceId::TeamMember { team: details.required("team")?, account: id },
        ResourceKind::Project => ResourceId::Project(id),
        ResourceKind::ProjectTeam => ResourceId::ProjectTeam { project: details.required("project")?, team: id },
        ResourceKind::ProjectMember => ResourceId::ProjectMember { project: details.required("project")?, account: id },
        ResourceKind::Environment if matches!(action, ActionKind::Create) => ResourceId::NewEnvironment {
            id,
            project: details.required("project")?,
            cluster: details.required("cluster")?,
            protection: details.proposed_protection()?,
        },
        ResourceKind::Environment => ResourceId::Environment(id),
        ResourceKind::Placement => ResourceId::Placement { environment: id, to: details.required("cluster")? },
        ResourceKind::Deployment => ResourceId::Deployment {
            environment: details.required("environment")?,
            requested_by: details.required("requested_by")?,
            on_behalf_of: details.optional("on_behalf_of").map(ToOwned::to_owned),
            approvals: details.approvals(),
            release: details.optional("release").map(ToOwned::to_owned),
        },
        ResourceKind::Cluster => ResourceId::Cluster(id),
        ResourceKind::ClusterMember => ResourceId::ClusterMember { cluster: details.required("cluster")?, account: id },
        ResourceKind::ClusterTeam => ResourceId::ClusterTeam { cluster: details.required("cluster")?, team: id },
    })
}

fn named<T: FromStr<Err = UnknownNameError>>(name: &str) -> Result<T, String> {
    name.parse().map_err(|error: UnknownNameError| error.to_string())
}

//! What a question is about, as a request says it.

use alloc::string::String;
use core::fmt::Display;
use core::str::FromStr;

use serde_json::{Map, Value};

use crate::json::authzen::question::part::Part;
use crate::json::authzen::question::properties::Properties;
use crate::json::id::Text;
use crate::json::text::JsonError;
use crate::model::action::ActionKind;
use crate::model::protection::Protection;
use crate::model::resource::{ResourceId, ResourceKind};

/// Reads the properties of a resource of this kind, with this id. They are read strictly where the kind has any.
pub(super) fn read<Id: Display + FromStr<Err: Display>>(
    mut properties: Part,
    kind: ResourceKind,
    id: Id,
    action: ActionKind,
) -> Result<ResourceId<Id>, JsonError> {
    let resource = match kind {
        ResourceKind::Organization => ResourceId::Organization(id),
        ResourceKind::Role => ResourceId::Role(id),
        ResourceKind::Team => ResourceId::Team(id),
        ResourceKind::Project => ResourceId::Project(id),
        ResourceKind::Cluster => ResourceId::Cluster(id),
        ResourceKind::Environment if !matches!(action, ActionKind::Create) => ResourceId::Environment(id),
        ResourceKind::Environment => ResourceId::NewEnvironment {
            id,
            project: properties.id("project")?,
            cluster: properties.id("cluster")?,
            protection: properties.optional("protection")?.unwrap_or(Protection::NONE),
        },
        ResourceKind::Member => ResourceId::Member { organization: properties.id("organization")?, account: id },
        ResourceKind::TeamMember => ResourceId::TeamMember { team: properties.id("team")?, account: id },
        ResourceKind::ProjectMember => ResourceId::ProjectMember { project: properties.id("project")?, account: id },
        ResourceKind::ProjectTeam => ResourceId::ProjectTeam { project: properties.id("project")?, team: id },
        ResourceKind::ClusterMember => ResourceId::ClusterMember { cluster: properties.id("cluster")?, account: id },
        ResourceKind::ClusterTeam => ResourceId::ClusterTeam { cluster: properties.id("cluster")?, team: id },
        ResourceKind::Placement => ResourceId::Placement { environment: id, to: properties.id("cluster")? },
        ResourceKind::Deployment => {
            let (environment, requested_by) = (properties.id("environment")?, properties.id("requested_by")?);
            let on_behalf_of = properties.optional_id("on_behalf_of")?;
            let release = properties.optional_id("release")?;
            let approvals = properties.optional("approvals")?.unwrap_or_default();
            ResourceId::Deployment { environment, requested_by, on_behalf_of, release, approvals }
        }
    };
    if has_properties(&resource) {
        properties.end()?;
    } else {
        properties.ignore_rest()?;
    }
    Ok(resource)
}

/// Whether a request names properties for such a resource.
pub(crate) const fn has_properties<Id>(resource: &ResourceId<Id>) -> bool {
    match resource {
        ResourceId::Organization(_)
        | ResourceId::Role(_)
        | ResourceId::Team(_)
        | ResourceId::Project(_)
        | ResourceId::Environment(_)
        | ResourceId::Cluster(_) => false,
        ResourceId::Member { .. }
        | ResourceId::TeamMember { .. }
        | ResourceId::ProjectMember { .. }
        | ResourceId::ProjectTeam { .. }
        | ResourceId::NewEnvironment { .. }
        | ResourceId::Placement { .. }
        | ResourceId::Deployment { .. }
        | ResourceId::ClusterMember { .. }
        | ResourceId::ClusterTeam { .. } => true,
    }
}

/// The `id` and the `properties` of a resource. The `id` of a deployment is that of its environment.
pub(super) fn parts_of<Id: Display>(resource: &ResourceId<Id>) -> serde_json::Result<(&Id, Map<String, Value>)> {
    let mut properties = Properties::default();
    let id = match resource {
        ResourceId::Organization(id)
        | ResourceId::Role(id)
        | ResourceId::Team(id)
        | ResourceId::Project(id)
        | ResourceId::Environment(id)
        | ResourceId::Cluster(id) => id,
        ResourceId::Member { organization, account } => {
            properties.set("organization", Text(organization))?;
            account
        }
        ResourceId::TeamMember { team, account } => {
            properties.set("team", Text(team))?;
            account
        }
        ResourceId::ProjectMember { project, account: id } | ResourceId::ProjectTeam { project, team: id } => {
            properties.set("project", Text(project))?;
            id
        }
        ResourceId::ClusterMember { cluster, account: id } | ResourceId::ClusterTeam { cluster, team: id } => {
            properties.set("cluster", Text(cluster))?;
            id
        }
        ResourceId::NewEnvironment { id, project, cluster, protection } => {
            properties.set("project", Text(project))?;
            properties.set("cluster", Text(cluster))?;
            properties.set("protection", protection)?;
            id
        }
        ResourceId::Placement { environment, to } => {
            properties.set("cluster", Text(to))?;
            environment
        }
        ResourceId::Deployment { environment, requested_by, on_behalf_of, release, approvals } => {
            properties.set("environment", Text(environment))?;
            properties.set("requested_by", Text(requested_by))?;
            properties.set_if_some("on_behalf_of", on_behalf_of.as_ref().map(Text))?;
            properties.set_if_some("release", release.as_ref().map(Text))?;
            if !approvals.is_empty() {
                properties.set("approvals", approvals)?;
            }
            environment
        }
    };
    Ok((id, properties.0))
}

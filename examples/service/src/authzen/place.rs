//! Which organization an inquiry is about.

use serde_json::Value;
use shipgate::authzen::Inquiry;
use shipgate::directory::EntityKind;

/// What tells the organization of an inquiry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// It names it.
    Organization(String),
    /// It names something that belongs to it.
    Of(EntityKind, String),
    /// It searches for resources of a kind: it is about each organization of its subject.
    EachOf(String),
    /// Nothing: then nothing is known of what it asks about.
    Nowhere,
}

impl Place {
    /// The place of an inquiry, from its resource.
    pub(super) fn of(inquiry: &Inquiry) -> Self {
        let resource = inquiry.resource();
        let property = |name: &str| resource.property(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let id = Some(resource.id().to_owned()).filter(|id| !id.is_empty());
        let of = |kind, id: Option<String>| id.map(|id| Self::Of(kind, id));
        let is_new = inquiry.action().id() == "create";
        let found = match resource.r#type() {
            "organization" => id.map(Self::Organization),
            "member" => property("organization").map(Self::Organization),
            "role" => of(EntityKind::Role, id),
            "team" => of(EntityKind::Team, id),
            "team_member" => of(EntityKind::Team, property("team")),
            "project" => of(EntityKind::Project, id),
            "project_member" | "project_team" => of(EntityKind::Project, property("project")),
            "cluster" => of(EntityKind::Cluster, id),
            "cluster_member" | "cluster_team" => of(EntityKind::Cluster, property("cluster")),
            "environment" if is_new => of(EntityKind::Project, property("project")),
            "environment" | "placement" => of(EntityKind::Environment, id),
            "deployment" => of(EntityKind::Environment, property("environment")),
            _ => Some(Self::Nowhere),
        };
        let subject = inquiry.subject().id();
        found.unwrap_or_else(|| if subject.is_empty() { Self::Nowhere } else { Self::EachOf(subject.to_owned()) })
    }
}

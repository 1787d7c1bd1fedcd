//! Cerbos: a server that is asked over HTTP, with every fact in the request. Its policy is of clusters.

use serde_json::{Value, json};
use shipgate::model::Permission;
use shipgate::{ClusterAccess, ResourceId, Visibility};

use super::tables::{Facts, Held, Member, Tables};
use crate::question::{Question, unasked};
use crate::rows::Rows;

/// The policy, as Cerbos reads it.
pub const POLICY: &str = include_str!("cerbos/cluster.yaml");

/// Where it is asked.
pub const PATH: &str = "/api/check/resources";

/// The maps that a service finds the facts in, which Cerbos does not have.
pub struct Requests {
    tables: Tables<foldhash::fast::RandomState>,
}

impl Requests {
    #[must_use]
    pub fn new(rows: &Rows) -> Self {
        Self { tables: Tables::new(rows) }
    }

    /// A question about a cluster, at a time, as a request: the subject with its role, its permissions and its override.
    #[must_use]
    pub fn request(&self, question: &Question) -> Value {
        let found = self.tables.find(question);
        let (role, permissions, held) = match &found {
            None => ("stranger", Vec::new(), Held::Nothing),
            Some((member, _)) => {
                let acting = member.acting();
                let permissions = Permission::ALL.into_iter().filter(|permission| acting.may(*permission));
                (acting.rank.as_str(), permissions.map(Permission::as_str).collect(), member.overrides.at(member.now))
            }
        };
        let (ResourceId::Cluster(id), visibility) = (&question.resource, visibility(found.as_ref())) else {
            unasked(&question.resource)
        };
        let mut attributes = json!({ "permissions": permissions });
        if let Held::InForce(level) = held {
            attributes["override"] = level_of(level).into();
        }
        json!({
            "principal": { "id": question.account.to_string(), "roles": [role], "attr": attributes },
            "resources": [{
                "actions": [question.action.kind().as_str()],
                "resource": {
                    "kind": "cluster",
                    "id": id.to_string(),
                    "attr": { "visibility": visibility },
                },
            }],
        })
    }
}

/// Who sees the cluster. A stranger sees none.
fn visibility(found: Option<&(Member, Facts)>) -> &'static str {
    match found {
        Some((_, Facts::Cluster { visibility, .. })) => visibility.as_str(),
        _ => Visibility::Members.as_str(),
    }
}

fn level_of(level: ClusterAccess) -> u8 {
    match level {
        ClusterAccess::None => 0,
        ClusterAccess::View => 1,
        ClusterAccess::Deploy => 2,
        ClusterAccess::Manage => 3,
    }
}

/// Whether an answer allows the one action that was asked about; `None` for what is no answer.
#[must_use]
pub fn allows(answer: &Value) -> Option<bool> {
    let actions = answer["results"][0]["actions"].as_object()?;
    let effect = actions.values().next()?.as_str()?;
    Some(effect == "EFFECT_ALLOW")
}

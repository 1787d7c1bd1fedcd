//! The form of an approval.

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::json::id::{self, StrictId};
use crate::json::strict::Strict;
use crate::model::deployment::ApprovalId;
use crate::model::time::Time;

/// From `{ "by": "olivia" }`, with `release`, `cluster` and `expires_at` optional.
impl<'de, I: Deserialize<'de>> Deserialize<'de> for ApprovalId<I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: ApprovalForm<I> = Deserialize::deserialize(Strict(deserializer))?;
        let release = form.release.map(|StrictId(release)| release);
        Ok(Self { by: form.by, release, cluster: form.cluster, expires_at: form.expires_at })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an approval: an object with `by`")]
struct ApprovalForm<I> {
    by: I,
    release: Option<StrictId>,
    cluster: Option<I>,
    expires_at: Option<Time>,
}

/// `{ "by": "olivia", "release": "v1.4.2", "cluster": "us-east", "expires_at": "2027-01-01T00:00:00Z" }`, without what the
/// approval does not have. A release that is empty or has a control character is an error.
impl<I: Serialize> Serialize for ApprovalId<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a, I> {
            by: &'a I,
            #[serde(skip_serializing_if = "Option::is_none")]
            release: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            cluster: Option<&'a I>,
            #[serde(skip_serializing_if = "Option::is_none")]
            expires_at: Option<Time>,
        }
        let release = self.release.as_deref().map(id::check).transpose().map_err(ser::Error::custom)?;
        Fields { by: &self.by, release, cluster: self.cluster.as_ref(), expires_at: self.expires_at }
            .serialize(serializer)
    }
}

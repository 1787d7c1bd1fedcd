//! The form of an approval.

use alloc::string::String;
use core::fmt::Display;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::json::id::{self, Text};
use crate::json::strict::Strict;
use crate::model::deployment::ApprovalId;
use crate::model::time::Time;

/// From `{ "by": "olivia" }`, with `release`, `cluster` and `expires_at` optional.
impl<'de, I: Display + FromStr<Err: Display>> Deserialize<'de> for ApprovalId<I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: ApprovalForm<I> = Deserialize::deserialize(Strict(deserializer))?;
        let Text(by) = form.by;
        let (release, cluster) = (form.release.map(|Text(release)| release), form.cluster.map(|Text(cluster)| cluster));
        Ok(Self { by, release, cluster, expires_at: form.expires_at })
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an approval: an object with `by`",
    bound = "I: Display + FromStr<Err: Display>"
)]
struct ApprovalForm<I> {
    by: Text<I>,
    release: Option<Text<String>>,
    cluster: Option<Text<I>>,
    expires_at: Option<Time>,
}

/// `{ "by": "olivia", "release": "v1.4.2", "cluster": "us-east", "expires_at": "2027-01-01T00:00:00Z" }`, without what the
/// approval does not have. A release that is empty or has a control character is an error.
impl<I: Display> Serialize for ApprovalId<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(bound = "I: Display")]
        struct Fields<'a, I> {
            by: Text<&'a I>,
            #[serde(skip_serializing_if = "Option::is_none")]
            release: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            cluster: Option<Text<&'a I>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            expires_at: Option<Time>,
        }
        let release = self.release.as_deref().map(id::check).transpose().map_err(ser::Error::custom)?;
        Fields { by: Text(&self.by), release, cluster: self.cluster.as_ref().map(Text), expires_at: self.expires_at }
            .serialize(serializer)
    }
}

//! The form of a token.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Display};
use core::marker::PhantomData;
use core::str::FromStr;

use serde::de::{self, DeserializeSeed, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::json::id::{self, Text};
use crate::json::strict::Strict;
use crate::model::action_set::ActionSet;
use crate::model::time::Time;
use crate::model::token::Token;

/// `{ "actions": ["view"], "projects": ["shop"], "expires_at": "2027-01-01T00:00:00Z", "id": "ci-7" }`: a restriction, the
/// expiry and the id only where they are present. An id that is empty or has a control character is an error.
impl<Id: Ord + Display> Serialize for Token<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let id = self.id().map(id::check).transpose().map_err(ser::Error::custom)?;
        let fields = TokenFields {
            actions: self.actions(),
            organizations: self.organizations().map(|ids| ids.map(Text).collect()),
            projects: self.projects().map(|ids| ids.map(Text).collect()),
            environments: self.environments().map(|ids| ids.map(Text).collect()),
            clusters: self.clusters().map(|ids| ids.map(Text).collect()),
            expires_at: self.expires_at(),
            id,
        };
        fields.serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(bound = "Id: Display")]
struct TokenFields<'a, Id> {
    actions: ActionSet,
    #[serde(skip_serializing_if = "Option::is_none")]
    organizations: Option<Vec<Text<&'a Id>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    projects: Option<Vec<Text<&'a Id>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environments: Option<Vec<Text<&'a Id>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clusters: Option<Vec<Text<&'a Id>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
}

/// From an object whose restrictions (`organizations`, `projects`, `environments`, `clusters`), `expires_at` and `id` are
/// optional. `actions` is required, and a misspelt restriction is an error: it would widen the token.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "authzen")]
/// # fn main() -> Result<(), serde_json::Error> {
/// use shipgate::{ActionSet, Token};
///
/// let token: Token<String> = serde_json::from_str(r#"{ "actions": ["view"], "projects": [] }"#)?;
/// assert_eq!(token, Token::new(ActionSet::VIEW).for_projects([]));
///
/// let misspelt = r#"{ "actions": ["view"], "project": [] }"#;
/// assert!(serde_json::from_str::<Token<String>>(misspelt).is_err());
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "authzen"))]
/// # fn main() {}
/// ```
impl<'de, Id: Ord + Display + FromStr<Err: Display>> Deserialize<'de> for Token<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: TokenForm<Id> = Deserialize::deserialize(Strict(deserializer))?;
        let mut token = Self::new(form.actions);
        if let Some(Ids(ids)) = form.organizations {
            token = token.for_organizations(ids);
        }
        if let Some(Ids(ids)) = form.projects {
            token = token.for_projects(ids);
        }
        if let Some(Ids(ids)) = form.environments {
            token = token.for_environments(ids);
        }
        if let Some(Ids(ids)) = form.clusters {
            token = token.for_clusters(ids);
        }
        if let Some(expiry) = form.expires_at {
            token = token.until(expiry);
        }
        Ok(match form.id {
            Some(Text(id)) => token.named(id),
            None => token,
        })
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a token: an object with `actions`",
    bound = "Id: Ord + Display + FromStr<Err: Display>"
)]
struct TokenForm<Id> {
    actions: ActionSet,
    organizations: Option<Ids<Id>>,
    projects: Option<Ids<Id>>,
    environments: Option<Ids<Id>>,
    clusters: Option<Ids<Id>>,
    expires_at: Option<Time>,
    id: Option<Text<String>>,
}

/// Ids, each of them once.
struct Ids<Id>(BTreeSet<Id>);

impl<'de, Id: Ord + Display + FromStr<Err: Display>> Deserialize<'de> for Ids<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(IdsVisitor(PhantomData)).map(Self)
    }
}

struct IdsVisitor<Id>(PhantomData<Id>);

impl<'de, Id: Ord + Display + FromStr<Err: Display>> Visitor<'de> for IdsVisitor<Id> {
    type Value = BTreeSet<Id>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of ids")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<BTreeSet<Id>, A::Error> {
        let mut ids = BTreeSet::new();
        while array.next_element_seed(NewId(&mut ids))?.is_some() {}
        Ok(ids)
    }
}

/// Puts an id into a set that must not have it. (Where the element is read, so that its error has its index.)
struct NewId<'a, Id>(&'a mut BTreeSet<Id>);

impl<'de, Id: Ord + Display + FromStr<Err: Display>> DeserializeSeed<'de> for NewId<'_, Id> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.0.insert(id::deserialize(deserializer)?) { Ok(()) } else { Err(de::Error::custom("duplicate id")) }
    }
}

//! The forms of words that are more than a name: protection, approval rule, grant, action set.

use core::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::strict::Strict;
use crate::model::action::ActionKind;
use crate::model::action_set::ActionSet;
use crate::model::protection::{ApprovalFrom, ApprovalRule, Bypass, Protection, ProtectionLevel, SelfApproval};
use crate::model::time::{Grant, Time};

/// `"restricted"`; or, with a rule that the level does not imply, `{ "level": "restricted", "approval": … }`.
impl Serialize for Protection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if Self::new(self.level(), None).is_ok_and(|implied| implied == *self) {
            return self.level().serialize(serializer);
        }
        let mut object = serializer.serialize_struct("Protection", 2)?;
        object.serialize_field("level", &self.level())?;
        object.serialize_field("approval", &self.rule())?;
        object.end()
    }
}

/// From `"locked"`, or from `{ "level": "locked", "approval": … }` with the approval optional.
impl<'de> Deserialize<'de> for Protection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ProtectionVisitor)
    }
}

struct ProtectionVisitor;

impl<'de> Visitor<'de> for ProtectionVisitor {
    type Value = Protection;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a protection level, or an object with a `level`")
    }

    fn visit_str<E: de::Error>(self, level: &str) -> Result<Protection, E> {
        let level = level.parse().map_err(E::custom)?;
        Protection::new(level, None).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Protection, A::Error> {
        let form: ProtectionForm = Deserialize::deserialize(Strict(MapAccessDeserializer::new(map)))?;
        Protection::new(form.level, form.approval).map_err(de::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProtectionForm {
    level: ProtectionLevel,
    approval: Option<ApprovalRule>,
}

/// `{ "from": "owner", "count": 1, "self_approval": false, "bypass": "none" }`.
impl Serialize for ApprovalRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("ApprovalRule", 4)?;
        object.serialize_field("from", &self.from())?;
        object.serialize_field("count", &self.count())?;
        object.serialize_field("self_approval", &matches!(self.self_approval(), SelfApproval::Allowed))?;
        object.serialize_field("bypass", &self.bypass())?;
        object.end()
    }
}

/// From `{ "from": "owner" }`; `count` is 1 to 255 and defaults to 1, `self_approval` to false, and `bypass` to `none`.
impl<'de> Deserialize<'de> for ApprovalRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: ApprovalRuleForm = Deserialize::deserialize(Strict(deserializer))?;
        let self_approval = if form.self_approval { SelfApproval::Allowed } else { SelfApproval::Forbidden };
        let rule = Self::new(form.from).with_self_approval(self_approval).with_bypass(form.bypass);
        rule.with_count(form.count.0).map_err(de::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an approval rule: an object with `from`")]
struct ApprovalRuleForm {
    from: ApprovalFrom,
    #[serde(default)]
    count: ApprovalCount,
    #[serde(default)]
    self_approval: bool,
    #[serde(default = "no_bypass")]
    bypass: Bypass,
}

const fn no_bypass() -> Bypass {
    Bypass::None
}

/// 1 to 255.
struct ApprovalCount(u8);

impl Default for ApprovalCount {
    fn default() -> Self {
        Self(1)
    }
}

impl<'de> Deserialize<'de> for ApprovalCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let count = deserializer.deserialize_u64(Whole { expecting: "a whole number from 1 to 255" })?;
        match u8::try_from(count) {
            Ok(count @ 1..) => Ok(Self(count)),
            Ok(0) | Err(_) => {
                Err(de::Error::invalid_value(Unexpected::Unsigned(count), &"a whole number from 1 to 255"))
            }
        }
    }
}

/// A whole number that is not negative.
pub(crate) struct Whole {
    pub(crate) expecting: &'static str,
}

impl Visitor<'_> for Whole {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<u64, E> {
        u64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }
}

/// `{ "value": "deploy", "expires_at": "2027-01-01T00:00:00Z" }`; without `expires_at` where it has no expiry.
impl<T: Copy + Serialize> Serialize for Grant<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        GrantFields { value: self.value(), expires_at: self.expires_at() }.serialize(serializer)
    }
}

#[derive(Serialize)]
struct GrantFields<T> {
    value: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}

/// From `{ "value": "deploy" }`, with `expires_at` optional.
impl<'de, T: Copy + Deserialize<'de>> Deserialize<'de> for Grant<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form: GrantForm<T> = Deserialize::deserialize(Strict(deserializer))?;
        Ok(Self::expiring(form.value, form.expires_at))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a grant: an object with `value`")]
struct GrantForm<T> {
    value: T,
    expires_at: Option<Time>,
}

/// An array of names, in the order of [`ActionKind::ALL`].
impl Serialize for ActionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// From an array of names, each of them once.
impl<'de> Deserialize<'de> for ActionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ActionSetVisitor)
    }
}

struct ActionSetVisitor;

impl<'de> Visitor<'de> for ActionSetVisitor {
    type Value = ActionSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of actions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<ActionSet, A::Error> {
        let mut set = ActionSet::empty();
        while names.next_element_seed(NewAction(&mut set))?.is_some() {}
        Ok(set)
    }
}

/// Puts an action into a set that must not have it. (Where the element is read, so that its error has its index.)
struct NewAction<'a>(&'a mut ActionSet);

impl<'de> DeserializeSeed<'de> for NewAction<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let action = ActionKind::deserialize(deserializer)?;
        if self.0.contains(action) {
            return Err(de::Error::custom(format_args!("duplicate action `{action}`")));
        }
        *self.0 |= ActionSet::from(action);
        Ok(())
    }
}

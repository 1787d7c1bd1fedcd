//! Objects: read from maps alone, each field once, and none of them `null`.

/// Gives a form its serde traits. The form derives them with `#[serde(remote = "Self")]`; what serde derives by itself
/// would take an array for an object, its fields by position.
macro_rules! object {
    (read $form:ident $(<$id:ident $(: $bound:ident)?>)?: $what:literal) => {
        impl<'de $(, $id: serde::Deserialize<'de> $(+ $bound)?)?> serde::Deserialize<'de> for $form $(<$id>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Fields $(<$id>)? (core::marker::PhantomData<$form $(<$id>)?>);

                impl<'de $(, $id: serde::Deserialize<'de> $(+ $bound)?)?> serde::de::Visitor<'de> for Fields $(<$id>)? {
                    type Value = $form $(<$id>)?;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str($what)
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                        // The one that is derived: an associated function comes before a trait's.
                        Self::Value::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                    }
                }

                deserializer.deserialize_map(Fields(core::marker::PhantomData))
            }
        }
    };
    (read and written $form:ident $(<$id:ident>)?: $what:literal) => {
        crate::json::strict::object!(read $form $(<$id>)?: $what);

        impl $(<$id: serde::Serialize>)? serde::Serialize for $form $(<$id>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }
    };
}
pub(crate) use object;

//! Macros for enums with wire names and for borrowing types.

/// Declares a fieldless enum whose variants have wire names, with `ALL`, `as_str`, `Display`, `FromStr` and serde. A variant
/// cannot be added without a name, or be left out of `ALL`.
macro_rules! names {
    (
        $(#[$meta:meta])*
        pub enum $name:ident: $what:literal {
            $($(#[$variant_meta:meta])* $variant:ident = $wire:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: [Self; [$($wire),+].len()] = [$(Self::$variant),+];

            /// The position of this variant in [`ALL`](Self::ALL).
            #[must_use]
            #[inline]
            #[expect(clippy::as_conversions, reason = "the discriminant of a fieldless enum is its position")]
            pub const fn index(self) -> usize {
                self as usize
            }

            /// The wire name of this variant.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $wire,)+
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl core::str::FromStr for $name {
            type Err = crate::model::names::UnknownNameError;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                match name {
                    $($wire => Ok(Self::$variant),)+
                    _ => Err(crate::model::names::UnknownNameError::new(name, $what, &[$($wire),+])),
                }
            }
        }

        impl TryFrom<alloc::string::String> for $name {
            type Error = crate::model::names::UnknownNameError;

            fn try_from(name: alloc::string::String) -> Result<Self, Self::Error> {
                name.parse()
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(crate::model::names::NameVisitor::new($what))
            }
        }
    };
}
pub(crate) use names;

/// Implements `Copy` for a borrowing type, whatever the id: a derive would require `Id: Copy`.
macro_rules! copy {
    ($($name:ident),+) => {
        $(
            impl<Id> Clone for $name<'_, Id> {
                #[inline]
                fn clone(&self) -> Self {
                    *self
                }
            }

            impl<Id> Copy for $name<'_, Id> {}
        )+
    };
}
pub(crate) use copy;

use alloc::string::{String, ToString};

/// A name that is not one of the expected wire names.
///
/// # Examples
///
/// ```
/// use shipgate::Role;
///
/// let error = "Owner".parse::<Role>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown role `Owner`: expected owner, admin, developer, billing or viewer");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} `{name}`: expected {}", Alternatives(expected))]
pub struct UnknownNameError {
    name: String,
    what: &'static str,
    expected: &'static [&'static str],
}

impl UnknownNameError {
    pub(crate) fn new(name: &str, what: &'static str, expected: &'static [&'static str]) -> Self {
        Self { name: name.to_string(), what, expected }
    }
}

/// Writes `a, b or c`.
struct Alternatives<'a>(&'a [&'static str]);

impl core::fmt::Display for Alternatives<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let last = self.0.len().saturating_sub(1);
        for (i, name) in self.0.iter().enumerate() {
            let separator = match i {
                0 => "",
                i if i == last => " or ",
                _ => ", ",
            };
            write!(f, "{separator}{name}")?;
        }
        Ok(())
    }
}

#[cfg(feature = "serde")]
pub(crate) struct NameVisitor<T> {
    what: &'static str,
    word: core::marker::PhantomData<T>,
}

#[cfg(feature = "serde")]
impl<T> NameVisitor<T> {
    pub(crate) fn new(what: &'static str) -> Self {
        Self { what, word: core::marker::PhantomData }
    }
}

#[cfg(feature = "serde")]
impl<T: core::str::FromStr<Err = UnknownNameError>> serde::de::Visitor<'_> for NameVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the {}'s name", self.what)
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<T, E> {
        name.parse().map_err(E::custom)
    }
}

//! Times as RFC 3339 writes them: exactly its `date-time`.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::model::time::Time;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl Time {
    /// The time as RFC 3339 writes it, in UTC; milliseconds only where they are not zero.
    ///
    /// # Errors
    ///
    /// [`TimeError::Unwritable`] for a time outside the years 0000 to 9999.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::Time;
    ///
    /// assert_eq!(Time::from_millis(1_798_761_600_000).to_rfc3339()?, "2027-01-01T00:00:00Z");
    /// assert_eq!(Time::from_millis(-1).to_rfc3339()?, "1969-12-31T23:59:59.999Z");
    /// assert!(Time::MAX.to_rfc3339().is_err());
    /// # Ok::<(), shipgate::json::TimeError>(())
    /// ```
    pub fn to_rfc3339(self) -> Result<String, TimeError> {
        if !self.is_writable() {
            return Err(TimeError::Unwritable);
        }
        let utc =
            EPOCH.checked_add(SignedDuration::from_millis(self.as_millis())).map_err(|_| TimeError::Unwritable)?;
        let second = utc.strftime("%Y-%m-%dT%H:%M:%S");
        Ok(match utc.millisecond() {
            0 => format!("{second}Z"),
            millis => format!("{second}.{millis:03}Z"),
        })
    }
}

/// Reads exactly RFC 3339's `date-time`: `T` and `Z` of either case, any number of digits of a fraction (those finer than
/// milliseconds are cut off), an offset of `Z` or hours and minutes.
///
/// # Examples
///
/// ```
/// use shipgate::Time;
/// use shipgate::json::TimeError;
///
/// assert_eq!("1970-01-01T01:00:00.0019+01:00".parse(), Ok(Time::from_millis(1)));
/// assert_eq!("9999-12-31T23:59:59Z".parse(), Ok(Time::from_millis(253_402_300_799_000)));
/// assert!("2026-12-31 23:59:59Z".parse::<Time>().is_err(), "a space is no `T`");
/// assert!(matches!("2016-12-31T23:59:60Z".parse::<Time>(), Err(TimeError::LeapSecond(_))));
/// assert!(matches!("9999-12-31T23:59:59-01:00".parse::<Time>(), Err(TimeError::OutOfRange(_))));
/// ```
impl FromStr for Time {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        read(text, Seconds::Required)
    }
}

/// Whether a time may be written without seconds.
#[derive(Clone, Copy)]
enum Seconds {
    Required,
    #[cfg(feature = "authzen")]
    Optional,
}

fn read(text: &str, seconds: Seconds) -> Result<Time, TimeError> {
    let written = Written::read(text.as_bytes(), seconds).ok_or_else(|| TimeError::Form(text.to_string()))?;
    if written.second == 60 {
        return Err(TimeError::LeapSecond(text.to_string()));
    }
    let time = written.time().ok_or_else(|| TimeError::Nonexistent(text.to_string()))?;
    if time.is_writable() { Ok(time) } else { Err(TimeError::OutOfRange(text.to_string())) }
}

/// A time that cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// A text of another form.
    #[error("`{0}` is not a time of RFC 3339: write it like `2026-12-31T23:59:59Z`")]
    Form(String),
    /// A time of the right form that no calendar or clock shows.
    #[error("`{0}` is a time that does not exist: look at its day, hour, minute, second and offset")]
    Nonexistent(String),
    /// A leap second.
    #[error("`{0}` is a leap second: name the second before it or after it")]
    LeapSecond(String),
    /// A time that lies outside the years 0000 to 9999 in UTC, so that it could not be written again.
    #[error("`{0}` is outside the years 0000 to 9999 in UTC: choose a time between them")]
    OutOfRange(String),
    /// A time that RFC 3339 has no form for.
    #[error("a time before the year 0000 or after 9999 cannot be written: choose one between them")]
    Unwritable,
}

/// The fields of a `date-time`, as they are written.
struct Written {
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
    millis: i16,
    offset: Offset,
}

/// How far the written time is ahead of UTC.
struct Offset {
    hours: i8,
    minutes: i8,
    behind: bool,
}

impl Written {
    fn read(text: &[u8], seconds: Seconds) -> Option<Self> {
        let mut rest = Rest(text);
        let year = rest.four_digits()?;
        rest.take(b"-")?;
        let month = rest.two_digits()?;
        rest.take(b"-")?;
        let day = rest.two_digits()?;
        rest.take(b"Tt")?;
        let hour = rest.two_digits()?;
        rest.take(b":")?;
        let minute = rest.two_digits()?;
        let (second, millis) = rest.seconds(seconds)?;
        let offset = rest.offset()?;
        rest.0.is_empty().then_some(Self { year, month, day, hour, minute, second, millis, offset })
    }

    fn time(&self) -> Option<Time> {
        let there = DateTime::new(self.year, self.month, self.day, self.hour, self.minute, self.second, 0).ok()?;
        let ahead = self.offset.ahead()?;
        // In the years 0000 to 9999 none of this can overflow.
        let seconds = there.duration_since(EPOCH).as_secs().checked_sub(ahead)?;
        let millis = seconds.checked_mul(1_000)?.checked_add(i64::from(self.millis))?;
        Some(Time::from_millis(millis))
    }
}

impl Offset {
    const UTC: Self = Self { hours: 0, minutes: 0, behind: false };

    /// In seconds; an offset has the hours and minutes of a clock.
    fn ahead(&self) -> Option<i64> {
        if self.hours > 23 || self.minutes > 59 {
            return None;
        }
        let minutes = i64::from(self.hours).checked_mul(60)?.checked_add(i64::from(self.minutes))?;
        minutes.checked_mul(if self.behind { -60 } else { 60 })
    }
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    /// The next byte, where it is one of these.
    fn take(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        wanted.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn digit(&mut self) -> Option<i8> {
        self.take(b"0123456789").and_then(|digit| i8::try_from(digit & 0x0f).ok())
    }

    fn two_digits(&mut self) -> Option<i8> {
        self.digit()?.checked_mul(10)?.checked_add(self.digit()?)
    }

    fn four_digits(&mut self) -> Option<i16> {
        i16::from(self.two_digits()?).checked_mul(100)?.checked_add(i16::from(self.two_digits()?))
    }

    /// The second and its milliseconds.
    fn seconds(&mut self, seconds: Seconds) -> Option<(i8, i16)> {
        if self.take(b":").is_none() {
            return match seconds {
                Seconds::Required => None,
                #[cfg(feature = "authzen")]
                Seconds::Optional => Some((0, 0)),
            };
        }
        Some((self.two_digits()?, self.fraction()?))
    }

    /// The milliseconds of a fraction; 0 where there is none.
    fn fraction(&mut self) -> Option<i16> {
        if self.take(b".").is_none() {
            return Some(0);
        }
        let mut millis = i16::from(self.digit()?).checked_mul(100)?;
        for worth in [10, 1] {
            millis = i16::from(self.digit().unwrap_or(0)).checked_mul(worth)?.checked_add(millis)?;
        }
        while self.digit().is_some() {}
        Some(millis)
    }

    fn offset(&mut self) -> Option<Offset> {
        let sign = self.take(b"Zz+-")?;
        if sign.eq_ignore_ascii_case(&b'Z') {
            return Some(Offset::UTC);
        }
        let hours = self.two_digits()?;
        self.take(b":")?;
        Some(Offset { hours, minutes: self.two_digits()?, behind: sign == b'-' })
    }
}

/// As RFC 3339 writes it, like [`Time::to_rfc3339`]. A time outside the years 0000 to 9999 is an error.
impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339().map_err(ser::Error::custom)?)
    }
}

/// From a string of RFC 3339's `date-time`.
impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimeVisitor(Seconds::Required))
    }
}

/// The present time as a question says it: its seconds may be missing, as `AuthZEN` writes it.
#[cfg(feature = "authzen")]
pub(crate) struct PresentTime(pub(crate) Time);

#[cfg(feature = "authzen")]
impl<'de> Deserialize<'de> for PresentTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimeVisitor(Seconds::Optional)).map(Self)
    }
}

struct TimeVisitor(Seconds);

impl Visitor<'_> for TimeVisitor {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time of RFC 3339, as a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
        read(text, self.0).map_err(E::custom)
    }
}

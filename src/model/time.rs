//! Points in time, and grants that can expire.

/// A point in time, in whole milliseconds since the Unix epoch. Negative values are before it.
///
/// # Examples
///
/// ```
/// use shipgate::Time;
///
/// let now = Time::from_millis(1_795_219_200_000);
/// assert!(now < Time::from_millis(1_795_219_200_001));
/// assert_eq!(now.as_millis(), 1_795_219_200_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// The earliest time.
    pub const MIN: Self = Self(i64::MIN);
    /// The latest time. Everything that has an expiry has expired by then.
    pub const MAX: Self = Self(i64::MAX);

    /// The time `millis` milliseconds after the Unix epoch, or before it if negative.
    #[must_use]
    #[inline]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    #[inline]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whether the time can be written: it lies in the years 0000 to 9999 in UTC, as RFC 3339 asks.
    #[cfg(any(feature = "directory", feature = "serde"))]
    pub(crate) const fn is_writable(self) -> bool {
        Self::FIRST_WRITABLE.0 <= self.0 && self.0 <= Self::LAST_WRITABLE.0
    }

    /// The first millisecond of the year 0000.
    #[cfg(any(feature = "directory", feature = "serde"))]
    pub(crate) const FIRST_WRITABLE: Self = Self(-62_167_219_200_000);
    /// The last millisecond of the year 9999.
    #[cfg(any(feature = "directory", feature = "serde"))]
    pub(crate) const LAST_WRITABLE: Self = Self(253_402_300_799_999);
}

/// Rounds down to whole milliseconds. A time out of range becomes [`Time::MIN`] or [`Time::MAX`].
#[cfg(feature = "std")]
impl From<std::time::SystemTime> for Time {
    fn from(time: std::time::SystemTime) -> Self {
        match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).map_or(Self::MAX, Self),
            Err(before) => {
                let before = before.duration();
                let cut = u128::from(before.subsec_nanos() % 1_000_000 != 0);
                i64::try_from(before.as_millis().saturating_add(cut))
                    .map_or(Self::MIN, |millis| Self(millis.saturating_neg()))
            }
        }
    }
}

#[cfg(feature = "std")]
impl Time {
    /// This time as a [`SystemTime`](std::time::SystemTime); `None` if that type cannot represent it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// use shipgate::Time;
    ///
    /// assert_eq!(Time::from_millis(1_500).to_system_time(), Some(UNIX_EPOCH + Duration::from_millis(1_500)));
    /// assert_eq!(Time::from_millis(-1).to_system_time().map(Time::from), Some(Time::from_millis(-1)));
    /// ```
    #[must_use]
    pub fn to_system_time(self) -> Option<std::time::SystemTime> {
        let distance = core::time::Duration::from_millis(self.0.unsigned_abs());
        if self.0 < 0 {
            std::time::UNIX_EPOCH.checked_sub(distance)
        } else {
            std::time::UNIX_EPOCH.checked_add(distance)
        }
    }
}

/// A value that is granted, such as a cluster access or a project role, with an optional expiry.
///
/// # Examples
///
/// ```
/// use shipgate::{Grant, ClusterAccess, Time};
///
/// let grant = Grant::new(ClusterAccess::Deploy).until(Time::from_millis(1_000));
/// assert_eq!(grant.value(), ClusterAccess::Deploy);
/// assert_eq!(grant.expires_at(), Some(Time::from_millis(1_000)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grant<T> {
    // An `Option<Time>` would add a word to each grant, and grants are most of what a directory stores.
    millis: i64,
    expires: bool,
    value: T,
}

impl<T: Copy> Grant<T> {
    /// A grant without expiry.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self { millis: i64::MAX, expires: false, value }
    }

    /// Sets the expiry: the grant counts while the present time is before it.
    #[must_use]
    pub const fn until(self, expiry: Time) -> Self {
        Self { millis: expiry.0, expires: true, value: self.value }
    }

    /// A grant with this expiry; `None` for no expiry.
    #[must_use]
    pub const fn expiring(value: T, expires_at: Option<Time>) -> Self {
        match expires_at {
            Some(expiry) => Self::new(value).until(expiry),
            None => Self::new(value),
        }
    }

    /// The value that was granted.
    #[must_use]
    #[inline]
    pub const fn value(&self) -> T {
        self.value
    }

    /// When the grant expires; `None` if it does not.
    #[must_use]
    #[inline]
    pub const fn expires_at(&self) -> Option<Time> {
        if self.expires { Some(Time(self.millis)) } else { None }
    }

    /// Whether the grant never expires.
    #[cfg(feature = "directory")]
    #[inline]
    pub(crate) const fn is_permanent(&self) -> bool {
        !self.expires
    }

    /// Whether the grant is known not to have expired.
    #[inline]
    pub(crate) const fn live(&self, now: Now) -> bool {
        !self.expires || now.is_before(self.millis)
    }

    /// How the grant counts at a time.
    #[inline]
    pub(crate) const fn at(&self, now: Now) -> GrantState<T> {
        if self.live(now) {
            GrantState::InForce(self.value)
        } else if now.is_known() {
            GrantState::Nothing
        } else {
            GrantState::Lowering(self.value)
        }
    }
}

impl<T: Copy> From<T> for Grant<T> {
    /// A grant without expiry.
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

/// How a grant counts at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum GrantState<T> {
    /// There is no grant, or it has expired.
    Nothing,
    /// The grant counts.
    InForce(T),
    /// The grant has an expiry and the time is unknown, so it counts only if it lowers.
    Lowering(T),
}

impl<T: Ord> GrantState<T> {
    /// How a grant of a member's own counts before those of the member's teams.
    #[inline]
    pub(crate) fn or_of_teams(self, teams: Self) -> Self {
        match (self, teams) {
            (Self::Nothing, teams) => teams,
            (Self::InForce(own), _) => Self::InForce(own),
            // The lower of itself and of what counts without it.
            (Self::Lowering(own), Self::InForce(team)) => Self::InForce(own.min(team)),
            (Self::Lowering(own), Self::Lowering(team)) => Self::Lowering(own.min(team)),
            (Self::Lowering(own), Self::Nothing) => Self::Lowering(own),
        }
    }

    /// How the grants of two teams count together: the highest that is in force; else the lowest.
    pub(crate) fn or_of_another_team(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, other) => other,
            (this, Self::Nothing) => this,
            (Self::InForce(a), Self::InForce(b)) => Self::InForce(a.max(b)),
            (Self::InForce(a), Self::Lowering(_)) | (Self::Lowering(_), Self::InForce(a)) => Self::InForce(a),
            (Self::Lowering(a), Self::Lowering(b)) => Self::Lowering(a.min(b)),
        }
    }
}

/// The time that a question is judged at. An unknown time is later than every expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Now(Option<Time>);

impl Now {
    #[inline]
    pub(crate) const fn new(now: Option<Time>) -> Self {
        Self(now)
    }

    pub(crate) const fn time(self) -> Option<Time> {
        self.0
    }

    /// Whether the time is known to be before a number of milliseconds since the Unix epoch.
    #[inline]
    pub(crate) const fn is_before(self, millis: i64) -> bool {
        match self.0 {
            Some(now) => now.0 < millis,
            None => false,
        }
    }

    /// Whether the time is known.
    pub(crate) const fn is_known(self) -> bool {
        self.0.is_some()
    }

    /// Whether something with this expiry is known to have expired.
    #[inline]
    pub(crate) const fn after(self, expires_at: Option<Time>) -> bool {
        match expires_at {
            Some(expiry) => self.is_known() && !self.is_before(expiry.0),
            None => false,
        }
    }

    /// Whether something with this expiry is known not to have expired.
    #[inline]
    pub(crate) const fn before(self, expires_at: Option<Time>) -> bool {
        match expires_at {
            Some(expiry) => self.is_before(expiry.0),
            None => true,
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn the_system_clock_is_cut_to_milliseconds_towards_the_past() {
        let at = |nanos: u64| Duration::from_nanos(nanos);
        for (time, millis) in [
            (UNIX_EPOCH, 0),
            (UNIX_EPOCH + at(1_999_999), 1),
            (UNIX_EPOCH - at(1), -1),
            (UNIX_EPOCH - at(1_000_000), -1),
            (UNIX_EPOCH - at(1_000_001), -2),
        ] {
            assert_eq!(Time::from(time), Time::from_millis(millis), "{time:?}");
        }
    }

    #[test]
    fn a_grant_is_live_until_its_expiry_and_without_a_time_only_lowers() {
        let expiry = Time::from_millis(10);
        let grant = Grant::new('g').until(expiry);
        assert_eq!(grant.at(Now::new(Some(Time::from_millis(9)))), GrantState::InForce('g'));
        assert_eq!(grant.at(Now::new(Some(expiry))), GrantState::Nothing);
        assert_eq!(grant.at(Now::new(None)), GrantState::Lowering('g'));
        assert_eq!(Grant::new('g').at(Now::new(None)), GrantState::InForce('g'));
        assert_eq!(Grant::new('g').until(Time::MAX).at(Now::new(Some(Time::MAX))), GrantState::Nothing);
    }
}

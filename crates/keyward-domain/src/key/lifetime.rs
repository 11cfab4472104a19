use crate::key::expiry::Expiry;
use crate::timestamp::Timestamp;

/// The maximum lifetime, in days: about ten years.
pub const LIFETIME_DAYS_MAX: u16 = 3_650;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// How long a secret of a key may be used after its creation: 1 to 3650 days of 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lifetime(u16);

/// The number of days is not a lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a lifetime has 1 to 3650 days")]
pub struct InvalidLifetime;

impl Lifetime {
    /// A lifetime of this many days.
    ///
    /// # Errors
    /// [`InvalidLifetime`] outside 1 to [`LIFETIME_DAYS_MAX`].
    pub fn from_days(days: i64) -> Result<Self, InvalidLifetime> {
        u16::try_from(days)
            .ok()
            .filter(|days| (1..=LIFETIME_DAYS_MAX).contains(days))
            .map(Self)
            .ok_or(InvalidLifetime)
    }

    /// The number of days.
    #[must_use]
    pub fn days(self) -> u16 {
        self.0
    }

    /// The number of seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        i64::from(self.0) * DAY_SECONDS
    }

    /// When it ends for a secret that was created at this time.
    #[must_use]
    pub fn end_for(self, created_at: Timestamp) -> Expiry {
        Expiry::from_timestamp(created_at.plus_seconds(self.seconds()))
    }

    /// When a key ends whose current secret was created at this time: at its own expiry, or before
    /// it when a maximum lifetime does not allow the secret so long.
    #[must_use]
    pub fn end_of_key(
        max: Option<Self>,
        expires_at: Option<Expiry>,
        secret_created_at: Timestamp,
    ) -> Option<Expiry> {
        let by_policy = max.map(|max| max.end_for(secret_created_at));
        expires_at.into_iter().chain(by_policy).min()
    }

    /// When a previous secret ends that was created at this time: at the end of the overlap, or
    /// before it when a maximum lifetime does not allow the secret so long.
    #[must_use]
    pub fn end_of_overlap(
        max: Option<Self>,
        overlap_ends_at: Timestamp,
        secret_created_at: Timestamp,
    ) -> Timestamp {
        let by_policy = max.map(|max| max.end_for(secret_created_at).timestamp());
        by_policy.map_or(overlap_ends_at, |end| overlap_ends_at.min(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, expiry};

    #[test]
    fn a_lifetime_is_1_to_3650_days() {
        for days in [1, 30, 3_650] {
            assert_eq!(i64::from(Lifetime::from_days(days).unwrap().days()), days);
        }
        for days in [0, -1, 3_651, 65_537, i64::MAX, i64::MIN] {
            assert_eq!(Lifetime::from_days(days), Err(InvalidLifetime), "{days}");
        }
    }

    #[test]
    fn it_ends_that_many_times_24_hours_after_the_creation() {
        let lifetime = Lifetime::from_days(2).unwrap();
        assert_eq!(lifetime.end_for(at(5)), expiry(5 + 172_800));
        let last = Expiry::from_timestamp(Timestamp::MAX);
        assert_eq!(lifetime.end_for(Timestamp::MAX), last);
    }
}

use crate::key::expiry::Expiry;
use crate::timestamp::Timestamp;

/// The maximum overlap: one week, in seconds.
pub const OVERLAP_SECONDS_MAX: u32 = 604_800;

/// How long the old secret stays valid after a rotation, in whole seconds: 0 to one week, one day
/// by default (contract §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap(u32);

/// The number of seconds is not a valid overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an overlap has 0 to 604800 seconds")]
pub struct InvalidOverlap;

impl Overlap {
    /// An overlap of this many seconds.
    ///
    /// # Errors
    /// [`InvalidOverlap`] outside 0 to [`OVERLAP_SECONDS_MAX`].
    pub fn from_seconds(seconds: i64) -> Result<Self, InvalidOverlap> {
        u32::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds <= OVERLAP_SECONDS_MAX)
            .map(Self)
            .ok_or(InvalidOverlap)
    }

    /// The number of seconds.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// The end of an overlap that begins at `now`: a whole second, as in responses, and never after
    /// the end of the key with its old secret.
    pub(crate) fn ends_at(self, now: Timestamp, key_ends_at: Option<Expiry>) -> Timestamp {
        let end = if self.0 == 0 {
            now
        } else {
            now.plus_seconds(self.0.into()).rounded_up_to_seconds()
        };
        key_ends_at.map_or(end, |expiry| end.min(expiry.timestamp()))
    }
}

impl Default for Overlap {
    fn default() -> Self {
        Self(86_400)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_is_0_seconds_to_a_week() {
        assert_eq!(Overlap::default().seconds(), 86_400);
        for seconds in [0, 1, 604_800] {
            assert_eq!(
                i64::from(Overlap::from_seconds(seconds).unwrap().seconds()),
                seconds
            );
        }
        for seconds in [-1, 604_801, i64::MAX, i64::MIN] {
            assert_eq!(Overlap::from_seconds(seconds), Err(InvalidOverlap));
        }
    }

    #[test]
    fn overlap_never_outlives_expires_at() {
        let now = Timestamp::from_unix_micros(1_000_000_000_500_000).unwrap();
        let overlap = Overlap::from_seconds(60).unwrap();
        let whole = |seconds| Timestamp::from_unix_seconds(seconds).unwrap();
        assert_eq!(overlap.ends_at(now, None), whole(1_000_000_061));
        let sooner = Expiry::from_timestamp(whole(1_000_000_030));
        assert_eq!(overlap.ends_at(now, Some(sooner)), whole(1_000_000_030));
        let later = Expiry::from_timestamp(whole(1_000_000_100));
        assert_eq!(overlap.ends_at(now, Some(later)), whole(1_000_000_061));
        assert_eq!(Overlap(0).ends_at(now, Some(later)), now);
    }
}

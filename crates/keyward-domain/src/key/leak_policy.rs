use crate::key::expiry::Expiry;
use crate::timestamp::Timestamp;

/// The maximum of a [`GracePeriod`] in hours: 30 days.
pub const GRACE_HOURS_MAX: u16 = 720;

const SECONDS_PER_HOUR: i64 = 60 * 60;

/// What happens to an active key when GitHub or a scanner reports its current secret. A workspace
/// without a policy has the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeakPolicy {
    /// Only the notice; the key goes on working.
    Notify,
    /// The key is disabled.
    #[default]
    Disable,
    /// The key expires after this time, unless it already does so earlier.
    Expire(GracePeriod),
}

/// How long a key works after its secret was reported: 1 to [`GRACE_HOURS_MAX`] whole hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GracePeriod(u16);

/// The parts are no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLeakPolicy {
    /// Not the name of a reaction.
    #[error("the reaction must be NOTIFY, DISABLE or EXPIRE")]
    UnknownReaction,
    /// A grace period is missing.
    #[error("EXPIRE needs a grace period")]
    GraceMissing,
    /// A grace period without a meaning.
    #[error("only EXPIRE has a grace period")]
    GraceUnused,
}

/// Not a number of hours from 1 to [`GRACE_HOURS_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of hours from 1 to {GRACE_HOURS_MAX}")]
pub struct InvalidGracePeriod;

impl LeakPolicy {
    /// The policy with this reaction: `NOTIFY`, `DISABLE` or `EXPIRE`.
    ///
    /// # Errors
    /// [`InvalidLeakPolicy`].
    pub fn parse(reaction: &str, grace: Option<GracePeriod>) -> Result<Self, InvalidLeakPolicy> {
        match (reaction, grace) {
            ("NOTIFY", None) => Ok(Self::Notify),
            ("DISABLE", None) => Ok(Self::Disable),
            ("EXPIRE", Some(grace)) => Ok(Self::Expire(grace)),
            ("EXPIRE", None) => Err(InvalidLeakPolicy::GraceMissing),
            ("NOTIFY" | "DISABLE", Some(_)) => Err(InvalidLeakPolicy::GraceUnused),
            (_, _) => Err(InvalidLeakPolicy::UnknownReaction),
        }
    }

    /// `NOTIFY`, `DISABLE` or `EXPIRE`.
    #[must_use]
    pub fn reaction(&self) -> &'static str {
        match self {
            Self::Notify => "NOTIFY",
            Self::Disable => "DISABLE",
            Self::Expire(_) => "EXPIRE",
        }
    }

    /// The grace period of `EXPIRE`.
    #[must_use]
    pub fn grace(&self) -> Option<GracePeriod> {
        match self {
            Self::Notify | Self::Disable => None,
            Self::Expire(grace) => Some(*grace),
        }
    }
}

impl GracePeriod {
    /// A number of hours.
    ///
    /// # Errors
    /// [`InvalidGracePeriod`].
    pub fn from_hours(hours: i64) -> Result<Self, InvalidGracePeriod> {
        let hours = u16::try_from(hours).ok();
        let hours = hours.filter(|hours| (1..=GRACE_HOURS_MAX).contains(hours));
        hours.map(Self).ok_or(InvalidGracePeriod)
    }

    /// The number of hours.
    #[must_use]
    pub fn hours(self) -> u16 {
        self.0
    }

    /// The expiry of a key whose secret was reported at `now`.
    #[must_use]
    pub fn end(self, now: Timestamp) -> Expiry {
        Expiry::from_timestamp(now.plus_seconds(i64::from(self.0) * SECONDS_PER_HOUR))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, expiry};

    #[test]
    fn only_an_end_has_a_grace_period() {
        let grace = GracePeriod::from_hours(24).ok();
        for (reaction, grace, want) in [
            ("NOTIFY", None, Ok(LeakPolicy::Notify)),
            ("DISABLE", None, Ok(LeakPolicy::Disable)),
            ("EXPIRE", grace, Ok(LeakPolicy::Expire(grace.unwrap()))),
            ("EXPIRE", None, Err(InvalidLeakPolicy::GraceMissing)),
            ("NOTIFY", grace, Err(InvalidLeakPolicy::GraceUnused)),
            ("DISABLE", grace, Err(InvalidLeakPolicy::GraceUnused)),
            ("disable", None, Err(InvalidLeakPolicy::UnknownReaction)),
            ("", grace, Err(InvalidLeakPolicy::UnknownReaction)),
        ] {
            let policy = LeakPolicy::parse(reaction, grace);
            assert_eq!(policy, want, "{reaction} {grace:?}");
            if let Ok(policy) = policy {
                assert_eq!((policy.reaction(), policy.grace()), (reaction, grace));
            }
        }
    }

    #[test]
    fn a_grace_period_is_at_most_30_days() {
        for hours in [1, 24, 720] {
            let grace = GracePeriod::from_hours(hours).unwrap();
            assert_eq!(i64::from(grace.hours()), hours);
            assert_eq!(grace.end(at(7)), expiry(7 + hours * 3_600));
        }
        for hours in [i64::MIN, -1, 0, 721, 65_537, i64::MAX] {
            assert_eq!(
                GracePeriod::from_hours(hours),
                Err(InvalidGracePeriod),
                "{hours}"
            );
        }
    }
}

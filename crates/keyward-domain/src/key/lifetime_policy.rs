use crate::key::expiry::Expiry;
use crate::key::lifetime::Lifetime;
use crate::timestamp::Timestamp;

/// How long the keys of a workspace may be used. A lifetime counts from the creation of a key's
/// current secret, so a rotation renews it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LifetimePolicy {
    default: Option<Lifetime>,
    max: Option<Lifetime>,
    may_never_expire: bool,
    existing: ExistingKeys,
}

/// What happens to keys whose current secret is older than the maximum lifetime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExistingKeys {
    /// They go on working, and operators can list them.
    #[default]
    Report,
    /// They are `EXPIRED`.
    Refuse,
}

/// The parts of a policy contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLifetimePolicy {
    /// The default lifetime is above the maximum.
    #[error("the default lifetime is above the maximum lifetime")]
    DefaultBeyondMax,
    /// Without a maximum, no key is too old.
    #[error("existing keys can only be refused with a maximum lifetime")]
    RefusedWithoutMax,
}

/// Why a policy does not allow an expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LifetimeFault {
    /// A key needs an expiry.
    #[error("is required")]
    Required,
    /// A key needs an expiry, and this is the latest one.
    #[error("is required, and must not be after {0}")]
    RequiredUntil(Expiry),
    /// The expiry is beyond the maximum lifetime; this is the latest one.
    #[error("must not be after {0}")]
    TooLate(Expiry),
}

impl ExistingKeys {
    /// `REPORT` or `REFUSE`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Report => "REPORT",
            Self::Refuse => "REFUSE",
        }
    }

    /// Parses the text of [`as_str`](Self::as_str).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Report, Self::Refuse]
            .into_iter()
            .find(|existing| existing.as_str() == text)
    }
}

/// No limit: a key without an expiry never expires.
impl Default for LifetimePolicy {
    fn default() -> Self {
        Self {
            default: None,
            max: None,
            may_never_expire: true,
            existing: ExistingKeys::Report,
        }
    }
}

impl LifetimePolicy {
    /// A policy with these parts. `default` is the lifetime of a new key without an expiry.
    ///
    /// # Errors
    /// [`InvalidLifetimePolicy`] when they contradict each other.
    pub fn new(
        default: Option<Lifetime>,
        max: Option<Lifetime>,
        may_never_expire: bool,
        existing: ExistingKeys,
    ) -> Result<Self, InvalidLifetimePolicy> {
        if max.is_none() && existing == ExistingKeys::Refuse {
            Err(InvalidLifetimePolicy::RefusedWithoutMax)
        } else if default.zip(max).is_some_and(|(default, max)| default > max) {
            Err(InvalidLifetimePolicy::DefaultBeyondMax)
        } else {
            Ok(Self {
                default,
                max,
                may_never_expire,
                existing,
            })
        }
    }

    /// The lifetime of a new key without an expiry, if there is one.
    #[must_use]
    pub fn default_lifetime(&self) -> Option<Lifetime> {
        self.default
    }

    /// The maximum lifetime.
    #[must_use]
    pub fn max(&self) -> Option<Lifetime> {
        self.max
    }

    /// Whether a key may be without an expiry.
    #[must_use]
    pub fn may_never_expire(&self) -> bool {
        self.may_never_expire
    }

    /// What happens to keys that are too old.
    #[must_use]
    pub fn existing(&self) -> ExistingKeys {
        self.existing
    }

    /// The lifetime after which a key is `EXPIRED`, whatever its expiry.
    #[must_use]
    pub fn refused_after(&self) -> Option<Lifetime> {
        match self.existing {
            ExistingKeys::Report => None,
            ExistingKeys::Refuse => self.max,
        }
    }

    /// The expiry of a key that is created now without one.
    #[must_use]
    pub fn default_expiry(&self, now: Timestamp) -> Option<Expiry> {
        self.default.map(|lifetime| lifetime.end_for(now))
    }

    /// The latest expiry of a key with a secret that was created at this time.
    #[must_use]
    pub fn latest_expiry(&self, secret_created_at: Timestamp) -> Option<Expiry> {
        self.max.map(|lifetime| lifetime.end_for(secret_created_at))
    }

    /// The latest expiry that a change at `now` may give to a key with a secret that was created at
    /// this time. If the secret has reached its maximum age already, the lifetime starts again at
    /// `now`: otherwise no expiry would be possible, and an expired key could not be renewed.
    #[must_use]
    pub fn latest_new_expiry(
        &self,
        secret_created_at: Timestamp,
        now: Timestamp,
    ) -> Option<Expiry> {
        self.latest_expiry(self.start(secret_created_at, now))
    }

    pub(crate) fn start(&self, secret_created_at: Timestamp, now: Timestamp) -> Timestamp {
        let latest = self.latest_expiry(secret_created_at);
        if latest.is_some_and(|latest| latest.is_past(now)) {
            now
        } else {
            secret_created_at
        }
    }

    /// Returns the expiry if a key with a secret that was created at this time may have it.
    pub(crate) fn admit(
        &self,
        expires_at: Option<Expiry>,
        secret_created_at: Timestamp,
    ) -> Result<Option<Expiry>, LifetimeFault> {
        match (expires_at, self.latest_expiry(secret_created_at)) {
            (Some(expiry), Some(latest)) if expiry > latest => Err(LifetimeFault::TooLate(latest)),
            (None, Some(latest)) if !self.may_never_expire => {
                Err(LifetimeFault::RequiredUntil(latest))
            }
            (None, None) if !self.may_never_expire => Err(LifetimeFault::Required),
            (admitted, _) => Ok(admitted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, expiry};

    const DAY: i64 = 86_400;

    fn days(days: i64) -> Lifetime {
        Lifetime::from_days(days).unwrap()
    }

    #[test]
    fn the_parts_of_a_policy_fit_together() {
        use ExistingKeys::{Refuse, Report};
        use InvalidLifetimePolicy::{DefaultBeyondMax, RefusedWithoutMax};
        let check = |default, max, existing, want: Option<InvalidLifetimePolicy>| {
            for may_never_expire in [true, false] {
                let policy = LifetimePolicy::new(default, max, may_never_expire, existing);
                assert_eq!(policy.err(), want, "{default:?} {max:?} {existing:?}");
            }
        };
        check(None, None, Report, None);
        check(Some(days(90)), None, Report, None);
        check(None, Some(days(90)), Report, None);
        check(Some(days(90)), Some(days(90)), Refuse, None);
        check(
            Some(days(91)),
            Some(days(90)),
            Report,
            Some(DefaultBeyondMax),
        );
        check(
            Some(days(91)),
            Some(days(90)),
            Refuse,
            Some(DefaultBeyondMax),
        );
        check(None, None, Refuse, Some(RefusedWithoutMax));
        check(Some(days(1)), None, Refuse, Some(RefusedWithoutMax));
    }

    #[test]
    fn without_a_policy_every_expiry_is_admitted() {
        let policy = LifetimePolicy::default();
        for expires_at in [None, Some(expiry(1)), Some(expiry(9_999 * DAY))] {
            assert_eq!(policy.admit(expires_at, at(0)), Ok(expires_at));
        }
        assert_eq!(policy.default_expiry(at(0)), None);
        assert_eq!(policy.refused_after(), None);
    }

    #[test]
    fn an_expiry_is_admitted_up_to_the_maximum_after_the_secrets_creation() {
        let admit = |max, may_never_expire, expires_at| {
            let policy = LifetimePolicy::new(None, max, may_never_expire, ExistingKeys::Report);
            policy.unwrap().admit(expires_at, at(7))
        };
        let latest = expiry(2 * DAY + 7);
        for (max, may_never_expire, expires_at, want) in [
            (Some(days(2)), false, Some(latest), Ok(Some(latest))),
            (
                Some(days(2)),
                false,
                Some(expiry(2 * DAY + 8)),
                Err(LifetimeFault::TooLate(latest)),
            ),
            (
                Some(days(2)),
                false,
                None,
                Err(LifetimeFault::RequiredUntil(latest)),
            ),
            (Some(days(2)), true, None, Ok(None)),
            (
                Some(days(2)),
                true,
                Some(expiry(2 * DAY + 8)),
                Err(LifetimeFault::TooLate(latest)),
            ),
            (None, false, None, Err(LifetimeFault::Required)),
            (None, false, Some(latest), Ok(Some(latest))),
            (None, true, None, Ok(None)),
        ] {
            assert_eq!(
                admit(max, may_never_expire, expires_at),
                want,
                "{max:?} {may_never_expire} {expires_at:?}"
            );
        }
    }

    #[test]
    fn the_words_for_existing_keys_are_read_as_they_are_written() {
        for existing in [ExistingKeys::Report, ExistingKeys::Refuse] {
            assert_eq!(ExistingKeys::parse(existing.as_str()), Some(existing));
        }
        assert_eq!(ExistingKeys::parse("refuse"), None);
    }
}

use std::fmt;

use crate::timestamp::{InvalidTimestamp, Timestamp};

/// The instant from which a key is `EXPIRED`, in whole seconds, as in responses (contract §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expiry(Timestamp);

/// Why a text is not a valid expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpiryError {
    /// Not a valid instant.
    #[error(transparent)]
    Timestamp(#[from] InvalidTimestamp),
    /// Not in the future.
    #[error("must be in the future")]
    NotInFuture,
}

impl Expiry {
    /// Parses RFC 3339 and drops the fraction of a second, so that the stored and the shown value
    /// are equal.
    ///
    /// # Errors
    /// [`ExpiryError`] when the text is not an instant, or not after `now`.
    pub fn parse(text: &str, now: Timestamp) -> Result<Self, ExpiryError> {
        let at = Timestamp::parse_rfc3339(text)?.truncated_to_seconds();
        if at > now {
            Ok(Self(at))
        } else {
            Err(ExpiryError::NotInFuture)
        }
    }

    /// Restores a stored expiry, which may be in the past.
    #[must_use]
    pub fn from_timestamp(at: Timestamp) -> Self {
        Self(at.truncated_to_seconds())
    }

    /// The instant itself.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    /// Whether the key has expired at `now`.
    #[must_use]
    pub fn is_past(self, now: Timestamp) -> bool {
        self.0 <= now
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiry_is_in_the_future() {
        let now = Timestamp::parse_rfc3339("2026-03-21T00:00:00.5Z").unwrap();
        let check = |text: &str, want: Result<&str, ExpiryError>| {
            let got = Expiry::parse(text, now).map(|expiry| expiry.to_string());
            assert_eq!(got, want.map(str::to_owned), "{text}");
        };
        check("2026-03-21T00:00:01Z", Ok("2026-03-21T00:00:01Z"));
        check("2026-03-21T00:00:01.75Z", Ok("2026-03-21T00:00:01Z"));
        check("2026-03-21T00:00:00.9Z", Err(ExpiryError::NotInFuture));
        check("2020-01-01T00:00:00Z", Err(ExpiryError::NotInFuture));
        check("tomorrow", Err(InvalidTimestamp::Malformed.into()));
    }

    #[test]
    fn a_key_ends_at_its_expiry_not_after_it() {
        let now = Timestamp::from_unix_seconds(100).unwrap();
        assert!(Expiry::from_timestamp(now).is_past(now));
        assert!(!Expiry::from_timestamp(now.plus_seconds(1)).is_past(now));
    }
}

/// The maximum leeway in seconds (contract §7).
pub(super) const LEEWAY_SECONDS_MAX: u32 = 30;

/// The maximum difference between the clock of an identity service and ours: 0 to 30 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leeway(u32);

/// More leeway than the contract allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is more than the 30 seconds allowed")]
pub struct TooMuchLeeway(u32);

impl Leeway {
    /// This many seconds.
    ///
    /// # Errors
    /// [`TooMuchLeeway`] for more than 30.
    pub fn parse(seconds: u32) -> Result<Self, TooMuchLeeway> {
        if seconds > LEEWAY_SECONDS_MAX {
            return Err(TooMuchLeeway(seconds));
        }
        Ok(Self(seconds))
    }

    /// The seconds.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }
}

/// 30 seconds.
impl Default for Leeway {
    fn default() -> Self {
        Self(LEEWAY_SECONDS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leeway_is_30_seconds_at_most() {
        for seconds in [0, 1, 30] {
            assert_eq!(Leeway::parse(seconds).map(Leeway::seconds), Ok(seconds));
        }
        assert_eq!(Leeway::parse(31), Err(TooMuchLeeway(31)));
        assert_eq!(Leeway::default().seconds(), 30);
    }
}

use std::fmt;

/// Whether a key acts on real money or in the sandbox (contract §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Real operations; the default.
    Live,
    /// The sandbox. Only the PARTNER portal can create such keys.
    Test,
}

/// The number is not a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 (LIVE) or 2 (TEST)")]
pub struct UnknownMode;

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Live, Self::Test];

    /// The mode for the number `1` or `2` of a request.
    ///
    /// # Errors
    /// [`UnknownMode`] for any other number.
    pub fn from_code(code: i64) -> Result<Self, UnknownMode> {
        match code {
            1 => Ok(Self::Live),
            2 => Ok(Self::Test),
            _ => Err(UnknownMode),
        }
    }

    /// The number of the mode in a request.
    #[must_use]
    pub fn code(self) -> i64 {
        match self {
            Self::Live => 1,
            Self::Test => 2,
        }
    }

    /// `LIVE` or `TEST`, as in every response.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "LIVE",
            Self::Test => "TEST",
        }
    }

    /// Parses the text of [`as_str`](Self::as_str).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }

    /// `live` or `test`, as in key ids and secrets.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mode_codes_are_1_and_2_alone() {
        assert_eq!(Mode::from_code(1), Ok(Mode::Live));
        for mode in Mode::ALL {
            assert_eq!(Mode::from_code(mode.code()), Ok(mode));
        }
        assert_eq!(Mode::from_code(2), Ok(Mode::Test));
        for code in [0, 3, 257, 258, -1, i64::MIN, i64::MAX] {
            assert_eq!(Mode::from_code(code), Err(UnknownMode), "{code}");
        }
    }
}

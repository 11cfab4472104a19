use std::fmt;
use std::sync::Arc;

/// The maximum length of a [`CallerName`]. It is below the length of every internal token and of
/// every service token, so that a misplaced token is never shown as a name.
const LENGTH_MAX: usize = 31;

const SECRET_HOLDER: &str = "secret-holder";
const WEBHOOKS: &str = "webhooks";
const GITHUB: &str = "github";

/// The name of a caller of the internal listener in logs, metrics and the audit trail: 1 to 31
/// ASCII letters, digits, `-`, `_` and `.`. Clones share one text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallerName(Arc<str>);

/// The text is not a caller's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 31 ASCII letters, digits, \"-\", \"_\" or \".\"")]
pub struct InvalidCallerName;

impl CallerName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`InvalidCallerName`] when the text is empty or too long, or has another character.
    pub fn parse(text: &str) -> Result<Self, InvalidCallerName> {
        let is_allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if (1..=LENGTH_MAX).contains(&text.len()) && text.bytes().all(is_allowed) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidCallerName)
        }
    }

    /// The name by which the audit trail shows someone who has a secret and gives it back. No caller
    /// of the internal listener has it.
    #[must_use]
    pub fn secret_holder() -> Self {
        Self(SECRET_HOLDER.into())
    }

    /// The name by which the audit trail shows that a webhook was disabled because of its failures. No
    /// caller of the internal listener has it.
    #[must_use]
    pub fn webhooks() -> Self {
        Self(WEBHOOKS.into())
    }

    /// The name by which the audit trail shows GitHub, which reports secrets that it has found. No
    /// caller of the internal listener has it.
    #[must_use]
    pub fn github() -> Self {
        Self(GITHUB.into())
    }

    /// The names by which the audit trail shows who has reported a secret, other than services.
    #[must_use]
    pub fn reporters() -> [Self; 2] {
        [Self::secret_holder(), Self::github()]
    }

    /// Whether no caller may have the name.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        [SECRET_HOLDER, WEBHOOKS, GITHUB].contains(&self.as_str())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CallerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        for text in ["a", "edge-1", "Back_end.2", &"n".repeat(31)] {
            assert!(CallerName::parse(text).is_ok(), "{text:?}");
        }
        for text in ["", " ", "a b", "a:b", "é", "a\n", &"n".repeat(32)] {
            assert_eq!(CallerName::parse(text), Err(InvalidCallerName), "{text:?}");
        }
    }

    #[test]
    fn names_that_the_trail_gives_to_reporters_are_reserved() {
        for name in CallerName::reporters() {
            let parsed = CallerName::parse(name.as_str()).unwrap();
            assert!(parsed.is_reserved(), "{name}");
        }
        assert!(!CallerName::parse("github-1").unwrap().is_reserved());
    }
}

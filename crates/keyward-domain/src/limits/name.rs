use std::fmt;
use std::sync::Arc;

/// The maximum length of a limit's name, in characters.
pub const LIMIT_NAME_LENGTH_MAX: usize = 32;

/// The name of a limit, by which a question states its cost: 1 to 32 characters of `a-z`, `0-9`, `_`
/// and `-`, beginning with a letter (contract §11). Copies share the text: each answer about a limited key
/// has one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LimitName(Arc<str>);

/// The text is not the name of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a limit's name: 1 to 32 characters of a-z, 0-9, '_' and '-', beginning with a letter")]
pub struct InvalidLimitName;

impl LimitName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`InvalidLimitName`] when it has another form.
    pub fn parse(text: &str) -> Result<Self, InvalidLimitName> {
        let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        let begins_with_letter = text.starts_with(|first: char| first.is_ascii_lowercase());
        let is_name = begins_with_letter
            && text.len() <= LIMIT_NAME_LENGTH_MAX
            && text.bytes().all(is_allowed);
        if is_name {
            Ok(Self(text.into()))
        } else {
            Err(InvalidLimitName)
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LimitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for LimitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        for name in ["a", "requests", "tokens-2", "x_y", &"n".repeat(32)] {
            assert_eq!(LimitName::parse(name).unwrap().as_str(), name);
        }
        for text in [
            "",
            "A",
            "1a",
            "-a",
            "a b",
            "a.b",
            "ä",
            "a\n",
            &"n".repeat(33),
        ] {
            assert_eq!(LimitName::parse(text), Err(InvalidLimitName), "{text:?}");
        }
    }
}

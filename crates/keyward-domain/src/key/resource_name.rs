use std::fmt;

use crate::key::display_text::{self, DisplayTextError};

/// The maximum length of a resource's name in Unicode scalar values, as of a scope's description.
pub const RESOURCE_NAME_LENGTH_MAX: usize = 256;

/// The name of a resource in one language, such as `Payments`: trimmed, in NFC, 1 to 256 Unicode scalar
/// values. At least one of them is visible, and none is a control, bidi-override or line-separator
/// character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceName(Box<str>);

impl ResourceName {
    /// Trims, normalizes and checks a name.
    ///
    /// # Errors
    /// [`DisplayTextError`], for the first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, DisplayTextError> {
        let name = display_text::parse(text, RESOURCE_NAME_LENGTH_MAX)?;
        Ok(Self(name.into_boxed_str()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_visible_text_of_1_to_256_characters() {
        for (text, want) in [
            ("  Payments ", "Payments"),
            ("支払い", "支払い"),
            ("Cafe\u{301}", "Café"),
            (&"😀".repeat(256), &"😀".repeat(256)),
        ] {
            assert_eq!(ResourceName::parse(text).unwrap().as_str(), want);
        }
        let too_long = DisplayTextError::TooLong {
            max: 256,
            length: 257,
        };
        assert_eq!(ResourceName::parse(&"x".repeat(257)), Err(too_long));
        for text in ["", " ", "\u{200B}"] {
            assert_eq!(ResourceName::parse(text), Err(DisplayTextError::Blank));
        }
        for character in ['\0', '\n', '\u{202E}'] {
            let text = format!("a{character}b");
            let forbidden = DisplayTextError::ForbiddenCharacter { character };
            assert_eq!(ResourceName::parse(&text), Err(forbidden));
        }
    }
}

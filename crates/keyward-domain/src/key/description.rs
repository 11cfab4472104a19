use std::fmt;

use crate::key::display_text::{self, DisplayTextError};

/// The maximum length of a description in Unicode scalar values.
pub const DESCRIPTION_LENGTH_MAX: usize = 500;

/// What a key is for, in the words of its owner: one line by the rules of a
/// [`KeyName`](crate::KeyName), with 1 to 500 Unicode scalar values (contract §1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    /// Trims, normalizes and checks a description.
    ///
    /// # Errors
    /// [`DisplayTextError`], for the first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, DisplayTextError> {
        display_text::parse(text, DESCRIPTION_LENGTH_MAX).map(Self)
    }

    /// The description.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_description_is_one_visible_line_of_500_characters() {
        let check = |text: &str, want: Result<&str, DisplayTextError>| {
            let parsed = Description::parse(text);
            assert_eq!(
                parsed.as_ref().map(Description::as_str),
                want.as_ref().copied(),
                "{text:?}"
            );
        };
        let full = "支".repeat(500);
        check(&full, Ok(&full));
        let too_long = DisplayTextError::TooLong {
            max: 500,
            length: 501,
        };
        check(&"x".repeat(501), Err(too_long));
        check("  For the nightly report ", Ok("For the nightly report"));
        check("Cafe\u{301}", Ok("Café"));
        check("<b>", Ok("<b>"));
        for blank in ["", " ", "\u{3164}", "\u{200B}"] {
            check(blank, Err(DisplayTextError::Blank));
        }
        for character in ['\0', '\n', '\t', '\u{7F}', '\u{2028}', '\u{202E}'] {
            let forbidden = DisplayTextError::ForbiddenCharacter { character };
            check(&format!("a{character}b"), Err(forbidden));
        }
    }

    proptest! {
        #[test]
        fn a_description_parses_to_itself(text in "\\PC{0,520}") {
            if let Ok(description) = Description::parse(&text) {
                let length = description.as_str().chars().count();
                prop_assert!((1..=DESCRIPTION_LENGTH_MAX).contains(&length));
                prop_assert_eq!(Description::parse(description.as_str()), Ok(description));
            }
        }
    }
}

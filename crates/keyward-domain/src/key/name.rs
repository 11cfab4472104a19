use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::key::display_text::{self, DisplayTextError};

/// The maximum length of a name in Unicode scalar values.
pub const KEY_NAME_LENGTH_MAX: usize = 128;

/// The display name of a key: trimmed, in NFC, 1 to 128 Unicode scalar values. At least one of them
/// is visible, and none is a control, bidi-override or line-separator character (contract §1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName(Box<str>);

impl KeyName {
    /// Trims, normalizes and checks a name.
    ///
    /// # Errors
    /// [`DisplayTextError`], for the first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, DisplayTextError> {
        let name = display_text::parse(text, KEY_NAME_LENGTH_MAX)?;
        Ok(Self(name.into_boxed_str()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The case-folded name, for searching and sorting.
    #[must_use]
    pub fn folded(&self) -> String {
        fold(&self.0)
    }
}

/// Folds character by character, so that a part of a text folds as it does within the whole.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).nfc().collect()
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, want: Result<&str, DisplayTextError>) {
        let got = KeyName::parse(text);
        assert_eq!(
            got.as_ref().map(KeyName::as_str),
            want.as_ref().copied(),
            "{text:?}"
        );
    }

    #[test]
    fn name_is_trimmed_and_nfc() {
        check("  Production Key\t", Ok("Production Key"));
        check("Cafe\u{301}", Ok("Café"));
        check("<script>alert(1)</script>", Ok("<script>alert(1)</script>"));
        check("ひらがな 中文 Tiếng Việt", Ok("ひらがな 中文 Tiếng Việt"));
    }

    #[test]
    fn name_has_1_to_128_scalar_values() {
        check("a", Ok("a"));
        check(&"😀".repeat(128), Ok(&"😀".repeat(128)));
        check(
            &"x".repeat(129),
            Err(DisplayTextError::TooLong {
                max: 128,
                length: 129,
            }),
        );
        check(
            &format!("{}e\u{301}", "x".repeat(127)),
            Ok(&format!("{}é", "x".repeat(127))),
        );
    }

    #[test]
    fn name_shows_something() {
        for text in [
            "",
            " ",
            "\u{3164}",
            "\u{200B}\u{200B}",
            "\u{2003}\u{FEFF}",
            "\u{2800}",
            "\n",
        ] {
            check(text, Err(DisplayTextError::Blank));
        }
        check("\u{200B}a", Ok("\u{200B}a"));
    }

    #[test]
    fn name_has_no_control_bidi_or_separator_character() {
        for character in [
            '\0', '\n', '\r', '\u{7F}', '\u{85}', '\u{202E}', '\u{2066}', '\u{2028}', '\u{2029}',
        ] {
            check(
                &format!("a{character}b"),
                Err(DisplayTextError::ForbiddenCharacter { character }),
            );
        }
    }

    proptest! {
        #[test]
        fn a_name_parses_to_itself(text in "\\PC{0,140}") {
            if let Ok(name) = KeyName::parse(&text) {
                let length = name.as_str().chars().count();
                prop_assert!((1..=KEY_NAME_LENGTH_MAX).contains(&length));
                prop_assert_eq!(name.as_str().trim(), name.as_str());
                prop_assert_eq!(KeyName::parse(name.as_str()), Ok(name));
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text: String) {
            let _ = KeyName::parse(&text);
        }
    }
}

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// The maximum length of a name in Unicode scalar values.
pub const KEY_NAME_LENGTH_MAX: usize = 128;

/// The display name of a key: trimmed, in NFC, 1 to 128 Unicode scalar values. At least one of them
/// is visible, and none is a control, bidi-override or line-separator character (contract §1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName(String);

/// Why a text is not a valid name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyNameError {
    /// No visible character: empty, or only spaces and invisible characters.
    #[error("must have at least one visible character")]
    Blank,
    /// More scalar values than [`KEY_NAME_LENGTH_MAX`], counted after trimming and NFC.
    #[error("must have at most 128 characters, has {length}")]
    TooLong {
        /// The length of the text.
        length: usize,
    },
    /// A character that could break or disguise the line that shows the name.
    #[error("must not contain the character U+{:04X}", u32::from(*.character))]
    ForbiddenCharacter {
        /// The first such character.
        character: char,
    },
}

impl KeyName {
    /// Trims, normalizes and checks a name.
    ///
    /// # Errors
    /// [`KeyNameError`], for the first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, KeyNameError> {
        let name: String = text.trim().nfc().collect();
        if let Some(character) = name.chars().find(|character| is_forbidden(*character)) {
            return Err(KeyNameError::ForbiddenCharacter { character });
        }
        let length = name.chars().count();
        if length > KEY_NAME_LENGTH_MAX {
            return Err(KeyNameError::TooLong { length });
        }
        if name.chars().all(is_invisible) {
            return Err(KeyNameError::Blank);
        }
        Ok(Self(name))
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

/// Controls, line and paragraph separators, and the bidi characters that can reorder the text
/// around them (Unicode UAX #9: embeddings, overrides, isolates).
fn is_forbidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters that are invisible by themselves: white space, fillers, joiners, selectors, tags.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2060}'..='\u{206F}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, want: Result<&str, KeyNameError>) {
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
        check(&"x".repeat(129), Err(KeyNameError::TooLong { length: 129 }));
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
            check(text, Err(KeyNameError::Blank));
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
                Err(KeyNameError::ForbiddenCharacter { character }),
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

//! Texts that people read: names and descriptions.

use unicode_normalization::UnicodeNormalization as _;

/// Why a text can't be shown to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisplayTextError {
    /// No visible character: empty, or only spaces and invisible characters.
    #[error("must have at least one visible character")]
    Blank,
    /// Too many scalar values, counted after trimming and NFC.
    #[error("must have at most {max} characters, has {length}")]
    TooLong {
        /// The maximum length.
        max: usize,
        /// The length of the text.
        length: usize,
    },
    /// A character that could break or disguise the line that shows the text.
    #[error("must not contain the character U+{:04X}", u32::from(*.character))]
    ForbiddenCharacter {
        /// The first such character.
        character: char,
    },
}

/// Trims, normalizes (NFC) and checks a text of at most `max` Unicode scalar values.
///
/// # Errors
/// [`DisplayTextError`], for the first rule that the text breaks.
pub(crate) fn parse(text: &str, max: usize) -> Result<String, DisplayTextError> {
    let text: String = text.trim().nfc().collect();
    if let Some(character) = text.chars().find(|character| is_forbidden(*character)) {
        return Err(DisplayTextError::ForbiddenCharacter { character });
    }
    let length = text.chars().count();
    if length > max {
        return Err(DisplayTextError::TooLong { max, length });
    }
    if text.chars().all(is_invisible) {
        return Err(DisplayTextError::Blank);
    }
    Ok(text)
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

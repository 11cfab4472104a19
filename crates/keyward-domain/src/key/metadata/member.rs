use super::MetadataError;

/// The maximum length of a member's name in characters.
pub const METADATA_NAME_LENGTH_MAX: usize = 64;

/// A member of a key's metadata. Its name has 1 to 64 characters of `A-Z`, `a-z`, `0-9`, `_`, `-`
/// and `.`; its value is any text without control characters, also the empty one, and stays as it
/// is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataMember {
    name: String,
    value: String,
}

impl MetadataMember {
    /// Parses a name and a value.
    ///
    /// # Errors
    /// [`MetadataError::InvalidName`] or [`MetadataError::ForbiddenCharacter`].
    pub fn parse(name: &str, value: &str) -> Result<Self, MetadataError> {
        let fits = (1..=METADATA_NAME_LENGTH_MAX).contains(&name.len());
        if !fits || !name.bytes().all(is_of_names) {
            return Err(MetadataError::InvalidName);
        }
        // Not every store can hold them.
        if let Some(character) = value.chars().find(|character| character.is_control()) {
            return Err(MetadataError::ForbiddenCharacter { character });
        }
        Ok(Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The size of `"name":"value"` in bytes.
    pub(super) fn json_length(&self) -> usize {
        let escaped = self
            .value
            .bytes()
            .filter(|byte| matches!(byte, b'"' | b'\\'));
        "\"\":\"\"".len() + self.name.len() + self.value.len() + escaped.count()
    }
}

fn is_of_names(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

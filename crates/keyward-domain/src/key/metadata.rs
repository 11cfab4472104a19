mod member;

pub use self::member::{METADATA_NAME_LENGTH_MAX, MetadataMember};

/// The maximum number of members.
pub const METADATA_MEMBERS_MAX: usize = 50;

/// The maximum size of all members, in bytes of [canonical JSON](Metadata::json_length).
pub const METADATA_BYTES_MAX: usize = 4 * 1024;

/// What the platform keeps about a key, for its own programs: named texts (contract §1). At most 50
/// members with different names, ordered by name, together at most 4 KiB. Keyward never interprets
/// them. A key without metadata has no members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata(Vec<MetadataMember>);

/// Why something is not metadata.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// Not the name of a member.
    #[error("a name has 1 to 64 characters of A-Z, a-z, 0-9, '_', '-' and '.'")]
    InvalidName,
    /// A control character in a value.
    #[error("must not contain the character U+{:04X}", u32::from(*.character))]
    ForbiddenCharacter {
        /// The first such character.
        character: char,
    },
    /// Two members have this name.
    #[error("{name} is given more than once")]
    Repeated {
        /// The name.
        name: String,
    },
    /// More than [`METADATA_MEMBERS_MAX`].
    #[error("must have at most 50 members")]
    TooMany,
    /// More than [`METADATA_BYTES_MAX`].
    #[error("must have at most 4096 bytes as JSON, has {length}")]
    TooLarge {
        /// The size as canonical JSON.
        length: usize,
    },
}

impl Metadata {
    /// No members.
    pub(crate) const EMPTY: Self = Self(Vec::new());

    /// Parses named texts, in any order.
    ///
    /// # Errors
    /// [`MetadataError`], for the first rule that they break.
    pub fn parse<'a>(
        members: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, MetadataError> {
        let members = members.into_iter();
        let members = members.map(|(name, value)| MetadataMember::parse(name, value));
        Self::of(members.collect::<Result<_, _>>()?)
    }

    /// Puts members together, in any order.
    ///
    /// # Errors
    /// [`MetadataError::TooMany`], [`MetadataError::Repeated`] or [`MetadataError::TooLarge`].
    pub fn of(mut members: Vec<MetadataMember>) -> Result<Self, MetadataError> {
        if members.len() > METADATA_MEMBERS_MAX {
            return Err(MetadataError::TooMany);
        }
        members.sort_by(|one, other| one.name().cmp(other.name()));
        let mut pairs = members.iter().zip(members.iter().skip(1));
        if let Some((repeated, _again)) = pairs.find(|(one, next)| one.name() == next.name()) {
            let name = repeated.name().to_owned();
            return Err(MetadataError::Repeated { name });
        }
        let metadata = Self(members);
        let length = metadata.json_length();
        if length > METADATA_BYTES_MAX {
            return Err(MetadataError::TooLarge { length });
        }
        Ok(metadata)
    }

    /// The names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|member| (member.name(), member.value()))
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The size in bytes as canonical JSON: one object in UTF-8 without white space, in which only
    /// `"` and `\` are escaped.
    #[must_use]
    pub fn json_length(&self) -> usize {
        let members: usize = self.0.iter().map(MetadataMember::json_length).sum();
        let commas = self.0.len().saturating_sub(1);
        "{}".len() + members + commas
    }
}

#[cfg(test)]
mod tests;

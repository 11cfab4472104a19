//! What a listing of keys is asked for.

use crate::key::id::ApiKeyId;
use crate::key::mode::Mode;
use crate::key::name::{KEY_NAME_LENGTH_MAX, fold};
use crate::key::status::Status;
use crate::listing::page::Pagination;
use crate::timestamp::Timestamp;
use unicode_normalization::UnicodeNormalization as _;

/// Which of a workspace's keys, in which order, and which part of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyListing {
    /// Which keys.
    pub filter: ApiKeyFilter,
    /// In which order. Keys that are alike in it are told apart by their ids.
    pub sort: Sort,
    /// Which part.
    pub page: Pagination,
    /// The instant at which statuses are judged.
    pub now: Timestamp,
}

/// Which keys are meant: those that fit everything that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiKeyFilter {
    /// Those of this status; no key that can be listed is `DELETED`.
    pub status: Option<Status>,
    /// Those of this mode.
    pub mode: Option<Mode>,
    /// Those whose name contains the text, or whose id begins with it.
    pub search: Option<SearchText>,
}

/// By what keys are sorted, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Which way.
    pub direction: Direction,
}

/// By what keys can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// When they were created.
    CreatedAt,
    /// What they are called, case aside.
    Name,
    /// When they were last used; never comes before all others.
    LastUsedAt,
    /// When they end; never comes after all others.
    ExpiresAt,
}

/// Which way things are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// Text to search for: trimmed, NFC, 1 to 128 Unicode scalar values, none of them a control
/// character; its case is of no matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchText(String);

/// A text that can't be searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 128 characters, none of them a control character")]
pub struct InvalidSearchText;

/// A text that names no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be createdAt, name, lastUsedAt or expiresAt, and may end with ,asc or ,desc")]
pub struct InvalidSort;

impl Default for Sort {
    /// Newest first.
    fn default() -> Self {
        Self {
            by: SortBy::CreatedAt,
            direction: Direction::Descending,
        }
    }
}

impl Sort {
    /// Reads `createdAt,desc` and the like (contract §3). Without a direction it is ascending.
    ///
    /// # Errors
    /// [`InvalidSort`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidSort> {
        let (by, direction) = text.split_once(',').unwrap_or((text, "asc"));
        let by = SortBy::ALL
            .into_iter()
            .find(|known| known.as_str() == by)
            .ok_or(InvalidSort)?;
        let direction = match direction {
            "asc" => Direction::Ascending,
            "desc" => Direction::Descending,
            _ => return Err(InvalidSort),
        };
        Ok(Self { by, direction })
    }
}

impl SortBy {
    /// Every order there is.
    pub const ALL: [Self; 4] = [
        Self::CreatedAt,
        Self::Name,
        Self::LastUsedAt,
        Self::ExpiresAt,
    ];

    /// `createdAt`, `name`, `lastUsedAt` or `expiresAt`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreatedAt => "createdAt",
            Self::Name => "name",
            Self::LastUsedAt => "lastUsedAt",
            Self::ExpiresAt => "expiresAt",
        }
    }
}

impl SearchText {
    /// Reads what somebody searches for.
    ///
    /// # Errors
    /// [`InvalidSearchText`] when nothing is left of it, or too much.
    pub fn parse(text: &str) -> Result<Self, InvalidSearchText> {
        let text: String = text.trim().nfc().collect();
        let fits = (1..=KEY_NAME_LENGTH_MAX).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) {
            Ok(Self(text))
        } else {
            Err(InvalidSearchText)
        }
    }

    /// The text without its case, to be looked for in
    /// [`KeyName::folded`](crate::KeyName::folded).
    #[must_use]
    pub fn folded(&self) -> String {
        fold(&self.0)
    }

    /// The ids that begin with it, as [`ApiKeyId::range_of_prefix`] gives them.
    #[must_use]
    pub fn ids(&self) -> Option<(Mode, std::ops::RangeInclusive<uuid::Uuid>)> {
        ApiKeyId::range_of_prefix(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sort_is_a_member_and_a_direction() {
        for by in SortBy::ALL {
            let sort = |direction| Ok(Sort { by, direction });
            let name = by.as_str();
            assert_eq!(Sort::parse(name), sort(Direction::Ascending));
            assert_eq!(
                Sort::parse(&format!("{name},asc")),
                sort(Direction::Ascending)
            );
            assert_eq!(
                Sort::parse(&format!("{name},desc")),
                sort(Direction::Descending)
            );
        }
        for text in [
            "",
            "createdat",
            "id",
            "createdAt,",
            "createdAt,DESC",
            "name,asc,desc",
            ",asc",
        ] {
            assert_eq!(Sort::parse(text), Err(InvalidSort), "{text}");
        }
    }

    #[test]
    fn search_text_is_trimmed_normalized_and_without_case() {
        let folded = |text: &str| SearchText::parse(text).map(|search| search.folded());
        assert_eq!(folded("  Prod "), Ok("prod".to_owned()));
        assert_eq!(folded("E\u{301}TÉ"), Ok("été".to_owned()));
        assert_eq!(folded("ΟΔΟΣ"), Ok("οδοσ".to_owned()));
        assert_eq!(folded(" "), Err(InvalidSearchText));
        assert_eq!(folded(&"x".repeat(129)), Err(InvalidSearchText));
        assert_eq!(folded("a\0b"), Err(InvalidSearchText));
    }
}

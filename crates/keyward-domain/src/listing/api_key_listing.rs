//! A request for a list of keys.

use crate::key::external_id::ExternalId;
use crate::key::id::ApiKeyId;
use crate::key::mode::Mode;
use crate::key::name::{KEY_NAME_LENGTH_MAX, fold};
use crate::key::prefix::KeyPrefix;
use crate::key::status::Status;
use crate::listing::page::Pagination;
use crate::timestamp::Timestamp;
use unicode_normalization::UnicodeNormalization as _;

/// Which keys of a workspace to list, in which order, and which page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyListing {
    /// The keys to list.
    pub filter: ApiKeyFilter,
    /// The order. Keys that are equal in it are ordered by their ids.
    pub sort: Sort,
    /// The page.
    pub page: Pagination,
    /// The instant at which statuses are derived.
    pub now: Timestamp,
}

/// A filter for keys. A key must match every part that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiKeyFilter {
    /// Keys with this status. No listed key is `DELETED`.
    pub status: Option<Status>,
    /// Keys with this mode.
    pub mode: Option<Mode>,
    /// Keys whose name contains the text, or whose id begins with it.
    pub search: Option<SearchText>,
    /// Keys with exactly this external id.
    pub external_id: Option<ExternalId>,
    /// Keys that need attention.
    pub usage: UsageFilter,
}

impl ApiKeyFilter {
    /// Whether it excludes no key.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

/// A filter for keys that need attention: by uses, denials, expiry and scopes. A key must match every
/// part that is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsageFilter {
    /// Keys that were never used, or those that were.
    pub is_never_used: Option<bool>,
    /// Keys that have a scope that no allowed call has ever required, or those that have none such.
    pub has_unused_scopes: Option<bool>,
    /// Keys that were neither created nor used after this instant.
    pub idle_since: Option<Timestamp>,
    /// Keys that were denied in the hour of this instant or later.
    pub denied_since: Option<Timestamp>,
    /// Keys without an expiry, or those with one.
    pub never_expires: Option<bool>,
    /// Keys that have not expired, and whose expiry is not after this instant.
    pub expires_until: Option<Timestamp>,
    /// Keys with at least one scope, or those without any.
    pub has_scopes: Option<bool>,
}

/// The order of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The field.
    pub by: SortBy,
    /// The direction.
    pub direction: Direction,
}

/// A field by which keys can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// The creation time.
    CreatedAt,
    /// The name, ignoring case.
    Name,
    /// The last use; "never" counts as the earliest.
    LastUsedAt,
    /// The expiry; "never" counts as the latest.
    ExpiresAt,
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The smallest value first.
    Ascending,
    /// The largest value first.
    Descending,
}

/// A text to search for: trimmed, NFC, 1 to 128 Unicode scalar values without control characters.
/// Case is ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchText(String);

/// The text is not a valid search text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 128 characters, none of them a control character")]
pub struct InvalidSearchText;

/// The text is not a valid order.
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
    /// Parses `createdAt,desc` and the like (contract §3). The default direction is ascending.
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
    /// Every sort field.
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
    /// Parses a search text.
    ///
    /// # Errors
    /// [`InvalidSearchText`] when the trimmed text is empty or too long, or has a control
    /// character.
    pub fn parse(text: &str) -> Result<Self, InvalidSearchText> {
        let text: String = text.trim().nfc().collect();
        let fits = (1..=KEY_NAME_LENGTH_MAX).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) {
            Ok(Self(text))
        } else {
            Err(InvalidSearchText)
        }
    }

    /// The case-folded text, to search in [`KeyName::folded`](crate::KeyName::folded).
    #[must_use]
    pub fn folded(&self) -> String {
        fold(&self.0)
    }

    /// The ids that begin with the text, as [`ApiKeyId::range_beginning_with`] returns them.
    #[must_use]
    pub fn ids(&self) -> Option<(KeyPrefix, Mode, std::ops::RangeInclusive<uuid::Uuid>)> {
        ApiKeyId::range_beginning_with(&self.0)
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

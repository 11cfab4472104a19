use std::fmt;
use std::ops::RangeInclusive;

use uuid::{Builder, Uuid};

use crate::key::base62;
use crate::key::mode::Mode;
use crate::timestamp::Timestamp;

const DIGITS: usize = 22;

/// The public id of a key: `sk_live_` or `sk_test_` and 22 base62 characters of a `UUIDv7` (RFC
/// 9562, section 5.7), so that ids of one mode sort by creation time (contract §1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKeyId {
    uuid: Uuid,
    is_test: bool,
}

/// The text is not a key id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an API key id: sk_live_ or sk_test_ and 22 letters and digits")]
pub struct InvalidApiKeyId;

impl ApiKeyId {
    /// Creates an id from the current instant and 10 random bytes.
    #[must_use]
    pub fn from_entropy(mode: Mode, now: Timestamp, entropy: [u8; 10]) -> Self {
        let millis = u64::try_from(now.unix_millis()).unwrap_or(0);
        let uuid = Builder::from_unix_timestamp_millis(millis, &entropy).into_uuid();
        Self {
            uuid,
            is_test: mode == Mode::Test,
        }
    }

    /// Restores an id from its two stored parts.
    ///
    /// # Errors
    /// [`InvalidApiKeyId`] when the UUID is not of version 7.
    pub fn from_parts(mode: Mode, uuid: Uuid) -> Result<Self, InvalidApiKeyId> {
        if uuid.get_version_num() != 7 || uuid.get_variant() != uuid::Variant::RFC4122 {
            return Err(InvalidApiKeyId);
        }
        Ok(Self {
            uuid,
            is_test: mode == Mode::Test,
        })
    }

    /// Parses the text of [`Display`](fmt::Display), and nothing else.
    ///
    /// # Errors
    /// [`InvalidApiKeyId`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidApiKeyId> {
        let (mode, digits) = Mode::split_prefix(text).ok_or(InvalidApiKeyId)?;
        if digits.len() != DIGITS {
            return Err(InvalidApiKeyId);
        }
        let number = base62::decode_u128(digits.as_bytes()).ok_or(InvalidApiKeyId)?;
        Self::from_parts(mode, Uuid::from_u128(number))
    }

    /// The range of ids that begin with `text`: their mode, and the first and last UUID. `None`
    /// when no id begins with it.
    #[must_use]
    pub fn range_of_prefix(text: &str) -> Option<(Mode, RangeInclusive<Uuid>)> {
        let (mode, digits) = Mode::split_prefix(text)?;
        let missing = DIGITS.checked_sub(digits.len())?;
        let lowest = format!("{digits}{}", "0".repeat(missing));
        let highest = format!("{digits}{}", "z".repeat(missing));
        let first = base62::decode_u128(lowest.as_bytes())?;
        // 22 digits can hold more numbers than there are UUIDs.
        let last = base62::decode_u128(highest.as_bytes()).unwrap_or(u128::MAX);
        Some((mode, Uuid::from_u128(first)..=Uuid::from_u128(last)))
    }

    /// The mode in the id's prefix.
    #[must_use]
    pub fn mode(self) -> Mode {
        if self.is_test { Mode::Test } else { Mode::Live }
    }

    /// The UUID without the mode.
    #[must_use]
    pub fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; DIGITS];
        base62::encode(self.uuid.as_bytes(), &mut digits);
        f.write_str(self.mode().prefix())?;
        digits
            .iter()
            .try_for_each(|digit| write!(f, "{}", char::from(*digit)))
    }
}

impl fmt::Debug for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn api_key_id_is_prefix_and_22_base62_characters() {
        let now = Timestamp::parse_rfc3339("2026-03-21T00:00:00Z").unwrap();
        let id = ApiKeyId::from_entropy(Mode::Live, now, [7; 10]).to_string();
        assert_eq!(id.len(), 8 + 22);
        assert!(id.starts_with("sk_live_"));
        assert!(
            ApiKeyId::from_entropy(Mode::Test, now, [7; 10])
                .to_string()
                .starts_with("sk_test_")
        );
    }

    #[test]
    fn only_a_version_7_uuid_is_an_id() {
        for text in [
            "",
            "sk_live_",
            "sk_live_0000000000000000000000",
            "sk_live_zzzzzzzzzzzzzzzzzzzzzz",
            "sk_prod_01BX5ZZKBKACTAV9WEVGEM",
            "SK_LIVE_01BX5ZZKBKACTAV9WEVGEM",
        ] {
            assert_eq!(ApiKeyId::parse(text), Err(InvalidApiKeyId), "{text}");
        }
    }

    #[test]
    fn no_id_begins_with_another_word() {
        for text in ["", "sk", "sk_live", "sk_prod_", "sk_live_-", "sk_live_é"] {
            assert_eq!(ApiKeyId::range_of_prefix(text), None, "{text}");
        }
        let too_long = format!("sk_live_{}", "0".repeat(23));
        assert_eq!(ApiKeyId::range_of_prefix(&too_long), None);
        assert!(ApiKeyId::range_of_prefix("sk_test_").is_some());
    }

    proptest! {
        #[test]
        fn a_prefix_stands_for_the_ids_that_begin_with_it(
            micros in 0..4_000_000_000_000_000_i64,
            entropy: [u8; 10],
            other: [u8; 10],
            length in 0..=DIGITS,
        ) {
            let now = Timestamp::from_unix_micros(micros).unwrap();
            let id = ApiKeyId::from_entropy(Mode::Live, now, entropy);
            let text = id.to_string();
            let prefix = text.split_at(8 + length).0;
            let (mode, range) = ApiKeyId::range_of_prefix(prefix).unwrap();
            prop_assert_eq!(mode, Mode::Live);
            prop_assert!(range.contains(&id.uuid()));
            let other = ApiKeyId::from_entropy(Mode::Live, now, other);
            prop_assert_eq!(range.contains(&other.uuid()), other.to_string().starts_with(prefix));
        }

        #[test]
        fn key_ids_round_trip(micros in 0..4_000_000_000_000_000_i64, entropy: [u8; 10], live: bool) {
            let mode = if live { Mode::Live } else { Mode::Test };
            let now = Timestamp::from_unix_micros(micros).unwrap();
            let id = ApiKeyId::from_entropy(mode, now, entropy);
            prop_assert_eq!(id.mode(), mode);
            prop_assert_eq!(ApiKeyId::parse(&id.to_string()), Ok(id));
            prop_assert_eq!(ApiKeyId::from_parts(mode, id.uuid()), Ok(id));
        }

        #[test]
        fn key_ids_sort_by_time(a in 0..4_000_000_000_000_i64, b in 0..4_000_000_000_000_i64, entropy: [u8; 20]) {
            prop_assume!(a != b);
            let id = |millis: i64, bytes: &[u8]| {
                let now = Timestamp::from_unix_micros(millis * 1_000).unwrap();
                ApiKeyId::from_entropy(Mode::Live, now, bytes.try_into().unwrap()).to_string()
            };
            prop_assert_eq!(id(a, &entropy[..10]).cmp(&id(b, &entropy[10..])), a.cmp(&b));
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,40}") {
            let _ = ApiKeyId::parse(&text);
        }
    }
}

use std::fmt;
use std::ops::RangeInclusive;

use uuid::{Builder, Uuid};

use crate::key::base62::{self, UUID_DIGITS};
use crate::key::mode::Mode;
use crate::key::prefix::KeyPrefix;
use crate::timestamp::Timestamp;

const TEXT_LENGTH_MAX: usize = KeyPrefix::LEAD_LENGTH_MAX + UUID_DIGITS;

/// The public id of a key: its prefix, `_live_` or `_test_`, and 22 base62 characters of a `UUIDv7`
/// (RFC 9562, section 5.7), so that ids of one prefix and mode sort by creation time (contract §1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKeyId {
    uuid: Uuid,
    is_test: bool,
    prefix: KeyPrefix,
}

/// The text is not a key id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an API key id: a prefix, _live_ or _test_, and 22 letters and digits, such as sk_live_…"
)]
pub struct InvalidApiKeyId;

impl ApiKeyId {
    /// Creates an id from the current instant and 10 random bytes.
    #[must_use]
    pub fn from_entropy(prefix: KeyPrefix, mode: Mode, now: Timestamp, entropy: [u8; 10]) -> Self {
        let millis = u64::try_from(now.unix_millis()).unwrap_or(0);
        let uuid = Builder::from_unix_timestamp_millis(millis, &entropy).into_uuid();
        Self {
            uuid,
            is_test: mode == Mode::Test,
            prefix,
        }
    }

    /// Restores an id from its stored parts.
    ///
    /// # Errors
    /// [`InvalidApiKeyId`] when the UUID is not of version 7.
    pub fn from_parts(prefix: KeyPrefix, mode: Mode, uuid: Uuid) -> Result<Self, InvalidApiKeyId> {
        if uuid.get_version_num() != 7 || uuid.get_variant() != uuid::Variant::RFC4122 {
            return Err(InvalidApiKeyId);
        }
        Ok(Self {
            uuid,
            is_test: mode == Mode::Test,
            prefix,
        })
    }

    /// Parses the text of [`Display`](fmt::Display), and nothing else.
    ///
    /// # Errors
    /// [`InvalidApiKeyId`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidApiKeyId> {
        let (prefix, mode, digits) = KeyPrefix::split(text).ok_or(InvalidApiKeyId)?;
        let uuid = base62::decode_uuid(digits).ok_or(InvalidApiKeyId)?;
        Self::from_parts(prefix, mode, uuid)
    }

    /// The range of ids that begin with `text`: their prefix and mode, and the first and last UUID.
    /// `None` when no id begins with it, or when it does not contain the whole prefix and mode.
    #[must_use]
    pub fn range_beginning_with(text: &str) -> Option<(KeyPrefix, Mode, RangeInclusive<Uuid>)> {
        let (prefix, mode, digits) = KeyPrefix::split(text)?;
        let missing = UUID_DIGITS.checked_sub(digits.len())?;
        let lowest = format!("{digits}{}", "0".repeat(missing));
        let highest = format!("{digits}{}", "z".repeat(missing));
        let first = base62::decode_u128(lowest.as_bytes())?;
        // 22 digits can hold more numbers than there are UUIDs.
        let last = base62::decode_u128(highest.as_bytes()).unwrap_or(u128::MAX);
        Some((prefix, mode, Uuid::from_u128(first)..=Uuid::from_u128(last)))
    }

    /// The prefix of the key.
    #[must_use]
    pub fn prefix(self) -> KeyPrefix {
        self.prefix
    }

    /// The mode of the key.
    #[must_use]
    pub fn mode(self) -> Mode {
        if self.is_test { Mode::Test } else { Mode::Live }
    }

    /// The text of [`Display`](fmt::Display), written into `text`.
    fn write_to(self, text: &mut [u8; TEXT_LENGTH_MAX]) -> &str {
        let mut digits = [0; UUID_DIGITS];
        base62::encode(self.uuid.as_bytes(), &mut digits);
        let lead = [self.prefix.as_str(), "_", self.mode().word(), "_"];
        let lead = lead.into_iter().flat_map(str::bytes);
        let mut length = 0;
        for (place, byte) in text.iter_mut().zip(lead.chain(digits)) {
            *place = byte;
            length += 1;
        }
        // Always ASCII.
        let text = text.get(..length).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }

    /// The UUID, without prefix and mode.
    #[must_use]
    pub fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; TEXT_LENGTH_MAX];
        f.write_str(self.write_to(&mut text))
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
    use crate::testing::{any_prefix, key_prefix};
    use proptest::prelude::*;

    #[test]
    fn api_key_id_is_prefix_and_22_base62_characters() {
        let now = Timestamp::parse_rfc3339("2026-03-21T00:00:00Z").unwrap();
        let id = |prefix, mode| ApiKeyId::from_entropy(prefix, mode, now, [7; 10]).to_string();
        let live = id(KeyPrefix::default(), Mode::Live);
        assert_eq!(live.len(), 8 + 22);
        assert!(live.starts_with("sk_live_"));
        assert!(id(KeyPrefix::default(), Mode::Test).starts_with("sk_test_"));
        assert_eq!(
            id(key_prefix("acme"), Mode::Live),
            live.replace("sk_", "acme_")
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
            "_live_0352LgEZNa95dBFUcIVbVc",
            "a_live_0352LgEZNa95dBFUcIVbVc",
            "kwst_live_0352LgEZNa95dBFUcIVbVc",
            "acme_live__0352LgEZNa95dBFUcIVbVc",
        ] {
            assert_eq!(ApiKeyId::parse(text), Err(InvalidApiKeyId), "{text}");
        }
    }

    #[test]
    fn no_id_begins_with_another_word() {
        for text in ["", "sk", "sk_live", "sk_prod_", "sk_live_-", "sk_live_é"] {
            assert_eq!(ApiKeyId::range_beginning_with(text), None, "{text}");
        }
        let too_long = format!("sk_live_{}", "0".repeat(23));
        assert_eq!(ApiKeyId::range_beginning_with(&too_long), None);
        assert!(ApiKeyId::range_beginning_with("sk_test_").is_some());
    }

    proptest! {
        #[test]
        fn a_prefix_stands_for_the_ids_that_begin_with_it(
            key_prefix in any_prefix(),
            micros in 0..4_000_000_000_000_000_i64,
            entropy: [u8; 10],
            other: [u8; 10],
            length in 0..=UUID_DIGITS,
        ) {
            let now = Timestamp::from_unix_micros(micros).unwrap();
            let id = ApiKeyId::from_entropy(key_prefix, Mode::Live, now, entropy);
            let text = id.to_string();
            let prefix = text.split_at(text.len() - UUID_DIGITS + length).0;
            let (of, mode, range) = ApiKeyId::range_beginning_with(prefix).unwrap();
            prop_assert_eq!((of, mode), (key_prefix, Mode::Live));
            prop_assert!(range.contains(&id.uuid()));
            let other = ApiKeyId::from_entropy(key_prefix, Mode::Live, now, other);
            prop_assert_eq!(range.contains(&other.uuid()), other.to_string().starts_with(prefix));
        }

        #[test]
        fn key_ids_round_trip(
            prefix in any_prefix(),
            micros in 0..4_000_000_000_000_000_i64,
            entropy: [u8; 10],
            live: bool,
        ) {
            let mode = if live { Mode::Live } else { Mode::Test };
            let now = Timestamp::from_unix_micros(micros).unwrap();
            let id = ApiKeyId::from_entropy(prefix, mode, now, entropy);
            prop_assert_eq!((id.prefix(), id.mode()), (prefix, mode));
            prop_assert_eq!(ApiKeyId::parse(&id.to_string()), Ok(id));
            prop_assert_eq!(ApiKeyId::from_parts(prefix, mode, id.uuid()), Ok(id));
        }

        #[test]
        fn key_ids_sort_by_time(
            prefix in any_prefix(),
            a in 0..4_000_000_000_000_i64,
            b in 0..4_000_000_000_000_i64,
            entropy: [u8; 20],
        ) {
            prop_assume!(a != b);
            let id = |millis: i64, bytes: &[u8]| {
                let now = Timestamp::from_unix_micros(millis * 1_000).unwrap();
                let bytes = bytes.try_into().unwrap();
                ApiKeyId::from_entropy(prefix, Mode::Live, now, bytes).to_string()
            };
            prop_assert_eq!(id(a, &entropy[..10]).cmp(&id(b, &entropy[10..])), a.cmp(&b));
        }

        #[test]
        fn ids_differ_by_their_prefix_alone(
            a in any_prefix(),
            b in any_prefix(),
            entropy: [u8; 10],
        ) {
            let now = Timestamp::from_unix_micros(0).unwrap();
            let id = |prefix| ApiKeyId::from_entropy(prefix, Mode::Live, now, entropy);
            prop_assert_eq!(id(a) == id(b), a == b);
            prop_assert_eq!(id(a).to_string() == id(b).to_string(), a == b);
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,40}") {
            let _ = ApiKeyId::parse(&text);
        }
    }
}

use std::fmt;

use crate::key::mode::Mode;

const LENGTH_MIN: usize = 2;
const LENGTH_MAX: usize = 12;

/// The prefix of a service token's secret. A key with it would be mistaken for a service token.
const RESERVED: &str = "kwst";

/// The first word of a key id and of its secrets, such as `acme` in `acme_live_…`: a lowercase
/// letter, then 1 to 11 lowercase letters and digits. A key keeps its prefix for life (contract §1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPrefix([u8; LENGTH_MAX]);

/// The text is not a prefix of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a prefix of keys: a lowercase letter, then 1 to 11 lowercase letters and digits; not kwst, \
     which begins the secrets of service tokens"
)]
pub struct InvalidKeyPrefix;

impl KeyPrefix {
    /// The most characters that stand before the digits: a prefix, an underscore, `live` or `test`,
    /// an underscore.
    pub(crate) const LEAD_LENGTH_MAX: usize = LENGTH_MAX + "_live_".len();

    /// Parses a prefix.
    ///
    /// # Errors
    /// [`InvalidKeyPrefix`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidKeyPrefix> {
        let fits = (LENGTH_MIN..=LENGTH_MAX).contains(&text.len());
        let begins_with_a_letter = text.starts_with(|first: char| first.is_ascii_lowercase());
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if !fits || !begins_with_a_letter || !text.bytes().all(is_plain) || text == RESERVED {
            return Err(InvalidKeyPrefix);
        }
        let mut padded = [0; LENGTH_MAX];
        for (to, from) in padded.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        Ok(Self(padded))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let text = self.0.split(|byte| *byte == 0).next().unwrap_or_default();
        // Always ASCII.
        std::str::from_utf8(text).unwrap_or_default()
    }

    /// Everything before the digits of an id or a secret, such as `acme_live_`.
    #[must_use]
    pub fn lead(self, mode: Mode) -> String {
        format!("{self}_{}_", mode.word())
    }

    /// The prefix and the mode that `text` begins with, and the digits after them.
    pub(crate) fn split(text: &str) -> Option<(Self, Mode, &str)> {
        let (prefix, rest) = text.split_once('_')?;
        let (mode, digits) = rest.split_once('_')?;
        let mode = Mode::ALL.into_iter().find(|known| known.word() == mode)?;
        Some((Self::parse(prefix).ok()?, mode, digits))
    }
}

/// `sk`.
impl Default for KeyPrefix {
    fn default() -> Self {
        let [s, k] = *b"sk";
        Self([s, k, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }
}

impl fmt::Display for KeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for KeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::any_prefix;
    use proptest::prelude::*;

    #[test]
    fn a_prefix_is_2_to_12_lowercase_letters_and_digits() {
        for text in ["sk", "acme", "a1", "pk2", "abcdefghijkl", "kwst1", "kws"] {
            let prefix = KeyPrefix::parse(text).unwrap();
            assert_eq!(prefix.as_str(), text);
            assert_eq!(prefix.to_string(), text);
        }
        for text in [
            "",
            "a",
            "abcdefghijklm",
            "SK",
            "Acme",
            "1a",
            "a-b",
            "a_b",
            "acme_",
            " sk",
            "sk ",
            "a b",
            "é1",
            "aé",
            "a\0",
            "kwst",
        ] {
            assert_eq!(KeyPrefix::parse(text), Err(InvalidKeyPrefix), "{text}");
        }
    }

    #[test]
    fn the_default_prefix_is_sk() {
        assert_eq!(KeyPrefix::parse("sk"), Ok(KeyPrefix::default()));
    }

    #[test]
    fn before_the_digits_are_prefix_and_mode() {
        let acme = KeyPrefix::parse("acme").unwrap();
        assert_eq!(acme.lead(Mode::Live), "acme_live_");
        assert_eq!(KeyPrefix::default().lead(Mode::Test), "sk_test_");
        let split = KeyPrefix::split("acme_test_0_1");
        assert_eq!(split, Some((acme, Mode::Test, "0_1")));
        for text in [
            "",
            "acme",
            "acme_live",
            "acme_prod_0",
            "_live_0",
            "kwst_live_0",
            "sk_LIVE_0",
        ] {
            assert_eq!(KeyPrefix::split(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn prefixes_round_trip(prefix in any_prefix()) {
            prop_assert_eq!(KeyPrefix::parse(prefix.as_str()), Ok(prefix));
        }

        #[test]
        fn prefixes_sort_like_their_texts(a in any_prefix(), b in any_prefix()) {
            prop_assert_eq!(a.cmp(&b), a.as_str().cmp(b.as_str()));
        }
    }
}

use std::fmt;

use zeroize::Zeroizing;

use crate::key::mode::Mode;
use crate::key::prefix::KeyPrefix;
use crate::key::secret_hash::SecretHash;
use crate::key::secret_hint::SecretHint;
use crate::key::secret_text::{is_well_formed, length_with, secret_text};

const LENGTH_MAX: usize = length_with(KeyPrefix::LEAD_LENGTH_MAX);

/// The credential. Its owner sees it once, and it is never stored (contract §1).
///
/// The key's prefix, `_live_` or `_test_`, 43 base62 characters of 256 random bits, and 6 base62
/// characters of the CRC-32 (IEEE) of everything before. The checksum rejects most invalid texts
/// without a look-up. The memory is zeroed on drop. `Debug` shows nothing of it, and there is no
/// `Display`.
#[derive(Clone)]
pub struct Secret {
    /// The text, and zeros after it.
    padded: Zeroizing<[u8; LENGTH_MAX]>,
    length: usize,
}

/// The text is not a secret: wrong prefix, length, alphabet or checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an API key secret")]
pub struct MalformedSecret;

impl Secret {
    /// Creates a secret from 256 random bits of the operating system.
    #[must_use]
    pub fn from_entropy(prefix: KeyPrefix, mode: Mode, entropy: &Zeroizing<[u8; 32]>) -> Self {
        let lead = prefix.lead(mode);
        Self {
            padded: secret_text(&lead, entropy),
            length: length_with(lead.len()),
        }
    }

    /// Parses a presented secret. It does not check whether a key has it.
    ///
    /// # Errors
    /// [`MalformedSecret`] when no key can have this secret.
    pub fn parse(text: &str) -> Result<Self, MalformedSecret> {
        if !Self::is_well_formed(text) {
            return Err(MalformedSecret);
        }
        let mut padded = Zeroizing::new([0; LENGTH_MAX]);
        let (start, _zeros) = padded
            .split_at_mut_checked(text.len())
            .ok_or(MalformedSecret)?;
        start.copy_from_slice(text.as_bytes());
        Ok(Self {
            padded,
            length: text.len(),
        })
    }

    /// Whether the text has the form of a secret that Keyward issues, with its checksum.
    pub(crate) fn is_well_formed(text: &str) -> bool {
        KeyPrefix::split(text).is_some_and(|(_prefix, _mode, digits)| {
            is_well_formed(text.as_bytes(), text.len() - digits.len())
        })
    }

    fn as_bytes(&self) -> &[u8] {
        self.padded.get(..self.length).unwrap_or_default()
    }

    /// The whole secret, for the one response that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        // Always ASCII. No key has an empty secret.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The hash that is stored and looked up instead of the secret.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.as_bytes())
    }

    /// The part of the secret that may be shown later.
    #[must_use]
    pub fn hint(&self) -> SecretHint {
        // No secret is shorter.
        SecretHint::issued(self.as_bytes().last_chunk().copied().unwrap_or_default())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "the texts are ASCII")]
mod tests {
    use super::*;
    use crate::key::id::ApiKeyId;
    use crate::key::secret_hint::SecretHint;
    use crate::key::secret_text::{ENTROPY_MAX, checksum_of};
    use crate::testing::{any_prefix, api_key_id, api_key_id_with, at, key_prefix};
    use proptest::prelude::*;

    fn secret(byte: u8) -> Secret {
        Secret::from_entropy(
            KeyPrefix::default(),
            Mode::Live,
            &Zeroizing::new([byte; 32]),
        )
    }

    #[test]
    fn a_known_secret_keeps_its_form() {
        let zero = secret(0);
        assert_eq!(zero.expose().len(), 57);
        assert_eq!(&zero.expose()[..51], format!("sk_live_{}", "0".repeat(43)));
        let max = secret(255);
        assert_eq!(&max.expose().as_bytes()[8..51], ENTROPY_MAX);
        let longest = key_prefix("abcdefghijkl");
        let longest = Secret::from_entropy(longest, Mode::Test, &Zeroizing::new([255; 32]));
        assert_eq!(longest.expose().len(), LENGTH_MAX);
        assert_eq!(&longest.expose()[..18], "abcdefghijkl_test_");
    }

    #[test]
    fn a_masked_secret_begins_like_the_id_of_its_key() {
        let hint = SecretHint::parse("a1b2").unwrap();
        assert_eq!(hint.masked(api_key_id(1)), "sk_live_…a1b2");
        let acme = api_key_id_with(key_prefix("acme"), Mode::Test, at(0), 1);
        assert_eq!(hint.masked(acme), "acme_test_…a1b2");
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = secret(9);
        let shown = format!("{secret:?} {:?}", secret.hash());
        assert_eq!(shown, "Secret(redacted) SecretHash(redacted)");
    }

    #[test]
    fn what_is_no_secret_is_malformed() {
        let good = secret(1).expose().to_owned();
        let too_big = format!("sk_live_{}", "z".repeat(43));
        let too_big = format!(
            "{too_big}{}",
            std::str::from_utf8(&checksum_of(too_big.as_bytes())).unwrap()
        );
        for text in [
            "",
            "sk_live_",
            &good[1..],
            &format!("{good}0"),
            &good.replace("sk_live_", "sk_test_"),
            &good.replace("sk_live_", "SK_LIVE_"),
            &good.replace("sk_live_", "acme_live_"),
            &good.replace("sk_live_", "ab_live_"),
            &good.replace("sk_live_", "_live_"),
            &format!(" {}", &good[1..]),
            &"é".repeat(57),
            &"x".repeat(4096),
            &too_big,
        ] {
            assert!(Secret::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn secrets_round_trip(prefix in any_prefix(), entropy: [u8; 32], live: bool) {
            let mode = if live { Mode::Live } else { Mode::Test };
            let secret = Secret::from_entropy(prefix, mode, &Zeroizing::new(entropy));
            let parsed = Secret::parse(secret.expose()).unwrap();
            prop_assert_eq!(parsed.expose(), secret.expose());
            prop_assert_eq!(parsed.hash(), secret.hash());
            prop_assert!(secret.expose().ends_with(secret.hint().as_str()));
            prop_assert_eq!(SecretHint::parse(secret.hint().as_str()), Ok(secret.hint()));
        }

        #[test]
        fn one_changed_character_is_malformed(entropy: [u8; 32], at in 8..57_usize, to in "[0-9A-Za-z]") {
            let secret =
                Secret::from_entropy(KeyPrefix::default(), Mode::Live, &Zeroizing::new(entropy));
            let mut text = secret.expose().to_owned();
            prop_assume!(text[at..=at] != to);
            text.replace_range(at..=at, &to);
            prop_assert!(Secret::parse(&text).is_err());
        }

        #[test]
        fn a_secret_with_another_prefix_is_malformed(
            prefix in any_prefix(),
            other in any_prefix(),
            entropy: [u8; 32],
        ) {
            prop_assume!(prefix != other);
            let secret = Secret::from_entropy(prefix, Mode::Live, &Zeroizing::new(entropy));
            let digits = secret.expose().split_at(prefix.lead(Mode::Live).len()).1;
            let text = format!("{}{digits}", other.lead(Mode::Live));
            prop_assert!(Secret::parse(&text).is_err());
        }

        #[test]
        fn a_secret_is_never_an_id_and_an_id_never_a_secret(
            prefix in any_prefix(),
            entropy: [u8; 32],
            id_entropy: [u8; 10],
        ) {
            let secret = Secret::from_entropy(prefix, Mode::Live, &Zeroizing::new(entropy));
            prop_assert!(ApiKeyId::parse(secret.expose()).is_err());
            let id = ApiKeyId::from_entropy(prefix, Mode::Live, at(0), id_entropy);
            prop_assert!(Secret::parse(&id.to_string()).is_err());
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,80}") {
            prop_assert!(Secret::parse(&text).is_err());
        }
    }
}

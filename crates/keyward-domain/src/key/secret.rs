use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::key::mode::Mode;
use crate::key::secret_text::{is_well_formed, length_with, secret_text};

const PREFIX: usize = 8;
const LENGTH: usize = length_with(PREFIX);

/// The credential. Its owner sees it once, and it is never stored (contract §1).
///
/// `sk_live_` or `sk_test_`, 43 base62 characters of 256 random bits, and 6 base62 characters of
/// the CRC-32 (IEEE) of everything before. The checksum rejects most invalid texts without a
/// look-up. The memory is zeroed on drop. `Debug` shows nothing of it, and there is no `Display`.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; LENGTH]>);

/// SHA-256 of a whole [`Secret`]. A store keeps only this and the [`SecretHint`].
///
/// A secret of 256 random bits can't be guessed, so it needs neither salt nor stretching.
/// Comparison takes constant time. `Debug` shows nothing of it.
#[derive(Clone, Copy)]
pub struct SecretHash([u8; 32]);

/// The last four characters of a secret, so that people can tell their keys apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretHint([u8; 4]);

/// The text is not a secret: wrong prefix, length, alphabet or checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an API key secret")]
pub struct MalformedSecret;

/// The text is not four base62 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not four letters and digits")]
pub struct InvalidSecretHint;

impl Secret {
    /// Creates a secret from 256 random bits of the operating system.
    #[must_use]
    pub fn from_entropy(mode: Mode, entropy: &Zeroizing<[u8; 32]>) -> Self {
        Self(secret_text(mode.prefix(), entropy))
    }

    /// Parses a presented secret. It does not check whether a key has it.
    ///
    /// # Errors
    /// [`MalformedSecret`] when no key can have this secret.
    pub fn parse(text: &str) -> Result<Self, MalformedSecret> {
        let bytes: [u8; LENGTH] = text
            .as_bytes()
            .try_into()
            .map_err(|_wrong_length| MalformedSecret)?;
        let bytes = Zeroizing::new(bytes);
        if Mode::split_prefix(text).is_some() && is_well_formed(bytes.as_ref(), PREFIX) {
            Ok(Self(bytes))
        } else {
            Err(MalformedSecret)
        }
    }

    /// The whole secret, for the one response that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        // Always ASCII. No key has an empty secret.
        std::str::from_utf8(self.0.as_ref()).unwrap_or_default()
    }

    /// The hash that is stored and looked up instead of the secret.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.0.as_ref())
    }

    /// The part of the secret that may be shown later.
    #[must_use]
    pub fn hint(&self) -> SecretHint {
        let [.., a, b, c, d] = *self.0;
        SecretHint([a, b, c, d])
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl SecretHash {
    pub(crate) fn of(text: &[u8]) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// Restores a hash from its stored bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretHash {}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(redacted)")
    }
}

impl SecretHint {
    /// The secret as it is shown later: its prefix, an ellipsis, and the hint (contract §3).
    #[must_use]
    pub fn masked(self, mode: Mode) -> String {
        format!("{}…{}", mode.prefix(), self.as_str())
    }

    /// Parses a stored hint.
    ///
    /// # Errors
    /// [`InvalidSecretHint`] when the text is not four base62 characters.
    pub fn parse(text: &str) -> Result<Self, InvalidSecretHint> {
        let bytes: [u8; 4] = text
            .as_bytes()
            .try_into()
            .map_err(|_wrong_length| InvalidSecretHint)?;
        if bytes.iter().all(u8::is_ascii_alphanumeric) {
            Ok(Self(bytes))
        } else {
            Err(InvalidSecretHint)
        }
    }

    /// The four characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "the texts are ASCII")]
mod tests {
    use super::*;
    use crate::key::secret_text::{ENTROPY_MAX, checksum_of};
    use proptest::prelude::*;

    fn secret(byte: u8) -> Secret {
        Secret::from_entropy(Mode::Live, &Zeroizing::new([byte; 32]))
    }

    #[test]
    fn a_known_secret_keeps_its_form() {
        let zero = secret(0);
        assert_eq!(zero.expose().len(), 57);
        assert_eq!(&zero.expose()[..51], format!("sk_live_{}", "0".repeat(43)));
        let max = secret(255);
        assert_eq!(&max.expose().as_bytes()[8..51], ENTROPY_MAX);
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
        fn secrets_round_trip(entropy: [u8; 32], live: bool) {
            let mode = if live { Mode::Live } else { Mode::Test };
            let secret = Secret::from_entropy(mode, &Zeroizing::new(entropy));
            let parsed = Secret::parse(secret.expose()).unwrap();
            prop_assert_eq!(parsed.expose(), secret.expose());
            prop_assert_eq!(parsed.hash(), secret.hash());
            prop_assert!(secret.expose().ends_with(secret.hint().as_str()));
            prop_assert_eq!(SecretHint::parse(secret.hint().as_str()), Ok(secret.hint()));
        }

        #[test]
        fn one_changed_character_is_malformed(entropy: [u8; 32], at in 8..57_usize, to in "[0-9A-Za-z]") {
            let secret = Secret::from_entropy(Mode::Live, &Zeroizing::new(entropy));
            let mut text = secret.expose().to_owned();
            prop_assume!(text[at..=at] != to);
            text.replace_range(at..=at, &to);
            prop_assert!(Secret::parse(&text).is_err());
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,80}") {
            prop_assert!(Secret::parse(&text).is_err());
        }
    }
}

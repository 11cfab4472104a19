use std::fmt;

use zeroize::Zeroizing;

use crate::key::secret_hash::SecretHash;
use crate::key::secret_text::{is_well_formed, length_with, secret_text};

const PREFIX: &str = "kwst_";
const LENGTH: usize = length_with(PREFIX.len());

/// The credential of a service token. It is shown once, and never stored.
///
/// `kwst_`, 43 base62 characters of 256 random bits, and 6 base62 characters of the CRC-32 (IEEE)
/// of everything before. Prefix and length differ from those of an API key's secret, so neither can
/// be mistaken for the other. The memory is zeroed on drop. `Debug` shows nothing of it, and there
/// is no `Display`.
#[derive(Clone)]
pub struct ServiceSecret(Zeroizing<[u8; LENGTH]>);

/// SHA-256 of a whole [`ServiceSecret`]. A store keeps only this.
///
/// A secret of 256 random bits can't be guessed, so it needs neither salt nor stretching.
/// Comparison takes constant time. `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ServiceSecretHash(SecretHash);

/// The text is not the secret of a service token: wrong prefix, length, alphabet or checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a service token")]
pub struct MalformedServiceSecret;

impl ServiceSecret {
    /// Creates a secret from 256 random bits of the operating system.
    #[must_use]
    pub fn from_entropy(entropy: &Zeroizing<[u8; 32]>) -> Self {
        Self(secret_text(PREFIX, entropy))
    }

    /// Parses a presented secret. It does not check whether a service token has it.
    ///
    /// # Errors
    /// [`MalformedServiceSecret`] when no service token can have this secret.
    pub fn parse(text: &[u8]) -> Result<Self, MalformedServiceSecret> {
        let bytes: [u8; LENGTH] = text
            .try_into()
            .map_err(|_wrong_length| MalformedServiceSecret)?;
        let bytes = Zeroizing::new(bytes);
        if Self::is_meant_by(bytes.as_ref()) && is_well_formed(bytes.as_ref(), PREFIX.len()) {
            Ok(Self(bytes))
        } else {
            Err(MalformedServiceSecret)
        }
    }

    /// Whether a text looks like the secret of a service token, well-formed or not.
    #[must_use]
    pub fn is_meant_by(text: &[u8]) -> bool {
        text.starts_with(PREFIX.as_bytes())
    }

    /// The whole secret, for the one output that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        // Always ASCII. No service token has an empty secret.
        std::str::from_utf8(self.0.as_ref()).unwrap_or_default()
    }

    /// The hash that is stored and looked up instead of the secret.
    #[must_use]
    pub fn hash(&self) -> ServiceSecretHash {
        ServiceSecretHash(SecretHash::of(self.0.as_ref()))
    }
}

impl fmt::Debug for ServiceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceSecret(redacted)")
    }
}

impl ServiceSecretHash {
    /// Restores a hash from its stored bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SecretHash::from_bytes(bytes))
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for ServiceSecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceSecretHash(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::mode::Mode;
    use crate::key::prefix::KeyPrefix;
    use crate::key::secret::Secret;
    use crate::testing::any_prefix;

    fn secret(byte: u8) -> ServiceSecret {
        ServiceSecret::from_entropy(&Zeroizing::new([byte; 32]))
    }

    #[test]
    fn a_service_token_and_an_api_key_are_never_mistaken_for_each_other() {
        let service = secret(7);
        assert!(service.expose().starts_with("kwst_"));
        assert_eq!(service.expose().len(), 54);
        assert!(Secret::parse(service.expose()).is_err());
        let entropy = Zeroizing::new([7; 32]);
        let key = Secret::from_entropy(KeyPrefix::default(), Mode::Live, &entropy);
        assert!(ServiceSecret::parse(key.expose().as_bytes()).is_err());
        assert!(!ServiceSecret::is_meant_by(key.expose().as_bytes()));
        assert!(ServiceSecret::is_meant_by(service.expose().as_bytes()));
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = secret(9);
        let shown = format!("{secret:?} {:?}", secret.hash());
        assert_eq!(shown, "ServiceSecret(redacted) ServiceSecretHash(redacted)");
    }

    #[test]
    fn what_is_no_secret_is_malformed() {
        let good = secret(1).expose().to_owned();
        for text in [
            "",
            "kwst_",
            &format!("{good}0"),
            &good.replace("kwst_", "kwsT_"),
            &good.replace("kwst_", "_kwst"),
            &"é".repeat(27),
            &"x".repeat(4096),
        ] {
            let parsed = ServiceSecret::parse(text.as_bytes());
            assert!(parsed.is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_secret_of_a_key_is_meant_by_a_service_token(prefix in any_prefix(), entropy: [u8; 32]) {
            let key = Secret::from_entropy(prefix, Mode::Live, &Zeroizing::new(entropy));
            prop_assert!(!ServiceSecret::is_meant_by(key.expose().as_bytes()));
        }

        #[test]
        fn secrets_round_trip(entropy: [u8; 32]) {
            let secret = ServiceSecret::from_entropy(&Zeroizing::new(entropy));
            let parsed = ServiceSecret::parse(secret.expose().as_bytes()).unwrap();
            prop_assert_eq!(parsed.expose(), secret.expose());
            prop_assert_eq!(parsed.hash(), secret.hash());
        }

        #[test]
        fn one_changed_character_is_malformed(entropy: [u8; 32], at in 5..54_usize, to in b'0'..=b'z') {
            let secret = ServiceSecret::from_entropy(&Zeroizing::new(entropy));
            let mut text = secret.expose().as_bytes().to_vec();
            prop_assume!(text[at] != to);
            text[at] = to;
            prop_assert!(ServiceSecret::parse(&text).is_err());
        }
    }
}

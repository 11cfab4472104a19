use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::key::secret::Secret;

/// SHA-256 of a whole secret. A store keeps only this and the [`SecretHint`](crate::SecretHint).
///
/// A secret of 256 random bits can't be guessed, so it needs neither salt nor stretching.
/// Comparison takes constant time. `Debug` shows nothing of it.
#[derive(Clone, Copy)]
pub struct SecretHash([u8; 32]);

/// The text is not a SHA-256 hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 hash as 64 hexadecimal digits, as base64 or as base64url")]
pub struct InvalidSecretHash;

impl SecretHash {
    /// The hash of a secret in any form.
    pub(crate) fn of(text: &[u8]) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// The hash of a presented text that has the form of an issued secret; `None` for any other
    /// text. Makes no copy of it.
    #[must_use]
    pub fn of_issued(text: &str) -> Option<Self> {
        Secret::is_well_formed(text).then(|| Self::of(text.as_bytes()))
    }

    /// Parses a hash that a client made of a secret (contract §9): 64 hexadecimal digits, or base64
    /// with padding, or base64url without (RFC 4648, sections 4, 5 and 8).
    ///
    /// # Errors
    /// [`InvalidSecretHash`] for any other text, and for the hash of no text.
    pub fn parse(text: &str) -> Result<Self, InvalidSecretHash> {
        let bytes = match text.len() {
            64 => hexadecimal(text),
            44 => STANDARD.decode(text).ok(),
            43 => URL_SAFE_NO_PAD.decode(text).ok(),
            _ => None,
        };
        let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
        let hash = bytes.map(Self).ok_or(InvalidSecretHash)?;
        // The usual result of a faulty export.
        if hash == Self::of(b"") {
            return Err(InvalidSecretHash);
        }
        Ok(hash)
    }

    /// The hash as base64url, which [`parse`](Self::parse) reads, for a node or a guard.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
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

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = text.as_bytes().chunks_exact(2);
    let bytes = pairs.map(|pair| match pair {
        [high, low] => u8::try_from(digit(high)? << 4 | digit(low)?).ok(),
        _ => None,
    });
    bytes.collect()
}

/// Takes the same time wherever the first difference is.
impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.0.as_chunks().0, other.0.as_chunks().0);
        let words = ours.iter().zip(theirs);
        let difference = words.fold(0, |difference, (one, other)| {
            difference | (u64::from_ne_bytes(*one) ^ u64::from_ne_bytes(*other))
        });
        // Eight bytes at a time, because each comparison of `subtle` costs as much as all the rest.
        difference.ct_eq(&0).into()
    }
}

impl Eq for SecretHash {}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hash_is_read_in_three_forms_and_no_other() {
        let expected = SecretHash::of(b"abc");
        for text in [
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
            "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0",
        ] {
            assert_eq!(SecretHash::parse(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
            "ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0",
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0=",
            "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa1=",
            " ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa=",
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa\n",
            &"é".repeat(32),
        ] {
            assert_eq!(SecretHash::parse(text), Err(InvalidSecretHash), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn hashes_are_equal_only_when_all_bits_are(bytes: [u8; 32], at in 0..32_usize, bit in 0..8_u8) {
            let mut other = bytes;
            other[at] ^= 1 << bit;
            let [hash, same, other] = [bytes, bytes, other].map(SecretHash::from_bytes);
            prop_assert_eq!((hash == same, hash == other), (true, false));
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,70}") {
            let _read = SecretHash::parse(&text);
        }
    }
}

use std::fmt;

use jsonwebtoken::{DecodingKey, EncodingKey};
use zeroize::Zeroizing;

/// The minimum length of a shared secret: the output size of HMAC-SHA-256 (RFC 7518, section 3.2).
const LENGTH_MIN: usize = 32;

/// The secret with which the identity service signs and Keyward verifies, at least 32 bytes
/// (contract §7). The memory is zeroed on drop; `Debug` shows nothing of it.
#[derive(Clone)]
pub struct HmacSecret(Zeroizing<Vec<u8>>);

/// A shared secret that is too short to be safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a signing secret must have at least 32 bytes; this one has {length}")]
pub struct HmacSecretTooShort {
    /// Its length in bytes.
    pub length: usize,
}

impl HmacSecret {
    /// Uses the bytes as they are.
    ///
    /// # Errors
    /// [`HmacSecretTooShort`] for fewer than 32 bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, HmacSecretTooShort> {
        if bytes.len() < LENGTH_MIN {
            return Err(HmacSecretTooShort {
                length: bytes.len(),
            });
        }
        Ok(Self(Zeroizing::new(bytes.to_vec())))
    }

    /// The key for verification. It also zeroes its memory.
    pub(super) fn decoding_key(&self) -> DecodingKey {
        DecodingKey::from_secret(&self.0)
    }

    /// The key for signing. It also zeroes its memory.
    pub(super) fn encoding_key(&self) -> EncodingKey {
        EncodingKey::from_secret(&self.0)
    }
}

impl fmt::Debug for HmacSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacSecret(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_32_bytes_or_more() {
        for length in [0, 1, 31] {
            let refused = HmacSecret::parse(&vec![b's'; length]).unwrap_err();
            assert_eq!(refused, HmacSecretTooShort { length });
        }
        for length in [32, 64, 4_096] {
            assert!(HmacSecret::parse(&vec![b's'; length]).is_ok(), "{length}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = HmacSecret::parse(&[b's'; 32]).unwrap();
        assert_eq!(format!("{secret:?}"), "HmacSecret(redacted)");
    }
}

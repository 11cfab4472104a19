use sha2::{Digest, Sha256};

use crate::key::id::ApiKeyId;

/// How long an idempotency record is valid (contract §5).
pub const IDEMPOTENCY_SECONDS: i64 = 24 * 60 * 60;

/// A client's name for one request, so that sending it twice carries it out once: 1 to 255 visible
/// ASCII characters (contract §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The text is not an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to 255 visible ASCII characters")]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// Parses an idempotency key.
    ///
    /// # Errors
    /// [`InvalidIdempotencyKey`] when the text is empty, too long, or not visible ASCII.
    pub fn parse(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if visible && (1..=255).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidIdempotencyKey)
        }
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// SHA-256 of a request's body. It distinguishes a repeated request from a different one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestFingerprint([u8; 32]);

impl RequestFingerprint {
    /// The fingerprint of a body, byte for byte.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        Self(Sha256::digest(body).into())
    }

    /// The fingerprint of a body together with the key id from the request's path.
    #[must_use]
    pub fn about(api_key_id: ApiKeyId, body: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(api_key_id.to_string());
        hasher.update(body);
        Self(hasher.finalize().into())
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The operations that accept an idempotency key. Each has its own namespace of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatableOperation {
    /// Create a key.
    Create,
    /// Rotate a key.
    Rotate,
}

/// The idempotency key of a request, and its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The key that the client sent.
    pub key: IdempotencyKey,
    /// The fingerprint of the request.
    pub fingerprint: RequestFingerprint,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idempotency_keys_are_1_to_255_visible_ascii() {
        assert!(IdempotencyKey::parse(&"k".repeat(255)).is_ok());
        for text in ["", " ", "a b", "é", &"k".repeat(256)] {
            assert_eq!(
                IdempotencyKey::parse(text),
                Err(InvalidIdempotencyKey),
                "{text:?}"
            );
        }
    }
}

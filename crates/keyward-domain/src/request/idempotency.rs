use sha2::{Digest, Sha256};

use crate::key::id::ApiKeyId;

/// How long a carried-out request is remembered (contract §5).
pub const IDEMPOTENCY_SECONDS: i64 = 24 * 60 * 60;

/// What a client calls one request, so that sending it twice does it once: 1 to 255 visible ASCII
/// characters (contract §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// A text that is no idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to 255 visible ASCII characters")]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// Reads an idempotency key.
    ///
    /// # Errors
    /// [`InvalidIdempotencyKey`] when it is empty, too long, or not visible ASCII.
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

/// SHA-256 of a request's body, by which the same request is told from another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestFingerprint([u8; 32]);

impl RequestFingerprint {
    /// The fingerprint of a body, byte for byte.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        Self(Sha256::digest(body).into())
    }

    /// The fingerprint of a body that is about a key, which the request names elsewhere.
    #[must_use]
    pub fn about(api_key_id: ApiKeyId, body: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(api_key_id.to_string());
        hasher.update(body);
        Self(hasher.finalize().into())
    }

    /// The fingerprint that a store keeps.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// What can be asked for under an idempotency key. Each operation has keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatableOperation {
    /// A key is created.
    Create,
    /// A key gets a new secret.
    Rotate,
}

/// A request that may come twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// What its client calls it.
    pub key: IdempotencyKey,
    /// What it said.
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

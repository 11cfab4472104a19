use std::fmt;

use aws_lc_rs::hmac;
use keyward_domain::WebhookId;
use zeroize::Zeroizing;

const LENGTH_MIN: usize = 32;

/// The key from which the keys of all webhooks are derived, so that none is stored: at least 32 bytes.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<Vec<u8>>);

/// The key is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("has fewer than 32 bytes")]
pub struct MasterKeyTooShort;

impl MasterKey {
    /// Accepts a key.
    ///
    /// # Errors
    /// [`MasterKeyTooShort`].
    pub fn parse(text: &str) -> Result<Self, MasterKeyTooShort> {
        if text.len() < LENGTH_MIN {
            return Err(MasterKeyTooShort);
        }
        Ok(Self(Zeroizing::new(text.as_bytes().to_vec())))
    }

    /// The shared secret of a webhook.
    pub(crate) fn secret(&self, id: WebhookId, generation: u32) -> Zeroizing<[u8; 32]> {
        self.derived("webhook secret", id, generation)
    }

    /// The seed of the Ed25519 key of a webhook.
    pub(crate) fn seed(&self, id: WebhookId, generation: u32) -> Zeroizing<[u8; 32]> {
        self.derived("webhook seed", id, generation)
    }

    /// HMAC-SHA256, which is a pseudo-random function of what it is for.
    fn derived(&self, purpose: &str, id: WebhookId, generation: u32) -> Zeroizing<[u8; 32]> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, format!("{purpose} {id} {generation}").as_bytes());
        let mut derived = Zeroizing::new([0; 32]);
        for (place, byte) in derived.iter_mut().zip(tag.as_ref()) {
            *place = *byte;
        }
        derived
    }
}

/// Without the key.
impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyward_domain::testing::webhook_id;

    #[test]
    fn each_webhook_and_generation_has_its_own_keys() {
        let key = MasterKey::parse(&"k".repeat(32)).unwrap();
        let secret = *key.secret(webhook_id(1), 0);
        assert_eq!(secret, *key.secret(webhook_id(1), 0));
        let other = MasterKey::parse(&"l".repeat(32)).unwrap();
        for different in [
            *key.secret(webhook_id(2), 0),
            *key.secret(webhook_id(1), 1),
            *key.seed(webhook_id(1), 0),
            *other.secret(webhook_id(1), 0),
        ] {
            assert_ne!(secret, different);
        }
        assert_eq!(format!("{key:?}"), "MasterKey(…)");
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(MasterKey::parse(&"k".repeat(31)).is_err());
    }
}

use std::fmt;

use async_trait::async_trait;

use crate::webhooks::attempt::Attempt;
use crate::webhooks::message::WebhookMessage;
use crate::webhooks::webhook::Webhook;

/// What a receiver needs to check signatures.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKeys {
    /// The shared secret: `whsec_` and base64. Only its owner may see it.
    pub secret: String,
    /// The public key: `whpk_` and base64 of an Ed25519 key.
    pub public_key: String,
}

/// Without the secret.
impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.public_key)
    }
}

/// Signs messages and sends them, as the Standard Webhooks specification says.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// Sends a message once. It ends in bounded time, follows no redirect, and connects to no address
    /// that it may not.
    async fn send(&self, webhook: &Webhook, message: WebhookMessage) -> Attempt;

    /// Whether messages may be sent to the URL of a webhook, as far as it is known without a look-up of its
    /// host.
    fn may_send_to(&self, webhook: &Webhook) -> bool;

    /// The current keys of a webhook.
    fn signing_keys(&self, webhook: &Webhook) -> SigningKeys;
}

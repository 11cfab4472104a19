use crate::key::id::ApiKeyId;
use crate::key::mode::Mode;
use crate::key::prefix::KeyPrefix;
use crate::key::secret::Secret;
use crate::timestamp::Timestamp;
use crate::webhooks::webhook_id::WebhookId;

/// The operating system provided no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct EntropyUnavailable;

/// Creates secrets and ids.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait Secrets: Send + Sync {
    /// A new secret of 256 random bits from the operating system.
    ///
    /// # Errors
    /// [`EntropyUnavailable`]. It never returns a weaker secret instead.
    fn new_secret(&self, prefix: KeyPrefix, mode: Mode) -> Result<Secret, EntropyUnavailable>;

    /// A new id that sorts by `now`.
    ///
    /// # Errors
    /// [`EntropyUnavailable`].
    fn new_id(
        &self,
        prefix: KeyPrefix,
        mode: Mode,
        now: Timestamp,
    ) -> Result<ApiKeyId, EntropyUnavailable>;

    /// A new id of a webhook that sorts by `now`.
    ///
    /// # Errors
    /// [`EntropyUnavailable`].
    fn webhook_id(&self, now: Timestamp) -> Result<WebhookId, EntropyUnavailable>;
}

use crate::key::id::ApiKeyId;
use crate::key::mode::Mode;
use crate::key::secret::Secret;
use crate::timestamp::Timestamp;

/// The operating system gave no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct EntropyUnavailable;

/// Where secrets and ids come from.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Secrets: Send + Sync {
    /// A secret of 256 bits from the operating system, never seen before.
    ///
    /// # Errors
    /// [`EntropyUnavailable`]; a weaker secret is never made instead.
    fn new_secret(&self, mode: Mode) -> Result<Secret, EntropyUnavailable>;

    /// An id that sorts by `now`.
    ///
    /// # Errors
    /// [`EntropyUnavailable`].
    fn new_id(&self, mode: Mode, now: Timestamp) -> Result<ApiKeyId, EntropyUnavailable>;
}

use async_trait::async_trait;

use crate::caller::origin::ClientAddress;
use crate::key::secret::SecretHash;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;

/// Uses of one secret since they were last recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretUse {
    /// Which secret.
    pub secret_hash: SecretHash,
    /// The last time.
    pub last_used_at: Timestamp,
    /// From where, that time; `None` when the verifier was not told.
    pub address: Option<ClientAddress>,
    /// How often.
    pub count: u64,
}

/// Where it is kept when a secret was used.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait UsageStore: Send + Sync {
    /// Adds uses. The last time moves forward only, whatever comes late; counts add up. Uses of a
    /// secret that no key has any more are forgotten. No key's version changes by it.
    async fn record(&self, uses: Vec<SecretUse>) -> Result<(), RepositoryError>;
}

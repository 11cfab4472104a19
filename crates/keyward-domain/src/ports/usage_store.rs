use async_trait::async_trait;

use crate::caller::origin::ClientAddress;
use crate::key::id::ApiKeyId;
use crate::key::secret_hash::SecretHash;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;
use crate::usage::address_sketch::AddressSketch;

/// New uses of one secret, in one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretUse {
    /// The secret.
    pub secret_hash: SecretHash,
    /// The key that has it.
    pub api_key_id: ApiKeyId,
    /// The time of the last use. All of them were in the same hour.
    pub last_used_at: Timestamp,
    /// The address of the last use; `None` when the verifier did not know it.
    pub address: Option<ClientAddress>,
    /// All addresses.
    pub addresses: AddressSketch,
    /// The number of uses.
    pub count: u64,
}

/// Stores the uses of secrets.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait UsageStore: Send + Sync {
    /// Adds uses. Counts are summed. The time of the last use never moves back, in whatever order
    /// the batches arrive. Uses of a secret that no key has any more are dropped. Key versions do
    /// not change.
    async fn record(&self, uses: Vec<SecretUse>) -> Result<(), RepositoryError>;
}

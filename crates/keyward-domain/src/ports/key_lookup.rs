use std::sync::Arc;

use async_trait::async_trait;

use crate::key::api_key::ApiKey;
use crate::key::secret::SecretHash;
use crate::ports::RepositoryError;

/// Finds keys by their secrets, for verification.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait KeyLookup: Send + Sync {
    /// The key whose current or previous secret has this hash. Whether the previous secret is still
    /// valid is decided by [`decide`](crate::decide). A deleted key is not found.
    ///
    /// An unreadable key is [`RepositoryError::Corrupt`] and does not affect any other key.
    async fn find(&self, secret_hash: &SecretHash) -> Result<Option<Arc<ApiKey>>, RepositoryError>;
}

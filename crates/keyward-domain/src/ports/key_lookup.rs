use std::sync::Arc;

use async_trait::async_trait;

use crate::key::api_key::ApiKey;
use crate::key::secret_hash::SecretHash;
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

    /// Whether any key has an imported secret, which may have any form. The answer may be one second
    /// old; while the store fails, it may be older.
    async fn has_imported_secrets(&self) -> Result<bool, RepositoryError>;
}

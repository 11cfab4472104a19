use std::sync::Arc;

use async_trait::async_trait;

use crate::key::api_key::ApiKey;
use crate::key::secret::SecretHash;
use crate::ports::RepositoryError;

/// Keys by the secrets that they have: all that verification asks.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait KeyLookup: Send + Sync {
    /// The key whose secret, the newest or the one before, has this hash; whether that one still
    /// counts is for [`decide`](crate::decide) to say. A deleted key is not found.
    ///
    /// A key that is kept unreadably is [`RepositoryError::Corrupt`], and stands in the way of no
    /// other.
    async fn find(&self, secret_hash: &SecretHash) -> Result<Option<Arc<ApiKey>>, RepositoryError>;
}

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::key::secret_hash::SecretHash;
use crate::ports::RepositoryError;
use crate::verification::verification_key::VerificationKey;

/// A cached key is stale when no news of changes has come for this long.
pub const FRESH_MAX: Duration = Duration::from_secs(1);

/// What a cache knows about a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CacheAnswer {
    /// The key that has the secret.
    Hit(Arc<VerificationKey>),
    /// The same, although changes may have been missed for [`FRESH_MAX`] or longer. The operator has
    /// allowed that, so that an outage of the store does not stop the platform.
    StaleHit(Arc<VerificationKey>),
    /// No key has the secret.
    NegativeHit,
    /// Only [`KeyLookup::find`] can tell.
    Miss,
}

impl CacheAnswer {
    /// A cached key, when changes may have been missed for this long.
    #[must_use]
    pub fn of_cached(key: Arc<VerificationKey>, unconfirmed_for: Duration) -> Self {
        if unconfirmed_for < FRESH_MAX {
            Self::Hit(key)
        } else {
            Self::StaleHit(key)
        }
    }

    /// The key, if any has the secret, and whether it is stale; `None` when only the store can tell.
    pub(crate) fn known(self) -> Option<(Option<Arc<VerificationKey>>, bool)> {
        match self {
            Self::Hit(key) => Some((Some(key), false)),
            Self::StaleHit(key) => Some((Some(key), true)),
            Self::NegativeHit => Some((None, false)),
            Self::Miss => None,
        }
    }
}

/// Finds keys by their secrets, for verification.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait KeyLookup: Send + Sync {
    /// What [`find`](Self::find) would find, if it is known without waiting. Needs no memory.
    fn cached(&self, secret_hash: &SecretHash) -> CacheAnswer;

    /// The key whose current or previous secret has this hash. Whether the previous secret is still
    /// valid is decided by [`decide`](crate::decide). A deleted key is not found. The key is never stale.
    ///
    /// An unreadable key is [`RepositoryError::Corrupt`] and does not affect any other key.
    async fn find(
        &self,
        secret_hash: &SecretHash,
    ) -> Result<Option<Arc<VerificationKey>>, RepositoryError>;

    /// Whether any key has an imported secret, which may have any form. The answer may be one second
    /// old; while the store fails, it may be older.
    async fn has_imported_secrets(&self) -> Result<bool, RepositoryError>;
}

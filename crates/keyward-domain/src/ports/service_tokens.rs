use std::collections::BTreeSet;

use async_trait::async_trait;

use crate::caller::caller_name::CallerName;
use crate::caller::permission::Permission;
use crate::caller::service_secret::ServiceSecretHash;
use crate::caller::service_token::ServiceToken;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;

/// A service token to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewServiceToken {
    /// Its name.
    pub name: CallerName,
    /// What it may do.
    pub permissions: BTreeSet<Permission>,
    /// The hash of its secret.
    pub hash: ServiceSecretHash,
    /// The time of its creation.
    pub created_at: Timestamp,
}

/// The result of revoking a service token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// It was revoked.
    Done,
    /// It was already revoked. Nothing was changed.
    AlreadyRevoked,
    /// There is no service token with this name.
    Unknown,
}

/// The service tokens. A revoked one stays, so that its name in the audit trail is never another
/// token's.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait ServiceTokens: Send + Sync {
    /// Stores a new service token; `false` when its name is or was another token's. Then nothing
    /// changes.
    async fn create(&self, new: NewServiceToken) -> Result<bool, RepositoryError>;

    /// The service token with this hash, revoked or not. A permission that this binary does not
    /// know grants nothing. An adapter may answer from memory for at most one second.
    async fn find(&self, hash: &ServiceSecretHash)
    -> Result<Option<ServiceToken>, RepositoryError>;

    /// All service tokens, sorted by name.
    async fn list(&self) -> Result<Vec<ServiceToken>, RepositoryError>;

    /// Revokes a service token permanently.
    async fn revoke(
        &self,
        name: &CallerName,
        now: Timestamp,
    ) -> Result<Revocation, RepositoryError>;

    /// Stores that a service token was used at `at`. MUST write nothing when a use in the minute
    /// before is stored, so that a busy token costs one write per minute.
    async fn note_use(&self, name: &CallerName, at: Timestamp) -> Result<(), RepositoryError>;
}

use async_trait::async_trait;

use crate::caller::workspace::WorkspaceId;
use crate::key::id::ApiKeyId;
use crate::key::scope::Scope;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;

/// The last day on which an allowed call with a key required a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeUse {
    /// The key.
    pub api_key_id: ApiKeyId,
    /// The scope.
    pub scope: Scope,
    /// The start of the day (UTC).
    pub last_used_on: Timestamp,
}

/// Stores when the scopes of keys were last used.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait ScopeUses: Send + Sync {
    /// Keeps the last day of each key and scope. It never moves back, in whatever order the batches
    /// arrive. Uses of deleted or unknown keys, and of scopes that the key does not have, are dropped.
    /// Key versions do not change.
    async fn record_scope_uses(&self, uses: Vec<ScopeUse>) -> Result<(), RepositoryError>;

    /// The scopes of a key that were ever used, sorted. They include scopes that the key no longer
    /// has. Empty for a key that the workspace does not have.
    async fn scope_uses_of_key(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
    ) -> Result<Vec<ScopeUse>, RepositoryError>;
}

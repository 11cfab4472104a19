use async_trait::async_trait;

use crate::caller::workspace::WorkspaceId;
use crate::key::id::ApiKeyId;
use crate::ports::RepositoryError;
use crate::usage::limit_use::LimitUse;

/// How much of their limits keys use.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait LimitUses: Send + Sync {
    /// The limits that count for a key of the workspace, its own and those of the plan, and how much of each
    /// is used at the time of the store: first those of the key, then those of the workspace, each
    /// sorted by name. Empty when there are none, or no such key.
    async fn limit_uses(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
    ) -> Result<Vec<LimitUse>, RepositoryError>;
}

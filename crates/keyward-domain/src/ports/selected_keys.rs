use async_trait::async_trait;

use crate::caller::workspace::WorkspaceId;
use crate::key::api_key::ApiKey;
use crate::key::id::ApiKeyId;
use crate::listing::key_selector::KeySelector;
use crate::ports::RepositoryError;

/// Finds keys in all workspaces.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait SelectedKeys: Send + Sync {
    /// At most `limit` of the selected keys in the order of their ids, starting after `after`.
    /// Without deleted keys.
    async fn keys(
        &self,
        selector: &KeySelector,
        after: Option<ApiKeyId>,
        limit: u32,
    ) -> Result<Vec<ApiKey>, RepositoryError>;

    /// At most `limit` of the selected keys that are neither disabled nor deleted, each with its
    /// workspace, in the order of their ids.
    async fn enabled_keys(
        &self,
        selector: &KeySelector,
        limit: u32,
    ) -> Result<Vec<(WorkspaceId, ApiKeyId)>, RepositoryError>;
}

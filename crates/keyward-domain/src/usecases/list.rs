use crate::caller::workspace::SupervisedWorkspace;
use crate::key::api_key::ApiKey;
use crate::key::id::ApiKeyId;
use crate::listing::api_key_listing::{ApiKeyFilter, ApiKeyListing};
use crate::listing::page::Page;
use crate::ports::{DailyUses, RepositoryError};
use crate::timestamp::Timestamp;
use crate::usecases::ManageApiKeys;

impl ManageApiKeys {
    /// One page of the workspace's keys.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub async fn list(
        &self,
        workspace: &SupervisedWorkspace,
        listing: &ApiKeyListing,
    ) -> Result<Page<ApiKey>, RepositoryError> {
        self.api_keys.list(workspace.workspace_id(), listing).await
    }

    /// How many of the workspace's keys match each filter at `now`.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub async fn count(
        &self,
        workspace: &SupervisedWorkspace,
        filters: &[ApiKeyFilter],
        now: Timestamp,
    ) -> Result<Vec<u64>, RepositoryError> {
        let workspace_id = workspace.workspace_id();
        self.api_keys.count(workspace_id, filters, now).await
    }

    /// How often these keys of the workspace were used, by day from the day of `from` on.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub async fn daily_uses(
        &self,
        workspace: &SupervisedWorkspace,
        api_key_ids: &[ApiKeyId],
        from: Timestamp,
    ) -> Result<Vec<DailyUses>, RepositoryError> {
        let workspace_id = workspace.workspace_id();
        self.hourly_uses
            .daily_uses_of_keys(workspace_id, api_key_ids, from)
            .await
    }
}

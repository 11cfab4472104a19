use crate::caller::workspace::SupervisedWorkspace;
use crate::key::api_key::ApiKey;
use crate::listing::api_key_listing::ApiKeyListing;
use crate::listing::page::Page;
use crate::ports::RepositoryError;
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
}

use crate::api_key::ApiKey;
use crate::listing::ApiKeyListing;
use crate::page::Page;
use crate::ports::RepositoryError;
use crate::usecases::ManageApiKeys;
use crate::workspace::OwnedWorkspace;

impl ManageApiKeys {
    /// A part of the workspace's keys.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store could not say.
    pub async fn list(
        &self,
        workspace: &OwnedWorkspace,
        listing: &ApiKeyListing,
    ) -> Result<Page<ApiKey>, RepositoryError> {
        self.api_keys.list(workspace.workspace_id(), listing).await
    }
}

use crate::caller::workspace::SupervisedWorkspace;
use crate::key::api_key::ApiKey;
use crate::key::id::ApiKeyId;
use crate::ports::RepositoryError;
use crate::usecases::ManageApiKeys;

impl ManageApiKeys {
    /// A key of the workspace; `None` when the workspace has no such key.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub async fn get(
        &self,
        workspace: &SupervisedWorkspace,
        api_key_id: ApiKeyId,
    ) -> Result<Option<ApiKey>, RepositoryError> {
        let workspace_id = workspace.workspace_id();
        self.api_keys.get(workspace_id, api_key_id).await
    }
}

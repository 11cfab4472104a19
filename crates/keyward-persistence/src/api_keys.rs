//! The keys: one operation a file.

mod insert;
mod list;

use async_trait::async_trait;
use keyward_domain::ports::{ApiKeys, Inserted, NewApiKey, RepositoryError};
use keyward_domain::{ApiKey, Page, PageRequest, WorkspaceId};

use crate::store::Store;

#[async_trait]
impl ApiKeys for Store {
    async fn insert(&self, new: NewApiKey) -> Result<Inserted, RepositoryError> {
        insert::run(self, new).await
    }

    async fn list(
        &self,
        workspace_id: &WorkspaceId,
        page: PageRequest,
    ) -> Result<Page<ApiKey>, RepositoryError> {
        list::run(self, workspace_id, page).await
    }
}

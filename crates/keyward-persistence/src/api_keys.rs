//! The keys: one operation a file.

mod expiring;
mod get;
mod insert;
mod list;
mod save;

use async_trait::async_trait;
use keyward_domain::ports::{ApiKeys, ChangedApiKey, Inserted, NewApiKey, RepositoryError, Saved};
use keyward_domain::{ApiKey, ApiKeyId, ApiKeyListing, Page, PageRequest, Timestamp, WorkspaceId};

use crate::error::{CorruptRow, outcome_unknown};
use crate::rows::UsedApiKeyRow;
use crate::store::Store;

#[async_trait]
impl ApiKeys for Store {
    async fn insert(&self, new: NewApiKey) -> Result<Inserted, RepositoryError> {
        insert::run(self, new).await
    }

    async fn get(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
    ) -> Result<Option<ApiKey>, RepositoryError> {
        get::run(self, workspace_id, api_key_id).await
    }

    async fn list(
        &self,
        workspace_id: &WorkspaceId,
        listing: &ApiKeyListing,
    ) -> Result<Page<ApiKey>, RepositoryError> {
        list::run(self, workspace_id, listing).await
    }

    async fn expiring(
        &self,
        after: Timestamp,
        until: Timestamp,
        page: PageRequest,
    ) -> Result<Page<ApiKey>, RepositoryError> {
        expiring::run(self, after, until, page).await
    }

    /// By a task of its own, so that a caller who goes away after the commit leaves no cached key
    /// behind.
    async fn save(&self, changed: ChangedApiKey) -> Result<Saved, RepositoryError> {
        let store = self.clone();
        let id = changed.key.id().uuid();
        let saving = self.calls().runtime().spawn(async move {
            let saved = save::run(&store, changed).await;
            store.changes().changed(id);
            saved
        });
        saving
            .await
            .unwrap_or_else(|ended| Err(outcome_unknown(ended)))
    }
}

fn page(rows: Vec<UsedApiKeyRow>, total: i64) -> Result<Page<ApiKey>, CorruptRow> {
    let items: Result<Vec<ApiKey>, CorruptRow> = rows.into_iter().map(ApiKey::try_from).collect();
    Ok(Page {
        items: items?,
        // A count is never negative.
        total: u64::try_from(total).unwrap_or(0),
    })
}

/// How many rows come before a page; beyond what any table has, it makes no difference how many.
pub(crate) fn offset(page: PageRequest) -> i64 {
    i64::try_from(page.offset()).unwrap_or(i64::MAX)
}

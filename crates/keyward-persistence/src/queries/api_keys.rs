//! The queries of keys, one operation per file.

mod carried_out;
mod expiring;
mod field_rules;
mod get;
mod has_scopes;
mod insert;
mod list;
mod save;
mod secret_taken;

use std::collections::BTreeSet;

use async_trait::async_trait;
use keyward_domain::ports::{
    ApiKeys, CarriedOut, ChangedApiKey, FieldRules, Inserted, NewApiKey, RepositoryError, Saved,
    SecretTaken,
};
use keyward_domain::{
    ApiKey, ApiKeyFilter, ApiKeyId, ApiKeyListing, Idempotency, LifetimePolicy, Page, Pagination,
    RepeatableOperation, Scope, SecretHash, Timestamp, WorkspaceId,
};

use crate::error::CorruptRow;
use crate::postgres::AcknowledgedChange;
use crate::rows::UsedApiKeyRow;
use crate::store::Store;

#[async_trait]
impl ApiKeys for Store {
    async fn insert(&self, new: NewApiKey) -> Result<Inserted, RepositoryError> {
        let change = AcknowledgedChange::from(&new.event);
        let inserted = insert::run(self, new).await?;
        if matches!(inserted, Inserted::Created) {
            self.acknowledge(change);
        }
        Ok(inserted)
    }

    async fn carried_out(
        &self,
        workspace_id: &WorkspaceId,
        operation: RepeatableOperation,
        idempotency: &Idempotency,
        now: Timestamp,
    ) -> Result<Option<CarriedOut>, RepositoryError> {
        let of = (workspace_id, operation);
        carried_out::run(self, of, idempotency, now).await
    }

    async fn field_rules(
        &self,
        workspace_id: &WorkspaceId,
        scopes: &BTreeSet<Scope>,
    ) -> Result<FieldRules, RepositoryError> {
        field_rules::run(self, workspace_id, scopes).await
    }

    async fn secret_taken(
        &self,
        workspace_id: &WorkspaceId,
        secret_hash: &SecretHash,
    ) -> Result<Option<SecretTaken>, RepositoryError> {
        secret_taken::run(self, workspace_id, secret_hash).await
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

    async fn count(
        &self,
        workspace_id: &WorkspaceId,
        filters: &[ApiKeyFilter],
        now: Timestamp,
    ) -> Result<Vec<u64>, RepositoryError> {
        list::count(self, workspace_id, filters, now).await
    }

    async fn expiring(
        &self,
        after: Timestamp,
        until: Timestamp,
        page: Pagination,
    ) -> Result<Page<ApiKey>, RepositoryError> {
        expiring::run(self, after, until, page).await
    }

    async fn save(&self, changed: ChangedApiKey) -> Result<Saved, RepositoryError> {
        let change = AcknowledgedChange::from(&changed.event);
        let saved = save::run(self, changed).await?;
        if matches!(saved, Saved::Done) {
            self.acknowledge(change);
        }
        Ok(saved)
    }
}

fn page(
    rows: Vec<UsedApiKeyRow>,
    total: i64,
    deployment: &LifetimePolicy,
) -> Result<Page<ApiKey>, CorruptRow> {
    let items = rows.into_iter().map(|row| row.into_key(deployment));
    let items: Result<Vec<ApiKey>, CorruptRow> = items.collect();
    Ok(Page {
        items: items?,
        // A count is never negative.
        total: u64::try_from(total).unwrap_or(0),
    })
}

/// The number of rows before a page. Beyond the size of any table, the exact number does not
/// matter.
pub(crate) fn offset(page: Pagination) -> i64 {
    i64::try_from(page.offset()).unwrap_or(i64::MAX)
}

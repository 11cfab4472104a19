use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{ApiKey, Page, PageRequest, WorkspaceId};

use crate::backend::snapshot;
use crate::error::CorruptRow;
use crate::rows::ApiKeyRow;
use crate::schema::api_keys;
use crate::store::Store;

/// The page and the total are of one moment. Keys of one instant are told apart by their ids.
pub(super) async fn run(
    store: &Store,
    workspace_id: &WorkspaceId,
    page: PageRequest,
) -> Result<Page<ApiKey>, RepositoryError> {
    let workspace_id = workspace_id.as_str().to_owned();
    // Further than any table reaches.
    let offset = i64::try_from(page.offset()).unwrap_or(i64::MAX);
    snapshot!(store, |conn| {
        let keys = api_keys::table.filter(api_keys::workspace_id.eq(&workspace_id));
        let total: i64 = keys.count().get_result(conn).await?;
        let rows: Vec<ApiKeyRow> = keys
            .order((api_keys::created_at.desc(), api_keys::id.desc()))
            .limit(page.size().into())
            .offset(offset)
            .select(ApiKeyRow::as_select())
            .load(conn)
            .await?;
        let items: Result<Vec<ApiKey>, CorruptRow> =
            rows.into_iter().map(ApiKey::try_from).collect();
        Ok(Page {
            items: items?,
            // A count is never negative.
            total: u64::try_from(total).unwrap_or(0),
        })
    })
}

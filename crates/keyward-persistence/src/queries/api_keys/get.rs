use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{ApiKey, ApiKeyId, WorkspaceId};

use crate::backend::query;
use crate::queries::last_uses::{used_key_columns, used_keys};
use crate::queries::named_key::of_named_key;
use crate::rows::UsedApiKeyRow;
use crate::schema::api_keys;
use crate::store::Store;

pub(super) async fn run(
    store: &Store,
    workspace_id: &WorkspaceId,
    api_key_id: ApiKeyId,
) -> Result<Option<ApiKey>, RepositoryError> {
    let workspace_id = workspace_id.as_str().to_owned();
    let deployment = store.key_lifetime();
    query!(store, |conn| {
        let row: Option<UsedApiKeyRow> = of_named_key!(used_keys!(), api_key_id, workspace_id)
            .filter(api_keys::deleted_at.is_null())
            .select(used_key_columns!())
            .get_result(conn)
            .await
            .optional()?;
        Ok(row.map(|row| row.into_key(&deployment)).transpose()?)
    })
}

use async_trait::async_trait;
use diesel::dsl::not;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{RepositoryError, SelectedKeys};
use keyward_domain::{ApiKeyId, KeySelector, UserId, WorkspaceId};

use crate::backend::query;
use crate::error::CorruptRow;
use crate::rows::ColumnRef;
use crate::schema::api_keys;
use crate::sql_types::{Id, Stored};
use crate::store::Store;

#[async_trait]
impl SelectedKeys for Store {
    async fn enabled_keys(
        &self,
        selector: &KeySelector,
        limit: u32,
    ) -> Result<Vec<(WorkspaceId, ApiKeyId)>, RepositoryError> {
        let workspace = selector.workspace_id().map(WorkspaceId::to_string);
        let creator = selector.created_by().map(UserId::to_string);
        query!(self, |conn| {
            let mut keys = api_keys::table
                .filter(api_keys::deleted_at.is_null())
                .filter(not(api_keys::is_disabled))
                .into_boxed();
            if let Some(workspace) = &workspace {
                keys = keys.filter(api_keys::workspace_id.eq(workspace));
            }
            if let Some(creator) = &creator {
                keys = keys.filter(api_keys::created_by.eq(creator));
            }
            let rows: Vec<(String, String, Stored<Id>)> = keys
                .order(api_keys::id)
                .limit(limit.into())
                .select((api_keys::workspace_id, api_keys::mode, api_keys::id))
                .load(conn)
                .await?;
            let found: Result<Vec<(WorkspaceId, ApiKeyId)>, CorruptRow> =
                rows.into_iter().map(selected).collect();
            Ok(found?)
        })
    }
}

fn selected(row: (String, String, Stored<Id>)) -> Result<(WorkspaceId, ApiKeyId), CorruptRow> {
    let (workspace_id, mode, id) = row;
    let column = ColumnRef {
        table: "api_keys",
        id: &workspace_id,
    };
    let id = column.read("id", id.0)?;
    let id = column.key_id("mode", &mode, "id", id)?;
    let workspace_id = column.read("workspace_id", WorkspaceId::parse(&workspace_id))?;
    Ok((workspace_id, id))
}

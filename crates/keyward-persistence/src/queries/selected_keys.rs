use async_trait::async_trait;
use diesel::dsl::not;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{RepositoryError, SelectedKeys};
use keyward_domain::{ApiKey, ApiKeyId, ExternalId, KeySelector, UserId, WorkspaceId};

use crate::backend::query;
use crate::error::CorruptRow;
use crate::queries::last_uses::{used_key_columns, used_keys};
use crate::rows::{OwnedKeyIdRow, UsedApiKeyRow, owned_key_id};
use crate::schema::api_keys;
use crate::sql_types::Id;
use crate::store::Store;

/// A selector as column values.
struct Selector {
    workspace: Option<String>,
    creator: Option<String>,
    external_id: Option<String>,
}

impl Selector {
    fn of(selector: &KeySelector) -> Self {
        Self {
            workspace: selector.workspace_id().map(WorkspaceId::to_string),
            creator: selector.created_by().map(UserId::to_string),
            external_id: selector.external_id().map(ExternalId::to_string),
        }
    }
}

/// The keys that match a selector, without deleted ones. A macro, because the query's type depends on
/// the database.
macro_rules! selected_keys {
    ($keys:expr, $selector:ident) => {{
        let mut keys = $keys.filter(api_keys::deleted_at.is_null()).into_boxed();
        if let Some(workspace) = &$selector.workspace {
            keys = keys.filter(api_keys::workspace_id.eq(workspace));
        }
        if let Some(creator) = &$selector.creator {
            keys = keys.filter(api_keys::created_by.eq(creator));
        }
        if let Some(external_id) = &$selector.external_id {
            keys = keys.filter(api_keys::external_id.eq(external_id));
        }
        keys
    }};
}

#[async_trait]
impl SelectedKeys for Store {
    async fn keys(
        &self,
        selector: &KeySelector,
        after: Option<ApiKeyId>,
        limit: u32,
    ) -> Result<Vec<ApiKey>, RepositoryError> {
        let selector = Selector::of(selector);
        let after = after.map(|id| Id(id.uuid()));
        let deployment = self.key_lifetime();
        query!(self, |conn| {
            let mut keys = selected_keys!(used_keys!(), selector);
            if let Some(after) = after {
                keys = keys.filter(api_keys::id.gt(after));
            }
            let rows: Vec<UsedApiKeyRow> = keys
                .order(api_keys::id)
                .limit(limit.into())
                .select(used_key_columns!())
                .load(conn)
                .await?;
            let keys: Result<Vec<ApiKey>, CorruptRow> = rows
                .into_iter()
                .map(|row| row.into_key(&deployment))
                .collect();
            Ok(keys?)
        })
    }

    async fn enabled_keys(
        &self,
        selector: &KeySelector,
        limit: u32,
    ) -> Result<Vec<(WorkspaceId, ApiKeyId)>, RepositoryError> {
        let selector = Selector::of(selector);
        query!(self, |conn| {
            let rows: Vec<OwnedKeyIdRow> = selected_keys!(api_keys::table, selector)
                .filter(not(api_keys::is_disabled))
                .order(api_keys::id)
                .limit(limit.into())
                .select((
                    api_keys::workspace_id,
                    api_keys::prefix,
                    api_keys::mode,
                    api_keys::id,
                ))
                .load(conn)
                .await?;
            let found: Result<Vec<(WorkspaceId, ApiKeyId)>, CorruptRow> =
                rows.into_iter().map(owned_key_id).collect();
            Ok(found?)
        })
    }
}

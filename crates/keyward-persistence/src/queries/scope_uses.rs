//! The last uses of scopes, one row per key and scope.

pub(crate) mod has_unused;
mod postgres;
mod sqlite;

use std::collections::BTreeMap;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{RepositoryError, ScopeUse, ScopeUses};
use keyward_domain::{ApiKeyId, Scope, WorkspaceId};
use uuid::Uuid;

use crate::backend::{Backend, query};
use crate::queries::named_key::of_named_key;
use crate::rows::ScopeUseRow;
use crate::schema::{api_keys, scope_uses};
use crate::store::Store;

#[async_trait]
impl ScopeUses for Store {
    async fn record_scope_uses(&self, uses: Vec<ScopeUse>) -> Result<(), RepositoryError> {
        let uses = in_order(uses);
        if uses.is_empty() {
            return Ok(());
        }
        match self.backend() {
            Backend::Postgres(postgres) => postgres::record(postgres, uses).await,
            Backend::Sqlite(sqlite) => sqlite::record(sqlite, uses).await,
        }
    }

    async fn scope_uses_of_key(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
    ) -> Result<Vec<ScopeUse>, RepositoryError> {
        let workspace_id = workspace_id.as_str().to_owned();
        query!(self, |conn| {
            let rows: Vec<ScopeUseRow> = of_named_key!(
                scope_uses::table.inner_join(api_keys::table),
                api_key_id,
                workspace_id
            )
            .order(scope_uses::scope)
            .select(ScopeUseRow::as_select())
            .load(conn)
            .await?;
            let read = rows.into_iter().map(|row| row.read(api_key_id));
            Ok(read.collect::<Result<_, _>>()?)
        })
    }
}

/// The last day of each key and scope, in the order of the primary key. Overlapping batches lock
/// their rows in this order, so they never deadlock.
fn in_order(uses: Vec<ScopeUse>) -> Vec<ScopeUse> {
    let mut in_order: BTreeMap<(Uuid, Scope), ScopeUse> = BTreeMap::new();
    for used in uses {
        let last = in_order
            .entry((used.api_key_id.uuid(), used.scope.clone()))
            .or_insert_with(|| used.clone());
        last.last_used_on = last.last_used_on.max(used.last_used_on);
    }
    in_order.into_values().collect()
}

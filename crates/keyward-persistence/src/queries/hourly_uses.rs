//! Counters of uses, one row per key and hour.

mod postgres;
mod sqlite;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{DailyUses, HourlyUses, KeyUses, RepositoryError};
use keyward_domain::{ApiKeyId, Timestamp, WorkspaceId};
use uuid::Uuid;

use crate::backend::{Backend, query};
use crate::error::QueryError;
use crate::queries::named_key::of_named_key;
use crate::rows::KeyUsesRow;
use crate::schema::{api_keys, key_uses};
use crate::sql_types::{Id, Micros};
use crate::store::Store;

#[async_trait]
impl HourlyUses for Store {
    async fn record_hourly_uses(&self, uses: Vec<KeyUses>) -> Result<(), RepositoryError> {
        let uses = in_order(uses);
        if uses.is_empty() {
            return Ok(());
        }
        match self.backend() {
            Backend::Postgres(postgres) => postgres::record(postgres, uses).await,
            Backend::Sqlite(sqlite) => sqlite::record(sqlite, uses).await,
        }
    }

    async fn hourly_uses_of_key(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
        from: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<KeyUses>, RepositoryError> {
        let workspace_id = workspace_id.as_str().to_owned();
        let from = Micros::from(from.truncated_to_hours());
        let before = Micros::from(before);
        query!(self, |conn| {
            let rows: Vec<KeyUsesRow> = of_named_key!(
                key_uses::table.inner_join(api_keys::table),
                api_key_id,
                workspace_id
            )
            .filter(key_uses::hour.ge(from))
            .filter(key_uses::hour.lt(before))
            .order(key_uses::hour)
            .select(KeyUsesRow::as_select())
            .load(conn)
            .await?;
            let read = rows.into_iter().map(|row| row.read(api_key_id));
            Ok(read.collect::<Result<_, _>>()?)
        })
    }

    async fn daily_uses_of_keys(
        &self,
        workspace_id: &WorkspaceId,
        api_key_ids: &[ApiKeyId],
        from: Timestamp,
    ) -> Result<Vec<DailyUses>, RepositoryError> {
        let ids: Vec<Id> = api_key_ids.iter().map(|id| Id(id.uuid())).collect();
        if ids.is_empty() {
            return Ok(vec![]);
        }
        let workspace_id = workspace_id.as_str().to_owned();
        let from = Micros::from(from.truncated_to_days());
        let rows = match self.backend() {
            Backend::Postgres(postgres) => postgres::daily(postgres, workspace_id, ids, from).await,
            Backend::Sqlite(sqlite) => sqlite::daily(sqlite, workspace_id, ids, from).await,
        };
        let by_uuid: BTreeMap<Uuid, ApiKeyId> =
            api_key_ids.iter().map(|id| (id.uuid(), *id)).collect();
        let mut uses = Vec::new();
        for row in rows? {
            if let Some(api_key_id) = by_uuid.get(&row.api_key_id.0) {
                uses.push(row.read(*api_key_id).map_err(QueryError::from)?);
            }
        }
        Ok(uses)
    }
}

/// One entry per key and hour, in the order of the primary key. Overlapping batches lock their rows
/// in this order, so they never deadlock.
fn in_order(uses: Vec<KeyUses>) -> Vec<KeyUses> {
    let mut in_order: BTreeMap<(Uuid, Timestamp), KeyUses> = BTreeMap::new();
    for used in uses {
        match in_order.entry((used.api_key_id.uuid(), used.hour)) {
            Entry::Vacant(entry) => {
                entry.insert(used);
            }
            Entry::Occupied(mut entry) => {
                let gathered = entry.get_mut();
                gathered.count = gathered.count.saturating_add(used.count);
                gathered.addresses = gathered.addresses.or(used.addresses);
            }
        }
    }
    in_order.into_values().collect()
}

//! Counters of denials, one row per key, reason and hour.

mod postgres;
mod sqlite;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{Denials, KeyDenials, RepositoryError};
use keyward_domain::{ApiKeyId, Denial, Timestamp, WorkspaceId};
use uuid::Uuid;

use crate::backend::{Backend, query, snapshot};
use crate::error::CorruptRow;
use crate::queries::named_key::of_named_key;
use crate::rows::{KeyDenialsRow, OwnedKeyIdRow, owned_key_id};
use crate::schema::{api_keys, key_denials};
use crate::sql_types::{Id, Micros};
use crate::store::Store;

#[async_trait]
impl Denials for Store {
    async fn record_denials(&self, denials: Vec<KeyDenials>) -> Result<(), RepositoryError> {
        let denials = in_order(denials);
        if denials.is_empty() {
            return Ok(());
        }
        match self.backend() {
            Backend::Postgres(postgres) => postgres::record(postgres, denials).await,
            Backend::Sqlite(sqlite) => sqlite::record(sqlite, denials).await,
        }
    }

    async fn denials_of_key(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
        since: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<KeyDenials>, RepositoryError> {
        let workspace_id = workspace_id.as_str().to_owned();
        let since = Micros::from(since.truncated_to_hours());
        let before = Micros::from(before);
        query!(self, |conn| {
            let rows: Vec<KeyDenialsRow> = of_named_key!(
                key_denials::table.inner_join(api_keys::table),
                api_key_id,
                workspace_id
            )
            .filter(key_denials::hour.ge(since))
            .filter(key_denials::hour.lt(before))
            .order((key_denials::hour.desc(), key_denials::decision))
            .select(KeyDenialsRow::as_select())
            .load(conn)
            .await?;
            let read = rows.into_iter().map(|row| row.read(api_key_id));
            Ok(read.collect::<Result<_, _>>()?)
        })
    }

    async fn denials_since(
        &self,
        since: Timestamp,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<(WorkspaceId, KeyDenials)>, RepositoryError> {
        let since = Micros::from(since.truncated_to_hours());
        // No key has this id.
        let after = Id(after.unwrap_or(Uuid::nil()));
        snapshot!(self, |conn| {
            let keys: Vec<Id> = key_denials::table
                .inner_join(api_keys::table)
                .filter(api_keys::deleted_at.is_null())
                .filter(key_denials::hour.ge(since))
                .filter(key_denials::api_key_id.gt(after))
                .select(key_denials::api_key_id)
                .distinct()
                .order(key_denials::api_key_id)
                .limit(limit.into())
                .load(conn)
                .await?;
            let rows: Vec<(OwnedKeyIdRow, KeyDenialsRow)> = key_denials::table
                .inner_join(api_keys::table)
                .filter(key_denials::api_key_id.eq_any(keys))
                .filter(key_denials::hour.ge(since))
                .order((
                    key_denials::api_key_id,
                    key_denials::hour,
                    key_denials::decision,
                ))
                .select((
                    (
                        api_keys::workspace_id,
                        api_keys::prefix,
                        api_keys::mode,
                        api_keys::id,
                    ),
                    KeyDenialsRow::as_select(),
                ))
                .load(conn)
                .await?;
            let read = rows.into_iter().map(|(key, row)| {
                let (workspace_id, api_key_id) = owned_key_id(key)?;
                Ok::<_, CorruptRow>((workspace_id, row.read(api_key_id)?))
            });
            Ok(read.collect::<Result<_, _>>()?)
        })
    }
}

/// One entry per key, hour and reason, in the order of the primary key. Overlapping batches lock
/// their rows in this order, so they never deadlock.
fn in_order(denials: Vec<KeyDenials>) -> Vec<KeyDenials> {
    let mut in_order: BTreeMap<(Uuid, Timestamp, Denial), KeyDenials> = BTreeMap::new();
    for denied in denials {
        match in_order.entry((denied.api_key_id.uuid(), denied.hour(), denied.denial)) {
            Entry::Vacant(entry) => {
                entry.insert(denied);
            }
            Entry::Occupied(mut entry) => {
                let gathered = entry.get_mut();
                gathered.count = gathered.count.saturating_add(denied.count);
                if denied.last_denied_at > gathered.last_denied_at {
                    gathered.last_denied_at = denied.last_denied_at;
                    gathered.address = denied.address;
                }
            }
        }
    }
    in_order.into_values().collect()
}

//! Last uses, one row per secret.

mod postgres;
mod sqlite;

use std::collections::BTreeMap;

use async_trait::async_trait;
use keyward_domain::ports::{RepositoryError, SecretUse, UsageStore};

use crate::backend::Backend;
use crate::store::Store;

#[async_trait]
impl UsageStore for Store {
    async fn record(&self, uses: Vec<SecretUse>) -> Result<(), RepositoryError> {
        let uses = in_order(uses);
        if uses.is_empty() {
            return Ok(());
        }
        match self.backend() {
            Backend::Postgres(postgres) => postgres::record(postgres, uses).await,
            Backend::Sqlite(sqlite) => sqlite::record(sqlite, uses).await,
        }
    }
}

/// One entry per secret, in the order of the primary key. Overlapping batches lock their rows in
/// this order, so they never deadlock.
fn in_order(uses: Vec<SecretUse>) -> Vec<SecretUse> {
    let mut in_order: BTreeMap<[u8; 32], SecretUse> = BTreeMap::new();
    for secret_use in uses {
        in_order
            .entry(*secret_use.secret_hash.as_bytes())
            .and_modify(|gathered| {
                gathered.count = gathered.count.saturating_add(secret_use.count);
                if secret_use.last_used_at > gathered.last_used_at {
                    gathered.last_used_at = secret_use.last_used_at;
                    gathered.address = secret_use.address;
                }
            })
            .or_insert(secret_use);
    }
    in_order.into_values().collect()
}

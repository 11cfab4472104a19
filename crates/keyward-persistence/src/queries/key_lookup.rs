mod postgres;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{CacheAnswer, KeyLookup, RepositoryError};
use keyward_domain::{LifetimePolicy, SecretHash, VerificationKey};

use crate::backend::{Backend, query};
use crate::cache::batch_lookup::{BatchLookup, FoundKeys};
use crate::error::QueryError;
use crate::rows::VerificationKeyRow;
use crate::schema::api_keys;
use crate::sql_types::Id;
use crate::store::Store;
use crate::tx::Lane;

/// A key, the hash by which it was found, and whether the key was deleted.
type FoundRow = (VerificationKeyRow, Vec<u8>, bool);

/// The keys that have a secret, with two conditions: on the hash of the current secret, and on the
/// hash of the previous one. One statement sees one snapshot, so a rotation hides no key.
///
/// Every key has a workspace, and perhaps a plan. The outer join keeps PostgreSQL from beginning with the workspaces. And
/// a condition on `deleted_at` would allow it to read one of the indexes of all keys that are not
/// deleted.
macro_rules! with_secret {
    ($current:expr, $previous:expr) => {{
        let of_workspace = workspaces::id.eq(api_keys::workspace_id);
        let is_its_plan = plans::name.nullable().eq(workspaces::plan);
        let keys = api_keys::table
            .left_join(workspaces::table.on(of_workspace))
            .left_join(plans::table.on(is_its_plan));
        let current = keys.filter($current).select((
            VerificationKeyRow::as_select(),
            api_keys::secret_hash,
            api_keys::deleted_at.is_not_null(),
        ));
        let previous = keys.filter($previous).select((
            VerificationKeyRow::as_select(),
            api_keys::previous_secret_hash.assume_not_null(),
            api_keys::deleted_at.is_not_null(),
        ));
        current.union_all(previous)
    }};
}
use with_secret;

/// Adds the keys of these rows. Each is read on its own, so that an unreadable key affects no other.
fn read(rows: Vec<FoundRow>, deployment: &LifetimePolicy, found: &mut FoundKeys) {
    for (row, hash, is_deleted) in rows {
        if !is_deleted {
            let key = row.read(deployment).map(Arc::new);
            found.insert(
                hash,
                key.map_err(|corrupt| QueryError::from(corrupt).into()),
            );
        }
    }
}

#[async_trait]
impl BatchLookup for Store {
    async fn find_all(&self, hashes: Vec<SecretHash>) -> Result<FoundKeys, RepositoryError> {
        let deployment = self.key_lifetime();
        match self.backend() {
            Backend::Postgres(store) => postgres::find_all(store, hashes, deployment).await,
            Backend::Sqlite(store) => sqlite::find_all(store, hashes, deployment).await,
        }
    }
}

#[async_trait]
impl KeyLookup for Store {
    /// A store has no cache.
    fn cached(&self, _secret_hash: &SecretHash) -> CacheAnswer {
        CacheAnswer::Miss
    }

    async fn find(
        &self,
        secret_hash: &SecretHash,
    ) -> Result<Option<Arc<VerificationKey>>, RepositoryError> {
        self.find_all(vec![*secret_hash]).await?.of(secret_hash)
    }

    async fn has_imported_secrets(&self) -> Result<bool, RepositoryError> {
        query!(self, Lane::Lookups, |conn| {
            let imported: Option<Id> = api_keys::table
                .filter(api_keys::is_imported)
                .select(api_keys::id)
                .limit(1)
                .get_result(conn)
                .await
                .optional()?;
            Ok(imported.is_some())
        })
    }
}

#[cfg(feature = "testing")]
mod explain;

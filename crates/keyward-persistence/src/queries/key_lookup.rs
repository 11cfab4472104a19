use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{CacheAnswer, KeyLookup, RepositoryError};
use keyward_domain::{SecretHash, VerificationKey};

use crate::backend::query;
use crate::rows::VerificationKeyRow;
use crate::schema::{api_keys, workspaces};
use crate::sql_types::Id;
use crate::store::Store;
use crate::tx::Lane;

#[async_trait]
impl KeyLookup for Store {
    /// A store has no cache.
    fn cached(&self, _secret_hash: &SecretHash) -> CacheAnswer {
        CacheAnswer::Miss
    }

    /// Looks for the current secret first, because nearly all callers have it. A rotation between
    /// the two queries is safe: a secret only ever moves from current to previous.
    async fn find(
        &self,
        secret_hash: &SecretHash,
    ) -> Result<Option<Arc<VerificationKey>>, RepositoryError> {
        let hash = secret_hash.as_bytes().to_vec();
        let deployment = self.key_lifetime();
        query!(self, Lane::Lookups, |conn| {
            let of_workspace = workspaces::id.eq(api_keys::workspace_id);
            let live = api_keys::table
                .inner_join(workspaces::table.on(of_workspace))
                .filter(api_keys::deleted_at.is_null());
            let current: Option<VerificationKeyRow> = live
                .filter(api_keys::secret_hash.eq(&hash))
                .select(VerificationKeyRow::as_select())
                .get_result(conn)
                .await
                .optional()?;
            let row = if current.is_some() {
                current
            } else {
                live.filter(api_keys::previous_secret_hash.eq(&hash))
                    .select(VerificationKeyRow::as_select())
                    .get_result(conn)
                    .await
                    .optional()?
            };
            let key = row.map(|row| row.read(&deployment)).transpose()?;
            Ok(key.map(Arc::new))
        })
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

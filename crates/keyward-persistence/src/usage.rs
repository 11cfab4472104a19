use async_trait::async_trait;
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{RepositoryError, SecretUse, Usage};

use crate::backend::{Change, transact};
use crate::prepared::Prepared;
use crate::schema::api_keys;
use crate::sql_types::{Ip, Micros};
use crate::store::Store;

#[async_trait]
impl Usage for Store {
    /// In the order of hashes, so that two batches at once wait for each other one way round.
    async fn record(&self, mut uses: Vec<SecretUse>) -> Result<(), RepositoryError> {
        uses.sort_by_key(|secret_use| *secret_use.secret_hash.as_bytes());
        transact!(self, |conn| {
            for secret_use in &uses {
                let hash = secret_use.secret_hash.as_bytes().as_slice();
                let at = Some(Micros::from(secret_use.last_used_at));
                let address = secret_use.address.map(|address| Ip(address.ip()));
                let count = i64::try_from(secret_use.count).unwrap_or(i64::MAX);
                let is_first = api_keys::last_used_at.is_null();
                let is_last = is_first.or(api_keys::last_used_at.lt(at).assume_not_null());
                let key_last_used_at = case_when(is_last, at).otherwise(api_keys::last_used_at);

                let is_first = api_keys::secret_last_used_at.is_null();
                let is_last = is_first.or(api_keys::secret_last_used_at.lt(at).assume_not_null());
                let current = diesel::update(api_keys::table)
                    .filter(api_keys::secret_hash.eq(hash))
                    .set((
                        api_keys::last_used_at.eq(key_last_used_at),
                        api_keys::secret_use_count.eq(api_keys::secret_use_count + count),
                        api_keys::secret_last_used_at
                            .eq(case_when(is_last, at).otherwise(api_keys::secret_last_used_at)),
                        api_keys::secret_last_used_address.eq(case_when(is_last, address)
                            .otherwise(api_keys::secret_last_used_address)),
                    ));
                if Prepared(current).execute(conn).await? > 0 {
                    continue;
                }
                let is_first = api_keys::previous_secret_last_used_at.is_null();
                let is_last = is_first.or(api_keys::previous_secret_last_used_at
                    .lt(at)
                    .assume_not_null());
                let previous = diesel::update(api_keys::table)
                    .filter(api_keys::previous_secret_hash.eq(hash))
                    .set((
                        api_keys::last_used_at.eq(key_last_used_at),
                        api_keys::previous_secret_use_count
                            .eq(api_keys::previous_secret_use_count + count),
                        api_keys::previous_secret_last_used_at.eq(case_when(is_last, at)
                            .otherwise(api_keys::previous_secret_last_used_at)),
                        api_keys::previous_secret_last_used_address.eq(case_when(is_last, address)
                            .otherwise(api_keys::previous_secret_last_used_address)),
                    ));
                Prepared(previous).execute(conn).await?;
            }
            Ok(Change::Keep(()))
        })
    }
}

use diesel::sql_types::{BigInt, Binary, Nullable};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{RepositoryError, SecretUse};

use crate::queries::prepared::Prepared;
use crate::sql_types::{Address, Instant, Ip, Micros, bigint};
use crate::sqlite::Sqlite;
use crate::tx::TxOutcome;

/// One use. Only the secret of an existing key gets a row.
const RECORD: &str = "
    INSERT INTO secret_uses
        (secret_hash, api_key_id, last_used_at, last_used_address, use_count)
    SELECT secret_hash, api_key_id, last_used_at, last_used_address, use_count FROM (
        SELECT ?1 AS secret_hash, ?2 AS last_used_at, ?3 AS last_used_address, ?4 AS use_count,
            coalesce(
                (SELECT api_key_id FROM secret_uses WHERE secret_hash = ?1),
                (SELECT id FROM api_keys WHERE secret_hash = ?1 AND deleted_at IS NULL),
                (SELECT id FROM api_keys WHERE previous_secret_hash = ?1 AND deleted_at IS NULL)
            ) AS api_key_id
    ) WHERE api_key_id IS NOT NULL
    ON CONFLICT (secret_hash) DO UPDATE SET
        last_used_at = max(last_used_at, excluded.last_used_at),
        last_used_address = iif(excluded.last_used_at > last_used_at,
            excluded.last_used_address, last_used_address),
        use_count = use_count + excluded.use_count";

pub(super) async fn record(sqlite: &Sqlite, uses: Vec<SecretUse>) -> Result<(), RepositoryError> {
    let recording = sqlite.transact(None, move |conn| {
        Box::pin(async move {
            for secret_use in uses {
                let address = secret_use.address.map(|address| Ip(address.ip()));
                let secret_use = diesel::sql_query(RECORD)
                    .bind::<Binary, _>(secret_use.secret_hash.as_bytes().to_vec())
                    .bind::<Instant, _>(Micros::from(secret_use.last_used_at))
                    .bind::<Nullable<Address>, _>(address)
                    .bind::<BigInt, _>(bigint(secret_use.count));
                Prepared(secret_use).execute(conn).await?;
            }
            Ok(TxOutcome::Commit(()))
        })
    });
    recording.await
}

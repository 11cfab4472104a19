use diesel::sql_types::{Array, BigInt, Binary, Nullable};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{RepositoryError, SecretUse};

use crate::postgres::Postgres;
use crate::queries::prepared::Prepared;
use crate::sql_types::{Address, Instant, Ip, Micros, bigint};
use crate::tx::TxOutcome;

/// Any number of uses. Only secrets of existing keys get a row. The key of a secret is read from
/// the secret's row if it has one, and otherwise found by the hash (a join would read whole tables
/// for a large batch).
const RECORD: &str = "
    WITH used AS MATERIALIZED (
        SELECT used.*, COALESCE(
            (SELECT api_key_id FROM secret_uses WHERE secret_uses.secret_hash = used.secret_hash),
            (SELECT id FROM api_keys
                WHERE api_keys.secret_hash = used.secret_hash AND deleted_at IS NULL),
            (SELECT id FROM api_keys
                WHERE previous_secret_hash = used.secret_hash AND deleted_at IS NULL)
        ) AS api_key_id
        FROM UNNEST($1, $2, $3, $4)
            AS used (secret_hash, last_used_at, last_used_address, use_count)
    )
    INSERT INTO secret_uses AS kept
        (secret_hash, api_key_id, last_used_at, last_used_address, use_count)
    SELECT secret_hash, api_key_id, last_used_at, last_used_address, use_count
    FROM used WHERE api_key_id IS NOT NULL ORDER BY secret_hash
    ON CONFLICT (secret_hash) DO UPDATE SET
        last_used_at = GREATEST(kept.last_used_at, EXCLUDED.last_used_at),
        last_used_address = CASE WHEN EXCLUDED.last_used_at > kept.last_used_at
            THEN EXCLUDED.last_used_address ELSE kept.last_used_address END,
        use_count = kept.use_count + EXCLUDED.use_count";

pub(super) async fn record(
    postgres: &Postgres,
    uses: Vec<SecretUse>,
) -> Result<(), RepositoryError> {
    let hashes = uses.iter().map(|u| u.secret_hash.as_bytes().to_vec());
    let hashes: Vec<Vec<u8>> = hashes.collect();
    let instants: Vec<Micros> = uses.iter().map(|u| u.last_used_at.into()).collect();
    let addresses = uses.iter().map(|u| u.address.map(|at| Ip(at.ip())));
    let addresses: Vec<Option<Ip>> = addresses.collect();
    let counts: Vec<i64> = uses.iter().map(|u| bigint(u.count)).collect();
    let recording = postgres.transact(None, move |conn| {
        Box::pin(async move {
            let uses = diesel::sql_query(RECORD)
                .bind::<Array<Binary>, _>(hashes)
                .bind::<Array<Instant>, _>(instants)
                .bind::<Array<Nullable<Address>>, _>(addresses)
                .bind::<Array<BigInt>, _>(counts);
            Prepared(uses).execute(conn).await?;
            Ok(TxOutcome::Commit(()))
        })
    });
    recording.await
}

use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{KeyUses, RepositoryError};

use crate::queries::prepared::Prepared;
use crate::sql_types::{Id, Instant, KeyUuid, Micros, bigint};
use crate::sqlite::Sqlite;
use crate::tx::TxOutcome;

/// The uses of one key and hour. Only an existing key gets a row.
const RECORD: &str = "
    INSERT INTO key_uses (api_key_id, hour, use_count, addresses)
    SELECT ?1, ?2, ?3, ?4
    WHERE EXISTS (SELECT 1 FROM api_keys WHERE id = ?1 AND deleted_at IS NULL)
    ON CONFLICT (api_key_id, hour) DO UPDATE SET
        use_count = use_count + excluded.use_count,
        addresses = addresses | excluded.addresses";

pub(super) async fn record(sqlite: &Sqlite, uses: Vec<KeyUses>) -> Result<(), RepositoryError> {
    let recording = sqlite.transact(None, move |conn| {
        Box::pin(async move {
            for hourly in uses {
                let counted = diesel::sql_query(RECORD)
                    .bind::<KeyUuid, _>(Id(hourly.api_key_id.uuid()))
                    .bind::<Instant, _>(Micros::from(hourly.hour))
                    .bind::<BigInt, _>(bigint(hourly.count))
                    .bind::<BigInt, _>(hourly.addresses.bits());
                Prepared(counted).execute(conn).await?;
            }
            Ok(TxOutcome::Commit(()))
        })
    });
    recording.await
}

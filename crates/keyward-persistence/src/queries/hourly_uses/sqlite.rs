use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{KeyUses, RepositoryError};

use crate::queries::prepared::Prepared;
use crate::rows::DailyUsesRow;
use crate::sql_types::{Id, Instant, KeyUuid, Micros, bigint};
use crate::sqlite::Sqlite;
use crate::tx::{Lane, TxOutcome};

/// The uses of one key and hour. Only an existing key gets a row.
const RECORD: &str = "
    INSERT INTO key_uses (api_key_id, hour, use_count, addresses)
    SELECT ?1, ?2, ?3, ?4
    WHERE EXISTS (SELECT 1 FROM api_keys WHERE id = ?1 AND deleted_at IS NULL)
    ON CONFLICT (api_key_id, hour) DO UPDATE SET
        use_count = use_count + excluded.use_count,
        addresses = addresses | excluded.addresses";

/// The days of one key.
const DAILY: &str = "
    SELECT ?2 AS api_key_id, hour - hour % 86400000000 AS day, sum(use_count) AS use_count
    FROM key_uses
    WHERE api_key_id = ?2 AND hour >= ?3
        AND EXISTS (SELECT 1 FROM api_keys WHERE id = ?2 AND workspace_id = ?1)
    GROUP BY day
    ORDER BY day";

/// One statement per key, because a statement without a trip costs little.
pub(super) async fn daily(
    sqlite: &Sqlite,
    workspace_id: String,
    ids: Vec<Id>,
    from: Micros,
) -> Result<Vec<DailyUsesRow>, RepositoryError> {
    let reading = sqlite.query(Lane::General, move |conn| {
        Box::pin(async move {
            let mut daily = Vec::new();
            for id in ids {
                let uses = diesel::sql_query(DAILY)
                    .bind::<Text, _>(workspace_id.clone())
                    .bind::<KeyUuid, _>(id)
                    .bind::<Instant, _>(from);
                let days: Vec<DailyUsesRow> = Prepared(uses).load(conn).await?;
                daily.extend(days);
            }
            Ok(daily)
        })
    });
    reading.await
}

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

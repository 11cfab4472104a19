use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{KeyUses, RepositoryError};

use crate::postgres::Postgres;
use crate::queries::prepared::Prepared;
use crate::rows::DailyUsesRow;
use crate::sql_types::{Id, Instant, KeyUuid, Micros, bigint};
use crate::tx::{Lane, TxOutcome};

/// Any number of counters. Only existing keys get a row. Each key is looked up by its id, because a
/// join would read the whole table for a large batch.
const RECORD: &str = "
    INSERT INTO key_uses AS kept (api_key_id, hour, use_count, addresses)
    SELECT api_key_id, hour, use_count, addresses
    FROM UNNEST($1, $2, $3, $4) AS used (api_key_id, hour, use_count, addresses)
    WHERE (SELECT deleted_at IS NULL FROM api_keys WHERE id = used.api_key_id)
    ORDER BY api_key_id, hour
    ON CONFLICT (api_key_id, hour) DO UPDATE SET
        use_count = kept.use_count + EXCLUDED.use_count,
        addresses = kept.addresses | EXCLUDED.addresses";

const DAILY: &str = "
    SELECT used.api_key_id, date_trunc('day', used.hour, 'UTC') AS day, sum(used.use_count)::bigint AS use_count
    FROM key_uses AS used
    JOIN api_keys ON api_keys.id = used.api_key_id
    WHERE api_keys.workspace_id = $1 AND used.api_key_id = ANY ($2) AND used.hour >= $3
    GROUP BY 1, 2
    ORDER BY 1, 2";

pub(super) async fn daily(
    postgres: &Postgres,
    workspace_id: String,
    ids: Vec<Id>,
    from: Micros,
) -> Result<Vec<DailyUsesRow>, RepositoryError> {
    let reading = postgres.query(Lane::General, move |conn| {
        Box::pin(async move {
            let uses = diesel::sql_query(DAILY)
                .bind::<Text, _>(workspace_id)
                .bind::<Array<KeyUuid>, _>(ids)
                .bind::<Instant, _>(from);
            Ok(Prepared(uses).load(conn).await?)
        })
    });
    reading.await
}

pub(super) async fn record(postgres: &Postgres, uses: Vec<KeyUses>) -> Result<(), RepositoryError> {
    let ids: Vec<Id> = uses.iter().map(|u| Id(u.api_key_id.uuid())).collect();
    let hours: Vec<Micros> = uses.iter().map(|u| u.hour.into()).collect();
    let counts: Vec<i64> = uses.iter().map(|u| bigint(u.count)).collect();
    let addresses: Vec<i64> = uses.iter().map(|u| u.addresses.bits()).collect();
    let recording = postgres.transact(None, move |conn| {
        Box::pin(async move {
            let uses = diesel::sql_query(RECORD)
                .bind::<Array<KeyUuid>, _>(ids)
                .bind::<Array<Instant>, _>(hours)
                .bind::<Array<BigInt>, _>(counts)
                .bind::<Array<BigInt>, _>(addresses);
            Prepared(uses).execute(conn).await?;
            Ok(TxOutcome::Commit(()))
        })
    });
    recording.await
}

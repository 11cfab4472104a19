use diesel::sql_types::{Array, BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{KeyDenials, RepositoryError};

use crate::postgres::Postgres;
use crate::queries::prepared::Prepared;
use crate::sql_types::{Address, Id, Instant, Ip, KeyUuid, Micros, bigint};
use crate::tx::TxOutcome;

/// Any number of denials. Only existing keys get a row. Each key is looked up by its id, because a
/// join would read the whole table for a large batch.
const RECORD: &str = "
    INSERT INTO key_denials AS kept
        (api_key_id, hour, decision, last_denied_at, last_denied_address, denial_count)
    SELECT api_key_id, hour, decision, last_denied_at, last_denied_address, denial_count
    FROM UNNEST($1, $2, $3, $4, $5, $6) AS denied
        (api_key_id, hour, decision, last_denied_at, last_denied_address, denial_count)
    WHERE (SELECT deleted_at IS NULL FROM api_keys WHERE id = denied.api_key_id)
    ORDER BY api_key_id, hour, decision
    ON CONFLICT (api_key_id, hour, decision) DO UPDATE SET
        last_denied_at = GREATEST(kept.last_denied_at, EXCLUDED.last_denied_at),
        last_denied_address = CASE WHEN EXCLUDED.last_denied_at > kept.last_denied_at
            THEN EXCLUDED.last_denied_address ELSE kept.last_denied_address END,
        denial_count = kept.denial_count + EXCLUDED.denial_count";

pub(super) async fn record(
    postgres: &Postgres,
    denials: Vec<KeyDenials>,
) -> Result<(), RepositoryError> {
    let ids: Vec<Id> = denials.iter().map(|d| Id(d.api_key_id.uuid())).collect();
    let hours: Vec<Micros> = denials.iter().map(|d| d.hour().into()).collect();
    let words: Vec<&str> = denials.iter().map(|d| d.denial.as_str()).collect();
    let instants: Vec<Micros> = denials.iter().map(|d| d.last_denied_at.into()).collect();
    let addresses = denials.iter().map(|d| d.address.map(|at| Ip(at.ip())));
    let addresses: Vec<Option<Ip>> = addresses.collect();
    let counts: Vec<i64> = denials.iter().map(|d| bigint(d.count)).collect();
    let recording = postgres.transact(None, move |conn| {
        Box::pin(async move {
            let denials = diesel::sql_query(RECORD)
                .bind::<Array<KeyUuid>, _>(ids)
                .bind::<Array<Instant>, _>(hours)
                .bind::<Array<Text>, _>(words)
                .bind::<Array<Instant>, _>(instants)
                .bind::<Array<Nullable<Address>>, _>(addresses)
                .bind::<Array<BigInt>, _>(counts);
            Prepared(denials).execute(conn).await?;
            Ok(TxOutcome::Commit(()))
        })
    });
    recording.await
}

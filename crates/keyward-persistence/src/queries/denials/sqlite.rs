use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{KeyDenials, RepositoryError};

use crate::queries::prepared::Prepared;
use crate::sql_types::{Address, Id, Instant, Ip, KeyUuid, Micros, bigint};
use crate::sqlite::Sqlite;
use crate::tx::TxOutcome;

/// The denials of one key, reason and hour. Only an existing key gets a row.
const RECORD: &str = "
    INSERT INTO key_denials
        (api_key_id, hour, decision, last_denied_at, last_denied_address, denial_count)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6
    WHERE EXISTS (SELECT 1 FROM api_keys WHERE id = ?1 AND deleted_at IS NULL)
    ON CONFLICT (api_key_id, hour, decision) DO UPDATE SET
        last_denied_at = max(last_denied_at, excluded.last_denied_at),
        last_denied_address = iif(excluded.last_denied_at > last_denied_at,
            excluded.last_denied_address, last_denied_address),
        denial_count = denial_count + excluded.denial_count";

pub(super) async fn record(
    sqlite: &Sqlite,
    denials: Vec<KeyDenials>,
) -> Result<(), RepositoryError> {
    let recording = sqlite.transact(None, move |conn| {
        Box::pin(async move {
            for denied in denials {
                let address = denied.address.map(|address| Ip(address.ip()));
                let denied = diesel::sql_query(RECORD)
                    .bind::<KeyUuid, _>(Id(denied.api_key_id.uuid()))
                    .bind::<Instant, _>(Micros::from(denied.hour()))
                    .bind::<Text, _>(denied.denial.as_str())
                    .bind::<Instant, _>(Micros::from(denied.last_denied_at))
                    .bind::<Nullable<Address>, _>(address)
                    .bind::<BigInt, _>(bigint(denied.count));
                Prepared(denied).execute(conn).await?;
            }
            Ok(TxOutcome::Commit(()))
        })
    });
    recording.await
}

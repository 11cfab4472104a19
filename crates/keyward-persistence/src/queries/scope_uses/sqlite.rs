use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{RepositoryError, ScopeUse};

use crate::queries::prepared::Prepared;
use crate::sql_types::{Id, Instant, KeyUuid, Micros};
use crate::sqlite::Sqlite;
use crate::tx::TxOutcome;

/// The last use of one scope. Only a scope that an existing key has gets a row.
const RECORD: &str = "
    INSERT INTO scope_uses (api_key_id, scope, last_used_on)
    SELECT ?1, ?2, ?3
    WHERE EXISTS (
        SELECT 1 FROM api_keys, json_each(api_keys.scopes) AS held
        WHERE api_keys.id = ?1 AND deleted_at IS NULL AND held.value = ?2
    )
    ON CONFLICT (api_key_id, scope) DO UPDATE SET last_used_on = excluded.last_used_on
    WHERE last_used_on < excluded.last_used_on";

pub(super) async fn record(sqlite: &Sqlite, uses: Vec<ScopeUse>) -> Result<(), RepositoryError> {
    let recording = sqlite.transact(None, move |conn| {
        Box::pin(async move {
            for used in uses {
                let recorded = diesel::sql_query(RECORD)
                    .bind::<KeyUuid, _>(Id(used.api_key_id.uuid()))
                    .bind::<Text, _>(used.scope.as_str())
                    .bind::<Instant, _>(Micros::from(used.last_used_on));
                Prepared(recorded).execute(conn).await?;
            }
            Ok(TxOutcome::Commit(()))
        })
    });
    recording.await
}
